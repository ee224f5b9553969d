//! The Atom feed of a council (RFC 4287): one entry per avis, updated by every answer and follow-up, so
//! that a reader of feeds is told what became of it.

use std::collections::HashMap;

use atom_syndication::{Category, ContentBuilder, Entry, EntryBuilder, FeedBuilder, FixedDateTime, Generator, Link, Person, Text};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{error::Failure, markup};
use crate::{
    App, Error, Result,
    domain::Version,
    i18n::{Lang, t, t_args},
    storage::{
        actors, standings,
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
    let latest: HashMap<String, String> = standings::latest(&app.db, &actor.uri).await?.into_iter().collect();
    let name = markup::name(&actor.name);
    let mut entries: Vec<Entry> =
        avis.iter().map(|row| entry(&app, lang, &name, row, latest.get(&row.uri))).collect();
    entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    let updated = entries.first().map(|entry| entry.updated);
    let feed = FeedBuilder::default()
        .id(format!("{}/flux/{handle}.atom", app.urls.base()))
        .title(Text::plain(t_args(lang, "feed-title", &[("council", name.as_str().into())])))
        .subtitle(Some(Text::plain(t_args(
            lang,
            "feed-subtitle",
            &[("city", app.config.city.name.as_str().into())],
        ))))
        .updated(updated.unwrap_or_else(|| date(&actor_date(&actor))))
        .links(vec![
            link("self", "application/atom+xml", &format!("{}/flux/{handle}.atom", app.urls.base())),
            link("alternate", "text/html", &format!("{}/conseils/{handle}", app.urls.base())),
        ])
        .authors(vec![Person { name, email: None, uri: Some(format!("{}/@{handle}", app.urls.base())) }])
        .generator(Some(Generator { value: "Parvis".to_owned(), uri: None, version: None }))
        .lang(Some(lang.code().to_owned()))
        .entries(entries)
        .build();
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()).into_response())
}

fn entry(app: &App, lang: Lang, author: &str, row: &Row, latest: Option<&String>) -> Entry {
    let record = match Version::parse(&row.document) {
        Ok(Version::Record(record)) => Some(*record),
        _ => None,
    };
    let envelope = record.as_ref().map(|record| &record.envelope);
    let content = envelope.map(|envelope| markup::clean(envelope.content.as_str()).to_string());
    let own = row.updated.as_ref().unwrap_or(&row.published);
    let updated = latest.map_or(own, |latest| own.max(latest));
    let synthetic = row.synthetic.then(|| Category {
        term: "synthetic".to_owned(),
        scheme: None,
        label: Some(t(lang, "mark-synthetic")),
    });
    EntryBuilder::default()
        .id(row.uri.clone())
        .title(Text::plain(markup::name(&row.title)))
        .published(Some(date(&row.published)))
        .updated(date(updated))
        .authors(vec![Person { name: author.to_owned(), email: None, uri: None }])
        .links(vec![link("alternate", "text/html", &app.urls.page("avis", &row.slug).to_string())])
        .categories(synthetic.into_iter().collect::<Vec<_>>())
        .summary(envelope.and_then(|one| one.summary.as_ref()).map(|html| Text::plain(markup::plain(html.as_str(), 800))))
        .content(content.map(|html| {
            ContentBuilder::default()
                .content_type(Some("html".to_owned()))
                .lang(Some(row.lang.clone()))
                .value(Some(html))
                .build()
        }))
        .build()
}

fn link(rel: &str, mime: &str, href: &str) -> Link {
    Link { href: href.to_owned(), rel: rel.to_owned(), mime_type: Some(mime.to_owned()), ..Link::default() }
}

/// An instant of a record; one that cannot be read becomes the beginning of time, never now.
fn date(written: &str) -> FixedDateTime {
    written.parse().unwrap_or_default()
}

/// When an actor was made.
fn actor_date(actor: &actors::Actor) -> String {
    match Version::parse(&actor.document) {
        Ok(Version::Actor(actor)) => actor.updated.unwrap_or(actor.published).to_string(),
        _ => String::new(),
    }
}
