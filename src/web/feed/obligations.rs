//! The Atom feed of what is owed: one entry each, which comes up again whenever its state changes: when it
//! is put off, becomes overdue, is held. Nobody has to write anything for that.

use atom_syndication::{Category, Entry, Feed, Generator, Person, Text};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};

use super::{date, link};
use crate::{
    App, Result,
    actions::obligations::{self, Filter, Owing},
    i18n::Lang,
    web::{
        Failure,
        layout::Page,
        pages,
        view::{Owed, People},
    },
};

/// Entries of the feed, those that changed last.
const ENTRIES: usize = 200;

/// `GET /flux/echeances.atom`
///
/// # Errors
/// Those of the database.
pub async fn show(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/echeances");
    let mut all = obligations::list(&app, &Filter::default()).await?;
    all.sort_by(|a, b| (b.owed.since, &b.id).cmp(&(a.owed.since, &a.id)));
    all.truncate(ENTRIES);
    let people = pages::obligations::named(&app, &all).await?;
    let base = app.urls.base();
    let address = format!("{base}/flux/echeances.atom");
    let feed = Feed {
        id: address.clone(),
        title: Text::plain(page.with("owed-calendar", "who", &page.city)),
        subtitle: Some(Text::plain(page.t("owed-lead"))),
        updated: all.first().map(|one| date(&one.owed.since.to_string())).unwrap_or_default(),
        links: vec![
            link("self", "application/atom+xml", address),
            link("alternate", "text/html", format!("{base}/echeances")),
        ],
        authors: vec![Person { name: page.city.clone(), ..Person::default() }],
        generator: Some(Generator { value: "Parvis".to_owned(), ..Generator::default() }),
        lang: Some(lang.code().to_owned()),
        entries: all.iter().map(|one| entry(&app, &page, &people, one)).collect(),
        ..Feed::default()
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()).into_response())
}

fn entry(app: &App, page: &Page, people: &People, one: &Owing) -> Entry {
    let owed = Owed::of(app, page, people, one);
    let state = Category {
        term: one.owed.state.word().to_owned(),
        label: Some(owed.badge.label.clone()),
        ..Category::default()
    };
    Entry {
        id: one.id.clone(),
        title: Text::plain(owed.line(page)),
        updated: date(&one.owed.since.to_string()),
        authors: vec![Person { name: owed.authority.name.clone(), ..Person::default() }],
        links: vec![link("alternate", "text/html", format!("{}{}#echeances", app.urls.base(), owed.avis.0))],
        categories: vec![state],
        summary: Some(Text::plain(owed.words(page))),
        ..Entry::default()
    }
}
