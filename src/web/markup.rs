//! HTML that may be shown: the only type the templates write without escaping, and the only ways to make
//! one (threats C1–C7, C14). Records are stored as signed; they are cleaned here, where they are displayed.

use std::{collections::HashSet, fmt, sync::LazyLock};

use ammonia::Builder;
use unicode_normalization::UnicodeNormalization;

/// Safe HTML: cleaned text of a record, or a fragment made here of escaped parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl askama::filters::HtmlSafe for Markup {}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Markup {
    /// Whether nothing would be seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The text of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Escaped text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// `<time>` around escaped text; `ordinal` raises the `er` of « 1er ».
    #[must_use]
    pub fn time(datetime: &str, text: &str, ordinal: bool) -> Self {
        let text = escape(text);
        let text = if ordinal { text.replacen("1er ", "1<sup>er</sup> ", 1) } else { text };
        Self(format!("<time datetime=\"{}\">{text}</time>", escape(datetime)))
    }
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from([
            "p",
            "br",
            "a",
            "strong",
            "em",
            "b",
            "i",
            "ul",
            "ol",
            "li",
            "h2",
            "h3",
            "h4",
            "blockquote",
            "code",
            "pre",
            "span",
        ]))
        .clean_content_tags(HashSet::from([
            "script", "style", "iframe", "object", "noscript", "template", "xmp", "math", "svg", "title",
            "textarea", "noembed", "noframes",
        ]))
        .add_tag_attributes("a", ["href"])
        .add_allowed_classes("a", ["mention", "hashtag"])
        .add_allowed_classes("span", ["invisible"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener ugc"))
        .strip_comments(true);
    cleaner
});

/// Cleans HTML that somebody else wrote: the listed elements and links to http, https and mailto stay,
/// everything else goes. Cleaning twice gives what cleaning once gave.
#[must_use]
pub fn clean(html: &str) -> Markup {
    Markup(CLEANER.clean(html).to_string())
}

/// The words of some HTML, without tags, on one line, at most `limit` characters (then `…`).
#[must_use]
pub fn plain(html: &str, limit: usize) -> String {
    let spaced = html.replace("</p>", " </p>").replace("<br", " <br").replace("</li>", " </li>");
    let spaced = spaced.replace("</h2>", " </h2>").replace("</h3>", " </h3>");
    let text = ammonia::Builder::empty()
        .clean_content_tags(HashSet::from(["script", "style", "template"]))
        .clean(&spaced)
        .to_string();
    let text = unescape(&text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        None => line,
        Some((end, _)) => {
            let cut = line[..end].rsplit_once(' ').map_or(&line[..end], |(kept, _)| kept);
            format!("{cut}…")
        }
    }
}

/// A name as it may be shown beside others: NFC, without controls, direction overrides, invisible
/// characters or more than two combining marks in a row; at most 200 characters (threats C7).
#[must_use]
pub fn name(given: &str) -> String {
    let mut marks = 0_usize;
    let shown = given.nfc().filter(|char| {
        marks = if unicode_normalization::char::is_combining_mark(*char) { marks + 1 } else { 0 };
        let hidden = char.is_control()
            || matches!(*char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
        !hidden && marks <= 2
    });
    shown.take(200).collect::<String>().trim().to_owned()
}

/// The five characters of HTML, escaped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

/// The entities that the cleaner writes, as characters.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn c1_active_content_is_removed() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<iframe srcdoc='<script>1</script>'></iframe>",
            "<form action=/x><input></form>",
            "<meta http-equiv=refresh content='0;url=//evil'>",
            "<base href=//evil>",
            "<object data=x></object>",
            "<style>p{position:fixed}</style>",
            "<p onclick=alert(1) style='position:fixed' class='badge' id='main'>text</p>",
        ] {
            let cleaned = clean(attack).to_string();
            for part in
                ["script", "onerror", "onclick", "iframe", "form", "meta", "base", "style", "class", "id="]
            {
                assert!(!cleaned.contains(part), "{part} in {cleaned}");
            }
        }
    }

    #[test]
    fn c3_links_are_http_https_or_mailto() {
        for attack in [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "&#106;avascript:alert(1)",
            "vbscript:x",
            "data:text/html,x",
            "//evil.example",
            "\\\\evil",
            "/relative",
        ] {
            let cleaned = clean(&format!("<a href=\"{attack}\">lien</a>")).to_string();
            assert!(!cleaned.contains("href"), "{attack}: {cleaned}");
        }
        assert_eq!(
            clean("<a href=\"https://rennes.example/avis/1\" target=_blank>avis</a>").as_str(),
            "<a href=\"https://rennes.example/avis/1\" rel=\"nofollow noopener ugc\">avis</a>"
        );
    }

    #[test]
    fn c4_foreign_content_is_removed() {
        for attack in [
            "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)>",
            "<svg><animate onbegin=alert(1)></svg>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<template><script>1</script></template>",
            "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
        ] {
            let cleaned = clean(attack).to_string();
            assert!(
                !cleaned.contains("<img") && !cleaned.contains("<svg") && !cleaned.contains("<math"),
                "{cleaned}"
            );
        }
    }

    #[test]
    fn c5_classes_are_those_of_the_fediverse() {
        assert_eq!(
            clean("<span class=\"invisible badge\">x</span><a class=\"mention u-url\" href=\"https://a.example\">a</a>").as_str(),
            "<span class=\"invisible\">x</span><a class=\"mention\" href=\"https://a.example\" rel=\"nofollow noopener ugc\">a</a>"
        );
    }

    #[test]
    fn c7_names_hide_nothing() {
        assert_eq!(name("Mairie\u{202e}de\u{200b} Lyon\u{2066}"), "Mairiede Lyon");
        assert_eq!(name("e\u{301}"), "é");
        assert_eq!(name(&format!("a{}", "\u{334}".repeat(500))).chars().count(), 3);
        assert_eq!(name("a\u{0}b"), "ab");
    }

    #[test]
    fn plain_text_is_one_line_cut_at_a_word() {
        assert_eq!(
            plain("<p><strong>Titre</strong></p><p>Un &amp; deux<br>trois</p>", 99),
            "Titre Un & deux trois"
        );
        assert_eq!(plain("<p>un deux trois</p>", 9), "un deux…");
        assert_eq!(plain("<script>x</script>é", 9), "é");
    }

    proptest! {
        #[test]
        fn c16_cleaning_is_idempotent(html in "(<|>|/|&|;|\"|'|=| |a|p|br|href|script|style|svg|math|li|https:|#|!--|\\PC){0,60}") {
            let once = clean(&html);
            prop_assert_eq!(clean(once.as_str()), once);
        }
    }
}
