//! Create: a peer's record, or a citizen's reply.

use super::super::inbox::{Message, Outcome};
use crate::{
    App, Error, Result,
    actions::replies,
    domain::{activity::Object, canonical::Document},
};

/// Takes a record into the register, holds a reply for a person's decision, ignores the rest. An object
/// that is only named is left to catching up: nothing is fetched on a stranger's word.
///
/// # Errors
/// `Forbidden` when the object is not the sender's own (threats O3, O4).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let Object::Embedded(object) = &message.activity.object else { return Ok(Outcome::Ignored) };
    super::own(message, object)?;
    said(app, message, object).await
}

/// Something new, or its edit: a version of a record, or a citizen's reply to a record of ours.
///
/// # Errors
/// Those of either.
pub(super) async fn said(app: &App, message: &Message, object: &Document) -> Result<Outcome> {
    if super::enters_register(app, message, object).await? {
        super::version(app, message, object).await
    } else {
        reply(app, message, object).await
    }
}

/// A citizen's reply to a record of ours, or its edit.
///
/// # Errors
/// `Forbidden` when it is not its author's; a reply to nothing of ours is ignored.
async fn reply(app: &App, message: &Message, note: &Document) -> Result<Outcome> {
    if message.limited || !note.contains_key("inReplyTo") {
        return Ok(Outcome::Ignored);
    }
    match replies::receive(app, &message.activity, note, &message.sender).await {
        Err(Error::NotFound { .. }) => Ok(Outcome::Ignored),
        outcome => outcome.map(Outcome::from),
    }
}
