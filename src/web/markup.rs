//! HTML that may be shown: the only type the templates write without escaping, and the only ways to make
//! one (threats C1–C7, C14). Records are stored as signed; they are cleaned here, where they are displayed.

use std::fmt;

use crate::domain::{html, one_line};

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

    /// The same with the host of every link behind it, where its words do not say it: what a citizen wrote
    /// leads nowhere unseen (threats C6). Clean HTML has its links in this one form.
    #[must_use]
    pub fn with_hosts(&self) -> Self {
        let mut parts = self.0.split("<a ");
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (link, after) = part.split_once("</a>").unwrap_or((part, ""));
            let (tag, words) = link.split_once('>').unwrap_or((link, ""));
            let target = tag.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
            let url = target.and_then(|target| url::Url::parse(&unescape(target)).ok());
            shown.extend(["<a ", link, "</a>"]);
            if let Some(host) =
                url.and_then(|url| url.host_str().map(escape)).filter(|host| !says(words, host))
            {
                shown.extend([" <span class=\"host\">(", &host, ")</span>"]);
            }
            shown.push_str(after);
        }
        Self(shown)
    }

    /// The same as XML has it: an EPUB is read by a stricter parser. Clean HTML has one element without an end,
    /// and one entity that XML does not know.
    #[must_use]
    pub fn as_xml(&self) -> Self {
        Self(self.0.replace("<br>", "<br/>").replace("&nbsp;", "&#160;"))
    }

    /// A fragment of a page: the template escapes what it is given. One that cannot be written is left out.
    #[must_use]
    pub fn rendered(template: &impl askama::Template) -> Self {
        Self(template.render().unwrap_or_default())
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

/// Cleans HTML that somebody else wrote: the listed elements and links to http, https and mailto stay,
/// everything else goes. Cleaning twice gives what cleaning once gave.
#[must_use]
pub fn clean(html: &str) -> Markup {
    Markup(html::clean(html))
}

/// Whether the words of a link name a host, and name it as the host.
fn says(words: &str, host: &str) -> bool {
    let words = plain(words, 500);
    let words = words.strip_prefix("https://").or_else(|| words.strip_prefix("http://")).unwrap_or(&words);
    words.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// The words of some HTML, without tags, on one line, at most `limit` characters (then `…`).
#[must_use]
pub fn plain(html: &str, limit: usize) -> String {
    let text = html::plain(html);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        None => line,
        Some((end, _)) => {
            let cut = line[..end].rsplit_once(' ').map_or(&line[..end], |(kept, _)| kept);
            format!("{cut}…")
        }
    }
}

/// A name as it may be shown beside others (threats C7).
#[must_use]
pub fn name(given: &str) -> String {
    one_line(given, 200)
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
    fn c5_c6_classes_are_those_of_the_fediverse_and_hide_nothing() {
        assert_eq!(
            clean("<span class=\"invisible badge\">x</span><a class=\"mention u-url\" href=\"https://a.example\">a</a>").as_str(),
            "x<a class=\"mention\" href=\"https://a.example\" rel=\"nofollow noopener ugc\">a</a>"
        );
    }

    #[test]
    fn c6_a_link_shows_where_it_leads() {
        let shown = |html: &str| clean(html).with_hosts().to_string();
        let host = " <span class=\"host\">(evil.example)</span>";
        for honest in ["https://evil.example", "evil.example/x", "<b>https://evil.example/x</b>"] {
            assert!(
                !shown(&format!("<a href='https://evil.example/x'>{honest}</a>")).contains("host"),
                "{honest}"
            );
        }
        for lying in [
            "rennes.fr",
            "https://rennes.fr",
            "https://rennes.fr/evil.example",
            "evil.example.rennes.fr",
            "https://evil.example@rennes.fr",
            "",
            "<em>ici</em>",
        ] {
            let html = format!(
                "<p><a class=mention href='https://evil.example/\"x'>{lying}</a> b <a href='mailto:a@b.example'>m</a></p>"
            );
            assert!(shown(&html).contains(&format!("</a>{host} b <a")), "{}", shown(&html));
        }
        assert_eq!(shown("<p>rien</p>"), "<p>rien</p>");
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
