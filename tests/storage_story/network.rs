//! Actors, follows, and the queue of what is sent.

use std::collections::BTreeSet;

use parvis::{
    Error,
    storage::{Db, actors, deliveries, follows, hosts, keys, outbox, received},
};

use crate::{COUNCIL, HOUR, NANCY, NOW, Outcome};

fn actor(uri: &str, handle: &str, ours: bool) -> actors::Actor {
    let host = uri.split('/').nth(2).unwrap_or_default().to_owned();
    actors::Actor {
        uri: uri.to_owned(),
        handle: handle.to_owned(),
        kind: "Organization".to_owned(),
        role: ours.then(|| "council".to_owned()),
        ours,
        name: handle.to_owned(),
        city: None,
        feed: None,
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        outbox: None,
        followers: None,
        url: None,
        parvis: true,
        document: "{}".to_owned(),
        fetched_at: NOW,
        gone_at: None,
        host,
    }
}

pub async fn actors_and_keys(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    actors::put(&mut tx, &actor(COUNCIL, "ccnr", true)).await?;
    actors::put(&mut tx, &actor(NANCY, "ccnr", false)).await?;
    let key = |id: &str, at, secret: Option<&str>| keys::Key {
        id: format!("{COUNCIL}#{id}"),
        actor: COUNCIL.to_owned(),
        algorithm: "ed25519".to_owned(),
        public: "z6Mk".to_owned(),
        secret: secret.map(ToOwned::to_owned),
        created_at: at,
        revoked: None,
        pinned_at: None,
    };
    keys::put(&mut tx, &key("ed25519-1", 1, Some("plain:one"))).await?;
    keys::put(&mut tx, &key("ed25519-2", 2, Some("plain:two"))).await?;
    assert!(keys::revoke(&mut tx, &format!("{COUNCIL}#ed25519-1"), "2026-03-09T08:02:00Z").await?);
    assert!(!keys::revoke(&mut tx, &format!("{COUNCIL}#ed25519-1"), "2027-01-01T00:00:00Z").await?);
    keys::put(&mut tx, &key("ed25519-2", 2, None)).await?;
    tx.commit().await?;

    let council = actors::by_handle(db, "ccnr").await?.ok_or("ours of that handle, not theirs")?;
    assert_eq!(council.uri, COUNCIL);
    assert_eq!(council.delivery_inbox(), "https://rennes.example/inbox");
    let elsewhere = actors::Actor { shared_inbox: Some("https://evil.example/x".into()), ..council };
    assert_eq!(elsewhere.delivery_inbox(), format!("{COUNCIL}/inbox"), "a shared inbox is of the same host");
    let signing = keys::signing(db, COUNCIL, "ed25519").await?.ok_or("there is one")?;
    assert_eq!(signing.secret.as_deref(), Some("plain:two"), "the one not revoked; a secret is not lost");
    assert!(!format!("{signing:?}").contains("plain"), "secrets are not printed");
    assert_eq!(keys::of_actor(db, COUNCIL).await?.len(), 2, "revoked keys stay");

    let mut tx = db.begin().await?;
    let second = actor("https://rennes.example/actors/other", "ccnr", true);
    assert!(matches!(actors::put(&mut tx, &second).await, Err(Error::Conflict { .. })));
    Ok(())
}

pub async fn followers_share_inboxes(db: &Db) -> Outcome {
    let follow = |follower: &str, state: &str| follows::Follow {
        follower: follower.to_owned(),
        followed: COUNCIL.to_owned(),
        ours: false,
        state: state.to_owned(),
        activity: format!("{follower}/follow"),
        document: "{}".to_owned(),
        host: "m.example".to_owned(),
        inbox: "https://m.example/inbox".to_owned(),
        at: NOW,
    };
    let mut tx = db.begin().await?;
    for (name, state) in [("ana", "accepted"), ("bob", "accepted"), ("eve", "pending"), ("bob", "accepted")] {
        follows::put(&mut tx, &follow(&format!("https://m.example/{name}"), state)).await?;
    }
    let what = hosts::Description { software: Some("lemmy"), parvis: false, relay: None };
    hosts::describe(&mut tx, "m.example", &what).await?;
    let inboxes = follows::inboxes_in(&mut tx, COUNCIL).await?;
    assert_eq!(inboxes.len(), 1, "two followers of one server are reached at once");
    assert_eq!(inboxes[0].software.as_deref(), Some("lemmy"));
    tx.commit().await?;
    assert_eq!(follows::count_followers(db, COUNCIL).await?, 2, "who was not accepted does not count");
    assert_eq!(follows::pending(db).await?.len(), 1);
    let page = follows::followers(db, COUNCIL, "https://m.example/ana", 10).await?;
    assert_eq!(page.iter().map(|f| f.follower.as_str()).collect::<Vec<_>>(), ["https://m.example/bob"]);

    let mut tx = db.begin().await?;
    let asked = follows::by_activity_in(&mut tx, "https://m.example/eve/follow").await?.ok_or("there")?;
    assert!(follows::set_state(&mut tx, &asked.follower, &asked.followed, "accepted").await?);
    assert!(follows::remove(&mut tx, "https://m.example/ana", COUNCIL).await?);
    assert!(!follows::remove(&mut tx, "https://m.example/ana", COUNCIL).await?);
    tx.commit().await?;
    assert_eq!(follows::count_followers(db, COUNCIL).await?, 2);
    Ok(())
}

pub async fn an_activity_is_handled_once(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    assert!(received::remember(&mut tx, "https://m.example/1", "https://m.example/ana", NOW).await?);
    assert!(!received::remember(&mut tx, "https://m.example/1", "https://m.example/ana", NOW).await?);
    assert!(received::remember(&mut tx, "https://m.example/2", "https://m.example/ana", NOW + HOUR).await?);
    assert_eq!(received::purge(&mut tx, NOW + 1).await?, 1);
    tx.commit().await?;
    assert!(!received::known(db, "https://m.example/1", "https://m.example/ana").await?);
    assert!(received::known(db, "https://m.example/2", "https://m.example/ana").await?);
    Ok(())
}

fn to(host: &str) -> deliveries::Target {
    deliveries::Target { inbox: format!("https://{host}/inbox"), host: host.to_owned() }
}

pub async fn the_queue_keeps_its_order_and_its_hosts_apart(db: &Db) -> Outcome {
    let everywhere: Vec<_> = (0..10).map(|n| to(&format!("h{n}.example"))).collect();
    for n in 1..=3 {
        let mut tx = db.begin().await?;
        let new = outbox::NewActivity {
            activity: format!("https://rennes.example/activities/{n}"),
            actor: COUNCIL.to_owned(),
            kind: if n == 3 { "Announce" } else { "Create" }.to_owned(),
            object: "b".to_owned(),
            public: n != 2,
            published: format!("2026-03-09T08:02:0{n}Z"),
            document: format!(r#"{{"n":{n}}}"#),
        };
        let seq = outbox::append(&mut tx, &new).await?;
        let listed_twice: Vec<_> = everywhere.iter().chain(&everywhere).cloned().collect();
        assert_eq!(deliveries::enqueue(&mut tx, seq, &listed_twice, NOW).await?, 10, "one row per inbox");
        assert_eq!(deliveries::enqueue(&mut tx, seq, &everywhere, NOW).await?, 0, "and no second time");
        assert_eq!(outbox::boosters_in(&mut tx, "b").await?.len(), usize::from(n == 3));
        tx.commit().await?;
    }
    let said = outbox::page(db, COUNCIL, None, 10).await?;
    assert_eq!(said.iter().map(|a| a.seq).collect::<Vec<_>>(), [3, 1], "public ones, the latest first");
    assert_eq!(outbox::page(db, COUNCIL, Some(("2026-03-09T08:02:03Z", 3)), 10).await?.len(), 1);
    assert_eq!(outbox::count(db, COUNCIL).await?, 2);

    let mut tx = db.begin().await?;
    hosts::set_policy(&mut tx, "h0.example", "blocked", Some("spam")).await?;
    tx.commit().await?;
    let (one, other) = tokio::join!(
        hosts::claim(db, "one", NOW, NOW + 60_000, 5),
        hosts::claim(db, "other", NOW, NOW + 60_000, 5)
    );
    let (one, other) = (names(&one?), names(&other?));
    assert!(one.is_disjoint(&other), "{one:?} {other:?}");
    let both: Vec<_> = one.union(&other).cloned().collect();
    assert_eq!(both, (1..10).map(|n| format!("h{n}.example")).collect::<Vec<_>>(), "all but the blocked one");
    assert!(hosts::claim(db, "third", NOW + 59_999, NOW + 99_999, 50).await?.is_empty(), "leased");
    assert_eq!(hosts::next_at(db).await?, Some(NOW + 60_000), "the first lease to end");
    let late = names(&hosts::claim(db, "third", NOW + 60_000, NOW + 120_000, 50).await?);
    assert_eq!(late.len(), 9, "a lease that was not renewed ends by itself");

    let jobs = deliveries::next_for_host(db, "h1.example", NOW, 2).await?;
    let told: Vec<_> = jobs.iter().map(|j| (j.seq, j.activity.as_str(), j.document.as_str())).collect();
    assert_eq!(told[0], (1, "https://rennes.example/activities/1", r#"{"n":1}"#));
    assert_eq!(told[1].0, 2, "in the order in which they were said");
    let mut tx = db.begin().await?;
    assert!(!hosts::renew(&mut tx, "h1.example", "one", NOW).await?, "it is the third worker's by now");
    assert!(hosts::renew(&mut tx, "h1.example", "third", NOW + 180_000).await?);
    deliveries::delivered(&mut tx, &jobs[0], 202, NOW + 1).await?;
    deliveries::refused(&mut tx, &jobs[1], 422, "Unprocessable", NOW + 2).await?;
    hosts::well(&mut tx, "h1.example", NOW + 2).await?;
    hosts::release(&mut tx, "h1.example", "one").await?;
    tx.commit().await?;
    let host = hosts::get(db, "h1.example").await?.ok_or("known")?;
    assert_eq!((host.lease_owner.as_deref(), host.last_seen_at), (Some("third"), Some(NOW + 2)));
    let left = deliveries::next_for_host(db, "h1.example", NOW, 9).await?;
    assert_eq!(left.iter().map(|j| j.seq).collect::<Vec<_>>(), [3]);
    let rows = deliveries::of_activity(db, 2).await?;
    let refused = rows.iter().find(|d| d.host == "h1.example").ok_or("its row")?;
    assert_eq!((refused.state, refused.last_status, refused.attempts), (deliveries::REFUSED, Some(422), 1));
    Ok(())
}

pub async fn a_silent_host_waits_and_comes_back(db: &Db) -> Outcome {
    let jobs = deliveries::next_for_host(db, "h2.example", NOW, 1).await?;
    let mut tx = db.begin().await?;
    deliveries::tried(&mut tx, &jobs[0], None, "timed out").await?;
    let failure =
        hosts::Failure { fails: 1, next_at: NOW + HOUR, first_fail_at: NOW, state: hosts::BACKING_OFF };
    hosts::failed(&mut tx, "h2.example", &failure).await?;
    for n in 1..10 {
        hosts::release(&mut tx, &format!("h{n}.example"), "third").await?;
    }
    tx.commit().await?;
    let now = names(&hosts::claim(db, "w", NOW + HOUR - 1, NOW + HOUR, 50).await?);
    assert!(!now.contains("h2.example") && now.len() == 8, "its rows wait with it, those of others do not");
    let later = names(&hosts::claim(db, "w", NOW + HOUR, NOW + 2 * HOUR, 50).await?);
    assert!(later.contains("h2.example"));
    let queues = deliveries::waiting(db).await?;
    let queue = queues.iter().find(|q| q.host == "h2.example").ok_or("it waits")?;
    assert_eq!((queue.waiting, queue.fails, queue.oldest_at), (3, 1, NOW));
    assert_eq!((queue.attempts, queue.last_error.as_deref()), (1, Some("timed out")));

    let mut tx = db.begin().await?;
    hosts::well(&mut tx, "h2.example", NOW + HOUR).await?;
    assert_eq!(deliveries::give_up_host(&mut tx, "h0.example", "blocked", NOW).await?, 3);
    assert_eq!(deliveries::give_up_inbox(&mut tx, &to("h3.example"), "gone", NOW).await?, 3);
    tx.commit().await?;
    let counts: Vec<_> = deliveries::counts(db).await?.into_iter().map(|c| (c.state, c.total)).collect();
    assert_eq!(counts, [(0, 22), (1, 1), (2, 1), (3, 6)]);
    let mut tx = db.begin().await?;
    assert_eq!(deliveries::purge(&mut tx, NOW + 2).await?, 7, "what was done before; what waits stays");
    hosts::synced(&mut tx, "h1.example", 42, NOW).await?;
    tx.commit().await?;
    assert_eq!(hosts::get(db, "h1.example").await?.map(|h| h.changes_since), Some(42));
    Ok(())
}

fn names(claimed: &[hosts::Host]) -> BTreeSet<String> {
    claimed.iter().map(|host| host.host.clone()).collect()
}
