//! One file per activity: what it may do here, and what it does. Each has the same anatomy: `receive`
//! says who may (threats table O) and calls the action.

mod accept;
mod announce;
mod create;
mod delete;
mod follow;
mod join;
mod like;
mod moves;
mod offer;
mod reject;
mod tentative_accept;
mod undo;
mod update;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    actors,
    inbox::{Message, Outcome},
};
use crate::{
    App, Error, Result,
    actions::{
        convene, moving,
        receive::{self, Arrival},
    },
    domain::{Iri, activity::Kind, canonical::Document},
    storage,
};

/// Does what a message asks, if it may. Types we have no use for are ignored, not refused.
///
/// # Errors
/// Why it may not.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    match &message.activity.kind {
        Kind::Follow => follow::receive(app, message).await,
        Kind::Accept => accept::receive(app, message).await,
        Kind::Reject => reject::receive(app, message).await,
        Kind::Undo => undo::receive(app, message).await,
        Kind::Create => create::receive(app, message).await,
        Kind::Update => update::receive(app, message).await,
        Kind::Delete => delete::receive(app, message).await,
        Kind::Announce => announce::receive(app, message).await,
        Kind::Like => like::receive(app, message).await,
        Kind::Offer => offer::receive(app, message).await,
        Kind::TentativeAccept => tentative_accept::receive(app, message).await,
        Kind::Join => join::receive(app, message).await,
        Kind::Move => moves::receive(app, message).await,
        // Whoever keeps a register needs no collection of somebody else's.
        Kind::Add | Kind::Remove | Kind::Other(_) => Ok(Outcome::Ignored),
    }
}

/// What an activity carries, as exact text: what was signed is stored byte for byte (register.md rule 4).
#[derive(Deserialize)]
struct Carried<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
}

/// The id of what a message embeds: at its sender's origin, naming a whole document, and not said to be
/// somebody else's (threats O3, O4, O22).
///
/// # Errors
/// `Forbidden` when it is somebody else's; `Invalid` when it has no proper id.
fn own(message: &Message, object: &Document) -> Result<Iri> {
    let (id, sender) = (message.activity.object.id()?, &message.activity.actor);
    if id.as_str().contains('#') {
        return Err(Error::invalid("object.id", "id-fragment", id.as_str()));
    }
    let author = object.get("attributedTo").and_then(serde_json::Value::as_str);
    if !id.same_origin(sender) || author.is_some_and(|author| author != sender.as_str()) {
        return Err(Error::forbidden("the object is somebody else's"));
    }
    Ok(id)
}

/// Takes a version that its author sent: a record, or the end of one.
async fn version(app: &App, message: &Message, object: &Document) -> Result<Outcome> {
    let carried: Carried<'_> = serde_json::from_str(&message.text).map_err(Error::internal)?;
    enter(app, message, carried.object.get(), object).await
}

/// The same for a text cut out of a message.
async fn enter(app: &App, message: &Message, text: &str, document: &Document) -> Result<Outcome> {
    let arrival = Arrival {
        text,
        document,
        from_origin: true,
        activity: Some((&message.activity.id, &message.activity.actor)),
    };
    let outcome = match receive::version(app, &arrival).await {
        // A key we have not seen: its author may have a new one. Asked once at its origin.
        Err(Error::Invalid { problems }) if problems.iter().any(|problem| problem.rule == "proof-key") => {
            actors::fetch_actor(app, &message.activity.actor).await?;
            receive::version(app, &arrival).await?
        }
        outcome => outcome?,
    };
    Ok(match outcome {
        receive::Outcome::Appended => Outcome::Done,
        receive::Outcome::Known => Outcome::Known,
    })
}

/// Whether a document is a record that enters the register: from a host we follow, a version of one that is
/// there, what we asked its author for, what is said in a convention of ours, or what comes back from a body to
/// which it was relayed. What a stranger calls an answer is a reply like any other, and waits for a person (threats
/// D16, O33).
async fn enters_register(app: &App, message: &Message, object: &Document) -> Result<bool> {
    let sender = message.activity.actor.as_str();
    if !is_record(object) {
        return Ok(false);
    }
    if storage::follows::to_host(&app.db, &message.sender.host).await? {
        return Ok(true);
    }
    let named = |field: &str| object.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
    if storage::records::get(&app.db, named("id")).await?.is_some() {
        return Ok(true);
    }
    let asked = storage::records::get(&app.db, named("inReplyTo")).await?.filter(|row| row.ours);
    if let Some(asked) = &asked
        && (moving::is_asked(app, asked, sender).await? || is_origin(app, asked, sender).await?)
    {
        return Ok(true);
    }
    if convene::speaks_in(app, named("audience"), sender, Some(named("inReplyTo"))).await? {
        return Ok(true);
    }
    match object.get("parvis:relay").and_then(serde_json::Value::as_str) {
        Some(relay) => comes_down(app, relay, sender, asked.is_some()).await,
        None => Ok(false),
    }
}

/// Whether somebody is the author of what a record of ours takes up: whoever takes up asks it whether that is so.
async fn is_origin(app: &App, asked: &storage::records::Row, sender: &str) -> Result<bool> {
    if asked.kind != "TakeUp" {
        return Ok(false);
    }
    let links = storage::links::of_source(&app.db, &asked.uri).await?;
    let taken_up = links.iter().filter(|link| link.relation == "takes-up");
    let taken_up: Vec<&str> = taken_up.map(|link| link.target.as_str()).collect();
    Ok(storage::records::by_uris(&app.db, &taken_up).await?.iter().any(|row| row.author == sender))
}

/// Whether somebody speaks as the body to which something here was relayed: the relay is in the register and names
/// it, and so is what it relays (register.md rule 12). A next hop enters the same way, so that its body may speak.
async fn comes_down(app: &App, relay: &str, sender: &str, to_us: bool) -> Result<bool> {
    let Some(row) = storage::records::get(&app.db, relay).await? else {
        // The relay of a hop above may be on its way here: it is sent again in a minute.
        return if to_us { Err(Error::not_found(relay)) } else { Ok(false) };
    };
    if row.kind != "Relay" || row.withdrawn || row.addressee.as_deref() != Some(sender) {
        return Ok(false);
    }
    let links = storage::links::of_source(&app.db, relay).await?;
    let concerned = links.iter().filter(|link| link.relation == "concerns");
    let concerned: Vec<&str> = concerned.map(|link| link.target.as_str()).collect();
    Ok(!storage::records::by_uris(&app.db, &concerned).await?.is_empty())
}

/// Whether a document is a record of the register rather than a citizen's note.
fn is_record(object: &Document) -> bool {
    object.contains_key("parvis:kind") && object.contains_key("parvis:version")
}
