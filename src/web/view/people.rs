//! Who speaks: names of actors as a reader may trust them. A name alone proves nothing, so the address is
//! always beside it, and only our own actors carry the mark of officials (threats C8).

use std::collections::HashMap;

use askama::Template;

use crate::{
    App, Result,
    storage::{Db, actors},
    web::markup,
};

/// The actors a page names, read at once.
#[derive(Debug, Default)]
pub struct People {
    known: HashMap<String, actors::Actor>,
    domain: String,
}

/// One actor as shown.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/who.html")]
pub struct Who {
    /// Name, without anything invisible.
    pub name: String,
    /// `@ccnr@rennes.example`
    pub address: String,
    /// Profile page: ours, or at the actor's own server.
    pub href: String,
    /// Whether it is an actor of this node.
    pub ours: bool,
}

impl askama::filters::HtmlSafe for Who {}

impl People {
    /// Reads the actors of these ids, in one query.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load<'a>(app: &App, uris: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        Self::read(&app.db, &app.config.domain, uris).await
    }

    /// The same, with the cities that councils among them belong to.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn with_cities<'a>(app: &App, uris: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut people = Self::load(app, uris).await?;
        let cities: Vec<&str> = people.known.values().filter_map(|actor| actor.city.as_deref()).collect();
        let cities = Self::load(app, cities).await?;
        people.known.extend(cities.known);
        Ok(people)
    }

    /// The city of an actor, by name: its own, when it belongs to none; of one never seen, its server. Read
    /// [`with_cities`](Self::with_cities).
    #[must_use]
    pub fn city(&self, uri: &str) -> String {
        let Some(actor) = self.known.get(uri) else {
            return crate::domain::Iri::parse(uri).map(|iri| iri.host().to_owned()).unwrap_or_default();
        };
        let city = actor.city.as_deref().and_then(|city| self.known.get(city)).unwrap_or(actor);
        markup::name(&city.name)
    }

    async fn read<'a>(db: &Db, domain: &str, uris: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut wanted: Vec<&str> = uris.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let rows = actors::by_uris(db, &wanted).await?;
        Ok(Self {
            known: rows.into_iter().map(|row| (row.uri.clone(), row)).collect(),
            domain: domain.to_owned(),
        })
    }

    /// The actor of that id; one never seen is called by its id.
    #[must_use]
    pub fn who(&self, uri: &str) -> Who {
        match self.known.get(uri) {
            Some(actor) => Who::of(actor, &self.domain),
            None => Who {
                name: markup::name(uri),
                address: String::new(),
                href: if uri.starts_with("http") { uri.to_owned() } else { String::new() },
                ours: false,
            },
        }
    }
}

impl Who {
    /// An actor's row as shown; `domain` is the name in our handles.
    #[must_use]
    pub fn of(actor: &actors::Actor, domain: &str) -> Self {
        let name = markup::name(&actor.name);
        let host = if actor.ours { domain } else { &actor.host };
        let page = actor.url.as_deref().filter(|url| url.starts_with("http")).unwrap_or(&actor.uri);
        Self {
            name: if name.is_empty() { actor.handle.clone() } else { name },
            address: format!("@{}@{host}", markup::name(&actor.handle)),
            href: if actor.ours { format!("/@{}", actor.handle) } else { page.to_owned() },
            ours: actor.ours,
        }
    }
}
