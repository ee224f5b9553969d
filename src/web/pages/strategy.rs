//! Strategies of the authority: their axes, and a matrix of the recommendations that serve each (requirement
//! 3.1).

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    list::{self, Words},
    paging::Place,
};
use crate::{
    App, Error, Result,
    domain::{
        Version,
        codes::Status,
        said::{Axis, Said},
    },
    i18n::{Lang, t},
    storage::records::{self, Page as Slice, Row},
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{self, Card, Past, People, Sheet},
    },
};

/// Recommendations a matrix counts at most.
const MOST: i64 = 2_000;

/// `GET /strategies`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/strategies").titled(t(lang, "strategies-title"));
    let rows = records::by_kind_ours(&app.db, "Strategy", &place.slice()?).await?;
    let words = Words { lead: "strategies-lead", empty: "strategies-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

#[derive(Template)]
#[template(path = "strategy.html")]
struct Strategy {
    page: Page,
    sheet: Sheet,
    adopted_on: Option<Markup>,
    avis: Vec<Card>,
    axes: Vec<Line>,
    past: Vec<Past>,
}

/// A line of the matrix.
struct Line {
    title: String,
    text: Option<Markup>,
    /// How many of each avis, in the order of the columns, and how many of them are done.
    cells: Vec<(usize, usize)>,
    total: (usize, usize),
}

/// `GET /strategies/{slug}`
///
/// # Errors
/// Not found.
pub async fn show(State(app): State<App>, lang: Lang, Path(slug): Path<String>) -> Result<Response, Failure> {
    let row = records::by_slug(&app.db, "Strategy", &slug).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("strategy {slug}")))?;
    Ok(page_of(&app, lang, &format!("/strategies/{slug}"), &row).await?)
}

async fn page_of(app: &App, lang: Lang, path: &str, row: &Row) -> Result<Response> {
    let page = Page::new(app, lang, path).titled(&row.title).showing("article", &row.uri);
    let recommendations = records::by_kind_ours(&app.db, "Recommendation", &Slice::first(MOST)).await?;
    let standings: HashMap<String, Status> = view::standings_by_id(app, None).await?.into_iter().collect();
    let served: Vec<(Row, Vec<String>)> = recommendations
        .into_iter()
        .filter(|row| !row.withdrawn)
        .filter_map(|row| Some((axes_of(&row)?, row)))
        .map(|(axes, row)| (row, axes))
        .collect();
    let mut wanted: Vec<&str> = served.iter().filter_map(|(row, _)| row.avis.as_deref()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let avis = records::by_uris(&app.db, &wanted).await?;
    let people = People::load(app, avis.iter().chain([row]).map(|row| row.author.as_str())).await?;
    let sheet = Sheet::of(app, &page, &people, row);
    let said = match sheet.record.as_ref().map(|record| &record.said) {
        Some(Said::Strategy(said)) => Some(said.clone()),
        _ => None,
    };
    let line = |axis: &Axis| {
        let count = |avis: Option<&str>| {
            let there = served.iter().filter(|(row, axes)| {
                axes.contains(&axis.key) && avis.is_none_or(|avis| row.avis.as_deref() == Some(avis))
            });
            let (mut all, mut done) = (0, 0);
            for (row, _) in there {
                all += 1;
                done += usize::from(standings.get(&row.uri) == Some(&Status::Done));
            }
            (all, done)
        };
        Line {
            title: markup::name(&axis.title),
            text: axis.text.as_ref().map(|text| markup::clean(text.as_str())),
            cells: avis.iter().map(|avis| count(Some(&avis.uri))).collect(),
            total: count(None),
        }
    };
    let axes = said.iter().flat_map(|said| &said.axes).map(line).collect();
    let page = page.described(sheet.text.html.as_str());
    let shown = Strategy {
        adopted_on: said.and_then(|said| said.adopted_on).map(|date| page.civil(&date)),
        avis: Card::list(app, &page, &people, &avis),
        axes,
        past: view::history(app, &page, &row.uri).await?,
        sheet,
        page,
    };
    Ok(html(if row.withdrawn { StatusCode::GONE } else { StatusCode::OK }, &shown))
}

/// The axes a recommendation says it serves; none when it says none.
fn axes_of(row: &Row) -> Option<Vec<String>> {
    let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
    match record.said {
        Said::Recommendation(said) if !said.axes.is_empty() => Some(said.axes),
        _ => None,
    }
}
