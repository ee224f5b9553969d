//! How much each server may send, counted over messages whose signature held, so that nobody uses up
//! what belongs to another (threats D12); and how many servers that nobody here knows are asked for
//! anything because a stranger named them (D7).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{App, Result, storage};

/// Messages of one host in a minute.
const MESSAGES: u32 = 1200;
/// Follows among them.
const FOLLOWS: u32 = 60;
/// Length of a window, in milliseconds.
const WINDOW: i64 = 60_000;
/// Most hosts remembered at once.
const MAX_HOSTS: usize = 10_000;
/// New servers asked in an hour: enough for a council that two hundred servers begin to follow on the day it is
/// spoken of, too few to use a node against others.
const STRANGERS: usize = 300;
const HOUR: i64 = 3_600_000;
/// Relays that one server may offer in a day: each costs us a few questions to it and to others.
const OFFERS: u32 = 50;
const DAY: i64 = 24 * HOUR;
/// Secrets that open nothing, in a minute.
const GUESSES: u32 = 60;

/// Counters per host. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Limits(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    hosts: HashMap<String, Window>,
    strangers: HashMap<String, i64>,
    offers: HashMap<String, (i64, u32)>,
    guesses: (i64, u32),
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    since: i64,
    messages: u32,
    follows: u32,
}

impl Limits {
    /// Counts a message of a host; `false` when it is one too many for this minute.
    pub(super) fn allow(&self, host: &str, is_follow: bool, now: i64) -> bool {
        let hosts = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).hosts;
        if hosts.len() >= MAX_HOSTS {
            hosts.retain(|_, window| now - window.since < WINDOW);
        }
        let window = hosts.entry(host.to_owned()).or_default();
        if now - window.since >= WINDOW || now < window.since {
            *window = Window { since: now, ..Window::default() };
        }
        window.messages = window.messages.saturating_add(1);
        window.follows = window.follows.saturating_add(u32::from(is_follow));
        window.messages <= MESSAGES && (!is_follow || window.follows <= FOLLOWS)
    }

    /// Whether a host may be asked for something now: one that is known here, or one of the few new ones of
    /// this hour.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn may_ask(&self, app: &App, host: &str) -> Result<bool> {
        let known = storage::hosts::get(&app.db, host).await?.is_some();
        Ok(known || self.meet(host, app.clock.now_ms()))
    }

    /// Counts a secret that opens nothing; `false` when there were too many in this minute. Those that open
    /// something are not held up by it.
    pub fn guess(&self, now: i64) -> bool {
        let guesses = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).guesses;
        if now - guesses.0 >= WINDOW || now < guesses.0 {
            *guesses = (now, 0);
        }
        guesses.1 = guesses.1.saturating_add(1);
        guesses.1 <= GUESSES
    }

    /// Counts an offer of a host; `false` when it is one too many for this day.
    pub(super) fn offer(&self, host: &str, now: i64) -> bool {
        let offers = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).offers;
        offers.retain(|_, (since, _)| now - *since < DAY);
        let full = offers.len() >= MAX_HOSTS && !offers.contains_key(host);
        let (_, count) = offers.entry(host.to_owned()).or_insert((now, 0));
        *count = count.saturating_add(1);
        *count <= OFFERS && !full
    }

    fn meet(&self, host: &str, now: i64) -> bool {
        let strangers = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).strangers;
        strangers.retain(|_, since| now - *since < HOUR);
        let allowed = strangers.contains_key(host) || strangers.len() < STRANGERS;
        if allowed {
            strangers.entry(host.to_owned()).or_insert(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d07_three_hundred_new_servers_an_hour_are_asked() {
        let limits = Limits::default();
        let met = (0..500).filter(|number| limits.meet(&format!("{number}.example"), 0)).count();
        assert_eq!(met, 300);
        assert!(limits.meet("7.example", HOUR - 1), "one of them is asked again");
        assert!(limits.meet("500.example", HOUR), "and the next hour is another one");
    }

    #[test]
    fn d12_offers_are_few_per_host_and_day_and_guesses_per_minute() {
        let limits = Limits::default();
        assert_eq!((0..100).filter(|_| limits.offer("a.example", 0)).count(), 50);
        assert!(limits.offer("b.example", 0), "another host is not concerned");
        assert!(limits.offer("a.example", DAY), "nor is the next day");
        assert_eq!((0..100).filter(|_| limits.guess(0)).count(), 60);
        assert!(limits.guess(WINDOW));
    }

    #[test]
    fn d12_a_flood_of_follows_is_bounded_per_host_and_minute() {
        let limits = Limits::default();
        let follows = (0..100).filter(|_| limits.allow("a.example", true, 0)).count();
        assert_eq!(follows, 60);
        assert!(limits.allow("b.example", true, 0), "another host is not concerned");
        assert!(limits.allow("a.example", false, 0), "nor are other messages");
        assert!(limits.allow("a.example", true, 60_000), "nor is the next minute");
        let all = (0..2000).filter(|_| limits.allow("c.example", false, 0)).count();
        assert_eq!(all, 1200);
    }
}
