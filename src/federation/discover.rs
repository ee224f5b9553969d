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

/// What a server says of a name: what it is called there, and which actor it is.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    subject: String,
    actor: Iri,
}

/// The actor that a name means. A server says so of its own actors; of an actor elsewhere only when the
/// actor's own server says the same, or anybody could lend a name to anybody (threats O23).
async fn webfinger(app: &App, user: &str, host: &str) -> Result<Iri> {
    let account = format!("acct:{user}@{host}");
    let named = ask(app, &account, host).await?;
    let same_user = named.subject.rsplit_once('@').map(|(user, _)| user)
        == account.rsplit_once('@').map(|(user, _)| user);
    let confirmed = if named.actor.host() == host {
        // Whatever domain it gives: nothing is taken from it.
        same_user
    } else {
        named.subject == account && ask(app, &account, named.actor.host()).await? == named
    };
    if confirmed { Ok(named.actor) } else { Err(Error::not_found(account)) }
}

/// Asks a server for a name: over https, or plain http where the connector permits that.
async fn ask(app: &App, account: &str, host: &str) -> Result<Named> {
    let signer = signing::node(app).await?;
    let resource: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
    let mut first = None;
    for scheme in ["https", "http"] {
        let url = Iri::parse(&format!("{scheme}://{host}/.well-known/webfinger?resource={resource}"))?;
        match app.http.get(&url, signer.as_ref(), "application/jrd+json", MAX).await {
            Ok(answer) if answer.status == 200 => {
                return read(&answer.body).ok_or_else(|| Error::not_found(account));
            }
            Ok(answer) if matches!(answer.status, 404 | 410) => return Err(Error::not_found(account)),
            Ok(answer) => drop(first.get_or_insert(format!("status {}", answer.status))),
            Err(error) => drop(first.get_or_insert(error.to_string())),
        }
    }
    let why = format!("{host}: {}", first.unwrap_or_default());
    Err(Error::Unavailable { why, retry_after: LATER })
}

/// The subject of an answer, and the one ActivityPub actor among its links.
fn read(body: &[u8]) -> Option<Named> {
    let found: Webfinger = serde_json::from_slice(body).ok()?;
    let is_actor = |kind: &Option<String>| kind.as_deref().is_some_and(is_activity_json);
    let mut actors = found
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("self") && is_actor(&link.kind))
        .filter_map(|link| link.href.as_ref());
    let actor = actors.next()?;
    let one = actors.all(|other| other == actor);
    let actor = Iri::parse(actor.as_str()).ok().filter(|_| one)?;
    Some(Named { subject: found.subject.to_lowercase(), actor })
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
    fn the_actor_is_the_one_self_link_of_its_media_type_o23() {
        let body = |links: &str| format!(r#"{{"subject":"acct:X@a.example","links":[{links}]}}"#);
        let page = r#"{"rel":"http://webfinger.net/rel/profile-page","href":"https://a.example/@x"}"#;
        let actor = |id: &str| {
            format!(
                r#"{{"rel":"self","type":"application/activity+json","href":"https://a.example/actors/{id}"}}"#
            )
        };
        let found = |links: &[&str]| read(body(&links.join(",")).as_bytes());
        let named = found(&[page, &actor("1")]).unwrap();
        assert_eq!(
            (named.subject.as_str(), named.actor.as_str()),
            ("acct:x@a.example", "https://a.example/actors/1")
        );
        assert!(found(&[&actor("1"), &actor("1")]).is_some(), "twice the same is one");
        assert_eq!(found(&[&actor("1"), &actor("2")]), None);
        assert_eq!(found(&[page]), None);
        assert_eq!(read(b"{}"), None);
        assert_eq!(read(b"<html>"), None);
    }
}
