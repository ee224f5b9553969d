//! SQL and only SQL: one file per table, plain functions over [`Db`] (reads) and [`Tx`] (writes, and the
//! reads that a write depends on). SQLite and PostgreSQL hold the same tables and answer alike.
//!
//! Rows carry text and numbers; what they mean is the business of `domain`. Times named `*_at` or `at`
//! are milliseconds since 1970 and always come from the caller. Every list has a total order.

mod db;
mod query;

pub mod actors;
pub mod audit;
pub mod deliveries;
pub mod drafts;
pub mod follows;
pub mod hosts;
pub mod keys;
pub mod links;
pub mod media;
pub mod outbox;
pub mod reactions;
pub mod received;
pub mod records;
pub mod replies;
pub mod search;
pub mod settings;
pub mod sources;
pub mod tasks;
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
        keys::ALL,
        links::ALL,
        media::ALL,
        outbox::ALL,
        reactions::ALL,
        received::ALL,
        records::ALL,
        replies::ALL,
        search::ALL,
        settings::ALL,
        sources::ALL,
        tasks::ALL,
        versions::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A list of texts as one parameter.
fn json_list(values: &[impl AsRef<str>]) -> String {
    serde_json::Value::from_iter(values.iter().map(AsRef::as_ref)).to_string()
}
