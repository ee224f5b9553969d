//! What a convention says as a whole, and how far people agree, read from the register: what is contested in the
//! sentences of a synthesis, how much of each member it cites, and majority judgements. The one place that pages,
//! tables and the API read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::conventions;
use crate::{
    App, Result,
    domain::{
        Instant, Iri, Record, Version, canonical,
        said::{self, Said},
        synthesis::{self, Contest, Coverage, Judged, Wording},
    },
    storage::{
        obligations as stored,
        records::{self, Row},
    },
};

/// A synthesis, and what was signed about its sentences.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its record.
    pub row: Row,
    /// What it says; of one that is withdrawn, what it said last.
    pub said: said::Synthesis,
    /// What is contested.
    pub contests: Vec<Contest>,
    /// The assessments that the marks are.
    pub marks: Vec<Row>,
}

/// Reads syntheses among rows, in their order: two queries, whatever their number.
///
/// # Errors
/// Those of the database.
pub async fn read(app: &App, rows: Vec<Row>) -> Result<Vec<Read>> {
    let rows: Vec<Row> = rows.into_iter().filter(|row| row.kind == "Synthesis").collect();
    let uris: Vec<&str> = rows.iter().map(|row| row.uri.as_str()).collect();
    if uris.is_empty() {
        return Ok(Vec::new());
    }
    let mut versions: HashMap<String, Vec<(Wording, said::Synthesis)>> = HashMap::new();
    for (uri, text) in stored::promised(&app.db, &uris).await? {
        versions.entry(uri).or_default().extend(wording(&text));
    }
    let mut about: HashMap<String, Vec<Row>> = HashMap::new();
    for found in records::concerning(&app.db, &uris, "concerns").await? {
        let row = found.record;
        if row.kind == "Assessment" && row.proof == "valid" && !row.withdrawn {
            about.entry(found.target).or_default().push(row);
        }
    }
    let read = rows.into_iter().filter_map(|row| {
        // One without proof has no version that counts: it is shown as it stands.
        let mut all = versions.remove(&row.uri).unwrap_or_default();
        if all.is_empty() {
            all.extend(wording(&row.document));
        }
        let said = all.last()?.1.clone();
        let wordings: Vec<Wording> = all.into_iter().map(|(wording, _)| wording).collect();
        let mut marks = about.remove(&row.uri).unwrap_or_default();
        let judged: Vec<Judged> = marks.iter().filter_map(judged).collect();
        let contests = synthesis::contests(&wordings, &judged);
        marks.retain(|mark| contests.iter().any(|contest| contest.id.as_str() == mark.uri));
        Some(Read { row, said, contests, marks })
    });
    Ok(read.collect())
}

/// A version of a synthesis; none, when it withdraws it.
fn wording(text: &str) -> Option<(Wording, said::Synthesis)> {
    let document = canonical::read(text).ok()?;
    let version = Version::from_document(&document).ok()?;
    let (since, hash) = (version.written(), canonical::hash(&document));
    let Version::Record(record) = version else { return None };
    let Said::Synthesis(said) = record.said else { return None };
    Some((Wording { hash, since, sentences: said.sentences.clone() }, *said))
}

fn judged(row: &Row) -> Option<Judged> {
    let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
    let Said::Assessment(said) = record.said else { return None };
    Some(Judged {
        id: record.envelope.id,
        by: record.envelope.author,
        at: record.envelope.published,
        sentence: said.sentence,
        hash: said.hash,
        found: said.assessment?,
    })
}

/// Coverage by member of the convention, by council: of the recommendations each contributed, those that a sentence
/// cites. Empty, when nothing is known here of the convention.
///
/// # Errors
/// Those of the database.
pub async fn coverage(app: &App, said: &said::Synthesis) -> Result<Vec<Coverage>> {
    let Some(known) = conventions::of_group(app, &said.convention).await? else { return Ok(Vec::new()) };
    let mut all: BTreeMap<Iri, BTreeSet<Iri>> =
        known.admitted().map(|member| (member.council.clone(), BTreeSet::new())).collect();
    let brought = conventions::contributed(&known);
    let uris: Vec<&str> = brought.iter().map(|(_, what)| what.as_str()).collect();
    let mut rows = records::by_uris(&app.db, &uris).await?;
    // Nobody contributes what another said.
    rows.retain(|row| brought.iter().any(|(by, what)| row.uri == *what && row.author == by.by));
    let avis: Vec<&str> = rows.iter().filter(|row| row.kind == "Avis").map(|row| row.uri.as_str()).collect();
    let of_avis = records::concerning(&app.db, &avis, "avis").await?;
    let author = |avis: &str| rows.iter().find(|row| row.uri == avis).map(|row| row.author.as_str());
    let inside = of_avis.iter().filter(|one| author(&one.target) == Some(one.record.author.as_str()));
    for row in rows.iter().chain(inside.map(|one| &one.record)) {
        if row.kind == "Recommendation"
            && !row.withdrawn
            && let (Ok(council), Ok(id)) = (Iri::parse(&row.author), Iri::parse(&row.uri))
            && let Some(known) = all.get_mut(&council)
        {
            known.insert(id);
        }
    }
    Ok(synthesis::coverage(&all, &said.sentences))
}

/// A majority judgement.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Its record.
    pub row: Row,
    /// The same, read.
    pub record: Box<Record>,
    /// What it says.
    pub said: said::Agreement,
}

/// The majority judgements among rows, proven and not withdrawn, the latest first.
#[must_use]
pub fn agreements<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<Agreement> {
    let agreed = |row: &Row| {
        let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
        let Said::Agreement(said) = &record.said else { return None };
        Some(Agreement { row: row.clone(), said: said.clone(), record })
    };
    let counts = |row: &&Row| row.kind == "Agreement" && row.proof == "valid" && !row.withdrawn;
    let mut all: Vec<Agreement> = rows.into_iter().filter(counts).filter_map(agreed).collect();
    let day = |one: &Agreement| match &one.said.as_of {
        Some(day) => day.to_string(),
        None => crate::domain::obligations::day_of(one.record.envelope.published).to_string(),
    };
    let at = |one: &Agreement| -> (String, Instant, String) {
        (day(one), one.record.envelope.published, one.row.uri.clone())
    };
    all.sort_by_cached_key(|one| std::cmp::Reverse(at(one)));
    all
}

/// The majority judgements on one thing, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn agreements_on(app: &App, of: &str) -> Result<Vec<Agreement>> {
    let about = records::concerning(&app.db, &[of], "concerns").await?;
    Ok(agreements(about.iter().map(|one| &one.record)))
}
