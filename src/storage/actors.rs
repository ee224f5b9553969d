//! Actors, ours and others': where they are reached and what they declare. Their versions are in the
//! register; this is the current state.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO actors (uri, handle, host, kind, role, ours, name, city, feed, inbox, shared_inbox, outbox,
            followers, url, parvis, document, fetched_at, gone_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (uri) DO UPDATE SET handle = excluded.handle, kind = excluded.kind, role = excluded.role,
            ours = excluded.ours, name = excluded.name, city = excluded.city, feed = excluded.feed,
            inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, outbox = excluded.outbox,
            followers = excluded.followers, url = excluded.url, parvis = excluded.parvis,
            document = excluded.document, fetched_at = excluded.fetched_at, gone_at = excluded.gone_at";
    GET = "SELECT * FROM actors WHERE uri = $1";
    BY_HANDLE = "SELECT * FROM actors WHERE ours AND handle = $1";
    BY_ROLE = "SELECT * FROM actors WHERE ours AND role = $1 ORDER BY handle, uri";
    OURS = "SELECT * FROM actors WHERE ours ORDER BY handle, uri";
    KNOWN = "SELECT * FROM actors WHERE NOT ours AND uri > $1 ORDER BY uri LIMIT $2";
    SPEAKERS = "SELECT a.*, (SELECT max(r.published) FROM records r WHERE r.author = a.uri AND NOT r.withdrawn) AS latest
        FROM actors a WHERE a.gone_at IS NULL
            AND (a.ours OR a.host IN (SELECT host FROM hosts WHERE parvis AND policy <> 'blocked')) ORDER BY a.uri";
    BY_HOST = "SELECT * FROM actors WHERE host = $1 ORDER BY uri";
    BY_URIS = "SELECT * FROM actors WHERE uri IN (SELECT value FROM json_each($1)) ORDER BY uri",
        pg = "SELECT * FROM actors WHERE uri IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY uri";
    FORGET = "DELETE FROM actors WHERE NOT ours AND fetched_at < $1
            AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = actors.host AND h.parvis)
            AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower = actors.uri)
            AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.followed = actors.uri)
            AND NOT EXISTS (SELECT 1 FROM replies r WHERE r.author = actors.uri)
            AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.actor = actors.uri)
            AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.author = actors.uri)
            AND NOT EXISTS (SELECT 1 FROM links l WHERE l.target = actors.uri)";
    FORGET_KEYS = "DELETE FROM keys WHERE secret IS NULL
            AND NOT EXISTS (SELECT 1 FROM actors a WHERE a.uri = keys.actor)
            AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.author = keys.actor)";
    GONE = "UPDATE actors SET gone_at = $2 WHERE uri = $1 AND gone_at IS NULL";
    SENDER = "SELECT a.*,
            EXISTS (SELECT 1 FROM hosts WHERE policy = 'blocked' AND host IN (SELECT value FROM json_each($2))) AS blocked,
            EXISTS (SELECT 1 FROM hosts WHERE policy = 'limited' AND host = $3) AS limited,
            (SELECT last_seen_at FROM hosts WHERE host = $3 AND state = 0) AS heard_at,
            EXISTS (SELECT 1 FROM received WHERE activity = $4 AND actor = $1) AS known
        FROM (SELECT 1 AS one) x LEFT JOIN actors a ON a.uri = $1",
        pg = "SELECT a.*,
            EXISTS (SELECT 1 FROM hosts WHERE policy = 'blocked'
                AND host IN (SELECT value FROM jsonb_array_elements_text(CAST($2 AS TEXT)::jsonb))) AS blocked,
            EXISTS (SELECT 1 FROM hosts WHERE policy = 'limited' AND host = $3) AS limited,
            (SELECT last_seen_at FROM hosts WHERE host = $3 AND state = 0) AS heard_at,
            EXISTS (SELECT 1 FROM received WHERE activity = $4 AND actor = $1) AS known
        FROM (SELECT 1 AS one) x LEFT JOIN actors a ON a.uri = $1";
}

/// An actor.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Actor {
    /// Id.
    pub uri: String,
    /// `preferredUsername`; unique among ours.
    pub handle: String,
    /// Authority of the id.
    pub host: String,
    /// Person, Organization, Group, Application or Service.
    pub kind: String,
    /// Of ours: relay, mairie, council or feed.
    pub role: Option<String>,
    /// Whether we hold its key.
    pub ours: bool,
    /// Display name.
    pub name: String,
    /// `parvis:city`.
    pub city: Option<String>,
    /// `parvis:feed`.
    pub feed: Option<String>,
    /// Where it is reached.
    pub inbox: String,
    /// Where all of its server are reached at once.
    pub shared_inbox: Option<String>,
    /// Its outbox collection.
    pub outbox: Option<String>,
    /// Its followers collection.
    pub followers: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Whether it declares `implements` `https://w3id.org/parvis/v1`.
    pub parvis: bool,
    /// Its document, exactly as written or received.
    pub document: String,
    /// When it was fetched or written.
    pub fetched_at: i64,
    /// When its server answered 410 or it deleted itself.
    pub gone_at: Option<i64>,
}

/// An actor of a Parvis node, and when it last published something that is here.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Known {
    /// The actor.
    #[sqlx(flatten)]
    pub actor: Actor,
    /// The date of its latest record.
    pub latest: Option<String>,
}

/// All that is known of whoever sends a message, in one read.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// The actor, if it is known.
    pub actor: Option<Actor>,
    /// What is known of its host, and of the message.
    pub standing: Standing,
}

/// What is known of a sender's host, and of its message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Standing {
    /// Whether its host, or one above it, is blocked.
    pub blocked: bool,
    /// Whether its host is limited.
    pub limited: bool,
    /// When its host was last heard, if it is well.
    pub heard_at: Option<i64>,
    /// Whether the message was handled before: a cheap answer before any work, not the one that decides.
    pub known: bool,
}

impl<'r, R: Row> FromRow<'r, R> for Sender
where
    Actor: FromRow<'r, R>,
    Standing: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let known = row.try_get::<Option<String>, _>("uri")?.is_some();
        let actor = if known { Some(Actor::from_row(row)?) } else { None };
        Ok(Self { actor, standing: Standing::from_row(row)? })
    }
}

impl Actor {
    /// Where to deliver to it: the shared inbox when there is one at its own authority.
    #[must_use]
    pub fn delivery_inbox(&self) -> &str {
        let here = format!("://{}/", self.host);
        self.shared_inbox.as_deref().filter(|inbox| inbox.contains(&here)).unwrap_or(&self.inbox)
    }
}

/// Puts an actor, over what was known of it.
///
/// # Errors
/// `Conflict` when another actor of ours has that handle.
pub async fn put(tx: &mut Tx, actor: &Actor) -> Result<()> {
    let args = args![
        &actor.uri,
        &actor.handle,
        &actor.host,
        &actor.kind,
        &actor.role,
        actor.ours,
        &actor.name,
        &actor.city,
        &actor.feed,
        &actor.inbox,
        &actor.shared_inbox,
        &actor.outbox,
        &actor.followers,
        &actor.url,
        actor.parvis,
        &actor.document,
        actor.fetched_at,
        actor.gone_at
    ];
    tx.run(&PUT, args).await.map(drop)
}

/// The actor of that id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, uri: &str) -> Result<Option<Actor>> {
    db.first(&GET, args![uri]).await
}

/// What is known of the sender `uri` of the message `activity`; `names` are those under which its host may
/// be blocked, `host` is the first of them.
///
/// # Errors
/// Those of the database.
pub async fn sender(db: &Db, uri: &str, names: &[&str], host: &str, activity: &str) -> Result<Sender> {
    let sender = db.first(&SENDER, args![uri, &json_list(names), host, activity]).await?;
    Ok(sender.unwrap_or_default())
}

/// The actor of that id, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, uri: &str) -> Result<Option<Actor>> {
    tx.first(&GET, args![uri]).await
}

/// Our actor of that handle.
///
/// # Errors
/// Those of the database.
pub async fn by_handle(db: &Db, handle: &str) -> Result<Option<Actor>> {
    db.first(&BY_HANDLE, args![handle]).await
}

/// Our actor of that handle, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn by_handle_in(tx: &mut Tx, handle: &str) -> Result<Option<Actor>> {
    tx.first(&BY_HANDLE, args![handle]).await
}

/// Our actors of a role, by handle.
///
/// # Errors
/// Those of the database.
pub async fn by_role(db: &Db, role: &str) -> Result<Vec<Actor>> {
    db.all(&BY_ROLE, args![role]).await
}

/// Our actors of a role, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn by_role_in(tx: &mut Tx, role: &str) -> Result<Vec<Actor>> {
    tx.all(&BY_ROLE, args![role]).await
}

/// Our actors, by handle.
///
/// # Errors
/// Those of the database.
pub async fn ours(db: &Db) -> Result<Vec<Actor>> {
    db.all(&OURS, args![]).await
}

/// Other servers' actors with an id beyond `after`, by id.
///
/// # Errors
/// Those of the database.
pub async fn known(db: &Db, after: &str, limit: i64) -> Result<Vec<Actor>> {
    db.all(&KNOWN, args![after, limit]).await
}

/// The actors of this node and of its peers that are not blocked, by id.
///
/// # Errors
/// Those of the database.
pub async fn speakers(db: &Db) -> Result<Vec<Known>> {
    db.all(&SPEAKERS, args![]).await
}

/// The actors of a host, by id.
///
/// # Errors
/// Those of the database.
pub async fn by_host(db: &Db, host: &str) -> Result<Vec<Actor>> {
    db.all(&BY_HOST, args![host]).await
}

/// Known actors of an authority, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn by_host_in(tx: &mut Tx, host: &str) -> Result<Vec<Actor>> {
    tx.all(&BY_HOST, args![host]).await
}

/// The actors of those ids that are known, by id.
///
/// # Errors
/// Those of the database.
pub async fn by_uris(db: &Db, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<Actor>> {
    db.all(&BY_URIS, args![&json_list(uris)]).await
}

/// The actors of those ids that are known, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn by_uris_in(tx: &mut Tx, uris: &[impl AsRef<str>]) -> Result<Vec<Actor>> {
    tx.all(&BY_URIS, args![&json_list(uris)]).await
}

/// Notes that an actor is gone for good; `false` when that was known or nobody has that id.
///
/// # Errors
/// Those of the database.
pub async fn gone(tx: &mut Tx, uri: &str, now: i64) -> Result<bool> {
    Ok(tx.run(&GONE, args![uri, now]).await? > 0)
}

/// Forgets other servers' actors fetched before a time who left nothing here and are named by nothing, with
/// their keys (threats D16); gives how many. Should one come back, it is fetched again.
///
/// # Errors
/// Those of the database.
pub async fn forget_strangers(tx: &mut Tx, before: i64) -> Result<u64> {
    let forgotten = tx.run(&FORGET, args![before]).await?;
    tx.run(&FORGET_KEYS, args![]).await?;
    Ok(forgotten)
}
