//! What every part of the node shares: built once at start, cloned everywhere.

use std::sync::Arc;

use crate::{
    clock::{Chance, Clock},
    config::Config,
    urls::Urls,
};

/// The node. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What it was told.
    pub config: Arc<Config>,
    /// Time, as a parameter.
    pub clock: Clock,
    /// Chance, as a parameter.
    pub chance: Chance,
    /// Its URLs.
    pub urls: Urls,
}
