//! The register, and what is derived from it.

use parvis::{
    Error,
    storage::{Db, links, records, search, versions},
};

use crate::{CITY, COUNCIL, NANCY, NOW, Outcome};

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
        document: format!(
            r#"{{"id":"{uri}","n":{number},"é":"\u2028","proof":{{"proofValue":"z{number}"}}}}"#
        ),
        received_at: NOW + number,
    }
}

pub async fn a_chain_of_versions_is_appended_in_order(db: &Db) -> Outcome {
    assert_eq!(versions::last_seq(db).await?, 0);
    let mut tx = db.begin().await?;
    for (uri, number, author) in [("b", 1, COUNCIL), ("n", 1, NANCY), ("a", 1, CITY), ("b", 2, COUNCIL)] {
        versions::append(&mut tx, &version(uri, number, author)).await?;
    }
    assert_eq!(versions::current_in(&mut tx, "b").await?.map(|v| v.version), Some(2));
    tx.commit().await?;

    let all: Vec<_> =
        versions::all(db, 0, 10).await?.into_iter().map(|v| (v.seq, v.uri, v.version)).collect();
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

pub async fn what_is_not_committed_never_was(db: &Db) -> Outcome {
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

pub async fn the_current_state_of_records_is_listed_and_linked(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let avis = record("b", "Avis", "2026-03-09T08:02:00Z", 1);
    assert!(records::put(&mut tx, &avis).await?);
    let corrected =
        records::Row { version: 2, seq: 4, first_seq: 4, title: "Corrigé".into(), ..avis.clone() };
    assert!(records::put(&mut tx, &corrected).await?);
    assert!(!records::put(&mut tx, &avis).await?, "an older version that comes late changes nothing");
    for number in [2, 1] {
        let uri = format!("r{number}");
        let row = record(&uri, "Recommendation", &format!("2026-03-09T08:02:0{number}Z"), 10 + number);
        let row =
            records::Row { avis: Some("b".into()), number: Some(number), parent: Some("b".into()), ..row };
        records::put(&mut tx, &row).await?;
    }
    for (uri, target, at) in [("x2", "r1", "11"), ("x1", "r2", "10"), ("x3", "r1", "10")] {
        let row =
            record(uri, "Answer", &format!("2026-04-{at}T00:00:00Z"), 20 + i64::from(uri.as_bytes()[1]));
        records::put(&mut tx, &row).await?;
        links::put(&mut tx, uri, &[("recommendation", target), ("theme", "eau"), ("theme", "eau")]).await?;
    }
    let received =
        records::Row { ours: false, author: NANCY.into(), ..record("n", "Avis", "2026-03-10T00:00:00Z", 2) };
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

pub async fn paging_by_key_shows_each_record_once(db: &Db) -> Outcome {
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

pub async fn search_answers_in_french(db: &Db) -> Outcome {
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

pub async fn the_register_is_withdrawn_erased_and_rebuilt(db: &Db) -> Outcome {
    let mut tx = db.begin().await?;
    let tombstone =
        versions::NewVersion { document: r#"{"type":"Tombstone"}"#.to_owned(), ..version("b", 3, COUNCIL) };
    let seq = versions::append(&mut tx, &tombstone).await?;
    let row =
        records::Row { withdrawn: true, version: 3, ..record("b", "Avis", "2026-03-09T08:02:00Z", seq) };
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

fn uris(rows: &[records::Row]) -> Vec<&str> {
    rows.iter().map(|row| row.uri.as_str()).collect()
}

pub async fn who_reads_while_others_write_misses_nothing(url: &str) -> Outcome {
    let db = Db::open(url).await?;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for n in 0..20 {
                    let mut tx = db.begin().await?;
                    versions::append(&mut tx, &version(&format!("{writer}/{n}"), 1, COUNCIL)).await?;
                    if n % 5 == 0 {
                        tx.rollback().await?;
                    } else {
                        tx.commit().await?;
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let all_wrote = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let page = versions::changes(&db, seen.last().copied().unwrap_or(0), 7).await?;
        if all_wrote && page.is_empty() {
            break;
        }
        seen.extend(page.into_iter().map(|version| version.seq));
    }
    for writer in writers {
        writer.await??;
    }
    assert_eq!(seen, (1..=8 * 16).collect::<Vec<i64>>(), "each once, in order, none jumped over");
    db.close().await;
    Ok(())
}
