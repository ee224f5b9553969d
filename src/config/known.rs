//! Every key there is, with the kind of its value: what file and environment are checked against, so
//! that a typing error is told by the name of its key and by what was expected.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use toml::{Table, Value};
use url::Url;

use super::Post;
use crate::domain::Problem;

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Url,
    Address,
    Number,
    Flag,
    Networks,
    Files,
    Names,
    Operators,
}

/// One key.
pub(super) struct Key {
    /// Its path: `database.url`.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    required: bool,
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: false }
}

const fn required(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: true }
}

/// All of them; `config/example.toml` explains each (held by a test).
pub(super) const KEYS: [Key; 22] = [
    required("domain", Kind::Text),
    required("public_url", Kind::Url),
    key("listen", Kind::Address),
    key("metrics_listen", Kind::Address),
    key("time_zone", Kind::Text),
    key("language", Kind::Text),
    key("trusted_proxies", Kind::Networks),
    required("city.name", Kind::Text),
    required("city.territory", Kind::Text),
    key("city.tier", Kind::Text),
    key("city.handle", Kind::Text),
    key("database.url", Kind::Text),
    key("federation.allow_networks", Kind::Networks),
    key("federation.extra_ca", Kind::Files),
    key("federation.resolve", Kind::Names),
    key("federation.timeout_seconds", Kind::Number),
    key("federation.parallel_hosts", Kind::Number),
    key("keys.seal_with", Kind::Text),
    key("replies.held", Kind::Flag),
    key("similar.embeddings_url", Kind::Url),
    key("similar.embeddings_model", Kind::Text),
    key("operators", Kind::Operators),
];

/// The key of that name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Unknown keys, values of the wrong kind, and keys that are missing.
pub(super) fn problems(table: &Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk("", table, &mut problems);
    for key in KEYS.iter().filter(|key| key.required && get(table, key.name).is_none()) {
        problems.push(Problem::new(key.name, "missing-key", ""));
    }
    problems
}

fn walk(prefix: &str, table: &Table, problems: &mut Vec<Problem>) {
    for (name, value) in table {
        let path = format!("{prefix}{name}");
        if let Some(key) = find(&path) {
            problems.extend(key.kind.problem(&path, value));
        } else {
            let inside = format!("{path}.");
            match value {
                Value::Table(section) if KEYS.iter().any(|key| key.name.starts_with(&inside)) => {
                    walk(&inside, section, problems);
                }
                _ => problems.push(Problem::new(path, "unknown-key", siblings(prefix))),
            }
        }
    }
}

/// The names known at a place: `allow_networks, extra_ca, …`.
pub(super) fn siblings(prefix: &str) -> String {
    let mut names: Vec<&str> = KEYS
        .iter()
        .filter_map(|key| key.name.strip_prefix(prefix))
        .map(|rest| rest.split('.').next().unwrap_or(rest))
        .collect();
    names.dedup();
    names.join(", ")
}

fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        Some((section, rest)) => get(table.get(section)?.as_table()?, rest),
        None => table.get(path),
    }
}

impl Kind {
    fn problem(self, path: &str, value: &Value) -> Option<Problem> {
        let refused = |rule| {
            let detail = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            // The one value that may hold a password.
            let shown = if path == "database.url" { String::new() } else { detail };
            Some(Problem::new(path, rule, shown))
        };
        let text = value.as_str();
        match self {
            Self::Text if text.is_none() => refused("expected-text"),
            Self::Url if text.is_none_or(|text| Url::parse(text).is_err()) => refused("expected-url"),
            Self::Address if text.is_none_or(|text| text.parse::<SocketAddr>().is_err()) => {
                refused("expected-address")
            }
            Self::Number if value.as_integer().is_none_or(i64::is_negative) => refused("expected-number"),
            Self::Flag if value.as_bool().is_none() => refused("expected-flag"),
            Self::Networks => each(path, value, "expected-networks", |text| text.parse::<IpNet>().is_ok()),
            Self::Files => each(path, value, "expected-files", |text| !text.is_empty()),
            Self::Names => names(path, value, "expected-names", |text| text.parse::<IpAddr>().is_ok()),
            Self::Operators => names(path, value, "expected-operators", |text| Post::parse(text).is_ok()),
            _ => None,
        }
    }
}

/// A list of texts that all parse.
fn each(path: &str, value: &Value, rule: &'static str, good: impl Fn(&str) -> bool) -> Option<Problem> {
    let Some(list) = value.as_array() else { return Some(Problem::new(path, rule, value.to_string())) };
    let wrong = list.iter().position(|item| !item.as_str().is_some_and(&good))?;
    Some(Problem::new(format!("{path}[{wrong}]"), rule, list[wrong].to_string()))
}

/// A table of names and texts that all parse.
fn names(path: &str, value: &Value, rule: &'static str, good: impl Fn(&str) -> bool) -> Option<Problem> {
    let Some(table) = value.as_table() else { return Some(Problem::new(path, rule, value.to_string())) };
    let good = |value: &Value| value.as_str().is_some_and(&good);
    let (name, wrong) = table.iter().find(|(_, value)| !good(value))?;
    Some(Problem::new(format!("{path}.{name}"), rule, wrong.to_string()))
}
