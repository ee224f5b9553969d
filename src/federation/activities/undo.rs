//! Undo: somebody takes back what it did: a Follow, a Like, a boost.

use super::super::inbox::{Message, Outcome};
use crate::{
    App, Error, Result,
    actions::{follows, reactions},
    domain::{activity::Object, canonical::Document},
};

/// Takes it back, if it is the sender's own (threats O11). Some servers name what is undone, others embed it.
///
/// # Errors
/// `Forbidden` when it is somebody else's.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let undo = &message.activity;
    let undone = match &undo.object {
        Object::Embedded(document) => Some(document.clone()),
        Object::Link(id) => follows::received(app, id).await?,
    };
    match undone {
        Some(document) if kind(&document) == "Follow" => {
            follows::undone(app, undo, &document).await.map(Outcome::from)
        }
        Some(document) if actor(&document) != undo.actor.as_str() => {
            Err(Error::forbidden("only its actor takes an activity back"))
        }
        _ => {
            let removed = reactions::remove(app, undo, &undo.object.id()?).await?;
            Ok(if removed { Outcome::Done } else { Outcome::Ignored })
        }
    }
}

fn kind(document: &Document) -> &str {
    document.get("type").and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn actor(document: &Document) -> &str {
    document.get("actor").and_then(serde_json::Value::as_str).unwrap_or_default()
}
