//! The one error of the node: what went wrong, in terms of what the person who asked can do about it.

use std::time::Duration;

use crate::domain::Problem;

/// What every action gives back when it does not give its value.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. The web layer turns it into a page or an RFC 9457 document,
/// the command line into a message and an exit code; neither shows the inside of `Internal`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given breaks rules: each problem names its field, its rule and the value.
    #[error("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid {
        /// At least one.
        problems: Vec<Problem>,
    },
    /// Nothing here has that name.
    #[error("not found: {what}")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// It exists, it was withdrawn or erased.
    #[error("gone: {what}")]
    Gone {
        /// What was looked for.
        what: String,
    },
    /// The one who asks may not.
    #[error("forbidden: {why}")]
    Forbidden {
        /// The rule that forbids it.
        why: String,
    },
    /// It contradicts what is there.
    #[error("conflict: {why}")]
    Conflict {
        /// What is there.
        why: String,
    },
    /// Not now: the database is locked, the disk full, a peer silent. Trying again is right.
    #[error("unavailable: {why}")]
    Unavailable {
        /// What is missing.
        why: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of ours; logged whole, shown to nobody.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    /// One broken rule.
    #[must_use]
    pub fn invalid(field: impl Into<String>, rule: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { problems: vec![Problem::new(field, rule, detail)] }
    }

    /// Nothing has that name.
    #[must_use]
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// The rule that forbids it.
    #[must_use]
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::Forbidden { why: why.into() }
    }

    /// What it contradicts.
    #[must_use]
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict { why: why.into() }
    }

    /// Wraps a fault of ours.
    #[must_use]
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid { problems }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Invalid { problems: vec![problem] }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
