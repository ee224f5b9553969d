//! The signed documents of the design, and those made here: they parse, their proofs and hashes hold, and from the same
//! words and keys we write the same bytes (register.md rules 3 to 6).

#[path = "documents/made.rs"]
mod made;

use std::{collections::BTreeMap, fs, path::PathBuf};

use parvis::domain::{
    Instant, Iri, Version,
    canonical::{self, Document},
    proof::{self, ProofKey},
};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)
}

/// Every example by name; those made here as `made/…`.
fn documents() -> BTreeMap<String, Document> {
    let designed = in_folder("examples").into_iter();
    designed
        .chain(in_folder(made::FOLDER).into_iter().map(|(name, one)| (format!("made/{name}"), one)))
        .collect()
}

fn in_folder(name: &str) -> BTreeMap<String, Document> {
    let entries = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
    let json = entries.filter(|path| path.extension().is_some_and(|e| e == "json"));
    json.filter(|path| path.file_stem().unwrap() != "keys")
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), canonical::read(&text).unwrap())
        })
        .collect()
}

/// Proof keys of the examples by key id: seed and public half.
fn keys() -> BTreeMap<String, (Vec<u8>, String)> {
    let mut keys = BTreeMap::new();
    for of in ["examples", made::FOLDER] {
        let text = fs::read_to_string(folder(of).join("keys.json")).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        for actor in read["actors"].as_object().unwrap().values() {
            let text = |name: &str| actor[name].as_str().unwrap().to_owned();
            let seed = text("ed25519_seed_hex");
            let byte = |at: usize| u8::from_str_radix(&seed[at..at + 2], 16).unwrap();
            let seed = (0..seed.len()).step_by(2).map(byte).collect();
            keys.insert(text("ed25519_key_id"), (seed, text("ed25519_public_multibase")));
        }
    }
    keys
}

fn signed() -> impl Iterator<Item = (String, Document)> {
    documents().into_iter().filter(|(_, document)| document.contains_key("proof"))
}

#[test]
fn every_proof_holds_and_one_changed_byte_breaks_it_56() {
    let keys = keys();
    let mut count = 0;
    for (name, document) in signed() {
        let claim = proof::claim(&document).unwrap().unwrap();
        let public = proof::from_multibase(&keys[claim.key.as_str()].1).unwrap();
        proof::verify(&document, &public).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let mut altered = document.clone();
        altered.insert("published".to_owned(), "2020-01-01T00:00:00Z".into());
        assert!(proof::verify(&altered, &public).is_err(), "{name}: altered, and still it holds");
        count += 1;
    }
    assert!(count >= 30, "only {count} signed documents");
}

#[test]
fn every_document_parses_and_is_written_back_whole() {
    for (name, document) in signed() {
        let version =
            Version::from_document(&document).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        let written = version.to_document();
        let text = |document: &Document| String::from_utf8(canonical::canonical(document)).unwrap();
        assert_eq!(text(&written), text(&document), "{name}");
        assert_eq!(canonical::hash(&written), canonical::hash(&document), "{name}");
    }
}

#[test]
fn the_same_words_and_keys_give_the_same_proof() {
    let keys = keys();
    for (name, document) in signed() {
        let claim = proof::claim(&document).unwrap().unwrap();
        let key = ProofKey::from_seed(claim.key.clone(), &keys[claim.key.as_str()].0).unwrap();
        let mut again = Version::from_document(&document).unwrap().to_document();
        again.remove("proof");
        proof::sign(&mut again, &key, claim.created);
        assert_eq!(again["proof"]["proofValue"], document["proof"]["proofValue"], "{name}");
    }
}

#[test]
fn versions_chain_by_hash_and_a_withdrawal_ends_the_chain() {
    let documents = documents();
    let version = |name: &str| Version::from_document(&documents[name]).unwrap();
    let hash = |name: &str| canonical::hash(&documents[name]);
    assert_eq!(version("avis-v2").follows(&version("avis"), &hash("avis")), Ok(()));
    assert_eq!(
        version("tombstone").follows(&version("avis-withdrawn-v1"), &hash("avis-withdrawn-v1")),
        Ok(())
    );
    assert!(version("avis-v2").follows(&version("avis"), &hash("question")).is_err());
    assert!(version("avis").follows(&version("avis-v2"), &hash("avis-v2")).is_err());
}

#[test]
fn activities_carry_their_object_unchanged() {
    use parvis::domain::activity::{Activity, Kind, Object, carry};
    let documents = documents();
    for (name, object) in [
        ("create-question", "question"),
        ("create-avis", "avis"),
        ("create-recommendation-1", "recommendation-1"),
        ("create-answer", "answer"),
        ("update-avis", "avis-v2"),
        ("delete-avis", "tombstone"),
    ] {
        let activity = Activity::from_document(documents[name].clone()).unwrap();
        assert_eq!(activity.object, Object::Embedded(documents[object].clone()), "{name}");
        let addressed =
            if object == "tombstone" { &documents["avis-withdrawn-v1"] } else { &documents[object] };
        let mut ours = carry(&activity.kind, &activity.id, &documents[object], addressed);
        if object == "tombstone" || activity.kind == Kind::Update {
            // What the examples leave out of an Update, Lemmy wants (wire.md §1.4).
            let theirs = documents[name].get("audience").cloned();
            assert!(ours.remove("audience").is_some(), "{name}");
            if let Some(audience) = theirs {
                ours.insert("audience".to_owned(), audience);
            }
        }
        let whole = |document: &Document| {
            let mut document = document.clone();
            document.remove("published");
            canonical::canonical(&document)
        };
        assert_eq!(whole(&ours), whole(&documents[name]), "{name}");
    }
}

/// What a council, a host and a Group send each other about a convention is what the design sends, term for term; the
/// context alone is shorter where no term needs more.
#[test]
fn what_is_sent_about_a_convention_is_what_the_design_sends() {
    use parvis::domain::activity::{Activity, Kind, announce, collect, join, on_join};
    let documents = documents();
    let named = |document: &Document, field: &str| Iri::parse(document[field].as_str().unwrap()).unwrap();
    let record = |name: &str, author: bool| {
        let record = &documents[name];
        named(record, if author { "attributedTo" } else { "id" })
    };
    for name in [
        "join",
        "join-accept",
        "convention-add",
        "convention-announce-boost",
        "convention-boost-later",
        "convention-announce-1b12",
    ] {
        let theirs = &documents[name];
        let activity = Activity::from_document(theirs.clone()).unwrap();
        let (id, actor) = (&activity.id, &activity.actor);
        let at = Instant::parse(theirs["published"].as_str().unwrap()).unwrap();
        let object = activity.object.id().unwrap();
        let ours = match (name, &activity.kind) {
            ("join", Kind::Join) => join(id, (actor, &object), &named(theirs, "result"), at),
            ("join-accept", kind @ Kind::Accept) => {
                let council = record("adhesion", true);
                on_join(kind, id, (actor, &council), (&object, &record("admission", false)), at)
            }
            ("convention-add", kind @ Kind::Add) => {
                let (name, of) = ["contribution", "contribution-angers"]
                    .map(|name| (name, record(name, false)))
                    .into_iter()
                    .find(|(_, of)| *of == object)
                    .unwrap();
                collect(kind, id, actor, (&of, &record(name, true)), at)
            }
            (_, Kind::Announce) => {
                let value = theirs["object"].clone();
                let author = ["avis", "avis-angers"].map(|name| &documents[name]);
                let author = author.into_iter().find(|avis| named(avis, "id") == object);
                let author = author.map(|avis| named(avis, "attributedTo"));
                announce(id, actor, &value, author.as_ref(), at)
            }
            other => panic!("{other:?}"),
        };
        let plain = |document: &Document| {
            let mut document = document.clone();
            document.remove("@context");
            String::from_utf8(canonical::canonical(&document)).unwrap()
        };
        assert_eq!(plain(&ours), plain(theirs), "{name}");
    }
}

#[test]
fn the_vocabulary_defines_every_term_of_the_design() {
    let text = fs::read_to_string(folder("examples/context-v1.jsonld")).unwrap();
    let design: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ours = parvis::domain::context::vocabulary();
    for (term, definition) in design["@context"].as_object().unwrap() {
        assert_eq!(&ours["@context"][term], definition, "{term}");
    }
}

/// FEP-8b32, the test vector of eddsa-jcs-2022 (its numbers catch a wrong canonical form).
#[test]
fn fep_8b32_vector_holds() {
    let document = canonical::read(
        r#"{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],
        "id":"https://server.example/activities/1","type":"Create","actor":"https://server.example/users/alice",
        "object":{"id":"https://server.example/objects/1","type":"Note","attributedTo":"https://server.example/users/alice",
        "content":"Hello world","location":{"type":"Place","longitude":-71.184902,"latitude":25.273962}},
        "proof":{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],
        "type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022",
        "verificationMethod":"https://server.example/users/alice#ed25519-key","proofPurpose":"assertionMethod",
        "proofValue":"z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
        "created":"2023-02-24T23:36:38Z"}}"#,
    )
    .unwrap();
    let secret = bs58::decode("3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq").into_vec().unwrap();
    let id = Iri::parse("https://server.example/users/alice#ed25519-key").unwrap();
    let key = ProofKey::from_seed(id, &secret[2..]).unwrap();
    let public = proof::from_multibase(&key.public()).unwrap();
    assert!(proof::verify(&document, &public).is_ok());
    let mut again = document.clone();
    proof::sign(&mut again, &key, Instant::parse("2023-02-24T23:36:38Z").unwrap());
    assert_eq!(again["proof"]["proofValue"], document["proof"]["proofValue"]);
}
