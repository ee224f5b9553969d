//! What others see through the public URL: name, certificate, pages, WebFinger, NodeInfo, and whether a signed
//! request arrives here as it was sent.

use serde_json::Value;

use super::Check;
use crate::{
    App, Error, Result,
    domain::Iri,
    federation::{
        connector::{ConnectorError, Itself, Seen},
        self_test::{self, Arrived},
        signing,
    },
    storage,
};

/// A certificate that ends within so many days is told of.
const SOON: i64 = 21;
/// Bytes of the signed test: nearly the longest message the inbox takes, so that a smaller bound in front shows.
const LENGTH: usize = 1_000_000;

/// All of it; what depends on an answer is left out when there is none.
pub(super) async fn look(app: &App) -> Vec<Check> {
    let itself = match Itself::new(&app.config, app.clock.clone()) {
        Ok(itself) => itself,
        Err(error) => return vec![Check::failure("public", "silent", error.to_string())],
    };
    let outside = Outside { app, itself };
    let mut checks = vec![outside.dns().await];
    let answered = match outside.get("/nodeinfo/2.1", "application/json").await {
        Ok(seen) => {
            checks.extend(certificate(app, &seen));
            let (answers, well) = answers(app, &seen);
            checks.extend(answers);
            well
        }
        Err(ConnectorError::Tls(why)) => {
            checks.push(Check::failure("certificate", "bad", why));
            false
        }
        Err(error) => {
            checks.push(Check::failure("public", "silent", error.to_string()));
            false
        }
    };
    if answered {
        checks
            .push(outside.webfinger().await.unwrap_or_else(|why| Check::failure("webfinger", "wrong", why)));
        checks.extend(outside.signature().await);
    }
    checks
}

struct Outside<'a> {
    app: &'a App,
    itself: Itself,
}

/// Whether the public URL leads to this program, and in which version it runs.
fn answers(app: &App, seen: &Seen) -> (Vec<Check>, bool) {
    let base = app.urls.base();
    let document: Value = serde_json::from_slice(&seen.fetched.body).unwrap_or_default();
    let status = seen.fetched.status;
    if status == 421 {
        return (vec![Check::failure("public", "host", base)], false);
    }
    if status != 200 || document["software"]["name"] != "parvis" {
        return (vec![Check::failure("public", "other", format!("{base}: {status}"))], false);
    }
    let nodeinfo = match document["software"]["version"].as_str() {
        Some(version) if version == env!("CARGO_PKG_VERSION") => Check::ok("nodeinfo", version),
        Some(version) => Check::warning("nodeinfo", "version", version),
        None => Check::failure("nodeinfo", "wrong", status.to_string()),
    };
    (vec![Check::ok("public", base), nodeinfo], true)
}

fn certificate(app: &App, seen: &Seen) -> Option<Check> {
    let until = seen.certificate_until?;
    let days = (until.as_second() - app.clock.now().as_second()) / (24 * 3600);
    Some(if days < SOON {
        Check::warning("certificate", "soon", until.to_string())
    } else {
        Check::ok("certificate", until.to_string())
    })
}

impl Outside<'_> {
    async fn get(&self, path: &str, accept: &str) -> Result<Seen, ConnectorError> {
        let url = Iri::parse(&format!("{}{path}", self.app.urls.base()));
        self.itself.get(&url.map_err(|_| ConnectorError::Url("public_url"))?, accept).await
    }

    async fn dns(&self) -> Check {
        let name = self.app.config.public_url.host_str().unwrap_or_default();
        match self.itself.addresses(name).await {
            Ok(found) if found.is_empty() => Check::failure("dns", "none", name),
            Ok(found) => {
                let list = found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let public =
                    found.iter().all(|address| crate::federation::connector::is_global_unicast(*address));
                if public || self.app.config.is_closed_federation() {
                    Check::ok("dns", format!("{name}: {list}"))
                } else {
                    Check::warning("dns", "private", format!("{name}: {list}"))
                }
            }
            Err(error) => Check::failure("dns", "none", format!("{name}: {error}")),
        }
    }

    /// From the handle to the id and back, on the domain of handles, as another server does it.
    async fn webfinger(&self) -> Result<Check, String> {
        let app = self.app;
        let city = storage::actors::by_role(&app.db, "mairie").await.map_err(|error| error.to_string())?;
        let Some(city) = city.into_iter().next() else { return Ok(Check::failure("accounts", "none", "")) };
        let account = format!("{}@{}", city.handle, app.config.domain);
        let scheme = app.config.public_url.scheme();
        let url = format!("{scheme}://{}/.well-known/webfinger?resource=acct:{account}", app.config.domain);
        let url = Iri::parse(&url).map_err(|problem| problem.to_string())?;
        let seen =
            self.itself.get(&url, "application/jrd+json").await.map_err(|error| format!("{url}: {error}"))?;
        let document: Value = serde_json::from_slice(&seen.fetched.body).unwrap_or_default();
        let links = document["links"].as_array().cloned().unwrap_or_default();
        let itself = links.iter().find(|link| link["rel"] == "self").and_then(|link| link["href"].as_str());
        if seen.fetched.status != 200 || itself != Some(city.uri.as_str()) {
            return Err(format!("{url}: {}", seen.fetched.status));
        }
        let actor = Iri::parse(&city.uri).map_err(|problem| problem.to_string())?;
        let seen = self.itself.get(&actor, crate::federation::media::ACCEPT).await;
        let seen = seen.map_err(|error| format!("{actor}: {error}"))?;
        let document: Value = serde_json::from_slice(&seen.fetched.body).unwrap_or_default();
        if document["id"] == city.uri.as_str() && document["preferredUsername"] == city.handle.as_str() {
            Ok(Check::ok("webfinger", format!("@{account}")))
        } else {
            Err(format!("{actor}: {}", seen.fetched.status))
        }
    }

    /// A signed message of nearly the greatest length, sent to ourselves by the way others come.
    async fn signature(&self) -> Vec<Check> {
        match self.arrived().await {
            Ok(Ok(arrived)) => {
                let signature = if arrived.signature == "ok" {
                    Check::ok("signature", "")
                } else {
                    let host = arrived.host.clone().unwrap_or_default();
                    Check::failure("signature", "changed", format!("{}; Host: {host}", arrived.signature))
                };
                vec![signature, proxy(&arrived)]
            }
            Ok(Err((413, _))) => vec![Check::failure("signature", "long", LENGTH.to_string())],
            Ok(Err((status, said))) => vec![Check::failure("signature", "lost", format!("{status} {said}"))],
            Err(error) => vec![Check::failure("signature", "lost", error.to_string())],
        }
    }

    async fn arrived(&self) -> Result<Result<Arrived, (u16, String)>> {
        let Some(signer) = signing::node(self.app).await? else { return Err(Error::not_found("relay")) };
        let token = self_test::begin(self.app).await?;
        let url = Iri::parse(&format!("{}{}?token={token}", self.app.urls.base(), self_test::PATH))?;
        let body = format!("{{\"padding\":\"{}\"}}", "x".repeat(LENGTH));
        let answer = self.itself.post(&url, body.as_bytes(), &signer).await.map_err(|error| {
            Error::Unavailable { why: error.to_string(), retry_after: std::time::Duration::from_mins(1) }
        })?;
        let arrived = serde_json::from_str(&answer.body).ok().filter(|_| answer.status == 200);
        Ok(arrived.ok_or_else(|| (answer.status, answer.body.chars().take(60).collect())))
    }
}

/// Who we take visitors for: a proxy that is not named is taken for everybody.
fn proxy(arrived: &Arrived) -> Check {
    let Arrived { peer, trusted, forwarded_for, .. } = arrived;
    match (trusted, forwarded_for) {
        (false, Some(_)) => Check::warning("proxy", "unknown", peer.as_str()),
        (true, None) => Check::warning("proxy", "silent", peer.as_str()),
        _ => Check::ok("proxy", arrived.client.as_str()),
    }
}
