//! One-time links by which a body without a node answers a relay. Only a hash of the secret is kept.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO invitations (digest, relay, made_by, made_at, ends_at) VALUES ($1, $2, $3, $4, $5)";
    GET = "SELECT * FROM invitations WHERE digest = $1";
    OF_RELAY = "SELECT * FROM invitations WHERE relay = $1 ORDER BY made_at, digest";
    USE = "UPDATE invitations SET used_at = $2, record = $3
        WHERE digest = $1 AND used_at IS NULL AND revoked_at IS NULL AND ends_at > $2";
    REVOKE = "UPDATE invitations SET revoked_at = $2 WHERE relay = $1 AND used_at IS NULL AND revoked_at IS NULL";
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Invitation {
    /// SHA-256 of the secret, in hex.
    pub digest: String,
    /// The Relay record it answers.
    pub relay: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// Until when it may be used.
    pub ends_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
    /// What was entered by it.
    pub record: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
}

/// Puts a new link.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, new: &Invitation) -> Result<()> {
    let args = args![&new.digest, &new.relay, &new.made_by, new.made_at, new.ends_at];
    tx.run(&PUT, args).await.map(drop)
}

/// The link of a digest.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, digest: &str) -> Result<Option<Invitation>> {
    db.first(&GET, args![digest]).await
}

/// The links of a relay, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn of_relay(db: &Db, relay: &str) -> Result<Vec<Invitation>> {
    db.all(&OF_RELAY, args![relay]).await
}

/// Uses a link up; `false` when it is over, taken back, or was used before: it is used once.
///
/// # Errors
/// Those of the database.
pub async fn use_up(tx: &mut Tx, digest: &str, now: i64, record: &str) -> Result<bool> {
    Ok(tx.run(&USE, args![digest, now, record]).await? > 0)
}

/// Takes back the links of a relay that were not used; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn revoke(tx: &mut Tx, relay: &str, now: i64) -> Result<u64> {
    tx.run(&REVOKE, args![relay, now]).await
}
