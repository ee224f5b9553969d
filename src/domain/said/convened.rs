//! What cities do together: conventions, who is in them, what they contribute, what they agree on, and what
//! the whole says (register.md rule 11; requirements 2.34, 2.35).

use serde::{Deserialize, Serialize};

use crate::domain::{CivilDate, Hash, Iri, codes::CharterDuty, record::one_or_many};

/// A convention, as its host states it; the Group distributes, and cannot author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// Its Group.
    #[serde(rename = "parvis:convention")]
    pub convention: Iri,
    /// Where its charter can be read.
    #[serde(rename = "parvis:charter", default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Iri>,
    /// The charter, in Markdown: the bytes of `charter_hash`.
    #[serde(rename = "parvis:charterText")]
    pub charter_text: String,
    /// Hash of the charter.
    #[serde(rename = "parvis:charterHash")]
    pub charter_hash: Hash,
    /// What its charter asks of members that every node can verify.
    #[serde(
        rename = "parvis:duties",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub duties: Vec<Asked>,
    /// Its calendar.
    #[serde(
        rename = "parvis:phases",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub phases: Vec<Phase>,
    /// What it asks: the rows of its table.
    #[serde(
        rename = "parvis:subQuestions",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub sub_questions: Vec<SubQuestion>,
    /// How to reach those who steer it.
    #[serde(rename = "parvis:contact", default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// A duty of members, and within how many days of their admission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What.
    #[serde(rename = "parvis:duty")]
    pub duty: CharterDuty,
    /// Days after the admission.
    #[serde(rename = "parvis:withinDays", default)]
    pub within_days: u32,
}

/// A phase of a convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// What happens in it.
    #[serde(rename = "parvis:title")]
    pub title: String,
    /// When it begins.
    #[serde(rename = "parvis:from", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CivilDate>,
    /// When it ends.
    #[serde(rename = "parvis:until", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<CivilDate>,
}

/// One thing that a convention asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubQuestion {
    /// Names it in contributions and addresses: `transparence`.
    #[serde(rename = "parvis:key")]
    pub key: String,
    /// Its wording.
    #[serde(rename = "parvis:title")]
    pub title: String,
    /// Themes of recommendations that belong under it.
    #[serde(
        rename = "parvis:themes",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub themes: Vec<String>,
}

/// A council asks to be a member, and takes on the charter. Leaving is withdrawing this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adhesion {
    /// The Group.
    #[serde(rename = "parvis:convention")]
    pub convention: Iri,
    /// Where the charter can be read.
    #[serde(rename = "parvis:charter", default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Iri>,
    /// Hash of the charter it takes on.
    #[serde(rename = "parvis:charterHash", default, skip_serializing_if = "Option::is_none")]
    pub charter_hash: Option<Hash>,
}

/// The host admits a member. Excluding it is withdrawing this; declining is a `Refusal` of the adhesion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The Group.
    #[serde(rename = "parvis:convention")]
    pub convention: Iri,
    /// The adhesion.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
}

/// A member brings an avis, or one recommendation, to a convention. Taking it back is withdrawing this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The Group.
    #[serde(rename = "parvis:convention")]
    pub convention: Iri,
    /// The avis or the recommendation: one.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// Hash of the version that is brought.
    #[serde(rename = "parvis:hash", default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// Key of the sub-question it belongs under, where its themes do not say it.
    #[serde(rename = "parvis:subQuestion", default, skip_serializing_if = "Option::is_none")]
    pub sub_question: Option<String>,
}

/// What a convention says as a whole, each sentence with the records it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synthesis {
    /// The Group.
    #[serde(rename = "parvis:convention")]
    pub convention: Iri,
    /// Its sentences, in order; their number, from 1, names them.
    #[serde(
        rename = "parvis:sentences",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub sentences: Vec<Sentence>,
}

/// A sentence of a synthesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// What it says.
    #[serde(rename = "parvis:text")]
    pub text: String,
    /// The records it rests on: never none.
    #[serde(
        rename = "parvis:cites",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cites: Vec<Iri>,
}

/// A majority judgement: how many gave each grade. Never who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// What was judged.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// The paragraph judged, when it is not the whole.
    #[serde(rename = "parvis:paragraph", default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<String>,
    /// How many gave grade 1, 2, 3, 4 and 5.
    #[serde(rename = "parvis:grades", default, deserialize_with = "one_or_many")]
    pub grades: Vec<u32>,
    /// From which majority grade on it is kept; below, it is rewritten.
    #[serde(rename = "parvis:keptFrom")]
    pub kept_from: u32,
    /// Opinions of those who did not agree.
    #[serde(
        rename = "parvis:minority",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub minority: Vec<String>,
    /// When, in history.
    #[serde(rename = "parvis:asOf", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<CivilDate>,
}
