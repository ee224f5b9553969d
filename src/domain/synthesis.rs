//! Faithful synthesis (moonshot 13): what is contested in the sentences of a convention's synthesis, whatever becomes
//! of their wording, and how much of what each member contributed is cited. Computed from signed records alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hash, Instant, Iri, codes::Faithfulness, said::Sentence};

/// A proven version of a synthesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Its hash.
    pub hash: Hash,
    /// Since when it says so.
    pub since: Instant,
    /// What it says.
    pub sentences: Vec<Sentence>,
}

/// A proven assessment of a synthesis that was not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The record.
    pub id: Iri,
    /// Who signed it.
    pub by: Iri,
    /// When.
    pub at: Instant,
    /// The sentence, from 1; none: the whole.
    pub sentence: Option<u32>,
    /// The version that was read.
    pub hash: Option<Hash>,
    /// What was found.
    pub found: Faithfulness,
}

/// A mark that stays: somebody finds a sentence, or the whole, not faithful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// The assessment.
    pub id: Iri,
    /// Who signed it.
    pub by: Iri,
    /// When.
    pub at: Instant,
    /// The sentence as it was numbered then; none: the whole.
    pub sentence: Option<u32>,
    /// The sentence it stands with now; none: with the whole, or the sentence is gone.
    pub stands_at: Option<u32>,
    /// The wording that was contested, where the synthesis no longer says it.
    pub earlier: Option<String>,
}

/// What is contested in a synthesis, by versions, the oldest first. Of each author the last word on one wording counts;
/// a mark follows its sentence to another number, and stays with its number as one on an earlier wording when the
/// sentence says something else now. By sentence, time and id.
#[must_use]
pub fn contests(versions: &[Wording], judged: &[Judged]) -> Vec<Contest> {
    let mut last: BTreeMap<(&Iri, Option<&str>, Option<u32>), &Judged> = BTreeMap::new();
    for one in judged {
        let wording = wording(versions, one);
        // What names no sentence of the version read is told apart by its number.
        let number = one.sentence.filter(|_| wording.is_none());
        let known = last.entry((&one.by, wording, number)).or_insert(one);
        if (one.at, &one.id) > (known.at, &known.id) {
            *known = one;
        }
    }
    let now = versions.last().map(|version| version.sentences.as_slice()).unwrap_or_default();
    let contested = last.into_iter().filter(|(_, one)| one.found == Faithfulness::NotFaithful);
    let mut marks: Vec<Contest> = contested
        .map(|((_, wording, _), one)| {
            let (stands_at, earlier) = place(now, one.sentence, wording);
            Contest {
                id: one.id.clone(),
                by: one.by.clone(),
                at: one.at,
                sentence: one.sentence,
                stands_at,
                earlier,
            }
        })
        .collect();
    marks.sort_by(|a, b| (a.stands_at, a.at, &a.id).cmp(&(b.stands_at, b.at, &b.id)));
    marks
}

/// The wording that was judged: of the version it names, else of the one that stood then.
fn wording<'a>(versions: &'a [Wording], one: &Judged) -> Option<&'a str> {
    let named = one.hash.as_ref().and_then(|hash| versions.iter().find(|version| version.hash == *hash));
    let then = || versions.iter().rfind(|version| version.since <= one.at).or(versions.first());
    text(&named.or_else(then)?.sentences, one.sentence?)
}

fn text(sentences: &[Sentence], number: u32) -> Option<&str> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    sentences.get(at).map(|sentence| sentence.text.trim())
}

/// Where a mark stands now, and the wording it was about where that is gone.
fn place(now: &[Sentence], sentence: Option<u32>, judged: Option<&str>) -> (Option<u32>, Option<String>) {
    let (Some(number), Some(judged)) = (sentence, judged) else { return (None, None) };
    if text(now, number) == Some(judged) {
        return (Some(number), None);
    }
    let moved = (1..).zip(now).find(|(_, sentence)| sentence.text.trim() == judged);
    match moved {
        Some((number, _)) => (Some(number), None),
        None => (text(now, number).map(|_| number), Some(judged.to_owned())),
    }
}

/// How much of what a member contributed a synthesis cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The member.
    pub council: Iri,
    /// Recommendations that one sentence at least cites.
    pub cited: usize,
    /// Recommendations it contributed.
    pub of: usize,
}

impl Coverage {
    /// In percent, rounded down: a hundred only when all are cited. None, when nothing was contributed.
    #[must_use]
    pub fn percent(&self) -> Option<usize> {
        (self.cited * 100).checked_div(self.of)
    }
}

/// Coverage by member: `contributed` has the recommendations of each. A sentence that cites a whole avis cites none of
/// its recommendations.
#[must_use]
pub fn coverage(contributed: &BTreeMap<Iri, BTreeSet<Iri>>, sentences: &[Sentence]) -> Vec<Coverage> {
    let cited: BTreeSet<&Iri> = sentences.iter().flat_map(|sentence| &sentence.cites).collect();
    let of = |(council, all): (&Iri, &BTreeSet<Iri>)| Coverage {
        council: council.clone(),
        cited: all.iter().filter(|id| cited.contains(id)).count(),
        of: all.len(),
    };
    contributed.iter().map(of).collect()
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

    fn version(day: u32, sentences: &[&str]) -> Wording {
        let sentence = |text: &&str| Sentence { text: (*text).to_owned(), cites: vec![iri("r1")] };
        let sentences: Vec<Sentence> = sentences.iter().map(sentence).collect();
        Wording { hash: Hash::of(format!("{day}").as_bytes()), since: at(day), sentences }
    }

    fn judged(id: &str, by: &str, day: u32, sentence: Option<u32>, found: Faithfulness) -> Judged {
        Judged { id: iri(id), by: iri(by), at: at(day), sentence, hash: None, found }
    }

    /// Author, sentence it stands at, earlier wording.
    fn marks(versions: &[Wording], judged: &[Judged]) -> Vec<(Iri, Option<u32>, Option<String>)> {
        contests(versions, judged).into_iter().map(|mark| (mark.by, mark.stands_at, mark.earlier)).collect()
    }

    #[test]
    fn p13_a_mark_follows_its_sentence_and_stays_when_the_wording_changes() {
        let no = Faithfulness::NotFaithful;
        let first = version(1, &["un", "deux", "trois"]);
        let contest = [judged("e1", "angers", 2, Some(3), no.clone())];
        let stays = |later: &[&str]| marks(&[first.clone(), version(3, later)], &contest).remove(0);
        assert_eq!(
            marks(std::slice::from_ref(&first), &contest),
            [(iri("angers"), Some(3), None)],
            "as it was read"
        );
        assert_eq!(stays(&["un", "deux", "trois", "quatre"]), (iri("angers"), Some(3), None));
        assert_eq!(stays(&["trois", "un", "deux"]), (iri("angers"), Some(1), None), "moved");
        assert_eq!(stays(&["un", "deux", "trois !"]), (iri("angers"), Some(3), Some("trois".to_owned())));
        assert_eq!(stays(&["un"]), (iri("angers"), None, Some("trois".to_owned())), "taken out");
        assert_eq!(marks(&[], &contest), [(iri("angers"), None, None)]);
    }

    #[test]
    fn p13_the_version_read_is_the_one_named_whatever_dates_say() {
        let (first, second) = (version(1, &["un"]), version(2, &["deux"]));
        let mut late = judged("e1", "angers", 5, Some(1), Faithfulness::NotFaithful);
        late.hash = Some(first.hash.clone());
        let versions = [first, second];
        assert_eq!(marks(&versions, &[late.clone()]), [(iri("angers"), Some(1), Some("un".to_owned()))]);
        late.hash = None;
        assert_eq!(marks(&versions, &[late]), [(iri("angers"), Some(1), None)]);
    }

    #[test]
    fn p13_the_last_word_of_an_author_on_a_wording_counts_and_no_one_elses() {
        let (no, yes) = (Faithfulness::NotFaithful, Faithfulness::Faithful);
        let versions = [version(1, &["un", "deux"])];
        let said = [
            judged("e1", "angers", 2, Some(1), no.clone()),
            judged("e2", "nancy", 3, Some(1), no.clone()),
            judged("e3", "angers", 4, Some(1), yes),
            judged("e4", "nancy", 5, None, no),
        ];
        let expected = [(iri("nancy"), None, None), (iri("nancy"), Some(1), None)];
        assert_eq!(marks(&versions, &said), expected);
        let mut turned = said.clone();
        turned.reverse();
        assert_eq!(marks(&versions, &turned), expected, "in whatever order they come");
    }

    #[test]
    fn p13_coverage_counts_each_recommendation_once() {
        let all = |ids: &[&str]| ids.iter().map(|id| iri(id)).collect::<BTreeSet<_>>();
        let contributed = BTreeMap::from([
            (iri("angers"), all(&["a1", "a2", "a3"])),
            (iri("nancy"), all(&[])),
            (iri("rennes"), all(&["r1"])),
        ]);
        let sentence = |cites: &[&str]| Sentence {
            text: "x".to_owned(),
            cites: cites.iter().map(|id| iri(id)).collect(),
        };
        let found = coverage(&contributed, &[sentence(&["a1", "r1"]), sentence(&["a1", "a2", "avis"])]);
        let percent: Vec<_> = found.iter().map(|one| (one.cited, one.of, one.percent())).collect();
        assert_eq!(percent, [(2, 3, Some(66)), (0, 0, None), (1, 1, Some(100))]);
    }
}
