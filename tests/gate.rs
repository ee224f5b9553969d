//! The inbox gate, attacked: rows of threats tables S, O, D and F against the whole gate of a node with its
//! database, while other servers answer on loopback. Each test first sends the message without its fault.

#[path = "support/gate.rs"]
mod gate;
#[path = "support/http.rs"]
mod http_server;

use std::time::Duration;

use gate::{ALONE, KEYS, World};
use http_server::Reply;
use jiff::SignedDuration;
use parvis::{
    domain::Iri,
    federation::signature::{Form, Refusal},
    storage,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_stranger_is_asked_for_once_and_let_in() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]);
    let before = world.state().await;
    assert_eq!(world.state().await, before);
    let admitted = world.admitted(&message).await;
    assert_ne!(world.state().await, before, "the oracle sees what is stored");
    assert_eq!(admitted.actor.uri, world.iri("angers", "/a").as_str());
    assert_eq!(admitted.text, message.activity.to_string(), "exactly as received");
    assert_eq!(admitted.activity["type"], "Like");
    assert_eq!(world.asked(), ["angers.localhost/a"]);

    let stored = storage::actors::get(&world.app.db, &admitted.actor.uri).await.unwrap().unwrap();
    assert_eq!(stored.document, world.actor("angers", "/a", &KEYS[0]).to_string(), "exactly as fetched");
    let keys = storage::keys::of_actor(&world.app.db, &stored.uri).await.unwrap();
    assert!(keys.len() == 1 && keys[0].pinned_at.is_some());

    world.admitted(&message).await;
    let mut modern = message.clone();
    modern.form = Form::Rfc9421;
    world.admitted(&modern).await;
    assert!(world.asked().is_empty(), "a known key is not asked for again");

    // After a restart the key is still known.
    let mut restarted = world;
    restarted.app.keys = parvis::federation::keys::KeyCache::default();
    restarted.admitted(&message).await;
    assert!(restarted.asked().is_empty());
}

#[tokio::test]
async fn s01_to_s16_what_the_signature_alone_tells_costs_no_request() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    let cases = [
        (good.clone().header("signature", ""), Refusal::SigMissing),
        (good.clone().header("digest", ""), Refusal::DigestMissing),
        (good.clone().header("digest", "SHA-256=AAAA"), Refusal::DigestMismatch),
        (good.clone().header("host", "other.example"), Refusal::HostMismatch),
        (
            good.clone().header("host", "other.example").header("x-forwarded-host", "rennes.localhost:8101"),
            Refusal::HostMismatch,
        ),
        (good.clone().header("date", ""), Refusal::NoDate),
        (good.clone().header("date", "yesterday"), Refusal::BadDate),
        (good.clone().earlier(SignedDuration::from_hours(2)), Refusal::Expired),
        (good.clone().earlier(SignedDuration::from_hours(192)), Refusal::Expired),
        (good.clone().earlier(SignedDuration::from_mins(-6)), Refusal::Future),
        (good.clone().header("signature", "x".repeat(65_536)), Refusal::HeaderTooLarge),
        (good.clone().header("content-encoding", "gzip"), Refusal::Encoded),
        (good.clone().text(vec![b' '; parvis::federation::gate::MAX_BODY + 1]), Refusal::TooLarge),
    ];
    for (message, refusal) in cases {
        world.refused_quietly(&message, refusal).await;
    }
    for content_type in ["text/html", "application/json", "application/ld+json", "text/plain"] {
        // Signed like this, so that nothing but the type is wrong.
        let signature = covering_less(&good);
        let message = good.clone().header("content-type", content_type).header("signature", signature);
        world.refused_quietly(&message, Refusal::ContentType).await;
    }
    world.admitted(&good).await;
}

/// A signature of the message that leaves its content type free.
fn covering_less(message: &gate::Message) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let body = message.activity.to_string();
    let base = format!(
        "(request-target): post /actors/a/inbox\nhost: rennes.localhost:8101\ndate: {}\ndigest: {}",
        message.signed_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        parvis::federation::signature::digest::digest(body.as_bytes()),
    );
    let signature = STANDARD.encode(message.key.sign(base.as_bytes()).unwrap());
    format!(
        r#"keyId="{}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="{signature}""#,
        message.key_id
    )
}

#[tokio::test]
async fn s02_a_forged_signature_refreshes_the_key_once_in_ten_minutes() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
    let forged = world.message("angers", "/a", &KEYS[1]);
    assert_eq!(world.refused(&forged, Refusal::SigInvalid).await, ["angers.localhost/a"]);
    for _ in 0..3 {
        world.refused_quietly(&forged, Refusal::SigInvalid).await;
    }
    world.app.clock.advance(SignedDuration::from_mins(11));
    let forged = world.message("angers", "/a", &KEYS[1]);
    assert_eq!(world.refused(&forged, Refusal::SigInvalid).await.len(), 1);
    world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
}

#[tokio::test]
async fn s02_d16_a_forger_who_comes_first_leaves_nothing_behind() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let forged = world.message("angers", "/a", &KEYS[1]);
    assert_eq!(world.refused(&forged, Refusal::SigInvalid).await, ["angers.localhost/a"]);
    let admitted = world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
    assert!(storage::actors::get(&world.app.db, &admitted.actor.uri).await.unwrap().is_some());
}

#[tokio::test]
async fn s08_the_path_is_the_one_that_was_signed() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.admitted(&good).await;
    for uri in ["/actors/b/inbox", "/actors/A/inbox", "/actors/a/inbox/", "/actors/a/inbox?x"] {
        let mut other = good.clone();
        uri.clone_into(&mut other.uri);
        world.refused(&other, Refusal::SigInvalid).await;
    }
}

#[tokio::test]
async fn http_2_names_its_host_in_the_uri() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let mut h2 = world.message("angers", "/a", &KEYS[0]).header("host", "");
    h2.uri = "http://rennes.localhost:8101/actors/a/inbox".to_owned();
    world.admitted(&h2).await;
    h2.uri = "http://other.example/actors/a/inbox".to_owned();
    world.refused_quietly(&h2, Refusal::HostMismatch).await;
    // S28: two hosts that disagree.
    let mut two = world.message("angers", "/a", &KEYS[0]);
    two.uri = "http://other.example/actors/a/inbox".to_owned();
    world.refused_quietly(&two, Refusal::DupHeader).await;
}

#[tokio::test]
async fn s20_s21_the_key_is_the_actors_own() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/alice", &KEYS[0]);
    world.publish("angers", "/mallory", &KEYS[1]);
    world.publish("evil", "/mallory", &KEYS[1]);
    world.admitted(&world.message("angers", "/alice", &KEYS[0])).await;
    world.admitted(&world.message("angers", "/mallory", &KEYS[1])).await;
    let alice = world.iri("angers", "/alice");

    let elsewhere = world.message("evil", "/mallory", &KEYS[1]).with("actor", alice.as_str());
    let elsewhere = elsewhere.with("id", alice.join("/1").as_str());
    world.refused_quietly(&elsewhere, Refusal::KeyOwnerMismatch).await;
    let neighbour = world.message("angers", "/mallory", &KEYS[1]).with("actor", alice.as_str());
    world.refused_quietly(&neighbour, Refusal::KeyOwnerMismatch).await;
    let mislabelled = world.message("angers", "/alice", &KEYS[0]);
    let mislabelled = mislabelled.key_id(world.iri("angers", "/mallory#main-key"));
    world.refused_quietly(&mislabelled, Refusal::KeyOwnerMismatch).await;
}

#[tokio::test]
async fn s22_s23_a_key_document_proves_nothing_by_itself() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/alice", &KEYS[0]);
    let alice = world.iri("angers", "/alice");
    let pem = KEYS[1].public_pem().unwrap();
    let mut attempt = 0;
    let mut forged = |document: &dyn Fn(&Iri) -> Value| {
        attempt += 1;
        let path = format!("/keys/{attempt}");
        let id = world.iri("angers", &path);
        world.page("angers", &path, Reply::document(&document(&id).to_string()));
        world.message("angers", "/alice", &KEYS[1]).key_id(id)
    };
    // S22: it says that it is Alice's, and Alice does not say so.
    let claimed = forged(&|id| json!({"id": id, "type": "Key", "owner": alice, "publicKeyPem": pem}));
    assert_eq!(world.refused(&claimed, Refusal::KeyUnknown).await.len(), 2);
    // S23: another id than its URL.
    let other = forged(
        &|_| json!({"id": alice.join("#main-key"), "type": "Key", "owner": alice, "publicKeyPem": pem}),
    );
    assert_eq!(world.refused(&other, Refusal::KeyUnknown).await.len(), 1);
    // Neither is asked for again.
    world.refused_quietly(&claimed, Refusal::KeyUnknown).await;
    world.refused_quietly(&other, Refusal::KeyUnknown).await;
    // S22: the actor does not list a key of that name.
    let unlisted = world.message("angers", "/alice", &KEYS[0]).key_id(alice.join("#other-key"));
    assert_eq!(world.refused(&unlisted, Refusal::KeyUnknown).await, ["angers.localhost/alice"]);
    world.refused_quietly(&unlisted, Refusal::KeyUnknown).await;
    // An actor document of somebody else at the URL of the key.
    let actor = forged(&|_| world.actor("angers", "/alice", &KEYS[1]));
    world.refused(&actor, Refusal::KeyUnknown).await;
    world.admitted(&world.message("angers", "/alice", &KEYS[0])).await;
}

#[tokio::test]
async fn gotosocial_serves_its_key_as_a_document() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let (actor, key) = (world.iri("gts", "/users/alice"), world.iri("gts", "/users/alice/main-key"));
    let mut document = world.actor("gts", "/users/alice", &KEYS[0]);
    document["publicKey"]["id"] = key.as_str().into();
    world.page("gts", "/users/alice", Reply::document(&document.to_string()));
    let short = json!({"id": actor, "type": "Person", "publicKey": document["publicKey"]});
    world.page("gts", "/users/alice/main-key", Reply::document(&short.to_string()));
    let message = world.message("gts", "/users/alice", &KEYS[0]).key_id(key);
    world.admitted(&message).await;
    assert_eq!(world.asked(), ["gts.localhost/users/alice/main-key", "gts.localhost/users/alice"]);
    world.admitted(&message).await;
    assert!(world.asked().is_empty());
}

#[tokio::test]
async fn s24_f01_nobody_inside_is_asked_for_a_key() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let good = world.message("angers", "/a", &KEYS[0]);
    for host in ["169.254.169.254", "10.0.0.1", "127.0.0.2", "[::1]", "8.8.8.8"] {
        let actor = format!("http://{host}/a");
        let key = Iri::parse(&format!("{actor}#main-key")).unwrap();
        let message = good.clone().with("actor", actor.as_str()).with("id", format!("{actor}/1"));
        world.refused_quietly(&message.key_id(key), Refusal::KeyUnknown).await;
    }
    let ours = Iri::parse("http://rennes.localhost:8101/actors/1#main-key").unwrap();
    world.refused_quietly(&good.clone().key_id(ours), Refusal::KeyOwnerMismatch).await;
}

#[tokio::test]
async fn s25_a_thousand_key_ids_are_ten_fetches() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/good", &KEYS[0]);
    for number in 0..100 {
        let message = world.message("angers", &format!("/a/{number}"), &KEYS[0]);
        assert!(world.send(&message).await.is_err());
    }
    assert_eq!(world.asked().len(), 10);
    let good = world.message("angers", "/good", &KEYS[0]);
    world.refused_quietly(&good, Refusal::KeyLimited).await;
    world.publish("brest", "/good", &KEYS[0]);
    world.admitted(&world.message("brest", "/good", &KEYS[0])).await;
    world.app.clock.advance(SignedDuration::from_secs(61));
    world.admitted(&world.message("angers", "/good", &KEYS[0])).await;
}

#[tokio::test]
async fn s25_one_fetch_at_a_time() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    // A server that never ends its answer: whoever waits behind it is turned away, and soon.
    let stuck = Reply { bytes: b"HTTP/1.1 200 OK\r\n\r\n".into(), drip: Some(Duration::from_millis(200)) };
    world.page("slow", "/a", stuck);
    let message = world.message("slow", "/a", &KEYS[0]);
    let start = std::time::Instant::now();
    let verdicts = futures::future::join_all((0..40).map(|_| world.send(&message))).await;
    assert!(verdicts.iter().all(Result::is_err));
    let limited = verdicts.iter().filter(|verdict| matches!(verdict, Err(Refusal::KeyLimited))).count();
    assert_eq!((limited, world.asked().len()), (24, 1));
    assert!(start.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn s26_a_new_key_at_the_origin_is_taken_up() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
    world.publish("angers", "/a", &KEYS[1]);
    world.asked();
    world.admitted(&world.message("angers", "/a", &KEYS[1])).await;
    assert_eq!(world.asked(), ["angers.localhost/a"]);
    world.refused_quietly(&world.message("angers", "/a", &KEYS[0]), Refusal::SigInvalid).await;
}

#[tokio::test]
async fn s26_a_key_that_changes_hands_does_not_speak_for_its_first_owner() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let key = world.iri("angers", "/key");
    let hand_to = |path: &str, signing: usize| {
        let mut actor = world.actor("angers", path, &KEYS[signing]);
        actor["publicKey"]["id"] = key.as_str().into();
        let short =
            json!({"id": key, "owner": actor["id"], "publicKeyPem": actor["publicKey"]["publicKeyPem"]});
        world.page("angers", path, Reply::document(&actor.to_string()));
        world.page("angers", "/key", Reply::document(&short.to_string()));
    };
    hand_to("/alice", 0);
    world.admitted(&world.message("angers", "/alice", &KEYS[0]).key_id(key.clone())).await;
    hand_to("/mallory", 1);
    let forged = world.message("angers", "/alice", &KEYS[1]).key_id(key.clone());
    world.refused(&forged, Refusal::KeyOwnerMismatch).await;
}

#[tokio::test]
async fn s27_a_new_key_from_elsewhere_is_not() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
    world.publish("evil", "/a", &KEYS[1]);
    let away = world.iri("evil", "/a");
    world.page("angers", "/a", Reply::new("302 Found", &[("Location", away.as_str())], b""));
    let forged = world.message("angers", "/a", &KEYS[1]);
    assert_eq!(world.refused(&forged, Refusal::SigInvalid).await, ["angers.localhost/a"]);
    world.admitted(&world.message("angers", "/a", &KEYS[0])).await;
}

#[tokio::test]
async fn s32_a_blocked_host_is_refused_with_all_below_it() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    for host in ["evil", "sub.evil", "notevil"] {
        world.publish(host, "/a", &KEYS[0]);
    }
    world.admitted(&world.message("evil", "/a", &KEYS[0])).await;
    let mut tx = world.app.db.begin().await.unwrap();
    storage::hosts::set_policy(&mut tx, "evil.localhost", "blocked", Some("spam")).await.unwrap();
    tx.commit().await.unwrap();
    for host in ["evil", "sub.evil"] {
        world.refused_quietly(&world.message(host, "/a", &KEYS[0]), Refusal::Blocked).await;
    }
    world.admitted(&world.message("notevil", "/a", &KEYS[0])).await;
    // Other spellings of the same host are no identifiers at all.
    for spelling in ["EVIL.localhost", "evil.localhost.", "%65vil.localhost"] {
        let port = world.server.address.port();
        let actor = format!("http://{spelling}:{port}/a");
        let message = world.message("evil", "/a", &KEYS[0]).with("actor", actor);
        world.refused_quietly(&message, Refusal::BadActivity).await;
    }
}

#[tokio::test]
async fn s32_a_deleted_actor_stays_silent() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]);
    let admitted = world.admitted(&message).await;
    let mut tx = world.app.db.begin().await.unwrap();
    storage::actors::gone(&mut tx, &admitted.actor.uri, 1).await.unwrap();
    tx.commit().await.unwrap();
    world.refused_quietly(&message, Refusal::Blocked).await;
}

#[tokio::test]
async fn o01_o02_o22_f10_who_speaks_and_where() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.admitted(&good).await;
    let port = world.server.address.port();
    for id in [
        world.iri("evil", "/1").to_string(),
        format!("https://angers.localhost:{port}/1"),
        "http://angers.localhost/1".to_owned(),
    ] {
        world.refused_quietly(&good.clone().with("id", id), Refusal::WrongOrigin).await;
    }
    for ours in ["http://rennes.localhost:8101/actors/1", "http://rennes.localhost:8101/"] {
        world.refused_quietly(&good.clone().with("actor", ours), Refusal::OurActor).await;
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
        world.refused_quietly(&good.clone().with(name, value), Refusal::BadActivity).await;
    }
    // Mastodon names activities by fragments.
    let fragment = world.iri("angers", "/a#likes/1");
    world.admitted(&good.with("id", fragment.as_str())).await;
}

#[tokio::test]
async fn o28_o29_d04_what_is_not_plain_json() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.admitted(&good).await;
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
        world.refused_quietly(&good.clone().text(text), refusal).await;
    }
    world.refused_quietly(&good.clone().text(b"{\"a\":\"\xff\"}".to_vec()), Refusal::BadJson).await;
    // A context may say what it likes: it is never fetched, and terms are read as they are written.
    let context = json!(["http://evil.localhost/context", {"actor": {"@id": "http://evil.localhost/#a", "@type": "@id"}}]);
    world.admitted(&good.with("@context", context)).await;
    assert!(!world.asked().iter().any(|asked| asked.starts_with("evil")));
}

#[tokio::test]
async fn o09_the_farewell_of_a_stranger_is_one_question() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.page("angers", "/a", Reply::new("410 Gone", &[], b""));
    let farewell = world.message("angers", "/a", &KEYS[0]).with("type", "Delete");
    assert_eq!(Refusal::ActorGone.status(), 202);
    assert_eq!(world.refused(&farewell, Refusal::ActorGone).await, ["angers.localhost/a"]);
    world.refused_quietly(&farewell, Refusal::ActorGone).await;
    world.refused_quietly(&world.message("angers", "/a", &KEYS[0]), Refusal::KeyUnknown).await;
}

#[tokio::test]
async fn o15_o18_o21_an_actor_document_is_one_only_from_its_own_url() {
    let _alone = ALONE.lock().await;
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
    for (host, reply) in cases {
        world.page(host, "/a", reply);
        let message = world.message(host, "/a", &KEYS[0]);
        let asked = world.refused(&message, Refusal::KeyUnknown).await;
        assert_eq!(asked, [format!("{host}.localhost/a")], "{host}");
    }
    for (host, content_type) in [
        ("good-1", "APPLICATION/ACTIVITY+JSON ; charset=UTF-8"),
        ("good-2", r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#),
    ] {
        world.page(host, "/a", typed(host, content_type));
        world.admitted(&world.message(host, "/a", &KEYS[0])).await;
    }
}

#[tokio::test]
async fn d12_a_flood_of_follows_is_told_to_wait() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let follow = world.message("angers", "/a", &KEYS[0]).with("type", "Follow");
    for _ in 0..60 {
        world.admitted(&follow).await;
    }
    world.refused_quietly(&follow, Refusal::TooMany).await;
    assert_eq!((Refusal::TooMany.status(), Refusal::TooMany.retry_after()), (429, Some(60)));
    world.app.clock.advance(SignedDuration::from_secs(61));
    world.admitted(&world.message("angers", "/a", &KEYS[0]).with("type", "Follow")).await;
}
