//! Typed edges from records to what they name: records, actors, themes. Derived, like `records`.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    REMOVE = "DELETE FROM links WHERE source = $1";
    ADD = "INSERT INTO links (source, relation, target, position)
        SELECT $1, value ->> 0, value ->> 1, min(CAST(value ->> 2 AS BIGINT)) FROM json_each($2) WHERE true
        GROUP BY value ->> 0, value ->> 1",
        pg = "INSERT INTO links (source, relation, target, position)
        SELECT CAST($1 AS TEXT), value ->> 0, value ->> 1, min(CAST(value ->> 2 AS BIGINT)) FROM jsonb_array_elements(CAST($2 AS TEXT)::jsonb)
        GROUP BY value ->> 0, value ->> 1";
    OF_SOURCE = "SELECT * FROM links WHERE source = $1 ORDER BY relation, position, target";
    TO_TARGET = "SELECT * FROM links WHERE target = $1 AND relation = $2 AND source > $3 ORDER BY source LIMIT $4";
    TARGETS = "SELECT target, count(*) AS total FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = $1 AND NOT r.withdrawn GROUP BY target ORDER BY target";
    CLEAR = "DELETE FROM links";
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Link {
    /// Id of the record that says it.
    pub source: String,
    /// addressee, concerns, recommendation, theme, saisine, avis, born-of …
    pub relation: String,
    /// Id of what it names.
    pub target: String,
    /// Place among the links of one relation (0, 1, 2 …).
    pub position: i64,
}

/// How many records name a target.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Named {
    /// Id of what is named.
    pub target: String,
    /// How many records, withdrawn ones apart.
    pub total: i64,
}

/// Replaces the edges of a record by `(relation, target)` in their order; a pair named twice counts once,
/// at its first place.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, source: &str, links: &[(&str, &str)]) -> Result<()> {
    tx.run(&REMOVE, args![source]).await?;
    if links.is_empty() {
        return Ok(());
    }
    let rows =
        links.iter().enumerate().map(|(at, (relation, target))| serde_json::json!([relation, target, at]));
    let rows: serde_json::Value = rows.collect();
    tx.run(&ADD, args![source, &rows.to_string()]).await.map(drop)
}

/// Forgets every edge, before a reindex.
///
/// # Errors
/// Those of the database.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    tx.run(&CLEAR, args![]).await.map(drop)
}

/// What a record names, by relation and place.
///
/// # Errors
/// Those of the database.
pub async fn of_source(db: &Db, source: &str) -> Result<Vec<Link>> {
    db.all(&OF_SOURCE, args![source]).await
}

/// Who names a target by a relation, sources beyond `after`, by id.
///
/// # Errors
/// Those of the database.
pub async fn to_target(db: &Db, target: &str, relation: &str, after: &str, limit: i64) -> Result<Vec<Link>> {
    db.all(&TO_TARGET, args![target, relation, after, limit]).await
}

/// Every target of a relation and how many records name it (the themes, for a menu).
///
/// # Errors
/// Those of the database.
pub async fn targets(db: &Db, relation: &str) -> Result<Vec<Named>> {
    db.all(&TARGETS, args![relation]).await
}
