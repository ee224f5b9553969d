//! Group commit: who shares a transaction, and that each who has a part in it is told the truth.

use std::time::Duration;

use tempfile::TempDir;
use tokio::task::{JoinHandle, JoinSet};

use super::super::{
    Db,
    query::{Query, args},
};
use crate::{Error, Result};

const fn query(text: &'static str) -> Query {
    Query { name: "TEST", sqlite: text, pg: text }
}

const TABLE: Query = query(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, other INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT",
);
const ADD: Query = query("INSERT INTO t (id, other) VALUES ($1, NULL)");
/// Fails at `COMMIT` only.
const ADD_ORPHAN: Query = query("INSERT INTO t (id, other) VALUES ($1, -1)");
/// Makes SQLite give up the whole transaction, as it does when the disk is full.
const ADD_OR_ROLLBACK: Query = query("INSERT OR ROLLBACK INTO t (id, other) VALUES ($1, NULL), ($1, NULL)");
const HAS: Query = query("SELECT count(*) FROM t WHERE id = $1");

async fn open() -> (TempDir, Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}/test.sqlite", folder.path().display())).await.expect("a database");
    let mut tx = db.begin().await.expect("a turn");
    tx.run(&TABLE, args![]).await.expect("a table");
    tx.commit().await.expect("a commit");
    (folder, db)
}

async fn has(db: &Db, id: i64) -> bool {
    db.count(&HAS, args![id]).await.expect("a count") > 0
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Commit,
    Rollback,
    Drop,
    FailAtCommit,
    FailAll,
}

/// One writer; `Ok(true)` when it was told that its row is there.
async fn write(db: Db, id: i64, part: Part) -> Result<bool> {
    let mut tx = db.begin().await?;
    let statement = match part {
        Part::FailAtCommit => &ADD_ORPHAN,
        Part::FailAll => &ADD_OR_ROLLBACK,
        _ => &ADD,
    };
    tx.run(statement, args![id]).await?;
    match part {
        Part::Drop => Ok(false),
        Part::Rollback => tx.rollback().await.map(|()| false),
        _ => tx.commit().await.map(|()| true),
    }
}

/// Starts a writer and lets it come to where it waits for its turn.
async fn queue(db: &Db, id: i64, part: Part) -> JoinHandle<Result<bool>> {
    let task = tokio::spawn(write(db.clone(), id, part));
    for _ in 0..5 {
        tokio::task::yield_now().await;
    }
    task
}

#[tokio::test]
async fn r01_those_who_wait_share_a_commit_and_one_who_leaves_takes_nobody_along() {
    let (_folder, db) = open().await;
    let before = db.commits();
    let first = db.begin().await.expect("a turn");
    let mut tasks = Vec::new();
    for id in 0..30 {
        let part =
            if id % 3 == 0 { [Part::Drop, Part::Rollback][usize::from(id % 2 == 0)] } else { Part::Commit };
        tasks.push((id, part, queue(&db, id, part).await));
    }
    first.commit().await.expect("a commit");
    for (id, part, task) in tasks {
        let told = task.await.expect("no panic").expect("nothing fails");
        assert_eq!(told, part == Part::Commit, "{id}");
        assert_eq!(has(&db, id).await, told, "{id}");
    }
    assert!(db.commits() - before < 21, "21 were kept, some of them together");
    assert!(db.commits() > before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn r01_each_writer_is_told_what_is_there_whatever_its_neighbours_do() {
    let (_folder, db) = open().await;
    let mut state = 7_u64;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut tasks = JoinSet::new();
    for id in 0..400 {
        // Two of the four hundred take along whoever shares their commit, sixty-three others at most.
        let part = match (id, chance() % 20) {
            (150, _) => Part::FailAtCommit,
            (250, _) => Part::FailAll,
            (_, 0..3) => Part::Drop,
            (_, 3) => Part::Rollback,
            _ => Part::Commit,
        };
        // Some of those who ask go away before they are served, or in the middle.
        let patience =
            if chance() % 10 == 0 { Duration::from_micros(chance() % 3000) } else { Duration::MAX };
        let db = db.clone();
        tasks.spawn(async move { (id, part, tokio::time::timeout(patience, write(db, id, part)).await) });
    }
    let mut written = 0;
    while let Some(done) = tasks.join_next().await {
        let (id, part, told) = done.expect("no panic");
        match told {
            Ok(Ok(true)) => {
                assert!(part == Part::Commit && has(&db, id).await, "{id} was told that it is there");
                written += 1;
            }
            Ok(Ok(false)) => assert!(!has(&db, id).await, "{id} was given up"),
            Ok(Err(error)) => {
                let alone = part == Part::FailAll;
                assert!(alone || matches!(error, Error::Unavailable { .. }), "{id} {part:?} {error:?}");
                assert!(!has(&db, id).await, "{id} was told that it is not there");
            }
            Err(_) => assert!(part == Part::Commit || !has(&db, id).await, "{id} went away"),
        }
    }
    assert!(written > 0, "not all are lost");
    assert!(write(db.clone(), 1000, Part::Commit).await.expect("it goes on"));
    db.close().await;
    assert!(matches!(write(db, 1001, Part::Commit).await, Err(Error::Unavailable { .. })));
}

/// Two statements that need no turn, the second one perhaps bad.
async fn script(db: Db, id: i64, part: Part) -> Result<Vec<u64>> {
    let second = match part {
        Part::FailAtCommit => &ADD_ORPHAN,
        Part::FailAll => &ADD_OR_ROLLBACK,
        Part::Drop => &TABLE,
        _ => &ADD,
    };
    db.write(&[(&ADD, args![id]), (second, args![id + 1000])]).await
}

#[tokio::test]
async fn r01_scripts_are_written_together_and_a_bad_one_takes_nobody_along() {
    let (_folder, db) = open().await;
    let before = db.commits();
    let first = db.begin().await.expect("a turn");
    let mut tasks = Vec::new();
    for id in 0..30 {
        let part = match id {
            5 => Part::Drop,
            10 => Part::FailAll,
            20 => Part::FailAtCommit,
            _ => Part::Commit,
        };
        tasks.push((id, part, tokio::spawn(script(db.clone(), id, part))));
        tokio::task::yield_now().await;
    }
    let turn = queue(&db, 500, Part::Commit).await;
    first.commit().await.expect("a commit");
    let mut lost = 0;
    for (id, part, task) in tasks {
        let told = task.await.expect("no panic");
        assert_eq!(has(&db, id).await, told.is_ok(), "{id} {told:?}");
        assert_eq!(has(&db, id + 1000).await, told.is_ok(), "{id} is whole");
        match told {
            Ok(touched) => assert_eq!((part, touched), (Part::Commit, vec![1, 1]), "{id}"),
            Err(_) if part != Part::Commit => {}
            // The end of all fails with that of one: they are told to try again.
            Err(error) => {
                assert!(id >= 16 && matches!(error, Error::Unavailable { .. }), "{id} {error:?}");
                lost += 1;
            }
        }
    }
    assert!(turn.await.expect("no panic").expect("its own turn") && has(&db, 500).await);
    assert!(lost < 16 && db.commits() > before);
    assert_eq!(script(db.clone(), 600, Part::Commit).await.expect("it goes on"), [1, 1]);
    db.close().await;
    assert!(matches!(script(db, 601, Part::Commit).await, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn r01_what_was_read_of_others_is_certain_once_it_is_settled() {
    let (_folder, db) = open().await;
    let first = db.begin().await.expect("a turn");
    let one = queue(&db, 1, Part::Commit).await;
    let other = {
        let db = db.clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await?;
            let seen: Option<(i64,)> = tx.first(&HAS, args![1_i64]).await?;
            drop(tx);
            db.settled().await?;
            Ok::<_, Error>(seen == Some((1,)))
        })
    };
    tokio::task::yield_now().await;
    first.rollback().await.expect("an end");
    assert!(other.await.expect("no panic").expect("settled"));
    assert!(has(&db, 1).await);
    assert!(one.await.expect("no panic").expect("written"));
    db.settled().await.expect("nothing is open");
}
