//! What each kind of record says, beside what all records have. One struct a kind, in wire form.

use serde::{Deserialize, Serialize};

use super::{
    CivilDate, Html, Iri, Problem,
    canonical::Document,
    codes::{Decision, FollowUpStatus, Reason, Tier},
    record::{one_or_many, take, to_map},
};

/// What a record says, by `parvis:kind`. Kinds of later versions are kept whole as `Other`: open when
/// we receive, closed when we write (register.md rule 7).
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A question the city puts to a council.
    Saisine(Question),
    /// A question a council puts to itself.
    AutoSaisine(Question),
    /// The council takes a question up.
    Acceptance(Verdict),
    /// The council declines a question; or a body declines a relay.
    Refusal(Verdict),
    /// An avis.
    Avis(Box<Avis>),
    /// One recommendation of an avis.
    Recommendation(Recommendation),
    /// The receiving authority acknowledges an avis.
    Delivery(Delivery),
    /// The addressee's answer to a recommendation.
    Answer(Answer),
    /// What became of a recommendation since.
    FollowUp(FollowUp),
    /// Any other kind: its name; its terms stay in the record's `extra`.
    Other(String),
}

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
}

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
}

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
}

impl Said {
    /// The kinds we write, with the folder their ids and pages live in.
    pub const FOLDERS: [(&'static str, &'static str); 9] = [
        ("Saisine", "questions"),
        ("AutoSaisine", "questions"),
        ("Acceptance", "acceptations"),
        ("Refusal", "refus"),
        ("Avis", "avis"),
        ("Recommendation", "recommandations"),
        ("Delivery", "remises"),
        ("Answer", "reponses"),
        ("FollowUp", "suivis"),
    ];

    /// Name of the kind, without prefix.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Saisine(_) => "Saisine",
            Self::AutoSaisine(_) => "AutoSaisine",
            Self::Acceptance(_) => "Acceptance",
            Self::Refusal(_) => "Refusal",
            Self::Avis(_) => "Avis",
            Self::Recommendation(_) => "Recommendation",
            Self::Delivery(_) => "Delivery",
            Self::Answer(_) => "Answer",
            Self::FollowUp(_) => "FollowUp",
            Self::Other(kind) => kind,
        }
    }

    /// Folder of ids and pages of a kind; none for kinds we do not write.
    #[must_use]
    pub fn folder(kind: &str) -> Option<&'static str> {
        Self::FOLDERS.iter().find(|(name, _)| *name == kind).map(|(_, folder)| *folder)
    }

    /// Takes what a kind says out of a document.
    ///
    /// # Errors
    /// Rule `kind` without `parvis:kind`; else the rule of the field.
    pub(super) fn take(rest: &mut Document) -> Result<Self, Problem> {
        let kind = rest.get("parvis:kind").and_then(serde_json::Value::as_str);
        let kind = kind.and_then(|kind| kind.strip_prefix("parvis:")).map(ToOwned::to_owned);
        let Some(kind) = kind else {
            return Err(Problem::new("parvis:kind", "kind", "absent"));
        };
        rest.remove("parvis:kind");
        Ok(match kind.as_str() {
            "Saisine" => Self::Saisine(take(rest)?),
            "AutoSaisine" => Self::AutoSaisine(take(rest)?),
            "Acceptance" => Self::Acceptance(take(rest)?),
            "Refusal" => Self::Refusal(take(rest)?),
            "Avis" => Self::Avis(take(rest)?),
            "Recommendation" => Self::Recommendation(take(rest)?),
            "Delivery" => Self::Delivery(take(rest)?),
            "Answer" => Self::Answer(take(rest)?),
            "FollowUp" => Self::FollowUp(take(rest)?),
            _ => Self::Other(kind),
        })
    }

    /// In wire form, `parvis:kind` first.
    pub(super) fn to_map(&self) -> Document {
        let mut map = Document::new();
        map.insert("parvis:kind".to_owned(), format!("parvis:{}", self.kind()).into());
        map.extend(match self {
            Self::Saisine(said) | Self::AutoSaisine(said) => to_map(said),
            Self::Acceptance(said) | Self::Refusal(said) => to_map(said),
            Self::Avis(said) => to_map(said),
            Self::Recommendation(said) => to_map(said),
            Self::Delivery(said) => to_map(said),
            Self::Answer(said) => to_map(said),
            Self::FollowUp(said) => to_map(said),
            Self::Other(_) => Document::new(),
        });
        map
    }
}
