//! A record: what a city or a council says, as the ActivityStreams document that carries it.
//! The serde form of [`Record`] *is* the wire form; terms it does not know are kept in `extra`, so that
//! what was parsed is written back whole.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    Hash, Html, Instant, Iri, Lang, Problem, Title,
    canonical::{self, Document},
    context,
    said::Said,
};

/// A record of any kind. `parse` gives only records that obey the rules of register.md.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What every record has.
    pub envelope: Envelope,
    /// What its kind has.
    pub said: Said,
    /// Terms unknown here, kept as received (`proof` among them).
    pub extra: Document,
}

/// What every record has, in wire form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Never reused (rule 1).
    pub id: Iri,
    /// `Note`, or `Event` for a meeting (rule 21): one string, never a list.
    #[serde(rename = "type")]
    pub object_type: String,
    /// The one author, who signs (rule 2).
    #[serde(rename = "attributedTo")]
    pub author: Iri,
    /// Primary recipients.
    #[serde(default, deserialize_with = "one_or_many")]
    pub to: Vec<Iri>,
    /// Other recipients.
    #[serde(default, deserialize_with = "one_or_many")]
    pub cc: Vec<Iri>,
    /// The thread's one Group (rule 22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Iri>,
    /// What it answers.
    #[serde(rename = "inReplyTo", default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<Iri>,
    /// The thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Iri>,
    /// The thread again, for older servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Iri>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// When it was published here; never changes (rule 3).
    pub published: Instant,
    /// Absent in version 1, then strictly increasing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Instant>,
    /// Its text as people see it.
    pub content: Html,
    /// The text by language, the original first.
    #[serde(rename = "contentMap", default, skip_serializing_if = "Map::is_empty")]
    pub content_map: Document,
    /// `text/html`.
    #[serde(rename = "mediaType", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Language of the original (Lemmy reads it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Themes, mentions, links.
    #[serde(default, deserialize_with = "one_or_many")]
    pub tag: Vec<Value>,
    /// Pages and files.
    #[serde(default, deserialize_with = "one_or_many")]
    pub attachment: Vec<Value>,
    /// Always false.
    #[serde(default)]
    pub sensitive: bool,
    /// A constant stub, or a URL on an avis (rule 21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<Value>,
    /// Official number.
    #[serde(rename = "parvis:ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Title, in the original language.
    #[serde(rename = "parvis:title", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// At most 100 words.
    #[serde(rename = "parvis:summary", default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Html>,
    /// Languages a machine translated into.
    #[serde(
        rename = "parvis:machineTranslated",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub machine_translated: Vec<Lang>,
    /// Written for the sample, published by nobody.
    #[serde(rename = "parvis:synthetic", default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
    /// Code of the licence of its words.
    #[serde(rename = "parvis:licence", default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Sourced values, also those that contradict each other (rule 10).
    #[serde(
        rename = "parvis:claims",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub claims: Vec<Claim>,
    /// 1, 2, 3 … (rule 3).
    #[serde(rename = "parvis:version")]
    pub version: u32,
    /// Hash of the version before, from 2 on.
    #[serde(rename = "parvis:previous", default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Hash>,
}

/// A language as Lemmy writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// BCP 47 tag.
    pub identifier: Lang,
    /// Its own name for itself.
    pub name: String,
}

/// One sourced value of a fact (rule 10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is about: `parvis:seats`, `parvis:createdOn`.
    #[serde(rename = "parvis:about")]
    pub about: String,
    /// Number or text, as the source has it.
    #[serde(rename = "parvis:value")]
    pub value: Value,
    /// Unit or precision.
    #[serde(rename = "parvis:unit", default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who says so.
    #[serde(rename = "parvis:source")]
    pub source: Source,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Name of the document.
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its date, as precise as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Envelope {
    /// What every record has, of the text of one whose rules were checked when it entered the register: what is its
    /// kind's own is not built.
    #[must_use]
    pub fn kept(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The language of the original: the first of `contentMap`.
    #[must_use]
    pub fn lang(&self) -> Lang {
        let first = self.content_map.keys().next().map(String::as_str);
        let declared = self.language.as_ref().map(|language| language.identifier.as_str());
        first.or(declared).and_then(|tag| Lang::parse(tag).ok()).unwrap_or_else(Lang::french)
    }
}

impl Record {
    /// Reads and checks a record.
    ///
    /// # Errors
    /// The rules it breaks, each with its field.
    pub fn from_document(document: &Document) -> Result<Self, Vec<Problem>> {
        let mut rest = document.clone();
        rest.remove("@context");
        let envelope: Envelope = take(&mut rest).map_err(|problem| vec![problem])?;
        let said = Said::take(&mut rest).map_err(|problem| vec![problem])?;
        let record = Self { envelope, said, extra: rest };
        let problems = super::rules::broken(&record);
        if problems.is_empty() { Ok(record) } else { Err(problems) }
    }

    /// Writes the document, with the `@context` that its terms need. A proof kept in `extra` is written
    /// back unchanged.
    #[must_use]
    pub fn to_document(&self) -> Document {
        let mut document = to_map(&self.envelope);
        document.extend(self.said.to_map());
        document.extend(self.extra.clone());
        context::inline(&mut document);
        document
    }

    /// Hash of this version.
    #[must_use]
    pub fn hash(&self) -> Hash {
        canonical::hash(&self.to_document())
    }

    /// The language of the original.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.envelope.lang()
    }

    /// What it is called: its title, or the first words of its text.
    #[must_use]
    pub fn heading(&self) -> String {
        match &self.envelope.title {
            Some(title) => title.to_string(),
            None => match &self.said {
                Said::Meeting(said) => said.name.clone(),
                Said::Verbatim(said) => super::heard::called(said),
                _ => super::html::first_line(self.envelope.content.as_str()),
            },
        }
    }
}

/// Takes out of a map the fields a struct knows, and leaves the rest.
///
/// # Errors
/// Rule `missing-field`, `unfit-value` or the rule of a checked type, with the field.
pub(super) fn take<T: DeserializeOwned + Serialize>(rest: &mut Document) -> Result<T, Problem> {
    // Where it does not fit is looked for only when it does not.
    let value = match T::deserialize(&*rest) {
        Ok(value) => value,
        Err(_) => serde_path_to_error::deserialize(Value::Object(rest.clone())).map_err(|error| {
            let field = error.path().to_string();
            Problem::new(
                if field == "." { String::new() } else { field },
                "unfit-value",
                error.inner().to_string(),
            )
        })?,
    };
    for name in to_map(&value).keys() {
        rest.remove(name);
    }
    // Empty or null optional terms are known too, but not written back: they say nothing.
    rest.retain(|name, value| !(value.is_null() && name != "proof"));
    Ok(value)
}

/// A struct as a JSON object.
pub(super) fn to_map(value: &impl Serialize) -> Document {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Document::new(),
    }
}

/// One value or a list of them: compacted JSON-LD sends a list of one bare (wire.md §2.7).
pub(super) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let values = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        value => vec![value],
    };
    values.into_iter().map(|value| serde_json::from_value(value).map_err(serde::de::Error::custom)).collect()
}
