//! A citizen on another server. Fedify, which knows nothing of Parvis, plays a fediverse server: its one
//! actor looks a council up, follows it, receives what it publishes, replies, likes, boosts and leaves.
//! Every message passes Fedify's own checks of signatures and proofs, and Fedify's pass ours.

mod support;

#[path = "fedify/convention.rs"]
mod convention;
#[path = "fedify/dossier.rs"]
mod dossier;
#[path = "fedify/story.rs"]
mod story;

use std::collections::BTreeMap;

use parvis::{
    clock::Clock,
    domain::Iri,
    federation::signature::{Form, Signer, SigningKey},
};
use serde_json::json;
use story::Story;
use support::foreign::{Fediverse, text};

/// Fedify tries RFC 9421 first and answers anybody.
#[test]
fn a_citizen_follows_a_council_and_is_told_everything() {
    let mut story = Story::begin(&["--first-knock=rfc9421"]);
    story.looks_the_council_up();
    story.follows_and_is_accepted();
    story.is_told_of_the_avis();
    story.is_told_of_the_answer();
    story.is_told_of_the_correction();
    story.every_signature_and_proof_held();
    story.is_told_of_the_withdrawal();
    story.leaves_and_is_told_no_more();
}

/// Fedify signs the draft way and serves its actor to signed requests only.
#[test]
fn a_citizen_on_a_closed_server_takes_part() {
    let mut story = Story::begin(&["--first-knock=draft-cavage-http-signatures-12", "--secure"]);
    story.follows_and_is_accepted();
    story.is_told_of_the_avis();
    story.replies_and_is_shown_once_approved();
    story.likes_and_boosts_and_thinks_again();
    story.every_signature_and_proof_held();
}

/// A convention followed from two other servers: one reads boosts, the other says it is Lemmy and reads FEP-1b12.
/// Fedify reads every message, the Group and its collection; each has the shape that Lemmy asks for (wire.md).
#[test]
fn a_convention_is_followed_by_readers_of_boosts_and_of_fep_1b12() {
    let mut convened = convention::Convened::begin();
    convened.is_a_group_with_a_collection(0);
    convened.admits_a_council_of_another_city();
    convened.passes_on_what_is_contributed();
    convened.is_a_group_with_a_collection(1);
    convened.tells_that_it_is_taken_back();
    convened.passes_on_an_avis_born_in_it_and_its_answer();
    convened.every_message_is_read_and_has_the_shape_that_lemmy_asks_for();
}

/// Each generation of signatures alone, without a second try; and nothing that was touched passes.
#[test]
fn both_generations_of_signatures_are_checked() {
    let mut story = Story::begin(&[]);
    for spec in ["rfc9421", "draft-cavage-http-signatures-12"] {
        assert_eq!(story.knock(&json!({ "spec": spec })), 202, "{spec}");
        assert_eq!(story.knock(&json!({ "spec": spec, "after": "body" })), 401, "{spec}, another body");
    }
    assert_eq!(story.knock(&json!({ "unsigned": true })), 401);
}

/// A proof made by Fedify, on a message as it went over the wire, holds for us; not once a letter is changed.
#[test]
fn a_proof_by_fedify_holds_here() {
    let (mut writer, mut reader) = (Fediverse::start(&[]), Fediverse::start(&[]));
    let content = "<p>Écrit par Fedify : é, ☂, 🌳.</p>";
    writer.ask("tell", json!({ "actor": reader.alice, "content": content }));
    let received = reader.ask("received", json!({}));
    let mut message = received["received"][0]["message"].as_object().expect("a message").clone();
    // Its older Linked Data signature, which Fedify adds after the proof, is no part of what was proven.
    assert!(message.remove("signature").is_some());
    let key = text(&writer.ask("key", json!({})), "publicKeyMultibase");
    assert!(story::holds(&message, &key), "{message:?}");
    let mut changed = message.clone();
    changed["object"]["content"] = json!("<p>Écrit par Fedify : e, ☂, 🌳.</p>");
    assert!(!story::holds(&changed, &key));
}

/// Fedify holds what our key signs, in each generation of signatures, and not once the body is another
/// (checklist 48, 55).
#[test]
fn both_generations_of_our_signatures_hold_there() {
    let mut server = Fediverse::start(&[]);
    let owner = "https://rennes.example/actors/1";
    let key = SigningKey::generate().expect("a key");
    let pem = key.public_pem().expect("its public half");
    let url = Iri::parse("https://angers.example/inbox").expect("a URL");
    let body = r#"{"type":"Like"}"#;
    for (form, spec) in [(Form::Cavage, "draft-cavage-http-signatures-12"), (Form::Rfc9421, "rfc9421")] {
        let key_id = Iri::parse(&format!("{owner}#main-key")).expect("an id");
        let signer = Signer { key_id, key: key.clone(), form };
        let now = Clock::system().now();
        let headers = signer.headers(&http::Method::POST, &url, Some(body.as_bytes()), now).expect("signs");
        let headers: BTreeMap<&str, &str> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text"))).collect();
        for (body, held) in [(body, true), (r#"{"type":"Lame"}"#, false)] {
            let said = server.ask(
                "verify-request",
                json!({
                    "url": url, "headers": headers, "body": body, "spec": spec,
                    "key": { "id": format!("{owner}#main-key"), "owner": owner, "publicKeyPem": pem },
                }),
            );
            assert_eq!(said["key"].is_string(), held, "{spec}: {body}");
        }
    }
}
