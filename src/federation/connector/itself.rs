//! This node, seen from outside: the one exception to "a node does not ask itself" (threats F12). It exists for
//! `parvis doctor`, which an operator runs by hand: a running node never builds one. It asks two origins and no
//! other, both from the configuration: the public URL, and the domain of the handles. Since the operator wrote
//! these, they may lead to any address (a name that means something else inside the city's network).

use http::header;
use ipnet::IpNet;
use jiff::Timestamp;

use super::{
    Answer, Connector, ConnectorError, Fetched, MAX_DOCUMENT, Names, certificate, next_hop, redirect,
};
use crate::{Result, clock::Clock, config::Config, domain::Iri, federation::signature::Signer};

/// The way from outside to ourselves.
#[derive(Clone, Debug)]
pub struct Itself {
    connector: Connector,
    public: String,
    domain: String,
}

/// What came back, and until when the certificate holds.
#[derive(Debug)]
pub struct Seen {
    /// The answer.
    pub fetched: Fetched,
    /// None over plain http.
    pub certificate_until: Option<Timestamp>,
}

impl Itself {
    /// From the configuration.
    ///
    /// # Errors
    /// As [`Connector::new`].
    pub fn new(config: &Config, clock: Clock) -> Result<Self> {
        let mut federation = config.federation.clone();
        federation.allow_networks =
            ["0.0.0.0/0", "::/0"].iter().filter_map(|all| all.parse::<IpNet>().ok()).collect();
        let public = config.public_url.as_str().trim_end_matches('/').to_owned();
        let nobody = super::Url::parse("https://itself.invalid").map_err(crate::Error::internal)?;
        let connector = Connector::built(&federation, (&nobody, &public), clock, Names::system(), true)?;
        let domain = format!("{}://{}", config.public_url.scheme(), config.domain);
        Ok(Self { connector, public, domain })
    }

    /// Where our public name leads.
    ///
    /// # Errors
    /// `Dns` when it leads nowhere.
    pub async fn addresses(&self, name: &str) -> Result<Vec<std::net::IpAddr>, ConnectorError> {
        self.connector.0.policy.addresses(name).await
    }

    /// Fetches a path of the public URL, or of the domain of handles, which may send on to the public URL.
    ///
    /// # Errors
    /// [`ConnectorError`]; `Ourselves` turned round: `Url` for any other origin.
    pub async fn get(&self, url: &Iri, accept: &str) -> Result<Seen, ConnectorError> {
        self.only_ours(url)?;
        let response = self.connector.send_get(url, None, accept).await?;
        let Some(location) = redirect(&response) else { return seen(url.clone(), response).await };
        let location = location?;
        let next = match Iri::parse(&location) {
            Ok(next) => next,
            Err(_) => next_hop(url, &location)?,
        };
        self.only_ours(&next)?;
        let response = self.connector.send_get(&next, None, accept).await?;
        seen(next, response).await
    }

    /// Posts to a path of the public URL.
    ///
    /// # Errors
    /// As [`Itself::get`].
    pub async fn post(&self, url: &Iri, body: &[u8], signer: &Signer) -> Result<Answer, ConnectorError> {
        self.only_ours(url)?;
        self.connector.post(url, body, signer).await
    }

    fn only_ours(&self, url: &Iri) -> Result<(), ConnectorError> {
        let ours = [self.public.as_str(), self.domain.as_str()].contains(&url.origin());
        if ours { Ok(()) } else { Err(ConnectorError::Url("not this node")) }
    }
}

async fn seen(url: Iri, response: reqwest::Response) -> Result<Seen, ConnectorError> {
    let info = response.extensions().get::<reqwest::tls::TlsInfo>();
    let certificate_until = info.and_then(|info| info.peer_certificate()).and_then(certificate::not_after);
    Ok(Seen { fetched: Fetched::read(url, response, MAX_DOCUMENT).await?, certificate_until })
}

/// The instant of an answer's `Date`.
#[must_use]
pub fn date_of(headers: &http::HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()
}
