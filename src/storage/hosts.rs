//! Other servers: what runs there, how they are, what is allowed to them, when to try again, and which
//! worker is sending to them. The unit of failure is the host, not the activity.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    ENSURE = "INSERT INTO hosts (host) VALUES ($1) ON CONFLICT (host) DO NOTHING";
    GET = "SELECT * FROM hosts WHERE host = $1";
    LIST = "SELECT * FROM hosts WHERE host > $1 ORDER BY host LIMIT $2";
    BY_NAMES = "SELECT * FROM hosts WHERE host IN (SELECT value FROM json_each($1)) ORDER BY host",
        pg = "SELECT * FROM hosts WHERE host IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY host";
    PEERS = "SELECT * FROM hosts WHERE parvis ORDER BY host";
    CLAIM = "UPDATE hosts SET lease_owner = $1, lease_until = $3 WHERE host IN (
            SELECT h.host FROM hosts h WHERE h.policy <> 'blocked' AND (h.state = 0 OR h.next_at <= $2 OR h.next_at > $2 + CASE WHEN h.state = 3 THEN 86400000 ELSE 21600000 END)
                AND (h.lease_until <= $2 OR h.lease_until > $2 + 3600000)
                AND EXISTS (SELECT 1 FROM deliveries d JOIN outbox o ON o.seq = d.activity WHERE d.host = h.host AND d.state = 0
                    AND (d.not_before <= $2 OR d.not_before > $2 + 21600000)
                    AND NOT EXISTS (SELECT 1 FROM deliveries e JOIN outbox p ON p.seq = e.activity
                        WHERE e.host = d.host AND e.inbox = d.inbox AND e.state = 0 AND e.not_before > 0
                            AND e.not_before > $2 AND e.not_before <= $2 + 21600000
                            AND e.activity < d.activity AND p.object = o.object))
            ORDER BY h.next_at, h.host LIMIT $4)
        RETURNING *",
        pg = "WITH free AS MATERIALIZED (
            SELECT h.host FROM hosts h WHERE h.policy <> 'blocked' AND (h.state = 0 OR h.next_at <= $2 OR h.next_at > $2 + CASE WHEN h.state = 3 THEN 86400000 ELSE 21600000 END)
                AND (h.lease_until <= $2 OR h.lease_until > $2 + 3600000)
                AND EXISTS (SELECT 1 FROM deliveries d JOIN outbox o ON o.seq = d.activity WHERE d.host = h.host AND d.state = 0
                    AND (d.not_before <= $2 OR d.not_before > $2 + 21600000)
                    AND NOT EXISTS (SELECT 1 FROM deliveries e JOIN outbox p ON p.seq = e.activity
                        WHERE e.host = d.host AND e.inbox = d.inbox AND e.state = 0 AND e.not_before > 0
                            AND e.not_before > $2 AND e.not_before <= $2 + 21600000
                            AND e.activity < d.activity AND p.object = o.object))
            ORDER BY h.next_at, h.host LIMIT $4 FOR UPDATE OF h SKIP LOCKED)
        UPDATE hosts SET lease_owner = $1, lease_until = $3 FROM free WHERE hosts.host = free.host
        RETURNING hosts.*";
    RENEW = "UPDATE hosts SET lease_until = $3 WHERE host = $1 AND lease_owner = $2";
    RELEASE = "UPDATE hosts SET lease_owner = NULL, lease_until = 0 WHERE host = $1 AND lease_owner = $2";
    MARK_WELL = "UPDATE hosts SET state = 0, fails = 0, next_at = $2, first_fail_at = NULL, last_seen_at = $2 WHERE host = $1";
    FAILED = "UPDATE hosts SET fails = $2, next_at = $3, first_fail_at = $4, state = $5 WHERE host = $1";
    SEEN = "UPDATE hosts SET last_seen_at = $2, next_at = CASE WHEN state <> 3 AND next_at > $3 THEN $3 ELSE next_at END WHERE host = $1";
    MEANWHILE = "UPDATE hosts SET next_at = $4 WHERE host = $1 AND state <> 3 AND last_seen_at > $2 AND last_seen_at <= $3
        AND next_at > $4";
    RETRY = "UPDATE hosts SET next_at = $2 WHERE host = $1";
    NEXT_AT = "SELECT min(CASE WHEN h.lease_until > h.next_at THEN h.lease_until ELSE h.next_at END) FROM hosts h
        WHERE h.policy <> 'blocked' AND EXISTS (SELECT 1 FROM deliveries d WHERE d.host = h.host AND d.state = 0)";
    POLICY = "UPDATE hosts SET policy = $2, policy_reason = $3 WHERE host = $1";
    DESCRIBE = "UPDATE hosts SET software = $2, parvis = $3, relay = $4 WHERE host = $1";
    FORGET = "DELETE FROM hosts WHERE policy = 'allowed' AND NOT parvis AND lease_owner IS NULL
            AND (last_seen_at IS NULL OR last_seen_at < $1)
            AND NOT EXISTS (SELECT 1 FROM actors a WHERE a.host = hosts.host)
            AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.host = hosts.host)
            AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.host = hosts.host)";
    CONTACTS = "SELECT h.host, h.last_seen_at, h.last_sync_at, h.state, t.last_error FROM hosts h
            LEFT JOIN tasks t ON t.kind = 'catch-up' AND t.subject = h.host
        WHERE h.host IN (SELECT value FROM json_each($1)) ORDER BY h.host",
        pg = "SELECT h.host, h.last_seen_at, h.last_sync_at, h.state, t.last_error FROM hosts h
            LEFT JOIN tasks t ON t.kind = 'catch-up' AND t.subject = h.host
        WHERE h.host IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY h.host";
    SYNCED = "UPDATE hosts SET changes_since = $2, last_sync_at = $3 WHERE host = $1";
}

/// It answers.
pub const WELL: i64 = 0;
/// It failed lately; it is tried again at `next_at`.
pub const BACKING_OFF: i64 = 1;
/// Thirty days of silence: only probed.
pub const SUSPENDED: i64 = 2;
/// It said itself when it may be tried again: at `next_at`, whatever it sends us before.
pub const ASKED_TO_WAIT: i64 = 3;

/// Another server.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Host {
    /// Authority, lower case, with the port when it is not the scheme's own.
    pub host: String,
    /// allowed, limited or blocked.
    pub policy: String,
    /// Why.
    pub policy_reason: Option<String>,
    /// [`WELL`], [`BACKING_OFF`], [`SUSPENDED`] or [`ASKED_TO_WAIT`].
    pub state: i64,
    /// Failures in a row.
    pub fails: i64,
    /// Not tried before; of a host that is well, when it was last served.
    pub next_at: i64,
    /// First of the failures in a row.
    pub first_fail_at: Option<i64>,
    /// The worker that sends to it now.
    pub lease_owner: Option<String>,
    /// Until when that worker may.
    pub lease_until: i64,
    /// From NodeInfo.
    pub software: Option<String>,
    /// Whether it is a Parvis peer.
    pub parvis: bool,
    /// Id of its node actor.
    pub relay: Option<String>,
    /// Where catching up with it goes on.
    pub changes_since: i64,
    /// Last verified message from it, or last 2xx.
    pub last_seen_at: Option<i64>,
    /// Last catch-up that ended.
    pub last_sync_at: Option<i64>,
}

/// When another server was last heard, and whether it answers now.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Contact {
    /// Authority.
    pub host: String,
    last_seen_at: Option<i64>,
    last_sync_at: Option<i64>,
    state: i64,
    last_error: Option<String>,
}

impl Contact {
    /// Whether the last delivery to it and the last look at its register ended well.
    #[must_use]
    pub const fn answers(&self) -> bool {
        self.state == WELL && self.last_error.is_none()
    }

    /// When it was last heard, in milliseconds since 1970: a verified message, an answer, a look at its register.
    #[must_use]
    pub fn seen_at(&self) -> Option<i64> {
        self.last_seen_at.max(self.last_sync_at)
    }
}

/// What a failed try leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Failures in a row, this one included.
    pub fails: i64,
    /// Not tried before.
    pub next_at: i64,
    /// First of the failures in a row.
    pub first_fail_at: i64,
    /// [`BACKING_OFF`], [`SUSPENDED`] or [`ASKED_TO_WAIT`].
    pub state: i64,
}

/// What was learned of a server.
#[derive(Clone, Copy, Debug)]
pub struct Description<'a> {
    /// From NodeInfo.
    pub software: Option<&'a str>,
    /// Whether it is a Parvis peer.
    pub parvis: bool,
    /// Id of its node actor.
    pub relay: Option<&'a str>,
}

/// Makes a host known, as allowed and well, unless it is already.
///
/// # Errors
/// Those of the database.
pub async fn ensure(tx: &mut Tx, host: &str) -> Result<()> {
    tx.run(&ENSURE, args![host]).await.map(drop)
}

/// The host of that authority.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, host: &str) -> Result<Option<Host>> {
    db.first(&GET, args![host]).await
}

/// The host of that authority, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, host: &str) -> Result<Option<Host>> {
    tx.first(&GET, args![host]).await
}

/// Hosts beyond `after`, by name.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db, after: &str, limit: i64) -> Result<Vec<Host>> {
    db.all(&LIST, args![after, limit]).await
}

/// What is known of these hosts, by name.
///
/// # Errors
/// Those of the database.
pub async fn by_names(db: &Db, names: &[impl AsRef<str> + Sync]) -> Result<Vec<Host>> {
    db.all(&BY_NAMES, args![&json_list(names)]).await
}

/// When these hosts were last heard, and whether they answer now, by name; those never met are left out.
///
/// # Errors
/// Those of the database.
pub async fn contacts(db: &Db, names: &[impl AsRef<str> + Sync]) -> Result<Vec<Contact>> {
    db.all(&CONTACTS, args![&json_list(names)]).await
}

/// The Parvis peers, by name.
///
/// # Errors
/// Those of the database.
pub async fn peers(db: &Db) -> Result<Vec<Host>> {
    db.all(&PEERS, args![]).await
}

/// Leases up to `limit` hosts that have something waiting, may be tried now and are not blocked, to one
/// worker until `lease_until`. Two workers never get the same host; a lease not renewed ends by itself.
/// The longest due come first; of those that are well, those served longest ago. Times further ahead than
/// any wait we set come from a clock that was turned back since: they do not hold.
///
/// # Errors
/// Those of the database.
pub async fn claim(db: &Db, owner: &str, now: i64, lease_until: i64, limit: i64) -> Result<Vec<Host>> {
    let mut tx = db.begin().await?;
    let mut claimed: Vec<Host> = tx.all(&CLAIM, args![owner, now, lease_until, limit]).await?;
    tx.commit().await?;
    claimed.sort_by(|a, b| (a.next_at, &a.host).cmp(&(b.next_at, &b.host)));
    Ok(claimed)
}

/// Makes a lease longer; `false` when it is another worker's by now: stop sending.
///
/// # Errors
/// Those of the database.
pub async fn renew(tx: &mut Tx, host: &str, owner: &str, lease_until: i64) -> Result<bool> {
    Ok(tx.run(&RENEW, args![host, owner, lease_until]).await? > 0)
}

/// Ends a lease; another worker's is left alone.
///
/// # Errors
/// Those of the database.
pub async fn release(tx: &mut Tx, host: &str, owner: &str) -> Result<()> {
    tx.run(&RELEASE, args![host, owner]).await.map(drop)
}

/// It answered: whatever it failed before is forgotten, and those not served since come before it.
///
/// # Errors
/// Those of the database.
pub async fn well(tx: &mut Tx, host: &str, now: i64) -> Result<()> {
    tx.run(&MARK_WELL, args![host, now]).await.map(drop)
}

/// It sent a verified message: it is tried not later than `try_at`, whatever it failed before, unless it
/// asked us to wait.
///
/// # Errors
/// Those of the database.
pub async fn seen(tx: &mut Tx, host: &str, now: i64, try_at: i64) -> Result<()> {
    tx.run(&SEEN, args![host, now, try_at]).await.map(drop)
}

/// A try failed.
///
/// # Errors
/// Those of the database.
pub async fn failed(tx: &mut Tx, host: &str, failure: &Failure) -> Result<()> {
    let args = args![host, failure.fails, failure.next_at, failure.first_fail_at, failure.state];
    tx.run(&FAILED, args).await.map(drop)
}

/// A try that began at `began` failed now; had the host sent a verified message meanwhile, it is tried not
/// later than `try_at`.
///
/// # Errors
/// Those of the database.
pub async fn heard_meanwhile(tx: &mut Tx, host: &str, (began, now): (i64, i64), try_at: i64) -> Result<()> {
    tx.run(&MEANWHILE, args![host, began, now, try_at]).await.map(drop)
}

/// Tries a host again from a time on, whatever its failures (an operator's wish, a `Retry-After`).
///
/// # Errors
/// Those of the database.
pub async fn retry_at(tx: &mut Tx, host: &str, at: i64) -> Result<()> {
    tx.run(&RETRY, args![host, at]).await.map(drop)
}

/// When the next host with something waiting may be claimed; `None` when nothing waits.
///
/// # Errors
/// Those of the database.
pub async fn next_at(db: &Db) -> Result<Option<i64>> {
    Ok(db.first::<(Option<i64>,)>(&NEXT_AT, args![]).await?.and_then(|(at,)| at))
}

/// Sets what is allowed to a host (allowed, limited, blocked) and why.
///
/// # Errors
/// Those of the database.
pub async fn set_policy(tx: &mut Tx, host: &str, policy: &str, reason: Option<&str>) -> Result<()> {
    ensure(tx, host).await?;
    tx.run(&POLICY, args![host, policy, reason]).await.map(drop)
}

/// Writes down what was learned of a host.
///
/// # Errors
/// Those of the database.
pub async fn describe(tx: &mut Tx, host: &str, what: &Description<'_>) -> Result<()> {
    ensure(tx, host).await?;
    tx.run(&DESCRIBE, args![host, what.software, what.parvis, what.relay]).await.map(drop)
}

/// Writes down how far catching up with a peer came.
///
/// # Errors
/// Those of the database.
pub async fn synced(tx: &mut Tx, host: &str, changes_since: i64, now: i64) -> Result<()> {
    tx.run(&SYNCED, args![host, changes_since, now]).await.map(drop)
}

/// Forgets hosts not heard of since a time, with which nothing is left to do (threats D16); gives how many.
///
/// # Errors
/// Those of the database.
pub async fn forget_strangers(tx: &mut Tx, before: i64) -> Result<u64> {
    tx.run(&FORGET, args![before]).await
}
