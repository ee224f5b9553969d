//! The configuration of a node: one struct per section, each key explained in `config/example.toml`.
//! Defaults, files and environment are read in `load`; every value is checked before anything starts.

use std::{collections::BTreeMap, net::IpAddr, net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

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
}

/// The city or body that runs the node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// As people say it: `Rennes`.
    pub name: String,
    /// Code of the territory: COG of a commune (`35238`), SIREN of an EPCI, COG of a département or region.
    pub territory: String,
    /// Tier: commune, epci, departement, region, etat, ue.
    #[serde(default = "default_tier")]
    pub tier: String,
}

/// Where everything is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:parvis.sqlite` (default) or `postgres://user@host/name`.
    pub url: String,
}

/// How other servers are reached (register.md rule 19).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Federation {
    /// Networks that may be reached besides global unicast, and then on any port and over plain http
    /// too. Empty in production; a closed federation names its own.
    pub allow_networks: Vec<IpNet>,
    /// PEM files of additional certificate authorities.
    pub extra_ca: Vec<PathBuf>,
    /// Names resolved here rather than by the system: `"angers.localhost" = "127.0.0.1"`.
    pub resolve: BTreeMap<String, IpAddr>,
    /// Longest wait for one outgoing request, in seconds.
    pub timeout_seconds: u64,
    /// How many hosts are delivered to at once.
    pub parallel_hosts: usize,
}

/// Keys at rest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// File of 32 random bytes (or their 64 hex digits) that seals private keys in the database;
    /// none: kept in plain form, protected by the rights of the database alone.
    pub seal_with: Option<PathBuf>,
}

/// Citizens' replies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// Whether a reply waits for a person's approval before it is shown (default: yes).
    pub held: bool,
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
fn default_tier() -> String {
    "commune".to_owned()
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:parvis.sqlite".to_owned() }
    }
}

impl Default for Federation {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            extra_ca: Vec::new(),
            resolve: BTreeMap::new(),
            timeout_seconds: 10,
            parallel_hosts: 64,
        }
    }
}

impl Default for Replies {
    fn default() -> Self {
        Self { held: true }
    }
}
