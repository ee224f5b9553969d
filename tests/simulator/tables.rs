//! The tables of the queue as plain values: what `storage::hosts` and `storage::deliveries` do, said once more
//! without SQL. `equal.rs` holds the two against each other on both databases, so that what is simulated is
//! what ships.

use std::collections::BTreeMap;

/// A time further ahead than any wait we set comes from a clock that was turned back since.
const FAR: i64 = 6 * 3_600_000;
/// The same for what a host asked for.
const FAR_ASKED: i64 = 24 * 3_600_000;
/// The same for leases.
const FAR_LEASE: i64 = 3_600_000;

pub const WELL: i64 = 0;
pub const BACKING_OFF: i64 = 1;
pub const ASKED_TO_WAIT: i64 = 3;

/// A row of `hosts`, as far as delivery looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    pub blocked: bool,
    pub state: i64,
    pub fails: i64,
    pub next_at: i64,
    pub first_fail_at: Option<i64>,
    pub lease_owner: Option<u32>,
    pub lease_until: i64,
    pub last_seen_at: Option<i64>,
}

/// What a failed try leaves behind.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    pub fails: i64,
    pub next_at: i64,
    pub first_fail_at: i64,
    pub state: i64,
}

/// A waiting row of `deliveries`, with what `outbox` says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub object: u32,
    pub kind: &'static str,
    pub created_at: i64,
    pub refusals: u32,
    pub not_before: i64,
}

/// Number of the activity, and the inbox it goes to.
pub type Key = (i64, u32);

/// How a row left the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    Refused,
    GivenUp,
}

/// What is kept of one host.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub host: Host,
    pub waiting: BTreeMap<Key, Row>,
    pub done: Vec<(Key, Fate)>,
    /// Inboxes that answered 410, and when.
    pub gone: BTreeMap<u32, i64>,
    /// When somebody last followed from an inbox.
    pub followed: BTreeMap<u32, i64>,
}

/// The tables of a node: one queue for each host.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub queues: Vec<Queue>,
}

impl Queue {
    /// What may be sent at this hour, in order: a row put off waits for its own time, and what comes later
    /// about the same object to the same inbox waits behind it.
    pub fn ready(&self, now: i64) -> impl Iterator<Item = (Key, Row)> {
        let mut held = Vec::new();
        self.waiting.iter().filter_map(move |(key, row)| {
            let place = (key.1, row.object);
            if row.not_before > now && row.not_before <= now + FAR {
                held.push(place);
                return None;
            }
            (!held.contains(&place)).then_some((*key, *row))
        })
    }

    /// From when on the host may be tried.
    fn open_at(&self, now: i64) -> i64 {
        let far = now + if self.host.state == ASKED_TO_WAIT { FAR_ASKED } else { FAR };
        let next = if self.host.state == WELL || self.host.next_at > far { 0 } else { self.host.next_at };
        let lease = if self.host.lease_until > now + FAR_LEASE { 0 } else { self.host.lease_until };
        next.max(lease)
    }

    /// Whether a worker may take the host up.
    fn due(&self, now: i64) -> bool {
        !self.host.blocked && self.open_at(now) <= now && self.ready(now).next().is_some()
    }

    /// When it will be due, at the earliest, if nothing happens.
    pub fn next_due(&self, now: i64) -> Option<i64> {
        let row = match self.ready(now).next() {
            Some(_) => now,
            None => self.waiting.values().map(|row| row.not_before).filter(|at| *at > now).min()?,
        };
        (!self.host.blocked).then(|| row.max(self.open_at(now)))
    }

    pub fn next_for_host(&self, now: i64, limit: usize) -> Vec<(Key, Row)> {
        self.ready(now).take(limit).collect()
    }

    pub fn renew(&mut self, owner: u32, until: i64) -> bool {
        let ours = self.host.lease_owner == Some(owner);
        if ours {
            self.host.lease_until = until;
        }
        ours
    }

    pub fn release(&mut self, owner: u32) {
        if self.host.lease_owner == Some(owner) {
            (self.host.lease_owner, self.host.lease_until) = (None, 0);
        }
    }

    pub fn well(&mut self, now: i64) {
        let host = &mut self.host;
        (host.state, host.fails, host.next_at, host.first_fail_at) = (WELL, 0, now, None);
        host.last_seen_at = Some(now);
    }

    pub fn seen(&mut self, now: i64, try_at: i64) {
        self.host.last_seen_at = Some(now);
        if self.host.state != ASKED_TO_WAIT {
            self.host.next_at = self.host.next_at.min(try_at);
        }
    }

    pub fn failed(&mut self, failure: Failure) {
        let host = &mut self.host;
        (host.fails, host.next_at, host.state) = (failure.fails, failure.next_at, failure.state);
        host.first_fail_at = Some(failure.first_fail_at);
    }

    pub fn heard_meanwhile(&mut self, (began, now): (i64, i64), try_at: i64) {
        if self.host.last_seen_at.is_some_and(|seen| seen > began && seen <= now)
            && self.host.state != ASKED_TO_WAIT
        {
            self.host.next_at = self.host.next_at.min(try_at);
        }
    }

    /// A row leaves the queue; a second word about it changes nothing.
    pub fn settle(&mut self, key: Key, fate: Fate, gone_at: Option<i64>) {
        if self.waiting.remove(&key).is_some() {
            self.done.push((key, fate));
            if let Some(at) = gone_at {
                let latest = self.gone.entry(key.1).or_insert(at);
                *latest = at.max(*latest);
            }
        }
    }

    pub fn put_off(&mut self, key: Key, not_before: i64) {
        if let Some(row) = self.waiting.get_mut(&key) {
            row.refusals += 1;
            row.not_before = not_before;
        }
    }

    fn give_up(&mut self, which: impl Fn(&Key, &Row) -> bool) -> u64 {
        let before = self.done.len();
        let done = &mut self.done;
        self.waiting.retain(|key, row| {
            let stays = !which(key, row);
            if !stays {
                done.push((*key, Fate::GivenUp));
            }
            stays
        });
        (self.done.len() - before) as u64
    }

    pub fn give_up_older(&mut self, before: i64) -> u64 {
        self.give_up(|_, row| row.created_at < before)
    }

    pub fn give_up_inbox(&mut self, inbox: u32) -> u64 {
        self.give_up(|key, _| key.1 == inbox)
    }

    pub fn give_up_gone(&mut self) -> u64 {
        let (gone, followed) = (self.gone.clone(), self.followed.clone());
        self.give_up(|key, _| {
            gone.get(&key.1).is_some_and(|at| followed.get(&key.1).is_none_or(|since| since <= at))
        })
    }
}

impl Tables {
    pub fn new(hosts: usize) -> Self {
        Self { queues: vec![Queue::default(); hosts] }
    }

    /// Queues one activity for some inboxes of some hosts.
    pub fn enqueue(&mut self, seq: i64, (object, kind): (u32, &'static str), to: &[(usize, u32)], now: i64) {
        for (host, inbox) in to {
            let row = Row { object, kind, created_at: now, refusals: 0, not_before: 0 };
            self.queues[*host].waiting.entry((seq, *inbox)).or_insert(row);
        }
    }

    /// Leases what is due, the longest due first.
    pub fn claim(&mut self, owner: u32, now: i64, until: i64, limit: usize) -> Vec<usize> {
        let mut due: Vec<usize> = (0..self.queues.len()).filter(|host| self.queues[*host].due(now)).collect();
        due.sort_by_key(|host| (self.queues[*host].host.next_at, *host));
        due.truncate(limit);
        for host in &due {
            let host = &mut self.queues[*host].host;
            (host.lease_owner, host.lease_until) = (Some(owner), until);
        }
        due
    }
}
