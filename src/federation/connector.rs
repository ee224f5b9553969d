//! The one way out: every request this node makes to another server goes through here (register.md
//! rule 19). It reaches global unicast over https on port 443, and besides that exactly the networks the
//! configuration names; it follows one redirect within the origin, takes no compressed and no long
//! answer, and waits no longer than it was told (threats table F, D3, D9, D11).

mod address;
mod answer;
mod certificate;
mod error;
mod itself;
mod outbound;
mod resolver;
mod service;
mod skew;

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, Method, header};
use url::{Host, Url};

pub use address::is_global_unicast;
pub use answer::{Answer, Fetched};
pub use error::ConnectorError;
pub use itself::{Itself, Seen, date_of};
pub use outbound::Outbound;
pub use resolver::Names;
pub use service::Service;

use crate::{
    Error, Result,
    clock::Clock,
    config::Federation,
    domain::Iri,
    federation::{media, signature::Signer},
};
use outbound::OutboundLog;
use resolver::{Door, Policy, Resolver};
use skew::Skews;

/// Longest document taken from another server (D3).
pub const MAX_DOCUMENT: usize = 1024 * 1024;
/// Most that is read of the answer to a delivery (D11).
const MAX_ANSWER: usize = 8 * 1024;
/// Longest wait for a connection (D9).
const CONNECT: Duration = Duration::from_secs(5);
/// Most doors kept open (each has its connections).
const MAX_DOORS: usize = 64;
/// The way out. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connector(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    policy: Arc<Policy>,
    roots: Vec<reqwest::Certificate>,
    user_agent: String,
    timeout: Duration,
    clock: Clock,
    clients: Mutex<BTreeMap<Door, reqwest::Client>>,
    skews: Skews,
    /// Whether answers come with the certificate of whoever gave them.
    with_certificate: bool,
}

impl Connector {
    /// From the configuration; `public_url` says who we are, so that we never ask ourselves.
    ///
    /// # Errors
    /// `ca-file` when a file of `extra_ca` cannot be read, internal when TLS cannot be set up.
    pub fn new(federation: &Federation, public_url: &Url, clock: Clock) -> Result<Self> {
        Self::with_names(federation, public_url, clock, Names::system())
    }

    /// The same, with another source of addresses.
    ///
    /// # Errors
    /// As [`Connector::new`].
    pub fn with_names(federation: &Federation, public_url: &Url, clock: Clock, names: Names) -> Result<Self> {
        let base = public_url.as_str().trim_end_matches('/');
        Self::built(federation, (public_url, base), clock, names, false)
    }

    /// `ourselves` is who is never asked, and what we tell others to be.
    fn built(
        federation: &Federation,
        (ourselves, base): (&Url, &str),
        clock: Clock,
        names: Names,
        with_certificate: bool,
    ) -> Result<Self> {
        let policy = Policy {
            allow_networks: federation.allow_networks.clone(),
            resolve: federation.resolve.clone(),
            own_name: bare_host(ourselves),
            own_port: ourselves.port_or_known_default().unwrap_or(443),
            names,
            log: OutboundLog::default(),
        };
        let connector = Self(Arc::new(Inner {
            policy: Arc::new(policy),
            roots: extra_roots(federation)?,
            user_agent: format!("Parvis/{} (+{base})", env!("CARGO_PKG_VERSION")),
            timeout: Duration::from_secs(federation.timeout_seconds.max(1)),
            clock,
            clients: Mutex::default(),
            skews: Skews::default(),
            with_certificate,
        }));
        connector
            .client(Door { port: 443, public: true })
            .map_err(|error| Error::internal(anyhow::anyhow!("TLS cannot be set up: {error}")))?;
        Ok(connector)
    }

    /// Fetches: at most one redirect, within the origin, judged and signed anew; at most `max_bytes`.
    ///
    /// # Errors
    /// [`ConnectorError`]; any status that is not a redirect is an answer, not an error.
    pub async fn get(
        &self,
        url: &Iri,
        signer: Option<&Signer>,
        accept: &str,
        max_bytes: usize,
    ) -> Result<Fetched, ConnectorError> {
        let all = async {
            let first = url.without_fragment();
            let response = self.send_get(&first, signer, accept).await?;
            let Some(location) = redirect(&response) else {
                return Fetched::read(first, response, max_bytes).await;
            };
            let next = next_hop(&first, &location?)?;
            let response = self.send_get(&next, signer, accept).await?;
            if redirect(&response).is_some() {
                return Err(ConnectorError::Redirect("second"));
            }
            Fetched::read(next, response, max_bytes).await
        };
        tokio::time::timeout(self.0.timeout, all).await.unwrap_or(Err(ConnectorError::Timeout))
    }

    /// Fetches an ActivityStreams document: status 200, its media type, UTF-8, at most 1 MiB. That its id is
    /// the final URL is for the caller to check.
    ///
    /// # Errors
    /// [`ConnectorError`], `Status` for any other status (O21), `ContentType` (O18).
    pub async fn get_document(&self, url: &Iri, signer: Option<&Signer>) -> Result<Fetched, ConnectorError> {
        let fetched = self.get(url, signer, media::ACCEPT, MAX_DOCUMENT).await?;
        if fetched.status != 200 {
            return Err(ConnectorError::Status(fetched.status));
        }
        if !fetched.content_type.as_deref().is_some_and(media::is_activity_json) {
            return Err(ConnectorError::ContentType);
        }
        Ok(fetched)
    }

    /// Delivers a signed activity; redirects are not followed. Whatever the other side answers is an
    /// [`Answer`].
    ///
    /// # Errors
    /// [`ConnectorError`] when there is no answer.
    pub async fn post(&self, url: &Iri, body: &[u8], signer: &Signer) -> Result<Answer, ConnectorError> {
        let headers = signer
            .headers(&Method::POST, url, Some(body), self.0.clock.now())
            .map_err(|_| ConnectorError::Signing)?;
        // The client's own limit of time covers the body too: when it strikes there, the status stands.
        let response = self.send(Method::POST, url, headers, Some(body.to_vec())).await?;
        Ok(Answer::read(response, MAX_ANSWER, self.0.clock.now()).await)
    }

    /// What was asked of the network, oldest first.
    #[must_use]
    pub fn outbound_log(&self) -> Vec<Outbound> {
        self.0.policy.log.entries()
    }

    /// Seconds by which our clock is ahead of most other servers', once three of them answered.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        self.0.skews.middle()
    }

    async fn send_get(
        &self,
        url: &Iri,
        signer: Option<&Signer>,
        accept: &str,
    ) -> Result<reqwest::Response, ConnectorError> {
        let mut headers = match signer {
            Some(signer) => signer
                .headers(&Method::GET, url, None, self.0.clock.now())
                .map_err(|_| ConnectorError::Signing)?,
            None => HeaderMap::new(),
        };
        let accept = accept.parse().map_err(|_| ConnectorError::Url("accept"))?;
        headers.insert(header::ACCEPT, accept);
        self.send(Method::GET, url, headers, None).await
    }

    async fn send(
        &self,
        method: Method,
        url: &Iri,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<reqwest::Response, ConnectorError> {
        let door = self.door(url).await?;
        let client = self.client(door)?;
        let log_method = if method == Method::POST { "POST" } else { "GET" };
        self.0.policy.log.note(Outbound::Request { method: log_method, url: url.as_str().to_owned() });
        let mut request = client.request(method, url.url()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| ConnectorError::from_client(&error))?;
        if let Some(date) = date_of(response.headers()) {
            self.0.skews.note(url.host(), date, self.0.clock.now());
        }
        Ok(response)
    }

    /// The door to a URL: https on 443 leads to global unicast; anything else, and any address written as
    /// such, only into the allowed networks (F1, F7, F8).
    async fn door(&self, url: &Iri) -> Result<Door, ConnectorError> {
        let policy = &self.0.policy;
        let url = url.url();
        let port = url.port_or_known_default().ok_or(ConnectorError::Url("port"))?;
        let door = Door { port, public: url.scheme() == "https" && port == 443 };
        let literal = match url.host() {
            Some(Host::Domain(name)) if name == policy.own_name && port == policy.own_port => {
                return Err(ConnectorError::Ourselves);
            }
            Some(Host::Domain(_)) if !door.public && policy.allow_networks.is_empty() => {
                return Err(ConnectorError::Url("scheme or port"));
            }
            Some(Host::Domain(_)) => return Ok(door),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            None => return Err(ConnectorError::Url("host")),
        };
        policy.check_literal(literal, port).await?;
        Ok(door)
    }

    /// The client of a door; its connections are its own, so that what one door may reach is never
    /// reached through another.
    fn client(&self, door: Door) -> Result<reqwest::Client, ConnectorError> {
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&door) {
            return Ok(client.clone());
        }
        if clients.len() == MAX_DOORS {
            clients.retain(|door, _| door.public);
        }
        let client = self.0.build(door).map_err(|error| ConnectorError::from_client(&error))?;
        clients.insert(door, client.clone());
        Ok(client)
    }
}

impl Inner {
    #[expect(clippy::disallowed_methods, reason = "the one client of the node is built here")]
    fn build(&self, door: Door) -> reqwest::Result<reqwest::Client> {
        reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .dns_resolver(Arc::new(Resolver { policy: Arc::clone(&self.policy), door }))
            .tls_certs_merge(self.roots.iter().cloned())
            .https_only(door.public)
            .http1_only()
            .no_proxy()
            .tls_info(self.with_certificate)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(self.timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .build()
    }
}

/// The target of a redirect, if the answer is one.
fn redirect(response: &reqwest::Response) -> Option<Result<String, ConnectorError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut targets = response.headers().get_all(header::LOCATION).iter();
    Some(match (targets.next().and_then(|value| value.to_str().ok()), targets.next()) {
        (Some(target), None) => Ok(target.to_owned()),
        _ => Err(ConnectorError::Redirect("location")),
    })
}

/// Where a redirect leads: another URL of the same origin (F6, O17).
fn next_hop(from: &Iri, location: &str) -> Result<Iri, ConnectorError> {
    let joined = from.url().join(location).map_err(|_| ConnectorError::Redirect("location"))?;
    let next = Iri::parse(joined.as_str()).map_err(|_| ConnectorError::Redirect("location"))?;
    if !next.same_origin(from) {
        return Err(ConnectorError::Redirect("other origin"));
    }
    let next = next.without_fragment();
    if next == *from { Err(ConnectorError::Redirect("loop")) } else { Ok(next) }
}

/// The additional authorities of the configuration.
fn extra_roots(federation: &Federation) -> Result<Vec<reqwest::Certificate>> {
    let mut roots = Vec::new();
    for path in &federation.extra_ca {
        let refused = |why: String| {
            Error::invalid("federation.extra_ca", "ca-file", format!("{}: {why}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        let found =
            reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| refused(error.to_string()))?;
        if found.is_empty() {
            return Err(refused("no certificate".to_owned()));
        }
        roots.extend(found);
    }
    Ok(roots)
}

/// Host of a URL without the brackets of an IPv6 address.
fn bare_host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}
