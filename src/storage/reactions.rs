//! Likes and boosts of our records by others, one of each per actor.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO reactions (actor, object, kind, activity, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (actor, object, kind) DO UPDATE SET activity = excluded.activity, at = excluded.at";
    REMOVE = "DELETE FROM reactions WHERE actor = $1 AND object = $2 AND kind = $3";
    REMOVE_ACTIVITY = "DELETE FROM reactions WHERE actor = $1 AND activity = $2";
    REMOVE_ACTOR = "DELETE FROM reactions WHERE actor = $1";
    OF_OBJECT = "SELECT * FROM reactions WHERE object = $1 AND kind = $2 AND actor > $3 ORDER BY actor LIMIT $4";
    COUNTS = "SELECT object, kind, count(*) AS total FROM reactions WHERE object IN (SELECT value FROM json_each($1))
        GROUP BY object, kind ORDER BY object, kind",
        pg = "SELECT object, kind, count(*) AS total FROM reactions
        WHERE object IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
        GROUP BY object, kind ORDER BY object, kind";
}

/// A like or a boost.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Reaction {
    /// Who.
    pub actor: String,
    /// On what.
    pub object: String,
    /// `Like` or `Announce`.
    pub kind: String,
    /// Id of the activity.
    pub activity: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// How many reactions of a kind an object has.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Tally {
    /// Which object.
    pub object: String,
    /// `Like` or `Announce`.
    pub kind: String,
    /// How many.
    pub total: i64,
}

/// Puts a reaction; the same actor's second one of a kind replaces the first.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, reaction: &Reaction) -> Result<()> {
    let args = args![&reaction.actor, &reaction.object, &reaction.kind, &reaction.activity, reaction.at];
    tx.run(&PUT, args).await.map(drop)
}

/// Takes a reaction back; `false` when there was none.
///
/// # Errors
/// Those of the database.
pub async fn remove(tx: &mut Tx, actor: &str, object: &str, kind: &str) -> Result<bool> {
    Ok(tx.run(&REMOVE, args![actor, object, kind]).await? > 0)
}

/// Takes back the reaction an actor made with an activity; `false` when there was none.
///
/// # Errors
/// Those of the database.
pub async fn remove_activity(tx: &mut Tx, actor: &str, activity: &str) -> Result<bool> {
    Ok(tx.run(&REMOVE_ACTIVITY, args![actor, activity]).await? > 0)
}

/// Takes back everything an actor that is gone did.
///
/// # Errors
/// Those of the database.
pub async fn remove_actor(tx: &mut Tx, actor: &str) -> Result<u64> {
    tx.run(&REMOVE_ACTOR, args![actor]).await
}

/// The reactions of a kind to an object, actors beyond `after`, by actor.
///
/// # Errors
/// Those of the database.
pub async fn of_object(db: &Db, object: &str, kind: &str, after: &str, limit: i64) -> Result<Vec<Reaction>> {
    db.all(&OF_OBJECT, args![object, kind, after, limit]).await
}

/// How many of each kind the objects have; those without are absent.
///
/// # Errors
/// Those of the database.
pub async fn counts(db: &Db, objects: &[impl AsRef<str> + Sync]) -> Result<Vec<Tally>> {
    db.all(&COUNTS, args![&json_list(objects)]).await
}
