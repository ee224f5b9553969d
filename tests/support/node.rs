//! A node in a folder of its own, with a clock that stands still, at `http://rennes.localhost:8101`.

use std::path::PathBuf;

use parvis::{
    App,
    actions::{self, Operator, import, publish},
    clock::{Chance, Clock},
    config::{Config, Post},
};
use tempfile::TempDir;

/// A node and the folder it lives in; the folder goes with it.
pub struct Node {
    /// The node.
    pub app: App,
    /// Who acts.
    pub operator: Operator,
    _folder: TempDir,
}

/// A new node on SQLite, with the actors every node has.
pub async fn node(name: &str, port: u16) -> Node {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("parvis.sqlite").display());
    node_on(name, port, &url, folder).await
}

/// A new node on a given database.
pub async fn node_on(name: &str, port: u16, database: &str, folder: TempDir) -> Node {
    let node = before_init(name, port, database, folder).await;
    actions::actors::set_up(&node.app, &node.operator).await.unwrap();
    node
}

/// A node without any actor, on a given database.
pub async fn before_init(name: &str, port: u16, database: &str, folder: TempDir) -> Node {
    let territory = if name == "angers" { "49007" } else { "35238" };
    let config = format!(
        "domain = \"{name}.localhost:{port}\"\npublic_url = \"http://{name}.localhost:{port}\"\n\
         listen = \"127.0.0.1:{port}\"\n[city]\nname = \"{name}\"\nterritory = \"{territory}\"\n\
         [database]\nurl = \"{database}\"\n[federation]\nallow_networks = [\"127.0.0.0/8\"]\n\
         [federation.resolve]\n\"rennes.localhost\" = \"127.0.0.1\"\n\"angers.localhost\" = \"127.0.0.1\"\n\
         \"montpellier.localhost\" = \"127.0.0.1\"\n\"nancy.localhost\" = \"127.0.0.1\"\n\"bretagne.localhost\" = \"127.0.0.1\"\n\"etat.localhost\" = \"127.0.0.1\"\n\"localhost\" = \"127.0.0.1\"\n"
    );
    let config: Config = toml::from_str(&config).unwrap();
    let clock = Clock::set_to("2026-11-21T12:00:00Z".parse().unwrap());
    let app = App::open(config, clock, Chance::seeded(u64::from(port))).await.unwrap();
    Node { app, operator: Operator::cli("test"), _folder: folder }
}

impl Node {
    /// Imports a sample dossier and publishes it, each guarantor what it says itself.
    pub async fn publish_sample(&self, name: &str) -> Vec<publish::Published> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
        let dossier = parvis::dossier::read(&folder.join(name)).unwrap();
        let posts =
            dossier.guarantors.iter().map(|one| Post::parse(&format!("guarantor:{}", one.handle)).unwrap());
        let operators = std::iter::once(self.operator.clone())
            .chain(posts.map(|post| Operator::cli("garante").holding(Some(post))));
        let mut published = Vec::new();
        for operator in operators {
            import::import(&self.app, &operator, &dossier, &folder, false).await.unwrap();
            published.extend(publish::publish(&self.app, &operator, None, &|_, _| ()).await.unwrap());
        }
        published
    }
}
