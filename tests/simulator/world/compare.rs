//! Catching up between two nodes: heads are compared, and what differs is taken page by page.

use std::sync::Arc;

use parvis::federation::catch_up::{Begin, begin};

use super::{CATCH_UP, Event, HOUR, MINUTE, PAGE, World};
use crate::node::{Held, Taken};

impl World {
    pub(super) fn catch_up(&mut self, node: usize, peer: usize) {
        let again = self.now + self.time(CATCH_UP * 4 / 5, CATCH_UP * 6 / 5);
        self.at(again, Event::CatchUp(node, peer));
        self.compare(node, peer);
    }

    /// Compares heads with a peer and takes what differs, page by page.
    pub(super) fn compare(&mut self, node: usize, peer: usize) {
        let both = self.nodes[node].up && self.nodes[peer].up;
        if !both || !self.reaches(node, peer) || !self.reaches(peer, node) || self.luck(0.02) {
            return;
        }
        let (here, there) = (self.local(node), self.local(peer));
        if (there - HOUR..=there + 5 * MINUTE).contains(&here) {
            self.heard(peer, node);
        }
        let own = |held: &Arc<Held>| held.author == peer;
        let last = self.nodes[peer].log.iter().rposition(own).map_or(0, |at| at + 1);
        let last = i64::try_from(last).unwrap();
        if self.nodes[node].heads.get(&peer) == self.nodes[peer].heads.get(&peer) {
            return;
        }
        let since = match begin(last, self.nodes[node].since[peer], self.nodes[node].whole[peer], here) {
            Begin::Nowhere => return,
            Begin::At(since) => since,
            Begin::Whole => {
                self.nodes[node].whole[peer] = here;
                0
            }
        };
        let log = self.nodes[peer].log.iter().enumerate().skip(usize::try_from(since).unwrap());
        let news: Vec<(usize, Arc<Held>)> =
            log.filter(|(_, held)| own(held)).map(|(at, held)| (at, Arc::clone(held))).collect();
        for page in news.chunks(PAGE) {
            for (_, held) in page {
                if !self.luck(0.05) {
                    let taken = self.nodes[node].take(held, None);
                    assert!(!matches!(taken, Taken::Refused(_)), "seed {}: a fork among friends", self.seed);
                }
            }
            let Some((at, _)) = page.last() else { break };
            self.nodes[node].since[peer] = i64::try_from(at + 1).unwrap();
            if self.luck(0.03) || self.maybe_crash(node) {
                break;
            }
        }
    }
}
