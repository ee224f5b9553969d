//! Licences of texts and data.

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::{Entry, List};
use crate::domain::Problem;

/// A licence, by its SPDX name; a licence somebody else names is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Licence(String);

static LIST: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!("licences.toml")));

impl Licence {
    /// Licence Ouverte 2.0, what French authorities publish under unless they say otherwise.
    #[must_use]
    pub fn default_of_france() -> Self {
        Self("etalab-2.0".to_owned())
    }

    /// The known licences.
    #[must_use]
    pub fn list() -> &'static List {
        &LIST
    }

    /// Reads what a person writes: a name, an alias (`lov2`) or the URL of a known licence.
    ///
    /// # Errors
    /// Rule `licence`.
    pub fn written(text: &str) -> Result<Self, Problem> {
        find(text).map(|entry| Self(entry.code.clone())).ok_or_else(|| {
            let codes: Vec<&str> = LIST.codes.iter().map(|entry| entry.code.as_str()).collect();
            Problem::new("", "licence", format!("{text}: {}", codes.join(", ")))
        })
    }

    /// Reads what somebody else wrote; never refuses.
    #[must_use]
    pub fn received(text: &str) -> Self {
        Self(find(text).map_or_else(|| text.to_owned(), |entry| entry.code.clone()))
    }

    /// The SPDX name, or what was received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its text stands.
    #[must_use]
    pub fn url(&self) -> Option<&'static str> {
        LIST.entry(&self.0).and_then(|entry| entry.url.as_deref())
    }

    /// Whether it is open; `None` when the licence is not known here.
    #[must_use]
    pub fn is_open(&self) -> Option<bool> {
        LIST.entry(&self.0).and_then(|entry| entry.open)
    }

    /// What people read.
    #[must_use]
    pub fn label(&self, lang: &str) -> &str {
        LIST.entry(&self.0).map_or(&self.0, |entry| entry.label.of(lang))
    }
}

/// The entry of a name, an alias or a URL.
fn find(text: &str) -> Option<&'static Entry> {
    LIST.codes.iter().find(|entry| {
        entry.code.eq_ignore_ascii_case(text)
            || entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(text))
            || entry.url.as_deref() == Some(text)
    })
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Licence {
    fn from(text: String) -> Self {
        Self::received(&text)
    }
}

impl From<Licence> for String {
    fn from(licence: Licence) -> Self {
        licence.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_found_by_name_alias_or_url() {
        for text in ["etalab-2.0", "lov2", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"] {
            assert_eq!(Licence::written(text).unwrap(), Licence::default_of_france(), "{text}");
        }
        assert_eq!(Licence::written("GPL-3.0").unwrap_err().rule, "licence");
        assert_eq!(Licence::received("GPL-3.0").is_open(), None);
        assert!(LIST.codes.iter().all(|entry| entry.url.is_some() && entry.open.is_some()));
    }

    #[test]
    fn no_commercial_use_is_not_open() {
        assert_eq!(Licence::written("CC-BY-NC-4.0").unwrap().is_open(), Some(false));
        assert_eq!(Licence::default_of_france().is_open(), Some(true));
    }
}
