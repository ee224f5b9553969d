//! Who takes up whose idea, and whether the origin says so too (requirements 1.7, 2.31).

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Hash, Iri,
    codes::{FollowUpStatus, TakeUpKind, TakenUpAs},
    record::one_or_many,
};

/// Its author takes up a recommendation of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeUp {
    /// What is taken up.
    #[serde(rename = "parvis:takesUp")]
    pub takes_up: Iri,
    /// The same.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// How.
    #[serde(rename = "parvis:takeUp", default, skip_serializing_if = "Option::is_none")]
    pub take_up: Option<TakeUpKind>,
    /// What became of it there.
    #[serde(rename = "parvis:takenUpAs", default, skip_serializing_if = "Option::is_none")]
    pub taken_up_as: Option<TakenUpAs>,
    /// The taker's own recommendation, when it became one.
    #[serde(rename = "parvis:became", default, skip_serializing_if = "Option::is_none")]
    pub became: Option<Iri>,
    /// Name of the local organisation that does it, when that has no account: its author speaks for it.
    #[serde(rename = "parvis:byName", default, skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    /// Where it stands there.
    #[serde(rename = "parvis:outcome", default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<FollowUpStatus>,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
}

impl TakeUp {
    /// A take-up that says no more than what it takes up.
    #[must_use]
    pub fn of(takes_up: Iri) -> Self {
        Self {
            concerns: vec![takes_up.clone()],
            takes_up,
            take_up: None,
            taken_up_as: None,
            became: None,
            by_name: None,
            outcome: None,
            as_of: None,
        }
    }
}

/// The origin confirms a take-up. (It contests one by a `Refusal`.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The take-up.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// The version that is confirmed.
    #[serde(rename = "parvis:hash", default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
}
