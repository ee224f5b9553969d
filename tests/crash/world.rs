//! The world around the node: servers that follow it, write down what it delivers and sometimes lose their
//! answer, and actors there who write to it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use http::Method;
use jiff::Timestamp;
use parvis::{
    clock::{Chance, Clock},
    domain::Iri,
    federation::signature::{Signer, SigningKey},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    http_server::{Reply, Server},
    support::process::{Answer, NoAnswer, Node, exchange},
};

/// Servers around the node. The last of them handles what it gets and loses some of its answers (R19, X6).
pub const HOSTS: usize = 5;
/// How many it loses: each costs a pause.
const LOST: usize = 4;
/// Actors on each.
pub const USERS: usize = 7;

/// Making a key is slow, and one serves everybody.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().expect("a key"));

/// One delivery that arrived.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Id of the activity.
    pub activity: String,
    /// Its type.
    pub kind: String,
    /// Id of what it is about.
    pub object: String,
    /// `parvis:version` of what it carries, 0 without.
    pub version: u64,
}

/// What the servers saw.
#[derive(Default)]
struct Seen {
    heard: BTreeMap<String, Vec<Heard>>,
    swallowed: BTreeMap<String, usize>,
}

/// The servers, at `http://h0.localhost:{port}` and so on.
pub struct World {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    numbers: AtomicU64,
    _server: Server,
}

/// A message to the node, and what will be so when it is acknowledged.
#[derive(Clone)]
pub struct Message {
    /// Who sends it.
    pub actor: Iri,
    /// The activity, exactly.
    pub body: String,
    /// What it brings about.
    pub fact: Fact,
}

/// Something that must be so for good.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A reply is kept: its id.
    Reply(String),
    /// A like is counted: actor, object.
    Like(String, String),
    /// Somebody follows: follower, followed, and the id of the Follow that is to be accepted.
    Follow(String, String, String),
    /// A version of another city's record is in the register: id, version, exact text.
    Version(String, u32, String),
}

impl World {
    /// Starts the servers. `seed` decides which answers are lost.
    pub async fn start(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let log: Arc<Mutex<Seen>> = Arc::default();
        let (noted, chance) = (Arc::clone(&log), Chance::seeded(seed));
        let script = move |request: &str| answer(request, port, &noted, &chance);
        let server = Server::serve(listener, Arc::new(script));
        Self { port, seen: log, numbers: AtomicU64::new(0), _server: server }
    }

    /// The names the node must know.
    pub fn names() -> Vec<String> {
        (0..HOSTS).map(|host| format!("h{host}.localhost")).collect()
    }

    /// An actor, by number.
    pub fn user(&self, number: usize) -> Iri {
        user(self.port, number % HOSTS, number / HOSTS % USERS)
    }

    /// A number nobody had before.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst)
    }

    /// What each server heard, in order; how many answers each lost.
    pub fn seen(&self) -> (BTreeMap<String, Vec<Heard>>, BTreeMap<String, usize>) {
        let seen = self.seen.lock().unwrap();
        (seen.heard.clone(), seen.swallowed.clone())
    }

    /// A `Follow`.
    pub fn follow(&self, actor: &Iri, followed: &Iri) -> Message {
        let id = self.id(actor, "follows");
        let body = activity("Follow", &id, actor, &json!(followed));
        let fact = Fact::Follow(actor.to_string(), followed.to_string(), id.to_string());
        Message { actor: actor.clone(), body, fact }
    }

    /// A `Like`.
    pub fn like(&self, actor: &Iri, object: &Iri) -> Message {
        let body = activity("Like", &self.id(actor, "likes"), actor, &json!(object));
        Message { actor: actor.clone(), body, fact: Fact::Like(actor.to_string(), object.to_string()) }
    }

    /// A citizen's reply.
    pub fn reply(&self, actor: &Iri, object: &Iri) -> Message {
        let id = self.id(actor, "notes");
        let note = json!({
            "id": id, "type": "Note", "attributedTo": actor, "inReplyTo": object, "content": "<p>Merci.</p>",
            "published": now(), "to": ["https://www.w3.org/ns/activitystreams#Public"],
        });
        let body = activity("Create", &id.join("#create"), actor, &note);
        Message { actor: actor.clone(), body, fact: Fact::Reply(id.to_string()) }
    }

    /// A version of a record of another city; the first, or the one that follows a text.
    pub fn version(&self, actor: &Iri, object: &Iri, before: Option<&str>) -> Message {
        let record = super::load::follow_up(self, actor, object, before);
        let text = serde_json::to_string(&record).expect("a record");
        let (kind, version) = if before.is_none() {
            ("Create", 1)
        } else {
            ("Update", record["parvis:version"].as_u64().unwrap())
        };
        // The object is written as it stands: the text that the register keeps.
        let body = format!(
            r#"{{"@context":"https://www.w3.org/ns/activitystreams","type":"{kind}","id":"{}","actor":"{actor}","to":["https://www.w3.org/ns/activitystreams#Public"],"object":{text}}}"#,
            self.id(actor, "activities"),
        );
        let id = record["id"].as_str().unwrap().to_owned();
        Message { actor: actor.clone(), body, fact: Fact::Version(id, u32::try_from(version).unwrap(), text) }
    }

    fn id(&self, actor: &Iri, folder: &str) -> Iri {
        actor.join(&format!("/{folder}/{}", self.number()))
    }
}

impl Message {
    /// Sends it to the shared inbox, signed now.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn send(&self, node: &Address) -> Result<Answer, NoAnswer> {
        let url = Iri::parse(&format!("{}/inbox", node.base)).expect("the inbox");
        let signer = Signer::new(self.actor.join("#main-key"), KEY.clone());
        let headers = signer.headers(&Method::POST, &url, Some(self.body.as_bytes()), now());
        let mut request = String::from("POST /inbox HTTP/1.1\r\n");
        for (name, value) in &headers.expect("it signs") {
            let _ = write!(request, "{name}: {}\r\n", value.to_str().expect("text"));
        }
        let length = self.body.len();
        let _ = write!(request, "content-length: {length}\r\nconnection: close\r\n\r\n{}", self.body);
        exchange(&node.address, request.as_bytes())
    }
}

/// Where the node is; outlives its process.
#[derive(Clone)]
pub struct Address {
    /// `http://localhost:{port}`.
    pub base: String,
    /// `127.0.0.1:{port}`.
    pub address: String,
}

impl From<&Node> for Address {
    fn from(node: &Node) -> Self {
        Self { base: node.base.clone(), address: node.address() }
    }
}

fn now() -> Timestamp {
    Clock::system().now()
}

fn activity(kind: &str, id: &Iri, actor: &Iri, object: &Value) -> String {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": kind, "id": id, "actor": actor,
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "object": object,
    })
    .to_string()
}

fn user(port: u16, host: usize, number: usize) -> Iri {
    Iri::parse(&format!("http://h{host}.localhost:{port}/users/{number}")).expect("an actor")
}

/// Tells of actors; takes what is delivered, and sometimes says nothing to it.
fn answer(request: &str, port: u16, seen: &Mutex<Seen>, chance: &Chance) -> Reply {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
    let mut line = head.split(' ');
    let (method, path) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    let named = head.lines().filter_map(|line| line.split_once(": "));
    let host = named.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, host)| host).next();
    let name = host.and_then(|host| host.split('.').next()).unwrap_or_default().to_owned();
    if method == "POST" {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return Reply::new("400 Bad Request", &[], b"");
        };
        let mut seen = seen.lock().unwrap();
        seen.heard.entry(name.clone()).or_default().push(heard(&body));
        let lost = seen.swallowed.entry(name.clone()).or_default();
        if name == format!("h{}", HOSTS - 1) && *lost < LOST && chance.fraction() < 0.3 {
            *lost += 1;
            return Reply::raw("");
        }
        return Reply::new("202 Accepted", &[], b"");
    }
    let number = path.strip_prefix("/users/").and_then(|number| number.parse::<usize>().ok());
    let host = name.strip_prefix('h').and_then(|host| host.parse::<usize>().ok());
    match (host, number) {
        (Some(host), Some(number)) => Reply::document(&document(&user(port, host, number)).to_string()),
        _ => Reply::new("404 Not Found", &[], b""),
    }
}

fn heard(activity: &Value) -> Heard {
    let object = &activity["object"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Heard {
        activity: text(&activity["id"]),
        kind: text(&activity["type"]),
        object: if object.is_object() { text(&object["id"]) } else { text(object) },
        version: object["parvis:version"].as_u64().unwrap_or(0),
    }
}

fn document(id: &Iri) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id, "type": "Person", "preferredUsername": id.as_str().rsplit('/').next(), "name": "Alice",
        "inbox": id.join("/inbox"), "outbox": id.join("/outbox"), "followers": id.join("/followers"),
        "endpoints": {"sharedInbox": id.join("/inbox")},
        "publicKey": {
            "id": id.join("#main-key"), "owner": id, "publicKeyPem": KEY.public_pem().expect("a key"),
        },
    })
}
