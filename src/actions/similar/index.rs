//! Which recommendations speak of the same thing: an index in memory, asked with one of them. Pure.
//!
//! Okapi BM25 (Robertson and Spärck Jones) over three kinds of terms of the same text: stems, pairs of stems, and
//! pieces of four letters, by which `artificialisation` meets `artificialisés`. Measured on the proposals of the
//! climate convention (`benches/README.md`). Where a service gave vectors, the two orders are merged by reciprocal
//! rank (Cormack, Clarke and Büttcher, 2009).

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use crate::storage::search::normalise;

/// How soon saying a word again adds nothing.
const K1: f64 = 1.2;
/// How much a longer text counts less: recommendations are short, a few words more say little.
const B: f64 = 0.5;
/// Letters of a piece.
const PIECE: usize = 4;
/// How much less a lower rank counts, when two orders are merged.
const RANK: f64 = 60.0;
/// The part of the score a text has with itself from which another is called close.
const CLOSE: f64 = 0.15;
/// How many of the nearest by vectors are called close.
const NEAREST: usize = 3;

/// Words that say nothing of the subject.
const COMMON: &str = "a afin ai aient ainsi aussi au aux avec avoir c ce ces cet cette chez comme d dans de dès des doit \
    doivent donc dont du elle elles en entre est et étaient étant été été être eux faire fait font il ils je l la le les \
    leur leurs lors lui m ma mais me même mêmes mes mon n ne nos notre nous on ont ou où par pas peut peuvent plus pour \
    puis qu que qui s sa sans se sera seront ses si soient soit son sont sous sur t ta te tes ton tous tout toute toutes \
    tu un une vers vos votre vous y";

static STOPPED: LazyLock<HashSet<String>> =
    LazyLock::new(|| normalise(COMMON).split(' ').map(ToOwned::to_owned).collect());

/// A recommendation about to be indexed.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Its id.
    pub uri: String,
    /// Whose it is.
    pub author: String,
    /// Its words, as written.
    pub words: String,
    /// What a service of embeddings made of them.
    pub vector: Option<Vec<f32>>,
}

/// One recommendation that speaks of the same thing as another.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Its id.
    pub uri: String,
    /// How much of the other's words it shares: 1 for the same words, 0 for none.
    pub closeness: f64,
    /// Whether it is close enough to be suggested.
    pub close: bool,
}

/// The recommendations, ready to be compared.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
    terms: Vec<Term>,
}

#[derive(Debug)]
struct Entry {
    uri: String,
    author: String,
    /// Its terms, and how often it says each.
    terms: Vec<(usize, f64)>,
    vector: Option<Vec<f32>>,
}

#[derive(Debug, Default)]
struct Term {
    rarity: f64,
    /// Which texts say it, and what it weighs there.
    places: Vec<(usize, f64)>,
}

impl Index {
    /// Of these recommendations; the order they come in changes nothing.
    #[must_use]
    pub fn of(mut texts: Vec<Text>) -> Self {
        texts.sort_by(|a, b| a.uri.cmp(&b.uri));
        texts.dedup_by(|a, b| a.uri == b.uri);
        let mut index = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut lengths = Vec::with_capacity(texts.len());
        for (place, text) in texts.into_iter().enumerate() {
            let mut often: BTreeMap<usize, f64> = BTreeMap::new();
            for term in terms(&text.words) {
                let next = known.len();
                *often.entry(*known.entry(term).or_insert(next)).or_default() += 1.0;
            }
            index.terms.resize_with(known.len(), Term::default);
            for (term, often) in &often {
                index.terms[*term].places.push((place, *often));
            }
            lengths.push(often.values().sum::<f64>());
            index.places.insert(text.uri.clone(), place);
            let (uri, author) = (text.uri, text.author);
            let vector = text.vector.map(of_length_one);
            index.entries.push(Entry { uri, author, terms: often.into_iter().collect(), vector });
        }
        index.weigh(&lengths);
        index
    }

    /// Makes weights of counts.
    fn weigh(&mut self, lengths: &[f64]) {
        let all = count(lengths.len());
        let usual = lengths.iter().sum::<f64>() / all.max(1.0);
        for term in &mut self.terms {
            let holders = count(term.places.len());
            term.rarity = ((all - holders + 0.5) / (holders + 0.5)).ln_1p();
            for (place, often) in &mut term.places {
                let length = 1.0 - B + B * lengths[*place] / usual.max(1.0);
                *often = *often * (K1 + 1.0) / (*often + K1 * length);
            }
        }
    }

    /// How many recommendations are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What other authors recommend that shares words with a recommendation, the closest first; of equals, by id.
    #[must_use]
    pub fn near(&self, uri: &str) -> Vec<Near> {
        let Some(asked) = self.places.get(uri).map(|place| &self.entries[*place]) else { return Vec::new() };
        let mut scores = vec![0.0; self.entries.len()];
        for (term, often) in &asked.terms {
            let term = &self.terms[*term];
            for (place, weight) in &term.places {
                scores[*place] += term.rarity * often * weight;
            }
        }
        let whole = self.places.get(uri).map_or(0.0, |place| scores[*place]).max(f64::MIN_POSITIVE);
        let others = (0..self.entries.len()).filter(|place| self.entries[*place].author != asked.author);
        let mut found: Vec<(usize, f64)> = others
            .map(|place| (place, (scores[place] / whole).min(1.0)))
            .filter(|(_, score)| *score > 0.0)
            .collect();
        found.sort_by(best_first);
        let by_words: Vec<(usize, bool)> =
            found.iter().map(|(place, score)| (*place, *score >= CLOSE)).collect();
        let order = match self.by_vector(asked) {
            Some(by_vector) => merged(&by_words, &by_vector),
            None => by_words,
        };
        let near = |(place, close): (usize, bool)| Near {
            uri: self.entries[place].uri.clone(),
            closeness: (scores[place] / whole).min(1.0),
            close,
        };
        order.into_iter().map(near).collect()
    }

    /// The others by their vectors, the nearest first.
    fn by_vector(&self, asked: &Entry) -> Option<Vec<(usize, bool)>> {
        let own = asked.vector.as_ref()?;
        let others = self.entries.iter().enumerate().filter(|(_, other)| other.author != asked.author);
        let mut found: Vec<(usize, f64)> = others
            .filter_map(|(place, other)| {
                let vector = other.vector.as_ref().filter(|vector| vector.len() == own.len())?;
                let angle = own.iter().zip(vector).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                Some((place, angle))
            })
            .collect();
        found.sort_by(best_first);
        Some(found.into_iter().enumerate().map(|(rank, (place, _))| (place, rank < NEAREST)).collect())
    }
}

/// Two orders as one: who stands high in both stands first.
fn merged(one: &[(usize, bool)], other: &[(usize, bool)]) -> Vec<(usize, bool)> {
    let mut all: BTreeMap<usize, (f64, bool)> = BTreeMap::new();
    for order in [one, other] {
        for (rank, (place, close)) in order.iter().enumerate() {
            let (score, is_close) = all.entry(*place).or_default();
            *score += 1.0 / (RANK + 1.0 + count(rank));
            *is_close |= close;
        }
    }
    let mut scores: Vec<(usize, f64)> = all.iter().map(|(place, (score, _))| (*place, *score)).collect();
    scores.sort_by(best_first);
    scores.into_iter().map(|(place, _)| (place, all[&place].1)).collect()
}

/// By score, the highest first, then by place: entries stand by id.
fn best_first(a: &(usize, f64), b: &(usize, f64)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// The terms of a text: stems, pairs of stems (with a blank), pieces of stems (after a `#`).
fn terms(words: &str) -> Vec<String> {
    let normal = normalise(words);
    let stems: Vec<&str> =
        normal.split(' ').filter(|word| !word.is_empty() && !STOPPED.contains(*word)).collect();
    let pairs = stems.windows(2).map(|pair| format!("{} {}", pair[0], pair[1]));
    let pieces = stems.iter().flat_map(|stem| {
        let letters: Vec<char> = format!("_{stem}_").chars().collect();
        let size = PIECE.min(letters.len());
        letters
            .windows(size)
            .map(|piece| format!("#{}", piece.iter().collect::<String>()))
            .collect::<Vec<_>>()
    });
    stems.iter().map(|stem| (*stem).to_owned()).chain(pairs).chain(pieces).collect()
}

fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    for number in &mut vector {
        *number /= length;
    }
    vector
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts and words")]
const fn count(many: usize) -> f64 {
    many as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(uri: &str, author: &str, words: &str) -> Text {
        Text { uri: uri.to_owned(), author: author.to_owned(), words: words.to_owned(), vector: None }
    }

    fn cities() -> Vec<Text> {
        vec![
            text("r1", "rennes", "Végétaliser les cours d’école et y planter des arbres"),
            text("a1", "angers", "Planter des arbres dans la cour de chaque école"),
            text("a2", "angers", "Étendre les horaires du tramway le dimanche"),
            text("n1", "nancy", "Faire circuler le tramway plus tard le samedi et le dimanche"),
            text("n2", "nancy", "Former les agents à l’intelligence artificielle"),
            text("r2", "rennes", "Une charte des usages de l’intelligence artificielle par la ville"),
        ]
    }

    #[test]
    fn requirement_2_33_the_same_idea_in_other_words_comes_first() {
        let index = Index::of(cities());
        for (asked, found) in [("r1", "a1"), ("a1", "r1"), ("a2", "n1"), ("n1", "a2"), ("n2", "r2")] {
            let near = index.near(asked);
            assert_eq!(near[0].uri, found, "{asked}: {near:?}");
            assert!(near[0].close, "{near:?}");
        }
        assert!(
            index.near("a2").iter().all(|near| near.uri == "n1" || !near.close),
            "other subjects are not close"
        );
        assert!(index.near("unknown").is_empty());
    }

    #[test]
    fn a_text_without_words_is_close_to_nothing() {
        let mut texts = cities();
        texts.push(text("v1", "vide", "et de la"));
        assert!(Index::of(texts).near("v1").is_empty());
        assert!(Index::of(Vec::new()).is_empty());
    }

    #[test]
    fn the_same_words_are_wholly_close() {
        let index =
            Index::of(vec![text("a", "x", "Planter des arbres"), text("b", "y", "planter des ARBRES")]);
        assert!((index.near("a")[0].closeness - 1.0).abs() < 1e-9);
    }

    #[test]
    fn vectors_bring_near_what_shares_no_word() {
        let mut texts = cities();
        texts.push(text("n3", "nancy", "Débitumer les préaux"));
        let vector = |uri: &str| match uri {
            "r1" | "n3" => vec![1.0, 0.0],
            _ => vec![0.0, 1.0],
        };
        for text in &mut texts {
            text.vector = Some(vector(&text.uri));
        }
        let near = Index::of(texts).near("r1");
        let places: Vec<&str> = near.iter().take(2).map(|near| near.uri.as_str()).collect();
        assert!(places.contains(&"n3") && places.contains(&"a1"), "{near:?}");
    }

    proptest! {
        #[test]
        fn requirement_2_33_a_suggestion_never_is_of_the_same_author_and_the_order_is_total(
            texts in prop::collection::vec(
                ("[a-d]", "(école|écoles|arbre|planter|tramway|dimanche|cour|ville|charte| ){1,12}"), 1..20),
            seed in any::<u64>(),
        ) {
            let texts: Vec<Text> = texts.into_iter().enumerate()
                .map(|(n, (author, words))| text(&format!("{author}/{n}"), &author, &words)).collect();
            let mut turned = texts.clone();
            let by = usize::try_from(seed % 97).unwrap_or(0) % turned.len();
            turned.rotate_left(by);
            let (index, other) = (Index::of(texts.clone()), Index::of(turned));
            for asked in &texts {
                let near = index.near(&asked.uri);
                let own = |near: &Near| near.uri.split('/').next() == Some(asked.author.as_str());
                prop_assert!(!near.iter().any(own), "of the same author");
                prop_assert!(near.windows(2).all(|pair| pair[0].closeness > pair[1].closeness
                    || (pair[0].closeness.total_cmp(&pair[1].closeness).is_eq() && pair[0].uri < pair[1].uri)));
                prop_assert_eq!(&near, &other.near(&asked.uri), "whatever order they came in");
            }
        }
    }
}
