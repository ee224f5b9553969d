//! Who speaks under another address now (register.md rules 1, 6, 7). A move counts when both ends state it: the old
//! address that it moved, the new one that it spoke there. From the move on, what the new one signs is the word of
//! the old one too; what it signed before is its own alone.

use std::collections::HashMap;

use super::{Actor, Instant};

/// The moves that are known: by the old address, the new one and since when.
#[derive(Clone, Debug, Default)]
pub struct Moves(HashMap<String, (String, Instant)>);

/// Since when one address speaks for another, as these versions of both state it; none when only one does.
#[must_use]
pub fn stated(old: &Actor, new: &Actor) -> Option<Instant> {
    let both =
        old.id != new.id && old.moved_to.as_ref() == Some(&new.id) && new.also_known_as.contains(&old.id);
    both.then(|| old.updated.unwrap_or(old.published))
}

impl Moves {
    /// Of moves that both ends stated: old address, new address, since when.
    #[must_use]
    pub fn of(all: impl IntoIterator<Item = (String, String, Instant)>) -> Self {
        Self(all.into_iter().map(|(old, new, since)| (old, (new, since))).collect())
    }

    /// An actor, and where it went: each address with the time from which it speaks there.
    fn addresses<'a>(&'a self, actor: &'a str) -> impl Iterator<Item = (&'a str, Option<Instant>)> {
        let next = |(at, _): &(&str, Option<Instant>)| {
            self.0.get(*at).map(|(address, since)| (address.as_str(), Some(*since)))
        };
        // Who moved in a circle is where it began.
        std::iter::successors(Some((actor, None)), next).take(self.0.len() + 1)
    }

    /// The addresses under which an actor speaks and spoke, its own first.
    #[must_use]
    pub fn all<'a>(&'a self, actor: &'a str) -> Vec<&'a str> {
        self.addresses(actor).map(|(address, _)| address).collect()
    }

    /// Where an actor speaks now.
    #[must_use]
    pub fn now<'a>(&'a self, actor: &'a str) -> &'a str {
        self.addresses(actor).last().map_or(actor, |(address, _)| address)
    }

    /// Whether what `author` signed at that time is the word of `actor`: its own, or that of the address where it
    /// spoke by then.
    #[must_use]
    pub fn speaks_for(&self, author: &str, at: Instant, actor: &str) -> bool {
        self.addresses(actor)
            .take_while(|(_, since)| since.is_none_or(|since| since <= at))
            .any(|(address, _)| address == author)
    }

    /// The same, of what is read from the register.
    #[must_use]
    pub fn word_of(&self, author: &str, published: &str, actor: Option<&str>) -> bool {
        actor.is_some_and(|actor| {
            author == actor
                || Instant::parse_foreign(published).is_ok_and(|at| self.speaks_for(author, at, actor))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Handle, Iri, Role, actor::NewActor};

    fn at(day: u32) -> Instant {
        Instant::parse(&format!("2026-03-{day:02}T08:00:00Z")).unwrap()
    }

    fn moves(all: &[(&str, &str, u32)]) -> Moves {
        Moves::of(all.iter().map(|(old, new, day)| ((*old).to_owned(), (*new).to_owned(), at(*day))))
    }

    #[test]
    fn o46_the_new_address_speaks_for_the_old_one_from_the_move_on_never_the_other_way_round() {
        let moves = moves(&[("a", "b", 2), ("b", "c", 4)]);
        assert!(moves.speaks_for("a", at(1), "a") && moves.speaks_for("a", at(9), "a"));
        assert!(!moves.speaks_for("b", at(1), "a"), "before the move");
        assert!(moves.speaks_for("b", at(2), "a"));
        assert!(!moves.speaks_for("c", at(3), "a") && moves.speaks_for("c", at(4), "a"));
        assert!(!moves.speaks_for("a", at(9), "b"), "who left speaks for nobody there");
        assert!(!moves.speaks_for("e", at(9), "a"));
        assert_eq!((moves.now("a"), moves.now("c"), moves.now("e")), ("c", "c", "e"));
        assert_eq!(moves.all("a"), ["a", "b", "c"]);
        assert!(moves.word_of("b", "2026-03-02T09:00:00+01:00", Some("a")));
        assert!(!moves.word_of("b", "soon", Some("a")) && !moves.word_of("b", "2026-03-02T08:00:00Z", None));
    }

    #[test]
    fn o46_a_move_counts_when_both_ends_state_it() {
        let actor = |name: &str| {
            Actor::new(NewActor {
                id: Iri::parse(&format!("https://{name}.example/actors/1")).unwrap(),
                role: Role::Council,
                handle: &Handle::parse("conseil").unwrap(),
                domain: &format!("{name}.example"),
                base: &format!("https://{name}.example"),
                name,
                summary: "",
                published: at(1),
                rsa_pem: String::new(),
                ed25519: String::new(),
            })
            .unwrap()
        };
        let (mut old, mut new) = (actor("a"), actor("b"));
        new.also_known_as.push(old.id.clone());
        assert_eq!(stated(&old, &new), None, "its own word alone");
        old.updated = Some(at(3));
        old.moved_to = Some(actor("c").id);
        assert_eq!(stated(&old, &new), None, "it went elsewhere");
        old.moved_to = Some(new.id.clone());
        assert_eq!(stated(&old, &new), Some(at(3)));
        new.also_known_as.clear();
        assert_eq!(stated(&old, &new), None, "nobody is moved to where nobody knows it");
    }

    #[test]
    fn who_moved_in_a_circle_ends_somewhere() {
        let moves = moves(&[("a", "b", 2), ("b", "a", 4)]);
        assert!(moves.speaks_for("b", at(3), "a") && !moves.speaks_for("e", at(9), "a"));
        assert_eq!(moves.now("a"), "a");
    }
}
