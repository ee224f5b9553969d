//! What an authority owes by when: its schedule, and what it puts off (register.md rule 8).

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Iri,
    codes::{Duty, Reason},
    record::one_or_many,
};

/// What the authority owes on an avis, by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// What it is about.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// Each thing owed.
    #[serde(
        rename = "parvis:obligations",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub obligations: Vec<Owed>,
}

/// One thing owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// What.
    #[serde(rename = "parvis:kind")]
    pub duty: Duty,
    /// By when. From a month or a year no deadline is computed.
    #[serde(rename = "parvis:due")]
    pub due: CivilDate,
}

/// Something owed is put off, with its reason. Nothing owed is ever taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postponement {
    /// The schedule.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// What is put off.
    #[serde(rename = "parvis:duty")]
    pub duty: Duty,
    /// Its due date as the schedule has it.
    #[serde(rename = "parvis:due")]
    pub due: CivilDate,
    /// The new one.
    #[serde(rename = "parvis:postponedTo")]
    pub postponed_to: CivilDate,
    /// Why.
    #[serde(rename = "parvis:reason")]
    pub reason: Reason,
}
