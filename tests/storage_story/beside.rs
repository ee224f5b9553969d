//! What stands beside the register: replies, reactions, drafts, files, tasks.

use parvis::storage::{Db, audit, drafts, media, reactions, replies, settings, sources, tasks};

use crate::{COUNCIL, HOUR, NOW, Outcome, reply::keep};

pub async fn citizens_say_things_beside_the_register(db: &Db) -> Outcome {
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
    assert!(keep(db, &reply).await);
    let stolen =
        replies::Reply { author: "https://evil.example/x".into(), content: "non".into(), ..reply.clone() };
    assert!(!keep(db, &stolen).await, "nobody writes over another's reply");
    let mut tx = db.begin().await?;
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
    let tally: Vec<_> =
        reactions::counts(db, &["r1"]).await?.into_iter().map(|t| (t.kind, t.total)).collect();
    assert_eq!(tally, [("Announce".to_owned(), 1), ("Like".to_owned(), 1)], "one of each per actor");

    let mut tx = db.begin().await?;
    let decision = replies::Decision { state: "approved", by: "anna", at: NOW, reason: None };
    assert!(replies::decide(&mut tx, &reply.uri, &decision).await?);
    let deed = audit::Deed {
        operator: "anna",
        role: "person",
        action: "approve",
        subject: &reply.uri,
        reason: None,
    };
    audit::add(&mut tx, &deed, NOW).await?;
    tx.commit().await?;
    assert_eq!(replies::approved(db, "r1", None, 10).await?[0].content, "<p>Oui</p>");
    assert_eq!(audit::about(db, &reply.uri).await?[0].operator, "anna");
    assert_eq!(audit::latest(db, None, 10).await?.len(), 1);

    let mut tx = db.begin().await?;
    assert!(replies::erase(&mut tx, &reply.uri, "digest", NOW).await?);
    tx.commit().await?;
    assert_eq!(replies::get(db, &reply.uri).await?, None, "the bytes are gone");
    let again = replies::Arrival {
        activity: "https://m.example/again",
        actor: &reply.author,
        origin: "https://m.example",
        uri: &reply.uri,
        digest: "digest",
        written: None,
    };
    let upto = replies::Counting { since: 0, by_author: 10, by_server: 10 };
    let before = replies::before(db, &again, &["r1"], &upto).await?;
    assert!(before.erased && !before.handled && before.author.is_none(), "{before:?}");
    assert!(!replies::put(db, &reply, &again).await?, "it does not come back");
    assert!(replies::before(db, &again, &["r1"], &upto).await?.handled);
    Ok(())
}

pub async fn work_at_hand(db: &Db) -> Outcome {
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
    drafts::put(&mut tx, &drafts::Draft { uri: "second".into(), body: "{1}".into(), ..draft.clone() })
        .await?;
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

    assert_eq!(
        drafts::get(db, &draft.reference).await?.map(|d| (d.uri, d.body)),
        Some(("first".into(), "{1}".into()))
    );
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
