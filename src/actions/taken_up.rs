//! What the register holds of take-ups: read for pages, tables and the API, judged by `domain::taken_up`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    App, Error, Result,
    domain::{
        Hash, Instant, Iri, Version,
        said::{Said, TakeUp},
        taken_up::{Claim, Idea, Known, Word, says},
    },
    storage::{
        links,
        records::{self, Page, Row},
        versions,
    },
};

/// Most take-ups of the whole register that are read at once.
const EVERY: i64 = 10_000;

/// Take-ups, and the rows of everything they name.
#[derive(Debug, Default)]
pub struct Found {
    /// What is judged.
    pub known: Known,
    /// Take-ups, words and recommendations by id.
    pub rows: BTreeMap<String, Row>,
}

/// The take-ups of some recommendations, and those of which they came.
///
/// # Errors
/// Those of the database.
pub async fn around(app: &App, recommendations: &[&str]) -> Result<Found> {
    let mut found = Found::default();
    for relation in ["takes-up", "became"] {
        found.claims_about(app, recommendations, relation).await?;
    }
    found.words(app).await?;
    found.ideas(app, recommendations).await?;
    Ok(found)
}

/// One take-up.
///
/// # Errors
/// Those of the database.
pub async fn of_record(app: &App, row: &Row) -> Result<Found> {
    let mut found = Found::default();
    found.claim(app, row.clone()).await?;
    found.words(app).await?;
    found.ideas(app, &[]).await?;
    Ok(found)
}

/// Every take-up of the register: the latest ten thousand.
///
/// # Errors
/// Those of the database.
pub async fn every(app: &App) -> Result<Found> {
    let mut found = Found::default();
    for row in records::by_kind(&app.db, "TakeUp", &Page::first(EVERY)).await? {
        found.claim(app, row).await?;
    }
    found.words(app).await?;
    found.ideas(app, &[]).await?;
    Ok(found)
}

/// Everything that take-ups link to a recommendation, whichever way, as far as a genealogy shows it.
///
/// # Errors
/// `NotFound` when it is not here; those of the database.
pub async fn lineage(app: &App, id: &Iri) -> Result<Found> {
    let row = records::get(&app.db, id.as_str()).await?.filter(|row| row.kind == "Recommendation");
    if row.is_none() {
        return Err(Error::not_found(id.as_str()));
    }
    let mut found = Found::default();
    let mut seen = BTreeSet::from([id.to_string()]);
    let mut level = vec![id.to_string()];
    // A level is read whole, so that what is cut does not depend on what came first.
    while !level.is_empty() && !found.known.is_cut(id) {
        let asked: Vec<&str> = level.iter().map(String::as_str).collect();
        for relation in ["takes-up", "became"] {
            found.claims_about(app, &asked, relation).await?;
        }
        found.ideas(app, &asked).await?;
        let ends: BTreeSet<String> = found.ends().map(ToString::to_string).collect();
        level = ends.into_iter().filter(|id| seen.insert(id.clone())).collect();
    }
    found.words(app).await?;
    Ok(found)
}

impl Found {
    /// The recommendations that the take-ups name.
    fn ends(&self) -> impl Iterator<Item = &Iri> {
        let claims = self.known.claims.values();
        claims.flat_map(|claim| [Some(&claim.said.takes_up), claim.said.became.as_ref()]).flatten()
    }

    /// Take-ups that name one of `targets`.
    async fn claims_about(&mut self, app: &App, targets: &[&str], relation: &str) -> Result<()> {
        for one in records::concerning(&app.db, targets, relation).await? {
            if one.record.kind == "TakeUp" && !self.rows.contains_key(&one.record.uri) {
                self.claim(app, one.record).await?;
            }
        }
        Ok(())
    }

    /// A take-up; of a withdrawn one what it said before, or what it named where that is not here.
    async fn claim(&mut self, app: &App, row: Row) -> Result<()> {
        let before;
        let document = if row.withdrawn {
            before = versions::get(&app.db, &row.uri, row.version - 1).await?;
            before.as_ref().and_then(|version| version.document.as_deref())
        } else {
            Some(row.document.as_str())
        };
        let said = match document.map(Version::parse) {
            Some(Ok(Version::Record(record))) => match record.said {
                Said::TakeUp(said) => Some(*said),
                _ => None,
            },
            _ => named(app, &row.uri).await?,
        };
        let Some(said) = said else { return Ok(()) };
        let end = row.updated.as_deref().filter(|_| row.withdrawn);
        let id = Iri::parse(&row.uri)?;
        let claim = Claim {
            id: id.clone(),
            by: Iri::parse(&row.author)?,
            said,
            hash: Hash::parse(&row.hash)?,
            published: Instant::parse_foreign(&row.published)?,
            withdrawn: end.map(Instant::parse_foreign).transpose()?,
            proven: row.proof == "valid",
        };
        self.known.claims.insert(id, claim);
        self.rows.insert(row.uri.clone(), row);
        Ok(())
    }

    /// What was said of the take-ups that are known.
    async fn words(&mut self, app: &App) -> Result<()> {
        let claims: Vec<&Iri> = self.known.claims.keys().collect();
        for one in records::concerning(&app.db, &claims, "concerns").await? {
            let row = one.record;
            let said = match Version::parse(&row.document) {
                Ok(Version::Record(record)) => says(&record.said),
                _ if row.withdrawn => Some((row.kind == "Confirmation", None, None)),
                _ => None,
            };
            let Some((confirms, reason, hash)) =
                said.filter(|_| matches!(row.kind.as_str(), "Confirmation" | "Refusal"))
            else {
                continue;
            };
            let id = Iri::parse(&row.uri)?;
            let word = Word {
                id: id.clone(),
                author: Iri::parse(&row.author)?,
                of: Iri::parse(&one.target)?,
                confirms,
                reason,
                hash,
                published: Instant::parse_foreign(&row.published)?,
                withdrawn: row.withdrawn,
                proven: row.proof == "valid",
            };
            self.known.words.insert(id, word);
            self.rows.insert(row.uri.clone(), row);
        }
        Ok(())
    }

    /// The recommendations that the take-ups name, and these.
    async fn ideas(&mut self, app: &App, beside: &[&str]) -> Result<()> {
        let claims = self.known.claims.values();
        let ends = claims
            .flat_map(|claim| [Some(&claim.said.takes_up), claim.said.became.as_ref()].into_iter().flatten());
        let wanted: BTreeSet<&str> = ends.map(Iri::as_str).chain(beside.iter().copied()).collect();
        for row in records::by_uris(&app.db, &wanted.into_iter().collect::<Vec<_>>()).await? {
            let id = Iri::parse(&row.uri)?;
            let idea = Idea {
                id: id.clone(),
                author: Iri::parse(&row.author)?,
                title: row.title.clone(),
                lang: row.lang.clone(),
                published: Instant::parse_foreign(&row.published)?,
                withdrawn: row.withdrawn,
            };
            self.known.ideas.insert(id, idea);
            self.rows.insert(row.uri.clone(), row);
        }
        Ok(())
    }
}

/// What a take-up names, from the edges that outlive its words.
async fn named(app: &App, uri: &str) -> Result<Option<TakeUp>> {
    let links = links::of_source(&app.db, uri).await?;
    let end = |relation: &str| {
        links.iter().find(|link| link.relation == relation).and_then(|link| Iri::parse(&link.target).ok())
    };
    Ok(end("takes-up").map(|takes_up| TakeUp { became: end("became"), ..TakeUp::of(takes_up) }))
}
