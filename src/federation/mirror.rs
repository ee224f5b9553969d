//! The mirror: what this node holds of others' registers, served with their proofs to whoever asks, marked as a copy
//! and never as the word of this node (register.md rules 5, 13, 17). Only versions whose proof holds are given; what
//! was withdrawn stays so; drafts and replies are in no register.

mod ask;
pub mod heal;
pub mod rebuild;

use axum::{extract::State, response::Response};
use http::{HeaderMap, HeaderName, Uri};
use serde::Serialize;
use serde_json::{Value, json};

use super::{gate, heads, json as strict, respond};
use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri, Version as Checked,
        canonical::{self, Document},
    },
    storage::{
        hosts, keys, records,
        versions::{self, Version},
    },
};

/// Most authors on a page.
const AUTHORS: i64 = 50;
/// Most versions on a page without their texts, and with them.
const LINES: i64 = 1_000;
const TEXTS: i64 = 200;

/// Whose register it is, by its origin: on every answer that is a copy.
const MIRROR_OF: HeaderName = HeaderName::from_static("parvis-mirror-of");
/// When that origin was last heard here.
const ORIGIN_SEEN: HeaderName = HeaderName::from_static("parvis-origin-seen");
/// Hash of the version given.
const HASH: HeaderName = HeaderName::from_static("parvis-hash");

/// `GET /api/v1/mirror?id=&version=`: a version of a record or an actor by its id, exactly as it was signed; the
/// current one unless a number is given. 410 with its tombstone once withdrawn, 410 bare once erased.
pub async fn one(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, version(&app, uri.query()).await)
}

async fn version(app: &App, query: Option<&str>) -> Result<Response> {
    let id = Iri::parse(&heads::parameter(query, "id").unwrap_or_default())?;
    let id = id.as_str();
    let number = heads::number(query, "version", 0)?;
    let row = if number > 0 {
        versions::get(&app.db, id, number).await?
    } else {
        versions::current(&app.db, id).await?
    };
    let row = row.filter(|row| row.proof == "valid").ok_or_else(|| Error::not_found(id))?;
    let ended = number == 0 && records::get(&app.db, id).await?.is_some_and(|record| record.withdrawn);
    let hash = row.hash.clone();
    let marks = marks(app, &row).await?;
    let mut response = match row.document {
        Some(text) if ended => respond::gone(text),
        Some(text) => respond::activity(text),
        None => respond::gone(respond::bare_tombstone(id)),
    };
    respond::set(response.headers_mut(), HASH, &hash);
    Ok(marked(response, &marks))
}

/// What marks an answer as a copy.
type Marks = Vec<(HeaderName, String)>;

/// That a version is another's, whose, and when that origin was last heard; nothing when its author is ours.
///
/// # Errors
/// `NotFound` when its host is blocked here: then nothing of it is passed on.
async fn marks(app: &App, row: &Version) -> Result<Marks> {
    if row.ours {
        return Ok(Vec::new());
    }
    if gate::is_blocked(app, &row.origin).await? {
        return Err(Error::not_found(row.uri.as_str()));
    }
    let mut marks = vec![(MIRROR_OF, Iri::parse(&row.author)?.origin().to_owned())];
    let contact = hosts::contacts(&app.db, &[&row.origin]).await?.into_iter().next();
    if let Some(at) = contact.and_then(|contact| contact.seen_at())
        && let Ok(at) = jiff::Timestamp::from_millisecond(at)
    {
        marks.push((ORIGIN_SEEN, Instant::of(at).to_string()));
    }
    Ok(marks)
}

fn marked(mut response: Response, marks: &Marks) -> Response {
    for (name, value) in marks {
        respond::set(response.headers_mut(), name.clone(), value);
    }
    response
}

/// `GET /api/v1/mirror/authors?host=&after=`: whose registers are here, by id; each with the hash over its versions,
/// and the proof keys as they were seen at its origin.
pub async fn authors(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, held(&app, uri.query()).await)
}

async fn held(app: &App, query: Option<&str>) -> Result<Response> {
    let named = |name| heads::parameter(query, name).unwrap_or_default();
    let rows = versions::authors(&app.db, &named("after"), &named("host"), AUTHORS).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|length| length == AUTHORS);
    let next = rows.last().filter(|_| full).map(|row| row.author.clone());
    let mut items: Vec<Value> = Vec::new();
    for row in &rows {
        let lines = versions::lines_of(&app.db, &row.author).await?;
        if lines.is_empty() || gate::is_blocked(app, &row.origin).await? {
            continue;
        }
        let keys = keys::proof_keys(&app.db, &[&row.author]).await?;
        let keys: Vec<Value> = keys
            .iter()
            .filter(|key| key.pinned_at.is_some())
            .map(|key| json!({ "id": key.id, "public": key.public, "revoked": key.revoked }))
            .collect();
        items.push(json!({
            "author": row.author,
            "host": row.origin,
            "mirror": !lines.iter().any(|line| line.ours),
            "count": lines.len(),
            "all": heads::summary(&lines).head,
            "keys": keys,
        }));
    }
    Ok(respond::text(respond::JSON, json!({ "next": next, "items": items }).to_string()))
}

/// `GET /api/v1/mirror/lines?author=&after=`: every version of an author that is here, by id and number, without
/// its text: its hash, that of the version before, and since when it is here.
pub async fn lines(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, of_author(&app, uri.query(), LINES).await)
}

/// `GET /api/v1/mirror/versions?author=&after=`: the same, each with its exact text (`null` once erased).
pub async fn texts(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, of_author(&app, uri.query(), TEXTS).await)
}

async fn of_author(app: &App, query: Option<&str>, limit: i64) -> Result<Response> {
    let author = heads::parameter(query, "author").unwrap_or_default();
    let after = heads::parameter(query, "after").unwrap_or_default();
    let place = if after.is_empty() { Some(("", 0)) } else { read_place(&after) };
    let place = place.ok_or_else(|| Error::invalid("after", "cursor", after.as_str()))?;
    let rows = versions::of_author(&app.db, &author, place, limit).await?;
    let Some(first) = rows.first() else {
        return Ok(respond::text(respond::JSON, json!({ "next": null, "items": [] }).to_string()));
    };
    let marks = marks(app, first).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|length| length == limit);
    let (items, cut) =
        if limit == TEXTS { heads::fitting(&rows) } else { (rows.iter().map(line).collect(), false) };
    let last = &rows[items.len().saturating_sub(1)];
    let next = (full || cut).then(|| place_of(&last.uri, last.version));
    let mut head = json!({ "author": author, "next": next });
    for (name, value) in &marks {
        let name = if *name == MIRROR_OF { "mirror_of" } else { "origin_seen" };
        head[name] = json!(value);
    }
    let response = respond::text(respond::JSON, respond::with_texts(&head, "items", &items));
    Ok(marked(response, &marks))
}

fn line(row: &Version) -> String {
    json!({
        "id": row.uri,
        "version": row.version,
        "hash": row.hash,
        "previous": row.previous,
        "since": row.received_at,
        "erased": row.document.is_none(),
    })
    .to_string()
}

/// A place in a list sorted by id and number, as `after` writes it.
fn place_of(id: &str, version: i64) -> String {
    format!("{version} {id}")
}

fn read_place(written: &str) -> Option<(&str, i64)> {
    let (version, id) = written.split_once(' ')?;
    Some((id, version.parse().ok()?))
}

/// A version that did not hold, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The peer that gave it.
    pub host: String,
    /// Which record or actor it is said to be of.
    pub id: String,
    /// Which version; 0 when it is about all of them.
    pub version: u32,
    /// Why.
    pub why: String,
}

impl Refused {
    /// Of an error that is the giver's; ours ends the work, and so does a name that is taken here.
    fn of(host: &str, key: &ask::Key, error: Error) -> Result<Self> {
        let taken = |error: &Error| matches!(error, Error::Invalid { problems } if problems.iter().any(|one| one.rule == "handle-taken"));
        match error {
            Error::Unavailable { .. } | Error::Internal(_) => Err(error),
            _ if taken(&error) => Err(error),
            error => {
                let (id, version, why) = (key.0.to_string(), key.1, error.to_string());
                tracing::warn!(host, id, version, why, "a mirror gave what does not hold");
                Ok(Self { host: host.to_owned(), id, version, why })
            }
        }
    }
}

/// A text as given, if it is what it was said to be.
fn read(given: &ask::Given) -> Result<Document> {
    let other = || Error::invalid("hash", "hash", given.hash.as_str());
    let document = strict::read_object(&given.text).map_err(|_| other())?;
    let version = Checked::parsed(&given.text, &document)?;
    let said = (version.id(), version.number()) == (&given.key.0, given.key.1);
    if said && canonical::hash(&document) == given.hash { Ok(document) } else { Err(other()) }
}
