//! Lists of what tells of the life of councils: meetings, draws, deliverables; and the page of a draw, which is a
//! table for programs too.

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse as _, Response},
};

use super::{
    list::{self, Words},
    paging::Place,
    record,
};
use crate::{
    App, Error, Result,
    domain::{Code as _, Version, said},
    i18n::{Lang, t},
    storage::records,
    web::{Failure, layout::Page},
};

/// `GET /seances`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn meetings(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "meetings-lead", empty: "meetings-none" };
    listed(state, lang, place, ("/seances", "Meeting"), t(lang, "meetings-title"), words).await
}

/// `GET /tirages`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn draws(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "draws-lead", empty: "draws-none" };
    listed(state, lang, place, ("/tirages", "Draw"), t(lang, "draws-title"), words).await
}

/// `GET /livrables`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn deliverables(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "deliverables-lead", empty: "deliverables-none" };
    listed(state, lang, place, ("/livrables", "Deliverable"), t(lang, "deliverables-title"), words).await
}

async fn listed(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
    (path, kind): (&str, &str),
    title: String,
    words: Words,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, path).titled(title);
    let rows = records::by_kind_ours(&app.db, kind, &place.slice()?).await?;
    Ok(list::show(&app, page, words, &place, rows).await?)
}

/// `GET /tirages/{slug}`, `GET /tirages/{slug}.csv`
///
/// # Errors
/// Not found.
pub async fn draw(state: State<App>, lang: Lang, Path(slug): Path<String>) -> Result<Response, Failure> {
    let Some(slug) = slug.strip_suffix(".csv") else {
        return record::of_kind("Draw", state, lang, Path(slug)).await;
    };
    let unknown = || Error::not_found(format!("draw {slug}"));
    let row = records::by_slug(&state.db, "Draw", slug).await?.filter(|row| !row.withdrawn);
    let Ok(Version::Record(record)) = Version::parse(&row.ok_or_else(unknown)?.document) else {
        return Err(unknown().into());
    };
    let said::Said::Draw(said) = record.said else { return Err(unknown().into()) };
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv(&said)).into_response())
}

/// A draw as a table: one line a stage, then one a group. What is withheld is empty.
fn csv(said: &said::Draw) -> String {
    let number = |count: Option<u32>| count.map_or_else(String::new, |count| count.to_string());
    let mut text = "partie,libelle,vise,obtenu\r\n".to_owned();
    let mut line = |part: &str, label: &str, target: Option<u32>, obtained: Option<u32>| {
        let cells = [quoted(part), quoted(label), number(target), number(obtained)];
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    for stage in &said.stages {
        line("etape", stage.stage.word(), None, Some(stage.count));
    }
    for criterion in &said.criteria {
        for group in &criterion.groups {
            line(&criterion.criterion, &group.label, group.target, group.obtained);
        }
    }
    text
}

/// A cell (RFC 4180) that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_1_a_cell_is_text_whatever_is_in_it() {
        assert_eq!(quoted("18 à 29 ans"), "\"18 à 29 ans\"");
        assert_eq!(quoted("=1+1 \"x\""), "\"'=1+1 \"\"x\"\"\"");
    }
}
