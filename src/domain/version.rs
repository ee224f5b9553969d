//! One version of something signed: a record, its withdrawal, or an actor. What the register appends.

use super::{
    Actor, Hash, Instant, Iri, Problem, Record, Tombstone, canonical, canonical::Document, heard,
    obligations, said::Said,
};

/// A version as the register holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Version {
    /// A record.
    Record(Box<Record>),
    /// The end of a record.
    Tombstone(Box<Tombstone>),
    /// An actor of a Parvis node.
    Actor(Box<Actor>),
}

/// What a register holds around the place of a version that arrives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// Hash of what has its number.
    pub same: Option<&'a Hash>,
    /// The version before: its hash, and itself unless its text was erased.
    pub before: Option<(&'a Hash, Option<&'a Version>)>,
    /// What the version after it says it follows.
    pub after: Option<Option<&'a Hash>>,
    /// Author and kind of the latest version of that id.
    pub latest: Option<(&'a str, &'a str)>,
    /// The latest version itself, unless its text was erased: what no version may take back holds across a gap.
    pub newest: Option<&'a Version>,
}

/// Where a version belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In its place in the chain. A gap before it is allowed: a later version is the newer word.
    Free,
    /// It is there already.
    Known,
}

/// Why a version has no place in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// Another text has its number, or its neighbours are of another chain: a fork.
    Fork,
    /// It breaks a rule of the chain.
    Rule(Problem),
    /// The id belongs to another author, or kind.
    Foreign,
}

impl Version {
    /// Where it belongs, beside what is held already (rules 1, 2, 3).
    ///
    /// # Errors
    /// Why nowhere.
    pub fn place(&self, hash: &Hash, around: &Around<'_>) -> Result<Place, Misplaced> {
        if let Some(same) = around.same {
            return if same == hash { Ok(Place::Known) } else { Err(Misplaced::Fork) };
        }
        match around.before {
            Some((before, Some(version))) => self.follows(version, before).map_err(Misplaced::Rule)?,
            Some((before, None)) if self.previous() != Some(before) => return Err(Misplaced::Fork),
            _ => {}
        }
        if around.after.is_some_and(|previous| previous != Some(hash)) {
            return Err(Misplaced::Fork);
        }
        if around.latest.is_some_and(|latest| latest != (self.author().as_str(), self.kind())) {
            return Err(Misplaced::Foreign);
        }
        if let Some(newest) = around.newest {
            let (later, earlier) =
                if newest.number() < self.number() { (self, newest) } else { (newest, self) };
            later.keeps(earlier).map_err(Misplaced::Rule)?;
        }
        Ok(Place::Free)
    }

    /// Reads and checks a version from its text.
    ///
    /// # Errors
    /// The rules it breaks; `too-large` over 512 KiB.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        Self::bounded(text)?;
        Self::from_document(&canonical::read(text).map_err(|problem| vec![problem])?)
    }

    /// The same of a text that was parsed already.
    ///
    /// # Errors
    /// As [`Version::parse`].
    pub fn parsed(text: &str, document: &Document) -> Result<Self, Vec<Problem>> {
        Self::bounded(text)?;
        Self::from_document(document)
    }

    /// Rule 16.
    fn bounded(text: &str) -> Result<(), Vec<Problem>> {
        match text.len() {
            0..=super::rules::MAX_BYTES => Ok(()),
            length => Err(vec![Problem::new("", "too-large", length.to_string())]),
        }
    }

    /// Reads and checks a version.
    ///
    /// # Errors
    /// The rules it breaks.
    pub fn from_document(document: &Document) -> Result<Self, Vec<Problem>> {
        if document.get("type").and_then(|kind| kind.as_str()) == Some("Tombstone") {
            Ok(Self::Tombstone(Box::new(Tombstone::from_document(document)?)))
        } else if document.contains_key("publicKey") {
            Ok(Self::Actor(Box::new(Actor::from_document(document)?)))
        } else {
            Ok(Self::Record(Box::new(Record::from_document(document)?)))
        }
    }

    /// Writes the document.
    #[must_use]
    pub fn to_document(&self) -> Document {
        match self {
            Self::Record(record) => record.to_document(),
            Self::Tombstone(tombstone) => tombstone.to_document(),
            Self::Actor(actor) => actor.to_document(),
        }
    }

    /// Id of what it is a version of.
    #[must_use]
    pub const fn id(&self) -> &Iri {
        match self {
            Self::Record(record) => &record.envelope.id,
            Self::Tombstone(tombstone) => &tombstone.id,
            Self::Actor(actor) => &actor.id,
        }
    }

    /// Its author, who signs; of an actor, itself.
    #[must_use]
    pub const fn author(&self) -> &Iri {
        match self {
            Self::Record(record) => &record.envelope.author,
            Self::Tombstone(tombstone) => &tombstone.author,
            Self::Actor(actor) => &actor.id,
        }
    }

    /// Kind without prefix; `Actor` for actors.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Record(record) => record.said.kind(),
            Self::Tombstone(tombstone) => tombstone.kind.strip_prefix("parvis:").unwrap_or(&tombstone.kind),
            Self::Actor(_) => "Actor",
        }
    }

    /// 1, 2, 3 …
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Record(record) => record.envelope.version,
            Self::Tombstone(tombstone) => tombstone.version,
            Self::Actor(actor) => actor.version,
        }
    }

    /// Hash of the version before.
    #[must_use]
    pub const fn previous(&self) -> Option<&Hash> {
        match self {
            Self::Record(record) => record.envelope.previous.as_ref(),
            Self::Tombstone(tombstone) => Some(&tombstone.previous),
            Self::Actor(actor) => actor.previous.as_ref(),
        }
    }

    /// When it was first published.
    #[must_use]
    pub const fn published(&self) -> Instant {
        match self {
            Self::Record(record) => record.envelope.published,
            Self::Tombstone(tombstone) => tombstone.published,
            Self::Actor(actor) => actor.published,
        }
    }

    /// When this version was written, if it is not the first.
    #[must_use]
    pub const fn updated(&self) -> Option<Instant> {
        match self {
            Self::Record(record) => record.envelope.updated,
            Self::Tombstone(tombstone) => Some(tombstone.updated),
            Self::Actor(actor) => actor.updated,
        }
    }

    /// When this version was written.
    #[must_use]
    pub fn written(&self) -> Instant {
        self.updated().unwrap_or(self.published())
    }

    /// Whether `self` may follow `before` in one chain (rules 1, 2, 3): same id, author and published,
    /// number one higher, `previous` its hash, `updated` later, in the same place.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn follows(&self, before: &Self, hash_before: &Hash) -> Result<(), Problem> {
        if self.id() != before.id() || self.kind() != before.kind() {
            return Err(Problem::new("id", "chain-identity", self.id().as_str()));
        }
        if self.author() != before.author() {
            return Err(Problem::new("attributedTo", "chain-author", self.author().as_str()));
        }
        if self.published() != before.published() {
            return Err(Problem::new("published", "chain-published", self.published().to_string()));
        }
        // What was withdrawn is never used again; it may still be erased.
        let erases = matches!((self, before), (Self::Tombstone(new), Self::Tombstone(old)) if new.erased && !old.erased);
        if matches!(before, Self::Tombstone(_)) && !erases {
            return Err(Problem::new("id", "chain-withdrawn", self.id().as_str()));
        }
        if self.number() != before.number() + 1 || self.previous() != Some(hash_before) {
            return Err(Problem::new("parvis:previous", "chain-broken", self.number().to_string()));
        }
        if self.written() <= before.written() {
            return Err(Problem::new("updated", "chain-time", self.written().to_string()));
        }
        if let (Self::Record(new), Self::Record(old)) = (self, before) {
            let (new, old) = (&new.envelope, &old.envelope);
            if new.in_reply_to != old.in_reply_to || new.audience != old.audience {
                return Err(Problem::new("inReplyTo", "chain-identity", self.id().as_str()));
            }
        }
        self.keeps(before)
    }

    /// Whether a later version leaves what an earlier one settled, however many lie between: what is owed, and
    /// the words of a verbatim.
    fn keeps(&self, earlier: &Self) -> Result<(), Problem> {
        let (Self::Record(new), Self::Record(old)) = (self, earlier) else { return Ok(()) };
        match (&old.said, &new.said) {
            (Said::Schedule(old), Said::Schedule(new)) => obligations::keeps(old, new),
            (Said::Verbatim(_), Said::Verbatim(_)) => heard::keeps(old, new),
            _ => Ok(()),
        }
    }
}
