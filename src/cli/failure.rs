//! How a command fails: what it tells, and the exit codes of `sysexits.h` that are documented in
//! `parvis --help`.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
};

use serde_json::{Value, json};

use super::Output;
use crate::{
    Error,
    config::Refused,
    domain::Problem,
    i18n::{Lang, has, t, t_args},
};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The configuration was refused.
    Config(Refused),
    /// The node refused or failed.
    Node(Error),
    /// All is told already; an expectation does not hold.
    Told,
}

impl Failure {
    /// The directives of `PARVIS_LOG` cannot be read.
    pub fn log_filter(error: impl std::fmt::Display) -> Self {
        Self::refused(None, Problem::new("PARVIS_LOG", "log-filter", error.to_string()))
    }

    /// One problem of the configuration, found while starting.
    #[must_use]
    pub fn refused(file: Option<PathBuf>, problem: Problem) -> Self {
        Self::Config(Refused { file, problems: vec![problem] })
    }

    /// A fault of ours.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Node(Error::internal(error))
    }

    /// The documented exit code.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::Config(_) => 78,
            Self::Node(Error::Invalid { .. }) => 65,
            Self::Node(Error::Unavailable { .. }) => 69,
            Self::Node(_) | Self::Told => 1,
        }
    }

    /// Tells it on standard error.
    pub fn tell(&self, out: &Output) {
        let text = match (self, out.is_json()) {
            (Self::Told, _) => return,
            (_, true) => self.document(out.lang()).to_string(),
            (_, false) => self.sentences(out),
        };
        let _ = writeln!(io::stderr(), "{text}");
    }

    fn problems(&self) -> &[Problem] {
        match self {
            Self::Config(refused) => &refused.problems,
            Self::Node(Error::Invalid { problems }) => problems,
            _ => &[],
        }
    }

    fn document(&self, lang: Lang) -> Value {
        let told = |problem: &Problem| {
            json!({
                "field": problem.field,
                "rule": problem.rule,
                "detail": problem.detail,
                "message": rule(lang, problem.rule),
            })
        };
        let problems: Vec<Value> = self.problems().iter().map(told).collect();
        json!({ "error": { "code": self.code(), "title": self.title(lang), "problems": problems } })
    }

    fn sentences(&self, out: &Output) -> String {
        let mut text = format!("✗ {}", self.title(out.lang()));
        for problem in self.problems() {
            let sentence = rule(out.lang(), problem.rule);
            let _ = write!(text, "\n  {}\n    {sentence}", problem.field);
            if !problem.detail.is_empty() {
                let _ = write!(text, "\n    → {}", problem.detail);
            }
        }
        text
    }

    fn title(&self, lang: Lang) -> String {
        let with = |key: &str, name: &'static str, value: &str| t_args(lang, key, &[(name, value.into())]);
        match self {
            Self::Config(Refused { file: Some(file), .. }) => {
                with("cli-config-refused", "file", &file.display().to_string())
            }
            Self::Config(_) => t(lang, "cli-environment-refused"),
            Self::Node(Error::Invalid { .. }) => t(lang, "cli-invalid"),
            Self::Node(Error::NotFound { what }) => with("cli-not-found", "what", what),
            Self::Node(Error::Gone { what }) => with("cli-gone", "what", what),
            Self::Node(Error::Forbidden { why }) => with("cli-forbidden", "why", why),
            Self::Node(Error::Conflict { why }) => with("cli-conflict", "why", why),
            Self::Node(Error::Unavailable { why, .. }) => with("cli-unavailable", "why", why),
            // Whoever runs the command runs the node: here the cause is of use.
            Self::Node(Error::Internal(cause)) => with("cli-internal", "cause", &format!("{cause:#}")),
            Self::Told => String::new(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Node(error)
    }
}

/// The sentence of a rule; a rule without one is named.
pub(super) fn rule(lang: Lang, rule: &str) -> String {
    let key = format!("problem-{rule}");
    if has(lang, &key) { t(lang, &key) } else { t_args(lang, "problem-other", &[("rule", rule.into())]) }
}
