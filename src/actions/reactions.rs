//! Likes and boosts of our records by others: counted, and taken back.

use crate::{
    App, Error, Result,
    domain::{Iri, activity::Activity},
    storage::{self, reactions::Reaction},
};

/// Counts a Like or an Announce of a record of ours, once per actor. `false`: handled before.
///
/// # Errors
/// `NotFound` when the object is not a record of ours.
pub async fn add(app: &App, activity: &Activity, object: &Iri) -> Result<bool> {
    let row = storage::records::get(&app.db, object.as_str()).await?;
    if row.is_none_or(|row| !row.ours) {
        return Err(Error::not_found(object.as_str()));
    }
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), activity.actor.as_str(), now).await? {
        return Ok(false);
    }
    let reaction = Reaction {
        actor: activity.actor.to_string(),
        object: object.to_string(),
        kind: activity.kind.name().to_owned(),
        activity: activity.id.to_string(),
        at: now,
    };
    storage::reactions::put(&mut tx, &reaction).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes a reaction back: by the id of its activity, by the same actor.
///
/// # Errors
/// Those of the database.
pub async fn remove(app: &App, undo: &Activity, activity: &Iri) -> Result<bool> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, undo.id.as_str(), undo.actor.as_str(), now).await? {
        return Ok(false);
    }
    let removed =
        storage::reactions::remove_activity(&mut tx, undo.actor.as_str(), activity.as_str()).await?;
    tx.commit().await?;
    Ok(removed)
}
