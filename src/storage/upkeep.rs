//! The database as those who run it look at it: what it holds, whether it is sound, how it is restored.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, FromRow, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Db, Tx,
    db::{BUSY, Engine},
    fault::failed,
    query::{args, queries},
};
use crate::Result;

queries! {
    HOLDINGS = "SELECT (SELECT count(*) FROM actors WHERE ours) AS actors,
        (SELECT count(*) FROM versions WHERE ours) AS published,
        (SELECT count(*) FROM versions WHERE NOT ours) AS received,
        (SELECT count(*) FROM follows WHERE NOT ours AND state = 'accepted') AS followers,
        (SELECT count(*) FROM replies) AS replies,
        (SELECT count(*) FROM drafts) AS drafts,
        (SELECT count(*) FROM deliveries WHERE state = 0) AS waiting,
        (SELECT count(*) FROM media) AS media,
        (SELECT count(*) FROM keys WHERE secret LIKE 'sealed:%') AS sealed_keys,
        (SELECT count(*) FROM keys WHERE secret LIKE 'plain:%') AS plain_keys";
    SKIP_NUMBERS = "UPDATE counters SET value = value + $1";
    WAITING = "SELECT count(*) AS total, min(created_at) AS oldest_at FROM deliveries WHERE state = 0";
    SLOWEST = "SELECT d.host, count(*) AS total, min(d.created_at) AS oldest_at FROM deliveries d
        WHERE d.state = 0 GROUP BY d.host ORDER BY min(d.created_at), d.host LIMIT $1";
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Holdings {
    /// Our actors.
    pub actors: i64,
    /// Versions by our authors.
    pub published: i64,
    /// Versions by others.
    pub received: i64,
    /// Followers of our actors.
    pub followers: i64,
    /// Citizens' replies.
    pub replies: i64,
    /// Drafts.
    pub drafts: i64,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Attached files.
    pub media: i64,
    /// Private keys that are sealed.
    pub sealed_keys: i64,
    /// Private keys in plain form.
    pub plain_keys: i64,
}

impl Holdings {
    /// Whether a node lives here already.
    #[must_use]
    pub const fn is_something(&self) -> bool {
        self.actors + self.published + self.received + self.drafts > 0
    }
}

/// What waits to be sent, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Rows.
    pub total: i64,
    /// The oldest of them.
    pub oldest_at: Option<i64>,
}

/// What waits for one host.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HostWaiting {
    /// The authority.
    pub host: String,
    /// Rows.
    pub total: i64,
    /// The oldest of them.
    pub oldest_at: i64,
}

impl Db {
    /// Opens a SQLite file that nothing else writes, to read it alone.
    ///
    /// # Errors
    /// `Internal` when it is no database.
    pub async fn open_copy(file: &Path) -> Result<Self> {
        Self::reading(SqliteConnectOptions::new().filename(file).immutable(true)).await
    }

    /// Opens a SQLite file that may be in use, to read it alone.
    ///
    /// # Errors
    /// `Internal` when it is no database, `Unavailable` when it is locked.
    pub async fn open_reading(file: &Path) -> Result<Self> {
        Self::reading(SqliteConnectOptions::new().filename(file).busy_timeout(BUSY)).await
    }

    async fn reading(options: SqliteConnectOptions) -> Result<Self> {
        let options = options.read_only(true).create_if_missing(false);
        Self::over(options.clone(), options, false).await
    }

    /// What is wrong with a SQLite file, page by page; PostgreSQL looks after itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        let Engine::Sqlite { readers, .. } = &self.engine else { return Ok(Vec::new()) };
        let mut reader = readers.lend().await.map_err(failed)?;
        let asked = sqlx::query_scalar("PRAGMA integrity_check");
        let told: Vec<String> = asked.fetch_all(&mut reader.connection).await.map_err(failed)?;
        reader.done();
        Ok(told.into_iter().filter(|line| line != "ok").collect())
    }

    /// Folds the log of a SQLite database into its file and empties it, so that what was erased is in neither. Done
    /// over a connection of its own, between the transactions of the others.
    ///
    /// # Errors
    /// `Unavailable` when the database is busy: the log is folded later then.
    pub async fn fold(file: &Path) -> Result<()> {
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(BUSY);
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
        folded.map_err(failed)?;
        connection.close().await.map_err(failed)
    }

    /// Renames the tables of a PostgreSQL database out of the way, into a schema of that name.
    ///
    /// # Errors
    /// `Internal` when the role may not.
    pub async fn set_aside(&self, name: &str) -> Result<()> {
        let Engine::Pg(pool) = &self.engine else { return Ok(()) };
        let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let mut tx = pool.begin().await.map_err(failed)?;
        for statement in [format!("ALTER SCHEMA public RENAME TO {plain}"), "CREATE SCHEMA public".to_owned()]
        {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }
}

/// How much of everything there is.
///
/// # Errors
/// Those of the database.
pub async fn holdings(db: &Db) -> Result<Holdings> {
    Ok(db.first(&HOLDINGS, args![]).await?.unwrap_or_default())
}

/// Leaves out numbers of our own counters: after a restore, none that was used since the backup comes again, so
/// that peers that page by them miss nothing.
///
/// # Errors
/// Those of the database.
pub async fn skip_numbers(tx: &mut Tx, by: i64) -> Result<()> {
    tx.run(&SKIP_NUMBERS, args![by]).await.map(drop)
}

/// What waits to be sent, in all.
///
/// # Errors
/// Those of the database.
pub async fn waiting(db: &Db) -> Result<Waiting> {
    Ok(db.first(&WAITING, args![]).await?.unwrap_or(Waiting { total: 0, oldest_at: None }))
}

/// The hosts for which something waits longest.
///
/// # Errors
/// Those of the database.
pub async fn slowest(db: &Db, limit: i64) -> Result<Vec<HostWaiting>> {
    db.all(&SLOWEST, args![limit]).await
}
