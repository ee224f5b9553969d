//! Writes a record from what its author says: the text people see, whom it is addressed to, tags and
//! stubs, as register.md rules 3, 9, 21 and 22 have it. Not signed here.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    Hash, Html, Instant, Iri, Lang, Problem, Record, Title, Words,
    activity::PUBLIC,
    canonical::Document,
    facts, heard, html,
    phrases::{About, Phrases},
    record::{Claim, Envelope, Language, Source},
    said::Said,
};

/// What an author says, before it is a record.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Id, minted once.
    pub id: Iri,
    /// Page.
    pub url: Iri,
    /// Author.
    pub author: Iri,
    /// Its name, as the text says it.
    pub author_name: String,
    /// The kind's own fields.
    pub said: Said,
    /// Title, plain text.
    pub title: Option<Words>,
    /// Title of what it is about, for a kind that has none of its own.
    pub about: Option<Words>,
    /// At most 100 words, Markdown.
    pub summary: Option<Words>,
    /// The text, Markdown.
    pub text: Words,
    /// Of an avis: titles of its recommendations, in order.
    pub recommendations: Vec<Words>,
    /// Numbers of the recommendations it is about.
    pub numbers: Vec<u32>,
    /// Of a relay: the name of whom it goes to.
    pub toward: Option<String>,
    /// Official number.
    pub reference: Option<String>,
    /// What it answers.
    pub in_reply_to: Option<Iri>,
    /// The thread.
    pub context: Iri,
    /// The thread's Group.
    pub group: Option<Iri>,
    /// Actors it names: id and `@user@host`.
    pub mentions: Vec<(Iri, String)>,
    /// Themes: hashtag, page.
    pub themes: Vec<(String, Iri)>,
    /// Where facts come from: shown as links.
    pub sources: Vec<Source>,
    /// Files: name, address, media type.
    pub files: Vec<(String, Iri, String)>,
    /// Sourced values.
    pub claims: Vec<Claim>,
    /// Licence code.
    pub licence: Option<String>,
    /// What in it is authentic and what is not, in place of the usual mark.
    pub note: Option<Words>,
    /// Published by nobody.
    pub synthetic: bool,
}

/// Writes version 1 of a record.
///
/// # Errors
/// The fields that break a rule.
pub fn compose(draft: Draft, published: Instant) -> Result<Record, Vec<Problem>> {
    let lang = draft.text.in_languages.first().map_or_else(Lang::french, |(lang, _)| lang.clone());
    let mut content_map = Document::new();
    for (lang, _) in &draft.text.in_languages {
        content_map.insert(lang.to_string(), content(&draft, lang).into());
    }
    let original = content(&draft, &lang);
    content_map.entry(lang.to_string()).or_insert_with(|| original.clone().into());
    let problem = |problem: Problem| vec![problem];
    let title = draft.title.as_ref().map(|title| Title::parse(title.original())).transpose();
    let summary = draft.summary.as_ref().map(|summary| Html::parse(&html::from_markdown(summary.original())));
    let (to, cc) = addressed(&draft);
    let is_verbatim = matches!(draft.said, Said::Verbatim(_));
    let envelope = Envelope {
        replies: Some(replies(&draft)),
        tag: tags(&draft),
        attachment: attachments(&draft, &lang),
        id: draft.id,
        object_type: if matches!(draft.said, Said::Meeting(_)) { "Event" } else { "Note" }.to_owned(),
        author: draft.author,
        to,
        cc,
        audience: draft.group.filter(|_| !is_verbatim),
        in_reply_to: draft.in_reply_to,
        conversation: Some(draft.context.clone()),
        context: Some(draft.context),
        url: Some(draft.url),
        published,
        updated: None,
        content: Html::parse(&original).map_err(problem)?,
        content_map,
        media_type: Some("text/html".to_owned()),
        language: Some(Language { name: own_name(&lang).to_owned(), identifier: lang }),
        sensitive: false,
        reference: draft.reference,
        title: title.map_err(|p| problem(p.within("parvis:title")))?,
        summary: summary.transpose().map_err(|p| problem(p.within("parvis:summary")))?,
        machine_translated: draft.text.machine_translated,
        synthetic: draft.synthetic,
        licence: draft.licence,
        claims: draft.claims,
        version: 1,
        previous: None,
    };
    let record = Record { envelope, said: draft.said, extra: Document::new() };
    let broken = super::rules::broken(&record);
    if broken.is_empty() { Ok(record) } else { Err(broken) }
}

/// The version after `before` that says what `record` says; none when that is what it says already.
/// Only the author's own words make a version (rule 3).
#[must_use]
pub fn next_version(before: &Record, hash_before: &Hash, mut record: Record, at: Instant) -> Option<Record> {
    let last = before.envelope.updated.unwrap_or(before.envelope.published);
    redact(before, &mut record);
    let envelope = &mut record.envelope;
    envelope.published = before.envelope.published;
    envelope.version = before.envelope.version;
    envelope.previous.clone_from(&before.envelope.previous);
    envelope.updated = before.envelope.updated;
    let mut plain = before.clone();
    plain.extra.remove("proof");
    if record == plain {
        return None;
    }
    let envelope = &mut record.envelope;
    envelope.version += 1;
    envelope.previous = Some(hash_before.clone());
    envelope.updated = Some(if at > last { at } else { last.plus_seconds(1) });
    Some(record)
}

/// Of a verbatim the text people see stays what it was, but for what was redacted: what stands around the words
/// is not written anew, or a change of name, or of our own phrases, would stand in the way of a redaction.
fn redact(before: &Record, record: &mut Record) {
    let (Said::Verbatim(old), Said::Verbatim(new)) = (&before.said, &record.said) else { return };
    let (old, new) = (heard::quoted(old), heard::quoted(new));
    let redacted = |text: &str| text.contains(&old).then(|| text.replacen(&old, &new, 1));
    if let Some(content) = redacted(before.envelope.content.as_str()).and_then(|text| Html::parse(&text).ok())
    {
        record.envelope.content = content;
        record.envelope.content_map.clone_from(&before.envelope.content_map);
        for text in record.envelope.content_map.values_mut() {
            if let Some(redacted) = text.as_str().and_then(redacted) {
                *text = redacted.into();
            }
        }
    }
}

/// The text people see: title in bold, then the words, for an avis the recommendations in short, the link.
fn content(draft: &Draft, lang: &Lang) -> String {
    let phrases = Phrases::of(lang);
    let in_lang = |words: &Words| words.in_language(lang).unwrap_or_else(|| words.original()).to_owned();
    let title = draft.title.as_ref().or(draft.about.as_ref()).map(in_lang).unwrap_or_default();
    let toward = draft.toward.as_deref().unwrap_or_default();
    let about = About { author_name: &draft.author_name, title: &title, numbers: &draft.numbers, toward };
    // An Event has its title in `name` (rule 21).
    let mut text = match &draft.said {
        Said::Meeting(_) => String::new(),
        said => format!("<p><strong>{}</strong></p>", html::escape(&phrases.heading(said, &about))),
    };
    if let Some(summary) = &draft.summary {
        text.push_str(&html::from_markdown(&in_lang(summary)));
    }
    let words = in_lang(&draft.text);
    if !matches!(draft.said, Said::Avis(_)) && !words.is_empty() {
        text.push_str(&html::from_markdown(&words));
    }
    match &draft.said {
        Said::Verbatim(said) => text.push_str(&heard::quoted(said)),
        Said::Summary(said) => text.push_str(&heard::passages(said)),
        _ => {}
    }
    text.push_str(&facts::listed(&draft.said, &phrases));
    let page = html::escape(draft.url.as_str());
    if !draft.recommendations.is_empty() {
        let _ = write!(text, "<h2>{}</h2><ol>", phrases.recommendations());
        for (at, recommendation) in draft.recommendations.iter().enumerate() {
            let title = html::escape(&in_lang(recommendation));
            let _ = write!(text, "<li><a href=\"{page}#r{}\">{title}</a></li>", at + 1);
        }
        text.push_str("</ol>");
    }
    if let Some(note) = &draft.note {
        let _ = write!(text, "<p><em>{}</em></p>", html::escape(&in_lang(note)));
    } else if draft.synthetic {
        let _ = write!(text, "<p><em>{}</em></p>", phrases.synthetic());
    }
    let _ = write!(text, "<p><a href=\"{page}\">{}</a></p>", phrases.read_on());
    text
}

/// The words of a text composed so, without what stands around them: the bold title, the mark of a synthetic text,
/// the link to `page`, its own. Beside them what its author notes about how authentic it is.
#[must_use]
pub fn words_of<'a>(html: &'a str, page: &str, lang: &Lang) -> (&'a str, Option<&'a str>) {
    let mut rest = html.trim();
    if let Some((first, after)) = rest.strip_prefix("<p><strong>").and_then(|rest| rest.split_once("</p>"))
        && first.find("</strong>").is_some_and(|end| end + "</strong>".len() == first.len())
    {
        rest = after;
    }
    if let Some((before, last)) = last_paragraph(rest)
        && !page.is_empty()
        && last
            .strip_prefix(&format!("<a href=\"{}\">", html::escape(page)))
            .is_some_and(|link| link.find("</a>") == link.len().checked_sub(4))
    {
        rest = before;
    }
    let mut note = None;
    if let Some((before, last)) = last_paragraph(rest)
        && let Some(words) = last.strip_prefix("<em>").and_then(|words| words.strip_suffix("</em>"))
    {
        if words == Phrases::of(lang).synthetic() {
            rest = before;
        } else {
            note = Some(words);
        }
    }
    (rest, note)
}

/// A text before its last paragraph, and the inside of that.
fn last_paragraph(html: &str) -> Option<(&str, &str)> {
    let (before, last) = html.strip_suffix("</p>")?.rsplit_once("<p>")?;
    Some((before, last))
}

/// `to` and `cc` (wire.md §2.3). A recommendation is unlisted: to its addressee, in the open, not to
/// every follower.
fn addressed(draft: &Draft) -> (Vec<Iri>, Vec<Iri>) {
    let public = Iri::parse(PUBLIC).expect("a constant");
    let group = draft.group.iter().cloned();
    if let Said::Recommendation(said) = &draft.said {
        return (vec![said.addressee.clone()], std::iter::once(public).chain(group).collect());
    }
    // A meeting where a hundred people spoke does not post a hundred times.
    if let Said::Verbatim(_) = &draft.said {
        return (Vec::new(), vec![public]);
    }
    // Nobody twice: the Group is named last, once (Lemmy takes the one Group there).
    let apart = |iri: &Iri| *iri != draft.author && Some(iri) != draft.group.as_ref();
    let named = draft.mentions.iter().map(|(iri, _)| iri.clone()).filter(apart);
    (vec![public], std::iter::once(draft.author.join("/followers")).chain(named).chain(group).collect())
}

/// Themes, mentions, and the link of an avis to its question (FEP-e232).
fn tags(draft: &Draft) -> Vec<Value> {
    let hashtags =
        draft.themes.iter().map(|(name, page)| json!({"type": "Hashtag", "name": name, "href": page}));
    let mentions = draft
        .mentions
        .iter()
        .map(|(actor, handle)| json!({"type": "Mention", "href": actor, "name": handle}));
    let mut tags: Vec<Value> = hashtags.chain(mentions).collect();
    if let Said::Avis(avis) = &draft.said
        && let Some(question) = &avis.question
    {
        tags.push(json!({
            "type": "Link",
            "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "href": question,
            "name": "Question",
            "rel": "https://w3id.org/parvis/v1#saisine"
        }));
    }
    tags
}

/// The page of an avis, files, and the sources of facts, all as links: a file among them would kill the
/// link card of other servers (wire.md §1.3).
fn attachments(draft: &Draft, lang: &Lang) -> Vec<Value> {
    let mut links = Vec::new();
    if matches!(draft.said, Said::Avis(_)) {
        let name = Phrases::of(lang).read_on();
        links.push(json!({"type": "Link", "mediaType": "text/html", "href": draft.url, "name": name}));
    }
    for (name, href, media_type) in &draft.files {
        links.push(json!({"type": "Link", "mediaType": media_type, "href": href, "name": name}));
    }
    for source in &draft.sources {
        if let Some(url) = source.url.as_deref().filter(|url| Iri::parse(url).is_ok()) {
            links.push(json!({"type": "Link", "mediaType": "text/html", "href": url, "name": source.name}));
        }
    }
    links
}

/// The constant stub, so that threads load and signed bytes never change; a plain URL on an avis, or its
/// recommendations would fall into timelines (rule 21).
fn replies(draft: &Draft) -> Value {
    let id = draft.id.join("/replies");
    if matches!(draft.said, Said::Avis(_)) {
        return json!(id);
    }
    json!({
        "id": id,
        "type": "Collection",
        "first": {"type": "CollectionPage", "partOf": id, "next": id.join("?page=1")}
    })
}

/// What a language calls itself.
fn own_name(lang: &Lang) -> &str {
    match lang.as_str() {
        "fr" => "Français",
        "en" => "English",
        "br" => "Brezhoneg",
        "oc" => "Occitan",
        other => other,
    }
}
