//! Where a received record comes from, whether its origin still answers, and when a server was last heard.

use askama::Template;

use super::{People, Who};
use crate::{
    App, Result,
    storage::{
        hosts::{self, Contact},
        moves,
        records::Row,
    },
    web::{layout::Page, markup::Markup},
};

/// Where a received record comes from. When its origin does not answer, its page here is a mirror and says so; it
/// is never called official.
pub struct Origin {
    /// Its author's server.
    pub host: String,
    /// Whether it was received rather than published here.
    pub received: bool,
    /// Its page there.
    pub url: Option<String>,
    /// Its origin does not answer.
    pub silent: bool,
    /// When that was last heard.
    pub heard: Option<Markup>,
    /// Where its author went.
    pub moved: Option<Who>,
}

impl Origin {
    /// Of a received record; nothing of ours, unless its author moved.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(app: &App, page: &Page, row: &Row, url: Option<String>) -> Result<Option<Self>> {
        let moved = moved(app, &row.author).await?;
        if row.ours && moved.is_none() {
            return Ok(None);
        }
        let contact = hosts::contacts(&app.db, &[&row.origin]).await?.into_iter().next();
        let silent = !row.ours && contact.as_ref().is_some_and(|contact| !contact.answers());
        let heard = contact.and_then(|contact| contact.seen_at()).map(|at| page.day_of_millis(at));
        Ok(Some(Self { host: row.origin.clone(), received: !row.ours, url, silent, heard, moved }))
    }
}

/// Where an actor speaks now, if it went elsewhere.
///
/// # Errors
/// Those of the database.
pub async fn moved(app: &App, actor: &str) -> Result<Option<Who>> {
    let moves = moves::known(&app.db).await?;
    let now = moves.now(actor);
    Ok(if now == actor { None } else { Some(People::load(app, [now]).await?.who(now)) })
}

/// Whether a server answers, in words: « joignable », « vu pour la dernière fois le … ».
#[derive(Clone, Debug, Template)]
#[template(path = "parts/seen.html")]
pub struct Seen {
    words: String,
    on: Option<Markup>,
}

impl askama::filters::HtmlSafe for Seen {}

impl Seen {
    /// Of what is known of a server; none: it was never met.
    #[must_use]
    pub fn of(page: &Page, contact: Option<&Contact>) -> Self {
        match contact {
            Some(contact) if contact.answers() => Self { words: page.t("network-state-well"), on: None },
            contact => {
                let on = contact.and_then(Contact::seen_at).map(|at| page.moment_of_millis(at));
                let key = if on.is_some() { "last-seen-on" } else { "last-seen-never" };
                Self { words: page.t(key), on }
            }
        }
    }
}
