//! Delivery to scripted peers over real HTTP, from a real queue, on a clock that tests move.

#[path = "support/bare.rs"]
mod bare;
#[path = "delivery/days.rs"]
mod days;
#[path = "support/http.rs"]
mod http_server;

use std::sync::{Arc, Barrier, Mutex, OnceLock};

use bare::{Node, node};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_server::{Reply, Server};
use jiff::SignedDuration;
use parvis::{
    App,
    federation::{
        delivery::{self, Round},
        signature::SigningKey,
        tasks,
    },
    storage::{
        actors::{self, Actor},
        deliveries::{self, DELIVERED, GIVEN_UP, REFUSED, Target, WAITING},
        follows::{self, Follow},
        hosts,
        keys::{self, Key},
        outbox::{self, NewActivity},
        tasks as queue,
    },
};

const COUNCIL: &str = "https://rennes.example/actors/1";
const LOST: &str = "https://rennes.example/actors/without-key";

/// A node with a council that can sign.
async fn ready() -> Node {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    let key = KEY.get_or_init(|| SigningKey::generate().expect("a key"));
    let node = node().await;
    let app = &node.app;
    let mut tx = app.db.begin().await.unwrap();
    for id in [COUNCIL, LOST] {
        actors::put(&mut tx, &actor(id, true, "https://rennes.example/inbox")).await.unwrap();
    }
    let id = format!("{COUNCIL}#main-key");
    let pem: String = key.to_pem().unwrap().lines().filter(|line| !line.starts_with('-')).collect();
    let secret = app.keyring.seal(&id, &STANDARD.decode(pem).unwrap()).unwrap();
    let row = Key {
        id,
        actor: COUNCIL.to_owned(),
        algorithm: "rsa".to_owned(),
        public: key.public_pem().unwrap(),
        secret: Some(secret),
        created_at: 0,
        revoked: None,
        pinned_at: None,
    };
    keys::put(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    node
}

fn actor(uri: &str, ours: bool, inbox: &str) -> Actor {
    let iri = parvis::domain::Iri::parse(uri).unwrap();
    Actor {
        uri: uri.to_owned(),
        handle: uri.rsplit('/').next().unwrap_or_default().to_owned(),
        host: iri.host().to_owned(),
        kind: "Organization".to_owned(),
        role: None,
        ours,
        name: "Somebody".to_owned(),
        city: None,
        feed: None,
        inbox: inbox.to_owned(),
        shared_inbox: None,
        outbox: None,
        followers: None,
        url: None,
        parvis: false,
        document: "{}".to_owned(),
        fetched_at: 0,
        gone_at: None,
    }
}

/// Queues one activity about an object for some inboxes.
async fn queue(app: &App, by: &str, (kind, object): (&str, &str), inboxes: &[&str]) -> i64 {
    let id = app.urls.activity(app.chance.uuid(app.clock.now())).to_string();
    let mut tx = app.db.begin().await.unwrap();
    let new = NewActivity {
        document: format!(r#"{{"id":"{id}","type":"{kind}","object":"{object}"}}"#),
        activity: id,
        actor: by.to_owned(),
        kind: kind.to_owned(),
        object: object.to_owned(),
        public: true,
        published: "2026-03-09T08:02:00Z".to_owned(),
    };
    let seq = outbox::append(&mut tx, &new).await.unwrap();
    let targets: Vec<Target> =
        inboxes.iter().map(|inbox| Target { inbox: (*inbox).to_owned(), host: host(inbox) }).collect();
    deliveries::enqueue(&mut tx, seq, &targets, app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    seq
}

fn host(url: &str) -> String {
    parvis::domain::Iri::parse(url).unwrap().host().to_owned()
}

/// A peer that notes the objects it was told about and answers as `script` says.
struct Peer {
    server: Server,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn start(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heard);
        let server = Server::start(move |request| {
            let mut noted = noted.lock().unwrap();
            noted.push(request.to_owned());
            script(noted.len(), request)
        })
        .await;
        Self { server, heard }
    }

    fn inbox(&self, path: &str) -> String {
        self.server.url(path).to_string()
    }

    fn requests(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Kind and object of what was sent, in order.
    fn told(&self) -> Vec<String> {
        self.requests().iter().map(|request| field(request, "object")).collect()
    }
}

fn field(request: &str, name: &str) -> String {
    let body = request.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    body[name].as_str().unwrap_or_default().to_owned()
}

fn header(request: &str, name: &str) -> String {
    let of = |line: &str| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then(|| value.to_owned())
    };
    request.lines().find_map(of).unwrap_or_default()
}

fn status(code: &str) -> Reply {
    Reply::new(code, &[], b"")
}

async fn step(app: &App) -> delivery::Progress {
    delivery::step(app, "one").await.unwrap()
}

async fn states(app: &App, seq: i64) -> Vec<i64> {
    deliveries::of_activity(&app.db, seq).await.unwrap().iter().map(|row| row.state).collect()
}

#[tokio::test]
async fn what_was_queued_arrives_in_order_signed_under_its_own_id_17_48() {
    let node = ready().await;
    let peer = Peer::start(|_, _| status("202 Accepted")).await;
    for (kind, object) in [("Create", "a"), ("Create", "b"), ("Update", "a"), ("Delete", "a")] {
        queue(&node.app, COUNCIL, (kind, object), &[&peer.inbox("/inbox")]).await;
    }
    assert_eq!(step(&node.app).await.delivered, 4);
    assert_eq!(peer.told(), ["a", "b", "a", "a"]);
    let request = &peer.requests()[0];
    assert!(request.starts_with("POST /inbox HTTP/1.1\r\n"));
    assert!(header(request, "content-type").starts_with("application/activity+json"), "{request}");
    assert!(header(request, "signature").contains(&format!("keyId=\"{COUNCIL}#main-key\"")));
    assert!(!header(request, "digest").is_empty() && !header(request, "date").is_empty());
    assert_eq!(step(&node.app).await, delivery::Progress::default(), "nothing is left");
}

#[tokio::test]
async fn a_host_in_trouble_holds_its_queue_and_then_gets_everything_in_order_r4_r5() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|n, _| status(if n <= 3 { "503 Busy" } else { "202 Accepted" })).await;
    let first = queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    queue(app, COUNCIL, ("Create", "b"), &[&peer.inbox("/other")]).await;
    assert_eq!(step(app).await.backing_off, 1);
    assert_eq!(step(app).await.hosts, 0, "it is left alone");
    for _ in 0..2 {
        app.clock.advance(SignedDuration::from_hours(7));
        step(app).await;
    }
    assert_eq!(peer.told(), ["a", "a", "a"], "one try per back-off");
    assert_eq!(states(app, first).await, [WAITING]);
    app.clock.advance(SignedDuration::from_hours(7));
    assert_eq!(step(app).await.delivered, 2);
    assert_eq!(peer.told()[3..], ["a", "b"]);
    let well = hosts::get(&app.db, &host(&peer.inbox("/"))).await.unwrap().unwrap();
    assert_eq!((well.state, well.fails), (hosts::WELL, 0));
    let ids: Vec<String> = peer.requests()[..4].iter().map(|request| field(request, "id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "the same id at each try (R3)");
    assert_ne!(header(&peer.requests()[0], "date"), header(&peer.requests()[1], "date"), "signed anew (71)");
}

#[tokio::test]
async fn retry_after_is_obeyed_r6() {
    let node = ready().await;
    let app = &node.app;
    let busy = || Reply::new("429 Too Many Requests", &[("Retry-After", "7200")], b"");
    let peer = Peer::start(move |n, _| if n == 1 { busy() } else { status("202 Accepted") }).await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    step(app).await;
    app.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(step(app).await.hosts, 0);
    app.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(step(app).await.delivered, 1);
}

#[tokio::test]
async fn a_host_that_writes_to_us_is_tried_within_the_minute_r5() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|n, _| status(if n == 1 { "502 Bad Gateway" } else { "200 OK" })).await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    step(app).await;
    let mut tx = app.db.begin().await.unwrap();
    delivery::heard_from(app, &mut tx, &host(&peer.inbox("/"))).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(SignedDuration::from_secs(10));
    let mut tx = app.db.begin().await.unwrap();
    delivery::heard_from(app, &mut tx, &host(&peer.inbox("/"))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(step(app).await.hosts, 0, "not at each message");
    app.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(step(app).await.delivered, 1);
}

#[tokio::test]
async fn a_clock_turned_back_leaves_nobody_waiting_for_days_r11() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|n, _| status(if n == 1 { "500 Oops" } else { "200 OK" })).await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    step(app).await;
    app.clock.advance(SignedDuration::from_hours(-72));
    assert_eq!(step(app).await.delivered, 1);
}

#[tokio::test]
async fn refusals_are_tried_three_times_and_hold_back_only_their_own_object_r6() {
    let node = ready().await;
    let app = &node.app;
    let refuse = |request: &str| field(request, "object") == "a";
    let peer =
        Peer::start(move |_, request| status(if refuse(request) { "403 No" } else { "202 Yes" })).await;
    let inbox = peer.inbox("/inbox");
    let first = queue(app, COUNCIL, ("Create", "a"), &[&inbox]).await;
    queue(app, COUNCIL, ("Create", "b"), &[&inbox]).await;
    queue(app, COUNCIL, ("Update", "a"), &[&inbox]).await;
    let progress = step(app).await;
    assert_eq!((progress.delivered, progress.put_off), (1, 1));
    assert_eq!(peer.told(), ["a", "b"], "the Update waits behind its Create");
    step(app).await;
    assert_eq!(peer.told(), ["a", "b"]);
    for hours in [1, 7] {
        app.clock.advance(SignedDuration::from_hours(hours));
        step(app).await;
    }
    assert_eq!(states(app, first).await, [REFUSED], "refused, never counted as delivered");
    assert_eq!(peer.told(), ["a", "b", "a", "a", "a"], "then the Update has its turn");
}

#[tokio::test]
async fn a_boost_that_is_not_understood_is_not_sent_again_72() {
    let node = ready().await;
    let peer = Peer::start(|_, _| status("400 Bad Request")).await;
    let seq = queue(&node.app, COUNCIL, ("Announce", "a"), &[&peer.inbox("/inbox")]).await;
    assert_eq!(step(&node.app).await.refused, 1);
    assert_eq!(states(&node.app, seq).await, [REFUSED]);
}

#[tokio::test]
async fn after_410_the_inbox_is_left_alone_and_its_actor_asked_r6() {
    let node = ready().await;
    let app = &node.app;
    let buried = Arc::new(Mutex::new(false));
    let dead = Arc::clone(&buried);
    let peer = Peer::start(move |_, request| match request.starts_with("POST /gone ") {
        true => status("410 Gone"),
        false if request.starts_with("POST") => status("202 Accepted"),
        false if *dead.lock().unwrap() => status("410 Gone"),
        false => Reply::document("{\"type\":\"Person\"}"),
    })
    .await;
    let (gone, fine) = (peer.inbox("/gone"), peer.inbox("/fine"));
    let follower = peer.inbox("/users/1");
    let mut tx = app.db.begin().await.unwrap();
    actors::put(&mut tx, &actor(&follower, false, &gone)).await.unwrap();
    let follow = Follow {
        follower: follower.clone(),
        followed: COUNCIL.to_owned(),
        ours: false,
        state: "accepted".to_owned(),
        activity: format!("{follower}/follow"),
        document: "{}".to_owned(),
        host: host(&follower),
        inbox: gone.clone(),
        at: app.clock.now_ms(),
    };
    follows::put(&mut tx, &follow).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(SignedDuration::from_secs(1));
    for object in ["a", "b", "c"] {
        queue(app, COUNCIL, ("Create", object), &[&gone, &fine]).await;
    }
    step(app).await;
    let to_gone = || peer.requests().iter().filter(|request| request.starts_with("POST /gone ")).count();
    assert_eq!(to_gone(), 1);
    let later = queue(app, COUNCIL, ("Create", "d"), &[&gone, &fine]).await;
    step(app).await;
    assert_eq!(to_gone(), 1, "never again");
    assert_eq!(states(app, later).await, [DELIVERED, GIVEN_UP]);

    assert_eq!(tasks::step(app, "one").await.unwrap(), 1);
    let followers = async || follows::count_followers(&app.db, COUNCIL).await.unwrap();
    assert_eq!(followers().await, 1, "the actor lives: it still follows");

    *buried.lock().unwrap() = true;
    let mut tx = app.db.begin().await.unwrap();
    queue::schedule(&mut tx, tasks::CHECK_ACTOR, &follower, app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    tasks::step(app, "one").await.unwrap();
    assert_eq!(followers().await, 0);
}

#[tokio::test]
async fn what_cannot_be_signed_is_given_up_and_the_rest_goes_on_r17() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|_, _| status("202 Accepted")).await;
    let poison = queue(app, LOST, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    queue(app, COUNCIL, ("Create", "b"), &[&peer.inbox("/inbox")]).await;
    assert_eq!(step(app).await.delivered, 1);
    for hours in [1, 7] {
        app.clock.advance(SignedDuration::from_hours(hours));
        step(app).await;
    }
    assert_eq!(states(app, poison).await, [GIVEN_UP]);
    assert_eq!(peer.told(), ["b"]);
}

#[tokio::test]
async fn a_peer_that_hangs_holds_up_nobody_else_r7() {
    let node = ready().await;
    let app = &node.app;
    let hanging =
        Peer::start(|_, _| Reply { bytes: Vec::new(), drip: Some(std::time::Duration::from_mins(1)) }).await;
    let healthy = Peer::start(|_, _| status("202 Accepted")).await;
    for object in ["a", "b"] {
        queue(app, COUNCIL, ("Create", object), &[&hanging.inbox("/inbox"), &healthy.inbox("/inbox")]).await;
    }
    let mut round = Round::new(app.clone(), "one".to_owned());
    assert_eq!(round.claim().await.unwrap(), 2);
    assert_eq!(round.next().await.unwrap().delivered, 2, "the healthy one is done first");
    queue(app, COUNCIL, ("Create", "c"), &[&hanging.inbox("/inbox"), &healthy.inbox("/inbox")]).await;
    assert_eq!(round.claim().await.unwrap(), 1, "and is served again while the other still hangs");
    assert_eq!(round.next().await.unwrap().delivered, 1);
    assert_eq!(round.next().await.unwrap().backing_off, 1);
    assert_eq!(hanging.told(), ["a"]);
}

#[tokio::test]
async fn two_workers_never_send_the_same_thing_r20() {
    let node = ready().await;
    let app = &node.app;
    let peers = [Peer::start(|_, _| status("202 Yes")).await, Peer::start(|_, _| status("202 Yes")).await];
    for n in 0..10 {
        let inboxes = [peers[0].inbox("/inbox"), peers[1].inbox("/inbox")];
        queue(app, COUNCIL, ("Create", &n.to_string()), &[&inboxes[0], &inboxes[1]]).await;
    }
    let (a, b) = tokio::join!(delivery::step(app, "one"), delivery::step(app, "two"));
    assert_eq!(a.unwrap().delivered + b.unwrap().delivered, 20);
    for peer in &peers {
        assert_eq!(peer.told(), (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn killed_between_sending_and_noting_it_the_same_id_is_sent_again_r3_r19() {
    let node = ready().await;
    let app = &node.app;
    let hang = || Reply { bytes: Vec::new(), drip: Some(std::time::Duration::from_mins(1)) };
    let peer = Peer::start(move |n, _| if n == 1 { hang() } else { status("409 Conflict") }).await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    let (worker, wanted) = (app.clone(), Arc::clone(&peer.heard));
    let killed = tokio::spawn(async move { delivery::step(&worker, "one").await });
    while wanted.lock().unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    killed.abort();
    let _ = killed.await;
    assert_eq!(delivery::step(app, "two").await.unwrap().hosts, 0, "its lease still holds");
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(delivery::step(app, "two").await.unwrap().delivered, 1);
    let ids: Vec<String> = peer.requests().iter().map(|request| field(request, "id")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_could_not_be_written_holds_its_host_up_no_longer_than_the_lock_r8() {
    let node = ready().await;
    let app = &node.app;
    let other = parvis::storage::Db::open(&app.config.database.url).await.unwrap();
    let (asked, locked) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let meet = [Arc::clone(&asked), Arc::clone(&locked)];
    let peer = Peer::start(move |n, _| {
        if n == 1 {
            for barrier in &meet {
                barrier.wait();
            }
        }
        status("202 Accepted")
    })
    .await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    let mut round = Round::new(app.clone(), "one".to_owned());
    assert_eq!(round.claim().await.unwrap(), 1);
    tokio::task::spawn_blocking(move || asked.wait()).await.unwrap();
    let held = other.begin().await.unwrap();
    tokio::task::spawn_blocking(move || locked.wait()).await.unwrap();
    // Longer than one writer waits for another.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    drop(held);
    assert_eq!(round.next().await.unwrap().delivered, 0, "what it answered is not known here");
    assert_eq!(round.claim().await.unwrap(), 1, "the lease is over, though no time has passed");
    assert_eq!(round.next().await.unwrap().delivered, 1);
    assert_eq!(peer.told(), ["a", "a"]);
}

#[tokio::test]
async fn what_waited_thirty_days_is_given_up_and_said_so() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|_, _| status("500 Oops")).await;
    let old = queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    step(app).await;
    app.clock.advance(SignedDuration::from_hours(31 * 24));
    let new = queue(app, COUNCIL, ("Create", "b"), &[&peer.inbox("/inbox")]).await;
    assert_eq!(step(app).await.given_up, 1);
    assert_eq!((states(app, old).await, states(app, new).await), (vec![GIVEN_UP], vec![WAITING]));
    let silent = hosts::get(&app.db, &host(&peer.inbox("/"))).await.unwrap().unwrap();
    assert_eq!(silent.state, hosts::SUSPENDED);
}
