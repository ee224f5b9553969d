//! Councils: the list, and the page of one with its mandate, what sources say of it, its questions, its
//! avis and what became of them.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::claims::{self, Sourced};
use crate::{
    App, Error, Result,
    domain::{self, codes::Status},
    i18n::{Lang, t, t_args},
    storage::{
        actors,
        records::{self, Page as Slice},
        standings,
    },
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{self, Card, Life, People, Tally, Who},
    },
};

/// A council in a list.
#[derive(Clone, Debug)]
pub struct Brief {
    /// User part of its address.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Who it is, in one line.
    pub summary: String,
    /// Its address in the fediverse.
    pub address: String,
    /// How many avis it gave.
    pub avis: i64,
    /// How many questions it was asked or chose.
    pub questions: i64,
}

/// The councils among our actors, as listed.
///
/// # Errors
/// Those of the database.
pub async fn briefs(app: &App, page: &Page, ours: &[actors::Actor]) -> Result<Vec<Brief>> {
    let counts: HashMap<String, standings::Produced> =
        standings::produced(&app.db).await?.into_iter().map(|row| (row.council.clone(), row)).collect();
    let councils = ours.iter().filter(|actor| actor.role.as_deref() == Some("council"));
    Ok(councils
        .map(|actor| {
            let counted = counts.get(&actor.uri);
            Brief {
                handle: actor.handle.clone(),
                name: markup::name(&actor.name),
                summary: markup::plain(&document(actor).map(|one| one.summary).unwrap_or_default(), 220),
                address: page.address_of(&actor.handle),
                avis: counted.map_or(0, |row| row.avis),
                questions: counted.map_or(0, |row| row.questions),
            }
        })
        .collect())
}

/// Where our recommendations stand; those of one council when `author` names it.
///
/// # Errors
/// Those of the database.
pub async fn tally(app: &App, page: &Page, author: Option<&str>) -> Result<Tally> {
    let statuses: Vec<Status> = view::standings(app, author).await?;
    Ok(Tally::of(&statuses, page))
}

/// The checked document of an actor of ours.
#[must_use]
pub fn document(actor: &actors::Actor) -> Option<domain::Actor> {
    match domain::Version::parse(&actor.document) {
        Ok(domain::Version::Actor(actor)) => Some(*actor),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "councils.html")]
struct Councils {
    page: Page,
    councils: Vec<Brief>,
}

/// `GET /conseils`
///
/// # Errors
/// Those of the database.
pub async fn list(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/conseils")
        .titled(t(lang, "councils-title"))
        .described(&t(lang, "councils-lead"));
    let ours = actors::ours(&app.db).await?;
    let councils = briefs(&app, &page, &ours).await?;
    Ok(html(StatusCode::OK, &Councils { page, councils }))
}

#[derive(Template)]
#[template(path = "council.html")]
struct Council {
    page: Page,
    synthetic: bool,
    moved: Option<Who>,
    summary: Markup,
    born_of: Option<Card>,
    claims: Vec<Sourced>,
    disputed: bool,
    life: Life,
    heard: Vec<view::heard::Group>,
    tally: Tally,
    avis: Vec<Card>,
    questions: Vec<Card>,
    feed: String,
}

/// `GET /conseils/{handle}`
///
/// # Errors
/// Not found, when no council of ours has that handle.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Path(handle): Path<String>,
) -> Result<Response, Failure> {
    let actor = actors::by_handle(&app.db, &handle).await?;
    let actor = actor.filter(|actor| actor.role.as_deref() == Some("council"));
    let actor = actor.ok_or_else(|| Error::not_found(format!("council {handle}")))?;
    let document = document(&actor);
    let summary = document.as_ref().map(|one| one.summary.clone()).unwrap_or_default();
    let feed = format!("/flux/{handle}.atom");
    let feed_title = t_args(lang, "feed-title", &[("council", actor.name.as_str().into())]);
    let page = Page::new(&app, lang, &format!("/conseils/{handle}"))
        .titled(&actor.name)
        .described(&summary)
        .showing("profile", &actor.uri)
        .with_feed(&feed, feed_title)
        .following(&app, &handle);
    let stated = document.as_ref().map(|one| one.claims.clone()).unwrap_or_default();
    let (claims, disputed) = claims::shown(&page, &stated);
    let avis = records::by_author(&app.db, &actor.uri, "Avis", &Slice::first(100)).await?;
    let questions = super::question::of_council(&app, &actor.uri, 100).await?;
    let born_of = match document.as_ref().and_then(|one| one.born_of.as_ref()) {
        Some(uri) => records::get(&app.db, uri.as_str()).await?,
        None => None,
    };
    let authors: HashSet<&str> =
        avis.iter().chain(&questions).chain(&born_of).map(|row| row.author.as_str()).collect();
    let people = People::load(&app, authors).await?;
    let council = Council {
        synthetic: document.as_ref().is_some_and(|one| one.synthetic),
        moved: view::moved(&app, &actor.uri).await?,
        summary: markup::clean(&summary),
        born_of: born_of.map(|row| Card::of(&app, &page, &people, &row)),
        life: Life::of(&app, &page, &actor.uri, &stated).await?,
        heard: view::heard::groups(&app, &page, &actor.uri).await?,
        claims,
        disputed,
        tally: tally(&app, &page, Some(&actor.uri)).await?,
        avis: Card::list(&app, &page, &people, &avis),
        questions: Card::list(&app, &page, &people, &questions),
        feed,
        page,
    };
    Ok(html(StatusCode::OK, &council))
}
