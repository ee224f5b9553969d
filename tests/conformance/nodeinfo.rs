//! Section C, NodeInfo: rows 44, 46 and 47; the schemas (45) are held by a judge of its own.

use serde_json::{Value, json};

use crate::{
    judge::text,
    rows,
    world::{Got, World},
};

#[tokio::test]
async fn c_nodeinfo() {
    rows! { World::told().await;
        row_44_the_well_known_document_leads_to_both_versions,
        row_46_the_media_type_names_its_schema,
        row_47_counts_are_true,
    }
}

/// Each version with its document.
async fn documents(world: &World) -> Vec<(&'static str, Got)> {
    let links = world.get("/.well-known/nodeinfo", "application/jrd+json").await;
    assert_eq!((links.status, links.header("content-type")), (200, "application/jrd+json"));
    let mut found = Vec::new();
    for version in ["2.0", "2.1"] {
        let rel = format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
        let links = links.json()["links"].as_array().cloned().unwrap_or_default();
        let link = links.into_iter().find(|link| link["rel"] == rel).expect("a link to each version");
        found.push((version, world.get(text(&link, "href"), "application/json").await));
    }
    found
}

async fn row_44_the_well_known_document_leads_to_both_versions(world: &World) {
    for (version, got) in documents(world).await {
        assert_eq!((got.status, &got.json()["version"]), (200, &json!(version)));
    }
    let links = world.get("/.well-known/nodeinfo", "*/*").await.json();
    let relay = json!({ "rel": "https://www.w3.org/ns/activitystreams#Application", "href": world.actor("relay").await });
    assert!(links["links"].as_array().is_some_and(|links| links.contains(&relay)), "FEP-2677: {links}");
}

async fn row_46_the_media_type_names_its_schema(world: &World) {
    for (version, got) in documents(world).await {
        let profile = format!("profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\"");
        assert_eq!(got.header("content-type"), format!("application/json; {profile}"));
    }
}

async fn row_47_counts_are_true(world: &World) {
    let said = world.records().into_iter().filter(|record| record["type"] != "Tombstone").count();
    let speaking = world.actors().into_iter().filter(|actor| actor["type"] != "Application").count();
    assert!(said > 8 && speaking == 3, "{said} records by {speaking} actors");
    for (version, got) in documents(world).await {
        let usage = &got.json()["usage"];
        assert_eq!(usage["localPosts"], json!(said), "{version}");
        assert_eq!(usage["users"], json!({ "total": speaking }), "{version}: nobody counts who is active");
        assert_eq!(usage["localComments"], Value::Null);
    }
}
