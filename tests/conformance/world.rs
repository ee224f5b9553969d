//! The world of a section: a node of ours that serves over HTTP, the peer, and the story between them. The
//! sample of Angers is published in steps, to followers of every kind; then everything that can be read is
//! read.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::{HeaderMap, HeaderValue, Method};
use jiff::SignedDuration;
use parvis::{
    actions::{import, publish, withdraw},
    domain::{Iri, codes::Reason},
    federation::{
        delivery,
        signature::{Form, Signer},
        tasks,
    },
    server,
    storage::{actors, records},
};
use serde_json::{Value, json};

use crate::{
    node::{Node, node},
    peer::{Citizen, KEYS, Peer},
};

/// The media type of ActivityStreams.
pub const ACTIVITY: &str = "application/activity+json";
/// Its longer name.
pub const LD: &str = r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;
/// What a browser asks for.
pub const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
/// Everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An answer of the node.
#[derive(Clone, Debug)]
pub struct Got {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Got {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The node, the peer, and what was said between them.
pub struct World {
    /// The node.
    pub node: Node,
    /// `http://angers.localhost:…`
    pub base: String,
    /// All other servers.
    pub peer: Peer,
    /// Everything that can be read at the end of the story, by address.
    pub documents: BTreeMap<String, Got>,
    /// The Follows that were sent, as sent.
    pub follows: Vec<Value>,
    client: reqwest::Client,
    count: AtomicUsize,
}

impl World {
    /// A node with the actors every node has, and a peer where nobody lives.
    #[expect(clippy::disallowed_methods, reason = "the node is asked from outside")]
    pub async fn quiet() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let node = node("angers", address.port()).await;
        let service = server::router(&node.app).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .resolve("angers.localhost", address)
            .build()
            .expect("a client");
        Self {
            base: node.app.urls.base().to_owned(),
            node,
            peer: Peer::start().await,
            documents: BTreeMap::new(),
            follows: Vec::new(),
            client,
            count: AtomicUsize::new(0),
        }
    }

    /// The whole story: followed, published, answered, corrected, withdrawn; everything sent and read.
    pub async fn told() -> Self {
        let mut world = Self::quiet().await;
        let region = world.peer.citizen("bretagne", "region", false);
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/angers.toml");
        let sample = fs::read_to_string(file).expect("the sample");
        let elsewhere = format!("category = \"données\"\naddressee = \"{}\"", region.id);
        let sample = sample.replace("category = \"données\"", &elsewhere);
        assert!(sample.contains(&elsewhere), "the third recommendation is addressed to the region");
        let (first, _) = sample.split_once("[[follow_ups]]").expect("a follow-up");
        world.import(first).await;
        world.publish(Some(&["angers".to_owned(), "angers/codev".to_owned()])).await;
        world.is_followed(&region).await;
        world.publish(None).await;
        let later = "[[answers]]\nref = \"compte-rendu\"\nrecommendation = \"codev/avis-territoire-intelligent/r2\"\n\
                     decision = \"deferred\"\ntext = \"Le groupe de suivi rendra compte.\"\non = \"2022-03\"\n\n";
        let whole = sample.replace("[[follow_ups]]", &format!("{later}[[follow_ups]]"));
        world.import(&whole).await;
        world.publish(None).await;
        let corrected = whole.replace("Un groupe de suivi est créé", "Un groupe de suivi public est créé");
        assert_ne!(corrected, whole);
        world.import(&corrected).await;
        world.publish(None).await;
        world.withdraws_the_corrected_answer().await;
        world.read_everything().await;
        world
    }

    /// Followers of every kind: two behind one shared inbox, one with an inbox of its own, one of the council
    /// alone, a reader of FEP-1b12, another Parvis, and an authority that will be named.
    async fn is_followed(&mut self, region: &Citizen) {
        let [alice, ada] = ["alice", "ada"].map(|name| self.peer.citizen("mastodon", name, true));
        let (bob, lea) = (self.peer.citizen("gts", "bob", false), self.peer.citizen("lemmy", "lea", true));
        let relay = self.peer.node_actor("rennes");
        self.peer.runs("lemmy", "lemmy");
        self.peer.runs("mastodon", "mastodon");
        for who in [&alice, &ada, &bob] {
            self.follow(who, "codev").await;
            self.follow(who, "mairie").await;
        }
        let dora = self.peer.citizen("misskey", "dora", false);
        self.follow(&dora, "codev").await;
        self.follow(&bob, "fil").await;
        self.follow(&lea, "fil").await;
        self.follow(&relay, "relay").await;
        self.follow(region, "mairie").await;
        while tasks::step(&self.node.app, "one").await.expect("the tasks") > 0 {}
        self.deliver().await;
    }

    async fn follow(&mut self, who: &Citizen, handle: &str) {
        let follow = self.says(who, "Follow", self.actor(handle).await);
        assert_eq!(self.send(who, &follow).await, 202, "{handle} is followed");
        self.follows.push(follow);
    }

    async fn import(&self, dossier: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("dossier.toml");
        fs::write(&file, dossier).expect("a dossier");
        let dossier = parvis::dossier::read(&file).expect("a good dossier");
        let (app, operator) = (&self.node.app, &self.node.operator);
        import::import(app, operator, &dossier, folder.path(), false).await.expect("an import");
    }

    /// Publishes an hour later, and sends it all.
    async fn publish(&self, references: Option<&[String]>) {
        let (app, operator) = (&self.node.app, &self.node.operator);
        app.clock.advance(SignedDuration::from_hours(1));
        publish::publish(app, operator, references, &|_, _| ()).await.expect("a publication");
        self.deliver().await;
    }

    async fn withdraws_the_corrected_answer(&self) {
        let (app, operator) = (&self.node.app, &self.node.operator);
        let answers =
            records::by_kind_ours(&app.db, "Answer", &records::Page::first(50)).await.expect("answers");
        let corrected = answers.iter().find(|answer| answer.version == 2).expect("a corrected answer");
        let id = Iri::parse(&corrected.uri).expect("its id");
        app.clock.advance(SignedDuration::from_hours(1));
        withdraw::withdraw(app, operator, &id, Reason::Superseded, "Remplacée.").await.expect("a withdrawal");
        self.deliver().await;
    }

    /// Sends all that waits.
    pub async fn deliver(&self) {
        while delivery::step(&self.node.app, "one").await.expect("deliveries").hosts > 0 {}
    }

    /// Follows every address of ours from the actors on, and keeps what is a document.
    async fn read_everything(&mut self) {
        let ours = actors::ours(&self.node.app.db).await.expect("our actors");
        let mut open: Vec<String> = ours.into_iter().map(|actor| actor.uri).collect();
        let mut seen: std::collections::BTreeSet<String> = open.iter().cloned().collect();
        while let Some(url) = open.pop() {
            let got = self.get(&url, ACTIVITY).await;
            if got.header("content-type") != ACTIVITY {
                continue;
            }
            crate::judge::every_text(&got.json(), &mut |text| {
                let address = text.split('#').next().unwrap_or_default();
                let here = address.strip_prefix(&self.base).is_some_and(|rest| rest.starts_with('/'));
                if here && seen.insert(address.to_owned()) {
                    open.push(address.to_owned());
                }
            });
            self.documents.insert(url, got);
        }
    }

    /// A GET of an address or of a path here.
    pub async fn get(&self, url: &str, accept: &str) -> Got {
        let url = if url.starts_with('/') { format!("{}{url}", self.base) } else { url.to_owned() };
        let response = self.client.get(&url).header("accept", accept).send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got { status, headers, text: response.text().await.expect("a text") }
    }

    /// The id of an actor of ours.
    pub async fn actor(&self, handle: &str) -> String {
        let actor = actors::by_handle(&self.node.app.db, handle).await.expect("the database");
        actor.unwrap_or_else(|| panic!("no {handle}")).uri
    }

    /// An activity of somebody, not signed yet.
    pub fn says(&self, who: &Citizen, kind: &str, object: impl Into<Value>) -> Value {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": who.id.join(&format!("/said/{number}")),
            "type": kind, "actor": who.id, "to": [PUBLIC], "cc": [], "object": object.into(),
        })
    }

    /// A Create of a reply by somebody.
    pub fn reply(&self, who: &Citizen, parent: &str, text: &str) -> Value {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let note = json!({
            "id": who.id.join(&format!("/notes/{number}")), "type": "Note", "attributedTo": who.id,
            "inReplyTo": parent, "to": [PUBLIC], "cc": [], "published": "2026-11-21T12:00:00Z",
            "content": format!("<p>{text}</p>"),
        });
        self.says(who, "Create", note)
    }

    /// Headers and body of a message to the shared inbox, signed now, in the older form or in that of RFC 9421.
    pub fn signed(&self, who: &Citizen, activity: &Value, form: Form) -> (HeaderMap, Vec<u8>) {
        let body = activity.to_string().into_bytes();
        let signer = Signer { key_id: who.id.join("#main-key"), key: who.key.clone(), form };
        let inbox = Iri::parse(&format!("{}/inbox", self.base)).expect("our inbox");
        let now = self.node.app.clock.now();
        (signer.headers(&Method::POST, &inbox, Some(&body), now).expect("a signature"), body)
    }

    /// Sends an activity to the shared inbox; gives the status.
    pub async fn send(&self, who: &Citizen, activity: &Value) -> u16 {
        let (headers, body) = self.signed(who, activity, Form::Cavage);
        self.post(headers, body).await.status
    }

    /// A POST to the shared inbox, as it is.
    pub async fn post(&self, headers: HeaderMap, body: Vec<u8>) -> Got {
        let inbox = format!("{}/inbox", self.base);
        let response = self.client.post(inbox).headers(headers).body(body).send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got { status, headers, text: response.text().await.expect("a text") }
    }

    /// Somebody with a name and a key of its own, who means no good.
    pub fn mallory(&self, host: &str) -> Citizen {
        self.peer.somebody(host, "mallory", true, &KEYS[1], &json!({}))
    }

    /// The current records of ours: address and document.
    pub fn records(&self) -> Vec<Value> {
        let all = self.documents.iter().map(|(url, got)| (url, got.json()));
        let current = all.filter(|(url, document)| document["id"] == url.as_str());
        current.map(|(_, document)| document).filter(|document| document["parvis:kind"].is_string()).collect()
    }

    /// The current record of a kind that is about these words.
    pub fn record(&self, kind: &str, words: &str) -> Value {
        let kind = format!("parvis:{kind}");
        let fits = |record: &&Value| {
            record["parvis:kind"] == kind
                && record["content"].as_str().is_some_and(|text| text.contains(words))
        };
        self.records().iter().find(fits).unwrap_or_else(|| panic!("no {kind} about {words}")).clone()
    }

    /// The actors of ours.
    pub fn actors(&self) -> Vec<Value> {
        let all = self.documents.iter().map(|(url, got)| (url, got.json()));
        let current = all.filter(|(url, document)| document["id"] == url.as_str());
        current
            .map(|(_, document)| document)
            .filter(|document| document["preferredUsername"].is_string())
            .collect()
    }

    /// Everything served and everything delivered, with the place it was found.
    pub fn everything(&self) -> Vec<(String, Value)> {
        let served = self.documents.iter().map(|(url, got)| (url.clone(), got.json()));
        let delivered =
            self.peer.heard().into_iter().map(|heard| (format!("to {}", heard.inbox), heard.json()));
        served.chain(delivered).collect()
    }

    /// The items of a collection, all its pages together, as they were read.
    pub fn items(&self, head: &Value) -> Vec<Value> {
        let of = |page: &Value| {
            let list = page.get("orderedItems").or_else(|| page.get("items"));
            list.and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let mut items = of(head);
        let mut next = head["first"].as_str().map(str::to_owned);
        while let Some(url) = next {
            let page = self.documents[&url].json();
            items.extend(of(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        items
    }
}

/// A header of a signed message, put in place of the one that was signed.
pub fn replaced(mut headers: HeaderMap, name: &'static str, value: &str) -> HeaderMap {
    headers.insert(name, HeaderValue::from_str(value).expect("a value"));
    headers
}
