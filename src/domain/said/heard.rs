//! What a council hears and how it tells it: a series of meetings, what somebody said word for word, a summary
//! whose every passage names what it rests on, a publication compiled of them.

use serde::{Deserialize, Serialize};

use crate::domain::{CivilDate, Iri, codes::Sector, record::one_or_many};

/// A series of meetings over several territories (requirement 4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebateSeries {
    /// The territories it means to reach: `region:53`, or the name of a place without a code.
    #[serde(rename = "parvis:territories", deserialize_with = "one_or_many")]
    pub territories: Vec<String>,
}

/// What somebody said, word for word. It is never edited, only redacted (requirement 4.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verbatim {
    /// The words, plain text.
    #[serde(rename = "parvis:words")]
    pub words: String,
    /// Where whoever said it comes from.
    #[serde(rename = "parvis:sector")]
    pub sector: Sector,
    /// Who, if they agreed to be named.
    #[serde(rename = "parvis:speaker", default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// When.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// At which meeting; none when it was sent in.
    #[serde(rename = "parvis:saidAt", default, skip_serializing_if = "Option::is_none")]
    pub said_at: Option<Iri>,
    /// On which question.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
}

/// What was said, summed up (requirements 4.6, 4.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What it sums up: meetings, series of meetings, questions.
    #[serde(rename = "parvis:sumsUp", deserialize_with = "one_or_many")]
    pub sums_up: Vec<Iri>,
    /// The question whose thread it stands in.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// When.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// Its passages, in order.
    #[serde(rename = "parvis:passages", deserialize_with = "one_or_many")]
    pub passages: Vec<Passage>,
}

/// A sentence or a paragraph of a summary, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Plain text.
    #[serde(rename = "parvis:text")]
    pub text: String,
    /// The verbatims it rests on.
    #[serde(rename = "parvis:verbatims", deserialize_with = "one_or_many")]
    pub verbatims: Vec<Iri>,
}

/// A book compiled of summaries, minutes and whatever else was published (requirement 4.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// When.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// What it holds, in order.
    #[serde(rename = "parvis:contents", deserialize_with = "one_or_many")]
    pub contents: Vec<Iri>,
}
