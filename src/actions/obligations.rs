//! What authorities owe, as it stands today: reads the register for many avis at once, ours and received
//! alike, and asks `domain::obligations`. The one place that pages, feeds, calendars and the API read.

use std::{collections::HashMap, fmt, sync::Arc};

use jiff::civil;

use crate::{
    App, Error, Result,
    domain::{
        CivilDate, Code as _, Instant, Iri, Problem, Version,
        codes::Decision,
        moves::Moves,
        obligations::{self, Delivered, Given, Known, Obligation, Postponed, Promised, State},
        said::Said,
    },
    storage::{
        self,
        obligations::{self as stored, Asked, Avis},
        records::{self, Row},
    },
};

/// An avis, and what the register holds on what is owed on it.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The avis.
    pub avis: Avis,
    /// What obligations are computed from.
    pub known: Known,
    /// The records it was read from: deliveries, schedules, postponements, accounts.
    pub records: Vec<Row>,
}

/// One thing owed, on one avis.
#[derive(Clone, Debug)]
pub struct Owing {
    /// On what.
    pub ledger: Arc<Ledger>,
    /// What, and where it stands.
    pub owed: Obligation,
    /// Names it, the same on every node and whatever becomes of it.
    pub id: String,
}

/// Which of what is owed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What stands so.
    pub state: Option<State>,
    /// What concerns that actor: as the council that advised, or as the authority that owes.
    pub actor: Option<String>,
    /// What is owed on that avis.
    pub avis: Option<String>,
    /// What is owed on the avis of that host.
    pub host: Option<String>,
}

/// A place in the list of what is owed: after what stands so, due then, of that id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(State, String, String);

/// The day it is here.
#[must_use]
pub fn today(app: &App) -> civil::Date {
    obligations::day_of(Instant::of(app.clock.now()))
}

/// What is known of an avis, if it is here.
///
/// # Errors
/// Those of the database.
pub async fn of(app: &App, avis: &str) -> Result<Option<Ledger>> {
    let found = stored::avis(&app.db, &[avis]).await?;
    Ok(ledgers(app, found).await?.into_iter().next())
}

/// What is known of some avis, by id; those that are not here are left out.
///
/// # Errors
/// Those of the database.
pub async fn on(app: &App, avis: &[impl AsRef<str> + Sync]) -> Result<Vec<Ledger>> {
    let found = stored::avis(&app.db, avis).await?;
    ledgers(app, found).await
}

/// What is owed today: first what is overdue, then what is due, then what was held, each by date.
///
/// # Errors
/// Those of the database.
pub async fn list(app: &App, filter: &Filter) -> Result<Vec<Owing>> {
    let mut avis = match &filter.avis {
        Some(uri) => stored::avis(&app.db, &[uri]).await?,
        None => stored::every_avis(&app.db).await?,
    };
    avis.retain(|one| {
        filter.host.as_ref().is_none_or(|host| one.origin == *host)
            && filter.actor.as_ref().is_none_or(|actor| {
                one.author == *actor || one.addressee.as_ref().is_some_and(|addressee| addressee == actor)
            })
    });
    let today = today(app);
    let ledgers = ledgers(app, avis).await?;
    let mut all: Vec<Owing> = ledgers.into_iter().flat_map(|ledger| ledger.owing(today)).collect();
    all.retain(|one| filter.state.is_none_or(|state| one.owed.state == state));
    all.sort_by_cached_key(Owing::place);
    Ok(all)
}

/// Cuts a list to those after a place; says where it goes on.
#[must_use]
pub fn cut(mut all: Vec<Owing>, after: Option<&Place>, limit: usize) -> (Vec<Owing>, Option<Place>) {
    if let Some(after) = after {
        all.retain(|one| one.place() > *after);
    }
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(Owing::place);
    (all, next)
}

impl Ledger {
    /// What is owed on it, and how each thing stands that day.
    #[must_use]
    pub fn owing(self, today: civil::Date) -> Vec<Owing> {
        let ledger = Arc::new(self);
        let all = obligations::obligations(&ledger.known, today);
        let owing = |owed: Obligation| {
            let id = format!("{}#{}-{}", ledger.avis.uri, owed.duty.word(), owed.first_due());
            Owing { ledger: Arc::clone(&ledger), owed, id }
        };
        all.into_iter().map(owing).collect()
    }

    /// The record of that id among those it was read from.
    #[must_use]
    pub fn record(&self, id: &Iri) -> Option<&Row> {
        self.records.iter().find(|row| row.uri == id.as_str())
    }
}

impl Owing {
    fn place(&self) -> Place {
        Place(self.owed.state, self.owed.due.to_string(), self.id.clone())
    }
}

impl Place {
    /// Reads a place as [`fmt::Display`] writes it.
    ///
    /// # Errors
    /// Rule `page` when no list gave it.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = || Error::invalid("after", "page", text);
        let (state, rest) = text.split_once(' ').ok_or_else(refused)?;
        let (due, id) = rest.split_once(' ').ok_or_else(refused)?;
        Ok(Self(state_named(state).map_err(|_| refused())?, due.to_owned(), id.to_owned()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.0.word(), self.1, self.2)
    }
}

/// The state of a word.
///
/// # Errors
/// Rule `state`, with the words there are.
pub fn state_named(word: &str) -> Result<State> {
    let found = State::ALL.into_iter().find(|state| state.word() == word);
    found.ok_or_else(|| Error::invalid("state", "state", format!("{word}: overdue, due, held")))
}

/// Six queries, whatever the number of avis.
async fn ledgers(app: &App, avis: Vec<Avis>) -> Result<Vec<Ledger>> {
    let uris: Vec<&str> = avis.iter().map(|one| one.uri.as_str()).collect();
    let about = records::concerning(&app.db, &uris, "concerns").await?;
    let schedules: Vec<&str> =
        about.iter().filter(|one| one.record.kind == "Schedule").map(|one| one.record.uri.as_str()).collect();
    let postponements = records::concerning(&app.db, &schedules, "concerns").await?;
    let mut versions: HashMap<String, Vec<Promised>> = HashMap::new();
    for (uri, text) in stored::promised(&app.db, &schedules).await? {
        versions.entry(uri).or_default().extend(promised(&text));
    }
    let mut asked: HashMap<String, Vec<Asked>> = HashMap::new();
    for row in stored::asked(&app.db, &uris).await? {
        asked.entry(row.avis.clone()).or_default().push(row);
    }
    let mut around: HashMap<String, Vec<Row>> = HashMap::new();
    let mut put_off: HashMap<String, Vec<Row>> = HashMap::new();
    for one in about {
        around.entry(one.target).or_default().push(one.record);
    }
    for one in postponements {
        put_off.entry(one.target).or_default().push(one.record);
    }
    let moves = storage::moves::known(&app.db).await?;
    Ok(avis
        .into_iter()
        .map(|avis| {
            let mut rows = around.remove(&avis.uri).unwrap_or_default();
            let schedules: Vec<String> =
                rows.iter().filter(|row| row.kind == "Schedule").map(|row| row.uri.clone()).collect();
            rows.extend(schedules.iter().filter_map(|uri| put_off.get(uri)).flatten().cloned());
            let asked = asked.remove(&avis.uri).unwrap_or_default();
            ledger(avis, rows, (&asked, &moves), &versions)
        })
        .collect())
}

/// What counts of the records around an avis: proven words of the authority it is handed to.
fn ledger(
    avis: Avis,
    mut rows: Vec<Row>,
    (asked, moves): (&[Asked], &Moves),
    versions: &HashMap<String, Vec<Promised>>,
) -> Ledger {
    let authority = avis.addressee.as_deref();
    rows.retain(|row| {
        !row.withdrawn && row.proof == "valid" && moves.word_of(&row.author, &row.published, authority)
    });
    let mut known = Known { delivered: claimed(&avis), ..Known::default() };
    let mut delivered: Vec<(Iri, Delivered)> = Vec::new();
    rows.retain(|row| {
        let (Ok(id), Ok(published)) = (Iri::parse(&row.uri), Instant::parse_foreign(&row.published)) else {
            return false;
        };
        match row.said() {
            Some(Said::Delivery(said)) => {
                delivered.push((id, Delivered { on: said.delivered_on, claimed: false, published }));
            }
            Some(Said::Schedule(_)) => {
                known.promised.extend(versions.get(&row.uri).into_iter().flatten().cloned());
            }
            Some(Said::Postponement(said)) => known.postponed.push(Postponed {
                id,
                duty: said.duty,
                due: said.due,
                to: said.postponed_to,
                reason: said.reason,
                published,
            }),
            Some(Said::Account(said)) => {
                let on = said.as_of.or_else(|| day_of(published));
                known.accounts.extend(on.map(|on| Given { id, due: said.due, on, published }));
            }
            _ => return false,
        }
        true
    });
    let first = delivered.into_iter().min_by(|(a, x), (b, y)| (&x.on, a).cmp(&(&y.on, b)));
    if let Some((_, first)) = first {
        known.delivered = Some(first);
    }
    known.answers = answers(&avis, asked, moves);
    Ledger { avis, known, records: rows }
}

/// The council's own claim, signed.
fn claimed(avis: &Avis) -> Option<Delivered> {
    let on = CivilDate::parse(avis.claimed.as_deref().filter(|_| avis.proof == "valid")?).ok()?;
    Some(Delivered { on, claimed: true, published: Instant::parse_foreign(&avis.published).ok()? })
}

/// What a version of a schedule promises.
fn promised(text: &str) -> Option<Promised> {
    let version = Version::parse(text).ok()?;
    let written = version.written();
    match version {
        Version::Record(record) => match record.said {
            Said::Schedule(said) => {
                Some(Promised { id: record.envelope.id, written, owed: said.obligations })
            }
            _ => None,
        },
        _ => None,
    }
}

/// For each recommendation of the council that asks this authority, its first answer that decides.
fn answers(avis: &Avis, asked: &[Asked], moves: &Moves) -> Vec<Option<Given>> {
    let mut first: Vec<(&str, Option<Given>)> = Vec::new();
    for row in asked.iter().filter(|row| row.author == avis.author && row.addressee == avis.addressee) {
        let given = answer(row, moves);
        match first.last_mut().filter(|(uri, _)| *uri == row.uri) {
            Some((_, there)) => {
                let earlier = |a: &Given, b: &Given| (&a.on, &a.id) < (&b.on, &b.id);
                if let Some(given) =
                    given.filter(|one| there.as_ref().is_none_or(|there| earlier(one, there)))
                {
                    *there = Some(given);
                }
            }
            None => first.push((&row.uri, given)),
        }
    }
    first.into_iter().map(|(_, given)| given).collect()
}

/// An answer of whoever was asked.
fn answer(row: &Asked, moves: &Moves) -> Option<Given> {
    let (speaker, at) = (row.speaker.as_deref()?, row.published.as_deref()?);
    if !moves.word_of(speaker, at, row.addressee.as_deref()) {
        return None;
    }
    let decision = Decision::received(row.decision.as_deref()?);
    if decision == Decision::Deferred {
        return None;
    }
    let published = Instant::parse_foreign(at).ok()?;
    let decided = row.decided.as_deref().and_then(|date| CivilDate::parse(date).ok());
    let on = decided.or_else(|| day_of(published))?;
    Some(Given { id: Iri::parse(row.answer.as_deref()?).ok()?, due: None, on, published })
}

/// The civil date of an instant.
fn day_of(instant: Instant) -> Option<CivilDate> {
    let parsed: Result<CivilDate, Problem> = CivilDate::parse(&obligations::day_of(instant).to_string());
    parsed.ok()
}
