//! Words that can be wrong, as parsed types: titles, HTML, handles, slugs, languages.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::Problem;

/// Makes a checked string type: its rule, and the function that decides.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $rule:literal, $holds:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses it.
            ///
            /// # Errors
            #[doc = concat!("Rule `", $rule, "`.")]
            pub fn parse(text: &str) -> Result<Self, Problem> {
                let holds: fn(&str) -> bool = $holds;
                if holds(text) { Ok(Self(text.to_owned())) } else { Err(Problem::new("", $rule, text)) }
            }

            /// As written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Problem;
            fn try_from(text: String) -> Result<Self, Problem> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

checked! {
    /// A title: 1 to 300 characters on one line.
    Title, "title", |text| {
        let length = text.chars().count();
        (1..=300).contains(&length) && text.trim() == text && !text.chars().any(unfit)
    }
}

checked! {
    /// HTML of a record: 1 byte to 256 KiB. It is kept as signed, and cleaned where it is shown
    /// (register.md rule 15).
    Html, "html", |text| (1..=256 * 1024).contains(&text.len()) && !text.contains('\0')
}

checked! {
    /// The user part of a handle: 3 to 30 of `a-z 0-9 _` (wire.md checklist 41).
    Handle, "handle", |text| {
        (3..=30).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    }
}

checked! {
    /// The last segment of a page's address: 1 to 80 of `a-z 0-9 -`.
    Slug, "slug", |text| {
        (1..=80).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-') && !text.ends_with('-')
    }
}

checked! {
    /// A BCP 47 language tag: `fr`, `en`, `br`, `oc`, `fr-CA`.
    Lang, "lang", is_language_tag
}

/// Whether a text is a well-formed language tag (RFC 5646, checklist 27): `fr`, `fr-CA`, `zh-Hant-TW`,
/// `sl-nedis`, `de-DE-u-co-phonebk`.
fn is_language_tag(text: &str) -> bool {
    let alpha = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let digit = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut parts = text.split('-').peekable();
    let language = parts.next().unwrap_or_default();
    let known = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
    for _ in 0..3 {
        parts.next_if(|part| part.len() == 3 && alpha(part));
    }
    parts.next_if(|part| part.len() == 4 && alpha(part));
    parts.next_if(|part| part.len() == 2 && alpha(part) || part.len() == 3 && digit(part));
    let variant =
        |part: &str| part.len() >= 5 || part.len() == 4 && part.starts_with(|c: char| c.is_ascii_digit());
    while parts.next_if(|part| variant(part)).is_some() {}
    // What is left are extensions and private use, each opened by one character.
    known && parts.peek().is_none_or(|part| part.len() == 1) && text.split('-').all(subtag)
}

/// Characters that have no place in a line of text: controls, bidirectional overrides, zero widths.
fn unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A name as it may be shown beside others: composed, on one line, without controls, directions and
/// characters that show nothing, at most two marks on one letter (threats C7).
#[must_use]
pub fn one_line(text: &str, longest: usize) -> String {
    let mut marks = 0_usize;
    let kept: String = text
        .nfc()
        // A space that holds words together, as French wants it, stays.
        .map(|c| if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c })
        .filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= 2 && !c.is_control() && !shows_nothing(*c)
        })
        .take(longest)
        .collect();
    kept.trim().to_owned()
}

/// Characters that take no place, or turn the direction of those beside them.
const fn shows_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

impl Lang {
    /// French, the first language of the node.
    #[must_use]
    pub fn french() -> Self {
        Self("fr".to_owned())
    }
}

impl Slug {
    /// A slug made of any text: accents taken off, the rest of the characters joined by `-`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let base = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
        let plain = base.collect::<String>().to_lowercase();
        let words: Vec<&str> =
            plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let mut slug = words.join("-");
        slug.truncate(80);
        let slug = slug.trim_matches('-');
        Self(if slug.is_empty() { "sans-titre".to_owned() } else { slug.to_owned() })
    }
}

/// Text in several languages, the original first (register.md rule 23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Language and text; the first is the author's own.
    pub in_languages: Vec<(Lang, String)>,
    /// Languages the author had a machine translate into.
    pub machine_translated: Vec<Lang>,
}

impl Words {
    /// Text in one language.
    #[must_use]
    pub fn new(lang: Lang, text: impl Into<String>) -> Self {
        Self { in_languages: vec![(lang, text.into())], machine_translated: Vec::new() }
    }

    /// The author's own words.
    #[must_use]
    pub fn original(&self) -> &str {
        self.in_languages.first().map_or("", |(_, text)| text)
    }

    /// The text in a language, if there is one.
    #[must_use]
    pub fn in_language(&self, lang: &Lang) -> Option<&str> {
        self.in_languages.iter().find(|(l, _)| l == lang).map(|(_, text)| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c7_a_title_holds_no_control_and_no_override() {
        assert!(Title::parse("Avis 1 : l’accès").is_ok());
        for bad in ["", " x", "a\nb", "a\u{202e}b", &"x".repeat(301)] {
            assert!(Title::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn c7_names_hide_nothing() {
        assert_eq!(one_line("Mairie\u{202e}de\u{200b} Lyon\u{2066}", 200), "Mairiede Lyon");
        assert_eq!(one_line("Mairie\nde\u{7} Lyon\u{2028}", 200), "Mairie de Lyon");
        assert_eq!(one_line("e\u{301}", 200), "é");
        assert_eq!(one_line(&format!("a{}", "\u{334}".repeat(500)), 200).chars().count(), 3);
        assert_eq!(one_line("\u{3164}\u{2800}\u{e0041}", 200), "");
        assert_eq!(one_line(&"x".repeat(1_000_000), 200).len(), 200);
    }

    #[test]
    fn handles_slugs_and_languages() {
        assert!(Handle::parse("ccnr").is_ok());
        for bad in ["Cc", "../admin", "a b c", "éti"] {
            assert!(Handle::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Slug::of("CCNR-A1 : l’École & la Ville").as_str(), "ccnr-a1-l-ecole-la-ville");
        assert!(
            Lang::parse("fr").is_ok() && Lang::parse("fr-CA").is_ok() && Lang::parse("français").is_err()
        );
    }

    #[test]
    fn languages_are_well_formed_tags_27() {
        for good in
            ["fr", "fr-CA", "zh-Hant-TW", "es-419", "zh-yue-HK", "sl-nedis", "de-1996", "de-u-co-phonebk"]
        {
            assert!(Lang::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "f",
            "FR",
            "français",
            "fr-",
            "fr--CA",
            "de-419-DE",
            "fr_CA",
            "fr-toolongforatag",
            "en-GB-US",
        ] {
            assert!(Lang::parse(bad).is_err(), "{bad}");
        }
    }
}
