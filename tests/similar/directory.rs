//! The directory: nodes, councils, their feeds.

use parvis::{
    domain::Iri,
    storage::{
        actors,
        follows::{self, Follow},
        hosts,
    },
};
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::{ANGERS, RENNES, ask, city, hand_over::hand_over, node::Node, page};

/// Says of Angers what a probe and a verified message would.
async fn met(rennes: &Node, angers: &Node, policy: &str) {
    let host = angers.app.urls.host();
    let mut tx = rennes.app.db.begin().await.unwrap();
    let relay = actors::by_role(&angers.app.db, "relay").await.unwrap().remove(0);
    let software = Some("parvis 0.1.0");
    let what = hosts::Description { software, parvis: true, relay: Some(&relay.uri) };
    hosts::describe(&mut tx, host, &what).await.unwrap();
    hosts::well(&mut tx, host, 1_795_262_400_000).await.unwrap();
    hosts::set_policy(&mut tx, host, policy, None).await.unwrap();
    let own = actors::by_role(&rennes.app.db, "relay").await.unwrap().remove(0);
    let follow = Follow {
        follower: own.uri,
        followed: relay.uri,
        ours: true,
        state: "accepted".to_owned(),
        activity: rennes.app.urls.at("/activites/1").to_string(),
        document: "{}".to_owned(),
        host: host.to_owned(),
        inbox: relay.inbox,
        at: 0,
    };
    follows::put(&mut tx, &follow).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every feed of an OPML document that obeys OPML 2.0: text and address.
fn feeds(opml: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(opml);
    let (mut path, mut found) = (Vec::new(), Vec::new());
    let attribute = |element: &BytesStart<'_>, name: &str| {
        let attribute = element.try_get_attribute(name).unwrap()?;
        Some(String::from_utf8(attribute.value.to_vec()).unwrap())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                match (path.len(), name.as_str()) {
                    (0, "opml") => assert_eq!(attribute(&element, "version").as_deref(), Some("2.0")),
                    (1, "head" | "body") | (2, "title") => {}
                    (_, "outline") => assert!(attribute(&element, "text").is_some()),
                    other => panic!("{other:?}"),
                }
                path.push(name);
            }
            Event::End(_) => drop(path.pop()),
            Event::Empty(element) => {
                assert_eq!(element.name().as_ref(), b"outline");
                assert_eq!(attribute(&element, "type").as_deref(), Some("rss"));
                let page = attribute(&element, "htmlUrl").unwrap();
                assert!(Iri::parse(&page).is_ok(), "{page}");
                let feed = attribute(&element, "xmlUrl").unwrap();
                found.push((attribute(&element, "text").unwrap(), feed));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty());
    found
}

async fn text(node: &Node, path: &str, accept: &str) -> String {
    let (status, text) = ask(node, path, accept, "fr").await;
    assert_eq!(status, 200, "{path}: {text}");
    text
}

#[tokio::test]
async fn requirement_4_9_the_directory_lists_nodes_and_councils_with_health_last_word_and_feeds() {
    let rennes = city("rennes", "ccnr", 8321, &RENNES).await;
    let alone = page(&rennes, "/annuaire", "fr").await;
    assert!(
        alone.contains("Ce nœud n’en connaît encore aucun autre.") && alone.contains("Conseil ccnr"),
        "{alone}"
    );
    let angers = city("angers", "codev", 8322, &ANGERS).await;
    hand_over(&angers, &rennes).await;
    met(&rennes, &angers, "allowed").await;

    let french = page(&rennes, "/annuaire", "fr").await;
    for part in [
        "2 nœuds",
        "angers.localhost:8322",
        "joignable",
        "parvis 0.1.0",
        "Conseil codev",
        "http://angers.localhost:8322/flux/codev.atom",
        "/annuaire.opml",
        "/annuaire.csv",
    ] {
        assert!(french.contains(part), "no {part:?} in {french}");
    }
    assert!(page(&rennes, "/annuaire", "en").await.contains("reachable"));
    assert!(page(&rennes, "/", "fr").await.contains("href=\"/annuaire\""), "in the footer");

    let told: Value =
        serde_json::from_str(&text(&rennes, "/api/v1/directory", "application/json").await).unwrap();
    let nodes = told["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2, "{told}");
    assert!(
        nodes[0]["ours"] == true && nodes[1]["health"] == "well" && nodes[1]["followed"] == true,
        "{told}"
    );
    assert_eq!(nodes[1]["name"], "angers");
    assert_eq!(nodes[1]["lastSeen"], "2026-11-21T12:00:00Z");
    let bodies = told["bodies"].as_array().unwrap();
    let addresses: Vec<&str> = bodies.iter().map(|one| one["address"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["@ccnr@rennes.localhost:8321", "@codev@angers.localhost:8322"]);
    assert!(bodies.iter().all(|one| one["lastPublished"].is_string()), "{told}");

    let csv = text(&rennes, "/annuaire.csv", "text/csv").await;
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(csv.contains("council,Conseil codev,"), "{csv}");
    let found = feeds(&text(&rennes, "/annuaire.opml", "*/*").await);
    let addresses: Vec<&str> = found.iter().map(|(_, feed)| feed.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "http://rennes.localhost:8321/flux/ccnr.atom",
            "http://rennes.localhost:8321/flux/echeances.atom",
            "http://angers.localhost:8322/flux/codev.atom",
            "http://angers.localhost:8322/flux/echeances.atom",
        ]
    );
}

#[tokio::test]
async fn requirement_4_9_a_blocked_server_is_in_no_directory() {
    let rennes = city("rennes", "ccnr", 8323, &RENNES).await;
    let angers = city("angers", "codev", 8324, &ANGERS).await;
    hand_over(&angers, &rennes).await;
    met(&rennes, &angers, "blocked").await;
    for path in ["/annuaire", "/annuaire.csv", "/annuaire.opml", "/api/v1/directory"] {
        let shown = text(&rennes, path, "*/*").await;
        assert!(!shown.contains("angers"), "{path}: {shown}");
    }
}
