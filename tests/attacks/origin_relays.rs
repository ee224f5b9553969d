//! Rows O: relays offered to us, what others make of ours, and what comes back down.

use parvis::{
    domain::{Iri, codes::Status},
    storage::{self, offers::Offer, records::Page},
};
use serde_json::{Value, json};

use crate::{
    city::{City, EVE, LYON, NEIGHBOUR, Who},
    http_server::Reply,
    message::Message,
    oracle::Verdict,
    world::OURS,
};

fn forbidden() -> Verdict {
    Verdict::new(403, "forbidden")
}

/// A relay of our avis, at its author's server.
fn relay(city: &City, who: Who, to: &Iri, concerns: &Iri) -> Value {
    let terms = json!({ "parvis:kind": "parvis:Relay", "parvis:concerns": [concerns], "parvis:relayTo": to });
    let relay = city.signed(who, Some(concerns), &terms);
    city.serves(who, &relay, &relay);
    relay
}

fn path(record: &Value) -> &str {
    let id = record["id"].as_str().expect("an id");
    let (_, rest) = id.split_once("://").expect("a scheme");
    &rest[rest.find('/').expect("a path")..]
}

/// An Offer of a relay to a body.
fn offer(city: &City, who: Who, relay: &Value, to: &Iri) -> Message {
    city.says(who, "Offer", relay["id"].clone())
        .with("to", json!([to]))
        .with("target", json!(to.join("/intake")))
}

async fn mairie(city: &City) -> Iri {
    let actor = storage::actors::by_role(&city.app.db, "mairie").await.unwrap().remove(0);
    Iri::parse(&actor.uri).unwrap()
}

#[tokio::test]
async fn o37_a_relay_is_offered_by_its_author_to_whom_it_names() {
    let city = City::new().await;
    city.meet(&[EVE, LYON, NEIGHBOUR]).await;
    let body = mairie(&city).await;
    let good = relay(&city, LYON, &body, &city.avis);
    let there = |record: &Value| format!("lyon.localhost{}", path(record));
    city.refused(&offer(&city, EVE, &good, &body), forbidden()).await;
    city.refused(&offer(&city, NEIGHBOUR, &good, &body), forbidden().asking([there(&good)])).await;
    let elsewhere = relay(&city, LYON, &city.id(EVE), &city.avis);
    city.refused(&offer(&city, LYON, &elsewhere, &body), forbidden().asking([there(&elsewhere)])).await;
    let question = relay(&city, LYON, &body, &city.question);
    city.refused(&offer(&city, LYON, &question, &body), forbidden().asking([there(&question)])).await;
    // Withdrawn, or altered since it was signed.
    let gone = relay(&city, LYON, &body, &city.avis);
    city.page(LYON.0, path(&gone), Reply::new("410 Gone", &[], b""));
    let verdict = Verdict::new(404, "not_found").asking([there(&gone)]);
    city.refused(&offer(&city, LYON, &gone, &body), verdict).await;
    let mut altered = relay(&city, LYON, &body, &city.avis);
    altered["content"] = json!("<p>Autre chose.</p>");
    city.serves(LYON, &altered, &altered);
    let verdict = Verdict::new(400, "proof").asking([there(&altered)]);
    city.refused(&offer(&city, LYON, &altered, &body), verdict).await;
    // To nobody here, or embedded: nothing is done with it.
    city.ignored(&offer(&city, LYON, &good, &city.id(EVE)), &[]).await;
    city.ignored(&offer(&city, LYON, &good, &city.council), &[]).await;
    city.ignored(&city.says(LYON, "Offer", good.clone()).with("to", json!([body])), &[]).await;

    city.accepted(&offer(&city, LYON, &good, &body)).await;
    assert_eq!(city.record(&good).await.expect("held").proof, "valid");
    let kept = storage::offers::to_us(&city.app.db, None, 9).await.unwrap();
    assert_eq!((kept.len(), kept[0].state.as_str()), (1, "received"));
    // Again, under another id: it is there.
    city.ignored(&offer(&city, LYON, &good, &body), &[]).await;
    city.refused(&offer(&city, NEIGHBOUR, &good, &body), forbidden()).await;
}

/// Our relay of the first recommendation to Lyon, and our Offer of it.
async fn ours(city: &City) -> (Iri, Value) {
    city.publish(&format!("[[relays]]\nrecommendation = \"conseil/a1/r1\"\nto = \"{}\"\n", city.id(LYON)))
        .await;
    let row = storage::records::by_kind_ours(&city.app.db, "Relay", &Page::first(1)).await.unwrap().remove(0);
    let made = Offer {
        relay: row.uri.clone(),
        body: city.id(LYON).to_string(),
        sender: row.author,
        offer: format!("{OURS}/activities/offer"),
        ours: true,
        state: "offered".to_owned(),
        host: city.id(LYON).host().to_owned(),
        at: 0,
        changed_at: 0,
    };
    let mut tx = city.app.db.begin().await.unwrap();
    storage::offers::put(&mut tx, &made).await.unwrap();
    tx.commit().await.unwrap();
    (Iri::parse(&row.uri).unwrap(), json!(made.offer))
}

async fn state(city: &City) -> String {
    let offer = storage::offers::by_offer(&city.app.db, &format!("{OURS}/activities/offer")).await.unwrap();
    offer.expect("our offer").state
}

#[tokio::test]
async fn o12_only_the_body_we_offered_to_answers() {
    let city = City::new().await;
    let (relay, offer) = ours(&city).await;
    city.meet(&[EVE, LYON, NEIGHBOUR]).await;
    let receipt = |who: Who, kind: &str, about: &Iri| {
        let terms = json!({ "parvis:kind": kind, "parvis:concerns": [about], "parvis:relay": about });
        city.signed(who, Some(about), &terms)
    };
    let good = receipt(LYON, "parvis:Receipt", &relay);
    for kind in ["TentativeAccept", "Accept", "Reject"] {
        for who in [EVE, NEIGHBOUR] {
            let own = receipt(who, "parvis:Receipt", &relay);
            for result in [Value::Null, good.clone(), own] {
                city.refused(&city.says(who, kind, offer.clone()).with("result", result), forbidden()).await;
            }
        }
        let never = json!(format!("{OURS}/activities/never"));
        city.refused(&city.says(LYON, kind, never), forbidden()).await;
    }
    // Of another, of another kind, about something else.
    let wrong = [
        receipt(NEIGHBOUR, "parvis:Receipt", &relay),
        receipt(LYON, "parvis:Answer", &relay),
        receipt(LYON, "parvis:Receipt", &city.avis),
    ];
    for result in wrong {
        city.refused(&city.says(LYON, "Accept", offer.clone()).with("result", result), forbidden()).await;
    }
    assert_eq!(state(&city).await, "offered");
    city.accepted(&city.says(LYON, "TentativeAccept", offer.clone())).await;
    assert_eq!(state(&city).await, "received");
    city.accepted(&city.says(LYON, "Accept", offer.clone()).with("result", good.clone())).await;
    assert_eq!((state(&city).await.as_str(), city.record(&good).await.is_some()), ("accepted", true));
    // What is automatic takes nothing back.
    city.accepted(&city.says(LYON, "TentativeAccept", offer)).await;
    assert_eq!(state(&city).await, "accepted");
}

#[tokio::test]
async fn o38_what_comes_down_is_the_word_of_the_body_alone() {
    let city = City::new().await;
    let (relay, _) = ours(&city).await;
    city.meet(&[EVE, LYON, NEIGHBOUR]).await;
    let before = city.statuses().await;
    let answer = |who: Who, relay: &Iri| {
        let terms = json!({
            "parvis:kind": "parvis:Answer", "parvis:concerns": [city.ours], "parvis:relay": relay,
            "parvis:decision": "parvis:accepted",
        });
        city.signed(who, Some(&city.ours), &terms)
    };
    for who in [EVE, NEIGHBOUR] {
        let said = answer(who, &relay);
        city.accepted(&city.says(who, "Create", said.clone())).await;
        assert!(city.record(&said).await.is_none(), "no record");
        assert_eq!(city.reply(&said).await.expect("a reply").state, "held");
        assert_eq!(city.boosts(&said).await, 0);
    }
    let unknown = city.id(EVE).join("/relais/1");
    city.refused(&city.says(EVE, "Create", answer(EVE, &unknown)), Verdict::new(404, "not_found")).await;
    // The body itself: its word is there at once, and counts once it acknowledged.
    let said = answer(LYON, &relay);
    city.accepted(&city.says(LYON, "Create", said.clone())).await;
    assert_eq!(city.record(&said).await.expect("a record").proof, "valid");
    assert_eq!((city.statuses().await, city.boosts(&said).await), (before, 0));
    let terms = json!({ "parvis:kind": "parvis:Receipt", "parvis:concerns": [relay], "parvis:relay": relay });
    city.accepted(&city.says(LYON, "Create", city.signed(LYON, Some(&relay), &terms))).await;
    assert!(city.statuses().await.contains(&Status::Accepted));
    let again = answer(LYON, &relay);
    city.accepted(&city.says(LYON, "Create", again.clone())).await;
    assert_eq!(city.boosts(&again).await, 1, "the council boosts who may speak");
}

#[tokio::test]
async fn o39_a_flood_of_offers_ends() {
    let city = City::new().await;
    city.meet(&[LYON, EVE]).await;
    let body = mairie(&city).await;
    let good = relay(&city, LYON, &body, &city.avis);
    let nothing = json!({ "id": city.fresh(LYON, "nothing") });
    for _ in 0..50 {
        city.send(&offer(&city, LYON, &nothing, &body)).await;
    }
    city.refused(&offer(&city, LYON, &good, &body), forbidden()).await;
    let theirs = relay(&city, EVE, &body, &city.avis);
    let answer = city.send(&offer(&city, EVE, &theirs, &body)).await;
    assert_ne!(answer.status, 403, "another server is not concerned");
}
