//! The life of a council, computed: how long a term may be, which terms end soon, which groups are too small
//! to be told, how a meeting is said in words, how well meetings were attended. Pure.

use jiff::{Zoned, civil};

use super::{
    CivilDate,
    codes::{SeatOrigin, Sector},
    phrases::Phrases,
    said::{Composition, Group, Meeting},
};

/// How many years a term lasts at most, unless the council has another rule (requirement 2.2).
pub const TERM_YEARS: u32 = 2;
/// How many terms somebody may serve, unless the council has another rule (requirement 2.2).
pub const TERMS: u32 = 2;
/// The smallest group that is told: fewer people could be known by it.
pub const SMALLEST_GROUP: u32 = 5;
/// How many days before its end a term is said to end.
const NOTICE_DAYS: i64 = 90;

/// Whether a term is longer than so many years, as far as both dates are precise.
#[must_use]
pub fn too_long(since: &CivilDate, until: &CivilDate, years: u32) -> bool {
    let precise = since.as_str().len().min(until.as_str().len());
    let whole = |date: &CivilDate| -> Option<civil::Date> {
        let cut = &date.as_str()[..precise];
        let rest = ["-01-01", "", "", "-01", "", "", ""].get(precise - 4).copied().unwrap_or_default();
        format!("{cut}{rest}").parse().ok()
    };
    let (Some(since), Some(until)) = (whole(since), whole(until)) else { return false };
    let last = since.checked_add(jiff::Span::new().years(i64::from(years)));
    last.is_ok_and(|last| until > last)
}

/// Seats whose term ends soon, or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How they were filled.
    pub origin: SeatOrigin,
    /// How many.
    pub count: u32,
    /// Last day.
    pub until: CivilDate,
    /// Whether that day is past.
    pub past: bool,
}

/// The seats of a composition whose term ends within [`NOTICE_DAYS`], or has ended, the first first. From a
/// month or a year no day is computed.
#[must_use]
pub fn endings(composition: &Composition, today: civil::Date) -> Vec<Ending> {
    let notice = today.checked_add(jiff::Span::new().days(NOTICE_DAYS)).unwrap_or(today);
    let ending = |seats: &super::said::Seats| {
        let until = seats.until.clone()?;
        let day = until.day().filter(|day| *day <= notice)?;
        Some(Ending { origin: seats.origin.clone(), count: seats.count, until, past: day < today })
    };
    let mut all: Vec<Ending> = composition.seats.iter().filter_map(ending).collect();
    all.sort_by(|a, b| a.until.cmp(&b.until));
    all
}

/// The groups of a criterion as they may be told: one of fewer than [`SMALLEST_GROUP`] is merged with its
/// neighbours in the order written until each has as many; when even all together are fewer, what was
/// obtained is withheld. Gives also whether anything changed.
#[must_use]
pub fn told(groups: Vec<Group>) -> (Vec<Group>, bool) {
    let small = |group: &Group| group.obtained.is_some_and(|count| count < SMALLEST_GROUP);
    if !groups.iter().any(small) {
        return (groups, false);
    }
    let total: u32 = groups.iter().filter_map(|group| group.obtained).sum();
    if total < SMALLEST_GROUP {
        let withheld = groups.into_iter().map(|group| Group { obtained: None, ..group });
        return (withheld.collect(), true);
    }
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        match merged.last_mut().filter(|last| small(last)) {
            Some(last) => join(last, &group),
            None => merged.push(group),
        }
    }
    if merged.len() > 1
        && merged.last().is_some_and(small)
        && let Some(last) = merged.pop()
        && let Some(before) = merged.last_mut()
    {
        join(before, &last);
    }
    (merged, true)
}

fn join(group: &mut Group, next: &Group) {
    let sum = |a: Option<u32>, b: Option<u32>| Some(a?.saturating_add(b?));
    group.label = format!("{} + {}", group.label, next.label);
    group.target = sum(group.target, next.target);
    group.obtained = sum(group.obtained, next.obtained);
}

/// How well some meetings were attended, and who was heard (requirements 2.14, 3.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Meetings that say how many were there.
    pub counted: usize,
    /// How many were there, all meetings together.
    pub present: u32,
    /// How many were expected at those that say so; none when one does not.
    pub expected: Option<u32>,
    /// How many told why they could not come.
    pub excused: u32,
    /// How many people were met outside.
    pub reached: u32,
    /// Hearings by sector, in the order of the list.
    pub heard: Vec<(Sector, usize)>,
}

impl Attendance {
    /// Adds up meetings.
    #[must_use]
    pub fn of<'a>(meetings: impl IntoIterator<Item = &'a Meeting>) -> Self {
        let mut sum = Self { expected: Some(0), ..Self::default() };
        for meeting in meetings {
            if let Some(present) = meeting.present {
                sum.counted += 1;
                sum.present += present;
                sum.expected = sum.expected.zip(meeting.expected).map(|(all, more)| all + more);
                sum.excused += meeting.excused.unwrap_or(0);
            }
            sum.reached += meeting.reached.unwrap_or(0);
            for hearing in &meeting.hearings {
                match sum.heard.iter_mut().find(|(sector, _)| *sector == hearing.sector) {
                    Some((_, count)) => *count += 1,
                    None => sum.heard.push((hearing.sector.clone(), 1)),
                }
            }
        }
        sum.heard.sort();
        sum.expected = sum.expected.filter(|expected| *expected > 0);
        sum
    }

    /// Of those expected, how many in a hundred were there.
    #[must_use]
    pub fn percent(&self) -> Option<u32> {
        self.expected.map(|expected| self.present.saturating_mul(100) / expected)
    }
}

/// Date, hour and place of a meeting in words, since no server but an agenda shows them (register.md rule 21):
/// “Jeudi 4 juin 2026, 18 h 30, Hôtel de Ville, place de la Mairie. Ouvert au public.”
#[must_use]
pub fn when_and_where(start: &Zoned, place: &[&str], open: bool, phrases: &Phrases) -> String {
    let day = phrases.weekday(start.date().weekday());
    let date = phrases.day(start.date());
    let (hour, minute) = (start.hour(), start.minute());
    let mut parts = vec![phrases.choose(
        if minute == 0 {
            format!("{day} {date}, {hour}\u{a0}h")
        } else {
            format!("{day} {date}, {hour}\u{a0}h\u{a0}{minute:02}")
        },
        format!("{day} {date}, {hour}:{minute:02}"),
    )];
    parts.extend(place.iter().map(|part| (*part).to_owned()));
    let open = if open {
        phrases.choose("Ouvert au public.".to_owned(), "Open to the public.".to_owned())
    } else {
        phrases.choose("Sur invitation.".to_owned(), "By invitation.".to_owned())
    };
    format!("{}. {open}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::said::Seats;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    fn group(label: &str, obtained: u32) -> Group {
        Group { label: label.to_owned(), target: Some(obtained + 1), obtained: Some(obtained) }
    }

    fn shown(groups: Vec<Group>) -> Vec<(String, Option<u32>)> {
        told(groups).0.into_iter().map(|group| (group.label, group.obtained)).collect()
    }

    #[test]
    fn r2_2_a_term_lasts_two_years_at_most() {
        assert!(!too_long(&date("2022-01-15"), &date("2024-01-15"), TERM_YEARS));
        assert!(too_long(&date("2022-01-15"), &date("2024-01-16"), TERM_YEARS));
        assert!(too_long(&date("2022-01"), &date("2024-02-01"), TERM_YEARS));
        assert!(!too_long(&date("2022"), &date("2024-12-31"), TERM_YEARS), "as far as both are precise");
        assert!(!too_long(&date("2022-01-01"), &date("2025-01-01"), 3), "other councils have other rules");
    }

    #[test]
    fn r2_2_terms_that_end_within_ninety_days_or_have_ended_are_told_in_order() {
        let seats = |count, until: &str| Seats {
            origin: SeatOrigin::Drawn,
            count,
            since: None,
            until: Some(date(until)),
            term: Some(1),
        };
        let composition = Composition {
            as_of: date("2024"),
            target: None,
            seats: vec![
                seats(3, "2024-09-01"),
                seats(5, "2024-03-01"),
                seats(7, "2025-03-01"),
                seats(9, "2024"),
            ],
            roles: vec![],
            guarantors: vec![],
            named: vec![],
        };
        let found = endings(&composition, civil::date(2024, 6, 10));
        let found: Vec<(u32, bool)> = found.iter().map(|ending| (ending.count, ending.past)).collect();
        assert_eq!(found, [(5, true), (3, false)]);
    }

    #[test]
    fn r2_1_groups_smaller_than_five_are_merged_with_their_neighbours_or_withheld() {
        assert_eq!(
            shown(vec![group("a", 10), group("b", 10)]),
            [("a".into(), Some(10)), ("b".into(), Some(10))]
        );
        assert_eq!(shown(vec![group("a", 2), group("b", 9)]), [("a + b".into(), Some(11))]);
        assert_eq!(
            shown(vec![group("a", 7), group("b", 2), group("c", 2), group("d", 1), group("e", 8)]),
            [("a".into(), Some(7)), ("b + c + d".into(), Some(5)), ("e".into(), Some(8))]
        );
        assert_eq!(
            shown(vec![group("a", 8), group("b", 9), group("c", 3)]),
            [("a".into(), Some(8)), ("b + c".into(), Some(12))]
        );
        assert_eq!(shown(vec![group("a", 1), group("b", 3)]), [("a".into(), None), ("b".into(), None)]);
        assert_eq!(told(vec![group("a", 0), group("b", 9)]).0[0].target, Some(11), "targets are merged too");
    }

    #[test]
    fn r2_13_a_meeting_says_its_date_and_place_in_words() {
        let start: Zoned = "2026-06-04T18:30[Europe/Paris]".parse().unwrap();
        let said =
            |lang| when_and_where(&start, &["Hôtel de Ville", "Rennes"], true, &Phrases::in_language(lang));
        assert_eq!(
            said("fr"),
            "Jeudi 4 juin 2026, 18\u{a0}h\u{a0}30, Hôtel de Ville, Rennes. Ouvert au public."
        );
        assert_eq!(said("en"), "Thursday 4 June 2026, 18:30, Hôtel de Ville, Rennes. Open to the public.");
    }
}
