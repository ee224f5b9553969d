//! Every other server at once: one listener under several names. It serves its actors and writes down
//! whatever is sent to them.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use parvis::{
    domain::{Iri, actor::CAPABILITY},
    federation::signature::SigningKey,
};
use serde_json::{Value, json};

use crate::http_server::{Reply, Server};

/// Keys are slow to make: one for everybody, and one of somebody else.
pub static KEYS: LazyLock<[SigningKey; 2]> =
    LazyLock::new(|| std::array::from_fn(|_| SigningKey::generate().expect("a key")));

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The inbox it was sent to.
    pub inbox: String,
    /// Its head, as sent.
    pub head: String,
    /// Its body, as sent.
    pub text: String,
}

impl Heard {
    /// The activity.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// Somebody on another server.
#[derive(Clone)]
pub struct Citizen {
    /// Its id.
    pub id: Iri,
    /// What it signs with.
    pub key: SigningKey,
}

/// The listener, what it serves, what it heard.
pub struct Peer {
    server: Server,
    pages: Arc<Mutex<HashMap<String, String>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts it; nobody lives there yet.
    pub async fn start() -> Self {
        let pages: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (known, noted, questions) = (Arc::clone(&pages), Arc::clone(&heard), Arc::clone(&asked));
        let server = Server::start(move |request| {
            let (top, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
            let mut message = Heard { inbox: String::new(), head: top.to_owned(), text: body.to_owned() };
            let mut words = top.split(' ');
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let url = format!("http://{}{path}", message.header("host"));
            if method == "POST" {
                message.inbox = url;
                noted.lock().unwrap().push(message);
                return Reply::new("202 Accepted", &[], b"");
            }
            questions.lock().unwrap().push(url.clone());
            match known.lock().unwrap().get(&url) {
                Some(page) => Reply::document(page),
                None => Reply::new("404 Not Found", &[], b""),
            }
        })
        .await;
        Self { server, pages, heard, asked }
    }

    /// An address on a server: `lemmy` is `lemmy.localhost`.
    pub fn at(&self, host: &str, path: &str) -> Iri {
        let port = self.server.address.port();
        Iri::parse(&format!("http://{host}.localhost:{port}{path}")).expect("an address")
    }

    /// From now on that is at that address.
    pub fn page(&self, url: &Iri, document: &Value) {
        self.pages.lock().unwrap().insert(url.to_string(), document.to_string());
    }

    /// An actor with the key of everybody. `shared`: its server has an inbox for all.
    pub fn citizen(&self, host: &str, name: &str, shared: bool) -> Citizen {
        self.somebody(host, name, shared, &KEYS[0], &json!({}))
    }

    /// An actor, with what its document says besides.
    pub fn somebody(&self, host: &str, name: &str, shared: bool, key: &SigningKey, more: &Value) -> Citizen {
        let id = self.at(host, &format!("/{name}"));
        let mut document = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Person",
            "preferredUsername": name, "name": name, "inbox": id.join("/inbox"), "outbox": id.join("/outbox"),
            "followers": id.join("/followers"),
            "publicKey": {
                "id": id.join("#main-key"), "owner": id, "publicKeyPem": key.public_pem().expect("a key"),
            },
        });
        if shared {
            document["endpoints"] = json!({ "sharedInbox": self.at(host, "/inbox") });
        }
        if let (Some(document), Some(more)) = (document.as_object_mut(), more.as_object()) {
            document.extend(more.clone());
        }
        self.page(&id, &document);
        Citizen { id, key: key.clone() }
    }

    /// A node actor of another Parvis.
    pub fn node_actor(&self, host: &str) -> Citizen {
        let capability =
            json!({ "type": "Application", "implements": [{ "href": CAPABILITY, "name": "Parvis" }] });
        self.somebody(host, "relay", true, &KEYS[0], &capability)
    }

    /// What runs on a server, by NodeInfo.
    pub fn runs(&self, host: &str, software: &str) {
        let info = self.at(host, "/nodeinfo/2.1");
        let rel = "http://nodeinfo.diaspora.software/ns/schema/2.1";
        let links = json!({ "links": [{ "rel": rel, "href": info }] });
        self.page(&self.at(host, "/.well-known/nodeinfo"), &links);
        self.page(&info, &json!({ "version": "2.1", "software": { "name": software } }));
    }

    /// Every message so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Every address that was asked for so far.
    pub fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap().iter().cloned().collect()
    }

    /// The inboxes an activity was sent to, sorted, as often as it was.
    pub fn inboxes_of(&self, activity: &str) -> Vec<String> {
        let mut inboxes: Vec<String> = self
            .heard()
            .into_iter()
            .filter(|heard| heard.json()["id"] == activity)
            .map(|heard| heard.inbox)
            .collect();
        inboxes.sort();
        inboxes
    }
}
