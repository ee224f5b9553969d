//! Three real nodes over HTTP: Rennes, which relays, Bretagne and the State; and a citizen who follows the council.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use parvis::{
    App,
    actions::intake::{self, Word},
    domain::{
        Iri,
        codes::{Decision, Status},
    },
    federation::actors as remote,
    storage::{
        self, actors,
        follows::{self, Follow},
        offers, records,
        records::Page,
    },
    web::view,
};
use serde_json::Value;

use crate::{
    http::{Reply, Server},
    peer::{Peer, peer, until},
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

impl Peer {
    /// The state of what is offered to, or by, this node.
    pub async fn offer(&self, relay: &str, body: &Iri) -> Option<String> {
        offers::get(&self.app().db, relay, body.as_str()).await.unwrap().map(|offer| offer.state)
    }

    pub async fn say(&self, relay: &str, word: Word, words: &str) -> String {
        let (app, operator) = (self.app(), &self.node.operator);
        intake::say(app, operator, relay, &word, words, None).await.unwrap().to_string()
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
    let (relayed, before) = DOSSIER.split_once("[[relays]]").map(|(before, rest)| (rest, before)).unwrap();
    rennes.publish(before).await;
    let council = actors::by_handle(&app.db, "ccnr").await.unwrap().unwrap().uri;
    let (server, received) = citizen(app, &council).await;
    let body = bretagne.body().await;
    rennes.publish(&format!("{before}[[relays]]{relayed}").replace("BRETAGNE", body.as_str())).await;
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
