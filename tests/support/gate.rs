//! A node of ours with its gate, and other servers around it, on loopback: what the tests of the gate
//! share. The oracle is here: a refusal is told by its reason, by its counter, by an unchanged database
//! and by what was asked of the network.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, LazyLock, Mutex, OnceLock},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use jiff::{SignedDuration, Timestamp};
use parvis::{
    App,
    clock::{Chance, Clock},
    domain::{Hash, Iri},
    federation::{
        connector::Outbound,
        gate::{self, Admitted, Incoming},
        signature::{Form, Refusal, Signer, SigningKey},
    },
    telemetry::Metrics,
};
use serde_json::{Value, json};

use crate::http_server::{Reply, Server};

/// Keys are slow to make and may serve every test.
pub static KEYS: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| SigningKey::generate().expect("a key")));

/// The counters are those of the process: one test at a time.
pub static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

static METRICS: OnceLock<Metrics> = OnceLock::new();

fn refused_so_far(reason: &str) -> u64 {
    let metrics = METRICS.get_or_init(|| Metrics::start().expect("the only recorder"));
    let label = format!("ap_refused_total{{reason=\"{reason}\"}} ");
    metrics.text().lines().find_map(|line| line.strip_prefix(&label)?.parse().ok()).unwrap_or(0)
}

/// Other servers: several names, one address; what each says can be changed while the test runs.
pub struct World {
    pub server: Server,
    pages: Arc<Mutex<HashMap<String, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
    pub app: App,
    _folder: tempfile::TempDir,
}

impl World {
    /// Our node `rennes.localhost`, and servers that nobody has met.
    pub async fn new() -> Self {
        let pages: Arc<Mutex<HashMap<String, Reply>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (known, noted) = (Arc::clone(&pages), Arc::clone(&asked));
        let server = Server::start(move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let header = |name: &str| {
                let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
                line.and_then(|line| line.split_once(": ")).map(|(_, value)| value).unwrap_or_default()
            };
            let host = header("host:").split(':').next().unwrap_or_default().to_owned();
            noted.lock().unwrap().push(format!("{host}{path}"));
            let page = known.lock().unwrap().get(&format!("{host}{path}")).cloned();
            page.unwrap_or_else(|| Reply::new("404 Not Found", &[], b""))
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "domain = \"rennes.localhost:8101\"\npublic_url = \"http://rennes.localhost:8101\"\n\
             city = {{ name = \"Rennes\", territory = \"35238\" }}\n\
             [database]\nurl = \"sqlite:{}\"\n\
             [federation]\nallow_networks = [\"127.0.0.1/32\"]\ntimeout_seconds = 2\n",
            folder.path().join("node.sqlite").display(),
        );
        let config = toml::from_str(&config).expect("a configuration");
        let clock = Clock::set_to("2026-03-09T08:02:00Z".parse().expect("an instant"));
        let app = App::open(config, clock, Chance::seeded(1)).await.expect("a node");
        refused_so_far("");
        Self { server, pages, asked, app, _folder: folder }
    }

    /// An identifier on another server: `evil` is `evil.localhost`.
    pub fn iri(&self, host: &str, path: &str) -> Iri {
        let text = format!("http://{host}.localhost:{}{path}", self.server.address.port());
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

    /// What other servers were asked for, since last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// A message of an actor, signed with a key named after it.
    pub fn message(&self, host: &str, path: &str, key: &SigningKey) -> Message {
        let actor = self.iri(host, path);
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Like", "actor": actor,
            "id": actor.join("/likes/1"), "object": "http://rennes.localhost:8101/avis/1",
        });
        Message {
            key_id: actor.join("#main-key"),
            key: key.clone(),
            form: Form::Cavage,
            activity,
            text: None,
            changes: Vec::new(),
            uri: "/actors/a/inbox".to_owned(),
            signed_at: self.app.clock.now(),
        }
    }

    /// A hash over the whole database.
    pub async fn state(&self) -> Hash {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.sqlite");
        self.app.db.snapshot(&copy).await.expect("a copy");
        Hash::of(&std::fs::read(copy).expect("the copy"))
    }

    /// Sends a message through the gate.
    pub async fn send(&self, message: &Message) -> Result<Admitted, Refusal> {
        let sent = message.sign();
        let incoming = Incoming {
            method: &Method::POST,
            uri: &sent.uri,
            headers: &sent.headers,
            body: &sent.body,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        gate::admit(&self.app, incoming).await
    }

    /// The message is let in.
    #[track_caller]
    pub fn admitted<'a>(&'a self, message: &'a Message) -> impl Future<Output = Admitted> + 'a {
        let place = std::panic::Location::caller();
        async move {
            match self.send(message).await {
                Ok(admitted) => admitted,
                Err(refusal) => panic!("{place}: refused: {refusal}"),
            }
        }
    }

    /// The message is refused for this reason, counted once, nothing changes; gives what was asked of
    /// other servers.
    pub async fn refused(&self, message: &Message, refusal: Refusal) -> Vec<String> {
        self.asked();
        let (state, counted) = (self.state().await, refused_so_far(refusal.reason()));
        match self.send(message).await {
            Ok(_) => panic!("admitted, and should be refused: {refusal}"),
            Err(other) => assert_eq!(other, refusal),
        }
        assert_eq!(refused_so_far(refusal.reason()), counted + 1, "counted once: {refusal}");
        assert_eq!(self.state().await, state, "{refusal}: the database changed");
        self.asked()
    }

    /// The message is refused for this reason, and nobody was asked anything, not even a name.
    pub async fn refused_quietly(&self, message: &Message, refusal: Refusal) {
        let before = self.app.http.outbound_log();
        let asked = self.refused(message, refusal).await;
        let after: Vec<Outbound> = self.app.http.outbound_log().split_off(before.len());
        assert!(asked.is_empty() && after.is_empty(), "{refusal}: asked {asked:?}, {after:?}");
    }
}

/// A message before it is signed, and what is changed afterwards.
#[derive(Clone)]
pub struct Message {
    pub key_id: Iri,
    pub key: SigningKey,
    pub form: Form,
    pub activity: Value,
    /// Sent instead of the activity.
    pub text: Option<Vec<u8>>,
    /// Headers set after signing; an empty value removes.
    pub changes: Vec<(&'static str, String)>,
    pub uri: String,
    pub signed_at: Timestamp,
}

/// What arrives.
pub struct Sent {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Message {
    /// With another value under a key of the activity; null removes it.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => drop(self.activity.as_object_mut().and_then(|map| map.remove(name))),
            value => self.activity[name] = value,
        }
        self
    }

    /// With this text as body.
    pub fn text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With a header changed after signing.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.changes.push((name, value.into()));
        self
    }

    /// Naming another key.
    pub fn key_id(mut self, id: Iri) -> Self {
        self.key_id = id;
        self
    }

    /// Signed earlier.
    pub fn earlier(mut self, by: SignedDuration) -> Self {
        self.signed_at = self.signed_at.checked_sub(by).expect("an instant");
        self
    }

    fn sign(&self) -> Sent {
        let body = self.text.clone().unwrap_or_else(|| self.activity.to_string().into_bytes());
        let signer = Signer { key_id: self.key_id.clone(), key: self.key.clone(), form: self.form };
        let url = Iri::parse("http://rennes.localhost:8101/actors/a/inbox").expect("our inbox");
        let mut headers = signer.headers(&Method::POST, &url, Some(&body), self.signed_at).expect("signs");
        for (name, value) in &self.changes {
            if value.is_empty() {
                headers.remove(*name);
            } else {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
            }
        }
        Sent { uri: self.uri.parse().expect("a target"), headers, body }
    }
}
