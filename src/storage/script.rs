//! Statements for SQLite that go to its thread in one message: a transaction written at once, by itself or together
//! with those of others.

use std::fmt::Write as _;

use futures::TryStreamExt as _;
use sqlx::{
    Arguments as _, AssertSqlSafe, Either, Error, Executor as _,
    error::BoxDynError,
    sqlite::{SqliteArguments, SqliteConnection},
};

use super::query::{Arg, Write};

/// Statements none of which needs the answer of another.
#[derive(Debug)]
pub(super) struct Script {
    statements: Vec<(&'static str, Vec<Value>)>,
}

/// A parameter that is taken along.
#[derive(Debug)]
enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Flag(bool),
    Bytes(Vec<u8>),
}

/// Why nothing was written.
#[derive(Debug)]
pub(super) enum Failed {
    /// No transaction was begun.
    Begin(Error),
    /// A statement failed: that of one script, perhaps of several.
    Statement(Error),
    /// What was written could not be kept.
    Commit(Error),
}

impl Failed {
    pub(super) fn into_error(self) -> Error {
        let (Self::Begin(error) | Self::Statement(error) | Self::Commit(error)) = self;
        error
    }
}

impl Script {
    pub(super) fn of(writes: &[Write<'_>]) -> Self {
        let statement = |(query, args): &Write<'_>| (query.sqlite, args.iter().map(owned).collect());
        Self { statements: writes.iter().map(statement).collect() }
    }
}

fn owned(arg: &Arg<'_>) -> Value {
    match *arg {
        Arg::Text(text) => Value::Text(text.map(ToOwned::to_owned)),
        Arg::Int(number) => Value::Int(number),
        Arg::Flag(flag) => Value::Flag(flag),
        Arg::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// Writes these as one transaction. Gives how many rows each statement of each touched. After a failure the
/// transaction may be open still.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    scripts: &[&Script],
) -> Result<Vec<Vec<u64>>, Failed> {
    let statements: usize = scripts.iter().map(|script| script.statements.len()).sum();
    let mut touched: Vec<u64> = Vec::with_capacity(statements + 2);
    let lengths: Vec<usize> = scripts.iter().map(|script| script.statements.len()).collect();
    let (text, bound) = joined(scripts).map_err(|error| Failed::Statement(Error::Encode(error)))?;
    let mut results = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), bound));
    loop {
        match results.try_next().await {
            Ok(Some(Either::Left(done))) => touched.push(done.rows_affected()),
            Ok(Some(Either::Right(_))) => {}
            Ok(None) => break,
            Err(error) if touched.is_empty() => return Err(Failed::Begin(error)),
            Err(error) if touched.len() > statements => return Err(Failed::Commit(error)),
            Err(error) => return Err(Failed::Statement(error)),
        }
    }
    // The first result is that of `BEGIN`.
    let mut touched = touched.into_iter().skip(1);
    Ok(lengths.into_iter().map(|length| touched.by_ref().take(length).collect()).collect())
}

/// One text and all parameters. `$1` means the first of each statement: they are counted on.
fn joined(scripts: &[&Script]) -> Result<(String, SqliteArguments), BoxDynError> {
    let mut text = String::from("BEGIN IMMEDIATE");
    let mut bound = SqliteArguments::default();
    for (statement, values) in scripts.iter().flat_map(|script| &script.statements) {
        text.push_str("; ");
        count_on(&mut text, statement, bound.len());
        for value in values {
            match value {
                Value::Text(text) => bound.add(text.as_deref()),
                Value::Int(number) => bound.add(*number),
                Value::Flag(flag) => bound.add(*flag),
                Value::Bytes(bytes) => bound.add(bytes.as_slice()),
            }?;
        }
    }
    text.push_str("; COMMIT");
    Ok((text, bound))
}

/// Appends a statement whose parameters come after `before` others.
fn count_on(text: &mut String, statement: &str, before: usize) {
    let mut parts = statement.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        match number.parse::<usize>() {
            Ok(number) => drop(write!(text, "${}", number + before)),
            Err(_) => text.push('$'),
        }
        text.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn parameters_are_counted_on() {
        let mut text = String::new();
        super::count_on(&mut text, "SELECT $1, $12, '$', value ->> '$.a', $2", 3);
        assert_eq!(text, "SELECT $4, $15, '$', value ->> '$.a', $5");
    }
}
