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

/// The list of our records of a kind.
pub(super) async fn listed(
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
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv(&said)?).into_response())
}

/// A draw as a table: one line a stage, then one a group. What is withheld is empty.
fn csv(said: &said::Draw) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let number = |count: Option<u32>| count.map_or_else(String::new, |count| count.to_string());
    let mut lines = vec![["partie", "libelle", "vise", "obtenu"].map(str::to_owned)];
    lines.extend(said.stages.iter().map(|stage| {
        ["etape".to_owned(), stage.stage.word().to_owned(), String::new(), stage.count.to_string()]
    }));
    for criterion in &said.criteria {
        lines.extend(criterion.groups.iter().map(|group| {
            [inert(&criterion.criterion), inert(&group.label), number(group.target), number(group.obtained)]
        }));
    }
    for line in lines {
        writer.write_record(line).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// Text that no spreadsheet takes for a formula.
fn inert(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{guard}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_1_a_cell_is_text_whatever_is_in_it() {
        assert_eq!((inert("18 à 29 ans").as_str(), inert("=1+1").as_str()), ("18 à 29 ans", "'=1+1"));
    }
}
