//! What is to be done at a time: catching up, probing, scheduled publication, purging. One task per kind
//! and subject; a worker leases it, and a lease not ended ends by itself.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    SCHEDULE = "INSERT INTO tasks (kind, subject, due_at) VALUES ($1, $2, $3)
        ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at";
    SOONER = "INSERT INTO tasks (kind, subject, due_at) VALUES ($1, $2, $3)
        ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < tasks.due_at";
    CLAIM = "UPDATE tasks SET lease_owner = $1, lease_until = $3, attempts = attempts + 1 WHERE (kind, subject) IN (
            SELECT t.kind, t.subject FROM tasks t WHERE t.due_at <= $2 AND (t.lease_until <= $2 OR t.lease_until > $2 + 3600000)
            ORDER BY t.due_at, t.kind, t.subject LIMIT $4)
        RETURNING *",
        pg = "WITH free AS MATERIALIZED (
            SELECT t.kind, t.subject FROM tasks t WHERE t.due_at <= $2 AND (t.lease_until <= $2 OR t.lease_until > $2 + 3600000)
            ORDER BY t.due_at, t.kind, t.subject LIMIT $4 FOR UPDATE SKIP LOCKED)
        UPDATE tasks SET lease_owner = $1, lease_until = $3, attempts = attempts + 1 FROM free
        WHERE tasks.kind = free.kind AND tasks.subject = free.subject
        RETURNING tasks.*";
    DONE = "DELETE FROM tasks WHERE kind = $1 AND subject = $2 AND lease_owner = $3 AND due_at <= $4";
    FREE = "UPDATE tasks SET lease_owner = NULL, lease_until = 0, attempts = 0, last_error = NULL
        WHERE kind = $1 AND subject = $2 AND lease_owner = $3";
    RENEW = "UPDATE tasks SET lease_until = $2 WHERE lease_owner = $1";
    AGAIN = "UPDATE tasks SET due_at = $4, lease_owner = NULL, lease_until = 0, last_error = $5, attempts = $6
        WHERE kind = $1 AND subject = $2 AND lease_owner = $3";
    CANCEL = "DELETE FROM tasks WHERE kind = $1 AND subject = $2";
    GET = "SELECT * FROM tasks WHERE kind = $1 AND subject = $2";
    EVERY = "SELECT * FROM tasks ORDER BY due_at, kind, subject";
    NEXT_AT = "SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) FROM tasks";
}

/// When a task is due that was given up.
pub const NEVER: i64 = i64::MAX;

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Task {
    /// catch-up, probe, publish, purge …
    pub kind: String,
    /// A host, a draft's reference …
    pub subject: String,
    /// Not done before.
    pub due_at: i64,
    /// How often it was claimed since it last succeeded.
    pub attempts: i64,
    /// The worker that does it now.
    pub lease_owner: Option<String>,
    /// Until when that worker may.
    pub lease_until: i64,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// Sets a task for a time, over an earlier time.
///
/// # Errors
/// Those of the database.
pub async fn schedule(tx: &mut Tx, kind: &str, subject: &str, due_at: i64) -> Result<()> {
    tx.run(&SCHEDULE, args![kind, subject, due_at]).await.map(drop)
}

/// Sets a task for a time, unless it is due sooner.
///
/// # Errors
/// Those of the database.
pub async fn schedule_sooner(tx: &mut Tx, kind: &str, subject: &str, due_at: i64) -> Result<()> {
    tx.run(&SOONER, args![kind, subject, due_at]).await.map(drop)
}

/// Leases up to `limit` due tasks to one worker until `lease_until`; two workers never get the same one.
/// The longest due come first.
///
/// # Errors
/// Those of the database.
pub async fn claim(db: &Db, owner: &str, now: i64, lease_until: i64, limit: i64) -> Result<Vec<Task>> {
    let mut tx = db.begin().await?;
    let mut claimed: Vec<Task> = tx.all(&CLAIM, args![owner, now, lease_until, limit]).await?;
    tx.commit().await?;
    claimed.sort_by(|a, b| (a.due_at, &a.kind, &a.subject).cmp(&(b.due_at, &b.kind, &b.subject)));
    Ok(claimed)
}

/// The worker lives, and goes on with all it claimed.
///
/// # Errors
/// Those of the database.
pub async fn renew(db: &Db, owner: &str, lease_until: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(&RENEW, args![owner, lease_until]).await?;
    tx.commit().await
}

/// The worker did it: the task is no more, unless it was set for another, later time meanwhile (then only the
/// lease ends). `task` is as [`claim`] gave it; another worker's task is left alone.
///
/// # Errors
/// Those of the database.
pub async fn done(tx: &mut Tx, task: &Task) -> Result<()> {
    let owner = &task.lease_owner;
    if tx.run(&DONE, args![&task.kind, &task.subject, owner, task.due_at]).await? == 0 {
        tx.run(&FREE, args![&task.kind, &task.subject, owner]).await?;
    }
    Ok(())
}

/// The worker did it, and it is to be done again at a time: failures are forgotten.
///
/// # Errors
/// Those of the database.
pub async fn repeat(tx: &mut Tx, task: &Task, due_at: i64) -> Result<()> {
    let args = args![&task.kind, &task.subject, &task.lease_owner, due_at, None::<&str>, 0i64];
    tx.run(&AGAIN, args).await.map(drop)
}

/// The worker could not do it: it is tried again at a time; the attempt counts.
///
/// # Errors
/// Those of the database.
pub async fn retry(tx: &mut Tx, task: &Task, due_at: i64, error: &str) -> Result<()> {
    let args = args![&task.kind, &task.subject, &task.lease_owner, due_at, error, task.attempts];
    tx.run(&AGAIN, args).await.map(drop)
}

/// Removes a task, whoever does it now; `false` when there was none.
///
/// # Errors
/// Those of the database.
pub async fn cancel(tx: &mut Tx, kind: &str, subject: &str) -> Result<bool> {
    Ok(tx.run(&CANCEL, args![kind, subject]).await? > 0)
}

/// The task of that kind and subject.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, kind: &str, subject: &str) -> Result<Option<Task>> {
    db.first(&GET, args![kind, subject]).await
}

/// Every task, the next due first.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db) -> Result<Vec<Task>> {
    db.all(&EVERY, args![]).await
}

/// When the next task may be claimed; `None` when there is none.
///
/// # Errors
/// Those of the database.
pub async fn next_at(db: &Db) -> Result<Option<i64>> {
    Ok(db.first::<(Option<i64>,)>(&NEXT_AT, args![]).await?.and_then(|(at,)| at))
}
