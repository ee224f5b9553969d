//! What this node asked of the network: every name, every address and every request, in the order they
//! were asked. Kept short in memory and written to the trace, so that a test (or an operator) can tell
//! that a message caused no traffic at all.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// One thing asked of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outbound {
    /// A name was looked up.
    Name(String),
    /// An address was offered to the client to connect to.
    Address(SocketAddr),
    /// A request was handed to the client (it may travel over a connection that is already open).
    Request {
        /// `GET` or `POST`.
        method: &'static str,
        /// Its URL.
        url: String,
    },
}

/// The last entries, shared by all clones of the connector.
#[derive(Clone, Debug, Default)]
pub(super) struct OutboundLog(Arc<Mutex<VecDeque<Outbound>>>);

impl OutboundLog {
    /// How many entries are remembered.
    const KEPT: usize = 4096;

    pub(super) fn note(&self, entry: Outbound) {
        tracing::debug!(target: "parvis::outbound", ?entry);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == Self::KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(super) fn entries(&self) -> Vec<Outbound> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
