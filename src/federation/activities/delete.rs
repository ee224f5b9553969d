//! Delete: a record withdrawn, a reply taken away, an actor gone.

use super::super::inbox::{Message, Outcome};
use crate::{App, Error, Result, actions::replies, domain::activity::Object, storage};

/// Marks the record withdrawn, erases the reply, forgets the actor.
///
/// # Errors
/// `Forbidden` when it is not the sender's own, or ours (threats O8).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let id = message.activity.object.id()?;
    if id == message.activity.actor {
        replies::forget_author(app, &message.activity).await?;
        return Ok(Outcome::Done);
    }
    if !id.same_origin(&message.activity.actor) {
        return Err(Error::forbidden("the object lives elsewhere"));
    }
    if let Object::Embedded(object) = &message.activity.object
        && super::is_record(object)
    {
        return super::version(app, message, object).await;
    }
    // A record ends by its signed Tombstone, never by a bare Delete.
    if storage::records::get(&app.db, id.as_str()).await?.is_some() {
        return Ok(Outcome::Ignored);
    }
    replies::erase(app, &message.activity, &id)
        .await
        .map(|erased| if erased { Outcome::Done } else { Outcome::Ignored })
}
