//! Who follows whom: others who follow our actors, and ours who follow others.
#![expect(clippy::similar_names, reason = "follower and followed are the words of ActivityPub")]

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO follows (follower, followed, ours, state, activity, document, host, inbox, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (follower, followed) DO UPDATE SET state = excluded.state, activity = excluded.activity,
            document = excluded.document, host = excluded.host, inbox = excluded.inbox, at = excluded.at";
    GET = "SELECT * FROM follows WHERE follower = $1 AND followed = $2";
    BY_ACTIVITY = "SELECT * FROM follows WHERE activity = $1 ORDER BY follower, followed LIMIT 1";
    FOLLOWERS = "SELECT * FROM follows WHERE followed = $1 AND state = 'accepted' AND follower > $2
        ORDER BY follower LIMIT $3";
    FOLLOWING = "SELECT * FROM follows WHERE follower = $1 AND state = 'accepted' AND followed > $2
        ORDER BY followed LIMIT $3";
    COUNT_FOLLOWERS = "SELECT count(*) FROM follows WHERE followed = $1 AND state = 'accepted'";
    COUNT_FOLLOWING = "SELECT count(*) FROM follows WHERE follower = $1 AND state = 'accepted'";
    INBOXES = "SELECT DISTINCT f.inbox, f.host, h.software FROM follows f LEFT JOIN hosts h ON h.host = f.host
        WHERE f.followed = $1 AND f.state = 'accepted' AND NOT f.ours ORDER BY f.inbox, f.host";
    FOLLOWERS_AT = "SELECT DISTINCT follower FROM follows WHERE host = $1 AND inbox = $2 AND NOT ours ORDER BY follower LIMIT $3";
    PENDING = "SELECT * FROM follows WHERE state = 'pending' ORDER BY at, follower, followed";
    OURS = "SELECT * FROM follows WHERE ours ORDER BY follower, followed";
    TO_HOST = "SELECT count(*) FROM follows WHERE host = $1 AND ours AND state = 'accepted'";
    TIES = "SELECT host, ours, state FROM follows GROUP BY host, ours, state ORDER BY host, ours, state";
    SET_STATE = "UPDATE follows SET state = $3 WHERE follower = $1 AND followed = $2";
    REMOVE = "DELETE FROM follows WHERE follower = $1 AND followed = $2";
    REMOVE_ACTOR = "DELETE FROM follows WHERE follower = $1 OR followed = $1";
    REMOVE_INBOX = "DELETE FROM follows WHERE inbox = $1 AND NOT ours";
    REMOVE_HOST = "DELETE FROM follows WHERE host = $1";
}

/// That a host and this node are tied by a follow; who follows stays unsaid.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Tie {
    /// Authority of the other side.
    pub host: String,
    /// One of ours follows there; else somebody there follows one of ours.
    pub ours: bool,
    /// pending, accepted or rejected.
    pub state: String,
}

/// A follow, in either direction.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Follow {
    /// Who follows.
    pub follower: String,
    /// Who is followed.
    pub followed: String,
    /// One of our actors follows (`true`), or somebody follows one of ours (`false`).
    pub ours: bool,
    /// pending, accepted or rejected.
    pub state: String,
    /// Id of the Follow.
    pub activity: String,
    /// The Follow, unchanged: an Accept embeds it.
    pub document: String,
    /// Authority of the other side.
    pub host: String,
    /// Where the other side is reached (its shared inbox, if it has one).
    pub inbox: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A place where followers are reached; many followers may share it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Inbox {
    /// Its URL.
    pub inbox: String,
    /// Its authority.
    pub host: String,
    /// What runs there, from NodeInfo.
    pub software: Option<String>,
}

/// Puts a follow, over an earlier one between the same two.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, follow: &Follow) -> Result<()> {
    let args = args![
        &follow.follower,
        &follow.followed,
        follow.ours,
        &follow.state,
        &follow.activity,
        &follow.document,
        &follow.host,
        &follow.inbox,
        follow.at
    ];
    tx.run(&PUT, args).await.map(drop)
}

/// The follow between two.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, follower: &str, followed: &str) -> Result<Option<Follow>> {
    db.first(&GET, args![follower, followed]).await
}

/// The follow between two, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, follower: &str, followed: &str) -> Result<Option<Follow>> {
    tx.first(&GET, args![follower, followed]).await
}

/// The follow that a Follow of that id asked for, read by a transaction (Accept, Reject, Undo name it).
///
/// # Errors
/// Those of the database.
pub async fn by_activity_in(tx: &mut Tx, activity: &str) -> Result<Option<Follow>> {
    tx.first(&BY_ACTIVITY, args![activity]).await
}

/// The accepted followers of an actor beyond `after`, by id.
///
/// # Errors
/// Those of the database.
pub async fn followers(db: &Db, followed: &str, after: &str, limit: i64) -> Result<Vec<Follow>> {
    db.all(&FOLLOWERS, args![followed, after, limit]).await
}

/// Whom an actor follows, accepted, beyond `after`, by id.
///
/// # Errors
/// Those of the database.
pub async fn following(db: &Db, follower: &str, after: &str, limit: i64) -> Result<Vec<Follow>> {
    db.all(&FOLLOWING, args![follower, after, limit]).await
}

/// How many follow an actor.
///
/// # Errors
/// Those of the database.
pub async fn count_followers(db: &Db, followed: &str) -> Result<i64> {
    db.count(&COUNT_FOLLOWERS, args![followed]).await
}

/// How many an actor follows.
///
/// # Errors
/// Those of the database.
pub async fn count_following(db: &Db, follower: &str) -> Result<i64> {
    db.count(&COUNT_FOLLOWING, args![follower]).await
}

/// The distinct inboxes of the accepted followers of one of our actors, others' only, read by the
/// transaction that writes the deliveries.
///
/// # Errors
/// Those of the database.
pub async fn inboxes_in(tx: &mut Tx, followed: &str) -> Result<Vec<Inbox>> {
    tx.all(&INBOXES, args![followed]).await
}

/// The distinct inboxes of the accepted followers of one of our actors.
///
/// # Errors
/// Those of the database.
pub async fn inboxes(db: &Db, followed: &str) -> Result<Vec<Inbox>> {
    db.all(&INBOXES, args![followed]).await
}

/// Who is reached through an inbox, others only, read by the transaction that has them checked.
///
/// # Errors
/// Those of the database.
pub async fn followers_at(tx: &mut Tx, host: &str, inbox: &str, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(&FOLLOWERS_AT, args![host, inbox, limit]).await?;
    Ok(rows.into_iter().map(|(follower,)| follower).collect())
}

/// Follows that wait for an answer, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn pending(db: &Db) -> Result<Vec<Follow>> {
    db.all(&PENDING, args![]).await
}

/// Every follow that one of our actors asked for.
///
/// # Errors
/// Those of the database.
pub async fn ours(db: &Db) -> Result<Vec<Follow>> {
    db.all(&OURS, args![]).await
}

/// Whether one of ours follows somebody on a host, and was accepted.
///
/// # Errors
/// Those of the database.
pub async fn to_host(db: &Db, host: &str) -> Result<bool> {
    Ok(db.count(&TO_HOST, args![host]).await? > 0)
}

/// The hosts tied to this node by follows, in both directions.
///
/// # Errors
/// Those of the database.
pub async fn ties(db: &Db) -> Result<Vec<Tie>> {
    db.all(&TIES, args![]).await
}

/// Changes the state of a follow; `false` when there is none.
///
/// # Errors
/// Those of the database.
pub async fn set_state(tx: &mut Tx, follower: &str, followed: &str, state: &str) -> Result<bool> {
    Ok(tx.run(&SET_STATE, args![follower, followed, state]).await? > 0)
}

/// Ends a follow; `false` when there was none.
///
/// # Errors
/// Those of the database.
pub async fn remove(tx: &mut Tx, follower: &str, followed: &str) -> Result<bool> {
    Ok(tx.run(&REMOVE, args![follower, followed]).await? > 0)
}

/// Ends every follow of and by an actor that is gone.
///
/// # Errors
/// Those of the database.
pub async fn remove_actor(tx: &mut Tx, actor: &str) -> Result<u64> {
    tx.run(&REMOVE_ACTOR, args![actor]).await
}

/// Ends the follows reached through an inbox that is gone for good.
///
/// # Errors
/// Those of the database.
pub async fn remove_inbox(tx: &mut Tx, inbox: &str) -> Result<u64> {
    tx.run(&REMOVE_INBOX, args![inbox]).await
}

/// Ends every follow with a host that is blocked.
///
/// # Errors
/// Those of the database.
pub async fn remove_host(tx: &mut Tx, host: &str) -> Result<u64> {
    tx.run(&REMOVE_HOST, args![host]).await
}
