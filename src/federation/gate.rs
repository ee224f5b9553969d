//! The inbox gate: what a message must be before anything of it is believed (threats rule 1). Cheap checks
//! come first, nothing is asked of the network before they all hold, and a refused message leaves no
//! trace but a counter and a line in the log.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use serde_json::{Map, Value};

use super::{
    actors, json, keys, media,
    signature::{self, Checked, Refusal, RequestView},
};
use crate::{App, domain::Iri, storage};

/// Longest message (register.md rule 16, D1).
pub const MAX_BODY: usize = 1024 * 1024;
/// Longest target of a request.
const MAX_TARGET: usize = 2048;

/// A message as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Method.
    pub method: &'a Method,
    /// The URI as received, before any router rewrote it: its path and query were signed.
    pub uri: &'a Uri,
    /// Headers.
    pub headers: &'a HeaderMap,
    /// The whole body, read up to one byte beyond [`MAX_BODY`].
    pub body: &'a [u8],
    /// Who is at the other end of the connection, for the log.
    pub peer: IpAddr,
}

/// A message whose sender is who it says.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The sender, as stored.
    pub actor: storage::actors::Actor,
    /// The activity.
    pub activity: Map<String, Value>,
    /// Its text, exactly as received.
    pub text: String,
    /// What was known of its host, and of itself, when it came.
    pub standing: storage::actors::Standing,
}

/// Lets a message in, or says why not. Refusals are counted (`ap_refused_total`) and logged here.
///
/// # Errors
/// [`Refusal`]: its `status()` is the answer, its `reason()` the whole body of it.
pub async fn admit(app: &App, message: Incoming<'_>) -> Result<Admitted, Refusal> {
    let admitted = judge(app, message).await;
    match &admitted {
        Ok(admitted) => tracing::debug!(actor = %admitted.actor.uri, "message admitted"),
        Err(refusal) => {
            metrics::counter!("ap_refused_total", "reason" => refusal.reason()).increment(1);
            tracing::info!(reason = refusal.reason(), peer = %message.peer, "message refused");
        }
    }
    admitted
}

/// Who signed a GET, if its signature holds: asks nothing of the network, since anybody may read.
pub async fn reader(app: &App, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Iri> {
    let peer = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    let checked = check_signature(app, &Incoming { method, uri, headers, body: b"", peer }).ok()?;
    let key = storage::keys::get(&app.db, checked.key_id.as_str()).await.ok()??;
    // Only a key seen at its actor's own origin, and not retired since.
    let key = Some(key).filter(|key| key.pinned_at.is_some() && key.revoked.is_none())?;
    let known = signature::VerifyingKey::parse(&key.public).ok()?;
    checked.verify(&known).ok()?;
    Iri::parse(&key.actor).ok()
}

async fn judge(app: &App, message: Incoming<'_>) -> Result<Admitted, Refusal> {
    let (checked, claim) = before_any_network(app, &message)?;
    let known = refuse_blocked(app, &claim).await?;
    let verified = keys::verify(app, &checked, &claim.actor).await;
    let fetched = verified.map_err(|refusal| match refusal {
        // Everybody is told when an actor goes; to those who never knew it, that is nothing (O9).
        Refusal::ActorGone if claim.kind != "Delete" => Refusal::KeyUnknown,
        other => other,
    })?;
    if !app.limits.allow(claim.actor.host(), claim.kind == "Follow", app.clock.now_ms()) {
        return Err(Refusal::TooMany);
    }
    let actor = sender(app, &claim.actor, known.actor, fetched).await?;
    Ok(Admitted { actor, activity: claim.activity, text: claim.text, standing: known.standing })
}

/// What a message says of itself.
struct Claim {
    id: Iri,
    actor: Iri,
    kind: String,
    activity: Map<String, Value>,
    text: String,
}

/// Everything that can be told from the message alone.
fn before_any_network(app: &App, message: &Incoming<'_>) -> Result<(Checked, Claim), Refusal> {
    if message.body.len() > MAX_BODY {
        return Err(Refusal::TooLarge);
    }
    let encodings = message.headers.get_all(header::CONTENT_ENCODING);
    if encodings.iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Refusal::Encoded);
    }
    let checked = check_signature(app, message)?;
    let content_type = message.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(media::is_activity_json) {
        return Err(Refusal::ContentType);
    }
    let claim = read_claim(app, message.body)?;
    if checked.key_id.same_origin(&claim.actor) {
        Ok((checked, claim))
    } else {
        Err(Refusal::KeyOwnerMismatch)
    }
}

/// All of the signature but the key. Over HTTP/2 the authority stands in the URI instead of `Host`.
pub(super) fn check_signature(app: &App, message: &Incoming<'_>) -> Result<Checked, Refusal> {
    let with_host;
    let headers = match (message.headers.get(header::HOST), message.uri.authority()) {
        (None, Some(authority)) => {
            let mut headers = message.headers.clone();
            let host = HeaderValue::from_str(authority.as_str()).map_err(|_| Refusal::HostMismatch)?;
            headers.insert(header::HOST, host);
            with_host = headers;
            &with_host
        }
        (Some(host), Some(authority)) if host.as_bytes() != authority.as_str().as_bytes() => {
            return Err(Refusal::DupHeader);
        }
        _ => message.headers,
    };
    let target = message.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    if target.len() > MAX_TARGET {
        return Err(Refusal::HeaderTooLarge);
    }
    signature::parse(&RequestView {
        method: message.method.as_str(),
        target,
        base: app.urls.base(),
        headers,
        body: message.body,
        now: app.clock.now(),
    })
}

/// The activity: one object with a type, an id and an actor as plain strings, the id at its actor's origin,
/// the actor not one of ours.
fn read_claim(app: &App, body: &[u8]) -> Result<Claim, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Refusal::BadJson)?.to_owned();
    let activity = json::read_object(&text).map_err(|error| match error {
        json::JsonError::Bad => Refusal::BadJson,
        json::JsonError::DupKey => Refusal::DupKey,
        json::JsonError::Keyword => Refusal::Keyword,
    })?;
    let string = |name: &str| activity.get(name).and_then(Value::as_str).ok_or(Refusal::BadActivity);
    let iri = |name: &str| Iri::parse(string(name)?).map_err(|_| Refusal::BadActivity);
    let (kind, id, actor) = (string("type")?.to_owned(), iri("id")?, iri("actor")?);
    if app.urls.is_here(&actor) {
        return Err(Refusal::OurActor);
    }
    if !id.same_origin(&actor) {
        return Err(Refusal::WrongOrigin);
    }
    Ok(Claim { id, actor, kind, activity, text })
}

/// A host is blocked with all below it; an actor that is gone stays gone until its origin shows it again
/// (S32). Gives what is known of the sender.
async fn refuse_blocked(app: &App, claim: &Claim) -> Result<storage::actors::Sender, Refusal> {
    let names: Vec<&str> = names_of(claim.actor.host()).collect();
    let (uri, host) = (claim.actor.as_str(), claim.actor.host());
    let known = storage::actors::sender(&app.db, uri, &names, host, claim.id.as_str()).await;
    let known = known.map_err(|_| Refusal::Unavailable)?;
    match &known.actor {
        _ if known.standing.blocked => Err(Refusal::Blocked),
        Some(actor) if actor.ours => Err(Refusal::OurActor),
        Some(actor) if actor.gone_at.is_some() => Err(Refusal::Blocked),
        _ => Ok(known),
    }
}

/// Whether a host is blocked here, or a domain above it (S32).
///
/// # Errors
/// Those of the database.
pub(super) async fn is_blocked(app: &App, authority: &str) -> crate::Result<bool> {
    let names: Vec<&str> = names_of(authority).collect();
    let known = storage::hosts::by_names(&app.db, &names).await?;
    Ok(known.iter().any(|host| host.policy == "blocked"))
}

/// The names under which a host may be blocked: with its port, without it, and each domain above it. No
/// name of the DNS has more than 127 parts.
pub(super) fn names_of(authority: &str) -> impl Iterator<Item = &str> {
    let bare = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    let parents = std::iter::successors(Some(bare), |name| name.split_once('.').map(|(_, above)| above));
    std::iter::once(authority).chain(parents.filter(move |name| *name != authority)).take(128)
}

/// The sender as stored; stored now when its document was fetched for this message.
async fn sender(
    app: &App,
    actor: &Iri,
    known: Option<storage::actors::Actor>,
    fetched: Option<actors::RemoteActor>,
) -> Result<storage::actors::Actor, Refusal> {
    if let Some(fetched) = fetched {
        actors::store(app, &fetched).await.map_err(|error| unavailable(&error))?;
        return Ok(fetched.actor);
    }
    if let Some(known) = known {
        return Ok(known);
    }
    actors::known_or_fetched(app, actor).await.map_err(|error| unavailable(&error))
}

fn unavailable(error: &crate::Error) -> Refusal {
    tracing::warn!(error = error as &dyn std::error::Error, "the sender could not be stored");
    Refusal::Unavailable
}

#[cfg(test)]
mod tests {
    use super::names_of;

    #[test]
    fn s32_a_host_is_blocked_with_all_below_it() {
        let names: Vec<&str> = names_of("a.evil.example:8443").collect();
        assert_eq!(names, ["a.evil.example:8443", "a.evil.example", "evil.example", "example"]);
        assert_eq!(names_of("evil.example").collect::<Vec<_>>(), ["evil.example", "example"]);
    }
}
