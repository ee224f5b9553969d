//! What a council heard as shown under a record: the territories a series of meetings reached, the summaries that
//! rest on a verbatim, what a summary rests on and leaves aside, what a publication holds. Computed from the
//! register each time, for our records and for received ones.

use std::collections::HashMap;

use askama::Template;
use jiff::tz::TimeZone;

use super::{Card, People};
use crate::{
    App, Result,
    domain::{
        Code as _, Iri, Record, Version, heard,
        said::{self, Said},
    },
    storage::records::{self, Page as Slice, Row},
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Cards of one kind on the page of a council, verbatims of a meeting, summaries of a verbatim.
const SHOWN: i64 = 10;
/// Verbatims that a page lists at most.
const MOST: i64 = 100;

/// A meeting of a series.
pub struct Held {
    /// Its row.
    pub row: Row,
    /// What it says.
    pub said: Box<said::Meeting>,
    /// Its day, at its place.
    pub day: String,
}

/// The meetings of a series by the one who says the series, the first first. Only who holds a series says which
/// meetings are its own: every node has the same table.
///
/// # Errors
/// Those of the database.
pub async fn meetings_of(app: &App, series: &Row) -> Result<Vec<Held>> {
    let named = records::concerning(&app.db, &[series.uri.as_str()], "series").await?;
    let rows = named.into_iter().map(|one| one.record);
    let mut held: Vec<Held> = rows
        .filter(|row| row.kind == "Meeting" && row.author == series.author && !row.withdrawn)
        .filter_map(|row| match parsed(&row)?.said {
            Said::Meeting(said) => {
                let zone = TimeZone::get(&said.timezone).unwrap_or(TimeZone::UTC);
                let day = said.start.timestamp().to_zoned(zone).date().to_string();
                Some(Held { row, said, day })
            }
            _ => None,
        })
        .collect();
    held.sort_by(|a, b| (a.said.start, &a.row.uri).cmp(&(b.said.start, &b.row.uri)));
    Ok(held)
}

/// The record of a row that was not withdrawn.
#[must_use]
pub fn parsed(row: &Row) -> Option<Record> {
    match Version::parse(&row.document) {
        Ok(Version::Record(record)) => Some(*record),
        _ => None,
    }
}

/// A group of records on the page of a council: where all are, the key of its title, the latest of them.
pub struct Group {
    /// Path of the whole list.
    pub all: &'static str,
    /// Key of its title.
    pub title: &'static str,
    /// The latest.
    pub cards: Vec<Card>,
}

/// What a council heard and told, for its page.
///
/// # Errors
/// Those of the database.
pub async fn groups(app: &App, page: &Page, council: &str) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    let people = People::load(app, [council]).await?;
    for (kind, all, title) in [
        ("DebateSeries", "/debats", "series-title"),
        ("Verbatim", "/verbatims", "verbatims-title"),
        ("Summary", "/resumes", "summaries-title"),
        ("Publication", "/publications", "publications-title"),
    ] {
        let rows = records::by_author(&app.db, council, kind, &Slice::first(SHOWN)).await?;
        let rows: Vec<Row> = rows.into_iter().filter(|row| !row.withdrawn).collect();
        if !rows.is_empty() {
            groups.push(Group { all, title, cards: Card::list(app, page, &people, &rows) });
        }
    }
    Ok(groups)
}

/// What a record of these kinds shows under its words; none for others, or when there is nothing.
///
/// # Errors
/// Those of the database.
pub async fn under(app: &App, page: &Page, row: &Row, record: &Record) -> Result<Option<Markup>> {
    match &record.said {
        Said::DebateSeries(said) => coverage(app, page, row, said).await.map(Some),
        Said::Verbatim(said) => {
            let mut above: Vec<&str> = said.said_at.iter().map(Iri::as_str).collect();
            above.extend(said.question.as_ref().map(Iri::as_str));
            let used = naming(app, &row.uri, "verbatims", "Summary", SHOWN).await?;
            let lists = [("verbatim-about", named(app, &above).await?), ("verbatim-used", used)];
            Ok(Some(listed(app, page, lists, Some("verbatim-unused")).await?))
        }
        Said::Meeting(said) => {
            let series: Vec<&str> = said.series.iter().map(Iri::as_str).collect();
            let words = naming(app, &row.uri, "said-at", "Verbatim", MOST).await?;
            let told = naming(app, &row.uri, "sums-up", "Summary", SHOWN).await?;
            let lists = [
                ("meeting-series", named(app, &series).await?),
                ("verbatims-title", words),
                ("summaries-title", told),
            ];
            let empty = lists.iter().all(|(_, rows)| rows.is_empty());
            if empty { Ok(None) } else { listed(app, page, lists, None).await.map(Some) }
        }
        Said::Summary(said) => summary(app, page, row, said).await.map(Some),
        Said::Publication(said) => publication(app, page, said).await.map(Some),
        _ => Ok(None),
    }
}

/// The records of those ids that are here, in that order.
///
/// # Errors
/// Those of the database.
pub async fn named(app: &App, uris: &[&str]) -> Result<Vec<Row>> {
    let mut found: HashMap<String, Row> =
        records::by_uris(&app.db, uris).await?.into_iter().map(|row| (row.uri.clone(), row)).collect();
    Ok(uris.iter().filter_map(|uri| found.remove(*uri)).collect())
}

/// The records of a kind that name one, the latest first.
async fn naming(app: &App, target: &str, relation: &str, kind: &str, most: i64) -> Result<Vec<Row>> {
    let rows = records::linked(&app.db, target, relation, &Slice::first(most)).await?;
    Ok(rows.into_iter().filter(|row| row.kind == kind).collect())
}

#[derive(Template)]
#[template(path = "parts/listed.html")]
struct Listed<'a> {
    page: &'a Page,
    lists: Vec<(&'static str, Vec<Card>)>,
    empty: Option<&'static str>,
}

/// Lists of records under titles; `empty` is said when the last of them holds nothing.
async fn listed<const N: usize>(
    app: &App,
    page: &Page,
    lists: [(&'static str, Vec<Row>); N],
    empty: Option<&'static str>,
) -> Result<Markup> {
    let authors = lists.iter().flat_map(|(_, rows)| rows).map(|row| row.author.as_str());
    let people = People::load(app, authors).await?;
    let empty = empty.filter(|_| lists.last().is_some_and(|(_, rows)| rows.is_empty()));
    let cards = lists.iter().map(|(title, rows)| (*title, Card::list(app, page, &people, rows)));
    let lists = cards.filter(|(_, cards)| !cards.is_empty()).collect();
    Ok(Markup::rendered(&Listed { page, lists, empty }))
}

#[derive(Template)]
#[template(path = "parts/coverage.html")]
struct Coverage<'a> {
    page: &'a Page,
    reached: usize,
    lines: Vec<(String, Vec<Met>)>,
    elsewhere: Vec<Met>,
    table: String,
    summaries: Vec<Card>,
}

#[derive(Clone)]
struct Met {
    href: String,
    title: String,
    lang: String,
    day: Markup,
    kind: Option<String>,
    there: Option<u32>,
}

async fn coverage(app: &App, page: &Page, row: &Row, said: &said::DebateSeries) -> Result<Markup> {
    let held = meetings_of(app, row).await?;
    let told = naming(app, &row.uri, "sums-up", "Summary", SHOWN).await?;
    let people = People::load(app, told.iter().map(|row| row.author.as_str())).await?;
    let places: Vec<Option<&str>> = held.iter().map(|one| one.said.territory.as_deref()).collect();
    let (reached, elsewhere) = heard::coverage(&said.territories, &places);
    let met = |at: &usize| {
        let one = &held[*at];
        Met {
            href: super::href(app, &one.row),
            title: markup::name(&one.row.title),
            lang: one.row.lang.clone(),
            day: crate::domain::CivilDate::parse(&one.day).map(|day| page.civil(&day)).unwrap_or_default(),
            kind: one.said.meeting.as_ref().map(|kind| markup::name(kind.label(page.lang.code()))),
            there: one.said.present.or(one.said.reached),
        }
    };
    let lines = reached.iter().map(|one| {
        (markup::name(heard::place_name(one.territory)), one.meetings.iter().map(met).collect::<Vec<Met>>())
    });
    Ok(Markup::rendered(&Coverage {
        reached: reached.iter().filter(|one| !one.meetings.is_empty()).count(),
        lines: lines.collect(),
        elsewhere: elsewhere.iter().map(met).collect(),
        table: format!("{}.csv", page.path),
        summaries: Card::list(app, page, &people, &told),
        page,
    }))
}

#[derive(Template)]
#[template(path = "parts/summary.html")]
struct Summary<'a> {
    page: &'a Page,
    lang: String,
    passages: Vec<(String, Vec<usize>)>,
    notes: Vec<Quoted>,
    about: Vec<Card>,
    /// How many verbatims there are on what it sums up, how many of them it cites, that in a hundred.
    share: Option<String>,
    unused: Vec<Quoted>,
}

/// A verbatim in a list.
pub struct Quoted {
    /// Its page, or its id when it is not here.
    pub href: String,
    /// Its words; none when it is not here, or was withdrawn.
    pub words: Option<Markup>,
    /// Its language.
    pub lang: String,
    /// Where whoever said it comes from.
    pub sector: String,
}

impl Quoted {
    /// A verbatim by its id, among those that are here.
    #[must_use]
    pub fn of(app: &App, page: &Page, uri: &str, row: Option<&Row>) -> Self {
        let said = row.and_then(parsed).and_then(|record| match record.said {
            Said::Verbatim(said) => Some(said),
            _ => None,
        });
        Self {
            href: row.map_or_else(|| uri.to_owned(), |row| super::href(app, row)),
            words: said.as_ref().map(|said| markup::clean(&heard::quoted(said))),
            lang: row.map_or_else(String::new, |row| row.lang.clone()),
            sector: said.map(|said| markup::name(said.sector.label(page.lang.code()))).unwrap_or_default(),
        }
    }
}

/// The verbatims there are on what a summary sums up: said at its meetings or those of its series, or on its
/// questions, by the same author.
async fn collected(app: &App, row: &Row, said: &said::Summary) -> Result<Vec<Row>> {
    let mut about: Vec<String> = said.sums_up.iter().map(ToString::to_string).collect();
    let of_series = records::concerning(&app.db, &about, "series").await?;
    about.extend(of_series.into_iter().map(|one| one.record.uri));
    let mut found = Vec::new();
    for relation in ["said-at", "saisine"] {
        found.extend(records::concerning(&app.db, &about, relation).await?.into_iter().map(|one| one.record));
    }
    found.retain(|one| one.kind == "Verbatim" && one.author == row.author && !one.withdrawn);
    found.sort_by(|a, b| a.uri.cmp(&b.uri));
    found.dedup_by(|a, b| a.uri == b.uri);
    Ok(found)
}

async fn summary(app: &App, page: &Page, row: &Row, said: &said::Summary) -> Result<Markup> {
    let cited = heard::cited(said);
    let numbers: HashMap<&str, usize> = cited.iter().copied().zip(1..).collect();
    let here: HashMap<String, Row> =
        named(app, &cited).await?.into_iter().map(|row| (row.uri.clone(), row)).collect();
    let collected = collected(app, row, said).await?;
    let used = collected.iter().filter(|one| numbers.contains_key(one.uri.as_str())).count();
    let unused = collected.iter().filter(|one| !numbers.contains_key(one.uri.as_str()));
    let about: Vec<&str> = said.sums_up.iter().map(Iri::as_str).collect();
    let about = named(app, &about).await?;
    let people = People::load(app, about.iter().map(|row| row.author.as_str())).await?;
    let passages = said.passages.iter().map(|passage| {
        let cited = passage.verbatims.iter().filter_map(|one| numbers.get(one.as_str()).copied());
        (passage.text.clone(), cited.collect())
    });
    Ok(Markup::rendered(&Summary {
        lang: row.lang.clone(),
        passages: passages.collect(),
        notes: cited.iter().map(|uri| Quoted::of(app, page, uri, here.get(*uri))).collect(),
        about: Card::list(app, page, &people, &about),
        share: (used * 100).checked_div(collected.len()).map(|percent| {
            let args = [
                ("of", page.number(collected.len()).into()),
                ("n", used.into()),
                ("percent", percent.into()),
            ];
            crate::i18n::t_args(page.lang, "summary-share-of", &args)
        }),
        unused: unused.map(|row| Quoted::of(app, page, &row.uri, Some(row))).collect(),
        page,
    }))
}

#[derive(Template)]
#[template(path = "parts/publication.html")]
struct Publication<'a> {
    page: &'a Page,
    cards: Vec<Card>,
    missing: Vec<String>,
}

async fn publication(app: &App, page: &Page, said: &said::Publication) -> Result<Markup> {
    let contents: Vec<&str> = said.contents.iter().map(Iri::as_str).collect();
    let here = named(app, &contents).await?;
    let people = People::load(app, here.iter().map(|row| row.author.as_str())).await?;
    let missing = contents.iter().filter(|uri| here.iter().all(|row| row.uri != **uri));
    Ok(Markup::rendered(&Publication {
        cards: Card::list(app, page, &people, &here),
        missing: missing.map(|uri| (*uri).to_owned()).collect(),
        page,
    }))
}
