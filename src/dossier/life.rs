//! What the life of a council must obey across the sections of a dossier: terms, adopted programmes, who
//! watches over the method.

use super::{
    beside::{Beside, Placeholder},
    index::{Index, Target},
    written::Council,
};
use crate::domain::{
    Problem,
    codes::{DeliverableKind, MeetingKind},
    council::{TERM_YEARS, TERMS, too_long},
    said::{Composition, Programme, Said},
};

/// Every problem, in the order of the file.
pub(super) fn problems(index: &Index<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for one in &index.dossier.beside {
        match &one.said {
            Said::Composition(said) => composition(index, one, said, &mut problems),
            Said::Programme(said) => programme(index, one, said, &mut problems),
            Said::Deliverable(said) if said.deliverable == DeliverableKind::MethodReport => {
                let by = index.whole(one).map(|whole| index.author(one, &whole)).unwrap_or_default();
                if !index.is_guarantor(&by) {
                    problems.push(Problem::new(format!("{}.by", one.path), "method-report-by", by));
                }
            }
            _ => {}
        }
    }
    problems
}

/// The council an item stands under.
fn council<'a>(index: &Index<'a>, one: &Beside) -> Option<&'a Council> {
    match index.find(one.under.as_deref()?, None)?.1 {
        Target::Council(council) => Some(council),
        _ => None,
    }
}

/// Terms of two years, renewable once, or as the council has it; guarantors are guarantors (requirement 2.2).
fn composition(index: &Index<'_>, one: &Beside, said: &Composition, problems: &mut Vec<Problem>) {
    let Some(council) = council(index, one) else { return };
    let (years, terms) = (council.term_years.unwrap_or(TERM_YEARS), council.terms.unwrap_or(TERMS));
    for (at, seats) in said.seats.iter().enumerate() {
        let field = |name: &str| format!("{}.seats[{at}].{name}", one.path);
        if let Some(term) = seats.term.filter(|term| *term > terms) {
            problems.push(Problem::new(field("term"), "third-term", format!("{term} > {terms}")));
        }
        if let (Some(since), Some(until)) = (&seats.since, &seats.until) {
            if until < since {
                problems.push(Problem::new(field("until"), "date-order", format!("{until} < {since}")));
            } else if too_long(since, until, years) {
                let detail = format!("{since} → {until} > {years}");
                problems.push(Problem::new(field("until"), "term-length", detail));
            }
        }
    }
    for (at, guarantor) in said.guarantors.iter().enumerate() {
        if let Some(Placeholder::Reference(written)) = Placeholder::of(guarantor.as_str())
            && let Some((_, target)) = index.find(written, one.under.as_deref())
            && !matches!(target, Target::Guarantor)
        {
            problems.push(Problem::new(format!("{}.guarantors[{at}]", one.path), "not-a-guarantor", written));
        }
    }
}

/// A programme is adopted in a plenary that is recorded (requirement 1.1).
fn programme(index: &Index<'_>, one: &Beside, said: &Programme, problems: &mut Vec<Problem>) {
    let Some(Placeholder::Reference(written)) = Placeholder::of(said.adopted_at.as_str()) else { return };
    let Some((whole, _)) = index.find(written, one.under.as_deref()) else { return };
    let plenary = index.dossier.beside.iter().any(|other| {
        matches!(&other.said, Said::Meeting(meeting) if meeting.meeting == Some(MeetingKind::Plenary))
            && index.whole(other).is_some_and(|reference| reference == whole)
    });
    if !plenary {
        problems.push(Problem::new(format!("{}.adopted_at", one.path), "programme-plenary", written));
    }
}
