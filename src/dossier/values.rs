//! The small values of a dossier: texts in several languages, sources, claims, attachments, and what all
//! items have in common.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Handle, Instant, Iri, Lang, Problem, Words,
    codes::{Licence, Theme},
};

/// A text by language. The language of the original is that of the dossier ([`super::Item::language`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// A text in one language.
    #[must_use]
    pub fn new(language: &str, text: &str) -> Self {
        Self(BTreeMap::from([(language.to_owned(), text.to_owned())]))
    }

    /// The text in a language, if there is one.
    #[must_use]
    pub fn of(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// As the words of a record, the given language first.
    #[must_use]
    pub fn words(&self, language: &str, machine_translated: &[String]) -> Words {
        let lang = |tag: &str| Lang::parse(tag).ok();
        let texts = self.from(language).filter_map(|(tag, text)| Some((lang(tag)?, text.to_owned())));
        let machine = machine_translated.iter().filter(|tag| self.0.contains_key(*tag));
        Words {
            in_languages: texts.collect(),
            machine_translated: machine.filter_map(|tag| lang(tag)).collect(),
        }
    }

    /// Languages and texts, the given language first, then by tag.
    pub fn from<'a>(&'a self, language: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let first = self.of(language).map(|text| (language, text));
        let others = self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()));
        first.into_iter().chain(others.filter(move |(tag, _)| *tag != language))
    }
}

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, as a citation would give it.
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<CivilDate>,
}

/// A value one source gives (register.md rule 10): several claims about one thing may contradict each
/// other, and all are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The term, in camel case: `seats`, `createdOn`.
    pub about: String,
    /// The value.
    pub value: ClaimValue,
    /// Its unit, or what it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who says so.
    pub source: Source,
}

/// A whole number or a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClaimValue {
    /// A whole number.
    Number(i64),
    /// Anything else, as the source has it.
    Text(String),
}

/// A document beside the text: a file next to the dossier, or an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What the link says.
    pub name: String,
    /// Path of a file, relative to the folder of the dossier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Address, when it stays where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// IANA media type.
    pub media_type: String,
}

/// Who is expected to answer: one of the dossier's own actors, or an authority elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Addressee {
    /// Handle of an actor of this dossier: `mairie`.
    Handle(String),
    /// Account elsewhere: `@region@bretagne.example`.
    Account(String),
    /// Id of an actor elsewhere.
    Id(Iri),
}

impl Addressee {
    /// Parses one by its look.
    ///
    /// # Errors
    /// Rule `addressee`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::new("", "addressee", text);
        if text.contains("://") {
            return Iri::parse(text).map(Self::Id).map_err(|_| refused());
        }
        if let Some((user, host)) = text.strip_prefix('@').unwrap_or(text).split_once('@') {
            let host = Iri::parse(&format!("https://{host}")).is_ok_and(|iri| iri.host() == host);
            let user =
                !user.is_empty() && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
            return if host && user { Ok(Self::Account(text.to_owned())) } else { Err(refused()) };
        }
        Handle::parse(text).map(|handle| Self::Handle(handle.into())).map_err(|_| refused())
    }
}

impl fmt::Display for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handle(text) | Self::Account(text) => f.write_str(text),
            Self::Id(iri) => f.write_str(iri.as_str()),
        }
    }
}

impl TryFrom<String> for Addressee {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Addressee> for String {
    fn from(addressee: Addressee) -> Self {
        addressee.to_string()
    }
}

/// What every item may say beside its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// Whether the text was written for this dossier and published by nobody.
    pub synthetic: bool,
    /// What in it is authentic and what is not; shown with the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Languages whose text a machine translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machine_translated: Vec<String>,
    /// Licence of its words.
    pub licence: Licence,
    /// Themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<Theme>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Sourced values, also those that contradict each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Not before this instant. Not part of the digest: it is not the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Instant>,
}

impl Common {
    /// Nothing beside the words, under the licence of French authorities.
    #[must_use]
    pub fn plain(synthetic: bool) -> Self {
        Self {
            synthetic,
            note: None,
            machine_translated: Vec::new(),
            licence: Licence::default_of_france(),
            themes: Vec::new(),
            sources: Vec::new(),
            claims: Vec::new(),
            attachments: Vec::new(),
            publish_at: None,
        }
    }

    /// Whether a file of that path is attached.
    #[must_use]
    pub fn attaches(&self, file: &str) -> bool {
        self.attachments.iter().any(|attachment| attachment.file.as_deref() == Some(file))
    }
}
