//! What stands beside the register on close recommendations: the pairs that a person put aside, and the vectors of a
//! service of embeddings. What was confirmed is in the register itself, as records of the kind `SameIdea`.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
    records::Row,
};
use crate::Result;

queries! {
    MOVED = "SELECT (SELECT coalesce(max(seq), 0) FROM versions) AS seq,
            EXISTS (SELECT 1 FROM versions WHERE seq > $1 AND kind = 'Recommendation') AS moved,
            (SELECT value FROM counters WHERE name = 'embeddings') AS vectors";
    DISMISS = "INSERT INTO dismissals (one, other, reason, operator, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (one, other) DO NOTHING";
    RECALL = "DELETE FROM dismissals WHERE one = $1 AND other = $2";
    DISMISSED = "SELECT one, other FROM dismissals WHERE one IN (SELECT value FROM json_each($1))
        UNION SELECT one, other FROM dismissals WHERE other IN (SELECT value FROM json_each($1)) ORDER BY one, other",
        pg = "SELECT one, other FROM dismissals WHERE one IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
        UNION SELECT one, other FROM dismissals WHERE other IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
        ORDER BY one, other";
    WITHOUT_VECTOR = "SELECT r.* FROM records r WHERE r.kind = 'Recommendation' AND NOT r.withdrawn AND r.uri > $2
            AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.uri = r.uri AND e.hash = r.hash AND e.model = $1)
        ORDER BY r.uri LIMIT $3";
    KEEP_VECTOR = "INSERT INTO embeddings (uri, hash, model, vector) VALUES ($1, $2, $3, $4)
        ON CONFLICT (uri) DO UPDATE SET hash = excluded.hash, model = excluded.model, vector = excluded.vector";
    FORGET = "DELETE FROM embeddings WHERE uri = $1";
    VECTORS = "SELECT e.uri, e.vector FROM embeddings e JOIN records r ON r.uri = e.uri AND r.hash = e.hash
        WHERE e.model = $1 ORDER BY e.uri";
}

/// Where the register and the vectors stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Mark {
    /// Number of the latest append.
    pub seq: i64,
    /// Whether a recommendation came, changed or went since the number asked about.
    pub moved: bool,
    /// How many times vectors were kept.
    pub vectors: i64,
}

/// Where register and vectors stand, and whether a recommendation moved since number `seq`.
///
/// # Errors
/// Those of the database.
pub async fn mark(db: &Db, seq: i64) -> Result<Mark> {
    Ok(db.first(&MOVED, args![seq]).await?.unwrap_or_default())
}

/// Forgets the vector of a text that was erased.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &mut Tx, uri: &str) -> Result<()> {
    tx.run(&FORGET, args![uri]).await.map(drop)
}

/// A pair, in the one order it is kept in.
fn ordered<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if one <= other { (one, other) } else { (other, one) }
}

/// Puts a pair aside; `false` when it was already.
///
/// # Errors
/// Those of the database.
pub async fn dismiss(
    tx: &mut Tx,
    pair: (&str, &str),
    reason: &str,
    operator: &str,
    now: i64,
) -> Result<bool> {
    let (one, other) = ordered(pair.0, pair.1);
    Ok(tx.run(&DISMISS, args![one, other, reason, operator, now]).await? > 0)
}

/// Takes a pair back in; `false` when it was not put aside.
///
/// # Errors
/// Those of the database.
pub async fn recall(tx: &mut Tx, pair: (&str, &str)) -> Result<bool> {
    let (one, other) = ordered(pair.0, pair.1);
    Ok(tx.run(&RECALL, args![one, other]).await? > 0)
}

/// The pairs put aside that have one of these recommendations in them.
///
/// # Errors
/// Those of the database.
pub async fn dismissed(db: &Db, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<(String, String)>> {
    db.all(&DISMISSED, args![&json_list(uris)]).await
}

/// Recommendations beyond the id `after` whose current words have no vector of that model, by id.
///
/// # Errors
/// Those of the database.
pub async fn without_vector(db: &Db, model: &str, after: &str, limit: i64) -> Result<Vec<Row>> {
    db.all(&WITHOUT_VECTOR, args![model, after, limit]).await
}

/// Keeps the vectors of recommendations: id, hash of the version, bytes.
///
/// # Errors
/// Those of the database.
pub async fn keep_vectors(tx: &mut Tx, model: &str, vectors: &[(&str, &str, Vec<u8>)]) -> Result<()> {
    for (uri, hash, bytes) in vectors {
        tx.run(&KEEP_VECTOR, args![*uri, *hash, model, bytes.as_slice()]).await?;
    }
    tx.next_number("embeddings").await.map(drop)
}

/// The vectors of a model, of current words only, by id.
///
/// # Errors
/// Those of the database.
pub async fn vectors(db: &Db, model: &str) -> Result<Vec<(String, Vec<u8>)>> {
    db.all(&VECTORS, args![model]).await
}
