//! The page of a convention: sub-questions in rows, cities in columns.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

use super::{
    Asked, Whole, given, key,
    large::{self, Counts, Listed},
    lines,
    missing::Missing,
    plots, theme_label, title,
};
use crate::{
    App, Error, Result,
    actions::{
        conventions,
        directory::CONVENTION,
        side_by_side::{Line, Table},
    },
    domain::{
        Code, Iri, agreement,
        codes::{Status, Tier},
        phrases::Phrases,
    },
    i18n::Lang,
    storage::{actors, hosts, records},
    web::{
        feed,
        layout::Page,
        markup::{self, Markup},
        view::{self, Badge, Card, People, Seen, Sheet, Who, genealogy, href},
    },
};

/// Longest excerpt of an answer, in characters.
const EXCERPT: usize = 220;
/// More cities than this are not side by side where fewer are asked for.
const CITIES: usize = 12;
/// More recommendations or cells, and a larger page in bytes, are never side by side.
const LINES: usize = 100;
const CELLS: usize = 150;
const LARGEST: usize = 60_000;

#[derive(Template)]
#[template(path = "convention.html")]
struct Convention {
    page: Page,
    sheet: Sheet,
    namesakes: Vec<(String, String)>,
    moved: Option<Who>,
    missing: Option<Missing>,
    phases: Vec<(String, String)>,
    contact: Option<String>,
    side: Option<Side>,
    overview: Vec<Counts>,
    listed: Option<Listed>,
    syntheses: Vec<Card>,
    /// Why its host withdrew it.
    ended: Option<(String, Markup)>,
    /// Contributions that were taken back.
    taken_back: Vec<Card>,
    filters: Vec<Filter>,
    on: String,
    day: Markup,
    members: usize,
    count: usize,
    all: usize,
    feed: Option<String>,
    query: String,
    name: String,
}

/// All that is asked for, side by side, and its plots.
struct Side {
    cities: Vec<City>,
    rows: Vec<Row>,
    plots: Vec<(String, Markup)>,
}

/// A column.
#[derive(Clone)]
pub(super) struct City {
    pub who: Who,
    /// Its city's name.
    pub town: String,
    /// What stands for it where there is little room: its city, or its own name beside another council of that city.
    pub label: String,
    /// Its council.
    pub council: String,
    /// What asks for it: the server of its council, or where several share one, the id.
    pub asked: String,
    /// Whether what it publishes comes here.
    pub received: bool,
    /// When it was last seen, if it does not answer.
    pub silent: Option<Seen>,
}

/// A row.
struct Row {
    title: String,
    href: String,
    cells: Vec<Vec<Cell>>,
}

/// A recommendation.
pub(super) struct Cell {
    href: String,
    title: String,
    lang: String,
    tier: Option<String>,
    badge: Badge,
    since: Option<Markup>,
    answer: Option<String>,
    answer_href: String,
    by: Option<Who>,
    promised: Option<Markup>,
    silence: Option<String>,
    /// How often it was taken up, and how far people agree on it: words, and their page.
    besides: Vec<(String, String)>,
    overdue: bool,
    changed: bool,
    proof: &'static str,
    proof_label: String,
    synthetic: bool,
}

/// A filter of the form.
struct Filter {
    name: &'static str,
    label: String,
    choices: Vec<Choice>,
}

/// One of its choices.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// The page, of the lines asked for among the whole. What would be
/// too large side by side is an overview, and lists of what its counts lead to.
pub(super) async fn page(
    app: &App,
    lang: Lang,
    name: &str,
    asked: &Asked,
    (mut table, whole): (Table, &Whole),
) -> Result<Response> {
    let row = table.known.row.clone();
    let page = Page::new(app, lang, &format!("/conventions/{name}"));
    let page = page.titled(&row.title).showing("article", &row.uri).asked(&asked.whole_query());
    let filtered = !asked.whole_query().is_empty();
    let page = if filtered { page.unlisted() } else { page };
    let group = actors::get(&app.db, table.known.said.convention.as_str()).await?;
    let feed = group.and_then(|group| feed::named(lang, CONVENTION, &group));
    let mut page = feed.iter().fold(page, |page, (address, title)| page.with_feed(address, title));
    page.address = format!("{}/conventions/{}", page.site, conventions::address(&row));
    let mut named: Vec<&str> = table.seats.iter().map(|seat| seat.member.council.as_str()).collect();
    named.extend(table.lines.iter().filter_map(|line| Some(line.by.as_ref()?.row.author.as_str())));
    named.push(table.known.host());
    let people = People::with_cities(app, named).await?;
    let sheet = Sheet::of(app, &page, &people, &row);
    let page = page.described(&sheet.text.html.to_string());
    let cities = cities(app, &page, &people, &table).await?;
    let namesakes = conventions::namesakes(app, &table.known).await?;
    let mut convention = Convention {
        moved: view::moved(app, table.known.host()).await?,
        missing: Missing::of(&page, &people, &table),
        namesakes: namesakes.iter().map(|row| (href(app, row), row.origin.clone())).collect(),
        syntheses: syntheses(app, &page, &people, &table),
        ended: ended(app, &page, &people, &row).await?,
        taken_back: taken_back(app, &page, &people, &table),
        phases: phases(&page, &table),
        contact: table.known.said.contact.as_deref().map(markup::name),
        side: None,
        overview: Vec::new(),
        listed: None,
        filters: filters(&page, (&table, asked), whole, &cities),
        on: asked.on.clone().unwrap_or_default(),
        day: super::day_in_words(&page, table.day),
        members: table.seats.len(),
        count: table.lines.len(),
        all: whole.count,
        feed: feed.map(|(address, _)| address),
        query: if asked.query().is_empty() { String::new() } else { format!("?{}", asked.query()) },
        name: name.to_owned(),
        sheet,
        page,
    };
    let page = &convention.page;
    if !asked.lists() && table.lines.len() <= LINES {
        convention.side = side(app, page, &people, (&mut table, asked), cities.clone(), name);
        let written = convention.render().map_err(Error::internal)?;
        if written.len() <= LARGEST && (convention.side.is_some() || table.lines.is_empty()) {
            return Ok(Html(written).into_response());
        }
        convention.side = None;
    }
    let page = &convention.page;
    if asked.lists() || asked.narrows() {
        let cell = |line: &Line| cell(app, page, &people, line);
        convention.listed = Some(large::list(page, (&table, asked), &people, whole.before, cell));
    } else {
        convention.overview = large::overview(page, (&table, asked), &cities);
    }
    Ok(Html(convention.render().map_err(Error::internal)?).into_response())
}

/// What is asked for, side by side; of many cities, those that have some of it.
fn side(
    app: &App,
    page: &Page,
    people: &People,
    (table, asked): (&mut Table, &Asked),
    mut cities: Vec<City>,
    name: &str,
) -> Option<Side> {
    if table.seats.len() > CITIES && asked.narrows() {
        let has = |council: &str| table.lines.iter().any(|line| line.row.author == council);
        table.seats.retain(|seat| has(seat.member.council.as_str()));
        cities.retain(|city| has(&city.council));
    }
    let cells = table.seats.len() * table.headings().len();
    let drawn = |key: &str, plot: Markup| (page.t(key), plot);
    (!table.lines.is_empty() && cells <= CELLS).then(|| Side {
        rows: rows(app, page, people, (table, asked), name),
        plots: vec![
            drawn("convention-progress", plots::progress(page, table, &cities)),
            drawn("convention-coverage", plots::coverage(page, (table, asked), &cities)),
            drawn("convention-timeline", plots::timeline(page, table, &cities)),
        ],
        cities,
    })
}

fn phases(page: &Page, table: &Table) -> Vec<(String, String)> {
    let phases = table.known.said.phases.iter().map(|phase| {
        let days = [phase.from.as_ref(), phase.until.as_ref()].into_iter().flatten();
        let days: Vec<String> = days.map(|day| Phrases::in_language(page.lang.code()).date(day)).collect();
        (markup::name(&phase.title), days.join(" – "))
    });
    phases.collect()
}

fn syntheses(app: &App, page: &Page, people: &People, table: &Table) -> Vec<Card> {
    let host = table.known.host();
    let rows = table.known.records.iter().filter(|row| {
        row.kind == "Synthesis" && !row.withdrawn && row.proof == "valid" && row.author == host
    });
    Card::list(app, page, people, rows)
}

/// The reason and the words by which a convention was withdrawn.
async fn ended(
    app: &App,
    page: &Page,
    people: &People,
    row: &records::Row,
) -> Result<Option<(String, Markup)>> {
    if !row.withdrawn {
        return Ok(None);
    }
    let end = records::get(&app.db, &row.uri).await?;
    Ok(end.and_then(|end| Sheet::of(app, page, people, &end).reason))
}

/// What members contributed and took back, the oldest first.
fn taken_back(app: &App, page: &Page, people: &People, table: &Table) -> Vec<Card> {
    let rows = table.known.records.iter();
    let rows = rows.filter(|row| row.kind == "Contribution" && row.withdrawn && row.proof == "valid");
    Card::list(app, page, people, rows.filter(|row| table.known.has(&row.author)))
}

/// The members, each with what it contributed; one whose server is silent says since when.
async fn cities(app: &App, page: &Page, people: &People, table: &Table) -> Result<Vec<City>> {
    let host = |uri: &Iri| uri.host().to_owned();
    let servers: Vec<String> = table.seats.iter().map(|seat| host(&seat.member.council)).collect();
    let contacts = hosts::contacts(&app.db, &servers).await?;
    let silent = |server: &str| {
        let contact = contacts.iter().find(|contact| contact.host == server);
        (!contact.is_some_and(hosts::Contact::answers)).then(|| Seen::of(page, contact))
    };
    let towns: Vec<String> =
        table.seats.iter().map(|seat| people.city(seat.member.council.as_str())).collect();
    let alone = |town: &&String| towns.iter().filter(|other| other == town).count() == 1;
    let city = |(seat, server): (&crate::actions::side_by_side::Seat, &String)| {
        let council = seat.member.council.as_str();
        let sole = servers.iter().filter(|one| *one == server).count() == 1;
        let (who, town) = (people.who(council), people.city(council));
        City {
            label: if alone(&&town) { town.clone() } else { who.name.clone() },
            town,
            who,
            council: council.to_owned(),
            received: seat.received,
            silent: if app.urls.is_here(&seat.member.council) { None } else { silent(server) },
            asked: if sole { server.clone() } else { council.to_owned() },
        }
    };
    Ok(table.seats.iter().zip(&servers).map(city).collect())
}

/// The rows that are asked for: each sub-question, then what is under none.
fn rows(app: &App, page: &Page, people: &People, (table, asked): (&Table, &Asked), name: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for heading in table.headings().into_iter().filter(|heading| asked.row(table, heading)) {
        let inside: Vec<&Line> = table.lines.iter().filter(|line| line.heading == heading).collect();
        let of = |council: &str| {
            let own = inside.iter().filter(|line| line.row.author == council);
            own.map(|line| cell(app, page, people, line)).collect()
        };
        rows.push(Row {
            title: title(page, table, &heading),
            href: format!("/conventions/{name}?q={}", key(table, &heading)),
            cells: table.seats.iter().map(|seat| of(seat.member.council.as_str())).collect(),
        });
    }
    rows
}

fn cell(app: &App, page: &Page, people: &People, line: &Line) -> Cell {
    let by = line.by.as_ref();
    Cell {
        href: href(app, &line.row),
        title: markup::name(&line.row.title),
        lang: line.row.lang.clone(),
        tier: line.said.tier.as_ref().map(|tier| tier.label(page.lang.code()).to_owned()),
        badge: Badge::of(&line.status, page),
        since: by
            .map(|by| Card::of(app, page, people, &by.row))
            .map(|card| card.on.unwrap_or(card.published)),
        answer: by.map(|by| excerpt(&by.row)),
        answer_href: by.map(|by| href(app, &by.row)).unwrap_or_default(),
        by: by.map(|by| people.who(&by.row.author)),
        promised: by.and_then(|by| by.promised_by.as_ref()).map(|day| page.civil(day)),
        silence: line.silence.map(|days| page.n("silence-days", days)),
        besides: besides(app, page, line),
        overdue: line.overdue,
        changed: line.changed,
        proof: if line.row.proof == "valid" { "valid" } else { "absent" },
        proof_label: page.label("proof", &line.row.proof),
        synthetic: line.row.synthetic,
    }
}

/// What else is said of a recommendation.
fn besides(app: &App, page: &Page, line: &Line) -> Vec<(String, String)> {
    let taken_up =
        (line.taken_up > 0).then(|| (page.n("convention-taken-up", line.taken_up), genealogy(&line.row.uri)));
    let agreed = line.agreed.as_ref().and_then(|agreed| {
        let ruling = agreement::ruling(&agreed.said.grades, agreed.said.kept_from)?;
        Some((page.n("convention-grade", ruling.grade), href(app, &agreed.row)))
    });
    taken_up.into_iter().chain(agreed).collect()
}

/// How an answer begins.
fn excerpt(row: &records::Row) -> String {
    let words = lines::words(row);
    match words.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// What the table can be cut to.
fn filters(page: &Page, (table, asked): (&Table, &Asked), whole: &Whole, cities: &[City]) -> Vec<Filter> {
    let choice = |value: &str, label: String, asked: Option<&str>| Choice {
        chosen: given(asked) == Some(value),
        value: value.to_owned(),
        label,
    };
    let lang = page.lang.code();
    let rows = whole
        .headings
        .iter()
        .map(|heading| choice(&key(table, heading), title(page, table, heading), asked.q.as_deref()));
    let themes =
        whole.themes.iter().map(|theme| choice(theme, theme_label(page, theme), asked.theme.as_deref()));
    let statuses = Status::ALL
        .iter()
        .map(|(word, code)| choice(word, code.label(lang).to_owned(), asked.etat.as_deref()));
    let tiers = Tier::ALL
        .iter()
        .map(|(word, code)| choice(word, code.label(lang).to_owned(), asked.echelon.as_deref()));
    let towns = cities.iter().map(|city| choice(&city.asked, city.label.clone(), asked.ville.as_deref()));
    vec![
        Filter { name: "q", label: page.t("convention-filter-question"), choices: rows.collect() },
        Filter { name: "theme", label: page.t("convention-filter-theme"), choices: themes.collect() },
        Filter { name: "etat", label: page.t("convention-filter-status"), choices: statuses.collect() },
        Filter { name: "echelon", label: page.t("convention-filter-tier"), choices: tiers.collect() },
        Filter { name: "ville", label: page.t("convention-filter-city"), choices: towns.collect() },
    ]
}
