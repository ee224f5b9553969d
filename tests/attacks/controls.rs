//! What must be let in: without it, refusing proves nothing.

use parvis::{federation::keys::KeyCache, storage};
use serde_json::json;

use crate::{
    http_server::Reply,
    oracle::changed,
    world::{KEYS, World},
};

#[tokio::test]
async fn a_stranger_is_asked_for_once_and_let_in() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]);
    let before = world.state.read().await;
    assert_eq!(world.state.read().await, before);
    world.accepted(&message).await;
    let stored = changed(&before, &world.state.read().await);
    assert!(stored.iter().eq(["actors", "hosts", "keys"]), "the oracle sees what is stored: {stored:?}");
    assert_eq!(world.asked(), ["angers.localhost/a"]);

    let id = world.iri("angers", "/a");
    let actor = storage::actors::get(&world.app.db, id.as_str()).await.unwrap().unwrap();
    assert_eq!(actor.document, world.actor("angers", "/a", &KEYS[0]).to_string(), "exactly as fetched");
    let keys = storage::keys::of_actor(&world.app.db, &actor.uri).await.unwrap();
    assert!(keys.len() == 1 && keys[0].pinned_at.is_some());

    world.accepted(&message).await;
    world.accepted(&message.clone().modern()).await;
    assert!(world.asked().is_empty(), "a known key is not asked for again");

    // After a restart the key is still known.
    let mut restarted = world;
    restarted.app.keys = KeyCache::default();
    restarted.accepted(&message).await;
    assert!(restarted.asked().is_empty());
}

#[tokio::test]
async fn gotosocial_serves_its_key_as_a_document() {
    let world = World::new().await;
    let (actor, key) = (world.iri("gts", "/users/alice"), world.iri("gts", "/users/alice/main-key"));
    let mut document = world.actor("gts", "/users/alice", &KEYS[0]);
    document["publicKey"]["id"] = key.as_str().into();
    world.page("gts", "/users/alice", Reply::document(&document.to_string()));
    let short = json!({"id": actor, "type": "Person", "publicKey": document["publicKey"]});
    world.page("gts", "/users/alice/main-key", Reply::document(&short.to_string()));
    let message = world.message("gts", "/users/alice", &KEYS[0]).key_id(key);
    world.accepted(&message).await;
    assert_eq!(world.asked(), ["gts.localhost/users/alice/main-key", "gts.localhost/users/alice"]);
    world.accepted(&message).await;
    assert!(world.asked().is_empty());
}
