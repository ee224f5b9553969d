//! Activities of our actors, in the order in which they were said: what outbox collections show and what
//! deliveries carry. The text is sent exactly as it stands here.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    APPEND = "INSERT INTO outbox (seq, activity, actor, kind, object, public, published, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    PAGE = "SELECT * FROM outbox WHERE actor = $1 AND public AND (published, seq) < ($2, $3)
        ORDER BY published DESC, seq DESC LIMIT $4";
    COUNT = "SELECT count(*) FROM outbox WHERE actor = $1 AND public";
    BY_ACTIVITY = "SELECT * FROM outbox WHERE activity = $1";
    OF_OBJECT = "SELECT * FROM outbox WHERE object = $1 ORDER BY seq";
    FORGET_DELIVERIES = "DELETE FROM deliveries WHERE activity IN (SELECT seq FROM outbox
        WHERE object = $1 AND kind IN ('Create', 'Update')
            OR object IN (SELECT activity FROM outbox WHERE object = $1 AND kind IN ('Create', 'Update')))";
    FORGET_ANNOUNCED = "DELETE FROM outbox
        WHERE object IN (SELECT activity FROM outbox WHERE object = $1 AND kind IN ('Create', 'Update'))";
    FORGET = "DELETE FROM outbox WHERE object = $1 AND kind IN ('Create', 'Update')";
    FORGET_PASSED_ON_DELIVERIES = "DELETE FROM deliveries WHERE activity IN (SELECT seq FROM outbox
        WHERE kind = 'Announce' AND document LIKE $1 ESCAPE '!')";
    FORGET_PASSED_ON = "DELETE FROM outbox WHERE kind = 'Announce' AND document LIKE $1 ESCAPE '!'";
    LAST = "SELECT value FROM counters WHERE name = 'activities'";
    BOOSTERS = "SELECT DISTINCT actor FROM outbox WHERE object = $1 AND kind = 'Announce' ORDER BY actor";
}

/// An activity about to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivity {
    /// Its id.
    pub activity: String,
    /// Which of our actors.
    pub actor: String,
    /// Create, Update, Delete, Announce, Follow, Accept …
    pub kind: String,
    /// Id of what it is about.
    pub object: String,
    /// Whether the actor's outbox collection shows it.
    pub public: bool,
    /// RFC 3339, UTC.
    pub published: String,
    /// The activity, exactly as it will be sent.
    pub document: String,
}

/// An activity that was said.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Activity {
    /// Order on this node.
    pub seq: i64,
    /// Its id.
    pub activity: String,
    /// Which of our actors.
    pub actor: String,
    /// Create, Update, Delete, Announce, Follow, Accept …
    pub kind: String,
    /// Id of what it is about.
    pub object: String,
    /// Whether the actor's outbox collection shows it.
    pub public: bool,
    /// RFC 3339, UTC.
    pub published: String,
    /// The activity, exactly as it is sent.
    pub document: String,
}

/// Appends an activity; gives its number, which deliveries refer to.
///
/// # Errors
/// `Conflict` when that id was used already.
pub async fn append(tx: &mut Tx, new: &NewActivity) -> Result<i64> {
    let seq = tx.next_number("activities").await?;
    let args = args![
        seq,
        &new.activity,
        &new.actor,
        &new.kind,
        &new.object,
        new.public,
        &new.published,
        &new.document
    ];
    tx.run(&APPEND, args).await?;
    Ok(seq)
}

/// What an actor said in public, the latest first; what comes after a place (`published`, `seq`), or from
/// the very latest.
///
/// # Errors
/// Those of the database.
pub async fn page(db: &Db, actor: &str, after: Option<(&str, i64)>, limit: i64) -> Result<Vec<Activity>> {
    let (published, seq) = after.unwrap_or(("~", 0));
    db.all(&PAGE, args![actor, published, seq, limit]).await
}

/// How much an actor said in public.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &Db, actor: &str) -> Result<i64> {
    db.count(&COUNT, args![actor]).await
}

/// The activity of that id, public or not.
///
/// # Errors
/// Those of the database.
pub async fn by_activity(db: &Db, activity: &str) -> Result<Option<Activity>> {
    db.first(&BY_ACTIVITY, args![activity]).await
}

/// Every activity about an object, in order.
///
/// # Errors
/// Those of the database.
pub async fn of_object(db: &Db, object: &str) -> Result<Vec<Activity>> {
    db.all(&OF_OBJECT, args![object]).await
}

/// Which of our actors boosted an object: its Update and Delete go to their followers too (register.md
/// rule 22).
///
/// # Errors
/// Those of the database.
pub async fn boosters_in(tx: &mut Tx, object: &str) -> Result<Vec<String>> {
    let actors: Vec<(String,)> = tx.all(&BOOSTERS, args![object]).await?;
    Ok(actors.into_iter().map(|(actor,)| actor).collect())
}

/// Forgets every activity of ours that carries a version of a record, announced ones too, and what was still to be
/// delivered of them. What only names it by its id stays.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &mut Tx, object: &str) -> Result<()> {
    tx.run(&FORGET_DELIVERIES, args![object]).await?;
    tx.run(&FORGET_ANNOUNCED, args![object]).await?;
    tx.run(&FORGET, args![object]).await.map(drop)
}

/// The same of what a Group of ours passed on for others: their activities are not ours, so every announcement is read.
///
/// # Errors
/// Those of the database.
pub async fn forget_passed_on(tx: &mut Tx, object: &str) -> Result<()> {
    let exactly = object.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let carries = format!("%\"id\":\"{exactly}\"%");
    tx.run(&FORGET_PASSED_ON_DELIVERIES, args![&carries]).await?;
    tx.run(&FORGET_PASSED_ON, args![&carries]).await.map(drop)
}

/// The number of the last activity, whichever process said it.
///
/// # Errors
/// Those of the database.
pub async fn last(db: &Db) -> Result<i64> {
    db.count(&LAST, args![]).await
}
