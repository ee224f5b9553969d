//! A theme, `/themes/{slug}`: where the hashtags of records lead. Ours and received records stand together,
//! since themes are shared so that councils can be compared (requirement 1.8).

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::paging::{Pager, Place};
use crate::{
    App, Error, Result,
    domain::codes::Theme,
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

/// `GET /themes/{slug}`
///
/// # Errors
/// Not found, when the slug is none; rule `page` for a place no list gave.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Path(slug): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let theme = Theme::parse(&slug).map_err(|_| Error::not_found(format!("theme {slug}")))?;
    let lead = t(lang, "theme-lead");
    let path = format!("/themes/{slug}");
    let label = theme.label(lang.code());
    let page = Page::new(&app, lang, &path).titled(label).described(&lead);
    let mut rows = records::linked(&app.db, &slug, "theme", &place.slice()?).await?;
    let pager = place.cut(&path, &mut rows);
    let people = People::load(&app, rows.iter().map(|row| row.author.as_str())).await?;
    let cards = Card::list(&app, &page, &people, &rows);
    Ok(html(StatusCode::OK, &List { page, lead, empty: t(lang, "theme-none"), cards, pager }))
}
