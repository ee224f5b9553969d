//! The real program, killed, starved, stopped and locked out (threats R1 to R3, R8 to R10, R15, R17, R19,
//! R20; X3, X19, X25, X33). A driver keeps load on a node that runs in a process of its own and remembers
//! every acknowledgement; afterwards everything is read back.
//!
//! Where the seed of a run matters it is printed; `PARVIS_CRASH_SEED` runs the same kills again.

#[path = "../support/http.rs"]
mod http_server;
#[expect(dead_code, reason = "others publish a sample")]
#[path = "../support/node.rs"]
mod node;
#[path = "../support/mod.rs"]
mod support;

mod checker;
mod faults;
mod kills;
mod load;
mod poison;
mod start;
mod world;
