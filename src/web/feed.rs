//! The Atom feed of a council (RFC 4287): one entry per avis, updated by every answer and follow-up, so
//! that a reader of feeds is told what became of it.

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
/// Not found, when no council of ours has that handle.
pub async fn show(State(app): State<App>, lang: Lang, Path(file): Path<String>) -> Result<Response, Failure> {
    let handle = file.strip_suffix(".atom").unwrap_or_default();
    let actor = actors::by_handle(&app.db, handle).await?;
    let actor = actor.filter(|actor| actor.role.as_deref() == Some("council"));
    let actor = actor.ok_or_else(|| Error::not_found(format!("feed {file}")))?;
    let mut avis = records::by_author(&app.db, &actor.uri, "Avis", &Slice::first(ENTRIES)).await?;
    avis.retain(|row| !row.withdrawn);
    let latest = view::latest(&app, &actor.uri).await?;
    let author = person(&app, &actor);
    let mut entries: Vec<Entry> =
        avis.iter().map(|row| entry(&app, lang, &author, row, latest.get(&row.uri))).collect();
    entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    let feed = feed(&app, lang, &actor, author, entries);
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()).into_response())
}

fn feed(app: &App, lang: Lang, actor: &Actor, author: Person, entries: Vec<Entry>) -> Feed {
    let (base, handle) = (app.urls.base(), &actor.handle);
    let address = format!("{base}/flux/{handle}.atom");
    let city = app.config.city.name.as_str();
    Feed {
        id: address.clone(),
        title: Text::plain(t_args(lang, "feed-title", &[("council", author.name.as_str().into())])),
        subtitle: Some(Text::plain(t_args(lang, "feed-subtitle", &[("city", city.into())]))),
        updated: entries.first().map_or_else(|| date(&made(actor)), |entry| entry.updated),
        links: vec![
            link("self", "application/atom+xml", address),
            link("alternate", "text/html", format!("{base}/conseils/{handle}")),
        ],
        authors: vec![author],
        generator: Some(Generator { value: "Parvis".to_owned(), ..Generator::default() }),
        lang: Some(lang.code().to_owned()),
        entries,
        ..Feed::default()
    }
}

fn entry(app: &App, lang: Lang, author: &Person, row: &Row, latest: Option<&String>) -> Entry {
    let record = match Version::parse(&row.document) {
        Ok(Version::Record(record)) => Some(*record),
        _ => None,
    };
    let envelope = record.as_ref().map(|record| &record.envelope);
    let summary = envelope.and_then(|one| one.summary.as_ref());
    let own = row.updated.as_ref().unwrap_or(&row.published);
    let mark = Category {
        term: "synthetic".to_owned(),
        label: Some(t(lang, "mark-synthetic")),
        ..Category::default()
    };
    Entry {
        id: row.uri.clone(),
        title: Text::plain(markup::name(&row.title)),
        published: Some(date(&row.published)),
        updated: date(latest.map_or(own, |latest| own.max(latest))),
        authors: vec![author.clone()],
        links: vec![link("alternate", "text/html", app.urls.page("avis", &row.slug).to_string())],
        categories: if row.synthetic { vec![mark] } else { Vec::new() },
        summary: summary.map(|html| Text::plain(markup::plain(html.as_str(), 800))),
        content: envelope.map(|envelope| Content {
            content_type: Some("html".to_owned()),
            lang: Some(row.lang.clone()),
            value: Some(markup::clean(envelope.content.as_str()).to_string()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn person(app: &App, actor: &Actor) -> Person {
    Person {
        name: markup::name(&actor.name),
        uri: Some(format!("{}/@{}", app.urls.base(), actor.handle)),
        ..Person::default()
    }
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
