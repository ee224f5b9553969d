//! Items: one per record to publish.

use serde::{Deserialize, Serialize};

use super::{
    values::{Addressee, Common, Text},
    written::{City, Council, Guarantor, QuestionKind, Vote},
};
use crate::domain::{
    CivilDate, Hash, Iri,
    canonical::Document,
    codes::{Decision, FollowUpStatus, Reason, Tier},
    said::Said,
};

/// A record to publish. Its reference never changes; its digest changes with what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// `rennes/ccnr/avis-1`; of a recommendation `rennes/ccnr/avis-1/r2`, of an answer to it
    /// `rennes/ccnr/avis-1/r2/reponse`.
    pub reference: String,
    /// Language of the original texts.
    pub language: String,
    /// What all items may say.
    #[serde(flatten)]
    pub common: Common,
    /// What its kind says.
    pub body: ItemBody,
}

/// What an item says, by kind. Names of actors are handles of the dossier; all references are whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ItemBody {
    /// The authority's actor.
    City(City),
    /// A council's actor.
    Council(Council),
    /// A guarantor's actor.
    Guarantor(Guarantor),
    /// The Group of a convention.
    Convention(Group),
    /// A question.
    Question(Question),
    /// The council takes a question up.
    Acceptance(Verdict),
    /// The council declines a question.
    Refusal(Verdict),
    /// An avis.
    Avis(Avis),
    /// A recommendation.
    Recommendation(Recommendation),
    /// The authority acknowledges an avis.
    Delivery(Delivery),
    /// An answer.
    Answer(Answer),
    /// A follow-up.
    FollowUp(FollowUp),
    /// Any of the other kinds.
    Spoken(Box<Spoken>),
}

/// The Group of a convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// User part of its account.
    pub handle: String,
    /// What it is called.
    pub name: Text,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// Names its pages.
    pub slug: String,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asks: the author of the record.
    pub by: String,
    /// The council.
    pub council: String,
    /// Who chose the subject.
    pub asked: QuestionKind,
    /// What it is called.
    pub title: Text,
    /// Its wording.
    pub text: Text,
    /// When it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<CivilDate>,
    /// When the avis is hoped for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<CivilDate>,
}

/// A council's verdict on a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The council: the author.
    pub by: String,
    /// Reference of the question.
    pub question: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Coded reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<CivilDate>,
}

/// An avis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avis {
    /// The council: the author.
    pub by: String,
    /// Reference of the question.
    pub question: String,
    /// The authority it is handed to.
    pub addressee: String,
    /// Its title.
    pub title: Text,
    /// At most a hundred words.
    pub summary: Text,
    /// Diagnosis.
    pub diagnosis: Text,
    /// Stakes.
    pub stakes: Text,
    /// The rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Text>,
    /// When it was adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted_on: Option<CivilDate>,
    /// When the council says that it handed it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<CivilDate>,
    /// With which votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<Vote>,
    /// The Group of the convention it is addressed to, if its council is a member when it is first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convention: Option<Addressee>,
    /// References of its recommendations, in order (register.md rule 9).
    pub recommendations: Vec<String>,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// The council: the author.
    pub by: String,
    /// Reference of the avis.
    pub avis: String,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: Text,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// The council's own heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Who is expected to answer.
    pub addressee: Addressee,
    /// The tier whose power it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Axes of the city's strategies that it serves, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub axes: Vec<String>,
}

/// An acknowledgement of an avis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The authority that received it: the author.
    pub by: String,
    /// Reference of the avis.
    pub avis: String,
    /// When.
    pub on: CivilDate,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The addressee: the author.
    pub by: String,
    /// References of the recommendations, all of one avis.
    pub recommendations: Vec<String>,
    /// What is decided.
    pub decision: Decision,
    /// Coded reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The argued text.
    pub text: Text,
    /// When it is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<CivilDate>,
    /// When it was decided.
    pub on: CivilDate,
}

/// A follow-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// The addressee: the author.
    pub by: String,
    /// References of the recommendations, all of one avis.
    pub recommendations: Vec<String>,
    /// Where it stands.
    pub status: FollowUpStatus,
    /// Coded reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What is said.
    pub text: Text,
    /// Date of the account.
    pub on: CivilDate,
    /// Addresses that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Iri>,
}

/// An item of a kind beside these: its words, and what the record will say, in wire form, with references
/// where ids will stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The author.
    pub by: String,
    /// Reference of what it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// At most a hundred words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// When, in history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<CivilDate>,
    /// Its kind's own terms.
    pub said: Document,
}

impl Spoken {
    /// Its kind, without prefix.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let kind = self.said.get("parvis:kind").and_then(serde_json::Value::as_str).unwrap_or_default();
        let kind = kind.strip_prefix("parvis:").unwrap_or(kind);
        Said::FOLDERS.iter().find(|(name, _)| *name == kind).map_or("", |(name, _)| *name)
    }
}

impl Item {
    /// SHA-256 of the canonical JSON of what the item says: the same as long as nothing of it changes.
    /// When to publish is not part of it; nor are the bytes of attached files, which have their own hash.
    ///
    /// # Panics
    /// Never: an item holds no number that JSON cannot carry.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let mut words = self.clone();
        words.common.publish_at = None;
        Hash::of(&serde_jcs::to_vec(&words).expect("texts and whole numbers"))
    }

    /// Last segment of its page's address: the reference without the city, joined by `-`.
    #[must_use]
    pub fn slug(&self) -> String {
        let under = self.reference.split_once('/').map_or(self.reference.as_str(), |(_, rest)| rest);
        under.replace('/', "-")
    }

    /// Handle of the actor that says it; of an actor, its own.
    #[must_use]
    pub fn author(&self) -> &str {
        match &self.body {
            ItemBody::City(city) => &city.handle,
            ItemBody::Council(council) => &council.handle,
            ItemBody::Guarantor(guarantor) => &guarantor.handle,
            ItemBody::Convention(group) => &group.handle,
            ItemBody::Question(question) => &question.by,
            ItemBody::Acceptance(verdict) | ItemBody::Refusal(verdict) => &verdict.by,
            ItemBody::Avis(avis) => &avis.by,
            ItemBody::Recommendation(recommendation) => &recommendation.by,
            ItemBody::Delivery(delivery) => &delivery.by,
            ItemBody::Answer(answer) => &answer.by,
            ItemBody::FollowUp(follow_up) => &follow_up.by,
            ItemBody::Spoken(spoken) => &spoken.by,
        }
    }
}
