//! Section D, signatures and what is believed of a message: rows 49 to 53, 55, 58 to 61.

use http::HeaderMap;
use jiff::SignedDuration;
use parvis::{
    domain::Hash,
    federation::signature::Form,
    storage::{actors, media},
};
use serde_json::json;

use crate::{
    judge::text,
    peer::KEYS,
    rows,
    world::{ACTIVITY, LD, PUBLIC, World, replaced},
};

#[tokio::test]
async fn d_signatures() {
    rows! { World::quiet().await;
        row_49_a_tampered_body_is_refused,
        row_50_a_tampered_header_is_refused,
        row_51_an_old_signature_is_refused,
        row_52_an_unsigned_message_is_refused,
        row_53_the_signer_is_the_actor,
        row_55_both_forms_of_signatures_hold,
        row_58_an_actor_is_who_its_address_says,
        row_59_one_thing_has_one_origin,
        row_60_a_body_over_one_mebibyte_is_refused,
        row_61_an_attached_file_is_never_a_document,
    }
}

/// Both forms of signatures: draft-cavage and RFC 9421.
const FORMS: [Form; 2] = [Form::Cavage, Form::Rfc9421];

/// Alice likes the city: a message with which nothing is wrong.
async fn good(world: &World, form: Form) -> (HeaderMap, Vec<u8>) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    world.signed(&alice, &world.says(&alice, "Like", world.actor("mairie").await), form)
}

async fn row_49_a_tampered_body_is_refused(world: &World) {
    for form in FORMS {
        let (headers, body) = good(world, form).await;
        let other = String::from_utf8(body.clone()).unwrap().replace("Like", "Lyke").into_bytes();
        assert_eq!(world.post(headers.clone(), other).await.status, 401, "{form:?}");
        assert_eq!(world.post(headers, body).await.status, 202, "{form:?}: as it was signed");
    }
}

async fn row_50_a_tampered_header_is_refused(world: &World) {
    let (headers, body) = good(world, Form::Cavage).await;
    let later = world.node.app.clock.now() + SignedDuration::from_secs(60);
    let date = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let changed =
        [("date", date.as_str()), ("content-type", LD), ("digest", "SHA-256=AAAA"), ("host", "x.example")];
    for (name, value) in changed {
        let status = world.post(replaced(headers.clone(), name, value), body.clone()).await.status;
        assert_eq!(status, 401, "{name}");
    }
    assert_eq!(world.post(headers, body).await.status, 202);
}

async fn row_51_an_old_signature_is_refused(world: &World) {
    for form in FORMS {
        let (headers, body) = good(world, form).await;
        world.node.app.clock.advance(SignedDuration::from_mins(61));
        assert_eq!(world.post(headers, body).await.status, 401, "{form:?}");
    }
}

async fn row_52_an_unsigned_message_is_refused(world: &World) {
    for form in FORMS {
        let (mut headers, body) = good(world, form).await;
        headers.remove("signature");
        assert_eq!(world.post(headers, body).await.status, 401, "{form:?}");
    }
}

async fn row_55_both_forms_of_signatures_hold(world: &World) {
    let (headers, body) = good(world, Form::Rfc9421).await;
    assert!(headers.contains_key("signature-input"));
    let input = headers["signature-input"].to_str().unwrap().replace("created=1", "created=2");
    assert_eq!(
        world.post(replaced(headers.clone(), "signature-input", &input), body.clone()).await.status,
        401
    );
    assert_eq!(world.post(headers, body).await.status, 202);
}

async fn row_53_the_signer_is_the_actor(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    for mallory in [world.mallory("mastodon"), world.mallory("evil")] {
        let mut activity = world.says(&alice, "Follow", world.actor("mairie").await);
        assert_eq!(world.send(&mallory, &activity).await, 401, "{}", mallory.id);
        activity["actor"] = json!(mallory.id);
        activity["id"] = json!(mallory.id.join("/1"));
        assert_eq!(world.send(&mallory, &activity).await, 202, "for herself she may");
    }
}

async fn row_58_an_actor_is_who_its_address_says(world: &World) {
    let eve = world.peer.citizen("eve", "eve", true);
    let like = world.says(&eve, "Like", world.actor("mairie").await);
    let alias = world.peer.somebody(
        "eve",
        "alias",
        true,
        &KEYS[0],
        &json!({ "id": world.peer.at("victim", "/eve") }),
    );
    let stolen = world.says(&alias, "Like", world.actor("mairie").await);
    assert_eq!(world.send(&alias, &stolen).await, 401, "found here, and says it lives elsewhere");
    assert_eq!(
        actors::get(&world.node.app.db, world.peer.at("victim", "/eve").as_str()).await.unwrap(),
        None
    );
    assert_eq!(world.send(&eve, &like).await, 202);
}

async fn row_59_one_thing_has_one_origin(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    let mairie = world.actor("mairie").await;
    let elsewhere = world.peer.at("evil", "/things/1");
    let mut activity = world.says(&alice, "Like", mairie.as_str());
    activity["id"] = json!(elsewhere);
    assert_eq!(world.send(&alice, &activity).await, 400, "the id of the activity");
    let note = |id: &str, author: &str| json!({ "id": id, "type": "Note", "attributedTo": author, "inReplyTo": mairie, "to": [PUBLIC], "content": "x" });
    let own = alice.id.join("/notes/1");
    let record = |author: &str| {
        let mut record = note(own.as_str(), author);
        record["parvis:kind"] = json!("parvis:Avis");
        record["parvis:version"] = json!(1);
        record
    };
    for (what, object) in [
        ("the id of the object", note(elsewhere.as_str(), alice.id.as_str())),
        ("the author of the object", note(own.as_str(), elsewhere.as_str())),
        ("the author of a record", record(elsewhere.as_str())),
    ] {
        for kind in ["Create", "Update"] {
            assert_eq!(
                world.send(&alice, &world.says(&alice, kind, object.clone())).await,
                403,
                "{kind}: {what}"
            );
        }
    }
    let delete = world.says(&alice, "Delete", elsewhere.as_str());
    assert_eq!(world.send(&alice, &delete).await, 403);
}

async fn row_60_a_body_over_one_mebibyte_is_refused(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    let mut activity = world.says(&alice, "Like", world.actor("mairie").await);
    let rest = parvis::federation::gate::MAX_BODY - activity.to_string().len() - r#","x":"""#.len();
    activity["x"] = json!("x".repeat(rest));
    assert_eq!(activity.to_string().len(), 1024 * 1024);
    assert_eq!(world.send(&alice, &activity).await, 202, "just as much as is read");
    activity["x"] = json!("x".repeat(rest + 1));
    assert_eq!(world.send(&alice, &activity).await, 413);
}

async fn row_61_an_attached_file_is_never_a_document(world: &World) {
    let bytes = br#"{"id":"https://x.example/actor","type":"Person"}"#.to_vec();
    for (number, kind) in [ACTIVITY, LD, "application/json", "text/html", "image/svg+xml"].iter().enumerate()
    {
        let mut bytes = bytes.clone();
        bytes.extend(vec![b' '; number]);
        let hash = Hash::of(&bytes).digits().to_owned();
        let length = i64::try_from(bytes.len()).unwrap();
        let file =
            media::File { hash: hash.clone(), media_type: (*kind).to_owned(), length, bytes, created_at: 0 };
        let mut tx = world.node.app.db.begin().await.unwrap();
        media::put(&mut tx, &file).await.unwrap();
        tx.commit().await.unwrap();
        let got = world.get(&format!("/media/{hash}"), ACTIVITY).await;
        assert_eq!((got.status, got.header("content-type")), (200, "application/octet-stream"), "{kind}");
        assert_eq!(
            (got.header("content-disposition"), got.header("x-content-type-options")),
            ("attachment", "nosniff")
        );
        assert!(text(&got.json(), "id").starts_with("https://x.example"), "the bytes are what was attached");
    }
}
