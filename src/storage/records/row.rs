//! What a row of `records` holds, and how lists of them are cut.

use serde::Deserialize;
use sqlx::FromRow;

use crate::domain::{record::Envelope, said::Said};

/// The current state of a record.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Row {
    /// Id.
    pub uri: String,
    /// `parvis:kind`: Saisine, Acceptance, Refusal, Avis, Recommendation, Delivery, Answer, `FollowUp` …
    pub kind: String,
    /// `attributedTo`.
    pub author: String,
    /// Authority of the author.
    pub origin: String,
    /// Whether we hold the author's key.
    pub ours: bool,
    /// Its thread.
    pub context: String,
    /// `inReplyTo`.
    pub parent: Option<String>,
    /// The question it belongs to.
    pub question: Option<String>,
    /// The avis it belongs to.
    pub avis: Option<String>,
    /// Who is asked to answer.
    pub addressee: Option<String>,
    /// The Group of the thread.
    pub audience: Option<String>,
    /// Last segment of its page's path, unique among ours of one kind; of a received record, its key
    /// (`Iri::key`).
    pub slug: String,
    /// `parvis:ref`: official number.
    pub reference: Option<String>,
    /// Title, in its language.
    pub title: String,
    /// BCP 47 tag.
    pub lang: String,
    /// Rank of a recommendation in its avis.
    pub number: Option<i64>,
    /// Code of an answer's decision.
    pub decision: Option<String>,
    /// Code of a follow-up's status.
    pub status: Option<String>,
    /// Whether it says it is invented.
    pub synthetic: bool,
    /// Whether its last version withdraws it.
    pub withdrawn: bool,
    /// Current version.
    pub version: i64,
    /// Hash of the current version.
    pub hash: String,
    /// `valid` or `absent`.
    pub proof: String,
    /// As written: RFC 3339, UTC.
    pub published: String,
    /// As written; `None` in version 1.
    pub updated: Option<String>,
    /// Register number of the current version.
    pub seq: i64,
    /// Register number of the first version that came here; never changes.
    pub first_seq: i64,
    /// The document of the current version, exactly.
    pub document: String,
}

impl Row {
    /// What it says, by its kind; nothing once it is withdrawn.
    #[must_use]
    pub fn said(&self) -> Option<Said> {
        Said::kept(&self.kind, &self.document).filter(|_| !self.withdrawn)
    }

    /// What every record has; nothing once it is withdrawn.
    #[must_use]
    pub fn envelope(&self) -> Option<Envelope> {
        Envelope::kept(&self.document).filter(|_| !self.withdrawn)
    }

    /// The address it gives for itself.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Shown {
            url: Option<String>,
        }
        serde_json::from_str::<Shown>(&self.document).ok()?.url
    }

    /// Where a list that ended with this record goes on.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { published: self.published.clone(), uri: self.uri.clone() }
    }
}

/// A place in a list sorted by `(published, uri)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// `published` of the last record shown.
    pub published: String,
    /// Its id.
    pub uri: String,
}

/// One page of a list: at most `limit` records beyond `after` in the order of the list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last record already shown; `None` starts at the beginning.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: i64,
}

impl Page {
    /// The first page.
    #[must_use]
    pub const fn first(limit: i64) -> Self {
        Self { after: None, limit }
    }

    /// The page that follows a place.
    #[must_use]
    pub const fn after(cursor: Cursor, limit: i64) -> Self {
        Self { after: Some(cursor), limit }
    }

    /// Start of a list that goes from the latest to the oldest: `~` sorts after every date.
    pub(in crate::storage) fn start_from_latest(&self) -> (&str, &str) {
        self.after.as_ref().map_or(("~", ""), |at| (&at.published, &at.uri))
    }

    /// Start of a list that goes from the oldest to the latest.
    pub(in crate::storage) fn start_from_oldest(&self) -> (&str, &str) {
        self.after.as_ref().map_or(("", ""), |at| (&at.published, &at.uri))
    }
}

/// A record and the one it is linked to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Concerning {
    /// The record (or actor) asked about.
    pub target: String,
    /// The record that names it.
    #[sqlx(flatten)]
    pub record: Row,
}

/// A record that a council shows of itself, without its text.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Shown {
    /// The council.
    pub author: String,
    /// `parvis:kind`.
    pub kind: String,
    /// Id.
    pub uri: String,
    /// RFC 3339, UTC.
    pub published: String,
}

/// How many records of a kind are here, withdrawn ones apart.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Count {
    /// `parvis:kind`.
    pub kind: String,
    /// Ours, or received.
    pub ours: bool,
    /// How many.
    pub total: i64,
}
