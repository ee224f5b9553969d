//! The typed edges a record draws to others: what the register can be walked by.

use serde::Deserialize;
use serde_json::Value;

use super::{Record, activity::ids, canonical::Document, context, record::one_or_many};

/// One edge: relation, target, position among those of its relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The term that names the target, in kebab case: `addressee`, `concerns`, `relay-to`; of the avis'
    /// list `recommendation`; of a hashtag `theme`.
    pub relation: String,
    /// The other end.
    pub target: String,
    /// From 0.
    pub position: usize,
}

/// The edges of a record: every term of its kind that takes identifiers, at any depth, then its themes. The
/// collection of its answers is a view, not an edge.
#[must_use]
pub fn links(record: &Record) -> Vec<Link> {
    let mut links = Vec::new();
    walk(&record.said.to_map(), &mut links);
    for (position, theme) in themes(record).into_iter().enumerate() {
        links.push(Link { relation: "theme".to_owned(), target: theme, position });
    }
    let mut seen = std::collections::HashSet::new();
    links.retain(|link| seen.insert((link.relation.clone(), link.target.clone())));
    links
}

/// The terms of a document that take identifiers, and those of the documents in it.
fn walk(document: &Document, links: &mut Vec<Link>) {
    for (term, value) in document {
        let name = term.strip_prefix("parvis:").filter(|name| context::is_id(name));
        let relation = match name {
            Some("answers") => continue,
            Some("recommendations") => "recommendation".to_owned(),
            Some(name) => kebab(name),
            None => {
                let inner = value.as_array().into_iter().flatten().filter_map(Value::as_object);
                inner.for_each(|inner| walk(inner, links));
                continue;
            }
        };
        let first = links.iter().filter(|link| link.relation == relation).count();
        for (position, target) in (first..).zip(ids(Some(value))) {
            links.push(Link { relation: relation.clone(), target: target.to_owned(), position });
        }
    }
}

/// `relayTo` as `relay-to`.
fn kebab(name: &str) -> String {
    let parts =
        name.chars().flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase()));
    parts.collect()
}

/// Themes of a record: of each hashtag the last segment of its page, else its name, lower case.
#[must_use]
pub fn themes(record: &Record) -> Vec<String> {
    among(&record.envelope.tag)
}

/// The same of the text of a record whose rules were checked: nothing else of it is built.
#[must_use]
pub fn themes_kept(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Tagged {
        #[serde(default, deserialize_with = "one_or_many")]
        tag: Vec<Value>,
    }
    serde_json::from_str::<Tagged>(text).map(|kept| among(&kept.tag)).unwrap_or_default()
}

fn among(tags: &[Value]) -> Vec<String> {
    let tags = tags.iter().filter(|tag| tag["type"] == "Hashtag");
    tags.filter_map(|tag| {
        let page =
            tag["href"].as_str().and_then(|href| href.rsplit('/').next()).filter(|last| !last.is_empty());
        page.or(tag["name"].as_str()).map(|name| name.trim_start_matches('#').to_lowercase())
    })
    .collect()
}
