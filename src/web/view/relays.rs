//! Where something was relayed to, hop by hop, and what came of it: from public records and the clock alone.

use jiff::civil;

use super::{People, Who, sheet::href};
use crate::{
    App,
    domain::{
        Code as _, Instant, Version,
        obligations::day_of,
        said::{self, Said},
        status::unheard,
    },
    storage::{records::Row, standings::Relay},
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// One relay.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Id of the Relay record.
    pub uri: String,
    /// Its page here.
    pub href: String,
    /// Who relays.
    pub by: Who,
    /// To whom.
    pub to: Who,
    /// Id of the actor, or address of the site, of whom it goes to.
    pub body: String,
    /// Its tier.
    pub tier: Option<String>,
    /// The legal ground.
    pub ground: Option<String>,
    /// How many support it with a record of their own, or say so.
    pub supporters: usize,
    /// When.
    pub on: Markup,
    /// The same day, for programs.
    pub sent_on: civil::Date,
    /// The day it was acknowledged or passed on.
    pub received_on: Option<civil::Date>,
    /// The day it was declined.
    pub declined_on: Option<civil::Date>,
    /// `received`, `declined`, `entered`, `silent` or `waiting`.
    pub state: &'static str,
    /// The same, in words.
    pub says: String,
    /// Since when, where that is a day.
    pub since: Option<Markup>,
    /// Days without an acknowledgement, once that is silence.
    pub silent_for: Option<i64>,
}

/// What a row of the kind Relay says; none for another, or one withdrawn.
#[must_use]
pub fn relay_of(row: &Row) -> Option<said::Relay> {
    match Version::parse(&row.document).ok()? {
        Version::Record(record) => match record.said {
            Said::Relay(said) => Some(*said),
            _ => None,
        },
        _ => None,
    }
}

impl Hop {
    /// A relay, from its row and what its body signed about it.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, row: &Row, relay: &Relay) -> Option<Self> {
        let said = relay_of(row)?;
        let body = said.relay_to.to_string();
        let mut to = people.who(&body);
        if let Some(name) = &said.relay_to_name {
            to.name = markup::name(name);
        }
        let today = day_of(Instant::of(app.clock.now()));
        let published = Instant::parse_foreign(&relay.published).ok()?;
        let silent_for = unheard(published, said.expected_by.as_ref(), today).filter(|_| !relay.answered());
        let (state, since) = match (&relay.received, &relay.declined, &relay.entered) {
            (Some(at), _, _) => ("received", Some(at)),
            (None, Some(at), _) => ("declined", Some(at)),
            (None, None, Some(at)) => ("entered", Some(at)),
            _ if silent_for.is_some() => ("silent", None),
            _ => ("waiting", None),
        };
        let day = |at: &Option<String>| Some(day_of(Instant::parse_foreign(at.as_deref()?).ok()?));
        Some(Self {
            uri: row.uri.clone(),
            href: href(app, row),
            by: people.who(&row.author),
            to,
            body,
            tier: said.tier.as_ref().map(|tier| tier.label(page.lang.code()).to_owned()),
            ground: said.ground.as_deref().map(markup::name),
            supporters: said.supported_by.len(),
            on: page.day(&row.published),
            sent_on: day_of(published),
            received_on: day(&relay.received),
            declined_on: day(&relay.declined),
            says: match silent_for {
                Some(days) => page.n("relay-silent", days),
                None => page.t(&format!("relay-{state}")),
            },
            state,
            since: since.map(|at| page.day(at)),
            silent_for,
        })
    }

    /// The hops of what is relayed, the oldest first; `rows` hold the records.
    #[must_use]
    pub fn list<'a>(
        app: &App,
        page: &Page,
        people: &People,
        rows: impl IntoIterator<Item = &'a Row>,
        relays: &[&Relay],
    ) -> Vec<Self> {
        let rows: Vec<&Row> = rows.into_iter().collect();
        let of = |relay: &&Relay| {
            let row = rows.iter().find(|row| row.uri == relay.uri)?;
            Self::of(app, page, people, row, relay)
        };
        relays.iter().filter_map(of).collect()
    }
}
