//! What several test binaries share; each uses a part of it.
#![allow(dead_code, missing_docs, reason = "each test binary uses a part")]

pub mod foreign;
pub mod postgres;
pub mod process;
