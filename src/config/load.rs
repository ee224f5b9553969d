//! From a file and the environment to a checked [`Config`]. The environment wins:
//! `PARVIS__DATABASE__URL` stands for `database.url`, lists are separated by commas.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{
    Config,
    known::{self, Kind},
};
use crate::domain::Problem;

const PREFIX: &str = "PARVIS__";

/// Switches of libraries that would widen what may be reached: a node that finds one in its environment
/// does not start (register.md rule 19, threats F13).
const DANGEROUS: [&str; 1] = ["DANGER_FEDERATION_ALLOW_LOCAL_IP"];

/// Why a configuration was refused; every problem at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The file that was read, if one was.
    pub file: Option<PathBuf>,
    /// What is wrong: the field is the key (with its variable, when it came from the environment), the
    /// rule has its sentence in `i18n/*/config.ftl`.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<_> = self.problems.iter().map(ToString::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

impl std::error::Error for Refused {}

/// Reads a file (none: the environment alone), lets `env` override it, checks every value.
///
/// # Errors
/// [`Refused`]: unreadable or malformed file, unknown or missing keys, bad values, a dangerous switch.
pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Config, Refused> {
    let refused = |problems| Refused { file: path.map(Path::to_owned), problems };
    let mut table = match path {
        Some(path) => read(path).map_err(|problem| refused(vec![problem]))?,
        None => Table::new(),
    };
    let (origins, mut problems) = overlay(&mut table, env);
    problems.extend(known::problems(&table));
    if !problems.is_empty() {
        return Err(refused(named(problems, &origins)));
    }
    let mut config: Config = serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        refused(vec![Problem::new(error.path().to_string(), "config-value", error.inner().message())])
    })?;
    if let Some(folder) = path.and_then(Path::parent) {
        config.settle(folder);
    }
    config.validate().map_err(|problems| refused(named(problems, &origins)))?;
    Ok(config)
}

fn read(path: &Path) -> Result<Table, Problem> {
    let text = fs::read_to_string(path)
        .map_err(|error| Problem::new(path.display().to_string(), "config-unreadable", error.to_string()))?;
    text.parse().map_err(|error: toml::de::Error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Problem::new(format!("{}:{line}", path.display()), "config-syntax", error.message())
    })
}

/// Writes the environment over the file; gives back which variable set which key, and what is wrong.
fn overlay(
    table: &mut Table,
    env: impl Iterator<Item = (String, String)>,
) -> (BTreeMap<String, String>, Vec<Problem>) {
    let (mut origins, mut problems) = (BTreeMap::new(), Vec::new());
    let mut variables: Vec<_> = env.collect();
    variables.sort();
    for (variable, value) in variables {
        if DANGEROUS.contains(&variable.as_str()) {
            problems.push(Problem::new(&variable, "dangerous-switch", value));
            continue;
        }
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        let path = rest.to_ascii_lowercase().replace("__", ".");
        if let Some(key) = known::find(&path) {
            put(table, &path, written(key.kind, &value));
            origins.insert(path, variable);
        } else {
            let section = path.rfind('.').map_or("", |end| &path[..=end]);
            problems.push(Problem::new(&variable, "unknown-key", known::siblings(section)));
        }
    }
    (origins, problems)
}

/// The value a variable stands for; one that does not fit stays a text, which the check then refuses.
fn written(kind: Kind, text: &str) -> Value {
    let items = || text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let as_text = || Value::String(text.to_owned());
    match kind {
        Kind::Number => text.trim().parse().map_or_else(|_| as_text(), Value::Integer),
        Kind::Flag => text.trim().parse().map_or_else(|_| as_text(), Value::Boolean),
        Kind::Networks | Kind::Files => {
            Value::Array(items().map(|item| Value::String(item.to_owned())).collect())
        }
        Kind::Names | Kind::Operators => items()
            .map(|pair| pair.split_once('='))
            .map(|pair| pair.map(|(name, ip)| (name.trim().to_owned(), Value::String(ip.trim().to_owned()))))
            .collect::<Option<Table>>()
            .map_or_else(as_text, Value::Table),
        Kind::Text | Kind::Url | Kind::Address => as_text(),
    }
}

fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        Some((section, rest)) => {
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            // A section that is not a table is refused by the check; the variable cannot mend it.
            if let Some(section) = section.as_table_mut() {
                put(section, rest, value);
            }
        }
        None => drop(table.insert(path.to_owned(), value)),
    }
}

/// Adds the variable to the key it set: `database.url (PARVIS__DATABASE__URL)`.
fn named(problems: Vec<Problem>, origins: &BTreeMap<String, String>) -> Vec<Problem> {
    let mut problems: Vec<_> = problems
        .into_iter()
        .map(|mut problem| {
            let set = |key: &str| {
                problem
                    .field
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            };
            if let Some((_, variable)) = origins.iter().find(|(key, _)| set(key)) {
                problem.field = format!("{} ({variable})", problem.field);
            }
            problem
        })
        .collect();
    problems.sort_by(|a, b| a.field.cmp(&b.field));
    problems
}
