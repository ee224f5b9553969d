//! Offers of relays, and requests to be in a convention: those we made, and those made to an actor of ours, with
//! what became of each (register.md rules 11 and 12).

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO offers (relay, body, sender, offer, ours, state, host, at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (relay, body) DO NOTHING";
    GET = "SELECT * FROM offers WHERE relay = $1 AND body = $2";
    BY_OFFER = "SELECT * FROM offers WHERE offer = $1 ORDER BY relay, body LIMIT 1";
    TO_US = "SELECT o.* FROM actors a JOIN offers o ON o.body = a.uri WHERE a.ours AND a.role <> 'convention' AND NOT o.ours
        AND (o.at, o.relay) < ($1, $2) ORDER BY o.at DESC, o.relay DESC LIMIT $3";
    IS_JOIN = "SELECT count(*) FROM records WHERE uri = $1 AND kind = 'Adhesion'";
    COUNT = "SELECT count(*) FROM offers WHERE body = $1 AND NOT ours";
    SET_STATE = "UPDATE offers SET state = $3, changed_at = $4 WHERE relay = $1 AND body = $2";
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Offer {
    /// Id of the Relay record, or of the Adhesion.
    pub relay: String,
    /// Whom it is offered to.
    pub body: String,
    /// Who offers.
    pub sender: String,
    /// Id of the Offer.
    pub offer: String,
    /// Whether we offer.
    pub ours: bool,
    /// Of ours: offered, received, accepted, declined. Of others': received, accepted, answered, declined.
    pub state: String,
    /// The other side.
    pub host: String,
    /// When it was made or received.
    pub at: i64,
    /// When its state last changed.
    pub changed_at: i64,
}

/// Puts an offer, unless that relay was offered to that body before; `false` then.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, offer: &Offer) -> Result<bool> {
    let args = args![
        &offer.relay,
        &offer.body,
        &offer.sender,
        &offer.offer,
        offer.ours,
        &offer.state,
        &offer.host,
        offer.at,
        offer.changed_at
    ];
    Ok(tx.run(&PUT, args).await? > 0)
}

/// The offer of a relay to a body.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, relay: &str, body: &str) -> Result<Option<Offer>> {
    db.first(&GET, args![relay, body]).await
}

/// The same, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, relay: &str, body: &str) -> Result<Option<Offer>> {
    tx.first(&GET, args![relay, body]).await
}

/// The offer that an activity made.
///
/// # Errors
/// Those of the database.
pub async fn by_offer(db: &Db, activity: &str) -> Result<Option<Offer>> {
    db.first(&BY_OFFER, args![activity]).await
}

/// What is offered to our actors, the latest first; what comes after a place (`at`, relay), or from the latest.
///
/// # Errors
/// Those of the database.
pub async fn to_us(db: &Db, after: Option<(i64, &str)>, limit: i64) -> Result<Vec<Offer>> {
    let (at, relay) = after.unwrap_or((i64::MAX, ""));
    db.all(&TO_US, args![at, relay, limit]).await
}

/// Whether it asks to be in a convention, rather than relays something.
///
/// # Errors
/// Those of the database.
pub async fn is_join(db: &Db, offer: &Offer) -> Result<bool> {
    Ok(db.count(&IS_JOIN, args![&offer.relay]).await? > 0)
}

/// How much was offered to a body of ours.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &Db, body: &str) -> Result<i64> {
    db.count(&COUNT, args![body]).await
}

/// Sets what became of an offer.
///
/// # Errors
/// Those of the database.
pub async fn set_state(tx: &mut Tx, relay: &str, body: &str, state: &str, now: i64) -> Result<()> {
    tx.run(&SET_STATE, args![relay, body, state, now]).await.map(drop)
}
