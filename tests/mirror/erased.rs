//! What the law has a city erase is destroyed wherever it was kept; hashes and proofs stay (register.md rule 13).

use parvis::{
    Error,
    actions::{receive, reindex, verify, withdraw},
    domain::{Iri, canonical, codes::Reason},
    storage::{Db, records, records::Row, versions},
};

use crate::world::{Site, escaped, site};

/// A piece of the diagnosis that nothing else says.
fn words_of(document: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let diagnosis = document["parvis:diagnosis"].as_str().unwrap();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == ',';
    let pieces = diagnosis.split(|c| !plain(c));
    let longest = pieces.max_by_key(|piece| piece.len()).unwrap().to_owned();
    assert!(longest.len() > 20, "{diagnosis}");
    longest
}

/// Whether the database of a node holds these words anywhere, in its pages or its log.
async fn holds(site: &Site, words: &str) -> bool {
    let file = site.app().config.database.sqlite_file().unwrap();
    Db::fold(&file).await.unwrap();
    let log = file.with_extension("sqlite-wal");
    let found = |bytes: Vec<u8>| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    found(std::fs::read(&file).unwrap()) || std::fs::read(log).is_ok_and(found)
}

async fn row(site: &Site, uri: &str) -> Row {
    records::get(&site.app().db, uri).await.unwrap().unwrap()
}

#[tokio::test]
async fn r13_what_is_erased_is_gone_here_and_from_every_mirror_its_hash_and_proof_stay() {
    let (angers, rennes) = (site("angers").await, site("rennes").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    let page = records::Page::first(1);
    let avis = records::by_kind_ours(&angers.app().db, "Avis", &page).await.unwrap().remove(0);
    let (id, words) = (Iri::parse(&avis.uri).unwrap(), words_of(&avis.document));
    assert!(holds(&angers, &words).await && holds(&rennes, &words).await);

    let operator = &angers.node.operator;
    let erase =
        async || withdraw::erase(angers.app(), operator, &id, Reason::Legal, "Nommait une personne.").await;
    erase().await.unwrap();
    rennes.catches_up(&angers).await;
    for (site, other) in [(&angers, &rennes), (&rennes, &angers)] {
        assert!(!holds(site, &words).await, "on {}", site.host());
        let first = versions::get(&site.app().db, &avis.uri, 1).await.unwrap().unwrap();
        assert_eq!((first.document, first.hash.as_str()), (None, avis.hash.as_str()));
        assert!(first.proof_json.is_some_and(|proof| proof.contains("proofValue")));
        let findings = verify::register(site.app(), &|_, _| ()).await.unwrap();
        assert!(findings.broken.is_empty() && findings.erased == 1, "{:?}", findings.broken);
        // What is derived again is the same.
        let before = row(site, &avis.uri).await;
        reindex::reindex(site.app(), &site.node.operator, &|_, _| ()).await.unwrap();
        assert_eq!(row(site, &avis.uri).await, before);
        let mirror = format!("/api/v1/mirror?id={}&version=1", escaped(&avis.uri));
        assert_eq!(other.get(site, &mirror, "application/json").await.0, 410);
    }

    // Its end is signed and says that it erases; its page says so too.
    let path = avis.uri.strip_prefix(&angers.base()).unwrap().to_owned();
    let (status, _, text) = rennes.get(&angers, &path, "application/activity+json").await;
    assert_eq!(status, 410);
    assert!(text.contains("\"parvis:erased\":true") && text.contains("Nommait une personne."), "{text}");
    let (status, _, shown) = rennes.get(&angers, &format!("/avis/{}", avis.slug), "text/html").await;
    assert_eq!(status, 410, "{shown}");
    assert!(shown.contains("Son texte a été effacé") && !shown.contains(&words), "{shown}");

    // Once and for all: not again, and not by a copy that comes late.
    assert!(matches!(erase().await, Err(Error::Gone { .. })));
    let nancy = site("nancy").await;
    nancy.follows(&angers).await;
    let document = canonical::read(&avis.document).unwrap();
    let late =
        receive::Arrival { text: &avis.document, document: &document, from_origin: true, activity: None };
    // Refused, or taken without its words.
    let _ = receive::version(nancy.app(), &late).await;
    assert!(!holds(&nancy, &words).await);
}

#[tokio::test]
async fn r13_what_was_withdrawn_may_still_be_erased() {
    let angers = site("angers").await;
    angers.node.publish_sample("angers.toml").await;
    let page = records::Page::first(1);
    let avis = records::by_kind_ours(&angers.app().db, "Avis", &page).await.unwrap().remove(0);
    let (id, words) = (Iri::parse(&avis.uri).unwrap(), words_of(&avis.document));
    let (app, operator) = (angers.app(), &angers.node.operator);
    withdraw::withdraw(app, operator, &id, Reason::Superseded, "Remplacé.").await.unwrap();
    assert!(holds(&angers, &words).await, "history stays readable");
    withdraw::erase(app, operator, &id, Reason::Legal, "Nommait une personne.").await.unwrap();
    assert!(!holds(&angers, &words).await);
    let end = row(&angers, &avis.uri).await;
    assert_eq!((end.version, end.withdrawn, end.title.as_str()), (3, true, "Nommait une personne."));
    let again = withdraw::withdraw(app, operator, &id, Reason::Legal, "Encore.").await;
    assert!(matches!(again, Err(Error::Gone { .. })));
    assert!(verify::register(app, &|_, _| ()).await.unwrap().broken.is_empty());
}
