//! `ActivityPub` with other servers: the one way out (`connector`), HTTP signatures (`signature`), and what
//! is built on them. Everything here treats what comes from outside as hostile until it is checked
//! (design/threats.md, tables S, O, F, D).

pub mod activities;
pub mod actors;
pub mod agreements;
pub mod catch_up;
pub mod collections;
pub mod connector;
pub mod convene;
pub mod delivery;
pub mod directory;
pub mod discover;
pub mod embeddings;
pub mod gate;
pub mod genealogy;
pub mod gone;
pub mod heads;
pub mod inbox;
pub mod json;
pub mod keys;
pub mod limits;
pub mod media;
pub mod mirror;
pub mod nodeinfo;
pub mod objects;
pub mod obligations;
mod pass_on;
mod peer;
pub mod probe;
mod respond;
pub mod self_test;
pub mod signature;
pub mod signing;
pub mod similar;
pub mod summon;
pub mod tasks;
pub mod webfinger;
