//! What changed between two texts, word by word, for pages: what is gone, what is new, and what stayed.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// Longest text that is compared, in words.
const LONGEST: usize = 1_500;

/// A run of words: in both texts, only in the first, or only in the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `same`, `gone` or `new`.
    pub kind: &'static str,
    /// The words.
    pub words: String,
}

/// The parts of two texts, in order; none when they are the same, or too long to be read side by side.
#[must_use]
pub fn between(before: &str, after: &str) -> Option<Vec<Part>> {
    let before: Vec<&str> = before.split_whitespace().collect();
    let after: Vec<&str> = after.split_whitespace().collect();
    if before == after || before.len().max(after.len()) > LONGEST {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |kind, words: &[&str]| {
        if !words.is_empty() {
            parts.push(Part { kind, words: words.join(" ") });
        }
    };
    for change in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (tag, old, new) = change.as_tag_tuple();
        if tag == DiffTag::Equal {
            add("same", &before[old]);
        } else {
            add("gone", &before[old]);
            add("new", &after[new]);
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m5_a_difference_is_told_by_words() {
        let parts = between("Équiper les trois lycées de capteurs", "Équiper  les écoles de capteurs sobres");
        let told: Vec<_> =
            parts.unwrap().into_iter().map(|part| format!("{} {}", part.kind, part.words)).collect();
        assert_eq!(
            told,
            ["same Équiper les", "gone trois lycées", "new écoles", "same de capteurs", "new sobres"]
        );
        assert_eq!(between("Un  mot", "Un mot"), None);
        assert_eq!(between(&"mot ".repeat(LONGEST + 1), "mot"), None);
    }
}
