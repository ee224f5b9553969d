//! In whose power an idea is: what each city's authority said of it, and where two cities see the same idea
//! otherwise (moonshot 11). Derived; nobody is told to be wrong, both records are shown.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Iri,
    codes::{Reason, Status, Tier},
};

/// Most recommendations that one record may call the same idea.
const TOGETHER: usize = 20;

/// What the authority made of a recommendation, as far as its remit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remit {
    /// It decided on it itself.
    In,
    /// It said that it is not its own, or relayed it.
    Out,
    /// It has not said.
    Unsaid,
}

impl Remit {
    /// Of a status, and of the reason its statement gives.
    #[must_use]
    pub fn of(status: &Status, reason: Option<&Reason>) -> Self {
        match status {
            Status::Relayed => Self::Out,
            Status::Refused | Status::Abandoned if reason == Some(&Reason::OutOfRemit) => Self::Out,
            Status::Accepted
            | Status::AcceptedInPart
            | Status::InProgress
            | Status::Done
            | Status::Refused
            | Status::Abandoned => Self::In,
            _ => Self::Unsaid,
        }
    }

    /// The word of the API and of tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Unsaid => "unsaid",
        }
    }
}

/// Where a recommendation is placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The tier it is said to be for.
    pub tier: Option<Tier>,
    /// What its authority said.
    pub remit: Remit,
}

/// Two recommendations of different cities carry the same idea, and are placed otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The one with the smaller id.
    pub one: Iri,
    /// The other.
    pub other: Iri,
    /// The records that call them the same idea.
    pub by: BTreeSet<Iri>,
    /// In remit here, out of remit there.
    pub remit: bool,
    /// Said to be for different tiers.
    pub tier: bool,
}

/// Records that call recommendations the same idea: each with those it names.
pub type Same = BTreeMap<Iri, BTreeSet<Iri>>;

/// The disagreements among placed recommendations, by their ids.
#[must_use]
pub fn disagreements(placed: &BTreeMap<Iri, Placed>, same: &Same) -> Vec<Disagreement> {
    let mut pairs: BTreeMap<(&Iri, &Iri), BTreeSet<Iri>> = BTreeMap::new();
    for (record, named) in same {
        let named: Vec<&Iri> = named.iter().take(TOGETHER).collect();
        for (at, one) in named.iter().enumerate() {
            for other in &named[at + 1..] {
                pairs.entry((one, other)).or_default().insert(record.clone());
            }
        }
    }
    let judged = pairs.into_iter().filter_map(|((one, other), by)| {
        let (here, there) = (placed.get(one)?, placed.get(other)?);
        let remit = matches!((here.remit, there.remit), (Remit::In, Remit::Out) | (Remit::Out, Remit::In));
        let tier = here.tier.is_some() && there.tier.is_some() && here.tier != there.tier;
        let of_two_cities = !one.same_origin(other);
        (of_two_cities && (remit || tier)).then(|| Disagreement {
            one: one.clone(),
            other: other.clone(),
            by,
            remit,
            tier,
        })
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(name: &str) -> Iri {
        Iri::parse(&format!("https://{name}")).unwrap()
    }

    #[test]
    fn m11_out_of_remit_is_said_or_shown_by_relaying() {
        assert_eq!(Remit::of(&Status::Refused, Some(&Reason::OutOfRemit)), Remit::Out);
        assert_eq!(Remit::of(&Status::Abandoned, Some(&Reason::OutOfRemit)), Remit::Out);
        assert_eq!(Remit::of(&Status::Refused, Some(&Reason::Budget)), Remit::In);
        assert_eq!(Remit::of(&Status::Relayed, None), Remit::Out);
        assert_eq!(Remit::of(&Status::InProgress, None), Remit::In);
        assert_eq!(Remit::of(&Status::UnderStudy, None), Remit::Unsaid);
    }

    #[test]
    fn m11_two_cities_disagree_on_remit_and_tier_one_city_does_not_with_itself() {
        let (a, b, c, d) = (iri("a.example/1"), iri("b.example/1"), iri("c.example/1"), iri("a.example/2"));
        let place = |tier: Option<Tier>, remit| Placed { tier, remit };
        let placed = BTreeMap::from([
            (a.clone(), place(Some(Tier::Commune), Remit::In)),
            (b.clone(), place(Some(Tier::Region), Remit::Out)),
            (c.clone(), place(None, Remit::Unsaid)),
            (d.clone(), place(Some(Tier::Region), Remit::Out)),
        ]);
        let same = Same::from([
            (iri("x.example/1"), BTreeSet::from([a.clone(), b.clone(), c.clone(), d.clone()])),
            (iri("x.example/2"), BTreeSet::from([a.clone(), b.clone(), iri("unknown.example/1")])),
        ]);
        let found = disagreements(&placed, &same);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0].one, &found[0].other), (&a, &b));
        assert_eq!((found[0].remit, found[0].tier, found[0].by.len()), (true, true, 2));
        assert!(disagreements(&placed, &Same::new()).is_empty());
    }
}
