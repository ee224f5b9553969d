//! HTML of records: written from what people type, read back as plain text. Cleaning what strangers
//! wrote is the business of whoever shows it (register.md rule 15).

use std::sync::LazyLock;

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
    builder.clean_content_tags(["script", "style"].into());
    builder
});

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
    let broken = ["</p>", "</li>", "</h2>", "</h3>", "<br>", "<br/>", "<br />", "</blockquote>"]
        .iter()
        .fold(html.to_owned(), |text, tag| text.replace(tag, &format!("{tag}\n")));
    let stripped = STRIPPER.clean(&broken).to_string();
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
    }
}
