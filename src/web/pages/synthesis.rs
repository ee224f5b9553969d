//! The synthesis of a convention: its sentences, each with the records it rests on and whoever finds it not faithful,
//! and how much of what each member contributed it cites (moonshot 13). As a page, and to be taken away.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    list::{self, Words},
    paging::Place,
    table::{self, Form},
};
use crate::{
    App, Error, Result,
    actions::{
        conventions,
        synthesis::{self, Read},
    },
    domain::{Iri, one_line, said::Sentence, synthesis::Coverage},
    i18n::{Lang, t},
    storage::records::{self, Row},
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{self, Mark, Origin, Past, People, Reply, Sheet, Who},
    },
};

/// `GET /syntheses`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/syntheses").titled(t(lang, "syntheses-title"));
    let rows = records::by_kind_ours(&app.db, "Synthesis", &place.slice()?).await?;
    let words = Words { lead: "syntheses-lead", empty: "syntheses-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

#[derive(Template)]
#[template(path = "synthesis.html")]
struct Synthesis {
    page: Page,
    sheet: Sheet,
    up: (String, String),
    origin: Option<Origin>,
    summary: Option<Markup>,
    sentences: Vec<Shown>,
    /// Marks on the whole.
    whole: Vec<Mark>,
    /// Marks on sentences that it says no more.
    gone: Vec<Mark>,
    coverage: Vec<Covered>,
    replies: Vec<Reply>,
    past: Vec<Past>,
}

/// A sentence.
struct Shown {
    number: u32,
    text: String,
    sources: Vec<Source>,
    marks: Vec<Mark>,
}

/// A record that a sentence rests on.
struct Source {
    city: String,
    href: String,
    title: String,
    lang: String,
    withdrawn: bool,
    /// Not kept here.
    away: bool,
}

/// How much of what a member contributed is cited.
struct Covered {
    city: String,
    who: Who,
    cited: usize,
    of: usize,
    percent: String,
}

/// `GET /syntheses/{slug}`, and `.csv`, `.totaux.csv`, `.json` of it
///
/// # Errors
/// Not found.
pub async fn show(State(app): State<App>, lang: Lang, Path(slug): Path<String>) -> Result<Response, Failure> {
    let (slug, form) = Form::of(&slug).map_or((slug.as_str(), None), |(slug, form)| (slug, Some(form)));
    let row = records::by_slug(&app.db, "Synthesis", slug).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("synthesis {slug}")))?;
    Ok(of(&app, lang, &format!("/syntheses/{slug}"), row, form).await?)
}

/// The page of a synthesis, ours or received, or one of its forms.
///
/// # Errors
/// Those of the database; `Gone` for a form of one that is withdrawn.
pub async fn of(app: &App, lang: Lang, path: &str, row: Row, form: Option<Form>) -> Result<Response> {
    let uri = row.uri.clone();
    if form.is_some() && row.withdrawn {
        return Err(Error::Gone { what: uri });
    }
    let read = synthesis::read(app, vec![row]).await?.pop().ok_or_else(|| Error::not_found(&uri))?;
    let coverage = synthesis::coverage(app, &read.said).await?;
    match form {
        None => page_of(app, lang, path, &read, &coverage).await,
        Some(Form::Csv) => table::csv(
            &["phrase", "texte", "sources", "contestee_par", "contestations", "formulations_contestees"],
            lines(&read),
        ),
        Some(Form::Totals) => table::csv(
            &["conseil", "recommandations_citees", "recommandations_apportees", "pourcentage"],
            coverage.iter().map(|one| {
                [one.council.as_str().into(), one.cited.into(), one.of.into(), one.percent().into()]
            }),
        ),
        Some(Form::Json) => {
            let open = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            let kind = (header::CONTENT_TYPE, "application/json");
            Ok(([kind, open], json_of(&read, &coverage).to_string()).into_response())
        }
    }
}

async fn page_of(app: &App, lang: Lang, path: &str, read: &Read, coverage: &[Coverage]) -> Result<Response> {
    let row = &read.row;
    let page = Page::new(app, lang, path).titled(&row.title).showing("article", &row.uri);
    let cited: HashSet<&str> =
        read.said.sentences.iter().flat_map(|sentence| &sentence.cites).map(Iri::as_str).collect();
    let rows = records::by_uris(&app.db, &cited.into_iter().collect::<Vec<_>>()).await?;
    let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.uri.as_str(), row)).collect();
    let mut named: Vec<&str> = coverage.iter().map(|one| one.council.as_str()).collect();
    named.extend(rows.values().copied().chain(&read.marks).chain([row]).map(|row| row.author.as_str()));
    let people = People::with_cities(app, named).await?;
    let sheet = Sheet::of(app, &page, &people, row);
    let summary = sheet.record.as_ref().and_then(|record| record.envelope.summary.clone());
    let summary = summary.map(|html| markup::clean(html.as_str()));
    // An excerpt would be without its marks.
    let page =
        page.described(&summary.as_ref().map_or_else(|| t(lang, "synthesis-lead"), ToString::to_string));
    let marks = Mark::list(app, &page, &people, read);
    let shown = |(number, sentence): (u32, &Sentence)| Shown {
        number,
        text: one_line(&sentence.text, 10_000),
        sources: sentence.cites.iter().map(|id| source(app, &people, id, rows.get(id.as_str()))).collect(),
        marks: marks.iter().filter(|mark| mark.stands_at == Some(number)).cloned().collect(),
    };
    let (whole, gone) = marks
        .iter()
        .filter(|mark| mark.stands_at.is_none())
        .cloned()
        .partition(|mark: &Mark| mark.earlier.is_none());
    let covered = |one: &Coverage| Covered {
        city: people.city(one.council.as_str()),
        who: people.who(one.council.as_str()),
        cited: one.cited,
        of: one.of,
        percent: one.percent().map_or_else(|| "–".to_owned(), |percent| page.percent(percent * 10)),
    };
    let shown = Synthesis {
        up: match conventions::of_group(app, &read.said.convention).await? {
            Some(known) => (view::href(app, &known.row), markup::name(&known.row.title)),
            None if row.ours => ("/syntheses".to_owned(), page.t("syntheses-title")),
            None => ("/recus".to_owned(), page.t("nav-received")),
        },
        origin: Origin::of(app, &page, row, sheet.at_origin.clone()).await?,
        summary,
        sentences: (1..).zip(&read.said.sentences).map(shown).collect(),
        whole,
        gone,
        coverage: coverage.iter().map(covered).collect(),
        replies: view::replies(app, &page, &[&row.uri]).await?.remove(&row.uri).unwrap_or_default(),
        past: view::history(app, &page, &row.uri).await?,
        sheet,
        page,
    };
    Ok(html(if row.withdrawn { StatusCode::GONE } else { StatusCode::OK }, &shown))
}

fn source(app: &App, people: &People, id: &Iri, row: Option<&&Row>) -> Source {
    match row {
        Some(row) => Source {
            city: people.city(&row.author),
            href: view::href(app, row),
            title: markup::name(&row.title),
            lang: row.lang.clone(),
            withdrawn: row.withdrawn,
            away: false,
        },
        None => Source {
            city: id.host().to_owned(),
            href: id.to_string(),
            title: markup::name(id.as_str()),
            lang: String::new(),
            withdrawn: false,
            away: true,
        },
    }
}

/// Its sentences, and the marks on what it says no more or on the whole, as lines.
fn lines(read: &Read) -> Vec<[Value; 6]> {
    let line = |number: Option<u32>, sentence: Option<&Sentence>| {
        let stands = |at: Option<u32>, own: Option<u32>| match sentence {
            Some(_) => at == number,
            None => at.is_none() && own == number,
        };
        let marks = || read.contests.iter().filter(|one| stands(one.stands_at, one.sentence));
        [
            number.into(),
            sentence.map(|sentence| sentence.text.as_str()).into(),
            sentence.into_iter().flat_map(|sentence| &sentence.cites).map(Iri::as_str).collect(),
            marks().map(|one| one.by.as_str()).collect(),
            marks().map(|one| one.id.as_str()).collect(),
            marks().map(|one| one.earlier.as_deref()).collect(),
        ]
    };
    let said = (1..).zip(&read.said.sentences).map(|(number, sentence)| line(Some(number), Some(sentence)));
    let gone: std::collections::BTreeSet<Option<u32>> =
        read.contests.iter().filter(|one| one.stands_at.is_none()).map(|one| one.sentence).collect();
    said.chain(gone.into_iter().map(|number| line(number, None))).collect()
}

fn json_of(read: &Read, coverage: &[Coverage]) -> Value {
    let marks = |at: Option<u32>| -> Value {
        let marks = read.contests.iter().filter(|one| one.stands_at == at);
        let mark = marks.map(|one| {
            json!({ "id": one.id, "by": one.by, "at": one.at.to_string(), "sentence": one.sentence, "earlier": one.earlier })
        });
        mark.collect()
    };
    let sentences = (1_u32..).zip(&read.said.sentences).map(|(number, sentence)| {
        json!({
            "number": number,
            "text": sentence.text,
            "cites": sentence.cites,
            "notFaithful": marks(Some(number)),
        })
    });
    let covered = coverage.iter().map(
        |one| json!({ "council": one.council, "cited": one.cited, "of": one.of, "percent": one.percent() }),
    );
    json!({
        "id": read.row.uri,
        "title": read.row.title,
        "convention": read.said.convention,
        "version": read.row.version,
        "hash": read.row.hash,
        "sentences": sentences.collect::<Vec<_>>(),
        "notFaithful": marks(None),
        "coverage": covered.collect::<Vec<_>>(),
    })
}
