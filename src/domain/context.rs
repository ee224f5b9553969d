//! The `@context` of what we send: two or more literal URLs and, inlined, the definitions of the terms
//! the document uses and no others (register.md rule 5; wire.md §2.1). Nothing is fetched.

use serde_json::{Map, Value, json};

use super::canonical::Document;

/// ActivityStreams 2.0.
pub const AS2: &str = "https://www.w3.org/ns/activitystreams";
/// Data integrity proofs.
pub const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
/// Contexts of an actor, in their order.
const ACTOR: [&str; 5] = [
    AS2,
    "https://w3id.org/security/v1",
    "https://www.w3.org/ns/cid/v1",
    DATA_INTEGRITY,
    "https://purl.archive.org/socialweb/webfinger",
];
/// Our namespace.
pub const PARVIS: &str = "https://w3id.org/parvis/v1#";

/// Terms that take one of our codes.
const CODES: [&str; 20] = [
    "kind",
    "decision",
    "status",
    "reason",
    "assessment",
    "about",
    "tier",
    "step",
    "duty",
    "seatOrigin",
    "deliverable",
    "quadrant",
    "certainty",
    "stage",
    "sector",
    "meeting",
    "role",
    "takeUp",
    "takenUpAs",
    "outcome",
];
/// Terms that take an identifier.
const IDS: [&str; 34] = [
    "saisine",
    "avis",
    "addressee",
    "concerns",
    "answers",
    "supportedBy",
    "relayTo",
    "relay",
    "convention",
    "charter",
    "takesUp",
    "deliveredTo",
    "bornOf",
    "enteredFor",
    "saisines",
    "avisIssued",
    "contributions",
    "city",
    "intake",
    "host",
    "feed",
    "evidence",
    "successor",
    "guarantors",
    "adoptedAt",
    "workingGroup",
    "actUrl",
    "cites",
    "became",
    "series",
    "saidAt",
    "sumsUp",
    "verbatims",
    "contents",
];
/// Terms that take a day. (`adoptedOn` and `deliveredOn` may be months or years: plain text.)
const DAYS: [&str; 4] = ["expectedBy", "promisedBy", "due", "postponedTo"];

/// Definition of one of our terms, if it needs more than the prefix.
fn ours(term: &str) -> Option<Value> {
    let name = term.strip_prefix("parvis:")?;
    if name == "recommendations" {
        return Some(json!({"@id": term, "@type": "@id", "@container": "@list"}));
    }
    let kind = match name {
        _ if CODES.contains(&name) => "@vocab",
        _ if IDS.contains(&name) => "@id",
        _ if DAYS.contains(&name) => "http://www.w3.org/2001/XMLSchema#date",
        _ => return None,
    };
    Some(json!({"@id": term, "@type": kind}))
}

/// Definitions of the terms we borrow: name, definition, prefix it needs.
fn borrowed(term: &str) -> Option<(Value, &'static str)> {
    Some(match term {
        "sensitive" => (json!("as:sensitive"), ""),
        "conversation" => (json!("http://ostatus.org#conversation"), ""),
        "language" => (json!("schema:inLanguage"), "schema"),
        "identifier" => (json!("schema:identifier"), "schema"),
        "address" => (json!("schema:address"), "schema"),
        "value" => (json!("schema:value"), "schema"),
        "timezone" => (json!({"@id": "mz:timezone", "@type": "schema:Text"}), "mz"),
        "joinMode" => (json!({"@id": "mz:joinMode", "@type": "mz:joinModeType"}), "mz"),
        "manuallyApprovesFollowers" => (json!("as:manuallyApprovesFollowers"), ""),
        "discoverable" => (json!("toot:discoverable"), "toot"),
        "indexable" => (json!("toot:indexable"), "toot"),
        "featured" => (json!({"@id": "toot:featured", "@type": "@id"}), "toot"),
        "implements" => (json!({"@id": "https://w3id.org/fep/844e#implements", "@type": "@id"}), ""),
        "alsoKnownAs" => (json!({"@id": "as:alsoKnownAs", "@type": "@id"}), ""),
        "movedTo" => (json!({"@id": "as:movedTo", "@type": "@id"}), ""),
        "date" => (json!("parvis:date"), "parvis"),
        _ => return None,
    })
}

/// Whether a term of ours takes identifiers: then it is an edge of the register.
#[must_use]
pub(super) fn is_id(name: &str) -> bool {
    name == "recommendations" || IDS.contains(&name)
}

/// Where a prefix leads.
fn prefix(name: &str) -> Option<&'static str> {
    Some(match name {
        "schema" => "http://schema.org#",
        "mz" => "https://joinmobilizon.org/ns#",
        "toot" => "http://joinmastodon.org/ns#",
        "parvis" => PARVIS,
        _ => return None,
    })
}

/// Puts the `@context` that a record's or an actor's terms need at the front of the document.
pub fn inline(document: &mut Document) {
    let mut terms = Map::new();
    collect(&Value::Object(document.clone()), &mut terms);
    let actor = document.contains_key("publicKey");
    let urls: &[&str] = if actor { &ACTOR } else { &ACTOR_FREE };
    let mut entries: Vec<Value> = urls.iter().map(|url| json!(url)).collect();
    if !terms.is_empty() {
        entries.push(Value::Object(terms));
    }
    document.remove("@context");
    document.shift_insert(0, "@context".to_owned(), Value::Array(entries));
}

/// Contexts of a record or an activity.
const ACTOR_FREE: [&str; 2] = [AS2, DATA_INTEGRITY];

/// Gathers the definitions of every term used, at any depth; the proof has its own context.
fn collect(value: &Value, terms: &mut Document) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if matches!(
                    name.as_str(),
                    "@context" | "proof" | "contentMap" | "nameMap" | "publicKey" | "assertionMethod"
                ) {
                    continue;
                }
                define(name, terms);
                if name == "type" {
                    define_type(inner, terms);
                }
                collect(inner, terms);
            }
        }
        Value::Array(values) => values.iter().for_each(|inner| collect(inner, terms)),
        _ => {}
    }
}

/// Adds what one term needs.
fn define(name: &str, terms: &mut Document) {
    if name.starts_with("parvis:") {
        terms.insert("parvis".to_owned(), json!(PARVIS));
        if let Some(definition) = ours(name) {
            terms.insert(name.to_owned(), definition);
        }
    } else if let Some((definition, needs)) = borrowed(name) {
        if let Some(target) = prefix(needs) {
            terms.insert(needs.to_owned(), json!(target));
        }
        terms.insert(name.to_owned(), definition);
    }
}

/// Types that are not in AS2.
fn define_type(value: &Value, terms: &mut Document) {
    match value.as_str() {
        Some("Hashtag") => {
            terms.insert("Hashtag".to_owned(), json!("as:Hashtag"));
        }
        Some("PropertyValue") => {
            terms.insert("schema".to_owned(), json!(prefix("schema")));
            terms.insert("PropertyValue".to_owned(), json!("schema:PropertyValue"));
        }
        _ => {}
    }
}

/// The whole vocabulary as a context document, served at `/ns/v1`.
#[must_use]
pub fn vocabulary() -> Value {
    let mut terms = Map::new();
    terms.insert("parvis".to_owned(), json!(PARVIS));
    terms.insert("date".to_owned(), json!("parvis:date"));
    let names = CODES.iter().chain(&IDS).chain(&DAYS).chain(&["recommendations"]);
    for name in names {
        let term = format!("parvis:{name}");
        if let Some(definition) = ours(&term) {
            terms.insert(term, definition);
        }
    }
    json!({ "@context": terms })
}
