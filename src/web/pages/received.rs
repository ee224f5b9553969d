//! What other nodes published and this one keeps: the list, and the page of each record with its origin
//! and the state of its proof. An avis has the same page as ours: local and remote are read alike.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};

use super::{
    heard,
    list::{self, Words},
    paging::Place,
    table::{self, Form},
};
use crate::{
    App, Error, Result,
    i18n::{Lang, t},
    storage::records,
    web::{Failure, layout::Page},
};

/// `GET /recus`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/recus").titled(t(lang, "received-title"));
    let rows = records::received(&app.db, &place.slice()?).await?;
    let words = Words { lead: "received-lead", empty: "received-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

/// `GET /recus/{key}`, `.csv` and `.json` of an avis or a synthesis, `.csv` of a series, `.html` and `.epub` of a
/// publication: `key` is the beginning of the hash of the record's id.
///
/// # Errors
/// Not found, when nothing received has that key.
pub async fn show(State(app): State<App>, lang: Lang, Path(key): Path<String>) -> Result<Response, Failure> {
    if let Some((key, form)) = heard::Form::of(&key)
        && let Some(row) = records::received_by_key(&app.db, key).await?
        && let Some(response) = heard::in_form(&app, lang, &row, form).await?
    {
        return Ok(response);
    }
    let (key, form) = Form::of(&key).map_or((key.as_str(), None), |(key, form)| (key, Some(form)));
    let row = records::received_by_key(&app.db, key).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("received {key}")))?;
    let path = format!("/recus/{key}");
    if row.kind == "Synthesis" {
        return Ok(super::synthesis::of(&app, lang, &path, row, form).await?);
    }
    if let Some(form) = form.filter(|_| row.kind == "Avis") {
        return Ok(table::of(&app, lang, &row, form).await?);
    }
    let shown = match row.kind.as_str() {
        "Avis" => super::avis::page_of(&app, lang, &path, &row).await?,
        _ => super::record::show(&app, lang, &path, &row).await?,
    };
    Ok(shown)
}
