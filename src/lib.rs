//! Parvis: the node a city runs so that what its citizen councils say becomes public, followable,
//! comparable and accountable.
//!
//! Where to begin: `domain` is what is said (records, their rules, hashes and proofs; pure), `storage`
//! keeps it (SQL and only SQL), `actions` changes it (one verb per file, one transaction each),
//! `federation` speaks ActivityPub with other servers, `web` shows pages. `App` holds what they share.
//! ARCHITECTURE.md walks one publication and one reception through these files.
//!
//! Rules of dependency, held by `tests/structure.rs`: `domain` needs nothing; `storage` and `dossier` need
//! `domain`; `actions` needs those three; `federation` and `web` need `domain`, `storage` and `actions`, and
//! never each other; only `cli`, `demo`, `server` and `worker` see everything.

pub mod actions;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod dossier;
pub mod error;
pub mod federation;
pub mod i18n;
pub mod keyring;
pub mod server;
pub mod storage;
pub mod telemetry;
pub mod urls;
pub mod web;
pub mod worker;

pub use app::App;
pub use error::{Error, Result};
