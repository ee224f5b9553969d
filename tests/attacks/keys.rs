//! Rows S: whose key it is, where it comes from, and how often anybody may be asked for it.

use std::time::Duration;

use jiff::SignedDuration;
use parvis::{domain::Iri, federation::signature::Refusal};
use serde_json::{Value, json};

use crate::{
    http_server::Reply,
    message::Message,
    oracle::Verdict,
    world::{KEYS, World},
};

#[tokio::test]
async fn s02_signed_by_another_key() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    let asking = Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"]);
    let forged = world.message("angers", "/a", &KEYS[1]);
    world.refused(&forged, asking.clone()).await;
    for _ in 0..3 {
        world.refused(&forged, Refusal::SigInvalid).await;
    }
    world.app.clock.advance(SignedDuration::from_mins(11));
    world.refused(&world.message("angers", "/a", &KEYS[1]), asking).await;
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
}

#[tokio::test]
async fn s02_d16_a_forger_who_comes_first_leaves_nothing_behind() {
    let world = World::new().await;
    world.publish("brest", "/a", &KEYS[0]);
    world.accepted(&world.message("brest", "/a", &KEYS[0])).await;
    world.publish("angers", "/a", &KEYS[0]);
    let forged = world.message("angers", "/a", &KEYS[1]);
    world.refused(&forged, Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"])).await;
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
}

/// Public keys that are too short, or in a form we do not read.
const WEAK: [&str; 4] = [
    // RSA, 1024 bits.
    "-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB\n-----END PUBLIC KEY-----\n",
    // The same in the form of PKCS#1.
    "-----BEGIN RSA PUBLIC KEY-----\nMIGJAoGBAMIUQ0bDffIaKHL3akONlCGXQLfqs8mP4K99ILz6rbyHEDXrVAU1R3XfC4JNRyrRB3aqwF7/aEXJzYMIkmDSHUvvz7pnhQxHsQ5yl91QT0d/eb+Gz4VRHjm4El4MrUdIUcPxscoPqS/wU8Z8lOi1z7bGMnChiL7WGqnV8h6RrGzJAgMBAAE=\n-----END RSA PUBLIC KEY-----\n",
    // A key on an elliptic curve.
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJnTMtIjFnvWXGI9+AG2bKjjArpk3\nVJgpL+PRfHSvaRY6sZ6CYE0kXcfh4v/p1Nn1Ua7ueHA+9G+hHrkVlublOg==\n-----END PUBLIC KEY-----\n",
    "none",
];

#[tokio::test]
async fn s19_keys_that_are_too_weak() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    for (number, pem) in WEAK.iter().enumerate() {
        let path = format!("/weak/{number}");
        let mut actor = world.actor("angers", &path, &KEYS[0]);
        actor["publicKey"]["publicKeyPem"] = (*pem).into();
        world.page("angers", &path, Reply::document(&actor.to_string()));
        let verdict = Verdict::from(Refusal::KeyUnknown).asking([format!("angers.localhost{path}")]);
        world.refused(&world.message("angers", &path, &KEYS[0]), verdict).await;
    }
}

#[tokio::test]
async fn s20_s21_the_key_is_the_actors_own() {
    let world = World::new().await;
    world.publish("angers", "/alice", &KEYS[0]);
    world.publish("angers", "/mallory", &KEYS[1]);
    world.publish("evil", "/mallory", &KEYS[1]);
    world.accepted(&world.message("angers", "/alice", &KEYS[0])).await;
    world.accepted(&world.message("angers", "/mallory", &KEYS[1])).await;
    let alice = world.iri("angers", "/alice");

    // S20: Mallory signs, and says she is Alice: from elsewhere, and from the same server.
    let elsewhere = world.message("evil", "/mallory", &KEYS[1]).with("actor", alice.as_str());
    let elsewhere = elsewhere.with("id", alice.join("/1").as_str());
    world.refused(&elsewhere, Refusal::KeyOwnerMismatch).await;
    let neighbour = world.message("angers", "/mallory", &KEYS[1]).with("actor", alice.as_str());
    world.refused(&neighbour, Refusal::KeyOwnerMismatch).await;
    // S21: Alice's signature under Mallory's name.
    let mislabelled = world.message("angers", "/alice", &KEYS[0]);
    let mislabelled = mislabelled.key_id(world.iri("angers", "/mallory#main-key"));
    world.refused(&mislabelled, Refusal::KeyOwnerMismatch).await;
}

#[tokio::test]
async fn s22_s23_a_key_document_proves_nothing_by_itself() {
    let world = World::new().await;
    world.publish("angers", "/alice", &KEYS[0]);
    world.publish("brest", "/b", &KEYS[2]);
    world.accepted(&world.message("brest", "/b", &KEYS[2])).await;
    let alice = world.iri("angers", "/alice");
    let pem = KEYS[1].public_pem().unwrap();
    let forged = |path: &str, document: &dyn Fn(&Iri) -> Value| {
        let id = world.iri("angers", path);
        world.page("angers", path, Reply::document(&document(&id).to_string()));
        world.message("angers", "/alice", &KEYS[1]).key_id(id)
    };
    let unknown = |asked: &[&str]| {
        let asked = asked.iter().map(|path| format!("angers.localhost{path}"));
        Verdict::from(Refusal::KeyUnknown).asking(asked)
    };
    // S22: it says that it is Alice's, and Alice does not say so.
    let claimed = forged("/k/1", &|id| json!({"id": id, "type": "Key", "owner": alice, "publicKeyPem": pem}));
    world.refused(&claimed, unknown(&["/k/1", "/alice"])).await;
    // S23: another id than its URL.
    let named = |_: &Iri| json!({"id": alice.join("#main-key"), "owner": alice, "publicKeyPem": pem});
    let other = forged("/k/2", &named);
    world.refused(&other, unknown(&["/k/2"])).await;
    // Neither is asked for again.
    world.refused(&claimed, unknown(&[])).await;
    world.refused(&other, unknown(&[])).await;
    // S22: the actor does not list a key of that name.
    let unlisted = world.message("angers", "/alice", &KEYS[0]).key_id(alice.join("#other-key"));
    world.refused(&unlisted, unknown(&["/alice"])).await;
    world.refused(&unlisted, unknown(&[])).await;
    // An actor document of somebody else at the URL of the key.
    let actor = forged("/k/3", &|_| world.actor("angers", "/alice", &KEYS[1]));
    world.refused(&actor, unknown(&["/k/3"])).await;
    world.accepted(&world.message("angers", "/alice", &KEYS[0])).await;
}

#[tokio::test]
async fn s24_key_ids_that_nobody_is_asked_for() {
    let names: &[(&str, &[&[&str]])] =
        &[("inside.example", &[&["10.0.0.1"]]), ("a.example", &[&["10.0.0.2"]])];
    let world = World::shipped(names).await;
    world.meet("angers", "/a", &KEYS[0]).await;
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    for id in [
        "file:///etc/passwd",
        "data:text/plain,x",
        "unix:/run/x",
        "ftp://a.example/x",
        "a b",
        "acct:a@a.example",
    ] {
        world.refused(&good.clone().key_id(id), Refusal::BadKeyId).await;
    }
    for host in ["169.254.169.254", "127.0.0.1", "[::1]", "8.8.8.8", "a.example:22", "a.example:8080"] {
        let actor = format!("https://{host}/a");
        let message = good.clone().with("actor", actor.as_str()).with("id", format!("{actor}/1"));
        world.refused(&message.key_id(format!("{actor}#main-key")), Refusal::KeyUnknown).await;
        world.refused(&good.clone().key_id(format!("{actor}#main-key")), Refusal::KeyOwnerMismatch).await;
    }
    let plain = good.clone().with("actor", "http://a.example/a").with("id", "http://a.example/1");
    world.refused(&plain.key_id("http://a.example/a#main-key"), Refusal::KeyUnknown).await;
    for ours in ["https://rennes.example/actors/1#main-key", "https://rennes.example/#main-key"] {
        world.refused(&good.clone().key_id(ours), Refusal::KeyOwnerMismatch).await;
    }
}

#[tokio::test]
async fn s25_a_thousand_key_ids_are_ten_fetches() {
    let world = World::new().await;
    world.publish("brest", "/good", &KEYS[0]);
    world.accepted(&world.message("brest", "/good", &KEYS[0])).await;
    world.publish("angers", "/good", &KEYS[0]);
    world.asked();
    for number in 0..100 {
        let message = world.message("angers", &format!("/a/{number}"), &KEYS[0]);
        assert!(matches!(world.send(&message).await.status.as_u16(), 401 | 429));
    }
    assert_eq!(world.asked().len(), 10);
    let good = world.message("angers", "/good", &KEYS[0]);
    world.refused(&good, Refusal::KeyLimited).await;
    world.publish("nantes", "/good", &KEYS[0]);
    world.accepted(&world.message("nantes", "/good", &KEYS[0])).await;
    world.app.clock.advance(SignedDuration::from_secs(61));
    world.accepted(&world.message("angers", "/good", &KEYS[0])).await;
    // A key that was not there is not asked for again before ten minutes have passed.
    world.app.clock.advance(SignedDuration::from_mins(8));
    world.refused(&world.message("angers", "/a/0", &KEYS[0]), Refusal::KeyUnknown).await;
    world.app.clock.advance(SignedDuration::from_mins(2));
    let again = Verdict::from(Refusal::KeyUnknown).asking(["angers.localhost/a/0"]);
    world.refused(&world.message("angers", "/a/0", &KEYS[0]), again).await;
}

#[tokio::test]
async fn s25_one_fetch_at_a_time() {
    let world = World::new().await;
    // A server that never ends its answer: whoever waits behind it is turned away, and soon.
    let stuck = Reply { bytes: b"HTTP/1.1 200 OK\r\n\r\n".into(), drip: Some(Duration::from_millis(200)) };
    world.page("slow", "/a", stuck);
    let message = world.message("slow", "/a", &KEYS[0]);
    let answers = futures::future::join_all((0..40).map(|_| world.send(&message))).await;
    let limited = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    let unknown = answers.iter().filter(|answer| answer.status.as_u16() == 401).count();
    assert_eq!((limited, unknown, world.asked().len()), (24, 16, 1));
}

#[tokio::test]
async fn s26_a_new_key_at_the_origin_is_taken_up() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    world.publish("angers", "/a", &KEYS[1]);
    world.asked();
    world.accepted(&world.message("angers", "/a", &KEYS[1])).await;
    assert_eq!(world.asked(), ["angers.localhost/a"]);
    world.refused(&world.message("angers", "/a", &KEYS[0]), Refusal::SigInvalid).await;
}

#[tokio::test]
async fn s26_a_key_that_its_actor_no_longer_lists_is_no_key() {
    let world = World::new().await;
    let listing = |world: &World, name: &str, key: usize| {
        let mut actor = world.actor("angers", "/a", &KEYS[key]);
        let id = world.iri("angers", "/a").join(name);
        actor["publicKey"]["id"] = id.as_str().into();
        world.page("angers", "/a", Reply::document(&actor.to_string()));
        world.message("angers", "/a", &KEYS[key]).key_id(id)
    };
    let old = listing(&world, "#key-1", 0);
    world.accepted(&old).await;
    // A new name and a new key: with the first message that names it, the old one is over.
    let new = listing(&world, "#key-2", 1);
    world.accepted(&new).await;
    let over = Verdict::from(Refusal::KeyUnknown);
    let asked_once = over.clone().asking(["angers.localhost/a"]);
    world.refused(&old, asked_once.clone()).await;
    world.refused(&old, over).await;
    let mut restarted = world;
    restarted.app.keys = parvis::federation::keys::KeyCache::default();
    restarted.accepted(&new).await;
    restarted.refused(&old, asked_once).await;
    // Its actor lists it again: a slip of its server need not last.
    restarted.app.clock.advance(SignedDuration::from_mins(11));
    listing(&restarted, "#key-1", 0);
    let again = Message { signed_at: restarted.app.clock.now(), ..old };
    restarted.accepted(&again).await;
}

#[tokio::test]
async fn s26_a_key_that_changes_hands_does_not_speak_for_its_first_owner() {
    let world = World::new().await;
    let key = world.iri("angers", "/key");
    let hand_to = |path: &str, signing: usize| {
        let mut actor = world.actor("angers", path, &KEYS[signing]);
        actor["publicKey"]["id"] = key.as_str().into();
        let pem = &actor["publicKey"]["publicKeyPem"];
        let short = json!({"id": key, "owner": actor["id"], "publicKeyPem": pem});
        world.page("angers", path, Reply::document(&actor.to_string()));
        world.page("angers", "/key", Reply::document(&short.to_string()));
    };
    hand_to("/alice", 0);
    world.accepted(&world.message("angers", "/alice", &KEYS[0]).key_id(&key)).await;
    hand_to("/mallory", 1);
    let forged = world.message("angers", "/alice", &KEYS[1]).key_id(&key);
    let verdict = Verdict::from(Refusal::KeyOwnerMismatch);
    world.refused(&forged, verdict.asking(["angers.localhost/key", "angers.localhost/mallory"])).await;
}

#[tokio::test]
async fn s27_a_new_key_from_elsewhere_is_not() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    world.publish("evil", "/a", &KEYS[1]);
    let away = world.iri("evil", "/a");
    world.page("angers", "/a", Reply::new("302 Found", &[("Location", away.as_str())], b""));
    let forged = world.message("angers", "/a", &KEYS[1]);
    world.refused(&forged, Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"])).await;
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
}
