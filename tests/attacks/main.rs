//! The attacks of the threat model, each as a test named by its row, against the whole router of a node.
//!
//! `oracle.rs` says what it takes for an attack to have failed. `rows/*.toml` lists every row: what is sent,
//! what the node does, which tests hold it to that. `docs/security/attacks.md` is written from them:
//! `PARVIS_WRITE=1 cargo test --test attacks page` writes it anew.

mod blocked;
mod city;
mod content;
mod content_browser;
mod controls;
mod fetch;
#[path = "../support/foreign.rs"]
#[allow(dead_code, reason = "the scripts alone are used here")]
mod foreign;
#[path = "../support/http.rs"]
mod http_server;
mod keys;
mod load;
mod load_http2;
mod load_strangers;
mod lookups;
mod message;
mod oracle;
mod origin;
mod origin_conventions;
mod origin_fetch;
mod origin_follows;
mod origin_peer;
mod origin_records;
mod origin_relays;
mod origin_replies;
mod page;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "the place of a file alone is asked for here")]
mod process;
mod replay;
#[path = "../support/reply.rs"]
mod reply;
mod signature;
mod switches;
mod wire;
mod world;
