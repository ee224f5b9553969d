//! `TentativeAccept`: the body has what we offered, and a person will look at it.

use super::super::inbox::{Message, Outcome};
use crate::{App, Result, actions::relays};

/// Marks our Offer received.
///
/// # Errors
/// `Forbidden` when we never made it, or somebody else answers (threats O12).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    relays::answered(app, &message.activity, "received", true).await.map(Outcome::from)
}
