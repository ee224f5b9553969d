//! The database: SQLite or PostgreSQL behind one type, reads from many connections, writes in
//! transactions that never start as reads (`BEGIN IMMEDIATE`), faults told apart by what to do about them.

use std::{os::unix::fs::OpenOptionsExt as _, path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    Arguments as _, ConnectOptions as _, Connection as _, FromRow, PgPool, Postgres, Sqlite, SqlitePool,
    Transaction,
    migrate::MigrateError,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};

use super::query::{Arg, Query};
use crate::{Error, Result};

/// How long a caller waits for a connection before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long SQLite waits for the write lock of another process (a backup).
const BUSY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// More than there are registered: each is prepared once per connection.
const STATEMENTS: usize = 400;
const PG_CONNECTIONS: u32 = 10;

/// The open database. Cheap to clone; clones share its connections.
#[derive(Clone, Debug)]
pub struct Db(Engine);

#[derive(Clone, Debug)]
enum Engine {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Pg(PgPool),
}

/// A transaction that may write. Dropped without [`Tx::commit`], it leaves nothing behind. After an error
/// there is nothing to do but drop it: PostgreSQL takes no further statement, so do as if neither did.
#[derive(Debug)]
pub struct Tx(Open);

#[derive(Debug)]
enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// A row that both engines decode.
pub(in crate::storage) trait Decoded:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Decoded for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// `url` is `sqlite:path/to/file` (created with mode 0600 when absent; local disk only, one process)
    /// or `postgres://user:password@host/name`.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be reached, `Internal` when the URL or the schema is not understood
    /// (a database migrated by a newer Parvis is refused).
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_pg(url).await
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else {
            Err(Error::invalid("database.url", "database-url", "sqlite:… / postgres://…"))
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(failed)?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS);
        create_private(options.get_filename())?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone().optimize_on_close(true, None))
            .await
            .map_err(failed)?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await.map_err(not_migrated)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.read_only(true))
            .await
            .map_err(failed)?;
        Ok(Self(Engine::Sqlite { writer, readers }))
    }

    async fn open_pg(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(failed)?.application_name("parvis");
        let options = options.statement_cache_capacity(STATEMENTS);
        let mut migrating = options.connect().await.map_err(failed)?;
        sqlx::migrate!("migrations/postgres").run(&mut migrating).await.map_err(not_migrated)?;
        migrating.close().await.map_err(failed)?;
        let pool = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.options([("lock_timeout", "10s"), ("statement_timeout", "60s")]))
            .await
            .map_err(failed)?;
        Ok(Self(Engine::Pg(pool)))
    }

    /// Begins a transaction that may write; on SQLite it holds the one write lock until it ends, so
    /// nothing slow (no network) belongs inside.
    ///
    /// # Errors
    /// `Unavailable` when the lock or a connection is not free in time.
    pub async fn begin(&self) -> Result<Tx> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Open::Sqlite),
            Engine::Pg(pool) => pool.begin().await.map(Open::Pg),
        }
        .map(Tx)
        .map_err(failed)
    }

    /// Writes one row, for `/readyz`: a database that can be read but not written is not ready.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`, as the write would.
    pub async fn ping(&self, now: i64) -> Result<()> {
        let mut tx = self.begin().await?;
        super::settings::put(&mut tx, "readiness-probe", &now.to_string()).await?;
        tx.commit().await
    }

    /// Copies a SQLite database, whole and consistent, to a new file (mode 0600) while it is in use.
    ///
    /// # Errors
    /// `Conflict` when the file exists or the engine is PostgreSQL (`pg_dump` is its tool).
    pub async fn snapshot(&self, to: &Path) -> Result<()> {
        let Engine::Sqlite { readers, .. } = &self.0 else {
            return Err(Error::conflict("snapshot: PostgreSQL is copied with pg_dump"));
        };
        if to.exists() {
            return Err(Error::conflict(format!("{} exists", to.display())));
        }
        create_private(to)?;
        sqlx::query("VACUUM INTO $1")
            .bind(to.to_string_lossy().into_owned())
            .execute(readers)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Pg(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self.0 {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Pg(_) => "postgres",
        }
    }

    /// Prepares every registered statement on this database: names those whose tables, columns or
    /// parameters do not exist. Run by a test on both engines, and by `parvis doctor`.
    ///
    /// # Errors
    /// `Internal`, with the name of the statement.
    pub async fn prepare_all(&self) -> Result<usize> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        let mut count = 0;
        for query in super::registered() {
            let named = |error: sqlx::Error| {
                Error::internal(anyhow::Error::new(error).context(format!("statement {}", query.name)))
            };
            match &self.0 {
                Engine::Sqlite { readers, .. } => {
                    readers.prepare(query.sqlite.into_sql_str()).await.map(drop).map_err(named)?;
                }
                Engine::Pg(pool) => pool.prepare(query.pg.into_sql_str()).await.map(drop).map_err(named)?,
            }
            count += 1;
        }
        Ok(count)
    }

    /// Every row of a read.
    pub(in crate::storage) async fn all<T: Decoded>(
        &self,
        query: &Query,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>> {
        match &self.0 {
            Engine::Sqlite { readers, .. } => {
                sqlx::query_as_with(query.sqlite, for_sqlite(args)?).fetch_all(readers).await
            }
            Engine::Pg(pool) => sqlx::query_as_with(query.pg, for_pg(args)?).fetch_all(pool).await,
        }
        .map_err(|error| failed_at(query, error))
    }

    /// The only row of a read, if there is one.
    pub(in crate::storage) async fn first<T: Decoded>(
        &self,
        query: &Query,
        args: &[Arg<'_>],
    ) -> Result<Option<T>> {
        match &self.0 {
            Engine::Sqlite { readers, .. } => {
                sqlx::query_as_with(query.sqlite, for_sqlite(args)?).fetch_optional(readers).await
            }
            Engine::Pg(pool) => sqlx::query_as_with(query.pg, for_pg(args)?).fetch_optional(pool).await,
        }
        .map_err(|error| failed_at(query, error))
    }

    /// The one value of a read that always has one (a count).
    pub(in crate::storage) async fn count(&self, query: &Query, args: &[Arg<'_>]) -> Result<i64> {
        Ok(self.first::<(i64,)>(query, args).await?.map_or(0, |(n,)| n))
    }
}

impl Tx {
    /// Makes it so: what was written survives a crash from here on.
    ///
    /// # Errors
    /// `Unavailable` (disk full, connection lost): nothing was written, except that a connection lost at
    /// this very moment leaves it open; ids make trying again harmless.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Open::Sqlite(tx) => tx.commit().await,
            Open::Pg(tx) => tx.commit().await,
        }
        .map_err(failed)
    }

    /// Undoes everything since [`Db::begin`], now rather than when dropped.
    ///
    /// # Errors
    /// `Unavailable` when the connection is lost (nothing was written then either).
    pub async fn rollback(self) -> Result<()> {
        match self.0 {
            Open::Sqlite(tx) => tx.rollback().await,
            Open::Pg(tx) => tx.rollback().await,
        }
        .map_err(failed)
    }

    /// Runs a write; how many rows it touched.
    pub(in crate::storage) async fn run(&mut self, query: &Query, args: &[Arg<'_>]) -> Result<u64> {
        match &mut self.0 {
            Open::Sqlite(tx) => sqlx::query_with(query.sqlite, for_sqlite(args)?)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Open::Pg(tx) => sqlx::query_with(query.pg, for_pg(args)?)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        }
        .map_err(|error| failed_at(query, error))
    }

    /// Every row of a read, or of a write with `RETURNING`.
    pub(in crate::storage) async fn all<T: Decoded>(
        &mut self,
        query: &Query,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>> {
        match &mut self.0 {
            Open::Sqlite(tx) => {
                sqlx::query_as_with(query.sqlite, for_sqlite(args)?).fetch_all(&mut **tx).await
            }
            Open::Pg(tx) => sqlx::query_as_with(query.pg, for_pg(args)?).fetch_all(&mut **tx).await,
        }
        .map_err(|error| failed_at(query, error))
    }

    /// The only row, if there is one.
    pub(in crate::storage) async fn first<T: Decoded>(
        &mut self,
        query: &Query,
        args: &[Arg<'_>],
    ) -> Result<Option<T>> {
        Ok(self.all(query, args).await?.into_iter().next())
    }

    /// The next number of a counter (`changes`, `activities`). Its row stays locked until the transaction
    /// ends, so numbers become visible in their order and a reader that pages by them misses none.
    pub(in crate::storage) async fn next_number(&mut self, counter: &str) -> Result<i64> {
        let next: Option<(i64,)> = self.first(&NEXT_NUMBER, args![counter]).await?;
        next.map(|(n,)| n).ok_or_else(|| Error::internal(anyhow::anyhow!("no counter {counter}")))
    }
}

use super::query::{args, queries};

queries! {
    NEXT_NUMBER = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
}

fn for_sqlite(args: &[Arg<'_>]) -> Result<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    for arg in args {
        match *arg {
            Arg::Text(value) => bound.add(value),
            Arg::Int(value) => bound.add(value),
            Arg::Flag(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
        }
        .map_err(|error| Error::internal(anyhow::anyhow!(error)))?;
    }
    Ok(bound)
}

fn for_pg(args: &[Arg<'_>]) -> Result<PgArguments> {
    let mut bound = PgArguments::default();
    for arg in args {
        match *arg {
            Arg::Text(value) => bound.add(value),
            Arg::Int(value) => bound.add(value),
            Arg::Flag(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
        }
        .map_err(|error| Error::internal(anyhow::anyhow!(error)))?;
    }
    Ok(bound)
}

/// Creates the file with the rights of its owner alone; SQLite gives its log the same.
fn create_private(file: &Path) -> Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    made.map(drop).map_err(|error| {
        Error::internal(anyhow::Error::new(error).context(format!("cannot create {}", file.display())))
    })
}

fn failed_at(query: &Query, error: sqlx::Error) -> Error {
    match failed(error) {
        Error::Internal(inner) => Error::Internal(inner.context(format!("statement {}", query.name))),
        told => told,
    }
}

fn not_migrated(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => {
            Error::internal(anyhow::Error::new(other).context("the schema could not be brought up to date"))
        }
    }
}

/// What a fault of the database means for the one who asked.
fn failed(error: sqlx::Error) -> Error {
    let unavailable = |why: &str, seconds| Error::Unavailable {
        why: format!("database {why}"),
        retry_after: Duration::from_secs(seconds),
    };
    match &error {
        sqlx::Error::PoolTimedOut => unavailable("busy", 2),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => unavailable("closed", 10),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => unavailable("unreachable", 10),
        sqlx::Error::Database(fault) if fault.is_unique_violation() => {
            Error::conflict(fault.constraint().map_or_else(|| fault.message().to_owned(), ToOwned::to_owned))
        }
        sqlx::Error::Database(fault) => match transient(&fault.code().unwrap_or_default()) {
            Some((why, seconds)) => unavailable(why, seconds),
            None => Error::internal(error),
        },
        _ => Error::internal(error),
    }
}

/// Faults that pass: the reason and the seconds to wait. PostgreSQL codes have five characters (SQLSTATE),
/// those of SQLite are numbers whose low byte tells the family.
fn transient(code: &str) -> Option<(&'static str, u64)> {
    if code.len() == 5 {
        return match &code[..2] {
            "08" | "57" => Some(("unreachable", 10)),
            "40" | "55" => Some(("busy", 2)),
            "53" => Some(("full", 60)),
            "58" => Some(("failing", 60)),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => Some(("busy", 2)),
        13 => Some(("full", 60)),
        8 | 10 | 14 => Some(("not writable", 60)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_pass_are_told_from_faults_of_ours() {
        assert_eq!(transient("517"), Some(("busy", 2)), "SQLITE_BUSY_SNAPSHOT");
        assert_eq!(transient("13"), Some(("full", 60)), "SQLITE_FULL");
        assert_eq!(transient("53100"), Some(("full", 60)), "disk_full");
        assert_eq!(transient("40P01"), Some(("busy", 2)), "deadlock_detected");
        assert_eq!(transient("1"), None, "an error in the statement");
        assert_eq!(transient("42703"), None, "undefined_column");
    }
}
