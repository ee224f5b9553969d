//! The attacks of the threat model, each as a test named by its row, against the whole router of a node.
//!
//! `oracle.rs` says what it takes for an attack to have failed. `rows/*.toml` lists every row: what is sent,
//! what the node does, which tests hold it to that. `docs/security/attacks.md` is written from them:
//! `PARVIS_WRITE=1 cargo test --test attacks page` writes it anew.

mod blocked;
mod controls;
mod fetch;
#[path = "../support/http.rs"]
mod http_server;
mod keys;
mod load;
mod lookups;
mod message;
mod oracle;
mod origin;
mod page;
mod replay;
mod signature;
mod switches;
mod wire;
mod world;
