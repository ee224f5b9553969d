//! The plots of a convention: progress by city, what each sub-question got from whom, and when things were said.

use jiff::civil;

use super::{Asked, show::City, title};
use crate::{
    actions::side_by_side::Table,
    domain::{CivilDate, Instant, convention::Heading, obligations::day_of, said::Said},
    storage::records::Row,
    web::{
        layout::Page,
        markup::Markup,
        view::plot::{self, Coverage, Event, Progress},
    },
};

/// Where the recommendations of each city stand.
pub(super) fn progress(page: &Page, table: &Table, cities: &[City]) -> Markup {
    let standing = |council: &str| {
        let own = table.lines.iter().filter(|line| line.row.author == council);
        own.map(|line| line.status.clone()).collect()
    };
    let all = table.seats.iter().zip(cities).map(|(seat, city)| Progress {
        city: city.label.clone(),
        standing: standing(seat.member.council.as_str()),
    });
    plot::progress(page, "plot-progress", &all.collect::<Vec<_>>())
}

/// How many recommendations each sub-question got from each city.
pub(super) fn coverage(page: &Page, (table, asked): (&Table, &Asked), cities: &[City]) -> Markup {
    let row = |heading: Heading| {
        let counts = table.seats.iter().map(|seat| {
            let of = |line: &&crate::actions::side_by_side::Line| {
                line.heading == heading && line.row.author == seat.member.council.as_str()
            };
            table.lines.iter().filter(of).count()
        });
        (title(page, table, &heading), counts.collect())
    };
    let cities = cities.iter().map(|city| city.label.clone()).collect();
    let wanted = table.headings().into_iter().filter(|heading| asked.row(table, heading));
    plot::coverage(page, "plot-coverage", &Coverage { cities, rows: wanted.map(row).collect() })
}

/// When avis were adopted, and answers and follow-ups given.
pub(super) fn timeline(page: &Page, table: &Table, cities: &[City]) -> Markup {
    let mut events = Vec::new();
    for (seat, city) in table.seats.iter().zip(cities) {
        let own = table.lines.iter().filter(|line| line.row.author == seat.member.council.as_str());
        let said =
            own.flat_map(|line| line.avis.as_deref().into_iter().chain(line.by.iter().map(|by| &by.row)));
        let mut rows: Vec<&Row> = said.collect();
        rows.sort_by(|a, b| a.uri.cmp(&b.uri));
        rows.dedup_by(|a, b| a.uri == b.uri);
        let event =
            |row: &Row| Some(Event { city: city.label.clone(), kind: row.kind.clone(), day: day(row)? });
        events.extend(rows.into_iter().filter_map(event));
    }
    plot::timeline(page, "plot-timeline", &events)
}

/// The day a record tells of, the first of a month or a year; else the day it was published.
fn day(row: &Row) -> Option<civil::Date> {
    let told = match row.said() {
        Some(Said::Avis(said)) => said.adopted_on,
        Some(Said::Answer(said)) => said.decided_on,
        Some(Said::FollowUp(said)) => said.as_of,
        _ => None,
    };
    let published = || Instant::parse_foreign(&row.published).ok().map(day_of);
    told.as_ref().and_then(CivilDate::first_day).or_else(published)
}
