//! What is not public yet. The id is minted with the draft, so that drafts can name each other.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO drafts (reference, uri, kind, author, body, publish_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (reference) DO UPDATE SET kind = excluded.kind, author = excluded.author, body = excluded.body,
            publish_at = excluded.publish_at, updated_at = excluded.updated_at";
    GET = "SELECT * FROM drafts WHERE reference = $1";
    EVERY = "SELECT * FROM drafts ORDER BY author, kind, reference";
    DUE = "SELECT * FROM drafts WHERE publish_at IS NOT NULL AND publish_at <= $1 ORDER BY publish_at, reference LIMIT $2";
    UNSCHEDULE = "UPDATE drafts SET publish_at = NULL WHERE reference = $1";
    REMOVE = "DELETE FROM drafts WHERE reference = $1";
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Draft {
    /// Stable reference of the dossier: `rennes/ccnr/avis-1`.
    pub reference: String,
    /// The id it will have.
    pub uri: String,
    /// `parvis:kind` it will have.
    pub kind: String,
    /// Id of the actor who will say it.
    pub author: String,
    /// JSON of the dossier's item.
    pub body: String,
    /// When it is to be published by itself; `None`: by hand.
    pub publish_at: Option<i64>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
}

/// Puts a draft, over an earlier state of the same reference; the id minted first is kept.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, draft: &Draft) -> Result<()> {
    let args = args![
        &draft.reference,
        &draft.uri,
        &draft.kind,
        &draft.author,
        &draft.body,
        draft.publish_at,
        draft.created_at,
        draft.updated_at
    ];
    tx.run(&PUT, args).await.map(drop)
}

/// The draft of that reference.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, reference: &str) -> Result<Option<Draft>> {
    db.first(&GET, args![reference]).await
}

/// The draft of that reference, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, reference: &str) -> Result<Option<Draft>> {
    tx.first(&GET, args![reference]).await
}

/// Every draft, by author, kind and reference.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db) -> Result<Vec<Draft>> {
    db.all(&EVERY, args![]).await
}

/// Drafts whose hour has come.
///
/// # Errors
/// Those of the database.
pub async fn due(db: &Db, now: i64, limit: i64) -> Result<Vec<Draft>> {
    db.all(&DUE, args![now, limit]).await
}

/// Takes a draft off the schedule; it waits to be published by hand.
///
/// # Errors
/// Those of the database.
pub async fn unschedule(tx: &mut Tx, reference: &str) -> Result<()> {
    tx.run(&UNSCHEDULE, args![reference]).await.map(drop)
}

/// Removes a draft (published, or given up); `false` when there was none.
///
/// # Errors
/// Those of the database.
pub async fn remove(tx: &mut Tx, reference: &str) -> Result<bool> {
    Ok(tx.run(&REMOVE, args![reference]).await? > 0)
}
