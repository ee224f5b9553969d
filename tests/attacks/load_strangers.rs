//! Rows D: what strangers may make the node keep, fetch and compute.

use std::time::{Duration, Instant};

use axum::{
    body::{Body, Bytes},
    extract::Request,
};
use futures::StreamExt as _;
use http::StatusCode;
use jiff::SignedDuration;
use parvis::{
    federation::{signature::Refusal, tasks},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, LYON, document},
    http_server::Reply,
    oracle::Verdict,
    world::{KEYS, World},
};

#[tokio::test]
async fn d01_d02_long_and_packed_bodies_are_not_read() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let long = good.clone().text(vec![b' '; 50 << 20]);
    world.refused(&long, Refusal::TooLarge).await;
    // Without a length, piece by piece.
    let pieces =
        futures::stream::iter((0..800).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 65_536]))));
    let mut request = good.request();
    *request.body_mut() = Body::from_stream(pieces);
    assert_eq!(world.ask(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for encoding in ["gzip", "br", "zstd", "deflate", "identity, gzip"] {
        world.refused(&good.clone().header("content-encoding", encoding), Refusal::Encoded).await;
    }
    world.accepted(&good.header("content-encoding", "identity")).await;
}

#[tokio::test]
async fn d07_three_hundred_new_servers_an_hour_are_asked() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    world.asked();
    let stranger = |number: usize| world.message(&format!("h{number}"), "/a", &KEYS[0]);
    for number in 0..299 {
        assert_eq!(world.send(&stranger(number)).await.status, StatusCode::UNAUTHORIZED);
    }
    let mut asked = world.asked();
    asked.dedup();
    assert_eq!(asked.len(), 299, "{asked:?}");
    for number in 400..403 {
        world.refused(&stranger(number), Refusal::KeyLimited).await;
    }
    // Who is known goes on, and the next hour is another one.
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    world.app.clock.advance(SignedDuration::from_hours(1));
    world.publish("brest", "/a", &KEYS[0]);
    world.accepted(&world.message("brest", "/a", &KEYS[0])).await;
}

#[tokio::test]
async fn d08_long_lists_are_cut_or_refused() {
    let city = City::new().await;
    let many = |value: &dyn Fn(usize) -> Value| Value::Array((0..5000).map(value).collect());
    let lists = [
        ("tag", many(&|n| json!({"type": "Mention", "href": format!("https://h{n}.example/x")}))),
        ("to", many(&|n| json!(format!("https://h{n}.example/x")))),
        ("attachment", many(&|n| json!({"type": "Link", "href": format!("https://h{n}.example/x")}))),
    ];
    // Of a reply nothing but its words is kept.
    for (name, list) in &lists {
        let mut note = city.note(ALICE, &city.ours, &"x".repeat(100_000));
        note[name] = list.clone();
        if *name == "to" {
            note["cc"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
        }
        city.accepted(&city.says(ALICE, "Create", note.clone())).await;
        let kept = city.reply(&note).await.unwrap();
        assert!(kept.content.len() <= 20_100, "{}", kept.content.len());
    }
    city.accepted(&city.says(LYON, "Create", city.proven(LYON, &city.answer(LYON, &city.theirs)))).await;
    for (name, list) in &lists {
        let mut answer = city.answer(LYON, &city.theirs);
        answer[name] = list.clone();
        let message = city.says(LYON, "Create", city.proven(LYON, &answer));
        city.refused(&message, Verdict::new(400, "too-many")).await;
    }
    let mut answer = city.answer(LYON, &city.theirs);
    answer["x"] = json!("x".repeat(600 * 1024));
    let message = city.says(LYON, "Create", city.proven(LYON, &answer));
    city.refused(&message, Verdict::new(400, "too-large")).await;
    // A profile.
    let mut actor = city.actor("brest", "/a", &KEYS[0]);
    actor["name"] = json!("x".repeat(100_000));
    actor["summary"] = json!("x".repeat(50_000));
    actor["alsoKnownAs"] = json!((0..1000).map(|n| format!("https://h{n}.example/x")).collect::<Vec<_>>());
    city.page("brest", "/a", Reply::document(&actor.to_string()));
    let message = city.message("brest", "/a", &KEYS[0]);
    city.accepted(&message).await;
    let kept = storage::actors::get(&city.app.db, city.iri("brest", "/a").as_str()).await.unwrap().unwrap();
    assert_eq!(kept.name.chars().count(), 200);
    let mut actor = city.actor("caen", "/a", &KEYS[0]);
    actor["summary"] = json!("x".repeat(300_000));
    city.page("caen", "/a", Reply::document(&actor.to_string()));
    let asked = Verdict::from(Refusal::KeyUnknown).asking(["caen.localhost/a"]);
    city.refused(&city.message("caen", "/a", &KEYS[0]), asked).await;
}

#[tokio::test]
async fn d15_what_cannot_be_read_holds_up_nothing() {
    let city = City::new().await;
    let good = city.says(ALICE, "Create", city.note(ALICE, &city.ours, "Oui"));
    city.accepted(&good).await;
    for _ in 0..3 {
        let mut poison = city.answer(ALICE, &city.ours);
        poison["object"] = json!({"id": []});
        poison["inReplyTo"] = json!({"id": city.ours});
        assert!(city.send(&city.says(ALICE, "Create", poison)).await.status.is_success());
        city.refused(&city.says(ALICE, "Undo", json!({"type": "Follow"})), Verdict::new(400, "iri")).await;
    }
    city.accepted(&city.says(ALICE, "Create", city.note(ALICE, &city.ours, "Encore"))).await;
    // A task that cannot be done waits longer each time and keeps nobody waiting.
    let now = city.app.clock.now_ms();
    let mut tx = city.app.db.begin().await.unwrap();
    storage::tasks::schedule(&mut tx, "no-such-task", "x", now).await.unwrap();
    storage::tasks::schedule(&mut tx, tasks::PURGE, "node", now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tasks::step(&city.app, "one").await.unwrap(), 2);
    let failed = storage::tasks::get(&city.app.db, "no-such-task", "x").await.unwrap().unwrap();
    assert!(failed.due_at > now && failed.last_error.is_some());
    let done = storage::tasks::get(&city.app.db, tasks::PURGE, "node").await.unwrap().unwrap();
    assert!(done.last_error.is_none() && done.due_at > now);
}

#[tokio::test]
async fn d16_strangers_who_left_nothing_are_forgotten() {
    let city = City::new().await;
    city.meet(&[EVE, LYON]).await;
    city.accepted(&city.says(ALICE, "Follow", json!(city.council))).await;
    let count = async || {
        let everything = city.state.read().await;
        let lines = |table: &str| everything[table].lines().filter(|line| !line.is_empty()).count();
        (lines("actors"), lines("hosts"), lines("received"))
    };
    let (actors, hosts, _) = count().await;
    city.app.clock.advance(SignedDuration::from_hours(31 * 24));
    let now = city.app.clock.now_ms();
    let mut tx = city.app.db.begin().await.unwrap();
    storage::tasks::schedule(&mut tx, tasks::PURGE, "node", now).await.unwrap();
    tx.commit().await.unwrap();
    tasks::step(&city.app, "one").await.unwrap();
    // Eve goes; the city hall that our recommendation names and the one who follows us stay.
    assert_eq!(count().await, (actors - 1, hosts - 1, 0));
    assert!(storage::keys::of_actor(&city.app.db, city.id(EVE).as_str()).await.unwrap().is_empty());
    let known =
        async |who| storage::actors::get(&city.app.db, city.id(who).as_str()).await.unwrap().is_some();
    assert_eq!((known(ALICE).await, known(LYON).await, known(EVE).await), (true, true, false));
    city.meet(&[EVE]).await;
}

#[tokio::test]
async fn d16_a_server_says_only_so_much_in_a_day() {
    let city = City::new().await;
    for number in 0..50 {
        city.accepted(&city.says(ALICE, "Create", city.note(ALICE, &city.ours, &number.to_string()))).await;
    }
    let more = city.says(ALICE, "Create", city.note(ALICE, &city.ours, "de trop"));
    city.refused(&more, Verdict::new(403, "forbidden")).await;
    city.accepted(&city.says(LYON, "Create", city.note(LYON, &city.ours, "Oui"))).await;
    // Its other accounts share what the server may say.
    let mut tx = city.app.db.begin().await.unwrap();
    let uris = storage::replies::uris_of_author(&mut tx, city.id(ALICE).as_str()).await.unwrap();
    let mut reply = storage::replies::get_in(&mut tx, &uris[0]).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    for number in 0..950 {
        reply.uri = city.iri("angers", &format!("/notes/{number}")).to_string();
        reply.author = city.iri("angers", &format!("/crowd/{number}")).to_string();
        crate::reply::keep(&city.app.db, &reply).await;
    }
    let neighbour = crate::city::MALLORY;
    city.meet(&[neighbour]).await;
    let more = city.says(neighbour, "Create", city.note(neighbour, &city.ours, "de trop"));
    city.refused(&more, Verdict::new(403, "forbidden")).await;
    city.app.clock.advance(SignedDuration::from_hours(25));
    city.accepted(&city.says(neighbour, "Create", city.note(neighbour, &city.ours, "Enfin"))).await;
}

/// A GET with headers.
fn get(path: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::get(path).header("host", "rennes.localhost:8101");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn d21_absurd_searches_cost_little() {
    let city = City::new().await;
    let found = city.get("/recherche?q=avis").await;
    assert_eq!(found.status, StatusCode::OK);
    let before = city.state.read().await;
    let (percents, long) = ("%25".repeat(10_000), "mot+".repeat(10_000));
    let words = [
        "%22*%22",
        "NEAR(",
        "a+NEAR%2F1000000+b",
        "a*+AND+(",
        "%27+OR+1%3D1--",
        "body:x",
        "%5E%22",
        "%00",
        "-",
        "%F0%9F%98%80",
        "a%22)+UNION+SELECT+secret+FROM+keys--",
        &percents,
        &long,
    ];
    for word in words {
        let start = Instant::now();
        let answer = city.get(&format!("/recherche?q={word}")).await;
        let answered = answer.status.is_success() || answer.status.is_client_error();
        assert!(answered, "{}: {}", &word[..word.len().min(40)], answer.status);
        assert!(!answer.body.contains("plain:") && !answer.body.to_lowercase().contains("sqlite"), "{word}");
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    for place in ["-1", "0", "99999999999999999999", "zzzz", "2026-01-01T00:00:00Z+x"] {
        let answer = city.get(&format!("/avis?after={place}")).await;
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{place}: {}", answer.status);
    }
    assert_eq!(city.state.read().await, before);
}

#[tokio::test]
async fn d22_d24_reading_a_thousand_times_costs_the_same_and_holds_up_nobody() {
    let city = City::new().await;
    let avis = &city.avis.as_str()[crate::world::OURS.len()..];
    let accept = ("accept", "application/activity+json");
    let first = city.ask(get(avis, &[accept])).await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let before = city.state.read().await;
    let all = (0..500).map(|number| {
        let (range, tag) = (format!("bytes={number}-{number},0-0,-1"), tag.clone());
        let city = &city;
        async move {
            let whole = city.ask(get(avis, &[accept, ("range", &range)])).await;
            let none = city.ask(get(avis, &[accept, ("if-none-match", &tag)])).await;
            (whole, none)
        }
    });
    let scraping = futures::stream::iter(all).buffer_unordered(16).collect::<Vec<_>>();
    let writing =
        async { city.send(&city.says(ALICE, "Create", city.note(ALICE, &city.ours, "Oui"))).await.status };
    let (answers, written) = futures::future::join(scraping, writing).await;
    assert_eq!(written, StatusCode::ACCEPTED, "who writes is not held up");
    for (whole, none) in answers {
        assert_eq!((whole.status, whole.body.len()), (StatusCode::OK, first.body.len()), "no part of it");
        assert_eq!((none.status, none.body.len()), (StatusCode::NOT_MODIFIED, 0));
    }
    let changed = crate::oracle::changed(&before, &city.state.read().await);
    let expected = ["actors", "hosts", "keys", "received", "replies", "settings"];
    assert!(changed.iter().all(|table| expected.contains(&table.as_str())), "{changed:?}");
    assert!(document(&serde_json::from_str(&first.body).unwrap()).contains_key("proof"));
}
