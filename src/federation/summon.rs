//! Records asked for by name because their author offered them to us: a relay, and what it relays; an adhesion to a
//! convention, and what its host ruled on it. Each is had
//! from its own origin and held to the same rules as anything else (hash, rules, proof, pinned key); the
//! questions one offer may cost are few.

use std::collections::HashSet;

use super::{actors, gate};
use crate::{
    App, Error, Result,
    actions::receive::{self, Arrival},
    domain::{Iri, Record, Version, canonical::Document, said::Said},
    storage::{keys, records, records::Row},
};

/// Most documents fetched for one offer.
const MOST: usize = 40;
/// Most relays a position may have come through.
const HOPS: usize = 5;

/// Has a relay by `by` to `body` enter the register, after what it concerns and the relays it came through. Gives
/// its row.
///
/// # Errors
/// `Forbidden` when it is another's, to another, or relays what is no recommendation and no avis; `NotFound` when
/// it, or what it concerns, is not there; `Unavailable` when a server is silent.
pub async fn relay(app: &App, id: &Iri, (by, body): (&Iri, &Iri)) -> Result<Row> {
    let mut summoning = Summoning { app, left: MOST, asked: HashSet::new() };
    let held = records::get(&app.db, id.as_str()).await?;
    if held.is_some_and(|row| row.withdrawn) {
        return Err(Error::not_found(id.as_str()));
    }
    let offered = summoning.fetch(id).await?;
    let Said::Relay(said) = &offered.record.said else { return Err(Error::forbidden("no relay")) };
    if offered.record.envelope.author != *by || said.relay_to != *body {
        return Err(Error::forbidden("a relay is offered by its author, to whom it names"));
    }
    let mut chain = Vec::new();
    let (mut above, mut named) = (said.relay.clone(), by.clone());
    while let Some(id) = above.take() {
        if chain.len() == HOPS {
            return Err(Error::forbidden("relayed too often"));
        }
        let hop = summoning.fetch(&id).await?;
        let Said::Relay(before) = &hop.record.said else { return Err(Error::forbidden("no relay")) };
        if before.relay_to != named {
            return Err(Error::forbidden("only what was relayed to it is passed on"));
        }
        above.clone_from(&before.relay);
        named = hop.record.envelope.author.clone();
        chain.push(hop);
    }
    for concerned in &said.concerns {
        summoning.concerned(concerned).await?;
    }
    for hop in chain.iter().rev() {
        summoning.enter(hop).await?;
    }
    summoning.enter(&offered).await?;
    records::get(&app.db, id.as_str()).await?.ok_or_else(|| Error::not_found(id.as_str()))
}

/// Has the adhesion of a council to a convention enter the register, because that council asked to be in it, or its
/// host admitted it. Gives its row.
///
/// # Errors
/// `Forbidden` when it is not by `by`, where that is given, or to another convention; `NotFound` when it is not there.
pub async fn adhesion(app: &App, id: &Iri, by: Option<&Iri>, group: &Iri) -> Result<Row> {
    one(app, id, |record| {
        matches!(&record.said, Said::Adhesion(said) if said.convention == *group)
            && by.is_none_or(|by| record.envelope.author == *by)
    })
    .await
}

/// Has what the host of a convention ruled on an adhesion of ours enter the register: an admission, or a refusal.
/// Gives its row.
///
/// # Errors
/// `Forbidden` when it is another's, says the contrary, or is about something else; `NotFound` when it is not there.
pub async fn ruling(app: &App, id: &Iri, host: &Iri, (adhesion, admits): (&Iri, bool)) -> Result<Row> {
    one(app, id, |record| match &record.said {
        _ if record.envelope.author != *host => false,
        Said::Admission(said) => admits && said.concerns.contains(adhesion),
        Said::Refusal(said) => !admits && said.concerns.contains(adhesion),
        _ => false,
    })
    .await
}

/// Has one record enter the register, if it is what was asked for, and signed.
async fn one(app: &App, id: &Iri, wanted: impl Fn(&Record) -> bool) -> Result<Row> {
    if let Some(row) = records::get(&app.db, id.as_str()).await? {
        let Ok(Version::Record(record)) = Version::parse(&row.document) else {
            return Err(Error::not_found(id.as_str()));
        };
        return if row.proof == "valid" && wanted(&record) {
            Ok(row)
        } else {
            Err(Error::forbidden("it says something else"))
        };
    }
    let mut summoning = Summoning { app, left: MOST, asked: HashSet::new() };
    let fetched = summoning.fetch(id).await?;
    if !wanted(&fetched.record) {
        return Err(Error::forbidden("it says something else"));
    }
    if !fetched.document.contains_key("proof") {
        return Err(Error::invalid("proof", "proof", "absent, and nothing counts without"));
    }
    summoning.enter(&fetched).await?;
    records::get(&app.db, id.as_str()).await?.ok_or_else(|| Error::not_found(id.as_str()))
}

/// Has what a person here asks for by its id enter the register: a recommendation with its avis, an avis with its
/// recommendations, or a take-up after what it takes up. Gives its row.
///
/// # Errors
/// `Forbidden` for another kind; `NotFound` when it is not there; `Unavailable` when its server is silent.
pub async fn named(app: &App, id: &Iri) -> Result<Row> {
    if let Some(row) = records::get(&app.db, id.as_str()).await? {
        return Ok(row);
    }
    let mut summoning = Summoning { app, left: MOST, asked: HashSet::new() };
    let fetched = summoning.fetch(id).await?;
    if let Said::TakeUp(said) = &fetched.record.said {
        summoning.concerned(&said.takes_up).await?;
        summoning.enter(&fetched).await?;
    } else {
        summoning.concerned(id).await?;
    }
    records::get(&app.db, id.as_str()).await?.ok_or_else(|| Error::not_found(id.as_str()))
}

/// A record as its origin gave it.
struct Fetched {
    text: String,
    document: Document,
    record: Box<Record>,
}

struct Summoning<'a> {
    app: &'a App,
    left: usize,
    /// Authors whose keys were asked for.
    asked: HashSet<Iri>,
}

impl Summoning<'_> {
    /// The record of that id, from its origin.
    async fn fetch(&mut self, id: &Iri) -> Result<Fetched> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Error::forbidden("too much in one offer"))?;
        if gate::is_blocked(self.app, id.host()).await? {
            return Err(Error::forbidden("its host is blocked"));
        }
        if !self.app.limits.may_ask(self.app, id.host()).await? {
            return Err(Error::forbidden("too many new servers"));
        }
        let (at, document, text) = actors::fetch_object(self.app, id).await.map_err(Error::from)?;
        let Version::Record(record) = Version::parsed(&text, &document)? else {
            return Err(Error::not_found(id.as_str()));
        };
        if at != *id || record.envelope.id != *id {
            return Err(Error::forbidden("it calls itself otherwise"));
        }
        Ok(Fetched { text, document, record })
    }

    /// What is relayed: a recommendation with its avis, or an avis with its recommendations.
    async fn concerned(&mut self, id: &Iri) -> Result<()> {
        if let Some(row) = records::get(&self.app.db, id.as_str()).await? {
            return match row.kind.as_str() {
                _ if row.withdrawn => Err(Error::not_found(id.as_str())),
                "Recommendation" | "Avis" => Ok(()),
                _ => Err(Error::forbidden("recommendations and avis are relayed")),
            };
        }
        let fetched = self.fetch(id).await?;
        match &fetched.record.said {
            Said::Recommendation(said) => {
                let avis = said.avis.clone();
                self.beside(&avis, &fetched.record).await?;
            }
            Said::Avis(said) => {
                for recommendation in said.recommendations.iter().take(self.left.saturating_sub(1)) {
                    self.beside(recommendation, &fetched.record).await?;
                }
            }
            _ => return Err(Error::forbidden("recommendations and avis are relayed")),
        }
        self.enter(&fetched).await
    }

    /// What belongs to it, by the same author: where it cannot be had, the rest is enough.
    async fn beside(&mut self, id: &Iri, of: &Record) -> Result<()> {
        let author = &of.envelope.author;
        if !id.same_origin(author) || records::get(&self.app.db, id.as_str()).await?.is_some() {
            return Ok(());
        }
        match self.fetch(id).await {
            Ok(fetched) if fetched.record.envelope.author == *author => self.enter(&fetched).await,
            Err(error @ (Error::Internal(_) | Error::Unavailable { .. })) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Appends it, with the keys its author lists at its origin.
    async fn enter(&mut self, fetched: &Fetched) -> Result<()> {
        let author = &fetched.record.envelope.author;
        if keys::of_actor(&self.app.db, author.as_str()).await?.iter().all(|key| key.pinned_at.is_none()) {
            self.ask_for_keys(author).await?;
        }
        let arrival =
            Arrival { text: &fetched.text, document: &fetched.document, from_origin: true, activity: None };
        match receive::version(self.app, &arrival).await {
            Err(Error::Invalid { problems })
                if problems.iter().any(|problem| problem.rule == "proof-key") =>
            {
                self.ask_for_keys(author).await?;
                receive::version(self.app, &arrival).await.map(drop)
            }
            taken => taken.map(drop),
        }
    }

    async fn ask_for_keys(&mut self, author: &Iri) -> Result<()> {
        if self.app.urls.is_here(author) || !self.asked.insert(author.clone()) {
            return Ok(());
        }
        actors::fetch_actor(self.app, author).await.map(drop)
    }
}
