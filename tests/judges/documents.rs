//! Everything a node says: what it serves, found by following every id in it from its actors on, and what
//! it sends, as a follower on another server receives it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

use parvis::domain::{Iri, activity, context};
use serde_json::{Value, json};

use crate::{
    founded,
    support::{
        foreign::{Fediverse, text},
        process::{Node, repository},
    },
};

const ACTIVITY_JSON: &str = "application/activity+json";
/// Every kind of record, and of activity, that must be among what is judged.
const KINDS: [&str; 7] =
    ["Saisine", "Acceptance", "Avis", "Recommendation", "Delivery", "Answer", "FollowUp"];
const SENT: [&str; 5] = ["Accept", "Create", "Update", "Delete", "Announce"];

/// A document that is served, or the tombstone in its place; nothing when there is only a page or nothing.
fn served(node: &Node, url: &str) -> Option<Value> {
    let answer = node.get(url.strip_prefix(&node.base)?, ACTIVITY_JSON);
    let json = answer.head.to_ascii_lowercase().contains("content-type: application/");
    if json && matches!(answer.status, 200 | 410) { serde_json::from_str(&answer.body).ok() } else { None }
}

/// The id of an actor, by its handle.
pub fn actor(node: &Node, handle: &str) -> String {
    let path = format!("/.well-known/webfinger?resource=acct:{handle}@{}", node.domain);
    let found: Value = serde_json::from_str(&node.get(&path, "application/jrd+json").body).expect("a JRD");
    let links = found["links"].as_array().expect("links");
    text(links.iter().find(|link| link["rel"] == "self").expect("an actor"), "href")
}

/// The id of one avis of a node.
pub fn avis(node: &Node) -> String {
    let fed = served(node, &actor(node, "ccnr")).expect("the council");
    let listed = served(node, &text(&fed, "parvis:avisIssued")).expect("its avis");
    let first = served(node, &text(&listed, "first")).unwrap_or(listed);
    let item = &first["orderedItems"][0];
    item.as_str().map_or_else(|| text(item, "id"), ToOwned::to_owned)
}

/// Waits until there is something.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Everything that a node serves and sends in its life: founded, followed, it publishes, corrects and
/// withdraws. By a name for each.
pub fn all_of_a_node() -> BTreeMap<String, Value> {
    let node = founded();
    let dossier = fs::read_to_string(repository("samples/rennes.toml")).expect("the dossier");
    let publish = |text: &str| {
        node.ask(&["import", "--publish", &node.file("dossier.toml", text).to_string_lossy()]);
    };
    publish(dossier.split("[[questions]]").next().expect("the city and its first council"));
    let mut citizen = Fediverse::start(&[]);
    for handle in ["mairie", "mission5g", "fil", "relay"] {
        citizen.ask("follow", json!({ "actor": actor(&node, handle) }));
    }
    publish(&dossier);
    let page = avis(&node);
    citizen.ask("reply", json!({ "to": page, "content": "<p>Et ailleurs ?</p>" }));
    citizen.ask("like", json!({ "object": page }));
    for reply in node.ask(&["replies", "list"]).as_array().into_iter().flatten() {
        node.ask(&["replies", "approve", &text(reply, "id")]);
    }
    publish(&dossier.replacen("text = \"", "text = \"Corrigé. ", 1));
    node.ask(&["withdraw", &page, "--reason", "superseded", "--text", "Remplacé."]);

    let mut documents = BTreeMap::new();
    for mut message in until("everything is sent", || all_sent(&mut citizen)) {
        // It embeds the Follow as its sender wrote it, to the letter: those words are not ours.
        if message["type"] == "Accept" {
            message["object"] = message["object"]["id"].clone();
        }
        documents.insert(format!("sent: {} {}", text(&message, "type"), text(&message, "id")), message);
    }
    walk(&node, &mut documents);
    documents.extend(never_sent_here());
    let seen: BTreeSet<&str> =
        documents.values().filter_map(|document| document["parvis:kind"].as_str()).collect();
    for kind in KINDS {
        assert!(seen.contains(format!("parvis:{kind}").as_str()), "no {kind} among {seen:?}");
    }
    for kind in ["Organization", "Group", "Application", "Tombstone", "OrderedCollectionPage", "Collection"] {
        assert!(documents.values().any(|document| document["type"] == kind), "no {kind}");
    }
    documents
}

/// What the follower received, once there is something of each kind.
fn all_sent(citizen: &mut Fediverse) -> Option<Vec<Value>> {
    let received = citizen.ask("received", json!({}));
    let messages: Vec<Value> =
        received["received"].as_array()?.iter().map(|got| got["message"].clone()).collect();
    let all = SENT.iter().all(|kind| messages.iter().any(|message| message["type"] == *kind));
    all.then_some(messages)
}

/// Follows every id of the node from its actors on.
fn walk(node: &Node, documents: &mut BTreeMap<String, Value>) {
    let mut ahead: Vec<String> =
        ["mairie", "ccnr", "fil", "relay"].iter().map(|handle| actor(node, handle)).collect();
    ahead.extend(documents.values().flat_map(|sent| ids(sent, &node.base)));
    let mut seen = BTreeSet::new();
    while let Some(url) = ahead.pop() {
        if !seen.insert(url.clone()) {
            continue;
        }
        if let Some(document) = served(node, &url) {
            ahead.extend(ids(&document, &node.base));
            documents.insert(url, document);
        }
    }
    assert!(documents.len() > 100, "{} documents", documents.len());
}

/// The URLs of the node in a document, without their fragments.
fn ids(value: &Value, base: &str) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with(&format!("{base}/")) => {
            vec![text.split('#').next().unwrap_or(text).to_owned()]
        }
        Value::Array(values) => values.iter().flat_map(|inner| ids(inner, base)).collect(),
        Value::Object(map) => map.values().flat_map(|inner| ids(inner, base)).collect(),
        _ => Vec::new(),
    }
}

/// What goes from node to node only, and the vocabulary itself.
fn never_sent_here() -> [(String, Value); 4] {
    let iri = |path: &str| Iri::parse(&format!("https://rennes.example{path}")).expect("an id");
    let theirs = Iri::parse("https://angers.example/actors/1").expect("an id");
    let follow = activity::follow(&iri("/activities/1"), &iri("/actors/1"), &theirs);
    let about = |kind: activity::Kind| {
        Value::Object(activity::about(&kind, &iri("/activities/2"), &iri("/actors/1"), &follow, &theirs))
    };
    let mut vocabulary = context::vocabulary();
    vocabulary["@id"] = json!("https://w3id.org/parvis/v1");
    vocabulary["parvis:kind"] = json!("parvis:Avis");
    [
        ("Follow".to_owned(), Value::Object(follow.clone())),
        ("Reject".to_owned(), about(activity::Kind::Reject)),
        ("Undo".to_owned(), about(activity::Kind::Undo)),
        ("vocabulary".to_owned(), vocabulary),
    ]
}
