//! Instants (RFC 3339, UTC, whole seconds) and civil dates of known precision (register.md rule 8).

use std::fmt;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use super::Problem;

/// An RFC 3339 instant in UTC with whole seconds: `2026-03-09T08:02:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(Timestamp);

impl Instant {
    /// The instant, cut to the second.
    #[must_use]
    pub fn of(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp))
    }

    /// Parses the exact form, UTC and whole seconds only: a record has one spelling of its time.
    ///
    /// # Errors
    /// Rule `instant`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let parsed: Timestamp = text.parse().map_err(|_| Problem::new("", "instant", text))?;
        let instant = Self::of(parsed);
        if instant.to_string() == text { Ok(instant) } else { Err(Problem::new("", "instant", text)) }
    }

    /// Parses any RFC 3339 instant with a zone, as other servers write them (fractions, offsets).
    ///
    /// # Errors
    /// Rule `instant`.
    pub fn parse_foreign(text: &str) -> Result<Self, Problem> {
        text.parse::<Timestamp>().map(Self::of).map_err(|_| Problem::new("", "instant", text))
    }

    /// As a timestamp.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(Timestamp::from_second(self.0.as_second().saturating_add(seconds)).unwrap_or(self.0))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl TryFrom<String> for Instant {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.to_string()
    }
}

/// A civil date as precise as its source: a day, a month (`2023-01`) or a year (`2022`). No deadline is
/// computed from a month or a year (register.md rule 8).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CivilDate(String);

impl CivilDate {
    /// Parses `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    ///
    /// # Errors
    /// Rule `civil-date`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::new("", "civil-date", text);
        let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return Err(refused()),
        };
        let date: civil::Date = whole.parse().map_err(|_| refused())?;
        if digits && date.to_string() == whole { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first day it names: to place it beside others in time, never to compute a deadline from.
    #[must_use]
    pub fn first_day(&self) -> Option<civil::Date> {
        let rest = "0000-01-01".get(self.0.len()..)?;
        format!("{}{rest}", self.0).parse().ok()
    }

    /// The day, if the date is that precise.
    #[must_use]
    pub fn day(&self) -> Option<civil::Date> {
        if self.0.len() == 10 { self.0.parse().ok() } else { None }
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CivilDate {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<CivilDate> for String {
    fn from(date: CivilDate) -> Self {
        date.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_one_spelling() {
        assert!(Instant::parse("2026-03-09T08:02:00Z").is_ok());
        for bad in [
            "2026-03-09T08:02:00+00:00",
            "2026-03-09T08:02:00.5Z",
            "2026-03-09",
            "2026-03-09T08:02Z",
            "yesterday",
        ] {
            assert!(Instant::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            Instant::parse_foreign("2026-03-09T09:02:00.7+01:00").unwrap().to_string(),
            "2026-03-09T08:02:00Z"
        );
    }

    #[test]
    fn a_civil_date_keeps_its_precision() {
        assert_eq!(CivilDate::parse("2023-01").unwrap().day(), None);
        assert!(CivilDate::parse("2023-02-28").unwrap().day().is_some());
        for bad in ["2023-13", "2023-02-30", "23", "2023/01", "2023-1-1", "fin 2021"] {
            assert!(CivilDate::parse(bad).is_err(), "{bad}");
        }
    }
}
