//! Actors that moved: who speaks under another address now, ours and others'. A move is not taken back.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::{
    Result,
    domain::{Instant, moves::Moves},
};

queries! {
    PUT = "INSERT INTO moves (actor, target, ours, at) VALUES ($1, $2, $3, $4) ON CONFLICT (actor)
        DO UPDATE SET at = excluded.at WHERE excluded.target = moves.target AND excluded.at < moves.at";
    EVERY = "SELECT * FROM moves ORDER BY actor";
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

/// Writes a move down, unless that actor moved elsewhere before. Of one that is known the earliest time stays.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, moved: &Move) -> Result<()> {
    tx.run(&PUT, args![&moved.actor, &moved.target, moved.ours, moved.at]).await.map(drop)
}

/// Every move that is known: few, read at once.
///
/// # Errors
/// Those of the database.
pub async fn known(db: &Db) -> Result<Moves> {
    Ok(moves(db.all(&EVERY, args![]).await?))
}

/// The same, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn known_in(tx: &mut Tx) -> Result<Moves> {
    Ok(moves(tx.all(&EVERY, args![]).await?))
}

fn moves(rows: Vec<Move>) -> Moves {
    let since = |row: &Move| Some(Instant::of(jiff::Timestamp::from_millisecond(row.at).ok()?));
    Moves::of(rows.into_iter().filter_map(|row| since(&row).map(|since| (row.actor, row.target, since))))
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
