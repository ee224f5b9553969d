//! Relays that nobody acknowledged, and for how many days: from public records and the clock, as on every node.
//! Read in three queries, for the page and for the API (requirement 2.29).

use std::{cmp::Reverse, collections::HashMap};

use super::{
    obligations::{Filter, today},
    speak,
};
use crate::{
    App, Result,
    domain::{Instant, Iri, obligations::State, said, status},
    storage::{
        records::{self, Page, Row},
        standings::{self, Relay},
    },
};

/// Relays looked at, the latest first.
const MOST: i64 = 10_000;

/// A relay without an acknowledgement.
#[derive(Clone, Debug)]
pub struct Unheard {
    /// The Relay record.
    pub row: Row,
    /// What is known of it.
    pub relay: Relay,
    /// What is relayed, as far as it is here.
    pub concerned: Vec<Row>,
    /// Days since it was relayed.
    pub days: i64,
}

/// The relays without an acknowledgement, the longest silence first. Silence is overdue: there is none among
/// what stands otherwise.
///
/// # Errors
/// Those of the database.
pub async fn list(app: &App, filter: &Filter) -> Result<Vec<Unheard>> {
    if filter.state.is_some_and(|state| state != State::Overdue) {
        return Ok(Vec::new());
    }
    let today = today(app);
    let silent = |row: Row| {
        let said = speak::relay_of(&row).ok()?;
        let published = Instant::parse_foreign(&row.published).ok()?;
        Some((status::unheard(published, said.expected_by.as_ref(), today)?, said, row))
    };
    let rows = records::by_kind(&app.db, "Relay", &Page::first(MOST)).await?;
    let late: Vec<(i64, said::Relay, Row)> = rows.into_iter().filter_map(silent).collect();
    let mut targets: Vec<&str> =
        late.iter().flat_map(|(_, said, _)| &said.concerns).map(Iri::as_str).collect();
    targets.sort_unstable();
    targets.dedup();
    let relays = standings::relays(&app.db, &targets).await?;
    let mut relays: HashMap<String, Relay> =
        relays.into_iter().map(|relay| (relay.uri.clone(), relay)).collect();
    let concerned = records::by_uris(&app.db, &targets).await?;
    let concerned: HashMap<&str, &Row> = concerned.iter().map(|row| (row.uri.as_str(), row)).collect();
    let mut all = Vec::new();
    for (days, said, row) in late {
        let Some(relay) = relays.remove(&row.uri).filter(|relay| !relay.answered()) else { continue };
        let rows = said.concerns.iter().filter_map(|id| concerned.get(id.as_str()));
        let rows: Vec<Row> = rows.map(|row| (*row).clone()).collect();
        all.push(Unheard { row, relay, concerned: rows, days });
    }
    all.retain(|one| one.stands() && one.fits(filter));
    all.sort_by(|a, b| (Reverse(a.days), &a.row.uri).cmp(&(Reverse(b.days), &b.row.uri)));
    Ok(all)
}

impl Unheard {
    /// Whether something of what is relayed was not withdrawn.
    fn stands(&self) -> bool {
        self.concerned.is_empty() || self.concerned.iter().any(|row| !row.withdrawn)
    }

    fn fits(&self, filter: &Filter) -> bool {
        let concerns = |same: &dyn Fn(&Row) -> bool| self.concerned.iter().any(same);
        filter.host.as_ref().is_none_or(|host| self.row.origin == *host)
            && filter.actor.as_ref().is_none_or(|actor| {
                self.row.author == *actor
                    || self.relay.body.as_ref() == Some(actor)
                    || concerns(&|row| row.author == *actor)
            })
            && filter
                .avis
                .as_ref()
                .is_none_or(|avis| concerns(&|row| row.uri == *avis || row.avis.as_ref() == Some(avis)))
    }
}
