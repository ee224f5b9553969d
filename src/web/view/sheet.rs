//! A record as shown: a card in a list, or a sheet with its words, its proof and its history.

use std::collections::HashSet;

use super::{People, Text, Who};
use crate::{
    App,
    actions::conventions,
    domain::{
        CivilDate, Iri, Record, Version,
        codes::{Licence, Theme},
        links,
        record::Envelope,
        said::Said,
    },
    storage::records::Row,
    web::{layout::Page, markup, markup::Markup},
};

/// A record in a list.
#[derive(Clone, Debug)]
pub struct Card {
    /// Path of its page here.
    pub href: String,
    /// What it is, in the reader's language.
    pub kind: String,
    /// What it is called, in its own language.
    pub title: String,
    /// Language of the title.
    pub lang: String,
    /// Its author.
    pub who: Who,
    /// The day it tells of, when its author says one: adopted, asked, decided, handed over.
    pub on: Option<Markup>,
    /// When it was published here.
    pub published: Markup,
    /// Where it comes from, when not from here.
    pub origin: Option<String>,
    /// Nobody published it but the sample.
    pub synthetic: bool,
    /// It was withdrawn.
    pub withdrawn: bool,
    /// Where its author speaks now, where a list says so.
    pub moved: Option<Who>,
}

/// A record with its words.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What a list shows of it.
    pub card: Card,
    /// Id.
    pub uri: String,
    /// Official number.
    pub reference: Option<String>,
    /// Its words.
    pub text: Text,
    /// When its text last changed.
    pub updated: Option<Markup>,
    /// Current version.
    pub version: i64,
    /// Hash of the current version.
    pub hash: String,
    /// Its address at its author's server.
    pub at_origin: Option<String>,
    /// `valid` or `absent`.
    pub proof: String,
    /// Name of its licence and address of the terms.
    pub licence: Option<(String, Option<String>)>,
    /// Its themes: label and path of the page.
    pub themes: Vec<(String, String)>,
    /// Its sources and files: name and address.
    pub links: Vec<(String, String)>,
    /// The checked document; none once withdrawn.
    pub record: Option<Record>,
    /// Whether its text was erased.
    pub erased: bool,
    /// Why it was withdrawn: label and words.
    pub reason: Option<(String, Markup)>,
}

impl Card {
    /// A row of a list.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, row: &Row) -> Self {
        Self {
            href: href(app, row),
            kind: kind_label(page, &row.kind),
            title: markup::name(&row.title),
            lang: row.lang.clone(),
            who: people.who(&row.author),
            on: historical(row).map(|date| page.civil(&date)),
            published: page.day(&row.published),
            origin: (!row.ours).then(|| row.origin.clone()),
            synthetic: row.synthetic,
            withdrawn: row.withdrawn,
            moved: None,
        }
    }

    /// A list of rows.
    #[must_use]
    pub fn list<'a>(
        app: &App,
        page: &Page,
        people: &People,
        rows: impl IntoIterator<Item = &'a Row>,
    ) -> Vec<Self> {
        rows.into_iter().map(|row| Self::of(app, page, people, row)).collect()
    }
}

impl Sheet {
    /// A record with its words, in the reader's language when its author wrote it in that too.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, row: &Row) -> Self {
        let mut erased = false;
        let (record, reason) = match Version::parse(&row.document) {
            Ok(Version::Record(record)) => (Some(*record), None),
            Ok(Version::Tombstone(end)) => {
                let label = crate::domain::Code::label(&end.reason, page.lang.code()).to_owned();
                erased = end.erased;
                (None, Some((label, markup::clean(end.content.as_str()))))
            }
            Ok(Version::Actor(_)) | Err(_) => (None, None),
        };
        let envelope = record.as_ref().map(|record| &record.envelope);
        Self {
            card: Card::of(app, page, people, row),
            uri: row.uri.clone(),
            reference: row.reference.as_deref().map(markup::name),
            text: record.as_ref().map(|record| Text::of(record, page.lang)).unwrap_or_default(),
            updated: row.updated.as_deref().map(|at| page.day(at)),
            version: row.version,
            hash: row.hash.clone(),
            at_origin: envelope.and_then(|e| e.url.as_ref()).filter(|_| !row.ours).map(ToString::to_string),
            proof: row.proof.clone(),
            licence: envelope.and_then(|e| e.licence.as_deref()).map(|code| licence(code, page)),
            themes: record.as_ref().map(|record| themes(record, page)).unwrap_or_default(),
            links: envelope.map(links_of).unwrap_or_default(),
            record,
            erased,
            reason,
        }
    }

    /// Key of the sentence that explains the state of its proof.
    #[must_use]
    pub fn proof_text(&self) -> &'static str {
        if self.proof == "valid" { "proof-valid-long" } else { "proof-absent-long" }
    }

    /// Label of the state of its proof.
    #[must_use]
    pub fn proof_label(&self, page: &Page) -> String {
        page.label("proof", &self.proof)
    }
}

/// Path of a record's page on this node: its own, or that of a received record.
#[must_use]
pub fn href(_app: &App, row: &Row) -> String {
    // A convention has its page on every node that knows it.
    if row.kind == "Convention" {
        return format!("/conventions/{}", conventions::address(row));
    }
    if !row.ours {
        return Iri::parse(&row.uri)
            .map_or_else(|_| "/recus".to_owned(), |id| format!("/recus/{}", id.key()));
    }
    match Said::folder(&row.kind) {
        Some(_) if row.kind == "Recommendation" => own_url(row).unwrap_or_else(|| "/avis".to_owned()),
        Some(folder) => format!("/{folder}/{}", row.slug),
        None => own_url(row).unwrap_or_else(|| "/".to_owned()),
    }
}

/// The path of the `url` a record of ours gives for itself: a recommendation's leads into its avis.
fn own_url(row: &Row) -> Option<String> {
    // What was said under another domain has its page here all the same.
    let url = Iri::parse(&row.url()?).ok()?;
    let path = &url.as_str()[url.origin().len()..];
    path.starts_with('/').then(|| path.to_owned())
}

/// The day a record tells of (register.md rule 3: `published` is never a historical date).
fn historical(row: &Row) -> Option<CivilDate> {
    let document: serde_json::Value = serde_json::from_str(&row.document).ok()?;
    ["adoptedOn", "askedOn", "decidedOn", "asOf", "deliveredOn"]
        .iter()
        .find_map(|term| CivilDate::parse(document.get(format!("parvis:{term}"))?.as_str()?).ok())
}

/// What a kind is called; one we do not know keeps its own name.
fn kind_label(page: &Page, kind: &str) -> String {
    page.label("kind", kind)
}

fn licence(code: &str, page: &Page) -> (String, Option<String>) {
    let licence = Licence::received(code);
    (licence.label(page.lang.code()).to_owned(), licence.url().map(ToOwned::to_owned))
}

/// The links and files a record names, but for the link to its own page.
fn links_of(envelope: &Envelope) -> Vec<(String, String)> {
    let own = envelope.url.as_ref().map_or("", |url| url.as_str());
    let shown = envelope.attachment.iter().filter_map(|one| {
        let address = one["href"].as_str().or_else(|| one["url"].as_str())?;
        let web = address.starts_with("https://") || address.starts_with("http://");
        let name = markup::name(one["name"].as_str().unwrap_or(address));
        (web && address != own).then(|| (name, address.to_owned()))
    });
    shown.collect()
}

/// The themes of a record, each once: label and path of its page.
fn themes(record: &Record, page: &Page) -> Vec<(String, String)> {
    let mut seen = HashSet::new();
    let slugs = links::themes(record).into_iter().filter(|slug| seen.insert(slug.clone()));
    slugs
        .filter_map(|slug| {
            let theme = Theme::parse(&slug).ok()?;
            Some((theme.label(page.lang.code()), format!("/themes/{slug}")))
        })
        .collect()
}
