//! Accept: the one we asked to follow agrees, the body to which we offered a relay takes it in charge, or the
//! convention that a council of ours asked to join admits it.

use super::super::inbox::{Message, Outcome};
use crate::{App, Result, actions::follows, storage};

/// Marks our Follow or our Offer accepted; the receipt that comes with the latter enters the register.
///
/// # Errors
/// `Forbidden` when we never asked, or somebody else answers (threats O12).
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let asked = message.activity.object.id()?;
    match storage::offers::by_offer(&app.db, asked.as_str()).await? {
        Some(asked) if storage::offers::is_join(&app.db, &asked).await? => {
            super::join::answered(app, message, &asked, "accepted").await
        }
        Some(offer) => super::offer::answered(app, message, &offer, ("accepted", "Receipt")).await,
        None => follows::answered(app, &message.activity, "accepted").await.map(Outcome::from),
    }
}
