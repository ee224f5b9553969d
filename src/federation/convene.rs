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
    domain::{Iri, Role, Version, said::Said},
    storage,
};

/// Most nodes that one convention makes us follow.
const MOST: usize = 500;

/// Follows the nodes of those an admission is of, or of every member when one of them is ours, and that of the host;
/// if an actor of ours is in the convention. Each admission has its own task: one node that is silent keeps nobody
/// else waiting, and fifty admissions are not fifty times fifty questions.
///
/// # Errors
/// Those of the database; a node that is silent is asked again by the next try.
pub async fn meet(app: &App, admission: &str) -> Result<()> {
    let links = storage::links::of_source(&app.db, admission).await?;
    let Some(link) = links.iter().find(|link| link.relation == "convention") else { return Ok(()) };
    let group = Iri::parse(&link.target)?;
    let Some(mut known) = conventions::of_group(app, &group).await? else { return Ok(()) };
    let all = admitted(&known);
    let here = all.iter().any(|(id, adhesion)| id == admission && app.urls.is_here(adhesion));
    let adhesions: BTreeSet<Iri> =
        all.into_iter().filter(|(id, _)| here || id == admission).map(|(_, adhesion)| adhesion).collect();
    let (heard, mut silent) = hear_of(app, &group, &known, &adhesions).await?;
    if heard {
        let Some(again) = conventions::of_group(app, &group).await? else { return Ok(()) };
        known = again;
    }
    let host = Iri::parse(known.host())?;
    if !known.admitted().map(|member| &member.council).chain([&host]).any(|actor| app.urls.is_here(actor)) {
        return Ok(());
    }
    let Some(relay) = storage::actors::by_role(&app.db, Role::Relay.code()).await?.into_iter().next() else {
        return Ok(());
    };
    let relay = Iri::parse(&relay.uri)?;
    let met = known.admitted().filter(|member| adhesions.contains(&member.adhesion));
    let met = met.map(|member| &member.council).chain([&host]);
    let elsewhere: BTreeSet<&str> =
        met.filter(|actor| !app.urls.is_here(actor)).map(Iri::host).take(MOST).collect();
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

/// Has what a contribution brings enter the register, from its origin, if its convention is known here: a council may
/// contribute on a node that nobody here follows.
///
/// # Errors
/// Those of the database; a node that is silent is asked again by the next try.
pub async fn fetch(app: &App, contribution: &str) -> Result<()> {
    let row = storage::records::get(&app.db, contribution).await?;
    let Some(row) = row.filter(|row| !row.withdrawn && row.proof == "valid") else { return Ok(()) };
    let Some(Said::Contribution(said)) = row.said() else { return Ok(()) };
    if conventions::of_group(app, &said.convention).await?.is_none() {
        return Ok(());
    }
    let author = Iri::parse(&row.author)?;
    for one in said.concerns.iter().filter(|one| one.same_origin(&author)) {
        // What was withdrawn, or is not what it should be, stays away.
        if let Err(error @ (Error::Unavailable { .. } | Error::Internal(_))) = summon::named(app, one).await {
            return Err(error);
        }
    }
    Ok(())
}

/// What the host of a convention admitted, whether it is here or not: its admissions, each with the adhesions it is on.
fn admitted(known: &Known) -> Vec<(String, Iri)> {
    let by_host = known.records.iter().filter(|row| {
        row.kind == "Admission" && row.author == known.host() && row.proof == "valid" && !row.withdrawn
    });
    let concerned = by_host.filter_map(|row| {
        let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
        let Said::Admission(said) = record.said else { return None };
        Some(said.concerns.into_iter().map(|adhesion| (row.uri.clone(), adhesion)))
    });
    concerned.flatten().take(MOST).collect()
}

/// Has those adhesions that were admitted and did not come here: their councils may live on nodes that nobody here
/// follows yet. Gives whether one came, and why one could not be had.
async fn hear_of(
    app: &App,
    group: &Iri,
    known: &Known,
    adhesions: &BTreeSet<Iri>,
) -> Result<(bool, Option<Error>)> {
    let (mut came, mut silent) = (false, None);
    for adhesion in adhesions {
        if known.records.iter().any(|row| row.uri == adhesion.as_str()) {
            continue;
        }
        match summon::adhesion(app, adhesion, None, group).await {
            Ok(_) => came = true,
            // One that was withdrawn, or is not what it should be, does not keep the others away.
            Err(error @ (Error::Unavailable { .. } | Error::Internal(_))) => silent = Some(error),
            Err(_) => {}
        }
    }
    Ok((came, silent))
}
