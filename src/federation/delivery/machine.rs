//! What one attempt means for its row and for its host. Pure: the hour and the chance are parameters.
//!
//! The unit of failure is the host: when it is silent everything for it waits, in order, behind one
//! back-off. A refusal concerns one activity: the rows after it go on, except those about the same object,
//! so that an Update never overtakes its Create (promises R4, R5, R6, R17 of the threat model).

use std::time::Duration;

/// Tries of an activity that the peer refuses, or that cannot be sent from here.
pub const TRIES: u32 = 3;
/// Longest wait between two attempts at a host (R5: first try at most 6 h after its return).
pub const LONGEST: Duration = Duration::from_hours(6);
/// Longest `Retry-After` that is obeyed.
pub const LONGEST_ASKED: Duration = Duration::from_hours(24);
/// What has waited longer than this is given up; a host silent for longer is suspended.
pub const HORIZON: Duration = Duration::from_hours(30 * 24);
const FIRST: Duration = Duration::from_mins(1);

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer answered.
    Answered {
        /// Status of the answer.
        status: u16,
        /// Its `Retry-After`, as a wait.
        retry_after: Option<Duration>,
    },
    /// It did not: no route, no name, no TLS, no answer in time.
    Silent,
    /// It refused the signature, and its clock and ours are far apart: that says nothing of the activity.
    ClocksApart,
    /// Nothing could be sent from here: no key, a document that cannot be signed, a panic.
    Unsendable,
}

/// What becomes of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// The peer has it.
    Delivered,
    /// The peer will not have it; `gone`: the inbox no longer exists (410), its actor is to be checked.
    Refused {
        /// Whether the answer was 410.
        gone: bool,
    },
    /// It could not be sent within its tries or its time.
    GivenUp,
    /// It waits for its host.
    Waits,
    /// It is tried again by itself, not before this time (milliseconds since 1970); one try is spent.
    Later(i64),
}

/// What is known of a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failed attempts in a row; several in one back-off count once.
    pub fails: u32,
    /// Not tried before (milliseconds since 1970).
    pub next_at: i64,
    /// Since when it fails.
    pub first_fail_at: Option<i64>,
    /// Silent for longer than [`HORIZON`].
    pub suspended: bool,
    /// It said itself when to come back (`Retry-After`).
    pub asked: bool,
}

/// What an attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For the row.
    pub row: RowFate,
    /// For the host, from now on.
    pub host: Health,
    /// Whether the next row of the host may be sent now.
    pub go_on: bool,
}

/// Decides. `tries` counts earlier refusals of this row (never its host's silence), `created_at` is when
/// it was queued, `fraction` is a chance in `[0, 1)` for the jitter.
#[must_use]
pub fn judge(tries: u32, created_at: i64, health: Health, outcome: Outcome, at: (i64, f64)) -> Verdict {
    let (now, _) = at;
    let well = Health { next_at: now, ..Health::default() };
    let refused = |gone| Verdict { row: RowFate::Refused { gone }, host: well, go_on: true };
    match outcome {
        Outcome::Answered { status: 200..=299 | 409, .. } => {
            Verdict { row: RowFate::Delivered, host: well, go_on: true }
        }
        Outcome::Answered { status: 410, .. } => refused(true),
        Outcome::Answered { status: 300..=399 | 400 | 401 | 403 | 404, .. } if tries + 1 < TRIES => {
            Verdict { row: again(tries, at), host: well, go_on: true }
        }
        Outcome::Answered { status: 408 | 429 | 500.., retry_after } => {
            wait(created_at, failed(health, retry_after, at), now)
        }
        Outcome::Answered { status: 0..=199, .. } | Outcome::Silent | Outcome::ClocksApart => {
            wait(created_at, failed(health, None, at), now)
        }
        Outcome::Answered { .. } => refused(false),
        Outcome::Unsendable if tries + 1 < TRIES => {
            Verdict { row: again(tries, at), host: health, go_on: true }
        }
        Outcome::Unsendable => Verdict { row: RowFate::GivenUp, host: health, go_on: true },
    }
}

fn wait(created_at: i64, host: Health, now: i64) -> Verdict {
    let late = now.saturating_sub(created_at) > millis(HORIZON);
    Verdict { row: if late { RowFate::GivenUp } else { RowFate::Waits }, host, go_on: false }
}

/// The row's own next try: a minute after the first refusal, hours after the second, when what the peer
/// lacked (a key it could not fetch) may be there.
fn again(tries: u32, (now, fraction): (i64, f64)) -> RowFate {
    let wait = if tries == 0 { FIRST } else { LONGEST };
    RowFate::Later(now.saturating_add(millis(jittered(wait, fraction))))
}

/// One more failure, unless it belongs to a back-off that is already running. A host that says when to come
/// back is obeyed, to the minute; of any other we wait longer each time.
fn failed(health: Health, asked: Option<Duration>, (now, fraction): (i64, f64)) -> Health {
    // An hour further ahead than any wait comes from a clock that was turned back since: it does not hold.
    let furthest = now.saturating_add(millis(if health.asked { LONGEST_ASKED } else { LONGEST }));
    let running = health.fails > 0 && (now.saturating_add(1)..=furthest).contains(&health.next_at);
    let fails = if running { health.fails } else { health.fails.saturating_add(1) };
    let wait = match asked {
        Some(asked) => back_off(1, fraction).max(asked.min(LONGEST_ASKED)),
        None => back_off(fails, fraction),
    };
    let next_at = now.saturating_add(millis(wait));
    let first_fail_at = health.first_fail_at.unwrap_or(now).min(now);
    let suspended = now.saturating_sub(first_fail_at) > millis(HORIZON);
    let next_at = if running { next_at.max(health.next_at) } else { next_at };
    let asked = asked.is_some() || (running && health.asked);
    Health { fails, next_at, first_fail_at: Some(first_fail_at), suspended, asked }
}

/// `60 s · 2^(fails-1)`, give or take a fifth, and never more than [`LONGEST`].
fn back_off(fails: u32, fraction: f64) -> Duration {
    jittered(FIRST.saturating_mul(1 << fails.saturating_sub(1).min(16)).min(LONGEST), fraction)
}

fn jittered(wait: Duration, fraction: f64) -> Duration {
    wait.mul_f64(0.4f64.mul_add(fraction.clamp(0.0, 1.0), 0.8)).min(LONGEST)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
