//! The checker: everything that was acknowledged is read back, and held against what the servers around
//! heard (R1, R2, R3, R4, R19).

use std::collections::{BTreeMap, BTreeSet};

use parvis::{
    App,
    domain::canonical,
    storage::{self, deliveries, outbox, versions},
};

use crate::{
    load::{History, Said, Stage},
    world::{Fact, HOSTS, Heard},
};

/// Checks a node whose queue is empty. `kills` is how often it was killed: as often each host may have
/// been sent one activity again.
pub async fn check(stage: &Stage, kills: usize) {
    let app = stage.app().await;
    {
        let history = stage.history.lock().unwrap();
        assert!(history.wrong.is_empty(), "{:#?}", history.wrong);
        println!(
            "{} messages and {} references acknowledged, {} put off, {} commands killed",
            history.facts.len(),
            history.said.len(),
            history.put_off,
            history.killed
        );
    }
    let History { facts, said, .. } = std::mem::take(&mut *stage.history.lock().unwrap());
    for fact in &facts {
        holds(&app, stage, fact).await;
    }
    for (reference, said) in &said {
        published(&app, stage, reference, said).await;
    }
    let (heard, swallowed) = stage.world.seen();
    let mut repeated = BTreeMap::new();
    for host in 0..HOSTS {
        let name = format!("h{host}");
        let heard = heard.get(&name).map(Vec::as_slice).unwrap_or_default();
        let again = on_the_wire(&app, &name, heard).await;
        let lost = swallowed.get(&name).copied().unwrap_or(0);
        assert!(again <= kills + lost, "{name}: {again} repeated after {kills} kills, {lost} lost answers");
        repeated.insert(name, (heard.len(), again, lost));
    }
    println!("per host: heard, repeated, answers lost: {repeated:?}");
    everything_arrived(&app, &heard).await;
    let verified = stage.node.ask(&["verify"]);
    assert_eq!(verified["broken"].as_array().map(Vec::len), Some(0), "{verified}");
    app.db.close().await;
}

/// What a message brought about is there (R1).
async fn holds(app: &App, stage: &Stage, fact: &Fact) {
    let db = &app.db;
    match fact {
        Fact::Reply(id) => {
            assert!(storage::replies::get(db, id).await.unwrap().is_some(), "lost: {fact:?}");
        }
        Fact::Like(actor, object) => {
            let likes = storage::reactions::of_object(db, object, "Like", "", 1000).await.unwrap();
            assert_eq!(likes.iter().filter(|like| like.actor == *actor).count(), 1, "lost: {fact:?}");
        }
        Fact::Follow(by, followed, id) => {
            let row = storage::follows::get(db, by, followed).await.unwrap();
            assert!(row.is_some_and(|row| row.state == "accepted"), "lost: {fact:?}");
            let accepts: BTreeSet<String> = stage
                .world
                .seen()
                .0
                .into_values()
                .flatten()
                .filter(|heard| heard.kind == "Accept" && heard.object == *id)
                .map(|heard| heard.activity)
                .collect();
            assert_eq!(accepts.len(), 1, "accepted once: {fact:?}: {accepts:?}");
        }
        Fact::Version(id, version, text) => {
            let row = versions::get(db, id, i64::from(*version)).await.unwrap();
            let row = row.unwrap_or_else(|| panic!("lost: {fact:?}"));
            assert_eq!(row.document.as_ref(), Some(text), "byte for byte");
            let said = outbox::of_object(db, id).await.unwrap();
            assert!(said.is_empty(), "unproven, and by nobody who was asked, it is not boosted (O33): {id}");
        }
    }
}

/// What was published is there, once, in its versions, with its activities and their deliveries (R1, R2).
async fn published(app: &App, stage: &Stage, reference: &str, said: &Said) {
    let source = storage::sources::get(&app.db, reference).await.unwrap();
    let source = source.unwrap_or_else(|| panic!("lost: {reference}"));
    let history = versions::history(&app.db, &source.uri).await.unwrap();
    let expected = said.texts + u32::from(said.withdrawn);
    assert_eq!(history.len(), expected as usize, "{reference}: one version a text: {said:?}");
    let with_text =
        history.iter().rfind(|row| row.document.as_ref().is_some_and(|text| text.contains(&said.text)));
    assert_eq!(with_text.map(|row| row.version), Some(i64::from(said.texts)), "{reference}: the last words");
    assert!(
        storage::drafts::get(&app.db, reference).await.unwrap().is_none(),
        "{reference}: no draft is left"
    );
    let activities = outbox::of_object(&app.db, &source.uri).await.unwrap();
    let kinds: Vec<&str> = activities
        .iter()
        .filter(|one| {
            one.actor == stage.council.as_str() && matches!(one.kind.as_str(), "Create" | "Update" | "Delete")
        })
        .map(|one| one.kind.as_str())
        .collect();
    let mut wanted = vec!["Create"];
    wanted.extend(std::iter::repeat_n("Update", said.texts as usize - 1));
    wanted.extend(said.withdrawn.then_some("Delete"));
    assert_eq!(kinds, wanted, "{reference}");
    for activity in activities.iter().filter(|one| wanted.contains(&one.kind.as_str())) {
        let rows = deliveries::of_activity(&app.db, activity.seq).await.unwrap();
        let hosts: BTreeSet<&str> = rows.iter().filter_map(|row| row.host.split('.').next()).collect();
        assert_eq!(hosts.len(), HOSTS, "{reference}: one row a follower's host: {rows:?}");
    }
}

/// What one host heard: nothing that was not queued, one id for one thing, in order. Gives how much it
/// heard more than once.
async fn on_the_wire(app: &App, host: &str, heard: &[Heard]) -> usize {
    let mut first: BTreeMap<&str, &Heard> = BTreeMap::new();
    let mut order: BTreeMap<&str, Vec<(u8, u64)>> = BTreeMap::new();
    let mut ids: BTreeMap<(&str, &str, u64), &str> = BTreeMap::new();
    for one in heard {
        if first.insert(&one.activity, one).is_some() {
            continue;
        }
        let queued = outbox::by_activity(&app.db, &one.activity).await.unwrap();
        assert!(queued.is_some(), "{host} heard what was never committed: {one:?}");
        let rank = match one.kind.as_str() {
            "Create" => 0,
            "Update" => 1,
            "Delete" => 2,
            _ => continue,
        };
        order.entry(&one.object).or_default().push((rank, one.version));
        let known = ids.insert((&one.kind, &one.object, one.version), &one.activity);
        assert_eq!(known, None, "{host}: one thing under two ids: {one:?}");
    }
    for (object, told) in order {
        assert!(told.is_sorted(), "{host}: {object} out of order: {told:?}");
        assert_eq!(told[0].0, 0, "{host}: {object} begins with its Create");
    }
    heard.len() - first.len()
}

/// Every row of the queue was delivered, and its host says so too (R3).
async fn everything_arrived(app: &App, heard: &BTreeMap<String, Vec<Heard>>) {
    let counts = deliveries::counts(&app.db).await.unwrap();
    assert!(counts.iter().all(|count| count.state == deliveries::DELIVERED), "{counts:?}");
    let mut arrived = BTreeSet::new();
    for (host, heard) in heard {
        for one in heard {
            let said = outbox::by_activity(&app.db, &one.activity).await.unwrap().expect("it was said");
            arrived.insert((host.as_str(), said.seq));
        }
    }
    let total: i64 = counts.iter().map(|count| count.total).sum();
    let (mut seq, mut rows) = (0, 0);
    while rows < total {
        seq += 1;
        assert!(seq < 100_000, "{rows} of {total} deliveries belong to an activity");
        for row in deliveries::of_activity(&app.db, seq).await.unwrap() {
            let host = row.host.split('.').next().unwrap_or_default();
            assert!(arrived.contains(&(host, seq)), "{host} never heard what was delivered: {row:?}");
            rows += 1;
        }
    }
    let last = versions::last_seq(&app.db).await.unwrap();
    for row in versions::all(&app.db, 0, last.max(1)).await.unwrap() {
        let text = row.document.expect("nothing was erased");
        assert_eq!(canonical::hash(&canonical::read(&text).unwrap()).as_str(), row.hash);
    }
}
