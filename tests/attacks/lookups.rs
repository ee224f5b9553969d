//! Rows F14 to F17: what is looked up, by whom, and through what.

use std::fs;

use axum::{body::Body, extract::Request};
use http::StatusCode;
use parvis::federation::{discover, probe};
use serde_json::json;

use crate::{
    http_server::Reply,
    world::{KEYS, World},
};

#[tokio::test]
async fn f14_links_that_lead_away() {
    let world = World::new().await;
    let port = world.server.address.port();
    let away = [
        format!("http://127.0.0.2:{port}/x"),
        format!("http://elsewhere.localhost:{port}/x"),
        format!("http://u@angers.localhost:{port}/x"),
        "https://10.0.0.1/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:application/json,{}".to_owned(),
        "javascript:1".to_owned(),
        format!("http://angers.localhost:{port}/own"),
    ];
    for (number, target) in away.iter().enumerate() {
        let host = if number + 1 == away.len() { "angers".to_owned() } else { format!("away-{number}") };
        world.meet(&host, "/a", &KEYS[0]).await;
        let rels = [
            "http://nodeinfo.diaspora.software/ns/schema/2.1",
            "http://nodeinfo.diaspora.software/ns/schema/2.0",
            "https://www.w3.org/ns/activitystreams#Application",
        ];
        let links: Vec<_> = rels.iter().map(|rel| json!({ "rel": rel, "href": target })).collect();
        let document = json!({ "links": links }).to_string();
        let json =
            |text: &str| Reply::new("200 OK", &[("Content-Type", "application/json")], text.as_bytes());
        world.page(&host, "/.well-known/nodeinfo", json(&document));
        let document = json!({"subject": "x", "links": [{"rel": "self", "href": target}]}).to_string();
        for resource in ["acct%3Arelay%40", "http%3A%2F%2F"] {
            let end = if resource.starts_with("acct") { "" } else { "%2F" };
            let path = format!("/.well-known/webfinger?resource={resource}{host}.localhost%3A{port}{end}");
            world.page(&host, &path, json(&document));
        }
        world.asked();
        let found = probe::probe(&world.app, &format!("{host}.localhost:{port}")).await;
        let asked = world.asked();
        assert!(asked.len() > 1 && asked.iter().all(|asked| asked.starts_with(&host)), "{target}: {asked:?}");
        // The positive control comes last: a link at its own origin is followed.
        assert_eq!(
            asked.iter().any(|asked| asked.ends_with("/own")),
            host == "angers",
            "{target}: {asked:?}"
        );
        assert!(found.is_err() || found.is_ok_and(|found| found.relay.is_none()), "{target}");
    }
}

#[tokio::test]
async fn f15_names_that_would_become_a_query() {
    let world = World::new().await;
    let host = format!("angers.localhost:{}", world.server.address.port());
    assert!(discover::actor(&world.app, &format!("a.b-c_d@{host}")).await.is_err());
    let account: String = host.replace(':', "%3A");
    assert_eq!(
        world.asked(),
        [format!("angers.localhost/.well-known/webfinger?resource=acct%3Aa.b-c_d%40{account}")]
    );
    let before = world.app.http.outbound_log();
    for user in ["a&resource=b", "a#", "a?x", "a%26", "a/../b", "a b", "a\r\nX: y", "a;b", "a'--"] {
        assert!(discover::actor(&world.app, &format!("{user}@{host}")).await.is_err(), "{user}");
    }
    for path in ["/x", "?x", "#x", "/../x", ":1/x"] {
        assert!(discover::actor(&world.app, &format!("a@{host}{path}")).await.is_err(), "{path}");
    }
    assert_eq!(world.app.http.outbound_log(), before);
}

#[tokio::test]
async fn f16_nobody_outside_can_have_the_node_look_up() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let id = world.iri("angers", "/a");
    let encoded: String = url::form_urlencoded::byte_serialize(id.as_str().as_bytes()).collect();
    for path in [
        format!("/recherche?q={encoded}"),
        format!("/recherche?q=%40alice%40{}", id.host()),
        format!("/.well-known/webfinger?resource={encoded}"),
        format!("/.well-known/webfinger?resource=acct%3Aalice%40{}", id.host()),
        format!("/@alice@{}", id.host()),
        format!("/recus/{encoded}"),
        format!("/media/{encoded}"),
        format!("/authorize_interaction?uri={encoded}"),
    ] {
        for accept in ["text/html", "application/activity+json"] {
            let request =
                Request::get(&path).header("host", "rennes.localhost:8101").header("accept", accept);
            let answer = world.ask(request.body(Body::empty()).unwrap()).await;
            assert!(answer.status == StatusCode::OK || answer.status.is_client_error(), "{path}: {answer:?}");
        }
    }
    assert!(world.app.http.outbound_log().is_empty() && world.asked().is_empty());
}

#[test]
fn f17_no_client_is_built_elsewhere() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let forbidden = fs::read_to_string(root.join("clippy.toml")).unwrap();
    for way in ["reqwest::Client::new", "reqwest::Client::builder", "reqwest::get"] {
        assert!(forbidden.contains(way), "{way}");
    }
    let allowed = fs::read_to_string(root.join("src/federation/connector.rs")).unwrap();
    assert_eq!(allowed.matches("clippy::disallowed_methods").count(), 1);
}
