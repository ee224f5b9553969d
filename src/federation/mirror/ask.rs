//! Asking a peer for its mirror: whose registers it holds, which versions, and their texts. What it answers is only
//! a claim until each text was checked here.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{LINES, TEXTS, place_of};
use crate::{
    App, Error, Result,
    domain::{Hash, Iri, union::Held},
    federation::{gate, peer, signature::Signer, signing},
};

/// Longest answer read.
const MAX_PAGE: usize = 8 * 1024 * 1024;
/// Most pages of authors, and of the lines of one author.
const MAX_PAGES: usize = 2_000;
/// Most proof keys read of one author.
const MAX_KEYS: usize = 16;

/// A version, by id and number.
pub(super) type Key = (Iri, u32);

/// A peer's mirror.
pub(super) struct Mirror<'a> {
    app: &'a App,
    /// Its authority.
    pub(super) host: String,
    origin: String,
    signer: Option<Signer>,
}

/// Whose register a peer holds.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Register {
    /// The author.
    pub(super) author: Iri,
    /// Over every version it holds.
    pub(super) all: String,
    /// The author's proof keys, as that peer pinned them.
    #[serde(default)]
    pub(super) keys: Vec<Pinned>,
}

/// A proof key as a peer pinned it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Pinned {
    /// Its id.
    pub(super) id: Iri,
    /// Its public half.
    pub(super) public: String,
    /// From when it no longer holds.
    pub(super) revoked: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    next: Option<String>,
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Line {
    id: Iri,
    version: u32,
    hash: Hash,
    previous: Option<Hash>,
    since: i64,
    #[serde(default)]
    erased: bool,
}

#[derive(Deserialize)]
struct Text {
    id: Iri,
    version: u32,
    hash: Hash,
    document: Option<Box<RawValue>>,
}

/// A text as a peer gave it.
pub(super) struct Given {
    /// Which version it is said to be.
    pub(super) key: Key,
    /// What it is said to hash to.
    pub(super) hash: Hash,
    /// The text.
    pub(super) text: String,
}

impl<'a> Mirror<'a> {
    /// The mirror of a peer, by its name or its origin (`https://angers.example`).
    ///
    /// # Errors
    /// `Invalid` when it is no name of a server; `Forbidden` when it is blocked here.
    pub(super) async fn of(app: &'a App, named: &str) -> Result<Self> {
        let origin = if named.contains("://") {
            Iri::parse(named.trim_end_matches('/'))?.origin().to_owned()
        } else {
            peer::origin(app, named).await?
        };
        let host = Iri::parse(&origin)?.host().to_owned();
        if gate::is_blocked(app, &host).await? {
            return Err(Error::forbidden(format!("{host} is blocked")));
        }
        Ok(Self { app, host, origin, signer: signing::node(app).await.unwrap_or_default() })
    }

    async fn get<T: DeserializeOwned>(&self, list: &str, parameters: &[(&str, &str)]) -> Result<Page<T>> {
        let query: Vec<String> = parameters
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                format!("{name}={value}")
            })
            .collect();
        let url = Iri::parse(&format!("{}/api/v1/mirror/{list}?{}", self.origin, query.join("&")))?;
        peer::json(self.app, &url, self.signer.as_ref(), MAX_PAGE).await
    }

    /// Whose registers it holds beyond `after`, at most a page of them, and where to go on; of one host, unless
    /// `host` is empty.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer.
    pub(super) async fn registers(&self, host: &str, after: &str) -> Result<(Vec<Register>, Option<String>)> {
        let mut page: Page<Register> = self.get("authors", &[("host", host), ("after", after)]).await?;
        page.items.iter_mut().for_each(|register| register.keys.truncate(MAX_KEYS));
        // Who says that there is more, and goes nowhere, is not asked on.
        Ok((page.items, page.next.filter(|next| next.as_str() > after)))
    }

    /// All registers of one host.
    ///
    /// # Errors
    /// As [`Mirror::registers`].
    pub(super) async fn registers_of(&self, host: &str) -> Result<Vec<Register>> {
        let (mut found, mut after) = (Vec::new(), String::new());
        for _ in 0..MAX_PAGES {
            let (items, next) = self.registers(host, &after).await?;
            found.extend(items.into_iter().filter(|item| item.author.host() == host));
            let Some(next) = next else { break };
            after = next;
        }
        Ok(found)
    }

    /// Every version of an author it says it holds.
    ///
    /// # Errors
    /// As [`Mirror::registers`].
    pub(super) async fn lines(&self, author: &Iri) -> Result<Vec<Held>> {
        let (mut found, mut after) = (Vec::new(), String::new());
        let most = usize::try_from(LINES).unwrap_or(usize::MAX);
        for _ in 0..MAX_PAGES {
            let page: Page<Line> =
                self.get("lines", &[("author", author.as_str()), ("after", &after)]).await?;
            let lines = page.items.into_iter().take(most).filter(|line| line.version > 0);
            found.extend(lines.map(|line| Held {
                id: line.id,
                version: line.version,
                hash: line.hash,
                previous: line.previous,
                since: line.since,
                erased: line.erased,
            }));
            let Some(next) = page.next.filter(|next| *next != after) else { break };
            after = next;
        }
        Ok(found)
    }

    /// The texts of the wanted versions of an author, page by page, passing over what nobody wants.
    pub(super) fn texts<'m>(&'m self, author: &'m Iri, wanted: &'m BTreeSet<Key>) -> Texts<'m> {
        Texts { mirror: self, author, wanted, from: wanted.first().cloned() }
    }
}

/// Texts of one author that a peer is asked for.
pub(super) struct Texts<'m> {
    mirror: &'m Mirror<'m>,
    author: &'m Iri,
    wanted: &'m BTreeSet<Key>,
    from: Option<Key>,
}

impl Texts<'_> {
    /// Those of the next page; none at the end.
    ///
    /// # Errors
    /// As [`Mirror::registers`].
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Given>>> {
        let Some(first) = self.from.take() else { return Ok(None) };
        let after = place_of(first.0.as_str(), i64::from(first.1) - 1);
        let author = self.author.as_str();
        let page: Page<Text> = self.mirror.get("versions", &[("author", author), ("after", &after)]).await?;
        let mut given: BTreeMap<Key, Given> = BTreeMap::new();
        let mut last = first;
        for item in page.items.into_iter().take(usize::try_from(TEXTS).unwrap_or(usize::MAX)) {
            let key = (item.id, item.version);
            last = last.max(key.clone());
            if let Some(document) = item.document.filter(|_| self.wanted.contains(&key)) {
                let text = document.get().to_owned();
                given.insert(key.clone(), Given { key, hash: item.hash, text });
            }
        }
        self.from = self.wanted.range((Bound::Excluded(last), Bound::Unbounded)).next().cloned();
        Ok(Some(given.into_values().collect()))
    }
}
