//! Values that sources dispute: each with its source, nothing merged (register.md rule 10).

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    domain::{CivilDate, Record, record::Claim},
    web::{layout::Page, markup, markup::Markup},
};

/// One sourced value.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// What it is about.
    pub about: String,
    /// The value, with its unit.
    pub value: String,
    /// Who says so.
    pub source: String,
    /// Its address.
    pub url: Option<String>,
    /// Its date.
    pub date: Option<Markup>,
}

/// The claims of a record, as shown.
#[must_use]
pub fn of(page: &Page, record: Option<&Record>) -> Vec<Sourced> {
    record.map(|record| shown(page, &record.envelope.claims).0).unwrap_or_default()
}

/// The claims as shown, and whether two of them contradict each other.
#[must_use]
pub fn shown(page: &Page, claims: &[Claim]) -> (Vec<Sourced>, bool) {
    let mut values: HashMap<&str, &Value> = HashMap::new();
    let mut disputed = false;
    for claim in claims {
        disputed |= *values.entry(&claim.about).or_insert(&claim.value) != &claim.value;
    }
    (claims.iter().map(|claim| sourced(page, claim)).collect(), disputed)
}

fn sourced(page: &Page, claim: &Claim) -> Sourced {
    let about = claim.about.strip_prefix("parvis:").unwrap_or(&claim.about);
    let value = match &claim.value {
        Value::String(text) => markup::name(text),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.to_string(), |whole| page.number(whole))
        }
        other => markup::name(&other.to_string()),
    };
    let unit = claim.unit.as_deref().map(markup::name);
    let http = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    Sourced {
        about: page.label("claim", about),
        value: unit.map_or_else(|| value.clone(), |unit| format!("{value}\u{a0}{unit}")),
        source: markup::name(&claim.source.name),
        url: claim.source.url.clone().filter(http),
        date: claim
            .source
            .date
            .as_deref()
            .and_then(|date| CivilDate::parse(date).ok())
            .map(|date| page.civil(&date)),
    }
}
