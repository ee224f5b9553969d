//! The last version of a record that was withdrawn (register.md rule 13).

use serde::{Deserialize, Serialize};

use super::{
    Hash, Html, Instant, Iri, Problem, Record,
    canonical::Document,
    codes::Reason,
    context, obligations,
    record::{take, to_map},
};

/// A withdrawn record: history stays readable, marked by this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Id of the record.
    pub id: Iri,
    /// `Tombstone`.
    #[serde(rename = "type")]
    pub object_type: String,
    /// `Note` or `Event`.
    #[serde(rename = "formerType", default, skip_serializing_if = "Option::is_none")]
    pub former_type: Option<String>,
    /// When it was withdrawn.
    pub deleted: Instant,
    /// Its author, who withdraws it.
    #[serde(rename = "attributedTo")]
    pub author: Iri,
    /// Its thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Iri>,
    /// When it had been published.
    pub published: Instant,
    /// The same instant as `deleted`.
    pub updated: Instant,
    /// Why, in words.
    pub content: Html,
    /// Why, by language.
    #[serde(rename = "contentMap", default, skip_serializing_if = "Document::is_empty")]
    pub content_map: Document,
    /// `parvis:Avis` …
    #[serde(rename = "parvis:kind")]
    pub kind: String,
    /// Whether the text of the versions before is destroyed everywhere, by law; their hashes and proofs stay.
    #[serde(rename = "parvis:erased", default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// Its page, of one that is erased: nothing else says it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// Coded reason.
    #[serde(rename = "parvis:reason")]
    pub reason: Reason,
    /// One more than the last.
    #[serde(rename = "parvis:version")]
    pub version: u32,
    /// Hash of the last.
    #[serde(rename = "parvis:previous")]
    pub previous: Hash,
    /// Terms unknown here.
    #[serde(skip)]
    pub extra: Document,
}

impl Tombstone {
    /// Withdraws a record: its last version, not signed yet.
    #[must_use]
    pub fn of(record: &Record, at: Instant, reason: Reason, text: &Html) -> Self {
        let envelope = &record.envelope;
        let mut content_map = Document::new();
        content_map.insert(record.lang().to_string(), text.as_str().into());
        let at = if at > envelope.updated.unwrap_or(envelope.published) {
            at
        } else {
            envelope.updated.unwrap_or(envelope.published).plus_seconds(1)
        };
        Self {
            id: envelope.id.clone(),
            object_type: "Tombstone".to_owned(),
            former_type: Some(envelope.object_type.clone()),
            deleted: at,
            author: envelope.author.clone(),
            context: envelope.context.clone(),
            published: envelope.published,
            updated: at,
            content: text.clone(),
            content_map,
            kind: format!("parvis:{}", record.said.kind()),
            erased: false,
            url: None,
            reason,
            version: envelope.version + 1,
            previous: record.hash(),
            extra: Document::new(),
        }
    }

    /// Has what it ends erased.
    #[must_use]
    pub fn erasing(self, url: Option<Iri>) -> Self {
        Self { erased: true, url, ..self }
    }

    /// The same end said again, so that what was withdrawn is erased: a version after it, not signed yet.
    #[must_use]
    pub fn again(&self, hash: Hash, at: Instant, reason: Reason, text: &Html) -> Self {
        let at = if at > self.updated { at } else { self.updated.plus_seconds(1) };
        let content_map = self.content_map.keys().map(|lang| (lang.clone(), text.as_str().into())).collect();
        Self {
            deleted: at,
            updated: at,
            content: text.clone(),
            content_map,
            reason,
            version: self.version + 1,
            previous: hash,
            ..self.clone()
        }
    }

    /// Reads and checks a tombstone.
    ///
    /// # Errors
    /// The rules it breaks.
    pub fn from_document(document: &Document) -> Result<Self, Vec<Problem>> {
        let mut rest = document.clone();
        rest.remove("@context");
        let mut tombstone: Self = take(&mut rest).map_err(|problem| vec![problem])?;
        tombstone.extra = rest;
        let mut problems = Vec::new();
        if !tombstone.id.same_origin(&tombstone.author) {
            problems.push(Problem::new("attributedTo", "other-origin", tombstone.author.as_str()));
        }
        if tombstone.version < 2 || tombstone.updated <= tombstone.published {
            problems.push(Problem::new("parvis:version", "later-version", tombstone.version.to_string()));
        }
        problems.extend(obligations::may_end(&tombstone.kind).err());
        if problems.is_empty() { Ok(tombstone) } else { Err(problems) }
    }

    /// Writes the document.
    #[must_use]
    pub fn to_document(&self) -> Document {
        let mut document = to_map(self);
        document.extend(self.extra.clone());
        context::inline(&mut document);
        document
    }
}
