//! Actors that moved: who speaks under another address now, ours and others'. A move is not taken back.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO moves (actor, target, ours, at) VALUES ($1, $2, $3, $4) ON CONFLICT (actor) DO NOTHING";
    GET = "SELECT * FROM moves WHERE actor = $1";
}

/// A move.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Move {
    /// Id under which it spoke.
    pub actor: String,
    /// Id under which it speaks.
    pub target: String,
    /// Whether it is an actor of this node.
    pub ours: bool,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Writes a move down, unless that actor moved before.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, moved: &Move) -> Result<bool> {
    Ok(tx.run(&PUT, args![&moved.actor, &moved.target, moved.ours, moved.at]).await? > 0)
}

/// Where an actor went.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, actor: &str) -> Result<Option<Move>> {
    db.first(&GET, args![actor]).await
}

/// The same, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, actor: &str) -> Result<Option<Move>> {
    tx.first(&GET, args![actor]).await
}
