//! Nodes that are served over HTTP at an address of their own, fall silent, lie, and are put back.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use parvis::{App, domain::Iri, federation::catch_up, server, storage::versions};
use tokio::net::TcpListener;

use crate::{
    follower::follows,
    node::{Node, before_init, node},
};

/// A passphrase long enough.
pub const PHRASE: &str = "le chat dort sur le registre";

/// A node and the address it is served at.
pub struct Site {
    pub node: Node,
    pub port: u16,
    name: &'static str,
    router: Arc<RwLock<Option<Router>>>,
    lies: Arc<AtomicBool>,
}

/// A new node, served, with the accounts every node has.
pub async fn site(name: &'static str) -> Site {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let node = node(name, port).await;
    let router = Arc::new(RwLock::new(Some(server::router(&node.app))));
    let lies = Arc::new(AtomicBool::new(false));
    let (served, lying) = (Arc::clone(&router), Arc::clone(&lies));
    let front = Router::new().fallback(move |request: Request| {
        let (served, lying) = (served.read().unwrap().clone(), Arc::clone(&lying));
        async move { answer(served, lying.load(Ordering::SeqCst), request).await }
    });
    let service = front.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Site { node, port, name, router, lies }
}

/// A node that is gone answers nothing of use; one that lies puts a word into one record's mouth.
async fn answer(router: Option<Router>, lies: bool, request: Request) -> Response {
    let Some(router) = router else { return StatusCode::BAD_GATEWAY.into_response() };
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    if !lies {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return Response::from_parts(parts, Body::from(body));
    };
    let altered = text.replacen("\"content\":\"<p>", "\"content\":\"<p>Jamais. ", 1);
    let mut answer = Body::from(altered).into_response();
    answer.headers_mut().insert("content-type", parts.headers["content-type"].clone());
    answer
}

impl Site {
    pub fn app(&self) -> &App {
        &self.node.app
    }

    pub fn host(&self) -> &str {
        self.node.app.urls.host()
    }

    pub fn base(&self) -> String {
        self.node.app.urls.base().to_owned()
    }

    pub fn lies(&self, lies: bool) {
        self.lies.store(lies, Ordering::SeqCst);
    }

    pub fn gone(&self) {
        *self.router.write().unwrap() = None;
    }

    /// Destroys the node: an empty one, without any account, takes its place, and is not served yet.
    pub async fn destroyed(&mut self) {
        self.gone();
        self.node = empty(self.name, self.port).await;
    }

    /// Serves the node that is there now.
    pub fn back(&self) {
        *self.router.write().unwrap() = Some(server::router(&self.node.app));
    }

    /// Follows another node and takes its register over.
    pub async fn follows(&self, other: &Self) {
        follows(self.app(), other.app()).await;
        self.catches_up(other).await;
    }

    pub async fn catches_up(&self, other: &Self) -> catch_up::Report {
        catch_up::catch_up(self.app(), other.host()).await.unwrap()
    }

    /// What another node gets from this one: status, headers and text.
    pub async fn get(&self, from: &Self, path: &str, accept: &str) -> (u16, HeaderMap, String) {
        let url = Iri::parse(&format!("{}{path}", from.base())).unwrap();
        let fetched = self.app().http.get(&url, None, accept, 1 << 24).await.unwrap();
        (fetched.status, fetched.headers, String::from_utf8(fetched.body).unwrap())
    }
}

/// A node before `parvis init`.
pub async fn empty(name: &str, port: u16) -> Node {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("parvis.sqlite").display());
    before_init(name, port, &url, folder).await
}

/// Every version of the accounts of a host that is at `app`: `id version hash`, sorted.
pub async fn held(app: &App, host: &str) -> Vec<String> {
    let all = versions::all(&app.db, 0, 100_000).await.unwrap();
    let of_host = all.iter().filter(|version| version.origin == host);
    let mut lines: Vec<String> =
        of_host.map(|version| format!("{} {} {}", version.uri, version.version, version.hash)).collect();
    lines.sort();
    lines
}

/// Escaped for a query.
pub fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
