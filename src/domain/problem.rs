//! One broken rule: which field, which rule, which value.

use std::fmt;

use serde::Serialize;

/// A broken rule. The sentence shown to a person is the Fluent message `problem-{rule}`, which says
/// what is wrong and what to do; `field` tells where and `detail` quotes the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path of the field, in the words of whoever wrote it: `avis[2].recommendations[0].title`.
    pub field: String,
    /// Code of the rule, kebab-case.
    pub rule: &'static str,
    /// The value, shortened, or what was expected.
    pub detail: String,
}

impl Problem {
    /// A broken rule; a long value is cut at 120 characters.
    #[must_use]
    pub fn new(field: impl Into<String>, rule: &'static str, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        let detail = match detail.char_indices().nth(120) {
            Some((end, _)) => format!("{}…", &detail[..end]),
            None => detail,
        };
        Self { field: field.into(), rule, detail }
    }

    /// The same problem, seen from an enclosing field.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = if self.field.is_empty() { outer.to_owned() } else { format!("{outer}.{}", self.field) };
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.rule, self.detail)
    }
}

impl std::error::Error for Problem {}
