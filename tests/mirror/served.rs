//! Anybody has from any node what it holds, exactly as signed, and marked as a copy.

use parvis::{
    actions::{verify, withdraw},
    domain::{Iri, codes::Reason},
    federation::tasks,
    storage::{hosts, records, tasks as queue},
};

use crate::world::{escaped, site};

#[tokio::test]
async fn r05_a_mirror_serves_the_signed_bytes_marked_and_never_as_official_when_the_origin_is_gone() {
    let (angers, rennes) = (site("angers").await, site("rennes").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    let page = records::Page::first(1);
    let avis = records::by_kind_ours(&angers.app().db, "Avis", &page).await.unwrap().remove(0);
    let own = format!("/api/v1/mirror?id={}", escaped(&avis.uri));
    let (status, headers, text) = rennes.get(&angers, &own, "application/json").await;
    assert_eq!((status, headers.get("parvis-mirror-of")), (200, None), "its own words are no copy");
    assert_eq!(text, avis.document);
    angers.gone();
    let mut tx = rennes.app().db.begin().await.unwrap();
    queue::schedule(&mut tx, "catch-up", angers.host(), rennes.app().clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    tasks::step(rennes.app(), "one").await.unwrap();
    let contact = hosts::contacts(&rennes.app().db, &[angers.host()]).await.unwrap().remove(0);
    assert!(!contact.answers() && contact.seen_at().is_some());
    let (status, headers, text) = angers.get(&rennes, &own, "application/json").await;
    assert_eq!((status, text.as_str()), (200, avis.document.as_str()));
    assert_eq!(headers["parvis-mirror-of"], angers.base().as_str());
    assert_eq!(headers["parvis-hash"], avis.hash.as_str());
    assert_eq!(headers["parvis-origin-seen"], "2026-11-21T12:00:00Z");
    let key = Iri::parse(&avis.uri).unwrap().key();
    let (status, _, page) = angers.get(&rennes, &format!("/recus/{key}"), "text/html").await;
    assert_eq!(status, 200);
    assert!(page.contains("<strong>Miroir</strong>") && page.contains("ne répond plus depuis le"), "{page}");
    let listed = format!("/api/v1/mirror/authors?host={}", escaped(angers.host()));
    let (_, _, list) = angers.get(&rennes, &listed, "application/json").await;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert!(list["items"].as_array().unwrap().iter().all(|item| item["mirror"] == true));
    let findings = verify::register(rennes.app(), &|_, _| ()).await.unwrap();
    assert!(findings.broken.is_empty());
}

#[tokio::test]
async fn r13_p1_what_was_withdrawn_stays_so_and_drafts_are_in_no_mirror() {
    let (angers, rennes) = (site("angers").await, site("rennes").await);
    let published = angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    let page = records::Page::first(50);
    let answers = records::by_kind_ours(&angers.app().db, "FollowUp", &page).await.unwrap();
    let withdrawn = Iri::parse(&answers[0].uri).unwrap();
    let reason = (Reason::Legal, "Retiré.");
    withdraw::withdraw(angers.app(), &angers.node.operator, &withdrawn, reason.0, reason.1).await.unwrap();
    rennes.catches_up(&angers).await;
    angers.gone();
    let asked = format!("/api/v1/mirror?id={}", escaped(withdrawn.as_str()));
    let (status, headers, text) = angers.get(&rennes, &asked, "application/json").await;
    assert_eq!(status, 410);
    assert_eq!(headers["parvis-mirror-of"], angers.base().as_str());
    assert!(text.contains("\"Tombstone\"") && text.contains("\"proof\""), "as its author signed it: {text}");
    let (status, _, text) = angers.get(&rennes, &format!("{asked}&version=1"), "application/json").await;
    assert_eq!((status, text.as_str()), (200, answers[0].document.as_str()), "history stays readable");
    assert!(!published.is_empty());
    for unknown in ["https://angers.example/avis/draft", "nothing", ""] {
        let path = format!("/api/v1/mirror?id={}", escaped(unknown));
        let (status, ..) = angers.get(&rennes, &path, "application/json").await;
        assert!(matches!(status, 400 | 404), "{unknown}: {status}");
    }
}
