//! Lists of what councils heard, and the other forms of two of these records: a series of meetings as a table for
//! programs (CSV), a publication as one page to print (HTML) and as a book (EPUB). Ours and received ones alike.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use serde_json::Value;

use super::{book, life::listed, list::Words, paging::Place, record, table};
use crate::{
    App, Error, Result,
    domain::{Code, heard, said::Said},
    i18n::{Lang, t},
    storage::records::{self, Row},
    web::{Failure, view::heard as view},
};

/// A form of a record beside its page, by the end of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `.csv`
    Csv,
    /// `.html`
    Html,
    /// `.epub`
    Epub,
}

impl Form {
    /// The form an address asks for, and the rest of it.
    #[must_use]
    pub fn of(segment: &str) -> Option<(&str, Self)> {
        let forms = [(".csv", Self::Csv), (".html", Self::Html), (".epub", Self::Epub)];
        forms.into_iter().find_map(|(end, form)| Some((segment.strip_suffix(end)?, form)))
    }
}

/// `GET /debats`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn series_list(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "series-lead", empty: "series-empty" };
    listed(state, lang, place, ("/debats", "DebateSeries"), t(lang, "series-title"), words).await
}

/// `GET /verbatims`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn verbatims(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "verbatims-lead", empty: "verbatims-empty" };
    listed(state, lang, place, ("/verbatims", "Verbatim"), t(lang, "verbatims-title"), words).await
}

/// `GET /resumes`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn summaries(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "summaries-lead", empty: "summaries-empty" };
    listed(state, lang, place, ("/resumes", "Summary"), t(lang, "summaries-title"), words).await
}

/// `GET /publications`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn publications(state: State<App>, lang: Lang, place: Query<Place>) -> Result<Response, Failure> {
    let words = Words { lead: "publications-lead", empty: "publications-empty" };
    listed(state, lang, place, ("/publications", "Publication"), t(lang, "publications-title"), words).await
}

/// `GET /debats/{slug}`, `GET /debats/{slug}.csv`
///
/// # Errors
/// Not found.
pub async fn series(state: State<App>, lang: Lang, slug: Path<String>) -> Result<Response, Failure> {
    shown(state, lang, slug, "DebateSeries").await
}

/// `GET /publications/{slug}`, and `.html`, `.epub`
///
/// # Errors
/// Not found.
pub async fn publication(state: State<App>, lang: Lang, slug: Path<String>) -> Result<Response, Failure> {
    shown(state, lang, slug, "Publication").await
}

async fn shown(
    state: State<App>,
    lang: Lang,
    Path(slug): Path<String>,
    kind: &'static str,
) -> Result<Response, Failure> {
    let Some((name, form)) = Form::of(&slug) else {
        return record::of_kind(kind, state, lang, Path(slug)).await;
    };
    let unknown = || Error::not_found(format!("{kind} {slug}"));
    let row = records::by_slug(&state.db, kind, name).await?.ok_or_else(unknown)?;
    Ok(in_form(&state, lang, &row, form).await?.ok_or_else(unknown)?)
}

/// A record in another form; none when it has no such form.
///
/// # Errors
/// `Gone` when it was withdrawn; else those of the database.
pub async fn in_form(app: &App, lang: Lang, row: &Row, form: Form) -> Result<Option<Response>> {
    if row.withdrawn {
        return Err(Error::Gone { what: row.uri.clone() });
    }
    let Some(record) = view::parsed(row) else { return Ok(None) };
    Ok(match (&record.said, form) {
        (Said::DebateSeries(said), Form::Csv) => Some(coverage(app, row, &said.territories).await?),
        (Said::Publication(said), Form::Html) => Some(book::page(app, lang, row, &record, said).await?),
        (Said::Publication(said), Form::Epub) => Some(book::epub(app, row, &record, said).await?),
        _ => None,
    })
}

/// One line for each meeting of each territory, one with no meeting for each territory without any; at last the
/// meetings in other places.
async fn coverage(app: &App, row: &Row, territories: &[String]) -> Result<Response> {
    let held = view::meetings_of(app, row).await?;
    let places: Vec<Option<&str>> = held.iter().map(|one| one.said.territory.as_deref()).collect();
    let (reached, elsewhere) = heard::coverage(territories, &places);
    let line = |place: &str, count: usize, at: Option<usize>| -> [Value; 8] {
        let meeting = at.map(|at| &held[at]);
        [
            place.into(),
            heard::place_name(place).into(),
            count.into(),
            meeting.map(|one| one.day.as_str()).into(),
            meeting.map(|one| one.row.title.as_str()).into(),
            meeting.and_then(|one| one.said.meeting.as_ref()).map(Code::word).into(),
            meeting.and_then(|one| one.said.present.or(one.said.reached)).into(),
            meeting.map(|one| one.row.uri.as_str()).into(),
        ]
    };
    let mut lines = Vec::new();
    for one in &reached {
        let count = one.meetings.len();
        match count {
            0 => lines.push(line(one.territory, 0, None)),
            _ => lines.extend(one.meetings.iter().map(|at| line(one.territory, count, Some(*at)))),
        }
    }
    lines.extend(elsewhere.iter().map(|at| line(places[*at].unwrap_or_default(), 1, Some(*at))));
    let columns = ["territoire", "nom", "rencontres", "date", "titre", "type", "personnes", "id"];
    table::csv(&columns, lines)
}
