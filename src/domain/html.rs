//! HTML: written from what people type, cleaned of what strangers wrote, read back as plain text. Records
//! are kept as signed and cleaned where they are shown; replies are cleaned when they come in, too
//! (register.md rule 15, threats C1 to C6).

mod simple;

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// What may stand in the HTML we write (wire.md §1.3, the row of Mastodon).
static WRITER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder.tags(
        ["p", "br", "a", "strong", "em", "ul", "ol", "li", "h2", "h3", "blockquote", "code", "pre"].into(),
    );
    builder.link_rel(Some("nofollow noopener"));
    builder.url_schemes(["http", "https", "mailto"].into());
    builder
});

/// What may stand in a text shown or indexed without any markup.
static STRIPPER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder.clean_content_tags(["script", "style", "template"].into());
    builder
});

/// What may stand in the HTML of others. Nothing in it can be made invisible: a link shows where it leads
/// as far as its words say so (C6).
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
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
        ]))
        .clean_content_tags(HashSet::from([
            "script", "style", "iframe", "object", "noscript", "template", "xmp", "math", "svg", "title",
            "textarea", "noembed", "noframes",
        ]))
        .generic_attributes(HashSet::new())
        .add_tag_attributes("a", ["href"])
        .add_allowed_classes("a", ["mention", "hashtag"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener ugc"))
        .strip_comments(true);
    builder
});

/// Cleans HTML that somebody else wrote: the listed elements and links to http, https and mailto stay,
/// everything else goes. Cleaning twice gives what cleaning once gave.
#[must_use]
pub fn clean(html: &str) -> String {
    if is_tangled(html) { bare(html) } else { CLEANER.clean(html).to_string() }
}

/// Deepest nesting that is read, most attributes of one tag, most entities.
const MOST: usize = 200;
const MOST_ENTITIES: usize = 5_000;
/// Elements without an end.
const VOID: [&str; 5] = ["br", "hr", "img", "input", "wbr"];

/// Whether HTML is made to keep its reader busy: a parser takes the square or the cube of its length for
/// elements that are never closed, for heaps of attributes and of entities (threats D17). Nobody writes like
/// that; what is so is read as its bare words.
fn is_tangled(html: &str) -> bool {
    if html.bytes().filter(|byte| *byte == b'&').count() > MOST_ENTITIES {
        return true;
    }
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0_usize;
    for tag in html.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default()) {
        let letters = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(16);
        let name = letters.collect::<String>().to_ascii_lowercase();
        if name.is_empty() || VOID.contains(&name.as_str()) {
            continue;
        }
        let same = open.entry(name).or_default();
        if !tag.starts_with('/') {
            (*same, depth) = (*same + 1, depth + 1);
        } else if *same > 0 {
            (*same, depth) = (*same - 1, depth - 1);
        }
        let attributes = tag.bytes().filter(|byte| byte.is_ascii_whitespace() || *byte == b'/').count();
        if depth > MOST || attributes > MOST {
            return true;
        }
    }
    false
}

/// The bare words of tangled HTML: what stands outside of tags, without any character that means something.
fn bare(html: &str) -> String {
    let mut parts = html.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    let words = parts.fold(first, |words, part| words + part.split_once('>').map_or("", |(_, after)| after));
    words.replace(['&', '>'], "").replace(['\u{a0}', '\r', '\0'], " ")
}

/// HTML from Markdown (CommonMark): paragraphs, lists, emphasis, links. Raw HTML in it is cleaned.
#[must_use]
pub fn from_markdown(text: &str) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(text));
    WRITER.clean(html.trim()).to_string().replace(">\n<", "><").trim_end().to_owned()
}

/// The five characters that mean something in HTML, written as entities.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text without markup, blocks separated by line breaks, entities resolved.
#[must_use]
pub fn plain(html: &str) -> String {
    simple::text(html).map_or_else(|| parsed(html), |text| text.trim().to_owned())
}

/// The same of what is left of HTML once it is cleaned.
#[must_use]
pub fn plain_cleaned(html: &str) -> String {
    simple::text(html).map_or_else(|| parsed(&clean(html)), |text| text.trim().to_owned())
}

/// The same of any HTML, as a parser reads it.
fn parsed(html: &str) -> String {
    let broken = ["</p>", "</li>", "</h2>", "</h3>", "<br>", "<br/>", "<br />", "</blockquote>"]
        .iter()
        .fold(html.to_owned(), |text, tag| text.replace(tag, &format!("{tag}\n")));
    let stripped = if is_tangled(html) { bare(html) } else { STRIPPER.clean(&broken).to_string() };
    let text = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(stripped, |text, (entity, character)| text.replace(entity, character));
    text.trim().to_owned()
}

/// The first line of a text, at most 200 characters: how a record without title is called.
#[must_use]
pub fn first_line(html: &str) -> String {
    let text = plain(html);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_clean_html_c14() {
        assert_eq!(
            from_markdown("Un *mot*.\n\n- a\n- b"),
            "<p>Un <em>mot</em>.</p><ul><li>a</li><li>b</li></ul>"
        );
        let hostile = from_markdown("<script>x()</script>\n\n[a](javascript:x)");
        assert!(!hostile.contains("<script") && !hostile.contains("href=\"javascript"), "{hostile}");
    }

    #[test]
    fn plain_text_has_no_markup_and_real_characters() {
        assert_eq!(plain("<p><strong>L&#39;eau &amp; l'air</strong></p><p>b</p>"), "L'eau & l'air\nb");
        assert_eq!(first_line("<p> </p><p>Titre</p>"), "Titre");
        let left =
            "<p>Un&nbsp;<a href=\"https://a.example/?a=1&amp;b\">lien</a></p><ul><li>&lt;b&gt;</li></ul>";
        assert_eq!(simple::text(left).as_deref(), Some("Un\u{a0}lien\n<b>\n"));
        for other in
            ["<p>a<p>b</p>", "<p>a", "a < b", "<p>&eacute;</p>", "<p><ul></ul></p>", "<p a=\">\">x</p>"]
        {
            assert_eq!(simple::text(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(512))]

        /// What is read without a parser is what the parser reads, cleaned or not.
        #[test]
        fn words_are_the_same_with_and_without_a_parser(html in html()) {
            if let Some(text) = simple::text(&html) {
                proptest::prop_assert_eq!(text.trim(), parsed(&html));
                proptest::prop_assert_eq!(text.trim(), parsed(&clean(&html)));
            }
        }
    }

    /// HTML of elements in each other, now and then with something that does not belong.
    fn html() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        let words = prop_oneof![
            8 => "[a-z é'\u{a0}\n]{0,6}",
            2 => prop::sample::select(vec!["&amp;", "&lt;b&gt;", "&quot;", "&nbsp;", "&amp;lt;", "&#39;"]).prop_map(str::to_owned),
            1 => prop::sample::select(vec!["&eacute;", "&", "<", "</p>", "<p>", "<br/>", "<br>", "<br />", ">", "\""]).prop_map(str::to_owned),
        ];
        let names = ["p", "h2", "h3", "blockquote", "ul", "ol", "li", "a", "strong", "em", "b", "i", "code"];
        let attributes = prop::sample::select(vec![
            "",
            "",
            "",
            " href=\"https://a.example/x?y=1&amp;z=2\" class=\"mention\"",
            " title=\"a>b\"",
        ]);
        words.prop_recursive(5, 40, 4, move |inner| {
            (prop::sample::select(names.to_vec()), attributes.clone(), prop::collection::vec(inner, 0..4))
                .prop_map(|(name, attributes, inner)| {
                    format!("<{name}{attributes}>{}</{name}>", inner.concat())
                })
        })
    }
}
