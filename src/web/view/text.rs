//! The words of a record for one reader: the author's translation into the reader's language when there
//! is one, always with the original beside it, and a warning when a machine made it (requirement 4.11).

use crate::{
    domain::Record,
    i18n::Lang,
    web::markup::{self, Markup},
};

/// Words in one language.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// BCP 47 tag, for `lang`.
    pub lang: String,
    /// Clean HTML.
    pub html: Markup,
    /// A machine translated it.
    pub machine: bool,
    /// The author's own words, when `html` is a translation: language and HTML.
    pub original: Option<(String, Markup)>,
}

impl Text {
    /// The content of a record, without the bold line that repeats its title.
    #[must_use]
    pub fn of(record: &Record, reader: Lang) -> Self {
        let envelope = &record.envelope;
        let own_lang = record.lang();
        let own = shown(envelope.content.as_str());
        let translated = envelope
            .content_map
            .iter()
            .find(|(tag, _)| Lang::of(tag) == Some(reader) && Lang::of(own_lang.as_str()) != Some(reader))
            .and_then(|(tag, text)| Some((tag, text.as_str()?)));
        match translated {
            Some((tag, text)) => Self {
                lang: tag.clone(),
                html: shown(text),
                machine: envelope.machine_translated.iter().any(|lang| lang.as_str() == tag),
                original: Some((own_lang.to_string(), own)),
            },
            None => Self { lang: own_lang.to_string(), html: own, machine: false, original: None },
        }
    }

    /// Words that have no translation.
    #[must_use]
    pub fn plain(lang: &str, html: &str) -> Self {
        Self { lang: lang.to_owned(), html: shown(html), machine: false, original: None }
    }
}

/// Clean HTML without its first paragraph when that is all bold: the page has it as a heading.
fn shown(html: &str) -> Markup {
    let rest = html
        .strip_prefix("<p><strong>")
        .and_then(|rest| rest.split_once("</p>"))
        .filter(|(first, _)| {
            first.find("</strong>").is_some_and(|end| end + "</strong>".len() == first.len())
        })
        .map(|(_, rest)| rest)
        .filter(|rest| !rest.trim().is_empty());
    markup::clean(rest.unwrap_or(html))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bold_first_line_is_not_said_twice() {
        assert_eq!(shown("<p><strong>Titre</strong></p><p>Texte</p>").as_str(), "<p>Texte</p>");
        assert_eq!(
            shown("<p><strong>Un</strong> mot</p><p>b</p>").as_str(),
            "<p><strong>Un</strong> mot</p><p>b</p>"
        );
        assert_eq!(shown("<p><strong>Seul</strong></p>").as_str(), "<p><strong>Seul</strong></p>");
    }
}
