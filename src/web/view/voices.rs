//! What others than the addressee make of recommendations: each voice apart, with its own bar or mark, beside
//! the status and never merged with it into one number (moonshot 4, requirement 4.2).

use std::collections::{BTreeMap, HashSet};

use super::{Around, People, Sheet, Who};
use crate::{
    App, Result,
    domain::{Code as _, codes::Faithfulness, moves::Moves, said::Said},
    i18n::t_args,
    storage::{
        links,
        records::{self, Page as Slice, Row},
    },
    web::{layout::Page, markup, markup::Markup},
};

/// An assessment of a recommendation, or of a whole avis.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// Its words, its author, its page.
    pub sheet: Sheet,
    /// The part its author has: the council, its guarantor, the authority, a third party.
    pub role: String,
    /// What it finds: “faithful in part”, “ambition: low”.
    pub finding: Option<String>,
    /// Its mark: “2.5/10”.
    pub mark: Option<String>,
    /// The day it speaks of.
    pub on: Option<Markup>,
}

/// One voice on a whole avis: who, on what, how many recommendations found how.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The part of its author.
    pub role: String,
    /// Its author.
    pub who: Who,
    /// The criterion, when there is one.
    pub criterion: Option<String>,
    /// What was found, how often, and where each part of the bar stands.
    pub parts: Vec<Part>,
    /// Its marks.
    pub marks: Vec<String>,
}

/// One finding of a voice.
#[derive(Clone, Debug)]
pub struct Part {
    /// Class of its colour.
    pub class: String,
    /// What was found.
    pub label: String,
    /// For how many recommendations.
    pub count: usize,
    /// Left end in the bar, in hundredths of a percent.
    pub from: usize,
    /// Width in the bar.
    pub width: usize,
}

/// The guarantors that a council's latest composition names: their actors.
///
/// # Errors
/// Those of the database.
pub async fn guarantors(app: &App, council: &str) -> Result<HashSet<String>> {
    let latest = records::by_author(&app.db, council, "Composition", &Slice::first(1)).await?;
    let Some(composition) = latest.into_iter().find(|row| row.proof == "valid" && !row.withdrawn) else {
        return Ok(HashSet::new());
    };
    let named = links::of_source(&app.db, &composition.uri).await?;
    Ok(named.into_iter().filter(|link| link.relation == "guarantors").map(|link| link.target).collect())
}

/// Who may be told apart around an avis.
pub struct Parts<'a> {
    /// Its council.
    pub council: &'a str,
    /// Who is asked to answer.
    pub addressee: Option<&'a str>,
    /// Who watches over the method.
    pub guarantors: &'a HashSet<String>,
    /// Who speaks under another address now.
    pub moves: &'a Moves,
}

impl Parts<'_> {
    /// The order and the label of the part that the author of a record has.
    fn of(&self, row: &Row, page: &Page) -> (u8, String) {
        let of = |actor: Option<&str>| self.moves.word_of(&row.author, &row.published, actor);
        let (order, key) = if of(self.addressee) {
            (0, "voice-authority")
        } else if of(Some(self.council)) {
            (1, "voice-council")
        } else if self.guarantors.contains(&row.author) {
            (2, "voice-guarantor")
        } else {
            (3, "voice-third")
        };
        (order, page.t(key))
    }
}

/// The proven assessments among rows about one thing, the oldest first.
#[must_use]
pub fn assessments(
    app: &App,
    page: &Page,
    people: &People,
    rows: &[Row],
    parts: &Parts<'_>,
) -> Vec<Assessed> {
    rows.iter().filter(|row| counts(row)).filter_map(|row| assessed(app, page, people, row, parts)).collect()
}

/// An assessment that stands: proven and not withdrawn.
fn counts(row: &Row) -> bool {
    row.kind == "Assessment" && row.proof == "valid" && !row.withdrawn
}

fn assessed(app: &App, page: &Page, people: &People, row: &Row, parts: &Parts<'_>) -> Option<Assessed> {
    let sheet = Sheet::of(app, page, people, row);
    let Said::Assessment(said) = &sheet.record.as_ref()?.said else { return None };
    let label = said.assessment.as_ref().map(|code| code.label(page.lang.code()).to_owned());
    let value = said.value.as_deref().map(markup::name);
    let value = match (&said.criterion, value) {
        (Some(criterion), Some(value)) => {
            let args = [("what", markup::name(criterion).into()), ("value", value.into())];
            Some(t_args(page.lang, "finding-of", &args))
        }
        (_, value) => value,
    };
    Some(Assessed {
        role: parts.of(row, page).1,
        finding: label.or(value),
        mark: mark(said),
        on: said.as_of.as_ref().map(|date| page.civil(date)),
        sheet,
    })
}

fn mark(said: &crate::domain::said::Assessment) -> Option<String> {
    let (mark, out_of) = (said.mark.as_deref()?, said.out_of.as_deref()?);
    Some(format!("{}/{}", markup::name(mark), markup::name(out_of)))
}

/// Class, label and order of a finding in a bar.
fn finding(said: &crate::domain::said::Assessment, page: &Page) -> Option<(usize, String, String)> {
    if let Some(code) = &said.assessment {
        let order = Faithfulness::ALL.iter().position(|(_, known)| known == code).unwrap_or(3);
        return Some((order, format!("v-{order}"), code.label(page.lang.code()).to_owned()));
    }
    said.value.as_deref().map(|value| (9, String::new(), markup::name(value)))
}

/// What one voice was heard to say.
#[derive(Default)]
struct Heard<'a> {
    role: String,
    /// By recommendation: order, class and label of the finding.
    found: BTreeMap<&'a str, (usize, String, String)>,
    marks: Vec<String>,
}

/// How each voice found the recommendations of an avis: the latest assessment of each author counts for each
/// recommendation and criterion. Marks on the avis as a whole stand with their author.
#[must_use]
pub fn voices(
    page: &Page,
    people: &People,
    avis: &str,
    around: &Around<'_>,
    parts: &Parts<'_>,
) -> Vec<Voice> {
    let mut all: BTreeMap<(u8, String, String), Heard<'_>> = BTreeMap::new();
    for (target, rows) in around.statements {
        for row in rows.iter().filter(|row| counts(row)) {
            let Ok(crate::domain::Version::Record(record)) = crate::domain::Version::parse(&row.document)
            else {
                continue;
            };
            let Said::Assessment(said) = &record.said else { continue };
            let (order, role) = parts.of(row, page);
            let criterion = said.criterion.as_deref().map(markup::name).unwrap_or_default();
            let voice = all.entry((order, row.author.clone(), criterion)).or_default();
            voice.role = role;
            if target == avis {
                voice.marks.extend(mark(said));
            } else if let Some(found) = finding(said, page) {
                // Rows come the oldest first: the latest stays.
                voice.found.insert(target, found);
            }
        }
    }
    all.into_iter()
        .map(|((_, author, criterion), heard)| Voice {
            role: heard.role,
            who: people.who(&author),
            criterion: Some(criterion).filter(|criterion| !criterion.is_empty()),
            parts: bar(heard.found.into_values()),
            marks: heard.marks,
        })
        .collect()
}

/// Findings counted, each with its place in the bar.
fn bar(found: impl Iterator<Item = (usize, String, String)>) -> Vec<Part> {
    let mut counts: BTreeMap<(usize, String), (String, usize)> = BTreeMap::new();
    for (order, class, label) in found {
        let entry = counts.entry((order, label)).or_insert((class, 0));
        entry.1 += 1;
    }
    let total: usize = counts.values().map(|(_, count)| count).sum();
    let mut before = 0;
    let parts = counts.into_iter().enumerate().map(|(place, ((_, label), (class, count)))| {
        let (from, to) = (before * 10_000 / total, (before + count) * 10_000 / total);
        before += count;
        let class = if class.is_empty() { format!("v-{}", place % 4) } else { class };
        Part { class, label, count, from, width: to - from }
    });
    parts.collect()
}
