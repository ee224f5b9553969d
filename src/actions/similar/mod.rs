//! Close recommendations across cities (requirement 2.33): what the index suggests, and what somebody confirmed. A
//! suggestion is never a link until a person confirms it, in a public, signed record of the kind `SameIdea`; who did
//! is its author, and the operator in the audit log.

mod confirm;
mod index;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use tokio::sync::Mutex;

pub use confirm::{confirm, dismiss, recall};
pub use index::{Index, Near, Text};

use crate::{
    App, Error, Result,
    domain::{Record, Version, compose, html, links, said::Said},
    storage::{
        self,
        records::{self, Page, Row},
        similar as stored,
    },
};

/// Recommendations read at once.
const PAGE: i64 = 500;
/// Most that is suggested for one recommendation.
pub const MOST: usize = 20;
/// An index of more texts than this is kept a while although the register moved: a millisecond a text.
const SMALL: usize = 1000;

/// The index, built when it is first asked and again when a recommendation came, changed or went. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Ideas(Arc<Mutex<Option<Built>>>);

#[derive(Debug)]
struct Built {
    index: Arc<Index>,
    /// What was asked of it already.
    asked: HashMap<String, Arc<Vec<Near>>>,
    seq: i64,
    vectors: i64,
    at: i64,
}

/// A confirmed link, as a record says it.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The record.
    pub row: Row,
    /// The recommendations it brings together.
    pub concerns: Vec<String>,
}

/// Two recommendations that may carry the same idea.
#[derive(Clone, Debug)]
pub struct Pair {
    /// One of ours.
    pub one: Row,
    /// Another author's.
    pub other: Row,
    /// How close the other is to the one.
    pub closeness: f64,
}

/// What is suggested for each of these recommendations, the closest first: other authors' that are close, without what
/// was confirmed already and what a person put aside.
///
/// # Errors
/// Those of the database.
pub async fn near(app: &App, uris: &[&str], most: usize) -> Result<HashMap<String, Vec<Near>>> {
    let mut found = asked(app, uris).await?;
    if found.values().all(|near| near.is_empty()) {
        return Ok(HashMap::new());
    }
    let settled = settled(app, uris).await?;
    let kept = |asked: &str, near: &Near| !settled.contains(&pair(asked, &near.uri));
    Ok(found
        .drain()
        .map(|(uri, near)| {
            let near = near.iter().filter(|one| kept(&uri, one)).take(most).cloned().collect();
            (uri, near)
        })
        .collect())
}

/// The best pairs of ours and other authors' that nobody confirmed or put aside yet.
///
/// # Errors
/// Those of the database.
pub async fn pairs(app: &App, most: usize) -> Result<Vec<Pair>> {
    let ours: Vec<Row> = all(app).await?.into_iter().filter(|row| row.ours).collect();
    let uris: Vec<&str> = ours.iter().map(|row| row.uri.as_str()).collect();
    let mut best: BTreeMap<(String, String), (String, Near)> = BTreeMap::new();
    for (uri, near) in near(app, &uris, MOST).await? {
        for one in near {
            let pair = pair(&uri, &one.uri);
            let closer = best.get(&pair).is_none_or(|(_, other)| {
                one.closeness > other.closeness
                    || (one.closeness.total_cmp(&other.closeness).is_eq() && one.uri < other.uri)
            });
            if closer {
                best.insert(pair, (uri.clone(), one));
            }
        }
    }
    let mut best: Vec<(String, Near)> = best.into_values().collect();
    best.sort_by(|(a, x), (b, y)| y.closeness.total_cmp(&x.closeness).then((a, &x.uri).cmp(&(b, &y.uri))));
    best.truncate(most);
    let named: BTreeSet<&str> = best.iter().flat_map(|(uri, near)| [uri.as_str(), &near.uri]).collect();
    let rows = records::by_uris(&app.db, &named.into_iter().collect::<Vec<_>>()).await?;
    let row = |uri: &str| rows.iter().find(|row| row.uri == uri).cloned();
    let pairs = best.iter().filter_map(|(uri, near)| {
        Some(Pair { one: row(uri)?, other: row(&near.uri)?, closeness: near.closeness })
    });
    Ok(pairs.collect())
}

/// What was confirmed about each of these recommendations, the oldest first: records whose proof holds, not withdrawn.
///
/// # Errors
/// Those of the database.
pub async fn confirmed(app: &App, uris: &[&str]) -> Result<HashMap<String, Vec<Confirmed>>> {
    let mut found: HashMap<String, Vec<Confirmed>> = HashMap::new();
    for one in records::concerning(&app.db, uris, "concerns").await? {
        if let Some(concerns) = concerns(&one.record) {
            found.entry(one.target).or_default().push(Confirmed { row: one.record, concerns });
        }
    }
    Ok(found)
}

/// What a record brings together: that of the kind `SameIdea` whose proof holds, not withdrawn.
#[must_use]
pub fn concerns(row: &Row) -> Option<Vec<String>> {
    if row.kind != "SameIdea" || row.withdrawn || row.proof != "valid" {
        return None;
    }
    match Version::parse(&row.document).ok()? {
        Version::Record(record) => match record.said {
            Said::SameIdea(said) => Some(said.concerns.iter().map(ToString::to_string).collect()),
            _ => None,
        },
        _ => None,
    }
}

/// The recommendation of that id, or by its official number or its reference in a dossier.
///
/// # Errors
/// `NotFound`, also for what is no recommendation or was withdrawn.
pub async fn named(app: &App, what: &str) -> Result<Row> {
    let row = if what.contains("://") {
        records::get(&app.db, what).await?
    } else if let Some(source) = storage::sources::named(&app.db, what).await? {
        records::get(&app.db, &source.uri).await?
    } else {
        records::by_reference(&app.db, what).await?
    };
    row.filter(|row| row.kind == "Recommendation" && !row.withdrawn).ok_or_else(|| Error::not_found(what))
}

/// The words that count: title, text, and themes, each as one word.
#[must_use]
pub fn words(record: &Record) -> String {
    let envelope = &record.envelope;
    let page = envelope.url.as_ref().map_or("", |url| url.as_str());
    let (text, _) = compose::words_of(envelope.content.as_str(), page, &record.lang());
    let title = envelope.title.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{title}\n{}\n{}", html::plain(text), links::themes(record).join(" "))
}

/// The words of a row, when it is a recommendation that can be read.
#[must_use]
pub fn words_of(row: &Row) -> Option<String> {
    match Version::parse(&row.document).ok()? {
        Version::Record(record) => Some(words(&record)),
        _ => None,
    }
}

/// A pair, whichever of the two comes first.
fn pair(one: &str, other: &str) -> (String, String) {
    let (one, other) = if one <= other { (one, other) } else { (other, one) };
    (one.to_owned(), other.to_owned())
}

/// The pairs about which a person decided, with one of these recommendations in them.
async fn settled(app: &App, uris: &[&str]) -> Result<BTreeSet<(String, String)>> {
    let dismissed = stored::dismissed(&app.db, uris).await?;
    let mut settled: BTreeSet<(String, String)> = dismissed.into_iter().collect();
    for (target, confirmed) in confirmed(app, uris).await? {
        let together = confirmed.iter().flat_map(|one| &one.concerns);
        settled.extend(together.map(|other| pair(&target, other)));
    }
    Ok(settled)
}

/// What the index says of each, once what is there is current.
async fn asked(app: &App, uris: &[&str]) -> Result<HashMap<String, Arc<Vec<Near>>>> {
    let mut kept = app.ideas.0.lock().await;
    let mark = stored::mark(&app.db, kept.as_ref().map_or(0, |built| built.seq)).await?;
    let now = app.clock.now_ms();
    let current = kept.as_ref().is_some_and(|built| {
        let moved = mark.moved || mark.vectors != built.vectors;
        let many = built.index.len();
        let since = usize::try_from(now - built.at).unwrap_or(0);
        !moved || (many > SMALL && since < many)
    });
    if current {
        if let Some(built) = kept.as_mut().filter(|_| !mark.moved) {
            built.seq = mark.seq;
        }
    } else {
        let texts = texts(app).await?;
        let index = tokio::task::spawn_blocking(|| Index::of(texts)).await.map_err(Error::internal)?;
        let (seq, vectors) = (mark.seq, mark.vectors);
        *kept = Some(Built { index: Arc::new(index), asked: HashMap::new(), seq, vectors, at: now });
    }
    let mut found = HashMap::new();
    if let Some(Built { index, asked, .. }) = kept.as_mut() {
        for uri in uris {
            let near = asked.entry((*uri).to_owned()).or_insert_with(|| {
                Arc::new(index.near(uri).into_iter().filter(|near| near.close).take(MOST).collect())
            });
            found.insert((*uri).to_owned(), Arc::clone(near));
        }
    }
    Ok(found)
}

/// Every public recommendation that stands, with its words.
async fn texts(app: &App) -> Result<Vec<Text>> {
    let model = app.config.similar.embeddings_model.as_str();
    let mut vectors: HashMap<String, Vec<u8>> = HashMap::new();
    if app.config.similar.embeddings_url.is_some() {
        vectors = stored::vectors(&app.db, model).await?.into_iter().collect();
    }
    let rows = all(app).await?;
    let texts = rows.into_iter().filter_map(|row| {
        let words = words_of(&row)?;
        let vector = vectors.remove(&row.uri).map(|bytes| numbers(&bytes));
        Some(Text { uri: row.uri, author: row.author, words, vector })
    });
    Ok(texts.collect())
}

async fn all(app: &App) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut page = Page::first(PAGE);
    loop {
        let more = records::by_kind(&app.db, "Recommendation", &page).await?;
        let Some(last) = more.last() else { break };
        page.after = Some(last.cursor());
        rows.extend(more.into_iter().filter(|row| !row.withdrawn));
    }
    Ok(rows)
}

/// Bytes as 32-bit floats, little end first, as they are kept.
fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}
