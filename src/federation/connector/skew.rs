//! How far our clock is from others': the `Date` of every answer against ours, the last one of each host. The middle
//! of them is what counts, so that one server with a wrong clock says nothing about ours (threats R11).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

/// Hosts remembered.
const HOSTS: usize = 32;
/// Hosts that must have answered before anything is said.
const ENOUGH: usize = 3;

/// The last differences, in seconds, by host. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Skews(Arc<Mutex<VecDeque<(String, i64)>>>);

impl Skews {
    /// A host answered with that date at that time of ours.
    pub(super) fn note(&self, host: &str, date: Timestamp, now: Timestamp) {
        let ahead = now.as_second() - date.as_second();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.iter_mut().find(|(name, _)| name == host) {
            entry.1 = ahead;
            return;
        }
        if known.len() == HOSTS {
            known.pop_front();
        }
        known.push_back((host.to_owned(), ahead));
    }

    /// Seconds by which our clock is ahead of most others', once enough of them answered.
    pub(super) fn middle(&self) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ahead: Vec<i64> = known.iter().map(|(_, ahead)| *ahead).collect();
        ahead.sort_unstable();
        ahead.get(ahead.len() / 2).copied().filter(|_| ahead.len() >= ENOUGH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r11_most_of_the_others_are_believed_and_one_alone_is_not() {
        let skews = Skews::default();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let ago = |seconds: i64| Timestamp::from_second(1_800_000_000 - seconds).unwrap();
        skews.note("a.example", ago(86_400), now);
        assert_eq!(skews.middle(), None, "one clock tells nothing");
        skews.note("b.example", ago(1), now);
        skews.note("c.example", ago(0), now);
        assert_eq!(skews.middle(), Some(1), "and does not outvote two");
        for n in 0..100 {
            skews.note(&format!("{n}.example"), ago(-600), now);
        }
        assert_eq!(skews.middle(), Some(-600), "ten minutes behind");
    }
}
