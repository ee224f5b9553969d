//! Faults of the database, told apart by what to do about them.

use std::{sync::Arc, time::Duration};

use sqlx::migrate::MigrateError;

use super::query::Query;
use crate::Error;

/// What a fault of the database means for the one who asked.
pub(super) fn failed(error: sqlx::Error) -> Error {
    told(&error).unwrap_or_else(|| Error::internal(error))
}

/// The same, with the name of the statement when the fault is ours.
pub(super) fn failed_at(query: &Query, error: sqlx::Error) -> Error {
    match failed(error) {
        Error::Internal(inner) => Error::Internal(inner.context(format!("statement {}", query.name))),
        told => told,
    }
}

/// A transaction that ended otherwise than it should: nothing of it was written. The fault may be that of
/// another one who had a part in it, so trying again is right.
pub(super) fn lost(error: &Arc<sqlx::Error>) -> Error {
    match told(error) {
        Some(unavailable @ Error::Unavailable { .. }) => unavailable,
        _ => unavailable("could not commit", 2),
    }
}

/// The schema could not be brought up to date.
pub(super) fn not_migrated(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => {
            Error::internal(anyhow::Error::new(other).context("the schema could not be brought up to date"))
        }
    }
}

/// What is not a fault of ours.
fn told(error: &sqlx::Error) -> Option<Error> {
    match error {
        sqlx::Error::PoolTimedOut => Some(unavailable("busy", 2)),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some(unavailable("closed", 10)),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Some(unavailable("unreachable", 10)),
        sqlx::Error::Database(fault) if fault.is_unique_violation() => Some(Error::conflict(
            fault.constraint().map_or_else(|| fault.message().to_owned(), ToOwned::to_owned),
        )),
        sqlx::Error::Database(fault) => {
            transient(&fault.code().unwrap_or_default()).map(|(why, seconds)| unavailable(why, seconds))
        }
        _ => None,
    }
}

fn unavailable(why: &'static str, seconds: u64) -> Error {
    metrics::counter!("parvis_database_waits_total", "why" => why).increment(1);
    Error::Unavailable { why: format!("database {why}"), retry_after: Duration::from_secs(seconds) }
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
        11 | 26 => Some(("damaged (parvis restore brings a backup back)", 3600)),
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
