//! What an operator does about the queue: trying again what was refused, and cutting a server off (R6, S32).

use parvis::{
    actions::{self, Operator},
    storage::{
        deliveries::{self, DELIVERED, GIVEN_UP, Job, REFUSED, Target, WAITING},
        outbox::{self, NewActivity},
        replies,
    },
};

use crate::{
    bare::{Node, node},
    reply::keep,
};

/// Queues one activity for one inbox of each host; gives its number.
async fn queue(node: &Node, hosts: &[&str]) -> i64 {
    let app = &node.app;
    let id = app.urls.activity(app.chance.uuid(app.clock.now())).to_string();
    let mut tx = app.db.begin().await.unwrap();
    let new = NewActivity {
        document: "{}".to_owned(),
        activity: id,
        actor: "https://rennes.example/actors/1".to_owned(),
        kind: "Create".to_owned(),
        object: "https://rennes.example/avis/1".to_owned(),
        public: true,
        published: "2026-03-09T08:02:00Z".to_owned(),
    };
    let seq = outbox::append(&mut tx, &new).await.unwrap();
    let target = |host: &&str| Target { inbox: format!("https://{host}/inbox"), host: (*host).to_owned() };
    let targets: Vec<_> = hosts.iter().map(target).collect();
    deliveries::enqueue(&mut tx, seq, &targets, app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    seq
}

async fn states(node: &Node, seq: i64) -> Vec<(String, i64)> {
    let rows = deliveries::of_activity(&node.app.db, seq).await.unwrap();
    rows.into_iter().map(|row| (row.host, row.state)).collect()
}

async fn job(node: &Node, host: &str) -> Job {
    let now = node.app.clock.now_ms();
    deliveries::next_for_host(&node.app.db, host, now, 10).await.unwrap().remove(0)
}

#[tokio::test]
async fn r06_what_was_refused_or_given_up_is_taken_up_again_when_an_operator_says_so_but_never_a_gone_inbox()
{
    let node = node().await;
    let hosts = ["done.example", "given-up.example", "gone.example", "refused.example"];
    let seq = queue(&node, &hosts).await;
    let mut jobs = Vec::new();
    for host in hosts {
        jobs.push(job(&node, host).await);
    }
    let mut tx = node.app.db.begin().await.unwrap();
    deliveries::delivered(&mut tx, &jobs[0], 202, 1).await.unwrap();
    deliveries::given_up(&mut tx, &jobs[1], None, "silent", 1).await.unwrap();
    deliveries::refused(&mut tx, &jobs[2], 410, "gone", 1).await.unwrap();
    deliveries::refused(&mut tx, &jobs[3], 403, "no", 1).await.unwrap();
    tx.commit().await.unwrap();
    let operator = Operator::cli("test");
    let mut taken = Vec::new();
    for host in hosts {
        taken.push(actions::deliveries::retry_refused(&node.app, &operator, host).await.unwrap());
    }
    assert_eq!(taken, [0, 1, 0, 1]);
    let expected = [DELIVERED, WAITING, REFUSED, WAITING];
    let found: Vec<_> = states(&node, seq).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(found, expected);
    assert_eq!(job(&node, "refused.example").await.refusals, 0, "with all its tries");
    assert!(actions::deliveries::retry_refused(&node.app, &operator, "nobody.example").await.is_err());
}

#[tokio::test]
async fn s32_what_waits_for_a_blocked_server_and_those_below_it_is_dropped() {
    let node = node().await;
    let hosts = ["a.spam.example", "good.example", "notspam.example", "spam.example"];
    let seq = queue(&node, &hosts).await;
    let operator = Operator::cli("test").because("spam");
    actions::peers::set_policy(&node.app, &operator, "spam.example", "blocked").await.unwrap();
    let expected = [GIVEN_UP, WAITING, WAITING, GIVEN_UP];
    let found: Vec<_> = states(&node, seq).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn p05_a_reply_erased_by_order_is_in_no_file_and_never_comes_back() {
    let node = node().await;
    let app = &node.app;
    let uri = parvis::domain::Iri::parse("https://piaille.example/@alix/1234").unwrap();
    let reply = replies::Reply {
        uri: uri.to_string(),
        author: "https://piaille.example/@alix".to_owned(),
        author_name: "Alix".to_owned(),
        author_handle: "alix@piaille.example".to_owned(),
        parent: "https://rennes.example/avis/1".to_owned(),
        content: "un numéro de téléphone canari".to_owned(),
        lang: None,
        published: "2026-03-09T08:02:00Z".to_owned(),
        updated: None,
        received_at: 1,
        state: "held".to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    assert!(keep(&app.db, &reply).await);
    let canary = || {
        let file = app.config.database.sqlite_file().unwrap();
        let log = file.with_extension("sqlite-wal");
        let bytes: Vec<u8> =
            [file, log].iter().flat_map(|path| std::fs::read(path).unwrap_or_default()).collect();
        bytes.windows(6).any(|window| window == b"canari")
    };
    assert!(canary());
    let operator = Operator::cli("test").because("demande");
    assert!(actions::replies::erase_by_order(app, &operator, &uri).await.unwrap());
    assert!(!canary(), "its words are gone from the file and from its log");
    assert!(replies::get(&app.db, uri.as_str()).await.unwrap().is_none());
    assert!(!actions::replies::erase_by_order(app, &operator, &uri).await.unwrap(), "erased once");
}
