//! One simulated node: what it has committed, which a crash leaves, and what it is about, which a crash takes.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, LazyLock},
};

use parvis::{
    domain::{
        Hash, Html, Instant, Iri, Record, Tombstone, Version, canonical,
        codes::Reason,
        compose,
        version::{Around, Misplaced, Place},
    },
    federation::delivery::{
        machine::{HORIZON, Health, Outcome, RowFate, Verdict},
        turn::{Row, Turn},
    },
};

use crate::{
    tables::{ASKED_TO_WAIT, BACKING_OFF, Failure, Fate, Key, Queue, Row as Waiting, Tables},
    world::START,
};

/// How long a lease holds: a minute more than a request may take.
pub const LEASE: i64 = 70_000;
const SOON: i64 = 15_000;
const BATCH: usize = 50;

/// A version as nodes exchange it: its author, its object, itself and its hash.
pub struct Held {
    pub author: usize,
    pub object: u32,
    pub version: Version,
    pub hash: Hash,
}

/// A turn at a host, as the worker holds it in memory.
pub struct Sending {
    pub turn: Turn<u32>,
    pub batch: VecDeque<(Key, Waiting)>,
    /// The request under way: its number, its row, and when it began by the node's own clock.
    pub now: Option<(u64, Key, Waiting, i64)>,
}

/// What became of a version that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Appended,
    Known,
    Refused(u16),
}

/// A node.
pub struct Node {
    // Committed.
    pub tables: Tables,
    /// What each activity carries: its id is its node and its number.
    pub outbox: Vec<Arc<Held>>,
    pub register: BTreeMap<u32, BTreeMap<u32, Arc<Held>>>,
    pub log: Vec<Arc<Held>>,
    /// The head of each author's register: it does not depend on the order of arrival.
    pub heads: BTreeMap<usize, u64>,
    pub received: HashSet<(usize, i64)>,
    pub keys: HashSet<usize>,
    pub since: Vec<i64>,
    pub whole: Vec<i64>,
    // Of its process.
    pub up: bool,
    pub epoch: u32,
    pub turns: BTreeMap<usize, Sending>,
    pub wake_at: i64,
    /// Its clock, against the true time.
    pub offset: i64,
}

static TEMPLATE: LazyLock<Record> = LazyLock::new(|| {
    let text = include_str!("../documents/examples/receipt.json");
    let Ok(Version::Record(mut record)) = Version::parse(text) else { panic!("an example of a record") };
    record.extra.clear();
    record.envelope.tag.clear();
    *record
});

fn instant(ms: i64) -> Instant {
    Instant::of(jiff::Timestamp::from_millisecond(ms).expect("a time"))
}

fn digits(held: &Held) -> u64 {
    u64::from_str_radix(&held.hash.digits()[..16], 16).expect("hex")
}

impl Node {
    pub fn new(nodes: usize, hosts: usize) -> Self {
        Self {
            tables: Tables::new(hosts),
            outbox: Vec::new(),
            register: BTreeMap::new(),
            log: Vec::new(),
            heads: BTreeMap::new(),
            received: HashSet::new(),
            keys: HashSet::new(),
            since: vec![0; nodes],
            whole: vec![0; nodes],
            up: true,
            epoch: 0,
            turns: BTreeMap::new(),
            wake_at: i64::MAX,
            offset: 0,
        }
    }

    /// Loses everything but what it committed.
    pub fn crash(&mut self) {
        self.up = false;
        self.epoch += 1;
        self.turns.clear();
        self.wake_at = i64::MAX;
    }

    pub fn latest(&self, object: u32) -> Option<&Arc<Held>> {
        self.register.get(&object)?.values().next_back()
    }

    /// Publishes a version: register, outbox and queue in one transaction. Gives the activity's number.
    pub fn publish(&mut self, held: &Arc<Held>, kind: &'static str, to: &[(usize, u32)], now: i64) -> i64 {
        self.append(held);
        self.outbox.push(Arc::clone(held));
        let seq = i64::try_from(self.outbox.len()).unwrap();
        self.tables.enqueue(seq, (held.object, kind), to, now);
        seq
    }

    fn append(&mut self, held: &Arc<Held>) {
        let versions = self.register.entry(held.object).or_default();
        let summary = self.heads.entry(held.author).or_default();
        *summary ^= digits(held);
        let there = versions.insert(held.version.number(), Arc::clone(held));
        assert!(there.is_none(), "R3: a version took effect twice");
        self.log.push(Arc::clone(held));
    }

    /// What the inbox does with a version: the activity's id once, then the rules of the chain.
    pub fn take(&mut self, held: &Arc<Held>, activity: Option<(usize, i64)>) -> Taken {
        if activity.is_some_and(|id| self.received.contains(&id)) {
            return Taken::Known;
        }
        let number = held.version.number();
        let none = BTreeMap::new();
        let versions = self.register.get(&held.object).unwrap_or(&none);
        let latest = versions.values().next_back();
        let around = Around {
            same: versions.get(&number).map(|same| &same.hash),
            before: versions.get(&(number - 1)).map(|before| (&before.hash, Some(&before.version))),
            after: versions.get(&(number + 1)).map(|after| after.version.previous()),
            latest: latest.map(|latest| (latest.version.author().as_str(), latest.version.kind())),
            newest: latest.map(|latest| &latest.version),
        };
        let taken = match held.version.place(&held.hash, &around) {
            Ok(Place::Known) => Taken::Known,
            Ok(Place::Free) => Taken::Appended,
            Err(Misplaced::Fork) => return Taken::Refused(409),
            Err(Misplaced::Rule(_)) => return Taken::Refused(400),
            Err(Misplaced::Foreign) => return Taken::Refused(403),
        };
        self.received.extend(activity);
        if taken == Taken::Appended {
            self.append(held);
        }
        taken
    }

    /// A verified message of a host: it is noted once a minute while the host is well.
    pub fn returned(&mut self, host: usize, now: i64) {
        let queue = &mut self.tables.queues[host];
        let fresh = queue.host.last_seen_at.is_some_and(|seen| (now - 60_000..=now).contains(&seen));
        if queue.host.state != 0 || !fresh {
            queue.seen(now, now + SOON);
        }
    }

    /// Takes up the hosts that are due; gives those it begins a turn with.
    pub fn claim(&mut self, now: i64, limit: usize) -> Vec<usize> {
        let mut begun = self.tables.claim(self.epoch, now, now + LEASE, limit);
        begun.retain(|host| !self.turns.contains_key(host));
        for host in &begun {
            let queue = &mut self.tables.queues[*host];
            let health = health_of(queue);
            queue.give_up_gone();
            let batch = queue.next_for_host(now, BATCH).into();
            self.turns.insert(*host, Sending { turn: Turn::new(health), batch, now: None });
        }
        begun
    }

    /// The next row of a turn, if there is one; else the turn ends.
    pub fn next(&mut self, host: usize, attempt: u64, now: i64) -> Option<(Key, Waiting)> {
        let sending = self.turns.get_mut(&host)?;
        while let Some((key, row)) = sending.batch.pop_front() {
            if sending.turn.may_send(&key.1, &row.object) {
                sending.now = Some((attempt, key, row, now));
                return Some((key, row));
            }
        }
        self.turns.remove(&host);
        self.tables.queues[host].release(self.epoch);
        None
    }

    /// Writes down how the request under way ended: row, host and lease in one transaction.
    pub fn ended(&mut self, host: usize, outcome: Outcome, at: (i64, f64)) -> Option<(Key, Verdict)> {
        let sending = self.turns.get_mut(&host)?;
        let (_, key, row, began) = sending.now.take()?;
        let asked = Row {
            inbox: &key.1,
            object: &row.object,
            kind: row.kind,
            refusals: row.refusals,
            created_at: row.created_at,
        };
        let verdict = sending.turn.attempted(&asked, outcome, at);
        let queue = &mut self.tables.queues[host];
        write_down(queue, key, &verdict, outcome, (began, at.0));
        if !queue.renew(self.epoch, at.0 + LEASE) {
            sending.turn.end();
        }
        Some((key, verdict))
    }
}

fn health_of(queue: &Queue) -> Health {
    let host = &queue.host;
    Health {
        fails: u32::try_from(host.fails).unwrap(),
        next_at: host.next_at,
        first_fail_at: host.first_fail_at,
        suspended: host.state == 2,
        asked: host.state == ASKED_TO_WAIT,
    }
}

/// What `send.rs` writes for a verdict.
fn write_down(queue: &mut Queue, key: Key, verdict: &Verdict, outcome: Outcome, (began, now): (i64, i64)) {
    match verdict.row {
        RowFate::Delivered => queue.settle(key, Fate::Delivered, None),
        RowFate::Refused { gone } => {
            queue.settle(key, Fate::Refused, gone.then_some(now));
            if gone {
                queue.give_up_inbox(key.1);
            }
        }
        RowFate::GivenUp => queue.settle(key, Fate::GivenUp, None),
        RowFate::Waits => {}
        RowFate::Later(at) => queue.put_off(key, at),
    }
    let Health { fails, next_at, first_fail_at, suspended, asked } = verdict.host;
    if !verdict.go_on {
        let state = if asked { ASKED_TO_WAIT } else { BACKING_OFF + i64::from(suspended) };
        let first_fail_at = first_fail_at.unwrap_or(now);
        queue.failed(Failure { fails: i64::from(fails), next_at, first_fail_at, state });
        queue.heard_meanwhile((began, now), now + SOON);
        queue.give_up_older(now - i64::try_from(HORIZON.as_millis()).unwrap());
    } else if outcome != Outcome::Unsendable {
        queue.well(now);
    }
}

/// Author, object, number, and whether it is the end.
type Name = (usize, u32, u32, bool);

thread_local! {
    /// Versions written once for all runs.
    static WRITTEN: RefCell<HashMap<Name, Arc<Held>>> = RefCell::default();
}

/// What was written before in another run, unless the hour matters.
fn once(name: Name, hour: Option<i64>, write: impl Fn(i64) -> Version) -> Arc<Held> {
    let held = |hour| {
        let version = write(hour);
        let hash = canonical::hash(&version.to_document());
        Arc::new(Held { author: name.0, object: name.1, version, hash })
    };
    match hour {
        Some(hour) => held(hour),
        None => WRITTEN.with_borrow_mut(|all| Arc::clone(all.entry(name).or_insert_with(|| held(START)))),
    }
}

/// The first version of a new object.
pub fn first(author: usize, object: u32, hour: Option<i64>) -> Arc<Held> {
    once((author, object, 1, false), hour, |hour| {
        let mut record = TEMPLATE.clone();
        let envelope = &mut record.envelope;
        envelope.id = Iri::parse(&format!("https://n{author}.example/r/{object}")).unwrap();
        envelope.author = Iri::parse(&format!("https://n{author}.example/a")).unwrap();
        (envelope.version, envelope.previous, envelope.updated) = (1, None, None);
        envelope.published = instant(hour);
        Version::Record(Box::new(record))
    })
}

/// The next version of an object, or its withdrawal.
pub fn next(before: &Held, withdraw: bool, hour: Option<i64>) -> Arc<Held> {
    let Version::Record(record) = &before.version else { panic!("it was withdrawn") };
    once((before.author, before.object, record.envelope.version + 1, withdraw), hour, |hour| {
        if withdraw {
            let why = Html::parse("<p>Retiré.</p>").unwrap();
            return Version::Tombstone(Box::new(Tombstone::of(record, instant(hour), Reason::Legal, &why)));
        }
        let mut changed = (**record).clone();
        changed.envelope.reference = Some(record.envelope.version.to_string());
        let next = compose::next_version(record, &before.hash, changed, instant(hour));
        Version::Record(Box::new(next.expect("it says something new")))
    })
}
