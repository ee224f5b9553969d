//! Appends a version to the register and derives from it what lists and pages read. The one place where
//! `versions`, `records`, `links` and `search` change together.

use crate::{
    Result,
    domain::{
        Actor, Iri, Record, Tombstone, Version,
        canonical::{self, Document},
        html, links, one_line,
        said::Said,
    },
    storage::{self, Tx, records::Row, versions::NewVersion},
};

/// What is known of a version's proof (register.md rule 5). An invalid one never gets this far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Holds, by a key listed at the author's origin.
    Valid,
    /// None; fetched from its origin; shown as unsigned, never counted.
    Absent,
}

impl Proof {
    /// The code kept in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Absent => "absent",
        }
    }
}

/// A version about to enter the register.
pub struct Entry<'a> {
    /// The checked view.
    pub version: &'a Version,
    /// Its exact text.
    pub text: &'a str,
    /// Its parsed text.
    pub document: &'a Document,
    /// Whether we hold its author's key.
    pub ours: bool,
    /// Its proof.
    pub proof: Proof,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// Appends a version; gives its number in this node's order. Derived rows follow when it is the latest.
///
/// # Errors
/// `Conflict` when that version is there already.
pub async fn append(tx: &mut Tx, entry: &Entry<'_>) -> Result<i64> {
    let version = entry.version;
    let latest = storage::versions::current_in(tx, version.id().as_str()).await?;
    let new = NewVersion {
        uri: version.id().to_string(),
        version: i64::from(version.number()),
        hash: canonical::hash(entry.document).to_string(),
        previous: version.previous().map(ToString::to_string),
        kind: version.kind().to_owned(),
        author: version.author().to_string(),
        origin: version.author().host().to_owned(),
        ours: entry.ours,
        proof: entry.proof.code().to_owned(),
        document: entry.text.to_owned(),
        received_at: entry.now,
    };
    let seq = storage::versions::append(tx, &new).await?;
    let place = Place { seq, hash: &new.hash, text: entry.text, ours: entry.ours, proof: &new.proof };
    if latest.as_ref().is_none_or(|latest| latest.version < new.version) {
        derive(tx, version, &place).await?;
    } else if let Some(latest) = latest
        && storage::records::get_in(tx, &new.uri).await?.is_none()
    {
        // Its end came before it: it is there, and it is withdrawn.
        derive(tx, version, &place).await?;
        derive_row(tx, &latest).await?;
    }
    Ok(seq)
}

/// Where a version stands in the register.
pub struct Place<'a> {
    /// Its number.
    pub seq: i64,
    /// Its hash.
    pub hash: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Whether we hold its author's key.
    pub ours: bool,
    /// `valid` or `absent`.
    pub proof: &'a str,
}

/// Derives records, links and search from the latest version of something. Actors are kept up to date
/// where they are made and fetched.
///
/// # Errors
/// Those of the database.
pub async fn derive(tx: &mut Tx, version: &Version, place: &Place<'_>) -> Result<()> {
    match version {
        Version::Record(record) => derive_record(tx, record, place).await,
        Version::Tombstone(tombstone) => derive_tombstone(tx, tombstone, place).await,
        Version::Actor(_) => Ok(()),
    }
}

/// The same from a version as it is stored; nothing of one whose text was erased.
///
/// # Errors
/// `Internal` when it does not parse any more; those of the database.
pub async fn derive_row(tx: &mut Tx, row: &storage::versions::Version) -> Result<()> {
    let Some(text) = &row.document else { return Ok(()) };
    let place = Place { seq: row.seq, hash: &row.hash, text, ours: row.ours, proof: &row.proof };
    derive(tx, &Version::parse(text)?, &place).await
}

async fn derive_record(tx: &mut Tx, record: &Record, place: &Place<'_>) -> Result<()> {
    let row = row(record, place);
    if !storage::records::put(tx, &row).await? {
        return Ok(());
    }
    let links = links::links(record);
    let edges: Vec<(&str, &str)> =
        links.iter().map(|link| (link.relation.as_str(), link.target.as_str())).collect();
    storage::links::put(tx, &row.uri, &edges).await?;
    storage::search::put(tx, &row.uri, &searchable(record)).await
}

async fn derive_tombstone(tx: &mut Tx, tombstone: &Tombstone, place: &Place<'_>) -> Result<()> {
    let Some(before) = storage::records::get_in(tx, tombstone.id.as_str()).await? else { return Ok(()) };
    let row = Row {
        withdrawn: true,
        version: i64::from(tombstone.version),
        hash: place.hash.to_owned(),
        proof: place.proof.to_owned(),
        updated: Some(tombstone.updated.to_string()),
        seq: place.seq,
        document: place.text.to_owned(),
        ..before
    };
    storage::records::put(tx, &row).await?;
    storage::search::remove(tx, &row.uri).await
}

/// The row of a record.
fn row(record: &Record, place: &Place<'_>) -> Row {
    let envelope = &record.envelope;
    let text = |iri: Option<&Iri>| iri.map(ToString::to_string);
    let (mut question, mut avis, mut addressee, mut number) = (None, None, None, None);
    let (mut decision, mut status) = (None, None);
    match &record.said {
        Said::Saisine(said) | Said::AutoSaisine(said) => addressee = text(said.addressee.as_ref()),
        Said::Acceptance(said) | Said::Refusal(said) => question = text(said.question.as_ref()),
        Said::Avis(said) => {
            question = text(said.question.as_ref());
            addressee = Some(said.addressee.to_string());
        }
        Said::Recommendation(said) => {
            avis = Some(said.avis.to_string());
            addressee = Some(said.addressee.to_string());
            number = Some(i64::from(said.number));
        }
        Said::Answer(said) => decision = Some(crate::domain::Code::wire(&said.decision)),
        Said::FollowUp(said) => status = Some(crate::domain::Code::wire(&said.status)),
        Said::Deliverable(said) => question = text(said.question.as_ref()),
        Said::WorkingGroup(said) => question = text(said.question.as_ref()),
        Said::Meeting(said) => question = text(said.question.as_ref()),
        Said::Summary(said) => question = text(said.question.as_ref()),
        Said::Relay(said) => addressee = Some(said.relay_to.to_string()),
        _ => {}
    }
    Row {
        uri: envelope.id.to_string(),
        kind: record.said.kind().to_owned(),
        author: envelope.author.to_string(),
        origin: envelope.author.host().to_owned(),
        ours: place.ours,
        context: envelope.context.as_ref().unwrap_or(&envelope.id).to_string(),
        parent: text(envelope.in_reply_to.as_ref()),
        question,
        avis,
        addressee,
        audience: text(envelope.audience.as_ref()),
        slug: if place.ours { slug(record) } else { envelope.id.key() },
        reference: envelope.reference.clone(),
        title: record.heading(),
        lang: record.lang().to_string(),
        number,
        decision,
        status,
        synthetic: envelope.synthetic,
        withdrawn: false,
        version: i64::from(envelope.version),
        hash: place.hash.to_owned(),
        proof: place.proof.to_owned(),
        published: envelope.published.to_string(),
        updated: envelope.updated.map(|updated| updated.to_string()),
        seq: place.seq,
        first_seq: place.seq,
        document: place.text.to_owned(),
    }
}

/// Last segment of its page's address, with the anchor of a recommendation: `avis-1-r2`.
fn slug(record: &Record) -> String {
    let address = record.envelope.url.as_ref().unwrap_or(&record.envelope.id);
    let last = address.as_str().rsplit('/').next().unwrap_or_default();
    last.replace('#', "-")
}

/// Everything of a record that people may look for, as plain text.
fn searchable(record: &Record) -> String {
    let envelope = &record.envelope;
    let mut text = vec![record.heading(), envelope.reference.clone().unwrap_or_default()];
    let translations = envelope.content_map.values().filter_map(|value| value.as_str());
    text.extend(std::iter::once(envelope.content.as_str()).chain(translations).map(html::plain));
    text.extend(envelope.summary.iter().map(|summary| html::plain(summary.as_str())));
    if let Said::Avis(avis) = &record.said {
        let parts = [&avis.diagnosis, &avis.stakes, &avis.body].into_iter().flatten();
        text.extend(parts.map(|part| html::plain(part.as_str())));
    }
    text.extend(links::themes(record));
    text.join("\n")
}

/// The actor row of one of ours or of a peer's actor, from its checked document; addresses elsewhere are
/// left out (threats O24, O25).
#[must_use]
pub fn actor_row(actor: &Actor, text: &str, role: Option<&str>, now: i64) -> storage::actors::Actor {
    let here = |iri: &Iri| iri.same_origin(&actor.id);
    let implements = actor.implements.iter().any(|item| item["href"] == crate::domain::actor::CAPABILITY);
    storage::actors::Actor {
        uri: actor.id.to_string(),
        handle: actor.handle.clone(),
        host: actor.id.host().to_owned(),
        kind: actor.actor_type.clone(),
        role: role.map(ToOwned::to_owned),
        ours: role.is_some(),
        name: one_line(&actor.name, 200),
        city: actor.city.as_ref().map(ToString::to_string),
        feed: actor.feed.as_ref().map(ToString::to_string),
        inbox: actor.inbox.to_string(),
        shared_inbox: Some(actor.endpoints.shared_inbox.to_string()),
        outbox: Some(actor.outbox.to_string()),
        followers: Some(&actor.followers).filter(|iri| here(iri)).map(ToString::to_string),
        url: Some(&actor.url)
            .filter(|url| role.is_some() || url.host() == actor.id.host())
            .map(ToString::to_string),
        parvis: implements,
        document: text.to_owned(),
        fetched_at: now,
        gone_at: None,
    }
}
