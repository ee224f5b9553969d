//! A recommendation with what became of it: its derived status, the addressee's answers, the follow-ups,
//! the other voices and the citizens' replies, each apart.

use std::collections::{HashMap, HashSet};

use super::{
    Agreed, Assessed, Badge, Citation, Hop, Ideas, Parts, People, Reply, Sheet, Takings, Who, instruction,
    obligation,
};
use crate::{
    App,
    actions::{
        obligations::Ledger,
        standings::{self, Spoken, statement},
        taken_up::Found,
    },
    domain::{self, Code as _, Instant, Iri, codes::Status, moves::Moves, said::Said, status::Speakers},
    storage::{records::Row, standings::Relay},
    web::{layout::Page, markup, markup::Markup},
};

/// A recommendation on the page of its avis.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// Its words.
    pub sheet: Sheet,
    /// Rank in the avis.
    pub number: i64,
    /// The council's heading for it.
    pub category: Option<String>,
    /// Who is asked to answer.
    pub addressee: Who,
    /// The tier whose power it is in.
    pub tier: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// The same, as shown.
    pub badge: Badge,
    /// Since when.
    pub since: Option<Markup>,
    /// The steps of its instruction, in one line.
    pub steps: Option<String>,
    /// How long nothing has been answered.
    pub silence: Option<String>,
    /// What those who may speak of it said, the oldest first.
    pub statements: Vec<Statement>,
    /// Where it was relayed to, and what came of it.
    pub relays: Vec<Hop>,
    /// Who took it up, and where it comes from.
    pub takings: Takings,
    /// What others signed about it: shown, never counted.
    pub others: Vec<Statement>,
    /// What its council, its guarantor and others make of it.
    pub assessments: Vec<Assessed>,
    /// The same idea elsewhere.
    pub ideas: Ideas,
    /// How far people agree on it, the latest first.
    pub agreements: Vec<Agreed>,
    /// The syntheses that cite it.
    pub cited: Vec<Citation>,
    /// Approved replies of citizens.
    pub replies: Vec<Reply>,
}

/// An answer or a follow-up.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its words.
    pub sheet: Sheet,
    /// An answer, rather than a follow-up.
    pub is_answer: bool,
    /// Decision or status, in words.
    pub label: String,
    /// The status it gives.
    pub badge: Badge,
    /// Why, in words of the list.
    pub reason: Option<String>,
    /// When it is promised.
    pub promised: Option<Markup>,
    /// The day it speaks of, when that is not the day it was published here.
    pub on: Option<Markup>,
    /// What shows it: address, and the hash when it is a file kept here or at another node.
    pub evidence: Vec<(String, Option<String>)>,
    /// It says that something is done, and shows nothing for it.
    pub without_evidence: bool,
    /// It was said of several recommendations at once, and stands under that number already.
    pub stands_at: Option<i64>,
    /// Whether it is the one the status rests on.
    pub counts: bool,
    /// For whom it was entered through a link: then it is not that body's own word.
    pub entered_for: Option<String>,
}

/// The records around the recommendations of one avis.
pub struct Around<'a> {
    /// Answers and follow-ups by recommendation.
    pub statements: &'a HashMap<String, Vec<Row>>,
    /// Replies by what they answer.
    pub replies: &'a HashMap<String, Vec<Reply>>,
    /// Who watches over the method of its council.
    pub guarantors: &'a HashSet<String>,
    /// Whether the city acknowledged the avis.
    pub acknowledged: bool,
    /// What is owed on the avis.
    pub ledger: Option<&'a Ledger>,
    /// Relays of the recommendations and of the avis.
    pub relays: &'a [Relay],
    /// Who speaks under another address now.
    pub moves: &'a Moves,
    /// Take-ups around the recommendations.
    pub taken_up: &'a Found,
    /// The same ideas elsewhere, by recommendation.
    pub ideas: &'a HashMap<String, Ideas>,
    /// The syntheses that cite each.
    pub cited: &'a HashMap<String, Vec<Citation>>,
}

impl Recommendation {
    /// A recommendation and what is around it.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, row: &Row, around: &Around<'_>) -> Self {
        let sheet = Sheet::of(app, page, people, row);
        let rows = around.statements.get(&row.uri).map(Vec::as_slice).unwrap_or_default();
        let of = [Some(row.uri.as_str()), row.avis.as_deref()];
        let relays: Vec<&Relay> =
            around.relays.iter().filter(|relay| of.contains(&Some(relay.target.as_str()))).collect();
        let speakers = standings::speakers(&row.author, row.addressee.as_deref(), &relays, around.moves);
        let standing = standing(&speakers, rows, around.acknowledged);
        let said = match sheet.record.as_ref().map(|record| &record.said) {
            Some(Said::Recommendation(said)) => Some(said.clone()),
            _ => None,
        };
        let by = standing.by.as_ref().map(Iri::as_str);
        let (statements, others): (Vec<Statement>, Vec<Statement>) = rows
            .iter()
            .filter_map(|row| Statement::of(app, page, people, row, by).map(|said| said.named(rows)))
            .partition(|statement| statement.said().is_some_and(|(author, at)| speakers.include(author, at)));
        let own: Vec<&Relay> = relays.into_iter().filter(|relay| relay.target == row.uri).collect();
        let hops = Hop::list(app, page, people, rows, &own);
        let delivered = around.ledger.and_then(|ledger| ledger.known.delivered.as_ref());
        let owes = around.ledger.is_some_and(|ledger| ledger.avis.addressee == row.addressee);
        let silent = owes && statements.is_empty() && !row.withdrawn;
        let mut replies = around.replies.get(&row.uri).cloned().unwrap_or_default();
        for answer in rows {
            replies.extend(around.replies.get(&answer.uri).into_iter().flatten().cloned());
        }
        Self {
            number: row.number.unwrap_or_default(),
            category: said.as_ref().and_then(|said| said.category.as_deref()).map(markup::name),
            addressee: people.who(row.addressee.as_deref().unwrap_or_default()),
            tier: said.and_then(|said| said.tier).map(|tier| tier.label(page.lang.code()).to_owned()),
            badge: Badge::of(&standing.status, page),
            since: standing.since.map(|since| page.day(&since.to_string())),
            status: standing.status,
            assessments: super::assessments(
                app,
                page,
                people,
                rows,
                &Parts {
                    council: &row.author,
                    addressee: row.addressee.as_deref(),
                    guarantors: around.guarantors,
                    moves: around.moves,
                },
            ),
            steps: instruction::steps(page, people, row, (rows, around.moves), delivered),
            silence: if silent { obligation::waits(app, page, delivered) } else { None },
            agreements: Agreed::list(app, page, people, rows),
            cited: around.cited.get(&row.uri).cloned().unwrap_or_default(),
            statements,
            others,
            ideas: around.ideas.get(&row.uri).cloned().unwrap_or_default(),
            replies,
            relays: hops,
            takings: Takings::of(app, page, people, around.taken_up, &row.uri),
            sheet,
        }
    }
}

impl Recommendation {
    /// Whether it counts as done and nothing was shown for it.
    #[must_use]
    pub fn without_evidence(&self) -> bool {
        self.statements.iter().chain(&self.others).any(|one| one.counts && one.without_evidence)
    }
}

/// What was said of several recommendations at once stands under the first of them; the others say where.
pub fn once(recommendations: &mut [Recommendation]) {
    let mut seen: HashMap<String, i64> = HashMap::new();
    for one in recommendations {
        for said in one.statements.iter_mut().chain(&mut one.others) {
            said.stands_at = seen.get(&said.sheet.uri).copied();
            seen.entry(said.sheet.uri.clone()).or_insert(one.number);
        }
    }
}

/// The hash of a file by its address: a node serves files under theirs.
fn hash_of(address: &str) -> Option<String> {
    let (_, digits) = address.rsplit_once("/media/")?;
    domain::Hash::parse(&format!("sha256:{digits}")).ok().map(|hash| hash.to_string())
}

impl Statement {
    /// An answer or a follow-up; nothing for another kind, or one withdrawn. `by` is the id of the
    /// statement that counts.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, row: &Row, by: Option<&str>) -> Option<Self> {
        let sheet = Sheet::of(app, page, people, row);
        let lang = page.lang.code();
        let mut shown = Self {
            is_answer: false,
            label: String::new(),
            badge: Badge { code: String::new(), label: String::new() },
            reason: None,
            promised: None,
            on: None,
            evidence: Vec::new(),
            without_evidence: false,
            stands_at: None,
            counts: by == Some(row.uri.as_str()),
            entered_for: None,
            sheet,
        };
        match shown.sheet.record.as_ref().map(|record| &record.said)? {
            Said::Answer(said) => {
                shown.is_answer = true;
                shown.label = said.decision.label(lang).to_owned();
                shown.badge = Badge::of(&said.decision.status(), page);
                shown.reason = said.reason.as_ref().map(|reason| reason.label(lang).to_owned());
                shown.promised = said.promised_by.as_ref().map(|date| page.civil(date));
                shown.on = said.decided_on.as_ref().map(|date| page.civil(date));
                shown.without_evidence = said.decision.status() == Status::Done;
                shown.entered_for = said.entered_for.as_ref().map(ToString::to_string);
            }
            Said::FollowUp(said) => {
                shown.label = said.status.label(lang).to_owned();
                shown.badge = Badge::of(&said.status.status(), page);
                shown.reason = said.reason.as_ref().map(|reason| reason.label(lang).to_owned());
                shown.on = said.as_of.as_ref().map(|date| page.civil(date));
                let addresses = said.evidence.iter().map(ToString::to_string);
                shown.evidence = addresses.map(|address| (address.clone(), hash_of(&address))).collect();
                shown.without_evidence = said.status.status() == Status::Done && said.evidence.is_empty();
            }
            _ => return None,
        }
        Some(shown)
    }

    /// With the name of whom it was entered for, as the relay among these rows has it.
    #[must_use]
    pub fn named<'a>(mut self, rows: impl IntoIterator<Item = &'a Row>) -> Self {
        if let Some(body) = &self.entered_for {
            let relays = rows.into_iter().filter(|row| row.kind == "Relay").filter_map(super::relay_of);
            let found =
                relays.filter(|said| said.relay_to.as_str() == body).find_map(|said| said.relay_to_name);
            self.entered_for = Some(markup::name(&found.unwrap_or_else(|| body.clone())));
        }
        self
    }

    /// Who signed it, and when.
    fn said(&self) -> Option<(&Iri, Instant)> {
        self.sheet.record.as_ref().map(|record| (&record.envelope.author, record.envelope.published))
    }
}

/// The standing of a recommendation, from the rows of its answers and follow-ups.
fn standing(speakers: &Speakers<'_>, rows: &[Row], acknowledged: bool) -> domain::status::Standing {
    let said = rows.iter().filter(|row| !row.withdrawn).filter_map(|row| {
        statement(&Spoken {
            uri: &row.uri,
            kind: &row.kind,
            author: &row.author,
            decision: row.decision.as_deref(),
            status: row.status.as_deref(),
            proof: &row.proof,
            published: &row.published,
        })
    });
    domain::status::standing(speakers, &said.collect::<Vec<_>>(), acknowledged)
}
