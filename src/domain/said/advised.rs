//! What a council hands over: avis, recommendations, other deliverables.

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Html, Iri,
    codes::{Certainty, DeliverableKind, Quadrant, Tier},
    record::one_or_many,
};

/// An avis (requirements 0.6, 2.8, 2.19).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Avis {
    /// The question it answers.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// The authority it is handed to.
    #[serde(rename = "parvis:addressee")]
    pub addressee: Iri,
    /// When the council adopted it (rule 8).
    #[serde(rename = "parvis:adoptedOn", default, skip_serializing_if = "Option::is_none")]
    pub adopted_on: Option<CivilDate>,
    /// The council's own claim of the handing over, until the city's Delivery record exists.
    #[serde(rename = "parvis:deliveredOn", default, skip_serializing_if = "Option::is_none")]
    pub delivered_on: Option<CivilDate>,
    /// Votes for.
    #[serde(rename = "parvis:votesFor", default, skip_serializing_if = "Option::is_none")]
    pub votes_for: Option<u32>,
    /// Votes against.
    #[serde(rename = "parvis:votesAgainst", default, skip_serializing_if = "Option::is_none")]
    pub votes_against: Option<u32>,
    /// Abstentions.
    #[serde(rename = "parvis:votesAbstain", default, skip_serializing_if = "Option::is_none")]
    pub votes_abstain: Option<u32>,
    /// Diagnosis.
    #[serde(rename = "parvis:diagnosis", default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Html>,
    /// Stakes.
    #[serde(rename = "parvis:stakes", default, skip_serializing_if = "Option::is_none")]
    pub stakes: Option<Html>,
    /// The rest of its text.
    #[serde(rename = "parvis:body", default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Html>,
    /// Ids of its recommendations, in order (rule 9).
    #[serde(rename = "parvis:recommendations", deserialize_with = "one_or_many")]
    pub recommendations: Vec<Iri>,
}

/// A recommendation (requirements 2.19, 2.24).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its number in the avis, from 1.
    #[serde(rename = "parvis:number")]
    pub number: u32,
    /// The avis.
    #[serde(rename = "parvis:avis")]
    pub avis: Iri,
    /// Who is expected to answer.
    #[serde(rename = "parvis:addressee")]
    pub addressee: Iri,
    /// Collection of its answers.
    #[serde(rename = "parvis:answers", default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Iri>,
    /// The council's own heading for it.
    #[serde(rename = "parvis:category", default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The tier whose power it is in.
    #[serde(rename = "parvis:tier", default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Axes of the authority’s strategy that it serves, by key (requirement 3.1).
    #[serde(
        rename = "parvis:axis",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub axes: Vec<String>,
}

/// Another deliverable: an interim report, an analysis, a contribution, a method report, a prioritisation
/// (requirements 1.6, 2.5, 2.20–2.22, 2.25). None of them closes a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliverable {
    /// Which.
    #[serde(rename = "parvis:deliverable")]
    pub deliverable: DeliverableKind,
    /// The question it works on.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// The council it is about, when another actor says it: its guarantor.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// Its text.
    #[serde(rename = "parvis:body", default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Html>,
    /// Its axes, in order.
    #[serde(
        rename = "parvis:axes",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub axes: Vec<Axis>,
    /// Its analysis.
    #[serde(
        rename = "parvis:analysis",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub analysis: Vec<Finding>,
    /// What could have been chosen.
    #[serde(
        rename = "parvis:candidates",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub candidates: Vec<String>,
    /// What was chosen.
    #[serde(
        rename = "parvis:chosen",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub chosen: Vec<String>,
    /// How it was chosen.
    #[serde(rename = "parvis:method", default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// A line of thought of a report, or an axis of a strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// Its key, by which recommendations name it.
    #[serde(rename = "parvis:key")]
    pub key: String,
    /// Its title.
    #[serde(rename = "parvis:title")]
    pub title: String,
    /// Its text.
    #[serde(rename = "parvis:body", default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Html>,
}

/// One finding of an analysis (requirement 2.21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Good or bad, seen or foreseen.
    #[serde(rename = "parvis:quadrant")]
    pub quadrant: Quadrant,
    /// How sure.
    #[serde(rename = "parvis:certainty")]
    pub certainty: Certainty,
    /// What.
    #[serde(rename = "parvis:body")]
    pub text: String,
}
