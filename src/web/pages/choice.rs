//! What a page or a table can be cut to: who asks for something else is told what there is.

use std::collections::BTreeSet;

use crate::{Error, Result, domain::Code};

/// The words of a list in its order, and those that are in use beside it.
pub fn words<'a, C: Code + 'a>(used: impl IntoIterator<Item = &'a C>) -> Vec<String> {
    let mut words: Vec<String> = C::ALL.iter().map(|(word, _)| (*word).to_owned()).collect();
    let beside: BTreeSet<&str> = used.into_iter().map(Code::word).collect();
    let beside = beside.into_iter().filter(|word| C::ALL.iter().all(|(known, _)| known != word));
    words.extend(beside.map(ToOwned::to_owned));
    words
}

/// Whether what was asked for in a field, if anything was, is one of the words there are.
///
/// # Errors
/// Rule `choice`; the detail gives the words there are, as far as there is room.
pub fn check(field: &str, asked: Option<&str>, mut words: Vec<String>) -> Result<()> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(()) };
    if words.iter().any(|word| word == asked) {
        return Ok(());
    }
    let mut told = BTreeSet::new();
    words.retain(|word| told.insert(word.clone()));
    Err(Error::invalid(field, "choice", format!("{asked}: {}", words.join(", "))))
}
