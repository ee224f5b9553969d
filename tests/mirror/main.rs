//! A city's register in the hands of its peers: served as a mirror when its origin is gone, completed from a third
//! node, rebuilt after a disaster (moonshot 10; register.md rules 1, 5, 13, 17).

#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/follower.rs"]
mod follower;
#[path = "../support/node.rs"]
mod node;
#[path = "../support/together.rs"]
mod together;

mod convention;
mod erased;
mod forged;
mod heal;
mod moving;
mod rebuild;
mod served;
mod world;
