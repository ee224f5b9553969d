//! Nodes, the network between them and what goes wrong, event by event in simulated time. Everything comes
//! from one seed. Requests, answers, crashes, clocks and partitions happen here; what is promised is held
//! against it in `checks.rs`.

mod compare;
mod plan;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
    time::Duration,
};

use parvis::{clock::Chance, federation::delivery::machine::Outcome};

use crate::{
    checks::Checks,
    node::{self, Held, Node, Taken},
    tables::Key,
};

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const START: i64 = 1_800_000_000_000;
const TIMEOUT: i64 = 10 * SECOND;
const PAGE: usize = 5;
/// Real nodes compare heads every five minutes; here less often, so that a month costs little.
const CATCH_UP: i64 = 12 * HOUR;

/// Servers that are no Parvis nodes: one refuses some objects, one is gone one day, one is often busy.
pub const FOREIGN: usize = 3;

#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub from: usize,
    pub host: usize,
    pub key: Key,
    pub attempt: u64,
    /// `Date`, by the sender's clock.
    pub date: i64,
    epoch: u32,
    until: i64,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Publish(usize),
    Wake(usize, u32),
    Arrive(Request),
    End(Request, Outcome),
    CatchUp(usize, usize),
    Crash(usize, i64),
    Restart(usize),
    Step(usize, i64),
    Healed(usize, usize),
    Look,
}

/// One-way: requests of `from` do not reach `to`, answers of `to` neither come back this way.
#[derive(Clone, Copy, Debug)]
struct Cut {
    from: usize,
    to: usize,
    start: i64,
    end: i64,
}

pub struct World {
    pub seed: u64,
    pub now: i64,
    pub nodes: Vec<Node>,
    pub follows: Vec<Vec<bool>>,
    pub checks: Checks,
    pub calm: bool,
    pub events: u64,
    chance: Chance,
    queue: BinaryHeap<Reverse<(i64, u64, usize)>>,
    pending: BTreeMap<usize, Event>,
    cuts: Vec<Cut>,
    gone_from: i64,
    end: i64,
    numbers: u64,
    objects: Vec<u32>,
}

impl World {
    pub fn new(seed: u64, nodes: usize, days: i64) -> Self {
        let chance = Chance::seeded(seed);
        let mut follows = vec![vec![false; nodes]; nodes];
        for (a, row) in follows.iter_mut().enumerate() {
            for (b, follows) in row.iter_mut().enumerate() {
                *follows = a != b && (b == (a + 1) % nodes || chance.fraction() < 0.6);
            }
        }
        let mut world = Self {
            seed,
            now: START,
            nodes: (0..nodes).map(|_| Node::new(nodes, nodes + FOREIGN)).collect(),
            follows,
            checks: Checks::new(seed),
            calm: false,
            events: 0,
            chance,
            queue: BinaryHeap::new(),
            pending: BTreeMap::new(),
            cuts: Vec::new(),
            gone_from: START,
            end: START + days * DAY,
            numbers: 0,
            objects: (0..nodes).map(|node| 10_000 * u32::try_from(node).unwrap()).collect(),
        };
        world.plan(days);
        world
    }

    fn dice(&self, sides: usize) -> usize {
        usize::try_from(self.chance.bits() % sides as u64).unwrap()
    }

    fn time(&self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.chance.bits() % u64::try_from((to - from).max(1)).unwrap()).unwrap()
    }

    fn luck(&self, likely: f64) -> bool {
        !self.calm && self.chance.fraction() < likely
    }

    fn at(&mut self, time: i64, event: Event) {
        self.numbers += 1;
        let number = usize::try_from(self.numbers).unwrap();
        self.queue.push(Reverse((time, self.numbers, number)));
        self.pending.insert(number, event);
    }

    fn reaches(&self, from: usize, to: usize) -> bool {
        let cut = |cut: &Cut| {
            cut.from == from && cut.to == to && (cut.start..cut.end.min(self.end)).contains(&self.now)
        };
        !self.cuts.iter().any(cut)
    }

    fn local(&self, node: usize) -> i64 {
        self.now + self.nodes[node].offset
    }

    /// Lives through the months with their faults, then through calm days until all is settled.
    pub fn run(&mut self) {
        self.until(self.end);
        self.calm = true;
        for node in 0..self.nodes.len() {
            let offset = self.nodes[node].offset;
            self.happen(Event::Step(node, -offset));
            if !self.nodes[node].up {
                self.happen(Event::Restart(node));
            }
        }
        self.until(self.end + 6 * DAY);
        let (nodes, follows) = (&self.nodes, &self.follows);
        self.checks.at_the_end(nodes, follows);
    }

    fn until(&mut self, end: i64) {
        while let Some(Reverse((time, _, number))) = self.queue.peek().copied() {
            if time > end {
                break;
            }
            self.queue.pop();
            let Some(event) = self.pending.remove(&number) else { continue };
            self.now = self.now.max(time);
            self.events += 1;
            self.happen(event);
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Publish(node) => self.publish(node),
            Event::Wake(node, epoch) => self.wake(node, epoch),
            Event::Arrive(request) => self.arrive(request),
            Event::End(request, outcome) => self.end(request, outcome),
            Event::CatchUp(node, peer) => self.catch_up(node, peer),
            Event::Crash(node, down) => self.crash(node, down),
            Event::Restart(node) => self.restart(node),
            Event::Step(node, by) => {
                if !(self.calm && by == 0) {
                    self.nodes[node].offset = if self.calm { 0 } else { self.nodes[node].offset + by };
                    self.checks.stepped(node);
                }
                self.plan_wake(node);
            }
            Event::Healed(from, to) => self.healed(from, to),
            Event::Look => {
                self.checks.look(self.now, &self.nodes);
                self.at(self.now + HOUR, Event::Look);
            }
        }
    }

    fn publish(&mut self, node: usize) {
        let again = self.time(4 * DAY, 20 * DAY);
        if self.calm {
            return;
        }
        self.at(self.now + again, Event::Publish(node));
        if !self.nodes[node].up {
            return;
        }
        let now = self.local(node);
        let own = |held: &&Arc<Held>| held.author == node;
        let mut alive: Vec<Arc<Held>> = Vec::new();
        for versions in self.nodes[node].register.values() {
            let latest = versions.values().next_back().filter(own);
            alive.extend(latest.filter(|held| !is_tombstone(held)).cloned());
        }
        let burst = 1 + self.dice(3);
        for _ in 0..burst {
            let pick = self.dice(alive.len() + 2);
            // One run in sixteen writes its own records, by its own clocks.
            let hour = (self.seed % 16 == 3).then_some(now);
            let (held, kind) = match alive.get(pick) {
                None => {
                    self.objects[node] += 1;
                    (node::first(node, self.objects[node], hour), "Create")
                }
                Some(before) => {
                    let withdraw = self.dice(4) == 0;
                    (node::next(before, withdraw, hour), if withdraw { "Delete" } else { "Update" })
                }
            };
            alive.retain(|before| before.object != held.object);
            if kind != "Delete" {
                alive.push(Arc::clone(&held));
            }
            let hosts = self.nodes.len();
            let followers = (0..hosts).filter(|peer| self.follows[*peer][node]).map(|peer| (peer, 0));
            let foreign = [(hosts, 0), (hosts + 1, 0), (hosts + 1, 1), (hosts + 2, 0)];
            let to: Vec<(usize, u32)> = followers.chain(foreign).collect();
            let seq = self.nodes[node].publish(&held, kind, &to, now);
            self.checks.acknowledged(node, seq, &to);
            if self.maybe_crash(node) {
                return;
            }
        }
        self.plan_wake(node);
    }

    /// The worker wakes when something may be due, at most five seconds late.
    fn plan_wake(&mut self, node: usize) {
        let local = self.local(node);
        let one = &self.nodes[node];
        if !one.up {
            return;
        }
        let idle = |host: &usize| !one.turns.contains_key(host);
        let hosts = (0..one.tables.queues.len()).filter(idle);
        let Some(due) = hosts.filter_map(|host| one.tables.queues[host].next_due(local)).min() else {
            return;
        };
        let at = self.now + (due - local).max(0);
        if at < one.wake_at {
            let at = at + self.time(0, 5 * SECOND);
            let epoch = one.epoch;
            self.nodes[node].wake_at = at;
            self.at(at, Event::Wake(node, epoch));
        }
    }

    fn wake(&mut self, node: usize, epoch: u32) {
        if self.nodes[node].epoch != epoch || self.nodes[node].wake_at != self.now {
            return;
        }
        self.nodes[node].wake_at = i64::MAX;
        let local = self.local(node);
        for host in self.nodes[node].claim(local, 64) {
            self.send_next(node, host);
        }
        self.plan_wake(node);
    }

    fn send_next(&mut self, node: usize, host: usize) {
        let local = self.local(node);
        self.numbers += 1;
        let attempt = self.numbers;
        let Some((key, row)) = self.nodes[node].next(host, attempt, local) else {
            self.plan_wake(node);
            return;
        };
        let state = &self.nodes[node].tables.queues[host].host;
        self.checks.sent((self.now, local), (node, host), (key, row), state);
        let epoch = self.nodes[node].epoch;
        let until = self.now + TIMEOUT;
        let request = Request { from: node, host, key, attempt, date: local, epoch, until };
        self.at(until, Event::End(request, Outcome::Silent));
        let slow = if self.luck(0.03) { self.time(0, 30 * SECOND) } else { self.time(20, 500) };
        if self.reaches(node, host) && !self.luck(0.02) {
            self.at(self.now + slow, Event::Arrive(request));
        }
    }

    fn arrive(&mut self, request: Request) {
        let Request { from, host, .. } = request;
        let outcome = if host < self.nodes.len() {
            match self.inbox(request) {
                Some(outcome) => outcome,
                None => return,
            }
        } else {
            self.foreign(request)
        };
        let accepted = matches!(outcome, Outcome::Answered { status: 200..=299 | 409, .. });
        let said = &self.nodes[from].outbox[usize::try_from(request.key.0 - 1).unwrap()];
        self.checks.arrived(&request, said, accepted);
        if host < self.nodes.len() && self.maybe_crash(host) {
            return;
        }
        let back = self.now + self.time(20, 500);
        if back < request.until && self.reaches(host, from) && !self.luck(0.02) {
            self.at(back, Event::End(request, outcome));
        }
    }

    /// The inbox of a node: the signature's hour, the key, then the effect, then the answer.
    fn inbox(&mut self, request: Request) -> Option<Outcome> {
        let Request { from, host, key, date, .. } = request;
        let local = self.local(host);
        if !self.nodes[host].up {
            return None;
        }
        if self.luck(0.01) {
            return Some(answer(503, Some(30)));
        }
        if !(local - HOUR..=local + 5 * MINUTE).contains(&date) {
            return Some(Outcome::ClocksApart);
        }
        if !self.nodes[host].keys.contains(&from) {
            if !(self.reaches(host, from) && self.nodes[from].up) {
                self.checks.key_could_not_be_had(from, host);
                return Some(answer(401, None));
            }
            self.nodes[host].keys.insert(from);
        }
        self.heard(host, from);
        let held = Arc::clone(&self.nodes[from].outbox[usize::try_from(key.0 - 1).unwrap()]);
        Some(match self.nodes[host].take(&held, Some((from, key.0))) {
            Taken::Appended | Taken::Known => answer(202, None),
            Taken::Refused(status) => answer(status, None),
        })
    }

    /// A verified message of `peer` reached `node`: what waits for it is tried within a minute.
    fn heard(&mut self, node: usize, peer: usize) {
        let local = self.local(node);
        self.nodes[node].returned(peer, local);
        self.checks.heard((self.now, local), node, peer, &self.nodes[node]);
        self.plan_wake(node);
    }

    fn foreign(&self, request: Request) -> Outcome {
        let said = &self.nodes[request.from].outbox[usize::try_from(request.key.0 - 1).unwrap()];
        match request.host - self.nodes.len() {
            0 if said.object.is_multiple_of(4) => answer(403, None),
            1 if request.key.1 == 1 && self.now >= self.gone_from => answer(410, None),
            2 if self.luck(0.3) => answer(429, Some(self.time(1, 30 * 3600))),
            2 if self.luck(0.2) => answer(502, None),
            _ => answer(202, None),
        }
    }

    fn end(&mut self, request: Request, outcome: Outcome) {
        let Request { from, host, attempt, epoch, .. } = request;
        let current = self.nodes[from].turns.get(&host).and_then(|sending| sending.now);
        if self.nodes[from].epoch != epoch || current.is_none_or(|(number, ..)| number != attempt) {
            return;
        }
        if self.maybe_crash(from) {
            return;
        }
        let at = (self.local(from), self.chance.fraction());
        let Some((key, verdict)) = self.nodes[from].ended(host, outcome, at) else { return };
        self.checks.ended((from, host), key, outcome, &verdict, at.0);
        if !self.maybe_crash(from) {
            self.send_next(from, host);
        }
    }

    fn maybe_crash(&mut self, node: usize) -> bool {
        let crashes = self.luck(0.002);
        if crashes {
            let down = self.time(SECOND, 10 * MINUTE);
            self.crash(node, down);
        }
        crashes
    }

    fn crash(&mut self, node: usize, down: i64) {
        if self.nodes[node].up && !self.calm {
            self.nodes[node].crash();
            self.checks.crashed(node);
            self.at(self.now + down, Event::Restart(node));
        }
    }

    fn restart(&mut self, node: usize) {
        if self.nodes[node].up {
            return;
        }
        self.nodes[node].up = true;
        for peer in 0..self.nodes.len() {
            if self.follows[node][peer] {
                self.compare(node, peer);
            }
            self.healed(peer, node);
        }
        for host in 0..self.nodes.len() + FOREIGN {
            self.healed(node, host);
        }
        self.plan_wake(node);
    }

    /// From now on `to` can be reached again.
    fn healed(&mut self, from: usize, to: usize) {
        let reachable = self.reaches(from, to) && self.nodes.get(to).is_none_or(|node| node.up);
        if from < self.nodes.len() && from != to && self.nodes[from].up && reachable {
            let local = self.local(from);
            self.checks.can_be_reached((self.now, local), from, to, &self.nodes[from]);
        }
    }
}

fn answer(status: u16, seconds: Option<i64>) -> Outcome {
    let retry_after = seconds.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap()));
    Outcome::Answered { status, retry_after }
}

fn is_tombstone(held: &Held) -> bool {
    matches!(held.version, parvis::domain::Version::Tombstone(_))
}

/// Whether the current versions of an author are the same here and there.
pub fn same_heads(here: &Node, there: &Node, author: usize) -> bool {
    let latest = |versions: &BTreeMap<u32, Arc<Held>>| versions.values().next_back().cloned();
    there.register.iter().all(|(object, versions)| {
        let Some(theirs) = latest(versions).filter(|held| held.author == author) else { return true };
        here.latest(*object).is_some_and(|ours| ours.hash == theirs.hash)
    })
}
