//! What is done at a time rather than for a request: catching up with peers, learning what a server is,
//! checking an actor whose inbox is gone, purging. One function per kind; a task that fails comes back
//! later, each time after a longer wait, and says why in `tasks.last_error`.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt as _;
use tokio::task::JoinSet;

use super::{catch_up, gate, gone, probe};
use crate::{
    App, Error, Result,
    actions::{
        Operator, drafts,
        follows::{CATCH_UP, PROBE},
        publish,
    },
    domain::Iri,
    storage::{actors, deliveries, follows, hosts, received, tasks, tasks::Task},
};

/// Publish the drafts whose hour has come: subject is `node`.
pub const PUBLISH: &str = "publish";
/// Ask whether an actor is gone: subject is its id.
pub const CHECK_ACTOR: &str = "check-actor";
/// Forget what is old: subject is `node`.
pub const PURGE: &str = "purge";

/// Longest a task may take before another worker may begin it again.
const LEASE: Duration = Duration::from_mins(15);
/// Tasks at once.
const AT_ONCE: i64 = 8;
/// Between two comparisons with a peer.
const CATCH_UP_EVERY: Duration = Duration::from_mins(5);
/// Between two questions to a host about what it is.
const PROBE_EVERY: Duration = Duration::from_hours(7 * 24);
/// Between two looks at the drafts whose hour has come.
const PUBLISH_EVERY: Duration = Duration::from_mins(1);
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
    let mut doing = begin(app, owner).await?;
    let count = doing.len();
    while doing.join_next().await.is_some() {}
    Ok(count)
}

/// Begins what is due; the caller waits for the end.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App, owner: &str) -> Result<JoinSet<()>> {
    let now = app.clock.now_ms();
    let due = tasks::claim(&app.db, owner, now, now + millis(LEASE), AT_ONCE).await?;
    let mut doing = JoinSet::new();
    for task in due {
        doing.spawn(finish(app.clone(), task));
    }
    Ok(doing)
}

async fn finish(app: App, task: Task) {
    let ended = AssertUnwindSafe(perform(&app, &task)).catch_unwind().await;
    let ended = ended.unwrap_or_else(|_| Err(Error::internal(anyhow::anyhow!("panic"))));
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
        PUBLISH => publish_due(app).await.map(|()| Then::Again(PUBLISH_EVERY)),
        PURGE => purge(app).await.map(|()| Then::Again(PURGE_EVERY)),
        other => Err(Error::not_found(format!("task {other}"))),
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

async fn publish_due(app: &App) -> Result<()> {
    let due: Vec<String> = drafts::due(app).await?.into_iter().map(|draft| draft.item.reference).collect();
    if !due.is_empty() {
        publish::publish(app, &Operator::system(), Some(&due), &|_, _| ()).await?;
    }
    Ok(())
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
        Err(error) => {
            let wait = millis(wait_after(task.attempts, app.chance.fraction()));
            tracing::info!(kind = task.kind, subject = task.subject, %error, "a task failed and comes back");
            tasks::retry(&mut tx, task, now + wait, &error.to_string()).await?;
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
    let mut tx = app.db.begin().await?;
    tasks::schedule_sooner(&mut tx, PUBLISH, "node", now).await?;
    tasks::schedule_sooner(&mut tx, PURGE, "node", now + millis(PURGE_EVERY)).await?;
    for follow in followed.iter().filter(|follow| follow.state == "accepted") {
        tasks::schedule_sooner(&mut tx, CATCH_UP, &follow.host, now).await?;
    }
    for host in hosts::list(&app.db, "", i64::MAX).await?.iter().filter(|host| host.software.is_none()) {
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
