//! Rennes, served, and Angers, which follows it and keeps what it says; a dossier that grows; and everything a
//! reader may ask of either.

use std::fmt::Write as _;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use parvis::{
    Result,
    actions::{import, publish},
    federation::catch_up,
    server,
    storage::records::{self, Page},
};
use serde_json::Value;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::{
    follower,
    node::{Node, node},
};

/// The beginning of every dossier here: an avis of three recommendations handed over on 20 November 2026, one
/// day before the clocks begin.
pub const AVIS: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "rennes"
name = "Ville de Rennes"
territory = "35238"
[[councils]]
ref = "ccnr"
handle = "ccnr"
name = "Conseil citoyen du numérique responsable"
summary = "Des habitants tirés au sort."
[[questions]]
ref = "question-1"
council = "ccnr"
kind = "auto-saisine"
title = "Rendre les démarches accessibles"
text = "Que doit faire la Ville ?"
[[avis]]
ref = "avis-1"
council = "ccnr"
question = "question-1"
title = "Rendre accessibles les démarches"
summary = "Trois recommandations."
diagnosis = "Des démarches difficiles."
stakes = "L’égalité."
adopted_on = "2026-11-10"
delivered = { on = "2026-11-20" }
recommendations = [
  { title = "Former les agents" },
  { title = "Ouvrir des guichets", tier = "commune", category = "Accueil" },
  { title = "Publier le suivi" },
]
"#;

/// What the city promises: an answer by the end of March, and accounts at six months and three years.
pub const SCHEDULE: &str = r#"
[[schedules]]
avis = "ccnr/avis-1"
answer_by = "2027-03-31"
preset = "six-months-three-years"
"#;

/// Its three answers in one record.
pub const ANSWERS: &str = r#"
[[answers]]
recommendations = ["ccnr/avis-1/r1..r3"]
decision = "accepted"
text = "La Ville fera les trois."
promised_by = "2028-06-30"
on = "2027-04-03"
"#;

/// Two nodes over real HTTP.
pub struct Two {
    /// Rennes, whose records they are.
    pub rennes: Node,
    /// Angers, which follows.
    pub angers: Node,
    dossier: String,
}

/// Rennes has published a dossier; Angers follows and has caught up.
pub async fn two(dossier: &str) -> Two {
    let rennes = served("rennes").await;
    let angers = follower::angers(&rennes.app).await;
    let mut two = Two { rennes, angers, dossier: String::new() };
    two.say(dossier).await;
    two.catch_up().await;
    two
}

async fn served(name: &str) -> Node {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node(name, listener.local_addr().unwrap().port()).await;
    let router = server::router(&node.app);
    tokio::spawn(async move { axum::serve(listener, router).await });
    node
}

/// Imports a dossier and publishes it.
pub async fn publish(node: &Node, dossier: &str) -> Result<Vec<publish::Published>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dossier.toml");
    std::fs::write(&path, dossier).unwrap();
    std::fs::write(folder.path().join("bilan.txt"), "Bilan des ateliers.").unwrap();
    let dossier = parvis::dossier::read(&path).unwrap_or_else(|problems| panic!("{problems:?}"));
    import::import(&node.app, &node.operator, &dossier, folder.path(), false).await?;
    publish::publish(&node.app, &node.operator, None, &|_, _| ()).await
}

impl Two {
    /// The city says more: appended to its dossier, imported and published.
    pub async fn say(&mut self, more: &str) {
        self.dossier.push_str(more);
        publish(&self.rennes, &self.dossier).await.unwrap();
    }

    /// What was said reaches the other node.
    pub async fn catch_up(&self) {
        let report = catch_up::catch_up(&self.angers.app, self.rennes.app.urls.host()).await.unwrap();
        assert_eq!(report.refused, 0);
    }

    /// It becomes noon of a day, on both nodes.
    pub fn becomes(&self, day: &str) {
        for node in [&self.rennes, &self.angers] {
            let noon: jiff::Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
            node.app.clock.advance(noon.duration_since(node.app.clock.now()));
        }
    }

    /// What is owed, in short lines, as each surface of each node tells it; all tell the same.
    pub async fn owed(&self) -> Vec<String> {
        let mut told: Option<Vec<String>> = None;
        for node in [&self.rennes, &self.angers] {
            let api = json(node, "/api/v1/obligations").await;
            let items = api["items"].as_array().unwrap();
            let lines: Vec<String> = items.iter().map(line).collect();
            assert_eq!(*told.get_or_insert_with(|| lines.clone()), lines, "both nodes alike");
            agree(node, items).await;
        }
        told.unwrap()
    }
}

/// `overdue answer-due 2027-03-31 1`
fn line(item: &Value) -> String {
    let word = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let mut line = format!("{} {} {} {}", word("state"), word("duty"), word("due"), item["days"]);
    if let Some(from) = item["postponed"]["from"].as_str() {
        let _ = write!(line, " from {from}, {}", item["postponed"]["reason"].as_str().unwrap());
    }
    line
}

/// Page, feed and calendar tell of the same things in the same states as the API.
async fn agree(node: &Node, items: &[Value]) {
    let page = text(node, "/echeances").await;
    let own = text(node, &page_of(node).await).await;
    let atom = text(node, "/flux/echeances.atom").await;
    let calendar = text(node, "/echeances.ics").await.replace("\r\n ", "");
    for state in ["overdue", "due", "held"] {
        let count = items.iter().filter(|item| item["state"] == state).count();
        let badge = format!("badge s-{state}\"");
        assert_eq!(page.matches(&badge).count(), count, "{state} on the page");
        assert_eq!(own.matches(&badge).count(), count, "{state} on the page of the avis");
        assert_eq!(atom.matches(&format!("term=\"{state}\"")).count(), count, "{state} in the feed");
        let word = match state {
            "overdue" => ", dépassée\u{a0}:",
            "due" => ", à venir\u{a0}:",
            _ => ", tenue\u{a0}:",
        };
        let titles = calendar.lines().filter(|line| line.starts_with("SUMMARY:"));
        let titles = titles.filter(|line| line.replace('\\', "").contains(word));
        assert_eq!(titles.count(), count, "{state} in the calendar");
    }
    for item in items {
        let id = item["id"].as_str().unwrap();
        assert!(calendar.contains(&format!("UID:{id}\r\n")), "{id} in the calendar");
        let entry = atom.split("<entry>").find(|entry| entry.contains(&format!("<id>{id}</id>"))).unwrap();
        let since = item["since"].as_str().unwrap().trim_end_matches('Z');
        assert!(entry.contains(&format!("<updated>{since}")), "{since} in {entry}");
    }
}

/// The path of the page of the one avis.
pub async fn page_of(node: &Node) -> String {
    let avis = records::by_kind(&node.app.db, "Avis", &Page::first(1)).await.unwrap().remove(0);
    format!("/{}/{}", if avis.ours { "avis" } else { "recus" }, avis.slug)
}

/// A text of a node, in French.
pub async fn text(node: &Node, path: &str) -> String {
    let (status, text) = ask(node, path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// The answer of a node.
pub async fn ask(node: &Node, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("host", node.app.urls.host()).header("accept-language", "fr");
    let request = request.body(Body::empty()).unwrap();
    let response = server::router(&node.app).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 8 << 20).await.unwrap();
    (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// A JSON document of a node.
pub async fn json(node: &Node, path: &str) -> Value {
    serde_json::from_str(&text(node, path).await).unwrap()
}
