//! What the node says to people, in French (the source) and English: Fluent messages under `i18n/{lang}`,
//! built into the binary. Records are never translated here: their words are their author's.

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};

static_loader! {
    static MESSAGES = {
        locales: "./src/i18n",
        fallback_language: "fr",
        customise: |bundle| {
            // Isolating marks (U+2068, U+2069) end up in copied addresses and in feeds.
            bundle.set_use_isolating(false);
            let french = bundle.locales.first().is_some_and(|locale| locale.language.as_str() == "fr");
            if french {
                bundle.set_formatter(Some(|value, _| grouped(value, '\u{202f}')));
            } else {
                bundle.set_formatter(Some(|value, _| grouped(value, ',')));
            }
        },
    };
}

static FRENCH: LanguageIdentifier = langid!("fr");
static ENGLISH: LanguageIdentifier = langid!("en");

/// A language the node speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// French, the source of all messages.
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Code of BCP 47: `fr`, `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Its own name: `Français`, `English`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// For `og:locale`: `fr_FR`, `en_GB`.
    #[must_use]
    pub const fn locale(self) -> &'static str {
        match self {
            Self::Fr => "fr_FR",
            Self::En => "en_GB",
        }
    }

    /// The language of a code or tag (`en`, `en-GB`), if we speak it.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// The language of a request: the choice kept in the cookie `langue`, else the best of
    /// `Accept-Language` (RFC 9110 §12.5.4), else `default`.
    #[must_use]
    pub fn from_request(accept_language: Option<&str>, cookies: Option<&str>, default: Self) -> Self {
        let kept = cookies.and_then(|header| {
            header.split(';').find_map(|pair| pair.trim().strip_prefix("langue=")).and_then(Self::of)
        });
        kept.or_else(|| accept_language.and_then(Self::preferred)).unwrap_or(default)
    }

    /// The language of ours with the highest weight; the first named wins a tie.
    fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for item in header.split(',').take(32) {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok()).unwrap_or(0.0);
            if let Some(lang) = Self::of(tag.trim())
                && weight > best.map_or(0.0, |(_, heaviest)| heaviest)
            {
                best = Some((lang, weight));
            }
        }
        best.map(|(lang, _)| lang)
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::Fr => &FRENCH,
            Self::En => &ENGLISH,
        }
    }
}

/// A message without variables; a key nobody wrote is shown as it is.
#[must_use]
pub fn t(lang: Lang, key: &str) -> String {
    MESSAGES.try_lookup(lang.identifier(), key).unwrap_or_else(|| key.to_owned())
}

/// A message with variables: `t_args(lang, "count", &[("n", 3.into())])`. Numbers choose the plural and
/// are written in the manner of the language (`1 234`).
#[must_use]
pub fn t_args(lang: Lang, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    MESSAGES.try_lookup_with_args(lang.identifier(), key, &args).unwrap_or_else(|| key.to_owned())
}

/// Whether a message of that key exists (a test holds that both languages have the same keys).
#[must_use]
pub fn has(lang: Lang, key: &str) -> bool {
    MESSAGES.try_lookup(lang.identifier(), key).is_some()
}

/// A number with its thousands set apart: U+202F in French, a comma in English.
#[must_use]
pub fn number(lang: Lang, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let separator = if lang == Lang::Fr { '\u{202f}' } else { ',' };
    let mut text = String::from(if value < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// The formatter of the bundles: whole numbers grouped; anything else left to Fluent.
fn grouped(value: &FluentValue<'_>, separator: char) -> Option<String> {
    let FluentValue::Number(given) = value else { return None };
    let whole: i64 = given.as_string().parse().ok()?;
    let lang = if separator == ',' { Lang::En } else { Lang::Fr };
    Some(number(lang, whole))
}

#[cfg(test)]
mod tests;
