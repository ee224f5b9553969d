//! `ActivityPub` with other servers: the one way out (`connector`), HTTP signatures (`signature`), and what
//! is built on them. Everything here treats what comes from outside as hostile until it is checked
//! (design/threats.md, tables S, O, F, D).

pub mod actors;
pub mod connector;
pub mod delivery;
pub mod gate;
pub mod json;
pub mod keys;
pub mod limits;
pub mod media;
pub mod signature;
pub mod signing;
