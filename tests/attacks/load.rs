//! Rows D: how much anybody may make the node do.

use http::StatusCode;
use jiff::SignedDuration;
use parvis::federation::signature::Refusal;

use crate::world::{KEYS, World};

#[tokio::test]
async fn d12_a_flood_of_follows_is_told_to_wait() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    // There is no such actor here; it is counted all the same.
    let follow = world.message("angers", "/a", &KEYS[0]).with("type", "Follow");
    for _ in 0..60 {
        assert_eq!(world.send(&follow).await.status, StatusCode::NOT_FOUND);
    }
    let answer = world.refused(&follow, Refusal::TooMany).await;
    assert_eq!(answer.headers["retry-after"], "60");
    world.app.clock.advance(SignedDuration::from_secs(61));
    let later = world.message("angers", "/a", &KEYS[0]).with("type", "Follow");
    assert_eq!(world.send(&later).await.status, StatusCode::NOT_FOUND);
}
