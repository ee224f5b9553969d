//! One story of the storage, told on SQLite and on PostgreSQL with the same words and the same ends: a
//! council publishes, is followed, delivers, corrects, withdraws; a peer's records come in.

mod beside;
mod network;
mod register;
#[path = "../support/reply.rs"]
mod reply;
#[path = "../support/mod.rs"]
mod support;

use parvis::{
    Error,
    storage::{Db, versions},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const HOUR: i64 = 3_600_000;
const NOW: i64 = 1_773_043_320_000;
const COUNCIL: &str = "https://rennes.example/actors/ccnr";
const CITY: &str = "https://rennes.example/actors/mairie";
const NANCY: &str = "https://nancy.example/actors/conseil";

#[tokio::test]
async fn the_story_on_sqlite() -> Outcome {
    let dir = tempfile::tempdir()?;
    let url = format!("sqlite:{}", dir.path().join("parvis.sqlite").display());
    story(&url).await?;
    a_file_of_its_owner_alone(&dir.path().join("parvis.sqlite")).await
}

#[tokio::test]
async fn the_story_on_postgresql() -> Outcome {
    story(&support::postgres::fresh_database()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_of_writers_on_sqlite() -> Outcome {
    let dir = tempfile::tempdir()?;
    register::who_reads_while_others_write_misses_nothing(&format!(
        "sqlite:{}",
        dir.path().join("p.sqlite").display()
    ))
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_of_writers_on_postgresql() -> Outcome {
    register::who_reads_while_others_write_misses_nothing(&support::postgres::fresh_database()).await
}

async fn story(url: &str) -> Outcome {
    let db = Db::open(url).await?;
    assert!(db.prepare_all().await? > 100, "every registered statement is prepared");
    db.ping(NOW).await?;

    register::a_chain_of_versions_is_appended_in_order(&db).await?;
    register::what_is_not_committed_never_was(&db).await?;
    register::the_current_state_of_records_is_listed_and_linked(&db).await?;
    register::paging_by_key_shows_each_record_once(&db).await?;
    register::search_answers_in_french(&db).await?;
    network::actors_and_keys(&db).await?;
    network::followers_share_inboxes(&db).await?;
    network::an_activity_is_handled_once(&db).await?;
    network::the_queue_keeps_its_order_and_its_hosts_apart(&db).await?;
    network::a_silent_host_waits_and_comes_back(&db).await?;
    beside::citizens_say_things_beside_the_register(&db).await?;
    beside::work_at_hand(&db).await?;
    register::the_register_is_withdrawn_erased_and_rebuilt(&db).await?;

    // A second start finds everything and migrates nothing.
    db.close().await;
    let again = Db::open(url).await?;
    assert_eq!(versions::count(&again).await?, 5);
    again.close().await;
    assert!(matches!(versions::count(&again).await, Err(Error::Unavailable { .. })));
    Ok(())
}

async fn a_file_of_its_owner_alone(file: &std::path::Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = |path: &std::path::Path| std::fs::metadata(path).map(|m| m.permissions().mode() & 0o777);
    assert_eq!(rights(file)?, 0o600);
    let db = Db::open(&format!("sqlite:{}", file.display())).await?;
    let copy = file.with_extension("copy");
    db.snapshot(&copy).await?;
    assert!(matches!(db.snapshot(&copy).await, Err(Error::Conflict { .. })), "nothing is written over");
    db.close().await;
    assert_eq!(rights(&copy)?, 0o600);
    let copied = Db::open(&format!("sqlite:{}", copy.display())).await?;
    assert_eq!(versions::count(&copied).await?, 5, "the copy is whole");
    copied.close().await;
    Ok(())
}
