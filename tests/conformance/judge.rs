//! What several rows look at: every value, every text, every collection of a document.

use serde_json::Value;

/// Calls `look` on every text of a value, at any depth, outside `@context`.
pub fn every_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(values) => values.iter().for_each(|inner| every_text(inner, look)),
        Value::Object(map) => {
            map.iter().filter(|(name, _)| *name != "@context").for_each(|(_, inner)| every_text(inner, look));
        }
        _ => {}
    }
}

/// Calls `look` on every member of every object of a value, at any depth, outside `@context`.
pub fn every_member(value: &Value, look: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Array(values) => values.iter().for_each(|inner| every_member(inner, look)),
        Value::Object(map) => {
            for (name, inner) in map.iter().filter(|(name, _)| *name != "@context") {
                look(name, inner);
                every_member(inner, look);
            }
        }
        _ => {}
    }
}

/// Whether a document is the head of a collection.
pub fn is_collection(document: &Value) -> bool {
    matches!(document["type"].as_str(), Some("OrderedCollection" | "Collection"))
}

/// A text of a document.
pub fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_default()
}
