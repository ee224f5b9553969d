//! Whom an operator means: a server (its node actor), `@account@server`, or the id of an actor. Names are
//! asked of WebFinger (RFC 7033), the actor of its own origin.

use std::time::Duration;

use activitypub_federation::fetch::webfinger::Webfinger;

use super::{actors, media::is_activity_json, signing};
use crate::{App, Error, Result, domain::Iri, storage::actors::Actor};

/// Longest WebFinger answer read, in bytes.
const MAX: usize = 64 * 1024;
/// When a silent server is worth another question.
const LATER: Duration = Duration::from_mins(5);

/// Finds an actor elsewhere, and remembers it: `angers.example`, `@ccnr@angers.example`, or an id.
///
/// # Errors
/// `Invalid` when the name is none of the three, `NotFound` when nobody there has it, `Unavailable` when
/// the server is silent.
pub async fn actor(app: &App, named: &str) -> Result<Actor> {
    let mut named = named;
    let id;
    if named.contains("://") {
        id = Iri::parse(named)?;
        // The address of a site means its server.
        if id.as_str().trim_end_matches('/') != id.origin() {
            return actors::known_or_fetched(app, &id).await;
        }
        named = id.host();
    }
    let (user, host) = split(named).ok_or_else(|| Error::invalid(named, "account", ""))?;
    let id = webfinger(app, &user, &host).await?;
    actors::known_or_fetched(app, &id).await
}

/// User part and host; of a host alone, the name every Parvis node actor has.
fn split(named: &str) -> Option<(String, String)> {
    let named = named.trim().trim_start_matches('@').to_lowercase();
    let (user, host) = match named.split_once('@') {
        Some((user, host)) => (user.to_owned(), host.to_owned()),
        None => ("relay".to_owned(), named),
    };
    let good = !user.is_empty() && user.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let authority = Iri::parse(&format!("https://{host}")).is_ok_and(|iri| iri.host() == host);
    (good && authority).then_some((user, host))
}

/// The actor a server gives for a name: over https, or plain http where the connector permits that.
async fn webfinger(app: &App, user: &str, host: &str) -> Result<Iri> {
    let signer = signing::node(app).await?;
    let account = format!("acct:{user}@{host}");
    let resource: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
    let mut first = None;
    for scheme in ["https", "http"] {
        let url = Iri::parse(&format!("{scheme}://{host}/.well-known/webfinger?resource={resource}"))?;
        match app.http.get(&url, signer.as_ref(), "application/jrd+json", MAX).await {
            Ok(answer) if answer.status == 200 => {
                return link(&answer.body).ok_or_else(|| Error::not_found(account));
            }
            Ok(answer) if matches!(answer.status, 404 | 410) => return Err(Error::not_found(account)),
            Ok(answer) => drop(first.get_or_insert(format!("status {}", answer.status))),
            Err(error) => drop(first.get_or_insert(error.to_string())),
        }
    }
    let why = format!("{host}: {}", first.unwrap_or_default());
    Err(Error::Unavailable { why, retry_after: LATER })
}

/// The ActivityPub actor among the links of an answer.
fn link(body: &[u8]) -> Option<Iri> {
    let found: Webfinger = serde_json::from_slice(body).ok()?;
    let is_actor = |kind: &Option<String>| kind.as_deref().is_some_and(is_activity_json);
    let actor =
        found.links.iter().find(|link| link.rel.as_deref() == Some("self") && is_actor(&link.kind))?;
    Iri::parse(actor.href.as_ref()?.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_means_its_node_actor() {
        let of = |named: &str| split(named).map(|(user, host)| format!("{user}@{host}"));
        assert_eq!(of("angers.example").as_deref(), Some("relay@angers.example"));
        assert_eq!(of("@CCNR@Angers.example").as_deref(), Some("ccnr@angers.example"));
        assert_eq!(of("angers.localhost:8102").as_deref(), Some("relay@angers.localhost:8102"));
        for bad in ["", "@", "a b@c.example", "ccnr@", "ccnr@a.example/x", "x@y@z"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_actor_is_the_self_link_of_its_media_type() {
        let body =
            br#"{"subject":"acct:x@a.example","links":[{"rel":"http://webfinger.net/rel/profile-page","href":"https://a.example/@x"},
            {"rel":"self","type":"application/activity+json","href":"https://a.example/actors/1"}]}"#;
        assert_eq!(link(body).unwrap().as_str(), "https://a.example/actors/1");
        assert_eq!(link(b"{}"), None);
        assert_eq!(link(b"<html>"), None);
    }
}
