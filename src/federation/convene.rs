//! Whoever is in a convention follows the nodes of those it is in it with: each keeps the whole, and computes the
//! same table from its own register (register.md rule 11, requirement 2.34).

use std::collections::BTreeSet;

use super::{discover, gate};
use crate::{
    App, Result,
    actions::{Operator, conventions, follows},
    domain::{Iri, Role},
    storage,
};

/// Most nodes that one convention makes us follow.
const MOST: usize = 500;

/// Follows the node of every member of a convention, and of its host, when an actor of ours is one of them.
///
/// # Errors
/// Those of the database; a node that is silent is asked again by the next try.
pub async fn meet(app: &App, group: &Iri) -> Result<()> {
    let Some(known) = conventions::of_group(app, group).await? else { return Ok(()) };
    let host = Iri::parse(known.host())?;
    let all: Vec<Iri> =
        known.admitted().map(|member| member.council.clone()).chain(std::iter::once(host)).collect();
    if !all.iter().any(|actor| app.urls.is_here(actor)) {
        return Ok(());
    }
    let Some(relay) = storage::actors::by_role(&app.db, Role::Relay.code()).await?.into_iter().next() else {
        return Ok(());
    };
    let relay = Iri::parse(&relay.uri)?;
    let elsewhere: BTreeSet<&str> =
        all.iter().filter(|actor| !app.urls.is_here(actor)).map(Iri::host).take(MOST).collect();
    let mut silent = None;
    for host in elsewhere {
        if storage::follows::to_host(&app.db, host).await? || gate::is_blocked(app, host).await? {
            continue;
        }
        match discover::actor(app, host).await {
            Ok(node) => {
                let operator = Operator::system().because(group.as_str());
                follows::follow(app, &operator, &relay, &node).await?;
            }
            Err(error) => silent = Some(error),
        }
    }
    silent.map_or(Ok(()), Err)
}
