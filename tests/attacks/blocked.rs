//! Row S32: who is blocked, under whatever name, and who is gone.

use jiff::SignedDuration;
use parvis::{
    actions::{self, Operator},
    domain::Iri,
    federation::{delivery, signature::Refusal, tasks},
    storage,
};

use crate::world::{KEYS, World};

#[tokio::test]
async fn s32_a_blocked_host_is_refused_with_all_below_it() {
    let world = World::new().await;
    let deep = format!("{}evil", "sub.".repeat(40));
    for host in ["evil", "sub.evil", &deep, "notevil", "xn--vil-9la"] {
        world.publish(host, "/a", &KEYS[0]);
    }
    world.accepted(&world.message("evil", "/a", &KEYS[0])).await;
    world.accepted(&world.message("sub.evil", "/a", &KEYS[0])).await;
    world.accepted(&world.message(&deep, "/a", &KEYS[0])).await;
    let operator = parvis::actions::Operator::cli("test");
    for host in ["EVIL.localhost", "xn--vil-9la.localhost"] {
        parvis::actions::peers::set_policy(&world.app, &operator, host, "blocked").await.unwrap();
    }
    for host in ["evil", "sub.evil", &deep, "xn--vil-9la"] {
        world.refused(&world.message(host, "/a", &KEYS[0]), Refusal::Blocked).await;
        world.refused(&world.message(host, "/a", &KEYS[0]).modern(), Refusal::Blocked).await;
    }
    world.accepted(&world.message("notevil", "/a", &KEYS[0])).await;
    // Other spellings of the same host are no identifiers at all.
    let port = world.server.address.port();
    for spelling in
        ["EVIL.localhost", "evil.localhost.", "%65vil.localhost", "e\u{ff56}il.localhost", "évil.localhost"]
    {
        let actor = format!("http://{spelling}:{port}/a");
        let message = world.message("evil", "/a", &KEYS[0]).with("actor", actor.as_str());
        let message = message.with("id", format!("{actor}/1"));
        world.refused(&message, Refusal::BadActivity).await;
        // Nor as the name of a key.
        if spelling.is_ascii() {
            let message = world.message("notevil", "/a", &KEYS[0]).key_id(format!("{actor}#main-key"));
            world.refused(&message, Refusal::BadKeyId).await;
        }
    }
}

#[tokio::test]
async fn s32_a_deleted_actor_stays_silent() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&message).await;
    let mut tx = world.app.db.begin().await.unwrap();
    storage::actors::gone(&mut tx, world.iri("angers", "/a").as_str(), 1).await.unwrap();
    tx.commit().await.unwrap();
    world.refused(&message, Refusal::Blocked).await;
}

#[tokio::test]
async fn s32_nothing_is_sent_below_a_blocked_host() {
    let world = World::new().await;
    let (app, operator) = (&world.app, Operator::cli("test"));
    actions::actors::set_up(app, &operator).await.unwrap();
    let relay = storage::actors::by_role(&app.db, "relay").await.unwrap().remove(0);
    let relay = Iri::parse(&relay.uri).unwrap();
    for host in ["sub.evil", "brest"] {
        let followed = world.stranger(&world.iri(host, "/a"), &KEYS[0]);
        actions::follows::follow(app, &operator, &relay, &followed).await.unwrap();
    }
    actions::peers::set_policy(app, &operator, "evil.localhost", "blocked").await.unwrap();
    for _ in 0..3 {
        delivery::step(app, "test").await.unwrap();
        tasks::step(app, "test").await.unwrap();
        app.clock.advance(SignedDuration::from_mins(61));
    }
    let asked = world.asked();
    assert!(asked.iter().any(|asked| asked == "brest.localhost/a/inbox"), "{asked:?}");
    assert!(asked.iter().all(|asked| asked.starts_with("brest")), "{asked:?}");
    let log = format!("{:?}", app.http.outbound_log());
    assert!(!log.contains("evil"), "{log}");
    // What waited for it went with the block: allowed again, it is sent nothing of that.
    actions::peers::set_policy(app, &operator, "evil.localhost", "allowed").await.unwrap();
    app.clock.advance(SignedDuration::from_mins(61));
    delivery::step(app, "test").await.unwrap();
    assert!(world.asked().iter().all(|asked| !asked.contains("evil")));
}
