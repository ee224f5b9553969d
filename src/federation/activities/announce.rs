//! Announce: somebody boosts a record of ours. What others pass on of third parties is not stored: it is
//! fetched at its origin or not at all (threats O14, O31).

use super::super::inbox::{Message, Outcome};
use crate::{App, Error, Result, actions::reactions, domain::activity::Object};

/// Counts the boost.
///
/// # Errors
/// Those of the database.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let Object::Link(object) = &message.activity.object else { return Ok(Outcome::Ignored) };
    match reactions::add(app, &message.activity, object).await {
        Err(Error::NotFound { .. }) => Ok(Outcome::Ignored),
        outcome => outcome.map(Outcome::from),
    }
}
