//! Joins the routers of the node and serves them.

pub mod health;
pub mod requests;
