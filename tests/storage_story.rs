//! One story of the storage, told on SQLite and on PostgreSQL with the same words and the same ends: a
//! council publishes, is followed, delivers, corrects, withdraws; a peer's records come in.

mod support;

use std::collections::BTreeSet;

use parvis::{
    Error,
    storage::{
        Db, actors, audit, deliveries, drafts, follows, hosts, keys, links, media, outbox, reactions, received,
        records, replies, search, settings, sources, tasks, versions,
    },
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const HOUR: i64 = 3_600_000;
const NOW: i64 = 1_773_043_320_000;
const COUNCIL: &str = "https://rennes.example/actors/ccnr";
const CITY: &str = "https://rennes.example/actors/mairie";
const NANCY: &str = "https://nancy.example/actors/conseil";

#[tokio::test]
async fn the_story_on_sqlite() -> Outcome {
    let dir = tempfile::tempdir()?;
    let url = format!("sqlite:{}", dir.path().join("parvis.sqlite").display());
    story(&url).await?;
    a_file_of_its_owner_alone(&dir.path().join("parvis.sqlite")).await
}

#[tokio::test]
async fn the_story_on_postgresql() -> Outcome {
    story(&support::postgres::fresh_database()).await
}

async fn story(url: &str) -> Outcome {
    let db = Db::open(url).await?;
    assert!(db.prepare_all().await? > 100, "every registered statement is prepared");
    db.ping(NOW).await?;

    a_chain_of_versions_is_appended_in_order(&db).await?;
    what_is_not_committed_never_was(&db).await?;
    the_current_state_of_records_is_listed_and_linked(&db).await?;
    paging_by_key_shows_each_record_once(&db).await?;
    search_answers_in_french(&db).await?;
    actors_and_keys(&db).await?;
    followers_share_inboxes(&db).await?;
    an_activity_is_handled_once(&db).await?;
    the_queue_keeps_its_order_and_its_hosts_apart(&db).await?;
    a_silent_host_waits_and_comes_back(&db).await?;
    citizens_say_things_beside_the_register(&db).await?;
    work_at_hand(&db).await?;
    the_register_is_withdrawn_erased_and_rebuilt(&db).await?;

    // A second start finds everything and migrates nothing.
    db.close().await;
    let again = Db::open(url).await?;
    assert_eq!(versions::count(&again).await?, 5);
    again.close().await;
    assert!(matches!(versions::count(&again).await, Err(Error::Unavailable { .. })));
    Ok(())
}

fn version(uri: &str, number: i64, author: &str) -> versions::NewVersion {
    let hash = |n: i64| format!("sha256:{uri}#{n}");
    versions::NewVersion {
        uri: uri.to_owned(),
        version: number,
        hash: hash(number),
        previous: (number > 1).then(|| hash(number - 1)),
        kind: "Avis".to_owned(),
        author: author.to_owned(),
        origin: "rennes.example".to_owned(),
        ours: author != NANCY,
        proof: "valid".to_owned(),
        document: format!(r#"{{"id":"{uri}","n":{number},"é":"\u2028","proof":{{"proofValue":"z{number}"}}}}"#),
        received_at: NOW + number,
    }
}

async fn a_chain_of_versions_is_appended_in_order(db: &Db) -> Outcome {
    assert_eq!(versions::last_seq(db).await?, 0);
    let mut tx = db.begin().await?;
    for (uri, number, author) in [("b", 1, COUNCIL), ("n", 1, NANCY), ("a", 1, CITY), ("b", 2, COUNCIL)] {
        versions::append(&mut tx, &version(uri, number, author)).await?;
    }
    assert_eq!(versions::current_in(&mut tx, "b").await?.map(|v| v.version), Some(2));
    tx.commit().await?;

    let all: Vec<_> = versions::all(db, 0, 10).await?.into_iter().map(|v| (v.seq, v.uri, v.version)).collect();
    assert_eq!(all, [(1, "b".into(), 1), (2, "n".into(), 1), (3, "a".into(), 1), (4, "b".into(), 2)]);
    let ours: Vec<_> = versions::changes(db, 1, 10).await?.into_iter().map(|v| v.seq).collect();
    assert_eq!(ours, [3, 4], "changes are what our own authors published after the given number");
    let history = versions::history(db, "b").await?;
    assert_eq!(history[1].previous.as_ref(), Some(&history[0].hash));
    assert_eq!(history[0].document.as_deref(), Some(version("b", 1, COUNCIL).document.as_str()), "exactly");
    let heads: Vec<_> = versions::heads(db).await?.iter().map(versions::Head::line).collect();
    assert_eq!(heads, ["n 1 sha256:n#1", "b 2 sha256:b#2", "a 1 sha256:a#1"], "sorted by author, then id");
    assert_eq!(versions::heads_of(db, NANCY).await?.len(), 1);
    Ok(())
}

async fn what_is_not_committed_never_was(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let twice = versions::append(&mut tx, &version("b", 2, COUNCIL)).await;
    assert!(matches!(twice, Err(Error::Conflict { .. })), "a version is appended once: {twice:?}");
    drop(tx);
    let mut tx = db.begin().await?;
    assert_eq!(versions::append(&mut tx, &version("c", 1, CITY)).await?, 5, "no number is lost");
    tx.rollback().await?;
    assert_eq!(versions::last_seq(db).await?, 4);
    assert_eq!(versions::get(db, "c", 1).await?, None);
    Ok(())
}

fn record(uri: &str, kind: &str, published: &str, seq: i64) -> records::Row {
    records::Row {
        uri: uri.to_owned(),
        kind: kind.to_owned(),
        author: COUNCIL.to_owned(),
        origin: "rennes.example".to_owned(),
        ours: true,
        context: "thread".to_owned(),
        parent: None,
        question: Some("question".to_owned()),
        avis: None,
        addressee: None,
        audience: None,
        slug: uri.to_owned(),
        reference: None,
        title: format!("Titre de {uri}"),
        lang: "fr".to_owned(),
        number: None,
        decision: None,
        status: None,
        synthetic: false,
        withdrawn: false,
        version: 1,
        hash: format!("sha256:{uri}#1"),
        proof: "valid".to_owned(),
        published: published.to_owned(),
        updated: None,
        seq,
        first_seq: seq,
        document: "{}".to_owned(),
    }
}

async fn the_current_state_of_records_is_listed_and_linked(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let avis = record("b", "Avis", "2026-03-09T08:02:00Z", 1);
    assert!(records::put(&mut tx, &avis).await?);
    let corrected = records::Row { version: 2, seq: 4, first_seq: 4, title: "Corrigé".into(), ..avis.clone() };
    assert!(records::put(&mut tx, &corrected).await?);
    assert!(!records::put(&mut tx, &avis).await?, "an older version that comes late changes nothing");
    for number in [2, 1] {
        let uri = format!("r{number}");
        let row = record(&uri, "Recommendation", &format!("2026-03-09T08:02:0{number}Z"), 10 + number);
        let row = records::Row { avis: Some("b".into()), number: Some(number), parent: Some("b".into()), ..row };
        records::put(&mut tx, &row).await?;
    }
    for (uri, target, at) in [("x2", "r1", "11"), ("x1", "r2", "10"), ("x3", "r1", "10")] {
        let row = record(uri, "Answer", &format!("2026-04-{at}T00:00:00Z"), 20 + i64::from(uri.as_bytes()[1]));
        records::put(&mut tx, &row).await?;
        links::put(&mut tx, uri, &[("recommendation", target), ("theme", "eau"), ("theme", "eau")]).await?;
    }
    let received = records::Row { ours: false, author: NANCY.into(), ..record("n", "Avis", "2026-03-10T00:00:00Z", 2) };
    records::put(&mut tx, &received).await?;
    tx.commit().await?;

    let now = records::get(db, "b").await?.ok_or("it is there")?;
    assert_eq!((now.version, now.seq, now.first_seq, now.title.as_str()), (2, 4, 1, "Corrigé"));
    assert_eq!(records::by_slug(db, "Avis", "b").await?.map(|r| r.uri), Some("b".into()));
    assert_eq!(records::by_slug(db, "Avis", "n").await?, None, "others' records have no page of ours");
    let page = records::Page::first(10);
    assert_eq!(uris(&records::by_kind(db, "Avis", &page).await?), ["n", "b"], "the latest first");
    assert_eq!(uris(&records::by_kind_ours(db, "Avis", &page).await?), ["b"]);
    assert_eq!(uris(&records::received(db, &page).await?), ["n"]);
    assert_eq!(uris(&records::by_author(db, NANCY, "Avis", &page).await?), ["n"]);
    assert_eq!(uris(&records::by_avis(db, "b").await?), ["r1", "r2"], "by number");
    assert_eq!(uris(&records::by_parent(db, "b", &page).await?), ["r1", "r2"]);
    assert_eq!(uris(&records::by_uris(db, &["r2", "nobody", "b"]).await?), ["b", "r2"]);
    let answers = records::concerning(db, &["r2", "r1"], "recommendation").await?;
    let answers: Vec<_> = answers.iter().map(|a| (a.target.as_str(), a.record.uri.as_str())).collect();
    assert_eq!(answers, [("r1", "x3"), ("r1", "x2"), ("r2", "x1")], "by target, the oldest first");
    assert_eq!(links::of_source(db, "x1").await?.len(), 2, "a pair named twice counts once");
    assert_eq!(links::targets(db, "theme").await?[0].total, 3);
    let counts: Vec<_> = records::counts(db).await?.into_iter().map(|c| (c.kind, c.ours, c.total)).collect();
    let expected = [("Answer", true, 3), ("Avis", false, 1), ("Avis", true, 1), ("Recommendation", true, 2)];
    assert_eq!(counts, expected.map(|(kind, ours, n)| (kind.to_owned(), ours, n)));

    let mut tx = db.begin().await?;
    let same_slug = records::Row { slug: "b".into(), ..record("d", "Avis", "2026-05-01T00:00:00Z", 30) };
    assert!(matches!(records::put(&mut tx, &same_slug).await, Err(Error::Conflict { .. })));
    Ok(())
}

async fn paging_by_key_shows_each_record_once(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    // Several of the same second; ids that a French collation would sort otherwise than bytes do.
    for (n, uri) in ["é", "e", "Z", "a-b", "ab", "a_b", "É", "zz", "10", "9"].into_iter().enumerate() {
        let published = format!("2026-06-01T00:00:0{}Z", n / 4);
        records::put(&mut tx, &record(uri, "Report", &published, 100 + i64::try_from(n)?)).await?;
    }
    tx.commit().await?;
    let (mut down, mut after) = (Vec::new(), None);
    loop {
        let page = records::by_kind(db, "Report", &records::Page { after, limit: 3 }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
        down.extend(page.into_iter().map(|row| row.uri));
    }
    assert_eq!(down, ["9", "10", "É", "zz", "ab", "a_b", "é", "e", "a-b", "Z"]);
    let (mut up, mut after) = (Vec::new(), None);
    loop {
        let page = records::by_context(db, "thread", &records::Page { after, limit: 2 }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
        up.extend(page.into_iter().filter(|row| row.kind == "Report").map(|row| row.uri));
    }
    up.reverse();
    assert_eq!(up, down, "the same order, from the other end");
    Ok(())
}

async fn search_answers_in_french(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    search::put(&mut tx, "b", "Les surfaces artificielles autour de l’école : végétaliser la cour").await?;
    search::put(&mut tx, "r1", "Écoles et collèges : de l'eau pour les citoyens").await?;
    search::put(&mut tx, "nobody", "école").await?;
    tx.commit().await?;
    let page = records::Page::first(10);
    for (query, found) in [
        ("ecole", vec!["r1", "b"]),
        ("ÉCOLES", vec!["r1", "b"]),
        ("d'école citoyen", vec!["r1"]),
        ("artificielle cours", vec!["b"]),
        ("école piscine", vec![]),
        ("\"eau\" OR* -école:(", vec![]),
        ("eau & !école | 'x", vec![]),
        ("", vec![]),
        ("' \" *", vec![]),
    ] {
        assert_eq!(uris(&search::find(db, query, &page).await?), found, "{query}");
    }
    let first = search::find(db, "école", &records::Page::first(1)).await?;
    let second = search::find(db, "école", &records::Page::after(first[0].cursor(), 1)).await?;
    assert_eq!((uris(&first), uris(&second)), (vec!["r1"], vec!["b"]));

    let mut tx = db.begin().await?;
    search::put(&mut tx, "r1", "Piscines").await?;
    search::remove(&mut tx, "b").await?;
    tx.commit().await?;
    assert!(search::find(db, "école", &page).await?.is_empty(), "what was said before is no longer found");
    assert_eq!(uris(&search::find(db, "piscine", &page).await?), ["r1"]);
    Ok(())
}

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

async fn actors_and_keys(db: &Db) -> Outcome {
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

async fn followers_share_inboxes(db: &Db) -> Outcome {
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

async fn an_activity_is_handled_once(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    assert!(received::remember(&mut tx, "https://m.example/1", "https://m.example/ana", NOW).await?);
    assert!(!received::remember(&mut tx, "https://m.example/1", "https://m.example/ana", NOW).await?);
    assert!(received::remember(&mut tx, "https://m.example/2", "https://m.example/ana", NOW + HOUR).await?);
    assert_eq!(received::purge(&mut tx, NOW + 1).await?, 1);
    tx.commit().await?;
    assert!(!received::known(db, "https://m.example/1").await?);
    assert!(received::known(db, "https://m.example/2").await?);
    Ok(())
}

fn to(host: &str) -> deliveries::Target {
    deliveries::Target { inbox: format!("https://{host}/inbox"), host: host.to_owned() }
}

async fn the_queue_keeps_its_order_and_its_hosts_apart(db: &Db) -> Outcome {
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
    assert_eq!(outbox::page(db, COUNCIL, Some(3), 10).await?.len(), 1);
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

    let jobs = deliveries::next_for_host(db, "h1.example", 0, 2).await?;
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
    let left = deliveries::next_for_host(db, "h1.example", 0, 9).await?;
    assert_eq!(left.iter().map(|j| j.seq).collect::<Vec<_>>(), [3]);
    let rows = deliveries::of_activity(db, 2).await?;
    let refused = rows.iter().find(|d| d.host == "h1.example").ok_or("its row")?;
    assert_eq!((refused.state, refused.last_status, refused.attempts), (deliveries::REFUSED, Some(422), 1));
    Ok(())
}

async fn a_silent_host_waits_and_comes_back(db: &Db) -> Outcome {
    let jobs = deliveries::next_for_host(db, "h2.example", 0, 1).await?;
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

async fn citizens_say_things_beside_the_register(db: &Db) -> Outcome {
    let reply = replies::Reply {
        uri: "https://m.example/notes/1".to_owned(),
        author: "https://m.example/ana".to_owned(),
        author_name: "Ana".to_owned(),
        author_handle: "ana@m.example".to_owned(),
        parent: "r1".to_owned(),
        content: "<p>Oui</p>".to_owned(),
        lang: None,
        published: "2026-04-01T00:00:00Z".to_owned(),
        updated: None,
        received_at: NOW,
        state: "held".to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    let mut tx = db.begin().await?;
    assert!(replies::put(&mut tx, &reply).await?);
    let stolen = replies::Reply { author: "https://evil.example/x".into(), content: "non".into(), ..reply.clone() };
    assert!(!replies::put(&mut tx, &stolen).await?, "nobody writes over another's reply");
    let like = |kind: &str, activity: &str| reactions::Reaction {
        actor: "https://m.example/ana".to_owned(),
        object: "r1".to_owned(),
        kind: kind.to_owned(),
        activity: activity.to_owned(),
        at: NOW,
    };
    for (kind, activity) in [("Like", "l1"), ("Like", "l2"), ("Announce", "a1")] {
        reactions::put(&mut tx, &like(kind, activity)).await?;
    }
    assert!(!reactions::remove_activity(&mut tx, "https://evil.example/x", "a1").await?);
    tx.commit().await?;
    assert!(replies::approved(db, "r1", None, 10).await?.is_empty(), "held");
    let tally: Vec<_> = reactions::counts(db, &["r1"]).await?.into_iter().map(|t| (t.kind, t.total)).collect();
    assert_eq!(tally, [("Announce".to_owned(), 1), ("Like".to_owned(), 1)], "one of each per actor");

    let mut tx = db.begin().await?;
    let decision = replies::Decision { state: "approved", by: "anna", at: NOW, reason: None };
    assert!(replies::decide(&mut tx, &reply.uri, &decision).await?);
    let deed = audit::Deed { operator: "anna", role: "person", action: "approve", subject: &reply.uri, reason: None };
    audit::add(&mut tx, &deed, NOW).await?;
    tx.commit().await?;
    assert_eq!(replies::approved(db, "r1", None, 10).await?[0].content, "<p>Oui</p>");
    assert_eq!(audit::about(db, &reply.uri).await?[0].operator, "anna");
    assert_eq!(audit::latest(db, None, 10).await?.len(), 1);

    let mut tx = db.begin().await?;
    assert!(!replies::was_erased(&mut tx, "digest").await?);
    assert!(replies::erase(&mut tx, &reply.uri, "digest", NOW).await?);
    assert!(replies::was_erased(&mut tx, "digest").await?);
    tx.commit().await?;
    assert_eq!(replies::get(db, &reply.uri).await?, None, "the bytes are gone");
    Ok(())
}

async fn work_at_hand(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let draft = drafts::Draft {
        reference: "rennes/ccnr/avis-1".to_owned(),
        uri: "first".to_owned(),
        kind: "Avis".to_owned(),
        author: COUNCIL.to_owned(),
        body: "{}".to_owned(),
        publish_at: Some(NOW),
        created_at: NOW,
        updated_at: NOW,
    };
    drafts::put(&mut tx, &draft).await?;
    drafts::put(&mut tx, &drafts::Draft { uri: "second".into(), body: "{1}".into(), ..draft.clone() }).await?;
    let source = sources::Source {
        reference: draft.reference.clone(),
        uri: "b".to_owned(),
        kind: "Avis".to_owned(),
        digest: "one".to_owned(),
    };
    sources::put(&mut tx, &source).await?;
    sources::put(&mut tx, &sources::Source { digest: "two".into(), ..source }).await?;
    let file = media::File {
        hash: "00".to_owned(),
        media_type: "application/pdf".to_owned(),
        length: 4,
        bytes: vec![0, 255, 13, 10],
        created_at: NOW,
    };
    assert!(media::put(&mut tx, &file).await?);
    assert!(!media::put(&mut tx, &file).await?);
    assert_eq!(settings::put_once(&mut tx, "salt", "one").await?, "one");
    assert_eq!(settings::put_once(&mut tx, "salt", "two").await?, "one", "chosen once");
    tasks::schedule(&mut tx, "catch-up", "nancy.example", NOW).await?;
    tasks::schedule(&mut tx, "probe", "h2.example", NOW - 1).await?;
    tasks::schedule_sooner(&mut tx, "probe", "h2.example", NOW + 1).await?;
    tx.commit().await?;

    assert_eq!(drafts::get(db, &draft.reference).await?.map(|d| (d.uri, d.body)), Some(("first".into(), "{1}".into())));
    assert!(drafts::due(db, NOW - 1, 10).await?.is_empty());
    assert_eq!(drafts::due(db, NOW, 10).await?.len(), 1);
    assert_eq!(sources::by_uri(db, "b").await?.map(|s| s.digest), Some("two".into()));
    assert_eq!(media::get(db, "00").await?, Some(file));

    let mine = tasks::claim(db, "w", NOW, NOW + HOUR, 10).await?;
    assert_eq!(mine.iter().map(|t| t.kind.as_str()).collect::<Vec<_>>(), ["probe", "catch-up"]);
    assert!(tasks::claim(db, "v", NOW, NOW + HOUR, 10).await?.is_empty());
    let mut tx = db.begin().await?;
    tasks::schedule(&mut tx, "probe", "h2.example", NOW + 9).await?;
    tasks::done(&mut tx, &mine[0]).await?;
    tasks::retry(&mut tx, &mine[1], NOW + 5, "refused").await?;
    tx.commit().await?;
    let probe = tasks::get(db, "probe", "h2.example").await?.ok_or("set for later meanwhile: it stays")?;
    assert_eq!((probe.due_at, probe.lease_owner, probe.attempts), (NOW + 9, None, 0));
    let catch_up = tasks::claim(db, "v", NOW + 5, NOW + HOUR, 10).await?;
    assert_eq!((catch_up[0].attempts, catch_up[0].last_error.as_deref()), (2, Some("refused")));
    let mut tx = db.begin().await?;
    tasks::done(&mut tx, &mine[1]).await?;
    tx.commit().await?;
    assert_eq!(tasks::all(db).await?.len(), 2, "who lost the lease does not end another's task");
    let mut tx = db.begin().await?;
    tasks::done(&mut tx, &catch_up[0]).await?;
    tx.commit().await?;
    assert_eq!(tasks::next_at(db).await?, Some(NOW + 9));
    Ok(())
}

async fn the_register_is_withdrawn_erased_and_rebuilt(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let mut tombstone = version("b", 3, COUNCIL);
    tombstone.document = r#"{"type":"Tombstone"}"#.to_owned();
    let seq = versions::append(&mut tx, &tombstone).await?;
    let row = records::Row { withdrawn: true, version: 3, ..record("b", "Avis", "2026-03-09T08:02:00Z", seq) };
    assert!(records::put(&mut tx, &row).await?);
    assert!(versions::erase(&mut tx, "b", 2, NOW).await?);
    assert!(!versions::erase(&mut tx, "b", 2, NOW + 1).await?, "erased once");
    assert!(matches!(versions::erase(&mut tx, "b", 9, NOW).await, Err(Error::NotFound { .. })));
    tx.commit().await?;

    assert_eq!(seq, 5);
    let history = versions::history(db, "b").await?;
    assert_eq!(history.iter().map(|v| v.document.is_some()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(history[1].proof_json.as_deref(), Some(r#"{"proofValue":"z2"}"#), "the proof stays");
    assert_eq!((history[1].erased_at, history[1].hash.as_str()), (Some(NOW), "sha256:b#2"), "and the hash");
    assert!(records::counts_of(db, COUNCIL).await?.iter().all(|count| count.kind != "Avis"), "withdrawn");
    assert_eq!(versions::changes(db, 4, 10).await?[0].version, 3, "a withdrawal is a change like another");

    let before = records::ours(db, &records::Page::first(100)).await?;
    let mut tx = db.begin().await?;
    search::clear(&mut tx).await?;
    links::clear(&mut tx).await?;
    records::clear(&mut tx).await?;
    assert_eq!(versions::all_in(&mut tx, 0, 100).await?.len(), 5);
    for row in &before {
        records::put(&mut tx, row).await?;
    }
    tx.commit().await?;
    assert_eq!(records::ours(db, &records::Page::first(100)).await?, before);
    Ok(())
}

async fn a_file_of_its_owner_alone(file: &std::path::Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = |path: &std::path::Path| std::fs::metadata(path).map(|m| m.permissions().mode() & 0o777);
    assert_eq!(rights(file)?, 0o600);
    let db = Db::open(&format!("sqlite:{}", file.display())).await?;
    let copy = file.with_extension("copy");
    db.snapshot(&copy).await?;
    assert!(matches!(db.snapshot(&copy).await, Err(Error::Conflict { .. })), "nothing is written over");
    db.close().await;
    assert_eq!(rights(&copy)?, 0o600);
    let copied = Db::open(&format!("sqlite:{}", copy.display())).await?;
    assert_eq!(versions::count(&copied).await?, 5, "the copy is whole");
    copied.close().await;
    Ok(())
}

fn uris(rows: &[records::Row]) -> Vec<&str> {
    rows.iter().map(|row| row.uri.as_str()).collect()
}

fn names(claimed: &[hosts::Host]) -> BTreeSet<String> {
    claimed.iter().map(|host| host.host.clone()).collect()
}
