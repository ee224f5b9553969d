//! Move: an actor speaks under another address.

use super::super::{
    actors, gate,
    inbox::{Message, Outcome},
};
use crate::{
    App, Error, Result,
    actions::follows,
    domain::{Iri, activity},
    storage::{self, moves},
};

/// Follows it there, if both ends say so: the old one by its signature on this message, the new one in its own
/// document at its own origin. Of somebody who is nothing to us it is ignored, and nothing is fetched.
///
/// # Errors
/// `Forbidden` when somebody moves another, or to a blocked host; `Invalid` when the new address does not know the
/// old one; `Conflict` when it moved elsewhere before.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let moved = &message.activity;
    let old = moved.object.id()?;
    if old != moved.actor {
        return Err(Error::forbidden("only an actor moves itself"));
    }
    let named = activity::ids(moved.document.get("target"));
    let [target] = named[..] else { return Err(Error::invalid("target", "object", "not one id")) };
    let target = Iri::parse(target).map_err(|problem| problem.within("target"))?;
    let followed =
        storage::follows::ours(&app.db).await?.iter().any(|follow| follow.followed == old.as_str());
    if !followed && storage::versions::current(&app.db, old.as_str()).await?.is_none() {
        return Ok(Outcome::Ignored);
    }
    // What it signed of its move may have come before this message.
    match moves::get(&app.db, old.as_str()).await? {
        Some(before) if before.target != target.as_str() => {
            return Err(Error::conflict(format!("{old} moved before")));
        }
        Some(_) if !followed => return Ok(Outcome::Known),
        _ => {}
    }
    if app.urls.is_here(&target) || target == old || gate::is_blocked(app, target.host()).await? {
        return Err(Error::forbidden("nobody moves there"));
    }
    if !app.limits.may_ask(app, target.host()).await? {
        return Err(Error::forbidden("too many new servers"));
    }
    let fetched = actors::fetch_actor(app, &target).await?;
    let document = crate::domain::canonical::read(&fetched.actor.document)?;
    if !activity::ids(document.get("alsoKnownAs")).contains(&old.as_str()) {
        return Err(Error::invalid("target", "not-known-as", target.as_str()));
    }
    follows::moved(app, moved, &fetched.actor).await.map(Outcome::from)
}
