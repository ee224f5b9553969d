//! The two spellings of a dossier, TOML and JSON, as one tree.

use std::path::Path;

use serde_json::{Map, Value};

use crate::domain::Problem;

/// How a dossier is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// TOML 1.0: what people write.
    Toml,
    /// JSON: what programs write.
    Json,
}

impl Syntax {
    /// By the name of the file.
    ///
    /// # Errors
    /// Rule `file-name` when it ends neither in `.toml` nor in `.json`.
    pub fn of(path: &Path) -> Result<Self, Problem> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => Ok(Self::Toml),
            Some("json") => Ok(Self::Json),
            _ => Err(Problem::new("", "file-name", path.display().to_string())),
        }
    }

    /// The tree. TOML dates, quoted or not, become text.
    pub(super) fn tree(self, text: &str) -> Result<Map<String, Value>, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            Self::Toml => match text.parse::<toml::Table>() {
                Ok(table) => Ok(table.into_iter().map(|(key, value)| (key, json(value))).collect()),
                Err(error) => Err(Problem::new("", "syntax", place(text, &error))),
            },
            Self::Json => {
                serde_json::from_str(text).map_err(|error| Problem::new("", "syntax", error.to_string()))
            }
        }
    }
}

/// Line, column and message of a TOML error.
fn place(text: &str, error: &toml::de::Error) -> String {
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return error.message().to_owned();
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    format!("{line}:{column}: {}", error.message())
}

/// A TOML value as JSON.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect())
        }
    }
}
