//! A convention whose host loses its node and rebuilds it, or hears of its members by catching up alone.

use std::time::Duration;

use jiff::SignedDuration;
use parvis::{
    App,
    actions::{conventions, keys_file, take_part, withdraw},
    domain::{Iri, codes::Reason},
    federation::{mirror::rebuild, tasks},
    storage::{
        actors, deliveries,
        follows::{self, Follow},
        hosts, outbox, records,
    },
    worker,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    moving::until,
    together::{CONVENTION, publish},
    world::{PHRASE, Site, site},
};

/// Reads FEP-1b12.
const READER: &str = "https://lemmy.example/inbox";

/// Rennes hosts a convention, Angers and Rennes are its members; each has what the other said.
async fn convened() -> (Site, Site) {
    let (rennes, angers) = (site("rennes").await, site("angers").await);
    publish(&rennes.node, "rennes", CONVENTION).await.unwrap();
    publish(&angers.node, "angers", "").await.unwrap();
    rennes.follows(&angers).await;
    angers.follows(&rennes).await;
    for city in [&rennes, &angers] {
        let known = conventions::named(city.app(), "ia").await.unwrap();
        let asked = take_part::join(city.app(), &city.node.operator, &known, "conseil", "").await.unwrap();
        rennes.catches_up(&angers).await;
        let known = conventions::named(rennes.app(), "ia").await.unwrap();
        let operator = &rennes.node.operator;
        take_part::admit(rennes.app(), operator, &known, asked.id.as_str(), "").await.unwrap();
    }
    angers.catches_up(&rennes).await;
    (rennes, angers)
}

/// The council of a city contributes its avis, or a recommendation. Gives the contribution.
async fn contribute(city: &Site, kind: &str) -> Iri {
    let known = conventions::named(city.app(), "ia").await.unwrap();
    let own = records::by_kind_ours(&city.app().db, kind, &records::Page::first(5)).await.unwrap().remove(0);
    let operator = &city.node.operator;
    take_part::contribute(city.app(), operator, &known, (&own.uri, None), "Voici.").await.unwrap().id
}

async fn group(host: &Site) -> Iri {
    let group = actors::by_handle(&host.app().db, "convention_ia").await.unwrap().expect("the Group");
    Iri::parse(&group.uri).unwrap()
}

/// What the Group said of something, each with the inboxes it was sent to.
async fn said(app: &App, group: &Iri, object: &str) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for one in outbox::of_object(&app.db, object).await.unwrap() {
        if one.actor == group.as_str() {
            let sent = deliveries::of_activity(&app.db, one.seq).await.unwrap();
            all.push((one.kind, sent.into_iter().map(|row| row.inbox).collect()));
        }
    }
    all
}

/// Somebody whose server reads FEP-1b12 follows the Group.
async fn is_read(app: &App, group: &Iri) {
    let mut tx = app.db.begin().await.unwrap();
    let follow = Follow {
        follower: "https://lemmy.example/u/reader".to_owned(),
        followed: group.to_string(),
        ours: false,
        state: "accepted".to_owned(),
        activity: "https://lemmy.example/activities/1".to_owned(),
        document: "{}".to_owned(),
        host: "lemmy.example".to_owned(),
        inbox: READER.to_owned(),
        at: 0,
    };
    hosts::ensure(&mut tx, "lemmy.example").await.unwrap();
    let what = hosts::Description { software: Some("lemmy"), parvis: false, relay: None };
    hosts::describe(&mut tx, "lemmy.example", &what).await.unwrap();
    follows::put(&mut tx, &follow).await.unwrap();
    tx.commit().await.unwrap();
}

async fn contributions(host: &Site, reader: &Site, group: &Iri) -> String {
    let path = format!("{}/contributions", group.as_str().strip_prefix(&host.base()).unwrap());
    reader.get(host, &path, "application/activity+json").await.2
}

#[tokio::test]
async fn r01_a_convention_goes_on_when_its_host_was_rebuilt_and_nothing_is_told_twice() {
    let (mut rennes, angers) = convened().await;
    let (ours, theirs) = (contribute(&rennes, "Avis").await, contribute(&angers, "Avis").await);
    rennes.catches_up(&angers).await;
    angers.catches_up(&rennes).await;
    let group = group(&rennes).await;
    let listed = contributions(&rennes, &angers, &group).await;
    assert!(listed.contains(ours.as_str()) && listed.contains(theirs.as_str()), "{listed}");
    let brought = records::by_kind_ours(&angers.app().db, "Avis", &records::Page::first(1)).await.unwrap();
    let (keys, _) = keys_file::export(rennes.app(), &rennes.node.operator, PHRASE).await.unwrap();
    rennes.destroyed().await;
    rennes.app().clock.advance(SignedDuration::from_secs(60));
    let (app, operator) = (rennes.app(), &rennes.node.operator);
    keys_file::import(app, operator, &keys, PHRASE).await.unwrap();
    rebuild::rebuild(app, operator, &[angers.base()], false, &|_, _| ()).await.unwrap();
    is_read(app, &group).await;
    assert_eq!(said(app, &group, ours.as_str()).await, [("Add".to_owned(), Vec::new())], "sent to nobody");

    // It is there again: by itself it finds its members, and what they contributed.
    rennes.back();
    let stop = CancellationToken::new();
    let works = [&rennes, &angers]
        .map(|site| tokio::spawn(worker::run(site.app().clone(), "one".to_owned(), stop.clone())));
    until("what a member contributed is in the collection again", async || {
        !said(app, &group, theirs.as_str()).await.is_empty()
    })
    .await;
    stop.cancel();
    for work in works {
        work.await.unwrap();
    }
    let nobody = |kind: &str| vec![(kind.to_owned(), Vec::<String>::new())];
    assert_eq!(said(app, &group, theirs.as_str()).await, nobody("Add"));
    assert_eq!(
        said(app, &group, &brought[0].uri).await,
        nobody("Announce"),
        "nothing is boosted a second time"
    );
    assert_eq!(contributions(&rennes, &angers, &group).await, listed, "the same, in the same order");

    // What is new is told, and what is taken back.
    for site in [&rennes, &angers] {
        site.app().clock.advance(SignedDuration::from_hours(1));
    }
    let more = contribute(&angers, "Recommendation").await;
    withdraw::withdraw(angers.app(), &angers.node.operator, &theirs, Reason::Superseded, "Autre chose.")
        .await
        .unwrap();
    rennes.catches_up(&angers).await;
    let of = async |object: &Iri, kind: &str| {
        let said = said(app, &group, object.as_str()).await;
        said.into_iter().find(|(said, _)| said == kind).map(|(_, to)| to.contains(&READER.to_owned()))
    };
    assert_eq!((of(&more, "Add").await, of(&theirs, "Remove").await), (Some(true), Some(true)));
}

#[tokio::test]
async fn o44_what_came_by_catching_up_is_passed_on_by_what_its_author_did_say_or_not_at_all() {
    let (rennes, angers) = convened().await;
    let (app, group) = (rennes.app(), group(&rennes).await);
    is_read(app, &group).await;
    let contribution = contribute(&angers, "Avis").await;
    rennes.catches_up(&angers).await;
    let sent = outbox::of_object(&angers.app().db, contribution.as_str()).await.unwrap();
    let create = sent.into_iter().find(|one| one.kind == "Create").expect("what Angers said");
    assert!(said(app, &group, &create.activity).await.is_empty(), "not before it is known");
    for _ in 0..2 {
        tasks::step(app, "one").await.unwrap();
        let passed = said(app, &group, &create.activity).await;
        assert_eq!(passed, [("Announce".to_owned(), vec![READER.to_owned()])], "once");
    }
    let passed = outbox::of_object(&app.db, &create.activity).await.unwrap().remove(0);
    let passed: Value = serde_json::from_str(&passed.document).unwrap();
    let whole: Value = serde_json::from_str(&create.document).unwrap();
    assert_eq!(passed["object"], whole, "word for word, under its author's id");

    // Its outbox shows something else than what was signed: in the collection, and not announced in its name.
    let other = contribute(&angers, "Recommendation").await;
    rennes.catches_up(&angers).await;
    angers.lies(true);
    let before = outbox::count(&app.db, group.as_str()).await.unwrap();
    tasks::step(app, "one").await.unwrap();
    assert_eq!(outbox::count(&app.db, group.as_str()).await.unwrap(), before, "nothing is made up");
    assert_eq!(said(app, &group, other.as_str()).await.len(), 1, "the Add");
    assert!(contributions(&rennes, &angers, &group).await.contains(other.as_str()));
    let waits = tokio::time::timeout(Duration::from_mins(1), tasks::step(app, "one")).await.unwrap();
    assert_eq!(waits.unwrap(), 0, "nothing waits to be made up later");
}
