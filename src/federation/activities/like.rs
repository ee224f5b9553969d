//! Like: somebody likes a record of ours.

use super::super::inbox::{Message, Outcome};
use crate::{App, Error, Result, actions::reactions};

/// Counts the like.
///
/// # Errors
/// Those of the database.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    match reactions::add(app, &message.activity, &message.activity.object.id()?).await {
        Err(Error::NotFound { .. }) => Ok(Outcome::Ignored),
        outcome => outcome.map(Outcome::from),
    }
}
