//! The tables of the simulator and the real ones are told the same, in the same random order, and must
//! decide the same: who is due, in which order, what is sent next, what is given up.

use std::collections::BTreeMap;

use parvis::{
    clock::Chance,
    storage::{
        Db,
        deliveries::{self, Job, Target},
        follows::{self, Follow},
        hosts,
        outbox::{self, NewActivity},
    },
};

use crate::tables::{ASKED_TO_WAIT, BACKING_OFF, Failure, Fate, Key, Tables};

const HOSTS: usize = 5;
const START: i64 = 1_800_000_000_000;
const MINUTE: i64 = 60_000;
const KINDS: [&str; 4] = ["Create", "Update", "Delete", "Announce"];

fn name(host: usize) -> String {
    format!("h{host}.example")
}

fn url(host: usize, inbox: u32) -> String {
    format!("https://{}/inbox/{inbox}", name(host))
}

struct Pair {
    db: Db,
    tables: Tables,
    chance: Chance,
    now: i64,
    seq: i64,
    leases: BTreeMap<usize, u32>,
}

impl Pair {
    fn dice(&self, sides: u64) -> usize {
        usize::try_from(self.chance.bits() % sides).unwrap()
    }

    fn some_time(&self, longest: usize) -> i64 {
        i64::try_from(self.dice(longest as u64)).unwrap()
    }

    async fn enqueue(&mut self) {
        self.seq += 1;
        let (object, kind) = (self.dice(4), KINDS[self.dice(4)]);
        let mut to: Vec<(usize, u32)> = Vec::new();
        for host in 0..HOSTS {
            for inbox in 0..2 {
                if self.dice(3) == 0 {
                    to.push((host, inbox));
                }
            }
        }
        let mut tx = self.db.begin().await.unwrap();
        let new = NewActivity {
            activity: format!("https://rennes.example/activities/{}", self.seq),
            actor: "https://rennes.example/actors/1".to_owned(),
            kind: kind.to_owned(),
            object: object.to_string(),
            public: true,
            published: "2027-01-15T08:00:00Z".to_owned(),
            document: "{}".to_owned(),
        };
        assert_eq!(outbox::append(&mut tx, &new).await.unwrap(), self.seq);
        let targets: Vec<Target> =
            to.iter().map(|(host, inbox)| Target { inbox: url(*host, *inbox), host: name(*host) }).collect();
        deliveries::enqueue(&mut tx, self.seq, &targets, self.now).await.unwrap();
        tx.commit().await.unwrap();
        self.tables.enqueue(self.seq, (u32::try_from(object).unwrap(), kind), &to, self.now);
    }

    async fn claim(&mut self) {
        let owner = u32::try_from(self.dice(2)).unwrap();
        let (limit, until) = (1 + self.dice(4), self.now + MINUTE);
        let real =
            hosts::claim(&self.db, &owner.to_string(), self.now, until, i64::try_from(limit).unwrap()).await;
        let real: Vec<String> = real.unwrap().into_iter().map(|host| host.host).collect();
        let claimed = self.tables.claim(owner, self.now, until, limit);
        assert_eq!(real, claimed.iter().map(|host| name(*host)).collect::<Vec<_>>());
        self.leases.extend(claimed.into_iter().map(|host| (host, owner)));
    }

    /// One attempt at some leased host, ended in some way.
    async fn attempt(&mut self) {
        let Some((host, owner)) = self.leases.iter().next().map(|(host, owner)| (*host, *owner)) else {
            return;
        };
        let mut tx = self.db.begin().await.unwrap();
        let rows = deliveries::give_up_gone(&mut tx, &name(host), "inbox gone", self.now).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows, self.tables.queues[host].give_up_gone());
        let limit = 1 + self.dice(6);
        let jobs =
            deliveries::next_for_host(&self.db, &name(host), self.now, i64::try_from(limit).unwrap()).await;
        let jobs: Vec<Job> = jobs.unwrap();
        let rows = self.tables.queues[host].next_for_host(self.now, limit);
        let told: Vec<_> = jobs
            .iter()
            .map(|job| (job.seq, job.inbox.clone(), job.object.clone(), job.refusals, job.created_at))
            .collect();
        let wanted: Vec<_> = rows
            .iter()
            .map(|(key, row)| {
                (key.0, url(host, key.1), row.object.to_string(), i64::from(row.refusals), row.created_at)
            })
            .collect();
        assert_eq!(told, wanted);
        let end = self.dice(8);
        let began = self.now;
        self.now += self.some_time(20_000);
        if self.dice(3) == 0 {
            self.seen(host).await;
        }
        let mut tx = self.db.begin().await.unwrap();
        if let (Some(job), Some((key, _))) = (jobs.first(), rows.first()) {
            self.end(&mut tx, (host, job, *key), end).await;
        }
        if end >= 5 {
            self.fail(&mut tx, host, began).await;
        } else {
            hosts::well(&mut tx, &name(host), self.now).await.unwrap();
            self.tables.queues[host].well(self.now);
        }
        let until = self.now + MINUTE;
        let ours = hosts::renew(&mut tx, &name(host), &owner.to_string(), until).await.unwrap();
        assert_eq!(ours, self.tables.queues[host].renew(owner, until));
        if self.dice(2) == 0 || !ours {
            hosts::release(&mut tx, &name(host), &owner.to_string()).await.unwrap();
            self.tables.queues[host].release(owner);
            self.leases.remove(&host);
        }
        tx.commit().await.unwrap();
    }

    async fn end(&mut self, tx: &mut parvis::storage::Tx, (host, job, key): (usize, &Job, Key), end: usize) {
        let queue = &mut self.tables.queues[host];
        match end {
            0 | 1 => {
                deliveries::delivered(tx, job, 202, self.now).await.unwrap();
                queue.settle(key, Fate::Delivered, None);
            }
            2 => {
                deliveries::refused(tx, job, 410, "gone", self.now).await.unwrap();
                queue.settle(key, Fate::Refused, Some(self.now));
                let to = Target { inbox: job.inbox.clone(), host: job.host.clone() };
                let rows = deliveries::give_up_inbox(tx, &to, "gone", self.now).await.unwrap();
                assert_eq!(rows, queue.give_up_inbox(key.1));
            }
            3 | 4 => {
                let at = self.now + 20 * MINUTE * i64::try_from(end).unwrap();
                deliveries::put_off(tx, job, Some(403), "no", at).await.unwrap();
                queue.put_off(key, at);
            }
            _ => deliveries::tried(tx, job, None, "silent").await.unwrap(),
        }
    }

    async fn fail(&mut self, tx: &mut parvis::storage::Tx, host: usize, began: i64) {
        let state = if self.dice(3) == 0 { ASKED_TO_WAIT } else { BACKING_OFF };
        let next_at = self.now + self.some_time(6 * 3_600_000);
        let fails = self.tables.queues[host].host.fails + 1;
        let first_fail_at = self.tables.queues[host].host.first_fail_at.unwrap_or(self.now);
        let failure = hosts::Failure { fails, next_at, first_fail_at, state };
        hosts::failed(tx, &name(host), &failure).await.unwrap();
        hosts::heard_meanwhile(tx, &name(host), (began, self.now), self.now + 15_000).await.unwrap();
        let rows = deliveries::give_up_older(tx, &name(host), self.now - 40 * 3_600_000, self.now).await;
        let queue = &mut self.tables.queues[host];
        queue.failed(Failure { fails, next_at, first_fail_at, state });
        queue.heard_meanwhile((began, self.now), self.now + 15_000);
        assert_eq!(rows.unwrap(), queue.give_up_older(self.now - 40 * 3_600_000));
    }

    async fn seen(&mut self, host: usize) {
        let mut tx = self.db.begin().await.unwrap();
        hosts::seen(&mut tx, &name(host), self.now, self.now + 15_000).await.unwrap();
        tx.commit().await.unwrap();
        self.tables.queues[host].seen(self.now, self.now + 15_000);
    }

    async fn follow(&mut self) {
        let (host, inbox) = (self.dice(HOSTS as u64), u32::try_from(self.dice(2)).unwrap());
        let follow = Follow {
            follower: format!("https://{}/users/{inbox}", name(host)),
            followed: "https://rennes.example/actors/1".to_owned(),
            ours: false,
            state: "accepted".to_owned(),
            activity: format!("https://{}/follow", name(host)),
            document: "{}".to_owned(),
            host: name(host),
            inbox: url(host, inbox),
            at: self.now,
        };
        let mut tx = self.db.begin().await.unwrap();
        follows::put(&mut tx, &follow).await.unwrap();
        tx.commit().await.unwrap();
        self.tables.queues[host].followed.insert(inbox, self.now);
    }

    /// What is known of every host is the same on both sides.
    async fn same(&self) {
        for (number, queue) in self.tables.queues.iter().enumerate() {
            let real = hosts::get(&self.db, &name(number)).await.unwrap().expect("a host");
            let host = &queue.host;
            assert_eq!(
                (
                    real.state,
                    real.fails,
                    real.next_at,
                    real.first_fail_at,
                    real.lease_until,
                    real.last_seen_at
                ),
                (
                    host.state,
                    host.fails,
                    host.next_at,
                    host.first_fail_at,
                    host.lease_until,
                    host.last_seen_at
                )
            );
            assert_eq!(real.lease_owner, host.lease_owner.map(|owner| owner.to_string()));
        }
    }
}

/// A random history of so many events, the clock jumping now and then.
pub async fn lives_of_both(url: &str, seed: u64, events: usize) {
    let db = Db::open(url).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for host in 0..HOSTS {
        hosts::ensure(&mut tx, &name(host)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (tables, chance) = (Tables::new(HOSTS), Chance::seeded(seed));
    let mut pair = Pair { db, tables, chance, now: START, seq: 0, leases: BTreeMap::new() };
    pair.enqueue().await;
    for _ in 0..events {
        match pair.dice(20) {
            0..=3 => pair.enqueue().await,
            4..=8 => pair.claim().await,
            9..=14 => pair.attempt().await,
            15 => {
                let host = pair.dice(HOSTS as u64);
                pair.seen(host).await;
            }
            16 => pair.follow().await,
            17 if pair.dice(4) == 0 => pair.now += (pair.some_time(7) - 3) * 24 * 60 * MINUTE,
            18 => pair.leases.clear(),
            _ => pair.now += pair.some_time(3 * 3_600_000),
        }
    }
    pair.same().await;
    let done = pair.tables.queues.iter().map(|queue| queue.done.len()).sum::<usize>();
    assert!(done > events / 20, "something happened: {done} rows left the queue");
}
