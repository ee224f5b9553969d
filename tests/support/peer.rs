//! Whole nodes over real HTTP, each in a folder of its own, on a port that was free.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use parvis::{
    App,
    actions::{import, publish},
    domain::Iri,
    dossier::{self, Syntax},
    server,
    storage::{
        actors,
        records::{self, Row},
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::node::{Node, node};

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

    /// Imports a dossier and publishes it.
    pub async fn publish(&self, text: &str) {
        let dossier = dossier::parse(text, Syntax::Toml).unwrap();
        assert_eq!(dossier::check(&dossier), []);
        let (app, operator) = (self.app(), &self.node.operator);
        import::import(app, operator, &dossier, Path::new("."), false).await.unwrap();
        publish::publish(app, operator, None, &|_, _| ()).await.unwrap();
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
