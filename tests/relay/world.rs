//! Three real nodes over HTTP: Rennes, which relays, Bretagne and the State; and a citizen who follows the council.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use jiff::SignedDuration;
use parvis::{
    App,
    actions::{
        import,
        intake::{self, Word},
        publish,
    },
    domain::{
        Iri,
        codes::{Decision, Status},
    },
    federation::actors as remote,
    server,
    storage::{
        self, actors,
        follows::{self, Follow},
        offers, records,
        records::{Page, Row},
    },
    web::view,
};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    http::{Reply, Server},
    node::{Node, node},
};

/// What Rennes publishes; `BRETAGNE` is the id of the body of the region.
const DOSSIER: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "rennes"
name = "Rennes"
territory = "35238"
[[councils]]
ref = "ccnr"
handle = "ccnr"
name = "CCNR"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "ccnr"
kind = "saisine"
title = "Les lycées"
text = "Comment ?"
asked_on = "2026-01"
[[avis]]
ref = "a1"
council = "ccnr"
question = "q1"
title = "Des lycées sobres"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2026-03-04"
themes = ["numerique"]
recommendations = [{ title = "Équiper" }, { title = "Éteindre" }, { title = "Apprendre" }]
[[relays]]
recommendation = "ccnr/a1/r1"
to = "BRETAGNE"
tier = "region"
ground = "Les lycées sont de la compétence de la région."
text = "Nous vous relayons cette recommandation."
[[relays]]
recommendation = "ccnr/a1/r2"
to = "BRETAGNE"
tier = "region"
expected_by = "2026-12-15"
[[relays]]
recommendation = "ccnr/a1/r3"
to = "https://www.education.example/"
to_name = "Éducation nationale"
tier = "etat"
"#;

/// A running node.
pub struct Peer {
    pub node: Node,
    stop: CancellationToken,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn peer(name: &str) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node(name, listener.local_addr().unwrap().port()).await;
    let stop = CancellationToken::new();
    tokio::spawn(server::run(node.app.clone(), listener, None, stop.clone()));
    Peer { node, stop }
}

impl Peer {
    pub fn app(&self) -> &App {
        &self.node.app
    }

    /// The body of the node.
    pub async fn body(&self) -> Iri {
        let mairie = actors::by_role(&self.app().db, "mairie").await.unwrap().remove(0);
        Iri::parse(&mairie.uri).unwrap()
    }

    pub async fn record(&self, id: &str) -> Option<Row> {
        records::get(&self.app().db, id).await.unwrap()
    }

    /// The state of what is offered to, or by, this node.
    pub async fn offer(&self, relay: &str, body: &Iri) -> Option<String> {
        offers::get(&self.app().db, relay, body.as_str()).await.unwrap().map(|offer| offer.state)
    }

    pub async fn say(&self, relay: &str, word: Word, words: &str) -> String {
        let (app, operator) = (self.app(), &self.node.operator);
        intake::say(app, operator, relay, &word, words, None).await.unwrap().to_string()
    }

    /// A page as a browser gets it.
    pub async fn page(&self, path: &str) -> String {
        let got = self.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(got.0, StatusCode::OK, "{path}: {}", got.2);
        got.2
    }

    pub async fn ask(&self, mut request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let host = self.app().urls.host().parse().unwrap();
        request.headers_mut().insert(header::HOST, host);
        let response = server::router(self.app()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 4 << 20).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Somebody who follows the council from elsewhere, and everything that came to the inbox.
async fn citizen(of: &App, council: &str) -> (Server, Arc<Mutex<Vec<Value>>>) {
    let received: Arc<Mutex<Vec<Value>>> = Arc::default();
    let inbox = Arc::clone(&received);
    let server = Server::start(move |request| {
        let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        inbox.lock().unwrap().extend(serde_json::from_str::<Value>(body));
        Reply::new("202 Accepted", &[], b"")
    })
    .await;
    let mut tx = of.db.begin().await.unwrap();
    let follower = server.url("/alix");
    let follow = Follow {
        follower: follower.to_string(),
        followed: council.to_owned(),
        ours: false,
        state: "accepted".to_owned(),
        activity: server.url("/follow").to_string(),
        document: "{}".to_owned(),
        host: follower.host().to_owned(),
        inbox: server.url("/inbox").to_string(),
        at: 0,
    };
    follows::put(&mut tx, &follow).await.unwrap();
    storage::hosts::ensure(&mut tx, follower.host()).await.unwrap();
    tx.commit().await.unwrap();
    (server, received)
}

/// Rennes has published its relays; Bretagne and the State are there, and follow nobody.
pub struct Story {
    pub rennes: Peer,
    pub bretagne: Peer,
    pub etat: Peer,
    pub council: String,
    /// The relays of recommendations 1, 2 and 3.
    pub relays: Vec<String>,
    pub recommendations: Vec<String>,
    received: Arc<Mutex<Vec<Value>>>,
    _citizen: Server,
}

pub async fn story() -> Story {
    let (rennes, bretagne, etat) = tokio::join!(peer("rennes"), peer("bretagne"), peer("etat"));
    let app = rennes.app();
    remote::fetch_actor(app, &bretagne.body().await).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rennes.toml");
    let (relayed, before) = DOSSIER.split_once("[[relays]]").map(|(before, rest)| (rest, before)).unwrap();
    let load = async |text: String| {
        fs::write(&file, text).unwrap();
        let dossier = parvis::dossier::read(&file).unwrap();
        let operator = &rennes.node.operator;
        import::import(app, operator, &dossier, folder.path(), false).await.unwrap();
        publish::publish(app, operator, None, &|_, _| ()).await.unwrap();
    };
    load(before.to_owned()).await;
    let council = actors::by_handle(&app.db, "ccnr").await.unwrap().unwrap().uri;
    let (server, received) = citizen(app, &council).await;
    let body = bretagne.body().await;
    load(format!("{before}[[relays]]{relayed}").replace("BRETAGNE", body.as_str())).await;
    let mut relays = records::by_kind_ours(&app.db, "Relay", &Page::first(10)).await.unwrap();
    relays.sort_by(|a, b| a.published.cmp(&b.published));
    let mut recommendations =
        records::by_author(&app.db, &council, "Recommendation", &Page::first(10)).await.unwrap();
    recommendations.sort_by_key(|row| row.number);
    let by_target = |number: usize| {
        let target = recommendations[number].uri.as_str();
        relays.iter().find(|row| row.parent.as_deref() == Some(target)).unwrap().uri.clone()
    };
    Story {
        relays: (0..3).map(by_target).collect(),
        recommendations: recommendations.iter().map(|row| row.uri.clone()).collect(),
        council,
        received,
        _citizen: server,
        rennes,
        bretagne,
        etat,
    }
}

impl Story {
    /// Time passes for everybody.
    pub fn later(&self, by: SignedDuration) {
        for one in [&self.rennes, &self.bretagne, &self.etat] {
            one.app().clock.advance(by);
        }
    }

    /// Where a recommendation stands, as a node computes it.
    pub async fn status(&self, at: &Peer, number: usize) -> Status {
        self.status_at(at.app(), number).await
    }

    pub async fn status_at(&self, at: &App, number: usize) -> Status {
        let standings = view::standings_by_id(at, Some(&self.council)).await.unwrap();
        let uri = &self.recommendations[number - 1];
        standings.into_iter().find(|(id, _)| id == uri).map(|(_, status)| status).unwrap()
    }

    /// Whether the follower of the council was told of a record by a boost.
    pub fn boosted(&self, id: &str) -> bool {
        let received = self.received.lock().unwrap();
        received.iter().any(|activity| activity["type"] == "Announce" && activity["object"] == id)
    }

    /// Offered, and received: the automatic acknowledgement came back.
    pub async fn arrives(&self, relay: &str) {
        let body = self.bretagne.body().await;
        until("received", async || self.rennes.offer(relay, &body).await.as_deref() == Some("received"))
            .await;
    }
}

pub fn answer(decision: Decision) -> Word {
    Word::Answer { decision, reason: None, promised_by: None }
}
