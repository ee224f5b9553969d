//! Absolute http(s) identifiers, kept exactly as written.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::Problem;

/// An absolute `http` or `https` identifier in canonical spelling: lower-case host, no default port,
/// no user information, no control or blank character. What parses is what the WHATWG URL parser
/// writes back, so two spellings of one id cannot both exist (threats O22, O30, F9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iri(String);

impl Iri {
    /// Longest accepted, in bytes.
    pub const MAX: usize = 2048;

    /// Parses an identifier.
    ///
    /// # Errors
    /// Rule `iri` when it is not an absolute http(s) URL in canonical spelling.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::new("", "iri", text);
        if text.len() > Self::MAX || text.contains(['\\', ' ']) || text.chars().any(char::is_control) {
            return Err(refused());
        }
        let url = Url::parse(text).map_err(|_| refused())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.host_str().is_some_and(|host| !host.ends_with('.'));
        // The parser adds the slash of an empty path; that one difference is harmless.
        let canonical = url.as_str() == text || url.as_str() == format!("{text}/");
        if plain && canonical { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }

    /// The identifier as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a URL, for requests.
    ///
    /// # Panics
    /// Never: it was parsed when it was made.
    #[must_use]
    pub fn url(&self) -> Url {
        Url::parse(&self.0).expect("parsed when it was made")
    }

    /// A short key for the page of what others published under this identifier: the first 16 hex digits of
    /// its SHA-256.
    #[must_use]
    pub fn key(&self) -> String {
        super::Hash::of(self.0.as_bytes()).digits()[..16].to_owned()
    }

    /// Authority: host, with the port when it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        let after = self.0.split_once("://").map_or("", |(_, rest)| rest);
        after.split(['/', '?', '#']).next().unwrap_or("")
    }

    /// Scheme and authority: what FEP-fe34 compares.
    #[must_use]
    pub fn origin(&self) -> &str {
        let scheme = self.0.find("://").map_or(0, |at| at + 3);
        &self.0[..scheme + self.host().len()]
    }

    /// The identifier without its fragment: of a key, the document that holds it.
    #[must_use]
    pub fn without_fragment(&self) -> Self {
        Self(self.0.split('#').next().unwrap_or_default().to_owned())
    }

    /// Whether both live at one origin.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }

    /// The identifier with something appended: `iri.join("/inbox")`.
    #[must_use]
    pub fn join(&self, suffix: &str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }
}

impl fmt::Display for Iri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Iri {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Iri {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Iri> for String {
    fn from(iri: Iri) -> Self {
        iri.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_canonical_spelling_per_identifier_o22_o30_f9() {
        for good in
            ["https://rennes.example/avis/1", "http://rennes.localhost:8101/x#main-key", "https://a.example"]
        {
            assert!(Iri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "https://A.example/x",
            "https://a.example:443/x",
            "https://u@a.example/",
            "https://a.example\\@b/",
            "ftp://a/",
            "https://a.example./x",
            "//a/x",
            "https://a.example/ x",
            "https://a.example/\u{0}",
            "data:text/html,x",
            "",
            "https://2130706433/",
            "https://127.1/",
        ] {
            assert!(Iri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        let iri = Iri::parse("http://rennes.localhost:8101/avis/1#r1").unwrap();
        assert_eq!(iri.origin(), "http://rennes.localhost:8101");
        assert_eq!(iri.host(), "rennes.localhost:8101");
        assert_eq!(iri.without_fragment().as_str(), "http://rennes.localhost:8101/avis/1");
    }
}
