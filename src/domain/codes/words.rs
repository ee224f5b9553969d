//! The words of the closed lists as enums, each with a place for words of later versions or other servers.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Code, List};

/// What an addressee decides on a recommendation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Decision {
    /// It will be done.
    Accepted,
    /// Part of it will be done.
    AcceptedInPart,
    /// It will not be done; needs a reason.
    Refused,
    /// It was in place already.
    AlreadyDone,
    /// Still under study.
    Deferred,
    /// Passed on to the authority that is competent.
    Relayed,
    /// A word this version does not know, as received.
    Other(String),
}

static DECISIONS: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("decisions.toml")));

impl Code for Decision {
    const RULE: &'static str = "decision";
    const ALL: &'static [(&'static str, Self)] = &[
        ("accepted", Self::Accepted),
        ("accepted-in-part", Self::AcceptedInPart),
        ("refused", Self::Refused),
        ("already-done", Self::AlreadyDone),
        ("deferred", Self::Deferred),
        ("relayed", Self::Relayed),
    ];

    fn list() -> &'static List {
        &DECISIONS
    }

    fn other(word: String) -> Self {
        Self::Other(word)
    }

    fn unknown(&self) -> Option<&str> {
        if let Self::Other(word) = self { Some(word) } else { None }
    }
}

impl From<String> for Decision {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<Decision> for String {
    fn from(value: Decision) -> Self {
        value.wire()
    }
}

/// Where a recommendation stands since its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum FollowUpStatus {
    /// Begun.
    InProgress,
    /// Done.
    Done,
    /// Given up; needs a reason.
    Abandoned,
    /// A word this version does not know, as received.
    Other(String),
}

static FOLLOW_UPS: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("follow-ups.toml")));

impl Code for FollowUpStatus {
    const RULE: &'static str = "follow-up-status";
    const ALL: &'static [(&'static str, Self)] =
        &[("in-progress", Self::InProgress), ("done", Self::Done), ("abandoned", Self::Abandoned)];

    fn list() -> &'static List {
        &FOLLOW_UPS
    }

    fn other(word: String) -> Self {
        Self::Other(word)
    }

    fn unknown(&self) -> Option<&str> {
        if let Self::Other(word) = self { Some(word) } else { None }
    }
}

impl From<String> for FollowUpStatus {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<FollowUpStatus> for String {
    fn from(value: FollowUpStatus) -> Self {
        value.wire()
    }
}

/// The state of a recommendation, derived by every node alike (register.md rule 7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Status {
    /// Published, not delivered.
    Proposed,
    /// Delivered, or its decision deferred.
    UnderStudy,
    /// Accepted.
    Accepted,
    /// Accepted in part.
    AcceptedInPart,
    /// Refused.
    Refused,
    /// Relayed, and the accepting body has not said more.
    Relayed,
    /// Begun.
    InProgress,
    /// Done.
    Done,
    /// Given up.
    Abandoned,
    /// A word this version does not know, as received.
    Other(String),
}

static STATUSES: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("statuses.toml")));

impl Code for Status {
    const RULE: &'static str = "status";
    const ALL: &'static [(&'static str, Self)] = &[
        ("proposed", Self::Proposed),
        ("under-study", Self::UnderStudy),
        ("accepted", Self::Accepted),
        ("accepted-in-part", Self::AcceptedInPart),
        ("refused", Self::Refused),
        ("relayed", Self::Relayed),
        ("in-progress", Self::InProgress),
        ("done", Self::Done),
        ("abandoned", Self::Abandoned),
    ];

    fn list() -> &'static List {
        &STATUSES
    }

    fn other(word: String) -> Self {
        Self::Other(word)
    }

    fn unknown(&self) -> Option<&str> {
        if let Self::Other(word) = self { Some(word) } else { None }
    }
}

impl From<String> for Status {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<Status> for String {
    fn from(value: Status) -> Self {
        value.wire()
    }
}

/// Why something is refused, reduced, deferred or given up (requirement 2.28).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Reason {
    /// The law.
    Legal,
    /// The market.
    Market,
    /// Technique.
    Technical,
    /// Administration.
    Administrative,
    /// Money.
    Budget,
    /// A political choice.
    Political,
    /// Another authority is competent.
    OutOfRemit,
    /// Another recommendation covers it.
    Duplicate,
    /// Events have overtaken it.
    Superseded,
    /// A reason the list does not name; the text says it.
    Unlisted,
    /// A word this version does not know, as received.
    Other(String),
}

static REASONS: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("reasons.toml")));

impl Code for Reason {
    const RULE: &'static str = "reason";
    const ALL: &'static [(&'static str, Self)] = &[
        ("legal", Self::Legal),
        ("market", Self::Market),
        ("technical", Self::Technical),
        ("administrative", Self::Administrative),
        ("budget", Self::Budget),
        ("political", Self::Political),
        ("out-of-remit", Self::OutOfRemit),
        ("duplicate", Self::Duplicate),
        ("superseded", Self::Superseded),
        ("other", Self::Unlisted),
    ];

    fn list() -> &'static List {
        &REASONS
    }

    fn other(word: String) -> Self {
        Self::Other(word)
    }

    fn unknown(&self) -> Option<&str> {
        if let Self::Other(word) = self { Some(word) } else { None }
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<Reason> for String {
    fn from(value: Reason) -> Self {
        value.wire()
    }
}

/// The tier of government whose power something is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Tier {
    /// Municipality.
    Commune,
    /// Intercommunal body.
    Epci,
    /// Department.
    Departement,
    /// Region.
    Region,
    /// State.
    Etat,
    /// European Union.
    Ue,
    /// A word this version does not know, as received.
    Other(String),
}

static TIERS: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("tiers.toml")));

impl Code for Tier {
    const RULE: &'static str = "tier";
    const ALL: &'static [(&'static str, Self)] = &[
        ("commune", Self::Commune),
        ("epci", Self::Epci),
        ("departement", Self::Departement),
        ("region", Self::Region),
        ("etat", Self::Etat),
        ("ue", Self::Ue),
    ];

    fn list() -> &'static List {
        &TIERS
    }

    fn other(word: String) -> Self {
        Self::Other(word)
    }

    fn unknown(&self) -> Option<&str> {
        if let Self::Other(word) = self { Some(word) } else { None }
    }
}

impl From<String> for Tier {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<Tier> for String {
    fn from(value: Tier) -> Self {
        value.wire()
    }
}

impl Decision {
    /// The status an answer gives (register.md rule 7).
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Accepted => Status::Accepted,
            Self::AcceptedInPart => Status::AcceptedInPart,
            Self::Refused => Status::Refused,
            Self::AlreadyDone => Status::Done,
            Self::Deferred => Status::UnderStudy,
            Self::Relayed => Status::Relayed,
            Self::Other(word) => Status::Other(word.clone()),
        }
    }
}

impl FollowUpStatus {
    /// The status a follow-up gives (register.md rule 7).
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::InProgress => Status::InProgress,
            Self::Done => Status::Done,
            Self::Abandoned => Status::Abandoned,
            Self::Other(word) => Status::Other(word.clone()),
        }
    }
}
