//! The life of records on one node: published from a dossier, changed, withdrawn, reindexed, verified.

mod support {
    pub mod node;
}

use parvis::{
    actions::{drafts::Change, export, import, publish, reindex, verify, withdraw},
    domain::{Iri, Version, codes::Reason},
    storage::{self, records::Page},
};
use support::node::node;

const QUIET: &(dyn Fn(usize, usize) + Sync) = &|_, _| ();

fn dossier() -> (std::path::PathBuf, parvis::dossier::Dossier) {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    let dossier = parvis::dossier::read(&folder.join("rennes.toml")).unwrap();
    (folder, dossier)
}

#[tokio::test]
async fn an_import_is_a_draft_and_a_draft_is_nowhere_p1() {
    let node = node("rennes", 8101).await;
    let (folder, dossier) = dossier();
    let report = import::import(&node.app, &node.operator, &dossier, &folder, false).await.unwrap();
    let (left, new): (Vec<_>, Vec<_>) =
        report.changes.iter().partition(|(_, _, change)| *change == Change::NotYours);
    assert!(new.iter().all(|(_, _, change)| *change == Change::New));
    assert_eq!(left[0].0, "rennes/mission-5g/rapport-methode", "a guarantor speaks for itself (2.5)");
    assert_eq!(left.len(), 1);
    let page = Page::first(10);
    assert!(storage::records::ours(&node.app.db, &page).await.unwrap().is_empty());
    assert!(storage::search::find(&node.app.db, "numérique", &page).await.unwrap().is_empty());
    assert_eq!(storage::deliveries::counts(&node.app.db).await.unwrap(), Vec::new());
}

#[tokio::test]
async fn importing_twice_changes_nothing_and_a_changed_text_makes_a_version() {
    let node = node("rennes", 8102).await;
    let published = node.publish_sample("rennes.toml").await;
    assert!(published.iter().all(|published| published.version == Some(1)), "{published:?}");
    let (folder, mut dossier) = dossier();
    let again = import::import(&node.app, &node.operator, &dossier, &folder, false).await.unwrap();
    assert_eq!(again.drafted(), Vec::<&str>::new());

    let avis = &mut dossier.avis[0];
    let reference = again.changes.iter().find(|(_, kind, _)| *kind == "Avis").unwrap().0.clone();
    avis.diagnosis = parvis::dossier::Text::new("fr", "Un autre diagnostic (synthétique).");
    let changed = import::import(&node.app, &node.operator, &dossier, &folder, false).await.unwrap();
    assert_eq!(changed.changes.iter().filter(|(_, _, change)| *change == Change::NewVersion).count(), 1);
    let republished = publish::publish(&node.app, &node.operator, None, QUIET).await.unwrap();
    assert_eq!(republished.len(), 1);
    assert_eq!((republished[0].version, republished[0].reference.as_str()), (Some(2), changed.drafted()[0]));
    let first = published.iter().find(|p| p.reference == republished[0].reference).unwrap();
    assert_eq!(first.id, republished[0].id, "never a new id");
    assert!(!reference.is_empty());
}

#[tokio::test]
async fn recommendations_follow_their_avis_a_second_apart_rule_9() {
    let node = node("rennes", 8103).await;
    node.publish_sample("rennes.toml").await;
    let avis = storage::records::by_kind(&node.app.db, "Avis", &Page::first(50)).await.unwrap();
    assert!(!avis.is_empty());
    for avis in avis {
        let Version::Record(record) = Version::parse(&avis.document).unwrap() else { panic!() };
        let parvis::domain::said::Said::Avis(said) = &record.said else { panic!() };
        let rows = storage::records::by_avis(&node.app.db, &avis.uri).await.unwrap();
        let listed: Vec<&str> = said.recommendations.iter().map(Iri::as_str).collect();
        assert_eq!(rows.iter().map(|row| row.uri.as_str()).collect::<Vec<_>>(), listed, "4 of 17 or all 17");
        let mut last = avis.published.clone();
        for row in rows {
            assert!(row.published > last);
            last = row.published;
        }
    }
}

#[tokio::test]
async fn reindex_gives_the_same_bytes() {
    let node = node("rennes", 8104).await;
    node.publish_sample("rennes.toml").await;
    let everything = async || {
        let mut rows = storage::records::ours(&node.app.db, &Page::first(1000)).await.unwrap();
        rows.sort_by(|a, b| a.uri.cmp(&b.uri));
        let mut links = Vec::new();
        for row in &rows {
            links.extend(storage::links::of_source(&node.app.db, &row.uri).await.unwrap());
        }
        let found = storage::search::find(&node.app.db, "numérique", &Page::first(1000)).await.unwrap();
        (rows, links, found)
    };
    let before = everything().await;
    assert!(before.0.len() > 50 && !before.1.is_empty() && !before.2.is_empty());
    reindex::reindex(&node.app, &node.operator, QUIET).await.unwrap();
    assert_eq!(everything().await, before);
}

#[tokio::test]
async fn verify_finds_one_altered_byte() {
    let node = node("rennes", 8105).await;
    node.publish_sample("rennes.toml").await;
    let whole = verify::register(&node.app, QUIET).await.unwrap();
    assert!(whole.checked > 50 && whole.broken.is_empty(), "{:?}", whole.broken);
    let mut lines = Vec::new();
    export::export(&node.app, &mut lines).await.unwrap();
    let clean = verify::export(&mut lines.as_slice()).unwrap();
    assert_eq!((clean.checked, clean.broken.len()), (whole.checked, 0));

    let text = String::from_utf8(lines).unwrap();
    let at = text.find("Recommandation").expect("a word of a document");
    let altered = format!("{}r{}", &text[..at], &text[at + 1..]);
    let found = verify::export(&mut altered.as_bytes()).unwrap();
    assert_eq!(found.broken.len(), 1, "{:?}", found.broken);
    assert_eq!(found.broken[0].2.rule, "hash-differs");
}

#[tokio::test]
async fn a_withdrawn_record_keeps_its_history_and_its_id_is_never_used_again_rule_13() {
    let node = node("rennes", 8106).await;
    let published = node.publish_sample("rennes.toml").await;
    let avis = published.iter().find(|published| published.kind == "Avis").unwrap();
    withdraw::withdraw(&node.app, &node.operator, &avis.id, Reason::Duplicate, "Doublon (synthétique).")
        .await
        .unwrap();
    let row = storage::records::get(&node.app.db, avis.id.as_str()).await.unwrap().unwrap();
    assert!(row.withdrawn && row.version == 2);
    assert!(matches!(Version::parse(&row.document).unwrap(), Version::Tombstone(_)));
    assert_eq!(storage::versions::history(&node.app.db, avis.id.as_str()).await.unwrap().len(), 2);
    assert!(verify::register(&node.app, QUIET).await.unwrap().broken.is_empty());
    let again = withdraw::withdraw(&node.app, &node.operator, &avis.id, Reason::Duplicate, "x").await;
    assert!(matches!(again, Err(parvis::Error::Gone { .. })));
}

#[tokio::test]
async fn every_action_leaves_its_operator_rule_18() {
    let node = node("rennes", 8107).await;
    node.publish_sample("nancy.toml").await;
    let audit = storage::audit::latest(&node.app.db, None, 200).await.unwrap();
    assert!(!audit.is_empty() && audit.iter().all(|entry| entry.operator == "test" && entry.role == "cli"));
    assert!(audit.iter().any(|entry| entry.action == "create-actor"));
}

#[tokio::test]
async fn a_council_made_before_its_dossier_keeps_its_id() {
    let node = node("rennes", 8108).await;
    let handle = parvis::domain::Handle::parse("ccnr").unwrap();
    let profile = parvis::actions::actors::Profile::new(parvis::domain::Role::Council, handle, "CCNR");
    let (id, _) = parvis::actions::actors::save(&node.app, &node.operator, &profile).await.unwrap();
    node.publish_sample("rennes.toml").await;
    let council = storage::actors::by_handle(&node.app.db, "ccnr").await.unwrap().unwrap();
    assert_eq!(council.uri, id.as_str());
    let questions = storage::records::by_kind(&node.app.db, "Saisine", &Page::first(50)).await.unwrap();
    assert!(questions.iter().all(|question| {
        question.addressee.as_deref().is_some_and(|to| to.starts_with(node.app.urls.base()))
    }));
    let addressed = storage::records::by_kind(&node.app.db, "AutoSaisine", &Page::first(50)).await.unwrap();
    assert!(
        addressed.iter().chain(&questions).any(|question| question.addressee.as_deref() == Some(id.as_str()))
    );
}

#[tokio::test]
async fn a_withdrawn_record_does_not_stop_what_comes_after_it() {
    let node = node("rennes", 8109).await;
    let published = node.publish_sample("rennes.toml").await;
    let (folder, mut dossier) = dossier();
    let avis = published.iter().filter(|published| published.kind == "Avis").collect::<Vec<_>>();
    for avis in &avis[..1] {
        withdraw::withdraw(&node.app, &node.operator, &avis.id, Reason::Duplicate, "Doublon.").await.unwrap();
    }
    for avis in &mut dossier.avis {
        avis.diagnosis = parvis::dossier::Text::new("fr", "Tout autre diagnostic (synthétique).");
    }
    let report = import::import(&node.app, &node.operator, &dossier, &folder, false).await.unwrap();
    assert!(report.changes.iter().any(|(_, _, change)| *change == Change::Withdrawn));
    let again = publish::publish(&node.app, &node.operator, None, QUIET).await.unwrap();
    assert_eq!(again.len(), avis.len() - 1);
    assert!(again.iter().all(|published| published.version == Some(2)));
}
