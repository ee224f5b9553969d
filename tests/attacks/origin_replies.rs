//! Rows O: what citizens write, and who may change it or take it away.

use http::StatusCode;
use parvis::domain::activity::PUBLIC;
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, MALLORY},
    oracle::Verdict,
};

fn forbidden() -> Verdict {
    Verdict::new(403, "forbidden")
}

#[tokio::test]
async fn o03_o04_a_note_is_its_senders_own() {
    let city = City::new().await;
    city.meet(&[EVE, MALLORY]).await;
    let own = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", own.clone())).await;
    assert!(city.reply(&own).await.is_some());
    // O3: Eve carries what lives at Alice's, as Alice's or as her own.
    let elsewhere = city.note(ALICE, &city.ours, "Non");
    city.refused(&city.says(EVE, "Create", elsewhere.clone()), forbidden()).await;
    let mut taken = elsewhere.clone();
    taken["attributedTo"] = json!(city.id(EVE));
    city.refused(&city.says(EVE, "Create", taken.clone()), forbidden()).await;
    city.refused(&city.says(EVE, "Update", taken), forbidden()).await;
    // Her own note put in Alice's mouth.
    let mut lent = city.note(EVE, &city.ours, "Non");
    lent["attributedTo"] = json!(city.id(ALICE));
    city.refused(&city.says(EVE, "Create", lent), forbidden()).await;
    // O4: a neighbour on the same server.
    city.refused(&city.says(MALLORY, "Create", elsewhere.clone()), forbidden()).await;
    let mut several = city.note(MALLORY, &city.ours, "Non");
    several["attributedTo"] = json!([city.id(ALICE), city.id(MALLORY)]);
    city.refused(&city.says(MALLORY, "Create", several), forbidden()).await;
    assert!(city.reply(&elsewhere).await.is_none());
}

#[tokio::test]
async fn o05_o36_nobody_edits_what_another_wrote() {
    let city = City::new().await;
    city.meet(&[EVE, MALLORY]).await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let edited = |words: &str, author| {
        let mut edited = note.clone();
        edited["content"] = json!(words);
        edited["updated"] = json!("2026-03-09T08:01:00Z");
        edited["attributedTo"] = json!(city.id(author));
        edited
    };
    for who in [MALLORY, EVE] {
        for (kind, author) in [("Update", ALICE), ("Update", who), ("Create", ALICE), ("Create", who)] {
            city.refused(&city.says(who, kind, edited("Non", author)), forbidden()).await;
        }
    }
    city.accepted(&city.says(ALICE, "Update", edited("Peut-être", ALICE))).await;
    assert_eq!(city.reply(&note).await.unwrap().content, "Peut-être");
}

#[tokio::test]
async fn o06_a_note_stays_where_it_was_said() {
    let city = City::new().await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let changed = |name: &str, value: Value| {
        let mut changed = note.clone();
        changed["updated"] = json!("2026-03-09T08:01:00Z");
        changed[name] = value;
        changed
    };
    let moved = changed("inReplyTo", json!(city.theirs));
    city.refused(&city.says(ALICE, "Update", moved), forbidden()).await;
    let given = changed("attributedTo", json!(city.id(MALLORY)));
    city.refused(&city.says(ALICE, "Update", given), forbidden()).await;
    let hidden = changed("to", json!([city.council]));
    city.refused(&city.says(ALICE, "Update", hidden), forbidden()).await;
    let away = changed("inReplyTo", json!("https://nobody.example/1"));
    city.ignored(&city.says(ALICE, "Update", away), &[]).await;
    assert_eq!(city.reply(&note).await.unwrap().parent, city.ours.as_str());
}

#[tokio::test]
async fn o07_an_older_edit_changes_nothing() {
    let city = City::new().await;
    let note = city.note(ALICE, &city.ours, "un");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let edit = |words: &str, at: &str| {
        let mut edit = note.clone();
        edit["content"] = json!(words);
        edit["updated"] = json!(at);
        city.says(ALICE, "Update", edit)
    };
    city.accepted(&edit("trois", "2026-03-09T08:01:30Z")).await;
    city.ignored(&edit("deux", "2026-03-09T08:00:30Z"), &["received"]).await;
    city.ignored(&city.says(ALICE, "Create", note.clone()), &["received"]).await;
    assert_eq!(city.reply(&note).await.unwrap().content, "trois");
    city.accepted(&edit("quatre", "2026-03-09T08:01:30Z")).await;
    assert_eq!(
        city.reply(&note).await.unwrap().content,
        "quatre",
        "of the same second, the one that comes last"
    );
}

#[tokio::test]
async fn o08_o10_nobody_takes_away_what_another_wrote() {
    let city = City::new().await;
    city.meet(&[EVE, MALLORY]).await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let tombstone = json!({"id": note["id"], "type": "Tombstone"});
    for who in [MALLORY, EVE] {
        city.refused(&city.says(who, "Delete", note["id"].clone()), forbidden()).await;
        city.refused(&city.says(who, "Delete", tombstone.clone()), forbidden()).await;
        city.refused(&city.says(who, "Delete", json!(city.id(ALICE))), forbidden()).await;
        for ours in [&city.avis, &city.council] {
            city.refused(&city.says(who, "Delete", json!(ours)), forbidden()).await;
        }
    }
    assert!(city.reply(&note).await.is_some());
    city.accepted(&city.says(ALICE, "Delete", tombstone)).await;
    assert!(city.reply(&note).await.is_none());
    // It does not come back, whatever carries it.
    for kind in ["Create", "Update"] {
        city.ignored(&city.says(ALICE, kind, note.clone()), &["received"]).await;
    }
    // O10: nor does one whose Delete came first; but only its author's Delete counts.
    let late = city.note(ALICE, &city.ours, "Trop tard");
    city.ignored(&city.says(ALICE, "Delete", late["id"].clone()), &["received"]).await;
    city.ignored(&city.says(ALICE, "Create", late.clone()), &["received"]).await;
    assert!(city.reply(&late).await.is_none());
    let next = city.note(ALICE, &city.ours, "Encore");
    city.ignored(&city.says(MALLORY, "Delete", next["id"].clone()), &["received"]).await;
    let create = city.says(ALICE, "Create", next.clone());
    let squatted =
        city.says(MALLORY, "Delete", "http://angers.localhost/x").with("id", create.activity["id"].clone());
    city.refused(&squatted.clone().with("object", json!(city.id(EVE))), forbidden()).await;
    city.ignored(&city.says(MALLORY, "Delete", create.activity["id"].clone()), &["received"]).await;
    city.accepted(&create).await;
    assert!(city.reply(&next).await.is_some(), "a neighbour silences nobody");
}

#[tokio::test]
async fn o08_who_leaves_takes_everything_along() {
    let city = City::new().await;
    city.meet(&[MALLORY]).await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    city.accepted(&city.says(ALICE, "Delete", json!(city.id(ALICE)))).await;
    assert!(city.reply(&note).await.is_none());
    let again = city.says(ALICE, "Create", note.clone());
    city.refused(&again, parvis::federation::signature::Refusal::Blocked).await;
}

#[tokio::test]
async fn o22_what_has_no_proper_id_is_nothing() {
    let city = City::new().await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let good = city.fresh(ALICE, "notes").to_string();
    let at = |more: &str| json!(format!("{good}{more}"));
    let cases = [
        (Value::Null, "iri"),
        (json!(""), "iri"),
        (json!([good]), "iri"),
        (json!({"id": good}), "iri"),
        (json!(1), "iri"),
        (json!(good.replace("://", "://u@")), "iri"),
        (json!(good.replace("/notes", "\\notes")), "iri"),
        (at("\ta"), "iri"),
        (at("\u{200b}"), "iri"),
        (at("é"), "iri"),
        (at("#note"), "id-fragment"),
    ];
    for (id, rule) in cases {
        for kind in ["Create", "Update"] {
            let mut other = note.clone();
            other["id"] = id.clone();
            city.refused(&city.says(ALICE, kind, other), Verdict::new(400, rule)).await;
        }
    }
    for nothing in [json!(null), json!([]), json!([good, good]), json!(1)] {
        city.refused(
            &city.says(ALICE, "Create", json!({})).with("object", json!({"x": 1})),
            Verdict::new(400, "iri"),
        )
        .await;
        let mut empty = city.says(ALICE, "Create", "x");
        empty.activity["object"] = nothing;
        city.refused(&empty, Verdict::new(400, "object")).await;
    }
}

#[tokio::test]
async fn o26_what_is_no_note_is_no_reply() {
    let city = City::new().await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    for kind in ["Person", "Create", "OrderedCollection", "Tombstone", "ChatMessage"] {
        let mut other = city.note(ALICE, &city.ours, "Non");
        other["type"] = json!(kind);
        city.ignored(&city.says(ALICE, "Create", other), &[]).await;
    }
    let mut both = city.note(ALICE, &city.ours, "Non");
    both["type"] = json!(["Person", "Create"]);
    city.ignored(&city.says(ALICE, "Create", both), &[]).await;
}

#[tokio::test]
async fn o35_what_is_private_is_never_public() {
    let city = City::new().await;
    let note = city.note(ALICE, &city.ours, "Oui");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let followers = city.id(ALICE).join("/followers");
    for to in [json!([city.council]), json!([followers]), json!([]), json!(city.council)] {
        // In its envelope, in itself, in both.
        for (outer, inner) in [(&to, &json!([PUBLIC])), (&json!([PUBLIC]), &to), (&to, &to)] {
            let mut private = city.note(ALICE, &city.ours, "Entre nous");
            private["to"] = inner.clone();
            let message = city.says(ALICE, "Create", private).with("to", outer.clone());
            city.refused(&message, forbidden()).await;
        }
    }
    let page = city.get("/avis/a1").await;
    assert!(page.status == StatusCode::OK || page.status == StatusCode::NOT_FOUND);
    assert!(!page.body.contains("Entre nous"));
}
