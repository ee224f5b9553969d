//! The database: SQLite or PostgreSQL behind one type, reads from many connections, writes in
//! transactions that never start as reads (`BEGIN IMMEDIATE`).

use std::{
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Arguments as _, ConnectOptions as _, Connection as _, FromRow, PgPool, Postgres, Transaction,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow,
        SqliteSynchronous,
    },
};

use super::{
    fault::{failed, failed_at, lost},
    query::{Arg, Query, Write},
    schema,
    script::Script,
    sqlite::{NotWritten, PATIENCE, Readers, Turn, Writer},
};
use crate::{Error, Result};

/// How long SQLite waits for the write lock of another process. A message may wait for it twice, once for what
/// others wrote and once for its own turn, and is to be told within five seconds (R8).
pub(super) const BUSY: Duration = Duration::from_secs(2);
/// More than there are registered: each is prepared once per connection.
const STATEMENTS: usize = 400;
const PG_CONNECTIONS: u32 = 10;

/// The open database. Cheap to clone; clones share its connections.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) engine: Engine,
    commits: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
pub(super) enum Engine {
    Sqlite { writer: Writer, readers: Arc<Readers> },
    Pg(PgPool),
}

/// A transaction that may write. Dropped without [`Tx::commit`], it leaves nothing behind. After an error
/// there is nothing to do but drop it: PostgreSQL takes no further statement, so do as if neither did.
#[derive(Debug)]
pub struct Tx {
    open: Open,
    commits: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Open {
    Sqlite(Turn),
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
    /// `Unavailable` when it cannot be reached, `Internal` when the URL or the schema is not understood,
    /// `Invalid` (`schema-newer`) when a newer Parvis brought it further (threats R14).
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_with(url, true).await
    }

    /// Opens the database and leaves its schema as it is.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_as_it_is(url: &str) -> Result<Self> {
        Self::open_with(url, false).await
    }

    async fn open_with(url: &str, migrate: bool) -> Result<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_pg(url, migrate).await
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url, migrate).await
        } else {
            Err(Error::invalid("database.url", "database-url", "sqlite:… / postgres://…"))
        }
    }

    async fn open_sqlite(url: &str, migrate: bool) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(failed)?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS);
        create_private(options.get_filename())?;
        let reading = options.clone().read_only(true);
        Self::over(reading, options.optimize_on_close(true, None), migrate).await
    }

    /// A SQLite database, read and written with these options.
    pub(super) async fn over(
        reading: SqliteConnectOptions,
        writing: SqliteConnectOptions,
        migrate: bool,
    ) -> Result<Self> {
        let mut connection = SqliteConnection::connect_with(&writing).await.map_err(failed)?;
        if migrate {
            schema::bring_sqlite(&mut connection, writing.get_filename()).await?;
        }
        let commits = Arc::<AtomicU64>::default();
        let writer = Writer::start(connection, writing, Arc::clone(&commits));
        Ok(Self { engine: Engine::Sqlite { writer, readers: Arc::new(Readers::new(reading)) }, commits })
    }

    async fn open_pg(url: &str, migrate: bool) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(failed)?.application_name("parvis");
        let options = options.statement_cache_capacity(STATEMENTS);
        if migrate {
            let mut migrating = options.connect().await.map_err(failed)?;
            schema::bring_pg(&mut migrating).await?;
            migrating.close().await.map_err(failed)?;
        }
        let pool = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.options([("lock_timeout", "10s"), ("statement_timeout", "60s")]))
            .await
            .map_err(failed)?;
        Ok(Self { engine: Engine::Pg(pool), commits: Arc::default() })
    }

    /// Begins a transaction that may write; on SQLite it holds the one write lock until it ends, so
    /// nothing slow (no network) belongs inside. There it may share its `COMMIT` with others who wait: what
    /// it reads of theirs is certain once it has ended with [`Tx::commit`] or [`Tx::rollback`], or
    /// [`Db::settled`] has come back.
    ///
    /// # Errors
    /// `Unavailable` when the lock or a connection is not free in time.
    pub async fn begin(&self) -> Result<Tx> {
        let open = match &self.engine {
            Engine::Sqlite { writer, .. } => writer.turn().await.map(Open::Sqlite),
            Engine::Pg(pool) => pool.begin().await.map(Open::Pg),
        };
        Ok(Tx { open: open.map_err(failed)?, commits: Arc::clone(&self.commits) })
    }

    /// Waits until what other transactions wrote before is on the disk. Whoever gives an answer that rests
    /// on what a dropped transaction read asks this first.
    ///
    /// # Errors
    /// `Unavailable` when it was lost: what was read then never was.
    pub async fn settled(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => {
                writer.settled().await.map_err(failed)?.map_err(|error| lost(&error))
            }
            Engine::Pg(_) => Ok(()),
        }
    }

    /// A number that grows with every commit of this process, before anybody is told of it: what was read
    /// is still what is there as long as the number is.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
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

    /// What is wrong with a SQLite file, if anything is: every page is read. PostgreSQL checks its own.
    ///
    /// # Errors
    /// `Unavailable` when it is too damaged to be read at all.
    pub async fn damage(&self) -> Result<Option<String>> {
        let told: Option<(String,)> = self.first(&QUICK_CHECK, args![]).await?;
        Ok(told.map(|(word,)| word).filter(|word| word != "ok"))
    }

    /// Copies a SQLite database, whole and consistent, to a new file (mode 0600) while it is in use.
    ///
    /// # Errors
    /// `Conflict` when the file exists or the engine is PostgreSQL (`pg_dump` is its tool).
    pub async fn snapshot(&self, to: &Path) -> Result<()> {
        let Engine::Sqlite { readers, .. } = &self.engine else {
            return Err(Error::conflict("snapshot: PostgreSQL is copied with pg_dump"));
        };
        if to.exists() {
            return Err(Error::conflict(format!("{} exists", to.display())));
        }
        create_private(to)?;
        let mut reader = readers.lend().await.map_err(failed)?;
        let copy = sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned());
        copy.execute(&mut reader.connection).await.map_err(failed)?;
        reader.done();
        Ok(())
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) {
        match &self.engine {
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
        match self.engine {
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
            match &self.engine {
                Engine::Sqlite { readers, .. } => {
                    let mut reader = readers.lend().await.map_err(failed)?;
                    let prepared = reader.connection.prepare(query.sqlite.into_sql_str()).await;
                    prepared.map(drop).map_err(named)?;
                    reader.done();
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
        let rows = match &self.engine {
            Engine::Sqlite { readers, .. } => {
                let mut reader = readers.lend().await.map_err(failed)?;
                let read = sqlx::query_as_with(query.sqlite, for_sqlite(args)?);
                let rows = read.fetch_all(&mut reader.connection).await;
                if rows.is_ok() {
                    reader.done();
                }
                rows
            }
            Engine::Pg(pool) => sqlx::query_as_with(query.pg, for_pg(args)?).fetch_all(pool).await,
        };
        rows.map_err(|error| failed_at(query, error))
    }

    /// The only row of a read, if there is one.
    pub(in crate::storage) async fn first<T: Decoded>(
        &self,
        query: &Query,
        args: &[Arg<'_>],
    ) -> Result<Option<T>> {
        let row = match &self.engine {
            Engine::Sqlite { readers, .. } => {
                let mut reader = readers.lend().await.map_err(failed)?;
                let read = sqlx::query_as_with(query.sqlite, for_sqlite(args)?);
                let row = read.fetch_optional(&mut reader.connection).await;
                if row.is_ok() {
                    reader.done();
                }
                row
            }
            Engine::Pg(pool) => sqlx::query_as_with(query.pg, for_pg(args)?).fetch_optional(pool).await,
        };
        row.map_err(|error| failed_at(query, error))
    }

    /// Runs statements none of which needs the answer of another, as one transaction. On SQLite it is one
    /// message to its thread, together with those of others who wait. Gives how many rows each touched, after
    /// the commit.
    pub(in crate::storage) async fn write(&self, writes: &[Write<'_>]) -> Result<Vec<u64>> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => {
                let written = writer.write(Script::of(writes)).await.map_err(failed)?;
                written.map_err(|error| match error {
                    NotWritten::Alone(error) => failed(error),
                    NotWritten::Together(error) => lost(&error),
                })
            }
            Engine::Pg(_) => {
                let mut tx = self.begin().await?;
                let mut touched = Vec::with_capacity(writes.len());
                for (query, args) in writes {
                    touched.push(tx.run(query, args).await?);
                }
                tx.commit().await?;
                Ok(touched)
            }
        }
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
        match self.open {
            // The one who commits for all counts.
            Open::Sqlite(turn) => turn.end(true).await.map_err(|error| lost(&error)),
            Open::Pg(tx) => {
                tx.commit().await.map_err(failed)?;
                self.commits.fetch_add(1, Ordering::Release);
                Ok(())
            }
        }
    }

    /// Undoes everything since [`Db::begin`], now rather than when dropped.
    ///
    /// # Errors
    /// `Unavailable` when the connection is lost (nothing was written then either).
    pub async fn rollback(self) -> Result<()> {
        match self.open {
            Open::Sqlite(turn) => turn.end(false).await.map_err(|error| lost(&error)),
            Open::Pg(tx) => tx.rollback().await.map_err(failed),
        }
    }

    /// Runs a write; how many rows it touched.
    pub(in crate::storage) async fn run(&mut self, query: &Query, args: &[Arg<'_>]) -> Result<u64> {
        match &mut self.open {
            Open::Sqlite(turn) => sqlx::query_with(query.sqlite, for_sqlite(args)?)
                .execute(turn.connection().map_err(failed)?)
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
        match &mut self.open {
            Open::Sqlite(turn) => {
                let connection = turn.connection().map_err(failed)?;
                sqlx::query_as_with(query.sqlite, for_sqlite(args)?).fetch_all(connection).await
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
    QUICK_CHECK = "PRAGMA quick_check(1)", pg = "SELECT 'ok'";
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
pub(super) fn create_private(file: &Path) -> Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    made.map(drop).map_err(|error| {
        Error::internal(anyhow::Error::new(error).context(format!("cannot create {}", file.display())))
    })
}
