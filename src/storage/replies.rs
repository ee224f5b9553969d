//! Citizens' replies: beside the register, never in it (register.md rule 14). A deletion removes the bytes
//! and leaves a salted digest of the id, so that the reply does not come back.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
    received,
};
use crate::{Error, Result};

queries! {
    PUT = "INSERT INTO replies (uri, author, author_name, author_handle, parent, content, lang, published, updated,
            received_at, state, origin)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, CAST($10 AS BIGINT), $11, $12
        WHERE NOT EXISTS (SELECT 1 FROM received WHERE activity IN ($13, $1) AND actor = $2)
            AND NOT EXISTS (SELECT 1 FROM erased_replies WHERE digest = $14)
        ON CONFLICT (uri) DO UPDATE SET author_name = excluded.author_name, author_handle = excluded.author_handle,
            content = excluded.content, lang = excluded.lang, updated = excluded.updated, state = excluded.state,
            decided_by = NULL, decided_at = NULL, reason = NULL
        WHERE replies.author = excluded.author AND replies.parent = excluded.parent
            AND (CAST($15 AS TEXT) IS NULL OR coalesce(replies.updated, replies.published) <= $15)";
    BEFORE = "SELECT (SELECT p.value FROM json_each($1) p
                WHERE EXISTS (SELECT 1 FROM records WHERE uri = p.value AND ours AND NOT withdrawn)
                    OR EXISTS (SELECT 1 FROM replies WHERE uri = p.value) ORDER BY p.key LIMIT 1) AS answers,
            EXISTS (SELECT 1 FROM received WHERE activity = $2 AND actor = $3) AS handled,
            EXISTS (SELECT 1 FROM received WHERE activity = $4 AND actor = $3)
                OR EXISTS (SELECT 1 FROM erased_replies WHERE digest = $5) AS erased,
            (SELECT count(*) FROM (SELECT 1 FROM replies WHERE author = $3 AND received_at >= $6 LIMIT $7) x) AS by_author,
            (SELECT count(*) FROM (SELECT 1 FROM replies WHERE origin = $8 AND received_at >= $6 LIMIT $9) x) AS by_server,
            r.author, r.parent, coalesce(r.updated, r.published) AS latest
        FROM (SELECT 1 AS one) x LEFT JOIN replies r ON r.uri = $4",
        pg = "SELECT (SELECT p.value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb) WITH ORDINALITY p (value, key)
                WHERE EXISTS (SELECT 1 FROM records WHERE uri = p.value AND ours AND NOT withdrawn)
                    OR EXISTS (SELECT 1 FROM replies WHERE uri = p.value) ORDER BY p.key LIMIT 1) AS answers,
            EXISTS (SELECT 1 FROM received WHERE activity = $2 AND actor = $3) AS handled,
            EXISTS (SELECT 1 FROM received WHERE activity = $4 AND actor = $3)
                OR EXISTS (SELECT 1 FROM erased_replies WHERE digest = $5) AS erased,
            (SELECT count(*) FROM (SELECT 1 FROM replies WHERE author = $3 AND received_at >= $6 LIMIT $7) x) AS by_author,
            (SELECT count(*) FROM (SELECT 1 FROM replies WHERE origin = $8 AND received_at >= $6 LIMIT $9) x) AS by_server,
            r.author, r.parent, coalesce(r.updated, r.published) AS latest
        FROM (SELECT 1 AS one) x LEFT JOIN replies r ON r.uri = $4";
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
    DECIDE = "UPDATE replies SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE uri = $1";
    BY_AUTHOR = "SELECT uri FROM replies WHERE author = $1 ORDER BY uri";
    REMOVE = "DELETE FROM replies WHERE uri = $1";
    ERASED = "INSERT INTO erased_replies (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
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

/// A reply that arrives, and what came with it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Id of the activity.
    pub activity: &'a str,
    /// Its actor, who wrote the reply.
    pub actor: &'a str,
    /// The actor's origin.
    pub origin: &'a str,
    /// Id of the reply.
    pub uri: &'a str,
    /// Its salted digest, as an erasure would leave it.
    pub digest: &'a str,
    /// When it was written, in its author's words (RFC 3339, UTC).
    pub written: Option<&'a str>,
}

/// What was known before a reply arrived.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Before {
    /// The first of what it may answer that is ours: a record, or a reply.
    pub answers: Option<String>,
    /// Whether the activity was handled.
    pub handled: bool,
    /// Whether the reply was erased, or its author deleted it before it came.
    pub erased: bool,
    /// How many replies of its author came lately, as far as was asked.
    pub by_author: i64,
    /// How many of all authors of that server.
    pub by_server: i64,
    /// Of an earlier state of it: whose it is.
    pub author: Option<String>,
    /// What that replies to.
    pub parent: Option<String>,
    /// When that was written.
    pub latest: Option<String>,
}

/// How far back replies are counted, and how far up.
#[derive(Clone, Copy, Debug)]
pub struct Counting {
    /// Milliseconds since 1970.
    pub since: i64,
    /// Most of one author.
    pub by_author: i64,
    /// Most of one server.
    pub by_server: i64,
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

/// All that decides whether a reply to one of `parents` is taken, in one read.
///
/// # Errors
/// Those of the database.
pub async fn before(db: &Db, arrival: &Arrival<'_>, parents: &[&str], upto: &Counting) -> Result<Before> {
    let Arrival { activity, actor, origin, uri, digest, .. } = *arrival;
    let Counting { since, by_author, by_server } = *upto;
    let parents = json_list(parents);
    let args = args![&parents, activity, actor, uri, digest, since, by_author, origin, by_server];
    db.first(&BEFORE, args).await?.ok_or_else(|| Error::internal(anyhow::anyhow!("one row, always")))
}

/// Takes a reply in, or an edit by its author, and remembers its activity; committed when this comes back.
/// `false` when it was not kept, since [`before`] holds no longer: handled or erased meanwhile, somebody
/// else's, elsewhere, or older than what is there.
///
/// # Errors
/// Those of the database.
pub async fn put(db: &Db, reply: &Reply, arrival: &Arrival<'_>) -> Result<bool> {
    let put = args![
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
        arrival.origin,
        arrival.activity,
        arrival.digest,
        arrival.written
    ];
    let remember = args![arrival.activity, arrival.actor, reply.received_at];
    let touched = db.write(&[(&PUT, put), (&received::REMEMBER, remember)]).await?;
    Ok(touched.first().is_some_and(|rows| *rows > 0))
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
