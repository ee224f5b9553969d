//! A code list as its file holds it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A versioned code list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Raised when a word is added or changes its meaning; words are never taken out.
    pub version: u32,
    /// What the list is called.
    pub title: Label,
    /// Its words, in the order pages show them.
    pub codes: Vec<Entry>,
}

/// A word of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The word.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// What it means, where the label does not say enough.
    pub help: Option<Label>,
    /// Other spellings of a licence.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where the text of a licence stands.
    pub url: Option<String>,
    /// Whether a licence is open.
    pub open: Option<bool>,
}

/// A text in several languages, French among them.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Label(BTreeMap<String, String>);

impl Label {
    /// The text in a language, by its primary subtag; else in French.
    #[must_use]
    pub fn of(&self, lang: &str) -> &str {
        let primary = lang.split('-').next().unwrap_or_default();
        self.0.get(primary).or_else(|| self.0.get("fr")).map_or("", String::as_str)
    }
}

impl List {
    /// Reads a list that is part of the program.
    ///
    /// # Panics
    /// When the file is not a list, which a test of each list would have shown.
    #[must_use]
    pub(super) fn built_in(text: &str) -> Self {
        toml::from_str(text).expect("a code list of the program")
    }

    /// A word of the list.
    #[must_use]
    pub fn entry(&self, code: &str) -> Option<&Entry> {
        self.codes.iter().find(|entry| entry.code == code)
    }
}
