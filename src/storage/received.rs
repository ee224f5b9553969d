//! Ids of activities already handled, each with its actor, since an id is only its actor's word: remembered
//! in the transaction of their effect, so that a repeated delivery has no second effect and a crash loses
//! none.

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    REMEMBER = "INSERT INTO received (activity, actor, at) VALUES ($1, $2, $3) ON CONFLICT (activity, actor) DO NOTHING";
    KNOWN = "SELECT actor FROM received WHERE activity = $1 AND actor = $2";
    PURGE = "DELETE FROM received WHERE at < $1";
    COUNT = "SELECT count(*) FROM received";
}

/// Remembers an activity; `false` when it was known already (then there is nothing left to do).
///
/// # Errors
/// Those of the database.
pub async fn remember(tx: &mut Tx, activity: &str, actor: &str, now: i64) -> Result<bool> {
    Ok(tx.run(&REMEMBER, args![activity, actor, now]).await? > 0)
}

/// Whether an activity was handled: a cheap answer before any work, not the one that decides.
///
/// # Errors
/// Those of the database.
pub async fn known(db: &Db, activity: &str, actor: &str) -> Result<bool> {
    Ok(db.first::<(String,)>(&KNOWN, args![activity, actor]).await?.is_some())
}

/// Forgets what came before a time; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn purge(tx: &mut Tx, before: i64) -> Result<u64> {
    tx.run(&PURGE, args![before]).await
}

/// How many ids are remembered.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &Db) -> Result<i64> {
    db.count(&COUNT, args![]).await
}
