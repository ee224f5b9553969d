//! Takes from the mirrors of peers what is missing here of registers that are neither theirs nor ours: what an origin
//! that is gone cannot send any more. A proof by a pinned key is enough (register.md rule 5); nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Refused,
    ask::{Given, Key, Mirror, Register},
    read,
};
use crate::{
    App, Error, Result,
    actions::receive::{self, Arrival, Outcome},
    federation::{gate, heads},
    storage::{actors, follows, keys, settings, versions},
};

/// Most texts taken of one peer in one run; the next goes on.
const BUDGET: usize = 5_000;
/// Most pages of authors of one peer in one run.
const MAX_PAGES: usize = 200;

/// What a run brought.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Peers that answered.
    pub asked: Vec<String>,
    /// Versions that are new here.
    pub appended: usize,
    /// What did not hold, by whom it was given; never stored.
    pub refused: Vec<Refused>,
    /// Peers that did not answer, and why.
    pub silent: Vec<(String, String)>,
    /// Peers with which the next run goes on.
    pub unfinished: Vec<String>,
}

/// Compares with every node that one of ours follows what both hold of others, and takes what is missing here. Of
/// hosts that are followed everything; of others only versions of what is here.
///
/// # Errors
/// Those of the database; a peer that is silent is told.
pub async fn heal(app: &App, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Report> {
    let ours = follows::ours(&app.db).await?;
    let accepted = ours.into_iter().filter(|follow| follow.state == "accepted");
    let followed: BTreeSet<String> = accepted.map(|follow| follow.host).collect();
    let mut report = Report::default();
    for (at, host) in followed.iter().enumerate() {
        progress(at, followed.len());
        match from(app, host, &followed, &mut report).await {
            Ok(()) => report.asked.push(host.clone()),
            Err(Error::Unavailable { why, .. } | Error::Forbidden { why }) => {
                report.silent.push((host.clone(), why));
            }
            Err(error) => return Err(error),
        }
    }
    tracing::info!(appended = report.appended, refused = report.refused.len(), "healed from mirrors");
    Ok(report)
}

async fn from(app: &App, host: &str, followed: &BTreeSet<String>, report: &mut Report) -> Result<()> {
    let mirror = Mirror::of(app, host).await?;
    let place = format!("heal:{host}");
    let mut after = settings::get(&app.db, &place).await?.unwrap_or_default();
    let mut left = BUDGET;
    for _ in 0..MAX_PAGES {
        let (registers, next) = mirror.registers("", &after).await?;
        for register in registers {
            if register.author.host() != mirror.host {
                register_of(app, &mirror, &register, followed, (report, &mut left)).await?;
            }
            if left == 0 {
                report.unfinished.push(host.to_owned());
                return remember(app, &place, &after).await;
            }
        }
        after = next.unwrap_or_default();
        if after.is_empty() {
            break;
        }
    }
    remember(app, &place, &after).await
}

async fn remember(app: &App, place: &str, after: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    settings::put(&mut tx, place, after).await?;
    tx.commit().await
}

/// One author as a peer holds it: what is missing here, and may be here, is asked for.
async fn register_of(
    app: &App,
    mirror: &Mirror<'_>,
    register: &Register,
    followed: &BTreeSet<String>,
    (report, left): (&mut Report, &mut usize),
) -> Result<()> {
    let author = &register.author;
    let ours = actors::get(&app.db, author.as_str()).await?.is_some_and(|actor| actor.ours);
    if ours || app.urls.is_here(author) || gate::is_blocked(app, author.host()).await? {
        return Ok(());
    }
    // Without a key pinned here nothing of it could be believed.
    let keys = keys::proof_keys(&app.db, &[author.as_str()]).await?;
    let lines = versions::lines_of(&app.db, author.as_str()).await?;
    if keys.iter().all(|key| key.pinned_at.is_none() || key.secret.is_some())
        || heads::summary(&lines).head.as_str() == register.all
    {
        return Ok(());
    }
    let all = followed.contains(author.host());
    let known: BTreeMap<(&str, i64), &str> =
        lines.iter().map(|line| ((line.uri.as_str(), line.version), line.hash.as_str())).collect();
    let mut wanted: BTreeSet<Key> = BTreeSet::new();
    for held in mirror.lines(author).await? {
        let (id, number) = (held.id.as_str(), i64::from(held.version));
        match known.get(&(id, number)) {
            Some(hash) if *hash != held.hash.as_str() => {
                let why = format!("another text has this number here: {hash}");
                let refused =
                    Refused { host: mirror.host.clone(), id: id.to_owned(), version: held.version, why };
                report.refused.push(refused);
            }
            None if !held.erased && (all || known.keys().any(|(uri, _)| *uri == id)) => {
                wanted.insert((held.id, held.version));
            }
            _ => {}
        }
    }
    let mut texts = mirror.texts(author, &wanted);
    while *left > 0
        && let Some(given) = texts.next().await?
    {
        for one in given {
            *left = left.saturating_sub(1);
            match take(app, &one).await {
                Ok(Outcome::Appended) => report.appended += 1,
                Ok(Outcome::Known) => {}
                Err(error) => report.refused.push(Refused::of(&mirror.host, &one.key, error)?),
            }
        }
    }
    Ok(())
}

async fn take(app: &App, given: &Given) -> Result<Outcome> {
    let document = read(given)?;
    let arrival = Arrival { text: &given.text, document: &document, from_origin: false, activity: None };
    receive::version(app, &arrival).await
}
