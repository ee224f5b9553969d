//! Attached files, by the SHA-256 of their bytes: the same file is kept once and never changes.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO media (hash, media_type, length, bytes, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (hash) DO NOTHING";
    GET = "SELECT hash, media_type, length, bytes, created_at FROM media WHERE hash = $1";
    DESCRIBE = "SELECT hash, media_type, length, created_at FROM media WHERE hash = $1";
    EVERY = "SELECT hash, media_type, length, created_at FROM media ORDER BY hash";
}

/// A file, with its bytes.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct File {
    /// Hex SHA-256 of the bytes.
    pub hash: String,
    /// `application/pdf`, `image/png` …
    pub media_type: String,
    /// In bytes.
    pub length: i64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Says everything but the bytes.
impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("hash", &self.hash).field("length", &self.length).finish_non_exhaustive()
    }
}

/// A file, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct About {
    /// Hex SHA-256 of the bytes.
    pub hash: String,
    /// Media type.
    pub media_type: String,
    /// In bytes.
    pub length: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Puts a file; `false` when the same bytes were there already. `length` is that of the bytes.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, file: &File) -> Result<bool> {
    let length = i64::try_from(file.bytes.len()).map_err(crate::Error::internal)?;
    let args = args![&file.hash, &file.media_type, length, file.bytes.as_slice(), file.created_at];
    Ok(tx.run(&PUT, args).await? > 0)
}

/// The file of that hash.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, hash: &str) -> Result<Option<File>> {
    db.first(&GET, args![hash]).await
}

/// What is known of the file of that hash, without reading its bytes.
///
/// # Errors
/// Those of the database.
pub async fn describe(db: &Db, hash: &str) -> Result<Option<About>> {
    db.first(&DESCRIBE, args![hash]).await
}

/// Every file, without bytes, by hash.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db) -> Result<Vec<About>> {
    db.all(&EVERY, args![]).await
}
