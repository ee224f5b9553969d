//! The examples that Parvis made itself, for every kind that the design has none of: from `made.toml`, with a clock
//! that stands still, seeded ids and published keys. `PARVIS_WRITE=1 cargo test --test documents made` writes them
//! anew.

use std::{collections::BTreeSet, fs};

use parvis::{
    App,
    actions::{self, Operator, import, publish, similar},
    clock::{Chance, Clock},
    config::Config,
    domain::{
        Hash, Iri, Version,
        canonical::{self, Document},
        proof::{self, ProofKey},
        said::Said,
    },
    dossier,
    storage::{actors, records},
};
use serde_json::{Value, json};

use super::{documents, folder};

/// Where they are, seen from the other examples.
pub const FOLDER: &str = "examples/made";

/// Everything that `made.toml` says, published at `https://rennes.example`, and one thing more that a dossier does
/// not say: the same idea in two avis.
async fn published() -> (App, tempfile::TempDir) {
    let at = tempfile::tempdir().unwrap();
    let config: Config = toml::from_str(&format!(
        "domain = \"rennes.example\"\npublic_url = \"https://rennes.example\"\n\
         [city]\nname = \"Rennes\"\nterritory = \"35238\"\n[database]\nurl = \"sqlite:{}\"\n",
        at.path().join("parvis.sqlite").display()
    ))
    .unwrap();
    let clock = Clock::set_to("2026-11-22T09:00:00Z".parse().unwrap());
    let app = App::open(config, clock, Chance::seeded(8)).await.unwrap();
    let operator = Operator::cli("exemples");
    actions::actors::set_up(&app, &operator).await.unwrap();
    let dossier = dossier::read(&folder("made.toml")).unwrap_or_else(|problems| panic!("{problems:?}"));
    import::import(&app, &operator, &dossier, &folder(""), false).await.unwrap();
    publish::publish(&app, &operator, None, &|_, _| ()).await.unwrap();
    let ideas = ["rennes/ccnr/avis-1/r1", "rennes/jeunes/avis-1/r1"].map(str::to_owned);
    similar::confirm(&app, &operator, &ideas, Some("ccnr"), "Les deux veulent la même liste.").await.unwrap();
    (app, at)
}

/// The key an actor of the examples signs with, from its handle: anyone can make it again.
fn key(actor: &Iri, handle: &str) -> (Vec<u8>, ProofKey) {
    let digits = Hash::of(format!("parvis example {handle}").as_bytes()).digits().to_owned();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let seed: Vec<u8> = (0..64).step_by(2).map(byte).collect();
    let key = ProofKey::from_seed(actor.join("#ed25519-1"), &seed).unwrap();
    (seed, key)
}

/// The files as they should be: name and text.
async fn made() -> Vec<(String, String)> {
    let (app, _folder) = published().await;
    let there = kinds(documents().iter().filter(|(name, _)| !name.starts_with("made/")).map(|(_, one)| one));
    let mut files = Vec::new();
    let mut keys = serde_json::Map::new();
    for (kind, _) in Said::FOLDERS.iter().filter(|(kind, _)| !there.contains(*kind)) {
        let mut rows = records::by_kind_ours(&app.db, kind, &records::Page::first(100)).await.unwrap();
        rows.sort_by_key(|row| row.first_seq);
        let row = rows.first().unwrap_or_else(|| panic!("made.toml has no {kind}"));
        let mut document = canonical::read(&row.document).unwrap();
        let author = Iri::parse(&row.author).unwrap();
        let handle = actors::get(&app.db, &row.author).await.unwrap().unwrap().handle;
        let (seed, key) = key(&author, &handle);
        let created = proof::claim(&document).unwrap().unwrap().created;
        proof::sign(&mut document, &key, created);
        let hex = seed.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let entry = json!({ "actor": author, "ed25519_key_id": author.join("#ed25519-1"),
            "ed25519_seed_hex": hex, "ed25519_public_multibase": key.public() });
        keys.insert(handle, entry);
        files.push((file(kind), pretty(&Value::Object(document))));
    }
    let keys = json!({ "warning": "THROW-AWAY TEST KEYS, published on purpose so that anyone can recompute the \
        proofs. Never use them for anything else, never trust anything they sign.", "actors": keys });
    files.push(("keys.json".to_owned(), pretty(&keys)));
    files
}

/// `DebateSeries` as `debate-series.json`.
fn file(kind: &str) -> String {
    let parts = kind
        .char_indices()
        .flat_map(|(at, c)| (at > 0 && c.is_uppercase()).then_some('-').into_iter().chain(c.to_lowercase()));
    parts.collect::<String>() + ".json"
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

/// The kinds of records among some documents.
fn kinds<'a>(documents: impl Iterator<Item = &'a Document>) -> BTreeSet<String> {
    let signed = documents.filter(|document| document.contains_key("proof"));
    let kind = |document| Version::from_document(document).ok().map(|version| version.kind().to_owned());
    signed.filter_map(kind).collect()
}

#[tokio::test]
async fn made_examples_are_what_parvis_makes_today() {
    let folder = folder(FOLDER);
    for (name, text) in made().await {
        let path = folder.join(&name);
        if std::env::var_os("PARVIS_WRITE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{name}: PARVIS_WRITE=1 cargo test --test documents made writes it anew\n{text}"
        );
    }
}

#[test]
fn made_or_designed_there_is_a_signed_example_of_every_kind() {
    let there = kinds(documents().values());
    let without: Vec<_> = Said::FOLDERS.iter().filter(|(kind, _)| !there.contains(*kind)).collect();
    assert!(without.is_empty(), "{without:?}");
}
