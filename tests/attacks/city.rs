//! A city with something to attack: a council's avis, published, with a recommendation to its own city hall
//! and one to the city hall of Lyon; and those around it.

use std::{
    fs,
    ops::Deref,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::StatusCode;
use parvis::{
    actions::{self, Operator, import, publish},
    domain::{Instant, Iri, activity::PUBLIC, canonical::Document, codes::Status, proof},
    federation::signature::SigningKey,
    storage::{self, follows::Follow, records::Page},
    web::view,
};
use serde_json::{Value, json};

use crate::{
    http_server::Reply,
    message::Message,
    oracle::changed,
    world::{KEYS, OURS, World},
};

/// Somebody on another server: its host, its path there, and which key is its own.
pub type Who = (&'static str, &'static str, usize);

/// A citizen.
pub const ALICE: Who = ("angers", "/alice", 0);
/// On Alice's own server.
pub const MALLORY: Who = ("angers", "/mallory", 1);
/// On a server of her own.
pub const EVE: Who = ("evil", "/eve", 1);
/// The city hall that one of the recommendations asks.
pub const LYON: Who = ("lyon", "/mairie", 2);
/// On its server.
pub const NEIGHBOUR: Who = ("lyon", "/eve", 1);

/// The dossier that is published.
pub const DOSSIER: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[sources.page]
name = "Page"
[city]
ref = "ville"
name = "Ville"
territory = "35238"
[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "Question"
text = "Laquelle ?"
asked_on = "2023-02"
[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "Avis"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2023-03-04"
recommendations = [{ title = "Une" }, { title = "Deux", addressee = "LYON" }]
"#;

pub struct City {
    world: World,
    pub council: Iri,
    pub question: Iri,
    pub avis: Iri,
    /// The recommendation to our own city hall.
    pub ours: Iri,
    /// The recommendation to Lyon.
    pub theirs: Iri,
    said: AtomicUsize,
}

impl Deref for City {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl City {
    /// The city and its avis; everybody else is there, and known to nobody here.
    pub async fn new() -> Self {
        let world = World::new().await;
        for who in [ALICE, MALLORY, EVE, NEIGHBOUR] {
            world.publish(who.0, who.1, &KEYS[who.2]);
        }
        world.page(LYON.0, LYON.1, Reply::document(&official(&world, LYON).to_string()));
        actions::actors::set_up(&world.app, &Operator::cli("test")).await.expect("the actors of a node");
        publish(&world, "").await;
        let council = storage::actors::by_handle(&world.app.db, "conseil").await.unwrap().expect("a council");
        let all = Page::first(100);
        let rows = storage::records::all_by_author(&world.app.db, &council.uri, &all).await.unwrap();
        let id = |kind: &str, number: Option<i64>| {
            let row = rows.iter().find(|row| row.kind == kind && row.number == number);
            Iri::parse(&row.expect("a record").uri).expect("an id")
        };
        let avis = id("Avis", None);
        let row = storage::records::get(&world.app.db, avis.as_str()).await.unwrap().expect("the avis");
        Self {
            council: Iri::parse(&council.uri).expect("an id"),
            question: Iri::parse(&row.question.expect("its question")).expect("an id"),
            avis,
            ours: id("Recommendation", Some(1)),
            theirs: id("Recommendation", Some(2)),
            said: AtomicUsize::new(0),
            world,
        }
    }

    /// The city publishes these sections too.
    pub async fn publish(&self, beside: &str) {
        publish(&self.world, beside).await;
    }

    /// The id of somebody.
    pub fn id(&self, who: Who) -> Iri {
        self.iri(who.0, who.1)
    }

    /// Another id of somebody's.
    pub fn fresh(&self, who: Who, what: &str) -> Iri {
        self.id(who).join(&format!("/{what}/{}", self.said.fetch_add(1, Ordering::Relaxed)))
    }

    /// What somebody says: an activity of a kind, to everybody, under an id of its own.
    pub fn says(&self, who: Who, kind: &str, object: impl Into<Value>) -> Message {
        let message = self.message(who.0, who.1, &KEYS[who.2]).with("type", kind);
        let message = message.with("id", self.fresh(who, "said").as_str());
        message.with("to", json!([PUBLIC])).with("cc", json!([])).with("object", object)
    }

    /// A note of somebody's that replies to something.
    pub fn note(&self, who: Who, parent: &Iri, words: &str) -> Value {
        json!({
            "id": self.fresh(who, "notes"), "type": "Note", "attributedTo": self.id(who),
            "to": [PUBLIC], "cc": [], "inReplyTo": parent, "content": format!("<p>{words}</p>"),
            "published": "2026-03-09T08:00:00Z",
        })
    }

    /// An answer, as the register has them, not signed.
    pub fn answer(&self, who: Who, to: &Iri) -> Value {
        let mut answer = self.note(who, to, "Oui.");
        let terms = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"],
            "parvis:kind": "parvis:Answer", "parvis:version": 1, "parvis:concerns": [to],
            "parvis:decision": "parvis:accepted",
        });
        answer.as_object_mut().expect("an object").extend(terms.as_object().cloned().unwrap_or_default());
        answer
    }

    /// A record with these terms, in reply to something or not, with a proof of its author's.
    pub fn signed(&self, who: Who, parent: Option<&Iri>, terms: &Value) -> Value {
        let mut record = self.note(who, parent.unwrap_or(&self.avis), "Voici.");
        let own = record.as_object_mut().expect("an object");
        if parent.is_none() {
            own.remove("inReplyTo");
        }
        let context =
            ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"];
        own.extend([("@context".to_owned(), json!(context)), ("parvis:version".to_owned(), json!(1))]);
        own.extend(terms.as_object().cloned().unwrap_or_default());
        self.proven(who, &record)
    }

    /// From now on the server of a record gives this for it. Gives where that is: `lyon.localhost/notes/1`.
    pub fn serves(&self, who: Who, record: &Value, shown: &Value) -> String {
        let id = record["id"].as_str().expect("an id");
        let (_, rest) = id.split_once("://").expect("a scheme");
        let path = &rest[rest.find('/').expect("a path")..];
        self.page(who.0, path, Reply::document(&shown.to_string()));
        format!("{}.localhost{path}", who.0)
    }

    /// The end of a record, by its author, with a proof.
    pub fn ended(&self, who: Who, of: &Value) -> Value {
        let tombstone = json!({
            "id": of["id"], "type": "Tombstone", "attributedTo": self.id(who), "formerType": "Note",
            "deleted": "2026-03-09T08:01:00Z", "published": of["published"], "updated": "2026-03-09T08:01:00Z",
            "content": "<p>Erreur.</p>", "parvis:kind": of["parvis:kind"], "parvis:reason": "parvis:other",
            "parvis:version": 2, "parvis:previous": parvis::domain::canonical::hash(document(of)),
        });
        self.proven(who, &tombstone)
    }

    /// The next version of something.
    pub fn next(before: &Value) -> Value {
        let mut next = before.clone();
        let version = before["parvis:version"].as_i64().expect("a version");
        next.as_object_mut().expect("an object").remove("proof");
        next["parvis:version"] = json!(version + 1);
        next["parvis:previous"] = json!(parvis::domain::canonical::hash(document(before)));
        next["updated"] = json!(format!("2026-03-09T08:00:{version:02}Z"));
        next
    }

    /// The same with a proof by somebody's key.
    pub fn proven(&self, who: Who, said: &Value) -> Value {
        let mut signed = document(said).clone();
        let created = Instant::parse("2026-03-09T08:00:00Z").expect("an instant");
        proof::sign(&mut signed, &proof_key(&self.id(who), who), created);
        Value::Object(signed)
    }

    /// Our node follows a server, and was accepted.
    pub async fn follows(&self, followed: &Iri) {
        let relay = storage::actors::by_role(&self.app.db, "relay").await.unwrap().remove(0);
        let follow = Follow {
            follower: relay.uri,
            followed: followed.to_string(),
            ours: true,
            state: "accepted".to_owned(),
            activity: format!("{OURS}/activities/follow-{}", self.said.fetch_add(1, Ordering::Relaxed)),
            document: "{}".to_owned(),
            host: followed.host().to_owned(),
            inbox: followed.join("/inbox").to_string(),
            at: 0,
        };
        let mut tx = self.app.db.begin().await.unwrap();
        storage::follows::put(&mut tx, &follow).await.unwrap();
        storage::hosts::ensure(&mut tx, followed.host()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The message is accepted and nothing comes of it: nothing changes but these tables, nobody is asked.
    #[track_caller]
    pub fn ignored<'a>(&'a self, message: &'a Message, but: &'a [&str]) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            self.asked();
            let (before, log) = (self.state.read().await, self.app.http.outbound_log().len());
            let answer = self.send(message).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""), "{place}");
            let changed = changed(&before, &self.state.read().await);
            assert!(changed.iter().all(|table| but.contains(&table.as_str())), "{place}: {changed:?}");
            assert_eq!((self.asked(), self.app.http.outbound_log().len()), (Vec::new(), log), "{place}");
        }
    }

    /// Somebody becomes known here, by a message that says nothing to us.
    pub async fn meet(&self, everybody: &[Who]) {
        for who in everybody {
            self.accepted(&self.says(*who, "Like", "https://nobody.example/1")).await;
        }
    }

    /// Where our recommendations stand.
    pub async fn statuses(&self) -> Vec<Status> {
        view::standings(&self.app, None).await.unwrap()
    }

    /// What is stored of a reply.
    pub async fn reply(&self, note: &Value) -> Option<storage::replies::Reply> {
        storage::replies::get(&self.app.db, note["id"].as_str().expect("an id")).await.unwrap()
    }

    /// What is in the register under an id.
    pub async fn record(&self, said: &Value) -> Option<storage::records::Row> {
        storage::records::get(&self.app.db, said["id"].as_str().expect("an id")).await.unwrap()
    }

    /// How often our actors boosted something.
    pub async fn boosts(&self, said: &Value) -> usize {
        let mut tx = self.app.db.begin().await.unwrap();
        storage::outbox::boosters_in(&mut tx, said["id"].as_str().expect("an id")).await.unwrap().len()
    }
}

/// Publishes the dossier, with some sections more.
async fn publish(world: &World, beside: &str) {
    let operator = Operator::cli("test");
    let folder = tempfile::tempdir().expect("a folder");
    let lyon = world.iri(LYON.0, LYON.1);
    let file = folder.path().join("dossier.toml");
    fs::write(&file, format!("{DOSSIER}{beside}").replace("LYON", lyon.as_str())).expect("a dossier");
    let dossier = parvis::dossier::read(&file).expect("a dossier without fault");
    import::import(&world.app, &operator, &dossier, folder.path(), false).await.expect("imported");
    publish::publish(&world.app, &operator, None, &|_, _| ()).await.expect("published");
}

/// An object.
pub fn document(value: &Value) -> &Document {
    value.as_object().expect("an object")
}

/// An actor document with a key for proofs.
pub fn official(world: &World, who: Who) -> Value {
    let mut actor = world.actor(who.0, who.1, key(who));
    let id = world.iri(who.0, who.1);
    let proof = proof_key(&id, who);
    actor["type"] = json!("Organization");
    actor["assertionMethod"] = json!([{
        "id": proof.id, "type": "Multikey", "controller": id, "publicKeyMultibase": proof.public(),
    }]);
    actor
}

fn key(who: Who) -> &'static SigningKey {
    &KEYS[who.2]
}

/// The key somebody signs records with.
pub fn proof_key(id: &Iri, who: Who) -> proof::ProofKey {
    let seed = [u8::try_from(16 * who.0.len() + who.1.len() + who.2).expect("few"); 32];
    proof::ProofKey::from_seed(id.join("#ed25519-1"), &seed).expect("a seed")
}
