//! Other servers' keys: in memory, then in the database, then from their origin – and from there seldom,
//! whatever anybody sends (threats S2, S22 to S27).

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    actors::{self, ActorError, RemoteActor},
    signature::{Checked, Refusal, VerifyingKey},
};
use crate::{App, domain::Iri, storage};

/// Most entries of each kind kept in memory.
const MAX_ENTRIES: usize = 10_000;
/// How long a key that could not be had is not asked for again, in milliseconds; shorter when its server
/// only was silent.
const REFUSED_FOR: i64 = 600_000;
const SILENT_FOR: i64 = 60_000;
/// Least time between two refreshes of one actor's keys.
const REFRESH_EVERY: i64 = 600_000;
/// Fetches per host and minute.
const FETCHES: usize = 10;
const MINUTE: i64 = 60_000;
/// How many messages may wait for the one fetch of their host, and how long.
const WAITING: usize = 16;
const PATIENCE: Duration = Duration::from_secs(10);

/// Parsed keys of other servers, and what may be asked of whom. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct KeyCache(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    keys: HashMap<Iri, Entry>,
    refused: HashMap<Iri, (i64, Refusal)>,
    refreshed: HashMap<String, i64>,
    hosts: HashMap<String, Host>,
    uses: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    owner: String,
    key: VerifyingKey,
    used: u64,
}

/// What was asked of one host.
#[derive(Debug)]
struct Host {
    fetched_at: VecDeque<i64>,
    waiting: usize,
    turn: Arc<Semaphore>,
}

/// A key, whose it is, and the actor document if it was fetched for it.
pub(super) struct Found {
    pub(super) owner: String,
    pub(super) key: VerifyingKey,
    pub(super) fetched: Option<RemoteActor>,
}

/// Verifies a message by the key it names (at its actor's origin, as the gate has seen), which must be that
/// actor's. A key that does not fit is asked for
/// once more (S26). Gives the actor if its document was fetched on the way; nothing is stored.
///
/// # Errors
/// `key_owner_mismatch`, `key_unknown`, `key_limited`, `actor_gone`, `sig_invalid`, `bad_algorithm`.
pub(super) async fn verify(
    app: &App,
    checked: &Checked,
    actor: &Iri,
) -> Result<Option<RemoteActor>, Refusal> {
    let found = find(app, &checked.key_id).await?;
    if found.owner != actor.as_str() {
        return Err(Refusal::KeyOwnerMismatch);
    }
    match checked.verify(&found.key) {
        Ok(()) => Ok(found.fetched),
        Err(refusal) if found.fetched.is_some() => Err(refusal),
        Err(refusal) => {
            let now = app.clock.now_ms();
            if !app.keys.may_refresh(actor.as_str(), now) {
                return Err(refusal);
            }
            // The key may have been replaced at its origin; if it was not, the first verdict stands.
            let fresh = fetch(app, &checked.key_id, true).await.map_err(|_| refusal)?;
            if fresh.owner != actor.as_str() {
                return Err(Refusal::KeyOwnerMismatch);
            }
            checked.verify(&fresh.key).map(|()| fresh.fetched)
        }
    }
}

/// A key by its id: from memory, from the database, from its origin.
async fn find(app: &App, id: &Iri) -> Result<Found, Refusal> {
    let now = app.clock.now_ms();
    if let Some(entry) = app.keys.get(id) {
        return Ok(Found { owner: entry.owner, key: entry.key, fetched: None });
    }
    let stored = storage::keys::get(&app.db, id.as_str()).await.map_err(|_| Refusal::Unavailable)?;
    // One that is over is asked for at its origin like one never seen: it may be listed there again.
    let holds = |row: &storage::keys::Key| row.pinned_at.is_some() && row.revoked.is_none();
    if let Some(row) = stored.filter(|row| holds(row) && row.secret.is_none()) {
        let key = VerifyingKey::parse(&row.public).map_err(|_| Refusal::BadKey)?;
        app.keys.put(id, &row.actor, &key);
        return Ok(Found { owner: row.actor, key, fetched: None });
    }
    app.keys.refused(id, now)?;
    fetch(app, id, false).await
}

/// A key from its origin, within what its host may be asked; `again` although it is known.
async fn fetch(app: &App, id: &Iri, again: bool) -> Result<Found, Refusal> {
    let turn = app.keys.turn(id.host()).await?;
    let now = app.clock.now_ms();
    // While we waited, the same key may have come, or been refused.
    app.keys.refused(id, now)?;
    if let Some(entry) = app.keys.get(id).filter(|_| !again) {
        return Ok(Found { owner: entry.owner, key: entry.key, fetched: None });
    }
    if !app.limits.may_ask(app, id.host()).await.map_err(|_| Refusal::Unavailable)? {
        return Err(Refusal::KeyLimited);
    }
    let fetched = ask(app, id).await;
    drop(turn);
    match fetched {
        Ok(actor) => {
            // It lists the key: `ask` gives nothing else.
            let key = actor.key(id).map(|key| key.parsed.clone()).ok_or(Refusal::KeyUnknown)?;
            app.keys.put(id, &actor.actor.uri, &key);
            Ok(Found { owner: actor.actor.uri.clone(), key, fetched: Some(actor) })
        }
        Err(refusal) => {
            tracing::info!(key = %id, reason = refusal.reason.reason(), "key not had");
            app.keys.forget(id, now + refusal.for_ms, refusal.reason);
            Err(refusal.reason)
        }
    }
}

/// Why a key was not had, and how long that is remembered.
struct NotHad {
    reason: Refusal,
    for_ms: i64,
}

impl NotHad {
    const fn unknown() -> Self {
        Self { reason: Refusal::KeyUnknown, for_ms: REFUSED_FOR }
    }
}

impl From<ActorError> for NotHad {
    fn from(error: ActorError) -> Self {
        use super::connector::ConnectorError::Connect;
        let silent = matches!(&error, ActorError::Connector(inner) if inner.is_silence());
        let reason = match &error {
            error if error.is_gone() => Refusal::ActorGone,
            // Nothing is known against the sender: it may come again (threats X25).
            ActorError::Connector(Connect(_)) => Refusal::Unavailable,
            _ => Refusal::KeyUnknown,
        };
        Self { reason, for_ms: if silent { SILENT_FOR } else { REFUSED_FOR } }
    }
}

/// Asks for the document that holds the key: the actor itself, or a key document that names its owner, who
/// must list the key (S22, S23; GoToSocial answers at `…/main-key` with a short form of the actor).
async fn ask(app: &App, id: &Iri) -> Result<RemoteActor, NotHad> {
    let limited = NotHad { reason: Refusal::KeyLimited, for_ms: 0 };
    let document_url = id.without_fragment();
    if !app.keys.may_fetch(id.host(), app.clock.now_ms()) {
        return Err(limited);
    }
    let (found, document, text) = actors::fetch_object(app, &document_url).await?;
    if document.get("id").and_then(Value::as_str) == Some(found.as_str())
        && let Ok(actor) = actors::read(&found, &document, text, app.clock.now_ms())
    {
        return if actor.key(id).is_some() { Ok(actor) } else { Err(NotHad::unknown()) };
    }
    let owner = owner(&document, id).ok_or_else(NotHad::unknown)?;
    if !owner.same_origin(id) || app.urls.is_here(&owner) || owner == document_url {
        return Err(NotHad::unknown());
    }
    if !app.keys.may_fetch(id.host(), app.clock.now_ms()) {
        return Err(limited);
    }
    let (found, document, text) = actors::fetch_object(app, &owner).await?;
    let actor = actors::read(&found, &document, text, app.clock.now_ms())?;
    if actor.key(id).is_some() && actor.actor.uri == owner.as_str() {
        Ok(actor)
    } else {
        Err(NotHad::unknown())
    }
}

/// The owner that a key document names for this very key.
fn owner(document: &Map<String, Value>, id: &Iri) -> Option<Iri> {
    let inner = document.get("publicKey").and_then(Value::as_object);
    let key = [Some(document), inner].into_iter().flatten();
    let mut named = key.filter(|key| key.get("id").and_then(Value::as_str) == Some(id.as_str()));
    Iri::parse(named.find_map(|key| key.get("owner")?.as_str())?).ok()
}

impl KeyCache {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: &Iri) -> Option<Entry> {
        let mut state = self.state();
        state.uses += 1;
        let uses = state.uses;
        let entry = state.keys.get_mut(id)?;
        entry.used = uses;
        Some(entry.clone())
    }

    fn put(&self, id: &Iri, owner: &str, key: &VerifyingKey) {
        let mut state = self.state();
        if state.keys.len() >= MAX_ENTRIES {
            let mut used: Vec<u64> = state.keys.values().map(|entry| entry.used).collect();
            used.sort_unstable();
            let oldest = used.get(MAX_ENTRIES / 2).copied().unwrap_or_default();
            state.keys.retain(|_, entry| entry.used > oldest);
        }
        state.uses += 1;
        let entry = Entry { owner: owner.to_owned(), key: key.clone(), used: state.uses };
        state.refused.remove(id);
        state.keys.insert(id.clone(), entry);
    }

    /// Forgets every key of an actor: it was deleted, or its keys changed.
    pub fn forget_actor(&self, actor: &str) {
        self.state().keys.retain(|_, entry| entry.owner != actor);
    }

    /// Whether a key was refused lately.
    fn refused(&self, id: &Iri, now: i64) -> Result<(), Refusal> {
        match self.state().refused.get(id) {
            Some((until, refusal)) if now < *until => Err(*refusal),
            _ => Ok(()),
        }
    }

    fn forget(&self, id: &Iri, until: i64, refusal: Refusal) {
        let mut state = self.state();
        if state.refused.len() >= MAX_ENTRIES {
            state.refused.clear();
        }
        state.refused.insert(id.clone(), (until, refusal));
    }

    /// Whether an actor's keys may be asked for again, and if so that they are.
    fn may_refresh(&self, actor: &str, now: i64) -> bool {
        let mut state = self.state();
        state.refreshed.retain(|_, at| now - *at < REFRESH_EVERY);
        if state.refreshed.contains_key(actor) || state.refreshed.len() >= MAX_ENTRIES {
            return false;
        }
        state.refreshed.insert(actor.to_owned(), now);
        true
    }

    /// Whether a host may be asked once more this minute, and if so that it is.
    fn may_fetch(&self, host: &str, now: i64) -> bool {
        let mut state = self.state();
        let Some(host) = state.hosts.get_mut(host) else { return false };
        host.fetched_at.retain(|at| now - *at < MINUTE);
        let free = host.fetched_at.len() < FETCHES;
        if free {
            host.fetched_at.push_back(now);
        }
        free
    }

    /// Waits for the turn to ask a host: one at a time, few waiting (S25).
    async fn turn(&self, host: &str) -> Result<Turn, Refusal> {
        let semaphore = {
            let mut state = self.state();
            if state.hosts.len() >= MAX_ENTRIES {
                state.hosts.retain(|_, host| host.waiting > 0);
            }
            let entry = state.hosts.entry(host.to_owned()).or_insert_with(|| Host {
                fetched_at: VecDeque::new(),
                waiting: 0,
                turn: Arc::new(Semaphore::new(1)),
            });
            if entry.waiting >= WAITING {
                return Err(Refusal::KeyLimited);
            }
            entry.waiting += 1;
            Arc::clone(&entry.turn)
        };
        let mut turn = Turn { cache: self.clone(), host: host.to_owned(), permit: None };
        let permit = tokio::time::timeout(PATIENCE, semaphore.acquire_owned()).await;
        turn.permit = permit.ok().and_then(Result::ok);
        if turn.permit.is_some() { Ok(turn) } else { Err(Refusal::KeyLimited) }
    }
}

/// The turn to ask a host; given back when dropped.
struct Turn {
    cache: KeyCache,
    host: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(host) = self.cache.state().hosts.get_mut(&self.host) {
            host.waiting = host.waiting.saturating_sub(1);
        }
        self.permit = None;
    }
}
