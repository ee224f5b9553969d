//! SQL and only SQL: one file per table, plain functions over [`Db`] (reads) and [`Tx`] (writes, and the
//! reads that a write depends on). SQLite and PostgreSQL hold the same tables and answer alike.
//!
//! Rows carry text and numbers; what they mean is the business of `domain`. Times named `*_at` or `at`
//! are milliseconds since 1970 and always come from the caller. Every list has a total order.

mod db;
mod fault;
mod query;
mod script;
mod sqlite;

pub mod actors;
pub mod audit;
pub mod deliveries;
pub mod drafts;
pub mod follows;
pub mod hosts;
pub mod invitations;
pub mod keys;
pub mod links;
pub mod media;
pub mod moves;
pub mod obligations;
pub mod offers;
pub mod outbox;
pub mod reactions;
pub mod received;
pub mod records;
pub mod replies;
pub mod schema;
pub mod search;
pub mod settings;
pub mod similar;
pub mod sources;
pub mod standings;
pub mod tasks;
pub mod upkeep;
pub mod versions;

pub use db::{Db, Tx};

/// Every statement of every table file, for the test that prepares them on both engines.
fn registered() -> impl Iterator<Item = &'static query::Query> {
    [
        db::ALL,
        actors::ALL,
        audit::ALL,
        deliveries::ALL,
        drafts::ALL,
        follows::ALL,
        hosts::ALL,
        invitations::ALL,
        keys::ALL,
        links::ALL,
        media::ALL,
        moves::ALL,
        obligations::ALL,
        offers::ALL,
        outbox::ALL,
        reactions::ALL,
        received::ALL,
        records::ALL,
        replies::ALL,
        search::ALL,
        settings::ALL,
        similar::ALL,
        sources::ALL,
        standings::ALL,
        tasks::ALL,
        upkeep::ALL,
        versions::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A list of texts as one parameter.
fn json_list(values: &[impl AsRef<str>]) -> String {
    values.iter().map(AsRef::as_ref).collect::<serde_json::Value>().to_string()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn the_statements_of_every_file_are_registered() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage");
        let written: usize = fs::read_dir(here)
            .expect("the sources")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.is_file())
            .map(|path| fs::read_to_string(path).expect("text"))
            .filter_map(|text| text.split_once("\nqueries! {").map(|(_, rest)| rest.to_owned()))
            .map(|rest| rest.lines().take_while(|line| *line != "}").filter(|line| is_name(line)).count())
            .sum();
        assert_eq!(written, super::registered().count());
    }

    fn is_name(line: &str) -> bool {
        let name =
            line.strip_prefix("    ").and_then(|line| line.split_once(" = ")).map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    }

    /// Statements that read a whole table, or an index of it, on purpose; none of them is run for a message (but one
    /// that erases what a Group of ours passed on), a delivery or the page of a record. Of our own actors there are few.
    const WHOLE: &[&str] = &[
        "BY_ROLE actors",
        "SIGNING_OF_ROLE a",
        "OURS actors",
        "OURS follows",
        "OURS keys",
        "PENDING follows",
        "PEERS hosts",
        "CLAIM h",
        "COUNT received",
        "COUNT versions",
        "COUNTS deliveries",
        "COUNTS records",
        "HEADS v",
        "LINES versions",
        "PRODUCED a",
        "REMOVE_INBOX follows",
        "TARGETS l",
        "TO_US a",
        "FORGET actors",
        "FORGET d",
        "FORGET hosts",
        "FORGET_PASSED_ON outbox",
        "FORGET_PASSED_ON_DELIVERIES outbox",
        "FOUND records",
        "FORGET_KEYS keys",
        "VECTORS e",
        "SPEAKERS a",
        "SPEAKERS hosts",
        "HOLDINGS actors",
        "HOLDINGS deliveries",
        "HOLDINGS follows",
        "HOLDINGS keys",
        "HOLDINGS replies",
        "HOLDINGS versions",
        "SLOWEST d",
        "TAKE_UP deliveries",
        "WAITING deliveries",
        "TIES follows",
        "WAITING_HOSTS d",
        "NEXT_AT h",
    ];

    #[tokio::test]
    async fn no_statement_of_every_day_reads_a_whole_table() {
        use super::query::{Query, args};
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}/plans.sqlite", folder.path().display());
        let db = super::Db::open(&url).await.expect("a database");
        let mut whole = BTreeSet::new();
        for query in super::registered() {
            let text: &'static str = format!("EXPLAIN QUERY PLAN {}", query.sqlite).leak();
            let explain = Query { name: query.name, sqlite: text, pg: text };
            let plan: Vec<(i64, i64, i64, String)> = db.all(&explain, args![]).await.expect("a plan");
            let scanned = plan.iter().filter_map(|(.., step)| step.strip_prefix("SCAN "));
            // Lists given as a parameter, full-text search by its own index, and rows made up on the spot.
            let tables =
                scanned.filter(|step| !step.contains("VIRTUAL TABLE") && !step.starts_with("CONSTANT"));
            whole.extend(
                tables.filter_map(|step| Some(format!("{} {}", query.name, step.split(' ').next()?))),
            );
        }
        let small = ["x", "settings", "counters", "audit", "drafts", "tasks", "sources", "media", "moves"];
        whole.retain(|scan| !small.iter().any(|table| scan.ends_with(&format!(" {table}"))));
        let surprises: Vec<&String> = whole.iter().filter(|scan| !WHOLE.contains(&scan.as_str())).collect();
        assert!(surprises.is_empty(), "{surprises:#?}");
    }

    #[test]
    fn the_two_migration_trees_have_the_same_steps() {
        let steps = |engine: &str| -> BTreeSet<String> {
            let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
            let entries = fs::read_dir(tree).expect("the migrations");
            entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(steps("sqlite"), steps("postgres"));
    }
}
