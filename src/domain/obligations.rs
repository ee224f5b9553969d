//! The accountability clock: what an authority owes on an avis, and where that stands on a day. Computed from
//! dates in signed records alone, so that every node finds the same (register.md rule 8, requirements 0.10,
//! 2.23).

use jiff::{Span, civil, tz::TimeZone};

use super::{
    CivilDate, Instant, Iri, Problem,
    codes::{Duty, Reason},
    said::{Owed, Schedule},
};

/// The time zone of civil dates (rule 8).
const ZONE: &str = "Europe/Paris";

/// The day it is, for every deadline.
///
/// # Panics
/// Never: the zone is part of the program.
#[must_use]
pub fn day_of(instant: Instant) -> civil::Date {
    zone().to_datetime(instant.timestamp()).date()
}

fn zone() -> TimeZone {
    TimeZone::get(ZONE).expect("a zone of the program")
}

/// When a day is over.
fn end_of(day: civil::Date) -> Option<Instant> {
    Some(Instant::of(day.tomorrow().ok()?.to_zoned(zone()).ok()?.timestamp()))
}

/// A usual rhythm of accounts, that an authority chooses by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// At six months and at three years, as Rennes did (requirement 2.23).
    SixMonthsThreeYears,
    /// At three months, then every six, up to three years (as `DemocracyNext` advises).
    ThreeMonthsThenSix,
}

impl Preset {
    /// Names as a dossier writes them.
    pub const ALL: [(&'static str, Self); 2] = [
        ("six-months-three-years", Self::SixMonthsThreeYears),
        ("three-months-then-six", Self::ThreeMonthsThenSix),
    ];

    /// The preset of a name.
    ///
    /// # Errors
    /// Rule `preset`, with the names there are.
    pub fn named(name: &str) -> Result<Self, Problem> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, preset)| *preset);
        let names = Self::ALL.map(|(known, _)| known).join(", ");
        found.ok_or_else(|| Problem::new("", "preset", format!("{name}: {names}")))
    }

    /// Months after the handing over at which an account is due.
    #[must_use]
    pub fn months(self) -> Vec<i32> {
        match self {
            Self::SixMonthsThreeYears => vec![6, 36],
            Self::ThreeMonthsThenSix => (3..=36).step_by(6).collect(),
        }
    }

    /// The accounts due on an avis handed over that day.
    #[must_use]
    pub fn owed(self, delivered: civil::Date) -> Vec<Owed> {
        let due = |months| delivered.checked_add(Span::new().months(months)).ok();
        let due = self.months().into_iter().filter_map(due);
        due.filter_map(|date| CivilDate::parse(&date.to_string()).ok())
            .map(|due| Owed { duty: Duty::AccountabilityPoint, due })
            .collect()
    }
}

/// What the register holds on an avis that its obligations depend on. Only proven records of the authority it
/// is addressed to.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// When it was handed over.
    pub delivered: Option<Delivered>,
    /// What its schedules promise, each version of them: a later one only adds.
    pub promised: Vec<Promised>,
    /// What was put off.
    pub postponed: Vec<Postponed>,
    /// Accounts given.
    pub accounts: Vec<Given>,
    /// For each recommendation this authority must answer, not withdrawn: its first answer that decides (a
    /// deferral is none).
    pub answers: Vec<Option<Given>>,
}

/// A version of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The schedule.
    pub id: Iri,
    /// When this version was written.
    pub written: Instant,
    /// What it promises.
    pub owed: Vec<Owed>,
}

/// When an avis was handed over, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// When.
    pub on: CivilDate,
    /// Only its council says so: the authority has not acknowledged it.
    pub claimed: bool,
    /// When it was said.
    pub published: Instant,
}

/// A due date put off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postponed {
    /// The record that says so.
    pub id: Iri,
    /// What is put off.
    pub duty: Duty,
    /// Its due date as the schedule has it.
    pub due: CivilDate,
    /// The new one.
    pub to: CivilDate,
    /// Why.
    pub reason: Reason,
    /// When it was said.
    pub published: Instant,
}

/// An answer or an account given at a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The record.
    pub id: Iri,
    /// The obligation it says it discharges.
    pub due: Option<CivilDate>,
    /// When, as precise as it is known.
    pub on: CivilDate,
    /// When it was said.
    pub published: Instant,
}

/// Where an obligation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its day has passed, and nothing was given.
    Overdue,
    /// Its day is to come, or is not known to the day.
    Due,
    /// It was given.
    Held,
}

impl State {
    /// Every state, in the order of lists.
    pub const ALL: [Self; 3] = [Self::Overdue, Self::Due, Self::Held];

    /// The word of the API and of addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::Held => "held",
        }
    }
}

/// That something owed was put off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// From when.
    pub from: CivilDate,
    /// The record that says so; of several the latest.
    pub by: Iri,
    /// Why.
    pub reason: Reason,
}

/// One thing owed, as it stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What.
    pub duty: Duty,
    /// By when, postponements counted.
    pub due: CivilDate,
    /// By when it was first due, if it was put off.
    pub postponed: Option<Moved>,
    /// Where it stands.
    pub state: State,
    /// Days since it was due (overdue), until it is (due), or by which it was late (held); none when a date is
    /// not known to the day.
    pub days: Option<i64>,
    /// The record that discharged it, and when.
    pub held: Option<(Iri, CivilDate)>,
    /// The schedule that promises it; none when nothing was promised and the usual rhythm is counted.
    pub schedule: Option<Iri>,
    /// Counted from the council's own claim: the authority has not acknowledged the avis.
    pub claimed: bool,
    /// Of answers: how many are there, of how many.
    pub answered: Option<(usize, usize)>,
    /// Since when it stands so.
    pub since: Instant,
}

impl Obligation {
    /// By when it was due before anything was put off: with its kind, what it is told apart by.
    #[must_use]
    pub fn first_due(&self) -> &CivilDate {
        self.postponed.as_ref().map_or(&self.due, |moved| &moved.from)
    }
}

/// What is owed on an avis and where each thing stands that day, by due date. Without a schedule the usual
/// accounts are counted from the day it was handed over.
#[must_use]
pub fn obligations(known: &Known, today: civil::Date) -> Vec<Obligation> {
    let mut all: Vec<Obligation> =
        owed(known).into_iter().filter_map(|owing| stands(known, owing, today)).collect();
    all.sort_by(|a, b| (&a.due, &a.duty, a.first_due()).cmp(&(&b.due, &b.duty, b.first_due())));
    all
}

/// Something owed, who promised it (nobody: the usual rhythm), and when that was said.
struct Owing<'a> {
    owed: Owed,
    schedule: Option<&'a Iri>,
    said: Instant,
}

fn owed(known: &Known) -> Vec<Owing<'_>> {
    let mut promised: Vec<&Promised> = known.promised.iter().collect();
    promised.sort_by(|a, b| (a.written, &a.id).cmp(&(b.written, &b.id)));
    let mut all: Vec<Owing<'_>> = Vec::new();
    for one in promised {
        for owed in &one.owed {
            if !all.iter().any(|there| there.owed == *owed) {
                all.push(Owing { owed: owed.clone(), schedule: Some(&one.id), said: one.written });
            }
        }
    }
    if let (true, Some(delivered)) = (all.is_empty(), &known.delivered) {
        let usual = delivered.on.day().into_iter().flat_map(|day| Preset::SixMonthsThreeYears.owed(day));
        all.extend(usual.map(|owed| Owing { owed, schedule: None, said: delivered.published }));
    }
    all
}

/// None when no instant can be computed from its dates.
fn stands(known: &Known, owing: Owing<'_>, today: civil::Date) -> Option<Obligation> {
    let Owing { owed, schedule, said } = owing;
    let moved = known.postponed.iter().filter(|one| one.duty == owed.duty && one.due == owed.due);
    let moved = moved.max_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
    let due = moved.map_or(&owed.due, |moved| &moved.to);
    let said = moved.map_or(said, |moved| said.max(moved.published));
    let is_answer = owed.duty == Duty::AnswerDue;
    let held = if is_answer { all_answered(known) } else { given(known, &[&owed.due, due]) };
    let until = |day: civil::Date| due.day().and_then(|due| Some(i64::from(due.until(day).ok()?.get_days())));
    let (state, days, since) = match &held {
        Some(held) => (State::Held, held.on.day().and_then(until), held.published),
        None => match until(today) {
            Some(late) if late > 0 => (State::Overdue, Some(late), end_of(due.day()?)?),
            days => (State::Due, days.map(|days| -days), said),
        },
    };
    Some(Obligation {
        duty: owed.duty,
        due: due.clone(),
        postponed: moved.map(|moved| Moved {
            from: owed.due.clone(),
            by: moved.id.clone(),
            reason: moved.reason.clone(),
        }),
        state,
        days,
        held: held.map(|held| (held.id, held.on)),
        schedule: schedule.cloned(),
        claimed: known.delivered.as_ref().is_some_and(|delivered| delivered.claimed),
        answered: is_answer.then(|| (known.answers.iter().flatten().count(), known.answers.len())),
        since: since.max(said),
    })
}

/// The account that names one of these due dates; of several the earliest.
fn given(known: &Known, due: &[&CivilDate]) -> Option<Given> {
    let named =
        known.accounts.iter().filter(|account| account.due.as_ref().is_some_and(|d| due.contains(&d)));
    named.min_by(|a, b| (&a.on, &a.id).cmp(&(&b.on, &b.id))).cloned()
}

/// The last of the first answers, once every recommendation has one.
fn all_answered(known: &Known) -> Option<Given> {
    let answers: Option<Vec<&Given>> = known.answers.iter().map(Option::as_ref).collect();
    let answers = answers?;
    let last = answers.iter().max_by(|a, b| (&a.on, &a.id).cmp(&(&b.on, &b.id)))?;
    let published = answers.iter().map(|one| one.published).max()?;
    Some(Given { published, ..(*last).clone() })
}

/// Since when a recommendation waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Days; none when the handing over is not known to the day.
    pub days: Option<i64>,
    /// Since when.
    pub since: CivilDate,
    /// Counted from the council's own claim.
    pub claimed: bool,
}

/// How long nothing has been answered; none when nobody says that the avis was handed over.
#[must_use]
pub fn silence(delivered: Option<&Delivered>, today: civil::Date) -> Option<Silence> {
    let delivered = delivered?;
    let days = delivered.on.day().and_then(|day| Some(i64::from(day.until(today).ok()?.get_days())));
    let days = days.filter(|days| *days >= 0);
    Some(Silence { days, since: delivered.on.clone(), claimed: delivered.claimed })
}

/// Whether a later version of a schedule keeps everything owed: it can be put off, never taken back.
///
/// # Errors
/// Rule `owed-stays`, with what is missing.
pub fn keeps(before: &Schedule, after: &Schedule) -> Result<(), Problem> {
    if let Some(gone) = before.concerns.iter().find(|avis| !after.concerns.contains(avis)) {
        return Err(Problem::new("parvis:concerns", "owed-stays", gone.as_str()));
    }
    match before.obligations.iter().find(|owed| !after.obligations.contains(owed)) {
        Some(gone) => Err(Problem::new("parvis:obligations", "owed-stays", gone.due.as_str())),
        None => Ok(()),
    }
}

/// Whether a record of that kind may be withdrawn: not what promises.
///
/// # Errors
/// Rule `owed-stays`.
pub fn may_end(kind: &str) -> Result<(), Problem> {
    match kind.trim_start_matches("parvis:") {
        "Schedule" => Err(Problem::new("parvis:kind", "owed-stays", kind)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    fn day(text: &str) -> civil::Date {
        text.parse().unwrap()
    }

    fn noon(day: &str) -> Instant {
        Instant::parse(&format!("{day}T12:00:00Z")).unwrap()
    }

    fn delivered(on: &str, claimed: bool) -> Delivered {
        Delivered { on: date(on), claimed, published: noon("2023-02-01") }
    }

    fn iri(name: &str) -> Iri {
        Iri::parse(&format!("https://rennes.example/{name}")).unwrap()
    }

    fn given(name: &str, due: Option<&str>, on: &str) -> Given {
        Given { id: iri(name), due: due.map(date), on: date(on), published: noon(on) }
    }

    fn states(known: &Known, today: &str) -> Vec<(String, State, Option<i64>)> {
        let all = obligations(known, day(today));
        all.into_iter().map(|one| (one.due.to_string(), one.state, one.days)).collect()
    }

    fn promised() -> Known {
        let mut owed = vec![Owed { duty: Duty::AnswerDue, due: date("2026-09-30") }];
        owed.extend(Preset::SixMonthsThreeYears.owed(day("2026-03-12")));
        Known {
            delivered: Some(delivered("2026-03-12", false)),
            promised: vec![Promised { id: iri("schedule"), written: noon("2026-03-13"), owed }],
            answers: vec![None, None],
            ..Known::default()
        }
    }

    #[test]
    fn due_held_and_overdue_by_the_clock_alone_2_23() {
        use State::{Due, Held, Overdue};
        let mut known = promised();
        let expected =
            [("2026-09-12", Due, Some(134)), ("2026-09-30", Due, Some(152)), ("2029-03-12", Due, Some(1046))];
        let seen = states(&known, "2026-05-01");
        assert_eq!(seen[0].0, expected[0].0);
        assert_eq!(seen.iter().map(|one| one.1).collect::<Vec<_>>(), [Due; 3]);
        assert_eq!(states(&known, "2026-09-13")[0], ("2026-09-12".to_owned(), Overdue, Some(1)));
        known.accounts.push(given("account", Some("2026-09-12"), "2026-09-20"));
        assert_eq!(states(&known, "2026-09-21")[0], ("2026-09-12".to_owned(), Held, Some(8)));
        assert_eq!(states(&known, "2026-10-05")[1], ("2026-09-30".to_owned(), Overdue, Some(5)));
        let all = obligations(&known, day("2026-10-05"));
        assert_eq!(all[0].since, noon("2026-09-20"), "held since it was said");
        assert_eq!(all[1].since.to_string(), "2026-09-30T22:00:00Z", "overdue since midnight in France");
        known.answers = vec![Some(given("a", None, "2026-09-01")), Some(given("b", None, "2026-10-02"))];
        assert_eq!(states(&known, "2026-10-05")[1], ("2026-09-30".to_owned(), Held, Some(2)));
    }

    #[test]
    fn what_is_put_off_keeps_its_first_date_0_10() {
        let mut known = promised();
        known.postponed.push(Postponed {
            id: iri("report"),
            duty: Duty::AccountabilityPoint,
            due: date("2026-09-12"),
            to: date("2026-12-12"),
            reason: Reason::Budget,
            published: noon("2026-09-01"),
        });
        let all = obligations(&known, day("2026-10-01"));
        let moved = all.iter().find(|one| one.due == date("2026-12-12")).unwrap();
        let why = Moved { from: date("2026-09-12"), by: iri("report"), reason: Reason::Budget };
        assert_eq!((moved.state, moved.since), (State::Due, noon("2026-09-01")));
        assert_eq!((moved.first_due(), moved.postponed.as_ref()), (&date("2026-09-12"), Some(&why)));
        known.accounts.push(given("account", Some("2026-12-12"), "2026-12-01"));
        assert_eq!(states(&known, "2026-12-02")[1].1, State::Held, "it may name the new date");
    }

    #[test]
    fn an_avis_nobody_acknowledged_counts_from_the_councils_claim_and_says_so() {
        let known =
            Known { delivered: Some(delivered("2024-02-10", true)), answers: vec![None], ..Known::default() };
        let all = obligations(&known, day("2024-09-01"));
        assert!(all.iter().all(|one| one.claimed && one.schedule.is_none()));
        assert_eq!((all[0].state, all[0].days), (State::Overdue, Some(22)));
        let waits = silence(known.delivered.as_ref(), day("2024-02-20")).unwrap();
        assert_eq!((waits.days, waits.claimed), (Some(10), true));
    }

    #[test]
    fn from_a_month_no_deadline_is_computed_rule_8() {
        let known = Known { delivered: Some(delivered("2023-01", false)), ..Known::default() };
        assert!(obligations(&known, day("2030-01-01")).is_empty());
        assert_eq!(silence(known.delivered.as_ref(), day("2030-01-01")).unwrap().days, None);
        let mut known = promised();
        known.promised[0].owed = vec![Owed { duty: Duty::AccountabilityPoint, due: date("2021-09") }];
        assert_eq!(states(&known, "2030-01-01"), [("2021-09".to_owned(), State::Due, None)]);
    }

    #[test]
    fn a_later_schedule_adds_and_never_takes_back() {
        let before =
            Schedule { concerns: vec![iri("avis")], obligations: promised().promised[0].owed.clone() };
        let mut after = before.clone();
        after.obligations.remove(0);
        assert_eq!(keeps(&before, &after).unwrap_err().rule, "owed-stays");
        assert!(keeps(&after, &before).is_ok());
        let elsewhere = Schedule { concerns: vec![iri("other")], ..before.clone() };
        assert_eq!(keeps(&before, &elsewhere).unwrap_err().rule, "owed-stays");
        assert_eq!(may_end("parvis:Schedule").unwrap_err().rule, "owed-stays");
        assert!(may_end("Account").is_ok());
    }

    #[test]
    fn the_other_rhythm_is_three_months_then_every_six() {
        assert_eq!(Preset::ThreeMonthsThenSix.months(), [3, 9, 15, 21, 27, 33]);
        assert_eq!(Preset::named("yearly").unwrap_err().rule, "preset");
    }
}
