//! A peer that lies, or is fooled: what does not hold is refused, and the liar named.

use parvis::{
    App,
    actions::{keys_file, rebuild as action, verify},
    domain::{
        Instant, Iri, Version, canonical,
        proof::{self, ProofKey},
    },
    federation::mirror::rebuild,
    storage::{self, keys, records, versions},
};

use crate::world::{PHRASE, Site, empty, held, site};

#[tokio::test]
async fn o41_an_altered_version_is_refused_the_peer_named_and_the_true_one_taken_from_another() {
    let (mut angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    nancy.follows(&angers).await;
    let before = held(angers.app(), angers.host()).await;
    let (keys, _) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    angers.destroyed().await;
    keys_file::import(angers.app(), &angers.node.operator, &keys, PHRASE).await.unwrap();
    rennes.lies(true);
    let done = |peers: Vec<String>| {
        let (app, operator) = (angers.app().clone(), angers.node.operator.clone());
        async move { rebuild::rebuild(&app, &operator, &peers, false, &|_, _| ()).await.unwrap() }
    };
    let report = done(vec![rennes.base()]).await;
    assert!(!report.refused.is_empty(), "{report:?}");
    assert!(report.refused.iter().all(|one| one.host == rennes.host()));
    assert!(held(angers.app(), angers.host()).await.len() < before.len());
    let report = done(vec![rennes.base(), nancy.base()]).await;
    assert!(report.refused.iter().all(|one| one.host == rennes.host()), "{report:?}");
    assert_eq!(held(angers.app(), angers.host()).await, before);
    assert!(verify::register(angers.app(), &|_, _| ()).await.unwrap().broken.is_empty());
}

/// A second version 2, signed by the same key: what somebody who stole it could make.
async fn other_version_2(app: &App, id: &str) -> String {
    let first = versions::get(&app.db, id, 1).await.unwrap().unwrap();
    let mut document = canonical::read(first.document.as_deref().unwrap()).unwrap();
    document.remove("proof");
    document.insert("parvis:version".to_owned(), 2.into());
    document.insert("parvis:previous".to_owned(), first.hash.clone().into());
    document.insert("updated".to_owned(), "2026-11-21T12:00:07Z".into());
    let row = keys::signing(&app.db, &first.author, "ed25519").await.unwrap().unwrap();
    let seed = app.keyring.open(&row.id, &row.secret.unwrap()).unwrap();
    let key = ProofKey::from_seed(Iri::parse(&row.id).unwrap(), &seed).unwrap();
    proof::sign(&mut document, &key, Instant::parse("2026-11-21T12:00:07Z").unwrap());
    canonical::write(&document)
}

/// Puts a version of another's record into a register, as received at a time.
async fn keeps(site: &Site, text: &str) {
    let document = canonical::read(text).unwrap();
    action::take(site.app(), text, &document).await.unwrap();
    assert!(Version::parse(text).is_ok());
}

#[tokio::test]
async fn r06_of_two_signed_texts_the_one_that_was_kept_longest_counts_and_both_are_told() {
    let (mut angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    nancy.follows(&angers).await;
    let page = records::Page::first(1);
    let answer = records::by_kind_ours(&angers.app().db, "FollowUp", &page).await.unwrap().remove(0);
    let stolen = other_version_2(angers.app(), &answer.uri).await;
    let honest = stolen.replace("12:00:07", "12:00:06");
    let honest = {
        let mut document = canonical::read(&honest).unwrap();
        let row = keys::signing(&angers.app().db, &answer.author, "ed25519").await.unwrap().unwrap();
        let seed = angers.app().keyring.open(&row.id, &row.secret.unwrap()).unwrap();
        let key = ProofKey::from_seed(Iri::parse(&row.id).unwrap(), &seed).unwrap();
        proof::sign(&mut document, &key, Instant::parse("2026-11-21T12:00:06Z").unwrap());
        canonical::write(&document)
    };
    keeps(&rennes, &honest).await;
    nancy.app().clock.advance(jiff::SignedDuration::from_secs(60));
    keeps(&nancy, &stolen).await;
    let (keys, _) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    angers.destroyed().await;
    let first = angers.app().clone();
    keys_file::import(&first, &angers.node.operator, &keys, PHRASE).await.unwrap();
    for (app, peers) in [
        (first, vec![nancy.base(), rennes.base()]),
        (another(&angers, &keys).await, vec![rennes.base(), nancy.base()]),
    ] {
        let report = rebuild::rebuild(&app, &angers.node.operator, &peers, false, &|_, _| ()).await.unwrap();
        assert_eq!(report.forks.len(), 1, "{report:?}");
        let kept = storage::versions::get(&app.db, &answer.uri, 2).await.unwrap().unwrap();
        assert_eq!(kept.document.as_deref(), Some(honest.as_str()), "whoever is asked first");
        assert_eq!(report.forks[0].kept.as_ref().unwrap().as_str(), kept.hash);
    }
}

/// A third life of the node, in another database.
async fn another(angers: &Site, keys: &str) -> App {
    let node = Box::leak(Box::new(empty("angers", angers.port).await));
    keys_file::import(&node.app, &node.operator, keys, PHRASE).await.unwrap();
    node.app.clone()
}

#[tokio::test]
async fn o41_keys_that_peers_tell_differently_are_not_kept() {
    let (mut angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    nancy.follows(&angers).await;
    let council = storage::actors::by_role(&angers.app().db, "council").await.unwrap().remove(0).uri;
    let other = ProofKey::from_seed(Iri::parse(&council).unwrap(), &[7; 32]).unwrap().public();
    let mut tx = nancy.app().db.begin().await.unwrap();
    for key in keys::proof_keys(&nancy.app().db, &[&council]).await.unwrap() {
        keys::put(&mut tx, &keys::Key { public: other.clone(), ..key }).await.unwrap();
    }
    tx.commit().await.unwrap();
    angers.destroyed().await;
    let peers = [rennes.base(), nancy.base()];
    let (app, operator) = (angers.app(), &angers.node.operator);
    let report = rebuild::rebuild(app, operator, &peers, false, &|_, _| ()).await.unwrap();
    assert!(
        report.refused.iter().any(|one| one.id == council && one.why.contains("other keys")),
        "{report:?}"
    );
    let taken = versions::all(&app.db, 0, 1_000).await.unwrap();
    assert!(taken.iter().all(|version| version.author != council) && !taken.is_empty());
}
