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

use super::enqueue;

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
    let group = match version {
        Version::Tombstone(end) if end.erased => distributed_here(tx, end.id.as_str()).await?,
        _ => false,
    };
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
    } else if let Some(latest) = &latest
        && storage::records::get_in(tx, &new.uri).await?.is_none()
    {
        // Its end came before it: it is there, and it is withdrawn.
        derive(tx, version, &place).await?;
        derive_row(tx, latest).await?;
    }
    let end = match version {
        Version::Tombstone(tombstone) => tombstone.erased.then_some(new.version),
        _ => latest
            .filter(|latest| latest.version > new.version && erases(latest))
            .map(|latest| latest.version),
    };
    if let Some(end) = end {
        destroy(tx, &new.uri, end, entry.now).await?;
        if group {
            storage::outbox::forget_passed_on(tx, &new.uri).await?;
        }
    }
    Ok(seq)
}

/// Whether a Group of ours distributes the thread of a record, and may have passed it on.
async fn distributed_here(tx: &mut Tx, uri: &str) -> Result<bool> {
    let row = storage::records::get_in(tx, uri).await?;
    let group = row.and_then(|row| row.audience).map(|group| Iri::parse(&group)).transpose()?;
    Ok(enqueue::group_of_ours(tx, group.as_ref()).await?.is_some())
}

/// Whether a version is an end that erases what was before it.
fn erases(row: &storage::versions::Version) -> bool {
    let version = row.document.as_deref().map(Version::parse);
    matches!(version, Some(Ok(Version::Tombstone(tombstone))) if tombstone.erased)
}

/// Destroys what a record said before its end, wherever this node keeps its words: versions, activities that carry
/// them, vectors. Hashes and proofs stay (register.md rule 13).
async fn destroy(tx: &mut Tx, uri: &str, end: i64, now: i64) -> Result<()> {
    for version in 1..end {
        if storage::versions::get_in(tx, uri, version).await?.is_some() {
            storage::versions::erase(tx, uri, version, now).await?;
        }
    }
    storage::outbox::forget(tx, uri).await?;
    storage::similar::forget(tx, uri).await
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
    if tombstone.erased {
        storage::search::remove(tx, tombstone.id.as_str()).await?;
        let row = erased(tx, tombstone, place).await?;
        storage::records::put(tx, &row).await?;
        return storage::links::put(tx, tombstone.id.as_str(), &[]).await;
    }
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

/// The row of a record that was erased: what its end says, and nothing else.
async fn erased(tx: &mut Tx, tombstone: &Tombstone, place: &Place<'_>) -> Result<Row> {
    let first_seq = storage::versions::first_seq(tx, tombstone.id.as_str()).await?;
    let lang = tombstone.content_map.keys().next().cloned().unwrap_or_else(|| "fr".to_owned());
    Ok(Row {
        uri: tombstone.id.to_string(),
        kind: tombstone.kind.strip_prefix("parvis:").unwrap_or(&tombstone.kind).to_owned(),
        author: tombstone.author.to_string(),
        origin: tombstone.author.host().to_owned(),
        ours: place.ours,
        context: tombstone.context.as_ref().unwrap_or(&tombstone.id).to_string(),
        parent: None,
        question: None,
        avis: None,
        addressee: None,
        audience: None,
        slug: if place.ours {
            last_segment(tombstone.url.as_ref().unwrap_or(&tombstone.id))
        } else {
            tombstone.id.key()
        },
        reference: None,
        title: one_line(&html::plain(tombstone.content.as_str()), 200),
        lang,
        number: None,
        decision: None,
        status: None,
        synthetic: false,
        withdrawn: true,
        version: i64::from(tombstone.version),
        hash: place.hash.to_owned(),
        proof: place.proof.to_owned(),
        published: tombstone.published.to_string(),
        updated: Some(tombstone.updated.to_string()),
        seq: place.seq,
        first_seq,
        document: place.text.to_owned(),
    })
}

/// Last segment of its page's address, with the anchor of a recommendation: `avis-1-r2`.
fn slug(record: &Record) -> String {
    last_segment(record.envelope.url.as_ref().unwrap_or(&record.envelope.id))
}

fn last_segment(address: &Iri) -> String {
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
