//! A service of the operator's own, on this machine or in its private network: asked at the one address that the
//! configuration names and at no other, without following a redirect. Nothing that another server says leads here.

use http::{HeaderMap, HeaderValue, Method, header};
use ipnet::IpNet;

use super::{Connector, ConnectorError, Fetched, Names, redirect};
use crate::{Result, clock::Clock, config::Config, domain::Iri};

/// Where such a service may be, beside the public internet over https.
const PRIVATE: [&str; 6] =
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"];

/// The way to it.
#[derive(Clone, Debug)]
pub struct Service {
    connector: Connector,
    address: Iri,
}

impl Service {
    /// The way to an address of the configuration.
    ///
    /// # Errors
    /// As [`Connector::new`]; `Invalid` when it is no address.
    pub fn new(config: &Config, address: &url::Url, clock: Clock) -> Result<Self> {
        let mut federation = config.federation.clone();
        let private = PRIVATE.iter().filter_map(|network| network.parse::<IpNet>().ok());
        federation.allow_networks.extend(private);
        let base = config.public_url.as_str().trim_end_matches('/');
        let ourselves = (&config.public_url, base);
        let connector = Connector::built(&federation, ourselves, clock, Names::system(), false)?;
        Ok(Self { connector, address: Iri::parse(address.as_str())? })
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> &Iri {
        &self.address
    }

    /// Posts JSON to it; reads at most `max_bytes` of the answer.
    ///
    /// # Errors
    /// [`ConnectorError`]; any status that is not a redirect is an answer.
    pub async fn ask(&self, body: Vec<u8>, max_bytes: usize) -> Result<Fetched, ConnectorError> {
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json.clone()), (header::ACCEPT, json)]);
        let all = async {
            let response = self.connector.send(Method::POST, &self.address, headers, Some(body)).await?;
            if redirect(&response).is_some() {
                return Err(ConnectorError::Redirect("service"));
            }
            Fetched::read(self.address.clone(), response, max_bytes).await
        };
        tokio::time::timeout(self.connector.0.timeout, all).await.unwrap_or(Err(ConnectorError::Timeout))
    }
}
