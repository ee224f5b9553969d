//! Two nodes over real HTTP: one learns what the other is, and takes over its whole register, checked.

mod support {
    pub mod follower;
    pub mod node;
}

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use parvis::{
    App,
    actions::{
        self,
        receive::{self, Arrival},
    },
    domain::{Iri, canonical, codes::Reason},
    federation::{catch_up, connector::Outbound, tasks},
    server,
    storage::{actors, hosts, tasks as queue, versions},
    worker,
};
use support::{
    follower::angers,
    node::{Node, node},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Rennes, published and served; and whether it alters what it tells of its register.
struct Peer {
    node: Node,
    lies: Arc<AtomicBool>,
}

async fn rennes() -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node("rennes", listener.local_addr().unwrap().port()).await;
    node.publish_sample("rennes.toml").await;
    let lies = Arc::new(AtomicBool::new(false));
    let router = server::router(&node.app).layer(from_fn_with_state(Arc::clone(&lies), alter));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Peer { node, lies }
}

/// Puts a word into one record's mouth.
async fn alter(State(lies): State<Arc<AtomicBool>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    if !lies.load(Ordering::SeqCst) {
        return answer;
    }
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let altered = body.replacen("\"content\":\"<p>", "\"content\":\"<p>Jamais. ", 1);
    ([("content-type", "application/activity+json")], altered).into_response()
}

/// Every current version of every author of Rennes, as `id version hash`.
async fn register(of: &App, at: &App) -> Vec<String> {
    let mut lines = Vec::new();
    for author in actors::ours(&of.db).await.unwrap() {
        let heads = versions::heads_of(&at.db, &author.uri).await.unwrap();
        lines.extend(heads.iter().map(versions::Head::line));
    }
    lines
}

fn requests(app: &App) -> usize {
    app.http.outbound_log().iter().filter(|one| matches!(one, Outbound::Request { .. })).count()
}

#[tokio::test]
async fn a_follower_takes_over_the_whole_register_and_then_only_compares_heads() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let (theirs, ours) = (&rennes.node.app, &angers.app);
    let host = theirs.urls.host();
    let all = usize::try_from(versions::count(&theirs.db).await.unwrap()).unwrap();
    let report = catch_up::catch_up(ours, host).await.unwrap();
    assert_eq!((report.appended, report.refused), (all, 0));
    assert_eq!(register(theirs, ours).await, register(theirs, theirs).await);
    let mirrored = versions::all(&ours.db, 0, 10_000).await.unwrap();
    assert!(mirrored.iter().filter(|version| !version.ours).all(|version| version.proof == "valid"));
    let before = requests(ours);
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap(), catch_up::Report::default());
    assert_eq!(requests(ours) - before, 1, "equal heads cost one request");
    let known = hosts::get(&ours.db, host).await.unwrap().unwrap();
    assert_eq!(known.changes_since, versions::last_seq(&theirs.db).await.unwrap());
}

#[tokio::test]
async fn an_altered_version_is_refused_and_the_true_one_taken_later() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let (theirs, ours) = (&rennes.node.app, &angers.app);
    let host = theirs.urls.host();
    rennes.lies.store(true, Ordering::SeqCst);
    let report = catch_up::catch_up(ours, host).await.unwrap();
    assert_eq!(report.refused, 1, "what was altered, and nothing else");
    assert_ne!(register(theirs, ours).await, register(theirs, theirs).await);
    rennes.lies.store(false, Ordering::SeqCst);
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap().appended, 1);
    assert_eq!(register(theirs, ours).await, register(theirs, theirs).await);
}

#[tokio::test]
async fn r05_a_lost_version_is_asked_for_again_from_a_peer_that_keeps_others_registers_too() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let (theirs, ours) = (&rennes.node.app, &angers.app);
    let host = theirs.urls.host();
    rennes.lies.store(true, Ordering::SeqCst);
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap().refused, 1);
    rennes.lies.store(false, Ordering::SeqCst);
    let mirrored = versions::NewVersion {
        uri: "https://nancy.example/avis/1".to_owned(),
        version: 1,
        hash: "sha256:00".to_owned(),
        previous: None,
        kind: "Avis".to_owned(),
        author: "https://nancy.example/actors/1".to_owned(),
        origin: "nancy.example".to_owned(),
        ours: false,
        proof: "valid".to_owned(),
        document: "{}".to_owned(),
        received_at: 0,
    };
    let mut tx = theirs.db.begin().await.unwrap();
    versions::append(&mut tx, &mirrored).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap().appended, 1);
    assert_eq!(register(theirs, ours).await, register(theirs, theirs).await);
}

#[tokio::test]
async fn r11_a_clock_turned_back_does_not_put_catching_up_off_for_days() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let ours = &angers.app;
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker::run(ours.clone(), "one".to_owned(), stop.clone()));
    let comparisons = || {
        let heads = |one: &Outbound| matches!(one, Outbound::Request { url, .. } if url.ends_with("/heads"));
        ours.http.outbound_log().iter().filter(|one| heads(one)).count()
    };
    for wanted in 1..=2 {
        let compared = async {
            let waits = |task: queue::Task| task.due_at > ours.clock.now_ms() && task.lease_owner.is_none();
            let host = rennes.node.app.urls.host();
            while comparisons() < wanted
                || !queue::get(&ours.db, "catch-up", host).await.unwrap().is_some_and(waits)
            {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), compared).await.expect("it compares");
        ours.clock.advance(jiff::SignedDuration::from_hours(-72));
    }
    stop.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(30), working).await.expect("it stops").unwrap();
}

#[tokio::test]
async fn a_superseded_version_that_never_arrived_is_asked_for_although_heads_agree() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let (theirs, ours) = (&rennes.node.app, &angers.app);
    let host = theirs.urls.host();
    rennes.lies.store(true, Ordering::SeqCst);
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap().refused, 1);
    rennes.lies.store(false, Ordering::SeqCst);
    let mut missing = None;
    for version in versions::all(&theirs.db, 0, 10_000).await.unwrap() {
        if versions::current(&ours.db, &version.uri).await.unwrap().is_none() {
            missing = Some(Iri::parse(&version.uri).unwrap());
        }
    }
    let missing = missing.expect("what was altered");
    actions::withdraw::withdraw(theirs, &rennes.node.operator, &missing, Reason::Legal, "Retiré.")
        .await
        .unwrap();
    let last = versions::current(&theirs.db, missing.as_str()).await.unwrap().unwrap();
    let text = last.document.unwrap();
    let document = canonical::read(&text).unwrap();
    let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
    receive::version(ours, &arrival).await.unwrap();
    assert_eq!(register(theirs, ours).await, register(theirs, theirs).await, "heads agree");
    let mut tx = ours.db.begin().await.unwrap();
    hosts::synced(&mut tx, host, versions::last_seq(&theirs.db).await.unwrap(), 0).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap().appended, 1, "its first version");
    assert_eq!(catch_up::catch_up(ours, host).await.unwrap(), catch_up::Report::default());
}

#[tokio::test]
async fn a_probe_recognises_a_peer_by_what_it_implements() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let host = rennes.node.app.urls.host();
    let app = &angers.app;
    let mut tx = app.db.begin().await.unwrap();
    queue::schedule(&mut tx, "probe", host, app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tasks::step(app, "one").await.unwrap(), 1);
    let known = hosts::get(&app.db, host).await.unwrap().unwrap();
    assert_eq!(known.software.as_deref(), Some("parvis"));
    assert!(known.parvis);
    assert_eq!(known.relay, Some(actors::by_role(&rennes.node.app.db, "relay").await.unwrap().remove(0).uri));
    let again = queue::get(&app.db, "probe", host).await.unwrap().unwrap();
    assert_eq!(again.due_at - app.clock.now_ms(), 7 * 24 * 3_600_000);
}

#[tokio::test]
async fn the_worker_catches_up_by_itself_and_stops_when_told() {
    let rennes = rennes().await;
    let angers = angers(&rennes.node.app).await;
    let (theirs, ours) = (&rennes.node.app, &angers.app);
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker::run(ours.clone(), "one".to_owned(), stop.clone()));
    let complete = async {
        while register(theirs, ours).await != register(theirs, theirs).await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), complete).await.expect("it catches up");
    assert!(ours.beat.age(ours.clock.now_ms()).is_some(), "it says that it turns");
    stop.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(10), working).await.expect("it stops").unwrap();
}
