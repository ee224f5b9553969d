//! The canonical form of a document (RFC 8785) and its hash (register.md rule 4).

use serde_json::{Map, Value};

use super::Hash;

/// A JSON object: a document as sent and stored.
pub type Document = Map<String, Value>;

/// The RFC 8785 form of a value, as bytes.
///
/// # Panics
/// Never: a parsed JSON value always has a canonical form.
#[must_use]
pub fn canonical(value: &impl serde::Serialize) -> Vec<u8> {
    serde_jcs::to_vec(value).expect("a JSON value has a canonical form")
}

/// The hash of a version: SHA-256 of the canonical form without `proof`.
#[must_use]
pub fn hash(document: &Document) -> Hash {
    Hash::of(&canonical(&without_proof(document)))
}

/// The document that is hashed and signed.
#[must_use]
pub fn without_proof(document: &Document) -> Document {
    document
        .iter()
        .filter(|(key, _)| *key != "proof")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Reads one JSON object from text.
///
/// # Errors
/// Rule `json` when the text is not one JSON object.
pub fn read(text: &str) -> Result<Document, super::Problem> {
    match serde_json::from_str(text) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) => Err(super::Problem::new("", "json", "not an object")),
        Err(error) => Err(super::Problem::new("", "json", error.to_string())),
    }
}

/// Writes a document as it is stored and sent: compact, keys in their order.
#[must_use]
pub fn write(document: &Document) -> String {
    Value::Object(document.clone()).to_string()
}
