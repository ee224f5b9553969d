//! Three cities over real HTTP, each with a council and one recommendation on the same idea.

use jiff::SignedDuration;
use parvis::{
    actions::{
        follows,
        publish::Published,
        receive::{self, Arrival},
        take_up::{self, Assertion},
    },
    domain::{
        Instant, Iri, canonical,
        codes::{TakeUpKind, TakenUpAs},
        proof::{self, ProofKey},
    },
    federation::actors as remote,
    storage::{
        self, actors,
        records::{self, Page},
    },
};

use crate::peer::{Peer, peer, until};

/// What a city publishes.
pub fn dossier(city: &str, title: &str, tier: &str, answer: &str) -> String {
    format!(
        r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "{city}"
name = "{city}"
territory = "{}"
[[councils]]
ref = "ccn"
handle = "ccn"
name = "Conseil de {city}"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "ccn"
kind = "saisine"
title = "Les lycées"
text = "Comment ?"
asked_on = "2026-01"
[[avis]]
ref = "a1"
council = "ccn"
question = "q1"
title = "Des lycées sobres"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2026-03-04"
recommendations = [{{ title = "{title}", tier = "{tier}", text = "Des capteurs dans chaque salle." }}, {{ title = "Éteindre la nuit" }}]
[[answers]]
recommendation = "ccn/a1/r1"
{answer}
text = "Voici pourquoi."
on = "2026-04-01"
"#,
        if city == "angers" { "49007" } else { "35238" }
    )
}

/// Each follows each other.
pub struct World {
    pub rennes: Peer,
    pub angers: Peer,
    pub nancy: Peer,
}

pub async fn world() -> World {
    let (rennes, angers, nancy) = tokio::join!(peer("rennes"), peer("angers"), peer("nancy"));
    let world = World { rennes, angers, nancy };
    let yes = "decision = \"accepted\"";
    let out = "decision = \"refused\"\nreason = \"out-of-remit\"";
    world.rennes.publish(&dossier("rennes", "Équiper les trois lycées de capteurs", "commune", yes)).await;
    world.angers.publish(&dossier("angers", "Équiper les écoles de capteurs", "region", out)).await;
    world.nancy.publish(&dossier("nancy", "Mesurer avant d’équiper", "commune", yes)).await;
    world
}

impl World {
    pub fn all(&self) -> [&Peer; 3] {
        [&self.rennes, &self.angers, &self.nancy]
    }

    /// Everybody follows everybody, and has what the others published.
    pub async fn connect(&self) {
        for one in self.all() {
            for other in self.all() {
                if one.app().urls.base() != other.app().urls.base() {
                    one.follows(other).await;
                }
            }
        }
        for one in self.all() {
            until("three recommendations", async || {
                let all = records::by_kind(&one.app().db, "Answer", &Page::first(10)).await.unwrap();
                all.len() == 3
            })
            .await;
        }
    }

    /// Time passes for everybody.
    pub fn later(&self) {
        self.all().iter().for_each(|one| one.app().clock.advance(SignedDuration::from_secs(90)));
    }

    /// The same answer of every node, once it is as expected.
    pub async fn alike(&self, path: &str, expected: impl Fn(&str) -> bool) -> String {
        let mut answer = String::new();
        until(path, async || {
            let answers =
                [self.rennes.page(path).await, self.angers.page(path).await, self.nancy.page(path).await];
            answer.clone_from(&answers[0]);
            let alike = answers.iter().all(|one| *one == answer);
            alike && expected(&answer)
        })
        .await;
        answer
    }
}

impl Peer {
    /// Its node follows another, and was accepted.
    pub async fn follows(&self, other: &Self) {
        let theirs = actors::by_role(&other.app().db, "relay").await.unwrap().remove(0);
        let fetched = remote::fetch_actor(self.app(), &Iri::parse(&theirs.uri).unwrap()).await.unwrap();
        let ours = actors::by_role(&self.app().db, "relay").await.unwrap().remove(0);
        let ours = Iri::parse(&ours.uri).unwrap();
        follows::follow(self.app(), &self.node.operator, &ours, &fetched.actor).await.unwrap();
    }

    pub async fn council(&self) -> Iri {
        Iri::parse(&actors::by_handle(&self.app().db, "ccn").await.unwrap().unwrap().uri).unwrap()
    }

    /// Its recommendation of that number.
    pub async fn recommendation(&self, number: i64) -> Iri {
        let council = self.council().await;
        let db = &self.app().db;
        let all = records::by_author(db, council.as_str(), "Recommendation", &Page::first(10)).await.unwrap();
        Iri::parse(&all.iter().find(|row| row.number == Some(number)).unwrap().uri).unwrap()
    }

    /// Its council takes up a recommendation, which became its own.
    pub async fn takes_up(&self, of: &Iri, kind: TakeUpKind) -> Iri {
        let said = Assertion {
            by: "ccn".to_owned(),
            kind: Some(kind),
            taken_up_as: Some(TakenUpAs::Recommendation),
            became: Some(self.recommendation(1).await),
            ..Assertion::default()
        };
        take_up::assert(self.app(), &self.node.operator, of, &said, "Nous reprenons l’idée.")
            .await
            .unwrap()
            .id
    }

    pub async fn confirms(&self, take_up: &Iri) -> parvis::Result<Published> {
        take_up::confirm(self.app(), &self.node.operator, take_up, "").await
    }

    /// A confirmation that its council signs though nothing was taken up from it, as another sees it arrive.
    pub async fn forges(&self, genuine: &Iri, at: &[&Peer]) -> Iri {
        let row = self.record(genuine.as_str()).await.unwrap();
        let mut document = canonical::read(&row.document).unwrap();
        let council = self.council().await;
        let id =
            Iri::parse(&format!("{}/confirmations/019d8b0a-0000-7000-8000-000000000001", council.origin()));
        let id = id.unwrap();
        for (name, value) in [("id", &id), ("attributedTo", &council), ("url", &id)] {
            document.insert(name.to_owned(), value.as_str().into());
        }
        let replies = id.join("/replies");
        document.insert(
            "replies".to_owned(),
            serde_json::json!({ "id": replies, "type": "Collection",
                "first": { "type": "CollectionPage", "partOf": replies, "next": replies.join("?page=1") } }),
        );
        document.shift_remove("proof");
        let app = self.app();
        let mut tx = app.db.begin().await.unwrap();
        let key = storage::keys::signing_in(&mut tx, council.as_str(), "ed25519").await.unwrap().unwrap();
        drop(tx);
        let seed = app.keyring.open(&key.id, key.secret.as_deref().unwrap()).unwrap();
        let key = ProofKey::from_seed(Iri::parse(&key.id).unwrap(), &seed).unwrap();
        proof::sign(&mut document, &key, Instant::of(app.clock.now()));
        let text = canonical::write(&document);
        for one in at {
            let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
            receive::version(one.app(), &arrival).await.unwrap();
            assert_eq!(one.record(id.as_str()).await.unwrap().proof, "valid");
        }
        id
    }
}
