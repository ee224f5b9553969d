//! What a command tells: sentences, facts and tables for people, or one JSON value for programs.
//! Results go to standard output, warnings and progress to standard error. A closed pipe is no fault.

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
};

use fluent_templates::fluent_bundle::FluentValue;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::{
    domain::{Instant, Problem},
    i18n::{Lang, t_args},
};

/// The variables of a message.
pub type Words<'a> = [(&'static str, FluentValue<'a>)];

/// Where and in what language a command speaks.
#[derive(Clone, Debug)]
pub struct Output {
    lang: Lang,
    json: bool,
}

impl Output {
    /// For a language and a form.
    #[must_use]
    pub const fn new(lang: Lang, json: bool) -> Self {
        Self { lang, json }
    }

    /// The language of its messages.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether programs read it.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// A message, not yet told.
    #[must_use]
    pub fn words(&self, key: &str, words: &Words<'_>) -> String {
        t_args(self.lang, key, words)
    }

    /// What a broken rule means, with the value it was broken by.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> String {
        let sentence = super::failure::rule(self.lang, problem.rule);
        if problem.detail.is_empty() { sentence } else { format!("{sentence} → {}", problem.detail) }
    }

    /// Tells people something.
    pub fn say(&self, key: &str, words: &Words<'_>) {
        self.line(&self.words(key, words));
    }

    /// Tells people one named value.
    pub fn fact(&self, key: &str, value: &str) {
        self.line(&format!("  {:<14} {value}", self.words(key, &[])));
    }

    /// Tells people a line as it is.
    pub fn line(&self, line: &str) {
        if !self.json {
            let _ = writeln!(io::stdout(), "{line}");
        }
    }

    /// Gives programs the result.
    pub fn json(&self, value: &impl Serialize) {
        if self.json {
            let text = serde_json::to_string_pretty(value).unwrap_or_default();
            let _ = writeln!(io::stdout(), "{text}");
        }
    }

    /// Gives a text that is itself the result, in either form.
    pub fn result(&self, text: &str) {
        let _ = writeln!(io::stdout(), "{text}");
    }

    /// Warns, in either form, on standard error.
    pub fn warn(&self, key: &str, words: &Words<'_>) {
        let _ = writeln!(io::stderr(), "⚠ {}", self.words(key, words));
    }

    /// Rows under their heads (keys of messages), columns aligned.
    pub fn table(&self, heads: &[&str], rows: &[Vec<String>]) {
        let heads: Vec<String> = heads.iter().map(|key| self.words(key, &[])).collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).chain(heads.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for row in std::iter::once(&heads).chain(rows) {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            self.line(cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }

    /// A bar for long work, shown on a terminal only.
    #[must_use]
    pub fn progress(&self, steps: u64, key: &str) -> ProgressBar {
        if self.json || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(steps).with_style(style).with_message(self.words(key, &[]))
    }

    /// What tells a bar how far an action came.
    pub fn steps(bar: &ProgressBar) -> impl Fn(usize, usize) + Sync {
        |done, total| {
            bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        }
    }
}

/// An instant of the database (milliseconds since 1970): RFC 3339, UTC, whole seconds.
#[must_use]
pub fn when(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| Instant::of(at).to_string()).unwrap_or_default()
}

/// An instant that may be missing: a dash then.
#[must_use]
pub fn when_known(at: Option<i64>) -> String {
    at.map_or_else(|| "—".to_owned(), when)
}

/// English when the system speaks it (`LC_ALL`, `LC_MESSAGES`, `LANG`), else French.
#[must_use]
pub fn language_of_system() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    let tag = set.as_deref().and_then(|value| value.split(['_', '.', '@']).next());
    tag.and_then(Lang::of).unwrap_or(Lang::Fr)
}
