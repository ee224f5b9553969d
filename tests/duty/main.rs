//! The city's duty (requirements 0.8, 0.10, 2.23, 2.24, 2.26, 2.28): what is owed, computed by the clock alone,
//! the same on every node and every surface; and nothing owed is taken back.

#[path = "../support/follower.rs"]
mod follower;
#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/node.rs"]
mod node;

mod arrival;
mod kept;
mod world;
mod years;
