//! Citizens' replies: beside the register, never in it (register.md rule 14). A deletion removes the bytes
//! and leaves a salted digest of the id, so that the reply does not come back.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO replies (uri, author, author_name, author_handle, parent, content, lang, published, updated,
            received_at, state, decided_by, decided_at, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (uri) DO UPDATE SET author_name = excluded.author_name, author_handle = excluded.author_handle,
            content = excluded.content, lang = excluded.lang, updated = excluded.updated, state = excluded.state,
            decided_by = excluded.decided_by, decided_at = excluded.decided_at, reason = excluded.reason
        WHERE replies.author = excluded.author";
    GET = "SELECT * FROM replies WHERE uri = $1";
    BY_PARENT = "SELECT * FROM replies WHERE parent = $1 AND state = $2 AND (published, uri) > ($3, $4)
        ORDER BY published, uri LIMIT $5";
    BY_PARENTS = "SELECT * FROM replies WHERE state = 'approved' AND parent IN (SELECT value FROM json_each($1))
        ORDER BY parent, published, uri",
        pg = "SELECT * FROM replies WHERE state = 'approved'
        AND parent IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY parent, published, uri";
    BY_STATE = "SELECT * FROM replies WHERE state = $1 AND (received_at, uri) > ($2, $3)
        ORDER BY received_at, uri LIMIT $4";
    COUNT_BY_PARENT = "SELECT count(*) FROM replies WHERE parent = $1 AND state = 'approved'";
    COUNT_BY_STATE = "SELECT count(*) FROM replies WHERE state = $1";
    COUNT_BY_AUTHOR = "SELECT count(*) FROM replies WHERE author = $1 AND received_at >= $2";
    COUNT_BY_SERVER = "SELECT count(*) FROM replies WHERE author > $1 || '/' AND author < $1 || '0' AND received_at >= $2";
    DECIDE = "UPDATE replies SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE uri = $1";
    BY_AUTHOR = "SELECT uri FROM replies WHERE author = $1 ORDER BY uri";
    REMOVE = "DELETE FROM replies WHERE uri = $1";
    ERASED = "INSERT INTO erased_replies (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
    WAS_ERASED = "SELECT at FROM erased_replies WHERE digest = $1";
}

/// A citizen's reply.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Reply {
    /// Id, at its server.
    pub uri: String,
    /// Who wrote it.
    pub author: String,
    /// Display name of the author.
    pub author_name: String,
    /// `user@host`.
    pub author_handle: String,
    /// What it replies to.
    pub parent: String,
    /// Cleaned HTML.
    pub content: String,
    /// BCP 47 tag.
    pub lang: Option<String>,
    /// RFC 3339, UTC.
    pub published: String,
    /// RFC 3339, UTC.
    pub updated: Option<String>,
    /// Milliseconds since 1970.
    pub received_at: i64,
    /// held, approved or rejected.
    pub state: String,
    /// Operator who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// A moderation decision.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// approved, rejected or held.
    pub state: &'a str,
    /// Operator.
    pub by: &'a str,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Puts a reply, over an earlier state of the same one by the same author; `false` when the id belongs to
/// somebody else's.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, reply: &Reply) -> Result<bool> {
    let args = args![
        &reply.uri,
        &reply.author,
        &reply.author_name,
        &reply.author_handle,
        &reply.parent,
        &reply.content,
        &reply.lang,
        &reply.published,
        &reply.updated,
        reply.received_at,
        &reply.state,
        &reply.decided_by,
        reply.decided_at,
        &reply.reason
    ];
    Ok(tx.run(&PUT, args).await? > 0)
}

/// The reply of that id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, uri: &str) -> Result<Option<Reply>> {
    db.first(&GET, args![uri]).await
}

/// The reply of that id, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, uri: &str) -> Result<Option<Reply>> {
    tx.first(&GET, args![uri]).await
}

/// Approved replies to something beyond `after` (`published`, id), the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn approved(db: &Db, parent: &str, after: Option<(&str, &str)>, limit: i64) -> Result<Vec<Reply>> {
    let (published, uri) = after.unwrap_or(("", ""));
    db.all(&BY_PARENT, args![parent, "approved", published, uri, limit]).await
}

/// Every approved reply to any of `parents`, by parent, the oldest first: all those of a page in one read.
///
/// # Errors
/// Those of the database.
pub async fn approved_to(db: &Db, parents: &[impl AsRef<str> + Sync]) -> Result<Vec<Reply>> {
    db.all(&BY_PARENTS, args![&json_list(parents)]).await
}

/// Replies in a state beyond `after` (`received_at`, id), in order of arrival.
///
/// # Errors
/// Those of the database.
pub async fn by_state(db: &Db, state: &str, after: Option<(i64, &str)>, limit: i64) -> Result<Vec<Reply>> {
    let (received_at, uri) = after.unwrap_or((i64::MIN, ""));
    db.all(&BY_STATE, args![state, received_at, uri, limit]).await
}

/// How many approved replies something has.
///
/// # Errors
/// Those of the database.
pub async fn count_approved(db: &Db, parent: &str) -> Result<i64> {
    db.count(&COUNT_BY_PARENT, args![parent]).await
}

/// How many replies are in a state.
///
/// # Errors
/// Those of the database.
pub async fn count_by_state(db: &Db, state: &str) -> Result<i64> {
    db.count(&COUNT_BY_STATE, args![state]).await
}

/// How many replies of an author came since a time (a bound on floods).
///
/// # Errors
/// Those of the database.
pub async fn count_by_author(db: &Db, author: &str, since: i64) -> Result<i64> {
    db.count(&COUNT_BY_AUTHOR, args![author, since]).await
}

/// How many replies of all authors of an origin came since a time: their ids begin with it and a slash, and
/// `0` comes after the slash.
///
/// # Errors
/// Those of the database.
pub async fn count_by_server(db: &Db, origin: &str, since: i64) -> Result<i64> {
    db.count(&COUNT_BY_SERVER, args![origin, since]).await
}

/// Writes a decision down; `false` when there is no such reply.
///
/// # Errors
/// Those of the database.
pub async fn decide(tx: &mut Tx, uri: &str, decision: &Decision<'_>) -> Result<bool> {
    let args = args![uri, decision.state, decision.by, decision.at, decision.reason];
    Ok(tx.run(&DECIDE, args).await? > 0)
}

/// Ids of the replies of an author, for when it is gone.
///
/// # Errors
/// Those of the database.
pub async fn uris_of_author(tx: &mut Tx, author: &str) -> Result<Vec<String>> {
    let uris: Vec<(String,)> = tx.all(&BY_AUTHOR, args![author]).await?;
    Ok(uris.into_iter().map(|(uri,)| uri).collect())
}

/// Removes the bytes of a reply and remembers `digest`, the salted hash of its id. Gives `false` when it
/// was not here; the digest is remembered all the same.
///
/// # Errors
/// Those of the database.
pub async fn erase(tx: &mut Tx, uri: &str, digest: &str, now: i64) -> Result<bool> {
    tx.run(&ERASED, args![digest, now]).await?;
    Ok(tx.run(&REMOVE, args![uri]).await? > 0)
}

/// Whether a reply of that digest was erased, read by the transaction that would take it in.
///
/// # Errors
/// Those of the database.
pub async fn was_erased(tx: &mut Tx, digest: &str) -> Result<bool> {
    Ok(tx.first::<(i64,)>(&WAS_ERASED, args![digest]).await?.is_some())
}
