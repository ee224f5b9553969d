//! The page of one answer, follow-up, delivery, acceptance or refusal: its words, what it is about, and
//! the thread it stands in.

use std::collections::HashSet;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::claims::{self, Sourced};
use crate::{
    App, Error, Result,
    actions::taken_up,
    domain::{
        Code as _, Iri, Record, Version,
        said::{self, Said},
    },
    i18n::Lang,
    storage::{
        records::{self, Page as Slice, Row},
        standings, versions,
    },
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{self, Card, Hop, Ideas, Origin, Past, People, Reply, Sheet, Statement, Takings, Text},
    },
};

/// Records of a thread that a page lists at most.
const THREAD: i64 = 200;

#[derive(Template)]
#[template(path = "record.html")]
struct Shown {
    page: Page,
    sheet: Sheet,
    up: (String, String),
    origin: Option<Origin>,
    statement: Option<Statement>,
    body: Option<Markup>,
    facts: Vec<(String, Markup)>,
    claims: Vec<Sourced>,
    hops: Vec<Hop>,
    takings: Takings,
    ideas: Ideas,
    sections: Vec<(&'static str, String, Markup)>,
    under: Option<Markup>,
    thread: Vec<Card>,
    replies: Vec<Reply>,
    last_words: Option<Text>,
    past: Vec<Past>,
}

/// `GET /{folder}/{slug}` of every kind without a page of its own: `/reponses/…`, `/echeanciers/…`.
///
/// # Errors
/// Not found.
pub async fn of_kind(
    kind: &'static str,
    state: State<App>,
    lang: Lang,
    slug: Path<String>,
) -> Result<Response, Failure> {
    ours(state, lang, slug, kind).await
}

async fn ours(
    State(app): State<App>,
    lang: Lang,
    Path(slug): Path<String>,
    kind: &str,
) -> Result<Response, Failure> {
    let row = records::by_slug(&app.db, kind, &slug).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("{kind} {slug}")))?;
    let path = view::href(&app, &row);
    Ok(show(&app, lang, &path, &row).await?)
}

/// The page of any record, ours or received.
///
/// # Errors
/// Those of the database.
pub async fn show(app: &App, lang: Lang, path: &str, row: &Row) -> Result<Response> {
    let page = Page::new(app, lang, path).titled(&row.title).showing("article", &row.uri);
    let thread = records::by_context(&app.db, &row.context, &Slice::first(THREAD)).await?;
    let relayed_to = thread.iter().chain([row]).filter(|row| row.kind == "Relay");
    let relayed_to = relayed_to.filter_map(|row| row.addressee.as_deref());
    let named: HashSet<&str> =
        thread.iter().chain([row]).map(|row| row.author.as_str()).chain(relayed_to).collect();
    let people = People::load(app, named).await?;
    let sheet = Sheet::of(app, &page, &people, row);
    let page = page.described(sheet.text.html.as_str());
    let record = sheet.record.as_ref();
    let body = record.and_then(|record| view::fragment(app, &page, row, record));
    let under = match record {
        Some(record) => view::heard::under(app, &page, row, record).await?,
        None => None,
    };
    let shown = Shown {
        up: up(app, &page, row, &thread),
        origin: Origin::of(app, &page, row, sheet.at_origin.clone()).await?,
        body,
        under,
        claims: claims::of(&page, record),
        statement: Statement::of(app, &page, &people, row, None).map(|said| said.named(&thread)),
        facts: record.map(|record| facts(&page, record, &thread)).unwrap_or_default(),
        hops: hops(app, &page, &people, row, &thread).await?,
        takings: takings(app, &page, row).await?,
        ideas: ideas(app, &page, row).await?,
        sections: match record.map(|record| &record.said) {
            Some(Said::Avis(said)) => super::avis::sections(&page, said),
            Some(Said::Meeting(said)) => meeting(&page, said),
            _ => Vec::new(),
        },
        thread: if thread.len() > 1 { Card::list(app, &page, &people, &thread) } else { Vec::new() },
        replies: view::replies(app, &page, &[&row.uri]).await?.remove(&row.uri).unwrap_or_default(),
        last_words: last_words(app, &page, row).await?,
        past: view::history(app, &page, &row.uri).await?,
        sheet,
        page,
    };
    Ok(html(if row.withdrawn { StatusCode::GONE } else { StatusCode::OK }, &shown))
}

/// When and where a meeting is, and what was said there.
pub(super) fn meeting(page: &Page, said: &said::Meeting) -> Vec<(&'static str, String, Markup)> {
    let when = ("quand", page.t("meeting-when"), markup::clean(said.when_and_where.as_str()));
    let minutes = said.minutes.as_ref().map(|minutes| markup::clean(minutes.as_str()));
    let minutes = minutes.map(|minutes| ("compte-rendu", page.t("meeting-minutes"), minutes));
    [when].into_iter().chain(minutes).collect()
}

/// The way up: what it replies to, else the list it stands in.
fn up(app: &App, page: &Page, row: &Row, thread: &[Row]) -> (String, String) {
    let parent = row.parent.as_deref().and_then(|parent| thread.iter().find(|one| one.uri == parent));
    match parent {
        Some(parent) => (view::href(app, parent), markup::name(&parent.title)),
        None if row.ours => match row.kind.as_str() {
            "Meeting" => ("/seances".to_owned(), page.t("meetings-title")),
            "Draw" => ("/tirages".to_owned(), page.t("draws-title")),
            "Deliverable" => ("/livrables".to_owned(), page.t("deliverables-title")),
            "DebateSeries" => ("/debats".to_owned(), page.t("series-title")),
            "Verbatim" => ("/verbatims".to_owned(), page.t("verbatims-title")),
            "Summary" => ("/resumes".to_owned(), page.t("summaries-title")),
            "Publication" => ("/publications".to_owned(), page.t("publications-title")),
            _ => ("/avis".to_owned(), page.t("nav-avis")),
        },
        None => ("/recus".to_owned(), page.t("nav-received")),
    }
}

/// Dates and reasons that a kind has beside its words.
fn facts(page: &Page, record: &Record, thread: &[Row]) -> Vec<(String, Markup)> {
    let lang = page.lang.code();
    let mut facts = Vec::new();
    if let Said::Receipt(said::Receipt { entered_for: Some(body), .. })
    | Said::Refusal(said::Verdict { entered_for: Some(body), .. }) = &record.said
    {
        let mut relays = thread.iter().filter_map(view::relay_of).filter(|said| said.relay_to == *body);
        let name = relays.find_map(|said| said.relay_to_name).unwrap_or_else(|| body.to_string());
        facts.push((page.t("entered-by-link"), Markup::text(&markup::name(&name))));
    }
    match &record.said {
        Said::Delivery(said) => facts.push((page.t("delivered-on"), page.civil(&said.delivered_on))),
        Said::Acceptance(said) | Said::Refusal(said) => {
            if let Some(reason) = &said.reason {
                facts.push((page.t("reason"), Markup::text(reason.label(lang))));
            }
        }
        Said::Saisine(said) | Said::AutoSaisine(said) => {
            facts.extend(said.asked_on.as_ref().map(|date| (page.t("asked-on"), page.civil(date))));
            facts.extend(said.expected_by.as_ref().map(|date| (page.t("expected-by"), page.civil(date))));
        }
        Said::Avis(said) => {
            facts.extend(said.adopted_on.as_ref().map(|date| (page.t("adopted-on"), page.civil(date))));
        }
        Said::Answer(said) => {
            facts.extend(said.decided_on.as_ref().map(|date| (page.t("dated"), page.civil(date))));
        }
        Said::FollowUp(said) => {
            facts.extend(said.as_of.as_ref().map(|date| (page.t("dated"), page.civil(date))));
        }
        // The text of the other kinds says their facts.
        _ => {}
    }
    facts
}

/// Of a recommendation that stands: the same idea elsewhere.
async fn ideas(app: &App, page: &Page, row: &Row) -> Result<Ideas> {
    if row.kind != "Recommendation" || row.withdrawn {
        return Ok(Ideas::default());
    }
    Ok(view::ideas(app, page, &[&row.uri]).await?.remove(&row.uri).unwrap_or_default())
}

/// Of a relay: every hop of what it relays, itself among them.
async fn hops(app: &App, page: &Page, people: &People, row: &Row, thread: &[Row]) -> Result<Vec<Hop>> {
    let Some(said) = view::relay_of(row) else { return Ok(Vec::new()) };
    let targets: Vec<&str> = said.concerns.iter().take(1).map(Iri::as_str).collect();
    let relays = standings::relays(&app.db, &targets).await?;
    Ok(Hop::list(app, page, people, thread, &relays.iter().collect::<Vec<_>>()))
}

/// Of a take-up, where it stands; of a recommendation from elsewhere, who took it up.
async fn takings(app: &App, page: &Page, row: &Row) -> Result<Takings> {
    let found = match row.kind.as_str() {
        "TakeUp" => taken_up::of_record(app, row).await?,
        "Recommendation" => taken_up::around(app, &[&row.uri]).await?,
        _ => return Ok(Takings::default()),
    };
    let people = People::load(app, found.rows.values().map(|row| row.author.as_str())).await?;
    Ok(match row.kind.as_str() {
        "TakeUp" => Takings::one(app, page, &people, &found),
        _ => Takings::of(app, page, &people, &found, &row.uri),
    })
}

/// What a withdrawn record said before: history stays readable (register.md rule 13).
///
/// # Errors
/// Those of the database.
pub async fn last_words(app: &App, page: &Page, row: &Row) -> Result<Option<Text>> {
    if !row.withdrawn {
        return Ok(None);
    }
    let before = versions::get(&app.db, &row.uri, row.version - 1).await?;
    let document = before.and_then(|version| version.document);
    Ok(document.and_then(|text| match Version::parse(&text) {
        Ok(Version::Record(record)) => Some(Text::of(&record, page.lang)),
        _ => None,
    }))
}
