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
    if let Object::Embedded(object) = &message.activity.object {
        super::own(message, object)?;
        if super::enters_register(app, message, object).await? {
            return super::version(app, message, object).await;
        }
    }
    if storage::actors::get(&app.db, id.as_str()).await?.is_some() {
        return Err(Error::forbidden("an actor deletes itself"));
    }
    if let Some(row) = storage::records::get(&app.db, id.as_str()).await? {
        // A record ends by its signed Tombstone, never by a bare Delete.
        return if row.author == message.activity.actor.as_str() {
            Ok(Outcome::Ignored)
        } else {
            Err(Error::forbidden("only its author withdraws a record"))
        };
    }
    replies::erase(app, &message.activity, &id)
        .await
        .map(|erased| if erased { Outcome::Done } else { Outcome::Ignored })
}
