//! An inbox that is gone proves nothing about its actor: only the actor's own address, when it answers 410
//! or with a Tombstone, ends what it followed (R6).

use serde_json::Value;

use super::{media, peer, signing};
use crate::{
    App, Result,
    domain::Iri,
    storage::{actors, deliveries, follows},
};

/// Longest answer read.
const MAX: usize = 64 * 1024;

/// Asks an actor's address whether it is gone; if so, its follows end and nothing more is sent to it.
///
/// # Errors
/// `Unavailable` when there is no answer: asked again later. Any other answer leaves all as it is.
pub async fn check(app: &App, actor: &Iri) -> Result<bool> {
    let signer = signing::node(app).await?;
    let fetched = app.http.get(actor, signer.as_ref(), media::ACCEPT, MAX).await;
    let fetched = fetched.map_err(|error| peer::silent(actor, &error))?;
    let buried = fetched.status == 410 || (fetched.status == 200 && is_tombstone(&fetched.body, actor));
    if buried {
        forget(app, actor).await?;
        tracing::info!(actor = actor.as_str(), "gone: its follows ended");
    }
    Ok(buried)
}

fn is_tombstone(body: &[u8], actor: &Iri) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|document| {
        document["type"].as_str() == Some("Tombstone") && document["id"].as_str() == Some(actor.as_str())
    })
}

async fn forget(app: &App, actor: &Iri) -> Result<()> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let known = actors::get_in(&mut tx, actor.as_str()).await?;
    follows::remove_actor(&mut tx, actor.as_str()).await?;
    actors::gone(&mut tx, actor.as_str(), now).await?;
    if let Some(known) = known {
        let own = deliveries::Target { inbox: known.inbox, host: known.host };
        deliveries::give_up_inbox(&mut tx, &own, "actor gone", now).await?;
    }
    tx.commit().await
}
