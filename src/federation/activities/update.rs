//! Update: a new version of a record, an edited reply, or an actor that changed.

use super::super::{
    actors,
    inbox::{Message, Outcome},
};
use crate::{
    App, Result,
    actions::receive::{self, Arrival},
    domain::activity::Object,
    storage,
};

/// Appends the new version, renews the actor, or holds the edited reply again.
///
/// # Errors
/// `Forbidden` when the object is not the sender's own (threats O5, O6).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let Object::Embedded(object) = &message.activity.object else { return Ok(Outcome::Ignored) };
    if super::own(message, object)? == message.activity.actor {
        return actor(app, message).await;
    }
    super::create::said(app, message, object).await
}

/// The embedded copy of an actor is not believed: it is fetched from its origin. A peer's actor is a
/// version of the register too.
async fn actor(app: &App, message: &Message) -> Result<Outcome> {
    let fetched = actors::fetch_actor(app, &message.activity.actor).await?;
    app.keys.forget_actor(message.activity.actor.as_str());
    let text = fetched.actor.document;
    let document = crate::domain::canonical::read(&text)?;
    let follows = storage::follows::to_host(&app.db, &message.sender.host).await?;
    if follows && document.contains_key("parvis:version") {
        let arrival = Arrival {
            text: &text,
            document: &document,
            from_origin: true,
            activity: Some((&message.activity.id, &message.activity.actor)),
        };
        receive::version(app, &arrival).await?;
    }
    Ok(Outcome::Done)
}
