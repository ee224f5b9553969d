//! Dates for readers: in full letters with the year, in a `<time>` that machines read too. A civil date
//! is only as precise as its source (register.md rule 8); an instant is shown on the city's clock.

use jiff::{civil, tz::TimeZone};

use super::markup::Markup;
use crate::{
    domain::{CivilDate, Instant},
    i18n::{Lang, t},
};

/// `2022`, `janvier 2023`, `1er novembre 2026`.
#[must_use]
pub fn civil(lang: Lang, date: &CivilDate) -> Markup {
    let written = date.as_str();
    let mut parts = written.split('-').map(|part| part.parse::<i16>().unwrap_or_default());
    let (year, month, day) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let text = match (month, day) {
        (Some(month), Some(day)) => format!("{} {} {year}", ordinal(lang, day), month_name(lang, month)),
        (Some(month), None) => format!("{} {year}", month_name(lang, month)),
        _ => written.to_owned(),
    };
    Markup::time(written, &text, lang == Lang::Fr && day == Some(1))
}

/// The day of an instant in the city's time zone.
#[must_use]
pub fn instant(lang: Lang, zone: &TimeZone, instant: Instant) -> Markup {
    let local = zone.to_datetime(instant.timestamp());
    Markup::time(&instant.to_string(), &day(lang, local.date()), lang == Lang::Fr && local.day() == 1)
}

/// The day and the time of an instant in the city's time zone: `22 novembre 2026 à 12:36`.
#[must_use]
pub fn moment(lang: Lang, zone: &TimeZone, instant: Instant) -> Markup {
    let local = zone.to_datetime(instant.timestamp());
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    let text = format!("{} {} {time}", day(lang, local.date()), t(lang, "date-at"));
    Markup::time(&instant.to_string(), &text, lang == Lang::Fr && local.day() == 1)
}

/// The same in plain words: `1er novembre 2026`.
#[must_use]
pub fn day(lang: Lang, date: civil::Date) -> String {
    format!("{} {} {}", ordinal(lang, date.day().into()), month_name(lang, date.month().into()), date.year())
}

fn ordinal(lang: Lang, day: i16) -> String {
    if lang == Lang::Fr && day == 1 { "1er".to_owned() } else { day.to_string() }
}

fn month_name(lang: Lang, month: i16) -> String {
    t(lang, &format!("months-{month}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_keep_their_precision() {
        let show = |lang, text| civil(lang, &CivilDate::parse(text).unwrap()).to_string();
        assert_eq!(
            show(Lang::Fr, "2026-11-01"),
            "<time datetime=\"2026-11-01\">1<sup>er</sup> novembre 2026</time>"
        );
        assert_eq!(show(Lang::Fr, "2026-11-21"), "<time datetime=\"2026-11-21\">21 novembre 2026</time>");
        assert_eq!(show(Lang::Fr, "2023-01"), "<time datetime=\"2023-01\">janvier 2023</time>");
        assert_eq!(show(Lang::Fr, "2022"), "<time datetime=\"2022\">2022</time>");
        assert_eq!(show(Lang::En, "2026-11-01"), "<time datetime=\"2026-11-01\">1 November 2026</time>");
    }

    #[test]
    fn instants_are_on_the_clock_of_the_city() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let late = Instant::parse("2026-10-31T23:30:00Z").unwrap();
        assert_eq!(
            instant(Lang::Fr, &paris, late).to_string(),
            "<time datetime=\"2026-10-31T23:30:00Z\">1<sup>er</sup> novembre 2026</time>"
        );
    }
}
