//! What is done at a time rather than for a request: catching up with peers, learning what a server is,
//! checking an actor whose inbox is gone, purging. One function per kind; a task that fails comes back
//! later, each time after a longer wait, and says why in `tasks.last_error`.

use std::{collections::HashSet, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt as _;
use tokio::task::JoinSet;

use super::{actors as remote, catch_up, convene, embeddings, gate, gone, mirror::heal, pass_on, probe};
use crate::{
    App, Error, Result,
    actions::{
        Operator,
        convene::{FETCH, MEET, PASS_ON},
        drafts,
        follows::{CATCH_UP, PROBE},
        publish,
        relays::{self, OFFER},
    },
    domain::Iri,
    storage::{actors, deliveries, follows, hosts, received, records, tasks, tasks::Task},
};

/// Publish the drafts whose hour has come: subject is `node`.
pub const PUBLISH: &str = "publish";
/// Ask whether an actor is gone: subject is its id.
pub const CHECK_ACTOR: &str = "check-actor";
/// Complete from the mirrors of peers what their origin cannot send: subject is `node`.
pub const HEAL: &str = "heal";
/// Forget what is old: subject is `node`.
pub const PURGE: &str = "purge";

/// Ask for the vectors of recommendations that have none: subject is `node`.
pub const EMBED: &str = "embed";

/// How long a task is leased; whoever does it renews the lease as long as it lives.
const LEASE: Duration = Duration::from_mins(1);
/// How often a task may fail by a fault of ours.
const TRIES: i64 = 3;
/// Tasks at once.
const AT_ONCE: usize = 8;
/// Between two comparisons with a peer.
const CATCH_UP_EVERY: Duration = Duration::from_mins(5);
/// Between two questions to a host about what it is.
const PROBE_EVERY: Duration = Duration::from_hours(7 * 24);
/// Between two looks at the drafts whose hour has come.
const PUBLISH_EVERY: Duration = Duration::from_mins(1);
/// Between two looks at what peers hold of others.
const HEAL_EVERY: Duration = Duration::from_hours(1);
/// Between two looks for recommendations without a vector.
const EMBED_EVERY: Duration = Duration::from_mins(1);
/// Between two purges.
const PURGE_EVERY: Duration = Duration::from_hours(24);
/// How long ids of handled activities, finished deliveries, and strangers who left nothing here are kept.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// Longest wait of a task that fails.
const LONGEST: Duration = Duration::from_hours(6);

/// What becomes of a task that was done.
enum Then {
    /// Nothing: it is over.
    Over,
    /// It comes back after this time.
    Again(Duration),
}

/// Does what is due, several tasks at once. Gives how many were begun.
///
/// # Errors
/// Those of the database while leasing; what happens in one task never ends the others.
pub async fn step(app: &App, owner: &str) -> Result<usize> {
    let mut doing = JoinSet::new();
    let count = begin(app, owner, &mut doing).await?;
    while doing.join_next().await.is_some() {}
    Ok(count)
}

/// Begins what is due beside what is being done, whose leases are renewed; the caller waits for the end.
/// Gives how many were begun.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App, owner: &str, doing: &mut JoinSet<()>) -> Result<usize> {
    let now = app.clock.now_ms();
    let until = now + millis(LEASE);
    if !doing.is_empty() {
        tasks::renew(&app.db, owner, until).await?;
    }
    let free = AT_ONCE.saturating_sub(doing.len());
    let due = tasks::claim(&app.db, owner, now, until, i64::try_from(free).unwrap_or(0)).await?;
    let count = due.len();
    for task in due {
        doing.spawn(finish(app.clone(), task));
    }
    Ok(count)
}

async fn finish(app: App, task: Task) {
    let ended = AssertUnwindSafe(perform(&app, &task)).catch_unwind().await;
    let ended = ended.unwrap_or_else(|_| Err(panicked()));
    if let Err(error) = write_down(&app, &task, ended).await {
        // The lease ends by itself, and the task is done again.
        tracing::warn!(kind = task.kind, subject = task.subject, %error, "the end of a task is not written");
    }
}

async fn perform(app: &App, task: &Task) -> Result<Then> {
    if matches!(task.kind.as_str(), CATCH_UP | PROBE)
        && (gate::is_blocked(app, &task.subject).await?
            || hosts::get(&app.db, &task.subject).await?.is_none())
    {
        return Ok(Then::Over);
    }
    match task.kind.as_str() {
        CATCH_UP => catch_up_with(app, &task.subject).await,
        PROBE => probe::probe(app, &task.subject).await.map(|_| Then::Again(PROBE_EVERY)),
        CHECK_ACTOR => gone::check(app, &Iri::parse(&task.subject)?).await.map(|_| Then::Over),
        MEET => convene::meet(app, &task.subject).await.map(|()| Then::Over),
        FETCH => convene::fetch(app, &task.subject).await.map(|()| Then::Over),
        PASS_ON => pass_on::pass_on(app, &task.subject).await.map(|()| Then::Over),
        OFFER => offer(app, &task.subject).await.map(|()| Then::Over),
        PUBLISH => publish_due(app).await.map(|()| Then::Again(PUBLISH_EVERY)),
        HEAL => heal_from_mirrors(app).await,
        PURGE => purge(app).await.map(|()| Then::Again(PURGE_EVERY)),
        EMBED => embed(app).await,
        other => Err(Error::internal(anyhow::anyhow!("no task is called {other}"))),
    }
}

/// Only peers that one of our actors follows.
async fn catch_up_with(app: &App, host: &str) -> Result<Then> {
    let followed = follows::ours(&app.db).await?;
    if !followed.iter().any(|follow| follow.host == host && follow.state == "accepted") {
        return Ok(Then::Over);
    }
    let report = catch_up::catch_up(app, host).await?;
    // At once while it brings something: a register without end that gives nothing is not worth the hurry.
    let at_once = report.unfinished && report.appended > 0;
    Ok(Then::Again(if at_once { Duration::ZERO } else { CATCH_UP_EVERY }))
}

async fn heal_from_mirrors(app: &App) -> Result<Then> {
    let report = heal::heal(app, &|_, _| ()).await?;
    let at_once = !report.unfinished.is_empty() && report.appended > 0;
    Ok(Then::Again(if at_once { Duration::ZERO } else { HEAL_EVERY }))
}

/// Offers a relay of ours to its body, if that is an actor on a Parvis node: others answer 400 to what they do not
/// know (wire.md §2.3), and have the record itself by mention.
async fn offer(app: &App, relay: &str) -> Result<()> {
    let Some(row) = records::get(&app.db, relay).await?.filter(|row| row.ours && !row.withdrawn) else {
        return Ok(());
    };
    let body = Iri::parse(row.addressee.as_deref().unwrap_or_default())?;
    if app.urls.is_here(&body) || gate::is_blocked(app, body.host()).await? {
        return Ok(());
    }
    let actor = match remote::known_or_fetched(app, &body).await {
        // It has no account: somebody will make a link.
        Err(Error::Invalid { .. } | Error::NotFound { .. }) => return Ok(()),
        actor => actor?,
    };
    let known = hosts::get(&app.db, &actor.host).await?.is_some_and(|host| host.parvis);
    if known || probe::probe(app, &actor.host).await?.parvis {
        relays::offer(app, &Operator::system(), &row, &actor).await?;
    }
    Ok(())
}

/// One draft at a time: what is wrong with one is nothing to the others. What cannot be published at its
/// hour waits for a person, as an ordinary draft (threats R17).
async fn publish_due(app: &App) -> Result<()> {
    let mut published = HashSet::new();
    for reference in drafts::due(app).await? {
        if published.contains(&reference) {
            continue;
        }
        let (operator, one) = (Operator::system(), [reference]);
        let publishing = publish::publish(app, &operator, Some(&one), &|_, _| ());
        match AssertUnwindSafe(publishing).catch_unwind().await.unwrap_or_else(|_| Err(panicked())) {
            Ok(done) => published.extend(done.into_iter().map(|one| one.reference)),
            Err(error @ Error::Unavailable { .. }) => return Err(error),
            Err(error) => {
                let [reference] = one;
                tracing::error!(reference, error = told(&error), "a scheduled draft cannot be published");
                metrics::counter!("parvis_given_up_total", "what" => PUBLISH).increment(1);
                drafts::unschedule(app, &operator.because(told(&error)), &reference).await?;
            }
        }
    }
    Ok(())
}

/// The service that the configuration names; when it names none any more, that is over.
async fn embed(app: &App) -> Result<Then> {
    if !embeddings::wanted(app) {
        return Ok(Then::Over);
    }
    let (_, more) = embeddings::refresh(app).await?;
    Ok(Then::Again(if more { Duration::ZERO } else { EMBED_EVERY }))
}

fn panicked() -> Error {
    Error::internal(anyhow::anyhow!("panic"))
}

/// With the cause of a fault of ours.
fn told(error: &Error) -> String {
    match error {
        Error::Internal(cause) => format!("{cause:#}"),
        other => other.to_string(),
    }
}

async fn purge(app: &App) -> Result<()> {
    let before = app.clock.now_ms() - millis(KEPT);
    let mut tx = app.db.begin().await?;
    let handled = received::purge(&mut tx, before).await?;
    let delivered = deliveries::purge(&mut tx, before).await?;
    let strangers = actors::forget_strangers(&mut tx, before).await?;
    let servers = hosts::forget_strangers(&mut tx, before).await?;
    tx.commit().await?;
    tracing::info!(handled, delivered, strangers, servers, "purged");
    Ok(())
}

async fn write_down(app: &App, task: &Task, ended: Result<Then>) -> Result<()> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    match ended {
        Ok(Then::Over) => tasks::done(&mut tx, task).await?,
        Ok(Then::Again(after)) => tasks::repeat(&mut tx, task, now + millis(after)).await?,
        // A fault of ours does not mend itself: the task rests, and says why, until it is scheduled again.
        Err(error @ Error::Internal(_)) if task.attempts >= TRIES => {
            tracing::error!(
                kind = task.kind,
                subject = task.subject,
                error = told(&error),
                "a task is given up"
            );
            metrics::counter!("parvis_given_up_total", "what" => task.kind.clone()).increment(1);
            tasks::retry(&mut tx, task, tasks::NEVER, &told(&error)).await?;
        }
        Err(error) => {
            let wait = millis(wait_after(task.attempts, app.chance.fraction()));
            let error = told(&error);
            tracing::info!(kind = task.kind, subject = task.subject, error, "a task failed and comes back");
            tasks::retry(&mut tx, task, now + wait, &error).await?;
        }
    }
    tx.commit().await
}

/// A minute, doubled at each failure, give or take a fifth, at most [`LONGEST`].
fn wait_after(attempts: i64, fraction: f64) -> Duration {
    let doubled = Duration::from_mins(1) * (1 << u32::try_from(attempts - 1).unwrap_or(0).min(10));
    doubled.min(LONGEST).mul_f64(0.4f64.mul_add(fraction, 0.8)).min(LONGEST)
}

/// Schedules what a node does by itself: purging, and looking at the peers it follows. At every start.
///
/// # Errors
/// Those of the database.
pub async fn at_start(app: &App) -> Result<()> {
    let now = app.clock.now_ms();
    let followed = follows::ours(&app.db).await?;
    let hosts = hosts::list(&app.db, "", i64::MAX).await?;
    let mut tx = app.db.begin().await?;
    tasks::schedule_sooner(&mut tx, PUBLISH, "node", now).await?;
    tasks::schedule_sooner(&mut tx, HEAL, "node", now + millis(HEAL_EVERY)).await?;
    tasks::schedule_sooner(&mut tx, PURGE, "node", now + millis(PURGE_EVERY)).await?;
    if embeddings::wanted(app) {
        tasks::schedule_sooner(&mut tx, EMBED, "node", now).await?;
    }
    for follow in followed.iter().filter(|follow| follow.state == "accepted") {
        tasks::schedule_sooner(&mut tx, CATCH_UP, &follow.host, now).await?;
    }
    for host in hosts.iter().filter(|host| host.software.is_none()) {
        tasks::schedule_sooner(&mut tx, PROBE, &host.host, now).await?;
    }
    tx.commit().await
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_fails_waits_longer_each_time() {
        assert_eq!(wait_after(1, 0.5), Duration::from_mins(1));
        assert_eq!(wait_after(3, 0.5), Duration::from_mins(4));
        assert_eq!(wait_after(90, 0.99), LONGEST);
    }
}
