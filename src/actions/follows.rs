//! Who follows whom, both ways: ours asks, is accepted or refused, takes it back; others ask, are accepted
//! at once, take it back.
#![expect(clippy::similar_names, reason = "follower and followed are the field's own words")]

use crate::{
    App, Error, Result,
    domain::{
        Iri,
        activity::{self, Activity, Kind},
        canonical::{self, Document},
    },
    storage::{self, Tx, actors::Actor, follows::Follow, moves::Move},
};

use super::{Act, Operator, allow, enqueue};

/// Task kind: fetch a peer's history.
pub const CATCH_UP: &str = "catch-up";
/// Task kind: learn what runs on a host.
pub const PROBE: &str = "probe";

/// One of ours asks to follow an actor known here. Asking again changes nothing, unless it was refused.
///
/// # Errors
/// `Forbidden` when the one who follows is not ours, `Conflict` when the followed is.
pub async fn follow(app: &App, operator: &Operator, follower: &Iri, followed: &Actor) -> Result<()> {
    allow(app, operator, Act::Run, &followed.uri, None).await?;
    let mut tx = app.db.begin().await?;
    ours(&mut tx, follower).await?;
    if followed.ours {
        return Err(Error::conflict(format!("{} is an actor of this node", followed.uri)));
    }
    let known = storage::follows::get_in(&mut tx, follower.as_str(), &followed.uri).await?;
    if known.is_some_and(|known| known.state != "rejected") {
        return Ok(());
    }
    ask(app, &mut tx, follower, followed).await?;
    storage::audit::add(&mut tx, &operator.deed("follow", &followed.uri), app.clock.now_ms()).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}

/// Writes and queues a Follow.
async fn ask(app: &App, tx: &mut Tx, follower: &Iri, followed: &Actor) -> Result<()> {
    let id = enqueue::mint(app);
    let document = activity::follow(&id, follower, &Iri::parse(&followed.uri)?);
    let now = app.clock.now_ms();
    let row = Follow {
        follower: follower.to_string(),
        followed: followed.uri.clone(),
        ours: true,
        state: "pending".to_owned(),
        activity: id.to_string(),
        document: canonical::write(&document),
        host: followed.host.clone(),
        inbox: followed.delivery_inbox().to_owned(),
        at: now,
    };
    storage::follows::put(tx, &row).await?;
    learn(tx, &followed.host, now).await?;
    enqueue::direct(app, tx, &document, &followed.inbox, &followed.host).await
}

/// A host one has to do with from now on: what runs there is asked soon, unless it is known (it is asked again later).
async fn learn(tx: &mut Tx, host: &str, now: i64) -> Result<()> {
    storage::hosts::ensure(tx, host).await?;
    let known = storage::hosts::get_in(tx, host).await?;
    if known.is_some_and(|host| host.software.is_some()) {
        return Ok(());
    }
    storage::tasks::schedule_sooner(tx, PROBE, host, now).await
}

/// Somebody whom ours follow speaks under another address, which says so too: ours follow it there. `false`: that
/// activity was handled before.
///
/// # Errors
/// `Conflict` when it moved elsewhere before: a move is not taken back.
pub async fn moved(app: &App, moved: &Activity, target: &Actor) -> Result<bool> {
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, moved.id.as_str(), moved.actor.as_str(), now).await? {
        return Ok(false);
    }
    let old = moved.actor.as_str();
    let row = Move { actor: old.to_owned(), target: target.uri.clone(), ours: false, at: now };
    if storage::moves::get_in(&mut tx, old).await?.is_some_and(|before| before.target != target.uri) {
        return Err(Error::conflict(format!("{old} moved before")));
    }
    storage::moves::put(&mut tx, &row).await?;
    let mut ours = storage::follows::ours(&app.db).await?;
    ours.retain(|follow| follow.followed == old && follow.state != "rejected");
    for follow in ours {
        storage::follows::remove(&mut tx, &follow.follower, old).await?;
        if storage::follows::get_in(&mut tx, &follow.follower, &target.uri).await?.is_none() {
            ask(app, &mut tx, &Iri::parse(&follow.follower)?, target).await?;
        }
    }
    storage::audit::add(&mut tx, &Operator::peer(old).deed("moved", &target.uri), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(true)
}

/// One of ours takes its Follow back.
///
/// # Errors
/// `NotFound` when it does not follow.
pub async fn unfollow(app: &App, operator: &Operator, follower: &Iri, followed: &Iri) -> Result<()> {
    allow(app, operator, Act::Run, followed.as_str(), None).await?;
    let mut tx = app.db.begin().await?;
    let row = storage::follows::get_in(&mut tx, follower.as_str(), followed.as_str()).await?;
    let row = row.filter(|row| row.ours).ok_or_else(|| Error::not_found(followed.as_str()))?;
    let undone = canonical::read(&row.document)?;
    let undo = activity::about(&Kind::Undo, &enqueue::mint(app), follower, &undone, followed);
    enqueue::direct(app, &mut tx, &undo, &row.inbox, &row.host).await?;
    storage::follows::remove(&mut tx, follower.as_str(), followed.as_str()).await?;
    storage::audit::add(&mut tx, &operator.deed("unfollow", followed.as_str()), app.clock.now_ms()).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}

/// Somebody follows one of ours: accepted at once, or rejected from a limited host; the Follow is embedded
/// unchanged in the answer (wire.md §2.7). `false`: that activity was handled before.
///
/// # Errors
/// `NotFound` when the followed is not ours (threats O13).
pub async fn accept(app: &App, follow: &Activity, follower: &Actor) -> Result<bool> {
    let followed = follow.object.id()?;
    let mut tx = app.db.begin().await?;
    ours(&mut tx, &followed).await.map_err(|error| match error {
        Error::Forbidden { .. } => Error::not_found(followed.as_str()),
        other => other,
    })?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, follow.id.as_str(), follow.actor.as_str(), now).await? {
        return Ok(false);
    }
    if storage::hosts::get_in(&mut tx, &follower.host).await?.is_some_and(|host| host.policy == "limited") {
        let reject =
            activity::about(&Kind::Reject, &enqueue::mint(app), &followed, &follow.document, &follow.actor);
        enqueue::direct(app, &mut tx, &reject, &follower.inbox, &follower.host).await?;
        tx.commit().await?;
        app.wake.notify_one();
        return Ok(true);
    }
    let row = Follow {
        follower: follow.actor.to_string(),
        followed: followed.to_string(),
        ours: false,
        state: "accepted".to_owned(),
        activity: follow.id.to_string(),
        document: canonical::write(&follow.document),
        host: follower.host.clone(),
        inbox: follower.delivery_inbox().to_owned(),
        at: now,
    };
    storage::follows::put(&mut tx, &row).await?;
    learn(&mut tx, &follower.host, now).await?;
    let accept =
        activity::about(&Kind::Accept, &enqueue::mint(app), &followed, &follow.document, &follow.actor);
    enqueue::direct(app, &mut tx, &accept, &follower.inbox, &follower.host).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(true)
}

/// The followed answers one of our Follows. An acceptance by a node starts catching up with it.
///
/// # Errors
/// `Forbidden` when we never sent that Follow, or somebody else answers it (threats O12).
pub async fn answered(app: &App, answer: &Activity, state: &str) -> Result<bool> {
    let follow = answer.object.id()?;
    let mut tx = app.db.begin().await?;
    let row = storage::follows::by_activity_in(&mut tx, follow.as_str()).await?;
    let row = row.filter(|row| row.ours && row.followed == answer.actor.as_str());
    let row = row.ok_or_else(|| Error::forbidden("no such Follow of ours"))?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, answer.id.as_str(), answer.actor.as_str(), now).await? {
        return Ok(false);
    }
    storage::follows::set_state(&mut tx, &row.follower, &row.followed, state).await?;
    if state == "accepted" {
        storage::tasks::schedule_sooner(&mut tx, CATCH_UP, &row.host, now).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(true)
}

/// A follower takes its Follow back; only its own (threats O11).
///
/// # Errors
/// `Forbidden` when the Follow is somebody else's.
pub async fn undone(app: &App, undo: &Activity, follow: &Document) -> Result<bool> {
    let inner = Activity::from_document(follow.clone())?;
    if inner.actor != undo.actor {
        return Err(Error::forbidden("only the follower takes its Follow back"));
    }
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, undo.id.as_str(), undo.actor.as_str(), now).await? {
        return Ok(false);
    }
    let followed = inner.object.id()?;
    storage::follows::remove(&mut tx, undo.actor.as_str(), followed.as_str()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The Follow of an id, as it was received: an Undo may name it only.
///
/// # Errors
/// Those of the database.
pub async fn received(app: &App, id: &Iri) -> Result<Option<Document>> {
    let mut tx = app.db.begin().await?;
    let row = storage::follows::by_activity_in(&mut tx, id.as_str()).await?.filter(|row| !row.ours);
    Ok(row.map(|row| canonical::read(&row.document)).transpose()?)
}

/// The actor, if it is ours and not gone.
async fn ours(tx: &mut Tx, actor: &Iri) -> Result<Actor> {
    let found = storage::actors::get_in(tx, actor.as_str()).await?;
    let found = found.filter(|actor| actor.ours && actor.gone_at.is_none());
    found.ok_or_else(|| Error::forbidden(format!("{actor} is not an actor of this node")))
}
