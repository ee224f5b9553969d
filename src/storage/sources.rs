//! What each reference of a dossier became: importing the same dossier again changes what changed in it
//! and publishes nothing twice.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO sources (reference, uri, kind, digest) VALUES ($1, $2, $3, $4)
        ON CONFLICT (reference) DO UPDATE SET digest = excluded.digest";
    FOUND = "INSERT INTO sources (reference, uri, kind, digest) SELECT reference, uri, kind, '' FROM records
        WHERE ours AND origin = $1 AND reference LIKE '%/%' ON CONFLICT DO NOTHING";
    GET = "SELECT * FROM sources WHERE reference = $1";
    NAMED = "SELECT * FROM sources WHERE reference = $1 OR reference LIKE '%/' || $1
        ORDER BY CASE WHEN reference = $1 THEN 0 ELSE 1 END, reference LIMIT 2";
    BY_URI = "SELECT * FROM sources WHERE uri = $1";
    EVERY = "SELECT * FROM sources ORDER BY reference";
}

/// A reference and its record.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Source {
    /// Stable reference of the dossier.
    pub reference: String,
    /// Id of the record (or actor) it became.
    pub uri: String,
    /// Its kind.
    pub kind: String,
    /// Digest of the dossier's item as last published.
    pub digest: String,
}

/// Puts a reference; over a known one it changes the digest alone.
///
/// # Errors
/// `Conflict` when another reference became that record.
pub async fn put(tx: &mut Tx, source: &Source) -> Result<()> {
    tx.run(&PUT, args![&source.reference, &source.uri, &source.kind, &source.digest]).await.map(drop)
}

/// Puts what our records of an origin say they came from, where nothing is known of that: a dossier that is imported
/// again is compared with them by its words.
///
/// # Errors
/// Those of the database.
pub async fn found(tx: &mut Tx, origin: &str) -> Result<()> {
    tx.run(&FOUND, args![origin]).await.map(drop)
}

/// What a reference became.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, reference: &str) -> Result<Option<Source>> {
    db.first(&GET, args![reference]).await
}

/// What somebody names by a reference, whole or by its end (`ccnr/avis-1` for `rennes/ccnr/avis-1`) where one alone ends so.
///
/// # Errors
/// Those of the database.
pub async fn named(db: &Db, reference: &str) -> Result<Option<Source>> {
    let found: Vec<Source> = db.all(&NAMED, args![reference]).await?;
    let alone = found.len() == 1;
    Ok(found.into_iter().next().filter(|source| alone || source.reference == reference))
}

/// What a reference became, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, reference: &str) -> Result<Option<Source>> {
    tx.first(&GET, args![reference]).await
}

/// The reference a record came from.
///
/// # Errors
/// Those of the database.
pub async fn by_uri(db: &Db, uri: &str) -> Result<Option<Source>> {
    db.first(&BY_URI, args![uri]).await
}

/// Every reference.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db) -> Result<Vec<Source>> {
    db.all(&EVERY, args![]).await
}
