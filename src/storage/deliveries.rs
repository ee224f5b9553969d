//! What is still to be sent where: one row per activity and inbox, sent in order host by host. The wait,
//! the failures and the lease belong to the host (`hosts`), never to single rows.

use sqlx::FromRow;

use super::{
    Db, Tx, hosts, json_list,
    query::{Write, args, queries},
};
use crate::Result;

queries! {
    ADD_HOSTS = "INSERT INTO hosts (host) SELECT DISTINCT value ->> 1 FROM json_each($1) WHERE true
        ON CONFLICT (host) DO NOTHING",
        pg = "INSERT INTO hosts (host) SELECT DISTINCT value ->> 1 FROM jsonb_array_elements(CAST($1 AS TEXT)::jsonb) ORDER BY 1
        ON CONFLICT (host) DO NOTHING";
    ENQUEUE = "INSERT INTO deliveries (activity, inbox, host, created_at)
        SELECT DISTINCT CAST($2 AS BIGINT), value ->> 0, value ->> 1, CAST($3 AS BIGINT) FROM json_each($1) WHERE true
        ON CONFLICT (activity, inbox) DO NOTHING",
        pg = "INSERT INTO deliveries (activity, inbox, host, created_at)
        SELECT DISTINCT CAST($2 AS BIGINT), value ->> 0, value ->> 1, CAST($3 AS BIGINT) FROM jsonb_array_elements(CAST($1 AS TEXT)::jsonb)
        ON CONFLICT (activity, inbox) DO NOTHING";
    NEXT_FOR_HOST = "SELECT d.activity AS seq, d.inbox, d.host, d.attempts, d.refusals, d.created_at, o.activity, o.actor, o.kind, o.object, o.document,
            (SELECT k.id FROM keys k WHERE k.actor = o.actor AND k.algorithm = 'rsa' AND k.secret IS NOT NULL AND k.revoked IS NULL
                ORDER BY k.created_at DESC, k.id DESC LIMIT 1) AS key
        FROM deliveries d JOIN outbox o ON o.seq = d.activity WHERE d.host = $1 AND d.state = 0
            AND (d.not_before <= $3 OR d.not_before > $3 + 21600000)
            AND NOT EXISTS (SELECT 1 FROM deliveries e JOIN outbox p ON p.seq = e.activity
                WHERE e.host = d.host AND e.inbox = d.inbox AND e.state = 0 AND e.not_before > 0
                    AND e.not_before > $3 AND e.not_before <= $3 + 21600000
                    AND e.activity < d.activity AND p.object = o.object)
        ORDER BY d.activity, d.inbox LIMIT $2";
    SETTLE = "UPDATE deliveries SET state = $3, attempts = attempts + 1, last_status = $4, last_error = $5, done_at = $6
        WHERE activity = $1 AND inbox = $2 AND state = 0";
    TRIED = "UPDATE deliveries SET attempts = attempts + 1, last_status = $3, last_error = $4
        WHERE activity = $1 AND inbox = $2 AND state = 0";
    PUT_OFF = "UPDATE deliveries SET attempts = attempts + 1, refusals = refusals + 1, last_status = $3, last_error = $4,
            not_before = $5 WHERE activity = $1 AND inbox = $2 AND state = 0";
    GIVE_UP_OLDER = "UPDATE deliveries SET state = 3, done_at = $3 WHERE host = $1 AND state = 0 AND created_at < $2";
    STANDING = "SELECT EXISTS (SELECT 1 FROM hosts WHERE policy = 'blocked' AND host IN (SELECT value FROM json_each($2))) AS blocked,
            EXISTS (SELECT 1 FROM deliveries WHERE host = $1 AND last_status = 410) AS gone",
        pg = "SELECT EXISTS (SELECT 1 FROM hosts WHERE policy = 'blocked'
                AND host IN (SELECT value FROM jsonb_array_elements_text(CAST($2 AS TEXT)::jsonb))) AS blocked,
            EXISTS (SELECT 1 FROM deliveries WHERE host = $1 AND last_status = 410) AS gone";
    GIVE_UP_GONE = "UPDATE deliveries SET state = 3, last_error = $2, done_at = $3 WHERE host = $1 AND state = 0 AND inbox IN (
            SELECT g.inbox FROM deliveries g WHERE g.host = $1 AND g.last_status = 410 AND NOT EXISTS (
                SELECT 1 FROM follows f WHERE f.host = g.host AND f.inbox = g.inbox AND f.at > g.done_at))";
    GIVE_UP_HOST = "UPDATE deliveries SET state = 3, last_error = $2, done_at = $3 WHERE host = $1 AND state = 0";
    TAKE_UP = "UPDATE deliveries SET state = 0, refusals = 0, not_before = 0, created_at = $2, done_at = NULL
        WHERE host = $1 AND state IN (2, 3) AND coalesce(last_status, 0) <> 410";
    GIVE_UP_INBOX = "UPDATE deliveries SET state = 3, last_error = $2, done_at = $3
        WHERE host = $4 AND inbox = $1 AND state = 0";
    COUNTS = "SELECT state, count(*) AS total FROM deliveries GROUP BY state ORDER BY state";
    WAITING_HOSTS = "SELECT d.host, count(*) AS waiting, min(d.created_at) AS oldest_at, max(d.attempts) AS attempts,
            max(d.last_error) AS last_error, h.state, h.fails, h.next_at, h.policy
        FROM deliveries d JOIN hosts h ON h.host = d.host WHERE d.state = 0
        GROUP BY d.host, h.state, h.fails, h.next_at, h.policy ORDER BY min(d.created_at), d.host";
    OF_ACTIVITY = "SELECT * FROM deliveries WHERE activity = $1 ORDER BY inbox";
    PURGE = "DELETE FROM deliveries WHERE done_at IS NOT NULL AND done_at < $1 AND coalesce(last_status, 0) <> 410";
}

/// Waiting to be sent.
pub const WAITING: i64 = 0;
/// The other side took it.
pub const DELIVERED: i64 = 1;
/// The other side does not want it (4xx): never sent again.
pub const REFUSED: i64 = 2;
/// The other side was silent too long, is blocked or gone: never sent again.
pub const GIVEN_UP: i64 = 3;

/// Somewhere an activity goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// URL of the inbox.
    pub inbox: String,
    /// Its authority: what is retried, leased and blocked.
    pub host: String,
}

/// Something to send now.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Job {
    /// Number of the activity in the outbox.
    pub seq: i64,
    /// URL of the inbox.
    pub inbox: String,
    /// Its authority.
    pub host: String,
    /// How often it was tried.
    pub attempts: i64,
    /// How many of these tries were refused, or failed here; the silence of the host does not count.
    pub refusals: i64,
    /// When it was put in the queue.
    pub created_at: i64,
    /// Id of the activity.
    pub activity: String,
    /// Who signs.
    pub actor: String,
    /// Id of the RSA key it signs with.
    pub key: Option<String>,
    /// Create, Update, Delete …
    pub kind: String,
    /// Id of what it is about.
    pub object: String,
    /// The body, exactly.
    pub document: String,
}

/// What is known of a host before something is sent to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Standing {
    /// Whether it, or a domain above it, is blocked.
    pub blocked: bool,
    /// Whether one of its inboxes ever answered that it is gone (410).
    pub gone: bool,
}

/// One row of the queue.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Delivery {
    /// Number of the activity in the outbox.
    pub activity: i64,
    /// URL of the inbox.
    pub inbox: String,
    /// Its authority.
    pub host: String,
    /// [`WAITING`], [`DELIVERED`], [`REFUSED`] or [`GIVEN_UP`].
    pub state: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// How many of these tries were refused, or failed here.
    pub refusals: i64,
    /// After a refusal: when this row is tried again.
    pub not_before: i64,
    /// HTTP status of the last try.
    pub last_status: Option<i64>,
    /// What went wrong in the last try.
    pub last_error: Option<String>,
    /// When it was put in the queue.
    pub created_at: i64,
    /// When it left it.
    pub done_at: Option<i64>,
}

/// How much of each state there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct StateCount {
    /// See [`Delivery::state`].
    pub state: i64,
    /// How many rows.
    pub total: i64,
}

/// What waits for a host.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HostQueue {
    /// The authority.
    pub host: String,
    /// How many rows wait.
    pub waiting: i64,
    /// Since when the oldest one waits.
    pub oldest_at: i64,
    /// Most tries of one row.
    pub attempts: i64,
    /// One of the errors of the last tries.
    pub last_error: Option<String>,
    /// State of the host (`hosts`).
    pub state: i64,
    /// Its failures in a row.
    pub fails: i64,
    /// When it is tried again.
    pub next_at: i64,
    /// allowed, limited or blocked.
    pub policy: String,
}

/// Queues an activity for its inboxes, one row each however often an inbox is listed, and makes their
/// hosts known. Gives how many rows were added.
///
/// # Errors
/// Those of the database.
pub async fn enqueue(tx: &mut Tx, activity: i64, targets: &[Target], now: i64) -> Result<u64> {
    if targets.is_empty() {
        return Ok(0);
    }
    let pairs: serde_json::Value =
        targets.iter().map(|to| vec![to.inbox.as_str(), to.host.as_str()]).collect();
    let pairs = pairs.to_string();
    tx.run(&ADD_HOSTS, args![&pairs]).await?;
    tx.run(&ENQUEUE, args![&pairs, activity, now]).await
}

/// What to send next to a host, in the order of the activities. A row that was refused waits for its own
/// time, and what comes later about the same object to the same inbox waits behind it.
///
/// # Errors
/// Those of the database.
pub async fn next_for_host(db: &Db, host: &str, now: i64, limit: i64) -> Result<Vec<Job>> {
    db.all(&NEXT_FOR_HOST, args![host, limit, now]).await
}

/// The other side took it, with that HTTP status.
///
/// # Errors
/// Those of the database.
pub async fn delivered(tx: &mut Tx, job: &Job, status: i64, now: i64) -> Result<()> {
    tx.run(&SETTLE, args![job.seq, &job.inbox, DELIVERED, status, None::<&str>, now]).await.map(drop)
}

/// The same, and what follows from it, in one message to the database: its host is well, and the lease of
/// `owner` goes on until `until`, or ends. Gives whether it goes on.
///
/// # Errors
/// Those of the database.
pub async fn delivered_now(
    db: &Db,
    job: &Job,
    status: i64,
    (owner, until): (&str, Option<i64>),
    now: i64,
) -> Result<bool> {
    let settle = args![job.seq, &job.inbox, DELIVERED, status, None::<&str>, now];
    let well = args![&job.host, now];
    let (renew, release) = (args![&job.host, owner, until], args![&job.host, owner]);
    let lease: Write<'_> = if until.is_some() { (&hosts::RENEW, renew) } else { (&hosts::RELEASE, release) };
    let touched = db.write(&[(&SETTLE, settle), (&hosts::MARK_WELL, well), lease]).await?;
    Ok(until.is_some() && touched.last().is_some_and(|rows| *rows > 0))
}

/// The other side does not want it: it answered that status and that text.
///
/// # Errors
/// Those of the database.
pub async fn refused(tx: &mut Tx, job: &Job, status: i64, error: &str, now: i64) -> Result<()> {
    tx.run(&SETTLE, args![job.seq, &job.inbox, REFUSED, status, error, now]).await.map(drop)
}

/// We stop trying this row.
///
/// # Errors
/// Those of the database.
pub async fn given_up(tx: &mut Tx, job: &Job, status: Option<i64>, error: &str, now: i64) -> Result<()> {
    tx.run(&SETTLE, args![job.seq, &job.inbox, GIVEN_UP, status, error, now]).await.map(drop)
}

/// A try that failed for a passing reason: the row waits on, with its host.
///
/// # Errors
/// Those of the database.
pub async fn tried(tx: &mut Tx, job: &Job, status: Option<i64>, error: &str) -> Result<()> {
    tx.run(&TRIED, args![job.seq, &job.inbox, status, error]).await.map(drop)
}

/// A try that was refused, or failed here: the row is tried again, not before a time.
///
/// # Errors
/// Those of the database.
pub async fn put_off(
    tx: &mut Tx,
    job: &Job,
    status: Option<i64>,
    error: &str,
    not_before: i64,
) -> Result<()> {
    tx.run(&PUT_OFF, args![job.seq, &job.inbox, status, error, not_before]).await.map(drop)
}

/// We stop trying what has waited for a host since before a time; gives how many rows.
///
/// # Errors
/// Those of the database.
pub async fn give_up_older(tx: &mut Tx, host: &str, before: i64, now: i64) -> Result<u64> {
    tx.run(&GIVE_UP_OLDER, args![host, before, now]).await
}

/// What is known of a host before something is sent to it; `names` are those under which it may be blocked.
///
/// # Errors
/// Those of the database.
pub async fn standing(db: &Db, host: &str, names: &[&str]) -> Result<Standing> {
    Ok(db.first(&STANDING, args![host, &json_list(names)]).await?.unwrap_or_default())
}

/// We stop trying what waits for inboxes of a host that are gone, unless somebody followed from there
/// since; gives how many rows.
///
/// # Errors
/// Those of the database.
pub async fn give_up_gone(tx: &mut Tx, host: &str, error: &str, now: i64) -> Result<u64> {
    tx.run(&GIVE_UP_GONE, args![host, error, now]).await
}

/// We stop trying everything that waits for a host; gives how many rows.
///
/// # Errors
/// Those of the database.
pub async fn give_up_host(tx: &mut Tx, host: &str, error: &str, now: i64) -> Result<u64> {
    tx.run(&GIVE_UP_HOST, args![host, error, now]).await
}

/// What a host refused, or what we stopped trying, waits for it again, as if it had just been queued; never what
/// went to an inbox that is gone. Gives how many rows.
///
/// # Errors
/// Those of the database.
pub async fn take_up(tx: &mut Tx, host: &str, now: i64) -> Result<u64> {
    tx.run(&TAKE_UP, args![host, now]).await
}

/// We stop trying everything that waits for an inbox that is gone; gives how many rows.
///
/// # Errors
/// Those of the database.
pub async fn give_up_inbox(tx: &mut Tx, to: &Target, error: &str, now: i64) -> Result<u64> {
    tx.run(&GIVE_UP_INBOX, args![&to.inbox, error, now, &to.host]).await
}

/// How many rows of each state there are.
///
/// # Errors
/// Those of the database.
pub async fn counts(db: &Db) -> Result<Vec<StateCount>> {
    db.all(&COUNTS, args![]).await
}

/// What waits, host by host, the longest wait first.
///
/// # Errors
/// Those of the database.
pub async fn waiting(db: &Db) -> Result<Vec<HostQueue>> {
    db.all(&WAITING_HOSTS, args![]).await
}

/// Where an activity went or goes, by inbox.
///
/// # Errors
/// Those of the database.
pub async fn of_activity(db: &Db, activity: i64) -> Result<Vec<Delivery>> {
    db.all(&OF_ACTIVITY, args![activity]).await
}

/// Forgets rows that left the queue before a time, except those that remember a gone inbox; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn purge(tx: &mut Tx, before: i64) -> Result<u64> {
    tx.run(&PURGE, args![before]).await
}
