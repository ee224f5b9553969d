//! Reject: the one we asked to follow declines, now or later.

use super::super::inbox::{Message, Outcome};
use crate::{App, Result, actions::follows};

/// Marks our Follow rejected.
///
/// # Errors
/// `Forbidden` when we never asked, or somebody else answers (threats O12).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    follows::answered(app, &message.activity, "rejected").await.map(Outcome::from)
}
