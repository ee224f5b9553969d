//! What a council has dates for: its meetings, and the ends of terms, as an agenda takes them.

use super::{
    href,
    life::{of, read},
};
use crate::{
    App, Result,
    actions::obligations::today,
    domain::{Instant, council, said::Said},
    web::{
        calendar::{Event, When},
        layout::Page,
        markup,
    },
};

/// Meetings of a council of ours, and the terms of its latest composition that end soon.
///
/// # Errors
/// Those of the database.
pub async fn dates(app: &App, page: &Page, council: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (row, record, said) in read(app, council, "Meeting", of!(Meeting)).await? {
        let envelope = &record.envelope;
        let place = said.location.as_ref().map(|place| {
            [Some(&place.name), place.address.as_ref()]
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        });
        events.push(Event {
            uid: row.uri.clone(),
            when: When::Time(said.start, said.end),
            changed: envelope.updated.unwrap_or(envelope.published),
            title: markup::name(&said.name),
            words: markup::plain(said.when_and_where.as_str(), 500),
            url: format!("{}{}", app.urls.base(), href(app, &row)),
            place,
        });
    }
    let mut compositions = read(app, council, "Composition", of!(Composition)).await?;
    compositions.sort_by(|a, b| (&b.2.as_of, &b.0.uri).cmp(&(&a.2.as_of, &a.0.uri)));
    for (row, record, said) in compositions.iter().take(1) {
        for (at, ending) in council::endings(said, today(app)).into_iter().enumerate() {
            let Some(day) = ending.until.day() else { continue };
            let envelope = &record.envelope;
            let changed: Instant = envelope.updated.unwrap_or(envelope.published);
            events.push(Event {
                uid: format!("{}#mandat-{}-{at}", row.uri, ending.until),
                when: When::Day(day),
                changed,
                title: page.n("agenda-term-ends", ending.count),
                words: markup::name(&row.title),
                url: format!("{}{}", app.urls.base(), href(app, row)),
                place: None,
            });
        }
    }
    Ok(events)
}
