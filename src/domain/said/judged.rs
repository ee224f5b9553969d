//! What others make of it: assessments, indicators, and the acts that carry it out.

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Hash, Html, Iri,
    codes::Faithfulness,
    record::{Source, one_or_many},
    said::Axis,
};

/// A dated assessment by whoever signs it (requirement 4.2, register.md rule 23). A judgement in words, a mark,
/// or a value of a named criterion; beside the status, never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// What is assessed: a recommendation, an avis, a follow-up, a synthesis.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// Of a synthesis: the number of the sentence, from 1, in the version of `hash`.
    #[serde(rename = "parvis:sentence", default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<u32>,
    /// Hash of the version that is assessed, where its wording is what counts.
    #[serde(rename = "parvis:hash", default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// How true to the facts.
    #[serde(rename = "parvis:assessment", default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Faithfulness>,
    /// What is looked at: “ambition”.
    #[serde(rename = "parvis:criterion", default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The value found: “low”.
    #[serde(rename = "parvis:value", default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// A mark, as its author writes it: `2.5`.
    #[serde(rename = "parvis:mark", default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Out of how many: `10`.
    #[serde(rename = "parvis:outOf", default, skip_serializing_if = "Option::is_none")]
    pub out_of: Option<String>,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
}

/// An indicator: what is measured, how, and its values (requirement 3.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// What it tells of.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// How it is measured.
    #[serde(rename = "parvis:definition")]
    pub definition: String,
    /// Its unit.
    #[serde(rename = "parvis:unit", default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Its values, by period.
    #[serde(
        rename = "parvis:values",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub values: Vec<Measure>,
}

/// One value of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The period, as precise as it is known.
    #[serde(rename = "parvis:period")]
    pub period: CivilDate,
    /// The value, as its source has it.
    #[serde(rename = "parvis:value")]
    pub value: String,
    /// Who says so.
    #[serde(rename = "parvis:source", default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A strategy of the authority, with its axes (requirements 0.4, 3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategy {
    /// When it was adopted.
    #[serde(rename = "parvis:adoptedOn", default, skip_serializing_if = "Option::is_none")]
    pub adopted_on: Option<CivilDate>,
    /// Its axes, in order.
    #[serde(
        rename = "parvis:axes",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub axes: Vec<Axis>,
    /// Its text.
    #[serde(rename = "parvis:body", default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Html>,
}

/// A deliberation of the authority’s assembly (requirement 2.10), with the fields of the national schema SCDL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliberation {
    /// What it carries out.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// `COLL_NOM`.
    #[serde(rename = "parvis:assembly")]
    pub body: String,
    /// `DELIB_ID`.
    #[serde(rename = "parvis:act")]
    pub act: String,
    /// `DELIB_DATE`.
    #[serde(rename = "parvis:decidedOn")]
    pub decided_on: CivilDate,
    /// `DELIB_MATIERE_CODE`.
    #[serde(rename = "parvis:matter", default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// `DELIB_URL`.
    #[serde(rename = "parvis:actUrl", default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Iri>,
    /// `VOTE_POUR`.
    #[serde(rename = "parvis:votesFor", default, skip_serializing_if = "Option::is_none")]
    pub votes_for: Option<u32>,
    /// `VOTE_CONTRE`.
    #[serde(rename = "parvis:votesAgainst", default, skip_serializing_if = "Option::is_none")]
    pub votes_against: Option<u32>,
    /// `VOTE_ABSTENTION`.
    #[serde(rename = "parvis:votesAbstain", default, skip_serializing_if = "Option::is_none")]
    pub votes_abstain: Option<u32>,
}
