//! Says of an actor that came back without its domain where it speaks now: its last version names the new one, the
//! new one names it, and a Move by its own key tells those who follow (register.md rules 1, 6). Writes down the
//! moves of others that their signed versions state.

use crate::{
    App, Error, Result,
    domain::{Actor, Handle, Iri, Role, Version, canonical, html, moves},
    storage::{self, Tx, moves::Move, records::Row},
};

use super::{
    Act, Operator, Proof,
    actors::{self, Profile},
    allow, enqueue, rebuild,
    register::{self, Entry},
};

/// Most former addresses that are looked at of one actor.
const FORMER: usize = 20;

/// The actors whose keys we hold and whose addresses are another domain's, that did not move yet: the node first,
/// councils last.
///
/// # Errors
/// Those of the database.
pub async fn waiting(app: &App) -> Result<Vec<Iri>> {
    let mut found = Vec::new();
    for id in rebuild::held(app).await? {
        let moved = storage::moves::get(&app.db, id.as_str()).await?.is_some();
        if app.urls.is_here(&id) || moved {
            continue;
        }
        if let Some((_, actor)) = latest(app, &id).await?
            && let Some(role) = actor.role()
        {
            let rank =
                [Role::Relay, Role::Feed, Role::Mairie].iter().position(|one| *one == role).unwrap_or(3);
            found.push((rank, id));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// The last version of an actor, as text and checked.
async fn latest(app: &App, id: &Iri) -> Result<Option<(String, Actor)>> {
    let row = storage::versions::current(&app.db, id.as_str()).await?;
    let Some(text) = row.and_then(|row| row.document) else { return Ok(None) };
    Ok(match Version::parse(&text)? {
        Version::Actor(actor) => Some((text, *actor)),
        _ => None,
    })
}

/// Moves one of them to the account of this node with its name and role, made if it is missing; tells its followers
/// and `told`, inboxes with their hosts. Gives the new id.
///
/// # Errors
/// `NotFound` when it is none of [`waiting`]; `Conflict` when another role has its name here.
pub async fn begin(app: &App, operator: &Operator, old: &Iri, told: &[(String, String)]) -> Result<Iri> {
    allow(app, operator, Act::Run, old.as_str(), None).await?;
    let found = latest(app, old).await?.filter(|_| !app.urls.is_here(old));
    let (text, mut actor) = found.ok_or_else(|| Error::not_found(old.as_str()))?;
    let role = actor.role().ok_or_else(|| Error::not_found(old.as_str()))?;
    let target = target(app, operator, &actor, role).await?;
    let mut tx = app.db.begin().await?;
    actors::known_as(app, &mut tx, &target, old).await?;
    actor.moved_to = Some(target.clone());
    let (actor, document) = actors::next(app, &mut tx, &canonical::read(&text)?, actor).await?;
    let (now, text) = (app.clock.now_ms(), canonical::write(&document));
    let version = Version::from_document(&document)?;
    let (ours, proof) = (true, Proof::Valid);
    let entry = Entry { version: &version, text: &text, document: &document, ours, proof, now };
    register::append(&mut tx, &entry).await?;
    storage::actors::put(&mut tx, &register::actor_row(&actor, &text, None, now)).await?;
    stated(&mut tx, &actor).await?;
    enqueue::moved(app, &mut tx, old, &target, told).await?;
    storage::audit::add(&mut tx, &operator.deed("move", old.as_str()), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(target)
}

/// Whether somebody is whom a record asks, under the address it was asked at or the one where that one speaks now.
///
/// # Errors
/// Those of the database.
pub async fn is_asked(app: &App, asked: &Row, who: &str) -> Result<bool> {
    let Some(addressee) = asked.addressee.as_deref() else { return Ok(false) };
    Ok(addressee == who || storage::moves::known(&app.db).await?.now(addressee) == who)
}

/// Writes down the moves that a signed version of an actor completes: its own, if the new address names it, and those
/// of the addresses it names, if they say so themselves. What one end says alone moves nobody.
///
/// # Errors
/// Those of the database.
pub(super) async fn stated(tx: &mut Tx, actor: &Actor) -> Result<()> {
    if let Some(target) = &actor.moved_to
        && let Some(target) = known(tx, target).await?
    {
        put(tx, &actor.id, &target).await?;
    }
    for old in actor.also_known_as.iter().take(FORMER) {
        put(tx, old, actor).await?;
    }
    Ok(())
}

/// Writes a move down with the time of the first version that the old address signed of it, so that it is the same
/// on every node.
async fn put(tx: &mut Tx, old: &Iri, target: &Actor) -> Result<()> {
    let rows = storage::versions::history_in(tx, old.as_str()).await?;
    let ours = rows.iter().any(|row| row.ours);
    let signed = rows.iter().filter(|row| row.proof == "valid").filter_map(|row| row.document.as_deref());
    let since = signed.filter_map(|text| match Version::parse(text) {
        Ok(Version::Actor(old)) => moves::stated(&old, target),
        _ => None,
    });
    let Some(since) = since.min() else { return Ok(()) };
    let at = since.timestamp().as_millisecond();
    let row = Move { actor: old.to_string(), target: target.id.to_string(), ours, at };
    storage::moves::put(tx, &row).await
}

/// An actor as it signed itself last, else as its own origin showed it.
async fn known(tx: &mut Tx, id: &Iri) -> Result<Option<Actor>> {
    let signed = storage::versions::current_in(tx, id.as_str()).await?;
    let text = match signed.filter(|row| row.proof == "valid").and_then(|row| row.document) {
        Some(text) => Some(text),
        None => storage::actors::get_in(tx, id.as_str()).await?.map(|row| row.document),
    };
    let document = text.and_then(|text| canonical::read(&text).ok());
    Ok(document.and_then(|document| Actor::from_document(&document).ok()))
}

/// The account of this node that goes on for another.
async fn target(app: &App, operator: &Operator, old: &Actor, role: Role) -> Result<Iri> {
    match storage::actors::by_handle(&app.db, &old.handle).await? {
        Some(known) if known.role.as_deref() == Some(role.code()) => Ok(Iri::parse(&known.uri)?),
        Some(known) => Err(Error::conflict(format!("@{} is another account here", known.handle))),
        None => {
            let mut profile = Profile::new(role, Handle::parse(&old.handle)?, old.name.clone());
            profile.summary = html::plain(&old.summary);
            profile.claims.clone_from(&old.claims);
            profile.born_of.clone_from(&old.born_of);
            profile.territory.clone_from(&old.territory);
            profile.charter.clone_from(&old.charter);
            profile.synthetic = old.synthetic;
            Ok(actors::save(app, operator, &profile).await?.0)
        }
    }
}
