//! Who took up whose idea, and what its origin says of that (requirements 1.7, 2.31). Derived from signed records
//! alone, so that every node that holds them finds the same, in whatever order they came.
//!
//! Who confirms is the author of the recommendation, and nobody else: not even its city, since a council's word is
//! its own (register.md rule 2).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Hash, Instant, Iri,
    codes::Reason,
    said::{Confirmation, Said, TakeUp},
};

/// Most recommendations and takers of one genealogy.
pub const MOST: usize = 200;
/// Most take-ups of one genealogy.
pub const MOST_EDGES: usize = 1_000;

/// A take-up, as its author signed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The record.
    pub id: Iri,
    /// Who takes up.
    pub by: Iri,
    /// What it says; of a withdrawn one, what it said before.
    pub said: TakeUp,
    /// Hash of its current version.
    pub hash: Hash,
    /// When.
    pub published: Instant,
    /// When it was withdrawn.
    pub withdrawn: Option<Instant>,
    /// Whether its proof holds: without, it never counts (rule 5).
    pub proven: bool,
}

/// Somebody confirms or contests a take-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The record.
    pub id: Iri,
    /// Who says it.
    pub author: Iri,
    /// The take-up.
    pub of: Iri,
    /// Confirms; else contests.
    pub confirms: bool,
    /// Why it is contested.
    pub reason: Option<Reason>,
    /// The version of the take-up that is confirmed.
    pub hash: Option<Hash>,
    /// When.
    pub published: Instant,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Whether its proof holds.
    pub proven: bool,
}

/// A recommendation, as far as its genealogy depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idea {
    /// Id.
    pub id: Iri,
    /// Whose it is.
    pub author: Iri,
    /// Title, in its language.
    pub title: String,
    /// That language.
    pub lang: String,
    /// When.
    pub published: Instant,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// What a record says of a take-up; none for another kind.
#[must_use]
pub fn says(said: &Said) -> Option<(bool, Option<Reason>, Option<Hash>)> {
    match said {
        Said::Confirmation(Confirmation { hash, .. }) => Some((true, None, hash.clone())),
        Said::Refusal(verdict) => Some((false, verdict.reason.clone(), None)),
        _ => None,
    }
}

/// Where a take-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its origin says so too.
    Confirmed,
    /// Its origin has not said anything, or no longer does.
    NotConfirmed,
    /// Its origin says that it is not so.
    Contested,
    /// Its author withdrew it.
    Withdrawn,
}

impl Standing {
    /// The word of the API and of tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NotConfirmed => "not-confirmed",
            Self::Contested => "contested",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A take-up and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged<'a> {
    /// The take-up.
    pub claim: &'a Claim,
    /// Where it stands.
    pub standing: Standing,
    /// Every word of the origin, the oldest first; of those not withdrawn the last counts.
    pub words: Vec<&'a Word>,
    /// Whether it was changed after it was confirmed.
    pub changed: bool,
}

impl<'a> Judged<'a> {
    /// The word that counts.
    #[must_use]
    pub fn by(&self) -> Option<&'a Word> {
        self.words.iter().rev().find(|word| !word.withdrawn).copied()
    }
}

/// Everything known of some take-ups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Take-ups by id.
    pub claims: BTreeMap<Iri, Claim>,
    /// Words about them by id.
    pub words: BTreeMap<Iri, Word>,
    /// Recommendations by id.
    pub ideas: BTreeMap<Iri, Idea>,
}

impl Known {
    /// Where a take-up stands; none when it counts for nothing: without a proof, or when somebody takes up an idea of
    /// its own. For an organisation it names, the origin itself may say so, and has then confirmed it.
    #[must_use]
    pub fn judge<'a>(&'a self, claim: &'a Claim) -> Option<Judged<'a>> {
        let origin = self.ideas.get(&claim.said.takes_up).map(|idea| &idea.author);
        let own = origin == Some(&claim.by);
        if !claim.proven || (own && claim.said.by_name.is_none()) {
            return None;
        }
        // Whoever else confirms or contests it says nothing that counts.
        let words = self.words.values().filter(|word| word.of == claim.id);
        let mut words: Vec<&Word> =
            words.filter(|word| word.proven && Some(&word.author) == origin).collect();
        // Of one second, by the end of their ids, in which stands the time they were made.
        words.sort_by_key(|word| (word.published, word.id.as_str().rsplit('/').next(), &word.id));
        let counts = words.iter().rev().find(|word| !word.withdrawn);
        let standing = match counts {
            _ if claim.withdrawn.is_some() => Standing::Withdrawn,
            Some(word) if word.confirms => Standing::Confirmed,
            Some(_) => Standing::Contested,
            None if own => Standing::Confirmed,
            None => Standing::NotConfirmed,
        };
        let of_version = counts.filter(|word| word.confirms).and_then(|word| word.hash.as_ref());
        let changed = claim.withdrawn.is_none() && of_version.is_some_and(|hash| *hash != claim.hash);
        Some(Judged { claim, standing, words, changed })
    }

    /// The take-ups that count for something, the oldest first.
    #[must_use]
    pub fn judged(&self) -> Vec<Judged<'_>> {
        let mut judged: Vec<_> = self.claims.values().filter_map(|claim| self.judge(claim)).collect();
        judged.sort_by_key(|one| (one.claim.published, &one.claim.id));
        judged
    }

    /// What a take-up became: a recommendation of the taker, not of somebody else, and not the one it takes up.
    #[must_use]
    pub fn became<'a>(&self, claim: &'a Claim) -> Option<&'a Iri> {
        let became = claim.said.became.as_ref().filter(|became| **became != claim.said.takes_up)?;
        let own = match self.ideas.get(became) {
            Some(idea) => idea.author == claim.by,
            None => became.same_origin(&claim.by),
        };
        own.then_some(became)
    }

    /// From each idea to what it became, as every take-up that counts says.
    fn edges(&self) -> Vec<Edge<'_>> {
        let judged = self.judged().into_iter();
        let edges = judged.map(|judged| Edge {
            from: &judged.claim.said.takes_up,
            to: self.became(judged.claim).unwrap_or(&judged.claim.id),
            judged,
        });
        edges.collect()
    }

    /// Whether more than a genealogy shows is linked to an idea.
    #[must_use]
    pub fn is_cut(&self, of: &Iri) -> bool {
        !reach(&self.edges(), of).1
    }

    /// What became of an idea, and where it comes from: everything that take-ups link to it, [`MOST`] at most.
    #[must_use]
    pub fn genealogy(&self, of: &Iri) -> Genealogy<'_> {
        let mut edges = self.edges();
        let (found, whole) = reach(&edges, of);
        edges.retain(|edge| found.contains(edge.from) && found.contains(edge.to));
        let nodes = self.arrange(&found, &edges);
        let place: BTreeMap<&Iri, usize> =
            nodes.iter().enumerate().map(|(at, node)| (&node.id, at)).collect();
        edges.sort_by_key(|edge| (place.get(edge.from), place.get(edge.to), &edge.judged.claim.id));
        let all = edges.len() <= MOST_EDGES;
        edges.truncate(MOST_EDGES);
        let held = |node: &Node| self.ideas.contains_key(&node.id) || self.claims.contains_key(&node.id);
        Genealogy { held: nodes.iter().all(held), nodes, edges, whole: whole && all }
    }

    /// Origins first, each followed by what it became, the oldest first. Where ideas go round in a circle, the oldest
    /// of them begins it.
    fn arrange(&self, found: &BTreeSet<Iri>, edges: &[Edge<'_>]) -> Vec<Node> {
        let age = |id: &Iri| {
            let idea = self.ideas.get(id).map(|idea| idea.published);
            let at = idea.or_else(|| self.claims.get(id).map(|claim| claim.published));
            (at.is_none(), at, id.clone())
        };
        let (mut above, mut below): (Beside<'_>, Beside<'_>) = Default::default();
        for edge in edges {
            above.entry(edge.to).or_default().insert(edge.from);
            below.entry(edge.from).or_default().insert(edge.to);
        }
        let mut waiting: Vec<&Iri> = found.iter().collect();
        waiting.sort_by_key(|id| age(id));
        let mut placed: BTreeMap<&Iri, usize> = BTreeMap::new();
        let mut nodes: Vec<Node> = Vec::with_capacity(waiting.len());
        let mut next: Vec<&Iri> = Vec::new();
        loop {
            let left = || waiting.iter().filter(|id| !placed.contains_key(**id)).copied();
            let id =
                next.pop().or_else(|| left().find(|id| ready(&above, id, &placed))).or_else(|| left().next());
            let Some(id) = id else { return nodes };
            if placed.contains_key(id) {
                continue;
            }
            let parents = above.get(id).into_iter().flatten();
            let generation = parents.filter_map(|one| placed.get(*one)).max().map_or(0, |at| at + 1);
            placed.insert(id, generation);
            nodes.push(Node { id: id.clone(), generation });
            let children = below.get(id).into_iter().flatten().filter_map(|child| found.get(*child));
            let mut children: Vec<&Iri> = children
                .filter(|child| !placed.contains_key(*child) && ready(&above, child, &placed))
                .collect();
            children.sort_by_key(|id| std::cmp::Reverse(age(id)));
            next.extend(children);
        }
    }
}

/// What stands beside what.
type Beside<'a> = BTreeMap<&'a Iri, BTreeSet<&'a Iri>>;

/// Whether all that an idea comes from is placed.
fn ready(above: &Beside<'_>, id: &Iri, placed: &BTreeMap<&Iri, usize>) -> bool {
    above.get(id).into_iter().flatten().all(|one| placed.contains_key(*one))
}

/// What edges lead to from one place, whichever way, level by level; and whether that is all.
fn reach(edges: &[Edge<'_>], from: &Iri) -> (BTreeSet<Iri>, bool) {
    let mut beside = Beside::new();
    for edge in edges {
        beside.entry(edge.from).or_default().insert(edge.to);
        beside.entry(edge.to).or_default().insert(edge.from);
    }
    let mut found = BTreeSet::from([from.clone()]);
    let mut level = BTreeSet::from([from]);
    while !level.is_empty() {
        let around: BTreeSet<&Iri> =
            level.iter().filter_map(|id| beside.get(id)).flatten().copied().collect();
        level = around.into_iter().filter(|id| !found.contains(*id)).collect();
        for id in &level {
            if found.len() == MOST {
                return (found, false);
            }
            found.insert((*id).clone());
        }
    }
    (found, true)
}

/// A recommendation; or a take-up that became none, by whoever took up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Id of the recommendation, or of the take-up.
    pub id: Iri,
    /// How far from an origin, along the longest way.
    pub generation: usize,
}

/// From a recommendation to what it became.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge<'a> {
    /// The recommendation.
    pub from: &'a Iri,
    /// What it became.
    pub to: &'a Iri,
    /// The take-up that says so.
    pub judged: Judged<'a>,
}

/// Where an idea comes from, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Genealogy<'a> {
    /// Each after what it comes from.
    pub nodes: Vec<Node>,
    /// In the order of what they lead from.
    pub edges: Vec<Edge<'a>>,
    /// Whether there is no more.
    pub whole: bool,
    /// Whether every node is here.
    pub held: bool,
}

#[cfg(test)]
mod tests;
