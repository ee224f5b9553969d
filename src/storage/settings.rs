//! Facts of the node, by name: the salt of erasures, the id of its relay actor, recorded settings.

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    GET = "SELECT value FROM settings WHERE name = $1";
    PUT = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    KEEP = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    EVERY = "SELECT name, value FROM settings ORDER BY name";
}

/// The value of a name.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, name: &str) -> Result<Option<String>> {
    Ok(db.first::<(String,)>(&GET, args![name]).await?.map(|(value,)| value))
}

/// The value of a name, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(tx.first::<(String,)>(&GET, args![name]).await?.map(|(value,)| value))
}

/// Sets a value, over the one before.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    tx.run(&PUT, args![name, value]).await.map(drop)
}

/// Sets a value unless there is one; gives the one that holds. For facts chosen once (a salt).
///
/// # Errors
/// Those of the database.
pub async fn put_once(tx: &mut Tx, name: &str, value: &str) -> Result<String> {
    tx.run(&KEEP, args![name, value]).await?;
    Ok(get_in(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}

/// Every name and value, by name.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db) -> Result<Vec<(String, String)>> {
    db.all(&EVERY, args![]).await
}
