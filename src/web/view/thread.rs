//! What surrounds a record: citizens' approved replies, which stand beside the register (register.md rule
//! 14), and its versions, which are the register.

use std::collections::HashMap;

use crate::{
    App, Result,
    storage::{replies as stored, versions},
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// A citizen's reply, approved.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Name, without anything invisible.
    pub name: String,
    /// `@user@host`: a name alone proves nothing.
    pub address: String,
    /// Where it was written.
    pub href: String,
    /// Its words.
    pub html: Markup,
    /// Language, if its author said it.
    pub lang: Option<String>,
    /// When.
    pub published: Markup,
    /// Its author changed it since.
    pub edited: bool,
}

/// The approved replies to any of these, by what they answer, in one query.
///
/// # Errors
/// Those of the database.
pub async fn replies(
    app: &App,
    page: &Page,
    parents: &[impl AsRef<str> + Sync],
) -> Result<HashMap<String, Vec<Reply>>> {
    let mut by_parent: HashMap<String, Vec<Reply>> = HashMap::new();
    for row in stored::approved_to(&app.db, parents).await? {
        by_parent.entry(row.parent.clone()).or_default().push(Reply {
            name: markup::name(&row.author_name),
            address: format!("@{}", markup::name(row.author_handle.trim_start_matches('@'))),
            href: if row.uri.starts_with("http") { row.uri } else { String::new() },
            html: markup::clean(&row.content).with_hosts(),
            lang: row.lang,
            published: page.day(&row.published),
            edited: row.updated.is_some(),
        });
    }
    Ok(by_parent)
}

/// One version of a record.
#[derive(Clone, Debug)]
pub struct Past {
    /// 1, 2, 3 …
    pub version: i64,
    /// Its address, `{id}/versions/{n}`.
    pub href: String,
    /// Its hash.
    pub hash: String,
    /// When it came here.
    pub received: Markup,
    /// `valid` or `absent`, in words.
    pub proof: String,
    /// When its text was destroyed by law.
    pub erased: Option<Markup>,
}

/// Every version of a record that is here, the first one first.
///
/// # Errors
/// Those of the database.
pub async fn history(app: &App, page: &Page, uri: &str) -> Result<Vec<Past>> {
    let versions = versions::history(&app.db, uri).await?;
    Ok(versions
        .into_iter()
        .map(|row| Past {
            version: row.version,
            href: format!("{}/versions/{}", row.uri, row.version),
            received: page.day_of_millis(row.received_at),
            proof: page.label("proof", &row.proof),
            erased: row.erased_at.map(|at| page.day_of_millis(at)),
            hash: row.hash,
        })
        .collect())
}
