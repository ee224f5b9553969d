//! How much each server may send, counted over messages whose signature held, so that nobody uses up
//! what belongs to another (threats D12).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Messages of one host in a minute.
const MESSAGES: u32 = 1200;
/// Follows among them.
const FOLLOWS: u32 = 60;
/// Length of a window, in milliseconds.
const WINDOW: i64 = 60_000;
/// Most hosts remembered at once.
const MAX_HOSTS: usize = 10_000;

/// Counters per host. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Limits(Arc<Mutex<HashMap<String, Window>>>);

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    since: i64,
    messages: u32,
    follows: u32,
}

impl Limits {
    /// Counts a message of a host; `false` when it is one too many for this minute.
    pub(super) fn allow(&self, host: &str, is_follow: bool, now: i64) -> bool {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
