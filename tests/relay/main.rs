//! The relay upward and the way back down, between three real nodes over HTTP: Rennes relays to Bretagne, Bretagne to
//! the State; and a body without a node answers through a link.

#[path = "../support/http.rs"]
mod http;
#[allow(dead_code, reason = "no sample is published here")]
#[path = "../support/node.rs"]
mod node;
#[path = "../support/peer.rs"]
mod peer;
mod world;

use crate::node::node;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jiff::SignedDuration;
use parvis::{
    actions::{
        intake::{self, Further, Word},
        invitations,
    },
    domain::{
        Iri,
        codes::{Decision, FollowUpStatus, Reason, Status},
    },
    federation::{actors as remote, catch_up},
    storage::{self, actors, follows, records, records::Page},
};
use peer::until;
use serde_json::Value;
use world::{Story, answer, story};

#[tokio::test]
async fn r2_29_three_hops_up_and_the_answer_comes_down() {
    let story = Box::pin(story()).await;
    let Story { rennes, bretagne, etat, .. } = &story;
    let (region, state) = (bretagne.body().await, etat.body().await);
    let (relay, recommendation) = (story.relays[0].as_str(), story.recommendations[0].as_str());
    story.arrives(relay).await;
    // The body holds what it was asked, checked, and follows nobody for it.
    for id in [relay, recommendation] {
        let held = bretagne.record(id).await.expect("held");
        assert_eq!((held.proof.as_str(), held.ours), ("valid", false));
    }
    assert!(follows::ours(&bretagne.app().db).await.unwrap().is_empty());
    assert!(bretagne.page("/positions").await.contains("Équiper"));
    assert_eq!(story.status(rennes, 1).await, Status::Proposed);

    // Accepted: the receipt comes down, though Rennes follows nobody either.
    story.later(SignedDuration::from_hours(1));
    let receipt = bretagne.say(relay, Word::Accept, "").await;
    until("accepted", async || rennes.offer(relay, &region).await.as_deref() == Some("accepted")).await;
    until("the receipt", async || rennes.record(&receipt).await.is_some()).await;

    // A question back is public, and no answer.
    let question = bretagne.say(relay, Word::Ask, "Quel coût avez-vous chiffré ?").await;
    until("the question", async || rennes.record(&question).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Proposed);

    // Passed on to the State, which accepts and answers.
    story.later(SignedDuration::from_hours(1));
    let ministry = remote::fetch_actor(bretagne.app(), &state).await.unwrap().actor;
    let further = Further {
        to: state.clone(),
        name: ministry.name,
        is_actor: true,
        tier: None,
        ground: Some("Le programme est national.".to_owned()),
        expected_by: None,
    };
    let second = bretagne.say(relay, Word::PassOn(Box::new(further)), "Nous relayons.").await;
    until("offered on", async || etat.offer(&second, &state).await.as_deref() == Some("received")).await;
    until("the next hop", async || rennes.record(&second).await.is_some()).await;
    let receipt = etat.say(&second, Word::Accept, "").await;
    until("the second receipt", async || rennes.record(&receipt).await.is_some()).await;
    story.later(SignedDuration::from_hours(1));
    let said = etat.say(&second, answer(Decision::Accepted), "Oui, à la rentrée.").await;
    until("the answer", async || rennes.record(&said).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Accepted);
    assert_eq!(story.status(etat, 1).await, Status::Accepted, "the State computes the same");

    // It is read on the page, in the collection of answers, and in the follower's inbox.
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("Oui, à la rentrée.") && page.contains("Le programme est national."), "{page}");
    until("the boost", async || story.boosted(&said)).await;
    let answers = Iri::parse(recommendation).unwrap().join("/reponses?page=1");
    let listed = rennes.page(answers.as_str().strip_prefix(rennes.app().urls.base()).unwrap()).await;
    assert!(listed.contains(&said), "{listed}");

    // It is read in the table of Rennes, with every hop, and by who reads the feed of the council.
    let table: Value = serde_json::from_str(&rennes.page("/avis/ccnr-a1.json").await).unwrap();
    let line = &table["items"][0];
    let told = (&line["status"], &line["decision"], &line["answeredBy"]);
    assert_eq!(told, (&"accepted".into(), &"accepted".into(), &state.as_str().into()));
    let day = line["answeredOn"].as_str().unwrap();
    assert_eq!(line["relayedTo"], serde_json::json!([region, state]));
    assert_eq!(line["acknowledgedOn"], serde_json::json!([day, day]));
    assert_eq!(line["declinedOn"], serde_json::json!([null, null]));
    let csv = rennes.page("/avis/ccnr-a1.csv").await;
    let first = csv.lines().nth(1).unwrap();
    let hops = format!(",{day},,{state},{region} | {state},");
    assert!(first.contains(",accepted,") && first.contains(&hops), "{csv}");
    assert!(first.contains(&format!(",{day} | {day}, | , | ,")), "{csv}");
    let published = rennes.record(&said).await.unwrap().published;
    let feed: atom_syndication::Feed = rennes.page("/flux/ccnr.atom").await.parse().unwrap();
    let date: atom_syndication::FixedDateTime = published.parse().unwrap();
    assert_eq!(feed.entries[0].updated, date, "{published}");

    // Who follows Rennes, and nobody else, computes the same: what came down is in the register it compares.
    let nancy = node("nancy", 1).await;
    let host = rennes.app().urls.host();
    remote::fetch_actor(&nancy.app, &rennes.body().await).await.unwrap();
    let mut tx = nancy.app.db.begin().await.unwrap();
    storage::hosts::ensure(&mut tx, host).await.unwrap();
    tx.commit().await.unwrap();
    nancy.app.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(catch_up::catch_up(&nancy.app, host).await.unwrap().refused, 0);
    assert_eq!(story.status_at(&nancy.app, 1).await, Status::Accepted);
    assert_eq!(catch_up::catch_up(&nancy.app, host).await.unwrap(), catch_up::Report::default());

    // And what the region reports later counts as well.
    story.later(SignedDuration::from_hours(1));
    let report = Word::FollowUp { status: FollowUpStatus::Done, reason: None };
    let done = bretagne.say(relay, report, "C’est fait.").await;
    until("the follow-up", async || rennes.record(&done).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Done);
    until("its boost", async || story.boosted(&done)).await;
}

#[tokio::test]
async fn r2_29_a_refusal_comes_down_and_silence_is_told_by_the_clock() {
    let story = Box::pin(story()).await;
    let Story { rennes, bretagne, .. } = &story;
    let region = bretagne.body().await;
    for relay in &story.relays[..2] {
        story.arrives(relay).await;
    }
    // Nothing is declined without words, nor answered before it is accepted.
    let refused = Word::Decline(Reason::OutOfRemit);
    for (word, words) in [(refused.clone(), ""), (answer(Decision::Accepted), "Oui.")] {
        let operator = &bretagne.node.operator;
        assert!(intake::say(bretagne.app(), operator, &story.relays[0], &word, words, None).await.is_err());
    }
    let refusal = bretagne.say(&story.relays[0], refused, "Cela relève de la commune.").await;
    until("declined", async || rennes.offer(&story.relays[0], &region).await.as_deref() == Some("declined"))
        .await;
    until("the refusal", async || rennes.record(&refusal).await.is_some()).await;
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("décliné le") && page.contains("en attente d’un accusé de réception"), "{page}");
    assert!(!page.contains("sans accusé de réception"));

    assert!(!rennes.page("/echeances").await.contains("id=\"relais\""));

    // The second was hoped for by mid-December; without a word it is silence, and nobody says so but the clock.
    story.later(SignedDuration::from_hours(25 * 24));
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("sans accusé de réception depuis 25 jours"), "{page}");
    let slug = rennes.record(&story.relays[1]).await.unwrap().slug;
    assert!(
        rennes.page(&format!("/relais/{slug}")).await.contains("sans accusé de réception depuis 25 jours")
    );

    // It stands where what is overdue stands, here and where it was not acknowledged, and in the table.
    for node in [rennes, bretagne] {
        let owed = node.page("/echeances").await;
        assert!(owed.contains("Un relais sans accusé de réception") && owed.contains("Éteindre"), "{owed}");
        assert!(owed.contains("sans accusé de réception depuis 25 jours"), "{owed}");
        assert!(!node.page("/echeances?etat=tenue").await.contains("id=\"relais\""));
        let told: Value = serde_json::from_str(&node.page("/api/v1/obligations").await).unwrap();
        let silent = told["unacknowledged"].as_array().unwrap();
        assert_eq!(silent.len(), 1, "{told}");
        let one = &silent[0];
        assert_eq!((&one["relay"], &one["days"]), (&story.relays[1].as_str().into(), &25.into()));
        assert_eq!((&one["to"], &one["concerns"][0]["title"]), (&region.as_str().into(), &"Éteindre".into()));
        for (query, count) in [
            ("state=overdue", 1),
            ("state=held", 0),
            (&*format!("author={region}"), 1),
            (&*format!("author={}", story.council), 1),
            ("author=https://nobody.example/", 0),
            ("host=nobody.example", 0),
        ] {
            let path = format!("/api/v1/obligations?{query}");
            let told: Value = serde_json::from_str(&node.page(&path).await).unwrap();
            assert_eq!(told["unacknowledged"].as_array().unwrap().len(), count, "{query}: {told}");
        }
    }
    let table: Value = serde_json::from_str(&rennes.page("/avis/ccnr-a1.json").await).unwrap();
    let (declined, silent) = (&table["items"][0], &table["items"][1]);
    assert!(declined["declinedOn"][0].is_string() && declined["unacknowledgedDays"][0].is_null(), "{table}");
    assert_eq!(silent["unacknowledgedDays"], serde_json::json!([25]));
    // The third hopes for no day: sixty days are given, then both are silent, the longest first.
    story.later(SignedDuration::from_hours(36 * 24));
    let told: Value = serde_json::from_str(&rennes.page("/api/v1/obligations").await).unwrap();
    let days: Vec<_> = told["unacknowledged"].as_array().unwrap().iter().map(|one| &one["days"]).collect();
    assert_eq!(days, [61, 61], "{told}");
    assert!(rennes.page("/echeances").await.contains("2 relais sans accusé de réception"));
}

/// Sends the form.
fn post(path: &str, form: &str) -> Request<Body> {
    let kind = "application/x-www-form-urlencoded";
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(form.to_owned())).unwrap()
}

#[tokio::test]
async fn r2_29_a_body_without_a_node_answers_once_by_a_link() {
    let story = Box::pin(story()).await;
    let rennes = &story.rennes;
    let (app, operator) = (rennes.app(), &rennes.node.operator);
    let relay = story.relays[2].as_str();
    let made = invitations::create(app, operator, &story.relays[0], 90).await;
    assert!(made.is_err(), "whoever has an account answers for itself");
    let (address, _) = invitations::create(app, operator, relay, 90).await.unwrap();
    let path = address.as_str().strip_prefix(app.urls.base()).unwrap();
    let kept = storage::invitations::of_relay(&app.db, relay).await.unwrap();
    assert!(kept.iter().all(|link| !path.contains(&link.digest)), "only a hash is kept");

    let (status, headers, form) = rennes.ask(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert!(headers["x-robots-tag"].to_str().unwrap().contains("noindex"));
    assert!(!headers.contains_key(header::SET_COOKIE));
    assert!(form.contains("Apprendre") && form.contains("<form") && !form.contains("<script"));

    // Without words nothing is published, and the link still works.
    let (status, _, again) = rennes.ask(post(path, "what=refusal&reason=out-of-remit&text=+")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.contains("role=\"alert\""));
    let body = "what=answer&decision=accepted&text=%3Cb%3EOui%3C%2Fb%3E%2C+d%C3%A8s+2027.";
    let (status, _, _) = rennes.ask(post(path, body)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    // It is shown for what it is, its words are words, and it counts as nobody's own.
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("saisi par lien au nom de Éducation nationale"), "{page}");
    assert!(page.contains("&lt;b&gt;Oui&lt;/b&gt;, dès 2027."), "{page}");
    assert_eq!(story.status(rennes, 3).await, Status::Proposed);
    let answers = records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap();
    let document: Value = serde_json::from_str(&answers[0].document).unwrap();
    assert_eq!(document["parvis:enteredFor"], "https://www.education.example/");
    let node = actors::by_role(&app.db, "relay").await.unwrap().remove(0);
    assert_eq!((answers.len(), answers[0].author.as_str()), (1, node.uri.as_str()));

    // Once.
    rennes.ask(post(path, body)).await;
    assert_eq!(records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap().len(), 1);
    assert!(rennes.page(path).await.contains("Ce lien a servi"));
    // Over, taken back, or never made.
    let (taken, _) = invitations::create(app, operator, relay, 1).await.unwrap();
    assert_eq!(invitations::revoke(app, operator, relay).await.unwrap(), 1);
    let (late, _) = invitations::create(app, operator, relay, 1).await.unwrap();
    app.clock.advance(SignedDuration::from_hours(25));
    for link in [taken, late] {
        let path = link.as_str().strip_prefix(app.urls.base()).unwrap();
        for request in [Request::get(path).body(Body::empty()).unwrap(), post(path, body)] {
            let (status, _, text) = rennes.ask(request).await;
            assert!([StatusCode::GONE, StatusCode::SEE_OTHER].contains(&status), "{status} {text}");
        }
    }
    let (status, _, _) = rennes.ask(post("/relais/repondre/x", body)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap().len(), 1);
}
