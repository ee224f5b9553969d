//! The configuration of a node: one struct per section, each with `validate()`, each key explained in
//! `config/example.toml`. File and environment are read by [`load`]; every value is checked, and every
//! problem told at once, before anything starts.

use std::{net::SocketAddr, path::Path};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::Url;

use crate::{
    domain::{Iri, Problem},
    urls::Urls,
};

mod city;
mod database;
mod federation;
mod keys;
mod known;
mod load;
mod operators;
mod replies;
mod similar;

pub use city::City;
pub use database::Database;
pub use federation::Federation;
pub use keys::Keys;
pub use load::{Refused, load};
pub use operators::{Operators, Post, post_of};
pub use replies::Replies;
pub use similar::Similar;

/// Everything a node is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name in handles: `@ccnr@{domain}`; `rennes.example`, or `rennes.localhost:8101` in the demo.
    pub domain: String,
    /// Where the node is reached: `https://rennes.example`; ids are minted under it, without a path.
    pub public_url: Url,
    /// Address the server binds.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Address of the private listener (`/metrics`, reasons of `/readyz`): loopback only; none: not served.
    #[serde(default)]
    pub metrics_listen: Option<SocketAddr>,
    /// Declared time zone of the city's civil dates (IANA name).
    #[serde(default = "default_time_zone")]
    pub time_zone: String,
    /// First language of pages and messages (`fr` or `en`).
    #[serde(default = "default_language")]
    pub language: String,
    /// Proxies whose `X-Forwarded-*` headers are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpNet>,
    /// The city or body that runs the node.
    pub city: City,
    /// Where everything is kept.
    #[serde(default)]
    pub database: Database,
    /// How other servers are reached.
    #[serde(default)]
    pub federation: Federation,
    /// Keys at rest.
    #[serde(default)]
    pub keys: Keys,
    /// Citizens' replies.
    #[serde(default)]
    pub replies: Replies,
    /// Close recommendations.
    #[serde(default)]
    pub similar: Similar,
    /// Who works with the node, and as what.
    #[serde(default)]
    pub operators: Operators,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8100))
}
fn default_time_zone() -> String {
    "Europe/Paris".to_owned()
}
fn default_language() -> String {
    "fr".to_owned()
}

impl Config {
    /// Checks every value of every section; the files it names are read.
    ///
    /// # Errors
    /// Every problem, its field being the key (`federation.extra_ca[0]`).
    pub fn validate(&self) -> Result<(), Vec<Problem>> {
        let mut problems = self.own_problems();
        problems.extend(self.city.validate());
        problems.extend(self.database.validate());
        problems.extend(self.federation.validate());
        problems.extend(self.keys.validate());
        problems.extend(self.similar.validate());
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Whether outgoing requests may leave the public internet (register.md rule 19): start-up says so
    /// loudly.
    #[must_use]
    pub const fn is_closed_federation(&self) -> bool {
        !self.federation.allow_networks.is_empty()
    }

    /// Makes relative paths start at the folder of the configuration file.
    fn settle(&mut self, folder: &Path) {
        self.database.settle(folder);
        self.federation.settle(folder);
        self.keys.settle(folder);
    }

    /// The keys that stand in no section.
    fn own_problems(&self) -> Vec<Problem> {
        let mut problems = self.address_problems();
        if TimeZone::get(&self.time_zone).is_err() {
            problems.push(Problem::new("time_zone", "time-zone", &self.time_zone));
        }
        if !matches!(self.language.as_str(), "fr" | "en") {
            problems.push(Problem::new("language", "language", &self.language));
        }
        if let Some(address) = self.metrics_listen
            && (!address.ip().is_loopback() || address == self.listen)
        {
            problems.push(Problem::new("metrics_listen", "loopback-only", address.to_string()));
        }
        for (index, network) in self.trusted_proxies.iter().enumerate() {
            if network.prefix_len() == 0 {
                let field = format!("trusted_proxies[{index}]");
                problems.push(Problem::new(field, "network-too-wide", network.to_string()));
            }
        }
        problems
    }

    /// Domain and public URL, each alone and one against the other.
    fn address_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !is_authority(&self.domain) {
            problems.push(Problem::new("domain", "domain", &self.domain));
        }
        match Urls::new(&self.public_url) {
            Err(problem) => problems.push(problem),
            Ok(urls) => {
                // A node may stand below the domain of its handles: parvis.rennes.example for @x@rennes.example.
                let host = urls.host();
                let below = host.strip_suffix(&self.domain).is_some_and(|rest| rest.ends_with('.'));
                if host != self.domain && !below {
                    problems.push(Problem::new(
                        "domain",
                        "domain-elsewhere",
                        format!("{} ≠ {host}", self.domain),
                    ));
                }
            }
        }
        if self.public_url.scheme() != "https" && !self.federation.permits(&self.public_url) {
            problems.push(Problem::new("public_url", "public-url-https", self.public_url.as_str()));
        }
        problems
    }
}

/// Whether a text is `host` or `host:port` as identifiers spell it (lower case, no default port).
fn is_authority(text: &str) -> bool {
    ["https", "http"]
        .iter()
        .any(|scheme| Iri::parse(&format!("{scheme}://{text}")).is_ok_and(|iri| iri.host() == text))
}
