//! Themes: a shared list, and the free themes of a city.

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::List;
use crate::domain::Problem;

/// A theme, by its slug: 2 to 50 of `a-z 0-9`, words joined by `-`. Cities share a list, so that their
/// councils can be compared; any other slug is a free theme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Theme(String);

static LIST: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("themes.toml")));

impl Theme {
    /// Parses a slug.
    ///
    /// # Errors
    /// Rule `theme`.
    pub fn parse(slug: &str) -> Result<Self, Problem> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let good = (2..=50).contains(&slug.len()) && slug.split('-').all(word);
        if good { Ok(Self(slug.to_owned())) } else { Err(Problem::new("", "theme", slug)) }
    }

    /// The shared themes.
    #[must_use]
    pub fn list() -> &'static List {
        &LIST
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the shared themes.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        LIST.entry(&self.0).is_some()
    }

    /// What people read: the label of a shared theme, else the slug with its words set apart.
    #[must_use]
    pub fn label(&self, lang: &str) -> String {
        LIST.entry(&self.0).map_or_else(|| self.0.replace('-', " "), |entry| entry.label.of(lang).to_owned())
    }

    /// The hashtag of the fediverse, each word with a capital, as screen readers need: `#DemarchesEnLigne`.
    #[must_use]
    pub fn hashtag(&self) -> String {
        let mut tag = String::from("#");
        for word in self.0.split('-') {
            let (first, rest) = word.split_at(1);
            tag.push_str(&first.to_ascii_uppercase());
            tag.push_str(rest);
        }
        tag
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Theme {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Theme> for String {
    fn from(theme: Theme) -> Self {
        theme.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_and_free_themes() {
        for entry in &Theme::list().codes {
            let theme = Theme::parse(&entry.code).unwrap();
            assert!(theme.is_shared() && !theme.label("en").is_empty());
        }
        let free = Theme::parse("eau-potable").unwrap();
        assert!(!free.is_shared());
        assert_eq!((free.label("fr").as_str(), free.hashtag().as_str()), ("eau potable", "#EauPotable"));
        for bad in ["", "a", "Santé", "a--b", "-a", "a b", "../x"] {
            assert_eq!(Theme::parse(bad).unwrap_err().rule, "theme", "{bad}");
        }
    }
}
