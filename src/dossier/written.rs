//! A dossier as it is written: sections that refer to each other by short references.

use serde::{Deserialize, Serialize};

use super::{
    beside::Beside,
    values::{Addressee, Common, Text},
};
use crate::domain::{
    CivilDate, Iri, Problem, Territory,
    codes::{Decision, FollowUpStatus, Reason, Tier},
};

/// A whole dossier.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// Language of the originals.
    pub language: String,
    /// The authority.
    pub city: City,
    /// Its councils.
    pub councils: Vec<Council>,
    /// Who watches over their method.
    pub guarantors: Vec<Guarantor>,
    /// Questions put to them or by them.
    pub questions: Vec<Question>,
    /// Their avis, with the recommendations.
    pub avis: Vec<Avis>,
    /// Answers to recommendations.
    pub answers: Vec<Answer>,
    /// What became of recommendations.
    pub follow_ups: Vec<FollowUp>,
    /// Everything beside these.
    pub beside: Vec<Beside>,
    /// What was done to it while it was read, and whoever wrote it should know.
    pub notes: Vec<Problem>,
}

/// The authority: a city, an intercommunal body, a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct City {
    /// First segment of every reference of the dossier.
    #[serde(rename = "ref")]
    pub reference: String,
    /// User part of its account, and what addressees name: `mairie`.
    pub handle: String,
    /// Its name.
    pub name: Text,
    /// Who speaks here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// Its territory; also says its tier.
    pub territory: Territory,
    /// Its own site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// What all items may say.
    pub common: Common,
}

/// A council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Council {
    /// In the file its own segment; in an item the whole reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// User part of its account.
    pub handle: String,
    /// Its name.
    pub name: Text,
    /// What it is, in a sentence or two.
    pub summary: Text,
    /// What it is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Text>,
    /// Its territory, when it is not that of the city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<Territory>,
    /// Its own page elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// When it was created, if nobody disputes it; else claims about `createdOn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<CivilDate>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<CivilDate>,
    /// The recommendation it was born of (requirement 0.3): a reference, or the id of a record elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born_of: Option<String>,
    /// How many years a term lasts at most (requirement 2.2); two unless written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_years: Option<u32>,
    /// How many terms somebody may serve; two unless written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
    /// What all items may say.
    pub common: Common,
}

/// Who watches over the method of councils, from outside (requirement 2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantor {
    /// In the file its own segment; in an item the whole reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// User part of its account.
    pub handle: String,
    /// Its name.
    pub name: Text,
    /// Who it is, in a sentence or two.
    pub summary: Text,
    /// Its own page elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Iri>,
    /// What all items may say.
    pub common: Common,
}

/// Who chose the subject (requirement 0.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// The authority asks the council.
    Saisine,
    /// The council asks itself.
    AutoSaisine,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its own segment.
    pub reference: String,
    /// The council asked, or asking itself.
    pub council: String,
    /// Who chose the subject.
    pub kind: QuestionKind,
    /// Who asks; by default the city or the council, as the kind says.
    pub by: Option<String>,
    /// What it is called.
    pub title: Text,
    /// Its wording, whole.
    pub text: Text,
    /// When it was asked.
    pub asked_on: Option<CivilDate>,
    /// When the asker hopes for the avis.
    pub expected_by: Option<CivilDate>,
    /// Whether the council took it up.
    pub response: Option<Response>,
    /// What all items may say.
    pub common: Common,
}

/// The council's response to a saisine.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Taken up, or refused.
    pub accepted: bool,
    /// Why; may stay unsaid (requirement 2.11).
    pub text: Option<Text>,
    /// Coded reason of a refusal.
    pub reason: Option<Reason>,
    /// When.
    pub on: Option<CivilDate>,
    /// What all items may say.
    pub common: Common,
}

impl Response {
    /// Last segment of its reference.
    pub(super) const fn segment(&self) -> &'static str {
        if self.accepted { "acceptation" } else { "refus" }
    }
}

/// Votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// For.
    #[serde(rename = "for")]
    pub in_favour: u32,
    /// Against.
    pub against: u32,
    /// Abstentions.
    pub abstain: u32,
}

/// An avis.
#[derive(Clone, Debug, PartialEq)]
pub struct Avis {
    /// Its own segment.
    pub reference: String,
    /// The council.
    pub council: String,
    /// The question it answers.
    pub question: String,
    /// Its title.
    pub title: Text,
    /// At most a hundred words.
    pub summary: Text,
    /// First of the three steps (requirement 2.8).
    pub diagnosis: Text,
    /// Second.
    pub stakes: Text,
    /// The rest of its text.
    pub body: Option<Text>,
    /// When the council adopted it.
    pub adopted_on: Option<CivilDate>,
    /// When the council says that it handed it over.
    pub handed_over: Option<CivilDate>,
    /// With which votes.
    pub vote: Option<Vote>,
    /// The convention it goes to, and the sub-question it stands under there.
    pub convention: Option<Brought>,
    /// The authority's acknowledgement.
    pub delivered: Option<Delivered>,
    /// Third step.
    pub recommendations: Vec<Recommendation>,
    /// What all items may say.
    pub common: Common,
}

/// To which convention an avis is brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Brought {
    /// Its Group.
    pub group: Addressee,
    /// Key of a sub-question.
    pub sub_question: Option<String>,
}

/// Last segment of the reference of an acknowledgement.
pub(super) const DELIVERY: &str = "remise";

/// An authority acknowledges an avis.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// When it was handed over.
    pub on: CivilDate,
    /// To which actor of the dossier; the city by default.
    pub to: Option<String>,
    /// What the authority says.
    pub text: Option<Text>,
    /// What all items may say.
    pub common: Common,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// Its own segment; `r` and its number unless written.
    pub reference: String,
    /// Its number in the avis.
    pub number: u32,
    /// Its title.
    pub title: Text,
    /// Its text.
    pub text: Option<Text>,
    /// The council's own heading.
    pub category: Option<String>,
    /// Who is expected to answer; the city by default.
    pub addressee: Option<Addressee>,
    /// The tier whose power it is in.
    pub tier: Option<Tier>,
    /// Axes of the city's strategies that it serves, by key.
    pub axes: Vec<String>,
    /// What all items may say.
    pub common: Common,
}

/// An answer, to one recommendation or to several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Last segment of its reference, under that of the recommendation; `reponse` unless written.
    pub reference: String,
    /// The recommendations, ranges spelt out.
    pub recommendations: Vec<String>,
    /// Who answers; the addressee by default.
    pub by: Option<String>,
    /// What is decided.
    pub decision: Decision,
    /// Coded reason.
    pub reason: Option<Reason>,
    /// The argued text.
    pub text: Text,
    /// When it is promised.
    pub promised_by: Option<CivilDate>,
    /// When it was decided.
    pub on: CivilDate,
    /// What all items may say.
    pub common: Common,
}

/// A follow-up, of one recommendation or of several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    /// Last segment of its reference; `suivi` unless written.
    pub reference: String,
    /// The recommendations, ranges spelt out.
    pub recommendations: Vec<String>,
    /// Who reports; the addressee by default.
    pub by: Option<String>,
    /// Where it stands.
    pub status: FollowUpStatus,
    /// Coded reason.
    pub reason: Option<Reason>,
    /// What is said.
    pub text: Text,
    /// Date of the account.
    pub on: CivilDate,
    /// Addresses that show it.
    pub evidence: Vec<Iri>,
    /// What all items may say.
    pub common: Common,
}
