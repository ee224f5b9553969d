//! What the people who run a node count on: it stops and starts gently, waits for nobody for ever, can be
//! copied and restored, and says what is wrong with it.

#[path = "../support/bare.rs"]
mod bare;
#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/process.rs"]
mod process;
#[path = "../support/reply.rs"]
mod reply;

mod backup;
mod doctor;
mod listener;
mod measured;
mod queue;
