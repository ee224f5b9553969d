//! Standings and genealogies from records in every order.

use proptest::prelude::*;

use super::*;

fn iri(name: &str) -> Iri {
    Iri::parse(&format!("https://{name}")).unwrap()
}

fn at(minute: u32) -> Instant {
    Instant::parse(&format!("2026-05-01T08:{minute:02}:00Z")).unwrap()
}

fn idea(city: &str) -> Idea {
    Idea {
        id: iri(&format!("{city}.example/recommandations/1")),
        author: iri(&format!("{city}.example/council")),
        title: format!("De {city}"),
        lang: "fr".to_owned(),
        published: at(0),
        withdrawn: false,
    }
}

/// `to` takes up the idea of `from`.
fn claim(from: &str, to: &str, minute: u32) -> Claim {
    Claim {
        id: iri(&format!("{to}.example/reprises/{from}")),
        by: iri(&format!("{to}.example/council")),
        said: TakeUp { became: Some(idea(to).id), ..TakeUp::of(idea(from).id) },
        hash: Hash::of(b"1"),
        published: at(minute),
        withdrawn: None,
        proven: true,
    }
}

/// The council of `author` speaks of a take-up.
fn word(author: &str, of: &Claim, confirms: bool, minute: u32) -> Word {
    Word {
        id: iri(&format!("{author}.example/mots/{minute}")),
        author: iri(&format!("{author}.example/council")),
        of: of.id.clone(),
        confirms,
        reason: None,
        hash: None,
        published: at(minute),
        withdrawn: false,
        proven: true,
    }
}

fn known(claims: &[Claim], words: &[Word]) -> Known {
    let cities = ["a", "b", "c", "d", "e"];
    Known {
        claims: claims.iter().map(|one| (one.id.clone(), one.clone())).collect(),
        words: words.iter().map(|one| (one.id.clone(), one.clone())).collect(),
        ideas: cities.map(idea).into_iter().map(|one| (one.id.clone(), one)).collect(),
    }
}

fn stands(claim: &Claim, words: &[Word]) -> Standing {
    let known = known(std::slice::from_ref(claim), words);
    known.judge(&known.claims[&claim.id]).unwrap().standing
}

#[test]
fn m5_the_latest_word_of_the_origin_counts_and_nobody_elses() {
    let claim = claim("a", "b", 1);
    let (yes, no) = (word("a", &claim, true, 2), word("a", &claim, false, 3));
    assert_eq!(stands(&claim, &[]), Standing::NotConfirmed);
    assert_eq!(stands(&claim, std::slice::from_ref(&yes)), Standing::Confirmed);
    assert_eq!(stands(&claim, &[yes.clone(), no.clone()]), Standing::Contested, "both are kept");
    let undone = Word { withdrawn: true, ..no };
    assert_eq!(stands(&claim, &[yes.clone(), undone]), Standing::Confirmed);
    let unproven = Word { proven: false, ..yes.clone() };
    assert_eq!(stands(&claim, &[unproven]), Standing::NotConfirmed);
    // Forged: by a third, by the taker itself, and a contest by a third.
    for other in ["b", "c"] {
        assert_eq!(stands(&claim, &[word(other, &claim, true, 4)]), Standing::NotConfirmed);
        assert_eq!(stands(&claim, &[yes.clone(), word(other, &claim, false, 4)]), Standing::Confirmed);
    }
    let withdrawn = Claim { withdrawn: Some(at(5)), ..claim };
    assert_eq!(stands(&withdrawn, &[yes]), Standing::Withdrawn);
}

#[test]
fn m5_a_take_up_changed_after_it_was_confirmed_shows_it() {
    let claim = claim("a", "b", 1);
    let mut yes = word("a", &claim, true, 2);
    yes.hash = Some(claim.hash.clone());
    let changed = Claim { hash: Hash::of(b"2"), ..claim.clone() };
    for (one, expected) in [(claim, false), (changed, true)] {
        let known = known(&[one], std::slice::from_ref(&yes));
        assert_eq!(known.judged()[0].changed, expected);
    }
}

#[test]
fn r1_7_nobody_takes_up_its_own_idea_but_may_name_a_local_organisation_2_31() {
    let mut own = claim("a", "a", 1);
    assert!(known(&[own.clone()], &[]).judged().is_empty());
    own.said.by_name = Some("Les Amis du canal".to_owned());
    let known = known(&[own], &[]);
    assert_eq!(known.judged()[0].standing, Standing::Confirmed, "the origin says so");
    let graph = known.genealogy(&idea("a").id);
    assert_eq!(graph.edges.len(), 1);
    assert_ne!(graph.edges[0].to, graph.edges[0].from, "it leads to the taker");
}

#[test]
fn m5_what_it_became_is_the_takers_own_or_nothing() {
    let mut claim = claim("a", "b", 1);
    claim.said.became = Some(idea("c").id);
    let known = known(&[claim.clone()], &[]);
    assert_eq!(known.became(&claim), None);
    let graph = known.genealogy(&idea("a").id);
    assert_eq!(graph.edges[0].to, &claim.id);
    assert_eq!(known.genealogy(&idea("c").id).edges.len(), 0);
}

#[test]
fn m5_a_chain_is_one_graph_seen_from_anywhere() {
    let known = known(&[claim("a", "b", 1), claim("b", "c", 2)], &[]);
    let of = |city| known.genealogy(&idea(city).id);
    let generations: Vec<_> = of("c").nodes.into_iter().map(|node| (node.id, node.generation)).collect();
    assert_eq!(generations, [(idea("a").id, 0), (idea("b").id, 1), (idea("c").id, 2)]);
    assert_eq!(of("a"), of("b"));
    assert_eq!(of("a"), of("c"));
    assert_eq!(of("d").nodes.len(), 1);
}

#[test]
fn m5_a_circle_ends_and_so_does_a_crowd() {
    let circle = known(&[claim("a", "b", 1), claim("b", "c", 2), claim("c", "a", 3)], &[]);
    let graph = circle.genealogy(&idea("b").id);
    assert_eq!((graph.nodes.len(), graph.edges.len(), graph.whole), (3, 3, true));
    let mut lacking = circle.clone();
    assert!(graph.held && lacking.ideas.remove(&idea("a").id).is_some());
    assert!(!lacking.genealogy(&idea("b").id).held, "one of them is not here");
    let takers = (0..500).map(|number| {
        let id = iri(&format!("b.example/reprises/{number}"));
        let mut one = Claim { id, ..claim("a", "b", 1) };
        one.said.became = None;
        one
    });
    let crowd = known(&takers.collect::<Vec<_>>(), &[]);
    let graph = crowd.genealogy(&idea("a").id);
    assert_eq!((graph.nodes.len(), graph.whole), (MOST, false));
}

proptest! {
    /// Whatever came first, the graph is the same, has each node once, and draws no edge twice.
    #[test]
    fn m5_the_graph_is_the_same_in_whatever_order_records_came(
        pairs in prop::collection::vec((0..5_usize, 0..5_usize, 0..9_u32), 0..12),
        spoken in prop::collection::vec((0..5_usize, any::<prop::sample::Index>(), any::<bool>(), 10..59_u32, any::<bool>()), 0..12),
        seed in any::<u64>(),
    ) {
        let cities = ["a", "b", "c", "d", "e"];
        let mut claims: Vec<Claim> =
            pairs.iter().map(|(from, to, minute)| claim(cities[*from], cities[*to], *minute)).collect();
        claims.sort_by(|a, b| a.id.cmp(&b.id));
        claims.dedup_by(|a, b| a.id == b.id);
        let mut words = Vec::new();
        for (author, of, confirms, minute, withdrawn) in &spoken {
            if claims.is_empty() { break; }
            words.push(Word { withdrawn: *withdrawn, ..word(cities[*author], of.get(&claims), *confirms, *minute) });
        }
        words.sort_by(|a, b| a.id.cmp(&b.id));
        words.dedup_by(|a, b| a.id == b.id);
        let first = known(&claims, &words);
        let turn = usize::try_from(seed % 12).unwrap_or(0);
        let (claims_len, words_len) = (claims.len().max(1), words.len().max(1));
        claims.rotate_left(turn % claims_len);
        words.rotate_left(turn % words_len);
        words.reverse();
        let second = known(&claims, &words);
        for city in cities {
            let graph = first.genealogy(&idea(city).id);
            prop_assert_eq!(&graph, &second.genealogy(&idea(city).id));
            let ids: BTreeSet<_> = graph.nodes.iter().map(|node| &node.id).collect();
            prop_assert_eq!(ids.len(), graph.nodes.len());
            let drawn: BTreeSet<_> = graph.edges.iter().map(|edge| &edge.judged.claim.id).collect();
            prop_assert_eq!(drawn.len(), graph.edges.len());
            for edge in &graph.edges {
                prop_assert_ne!(edge.from, edge.to);
                prop_assert_eq!(graph.clone().nodes, first.genealogy(edge.to).nodes);
            }
        }
    }
}
