//! Rows O: who speaks, and where.

use parvis::federation::signature::Refusal;
use serde_json::{Value, json};

use crate::{
    http_server::Reply,
    oracle::Verdict,
    world::{KEYS, World},
};

#[tokio::test]
async fn o01_o02_o22_f10_who_speaks_and_where() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let port = world.server.address.port();
    for id in [
        world.iri("evil", "/1").to_string(),
        format!("https://angers.localhost:{port}/1"),
        "http://angers.localhost/1".to_owned(),
    ] {
        world.refused(&good.clone().with("id", id), Refusal::WrongOrigin).await;
    }
    for ours in ["http://rennes.localhost:8101/actors/1", "http://rennes.localhost:8101/"] {
        world.refused(&good.clone().with("actor", ours), Refusal::OurActor).await;
    }
    let object = json!({"method": "POST", "id": world.iri("angers", "/a")});
    let cases = [
        ("id", Value::Null),
        ("id", json!("")),
        ("id", json!(["http://angers.localhost/1"])),
        ("id", json!(1)),
        ("id", json!("http://u@angers.localhost/1")),
        ("id", json!("http://angers.localhost\\@x/1")),
        ("id", json!("http://angers.localhost/\u{200b}")),
        ("id", json!("http://angers.localhost/a\tb")),
        ("id", object.clone()),
        ("actor", Value::Null),
        ("actor", object),
        ("actor", json!([])),
        ("type", Value::Null),
        ("type", json!(["Like", "Create"])),
    ];
    for (name, value) in cases {
        world.refused(&good.clone().with(name, value), Refusal::BadActivity).await;
    }
    // Mastodon names activities by fragments.
    let fragment = world.iri("angers", "/a#likes/1");
    world.accepted(&good.with("id", fragment.as_str())).await;
}

#[tokio::test]
async fn o28_o29_d04_what_is_not_plain_json() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let text = good.activity.to_string();
    let open = text.strip_suffix('}').unwrap();
    let cases = [
        (format!(r#"{open},"actor":"http://evil.localhost/x"}}"#), Refusal::DupKey),
        (format!(r#"{open},"x":{{"a":1,"a":2}}}}"#), Refusal::DupKey),
        (format!(r#"{open},"@id":"http://evil.localhost/x"}}"#), Refusal::Keyword),
        (format!(r#"{open},"x":[{{"@graph":[]}}]}}"#), Refusal::Keyword),
        (format!("{open},\"x\":{}{}}}", "[".repeat(100), "]".repeat(100)), Refusal::BadJson),
        (format!("{open},\"x\":[{}1]}}", "1,".repeat(400_000)), Refusal::BadJson),
        (format!("{open},\"x\":1e999999}}"), Refusal::BadJson),
        (format!("{open},\"x\":\"\\u0000\"}}"), Refusal::BadJson),
        (format!("[{text}]"), Refusal::BadJson),
        (format!("{text}{text}"), Refusal::BadJson),
        (String::new(), Refusal::BadJson),
    ];
    for (text, refusal) in cases {
        world.refused(&good.clone().text(text), refusal).await;
    }
    world.refused(&good.clone().text(b"{\"a\":\"\xff\"}".to_vec()), Refusal::BadJson).await;
    // A context may say what it likes: it is never fetched, and terms are read as they are written.
    let context = json!(["http://evil.localhost/context", {"actor": {"@id": "http://evil.localhost/#a", "@type": "@id"}}]);
    world.accepted(&good.with("@context", context)).await;
    assert!(!world.asked().iter().any(|asked| asked.starts_with("evil")));
}

#[tokio::test]
async fn o09_the_farewell_of_a_stranger_is_one_question() {
    let world = World::new().await;
    world.publish("brest", "/a", &KEYS[0]);
    world.accepted(&world.message("brest", "/a", &KEYS[0])).await;
    world.page("angers", "/a", Reply::new("410 Gone", &[], b""));
    let farewell = world.message("angers", "/a", &KEYS[0]).with("type", "Delete");
    let once = Verdict::from(Refusal::ActorGone).asking(["angers.localhost/a"]);
    world.refused(&farewell, once).await;
    world.refused(&farewell, Refusal::ActorGone).await;
    world.refused(&world.message("angers", "/a", &KEYS[0]), Refusal::KeyUnknown).await;
}

#[tokio::test]
async fn o15_o18_o21_an_actor_document_is_one_only_from_its_own_url() {
    let world = World::new().await;
    let document = |host: &str| world.actor(host, "/a", &KEYS[0]).to_string();
    let typed = |host: &str, content_type: &str| {
        Reply::new("200 OK", &[("Content-Type", content_type)], document(host).as_bytes())
    };
    let activity = [("Content-Type", "application/activity+json")];
    let cases = [
        ("html", typed("html", "text/html")),
        ("json", typed("json", "application/json")),
        ("untyped", Reply::new("200 OK", &[], document("untyped").as_bytes())),
        ("ld", typed("ld", "application/ld+json")),
        ("failing", Reply::new("500 Oops", &activity, document("failing").as_bytes())),
        ("forbidden", Reply::new("403 No", &activity, document("forbidden").as_bytes())),
        ("foreign", Reply::document(&document("victim"))),
        ("twice", Reply::document(&document("twice").replacen('{', r#"{"id":"x","#, 1))),
        ("long", Reply::document(&format!("{}{}", document("long"), " ".repeat(1024 * 1024)))),
    ];
    for (host, content_type) in [
        ("good-1", "APPLICATION/ACTIVITY+JSON ; charset=UTF-8"),
        ("good-2", r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#),
    ] {
        world.page(host, "/a", typed(host, content_type));
        world.accepted(&world.message(host, "/a", &KEYS[0])).await;
    }
    for (host, reply) in cases {
        world.page(host, "/a", reply);
        let message = world.message(host, "/a", &KEYS[0]);
        let verdict = Verdict::from(Refusal::KeyUnknown).asking([format!("{host}.localhost/a")]);
        world.refused(&message, verdict).await;
    }
}

#[tokio::test]
async fn o08_a_stranger_deletes_what_is_not_its_own() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    world.publish("evil", "/a", &KEYS[1]);
    let message = world.message("evil", "/a", &KEYS[1]).with("type", "Delete");
    let message = message.with("object", world.iri("angers", "/notes/1").as_str());
    // Its signature holds, so that its actor is known from now on; nothing else is.
    let once = Verdict::new(403, "forbidden").asking(["evil.localhost/a"]);
    world.refused(&message, once.changing(["actors", "hosts", "keys"])).await;
}
