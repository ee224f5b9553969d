//! The accountability clock: what an authority owes on an avis, and where that stands on a day. Computed from
//! dates in signed records alone, so that every node finds the same (register.md rule 8, requirements 0.10,
//! 2.23).

use jiff::{Span, civil, tz::TimeZone};

use super::{
    CivilDate, Instant, Iri, Problem,
    codes::Duty,
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
    TimeZone::get(ZONE).expect("a zone of the program").to_datetime(instant.timestamp()).date()
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
    /// Its schedule, the first one published; later ones only add.
    pub schedules: Vec<(Iri, Schedule)>,
    /// What was put off.
    pub postponed: Vec<Postponed>,
    /// Accounts given.
    pub accounts: Vec<Given>,
    /// For each recommendation this authority must answer, not withdrawn: its first answer.
    pub answers: Vec<Option<Given>>,
}

/// When an avis was handed over, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// When.
    pub on: CivilDate,
    /// Only its council says so: the authority has not acknowledged it.
    pub claimed: bool,
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
    /// The word of the API and of tests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::Held => "held",
        }
    }
}

/// One thing owed, as it stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What.
    pub duty: Duty,
    /// By when, postponements counted.
    pub due: CivilDate,
    /// By when it was first due, if it was put off, and the record that says so.
    pub postponed: Option<(CivilDate, Iri)>,
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
}

/// What is owed on an avis and where each thing stands that day, by due date. Without a schedule the usual
/// accounts are counted from the day it was handed over.
#[must_use]
pub fn obligations(known: &Known, today: civil::Date) -> Vec<Obligation> {
    let claimed = known.delivered.as_ref().is_some_and(|delivered| delivered.claimed);
    let mut owed: Vec<(Owed, Option<&Iri>)> = Vec::new();
    for (id, schedule) in &known.schedules {
        for one in &schedule.obligations {
            if !owed.iter().any(|(there, _)| there == one) {
                owed.push((one.clone(), Some(id)));
            }
        }
    }
    if owed.is_empty() {
        let delivered = known.delivered.as_ref().and_then(|delivered| delivered.on.day());
        owed.extend(
            delivered.into_iter().flat_map(|day| Preset::SixMonthsThreeYears.owed(day)).map(|o| (o, None)),
        );
    }
    let mut all: Vec<Obligation> =
        owed.into_iter().map(|(owed, schedule)| stands(known, &owed, schedule, claimed, today)).collect();
    all.sort_by(|a, b| (&a.due, &a.duty).cmp(&(&b.due, &b.duty)));
    all
}

fn stands(
    known: &Known,
    owed: &Owed,
    schedule: Option<&Iri>,
    claimed: bool,
    today: civil::Date,
) -> Obligation {
    let moved = known.postponed.iter().filter(|one| one.duty == owed.duty && one.due == owed.due);
    let moved = moved.max_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
    let due = moved.map_or(&owed.due, |moved| &moved.to);
    let is_answer = owed.duty == Duty::AnswerDue;
    let held = if is_answer { all_answered(known) } else { given(known, &owed.due) };
    let until = |day: civil::Date| due.day().and_then(|due| Some(i64::from(due.until(day).ok()?.get_days())));
    let (state, days) = match &held {
        Some(held) => (State::Held, held.on.day().and_then(until)),
        None => match until(today) {
            Some(late) if late > 0 => (State::Overdue, Some(late)),
            days => (State::Due, days.map(|days| -days)),
        },
    };
    Obligation {
        duty: owed.duty.clone(),
        due: due.clone(),
        postponed: moved.map(|moved| (owed.due.clone(), moved.id.clone())),
        state,
        days,
        held: held.map(|held| (held.id.clone(), held.on.clone())),
        schedule: schedule.cloned(),
        claimed,
        answered: is_answer.then(|| (known.answers.iter().flatten().count(), known.answers.len())),
    }
}

/// The account that names this due date; of several the earliest.
fn given<'a>(known: &'a Known, due: &CivilDate) -> Option<&'a Given> {
    let named = known.accounts.iter().filter(|account| account.due.as_ref() == Some(due));
    named.min_by(|a, b| (&a.on, &a.id).cmp(&(&b.on, &b.id)))
}

/// The last of the first answers, once every recommendation has one.
fn all_answered(known: &Known) -> Option<&Given> {
    let answers: Option<Vec<&Given>> = known.answers.iter().map(Option::as_ref).collect();
    answers?.into_iter().max_by(|a, b| (&a.on, &a.id).cmp(&(&b.on, &b.id)))
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
    match before.obligations.iter().find(|owed| !after.obligations.contains(owed)) {
        Some(gone) => Err(Problem::new("parvis:obligations", "owed-stays", gone.due.as_str())),
        None => Ok(()),
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

    fn iri(name: &str) -> Iri {
        Iri::parse(&format!("https://rennes.example/{name}")).unwrap()
    }

    fn given(name: &str, due: Option<&str>, on: &str) -> Given {
        Given { id: iri(name), due: due.map(date), on: date(on) }
    }

    fn states(known: &Known, today: &str) -> Vec<(String, State, Option<i64>)> {
        let all = obligations(known, day(today));
        all.into_iter().map(|one| (one.due.to_string(), one.state, one.days)).collect()
    }

    fn promised() -> Known {
        let mut owed = vec![Owed { duty: Duty::AnswerDue, due: date("2026-09-30") }];
        owed.extend(Preset::SixMonthsThreeYears.owed(day("2026-03-12")));
        Known {
            delivered: Some(Delivered { on: date("2026-03-12"), claimed: false }),
            schedules: vec![(iri("schedule"), Schedule { concerns: vec![iri("avis")], obligations: owed })],
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
            published: Instant::parse("2026-09-01T00:00:00Z").unwrap(),
        });
        let all = obligations(&known, day("2026-10-01"));
        let moved = all.iter().find(|one| one.due == date("2026-12-12")).unwrap();
        assert_eq!(
            (moved.state, moved.postponed.clone()),
            (State::Due, Some((date("2026-09-12"), iri("report"))))
        );
    }

    #[test]
    fn an_avis_nobody_acknowledged_counts_from_the_councils_claim_and_says_so() {
        let known = Known {
            delivered: Some(Delivered { on: date("2024-02-10"), claimed: true }),
            answers: vec![None],
            ..Known::default()
        };
        let all = obligations(&known, day("2024-09-01"));
        assert!(all.iter().all(|one| one.claimed && one.schedule.is_none()));
        assert_eq!((all[0].state, all[0].days), (State::Overdue, Some(22)));
        let waits = silence(known.delivered.as_ref(), day("2024-02-20")).unwrap();
        assert_eq!((waits.days, waits.claimed), (Some(10), true));
    }

    #[test]
    fn from_a_month_no_deadline_is_computed_rule_8() {
        let known =
            Known { delivered: Some(Delivered { on: date("2023-01"), claimed: false }), ..Known::default() };
        assert!(obligations(&known, day("2030-01-01")).is_empty());
        assert_eq!(silence(known.delivered.as_ref(), day("2030-01-01")).unwrap().days, None);
        let mut known = promised();
        known.schedules[0].1.obligations =
            vec![Owed { duty: Duty::AccountabilityPoint, due: date("2021-09") }];
        assert_eq!(states(&known, "2030-01-01"), [("2021-09".to_owned(), State::Due, None)]);
    }

    #[test]
    fn a_later_schedule_adds_and_never_takes_back() {
        let before = promised().schedules[0].1.clone();
        let mut after = before.clone();
        after.obligations.remove(0);
        assert_eq!(keeps(&before, &after).unwrap_err().rule, "owed-stays");
        assert!(keeps(&after, &before).is_ok());
    }

    #[test]
    fn the_other_rhythm_is_three_months_then_every_six() {
        assert_eq!(Preset::ThreeMonthsThenSix.months(), [3, 9, 15, 21, 27, 33]);
        assert_eq!(Preset::named("yearly").unwrap_err().rule, "preset");
    }
}
