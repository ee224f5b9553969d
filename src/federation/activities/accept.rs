//! Accept: the one we asked to follow agrees.

use super::super::inbox::{Message, Outcome};
use crate::{App, Result, actions::follows};

/// Marks our Follow accepted.
///
/// # Errors
/// `Forbidden` when we never asked, or somebody else answers (threats O12).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    follows::answered(app, &message.activity, "accepted").await.map(Outcome::from)
}
