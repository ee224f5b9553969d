//! Keys of actors: RSA for HTTP signatures, Ed25519 for proofs (register.md rule 6). Ids are never reused;
//! revoked keys stay, for the proofs made before.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO keys (id, actor, algorithm, public, secret, created_at, revoked, pinned_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET public = excluded.public, secret = coalesce(excluded.secret, keys.secret),
            revoked = excluded.revoked, pinned_at = coalesce(keys.pinned_at, excluded.pinned_at)
        WHERE keys.actor = excluded.actor AND keys.algorithm = excluded.algorithm";
    GET = "SELECT * FROM keys WHERE id = $1";
    OF_ACTOR = "SELECT * FROM keys WHERE actor = $1 ORDER BY algorithm, created_at, id";
    PROOF_KEYS = "SELECT * FROM keys WHERE algorithm = 'ed25519' AND actor IN (SELECT value FROM json_each($1))
        ORDER BY actor, created_at, id",
        pg = "SELECT * FROM keys WHERE algorithm = 'ed25519'
        AND actor IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY actor, created_at, id";
    SIGNING = "SELECT * FROM keys WHERE actor = $1 AND algorithm = $2 AND secret IS NOT NULL AND revoked IS NULL
        ORDER BY created_at DESC, id DESC LIMIT 1";
    SIGNING_OF_ROLE = "SELECT k.* FROM actors a CROSS JOIN keys k WHERE a.ours AND a.role = $1
            AND k.actor = a.uri AND k.algorithm = $2 AND k.secret IS NOT NULL AND k.revoked IS NULL
        ORDER BY a.handle, a.uri, k.created_at DESC, k.id DESC LIMIT 1";
    OURS = "SELECT * FROM keys WHERE secret IS NOT NULL ORDER BY actor, algorithm, created_at, id";
    REVOKE = "UPDATE keys SET revoked = $2 WHERE id = $1 AND revoked IS NULL";
    RESEAL = "UPDATE keys SET secret = $2 WHERE id = $1 AND secret IS NOT NULL";
    FORGET = "DELETE FROM keys WHERE actor = $1 AND secret IS NULL AND pinned_at IS NULL";
}

/// A key of an actor.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Key {
    /// `{actor}#main-key`, `{actor}#ed25519-1` …
    pub id: String,
    /// Whose.
    pub actor: String,
    /// `rsa` or `ed25519`.
    pub algorithm: String,
    /// SPKI PEM (rsa), or multibase (ed25519).
    pub public: String,
    /// Ours only: `plain:…` or `sealed:…`.
    pub secret: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Instant from which it no longer holds, as in the actor document.
    pub revoked: Option<String>,
    /// Others': when first seen at its author's origin; `None` when only hearsay.
    pub pinned_at: Option<i64>,
}

/// Says everything but the secret.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).field("revoked", &self.revoked).finish_non_exhaustive()
    }
}

/// Puts a key. Over a known id it may change the public part (a server that reuses `#main-key`) and
/// `revoked`, never the owner or the algorithm; a secret and a first pin are kept.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, key: &Key) -> Result<()> {
    let args = args![
        &key.id,
        &key.actor,
        &key.algorithm,
        &key.public,
        &key.secret,
        key.created_at,
        &key.revoked,
        key.pinned_at
    ];
    tx.run(&PUT, args).await.map(drop)
}

/// The key of that id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, id: &str) -> Result<Option<Key>> {
    db.first(&GET, args![id]).await
}

/// The keys of an actor, revoked ones too, by algorithm then age.
///
/// # Errors
/// Those of the database.
pub async fn of_actor(db: &Db, actor: &str) -> Result<Vec<Key>> {
    db.all(&OF_ACTOR, args![actor]).await
}

/// The keys of an actor, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn of_actor_in(tx: &mut Tx, actor: &str) -> Result<Vec<Key>> {
    tx.all(&OF_ACTOR, args![actor]).await
}

/// The keys that several actors prove with, revoked ones too, by actor then age.
///
/// # Errors
/// Those of the database.
pub async fn proof_keys(db: &Db, actors: &[impl AsRef<str> + Sync]) -> Result<Vec<Key>> {
    db.all(&PROOF_KEYS, args![&json_list(actors)]).await
}

/// The key our actor signs with now, secret included.
///
/// # Errors
/// Those of the database.
pub async fn signing(db: &Db, actor: &str, algorithm: &str) -> Result<Option<Key>> {
    db.first(&SIGNING, args![actor, algorithm]).await
}

/// The key our first actor of a role signs with now, secret included.
///
/// # Errors
/// Those of the database.
pub async fn signing_of_role(db: &Db, role: &str, algorithm: &str) -> Result<Option<Key>> {
    db.first(&SIGNING_OF_ROLE, args![role, algorithm]).await
}

/// The key our actor signs with now, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn signing_in(tx: &mut Tx, actor: &str, algorithm: &str) -> Result<Option<Key>> {
    tx.first(&SIGNING, args![actor, algorithm]).await
}

/// Every key of ours, secret included.
///
/// # Errors
/// Those of the database.
pub async fn ours(db: &Db) -> Result<Vec<Key>> {
    db.all(&OURS, args![]).await
}

/// Revokes a key from an instant on; `false` when it was revoked already or does not exist.
///
/// # Errors
/// Those of the database.
pub async fn revoke(tx: &mut Tx, id: &str, from: &str) -> Result<bool> {
    Ok(tx.run(&REVOKE, args![id, from]).await? > 0)
}

/// Replaces the stored form of a secret of ours (sealing it, or changing the seal).
///
/// # Errors
/// Those of the database.
pub async fn reseal(tx: &mut Tx, id: &str, secret: &str) -> Result<bool> {
    Ok(tx.run(&RESEAL, args![id, secret]).await? > 0)
}

/// Forgets the keys of another server's actor that were never pinned.
///
/// # Errors
/// Those of the database.
pub async fn forget_unpinned(tx: &mut Tx, actor: &str) -> Result<u64> {
    tx.run(&FORGET, args![actor]).await
}
