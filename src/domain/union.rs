//! The union of what several servers hold of one register: which versions make it up, where they contradict each
//! other, and what none of them has. Pure; that a text is what its hash says, and signed, is checked elsewhere.
//!
//! Where two texts, both signed by the author, have one number, the one that was held first counts, and what follows
//! it: after a compromise only what somebody held before counts (register.md rule 6). The date in a proof is the
//! signer's own word and decides nothing. Of two held since the same moment, the one with the lower hash.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Hash, Iri};

/// A version as somebody says to hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Id of the record or actor.
    pub id: Iri,
    /// 1, 2, 3 …
    pub version: u32,
    /// Its hash.
    pub hash: Hash,
    /// Hash of the version before.
    pub previous: Option<Hash>,
    /// Since when it is held, in milliseconds since 1970: its holder's word.
    pub since: i64,
    /// Only its hash is left.
    pub erased: bool,
}

/// Two texts with one number, or one that follows a text that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fork {
    /// Id of the record or actor.
    pub id: Iri,
    /// The number.
    pub version: u32,
    /// The hash that counts; none when only texts of another chain have that number.
    pub kept: Option<Hash>,
    /// The hashes that do not.
    pub left: Vec<Hash>,
}

/// What makes up a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Union {
    /// The versions that count, by id and number.
    pub chosen: BTreeMap<(Iri, u32), Held>,
    /// What contradicts them.
    pub forks: Vec<Fork>,
    /// Numbers below the latest that nobody holds, or of which only the hash is left.
    pub missing: Vec<(Iri, u32)>,
}

/// The union of what was told.
#[must_use]
pub fn union<'a>(told: impl IntoIterator<Item = &'a Held>) -> Union {
    let mut by_id: BTreeMap<&Iri, BTreeMap<u32, BTreeMap<&Hash, Held>>> = BTreeMap::new();
    for held in told {
        let known = by_id.entry(&held.id).or_default().entry(held.version).or_default();
        let entry = known.entry(&held.hash).or_insert_with(|| held.clone());
        entry.since = entry.since.min(held.since);
        entry.erased &= held.erased;
    }
    let mut union = Union::default();
    for (id, numbers) in by_id {
        let mut before: Option<(u32, Hash)> = None;
        let mut there = BTreeSet::new();
        for (version, texts) in numbers {
            let follows = |held: &&Held| match &before {
                Some((number, hash)) if number + 1 == version => held.previous.as_ref() == Some(hash),
                _ => true,
            };
            let kept =
                texts.values().filter(follows).min_by_key(|held| (held.since, held.hash.clone())).cloned();
            let left: Vec<Hash> = texts
                .keys()
                .filter(|hash| kept.as_ref().is_none_or(|kept| kept.hash != ***hash))
                .map(|hash| (*hash).clone())
                .collect();
            if !left.is_empty() {
                let kept = kept.as_ref().map(|kept| kept.hash.clone());
                union.forks.push(Fork { id: id.clone(), version, kept, left });
            }
            let Some(kept) = kept else { continue };
            before = Some((version, kept.hash.clone()));
            if !kept.erased {
                there.insert(version);
                union.chosen.insert((id.clone(), version), kept);
            }
        }
        let last = before.map_or(0, |(version, _)| version);
        union.missing.extend(
            (1..=last).filter(|version| !there.contains(version)).map(|version| (id.clone(), version)),
        );
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(version: u32, text: &str, previous: Option<&str>, since: i64) -> Held {
        Held {
            id: Iri::parse("https://rennes.example/avis/1").unwrap(),
            version,
            hash: Hash::of(text.as_bytes()),
            previous: previous.map(|text| Hash::of(text.as_bytes())),
            since,
            erased: false,
        }
    }

    fn texts(union: &Union) -> Vec<&Hash> {
        union.chosen.values().map(|held| &held.hash).collect()
    }

    #[test]
    fn what_one_has_not_another_has() {
        let (a, b, c) = (held(1, "a", None, 5), held(2, "b", Some("a"), 6), held(3, "c", Some("b"), 7));
        let union = union([&a, &c, &b, &a]);
        assert_eq!(texts(&union), [&a.hash, &b.hash, &c.hash]);
        assert!(union.forks.is_empty() && union.missing.is_empty());
    }

    #[test]
    fn r06_of_two_texts_the_one_held_first_counts_with_what_follows_it() {
        let first = held(1, "a", None, 1);
        let (early, late) = (held(2, "b", Some("a"), 10), held(2, "x", Some("a"), 20));
        let (of_early, of_late) = (held(3, "c", Some("b"), 30), held(3, "y", Some("x"), 21));
        let told = [&first, &late, &of_late, &early, &of_early];
        let found = union(told);
        assert_eq!(texts(&found), [&first.hash, &early.hash, &of_early.hash]);
        assert_eq!(found.forks.len(), 2);
        assert_eq!(found.forks[0].left, std::slice::from_ref(&late.hash));
        let mut other_way = told;
        other_way.reverse();
        assert_eq!(union(other_way), found, "whoever is asked first");
        let only_late = union([&first, &early, &of_late]);
        assert_eq!(only_late.forks[0].kept, None, "what follows a text that does not count, does not count");
    }

    #[test]
    fn what_nobody_has_is_told() {
        let mut erased = held(2, "b", Some("a"), 1);
        erased.erased = true;
        let id = erased.id.clone();
        assert_eq!(union([&held(3, "c", Some("b"), 1)]).missing, [(id.clone(), 1), (id.clone(), 2)]);
        assert_eq!(union([&held(1, "a", None, 1), &erased, &held(3, "c", Some("b"), 1)]).missing, [(id, 2)]);
    }
}
