//! The Atom feeds (RFC 4287) of those who speak here: of a council one entry per avis, updated by every answer and
//! follow-up, so that a reader of feeds is told what became of it; of a convention, see [`convention`].

mod convention;
pub mod obligations;

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{error::Failure, markup, view};
use crate::{
    App, Error, Result,
    actions::directory::{self, CONVENTION, COUNCIL},
    domain::Version,
    i18n::{Lang, t, t_args},
    storage::{
        actors::{self, Actor},
        records::{self, Page as Slice, Row},
    },
};

/// Entries of a feed.
const ENTRIES: i64 = 30;

/// `GET /flux/{handle}.atom`
///
/// # Errors
/// Not found, when no council and no convention of ours has that handle.
pub async fn show(State(app): State<App>, lang: Lang, Path(file): Path<String>) -> Result<Response, Failure> {
    let handle = file.strip_suffix(".atom").unwrap_or_default();
    let actor = actors::by_handle(&app.db, handle).await?;
    let feed = match actor {
        Some(actor) if actor.role.as_deref() == Some(COUNCIL) => of_council(&app, lang, &actor).await?,
        Some(actor) if actor.role.as_deref() == Some(CONVENTION) => {
            convention::of(&app, lang, &actor).await?
        }
        _ => return Err(Error::not_found(format!("feed {file}")).into()),
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()).into_response())
}

/// The feed of one who speaks, ours or another's: its address and its title. None, for those who have none.
#[must_use]
pub fn named(lang: Lang, kind: &str, actor: &Actor) -> Option<(String, String)> {
    let name = markup::name(&actor.name);
    let title = match kind {
        COUNCIL => t_args(lang, "feed-title", &[("council", name.into())]),
        CONVENTION => t_args(lang, "feed-convention", &[("name", name.into())]),
        _ => return None,
    };
    Some((directory::feed(actor), title))
}

async fn of_council(app: &App, lang: Lang, actor: &Actor) -> Result<Feed> {
    let mut avis = records::by_author(&app.db, &actor.uri, "Avis", &Slice::first(ENTRIES)).await?;
    avis.retain(|row| !row.withdrawn);
    let latest = view::latest(app, &actor.uri).await?;
    let author = person(app, &actor.name, &format!("/@{}", actor.handle));
    let mut entries: Vec<Entry> =
        avis.iter().map(|row| entry(app, lang, &author, row, latest.get(&row.uri))).collect();
    entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    let title = t_args(lang, "feed-title", &[("council", author.name.as_str().into())]);
    Ok(feed(app, lang, actor, (title, format!("/conseils/{}", actor.handle)), entries))
}

/// The feed of one of ours, with its title and its page.
fn feed(app: &App, lang: Lang, actor: &Actor, (title, page): (String, String), entries: Vec<Entry>) -> Feed {
    let (base, city) = (app.urls.base(), app.config.city.name.as_str());
    let address = format!("{base}/flux/{}.atom", actor.handle);
    Feed {
        id: address.clone(),
        title: Text::plain(title),
        subtitle: Some(Text::plain(t_args(lang, "feed-subtitle", &[("city", city.into())]))),
        updated: entries.first().map_or_else(|| date(&made(actor)), |entry| entry.updated),
        links: vec![
            link("self", "application/atom+xml", address),
            link("alternate", "text/html", format!("{base}{page}")),
        ],
        authors: vec![person(app, &actor.name, &format!("/@{}", actor.handle))],
        generator: Some(Generator { value: "Parvis".to_owned(), ..Generator::default() }),
        lang: Some(lang.code().to_owned()),
        entries,
        ..Feed::default()
    }
}

fn entry(app: &App, lang: Lang, author: &Person, row: &Row, latest: Option<&String>) -> Entry {
    let (summary, content) = match Version::parse(&row.document) {
        Ok(Version::Record(record)) => {
            let envelope = record.envelope;
            (envelope.summary, Some(envelope.content))
        }
        Ok(Version::Tombstone(end)) => (None, Some(end.content)),
        _ => (None, None),
    };
    let own = row.updated.as_ref().unwrap_or(&row.published);
    let mark = Category {
        term: "synthetic".to_owned(),
        label: Some(t(lang, "mark-synthetic")),
        ..Category::default()
    };
    let page = format!("{}{}", app.urls.base(), view::href(app, row));
    Entry {
        id: row.uri.clone(),
        title: Text::plain(markup::name(&row.title)),
        published: Some(date(&row.published)),
        updated: date(latest.map_or(own, |latest| own.max(latest))),
        authors: vec![author.clone()],
        links: vec![link("alternate", "text/html", page)],
        categories: if row.synthetic { vec![mark] } else { Vec::new() },
        summary: summary.map(|html| Text::plain(markup::plain(html.as_str(), 800))),
        content: content.map(|content| Content {
            content_type: Some("html".to_owned()),
            lang: Some(row.lang.clone()),
            value: Some(markup::clean(content.as_str()).to_string()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// Who speaks: a name, and a page here or elsewhere.
fn person(app: &App, name: &str, page: &str) -> Person {
    let here = if page.starts_with('/') { app.urls.base() } else { "" };
    Person { name: markup::name(name), uri: Some(format!("{here}{page}")), ..Person::default() }
}

fn link(rel: &str, mime: &str, href: String) -> Link {
    Link { href, rel: rel.to_owned(), mime_type: Some(mime.to_owned()), ..Link::default() }
}

/// An instant of a record; one that cannot be read becomes the beginning of time, never now.
fn date(written: &str) -> FixedDateTime {
    written.parse().unwrap_or_default()
}

/// When an actor was made, or last changed.
fn made(actor: &Actor) -> String {
    match Version::parse(&actor.document) {
        Ok(Version::Actor(actor)) => actor.updated.unwrap_or(actor.published).to_string(),
        _ => String::new(),
    }
}
