//! What peers compare and then ask for: the head of each author's register, and what was appended since
//! (register.md rule 17).

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};

use super::{gate, respond};
use crate::{
    App, Error, Result,
    domain::Hash,
    storage::versions::{self, Head, Threads, Version},
};

/// Most versions on a page of changes.
pub(super) const MOST: i64 = 200;
/// A page of changes ends after this many bytes of documents, with at least one.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The head of one author's register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    /// SHA-256 of the sorted lines `id version hash`, each ended by a line feed.
    pub head: Hash,
    /// How many lines.
    pub count: usize,
}

/// The head of an author's current versions; it does not depend on the order in which they came.
#[must_use]
pub(super) fn summary(heads: &[Head]) -> Summary {
    let mut lines: Vec<String> = heads.iter().map(Head::line).collect();
    lines.sort_unstable();
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    Summary { head: Hash::of(text.as_bytes()), count: lines.len() }
}

/// Of the versions of an author, sorted by id and number, the current ones.
#[must_use]
pub(super) fn current(lines: &[Head]) -> Vec<Head> {
    let latest = |pair: &&[Head]| pair.get(1).is_none_or(|next| next.uri != pair[0].uri);
    let pairs = (0..lines.len()).map(|at| &lines[at..lines.len().min(at + 2)]);
    pairs.filter(latest).map(|pair| pair[0].clone()).collect()
}

/// `GET /api/v1/heads`: our authors' heads, sorted by author, each with the same hash over every version, superseded
/// ones too; that of what came down to us from bodies to which we relayed; and the number of the latest append. A
/// peer that asks is there again: what waits for it is tried at once (threats R5).
pub async fn heads(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(reader) = gate::reader(&app, &method, &uri, &headers).await
        && let Err(error) = super::delivery::returned(&app, reader.host()).await
    {
        tracing::warn!(%error, "a peer's return could not be noted");
    }
    respond::answer(&headers, list(&app).await)
}

async fn list(app: &App) -> Result<Response> {
    let mut authors: BTreeMap<String, Vec<Head>> = BTreeMap::new();
    for line in versions::lines(&app.db).await? {
        authors.entry(line.author.clone()).or_default().push(line);
    }
    let items: Vec<Value> = authors
        .iter()
        .map(|(author, lines)| {
            let (head, all) = (summary(&current(lines)), summary(lines).head);
            json!({ "author": author, "head": head.head, "count": head.count, "all": all })
        })
        .collect();
    let threads = Threads::of(app.urls.base());
    let down = summary(&versions::down_heads(&app.db, &threads).await?).head;
    let last = versions::last_seq(&app.db).await?.max(versions::down_last(&app.db, &threads).await?);
    Ok(respond::text(respond::JSON, json!({ "last": last, "items": items, "down": down }).to_string()))
}

/// `GET /api/v1/changes?since=&limit=`: what our authors published after `since`, and what came down, each document exactly as
/// stored (`null` once erased); `next` is where to go on, `null` at the end.
pub async fn changes(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, page(&app, uri.query()).await)
}

async fn page(app: &App, query: Option<&str>) -> Result<Response> {
    let (since, limit) = (number(query, "since", 0)?, number(query, "limit", MOST)?.clamp(1, MOST));
    let mut rows = versions::changes(&app.db, since, limit).await?;
    rows.extend(versions::down(&app.db, &Threads::of(app.urls.base()), since, limit).await?);
    rows.sort_by_key(|row| row.seq);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let full = i64::try_from(rows.len()).is_ok_and(|length| length == limit);
    let (items, cut) = fitting(&rows);
    let last = items.len().checked_sub(1).map_or(since, |at| rows[at].seq);
    let next = (full || cut).then_some(last);
    let body = respond::with_texts(&json!({ "next": next, "last": last }), "items", &items);
    Ok(respond::text(respond::JSON, body))
}

/// As many versions as fit on a page, at least one, each with its text; and whether any were left.
pub(super) fn fitting(rows: &[Version]) -> (Vec<String>, bool) {
    let (mut items, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let item = item(row);
        if !items.is_empty() && bytes + item.len() > MOST_BYTES {
            break;
        }
        bytes += item.len();
        items.push(item);
    }
    let cut = items.len() < rows.len();
    (items, cut)
}

fn item(row: &Version) -> String {
    let head = json!({ "seq": row.seq, "id": row.uri, "version": row.version, "hash": row.hash }).to_string();
    let open = head.strip_suffix('}').unwrap_or(&head);
    format!("{open},\"document\":{}}}", row.document.as_deref().unwrap_or("null"))
}

/// A parameter of a query.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut given = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    given.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A number among the parameters of a query.
pub(super) fn number(query: Option<&str>, name: &'static str, otherwise: i64) -> Result<i64> {
    let Some(value) = parameter(query, name) else { return Ok(otherwise) };
    let read = value.parse::<i64>().ok().filter(|number| *number >= 0);
    read.ok_or_else(|| Error::invalid(name, "number", value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(uri: &str, version: i64) -> Head {
        Head {
            author: "https://rennes.example/actors/1".to_owned(),
            ours: true,
            uri: uri.to_owned(),
            version,
            hash: "sha256:00".to_owned(),
        }
    }

    #[test]
    fn a_head_does_not_depend_on_the_order_of_arrival() {
        let (a, b) = (head("https://a.example/1", 1), head("https://a.example/2", 3));
        assert_eq!(summary(&[a.clone(), b.clone()]), summary(&[b.clone(), a.clone()]));
        assert_ne!(summary(&[a.clone(), b]), summary(&[a]));
    }

    #[test]
    fn r17_current_versions_are_the_last_of_each_id() {
        let lines =
            [head("https://a.example/1", 1), head("https://a.example/1", 2), head("https://a.example/2", 1)];
        assert_eq!(current(&lines), lines[1..]);
        assert_eq!(current(&[]), []);
    }
}
