//! Rows S15, S16 and S33: the same message again, and who is said to have passed it on.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
};

use jiff::SignedDuration;
use parvis::{
    actions::{self, Operator},
    domain::Iri,
    federation::signature::Refusal,
    storage,
};

use crate::{
    message::Message,
    oracle::{changed, counters, rose},
    world::{KEYS, OURS, World},
};

/// Alice asks to follow the city, whose actor is given too.
async fn follow(world: &World) -> (Message, Iri) {
    actions::actors::set_up(&world.app, &Operator::cli("test")).await.unwrap();
    let city = storage::actors::by_role(&world.app.db, "mairie").await.unwrap().remove(0);
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]).with("type", "Follow");
    (message.with("object", city.uri.as_str()), Iri::parse(&city.uri).unwrap())
}

#[tokio::test]
async fn s15_the_same_message_again_has_no_second_effect() {
    let world = World::new().await;
    let (message, city) = follow(&world).await;
    let before = world.state.read().await;
    world.accepted(&message).await;
    let after = world.state.read().await;
    assert!(changed(&before, &after).is_superset(&["follows", "deliveries"].map(String::from).into()));
    for again in [message.clone(), message.clone().modern()] {
        let counted = counters();
        world.accepted(&again).await;
        assert_eq!(changed(&after, &world.state.read().await), [].into());
        let rose = rose(&counted, &counters());
        assert_eq!(rose.get("ap_replayed_total"), Some(&1), "{rose:?}");
    }
    assert_eq!(storage::follows::count_followers(&world.app.db, city.as_str()).await.unwrap(), 1);
}

#[tokio::test]
async fn s16_nor_a_week_later() {
    let world = World::new().await;
    let (message, city) = follow(&world).await;
    world.accepted(&message).await;
    world.app.clock.advance(SignedDuration::from_hours(8 * 24));
    let mut tx = world.app.db.begin().await.unwrap();
    assert_eq!(storage::received::purge(&mut tx, world.app.clock.now_ms()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    world.refused(&message, Refusal::Expired).await;
    // Signed anew by its author, the same Follow is still one Follow.
    let anew = Message { signed_at: world.app.clock.now(), ..message };
    world.accepted(&anew).await;
    assert_eq!(storage::follows::count_followers(&world.app.db, city.as_str()).await.unwrap(), 1);
}

/// What is logged while it lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Logs the answer to a message; gives the lines.
    async fn of(world: &World, message: &Message, refusal: Refusal) -> String {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let guard = tracing::subscriber::set_default(lines);
        world.refused(message, refusal).await;
        drop(guard);
        let bytes = log.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }
}

#[tokio::test]
async fn s33_what_a_stranger_says_of_its_way_is_ignored() {
    let forwarded = |message: &Message| {
        let message = message.clone().header("x-forwarded-for", "198.51.100.1, 192.0.2.9");
        message.header("x-forwarded-host", "other.example").header("x-real-ip", "198.51.100.1")
    };
    // In the signature: neither does it help another host, nor does it hurt ours.
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&forwarded(&good)).await;
    let elsewhere = good.clone().signing("host", "other.example").header("x-forwarded-host", &OURS[7..]);
    let log = Log::of(&world, &elsewhere, Refusal::HostMismatch).await;
    assert!(log.contains("203.0.113.7"), "{log}");
    // In the log.
    let log = Log::of(&world, &forwarded(&good).header("signature", ""), Refusal::SigMissing).await;
    assert!(
        log.contains("203.0.113.7") && !log.contains("198.51.100.1") && !log.contains("192.0.2.9"),
        "{log}"
    );
    // In the limits, which are those of the signer's host: another way is no other sender.
    let follow = good.clone().with("type", "Follow").with("object", "http://rennes.localhost:8101/actors/a");
    let mut answers = BTreeMap::new();
    for number in 0..70 {
        let way = follow.clone().header("x-forwarded-for", format!("192.0.2.{number}"));
        *answers.entry(world.send(&way).await.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(answers, BTreeMap::from([(404, 60), (429, 10)]));
}

#[tokio::test]
async fn s33_behind_our_own_proxy_only_its_own_word_counts() {
    let world = World::configured("trusted_proxies = [\"203.0.113.0/24\"]").await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let unsigned = good.header("signature", "").header("x-forwarded-for", "198.51.100.1, 192.0.2.9");
    let log = Log::of(&world, &unsigned, Refusal::SigMissing).await;
    assert!(log.contains("192.0.2.9") && !log.contains("198.51.100.1"), "{log}");
    let log = Log::of(&world, &unsigned.header("x-forwarded-for", "nonsense"), Refusal::SigMissing).await;
    assert!(log.contains("203.0.113.7"), "{log}");
}
