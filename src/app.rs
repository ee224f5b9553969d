//! What every part of the node shares: built once at start, cloned everywhere.

use std::sync::Arc;

use tokio::sync::{Notify, OnceCell};

use crate::{
    Result,
    actions::similar::Ideas,
    clock::{Chance, Clock},
    config::Config,
    federation::{connector::Connector, keys::KeyCache, limits::Limits, signing::SigningKeys},
    keyring::Keyring,
    storage::Db,
    telemetry::Beat,
    urls::Urls,
};

/// The node. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What it was told.
    pub config: Arc<Config>,
    /// Where everything is kept.
    pub db: Db,
    /// Time, as a parameter.
    pub clock: Clock,
    /// Chance, as a parameter.
    pub chance: Chance,
    /// Its URLs.
    pub urls: Urls,
    /// The one way out (register.md rule 19).
    pub http: Connector,
    /// Other servers' keys, parsed, and how often they may be asked for.
    pub keys: KeyCache,
    /// How much each server may send.
    pub limits: Limits,
    /// Our own keys, parsed.
    pub signing: SigningKeys,
    /// Which recommendations are close to which, in memory.
    pub ideas: Ideas,
    /// What seals private keys at rest.
    pub keyring: Keyring,
    /// What the ids of erased replies are hashed with, once it was asked for.
    pub erasure_salt: Arc<OnceCell<String>>,
    /// Wakes the worker when something was put into a queue.
    pub wake: Arc<Notify>,
    /// When the worker last turned, for `/readyz`.
    pub beat: Beat,
}

impl App {
    /// Opens the database (and migrates it), reads the sealing key, prepares the connector.
    ///
    /// # Errors
    /// `Invalid` for a configuration that cannot be; `Unavailable` or `Internal` when the database cannot
    /// be opened.
    pub async fn open(config: Config, clock: Clock, chance: Chance) -> Result<Self> {
        let db = Db::open(&config.database.url).await?;
        Self::with(db, config, clock, chance)
    }

    /// The same, over a database that is open already.
    ///
    /// # Errors
    /// `Invalid` for a configuration that cannot be.
    pub fn with(db: Db, config: Config, clock: Clock, chance: Chance) -> Result<Self> {
        Ok(Self {
            db,
            urls: Urls::new(&config.public_url)?,
            http: Connector::new(&config.federation, &config.public_url, clock.clone())?,
            keys: KeyCache::default(),
            limits: Limits::default(),
            signing: SigningKeys::default(),
            ideas: Ideas::default(),
            keyring: Keyring::load(&config.keys)?,
            erasure_salt: Arc::default(),
            config: Arc::new(config),
            clock,
            chance,
            wake: Arc::default(),
            beat: Beat::default(),
        })
    }
}
