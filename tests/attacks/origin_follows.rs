//! Rows O: who follows whom, and what is passed on.

use http::StatusCode;
use parvis::{
    actions::{self, Operator},
    domain::{Iri, activity::PUBLIC},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, LYON, MALLORY},
    oracle::Verdict,
};

fn forbidden() -> Verdict {
    Verdict::new(403, "forbidden")
}

/// Our council asks to follow Lyon; gives the Follow.
async fn asked(city: &City) -> Value {
    let lyon = parvis::federation::actors::fetch_actor(&city.app, &city.id(LYON)).await.unwrap().actor;
    actions::follows::follow(&city.app, &Operator::cli("test"), &city.council, &lyon).await.unwrap();
    let row = storage::follows::get(&city.app.db, city.council.as_str(), &lyon.uri).await.unwrap().unwrap();
    serde_json::from_str(&row.document).unwrap()
}

async fn state(city: &City, from: &Iri, to: &Iri) -> Option<String> {
    let row = storage::follows::get(&city.app.db, from.as_str(), to.as_str()).await.unwrap();
    row.map(|row| row.state)
}

#[tokio::test]
async fn o11_only_the_follower_takes_its_follow_back() {
    let city = City::new().await;
    city.meet(&[EVE, MALLORY]).await;
    let follow = city.says(ALICE, "Follow", json!(city.council));
    city.accepted(&follow).await;
    let alices = Some("accepted".to_owned());
    assert_eq!(state(&city, &city.id(ALICE), &city.council).await, alices);
    for who in [EVE, MALLORY] {
        city.refused(&city.says(who, "Undo", follow.activity.clone()), forbidden()).await;
        city.refused(&city.says(who, "Undo", follow.activity["id"].clone()), forbidden()).await;
        // Under an id of one's own, and with nothing but the type.
        let mut own = follow.activity.clone();
        own["id"] = json!(city.fresh(who, "said"));
        city.refused(&city.says(who, "Undo", own), forbidden()).await;
        let mut lent = follow.activity.clone();
        lent["actor"] = json!(city.id(who));
        city.ignored(&city.says(who, "Undo", lent), &["received"]).await;
    }
    assert_eq!(state(&city, &city.id(ALICE), &city.council).await, alices);
    let like = city.says(ALICE, "Like", json!(city.avis));
    city.accepted(&like).await;
    city.refused(&city.says(MALLORY, "Undo", like.activity.clone()), forbidden()).await;
    city.ignored(&city.says(MALLORY, "Undo", like.activity["id"].clone()), &["received"]).await;
    assert_eq!(storage::reactions::counts(&city.app.db, &[city.avis.as_str()]).await.unwrap().len(), 1);
    city.accepted(&city.says(ALICE, "Undo", follow.activity.clone())).await;
    assert_eq!(state(&city, &city.id(ALICE), &city.council).await, None);
}

#[tokio::test]
async fn o12_only_the_one_we_asked_answers() {
    let city = City::new().await;
    let follow = asked(&city).await;
    city.meet(&[EVE, LYON, crate::city::NEIGHBOUR]).await;
    for kind in ["Accept", "Reject"] {
        for who in [EVE, crate::city::NEIGHBOUR] {
            for object in [follow.clone(), follow["id"].clone()] {
                city.refused(&city.says(who, kind, object), forbidden()).await;
            }
        }
        // A Follow that we never sent; one that somebody else sent to us.
        let mut never = follow.clone();
        never["id"] = json!(format!("{}/never", crate::world::OURS));
        city.refused(&city.says(LYON, kind, never), forbidden()).await;
        let theirs = city.says(EVE, "Follow", json!(city.council));
        city.accepted(&theirs).await;
        city.refused(&city.says(LYON, kind, theirs.activity["id"].clone()), forbidden()).await;
    }
    assert_eq!(state(&city, &city.council, &city.id(LYON)).await.as_deref(), Some("pending"));
    city.accepted(&city.says(LYON, "Accept", follow)).await;
    assert_eq!(state(&city, &city.council, &city.id(LYON)).await.as_deref(), Some("accepted"));
}

#[tokio::test]
async fn o13_only_an_actor_of_ours_is_followed_here() {
    let city = City::new().await;
    city.accepted(&city.says(ALICE, "Follow", json!(city.council))).await;
    let feed = storage::actors::by_role(&city.app.db, "feed").await.unwrap().remove(0);
    let mut tx = city.app.db.begin().await.unwrap();
    storage::actors::gone(&mut tx, &feed.uri, 1).await.unwrap();
    tx.commit().await.unwrap();
    let nobody = format!("{}/actors/nobody", crate::world::OURS);
    let page = format!("{}/@conseil", crate::world::OURS);
    for object in
        [city.id(LYON).to_string(), city.avis.to_string(), nobody, page, feed.uri, PUBLIC.to_owned()]
    {
        let verdict = Verdict::new(404, "not_found");
        city.refused(&city.says(ALICE, "Follow", json!(object)), verdict).await;
    }
}

#[tokio::test]
async fn o14_o31_what_is_passed_on_is_not_believed() {
    let city = City::new().await;
    city.meet(&[EVE, LYON]).await;
    city.follows(&city.id(EVE)).await;
    let forged = city.answer(LYON, &city.theirs);
    let create = city.says(LYON, "Create", forged.clone()).activity;
    for object in [forged.clone(), create, city.proven(EVE, &forged)] {
        // Also from a server that we follow, and that says it relays for others.
        city.ignored(&city.says(EVE, "Announce", object.clone()), &[]).await;
        city.ignored(&city.says(EVE, "Add", object.clone()).with("target", json!(city.council)), &[]).await;
        city.ignored(&city.says(EVE, "Offer", object), &[]).await;
    }
    city.ignored(&city.says(EVE, "Announce", forged["id"].clone()), &[]).await;
    assert!(city.record(&forged).await.is_none());
    // The boost of something of ours counts.
    city.accepted(&city.says(EVE, "Announce", json!(city.avis))).await;
    assert_eq!(storage::reactions::counts(&city.app.db, &[city.avis.as_str()]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn o34_nobody_makes_our_actors_speak_over_http() {
    let city = City::new().await;
    let outbox = format!("{}/outbox", city.council.as_str().trim_start_matches(crate::world::OURS));
    for path in [outbox.as_str(), "/avis", "/api/v1/changes", "/api/v1/heads", "/questions", "/actors"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let request = axum::extract::Request::builder().method(method).uri(path);
            let request = request.header("host", "rennes.localhost:8101").body(axum::body::Body::from("{}"));
            let before = city.state.read().await;
            let answer = city.ask(request.unwrap()).await;
            let refused = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND];
            assert!(refused.contains(&answer.status), "{method} {path}: {}", answer.status);
            assert_eq!(city.state.read().await, before, "{method} {path}");
        }
    }
}
