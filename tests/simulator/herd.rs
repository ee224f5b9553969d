//! One node and very many hosts: slow ones hold nobody up (R7), and a queue of a hundred thousand rows is
//! released without a herd (R16). The worker's own pace, places, claims and turns, in simulated time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use parvis::{
    clock::Chance,
    config::Federation,
    federation::delivery::{machine::Outcome, turn::Pace},
};

use crate::{node::Node, tables::Key};

const START: i64 = 1_800_000_000_000;
const OK: Outcome = Outcome::Answered { status: 202, retry_after: None };

struct Crowd {
    node: Node,
    pace: Pace,
    now: i64,
    chance: Chance,
    /// Hosts whose request ends at a time.
    ends: BinaryHeap<Reverse<(i64, usize)>>,
    /// Turns begun, by second.
    begun: BTreeMap<i64, usize>,
    delays: Vec<(usize, i64)>,
    slow: fn(usize) -> bool,
}

impl Crowd {
    fn new(hosts: usize, slow: fn(usize) -> bool) -> Self {
        Self {
            node: Node::new(0, hosts),
            pace: Pace::default(),
            now: START,
            chance: Chance::seeded(16),
            ends: BinaryHeap::new(),
            begun: BTreeMap::new(),
            delays: Vec::new(),
            slow,
        }
    }

    fn say(&mut self, seq: i64) {
        let to: Vec<(usize, u32)> = (0..self.node.tables.queues.len()).map(|host| (host, 0)).collect();
        self.node.tables.enqueue(seq, (u32::try_from(seq).unwrap(), "Create"), &to, self.now);
    }

    /// The worker's round: as many as have a place and as the pace allows.
    fn claim(&mut self) {
        let since = Duration::from_millis(u64::try_from(self.now - START).unwrap());
        let places = Federation::default().parallel_hosts - self.node.turns.len();
        let begun = self.node.claim(self.now, places.min(self.pace.allows(since)));
        self.pace.took(begun.len());
        *self.begun.entry((self.now - START) / 1000).or_default() += begun.len();
        for host in begun {
            self.send(host);
        }
    }

    fn send(&mut self, host: usize) {
        if self.node.next(host, 0, self.now).is_some() {
            let jitter = i64::try_from(self.chance.bits() % 40).unwrap();
            let takes = if (self.slow)(host) { 10_000 } else { 30 + jitter };
            self.ends.push(Reverse((self.now + takes, host)));
        }
    }

    fn end(&mut self, host: usize) {
        let answer = if (self.slow)(host) { Outcome::Silent } else { OK };
        let Some((_, key, row, _)) = self.node.turns.get(&host).and_then(|sending| sending.now) else {
            return;
        };
        let _: Key = key;
        self.node.ended(host, answer, (self.now, self.chance.fraction()));
        if answer == OK {
            self.delays.push((host, self.now - row.created_at));
        }
        self.send(host);
    }

    /// Until nothing ends any more before `until`: the worker looks when a turn ends, and when the pace lets it.
    fn work(&mut self, until: i64) {
        self.claim();
        loop {
            let next = self.ends.peek().map(|Reverse((at, _))| *at);
            let pause =
                self.pace.pause().map(|pause| self.now + i64::try_from(pause.as_millis()).unwrap() + 1);
            let Some(at) = next.into_iter().chain(pause).min().filter(|at| *at <= until) else { return };
            self.now = at;
            if let Some(Reverse((_, host))) = self.ends.peek().copied().filter(|Reverse((end, _))| *end <= at)
            {
                self.ends.pop();
                self.end(host);
                if self.node.turns.contains_key(&host) {
                    continue;
                }
            }
            self.claim();
        }
    }
}

#[test]
fn r07_with_a_fifth_of_tarpits_healthy_hosts_wait_two_seconds_at_most() {
    let mut crowd = Crowd::new(100, |host| host % 5 == 0);
    for hour in 0..48 {
        crowd.now = crowd.now.max(START + hour * 3_600_000);
        crowd.say(hour + 1);
        crowd.work(START + (hour + 1) * 3_600_000 - 1);
    }
    let longest = crowd.delays.iter().map(|(_, delay)| *delay).max();
    assert_eq!(crowd.delays.len(), 80 * 48, "all of the healthy ones");
    assert!(longest <= Some(2000), "{longest:?} ms");
}

#[test]
fn r16_a_hundred_thousand_rows_for_two_thousand_hosts_are_released_without_a_herd() {
    let mut crowd = Crowd::new(2000, |_| false);
    for seq in 1..=50 {
        crowd.say(seq);
    }
    crowd.work(i64::MAX);
    assert_eq!(crowd.delays.len(), 100_000, "everything");
    let turns: Vec<usize> = crowd.begun.into_values().collect();
    let most = turns.windows(10).map(|window| window.iter().sum::<usize>()).max();
    // Two hundred and fifty at once, then fifty a second.
    assert!(most <= Some(800), "{most:?} hosts taken up in ten seconds");
}
