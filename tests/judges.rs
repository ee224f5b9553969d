//! Independent judges: what others wrote to test servers of the fediverse, run against a node of ours, its
//! documents and its signatures (wire.md §5). `scripts/setup` installs them; Fedify, the largest, has
//! `tests/fedify.rs` to itself.

mod support;

#[path = "judges/documents.rs"]
mod documents;
#[path = "judges/inputs.rs"]
mod inputs;

use std::{collections::BTreeMap, fs, path::Path};

use parvis::{
    domain::{
        Instant, Iri, Version,
        activity::Activity,
        canonical::{self, Document},
        proof::{self, ProofKey},
    },
    federation::json,
};
use serde_json::{Value, json};
use support::{
    foreign::{Fediverse, corpus, finding, python, script, text},
    process::{Node, repository},
};

/// A node whose actors have said nothing yet.
fn founded() -> Node {
    let mut node = Node::new();
    node.ask(&["init"]);
    node.start();
    node
}

/// A node with what Rennes published.
fn published() -> Node {
    let mut node = Node::new();
    node.ask(&["init"]);
    node.ask(&["import", "--publish", &repository("samples/rennes.toml").to_string_lossy()]);
    node.start();
    node
}

/// Six servers: of people with and without a handle, that sign or not, that show their key to anybody or
/// only to signed requests (checklist 48, 52, 54).
#[test]
fn fediverse_pasture_verify_actor() {
    let node = founded();
    let actors: Vec<String> =
        ["mairie", "fil", "relay"].iter().map(|name| documents::actor(&node, name)).collect();
    let found = finding(python("pasture.py"), &json!({ "do": "verify_actor", "actors": actors }));
    for actor in actors {
        let said = &found[&actor];
        assert_eq!(said["result"]["webfinger"], true, "{actor}: {}", text(said, "messages"));
        for (who, signs) in [
            ("alice", false),
            ("bob", true),
            ("claire", true),
            ("dean", false),
            ("emily", true),
            ("frank", true),
        ] {
            let wanted = json!({ "get_actor": true, "post_inbox": signs });
            assert_eq!(said["result"][who], wanted, "{who} and {actor}: {}", text(said, "messages"));
        }
    }
}

/// 262 messages in the shapes of other servers, as they are and in reply to an avis (checklist 29): each is
/// answered, and what is a reply is held for a person.
#[test]
fn fediverse_pasture_inputs() {
    let node = published();
    let avis = documents::avis(&node);
    let order = json!({ "do": "inputs", "to": documents::actor(&node, "ccnr"), "in_reply_to": avis });
    let found = finding(python("pasture.py"), &order);
    inputs::judge(&node, &found["sent"], &avis);
    assert_eq!(node.get("/healthz", "*/*").status, 200, "alive");
}

/// The W3C's tests of actors, collections and objects (checklist 2 to 9): every outcome that applies is a
/// pass.
#[test]
fn activitypub_testing() {
    let node = published();
    let actors: Vec<String> =
        ["mairie", "ccnr", "fil", "relay"].iter().map(|name| documents::actor(&node, name)).collect();
    let avis = documents::avis(&node);
    let subjects: Vec<&String> = actors.iter().chain([&avis]).collect();
    let found = finding(script("actor.mjs"), &json!({ "subjects": subjects }));
    let mut passed: BTreeMap<String, usize> = BTreeMap::new();
    for said in found["findings"].as_array().expect("findings") {
        let (subject, test, outcome) = (text(said, "subject"), text(said, "test"), text(said, "outcome"));
        // What is asked of actors is not asked of an avis; its own collections are.
        let own = test.contains("likes") || test.contains("shares");
        if subject == avis && !own {
            continue;
        }
        match outcome.as_str() {
            "passed" => *passed.entry(test).or_default() += 1,
            "inapplicable" => {}
            // Nobody posts to an outbox of ours: authors write dossiers, and there are no other clients.
            "cantTell" if test.starts_with("Outbox") => {}
            _ => panic!("{subject}: {test}: {outcome}: {}", text(said, "info")),
        }
    }
    for (test, count) in &passed {
        println!("{count} passed: {test}");
    }
    assert!(passed.len() >= 7, "{passed:?}");
    assert!(passed.values().sum::<usize>() >= 22, "{passed:?}");
}

/// No term without a meaning in anything a node serves or sends (checklist 74).
#[test]
fn pyld() {
    let documents = documents::all_of_a_node();
    let contexts = finding(script("contexts.mjs"), &json!({}));
    let listed: Vec<Value> =
        documents.iter().map(|(name, document)| json!({ "name": name, "document": document })).collect();
    let order = json!({ "do": "expand", "contexts": contexts, "documents": listed });
    let found = finding(python("documents.py"), &order);
    assert_eq!(found["faults"], json!({}), "{found:#}");
    // The judge sees a fault where there is one.
    let (name, document) = documents.iter().next().expect("a document");
    let mut wrong = document.clone();
    wrong["unheardOf"] = json!(1);
    let order =
        json!({ "do": "expand", "contexts": contexts, "documents": [{ "name": name, "document": wrong }] });
    let found = finding(python("documents.py"), &order);
    assert_eq!(found["faults"][name], json!(["/unheardOf"]));
}

/// Both versions hold against their JSON Schema (checklist 45).
#[test]
fn nodeinfo_schemas() {
    let Some(schemas) = corpus("nodeinfo") else { return };
    let node = published();
    let documents: Vec<Value> = ["2.0", "2.1"]
        .iter()
        .map(|version| {
            let schema = schemas.join(format!("nodeinfo-{version}.schema.json"));
            let answer = node.get(&format!("/nodeinfo/{version}"), "application/json");
            let document: Value = serde_json::from_str(&answer.body).expect("JSON");
            assert_eq!(document["version"], *version);
            json!({ "schema": schema, "document": document })
        })
        .collect();
    let found = finding(python("documents.py"), &json!({ "do": "schema", "documents": documents }));
    assert_eq!(found["faults"], json!([]));
    let mut wrong = documents;
    wrong[0]["document"]["more"] = json!(1);
    let found = finding(python("documents.py"), &json!({ "do": "schema", "documents": wrong }));
    assert_eq!(found["faults"].as_array().map(Vec::len), Some(1), "the judge sees a key too many");
}

/// The W3C's documents, good and bad ones (checklist 30): none stops the parser, and posted to an inbox,
/// as it is, as an activity and as the object of one, none is a fault of ours; the bad ones leave nothing.
#[test]
fn w3c_documents() {
    let Some(corpus) = corpus("activitystreams-test") else { return };
    let (good, bad) = (corpus.join("test"), corpus.join("test/fail"));
    assert!((parsed(&good), parsed(&bad)) >= (200, 20));
    let node = published();
    let parent = documents::avis(&node);
    let mut server = Fediverse::start(&[]);
    for (folder, is_good) in [(good, true), (bad, false)] {
        let order = json!({ "inbox": format!("{}/inbox", node.base), "folder": folder, "parent": parent });
        let sent = server.ask("post-folder", order);
        for entry in sent["sent"].as_array().expect("a list") {
            for form in ["bare", "activity", "carried"] {
                let Some(status) = entry[form].as_u64() else { continue };
                assert!(matches!(status, 202 | 400..=410), "{form}: {entry}");
            }
            assert!(entry["bare"].as_u64() >= Some(400), "said by nobody: {entry}");
        }
        let held = node.ask(&["replies", "list"]).to_string();
        let kept = sent["sent"].as_array().into_iter().flatten();
        let kept =
            kept.filter(|entry| entry["note"].is_string() && held.contains(&text(entry, "note"))).count();
        assert_eq!(kept > 0, is_good, "{kept} replies held");
    }
    assert_eq!(node.get("/healthz", "*/*").status, 200, "alive");
}

/// How many documents of a folder were given to everything that reads a document.
fn parsed(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut count = 0;
    for path in entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")) {
        count += 1;
        let bytes = fs::read(path).expect("a document");
        let Ok(document) = json::read_object(&String::from_utf8_lossy(&bytes)) else { continue };
        let _ = Version::from_document(&document);
        let _ = proof::claim(&document);
        let _ = Activity::from_document(document);
    }
    count
}

/// The verifier of `PeerTube` and Misskey holds every request that we sign, and none that was touched
/// (checklist 48).
#[test]
fn peertube_http_signature() {
    let node = founded();
    let mut server = Fediverse::start(&["--secure"]);
    for handle in ["mairie", "fil"] {
        server.ask("follow", json!({ "actor": documents::actor(&node, handle) }));
    }
    let judged = documents::until("both follows are accepted", || {
        let judged = server.ask("peertube", json!({}))["judged"].as_array().expect("a list").clone();
        let posts = judged.iter().filter(|one| one["method"] == "POST").count();
        (posts >= 2).then_some(judged)
    });
    assert!(judged.iter().any(|one| one["method"] == "GET"), "we fetch actors with a signature: {judged:?}");
    for one in judged {
        assert_eq!(one["held"], true, "{one}");
        assert!(one["elsewhere"] == false && one["otherwise"] == false, "{one}");
    }
}

/// Proofs in both directions: apsig holds ours, we hold its own; neither once a byte is changed
/// (checklist 56).
#[test]
fn apsig() {
    let key_id = Iri::parse("https://rennes.example/actors/1#ed25519-1").expect("an id");
    let seed = [7; 32];
    let key = ProofKey::from_seed(key_id.clone(), &seed).expect("a key");
    let mut signed = Vec::new();
    for name in ["avis", "answer", "recommendation-1", "tombstone"] {
        let file = repository("tests/documents/examples").join(format!("{name}.json"));
        let mut document = canonical::read(&fs::read_to_string(file).expect("an example")).expect("JSON");
        proof::sign(&mut document, &key, Instant::parse("2026-06-15T08:00:00Z").expect("an instant"));
        let mut changed = document.clone();
        changed.insert("published".to_owned(), json!("2026-06-15T08:00:01Z"));
        signed
            .extend([document, changed].map(|document| json!({ "document": document, "key": key.public() })));
    }
    let found = finding(python("documents.py"), &json!({ "do": "verify", "documents": signed }));
    assert_eq!(found["holds"], json!([true, false, true, false, true, false, true, false]));

    let mut secret = vec![0x80, 0x26];
    secret.extend(seed);
    let order = json!({
        "do": "prove",
        "secret": format!("z{}", bs58::encode(secret).into_string()),
        "document": { "@context": ["https://www.w3.org/ns/activitystreams"], "type": "Note", "content": "Écrit par apsig : 12,50 €.", "x": 1e21 },
        "options": {
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
            "verificationMethod": key_id, "created": "2026-06-15T08:00:00Z",
        },
    });
    let theirs = finding(python("documents.py"), &order);
    let mut theirs: Document = theirs.as_object().expect("a document").clone();
    let public = proof::from_multibase(&key.public()).expect("a key");
    assert!(proof::verify(&theirs, &public).is_ok(), "{theirs:?}");
    theirs.insert("content".to_owned(), json!("Écrit par apsig : 12,51 €."));
    assert!(proof::verify(&theirs, &public).is_err());
}
