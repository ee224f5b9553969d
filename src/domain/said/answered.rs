//! What an authority does with what it was handed: acknowledges, instructs, answers, accounts.

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Iri,
    codes::{Decision, FollowUpStatus, Reason, Step},
    record::one_or_many,
};

/// The receiving authority's acknowledgement of an avis (rule 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The avis.
    #[serde(rename = "parvis:concerns", deserialize_with = "one_or_many")]
    pub concerns: Vec<Iri>,
    /// When it was handed over.
    #[serde(rename = "parvis:deliveredOn")]
    pub delivered_on: CivilDate,
    /// To whom.
    #[serde(rename = "parvis:deliveredTo")]
    pub delivered_to: Iri,
}

/// A step of the instruction of one or several recommendations (requirements 0.8, 2.26).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// What it is about.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// Which.
    #[serde(rename = "parvis:step")]
    pub step: Step,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// The department that looks after it: a role, no person (requirement 3.12).
    #[serde(rename = "parvis:service", default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The relay by which its author was asked (rule 12).
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
}

/// An answer (requirements 0.8, 0.9, 2.28).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The recommendation.
    #[serde(rename = "parvis:concerns", deserialize_with = "one_or_many")]
    pub concerns: Vec<Iri>,
    /// Coded decision; the argued text is the content.
    #[serde(rename = "parvis:decision")]
    pub decision: Decision,
    /// Coded reason.
    #[serde(rename = "parvis:reason", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When it is promised (rule 8).
    #[serde(rename = "parvis:promisedBy", default, skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<CivilDate>,
    /// When it was decided, in history.
    #[serde(rename = "parvis:decidedOn", default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<CivilDate>,
    /// The relay by which its author was asked (rule 12).
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
    /// The body for which it was entered through a link (rule 12); then it is not that body’s own word.
    #[serde(rename = "parvis:enteredFor", default, skip_serializing_if = "Option::is_none")]
    pub entered_for: Option<Iri>,
    /// The department that looks after it: a role, no person (requirement 3.12).
    #[serde(rename = "parvis:service", default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// A follow-up (requirements 2.23, 2.24).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// The recommendation.
    #[serde(rename = "parvis:concerns", deserialize_with = "one_or_many")]
    pub concerns: Vec<Iri>,
    /// Where it stands.
    #[serde(rename = "parvis:status")]
    pub status: FollowUpStatus,
    /// Why it is abandoned.
    #[serde(rename = "parvis:reason", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The date of the account, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
    /// What shows it.
    #[serde(
        rename = "parvis:evidence",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub evidence: Vec<Iri>,
    /// The relay by which its author was asked (rule 12).
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
    /// The body for which it was entered through a link (rule 12); then it is not that body’s own word.
    #[serde(rename = "parvis:enteredFor", default, skip_serializing_if = "Option::is_none")]
    pub entered_for: Option<Iri>,
    /// The department that looks after it: a role, no person (requirement 3.12).
    #[serde(rename = "parvis:service", default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// An account of what became of an avis, given in public at a date (requirement 2.23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The avis.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// The obligation it discharges: its due date as the schedule has it.
    #[serde(rename = "parvis:due", default, skip_serializing_if = "Option::is_none")]
    pub due: Option<CivilDate>,
    /// When it was given, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
}
