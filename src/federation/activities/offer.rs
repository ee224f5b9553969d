//! Offer: somebody relays a recommendation or an avis to a body of ours; and what a body makes of our own.

use serde_json::Value;

use super::{
    super::{
        inbox::{Message, Outcome},
        summon,
    },
    Carried,
};
use crate::{
    App, Error, Result,
    actions::relays,
    domain::{Iri, Role, activity::Object, canonical::Document},
    storage::{self, actors::Actor, offers::Offer},
};

/// Takes a relay into the intake of the body it is offered to: the record and what it concerns are fetched from
/// their origins, checked like any other, and enter the register because we were asked. What is offered to
/// nobody here, or embedded, is ignored.
///
/// # Errors
/// `Forbidden` when the relay is not the sender's own, names another body, or its server offered too much today;
/// `NotFound` when it is withdrawn.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let offer = &message.activity;
    let (Object::Link(relay), false) = (&offer.object, message.limited) else { return Ok(Outcome::Ignored) };
    let Some(body) = body(app, &offer.recipients).await? else { return Ok(Outcome::Ignored) };
    if !relay.same_origin(&offer.actor) {
        return Err(Error::forbidden("a relay is offered by its author"));
    }
    if let Some(known) = storage::offers::get(&app.db, relay.as_str(), &body.uri).await? {
        return if known.sender == offer.actor.as_str() {
            Ok(Outcome::Known)
        } else {
            Err(Error::forbidden("a relay is offered by its author"))
        };
    }
    if !app.limits.offer(&message.sender.host, app.clock.now_ms()) {
        return Err(Error::forbidden("too many offers in a day"));
    }
    let row = summon::relay(app, relay, (&offer.actor, &Iri::parse(&body.uri)?)).await?;
    relays::receive(app, offer, &row, &body, &message.sender).await.map(Outcome::from)
}

/// The body of ours that an offer is addressed to: a city hall, or what stands for one on this tier.
async fn body(app: &App, recipients: &[String]) -> Result<Option<Actor>> {
    let known = storage::actors::by_uris(&app.db, &recipients[..recipients.len().min(8)]).await?;
    let ours = |actor: &Actor| actor.ours && actor.gone_at.is_none();
    Ok(known.into_iter().find(|actor| ours(actor) && actor.role.as_deref() == Some(Role::Mairie.code())))
}

/// What a body makes of an offer of ours: a state, and a record of that kind that says so, which enters the register.
///
/// # Errors
/// `Forbidden` when the offer is not ours, or was made to somebody else (threats O12), or the record is about
/// something else.
pub(super) async fn answered(
    app: &App,
    message: &Message,
    offer: &Offer,
    (state, kind): (&str, &str),
) -> Result<Outcome> {
    let result = match message.activity.document.get("result") {
        Some(Value::Object(result)) => Some(result),
        _ => None,
    };
    if !offer.ours || offer.body != message.activity.actor.as_str() {
        return Err(Error::forbidden("no such Offer of ours"));
    }
    let Some(result) = result else {
        return relays::answered(app, &message.activity, state, true).await.map(Outcome::from);
    };
    if !says(result, kind, offer) {
        return Err(Error::forbidden("the result is about something else"));
    }
    let carried: Carried<'_> = serde_json::from_str(&message.text).map_err(Error::internal)?;
    let text = carried.result.map(serde_json::value::RawValue::get).unwrap_or_default();
    // First the record: an offer whose receipt does not hold was not accepted.
    let outcome = super::enter(app, message, text, result).await?;
    relays::answered(app, &message.activity, state, false).await?;
    Ok(outcome)
}

/// Whether a record is that body's word, of that kind, on that relay.
fn says(result: &Document, kind: &str, offer: &Offer) -> bool {
    let text = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default();
    text("parvis:kind").strip_prefix("parvis:") == Some(kind)
        && text("attributedTo") == offer.body
        && text("parvis:relay") == offer.relay
}
