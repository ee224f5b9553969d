//! The worker of a node: repeats one round of deliveries and of tasks until it is told to stop. It holds
//! nothing that is not in the database: killed at any moment, it goes on where it was (R1, R15, R16).

use std::time::Duration;

use futures::FutureExt as _;
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Result,
    federation::{delivery::Round, tasks},
    storage::outbox,
};

/// Longest pause while something was just done.
const BUSY: Duration = Duration::from_secs(1);
/// Longest pause when nothing is waiting.
const IDLE: Duration = Duration::from_secs(5);
/// A clock that goes back by more than this was set.
const TURNED_BACK: i64 = 60_000;
/// How often it is asked meanwhile whether another process (`parvis publish`) has queued something.
const GLANCE: Duration = Duration::from_millis(200);
/// Least time between two looks into the queues: what ends or comes meanwhile is taken up together.
const BREATH: Duration = Duration::from_millis(10);
/// How long what was begun may take once it is told to stop (R15).
const GRACE: Duration = Duration::from_secs(8);

/// Works until `stop` is cancelled, then lets what was begun end within a grace of eight seconds. `owner`
/// names this process in leases, and is new at each start.
pub async fn run(app: App, owner: String, stop: CancellationToken) {
    if let Err(error) = tasks::at_start(&app).await {
        tracing::warn!(%error, "recurring tasks could not be scheduled");
    }
    let round = Round::new(app.clone(), owner.clone());
    let mut work = Work { round, tasks: JoinSet::new(), app, owner, said: 0 };
    let mut latest = i64::MIN;
    while !stop.is_cancelled() {
        let next = time::Instant::now() + BREATH;
        let now = work.app.clock.now_ms();
        if now.saturating_add(TURNED_BACK) < latest {
            work.clock_was_turned_back().await;
        }
        latest = now;
        work.app.beat.at(now);
        let begun = work.begin().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the worker could not take up what is due");
            0
        });
        let longest = if begun > 0 { BUSY } else { IDLE };
        work.wait(work.round.pause().map_or(longest, |pause| pause.min(longest)), &stop).await;
        time::sleep_until(next).await;
    }
    work.end().await;
}

struct Work {
    app: App,
    owner: String,
    round: Round,
    tasks: JoinSet<()>,
    /// The last activity that was queued when we last looked.
    said: i64,
}

impl Work {
    /// What recurs was put off until hours that are far ahead again: it is done now (R11).
    async fn clock_was_turned_back(&self) {
        tracing::warn!("the clock was turned back");
        if let Err(error) = tasks::at_start(&self.app).await {
            tracing::warn!(%error, "recurring tasks could not be scheduled");
        }
    }

    /// Takes up what is due, beside what is still being done.
    async fn begin(&mut self) -> Result<usize> {
        self.said = outbox::last(&self.app.db).await?;
        while self.round.next().now_or_never().flatten().is_some() {}
        while self.tasks.try_join_next().is_some() {}
        let sending = self.round.claim().await?;
        Ok(sending + tasks::begin(&self.app, &self.owner, &mut self.tasks).await?)
    }

    /// Until something ends, something new is queued, time has passed, or it is told to stop.
    async fn wait(&mut self, longest: Duration, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.app.wake.notified() => {}
            () = elsewhere(&self.app, self.said, longest) => {}
            Some(_) = self.round.next(), if self.round.busy() > 0 => {}
            Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
        }
    }

    /// Lets what was begun end. What does not end in time is done again after the next start.
    async fn end(mut self) {
        let all = async {
            while self.round.next().await.is_some() {}
            while self.tasks.join_next().await.is_some() {}
        };
        if time::timeout(GRACE, all).await.is_err() {
            tracing::info!("stopped before everything begun had ended: it is taken up at the next start");
        }
    }
}

/// Until another process has queued something since `said`, or the time is over.
async fn elsewhere(app: &App, said: i64, longest: Duration) {
    let until = time::Instant::now() + longest;
    while time::Instant::now() < until {
        time::sleep(GLANCE).await;
        if outbox::last(&app.db).await.is_ok_and(|last| last != said) {
            return;
        }
    }
}
