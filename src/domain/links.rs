//! The typed edges a record draws to others: what the register can be walked by.

use super::{Record, activity::ids, context};

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

/// The edges of a record: every term of its kind that takes identifiers, then its themes. The collection of
/// its answers is a view, not an edge.
#[must_use]
pub fn links(record: &Record) -> Vec<Link> {
    let mut links = Vec::new();
    for (term, value) in record.said.to_map() {
        let Some(name) = term.strip_prefix("parvis:").filter(|name| context::is_id(name)) else { continue };
        let relation = match name {
            "answers" => continue,
            "recommendations" => "recommendation".to_owned(),
            name => kebab(name),
        };
        for (position, target) in ids(Some(&value)).into_iter().enumerate() {
            links.push(Link { relation: relation.clone(), target: target.to_owned(), position });
        }
    }
    for (position, theme) in themes(record).into_iter().enumerate() {
        links.push(Link { relation: "theme".to_owned(), target: theme, position });
    }
    let mut seen = std::collections::HashSet::new();
    links.retain(|link| seen.insert((link.relation.clone(), link.target.clone())));
    links
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
    let tags = record.envelope.tag.iter().filter(|tag| tag["type"] == "Hashtag");
    tags.filter_map(|tag| {
        let page =
            tag["href"].as_str().and_then(|href| href.rsplit('/').next()).filter(|last| !last.is_empty());
        page.or(tag["name"].as_str()).map(|name| name.trim_start_matches('#').to_lowercase())
    })
    .collect()
}
