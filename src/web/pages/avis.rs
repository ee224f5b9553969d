//! Avis: the list, and the page of one, where every recommendation stands with what became of it.

use std::collections::{HashMap, HashSet};

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
    table::{self, Form},
};
use crate::{
    App, Error, Result,
    actions::{
        obligations::{self, Ledger},
        taken_up,
    },
    domain::{
        moves::Moves,
        obligations::Delivered as HandedOver,
        said::{self, Said},
    },
    i18n::{Lang, t, t_args},
    storage::{
        moves,
        records::{self, Row},
        standings::{self, Relay},
    },
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{
            self, Agreed, Around, Card, Citation, Hop, Ideas, Origin, Owed, Parts, Past, People,
            Recommendation, Reply, Sheet, Tally, Text, Voice, Who,
        },
    },
};

/// `GET /avis`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/avis").titled(t(lang, "avis-title"));
    let rows = records::by_kind_ours(&app.db, "Avis", &place.slice()?).await?;
    let words = Words { lead: "avis-lead", empty: "avis-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

/// An avis, with all that is around it.
#[derive(Template)]
#[template(path = "avis.html")]
pub struct Avis {
    page: Page,
    sheet: Sheet,
    origin: Option<Origin>,
    summary: Option<Markup>,
    question: Option<Card>,
    addressee: Option<Who>,
    adopted_on: Option<Markup>,
    vote: Option<String>,
    deliveries: Vec<Delivered>,
    claimed_delivery: Option<Markup>,
    claims: Vec<Sourced>,
    sections: Vec<(&'static str, String, Markup)>,
    recommendations: Vec<Recommendation>,
    listed: usize,
    tally: Tally,
    voices: Vec<Voice>,
    without_evidence: usize,
    agreements: Vec<Agreed>,
    cited: Vec<Citation>,
    owed: Vec<Owed>,
    ledger: Option<Ledger>,
    hops: Vec<Hop>,
    replies: Vec<Reply>,
    last_words: Option<Text>,
    past: Vec<Past>,
}

/// A delivery the city acknowledged.
struct Delivered {
    on: Markup,
    who: Who,
    href: String,
}

/// What the register holds around an avis, read in a fixed number of queries.
struct Found {
    recommendations: Vec<Row>,
    /// Answers, follow-ups and deliveries, by what they are about.
    about: HashMap<String, Vec<Row>>,
    question: Option<Row>,
    ledger: Option<Ledger>,
    replies: HashMap<String, Vec<Reply>>,
    relays: Vec<Relay>,
    moves: Moves,
    ideas: HashMap<String, Ideas>,
    people: People,
    guarantors: HashSet<String>,
    taken_up: taken_up::Found,
    cited: HashMap<String, Vec<Citation>>,
}

/// `GET /avis/{slug}`, and `.csv` and `.json` of it
///
/// # Errors
/// Not found, when no avis of ours has that slug.
pub async fn show(State(app): State<App>, lang: Lang, Path(slug): Path<String>) -> Result<Response, Failure> {
    let (slug, form) = Form::of(&slug).map_or((slug.as_str(), None), |(slug, form)| (slug, Some(form)));
    let row = records::by_slug(&app.db, "Avis", slug).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("avis {slug}")))?;
    if let Some(form) = form {
        return Ok(table::of(&app, lang, &row, form).await?);
    }
    Ok(page_of(&app, lang, &format!("/avis/{slug}"), &row).await?)
}

/// The page of an avis, ours or received; 410 once withdrawn, with the reason and what it said.
///
/// # Errors
/// Those of the database.
pub async fn page_of(app: &App, lang: Lang, path: &str, row: &Row) -> Result<Response> {
    let avis = assemble(app, Page::new(app, lang, path), row).await?;
    let status = if row.withdrawn { StatusCode::GONE } else { StatusCode::OK };
    Ok(html(status, &avis))
}

impl Avis {
    /// Its recommendations, with what became of them.
    #[must_use]
    pub fn recommendations(&self) -> &[Recommendation] {
        &self.recommendations
    }

    /// Where it was relayed to as a whole.
    #[must_use]
    pub fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// When it was handed over.
    #[must_use]
    pub fn delivered(&self) -> Option<&HandedOver> {
        self.ledger.as_ref().and_then(|ledger| ledger.known.delivered.as_ref())
    }

    /// The id of whom it is handed to.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.ledger.as_ref().and_then(|ledger| ledger.avis.addressee.as_deref())
    }
}

/// Reads an avis and all that is around it.
///
/// # Errors
/// Those of the database.
pub async fn assemble(app: &App, page: Page, row: &Row) -> Result<Avis> {
    let page = page.titled(&row.title).showing("article", &row.uri);
    let mut found = find(app, &page, row).await?;
    let people = &found.people;
    let sheet = Sheet::of(app, &page, people, row);
    let said = match sheet.record.as_ref().map(|record| &record.said) {
        Some(Said::Avis(said)) => Some(said.clone()),
        _ => None,
    };
    let summary = sheet.record.as_ref().and_then(|record| record.envelope.summary.clone());
    let summary = summary.map(|html| markup::clean(html.as_str()));
    let page = page.described(summary.as_ref().unwrap_or(&sheet.text.html).as_str());
    let deliveries = deliveries(app, &page, &found, row);
    let around = Around {
        statements: &found.about,
        replies: &found.replies,
        guarantors: &found.guarantors,
        acknowledged: !deliveries.is_empty(),
        ledger: found.ledger.as_ref(),
        relays: &found.relays,
        moves: &found.moves,
        taken_up: &found.taken_up,
        ideas: &found.ideas,
        cited: &found.cited,
    };
    let parts = Parts {
        council: &row.author,
        addressee: row.addressee.as_deref(),
        guarantors: &found.guarantors,
        moves: &found.moves,
    };
    let voices = view::voices(&page, people, &row.uri, &around, &parts);
    let mut recommendations: Vec<Recommendation> = found
        .recommendations
        .iter()
        .map(|row| Recommendation::of(app, &page, people, row, &around))
        .collect();
    view::once(&mut recommendations);
    let owing = found.ledger.clone().map(|ledger| ledger.owing(obligations::today(app))).unwrap_or_default();
    let standing = recommendations.iter().filter(|one| !one.sheet.card.withdrawn).map(|one| &one.status);
    let tally = Tally::of(standing, &page);
    let whole: Vec<&Relay> = found.relays.iter().filter(|relay| relay.target == row.uri).collect();
    let hops = Hop::list(app, &page, people, found.about.get(&row.uri).into_iter().flatten(), &whole);
    let claims = sheet.record.as_ref().map(|record| record.envelope.claims.as_slice()).unwrap_or_default();
    Ok(Avis {
        origin: Origin::of(app, &page, row, sheet.at_origin.clone()).await?,
        summary,
        question: found.question.as_ref().map(|row| Card::of(app, &page, people, row)),
        addressee: row.addressee.as_deref().map(|uri| people.who(uri)),
        adopted_on: said.as_ref().and_then(|said| said.adopted_on.as_ref()).map(|date| page.civil(date)),
        vote: said.as_ref().and_then(|said| vote(&page, said)),
        claimed_delivery: said
            .as_ref()
            .and_then(|said| said.delivered_on.as_ref())
            .filter(|_| deliveries.is_empty())
            .map(|date| page.civil(date)),
        deliveries,
        claims: claims::shown(&page, claims).0,
        sections: said.as_ref().map(|said| sections(&page, said)).unwrap_or_default(),
        listed: said.as_ref().map_or(0, |said| said.recommendations.len()),
        without_evidence: recommendations.iter().filter(|one| one.without_evidence()).count(),
        recommendations,
        tally,
        voices,
        agreements: Agreed::list(app, &page, people, found.about.get(&row.uri).into_iter().flatten()),
        cited: found.cited.get(&row.uri).cloned().unwrap_or_default(),
        owed: owing.iter().map(|one| Owed::of(app, &page, people, one)).collect(),
        ledger: found.ledger,
        hops,
        replies: found.replies.remove(&row.uri).unwrap_or_default(),
        last_words: super::record::last_words(app, &page, row).await?,
        past: view::history(app, &page, &row.uri).await?,
        sheet,
        page,
    })
}

/// Reads what is around an avis.
async fn find(app: &App, page: &Page, row: &Row) -> Result<Found> {
    let mut recommendations = records::by_avis(&app.db, &row.uri).await?;
    recommendations.retain(|one| one.kind == "Recommendation" && one.author == row.author);
    let mut targets: Vec<&str> = recommendations.iter().map(|one| one.uri.as_str()).collect();
    targets.push(&row.uri);
    let mut about: HashMap<String, Vec<Row>> = HashMap::new();
    for one in records::concerning(&app.db, &targets, "concerns").await? {
        about.entry(one.target).or_default().push(one.record);
    }
    let relays = standings::relays(&app.db, &targets).await?;
    let taken_up = taken_up::around(app, &targets).await?;
    let standing: Vec<&str> =
        recommendations.iter().filter(|one| !one.withdrawn).map(|one| one.uri.as_str()).collect();
    let ideas = view::ideas(app, page, &standing).await?;
    let question = match &row.question {
        Some(uri) => records::get(&app.db, uri).await?,
        None => None,
    };
    let everything = || {
        about
            .values()
            .flatten()
            .chain(&recommendations)
            .chain(&question)
            .chain([row])
            .chain(taken_up.rows.values())
    };
    let parents: Vec<&str> = everything().map(|row| row.uri.as_str()).collect();
    let replies = view::replies(app, page, &parents).await?;
    let named: HashSet<&str> = everything()
        .flat_map(|row| [Some(row.author.as_str()), row.addressee.as_deref()])
        .flatten()
        .collect();
    let people = People::load(app, named).await?;
    let guarantors = view::guarantors(app, &row.author).await?;
    let cited = view::citations(app, page, &targets).await?;
    let ledger = obligations::of(app, &row.uri).await?;
    Ok(Found {
        recommendations,
        about,
        question,
        ledger,
        replies,
        relays,
        moves: moves::known(&app.db).await?,
        ideas,
        people,
        guarantors,
        taken_up,
        cited,
    })
}

/// The deliveries that the addressee itself acknowledged (register.md rule 8).
fn deliveries(app: &App, page: &Page, found: &Found, avis: &Row) -> Vec<Delivered> {
    let acknowledged = |row: &&Row| {
        row.kind == "Delivery"
            && !row.withdrawn
            && row.proof == "valid"
            && found.moves.word_of(&row.author, &row.published, avis.addressee.as_deref())
    };
    let shown = |row: &Row| {
        let sheet = Sheet::of(app, page, &found.people, row);
        match sheet.record.as_ref().map(|record| &record.said)? {
            Said::Delivery(said) => Some(Delivered {
                on: page.civil(&said.delivered_on),
                who: sheet.card.who.clone(),
                href: sheet.card.href.clone(),
            }),
            _ => None,
        }
    };
    found.about.get(&avis.uri).into_iter().flatten().filter(acknowledged).filter_map(shown).collect()
}

/// The vote in words, when there was one.
fn vote(page: &Page, said: &said::Avis) -> Option<String> {
    said.votes_for?;
    let count = |votes: Option<u32>| page.number(i64::from(votes.unwrap_or_default())).into();
    let args = [
        ("for", count(said.votes_for)),
        ("against", count(said.votes_against)),
        ("abstain", count(said.votes_abstain)),
    ];
    Some(t_args(page.lang, "vote-counts", &args))
}

/// The parts of its text that it has (requirement 2.8).
#[must_use]
pub fn sections(page: &Page, said: &said::Avis) -> Vec<(&'static str, String, Markup)> {
    let parts = [
        ("diagnostic", "avis-diagnosis", &said.diagnosis),
        ("enjeux", "avis-stakes", &said.stakes),
        ("texte", "avis-body", &said.body),
    ];
    parts
        .into_iter()
        .filter_map(|(id, key, html)| Some((id, page.t(key), markup::clean(html.as_ref()?.as_str()))))
        .collect()
}
