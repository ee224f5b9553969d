//! A node of ours with its whole router, and other servers around it, on loopback: where attacks happen.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex, atomic::AtomicBool},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
};
use http::{HeaderMap, StatusCode};
use parvis::{
    App,
    clock::{Chance, Clock},
    config::Config,
    domain::Iri,
    federation::{
        connector::{Connector, Names},
        signature::{Form, SigningKey},
    },
    storage,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    http_server::{Reply, Server},
    message::Message,
    oracle::State,
};

/// Keys are slow to make: each is made once, when it is first used.
pub static KEYS: [LazyLock<SigningKey>; 3] =
    [const { LazyLock::new(|| SigningKey::generate().expect("a key")) }; 3];

/// The counters are those of the process: one world at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Where our node is on loopback, and where it is as it ships.
pub const OURS: &str = "http://rennes.localhost:8101";
const SHIPPED: &str = "https://rennes.example";

/// Our node, and others: several names, one address; what each says can be changed while the test runs.
pub struct World {
    pub server: Server,
    /// `https://rennes.example`
    base: &'static str,
    pages: Arc<Mutex<HashMap<String, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
    pub app: App,
    /// Who is at the other end of every connection to us.
    pub peer: SocketAddr,
    /// Whether a message was accepted: without that, a refusal says nothing.
    pub(crate) controlled: AtomicBool,
    /// A look into the database, past the node.
    pub(crate) state: State,
    _folder: tempfile::TempDir,
    _alone: tokio::sync::MutexGuard<'static, ()>,
}

/// What our node answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl World {
    /// Our node `rennes.localhost`, with no actor yet, and servers that nobody has met.
    pub async fn new() -> Self {
        Self::configured("").await
    }

    /// The same with more keys at the head of its configuration.
    pub async fn configured(more: &str) -> Self {
        Self::open(OURS, more, "allow_networks = [\"127.0.0.1/32\"]").await
    }

    /// Our node `rennes.example` as it ships: it reaches global unicast over https and nothing else. Names
    /// lead where the test says; each look-up takes the next answer, the last one stays.
    pub async fn shipped(names: &[(&str, &[&[&str]])]) -> Self {
        let mut world = Self::open(SHIPPED, "", "").await;
        let list = |answer: &&[&str]| answer.iter().map(|text| text.parse().expect("an address")).collect();
        let names =
            names.iter().map(|(name, answers)| ((*name).to_owned(), answers.iter().map(list).collect()));
        let App { config, clock, .. } = &world.app;
        let (federation, url) = (&config.federation, &config.public_url);
        let http = Connector::with_names(federation, url, clock.clone(), Names::set_to(names));
        world.app.http = http.expect("a connector");
        world
    }

    async fn open(base: &'static str, more: &str, networks: &str) -> Self {
        let alone = ALONE.lock().await;
        let (pages, asked) = (Arc::default(), Arc::default());
        let server = others(&pages, &asked).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("node.sqlite");
        let config = format!(
            "domain = \"{}\"\npublic_url = \"{base}\"\n{more}\n\
             city = {{ name = \"Rennes\", territory = \"35238\" }}\n\
             [database]\nurl = \"sqlite:{}\"\n\
             [federation]\n{networks}\ntimeout_seconds = 5\n",
            authority(base),
            file.display(),
        );
        let config: Config = toml::from_str(&config).expect("a configuration");
        let clock = Clock::set_to("2026-03-09T08:02:00Z".parse().expect("an instant"));
        let app = App::open(config, clock, Chance::seeded(1)).await.expect("a node");
        Self {
            server,
            base,
            pages,
            asked,
            app,
            peer: SocketAddr::from(([203, 0, 113, 7], 50_000)),
            controlled: AtomicBool::new(false),
            state: State::open(&file).await,
            _folder: folder,
            _alone: alone,
        }
    }

    /// An identifier on another server: `evil` is `evil.localhost`, or `evil.example` beside a shipped node.
    pub fn iri(&self, host: &str, path: &str) -> Iri {
        let text = if self.base == SHIPPED {
            format!("https://{host}.example{path}")
        } else {
            format!("http://{host}.localhost:{}{path}", self.server.address.port())
        };
        Iri::parse(&text).expect("an identifier")
    }

    /// From now on a server answers so.
    pub fn page(&self, host: &str, path: &str, reply: Reply) {
        self.pages.lock().unwrap().insert(format!("{host}.localhost{path}"), reply);
    }

    /// The usual actor document.
    pub fn actor(&self, host: &str, path: &str, key: &SigningKey) -> Value {
        let id = self.iri(host, path);
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", {"toot": "http://joinmastodon.org/ns#"}],
            "id": id, "type": "Person", "preferredUsername": "alice", "name": "Alice",
            "inbox": id.join("/inbox"), "outbox": id.join("/outbox"), "followers": id.join("/followers"),
            "publicKey": {
                "id": id.join("#main-key"), "owner": id, "publicKeyPem": key.public_pem().expect("a key"),
            },
        })
    }

    /// A server tells of an actor with a key.
    pub fn publish(&self, host: &str, path: &str, key: &SigningKey) {
        self.page(host, path, Reply::document(&self.actor(host, path, key).to_string()));
    }

    /// An actor of another server as our node would store it.
    pub fn stranger(&self, id: &Iri, key: &SigningKey) -> storage::actors::Actor {
        let document = json!({"id": id, "publicKey": {"publicKeyPem": key.public_pem().expect("a key")}});
        storage::actors::Actor {
            uri: id.to_string(),
            handle: "alice".to_owned(),
            host: id.host().to_owned(),
            name: "Alice".to_owned(),
            kind: "Person".to_owned(),
            role: None,
            ours: false,
            city: None,
            feed: None,
            inbox: id.join("/inbox").to_string(),
            shared_inbox: None,
            outbox: None,
            followers: None,
            url: None,
            parvis: false,
            document: document.to_string(),
            fetched_at: self.app.clock.now_ms(),
            gone_at: None,
        }
    }

    /// An actor that our node has met before, with its key.
    pub async fn meet(&self, host: &str, path: &str, key: &SigningKey) {
        let (id, now) = (self.iri(host, path), self.app.clock.now_ms());
        let actor = self.stranger(&id, key);
        let key = storage::keys::Key {
            id: id.join("#main-key").to_string(),
            actor: id.to_string(),
            algorithm: "rsa".to_owned(),
            public: key.public_pem().expect("a key"),
            secret: None,
            created_at: now,
            revoked: None,
            pinned_at: Some(now),
        };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        storage::actors::put(&mut tx, &actor).await.expect("stored");
        storage::hosts::ensure(&mut tx, &actor.host).await.expect("stored");
        storage::keys::put(&mut tx, &key).await.expect("stored");
        tx.commit().await.expect("stored");
    }

    /// What other servers were asked for since last time: `angers.localhost/a`.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// A message of an actor, signed with a key named after it.
    pub fn message(&self, host: &str, path: &str, key: &SigningKey) -> Message {
        let actor = self.iri(host, path);
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Like", "actor": actor,
            "id": actor.join("/likes/1"), "object": format!("{}/avis/1", self.base),
        });
        Message {
            base: self.base,
            key_id: actor.join("#main-key").as_str().to_owned(),
            key: key.clone(),
            form: Form::Cavage,
            activity,
            text: None,
            covered: None,
            parameters: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            second: Vec::new(),
            secret: None,
            uri: "/actors/a/inbox".to_owned(),
            signed_at: self.app.clock.now(),
        }
    }

    /// What our node answers to a message.
    pub async fn send(&self, message: &Message) -> Answer {
        self.ask(message.request()).await
    }

    /// What our node answers to a request, through all of its router.
    pub async fn ask(&self, mut request: Request) -> Answer {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answer = parvis::server::router(&self.app).oneshot(request);
        let answer = tokio::time::timeout(Duration::from_mins(1), answer).await.expect("in time");
        let (head, body) = answer.expect("a router never fails").into_parts();
        let body = to_bytes(body, 1024 * 1024).await.expect("its body");
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        Answer { status: head.status, headers: head.headers, body }
    }

    /// A GET of a path of our node.
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", authority(self.base));
        self.ask(request.body(Body::empty()).expect("a request")).await
    }
}

/// The other servers.
async fn others(pages: &Arc<Mutex<HashMap<String, Reply>>>, asked: &Arc<Mutex<Vec<String>>>) -> Server {
    let (known, noted) = (Arc::clone(pages), Arc::clone(asked));
    Server::start(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let host = request.lines().find(|line| line.to_ascii_lowercase().starts_with("host: "));
        let host = host.and_then(|line| line[6..].split(':').next()).unwrap_or_default();
        let name = format!("{host}{path}");
        let page = known.lock().unwrap().get(&name).cloned();
        if !request.is_empty() {
            noted.lock().unwrap().push(name);
        }
        page.unwrap_or_else(|| Reply::new("404 Not Found", &[], b""))
    })
    .await
}

/// The authority of a URL without a path.
pub fn authority(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, authority)| authority)
}
