//! A convention of several cities, computed from signed records alone, so that every node finds the same
//! (register.md rule 11): who is in it, under what each contribution stands, and whether members keep the
//! charter they took on.

use std::collections::BTreeMap;

use jiff::{Span, civil};

use super::{
    Hash, Instant, Iri,
    codes::CharterDuty,
    obligations::day_of,
    said::{Asked, SubQuestion},
};

/// A council asked to be a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adhesion {
    /// The record.
    pub id: Iri,
    /// The council that signed it.
    pub council: Iri,
    /// When.
    pub at: Instant,
    /// When it was withdrawn.
    pub withdrawn: Option<Instant>,
    /// The charter it takes on.
    pub charter: Option<Hash>,
}

/// The host ruled on an adhesion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The record.
    pub id: Iri,
    /// The adhesion.
    pub adhesion: Iri,
    /// Whether it admits; else it declines.
    pub admits: bool,
    /// When.
    pub at: Instant,
    /// When it was withdrawn.
    pub withdrawn: Option<Instant>,
}

/// Where a council stands in a convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is a member.
    Member,
    /// It asked, and has no answer.
    Asked,
    /// It was declined.
    Declined,
    /// It left.
    Left,
    /// It was excluded.
    Excluded,
}

impl Standing {
    /// The word of the API and of tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Asked => "asked",
            Self::Declined => "declined",
            Self::Left => "left",
            Self::Excluded => "excluded",
        }
    }
}

/// A council that is or was in a convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The council.
    pub council: Iri,
    /// Its latest adhesion.
    pub adhesion: Iri,
    /// What the host ruled on it.
    pub ruling: Option<Iri>,
    /// Where it stands.
    pub standing: Standing,
    /// Since when.
    pub since: Instant,
    /// The charter it took on.
    pub charter: Option<Hash>,
}

/// Who is in a convention: for each council its latest adhesion, and the host's latest ruling on it. Given by id.
#[must_use]
pub fn members(adhesions: &[Adhesion], rulings: &[Ruling]) -> Vec<Member> {
    let mut latest: BTreeMap<&Iri, &Adhesion> = BTreeMap::new();
    for adhesion in adhesions {
        let known = latest.entry(&adhesion.council).or_insert(adhesion);
        if (adhesion.at, &adhesion.id) > (known.at, &known.id) {
            *known = adhesion;
        }
    }
    latest.into_values().map(|adhesion| member(adhesion, rulings)).collect()
}

fn member(adhesion: &Adhesion, rulings: &[Ruling]) -> Member {
    let on_it = rulings.iter().filter(|ruling| ruling.adhesion == adhesion.id);
    let ruling = on_it.max_by_key(|ruling| (ruling.at, &ruling.id));
    let (standing, since) = match (adhesion.withdrawn, ruling) {
        (Some(left), _) => (Standing::Left, left),
        (None, Some(Ruling { admits: true, withdrawn: Some(out), .. })) => (Standing::Excluded, *out),
        (None, Some(Ruling { admits: true, at, .. })) => (Standing::Member, *at),
        (None, None | Some(Ruling { withdrawn: Some(_), .. })) => (Standing::Asked, adhesion.at),
        (None, Some(Ruling { at, .. })) => (Standing::Declined, *at),
    };
    Member {
        council: adhesion.council.clone(),
        adhesion: adhesion.id.clone(),
        ruling: ruling.map(|ruling| ruling.id.clone()),
        standing,
        since,
        charter: adhesion.charter.clone(),
    }
}

/// The row of the table that a recommendation stands in; rows are in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// Under a sub-question, by its place among those of the convention.
    Question(usize),
    /// Under its first theme, where it is under no sub-question.
    Theme(String),
    /// Under none of them.
    Neither,
}

/// The row that a recommendation stands in: the sub-question its contribution names, else the first that has one of
/// its themes, else its own first theme.
#[must_use]
pub fn heading(rows: &[SubQuestion], named: Option<&str>, themes: &[String]) -> Heading {
    let named = named.and_then(|named| rows.iter().position(|row| row.key == named));
    let with_theme = || rows.iter().position(|row| row.themes.iter().any(|theme| themes.contains(theme)));
    match (named.or_else(with_theme), themes.first()) {
        (Some(at), _) => Heading::Question(at),
        (None, Some(theme)) => Heading::Theme(theme.clone()),
        (None, None) => Heading::Neither,
    }
}

/// Whether something of an instant (RFC 3339, UTC) was there at the end of a day.
#[must_use]
pub fn was_there(at: &str, day: civil::Date) -> bool {
    at.get(..10).is_some_and(|at| at <= day.to_string().as_str())
}

/// What is public of a member, as far as its charter asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Records that say who sits in the council, the oldest first.
    pub compositions: Vec<(Iri, Instant)>,
    /// Its avis and other deliverables, the oldest first.
    pub deliverables: Vec<(Iri, Instant)>,
    /// Recommendations it contributed, of avis that were handed over, without an answer and without a day to come by
    /// which one is promised.
    pub unanswered: Vec<Iri>,
    /// Avis it contributed from that were handed over and have no day for an account.
    pub unscheduled: Vec<Iri>,
    /// Whether what it publishes does not come here by itself: then what is not here says nothing about it.
    pub partial: bool,
}

/// Whether a member keeps one duty of the charter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// It does not.
    Shortfall,
    /// What would tell is not received here.
    NotReceived,
    /// Its time is not over.
    Pending,
    /// It does.
    Kept,
}

impl Kept {
    /// The word of the API and of tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shortfall => "shortfall",
            Self::NotReceived => "not-received",
            Self::Pending => "pending",
            Self::Kept => "kept",
        }
    }
}

/// One duty of one member, as it stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conformity {
    /// What the charter asks.
    pub duty: CharterDuty,
    /// By when.
    pub due: Option<civil::Date>,
    /// Where it stands.
    pub kept: Kept,
    /// What shows it: the record that keeps it, or those that lack something.
    pub records: Vec<Iri>,
}

/// Whether a member keeps what its charter asks, on a day (requirement 2.35).
#[must_use]
pub fn conformity(asked: &[Asked], admitted: Instant, shown: &Shown, today: civil::Date) -> Vec<Conformity> {
    asked.iter().map(|asked| conforms(asked, admitted, shown, today)).collect()
}

fn conforms(asked: &Asked, admitted: Instant, shown: &Shown, today: civil::Date) -> Conformity {
    let days = Span::new().try_days(i64::from(asked.within_days)).ok();
    let due = days.and_then(|days| day_of(admitted).checked_add(days).ok());
    let first = |records: &[(Iri, Instant)]| -> Vec<Iri> {
        records.first().map(|(id, _)| id.clone()).into_iter().collect()
    };
    let (holds, mut records) = match &asked.duty {
        CharterDuty::CompositionPublished => (!shown.compositions.is_empty(), first(&shown.compositions)),
        CharterDuty::DeliverablesPublished => (!shown.deliverables.is_empty(), first(&shown.deliverables)),
        CharterDuty::AnswersGiven => (shown.unanswered.is_empty(), shown.unanswered.clone()),
        CharterDuty::AccountsScheduled => (shown.unscheduled.is_empty(), shown.unscheduled.clone()),
        CharterDuty::Other(_) => (false, Vec::new()),
    };
    let kept = match (holds, due) {
        // What this version cannot verify is said to be so, never held against anybody.
        _ if matches!(asked.duty, CharterDuty::Other(_)) => Kept::Pending,
        // A record that is here shows something; that none is here does not.
        _ if shown.partial && (!holds || records.is_empty()) => {
            records.clear();
            Kept::NotReceived
        }
        (true, _) => Kept::Kept,
        (false, Some(due)) if today <= due => Kept::Pending,
        (false, _) => Kept::Shortfall,
    };
    Conformity { duty: asked.duty.clone(), due, kept, records }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(path: &str) -> Iri {
        Iri::parse(&format!("https://a.example/{path}")).unwrap()
    }

    fn at(day: u32) -> Instant {
        Instant::parse(&format!("2026-03-{day:02}T08:00:00Z")).unwrap()
    }

    fn adhesion(id: &str, council: &str, day: u32, withdrawn: Option<u32>) -> Adhesion {
        Adhesion {
            id: iri(id),
            council: iri(council),
            at: at(day),
            withdrawn: withdrawn.map(at),
            charter: None,
        }
    }

    fn ruling(id: &str, of: &str, admits: bool, day: u32, withdrawn: Option<u32>) -> Ruling {
        Ruling { id: iri(id), adhesion: iri(of), admits, at: at(day), withdrawn: withdrawn.map(at) }
    }

    fn standing(adhesions: &[Adhesion], rulings: &[Ruling]) -> Vec<(Standing, Instant)> {
        members(adhesions, rulings).into_iter().map(|member| (member.standing, member.since)).collect()
    }

    #[test]
    fn r2_34_a_council_asks_is_admitted_leaves_and_comes_back_each_with_its_trace() {
        let asked = [adhesion("j1", "c", 1, None)];
        assert_eq!(standing(&asked, &[]), [(Standing::Asked, at(1))]);
        let admitted = [ruling("a1", "j1", true, 2, None)];
        assert_eq!(standing(&asked, &admitted), [(Standing::Member, at(2))]);
        assert_eq!(standing(&asked, &[ruling("r1", "j1", false, 2, None)]), [(Standing::Declined, at(2))]);
        assert_eq!(standing(&asked, &[ruling("a1", "j1", true, 2, Some(5))]), [(Standing::Excluded, at(5))]);
        let left = [adhesion("j1", "c", 1, Some(6))];
        assert_eq!(standing(&left, &admitted), [(Standing::Left, at(6))]);
        let back = [left[0].clone(), adhesion("j2", "c", 7, None)];
        assert_eq!(
            standing(&back, &admitted),
            [(Standing::Asked, at(7))],
            "an old admission is of the old one"
        );
    }

    #[test]
    fn r2_34_the_row_is_the_one_named_else_the_first_with_a_theme() {
        let row = |key: &str, themes: &[&str]| SubQuestion {
            key: key.to_owned(),
            title: key.to_owned(),
            themes: themes.iter().map(ToString::to_string).collect(),
        };
        let rows = [row("ethique", &["ethique"]), row("formation", &["formation", "education"])];
        let themes = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(heading(&rows, Some("formation"), &themes(&["ethique"])), Heading::Question(1));
        assert_eq!(heading(&rows, Some("unknown"), &themes(&["education"])), Heading::Question(1));
        assert_eq!(heading(&rows, None, &themes(&["climat", "eau"])), Heading::Theme("climat".to_owned()));
        assert_eq!(heading(&rows, None, &[]), Heading::Neither);
    }

    #[test]
    fn r2_35_a_duty_is_pending_until_its_day_then_a_shortfall() {
        let asked = [Asked { duty: CharterDuty::CompositionPublished, within_days: 10 }];
        let state = |shown: &Shown, day: i8| {
            conformity(&asked, at(1), shown, civil::date(2026, 3, day)).remove(0).kept
        };
        assert_eq!(state(&Shown::default(), 11), Kept::Pending);
        assert_eq!(state(&Shown::default(), 12), Kept::Shortfall);
        let shown = Shown { compositions: vec![(iri("compositions/1"), at(20))], ..Shown::default() };
        assert_eq!(state(&shown, 12), Kept::Kept);
        assert_eq!(state(&Shown { partial: true, ..shown }, 12), Kept::Kept);
        assert_eq!(state(&Shown { partial: true, ..Shown::default() }, 12), Kept::NotReceived);
    }
}
