//! Drafts: what an import wrote down and nobody has published yet. They are in no list, page, search or
//! collection (threats P1, P2).

use crate::{
    App, Error, Result,
    domain::{Hash, Iri},
    dossier::Item,
    storage::{self, drafts::Draft},
};

use super::{Operator, words};

/// A draft and the item it holds.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The item.
    pub item: Item,
    /// The id it will have, or has: a draft may be the next version of something published.
    pub id: Iri,
    /// Milliseconds since 1970 of its scheduled publication.
    pub publish_at: Option<i64>,
}

/// All drafts.
///
/// # Errors
/// Those of the database.
pub async fn list(app: &App) -> Result<Vec<Waiting>> {
    storage::drafts::all(&app.db).await?.iter().map(waiting).collect()
}

/// References of drafts whose hour has come.
///
/// # Errors
/// Those of the database.
pub async fn due(app: &App) -> Result<Vec<String>> {
    let due = storage::drafts::due(&app.db, app.clock.now_ms(), 1000).await?;
    Ok(due.into_iter().map(|draft| draft.reference).collect())
}

/// Takes a draft off the schedule: it waits to be published by hand.
///
/// # Errors
/// Those of the database.
pub async fn unschedule(app: &App, operator: &Operator, reference: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    storage::drafts::unschedule(&mut tx, reference).await?;
    storage::audit::add(&mut tx, &operator.deed("unschedule-draft", reference), app.clock.now_ms()).await?;
    tx.commit().await
}

/// Throws a draft away.
///
/// # Errors
/// `NotFound` when there is none of that reference.
pub async fn discard(app: &App, operator: &Operator, reference: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !storage::drafts::remove(&mut tx, reference).await? {
        return Err(Error::not_found(reference));
    }
    storage::audit::add(&mut tx, &operator.deed("discard-draft", reference), app.clock.now_ms()).await?;
    tx.commit().await
}

fn waiting(draft: &Draft) -> Result<Waiting> {
    let item = serde_json::from_str(&draft.body).map_err(Error::internal)?;
    Ok(Waiting { item, id: Iri::parse(&draft.uri)?, publish_at: draft.publish_at })
}

/// What an import does with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: published with these very words.
    Same,
    /// Nothing: a draft with these very words waits already.
    Drafted,
    /// A first draft of something new.
    New,
    /// A draft of a new version of something published.
    NewVersion,
    /// A draft that replaces an earlier one.
    Redrafted,
    /// Nothing: what it became was withdrawn, and a withdrawn id is never used again.
    Withdrawn,
    /// Nothing: they are the words of somebody the operator does not speak for.
    NotYours,
}

impl Change {
    /// Whether a draft is written.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Same | Self::Drafted | Self::Withdrawn | Self::NotYours)
    }
}

/// What would change if an item were written down.
///
/// # Errors
/// Those of the database.
pub async fn compare(app: &App, item: &Item) -> Result<Change> {
    let published = storage::sources::get(&app.db, &item.reference).await?;
    let drafted = storage::drafts::get(&app.db, &item.reference).await?;
    let digest = item.digest();
    if let Some(draft) = drafted {
        let waiting = waiting(&draft)?;
        return Ok(if same(&waiting.item, &digest) { Change::Drafted } else { Change::Redrafted });
    }
    let Some(source) = published else { return Ok(Change::New) };
    if source.digest == digest.as_str() {
        return Ok(Change::Same);
    }
    let row = storage::records::get(&app.db, &source.uri).await?;
    Ok(if row.is_some_and(|row| row.withdrawn) { Change::Withdrawn } else { Change::NewVersion })
}

fn same(item: &Item, digest: &Hash) -> bool {
    item.digest() == *digest
}

/// Writes an item down as a draft. Its id is minted at once, so that drafts can name each other.
///
/// # Errors
/// Those of the database.
pub async fn write(app: &App, tx: &mut storage::Tx, item: &Item) -> Result<Iri> {
    let published = storage::sources::get_in(tx, &item.reference).await?.map(|source| source.uri);
    let drafted = storage::drafts::get_in(tx, &item.reference).await?;
    let now = app.clock.now();
    let created_at = drafted.as_ref().map_or(now.as_millisecond(), |draft| draft.created_at);
    let minted = || match words::folder(&item.body) {
        Some(folder) => app.urls.record(folder, app.chance.uuid(now)),
        None => app.urls.actor(app.chance.uuid(now)),
    };
    let actor = match words::folder(&item.body) {
        Some(_) => None,
        None => storage::actors::by_handle_in(tx, item.author()).await?.map(|actor| actor.uri),
    };
    let known = actor.or(published).or_else(|| drafted.map(|draft| draft.uri));
    let id = known.map_or_else(|| Ok(minted()), |uri| Iri::parse(&uri))?;
    let draft = Draft {
        reference: item.reference.clone(),
        uri: id.to_string(),
        kind: words::kind(&item.body).to_owned(),
        author: item.author().to_owned(),
        body: serde_json::to_string(item).map_err(Error::internal)?,
        publish_at: item.common.publish_at.map(|at| at.timestamp().as_millisecond()),
        created_at,
        updated_at: now.as_millisecond(),
    };
    storage::drafts::put(tx, &draft).await?;
    Ok(id)
}
