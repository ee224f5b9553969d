//! A theme, `/themes/{slug}`: where the hashtags of records lead. Ours and received records stand together,
//! since themes are shared so that councils can be compared (requirement 1.8).

use axum::{
    extract::{Path, Query, State},
    response::Response,
};

use super::{
    list::{self, Words},
    paging::Place,
};
use crate::{
    App, Error, Result,
    domain::codes::Theme,
    i18n::Lang,
    storage::records,
    web::{Failure, layout::Page},
};

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
    let page = Page::new(&app, lang, &format!("/themes/{slug}")).titled(theme.label(lang.code()));
    let rows = records::linked(&app.db, &slug, "theme", &place.slice()?).await?;
    let words = Words { lead: "theme-lead", empty: "theme-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}
