//! What authorities owe, as it stands today: the page, and the calendars of it.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    actions::{
        obligations::{self, Filter, Owing, Place},
        unheard::{self, Unheard},
    },
    domain::obligations::State as Stands,
    i18n::Lang,
    storage::actors,
    web::{
        Failure,
        calendar::{Calendar, Event, When},
        html,
        layout::Page,
        view::{self, Hop, Owed, People},
    },
};

use super::positions::Named;

/// Items of a page.
const SIZE: usize = 25;

/// The words of `?etat=`, and what stands so.
const STATES: [(&str, Stands); 3] =
    [("depassee", Stands::Overdue), ("a-venir", Stands::Due), ("tenue", Stands::Held)];

/// What is asked for: `?etat=depassee&conseil=ccnr&apres=…`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    etat: Option<String>,
    conseil: Option<String>,
    apres: Option<String>,
}

#[derive(Template)]
#[template(path = "obligations.html")]
struct Shown {
    page: Page,
    states: Vec<Choice>,
    councils: Vec<Choice>,
    owed: Vec<Owed>,
    next: Option<String>,
    inside: bool,
    silent: Vec<Silent>,
    silences: usize,
}

/// A relay without an acknowledgement, and what is relayed.
struct Silent {
    hop: Hop,
    concerned: Vec<Named>,
}

/// A link of a filter.
struct Choice {
    href: String,
    label: String,
    chosen: bool,
}

/// `GET /echeances`
///
/// # Errors
/// Not found, for a state or a council that is not there; rule `page` for a place no list gave.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let after = asked.apres.as_deref().map(Place::parse).transpose()?;
    let all = obligations::list(&app, &Filter::default()).await?;
    let people = named(&app, &all).await?;
    let mut chosen = all.clone();
    let mut filter = Filter::default();
    if let Some(word) = &asked.etat {
        let found = STATES.iter().find(|(known, _)| known == word);
        let (_, state) = found.ok_or_else(|| Error::not_found(format!("state {word}")))?;
        chosen.retain(|one| one.owed.state == *state);
        filter.state = Some(*state);
    }
    if let Some(council) = &asked.conseil {
        let uri = council_of(&app, council).await?;
        chosen.retain(|one| one.ledger.avis.author == uri);
        filter.actor = Some(uri);
    }
    let unheard = if after.is_none() { unheard::list(&app, &filter).await? } else { Vec::new() };
    let (shown, next) = obligations::cut(chosen, after.as_ref(), SIZE);
    let page = Page::new(&app, lang, "/echeances");
    let lead = page.t("owed-lead");
    let title = page.t("owed-title");
    let page = page.titled(&title).described(&lead).with_feed("/flux/echeances.atom", title);
    let query = asked.query(after.as_ref());
    let page = page.asked(query.trim_start_matches('?'));
    let page = if query.is_empty() { page } else { page.unlisted() };
    let shown = Shown {
        states: asked.states(&page, &all),
        councils: asked.councils(&people, &all),
        owed: shown.iter().map(|one| Owed::of(&app, &page, &people, one)).collect(),
        next: next.map(|place| format!("/echeances{}", asked.query(Some(&place)))),
        inside: after.is_some(),
        silent: silent(&app, &page, &unheard).await?,
        silences: unheard.len(),
        page,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// The longest silences, as shown.
async fn silent(app: &App, page: &Page, unheard: &[Unheard]) -> Result<Vec<Silent>> {
    let shown = &unheard[..unheard.len().min(SIZE)];
    let mut named: HashSet<&str> = shown.iter().map(|one| one.row.author.as_str()).collect();
    named.extend(shown.iter().filter_map(|one| one.relay.body.as_deref()));
    let people = People::load(app, named).await?;
    let silent = |one: &Unheard| {
        let hop = Hop::of(app, page, &people, &one.row, &one.relay)?;
        Some(Silent { hop, concerned: one.concerned.iter().map(|row| Named::of(app, row)).collect() })
    };
    Ok(shown.iter().filter_map(silent).collect())
}

impl Asked {
    /// The same as a query, from a place on.
    fn query(&self, after: Option<&Place>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let after = after.map(ToString::to_string);
        for (name, value) in [("etat", &self.etat), ("conseil", &self.conseil), ("apres", &after)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    fn states(&self, page: &Page, all: &[Owing]) -> Vec<Choice> {
        let every = Self { etat: None, apres: None, ..self.clone() };
        let any = Choice {
            href: format!("/echeances{}", every.query(None)),
            label: page.n("owed-all", all.len()),
            chosen: self.etat.is_none(),
        };
        let each = STATES.iter().map(|(word, state)| {
            let count = all.iter().filter(|one| one.owed.state == *state).count();
            let asked = Self { etat: Some((*word).to_owned()), ..every.clone() };
            let mut label = page.label("owed-state", state.word());
            let _ = write!(label, " ({})", page.number(count));
            let chosen = self.etat.as_deref() == Some(word);
            Choice { href: format!("/echeances{}", asked.query(None)), label, chosen }
        });
        std::iter::once(any).chain(each).collect()
    }

    fn councils(&self, people: &People, all: &[Owing]) -> Vec<Choice> {
        let authors: BTreeMap<String, String> = all
            .iter()
            .map(|one| {
                let (avis, who) = (&one.ledger.avis, people.who(&one.ledger.avis.author));
                let handle = who.href.strip_prefix("/@").unwrap_or(&avis.author).to_owned();
                (handle, who.name)
            })
            .collect();
        if authors.len() < 2 {
            return Vec::new();
        }
        let choice = |(handle, label): (String, String)| {
            let chosen = self.conseil.as_deref() == Some(&handle);
            let asked = Self { conseil: Some(handle), apres: None, ..self.clone() };
            Choice { href: format!("/echeances{}", asked.query(None)), label, chosen }
        };
        authors.into_iter().map(choice).collect()
    }
}

/// The id of a council: one of ours by its handle, another by its id.
async fn council_of(app: &App, named: &str) -> Result<String> {
    if named.contains("://") {
        return Ok(named.to_owned());
    }
    let actor = actors::by_handle(&app.db, named).await?;
    let actor = actor.filter(|actor| actor.role.as_deref() == Some("council"));
    Ok(actor.ok_or_else(|| Error::not_found(format!("council {named}")))?.uri)
}

/// Whoever owes or is owed.
///
/// # Errors
/// Those of the database.
pub async fn named(app: &App, all: &[Owing]) -> Result<People> {
    let mut uris: HashSet<&str> = HashSet::new();
    for one in all {
        uris.insert(&one.ledger.avis.author);
        uris.extend(one.ledger.avis.addressee.as_deref());
    }
    People::load(app, uris).await
}

/// `GET /echeances.ics`
///
/// # Errors
/// Those of the database.
pub async fn calendar(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/echeances");
    let name = page.with("owed-calendar", "who", &page.city);
    let events = events(&app, &page, &Filter::default()).await?;
    Ok(Calendar { name, events }.answer())
}

/// `GET /conseils/{handle}/agenda.ics`
///
/// # Errors
/// Not found, when no council of ours has that handle.
pub async fn agenda(
    State(app): State<App>,
    lang: Lang,
    Path(handle): Path<String>,
) -> Result<Response, Failure> {
    let uri = council_of(&app, &handle).await?;
    let page = Page::new(&app, lang, &format!("/conseils/{handle}"));
    let people = People::load(&app, [uri.as_str()]).await?;
    let name = page.with("agenda-of", "who", people.who(&uri).name);
    let mut dates = view::dates(&app, &page, &uri).await?;
    let filter = Filter { actor: Some(uri), ..Filter::default() };
    dates.extend(events(&app, &page, &filter).await?);
    Ok(Calendar { name, events: dates }.answer())
}

/// What is owed as events; what is not due on a day has none.
///
/// # Errors
/// Those of the database.
pub async fn events(app: &App, page: &Page, filter: &Filter) -> Result<Vec<Event>> {
    let all = obligations::list(app, filter).await?;
    let people = named(app, &all).await?;
    let event = |one: &Owing| {
        let day = one.owed.due.day()?;
        let owed = Owed::of(app, page, &people, one);
        Some(Event {
            uid: one.id.clone(),
            when: When::Day(day),
            changed: one.owed.since,
            title: owed.line(page),
            words: owed.words(page),
            url: format!("{}{}#echeances", app.urls.base(), owed.avis.0),
            place: None,
        })
    };
    Ok(all.iter().filter_map(event).collect())
}
