//! Who did what, and why: written in the transaction of the deed (register.md rule 18), never changed.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    ADD = "INSERT INTO audit (at, operator, role, action, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)";
    PAGE = "SELECT * FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
    ABOUT = "SELECT * FROM audit WHERE subject = $1 ORDER BY seq";
}

/// A deed about to be written down.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// Who: a login, `cli:anna`, `system`.
    pub operator: &'a str,
    /// As what: person, role, cli, system, peer.
    pub role: &'a str,
    /// The verb: `publish`, `withdraw`, `block-host` …
    pub action: &'a str,
    /// On what: the id of a record, an actor, a host.
    pub subject: &'a str,
    /// Why, where the rules ask for it.
    pub reason: Option<&'a str>,
}

/// A deed as it was written down.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Entry {
    /// Order of writing.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub operator: String,
    /// As what.
    pub role: String,
    /// The verb.
    pub action: String,
    /// On what.
    pub subject: String,
    /// Why.
    pub reason: Option<String>,
}

/// Writes a deed down.
///
/// # Errors
/// Those of the database.
pub async fn add(tx: &mut Tx, deed: &Deed<'_>, now: i64) -> Result<()> {
    let args = args![now, deed.operator, deed.role, deed.action, deed.subject, deed.reason];
    tx.run(&ADD, args).await.map(drop)
}

/// The latest deeds, those before entry number `before` (`None`: the very latest) first.
///
/// # Errors
/// Those of the database.
pub async fn latest(db: &Db, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    db.all(&PAGE, args![before.unwrap_or(i64::MAX), limit]).await
}

/// Every deed on a subject, in order.
///
/// # Errors
/// Those of the database.
pub async fn about(db: &Db, subject: &str) -> Result<Vec<Entry>> {
    db.all(&ABOUT, args![subject]).await
}
