//! One turn at one host, and how many turns begin. Pure, like `machine`: `send` and `step` do what is
//! decided here, and so does the simulator of the tests.

use std::{collections::HashSet, hash::Hash, time::Duration};

use super::machine::{Health, Outcome, RowFate, TRIES, Verdict, judge};

/// What servers that do not know it refuse, rightly and every time (checklist 72).
const REFUSED_AT_ONCE: [&str; 4] = ["Announce", "Offer", "TentativeAccept", "Add"];

/// Turns that may begin at once: what a city publishes leaves without waiting (R7).
const AT_ONCE: f64 = 250.0;
/// Turns that may begin in each second after that: what piled up is released evenly (R16).
const A_SECOND: f64 = 50.0;
/// Turns are waited for in handfuls, so that the queue is not asked for each.
const HANDFUL: f64 = 10.0;

/// A row of the queue, as far as the rules look at it. `K` names inboxes and objects.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, K> {
    /// Where it goes.
    pub inbox: &'a K,
    /// What it is about.
    pub object: &'a K,
    /// Create, Update, Delete …
    pub kind: &'a str,
    /// Earlier tries that were refused, or failed here.
    pub refusals: u32,
    /// When it was queued.
    pub created_at: i64,
}

/// A turn: rows go one at a time, in their order; some must be left for a later turn.
#[derive(Clone, Debug)]
pub struct Turn<K> {
    health: Health,
    gone: HashSet<K>,
    held: HashSet<(K, K)>,
    over: bool,
}

impl<K: Clone + Eq + Hash> Turn<K> {
    /// Begins with what is known of the host.
    #[must_use]
    pub fn new(health: Health) -> Self {
        Self { health, gone: HashSet::new(), held: HashSet::new(), over: false }
    }

    /// Whether a row may be sent now: not to an inbox that is gone (R6), not past an earlier row about the
    /// same object that is to be tried again (R4), and not once the turn is over.
    #[must_use]
    pub fn may_send(&self, inbox: &K, object: &K) -> bool {
        !self.over
            && !self.gone.contains(inbox)
            && (self.held.is_empty() || !self.held.contains(&(inbox.clone(), object.clone())))
    }

    /// What an attempt means for its row and for the host. `at` is the hour and a chance, as for [`judge`].
    pub fn attempted(&mut self, row: &Row<'_, K>, outcome: Outcome, at: (i64, f64)) -> Verdict {
        let last_word = matches!(outcome, Outcome::Answered { .. }) && REFUSED_AT_ONCE.contains(&row.kind);
        let tries = if last_word { TRIES - 1 } else { row.refusals };
        let verdict = judge(tries, row.created_at, self.health, outcome, at);
        match verdict.row {
            RowFate::Refused { gone: true } => drop(self.gone.insert(row.inbox.clone())),
            RowFate::Later(_) => drop(self.held.insert((row.inbox.clone(), row.object.clone()))),
            _ => {}
        }
        self.health = verdict.host;
        self.over |= !verdict.go_on;
        verdict
    }

    /// Ends the turn: the lease is another worker's by now.
    pub fn end(&mut self) {
        self.over = true;
    }
}

/// How many turns may begin: when thousands of hosts are due at once, they are taken up one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    left: f64,
    at: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { left: AT_ONCE, at: Duration::ZERO }
    }
}

impl Pace {
    /// How many may begin now; `at` is the time since the start.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 250")]
    pub fn allows(&mut self, at: Duration) -> usize {
        let passed = at.saturating_sub(self.at).as_secs_f64();
        self.left = passed.mul_add(A_SECOND, self.left).min(AT_ONCE);
        self.at = self.at.max(at);
        self.left as usize
    }

    /// So many began.
    #[expect(clippy::cast_precision_loss, reason = "few")]
    pub fn took(&mut self, turns: usize) {
        self.left -= turns as f64;
    }

    /// How long to wait before asking again, if there was not enough.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        let missing = HANDFUL - self.left;
        (self.left < 1.0).then(|| Duration::from_secs_f64(missing / A_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_turns_at_once_then_fifty_a_second_r16() {
        let mut pace = Pace::default();
        assert_eq!(pace.allows(Duration::ZERO), 250);
        pace.took(250);
        assert_eq!(pace.allows(Duration::ZERO), 0);
        assert_eq!(pace.pause(), Some(Duration::from_millis(200)));
        assert_eq!(pace.allows(Duration::from_millis(200)), 10);
        assert_eq!(pace.pause(), None);
        pace.took(10);
        assert_eq!(pace.allows(Duration::from_hours(1)), 250, "what is not used is not kept");
    }
}
