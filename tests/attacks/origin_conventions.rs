//! Rows O: who asks to be in a convention, who rules on it, what is in it.

use parvis::{
    actions::{Operator, conventions, take_part},
    domain::{Hash, Iri, convention::Standing},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{City, EVE, LYON, NEIGHBOUR, Who, document, official},
    http_server::Reply,
    message::Message,
    oracle::Verdict,
    world::OURS,
};

/// The Group of a convention that the city hall of Lyon hosts.
const GROUP: Who = ("lyon", "/ia", 2);

/// One of our own.
const CONVENTION: &str = r#"
[[conventions]]
ref = "ia"
title = "Convention"
text = "Ensemble."
charter = "Publier ses réponses."
contact = "convention@rennes.example"
on = "2023-02"
"#;

fn forbidden() -> Verdict {
    Verdict::new(403, "forbidden")
}

/// Our city hosts a convention: its Group. Everybody elsewhere signs what they say.
async fn hosted(city: &City) -> Iri {
    for who in [EVE, NEIGHBOUR] {
        city.page(who.0, who.1, Reply::document(&official(city, who).to_string()));
    }
    city.publish(CONVENTION).await;
    let group = storage::actors::by_handle(&city.app.db, "convention_ia").await.unwrap().expect("its Group");
    Iri::parse(&group.uri).unwrap()
}

fn adhesion(city: &City, who: Who, group: &Iri) -> Value {
    let charter = Hash::of("Publier ses réponses.".as_bytes());
    let terms = json!({ "parvis:kind": "parvis:Adhesion", "parvis:convention": group, "parvis:charterHash": charter });
    let adhesion = city.signed(who, None, &terms);
    city.serves(who, &adhesion, &adhesion);
    adhesion
}

fn contribution(city: &City, who: Who, group: &Iri, of: &Iri) -> Value {
    let hash = Hash::of(b"what is contributed");
    let terms = json!({ "parvis:kind": "parvis:Contribution", "parvis:convention": group, "audience": group,
        "parvis:concerns": [of], "parvis:hash": hash });
    city.signed(who, None, &terms)
}

fn ruling(city: &City, who: Who, kind: &str, group: &Iri, adhesion: &Iri) -> Value {
    let terms = json!({ "parvis:kind": kind, "parvis:convention": group, "parvis:concerns": [adhesion],
        "parvis:reason": "parvis:other" });
    let ruling = city.signed(who, Some(adhesion), &terms);
    city.serves(who, &ruling, &ruling);
    ruling
}

fn id(record: &Value) -> Iri {
    Iri::parse(record["id"].as_str().expect("an id")).unwrap()
}

fn join(city: &City, who: Who, group: &Iri, adhesion: &Value) -> Message {
    city.says(who, "Join", json!(group)).with("to", json!([group])).with("result", adhesion["id"].clone())
}

/// Where a council stands in the convention of that name.
async fn standing(city: &City, council: &Iri) -> Option<Standing> {
    let known = conventions::named(&city.app, "ia").await.unwrap();
    known.members.iter().find(|member| member.council == *council).map(|member| member.standing)
}

/// What our Group said and has in its collection.
async fn said(city: &City, group: &Iri) -> (i64, String) {
    let listed = city.get(&format!("{}/contributions", &group.as_str()[OURS.len()..])).await.body;
    (storage::outbox::count(&city.app.db, group.as_str()).await.unwrap(), listed)
}

#[tokio::test]
async fn o42_a_council_asks_for_itself_alone() {
    let city = City::new().await;
    let group = hosted(&city).await;
    city.meet(&[EVE, LYON, NEIGHBOUR]).await;
    let good = adhesion(&city, LYON, &group);
    let there = city.serves(LYON, &good, &good);
    city.refused(&join(&city, EVE, &group, &good), forbidden()).await;
    city.refused(&join(&city, NEIGHBOUR, &group, &good), forbidden().asking([there])).await;
    // To another convention, or another record.
    let elsewhere = adhesion(&city, LYON, &city.id(GROUP));
    let there = city.serves(LYON, &elsewhere, &elsewhere);
    city.refused(&join(&city, LYON, &group, &elsewhere), forbidden().asking([there])).await;
    let other = contribution(&city, LYON, &group, &city.id(LYON).join("/avis/1"));
    let there = city.serves(LYON, &other, &other);
    city.refused(&join(&city, LYON, &group, &other), forbidden().asking([there])).await;
    // Withdrawn, altered since it was signed, or never signed.
    let gone = adhesion(&city, LYON, &group);
    let there = city.serves(LYON, &gone, &city.ended(LYON, &gone));
    let verdict = Verdict::new(404, "not_found").asking([there]);
    city.refused(&join(&city, LYON, &group, &gone), verdict).await;
    for unsigned in [false, true] {
        let mut touched = adhesion(&city, LYON, &group);
        touched["content"] = json!("<p>Autre chose.</p>");
        if unsigned {
            touched.as_object_mut().unwrap().remove("proof");
        }
        let there = city.serves(LYON, &touched, &touched);
        let verdict = Verdict::new(400, "proof").asking([there]);
        city.refused(&join(&city, LYON, &group, &touched), verdict).await;
    }
    // What is no convention of ours; without an adhesion, or with several.
    for other in [&city.council, &city.avis, &city.id(GROUP)] {
        city.ignored(&join(&city, LYON, other, &good), &[]).await;
    }
    city.ignored(&city.says(LYON, "Join", json!(group)), &[]).await;
    let several = join(&city, LYON, &group, &good).with("result", json!([good["id"], elsewhere["id"]]));
    city.ignored(&several, &[]).await;

    city.accepted(&join(&city, LYON, &group, &good)).await;
    assert_eq!(standing(&city, &city.id(LYON)).await, Some(Standing::Asked));
    city.ignored(&join(&city, LYON, &group, &good), &[]).await;
    city.refused(&join(&city, NEIGHBOUR, &group, &good), forbidden()).await;
}

/// Lyon hosts a convention, and our council asked to be in it: its adhesion, and our Join.
async fn asked(city: &City) -> (Iri, Value) {
    let (host, group) = (city.id(LYON), city.id(GROUP));
    let mut actor = official(city, GROUP);
    actor["type"] = json!("Group");
    actor["parvis:host"] = json!(host);
    city.page(GROUP.0, GROUP.1, Reply::document(&actor.to_string()));
    city.page(NEIGHBOUR.0, NEIGHBOUR.1, Reply::document(&official(city, NEIGHBOUR).to_string()));
    city.follows(&host).await;
    city.meet(&[EVE, LYON, NEIGHBOUR, GROUP]).await;
    city.accepted(&city.says(LYON, "Create", convention(city, LYON, &group))).await;
    let known = conventions::named(&city.app, "ia").await.expect("the convention of Lyon");
    assert_eq!(known.host(), host.as_str());
    let adhesion = take_part::join(&city.app, &Operator::cli("test"), &known, "conseil", "").await.unwrap();
    let sent = storage::outbox::of_object(&city.app.db, group.as_str()).await.unwrap();
    let join = sent.iter().find(|sent| sent.kind == "Join").expect("our Join");
    (adhesion.id, json!(join.activity))
}

fn convention(city: &City, who: Who, group: &Iri) -> Value {
    let charter = "Publier ses réponses.";
    let terms = json!({ "parvis:kind": "parvis:Convention", "parvis:convention": group,
        "parvis:charterText": charter, "parvis:charterHash": Hash::of(charter.as_bytes()),
        "url": format!("{}/conventions/ia", city.id(who).origin()) });
    city.signed(who, None, &terms)
}

#[tokio::test]
async fn o43_a_convention_answers_by_its_group_and_rules_by_its_host() {
    let city = City::new().await;
    let (adhesion, join) = asked(&city).await;
    let group = city.id(GROUP);
    let state = async || {
        let asked = storage::offers::get(&city.app.db, adhesion.as_str(), group.as_str()).await.unwrap();
        asked.expect("what we asked").state
    };
    let good = ruling(&city, LYON, "parvis:Admission", &group, &adhesion);
    let answers = |who: Who, kind: &str, ruling: &Value| {
        city.says(who, kind, join.clone()).with("result", ruling["id"].clone())
    };
    // By somebody else, the host itself included; or to what we never sent.
    for kind in ["Accept", "Reject"] {
        for who in [EVE, NEIGHBOUR, LYON] {
            city.refused(&answers(who, kind, &good), forbidden()).await;
            city.refused(&city.says(who, kind, join.clone()), forbidden()).await;
        }
        let never = city.says(GROUP, kind, json!(format!("{OURS}/activities/never")));
        city.refused(&never, forbidden()).await;
    }
    // By the Group, with a ruling that is none: another's, of another server, on another request, or the contrary.
    let elsewhere = ruling(&city, EVE, "parvis:Admission", &group, &adhesion);
    city.refused(&answers(GROUP, "Accept", &elsewhere), forbidden()).await;
    let neighbours = ruling(&city, NEIGHBOUR, "parvis:Admission", &group, &adhesion);
    let groups = ruling(&city, GROUP, "parvis:Admission", &group, &adhesion);
    let of_another = ruling(&city, LYON, "parvis:Admission", &group, &city.avis);
    let refusal = ruling(&city, LYON, "parvis:Refusal", &group, &adhesion);
    for (who, ruling) in [(NEIGHBOUR, neighbours), (GROUP, groups), (LYON, of_another), (LYON, refusal)] {
        let there = city.serves(who, &ruling, &ruling);
        city.refused(&answers(GROUP, "Accept", &ruling), forbidden().asking([there])).await;
        assert!(city.record(&ruling).await.is_none(), "nothing of it is kept");
    }
    let there = city.serves(LYON, &good, &good);
    city.refused(&answers(GROUP, "Reject", &good), forbidden().asking([there])).await;
    assert_eq!(
        (state().await.as_str(), standing(&city, &city.council).await),
        ("offered", Some(Standing::Asked))
    );

    city.accepted(&answers(GROUP, "Accept", &good)).await;
    assert_eq!(
        (state().await.as_str(), standing(&city, &city.council).await),
        ("accepted", Some(Standing::Member))
    );
}

#[tokio::test]
async fn o44_nobody_admits_itself_and_only_members_contribute_what_is_their_own() {
    let city = City::new().await;
    let group = hosted(&city).await;
    city.meet(&[EVE, LYON, NEIGHBOUR]).await;
    for who in [EVE, LYON] {
        city.follows(&city.id(who)).await;
        city.accepted(&join(&city, who, &group, &adhesion(&city, who, &group))).await;
    }
    let before = said(&city, &group).await;
    // Whoever is no host rules on nothing, and whoever is no member brings nothing.
    let known = conventions::named(&city.app, "ia").await.unwrap();
    let of = |council: &Iri| {
        known.members.iter().find(|member| member.council == *council).expect("asked").adhesion.clone()
    };
    for who in [EVE, NEIGHBOUR, LYON] {
        let admission = ruling(&city, who, "parvis:Admission", &group, &of(&city.id(EVE)));
        city.accepted(&city.says(who, "Create", admission.clone())).await;
        assert_eq!(city.record(&admission).await.expect("in the register, as what it is").proof, "valid");
        assert_eq!(standing(&city, &city.id(EVE)).await, Some(Standing::Asked));
        let refusal = ruling(&city, who, "parvis:Refusal", &group, &of(&city.id(LYON)));
        city.accepted(&city.says(who, "Create", refusal)).await;
        assert_eq!(standing(&city, &city.id(LYON)).await, Some(Standing::Asked));
    }
    let hers = contribution(&city, EVE, &group, &city.id(EVE).join("/avis/1"));
    city.accepted(&city.says(EVE, "Create", hers.clone())).await;
    city.accepted(&city.says(EVE, "Delete", city.ended(EVE, &hers))).await;
    city.accepted(&city.says(EVE, "Create", contribution(&city, EVE, &group, &city.id(EVE)))).await;
    for kind in ["Add", "Remove"] {
        let forged =
            city.says(EVE, kind, hers["id"].clone()).with("target", json!(group.join("/contributions")));
        city.ignored(&forged, &[]).await;
    }
    assert_eq!(said(&city, &group).await, before, "our Group says nothing, and has nothing");

    // A member: what is another's stays out.
    let operator = Operator::cli("test");
    take_part::admit(&city.app, &operator, &known, of(&city.id(LYON)).as_str(), "").await.unwrap();
    assert_eq!(standing(&city, &city.id(LYON)).await, Some(Standing::Member));
    let before = said(&city, &group).await;
    let ours = city.says(LYON, "Create", contribution(&city, LYON, &group, &city.avis));
    city.refused(&ours, Verdict::new(400, "other-origin")).await;
    let neighbours = adhesion(&city, NEIGHBOUR, &group);
    city.accepted(&city.says(NEIGHBOUR, "Create", neighbours.clone())).await;
    let brought = contribution(&city, LYON, &group, &id(&neighbours));
    city.accepted(&city.says(LYON, "Create", brought.clone())).await;
    assert_eq!(said(&city, &group).await.0, before.0, "nothing is said of what is a neighbour's");
    assert_eq!(city.boosts(&neighbours).await, 0);

    // Its own: in the collection, boosted; and taken back by itself alone.
    let own = contribution(&city, LYON, &group, &city.id(LYON).join("/avis/1"));
    city.accepted(&city.says(LYON, "Create", own.clone())).await;
    let (after, listed) = said(&city, &group).await;
    assert_eq!(after, before.0 + 2, "Add, and the boost");
    assert!(listed.contains(own["id"].as_str().unwrap()), "{listed}");
    for who in [EVE, NEIGHBOUR] {
        let target = json!(group.join("/contributions"));
        city.ignored(&city.says(who, "Remove", own["id"].clone()).with("target", target), &[]).await;
        city.refused(&city.says(who, "Delete", city.ended(LYON, &own)), forbidden()).await;
    }
    assert_eq!(said(&city, &group).await, (after, listed));
    city.accepted(&city.says(LYON, "Delete", city.ended(LYON, &own))).await;
    assert_eq!(said(&city, &group).await.0, after + 1, "Remove");
}

#[tokio::test]
async fn o45_a_convention_is_what_its_host_says_it_is() {
    let city = City::new().await;
    let _ = asked(&city).await;
    let true_one = conventions::named(&city.app, "ia").await.unwrap().row.uri;
    city.page(EVE.0, EVE.1, Reply::document(&official(&city, EVE).to_string()));
    city.follows(&city.id(EVE)).await;
    // A neighbour of its Group, which names another host.
    let neighbours = convention(&city, NEIGHBOUR, &city.id(GROUP));
    city.accepted(&city.says(NEIGHBOUR, "Create", neighbours.clone())).await;
    assert_eq!(city.record(&neighbours).await.expect("in the register, as what it is").proof, "valid");
    let known = conventions::named(&city.app, "ia").await.unwrap();
    assert_eq!((known.row.uri.as_str(), known.host()), (true_one.as_str(), city.id(LYON).as_str()));
    assert_eq!(conventions::all(&city.app).await.unwrap().len(), 1);
    // Of a Group that nobody knows, or that is on another server, ours among them.
    let unknown = convention(&city, EVE, &city.id(EVE).join("/groups/1"));
    city.accepted(&city.says(EVE, "Create", unknown)).await;
    assert_eq!(conventions::all(&city.app).await.unwrap().len(), 1);
    for group in [&city.id(GROUP), &city.council] {
        let forged = convention(&city, EVE, group);
        city.refused(&city.says(EVE, "Create", forged), Verdict::new(400, "other-origin")).await;
    }
    // Another charter than the one that members take on.
    let mut other = convention(&city, LYON, &city.id(GROUP));
    other["parvis:charterText"] = json!("Ne rien publier.");
    let other = city.proven(LYON, &Value::Object(document(&other).clone()));
    city.refused(&city.says(LYON, "Create", other), Verdict::new(400, "charter-hash")).await;
}
