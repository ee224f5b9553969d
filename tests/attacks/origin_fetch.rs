//! Rows O: what is fetched, and under which name.

use parvis::{
    federation::{actors, discover, signature::Refusal},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, LYON},
    http_server::Reply,
    message::Message,
    oracle::Verdict,
    world::{KEYS, World},
};

/// An actor that tells that it changed: it is fetched anew.
fn changed(city: &City) -> Message {
    city.says(ALICE, "Update", json!({"id": city.id(ALICE), "type": "Person", "name": "Forged"}))
}

fn unbelieved(asked: &[&str], rule: &'static str) -> Verdict {
    Verdict::new(400, rule).asking(asked.iter().map(ToString::to_string))
}

#[tokio::test]
async fn o16_o17_a_document_is_found_at_its_own_address_or_nowhere() {
    let city = City::new().await;
    city.accepted(&changed(&city)).await;
    let alice = city.actor("angers", "/alice", &KEYS[0]);
    let named = |path: &str| {
        let mut other = alice.clone();
        other["id"] = json!(city.iri("angers", path));
        Reply::document(&other.to_string())
    };
    let first = "angers.localhost/alice";
    // O16: another id of the same server is asked for once, and no further.
    city.page("angers", "/alice", named("/b"));
    let both = [first, "angers.localhost/b"];
    for (second, verdict) in [
        (named("/alice"), Verdict::new(400, "actor-document")),
        (named("/c"), Verdict::new(400, "actor-document")),
        (Reply::new("404 Not Found", &[], b""), Verdict::new(404, "not_found")),
    ] {
        city.page("angers", "/b", second);
        city.refused(&changed(&city), verdict.asking(both)).await;
    }
    // O15: of another server, or none.
    for id in [
        json!(city.id(EVE)),
        Value::Null,
        json!(""),
        json!([city.id(ALICE)]),
        json!(city.id(ALICE).join("#x")),
    ] {
        let mut other = alice.clone();
        other["id"] = id;
        city.page("angers", "/alice", Reply::document(&other.to_string()));
        city.refused(&changed(&city), unbelieved(&[first], "actor-document")).await;
    }
    // O17: elsewhere, whatever is said there.
    let evil = city.iri("evil", "/alice");
    city.page("evil", "/alice", Reply::document(&alice.to_string()));
    for to in [evil.as_str(), "https://angers.localhost/alice", "//evil.localhost/alice"] {
        city.page("angers", "/alice", Reply::new("302 Found", &[("Location", to)], b""));
        city.refused(&changed(&city), unbelieved(&[first], "actor-unreachable")).await;
    }
    // Two redirects are one too many; one within the server is followed, to the document of that address.
    city.page("angers", "/alice", Reply::new("302 Found", &[("Location", "/b")], b""));
    city.page("angers", "/b", Reply::new("302 Found", &[("Location", "/alice")], b""));
    city.refused(&changed(&city), unbelieved(&both, "actor-unreachable")).await;
    city.page("angers", "/alice", Reply::document(&alice.to_string()));
    city.accepted(&changed(&city)).await;
}

#[tokio::test]
async fn o18_o19_o21_o26_what_is_served_as_something_else_is_not_read() {
    let city = City::new().await;
    city.accepted(&changed(&city)).await;
    let alice = city.actor("angers", "/alice", &KEYS[0]).to_string();
    let typed = |status: &str, headers: &[(&str, &str)]| Reply::new(status, headers, alice.as_bytes());
    let first = "angers.localhost/alice";
    for kind in [
        "text/html",
        "image/png",
        "application/json",
        "text/plain",
        "application/octet-stream",
        "application/ld+json",
    ] {
        city.page("angers", "/alice", typed("200 OK", &[("Content-Type", kind)]));
        city.refused(&changed(&city), unbelieved(&[first], "actor-unreachable")).await;
    }
    let activity = ("Content-Type", "application/activity+json");
    for headers in [&[][..], &[activity, ("Content-Type", "text/html")]] {
        city.page("angers", "/alice", typed("200 OK", headers));
        city.refused(&changed(&city), unbelieved(&[first], "actor-unreachable")).await;
    }
    for status in ["403 Forbidden", "201 Created", "418 Teapot"] {
        city.page("angers", "/alice", typed(status, &[activity]));
        city.refused(&changed(&city), unbelieved(&[first], "actor-unreachable")).await;
    }
    city.page("angers", "/alice", typed("500 Oops", &[activity]));
    city.refused(&changed(&city), Verdict::new(400, "actor-unreachable").asking([first])).await;
    // O26: what is no actor.
    for kind in [json!("Note"), json!("Create"), json!(["Person", "Create"]), json!(["Person"]), Value::Null]
    {
        let mut other: Value = serde_json::from_str(&alice).unwrap();
        other["type"] = kind;
        city.page("angers", "/alice", Reply::document(&other.to_string()));
        city.refused(&changed(&city), unbelieved(&[first], "actor-document")).await;
    }
    for kind in [
        "APPLICATION/ACTIVITY+JSON ; charset=UTF-8",
        r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8"#,
    ] {
        city.page("angers", "/alice", typed("200 OK", &[("Content-Type", kind)]));
        city.accepted(&changed(&city)).await;
    }
}

#[tokio::test]
async fn o20_what_was_uploaded_is_never_a_document() {
    let city = City::new().await;
    let forged = city.proven(LYON, &city.answer(LYON, &city.theirs)).to_string();
    let types = [
        "application/activity+json",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        "application/json",
        "image/svg+xml",
        "text/html",
        "image/jpeg",
    ];
    for (number, media_type) in types.into_iter().enumerate() {
        let hash = parvis::domain::Hash::of(format!("{number}{forged}").as_bytes()).digits().to_owned();
        let file = storage::media::File {
            hash: hash.clone(),
            media_type: media_type.to_owned(),
            length: 0,
            bytes: forged.clone().into_bytes(),
            created_at: 0,
        };
        let mut tx = city.app.db.begin().await.unwrap();
        storage::media::put(&mut tx, &file).await.unwrap();
        tx.commit().await.unwrap();
        for accept in ["application/activity+json", "application/ld+json", "*/*"] {
            let request = axum::extract::Request::get(format!("/media/{hash}")).header("accept", accept);
            let request = request.header("host", "rennes.localhost:8101").body(axum::body::Body::empty());
            let answer = city.ask(request.unwrap()).await;
            let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
            let shown = media_type == "image/jpeg";
            let expected = if shown { "image/jpeg" } else { "application/octet-stream" };
            assert_eq!(
                (answer.status.as_u16(), header("content-type").as_str()),
                (200, expected),
                "{media_type}"
            );
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("content-disposition"), if shown { "inline" } else { "attachment" });
        }
    }
}

#[tokio::test]
async fn o23_a_name_is_an_actors_only_when_its_server_says_so() {
    let city = City::new().await;
    let port = city.server.address.port();
    let account = |user: &str, host: &str| format!("acct:{user}@{host}.localhost:{port}");
    let path = |user: &str, host: &str| {
        let resource: String = url::form_urlencoded::byte_serialize(account(user, host).as_bytes()).collect();
        format!("/.well-known/webfinger?resource={resource}")
    };
    let answer = |subject: String, actors: &[parvis::domain::Iri]| {
        let links: Vec<Value> = actors
            .iter()
            .map(|actor| json!({"rel": "self", "type": "application/activity+json", "href": actor}))
            .collect();
        let body = json!({"subject": subject, "links": links}).to_string();
        Reply::new("200 OK", &[("Content-Type", "application/jrd+json")], body.as_bytes())
    };
    let (alice, eve) = (city.id(ALICE), city.id(EVE));
    let name = format!("@alice@angers.localhost:{port}");
    let found = async || discover::actor(&city.app, &name).await.map(|actor| actor.uri);
    let before = city.state.read().await;
    let there = path("alice", "angers");
    for reply in [
        // Another name than the one asked for.
        answer(account("mallory", "angers"), std::slice::from_ref(&alice)),
        answer("https://angers.localhost/".to_owned(), std::slice::from_ref(&alice)),
        answer(String::new(), std::slice::from_ref(&alice)),
        // Two actors, or none.
        answer(account("alice", "angers"), &[alice.clone(), city.id(crate::city::MALLORY)]),
        answer(account("alice", "angers"), &[]),
        // An actor elsewhere that does not know of it.
        answer(account("alice", "angers"), std::slice::from_ref(&eve)),
    ] {
        city.page("angers", &there, reply);
        assert!(found().await.is_err());
        assert_eq!(city.state.read().await, before, "nothing is stored");
    }
    // An actor elsewhere that gives itself another name there.
    city.page("angers", &there, answer(account("alice", "angers"), std::slice::from_ref(&eve)));
    city.page("evil", &path("alice", "angers"), answer(account("eve", "evil"), std::slice::from_ref(&eve)));
    assert!(found().await.is_err());
    assert_eq!(city.state.read().await, before);
    // The same name at both is believed; and so is a server of its own actors, whatever domain it gives.
    city.page(
        "evil",
        &path("alice", "angers"),
        answer(account("alice", "angers"), std::slice::from_ref(&eve)),
    );
    assert_eq!(found().await.unwrap(), eve.as_str());
    city.page("angers", &there, answer("acct:alice@angers.example".to_owned(), std::slice::from_ref(&alice)));
    assert_eq!(found().await.unwrap(), alice.as_str());
}

#[tokio::test]
async fn o24_o25_an_actor_is_reached_at_its_own_server() {
    let world = World::new().await;
    world.publish("brest", "/a", &KEYS[0]);
    world.accepted(&world.message("brest", "/a", &KEYS[0])).await;
    let with = |host: &str, name: &str, value: Value| {
        let mut actor = world.actor(host, "/a", &KEYS[0]);
        actor[name] = value;
        world.page(host, "/a", Reply::document(&actor.to_string()));
        world.message(host, "/a", &KEYS[0])
    };
    let elsewhere = [
        json!(world.iri("evil", "/inbox")),
        json!("http://127.0.0.1/inbox"),
        json!("javascript:alert(1)"),
        json!({"method": "POST", "href": world.iri("evil", "/inbox")}),
        json!([world.iri("evil", "/inbox")]),
        json!(format!("{}/inbox", crate::world::OURS)),
    ];
    for (number, value) in elsewhere.into_iter().enumerate() {
        let host = format!("a{number}");
        let verdict = Verdict::from(Refusal::KeyUnknown).asking([format!("{host}.localhost/a")]);
        world.refused(&with(&host, "inbox", value.clone()), verdict).await;
        for name in ["outbox", "followers", "sharedInbox", "url"] {
            let host = format!("b{number}-{}", name.to_lowercase());
            world.accepted(&with(&host, name, value.clone())).await;
            let id = world.iri(&host, "/a");
            let stored = storage::actors::get(&world.app.db, id.as_str()).await.unwrap().unwrap();
            let kept = match name {
                "outbox" => stored.outbox.clone(),
                "followers" => stored.followers.clone(),
                "url" => stored.url.clone(),
                _ => stored.shared_inbox.clone(),
            };
            assert_eq!(kept, None, "{name} {value}");
            assert_eq!(stored.delivery_inbox(), id.join("/inbox").as_str());
        }
    }
}

#[tokio::test]
async fn o27_o28_other_proofs_and_contexts_say_nothing() {
    let city = City::new().await;
    let answer = city.proven(LYON, &city.answer(LYON, &city.theirs));
    city.accepted(&city.says(LYON, "Create", answer.clone())).await;
    // A proof of another suite, of another purpose, or several.
    let other = |change: &dyn Fn(&mut Value)| {
        let mut other = city.proven(LYON, &city.answer(LYON, &city.theirs));
        change(&mut other["proof"]);
        city.says(LYON, "Create", other)
    };
    for change in [
        &(|proof: &mut Value| proof["cryptosuite"] = json!("eddsa-rdfc-2022")) as &dyn Fn(&mut Value),
        &|proof| proof["type"] = json!("RsaSignature2017"),
        &|proof| proof["proofPurpose"] = json!("authentication"),
        &|proof| *proof = json!([proof.clone(), proof.clone()]),
        &|proof| *proof = json!("yes"),
        &|proof| proof["@context"] = json!(["https://evil.example/context"]),
        &|proof| proof["created"] = json!("2026-03-09T07:59:59Z"),
        &|proof| proof["proofValue"] = json!("z11111"),
    ] {
        city.refused(&other(change), Verdict::new(400, "proof")).await;
    }
    // Re-arranged, and terms that make a document say something else.
    for keyword in ["@graph", "@reverse", "@included", "@id", "@type"] {
        let mut hidden = city.answer(LYON, &city.theirs);
        hidden[keyword] = json!([{"parvis:decision": "parvis:refused"}]);
        city.refused(&city.says(LYON, "Create", hidden), Refusal::Keyword).await;
    }
    let mut renamed = city.answer(LYON, &city.theirs);
    renamed["@context"] =
        json!(["https://evil.example/context", {"parvis:decision": {"@id": "https://evil.example/#x"}}]);
    let renamed = city.proven(LYON, &renamed);
    city.accepted(&city.says(LYON, "Create", renamed.clone())).await;
    let row = city.record(&renamed).await.unwrap();
    assert_eq!(row.decision.as_deref(), Some("parvis:accepted"), "terms are read as they are written");
    // A signature of linked data opens nothing and spoils nothing.
    let mut signed = city.says(ALICE, "Create", city.note(ALICE, &city.ours, "Oui"));
    signed.activity["signature"] =
        json!({"type": "RsaSignature2017", "creator": city.id(EVE), "signatureValue": "AAAA"});
    city.accepted(&signed).await;
    let mut lent = city.says(EVE, "Create", city.note(ALICE, &city.ours, "Non"));
    lent.activity["signature"] =
        json!({"type": "RsaSignature2017", "creator": city.id(ALICE), "signatureValue": "AAAA"});
    city.refused(
        &lent,
        Verdict::new(403, "forbidden").changing(["actors", "keys", "hosts"]).asking(["evil.localhost/eve"]),
    )
    .await;
}

#[tokio::test]
async fn o30_there_is_one_spelling_of_a_name() {
    let world = World::new().await;
    world.publish("angers", "/alice", &KEYS[0]);
    let good = world.message("angers", "/alice", &KEYS[0]);
    world.accepted(&good).await;
    let port = world.server.address.port();
    for spelling in [
        format!("http://ANGERS.localhost:{port}/alice"),
        format!("HTTP://angers.localhost:{port}/alice"),
        format!("http://angers.localhost.:{port}/alice"),
        format!("http://angers.localhost:0{port}/alice"),
        format!("http://angers.localhost:{port}/./alice"),
        format!("http://angers.localhost:{port}/x/../alice"),
        format!("http://angers.localhost:{port}/alicé"),
        format!("http://angers.localhost:{port}/alice\u{301}"),
        format!("http://angërs.localhost:{port}/alice"),
        "https://angers.localhost:443/alice".to_owned(),
        "http://angers.localhost:80/alice".to_owned(),
    ] {
        world.refused(&good.clone().with("actor", spelling.as_str()), Refusal::BadActivity).await;
    }
    // An escape makes another id, which its server does not know by that name.
    let escaped = world.iri("angers", "/%61lice");
    let reply = Reply::document(&world.actor("angers", "/alice", &KEYS[0]).to_string());
    world.page("angers", "/%61lice", reply);
    let other = good.clone().with("actor", escaped.as_str()).key_id(escaped.join("#main-key"));
    let asked = Verdict::from(Refusal::KeyUnknown).asking(["angers.localhost/%61lice"]);
    world.refused(&other, asked).await;
    // What is blocked is blocked by that one name.
    let host = format!("angers.localhost:{port}");
    let operator = parvis::actions::Operator::cli("test").because("test");
    parvis::actions::peers::set_policy(&world.app, &operator, &host.to_uppercase(), "blocked").await.unwrap();
    world.refused(&good, Refusal::Blocked).await;
    let named = actors::fetch(&world.app, &world.iri("angers", "/%61lice")).await.unwrap();
    assert_eq!(named.actor.uri, world.iri("angers", "/alice").as_str(), "its server says which it is");
}
