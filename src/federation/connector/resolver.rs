//! Names become addresses here, and every address is judged at the moment of connecting: the client only
//! ever sees what passed, so that a second answer of the DNS changes nothing (threats F2 to F5, F12).

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{ConnectorError, Outbound, address::is_global_unicast, outbound::OutboundLog};

/// Where addresses of names come from, when the configuration does not say. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Names(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<Mutex<BTreeMap<String, VecDeque<Vec<IpAddr>>>>>),
}

impl Names {
    /// The resolver of the operating system.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Given answers: each look-up of a name takes the next one, the last one stays.
    #[must_use]
    pub fn set_to(answers: impl IntoIterator<Item = (String, Vec<Vec<IpAddr>>)>) -> Self {
        let answers = answers.into_iter().map(|(name, answers)| (name, answers.into())).collect();
        Self(Source::Set(Arc::new(Mutex::new(answers))))
    }

    async fn ask(&self, name: &str) -> Result<Vec<IpAddr>, ConnectorError> {
        match &self.0 {
            Source::System => match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => Ok(found.map(|address| address.ip()).collect()),
                Err(error) => Err(ConnectorError::Dns(error.to_string())),
            },
            Source::Set(answers) => {
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(queue) = answers.get_mut(name) else {
                    return Err(ConnectorError::Dns("no such name".to_owned()));
                };
                let next = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
                Ok(next.unwrap_or_default())
            }
        }
    }
}

/// One way out: a port, and which addresses are behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Door {
    /// Where we knock.
    pub(super) port: u16,
    /// Whether global unicast will do; otherwise only `federation.allow_networks`.
    pub(super) public: bool,
}

/// What decides about addresses.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) allow_networks: Vec<IpNet>,
    /// Names the configuration resolves.
    pub(super) resolve: BTreeMap<String, IpAddr>,
    /// Our own name and port.
    pub(super) own_name: String,
    pub(super) own_port: u16,
    pub(super) names: Names,
    pub(super) log: OutboundLog,
}

impl Policy {
    /// Whether an address may be reached through a door.
    pub(super) fn permits(&self, address: IpAddr, door: Door) -> bool {
        (door.public && is_global_unicast(address)) || self.is_allowed(address)
    }

    /// Whether the configuration names a network that holds the address.
    pub(super) fn is_allowed(&self, address: IpAddr) -> bool {
        self.allow_networks.iter().any(|network| network.contains(&address))
    }

    /// An address written in a URL: only into the allowed networks, and not to ourselves (F1, S24).
    pub(super) async fn check_literal(&self, address: IpAddr, port: u16) -> Result<(), ConnectorError> {
        if !self.is_allowed(address) {
            return Err(ConnectorError::Address(address));
        }
        if port == self.own_port && self.own_addresses().await.contains(&address) {
            return Err(ConnectorError::Ourselves);
        }
        self.log.note(Outbound::Address(SocketAddr::new(address, port)));
        Ok(())
    }

    /// The addresses of a name, all of them permitted and none of them ours.
    pub(super) async fn look_up(&self, name: &str, door: Door) -> Result<Vec<SocketAddr>, ConnectorError> {
        self.log.note(Outbound::Name(name.to_owned()));
        let configured = self.resolve.contains_key(name);
        let found = self.addresses(name).await?;
        if found.is_empty() {
            return Err(ConnectorError::Dns("no address".to_owned()));
        }
        if let Some(refused) = found.iter().find(|address| !self.permits(**address, door)) {
            return Err(ConnectorError::Address(*refused));
        }
        // A name the operator wrote down may share our address (several nodes behind one proxy).
        if !configured && door.port == self.own_port {
            let own = self.own_addresses().await;
            if found.iter().any(|address| own.contains(address)) {
                return Err(ConnectorError::Ourselves);
            }
        }
        let found: Vec<_> = found.into_iter().map(|address| SocketAddr::new(address, door.port)).collect();
        for address in &found {
            self.log.note(Outbound::Address(*address));
        }
        Ok(found)
    }

    /// Where our own name leads; empty when it has no address (behind a proxy that only others see).
    async fn own_addresses(&self) -> Vec<IpAddr> {
        self.addresses(&self.own_name).await.unwrap_or_default()
    }

    /// Where a name leads: as the configuration says, to this machine (RFC 6761 §6.3), or as the system says.
    pub(super) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, ConnectorError> {
        if let Some(address) = self.resolve.get(name) {
            return Ok(vec![*address]);
        }
        if name == "localhost" || name.ends_with(".localhost") {
            return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
        }
        self.names.ask(name).await
    }
}

/// The resolver of one client: its policy, and the door it goes through.
pub(super) struct Resolver {
    pub(super) policy: Arc<Policy>,
    pub(super) door: Door,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, door) = (Arc::clone(&self.policy), self.door);
        Box::pin(async move {
            let found = policy.look_up(name.as_str(), door).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
