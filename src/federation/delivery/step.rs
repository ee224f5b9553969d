//! One round of delivery: leases the hosts that are due and sends to all of them at once, each in its own
//! task, so that a slow one holds nobody up (R7).

use std::{collections::HashMap, ops::AddAssign, time::Duration};

use tokio::{
    task::{Id, JoinSet},
    time::{Instant, sleep},
};

use super::{send, turn::Pace};
use crate::{App, Result, storage::hosts};

/// How long to wait before a lease that could not be ended is ended again.
const AGAIN: Duration = Duration::from_secs(1);

/// How long a host is leased without renewal, in milliseconds: a minute more than one attempt may take.
/// Every attempt renews it.
pub(super) fn lease(app: &App) -> i64 {
    let longest = Duration::from_secs(app.config.federation.timeout_seconds) + Duration::from_mins(1);
    i64::try_from(longest.as_millis()).unwrap_or(i64::MAX)
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Hosts that were leased.
    pub hosts: usize,
    /// Activities that inboxes took.
    pub delivered: usize,
    /// Refused for good.
    pub refused: usize,
    /// Given up.
    pub given_up: usize,
    /// Refused for now: tried again by themselves.
    pub put_off: usize,
    /// Hosts that are silent or busy: everything for them waits.
    pub backing_off: usize,
}

impl AddAssign for Progress {
    fn add_assign(&mut self, more: Self) {
        self.hosts += more.hosts;
        self.delivered += more.delivered;
        self.refused += more.refused;
        self.given_up += more.given_up;
        self.put_off += more.put_off;
        self.backing_off += more.backing_off;
    }
}

/// Sends to one leased host. When that broke off, for want of the database, the lease is ended as soon as
/// there is one again: what waits for the host does not wait for the lease as well (R8).
async fn send_to(app: App, owner: String, host: hosts::Host) -> Result<Progress> {
    let name = host.host.clone();
    let until = app.clock.now_ms() + lease(&app);
    let sent = send::to_host(app.clone(), owner.clone(), host).await;
    if sent.is_err() {
        while give_back(&app, &owner, std::slice::from_ref(&name)).await.is_err()
            && app.clock.now_ms() < until
        {
            sleep(AGAIN).await;
        }
    }
    sent
}

/// Ends leases of this worker.
async fn give_back(app: &App, owner: &str, hosts: &[String]) -> Result<()> {
    let mut tx = app.db.begin().await?;
    for host in hosts {
        hosts::release(&mut tx, host, owner).await?;
    }
    tx.commit().await
}

/// Leases what is due, sends, and comes back when every leased host had its turn.
///
/// # Errors
/// Those of the database while leasing; what happens to one host never ends the round.
pub async fn step(app: &App, owner: &str) -> Result<Progress> {
    let mut round = Round::new(app.clone(), owner.to_owned());
    round.claim().await?;
    let mut progress = Progress::default();
    while let Some(one) = round.next().await {
        progress += one;
    }
    Ok(progress)
}

/// The hosts that are being sent to. More can be leased while some are still busy.
pub struct Round {
    app: App,
    owner: String,
    sending: JoinSet<Result<Progress>>,
    /// The hosts being sent to: when a clock jumps their leases seem to end, and they are not sent to twice.
    hosts: HashMap<Id, String>,
    pace: Pace,
    since: Instant,
}

impl Round {
    /// A round without hosts. `owner` names this worker in leases.
    #[must_use]
    pub fn new(app: App, owner: String) -> Self {
        Self {
            app,
            owner,
            sending: JoinSet::new(),
            hosts: HashMap::new(),
            pace: Pace::default(),
            since: Instant::now(),
        }
    }

    /// Leases hosts that are due, as many as there are free places and as the pace allows, and begins to send
    /// to them. Gives how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim(&mut self) -> Result<usize> {
        let free = self.app.config.federation.parallel_hosts.saturating_sub(self.sending.len());
        let free = free.min(self.pace.allows(self.since.elapsed()));
        if free == 0 {
            return Ok(0);
        }
        let now = self.app.clock.now_ms();
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let hosts = hosts::claim(&self.app.db, &self.owner, now, now + lease(&self.app), limit).await?;
        let mut begun = 0;
        let mut busy = Vec::new();
        for host in hosts {
            if self.hosts.values().any(|busy| *busy == host.host) {
                busy.push(host.host);
                continue;
            }
            let name = host.host.clone();
            let task = self.sending.spawn(send_to(self.app.clone(), self.owner.clone(), host));
            self.hosts.insert(task.id(), name);
            begun += 1;
        }
        self.pace.took(begun);
        if !busy.is_empty() {
            // Whoever sends to them has ended its own lease already, or has lost it to a clock that jumped:
            // they are taken up again when it is done, not a minute later.
            give_back(&self.app, &self.owner, &busy).await?;
        }
        Ok(begun)
    }

    /// How long to wait before more may begin; `None` when more may begin now.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        self.pace.pause()
    }

    /// How many hosts are being sent to.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.sending.len()
    }

    /// What the next host to finish got; `None` when none is busy.
    pub async fn next(&mut self) -> Option<Progress> {
        let ended = self.sending.join_next_with_id().await?;
        self.hosts.remove(&match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        });
        let progress = match ended {
            Ok((_, Ok(progress))) => progress,
            Ok((_, Err(error))) => {
                tracing::warn!(?error, "delivery to a host broke off");
                Progress::default()
            }
            // A panic outside the attempt itself: the lease ends by itself and the host is tried again.
            Err(error) => {
                tracing::error!(%error, "delivery to a host panicked");
                Progress::default()
            }
        };
        Some(progress)
    }
}
