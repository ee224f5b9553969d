//! The relay upward and the way back down, between three real nodes over HTTP: Rennes relays to Bretagne, Bretagne to
//! the State; and a body without a node answers through a link.

mod support {
    pub mod http;
    #[allow(dead_code, reason = "no sample is published here")]
    pub mod node;
}

use std::{
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use jiff::SignedDuration;
use parvis::{
    App,
    actions::{
        import,
        intake::{self, Further, Word},
        invitations, publish,
    },
    domain::{
        Iri,
        codes::{Decision, FollowUpStatus, Reason, Status},
    },
    federation::{actors as remote, catch_up},
    server,
    storage::{
        self, actors,
        follows::{self, Follow},
        offers, records,
        records::{Page, Row},
    },
    web::view,
};
use serde_json::Value;
use support::{
    http::{Reply, Server},
    node::{Node, node},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

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

/// A running node.
struct Peer {
    node: Node,
    stop: CancellationToken,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn peer(name: &str) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node(name, listener.local_addr().unwrap().port()).await;
    let stop = CancellationToken::new();
    tokio::spawn(server::run(node.app.clone(), listener, None, stop.clone()));
    Peer { node, stop }
}

impl Peer {
    fn app(&self) -> &App {
        &self.node.app
    }

    /// The body of the node.
    async fn body(&self) -> Iri {
        let mairie = actors::by_role(&self.app().db, "mairie").await.unwrap().remove(0);
        Iri::parse(&mairie.uri).unwrap()
    }

    async fn record(&self, id: &str) -> Option<Row> {
        records::get(&self.app().db, id).await.unwrap()
    }

    /// The state of what is offered to, or by, this node.
    async fn offer(&self, relay: &str, body: &Iri) -> Option<String> {
        offers::get(&self.app().db, relay, body.as_str()).await.unwrap().map(|offer| offer.state)
    }

    async fn say(&self, relay: &str, word: Word, words: &str) -> String {
        let (app, operator) = (self.app(), &self.node.operator);
        intake::say(app, operator, relay, &word, words, None).await.unwrap().to_string()
    }

    /// A page as a browser gets it.
    async fn page(&self, path: &str) -> String {
        let got = self.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(got.0, StatusCode::OK, "{path}: {}", got.2);
        got.2
    }

    async fn ask(&self, mut request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let host = self.app().urls.host().parse().unwrap();
        request.headers_mut().insert(header::HOST, host);
        let response = server::router(self.app()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 4 << 20).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// Waits until something is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
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
struct Story {
    rennes: Peer,
    bretagne: Peer,
    etat: Peer,
    council: String,
    /// The relays of recommendations 1, 2 and 3.
    relays: Vec<String>,
    recommendations: Vec<String>,
    received: Arc<Mutex<Vec<Value>>>,
    _citizen: Server,
}

async fn story() -> Story {
    let (rennes, bretagne, etat) = tokio::join!(peer("rennes"), peer("bretagne"), peer("etat"));
    let app = rennes.app();
    remote::fetch_actor(app, &bretagne.body().await).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rennes.toml");
    let (relayed, before) = DOSSIER.split_once("[[relays]]").map(|(before, rest)| (rest, before)).unwrap();
    let load = async |text: String| {
        fs::write(&file, text).unwrap();
        let dossier = parvis::dossier::read(&file).unwrap();
        let operator = &rennes.node.operator;
        import::import(app, operator, &dossier, folder.path(), false).await.unwrap();
        publish::publish(app, operator, None, &|_, _| ()).await.unwrap();
    };
    load(before.to_owned()).await;
    let council = actors::by_handle(&app.db, "ccnr").await.unwrap().unwrap().uri;
    let (server, received) = citizen(app, &council).await;
    let body = bretagne.body().await;
    load(format!("{before}[[relays]]{relayed}").replace("BRETAGNE", body.as_str())).await;
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
    fn later(&self, by: SignedDuration) {
        for one in [&self.rennes, &self.bretagne, &self.etat] {
            one.app().clock.advance(by);
        }
    }

    /// Where a recommendation stands, as a node computes it.
    async fn status(&self, at: &Peer, number: usize) -> Status {
        self.status_at(at.app(), number).await
    }

    async fn status_at(&self, at: &App, number: usize) -> Status {
        let standings = view::standings_by_id(at, Some(&self.council)).await.unwrap();
        let uri = &self.recommendations[number - 1];
        standings.into_iter().find(|(id, _)| id == uri).map(|(_, status)| status).unwrap()
    }

    /// Whether the follower of the council was told of a record by a boost.
    fn boosted(&self, id: &str) -> bool {
        let received = self.received.lock().unwrap();
        received.iter().any(|activity| activity["type"] == "Announce" && activity["object"] == id)
    }

    /// Offered, and received: the automatic acknowledgement came back.
    async fn arrives(&self, relay: &str) {
        let body = self.bretagne.body().await;
        until("received", async || self.rennes.offer(relay, &body).await.as_deref() == Some("received"))
            .await;
    }
}

fn answer(decision: Decision) -> Word {
    Word::Answer { decision, reason: None, promised_by: None }
}

#[tokio::test]
async fn r2_29_three_hops_up_and_the_answer_comes_down() {
    let story = Box::pin(story()).await;
    let Story { rennes, bretagne, etat, .. } = &story;
    let (region, state) = (bretagne.body().await, etat.body().await);
    let (relay, recommendation) = (story.relays[0].as_str(), story.recommendations[0].as_str());
    story.arrives(relay).await;
    // The body holds what it was asked, checked, and follows nobody for it.
    for id in [relay, recommendation] {
        let held = bretagne.record(id).await.expect("held");
        assert_eq!((held.proof.as_str(), held.ours), ("valid", false));
    }
    assert!(follows::ours(&bretagne.app().db).await.unwrap().is_empty());
    assert!(bretagne.page("/positions").await.contains("Équiper"));
    assert_eq!(story.status(rennes, 1).await, Status::Proposed);

    // Accepted: the receipt comes down, though Rennes follows nobody either.
    story.later(SignedDuration::from_hours(1));
    let receipt = bretagne.say(relay, Word::Accept, "").await;
    until("accepted", async || rennes.offer(relay, &region).await.as_deref() == Some("accepted")).await;
    until("the receipt", async || rennes.record(&receipt).await.is_some()).await;

    // A question back is public, and no answer.
    let question = bretagne.say(relay, Word::Ask, "Quel coût avez-vous chiffré ?").await;
    until("the question", async || rennes.record(&question).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Proposed);

    // Passed on to the State, which accepts and answers.
    story.later(SignedDuration::from_hours(1));
    let ministry = remote::fetch_actor(bretagne.app(), &state).await.unwrap().actor;
    let further = Further {
        to: state.clone(),
        name: ministry.name,
        is_actor: true,
        tier: None,
        ground: Some("Le programme est national.".to_owned()),
        expected_by: None,
    };
    let second = bretagne.say(relay, Word::PassOn(Box::new(further)), "Nous relayons.").await;
    until("offered on", async || etat.offer(&second, &state).await.as_deref() == Some("received")).await;
    until("the next hop", async || rennes.record(&second).await.is_some()).await;
    let receipt = etat.say(&second, Word::Accept, "").await;
    until("the second receipt", async || rennes.record(&receipt).await.is_some()).await;
    story.later(SignedDuration::from_hours(1));
    let said = etat.say(&second, answer(Decision::Accepted), "Oui, à la rentrée.").await;
    until("the answer", async || rennes.record(&said).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Accepted);
    assert_eq!(story.status(etat, 1).await, Status::Accepted, "the State computes the same");

    // It is read on the page, in the collection of answers, and in the follower's inbox.
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("Oui, à la rentrée.") && page.contains("Le programme est national."), "{page}");
    until("the boost", async || story.boosted(&said)).await;
    let answers = Iri::parse(recommendation).unwrap().join("/reponses?page=1");
    let listed = rennes.page(answers.as_str().strip_prefix(rennes.app().urls.base()).unwrap()).await;
    assert!(listed.contains(&said), "{listed}");

    // Who follows Rennes, and nobody else, computes the same: what came down is in the register it compares.
    let nancy = node("nancy", 1).await;
    let host = rennes.app().urls.host();
    remote::fetch_actor(&nancy.app, &rennes.body().await).await.unwrap();
    let mut tx = nancy.app.db.begin().await.unwrap();
    storage::hosts::ensure(&mut tx, host).await.unwrap();
    tx.commit().await.unwrap();
    nancy.app.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(catch_up::catch_up(&nancy.app, host).await.unwrap().refused, 0);
    assert_eq!(story.status_at(&nancy.app, 1).await, Status::Accepted);
    assert_eq!(catch_up::catch_up(&nancy.app, host).await.unwrap(), catch_up::Report::default());

    // And what the region reports later counts as well.
    story.later(SignedDuration::from_hours(1));
    let report = Word::FollowUp { status: FollowUpStatus::Done, reason: None };
    let done = bretagne.say(relay, report, "C’est fait.").await;
    until("the follow-up", async || rennes.record(&done).await.is_some()).await;
    assert_eq!(story.status(rennes, 1).await, Status::Done);
    until("its boost", async || story.boosted(&done)).await;
}

#[tokio::test]
async fn r2_29_a_refusal_comes_down_and_silence_is_told_by_the_clock() {
    let story = Box::pin(story()).await;
    let Story { rennes, bretagne, .. } = &story;
    let region = bretagne.body().await;
    for relay in &story.relays[..2] {
        story.arrives(relay).await;
    }
    // Nothing is declined without words, nor answered before it is accepted.
    let refused = Word::Decline(Reason::OutOfRemit);
    for (word, words) in [(refused.clone(), ""), (answer(Decision::Accepted), "Oui.")] {
        let operator = &bretagne.node.operator;
        assert!(intake::say(bretagne.app(), operator, &story.relays[0], &word, words, None).await.is_err());
    }
    let refusal = bretagne.say(&story.relays[0], refused, "Cela relève de la commune.").await;
    until("declined", async || rennes.offer(&story.relays[0], &region).await.as_deref() == Some("declined"))
        .await;
    until("the refusal", async || rennes.record(&refusal).await.is_some()).await;
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("décliné le") && page.contains("en attente d’un accusé de réception"), "{page}");
    assert!(!page.contains("sans accusé de réception"));

    // The second was hoped for by mid-December; without a word it is silence, and nobody says so but the clock.
    story.later(SignedDuration::from_hours(25 * 24));
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("sans accusé de réception depuis 25 jours"), "{page}");
    let slug = rennes.record(&story.relays[1]).await.unwrap().slug;
    assert!(
        rennes.page(&format!("/relais/{slug}")).await.contains("sans accusé de réception depuis 25 jours")
    );
}

/// Sends the form.
fn post(path: &str, form: &str) -> Request<Body> {
    let kind = "application/x-www-form-urlencoded";
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(form.to_owned())).unwrap()
}

#[tokio::test]
async fn r2_29_a_body_without_a_node_answers_once_by_a_link() {
    let story = Box::pin(story()).await;
    let rennes = &story.rennes;
    let (app, operator) = (rennes.app(), &rennes.node.operator);
    let relay = story.relays[2].as_str();
    let made = invitations::create(app, operator, &story.relays[0], 90).await;
    assert!(made.is_err(), "whoever has an account answers for itself");
    let (address, _) = invitations::create(app, operator, relay, 90).await.unwrap();
    let path = address.as_str().strip_prefix(app.urls.base()).unwrap();
    let kept = storage::invitations::of_relay(&app.db, relay).await.unwrap();
    assert!(kept.iter().all(|link| !path.contains(&link.digest)), "only a hash is kept");

    let (status, headers, form) = rennes.ask(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert!(headers["x-robots-tag"].to_str().unwrap().contains("noindex"));
    assert!(!headers.contains_key(header::SET_COOKIE));
    assert!(form.contains("Apprendre") && form.contains("<form") && !form.contains("<script"));

    // Without words nothing is published, and the link still works.
    let (status, _, again) = rennes.ask(post(path, "what=refusal&reason=out-of-remit&text=+")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.contains("role=\"alert\""));
    let body = "what=answer&decision=accepted&text=%3Cb%3EOui%3C%2Fb%3E%2C+d%C3%A8s+2027.";
    let (status, _, _) = rennes.ask(post(path, body)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    // It is shown for what it is, its words are words, and it counts as nobody's own.
    let page = rennes.page("/avis/ccnr-a1").await;
    assert!(page.contains("saisi par lien au nom de Éducation nationale"), "{page}");
    assert!(page.contains("&lt;b&gt;Oui&lt;/b&gt;, dès 2027."), "{page}");
    assert_eq!(story.status(rennes, 3).await, Status::Proposed);
    let answers = records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap();
    let document: Value = serde_json::from_str(&answers[0].document).unwrap();
    assert_eq!(document["parvis:enteredFor"], "https://www.education.example/");
    let node = actors::by_role(&app.db, "relay").await.unwrap().remove(0);
    assert_eq!((answers.len(), answers[0].author.as_str()), (1, node.uri.as_str()));

    // Once.
    rennes.ask(post(path, body)).await;
    assert_eq!(records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap().len(), 1);
    assert!(rennes.page(path).await.contains("Ce lien a servi"));
    // Over, taken back, or never made.
    let (taken, _) = invitations::create(app, operator, relay, 1).await.unwrap();
    assert_eq!(invitations::revoke(app, operator, relay).await.unwrap(), 1);
    let (late, _) = invitations::create(app, operator, relay, 1).await.unwrap();
    app.clock.advance(SignedDuration::from_hours(25));
    for link in [taken, late] {
        let path = link.as_str().strip_prefix(app.urls.base()).unwrap();
        for request in [Request::get(path).body(Body::empty()).unwrap(), post(path, body)] {
            let (status, _, text) = rennes.ask(request).await;
            assert!([StatusCode::GONE, StatusCode::SEE_OTHER].contains(&status), "{status} {text}");
        }
    }
    let (status, _, _) = rennes.ask(post("/relais/repondre/x", body)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(records::by_kind_ours(&app.db, "Answer", &Page::first(10)).await.unwrap().len(), 1);
}
