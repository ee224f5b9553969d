//! What is asked, and whether it is taken up.

use serde::{Deserialize, Serialize};

use crate::domain::{CivilDate, Iri, codes::Reason, record::one_or_many};

/// A question (requirements 0.5, 1.2, 2.11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The council asked; of an auto-saisine, the city the avis will go to.
    #[serde(rename = "parvis:addressee", default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Iri>,
    /// When the asker hopes for the avis (rule 8).
    #[serde(rename = "parvis:expectedBy", default, skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<CivilDate>,
    /// When it was asked, in history.
    #[serde(rename = "parvis:askedOn", default, skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<CivilDate>,
}

/// An acceptance or a refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is taken up or declined.
    #[serde(rename = "parvis:concerns", deserialize_with = "one_or_many")]
    pub concerns: Vec<Iri>,
    /// The question.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// Why it is declined.
    #[serde(rename = "parvis:reason", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The relay by which its author was asked (rule 12).
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
    /// The body for which it was entered through a link (rule 12); then it is not that body’s own word.
    #[serde(rename = "parvis:enteredFor", default, skip_serializing_if = "Option::is_none")]
    pub entered_for: Option<Iri>,
}
