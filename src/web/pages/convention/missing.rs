//! What is not received here of a convention: who reads on a node that does not hold everything is told what it
//! lacks, and where that is.

use crate::{
    actions::side_by_side::Table,
    web::{
        layout::Page,
        view::{People, Who},
    },
};

/// Most councils, and most records of each, that are named.
const NAMED: usize = 12;

/// What this node lacks.
pub(super) struct Missing {
    /// How many records, in words; none where all that is known to be contributed is here.
    pub records: Option<String>,
    /// By whom, how many, and some of them: address at their origin, and number among them.
    pub by: Vec<Lacking>,
    /// Members whose servers this node does not follow.
    pub unheard: Vec<Who>,
    /// How many more of those there are, in words.
    pub more: Option<String>,
    /// The page of the convention at its host.
    pub host: Option<String>,
}

/// A council of whom something is missing.
pub(super) struct Lacking {
    pub who: Who,
    pub count: String,
    pub records: Vec<(String, usize)>,
}

impl Missing {
    /// None where nothing is known to be missing.
    pub(super) fn of(page: &Page, people: &People, table: &Table) -> Option<Self> {
        let unheard: Vec<&str> = table
            .seats
            .iter()
            .filter(|seat| !seat.received)
            .map(|seat| seat.member.council.as_str())
            .collect();
        if unheard.is_empty() && table.missing.is_empty() {
            return None;
        }
        let lacking = |council: &str| {
            let own: Vec<_> = table.missing.iter().filter(|one| one.by == council).collect();
            let records = own.iter().zip(1..).take(NAMED).map(|(one, n)| (one.record.clone(), n));
            let count = page.number(own.len());
            (!own.is_empty()).then(|| Lacking { who: people.who(council), count, records: records.collect() })
        };
        let councils = table.seats.iter().map(|seat| seat.member.council.as_str());
        let count = table.missing.len();
        let more = unheard.len().saturating_sub(NAMED);
        Some(Self {
            records: (count > 0).then(|| page.n("convention-missing", count)),
            by: councils.filter_map(lacking).take(NAMED).collect(),
            unheard: unheard.into_iter().take(NAMED).map(|council| people.who(council)).collect(),
            more: (more > 0).then(|| page.n("convention-unheard-more", more)),
            host: (!table.known.row.ours).then(|| table.known.row.url()).flatten(),
        })
    }
}
