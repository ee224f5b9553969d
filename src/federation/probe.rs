//! What another server is: its software (NodeInfo), its node actor, and whether it is a Parvis peer
//! (FEP-844e). Asked when a host first follows or is followed, and once a week.

use serde_json::Value;

use super::{nodeinfo, peer, signing};
use crate::{
    App, Error, Result,
    domain::{Iri, actor::CAPABILITY},
    federation::signature::Signer,
    storage::hosts::{self, Description},
};

/// Longest answer read.
const MAX: usize = 64 * 1024;
/// `rel` of a node actor in WebFinger (FEP-d556).
const SERVICE: &str = "https://www.w3.org/ns/activitystreams#Service";
/// Longest software name kept.
const NAME: usize = 64;

/// What was learned of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// From NodeInfo: `mastodon`, `lemmy`, `parvis` …
    pub software: Option<String>,
    /// Id of its node actor.
    pub relay: Option<Iri>,
    /// Whether that actor says it implements Parvis.
    pub parvis: bool,
}

/// Asks a host what it is and writes it down. At most six requests.
///
/// # Errors
/// `Unavailable` when it does not answer at all; a host that answers without NodeInfo or node actor is
/// simply described without them.
pub async fn probe(app: &App, host: &str) -> Result<Found> {
    let origin = peer::origin(app, host).await?;
    let asking = Asking { app, origin, signer: signing::node(app).await? };
    let answer = asking.json(&asking.at("/.well-known/nodeinfo")?).await;
    let links = answer.as_ref().unwrap_or(&Value::Null);
    let mut found = Found { software: asking.software(links).await, ..Found::default() };
    found.relay = asking.relay(links, host).await?;
    match &found.relay {
        Some(relay) => found.parvis = asking.implements(relay).await?,
        None => drop(answer?),
    }
    write_down(app, host, &found).await?;
    Ok(found)
}

/// The node actor of the server at an origin.
///
/// # Errors
/// `Unavailable` when it does not answer; `NotFound` when it has none.
pub async fn relay_at(app: &App, origin: &str) -> Result<Iri> {
    let host = Iri::parse(origin)?.host().to_owned();
    let asking = Asking { app, origin: origin.to_owned(), signer: signing::node(app).await? };
    let links = asking.json(&asking.at("/.well-known/nodeinfo")?).await?;
    asking.relay(&links, &host).await?.ok_or_else(|| Error::not_found(format!("relay of {host}")))
}

async fn write_down(app: &App, host: &str, found: &Found) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let what = Description {
        software: found.software.as_deref(),
        parvis: found.parvis,
        relay: found.relay.as_ref().map(Iri::as_str),
    };
    hosts::describe(&mut tx, host, &what).await?;
    tx.commit().await
}

struct Asking<'a> {
    app: &'a App,
    origin: String,
    signer: Option<Signer>,
}

impl Asking<'_> {
    fn at(&self, path: &str) -> Result<Iri> {
        Ok(Iri::parse(&format!("{}{path}", self.origin))?)
    }

    async fn json(&self, url: &Iri) -> Result<Value> {
        peer::json(self.app, url, self.signer.as_ref(), MAX).await
    }

    /// The target of a link, if it stays at the origin.
    fn link(&self, document: &Value, rel: &str) -> Option<Iri> {
        let links = document["links"].as_array()?;
        let link = links.iter().find(|link| link["rel"].as_str() == Some(rel))?;
        let target = Iri::parse(link["href"].as_str()?).ok()?;
        (target.origin() == self.origin).then_some(target)
    }

    async fn software(&self, links: &Value) -> Option<String> {
        let newest = ["2.1", "2.0"]
            .iter()
            .find_map(|version| self.link(links, &format!("{}{version}", nodeinfo::SCHEMA)))?;
        let document = self.json(&newest).await.ok()?;
        let name = document["software"]["name"].as_str()?.to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (name.len() <= NAME && !name.is_empty() && name.chars().all(plain)).then_some(name)
    }

    /// The node actor: by NodeInfo (FEP-2677), by WebFinger of the server (FEP-d556), by the name `relay`.
    async fn relay(&self, links: &Value, host: &str) -> Result<Option<Iri>> {
        if let Some(relay) = self.link(links, nodeinfo::APPLICATION) {
            return Ok(Some(relay));
        }
        for (resource, rel) in
            [(format!("{}/", self.origin), SERVICE), (format!("acct:relay@{host}"), "self")]
        {
            let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
            let url = self.at(&format!("/.well-known/webfinger?resource={query}"))?;
            if let Ok(document) = self.json(&url).await
                && let Some(relay) = self.link(&document, rel)
            {
                return Ok(Some(relay));
            }
        }
        Ok(None)
    }

    /// Whether an actor says it implements Parvis; its id must be where it was found (O1).
    async fn implements(&self, relay: &Iri) -> Result<bool> {
        let fetched = self.app.http.get_document(relay, self.signer.as_ref()).await;
        let fetched = fetched.map_err(|error| peer::silent(relay, &error))?;
        let Ok(actor) = serde_json::from_slice::<Value>(&fetched.body) else { return Ok(false) };
        Ok(actor["id"].as_str() == Some(relay.as_str()) && declares(&actor["implements"]))
    }
}

/// One capability or several, as objects with `href` (FEP-844e) or as plain ids.
fn declares(implements: &Value) -> bool {
    let is_ours = |one: &Value| one.as_str().or_else(|| one["href"].as_str()) == Some(CAPABILITY);
    match implements {
        Value::Array(several) => several.iter().any(is_ours),
        one => is_ours(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_peer_says_so_in_any_form_json_ld_allows() {
        assert!(declares(
            &json!([{ "href": CAPABILITY, "name": "Parvis v1" }, { "href": "https://x.example" }])
        ));
        assert!(declares(&json!({ "href": CAPABILITY })));
        assert!(declares(&json!(CAPABILITY)));
        assert!(!declares(&json!([{ "href": "https://w3id.org/parvis/v2" }])));
        assert!(!declares(&Value::Null));
    }
}
