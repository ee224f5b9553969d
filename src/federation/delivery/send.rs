//! Sends to one leased host what waits for it, oldest first, one request at a time. Each outcome is written
//! down before the next request, so that a crash repeats one request at most, under the same id (R3, R19).

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt as _;

use super::{
    Progress, SOON,
    machine::{self, Health, Outcome, RowFate, Verdict},
    step::lease,
    turn::{Row, Turn},
};
use crate::{
    App, Result,
    domain::Iri,
    federation::{gate, signing, tasks},
    storage::{Tx, deliveries, deliveries::Job, follows, hosts, tasks as queue},
};

/// Most activities of one turn; a long queue takes several turns, between which other hosts come on.
const BATCH: i64 = 50;
/// Most that is kept of what a peer answered.
const ERROR_LENGTH: usize = 300;
/// Most followers checked because one inbox is gone.
const MOST_CHECKS: i64 = 100;
/// Clocks further apart than this make a peer refuse what we sign.
const CLOCKS_APART: Duration = Duration::from_mins(5);

/// One attempt and what the peer said about it.
struct Attempt {
    /// When it began.
    began: i64,
    outcome: Outcome,
    error: String,
}

/// Sends to a host until nothing is left, its turn is over, or it fails.
///
/// # Errors
/// Those of the database; whoever leased the host ends the lease.
pub(super) async fn to_host(app: App, owner: String, host: hosts::Host) -> Result<Progress> {
    let mut progress = Progress { hosts: 1, ..Progress::default() };
    let names: Vec<&str> = gate::names_of(&host.host).collect();
    let standing = deliveries::standing(&app.db, &host.host, &names).await?;
    if standing.blocked {
        leave_alone(&app, &owner, &host.host).await?;
        return Ok(progress);
    }
    let mut turn = Turn::new(health_of(&host));
    if standing.gone {
        progress.given_up += give_up_gone(&app, &host.host).await?;
    }
    let batch = deliveries::next_for_host(&app.db, &host.host, app.clock.now_ms(), BATCH).await?;
    let whole = batch.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
    let last = batch.last().map(|job| (job.seq, job.inbox.clone())).filter(|_| whole);
    let mut released = false;
    for job in batch {
        if !turn.may_send(&job.inbox, &job.object) {
            continue;
        }
        let attempt = attempt(&app, &job).await?;
        let at = (app.clock.now_ms(), app.chance.fraction());
        let verdict = turn.attempted(&row_of(&job), attempt.outcome, at);
        released = !verdict.go_on || last.as_ref().is_some_and(|last| *last == (job.seq, job.inbox.clone()));
        let keep = Keep { app: &app, owner: &owner, host: &host.host, release: released };
        if !keep.record(&job, &attempt, &verdict).await? {
            turn.end();
        }
        count(&mut progress, &verdict);
        tell(&app, &job, &attempt, &verdict);
    }
    if !released {
        let mut tx = app.db.begin().await?;
        hosts::release(&mut tx, &host.host, &owner).await?;
        tx.commit().await?;
    }
    Ok(progress)
}

/// A domain above it is blocked (threats S32), which its own row does not say: looked at again in an hour.
async fn leave_alone(app: &App, owner: &str, host: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    hosts::retry_at(&mut tx, host, app.clock.now_ms() + 3_600_000).await?;
    hosts::release(&mut tx, host, owner).await?;
    tx.commit().await
}

fn health_of(host: &hosts::Host) -> Health {
    Health {
        fails: u32::try_from(host.fails).unwrap_or(0),
        next_at: host.next_at,
        first_fail_at: host.first_fail_at,
        suspended: host.state == hosts::SUSPENDED,
        asked: host.state == hosts::ASKED_TO_WAIT,
    }
}

fn row_of(job: &Job) -> Row<'_, String> {
    Row {
        inbox: &job.inbox,
        object: &job.object,
        kind: &job.kind,
        refusals: u32::try_from(job.refusals).unwrap_or(0),
        created_at: job.created_at,
    }
}

/// Signs anew and sends. A panic is this activity's fault, not its neighbours' (R17).
///
/// # Errors
/// Those of the database when it does not give the key: nothing was sent, nothing is spent.
async fn attempt(app: &App, job: &Job) -> Result<Attempt> {
    let began = app.clock.now_ms();
    let (outcome, error) = match AssertUnwindSafe(post(app, job)).catch_unwind().await {
        Ok(ended) => ended?,
        Err(_) => (Outcome::Unsendable, "panic".to_owned()),
    };
    Ok(Attempt { began, outcome, error })
}

async fn post(app: &App, job: &Job) -> Result<(Outcome, String)> {
    let unsendable = |error: String| Ok((Outcome::Unsendable, error));
    let inbox = match Iri::parse(&job.inbox) {
        Ok(inbox) => inbox,
        Err(problem) => return unsendable(problem.to_string()),
    };
    let signer = match signing::signer_by(app, &job.actor, job.key.as_deref()).await {
        Ok(signer) => signer,
        Err(error @ crate::Error::Unavailable { .. }) => return Err(error),
        Err(error) => return unsendable(error.to_string()),
    };
    match app.http.post(&inbox, job.document.as_bytes(), &signer).await {
        Ok(answer) if answer.status == 401 && answer.drift.is_some_and(|drift| drift > CLOCKS_APART) => {
            Ok((Outcome::ClocksApart, short(&answer.body)))
        }
        Ok(answer) => {
            let outcome = Outcome::Answered { status: answer.status, retry_after: answer.retry_after };
            Ok((outcome, short(&answer.body)))
        }
        Err(error) if error.is_silence() => Ok((Outcome::Silent, error.to_string())),
        Err(error) => unsendable(error.to_string()),
    }
}

/// One line, without control characters, of what a peer wrote: shown to operators only.
fn short(body: &str) -> String {
    body.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_LENGTH).collect()
}

/// Nothing is ever sent again to an inbox that answered 410 (R6), until somebody follows from there anew.
async fn give_up_gone(app: &App, host: &str) -> Result<usize> {
    let mut tx = app.db.begin().await?;
    let rows = deliveries::give_up_gone(&mut tx, host, "inbox gone", app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(usize::try_from(rows).unwrap_or(usize::MAX))
}

/// What is needed to write an outcome down.
struct Keep<'a> {
    app: &'a App,
    owner: &'a str,
    host: &'a str,
    /// Whether nothing more is sent in this turn.
    release: bool,
}

impl Keep<'_> {
    /// Writes what became of the row and of the host, and renews or ends the lease, in one transaction.
    /// Gives whether the lease is still ours.
    async fn record(&self, job: &Job, attempt: &Attempt, verdict: &Verdict) -> Result<bool> {
        let now = self.app.clock.now_ms();
        let until = (!self.release).then(|| now + lease(self.app));
        let status = match attempt.outcome {
            Outcome::Answered { status, .. } => Some(i64::from(status)),
            Outcome::ClocksApart => Some(401),
            Outcome::Silent | Outcome::Unsendable => None,
        };
        if let (RowFate::Delivered, Some(status)) = (verdict.row, status) {
            return deliveries::delivered_now(&self.app.db, job, status, (self.owner, until), now).await;
        }
        let mut tx = self.app.db.begin().await?;
        match verdict.row {
            RowFate::Refused { gone } => {
                deliveries::refused(&mut tx, job, status.unwrap_or(0), &attempt.error, now).await?;
                if gone {
                    self.check_followers(&mut tx, job, now).await?;
                }
            }
            RowFate::GivenUp => deliveries::given_up(&mut tx, job, status, &attempt.error, now).await?,
            RowFate::Delivered | RowFate::Waits => {
                deliveries::tried(&mut tx, job, status, &attempt.error).await?;
            }
            RowFate::Later(at) => deliveries::put_off(&mut tx, job, status, &attempt.error, at).await?,
        }
        self.host(&mut tx, verdict, status.is_some(), (attempt.began, now)).await?;
        let still_ours = if let Some(until) = until {
            hosts::renew(&mut tx, self.host, self.owner, until).await?
        } else {
            hosts::release(&mut tx, self.host, self.owner).await?;
            false
        };
        tx.commit().await?;
        Ok(still_ours)
    }

    async fn host(
        &self,
        tx: &mut Tx,
        verdict: &Verdict,
        answered: bool,
        (began, now): (i64, i64),
    ) -> Result<()> {
        let Health { fails, next_at, first_fail_at, suspended, asked } = verdict.host;
        if !verdict.go_on {
            let state = match (asked, suspended) {
                (true, _) => hosts::ASKED_TO_WAIT,
                (false, true) => hosts::SUSPENDED,
                (false, false) => hosts::BACKING_OFF,
            };
            let first_fail_at = first_fail_at.unwrap_or(now);
            let failure = hosts::Failure { fails: i64::from(fails), next_at, first_fail_at, state };
            hosts::failed(tx, self.host, &failure).await?;
            let soon = now + i64::try_from(SOON.as_millis()).unwrap_or(0);
            hosts::heard_meanwhile(tx, self.host, (began, now), soon).await?;
            let horizon = now - i64::try_from(machine::HORIZON.as_millis()).unwrap_or(i64::MAX);
            deliveries::give_up_older(tx, self.host, horizon, now).await.map(drop)
        } else if answered {
            hosts::well(tx, self.host, now).await
        } else {
            Ok(())
        }
    }

    /// The inbox is gone: nothing more goes there, and whether its followers are gone is asked of each.
    async fn check_followers(&self, tx: &mut Tx, job: &Job, now: i64) -> Result<()> {
        let to = deliveries::Target { inbox: job.inbox.clone(), host: job.host.clone() };
        deliveries::give_up_inbox(tx, &to, "inbox gone", now).await?;
        for follower in follows::followers_at(tx, &job.host, &job.inbox, MOST_CHECKS).await? {
            queue::schedule_sooner(tx, tasks::CHECK_ACTOR, &follower, now).await?;
        }
        Ok(())
    }
}

fn count(progress: &mut Progress, verdict: &Verdict) {
    match verdict.row {
        RowFate::Delivered => progress.delivered += 1,
        RowFate::Refused { .. } => progress.refused += 1,
        RowFate::GivenUp => progress.given_up += 1,
        RowFate::Later(_) => progress.put_off += 1,
        RowFate::Waits => {}
    }
    progress.backing_off += usize::from(!verdict.go_on);
}

/// One line and one count per attempt.
fn tell(app: &App, job: &Job, attempt: &Attempt, verdict: &Verdict) {
    let outcome = match verdict.row {
        RowFate::Delivered => "delivered",
        RowFate::Refused { .. } => "refused",
        RowFate::GivenUp => "given_up",
        RowFate::Later(_) => "put_off",
        RowFate::Waits => "silent",
    };
    metrics::counter!("parvis_deliveries_total", "outcome" => outcome).increment(1);
    if verdict.row == RowFate::Delivered {
        let waited = u64::try_from(app.clock.now_ms() - job.created_at).unwrap_or(0);
        metrics::histogram!("parvis_delivery_delay_seconds")
            .record(Duration::from_millis(waited).as_secs_f64());
        tracing::debug!(host = job.host, activity = job.activity, "delivered");
    } else {
        tracing::info!(
            host = job.host,
            activity = job.activity,
            answer = ?attempt.outcome,
            error = attempt.error,
            outcome,
            "not delivered"
        );
    }
}
