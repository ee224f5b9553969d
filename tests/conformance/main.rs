//! The conformance checklist: what the W3C's ActivityPub, WebFinger, NodeInfo, HTTP signatures and the habits
//! of other servers ask of a node, row by row. `table.rs` says what shows each row and writes
//! docs/conformance.md. A file is a section of the checklist: one node for all its rows, over HTTP, with one
//! peer that plays every other server, so that what is delivered is judged like what is served.
#![expect(clippy::unused_async, reason = "rows are called alike, whether they ask the node again or not")]

#[path = "../support/http.rs"]
mod http_server;
#[expect(dead_code, reason = "the sample is published in steps here")]
#[path = "../support/node.rs"]
mod node;
mod page;

mod activitypub;
mod answering;
mod interop;
mod judge;
mod nodeinfo;
mod peer;
mod signatures;
mod table;
mod webfinger;
mod world;

/// Runs the rows of a section on one world, each to its end, and names those that fell short.
macro_rules! rows {
    ($world:expr; $($row:ident),+ $(,)?) => {{
        let world = &$world;
        let mut short: Vec<&str> = Vec::new();
        $(
            let row = std::panic::AssertUnwindSafe($row(world));
            if futures::FutureExt::catch_unwind(row).await.is_err() {
                short.push(stringify!($row));
            }
        )+
        assert!(short.is_empty(), "fell short: {short:?}");
    }};
}
pub(crate) use rows;
