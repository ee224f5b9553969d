//! What the members of a convention recommend, side by side, and what became of it: read from the register of this
//! node alone, in a number of queries that does not depend on how much there is, and the same on every node that
//! has the same records (requirement 2.34, moonshot 1).

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::civil;

use crate::{
    App, Result,
    domain::{
        CivilDate, Instant, Iri,
        codes::{Duty, Reason, Status},
        convention::{self, Conformity, Heading, Member, Shown},
        links,
        moves::Moves,
        obligations::{self as clock, Obligation, Silence, State},
        said::{self, Said},
        status,
    },
    storage::{
        self,
        records::{self, Row},
        standings::Relay,
    },
};

use super::{
    conventions::{self, Contributed, Known},
    obligations::{self, Ledger},
    standings,
    synthesis::{self, Agreement},
};

/// What is side by side in a convention, as it stands on a day.
#[derive(Clone, Debug)]
pub struct Table {
    /// The convention.
    pub known: Known,
    /// The day.
    pub day: civil::Date,
    /// Recommendations: by sub-question, then council, avis and number; at last by id.
    pub lines: Vec<Line>,
    /// What each member keeps of the charter, by council.
    pub seats: Vec<Seat>,
    /// What was contributed and is not here.
    pub missing: Vec<Missing>,
}

/// A record that a member contributed, and that is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The record.
    pub record: String,
    /// The contribution that brings it, alone or with its avis.
    pub contribution: String,
    /// The member.
    pub by: String,
}

/// A recommendation that a member contributed.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row it stands in.
    pub heading: Heading,
    /// Its themes.
    pub themes: Vec<String>,
    /// The contribution that brought it, first.
    pub contributed: Contributed,
    /// Whether what was contributed has changed since.
    pub changed: bool,
    /// The recommendation.
    pub row: Row,
    /// What it says.
    pub said: said::Recommendation,
    /// Its avis.
    pub avis: Option<Arc<Row>>,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub since: Option<Instant>,
    /// The answer or follow-up it stands by.
    pub by: Option<Word>,
    /// Days without an answer of the authority that has it.
    pub silence: Option<i64>,
    /// Whether the answer to it is overdue.
    pub overdue: bool,
    /// How many times others took it up.
    pub taken_up: usize,
    /// The latest majority judgement on it.
    pub agreed: Option<Agreement>,
}

/// What an addressee said.
#[derive(Clone, Debug)]
pub struct Word {
    /// The record.
    pub row: Row,
    /// The coded reason.
    pub reason: Option<Reason>,
    /// When it is promised.
    pub promised_by: Option<CivilDate>,
    /// Of when it is, as far as it says: the decision, or the state it tells.
    pub on: Option<CivilDate>,
}

/// A member, and how it keeps the charter.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Who.
    pub member: Member,
    /// Whether the charter it took on is the one of today.
    pub of_today: bool,
    /// Whether what it publishes comes here by itself: it is ours, or this node follows its server.
    pub received: bool,
    /// Each duty of the charter.
    pub conformity: Vec<Conformity>,
}

impl Table {
    /// Its rows: each sub-question, then the themes of what is under none, then what has none.
    #[must_use]
    pub fn headings(&self) -> Vec<Heading> {
        let mut places: BTreeSet<Heading> = self.lines.iter().map(|line| line.heading.clone()).collect();
        places.extend((0..self.known.said.sub_questions.len()).map(Heading::Question));
        places.into_iter().collect()
    }
}

/// Reads a convention as it stood at the end of a day (UTC): what was published later is not in it. Words and proofs
/// are those of today.
///
/// # Errors
/// Those of the database.
pub async fn table(app: &App, known: Known, day: civil::Date) -> Result<Table> {
    let known = known.on(day);
    let contributed = conventions::contributed(&known);
    let (mut brought, missing) = brought(app, &contributed).await?;
    brought.retain(|one| convention::was_there(&one.row.published, day));
    let around = Around::read(app, &brought, day).await?;
    let mut lines: Vec<Line> =
        brought.into_iter().filter_map(|one| line(&known, one, &around, day)).collect();
    lines.sort_by_cached_key(|line| {
        let avis = line.avis.as_ref().map(|avis| (avis.published.clone(), avis.uri.clone()));
        (line.heading.clone(), line.row.author.clone(), avis, line.row.number, line.row.uri.clone())
    });
    let seats = seats(app, &known, &lines, &around, day).await?;
    Ok(Table { known, day, lines, seats, missing })
}

/// A recommendation with the contribution that brought it.
struct Brought {
    contributed: Contributed,
    changed: bool,
    row: Row,
}

/// The recommendations contributed, alone or with their avis; each once, by its first contribution. And what was
/// contributed too and is not here.
async fn brought(app: &App, contributed: &[(Contributed, String)]) -> Result<(Vec<Brought>, Vec<Missing>)> {
    let uris: Vec<&str> = contributed.iter().map(|(_, what)| what.as_str()).collect();
    let rows = records::by_uris(&app.db, &uris).await?;
    let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.uri.as_str(), row)).collect();
    let whole: Vec<&str> =
        rows.values().filter(|row| row.kind == "Avis").map(|row| row.uri.as_str()).collect();
    let mut of_avis: HashMap<String, Vec<Row>> = HashMap::new();
    for found in records::concerning(&app.db, &whole, "avis").await? {
        of_avis.entry(found.target).or_default().push(found.record);
    }
    let mut seen = BTreeSet::new();
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for (one, what) in contributed {
        let mut lacks = |record: &str| {
            let missed = |missed: &Missing| missed.record == record;
            if own(record, &one.by) && !missing.iter().any(missed) {
                let (record, contribution) = (record.to_owned(), one.id.clone());
                missing.push(Missing { record, contribution, by: one.by.clone() });
            }
        };
        let Some(row) = rows.get(what.as_str()) else {
            lacks(what);
            continue;
        };
        if row.withdrawn || row.author != one.by {
            continue;
        }
        if let Some(Said::Avis(avis)) = row.said() {
            let held = of_avis.get(&row.uri).map(Vec::as_slice).unwrap_or_default();
            let absent = |id: &&Iri| !held.iter().any(|row| row.uri == id.as_str());
            avis.recommendations.iter().filter(absent).for_each(|id| lacks(id.as_str()));
        }
        let changed = one.hash.as_ref().is_none_or(|hash| hash.as_str() != row.hash);
        let recommended: Vec<Row> = match row.kind.as_str() {
            "Avis" => of_avis.get(&row.uri).cloned().unwrap_or_default(),
            _ => vec![(*row).clone()],
        };
        for row in recommended {
            let own = row.kind == "Recommendation" && row.author == one.by && !row.withdrawn;
            if own && seen.insert(row.uri.clone()) {
                all.push(Brought { contributed: one.clone(), changed, row });
            }
        }
    }
    Ok((all, missing))
}

/// Whether a record can be that of an author.
fn own(record: &str, author: &str) -> bool {
    let (record, author) = (Iri::parse(record), Iri::parse(author));
    record.is_ok_and(|record| author.is_ok_and(|author| record.same_origin(&author)))
}

/// What was said about recommendations and their avis, read at once.
struct Around {
    avis: HashMap<String, Arc<Row>>,
    said: HashMap<String, Vec<Row>>,
    relays: HashMap<String, Vec<Relay>>,
    moves: Moves,
    /// What is known of each avis, and what is owed on it that day.
    ledgers: HashMap<String, (Ledger, Vec<Obligation>)>,
}

impl Around {
    async fn read(app: &App, brought: &[Brought], day: civil::Date) -> Result<Self> {
        let avis: BTreeSet<&str> = brought.iter().filter_map(|one| one.row.avis.as_deref()).collect();
        let avis: Vec<&str> = avis.into_iter().collect();
        let mut targets: Vec<&str> = brought.iter().map(|one| one.row.uri.as_str()).collect();
        targets.extend(&avis);
        let mut said: HashMap<String, Vec<Row>> = HashMap::new();
        for found in records::concerning(&app.db, &targets, "concerns").await? {
            if !found.record.withdrawn && convention::was_there(&found.record.published, day) {
                said.entry(found.target).or_default().push(found.record);
            }
        }
        let mut relays: HashMap<String, Vec<Relay>> = HashMap::new();
        let all = storage::standings::relays(&app.db, &targets).await?;
        for relay in all.into_iter().filter(|relay| convention::was_there(&relay.published, day)) {
            relays.entry(relay.target.clone()).or_default().push(relay);
        }
        let rows = records::by_uris(&app.db, &avis).await?;
        let ledgers = obligations::on(app, &avis).await?.into_iter().map(|ledger| {
            let owed = clock::obligations(&ledger.known, day);
            (ledger.avis.uri.clone(), (ledger, owed))
        });
        Ok(Self {
            avis: rows.into_iter().map(|row| (row.uri.clone(), Arc::new(row))).collect(),
            ledgers: ledgers.collect(),
            relays,
            moves: storage::moves::known(&app.db).await?,
            said,
        })
    }

    fn about(&self, uri: &str) -> &[Row] {
        self.said.get(uri).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where a recommendation stands, and the record it stands by.
    fn standing(&self, row: &Row) -> (status::Standing, Option<&Row>) {
        let avis = row.avis.as_deref().unwrap_or_default();
        let relays: Vec<&Relay> =
            [row.uri.as_str(), avis].iter().filter_map(|of| self.relays.get(*of)).flatten().collect();
        let speakers = standings::speakers(&row.author, row.addressee.as_deref(), &relays, &self.moves);
        let about = self.about(&row.uri);
        let statements: Vec<_> = about.iter().filter_map(|row| standings::statement(&spoken(row))).collect();
        let acknowledged = self.about(avis).iter().any(|said| {
            said.kind == "Delivery"
                && said.proof == "valid"
                && self.moves.word_of(&said.author, &said.published, row.addressee.as_deref())
        });
        let standing = status::standing(&speakers, &statements, acknowledged);
        let by = standing.by.as_ref().and_then(|by| about.iter().find(|row| row.uri == by.as_str()));
        (standing, by)
    }
}

fn spoken(row: &Row) -> standings::Spoken<'_> {
    standings::Spoken {
        uri: &row.uri,
        kind: &row.kind,
        author: &row.author,
        decision: row.decision.as_deref(),
        status: row.status.as_deref(),
        proof: &row.proof,
        published: &row.published,
    }
}

fn line(known: &Known, one: Brought, around: &Around, day: civil::Date) -> Option<Line> {
    let Brought { contributed, changed, row } = one;
    let Some(Said::Recommendation(said)) = row.said() else { return None };
    let themes = links::themes_kept(&row.document);
    let heading =
        convention::heading(&known.said.sub_questions, contributed.sub_question.as_deref(), &themes);
    let (standing, by) = around.standing(&row);
    let avis = row.avis.as_ref().and_then(|avis| around.avis.get(avis)).map(Arc::clone);
    let ledger = row.avis.as_ref().and_then(|avis| around.ledgers.get(avis));
    // The authority that owes answers is the one its avis was handed to.
    let asked = ledger.filter(|(ledger, _)| ledger.avis.addressee == row.addressee && by.is_none());
    let silence: Option<Silence> =
        asked.and_then(|(ledger, _)| clock::silence(ledger.known.delivered.as_ref(), day));
    let late = |owed: &Obligation| owed.duty == Duty::AnswerDue && owed.state == State::Overdue;
    let about = around.about(&row.uri);
    let takes_up = |said: &&Row| said.kind == "TakeUp" && said.proof == "valid" && said.author != row.author;
    Some(Line {
        taken_up: about.iter().filter(takes_up).count(),
        agreed: synthesis::agreements(about).into_iter().next(),
        heading,
        themes,
        contributed,
        changed,
        said,
        avis,
        status: standing.status,
        since: standing.since,
        by: by.map(word),
        silence: silence.and_then(|silence| silence.days),
        overdue: asked.is_some_and(|(_, owed)| owed.iter().any(late)),
        row,
    })
}

fn word(row: &Row) -> Word {
    let (reason, promised_by, on) = match row.said() {
        Some(Said::Answer(said)) => (said.reason, said.promised_by, said.decided_on),
        Some(Said::FollowUp(said)) => (said.reason, None, said.as_of),
        _ => (None, None, None),
    };
    Word { row: row.clone(), reason, promised_by, on }
}

/// How each member keeps the charter.
async fn seats(
    app: &App,
    known: &Known,
    lines: &[Line],
    around: &Around,
    day: civil::Date,
) -> Result<Vec<Seat>> {
    let councils: Vec<&str> = known.admitted().map(|member| member.council.as_str()).collect();
    let mut published = records::shown(&app.db, &councils).await?;
    published.retain(|one| convention::was_there(&one.published, day));
    let of = |council: &str, composition: bool| -> Vec<(Iri, Instant)> {
        let own = published.iter().filter(|one| one.author == council);
        let own = own.filter(|one| (one.kind == "Composition") == composition);
        own.filter_map(|one| Some((Iri::parse(&one.uri).ok()?, Instant::parse_foreign(&one.published).ok()?)))
            .collect()
    };
    let followed: BTreeSet<String> = storage::follows::ours(&app.db)
        .await?
        .into_iter()
        .filter(|follow| follow.state == "accepted")
        .map(|follow| follow.host)
        .collect();
    let received = |council: &Iri| {
        around
            .moves
            .all(council.as_str())
            .into_iter()
            .filter_map(|address| Iri::parse(address).ok())
            .any(|address| app.urls.is_here(&address) || followed.contains(address.host()))
    };
    let seat = |member: &Member| {
        let council = member.council.as_str();
        let received = received(&member.council);
        let mut shown = Shown {
            compositions: of(council, true),
            deliverables: of(council, false),
            partial: !received,
            ..Shown::default()
        };
        answers(&mut shown, lines.iter().filter(|line| line.row.author == council), around);
        Seat {
            of_today: member.charter.as_ref() == Some(&known.said.charter_hash),
            conformity: convention::conformity(&known.said.duties, member.since, &shown, day),
            received,
            member: member.clone(),
        }
    };
    Ok(known.admitted().map(seat).collect())
}

/// What a member contributed that has no answer and no day to come for one, and the avis handed over without a day
/// for an account.
fn answers<'a>(shown: &mut Shown, lines: impl Iterator<Item = &'a Line>, around: &Around) {
    let mut unscheduled = BTreeSet::new();
    for line in lines {
        let of = line.row.avis.as_ref().and_then(|avis| around.ledgers.get(avis));
        let Some((ledger, owed)) = of else { continue };
        if ledger.known.delivered.is_none() {
            continue;
        }
        let promised = owed.iter().any(|owed| owed.duty == Duty::AnswerDue && owed.state != State::Overdue);
        if line.by.is_none() && !promised {
            shown.unanswered.extend(Iri::parse(&line.row.uri));
        }
        // The usual rhythm is nobody's promise: a schedule is a record.
        let scheduled = |owed: &Obligation| owed.duty == Duty::AccountabilityPoint && owed.schedule.is_some();
        if !owed.iter().any(scheduled) {
            unscheduled.insert(&ledger.avis.uri);
        }
    }
    shown.unscheduled = unscheduled.into_iter().filter_map(|avis| Iri::parse(avis).ok()).collect();
}
