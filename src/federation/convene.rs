//! Whoever is in a convention follows the nodes of those it is in it with: each keeps the whole, and computes the
//! same table from its own register (register.md rule 11, requirement 2.34).

use std::collections::BTreeSet;

use super::{discover, gate, summon};
use crate::{
    App, Error, Result,
    actions::{
        Operator,
        conventions::{self, Known},
        follows,
    },
    domain::{Iri, Role},
    storage,
};

/// Most nodes that one convention makes us follow.
const MOST: usize = 500;

/// Follows the node of every member of the convention that an admission is to, and of its host, when an actor of ours
/// is one of them.
///
/// # Errors
/// Those of the database; a node that is silent is asked again by the next try.
pub async fn meet(app: &App, admission: &str) -> Result<()> {
    let links = storage::links::of_source(&app.db, admission).await?;
    let Some(link) = links.iter().find(|link| link.relation == "convention") else { return Ok(()) };
    let group = Iri::parse(&link.target)?;
    let Some(known) = conventions::of_group(app, &group).await? else { return Ok(()) };
    let mut silent = hear_of(app, &group, &known).await?;
    let Some(known) = conventions::of_group(app, &group).await? else { return Ok(()) };
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

/// Has the adhesions that the host of a convention admitted, and that did not come here: their councils may live on
/// nodes that nobody here follows yet. Gives why one could not be had.
async fn hear_of(app: &App, group: &Iri, known: &Known) -> Result<Option<Error>> {
    let mut silent = None;
    let admissions = known.records.iter().filter(|row| {
        row.kind == "Admission" && row.author == known.host() && row.proof == "valid" && !row.withdrawn
    });
    for admission in admissions.take(MOST) {
        for link in storage::links::of_source(&app.db, &admission.uri).await? {
            let unheard =
                link.relation == "concerns" && known.records.iter().all(|row| row.uri != link.target);
            if !unheard {
                continue;
            }
            let heard = summon::adhesion(app, &Iri::parse(&link.target)?, None, group).await;
            // One that was withdrawn, or is not what it should be, does not keep the others away.
            if let Err(error @ (Error::Unavailable { .. } | Error::Internal(_))) = heard {
                silent = Some(error);
            }
        }
    }
    Ok(silent)
}
