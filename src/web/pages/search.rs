//! Search over the register: what is published here and what was received.

use askama::Template;
use axum::{
    extract::{Query, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    i18n::{Lang, t},
    storage::{records::Page as Slice, search},
    web::{
        Failure, html,
        layout::Page,
        view::{Card, People},
    },
};

/// Results shown at most.
const RESULTS: i64 = 50;

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    page: Page,
    query: String,
    asked: bool,
    cards: Vec<Card>,
}

/// `GET /recherche?q=`
///
/// # Errors
/// Rule `search-length` over 200 characters.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    RawQuery(raw): RawQuery,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let query = asked.q.trim().to_owned();
    if query.chars().count() > search::MAX_QUERY {
        return Err(Error::invalid("q", "search-length", query).into());
    }
    let page = Page::new(&app, lang, "/recherche")
        .titled(t(lang, "search-title"))
        .described(&t(lang, "search-lead"))
        .asked(&raw.unwrap_or_default());
    let page = if query.is_empty() { page } else { page.unlisted() };
    let rows = search::find(&app.db, &query, &Slice::first(RESULTS)).await?;
    let people = People::load(&app, rows.iter().map(|row| row.author.as_str())).await?;
    let cards = Card::list(&app, &page, &people, &rows);
    Ok(html(StatusCode::OK, &Search { asked: !query.is_empty(), page, query, cards }))
}
