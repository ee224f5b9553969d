//! Statements as values: one text for both engines where they agree, two where they do not, all of them
//! registered so that a test can prepare each on both migrated engines.

/// One registered statement.
#[derive(Debug)]
pub struct Query {
    /// Name of the constant, for messages.
    pub name: &'static str,
    /// Text for SQLite.
    pub sqlite: &'static str,
    /// Text for PostgreSQL.
    pub pg: &'static str,
}

/// Declares the statements of one table file: `NAME = "text";` or `NAME = "sqlite text", pg = "text";`.
///
/// Rules of the texts: `$n` parameters, never `?`; no `now()`; every list has a total order; flags are
/// written `WHERE ours`, never `= 1` (INTEGER on SQLite, BOOLEAN on PostgreSQL); a list of parameters is
/// one JSON array; a parameter in a `SELECT` list is cast.
macro_rules! queries {
    ($($name:ident = $sqlite:expr $(, pg = $pg:expr)?;)*) => {
        $(pub(in crate::storage) const $name: crate::storage::query::Query = crate::storage::query::Query {
            name: stringify!($name),
            sqlite: $sqlite,
            pg: queries!(@or $sqlite $(, $pg)?),
        };)*
        /// Every statement of this file.
        pub(in crate::storage) const ALL: &[&crate::storage::query::Query] = &[$(&$name),*];
    };
    (@or $sqlite:expr) => { $sqlite };
    (@or $sqlite:expr, $pg:expr) => { $pg };
}

/// The parameters of a statement, in order: `args![uri, version, ours]`.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$(crate::storage::query::Arg::from($value)),*] };
}

pub(in crate::storage) use {args, queries};

/// One statement of [`super::Db::write`], and its parameters.
pub(in crate::storage) type Write<'a> = (&'a Query, &'a [Arg<'a>]);

/// One parameter, in the few types that both engines decode alike.
#[derive(Clone, Copy, Debug)]
pub(in crate::storage) enum Arg<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
    Flag(bool),
    Bytes(&'a [u8]),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a Option<String>> for Arg<'a> {
    fn from(value: &'a Option<String>) -> Self {
        Self::Text(value.as_deref())
    }
}

impl From<i64> for Arg<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Arg<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Arg<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}
