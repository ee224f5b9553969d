//! Records, their versions and actors by id: the stored text, exactly (register.md rules 3, 4, 13).

use axum::response::Response;
use http::HeaderMap;

use super::respond;
use crate::{
    App, Error, Result,
    domain::{Iri, activity::PUBLIC, context},
    storage::{actors, outbox, records, versions},
};

/// A record by the path of its id (`/avis/{uuid}`): its current version; 410 with the tombstone when it was
/// withdrawn, 410 bare when it was erased.
pub async fn record(app: &App, path: &str, asked: &HeaderMap) -> Response {
    respond::answer(asked, current(app, path).await)
}

async fn current(app: &App, path: &str) -> Result<Response> {
    let id = named(app, path)?;
    let id = id.as_str();
    let row = records::get(&app.db, id).await?.ok_or_else(|| Error::not_found(id))?;
    let version = versions::get(&app.db, id, row.version).await?.ok_or_else(|| Error::not_found(id))?;
    Ok(match version.document {
        Some(text) if row.withdrawn => respond::gone(text),
        Some(text) => respond::activity(text),
        None => respond::gone(respond::bare_tombstone(id)),
    })
}

/// One version of a record or of an actor (`{id}/versions/{n}`): its text, whose id stays the record's; also
/// after a withdrawal, since history stays readable; 410 when its text was erased.
pub async fn version(app: &App, path: &str, number: i64, asked: &HeaderMap) -> Response {
    respond::answer(asked, numbered(app, path, number).await)
}

async fn numbered(app: &App, path: &str, number: i64) -> Result<Response> {
    let id = named(app, path)?;
    let id = id.as_str();
    let missing = || Error::not_found(format!("{id}/versions/{number}"));
    let version = versions::get(&app.db, id, number).await?.ok_or_else(missing)?;
    Ok(match version.document {
        Some(text) => respond::activity(text),
        None => respond::gone(respond::bare_tombstone(id)),
    })
}

/// An actor by the path of its id, ours or kept as an archive; unsigned GET is enough, or nobody could check a first
/// signature of ours.
pub async fn actor(app: &App, path: &str, asked: &HeaderMap) -> Response {
    respond::answer(asked, actor_document(app, path).await)
}

async fn actor_document(app: &App, path: &str) -> Result<Response> {
    let id = named(app, path)?;
    let actor = actors::get(&app.db, id.as_str()).await?.ok_or_else(|| Error::not_found(id.as_str()))?;
    Ok(match actor.gone_at {
        Some(_) => respond::gone(respond::bare_tombstone(id.as_str())),
        None => respond::activity(actor.document),
    })
}

/// One of our actors.
///
/// # Errors
/// `NotFound` when no actor of ours has that id.
pub(super) async fn ours(app: &App, id: &Iri) -> Result<actors::Actor> {
    let actor = actors::get(&app.db, id.as_str()).await?.filter(|actor| actor.ours);
    actor.ok_or_else(|| Error::not_found(id.as_str()))
}

/// The id that a path of this node stands for.
///
/// # Errors
/// `NotFound` for a path that no id has.
pub fn named(app: &App, path: &str) -> Result<Iri> {
    Iri::parse(&format!("{}{path}", app.urls.base())).map_err(|_| Error::not_found(path))
}

/// The id whose list a path is: `/actors/x` of `/actors/x/outbox`.
///
/// # Errors
/// `NotFound` for a path that is no such list.
pub(super) fn owner(app: &App, path: &str, list: &str) -> Result<Iri> {
    named(app, path.strip_suffix(list).ok_or_else(|| Error::not_found(path))?)
}

/// An activity by the path of its id, if it was said to everybody (checklist 69).
pub async fn activity(app: &App, path: &str, asked: &HeaderMap) -> Response {
    respond::answer(asked, said(app, path).await)
}

async fn said(app: &App, path: &str) -> Result<Response> {
    let id = named(app, path)?;
    let found = outbox::by_activity(&app.db, id.as_str()).await?.filter(is_public);
    let found = found.ok_or_else(|| Error::not_found(id.as_str()))?;
    Ok(respond::activity(found.document))
}

fn is_public(activity: &outbox::Activity) -> bool {
    let addressed = |field: &serde_json::Value| {
        field.as_array().is_some_and(|to| to.iter().any(|one| one.as_str() == Some(PUBLIC)))
    };
    activity.public
        || serde_json::from_str::<serde_json::Value>(&activity.document)
            .is_ok_and(|document| addressed(&document["to"]) || addressed(&document["cc"]))
}

/// The vocabulary (`/ns/v1`): never changes once published.
pub fn vocabulary(asked: &HeaderMap) -> Response {
    let mut response = respond::text(respond::JSON_LD, context::vocabulary().to_string());
    respond::set(response.headers_mut(), http::header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    respond::unless_known(asked, response)
}
