//! What other nodes published and this one keeps: the list, and the page of each record with its origin
//! and the state of its proof. An avis has the same page as ours: local and remote are read alike.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::paging::{Pager, Place};
use crate::{
    App, Error, Result,
    i18n::{Lang, t},
    storage::records,
    web::{
        Failure, html,
        layout::Page,
        view::{Card, People},
    },
};

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    page: Page,
    lead: String,
    empty: String,
    cards: Vec<Card>,
    pager: Pager,
}

/// `GET /recus`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let lead = t(lang, "received-lead");
    let page = Page::new(&app, lang, "/recus").titled(t(lang, "received-title")).described(&lead);
    let mut rows = records::received(&app.db, &place.slice()?).await?;
    let pager = place.cut("/recus", &mut rows);
    let people = People::load(&app, rows.iter().map(|row| row.author.as_str())).await?;
    let cards = Card::list(&app, &page, &people, &rows);
    Ok(html(StatusCode::OK, &List { page, lead, empty: t(lang, "received-none"), cards, pager }))
}

/// `GET /recus/{key}`: `key` is the beginning of the hash of the record's id.
///
/// # Errors
/// Not found, when nothing received has that key.
pub async fn show(State(app): State<App>, lang: Lang, Path(key): Path<String>) -> Result<Response, Failure> {
    let row = records::received_by_key(&app.db, &key).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("received {key}")))?;
    let path = format!("/recus/{key}");
    let shown = match row.kind.as_str() {
        "Avis" => super::avis::page_of(&app, lang, &path, &row).await?,
        _ => super::record::show(&app, lang, &path, &row).await?,
    };
    Ok(shown)
}
