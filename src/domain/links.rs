//! The typed edges a record draws to others: what the register can be walked by.

use super::{Iri, Record, said::Said};

/// One edge: relation, target, position among those of its relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `addressee`, `concerns`, `recommendation`, `saisine`, `avis`, `delivered-to`, `evidence`, `theme`.
    pub relation: &'static str,
    /// The other end.
    pub target: String,
    /// From 0.
    pub position: usize,
}

/// The edges of a record, in a fixed order.
#[must_use]
pub fn links(record: &Record) -> Vec<Link> {
    let mut links = Vec::new();
    let mut add = |relation: &'static str, targets: &[&Iri]| {
        for (position, target) in targets.iter().enumerate() {
            links.push(Link { relation, target: target.to_string(), position });
        }
    };
    match &record.said {
        Said::Saisine(said) | Said::AutoSaisine(said) => add("addressee", &refs(said.addressee.as_ref())),
        Said::Acceptance(said) | Said::Refusal(said) => {
            add("concerns", &said.concerns.iter().collect::<Vec<_>>());
            add("saisine", &refs(said.question.as_ref()));
        }
        Said::Avis(said) => {
            add("saisine", &refs(said.question.as_ref()));
            add("addressee", &[&said.addressee]);
            add("recommendation", &said.recommendations.iter().collect::<Vec<_>>());
        }
        Said::Recommendation(said) => {
            add("avis", &[&said.avis]);
            add("addressee", &[&said.addressee]);
        }
        Said::Delivery(said) => {
            add("concerns", &said.concerns.iter().collect::<Vec<_>>());
            add("delivered-to", &[&said.delivered_to]);
        }
        Said::Answer(said) => add("concerns", &said.concerns.iter().collect::<Vec<_>>()),
        Said::FollowUp(said) => {
            add("concerns", &said.concerns.iter().collect::<Vec<_>>());
            add("evidence", &said.evidence.iter().collect::<Vec<_>>());
        }
        Said::Other(_) => {}
    }
    for (position, theme) in themes(record).into_iter().enumerate() {
        links.push(Link { relation: "theme", target: theme, position });
    }
    let mut seen = std::collections::HashSet::new();
    links.retain(|link| seen.insert((link.relation, link.target.clone())));
    links
}

/// One or none, as a slice's worth.
fn refs(iri: Option<&Iri>) -> Vec<&Iri> {
    iri.into_iter().collect()
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
