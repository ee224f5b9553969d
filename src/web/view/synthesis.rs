//! Marks of contest, and what cites a record: wherever a sentence of a synthesis is named, whoever finds it not
//! faithful is named with it (moonshot 13).

use std::collections::{BTreeMap, HashMap};

use super::{People, Sheet, Text, Who, href};
use crate::{
    App, Result,
    actions::synthesis::{self, Read},
    domain::{Iri, one_line, synthesis::Contest},
    storage::records,
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Somebody finds a sentence, or the whole, not faithful.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Who.
    pub who: Who,
    /// The page of what they signed.
    pub href: String,
    /// When.
    pub published: Markup,
    /// The sentence, as it was numbered then; none: the whole.
    pub sentence: Option<u32>,
    /// The sentence it stands with now.
    pub stands_at: Option<u32>,
    /// The wording that was contested, where it is said no more.
    pub earlier: Option<String>,
    /// Why.
    pub text: Text,
}

impl Mark {
    /// The marks of a synthesis, in the order of its sentences; first those on the whole.
    #[must_use]
    pub fn list(app: &App, page: &Page, people: &People, read: &Read) -> Vec<Self> {
        let mark = |contest: &Contest| {
            let row = read.marks.iter().find(|row| row.uri == contest.id.as_str())?;
            let sheet = Sheet::of(app, page, people, row);
            Some(Self {
                who: sheet.card.who,
                href: sheet.card.href,
                published: sheet.card.published,
                sentence: contest.sentence,
                stands_at: contest.stands_at,
                earlier: contest.earlier.as_deref().map(|text| one_line(text, 2_000)),
                text: sheet.text,
            })
        };
        read.contests.iter().filter_map(mark).collect()
    }
}

/// A synthesis that cites a record.
#[derive(Clone, Debug)]
pub struct Citation {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title.
    pub lang: String,
    /// Who says it.
    pub who: Who,
    /// The sentences that cite it, each with what is contested in it.
    pub sentences: Vec<(u32, Vec<Mark>)>,
    /// What is contested in the whole.
    pub whole: Vec<Mark>,
}

/// The proven syntheses that cite some records, by the id of what they cite, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn citations(app: &App, page: &Page, targets: &[&str]) -> Result<HashMap<String, Vec<Citation>>> {
    let mut rows = BTreeMap::new();
    let mut citing: Vec<(String, String)> = Vec::new();
    for found in records::concerning(&app.db, targets, "cites").await? {
        if found.record.kind == "Synthesis" && found.record.proof == "valid" && !found.record.withdrawn {
            citing.push((found.target, found.record.uri.clone()));
            rows.insert(found.record.uri.clone(), found.record);
        }
    }
    let read: BTreeMap<String, Read> = synthesis::read(app, rows.into_values().collect())
        .await?
        .into_iter()
        .map(|one| (one.row.uri.clone(), one))
        .collect();
    let mut named: Vec<&str> = Vec::new();
    for one in read.values() {
        named.extend(one.marks.iter().chain([&one.row]).map(|row| row.author.as_str()));
    }
    let people = People::load(app, named).await?;
    let mut found: HashMap<String, Vec<Citation>> = HashMap::new();
    for (target, uri) in citing {
        if let Some(read) = read.get(&uri) {
            let citation = Citation::of(app, page, &people, read, &target);
            found.entry(target).or_default().push(citation);
        }
    }
    Ok(found)
}

impl Citation {
    fn of(app: &App, page: &Page, people: &People, read: &Read, target: &str) -> Self {
        let marks = Mark::list(app, page, people, read);
        let with = |number: Option<u32>| -> Vec<Mark> {
            marks.iter().filter(|mark| mark.stands_at == number).cloned().collect()
        };
        let cites = |ids: &[Iri]| ids.iter().any(|id| id.as_str() == target);
        let numbered = (1_u32..).zip(&read.said.sentences);
        Self {
            href: href(app, &read.row),
            title: markup::name(&read.row.title),
            lang: read.row.lang.clone(),
            who: people.who(&read.row.author),
            sentences: numbered
                .filter(|(_, sentence)| cites(&sentence.cites))
                .map(|(number, _)| (number, with(Some(number))))
                .collect(),
            whole: marks.iter().filter(|mark| mark.sentence.is_none()).cloned().collect(),
        }
    }
}
