//! Questions: the list, and the page of one with who asked it, whether the council took it up, and the
//! avis given on it.

use std::collections::HashSet;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    claims::{self, Sourced},
    list::{self, Words},
    paging::Place,
};
use crate::{
    App, Error, Result,
    domain::{Code as _, said::Said},
    i18n::{Lang, t},
    storage::records::{self, Page as Slice, Row},
    web::{
        Failure, html,
        layout::Page,
        markup::Markup,
        view::{self, Card, Past, People, Reply, Sheet, Who},
    },
};

/// The two kinds of question.
const KINDS: [&str; 2] = ["Saisine", "AutoSaisine"];

/// Our questions of both kinds, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn latest(app: &App, slice: &Slice) -> Result<Vec<Row>> {
    let mut rows = records::by_kind_ours(&app.db, KINDS[0], slice).await?;
    rows.extend(records::by_kind_ours(&app.db, KINDS[1], slice).await?);
    rows.sort_by(|a, b| (&b.published, &b.uri).cmp(&(&a.published, &a.uri)));
    rows.truncate(usize::try_from(slice.limit).unwrap_or_default());
    Ok(rows)
}

/// The questions put to a council, and those it chose, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn of_council(app: &App, council: &str, limit: i64) -> Result<Vec<Row>> {
    let asked = records::concerning(&app.db, &[council], "addressee").await?;
    let mut rows: Vec<Row> =
        asked.into_iter().map(|one| one.record).filter(|row| row.kind == KINDS[0] && row.ours).collect();
    rows.extend(records::by_author(&app.db, council, KINDS[1], &Slice::first(limit)).await?);
    rows.sort_by(|a, b| (&b.published, &b.uri).cmp(&(&a.published, &a.uri)));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

/// `GET /questions`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/questions").titled(t(lang, "questions-title"));
    let rows = latest(&app, &place.slice()?).await?;
    let words = Words { lead: "questions-lead", empty: "questions-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

#[derive(Template)]
#[template(path = "question.html")]
struct Question {
    page: Page,
    sheet: Sheet,
    addressee: Option<Who>,
    asked_on: Option<Markup>,
    expected_by: Option<Markup>,
    verdicts: Vec<(Sheet, Option<String>)>,
    claims: Vec<Sourced>,
    steps: Vec<Card>,
    avis: Vec<Card>,
    replies: Vec<Reply>,
    past: Vec<Past>,
}

/// `GET /questions/{slug}`
///
/// # Errors
/// Not found, when no question of ours has that slug.
pub async fn show(State(app): State<App>, lang: Lang, Path(slug): Path<String>) -> Result<Response, Failure> {
    let row = match records::by_slug(&app.db, KINDS[0], &slug).await? {
        Some(row) => Some(row),
        None => records::by_slug(&app.db, KINDS[1], &slug).await?,
    };
    let row = row.ok_or_else(|| Error::not_found(format!("question {slug}")))?;
    let mut around = records::by_question(&app.db, &row.uri).await?;
    around.retain(|other| other.uri != row.uri);
    let named: HashSet<&str> = around
        .iter()
        .chain([&row])
        .flat_map(|row| [Some(row.author.as_str()), row.addressee.as_deref()])
        .flatten()
        .collect();
    let people = People::load(&app, named).await?;
    let page =
        Page::new(&app, lang, &format!("/questions/{slug}")).titled(&row.title).showing("article", &row.uri);
    let sheet = Sheet::of(&app, &page, &people, &row);
    let page = page.described(sheet.text.html.as_str());
    let said = match sheet.record.as_ref().map(|record| &record.said) {
        Some(Said::Saisine(said) | Said::AutoSaisine(said)) => Some(said.clone()),
        _ => None,
    };
    // Only the one who is asked takes a question up or declines it (threats O33).
    let decides = |author: &str| row.addressee.as_deref() == Some(author) || row.author == author;
    let verdicts = around
        .iter()
        .filter(|one| matches!(one.kind.as_str(), "Acceptance" | "Refusal") && decides(&one.author));
    // Neither meetings nor interim deliverables close a question (requirement 2.20).
    let steps = around.iter().filter(|row| {
        matches!(row.kind.as_str(), "Deliverable" | "Meeting" | "WorkingGroup" | "Summary") && !row.withdrawn
    });
    let avis = around.iter().filter(|row| row.kind == "Avis" && row.ours);
    let question = Question {
        addressee: row.addressee.as_deref().map(|uri| people.who(uri)),
        asked_on: said.as_ref().and_then(|said| said.asked_on.as_ref()).map(|date| page.civil(date)),
        expected_by: said.as_ref().and_then(|said| said.expected_by.as_ref()).map(|date| page.civil(date)),
        verdicts: verdicts.map(|row| verdict(&app, &page, &people, row)).collect(),
        claims: claims::of(&page, sheet.record.as_ref()),
        steps: Card::list(&app, &page, &people, steps),
        avis: Card::list(&app, &page, &people, avis),
        replies: view::replies(&app, &page, &[&row.uri]).await?.remove(&row.uri).unwrap_or_default(),
        past: view::history(&app, &page, &row.uri).await?,
        sheet,
        page,
    };
    let status = if row.withdrawn { StatusCode::GONE } else { StatusCode::OK };
    Ok(html(status, &question))
}

fn verdict(app: &App, page: &Page, people: &People, row: &Row) -> (Sheet, Option<String>) {
    let sheet = Sheet::of(app, page, people, row);
    let reason = match sheet.record.as_ref().map(|record| &record.said) {
        Some(Said::Refusal(said)) => {
            said.reason.as_ref().map(|reason| reason.label(page.lang.code()).to_owned())
        }
        _ => None,
    };
    (sheet, reason)
}
