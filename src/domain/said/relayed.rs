//! What goes up to another authority, and what shows that it arrived (register.md rule 12).

use serde::{Deserialize, Serialize};

use crate::domain::{CivilDate, Iri, codes::Tier, record::one_or_many};

/// A recommendation or an avis is relayed to the body in whose power it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// What is relayed.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// The body: its actor, or its site when it has no node.
    #[serde(rename = "parvis:relayTo")]
    pub relay_to: Iri,
    /// Its name, when it has no actor.
    #[serde(rename = "parvis:relayToName", default, skip_serializing_if = "Option::is_none")]
    pub relay_to_name: Option<String>,
    /// Its tier.
    #[serde(rename = "parvis:tier", default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// The legal ground of its power.
    #[serde(rename = "parvis:ground", default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The relay by which this author was asked itself: it passes it on.
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
    /// Records of those who support it (rule 2).
    #[serde(
        rename = "parvis:supportedBy",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub supported_by: Vec<Iri>,
    /// When an acknowledgement is hoped for.
    #[serde(rename = "parvis:expectedBy", default, skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<CivilDate>,
}

/// The body acknowledges a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The relay.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// The relay by which its author was asked (rule 12).
    #[serde(rename = "parvis:relay", default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Iri>,
    /// The body for which it was entered through a link (rule 12); then it is not that body’s own word.
    #[serde(rename = "parvis:enteredFor", default, skip_serializing_if = "Option::is_none")]
    pub entered_for: Option<Iri>,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
}

/// Somebody supports a recommendation of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// What is supported.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
}
