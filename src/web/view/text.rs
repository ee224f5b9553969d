//! The words of a record for one reader: the author's translation into the reader's language when there
//! is one, always with the original beside it, and a warning when a machine made it (requirement 4.11).

use crate::{
    domain::{self, Record, phrases::Phrases, record::Envelope},
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
    /// What its author notes at the end about how authentic it is.
    pub note: Option<Markup>,
    /// A machine translated it.
    pub machine: bool,
    /// The author's own words, when `html` is a translation: language and HTML.
    pub original: Option<(String, Markup)>,
}

impl Text {
    /// The content of a record, without what its page says around it: the bold title, the mark of a
    /// synthetic text, the link to the page itself; facts that its page draws.
    #[must_use]
    pub fn of(record: &Record, reader: Lang) -> Self {
        let envelope = &record.envelope;
        let page = envelope.url.as_ref().map_or("", |url| url.as_str());
        let own_lang = record.lang();
        let shown = |html: &str, lang: &domain::Lang| {
            let facts = domain::facts::listed(&record.said, &Phrases::of(lang));
            // A page that draws something does not list it too.
            let drawn = match domain::heard::passages_of(&record.said) {
                Some(passages) => passages,
                None if super::life::is_drawn(&record.said) => facts,
                None => String::new(),
            };
            Shown::of(
                &if drawn.is_empty() { html.to_owned() } else { html.replacen(&drawn, "", 1) },
                page,
                lang,
            )
        };
        let own = shown(envelope.content.as_str(), &own_lang);
        let translated = envelope
            .content_map
            .iter()
            .find(|(tag, _)| Lang::of(tag) == Some(reader) && Lang::of(own_lang.as_str()) != Some(reader))
            .and_then(|(tag, text)| Some((domain::Lang::parse(tag).ok()?, text.as_str()?)));
        match translated {
            Some((tag, text)) => {
                let shown = shown(text, &tag);
                Self {
                    machine: envelope.machine_translated.contains(&tag),
                    lang: tag.to_string(),
                    html: shown.html,
                    note: shown.note,
                    original: Some((own_lang.to_string(), own.html)).filter(|(_, html)| !html.is_empty()),
                }
            }
            None => Self {
                lang: own_lang.to_string(),
                html: own.html,
                note: own.note,
                machine: false,
                original: None,
            },
        }
    }
}

/// The words of a record in its own language, on one line, without what every record has around them.
#[must_use]
pub fn plain(envelope: &Envelope) -> String {
    let url = envelope.url.as_ref().map_or("", |url| url.as_str());
    let (words, _) = domain::compose::words_of(envelope.content.as_str(), url, &envelope.lang());
    let text = domain::html::plain_cleaned(words);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of a content that a page shows.
struct Shown {
    html: Markup,
    note: Option<Markup>,
}

impl Shown {
    fn of(html: &str, page: &str, lang: &domain::Lang) -> Self {
        let (words, note) = domain::compose::words_of(html, page, lang);
        Self { html: markup::clean(words), note: note.map(markup::clean) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Shown {
        Shown::of(html, "https://rennes.example/avis/1", &domain::Lang::french())
    }

    #[test]
    fn what_the_page_says_around_a_text_is_not_said_twice() {
        let link = "<p><a href=\"https://rennes.example/avis/1\">Lire sur le site de la ville</a></p>";
        assert_eq!(
            shown(&format!("<p><strong>Titre</strong></p><p>Texte</p>{link}")).html.as_str(),
            "<p>Texte</p>"
        );
        let synthetic = format!("<p><em>{}</em></p>", Phrases::of(&domain::Lang::french()).synthetic());
        assert_eq!(shown(&format!("<p>Texte</p>{synthetic}{link}")).html.as_str(), "<p>Texte</p>");
        assert_eq!(shown("<p><strong>Un</strong> mot</p>").html.as_str(), "<p><strong>Un</strong> mot</p>");
        let elsewhere = "<p><a href=\"https://evil.example\">Lire</a></p>";
        assert!(
            shown(elsewhere).html.as_str().contains("evil.example"),
            "only the link to the page itself goes"
        );
    }

    #[test]
    fn an_authors_note_stays_and_is_known_as_one() {
        let noted = shown("<p>Texte</p><p><em>Dates authentiques.</em></p>");
        assert_eq!(noted.html.as_str(), "<p>Texte</p><p><em>Dates authentiques.</em></p>");
        assert_eq!(noted.note.unwrap().as_str(), "Dates authentiques.");
    }
}
