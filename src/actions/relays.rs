//! Relays upward (register.md rule 12): ours are offered to the body they go to, others' are taken into the
//! intake of ours, and what the other side makes of an offer is written down. What the records themselves say is
//! in the register; here is only which offer is where.

use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri, Record,
        activity::{self, Activity, Kind},
        canonical,
        said::Said,
    },
    storage::{self, Tx, actors::Actor, offers::Offer, records::Row},
};

use super::{Operator, enqueue};

/// Task kind: offer a relay of ours to its body. Subject is the id of the Relay record.
pub const OFFER: &str = "offer";

/// A relay of ours to a body elsewhere will be offered, once it is known what runs there.
///
/// # Errors
/// Those of the database.
pub(super) async fn plan(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    let Said::Relay(said) = &record.said else { return Ok(()) };
    if said.relay_to_name.is_some() || app.urls.is_here(&said.relay_to) {
        return Ok(());
    }
    storage::tasks::schedule_sooner(tx, OFFER, record.envelope.id.as_str(), app.clock.now_ms()).await
}

/// Offers a relay of ours to a body on another node. Once.
///
/// # Errors
/// `Forbidden` when the relay is not ours or was withdrawn.
pub async fn offer(app: &App, operator: &Operator, relay: &Row, body: &Actor) -> Result<()> {
    if !relay.ours || relay.withdrawn || relay.addressee.as_deref() != Some(body.uri.as_str()) {
        return Err(Error::forbidden("only a relay of ours, to whom it names"));
    }
    let mut tx = app.db.begin().await?;
    let (id, now) = (enqueue::mint(app), app.clock.now_ms());
    let row = Offer {
        relay: relay.uri.clone(),
        body: body.uri.clone(),
        sender: relay.author.clone(),
        offer: id.to_string(),
        ours: true,
        state: "offered".to_owned(),
        host: body.host.clone(),
        at: now,
        changed_at: now,
    };
    if !storage::offers::put(&mut tx, &row).await? {
        return Ok(());
    }
    let node = storage::actors::by_role_in(&mut tx, "relay").await?.into_iter().next();
    let node = node.map(|node| Iri::parse(&node.uri)).transpose()?;
    let (sender, to) = (Iri::parse(&relay.author)?, Iri::parse(&body.uri)?);
    let ends = (&sender, &to, &intake(body, &to));
    let at = Instant::of(app.clock.now());
    let document = activity::offer(&id, &Iri::parse(&relay.uri)?, ends, node.as_ref(), at);
    enqueue::direct(app, &mut tx, &document, &body.inbox, &body.host).await?;
    storage::audit::add(&mut tx, &operator.deed("offer", &relay.uri), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}

/// Where a body takes offers in: as it says, at its own origin, else where every Parvis body does.
fn intake(body: &Actor, id: &Iri) -> Iri {
    let said = canonical::read(&body.document).ok();
    let said = said.as_ref().and_then(|document| document.get("parvis:intake")?.as_str());
    let said = said.and_then(|intake| Iri::parse(intake).ok()).filter(|intake| intake.same_origin(id));
    said.unwrap_or_else(|| id.join("/intake"))
}

/// A relay is offered to a body of ours, and is in the register: it enters the intake, and its sender is told so
/// at once (`TentativeAccept`). `false`: it was there.
///
/// # Errors
/// `Forbidden` when the relay is not the sender's, or not to that body.
pub async fn receive(app: &App, offer: &Activity, relay: &Row, body: &Actor, sender: &Actor) -> Result<bool> {
    if relay.author != sender.uri || relay.addressee.as_deref() != Some(body.uri.as_str()) || relay.withdrawn
    {
        return Err(Error::forbidden("a relay is offered by its author, to whom it names"));
    }
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, offer.id.as_str(), offer.actor.as_str(), now).await? {
        return Ok(false);
    }
    let row = Offer {
        relay: relay.uri.clone(),
        body: body.uri.clone(),
        sender: sender.uri.clone(),
        offer: offer.id.to_string(),
        ours: false,
        state: "received".to_owned(),
        host: sender.host.clone(),
        at: now,
        changed_at: now,
    };
    let new = storage::offers::put(&mut tx, &row).await?;
    if new {
        storage::hosts::ensure(&mut tx, &sender.host).await?;
        let operator = Operator::peer(&sender.uri);
        answer(app, &mut tx, &Kind::TentativeAccept, &row, None).await?;
        storage::audit::add(&mut tx, &operator.deed("receive-offer", &relay.uri), now).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(new)
}

/// Tells the sender of an offer what became of it: the record that says so goes with it.
pub(super) async fn answer(
    app: &App,
    tx: &mut Tx,
    kind: &Kind,
    offer: &Offer,
    result: Option<&crate::domain::canonical::Document>,
) -> Result<()> {
    let Some(sender) = storage::actors::get_in(tx, &offer.sender).await? else { return Ok(()) };
    let (body, to) = (Iri::parse(&offer.body)?, Iri::parse(&offer.sender)?);
    let at = Instant::of(app.clock.now());
    let named = Iri::parse(&offer.offer)?;
    let document = activity::on_offer(kind, &enqueue::mint(app), (&body, &to), &named, result, at);
    enqueue::direct(app, tx, &document, &sender.inbox, &sender.host).await
}

/// The body answers an offer of ours. `alone`: nothing comes with it, so that the activity is remembered here.
/// `false`: handled before.
///
/// # Errors
/// `Forbidden` when we never made that offer, or made it to somebody else (threats O12).
pub async fn answered(app: &App, answer: &Activity, state: &str, alone: bool) -> Result<bool> {
    let offer = storage::offers::by_offer(&app.db, answer.object.id()?.as_str()).await?;
    let offer = offer.filter(|offer| offer.ours && offer.body == answer.actor.as_str());
    let offer = offer.ok_or_else(|| Error::forbidden("no such Offer of ours"))?;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if alone && !storage::received::remember(&mut tx, answer.id.as_str(), answer.actor.as_str(), now).await? {
        return Ok(false);
    }
    // What is automatic takes nothing back.
    if state != "received" || offer.state == "offered" {
        storage::offers::set_state(&mut tx, &offer.relay, &offer.body, state, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}
