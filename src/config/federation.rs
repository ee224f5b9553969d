//! Section `[federation]`: how other servers are reached (register.md rule 19).

use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use serde::Deserialize;
use url::{Host, Url};

use super::is_authority;
use crate::domain::Problem;

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

impl Federation {
    /// Networks bounded, certificates readable, names well formed, limits sensible.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut refuse = |key: String, rule: &'static str, value: String| {
            problems.push(Problem { field: format!("federation.{key}"), rule, detail: value });
        };
        for (index, network) in self.allow_networks.iter().enumerate() {
            if network.prefix_len() == 0 {
                refuse(format!("allow_networks[{index}]"), "network-too-wide", network.to_string());
            }
        }
        for (index, file) in self.extra_ca.iter().enumerate() {
            match fs::read_to_string(file) {
                Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => {}
                Ok(_) => refuse(format!("extra_ca[{index}]"), "certificate", file.display().to_string()),
                Err(error) => {
                    refuse(
                        format!("extra_ca[{index}]"),
                        "unreadable",
                        format!("{}: {error}", file.display()),
                    );
                }
            }
        }
        for name in self.resolve.keys() {
            if !is_authority(name) || name.contains(':') {
                refuse(format!("resolve.{name}"), "resolve-name", name.clone());
            }
        }
        if !(1..=120).contains(&self.timeout_seconds) {
            refuse("timeout_seconds".to_owned(), "timeout-seconds", self.timeout_seconds.to_string());
        }
        if !(1..=1024).contains(&self.parallel_hosts) {
            refuse("parallel_hosts".to_owned(), "parallel-hosts", self.parallel_hosts.to_string());
        }
        problems
    }

    /// Whether the host of a URL lies, as far as the configuration alone can tell, in an allowed network.
    pub(super) fn permits(&self, url: &Url) -> bool {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(name)) => self.resolve.get(name).copied().or_else(|| {
                // RFC 6761 §6.3: these names are the machine itself.
                let local = name == "localhost" || name.ends_with(".localhost");
                local.then(|| IpAddr::from([127, 0, 0, 1]))
            }),
            None => None,
        };
        address.is_some_and(|address| self.allow_networks.iter().any(|network| network.contains(&address)))
    }

    /// Relative paths start at the folder of the configuration file.
    pub(super) fn settle(&mut self, folder: &Path) {
        for file in &mut self.extra_ca {
            *file = folder.join(&file);
        }
    }
}
