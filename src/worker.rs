//! The worker of a node: repeats one round of deliveries and of tasks until it is told to stop. It holds
//! nothing that is not in the database: killed at any moment, it goes on where it was (R1, R15, R16).

use std::time::Duration;

use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Result,
    federation::{delivery::Round, tasks},
};

/// Longest pause while something was just done.
const BUSY: Duration = Duration::from_secs(1);
/// Longest pause when nothing is waiting.
const IDLE: Duration = Duration::from_secs(5);
/// How long what was begun may take once it is told to stop (R15).
const GRACE: Duration = Duration::from_secs(8);

/// Works until `stop` is cancelled, then lets what was begun end within a grace of eight seconds. `owner`
/// names this process in leases, and is new at each start.
pub async fn run(app: App, owner: String, stop: CancellationToken) {
    if let Err(error) = tasks::at_start(&app).await {
        tracing::warn!(%error, "recurring tasks could not be scheduled");
    }
    let mut work = Work { round: Round::new(app.clone(), owner.clone()), tasks: JoinSet::new(), app, owner };
    while !stop.is_cancelled() {
        work.app.beat.at(work.app.clock.now_ms());
        let begun = work.begin().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the worker could not take up what is due");
            0
        });
        work.wait(if begun > 0 { BUSY } else { IDLE }, &stop).await;
    }
    work.end().await;
}

struct Work {
    app: App,
    owner: String,
    round: Round,
    tasks: JoinSet<()>,
}

impl Work {
    /// Takes up what is due, beside what is still being done.
    async fn begin(&mut self) -> Result<usize> {
        let mut begun = self.round.claim().await?;
        if self.tasks.is_empty() {
            self.tasks = tasks::begin(&self.app, &self.owner).await?;
            begun += self.tasks.len();
        }
        Ok(begun)
    }

    /// Until something ends, something new is queued, time has passed, or it is told to stop.
    async fn wait(&mut self, longest: Duration, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.app.wake.notified() => {}
            () = time::sleep(longest) => {}
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
