//! What is promised, held against everything that happens: nothing acknowledged is lost, nothing takes effect
//! twice, nothing overtakes, nobody is stormed, who returns is served in time.

use std::collections::{BTreeMap, BTreeSet};

use parvis::federation::delivery::machine::{Outcome, RowFate, Verdict};

use crate::{
    node::{Held, Node},
    tables::{ASKED_TO_WAIT, BACKING_OFF, Fate, Host, Key, Row},
    world::{DAY, HOUR, MINUTE, Request, SECOND, same_heads},
};

type Pair = (usize, usize);

/// What a run showed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub sent: u64,
    pub delivered: u64,
    pub repeated: u64,
    pub refused: u64,
    pub given_up: u64,
    pub crashes: u64,
    pub steps: u64,
    pub gaps: u64,
}

pub struct Checks {
    seed: u64,
    pub sums: Sums,
    acknowledged: BTreeSet<(usize, i64, usize, u32)>,
    delivered: BTreeSet<(usize, i64, usize, u32)>,
    refusals: BTreeMap<(usize, i64, usize, u32), u32>,
    accepted: BTreeMap<(usize, usize, u32, u32), (u32, i64)>,
    gone: BTreeSet<(usize, usize, u32)>,
    patience: BTreeMap<Pair, i64>,
    deadlines: BTreeMap<Pair, i64>,
    failures: BTreeMap<Pair, i64>,
    allowed: BTreeMap<Pair, i64>,
    lost_keys: BTreeSet<Pair>,
}

impl Checks {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            sums: Sums::default(),
            acknowledged: BTreeSet::new(),
            delivered: BTreeSet::new(),
            refusals: BTreeMap::new(),
            accepted: BTreeMap::new(),
            gone: BTreeSet::new(),
            patience: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            failures: BTreeMap::new(),
            allowed: BTreeMap::new(),
            lost_keys: BTreeSet::new(),
        }
    }

    pub fn acknowledged(&mut self, node: usize, seq: i64, to: &[(usize, u32)]) {
        self.acknowledged.extend(to.iter().map(|(host, inbox)| (node, seq, *host, *inbox)));
    }

    pub fn crashed(&mut self, node: usize) {
        self.sums.crashes += 1;
        self.deadlines.retain(|(from, to), _| *from != node && *to != node);
    }

    pub fn stepped(&mut self, node: usize) {
        self.sums.steps += 1;
        self.patience.retain(|(from, _), _| *from != node);
        self.deadlines.retain(|(from, _), _| *from != node);
        for ((from, _), allowed) in &mut self.allowed {
            *allowed += 2 * i64::from(*from == node);
        }
    }

    pub fn key_could_not_be_had(&mut self, from: usize, host: usize) {
        self.lost_keys.insert((from, host));
    }

    /// `host` can be reached by `node` again: what waits for it is tried within six hours (R5).
    pub fn can_be_reached(&mut self, now: (i64, i64), node: usize, host: usize, at: &Node) {
        self.expect(now, (node, host), at, 6 * HOUR + 2 * MINUTE);
    }

    /// `host` spoke to `node`: what waits for it is tried within a minute (R5).
    pub fn heard(&mut self, now: (i64, i64), node: usize, host: usize, at: &Node) {
        *self.allowed.entry((node, host)).or_default() += 1;
        self.expect(now, (node, host), at, MINUTE);
    }

    fn expect(&mut self, (now, local): (i64, i64), pair: Pair, at: &Node, within: i64) {
        let queue = &at.tables.queues[pair.1];
        let failing = (BACKING_OFF..ASKED_TO_WAIT).contains(&queue.host.state);
        let leased = queue.host.lease_until > local && queue.host.lease_owner != Some(at.epoch);
        if failing && !leased && queue.ready(local).next().is_some() {
            let deadline = self.deadlines.entry(pair).or_insert(i64::MAX);
            *deadline = (now + within).min(*deadline);
        }
    }

    /// A request leaves.
    pub fn sent(&mut self, (now, local): (i64, i64), pair: Pair, (key, row): (Key, Row), host: &Host) {
        let (node, to) = pair;
        let seed = self.seed;
        self.sums.sent += 1;
        let name = (node, key.0, to, key.1);
        assert!(self.acknowledged.contains(&name), "seed {seed}: {name:?} was never queued");
        assert!(!self.delivered.contains(&name), "seed {seed}: R3: {name:?} was delivered already");
        assert!(!self.gone.contains(&(node, to, key.1)), "seed {seed}: R6: {name:?} goes to a gone inbox");
        assert!(
            row.not_before <= local || row.not_before > local + 6 * HOUR,
            "seed {seed}: {name:?} too early"
        );
        if let Some(until) = self.patience.get(&pair) {
            assert!(local >= *until, "seed {seed}: R6: {pair:?} asked for patience, {host:?} at {local}");
        }
        if let Some(deadline) = self.deadlines.remove(&pair) {
            assert!(now <= deadline, "seed {seed}: R5: {pair:?} tried {} s late", (now - deadline) / SECOND);
        }
    }

    /// A request arrives, and has its effect or not.
    pub fn arrived(&mut self, request: &Request, said: &Held, accepted: bool) {
        let place = (request.from, request.host, request.key.1, said.object);
        let number = (said.version.number(), request.key.0);
        if !accepted {
            return;
        }
        let last = self.accepted.entry(place).or_insert((0, 0));
        if number.1 <= last.1 {
            self.sums.repeated += 1;
            return;
        }
        assert!(number.0 > last.0, "seed {}: R4: {place:?}: {number:?} after {last:?}", self.seed);
        *last = number;
    }

    /// A request ended, and it is written down how.
    pub fn ended(&mut self, pair: Pair, key: Key, outcome: Outcome, verdict: &Verdict, local: i64) {
        let name = (pair.0, key.0, pair.1, key.1);
        let seed = self.seed;
        match outcome {
            Outcome::Answered { status: 400 | 401 | 403 | 404, .. } => {
                let refusals = self.refusals.entry(name).or_default();
                *refusals += 1;
                assert!(*refusals <= 3, "seed {seed}: R6: {name:?} refused {refusals} times");
            }
            Outcome::Answered { status: 410, .. } => {
                self.gone.insert((pair.0, pair.1, key.1));
            }
            Outcome::Answered { status: 429 | 503, retry_after: Some(wait) } => {
                let wait = i64::try_from(wait.as_millis()).unwrap().min(DAY);
                self.patience.insert(pair, local + wait);
                *self.allowed.entry(pair).or_default() += 1;
            }
            _ => {}
        }
        match verdict.row {
            RowFate::Delivered => {
                self.sums.delivered += 1;
                self.delivered.insert(name);
            }
            RowFate::Refused { .. } => self.sums.refused += 1,
            RowFate::GivenUp => self.sums.given_up += 1,
            RowFate::Waits | RowFate::Later(_) => {}
        }
        if verdict.go_on {
            *self.allowed.entry(pair).or_default() += 11;
        } else {
            *self.failures.entry(pair).or_default() += 1;
        }
    }

    /// Nobody who was to be tried by now was forgotten.
    pub fn look(&mut self, now: i64, nodes: &[Node]) {
        let late = self.deadlines.iter().find(|(pair, deadline)| {
            let idle = !nodes[pair.0].turns.contains_key(&pair.1);
            idle && nodes[pair.0].up && **deadline + 5 * SECOND < now
        });
        assert!(late.is_none(), "seed {}: R5: {late:?} was not tried by {now}", self.seed);
    }

    /// When everything is calm again and has had its time.
    pub fn at_the_end(&mut self, nodes: &[Node], follows: &[Vec<bool>]) {
        let seed = self.seed;
        for (here, wanted) in follows.iter().enumerate() {
            for (there, _) in wanted.iter().enumerate().filter(|(_, follows)| **follows) {
                assert!(
                    same_heads(&nodes[here], &nodes[there], there),
                    "seed {seed}: {here} lacks of {there}"
                );
            }
        }
        let mut fates = BTreeMap::new();
        for (number, node) in nodes.iter().enumerate() {
            for (host, queue) in node.tables.queues.iter().enumerate() {
                for (key, fate) in &queue.done {
                    let twice = fates.insert((number, key.0, host, key.1), *fate);
                    assert!(twice.is_none(), "seed {seed}: two fates");
                }
                let busy = nodes.len() + 2;
                assert!(
                    queue.waiting.is_empty() || host == busy,
                    "seed {seed}: {number} to {host}: left over"
                );
            }
        }
        for name in &self.acknowledged {
            let (node, _, host, inbox) = *name;
            let waiting = nodes[node].tables.queues[host].waiting.contains_key(&(name.1, inbox));
            let Some(fate) = fates.get(name) else {
                assert!(waiting, "seed {seed}: R1, R2: {name:?} is nowhere");
                continue;
            };
            let excused = match fate {
                Fate::Delivered => self.delivered.contains(name),
                Fate::Refused => {
                    host == nodes.len()
                        || self.gone.contains(&(node, host, inbox))
                        || self.lost_keys.contains(&(node, host))
                }
                Fate::GivenUp => self.gone.contains(&(node, host, inbox)) || seed.is_multiple_of(8),
            };
            assert!(excused, "seed {seed}: R1: {name:?} was {fate:?}");
        }
        for (pair, failures) in &self.failures {
            let allowed = self.allowed.get(pair).copied().unwrap_or(0) + 15 + 75 * 6;
            assert!(*failures <= allowed, "seed {seed}: R11: {pair:?} failed {failures} times of {allowed}");
        }
        for node in nodes {
            for versions in node.register.values() {
                let numbers: Vec<u32> = versions.keys().copied().collect();
                let last = *numbers.last().expect("a version");
                self.sums.gaps += u64::from(last) - numbers.len() as u64;
            }
        }
    }
}
