//! The schema and its steps: a database of a newer Parvis is refused with one clear problem, and a SQLite file is
//! copied aside before its schema changes (threats R14).

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{PgConnection, SqliteConnection, migrate::Migrator};

use super::{
    Db,
    db::{Engine, create_private},
    fault::{failed, not_migrated},
};
use crate::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Copies made before a change of the schema that are kept.
const KEPT: usize = 3;

/// The latest step this program knows.
#[must_use]
pub fn latest() -> i64 {
    last(&SQLITE)
}

fn last(steps: &Migrator) -> i64 {
    steps.iter().map(|step| step.version).max().unwrap_or(0)
}

impl Db {
    /// The step of its schema; 0 when it is empty.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schema(&self) -> Result<i64> {
        match &self.engine {
            Engine::Sqlite { readers, .. } => {
                let mut reader = readers.lend().await.map_err(failed)?;
                let step = of_sqlite(&mut reader.connection).await?;
                reader.done();
                Ok(step)
            }
            Engine::Pg(pool) => of_pg(&mut *pool.acquire().await.map_err(failed)?).await,
        }
    }
}

/// The latest step a SQLite database has taken; 0 for an empty one.
async fn of_sqlite(connection: &mut SqliteConnection) -> Result<i64> {
    let table = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(table).fetch_one(&mut *connection).await.map_err(failed)? == 0 {
        return Ok(0);
    }
    let taken = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(taken).fetch_one(connection).await.map_err(failed)
}

/// The latest step a PostgreSQL database has taken; 0 for an empty one.
async fn of_pg(connection: &mut PgConnection) -> Result<i64> {
    let table = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(table).fetch_one(&mut *connection).await.map_err(failed)? {
        return Ok(0);
    }
    let taken = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(taken).fetch_one(connection).await.map_err(failed)
}

/// Brings a SQLite database up to date, and copies it aside before that when it holds something.
pub(super) async fn bring_sqlite(connection: &mut SqliteConnection, file: &Path) -> Result<()> {
    bring(&SQLITE, connection, file).await
}

async fn bring(steps: &Migrator, connection: &mut SqliteConnection, file: &Path) -> Result<()> {
    let taken = of_sqlite(connection).await?;
    refuse_newer(taken, last(steps))?;
    if taken > 0 && taken < last(steps) {
        copy_aside(connection, file, last(steps)).await?;
    }
    steps.run_direct(None, connection, false).await.map_err(not_migrated)
}

/// Brings a PostgreSQL database up to date.
pub(super) async fn bring_pg(connection: &mut PgConnection) -> Result<()> {
    refuse_newer(of_pg(connection).await?, last(&POSTGRES))?;
    POSTGRES.run(connection).await.map_err(not_migrated)
}

/// A program that is older than the database would write what the newer one cannot read.
fn refuse_newer(taken: i64, known: i64) -> Result<()> {
    if taken <= known {
        return Ok(());
    }
    Err(Error::invalid("database.url", "schema-newer", format!("{taken} > {known}")))
}

/// `parvis.sqlite.before-2-20261122T020304Z`, beside the file; the last few are kept.
async fn copy_aside(connection: &mut SqliteConnection, file: &Path, step: i64) -> Result<()> {
    let now: String = sqlx::query_scalar("SELECT strftime('%Y%m%dT%H%M%SZ', 'now')")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let named = |end: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let (copy, partial) = (named(&format!(".before-{step}-{now}")), named(".before.partial"));
    let _ = fs::remove_file(&partial);
    create_private(&partial)?;
    let path = partial.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(path).execute(connection).await.map_err(failed)?;
    fs::rename(&partial, &copy).map_err(Error::internal)?;
    tracing::warn!(copy = %copy.display(), "the database was copied aside: its schema is brought up to date");
    forget_older(file);
    Ok(())
}

fn forget_older(file: &Path) {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return };
    let start = format!("{}.before-", name.to_string_lossy());
    let Ok(entries) = fs::read_dir(folder) else { return };
    let copies = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&start));
    let mut copies: Vec<_> = copies.map(|entry| (when_made(&entry.path()), entry.path())).collect();
    copies.sort();
    for (_, copy) in copies.iter().rev().skip(KEPT) {
        if let Err(error) = fs::remove_file(copy) {
            tracing::warn!(copy = %copy.display(), %error, "an old copy could not be removed");
        }
    }
}

/// The instant at the end of its name, which sorts as text.
fn when_made(copy: &Path) -> String {
    copy.to_string_lossy().rsplit('-').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, sqlite::SqliteConnectOptions};

    use super::*;

    async fn steps(folder: &Path, count: usize) -> Migrator {
        for step in 1..=count {
            let text = format!("CREATE TABLE t{step} (a INTEGER);");
            fs::write(folder.join(format!("000{step}_t{step}.sql")), text).unwrap();
        }
        Migrator::new(folder.to_owned()).await.unwrap()
    }

    fn copies(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<_> = entries.filter(|path| path.to_string_lossy().contains(".before-")).collect();
        found.sort();
        found
    }

    #[tokio::test]
    async fn r14_a_database_is_copied_aside_before_its_schema_changes_and_a_newer_one_is_refused() {
        let (data, one, two) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = data.path().join("node.sqlite");
        let (older, newer) = (steps(one.path(), 1).await, steps(two.path(), 2).await);
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        bring(&older, &mut connection, &file).await.unwrap();
        bring(&older, &mut connection, &file).await.unwrap();
        assert_eq!(copies(data.path()), Vec::<PathBuf>::new(), "nothing to copy: empty, then up to date");
        for old in 1..=4 {
            fs::write(data.path().join(format!("node.sqlite.before-1-2020010{old}T000000Z")), "").unwrap();
        }
        bring(&newer, &mut connection, &file).await.unwrap();
        let kept = copies(data.path());
        assert_eq!(kept.len(), KEPT, "{kept:?}");
        let copy = kept.iter().find(|path| path.to_string_lossy().contains(".before-2-")).unwrap();
        let options = SqliteConnectOptions::new().filename(copy);
        let mut before = SqliteConnection::connect_with(&options).await.unwrap();
        assert_eq!(of_sqlite(&mut before).await.unwrap(), 1, "the copy has the schema of before");
        let refused = bring(&older, &mut connection, &file).await.unwrap_err();
        assert!(refused.to_string().contains("schema-newer"), "{refused}");
    }
}
