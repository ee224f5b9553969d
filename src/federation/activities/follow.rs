//! Follow: anybody may follow an actor of ours.

use super::super::inbox::{Message, Outcome};
use crate::{App, Result, actions::follows};

/// Accepts the follower.
///
/// # Errors
/// `NotFound` when the followed is not ours (threats O13).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    follows::accept(app, &message.activity, &message.sender).await.map(Outcome::from)
}
