//! A bare node for tests of delivery: its own SQLite file, a set clock, seeded chance, no actors, and loopback
//! as its whole network.

use jiff::Timestamp;
use parvis::{
    App,
    clock::{Chance, Clock},
    config::Config,
};

/// The node and the folder its database lives in; the folder goes with it.
pub struct Node {
    /// The node.
    pub app: App,
    _folder: tempfile::TempDir,
}

/// A node at `https://rennes.example` in March 2026 that waits one second for others.
pub async fn node() -> Node {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        r#"
        domain = "rennes.example"
        public_url = "https://rennes.example"
        [city]
        name = "Rennes"
        territory = "35238"
        [database]
        url = "sqlite:{}"
        [federation]
        allow_networks = ["127.0.0.0/8"]
        timeout_seconds = 1
        "#,
        folder.path().join("parvis.sqlite").display()
    );
    let config: Config = toml::from_str(&text).expect("a configuration");
    let now: Timestamp = "2026-03-09T08:02:00Z".parse().expect("an instant");
    let app = App::open(config, Clock::set_to(now), Chance::seeded(7)).await.expect("a node");
    Node { app, _folder: folder }
}
