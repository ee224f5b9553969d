//! Rows O: what claims to be a record of the register. The worst of all attacks is here: a forged official
//! answer (O33).

use parvis::{domain::activity::PUBLIC, storage};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, LYON, NEIGHBOUR, Who, document},
    message::Message,
    oracle::Verdict,
};

fn forbidden() -> Verdict {
    Verdict::new(403, "forbidden")
}

/// Lyon's own proven answer is taken, counts, and our council boosts it.
async fn answered(city: &City) -> Value {
    let answer = city.proven(LYON, &city.answer(LYON, &city.theirs));
    let before = city.statuses().await;
    city.accepted(&city.says(LYON, "Create", answer.clone())).await;
    assert_ne!(city.statuses().await, before, "the answer of the one who was asked counts");
    assert_eq!(
        (city.record(&answer).await.unwrap().proof.as_str(), city.boosts(&answer).await),
        ("valid", 1)
    );
    answer
}

#[tokio::test]
async fn o33_an_answer_counts_only_from_the_one_who_was_asked() {
    let city = City::new().await;
    answered(&city).await;
    city.meet(&[ALICE, EVE, NEIGHBOUR]).await;
    let before = (city.statuses().await, city.get("/avis/a1").await.body);
    for who in [ALICE, EVE, NEIGHBOUR] {
        for to in [&city.theirs, &city.ours] {
            // With the terms of the register, signed or not: a reply like any other, held for a person.
            let answer = city.answer(who, to);
            for said in [answer.clone(), city.proven(who, &city.answer(who, to))] {
                city.accepted(&city.says(who, "Create", said.clone())).await;
                assert!(city.record(&said).await.is_none(), "not in the register");
                assert_eq!(city.reply(&said).await.unwrap().state, "held");
                assert_eq!(city.boosts(&said).await, 0, "our council passes nothing on");
            }
            let mut follow_up = city.answer(who, to);
            follow_up["parvis:kind"] = json!("parvis:FollowUp");
            follow_up["parvis:status"] = json!("parvis:done");
            city.accepted(&city.says(who, "Create", follow_up.clone())).await;
            assert!(city.record(&follow_up).await.is_none());
        }
    }
    assert_eq!((city.statuses().await, city.get("/avis/a1").await.body), before);
}

#[tokio::test]
async fn o33_nobody_speaks_for_the_one_who_was_asked() {
    let city = City::new().await;
    let answer = answered(&city).await;
    city.meet(&[ALICE, EVE, NEIGHBOUR]).await;
    let statuses = city.statuses().await;
    let forged = |proven: Option<Who>| {
        let forged = city.answer(LYON, &city.theirs);
        proven.map_or(forged.clone(), |who| city.proven(who, &forged))
    };
    // Carried by somebody else, also with a proof that holds.
    for who in [ALICE, EVE, NEIGHBOUR] {
        for said in [forged(None), forged(Some(who)), forged(Some(LYON))] {
            for kind in ["Create", "Update", "Delete"] {
                city.refused(&city.says(who, kind, said.clone()), forbidden()).await;
            }
            // Passed on: nothing of it is read.
            city.ignored(&city.says(who, "Announce", said.clone()), &[]).await;
            city.ignored(
                &city.says(
                    who,
                    "Announce",
                    json!({"id": city.fresh(LYON, "said"), "type": "Create", "object": said}),
                ),
                &[],
            )
            .await;
        }
        // The next version of the true answer, and its end.
        for next in [City::next(&answer), city.proven(who, &City::next(&answer))] {
            city.refused(&city.says(who, "Update", next.clone()), forbidden()).await;
            let mut taken = next;
            taken["attributedTo"] = json!(city.id(who));
            city.refused(&city.says(who, "Update", taken), forbidden()).await;
        }
    }
    // A proof by another key than its author's, under that key's name and under the author's.
    let by_another = city.proven(NEIGHBOUR, &city.answer(LYON, &city.theirs));
    let asked = format!("{}.localhost{}", LYON.0, LYON.1);
    let unknown = Verdict::new(400, "proof-key").asking([asked.clone()]).changing(["actors", "keys"]);
    city.refused(&city.says(LYON, "Create", by_another.clone()), unknown).await;
    let mut mislabelled = by_another;
    mislabelled["proof"]["verificationMethod"] = json!(city.id(LYON).join("#ed25519-1"));
    city.refused(&city.says(LYON, "Create", mislabelled), Verdict::new(400, "proof")).await;
    // One altered word under a true proof.
    let mut altered = city.proven(LYON, &city.answer(LYON, &city.theirs));
    altered["content"] = json!("<p>Non.</p>");
    city.refused(&city.says(LYON, "Create", altered), Verdict::new(400, "proof")).await;
    assert_eq!(city.statuses().await, statuses);
}

#[tokio::test]
async fn o33_without_a_proof_its_own_word_is_shown_and_never_counted() {
    let city = City::new().await;
    let statuses = city.statuses().await;
    let answer = city.answer(LYON, &city.theirs);
    city.accepted(&city.says(LYON, "Create", answer.clone())).await;
    assert_eq!(city.record(&answer).await.unwrap().proof, "absent");
    assert_eq!((city.statuses().await, city.boosts(&answer).await), (statuses, 0));
}

#[tokio::test]
async fn o33_a_followed_server_speaks_for_its_own_actors_only() {
    let city = City::new().await;
    answered(&city).await;
    city.follows(&city.id(LYON)).await;
    city.follows(&city.id(EVE)).await;
    city.meet(&[NEIGHBOUR, EVE]).await;
    let statuses = city.statuses().await;
    for who in [NEIGHBOUR, EVE] {
        let answer = city.answer(who, &city.theirs);
        city.accepted(&city.says(who, "Create", answer.clone())).await;
        assert!(city.record(&answer).await.is_some(), "in the register, as what it is");
        assert_eq!(city.boosts(&answer).await, 0);
        let answers = city.get(&format!("{}/reponses?page=true", path(&city.theirs))).await.body;
        assert!(!answers.contains(answer["id"].as_str().unwrap()), "not among the answers: {answers}");
        let mut refusal = city.note(who, &city.question, "Jamais");
        let terms = json!({"parvis:kind": "parvis:Refusal", "parvis:version": 1,
            "parvis:concerns": [city.question], "parvis:saisine": city.question});
        refusal.as_object_mut().unwrap().extend(document(&terms).clone());
        city.accepted(&city.says(who, "Create", refusal.clone())).await;
        assert!(city.record(&refusal).await.is_some());
    }
    assert_eq!(city.statuses().await, statuses);
    let question = storage::records::get(&city.app.db, city.question.as_str()).await.unwrap().unwrap();
    let page = city.get(&format!("/questions/{}", question.slug)).await;
    assert!(page.status.is_success() && !page.body.contains("Jamais"), "only the council declines");
}

/// The path of an id of ours.
fn path(id: &parvis::domain::Iri) -> &str {
    &id.as_str()[crate::world::OURS.len()..]
}

#[tokio::test]
async fn o05_o06_a_record_stays_its_authors_and_where_it_was_said() {
    let city = City::new().await;
    let answer = answered(&city).await;
    city.meet(&[NEIGHBOUR]).await;
    let next = |name: &str, value: Value| {
        let mut next = City::next(&answer);
        next[name] = value;
        city.says(LYON, "Update", city.proven(LYON, &next))
    };
    city.refused(&next("attributedTo", json!(city.id(NEIGHBOUR))), forbidden()).await;
    city.refused(&next("parvis:kind", json!("parvis:Support")), forbidden()).await;
    for (name, value) in [("inReplyTo", json!(city.ours)), ("audience", json!(city.council))] {
        city.refused(&next(name, value), Verdict::new(400, "chain-identity")).await;
    }
    city.refused(&next("to", json!([city.council])), forbidden()).await;
    city.refused(&next("published", json!("2026-03-09T07:00:00Z")), Verdict::new(400, "chain-published"))
        .await;
    let previous = json!(format!("sha256:{}", "0".repeat(64)));
    city.refused(&next("parvis:previous", previous), Verdict::new(400, "chain-broken")).await;
    // The same version with other words.
    let mut other = City::next(&answer);
    other["parvis:version"] = json!(1);
    for name in ["parvis:previous", "updated"] {
        other.as_object_mut().unwrap().remove(name);
    }
    other["content"] = json!("<p>Non.</p>");
    let other = city.says(LYON, "Update", city.proven(LYON, &other));
    city.refused(&other, Verdict::new(409, "conflict")).await;
    city.accepted(&next("content", json!("<p>Oui, bientôt.</p>"))).await;
    assert_eq!(city.record(&answer).await.unwrap().version, 2);
}

#[tokio::test]
async fn o05_a_neighbour_is_not_written_over_as_a_version() {
    let city = City::new().await;
    city.follows(&city.id(LYON)).await;
    city.meet(&[LYON, NEIGHBOUR]).await;
    let lyon = storage::actors::get(&city.app.db, city.id(LYON).as_str()).await.unwrap().unwrap();
    // The actor document of another, as a record of one's own.
    let mut actor = crate::city::official(&city, LYON);
    let terms = json!({
        "attributedTo": city.id(NEIGHBOUR), "parvis:kind": "parvis:Answer", "parvis:version": 7,
        "parvis:previous": format!("sha256:{}", "0".repeat(64)), "name": "Autre", "url": city.id(LYON),
        "published": "2026-03-09T07:00:00Z", "updated": "2026-03-09T08:00:00Z", "inReplyTo": city.theirs,
        "following": city.id(LYON).join("/f"), "featured": city.id(LYON).join("/t"), "indexable": true,
        "endpoints": {"sharedInbox": city.id(LYON).join("/i")}, "manuallyApprovesFollowers": false,
        "discoverable": true, "to": [PUBLIC], "inbox": city.id(NEIGHBOUR).join("/inbox"),
        "preferredUsername": "mairie",
    });
    actor.as_object_mut().unwrap().extend(document(&terms).clone());
    for kind in ["Create", "Update"] {
        city.refused(&city.says(NEIGHBOUR, kind, actor.clone()), forbidden()).await;
    }
    assert_eq!(storage::actors::get(&city.app.db, &lyon.uri).await.unwrap().unwrap(), lyon);
}

#[tokio::test]
async fn o08_o10_a_record_ends_by_its_authors_word_alone() {
    let city = City::new().await;
    let answer = answered(&city).await;
    city.meet(&[NEIGHBOUR, EVE]).await;
    let tombstone = |who: Who, of: &Value, version: i64| {
        json!({
            "id": of["id"], "type": "Tombstone", "attributedTo": city.id(who), "formerType": "Note",
            "deleted": "2026-03-09T08:01:00Z", "published": of["published"], "updated": "2026-03-09T08:01:00Z",
            "content": "<p>Erreur.</p>", "parvis:kind": "parvis:Answer", "parvis:reason": "parvis:other",
            "parvis:version": version, "parvis:previous": parvis::domain::canonical::hash(document(of)),
        })
    };
    for who in [NEIGHBOUR, EVE] {
        for author in [who, LYON] {
            let end = city.says(who, "Delete", tombstone(author, &answer, 2));
            city.refused(&end, forbidden()).await;
        }
        city.refused(&city.says(who, "Delete", answer["id"].clone()), forbidden()).await;
    }
    city.ignored(&city.says(LYON, "Delete", answer["id"].clone()), &[]).await;
    // O10: the end first, then the beginning.
    let late = city.proven(LYON, &city.answer(LYON, &city.theirs));
    city.follows(&city.id(LYON)).await;
    city.accepted(&city.says(LYON, "Delete", city.proven(LYON, &tombstone(LYON, &late, 2)))).await;
    city.accepted(&city.says(LYON, "Create", late.clone())).await;
    assert!(city.record(&late).await.is_some_and(|row| row.withdrawn), "there, and withdrawn");
    assert_eq!(city.boosts(&late).await, 0, "nothing follows from what has ended");
    let statuses = city.statuses().await;
    city.accepted(&city.says(LYON, "Delete", city.proven(LYON, &tombstone(LYON, &answer, 2)))).await;
    assert!(city.record(&answer).await.unwrap().withdrawn);
    assert_ne!(city.statuses().await, statuses, "what was withdrawn counts no more");
}

#[tokio::test]
async fn o02_o32_what_is_said_in_our_name_or_for_our_council_stays_outside() {
    let city = City::new().await;
    answered(&city).await;
    city.follows(&city.id(LYON)).await;
    let before = storage::actors::ours(&city.app.db).await.unwrap();
    // O32: a contribution of Lyon's that names our council is Lyon's, and in no list of the council's.
    let mut contribution = city.note(LYON, &city.question, "Pour vous");
    let terms = json!({"parvis:kind": "parvis:Contribution", "parvis:version": 1, "audience": city.council,
        "parvis:convention": city.council, "parvis:concerns": [city.id(LYON).join("/avis/1")],
        "parvis:hash": parvis::domain::Hash::of(b"an avis"), "context": city.question});
    contribution.as_object_mut().unwrap().extend(document(&terms).clone());
    city.accepted(&city.says(LYON, "Create", contribution.clone())).await;
    let row = city.record(&contribution).await.unwrap();
    assert_eq!(
        (row.author.as_str(), row.ours, row.origin.as_str()),
        (city.id(LYON).as_str(), false, city.id(LYON).host())
    );
    let lists = ["avis", "saisines", "outbox", "featured"];
    for list in lists {
        let shown = city.get(&format!("{}/{list}?page=true", path(&city.council))).await.body;
        assert!(!shown.contains(&row.uri), "{list}: {shown}");
    }
    // O2: our own city hall, from the net.
    let mairie = before.iter().find(|actor| actor.role.as_deref() == Some("mairie")).unwrap();
    let message: Message = city.says(LYON, "Create", city.answer(LYON, &city.ours));
    let ours = message.clone().with("actor", mairie.uri.as_str());
    city.refused(&ours, parvis::federation::signature::Refusal::OurActor).await;
    assert_eq!(storage::actors::ours(&city.app.db).await.unwrap(), before);
}
