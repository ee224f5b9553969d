//! What other servers really sent (captured from GoToSocial, snac2 and Lemmy): every message is
//! understood, and has the effect its sender means.

mod support {
    pub mod node;
}

use std::{fs, path::PathBuf};

use parvis::{
    domain::activity::{Activity, Kind},
    federation::{
        activities,
        inbox::{Message, Outcome},
    },
    storage::{self, records::Page},
};
use serde_json::Value;
use support::node::{Node, node};

fn captured(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/documents/foreign").join(name);
    let whole: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    whole["body"].clone()
}

#[test]
fn every_captured_message_is_read_as_what_it_is() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/documents/foreign");
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("get-") {
            continue;
        }
        let body = captured(&name).as_object().unwrap().clone();
        let activity = Activity::from_document(body).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let kind = name.split(['-', '.']).nth(1).unwrap();
        assert_eq!(activity.kind.name(), kind, "{name}");
        assert!(!matches!(activity.kind, Kind::Other(_)), "{name}");
        assert!(activity.object.id().is_ok(), "{name}");
        read += 1;
    }
    assert!(read >= 28, "{read}");
}

/// A stranger, its host, and what of theirs was captured.
struct Stranger {
    prefix: &'static str,
    actor: &'static str,
    host: &'static str,
    delete: &'static str,
}

const STRANGERS: [Stranger; 2] = [
    Stranger { prefix: "gts", actor: "https://gts.test/users/marie", host: "gts.test", delete: "Delete" },
    Stranger {
        prefix: "snac",
        actor: "https://snac.test/alice",
        host: "snac.test",
        delete: "Delete-Tombstone",
    },
];

impl Stranger {
    async fn known_to(&self, node: &Node) -> storage::actors::Actor {
        let actor = storage::actors::Actor {
            uri: self.actor.to_owned(),
            handle: self.prefix.to_owned(),
            host: self.host.to_owned(),
            kind: "Person".to_owned(),
            role: None,
            ours: false,
            name: self.prefix.to_owned(),
            city: None,
            feed: None,
            inbox: format!("{}/inbox", self.actor),
            shared_inbox: None,
            outbox: None,
            followers: None,
            url: None,
            parvis: false,
            document: "{}".to_owned(),
            fetched_at: 0,
            gone_at: None,
        };
        let mut tx = node.app.db.begin().await.unwrap();
        storage::actors::put(&mut tx, &actor).await.unwrap();
        tx.commit().await.unwrap();
        actor
    }

    /// Sends a captured message, its `fedify.test` names turned into ours.
    async fn sends(&self, node: &Node, what: &str, council: &str, avis: &str) -> parvis::Result<Outcome> {
        let text = captured(&format!("{}-{what}.json", self.prefix)).to_string();
        let text = text.replace("https://fedify.test/users/iris/Undo", "https://snac.test/undo");
        let text = text.replace("https://fedify.test/users/iris", council);
        let mut text = text;
        while let Some(at) = text.find("https://fedify.test/objects/") {
            let end = text[at..].find('"').unwrap() + at;
            text.replace_range(at..end, avis);
        }
        let document = serde_json::from_str::<Value>(&text).unwrap().as_object().unwrap().clone();
        let sender = storage::actors::get(&node.app.db, self.actor).await.unwrap().unwrap();
        let activity = Activity::from_document(document).unwrap();
        activities::receive(&node.app, &Message { activity, text, sender, limited: false }).await
    }
}

#[tokio::test]
async fn gotosocial_and_snac_follow_reply_like_boost_and_take_it_back() {
    let node = node("rennes", 8111).await;
    node.publish_sample("rennes.toml").await;
    let council = storage::actors::by_handle(&node.app.db, "ccnr").await.unwrap().unwrap().uri;
    let avis =
        storage::records::by_author(&node.app.db, &council, "Avis", &Page::first(1)).await.unwrap().remove(0);
    for stranger in STRANGERS {
        stranger.known_to(&node).await;
        let send = async |what: &str| stranger.sends(&node, what, &council, &avis.uri).await;
        let who = stranger.prefix;

        assert_eq!(send("Follow").await.unwrap(), Outcome::Done, "{who}");
        let follow = storage::follows::get(&node.app.db, stranger.actor, &council).await.unwrap().unwrap();
        assert_eq!(follow.state, "accepted", "{who}");
        assert_eq!(send("Follow").await.unwrap(), Outcome::Known, "{who}: sent twice, done once (S15)");

        // The reply captured from snac was a private message: refused, as any that is not public (O35).
        let public = who == "gts";
        let reply = send("Create-NoteReply").await;
        assert_eq!(matches!(reply, Ok(Outcome::Done)), public, "{who}: {reply:?}");
        let held = storage::replies::by_state(&node.app.db, "held", None, 10).await.unwrap();
        let there = held.iter().any(|reply| reply.author == stranger.actor && reply.parent == avis.uri);
        assert_eq!(there, public, "{who}");
        assert_eq!(send("Create-Note").await.unwrap(), Outcome::Ignored, "{who}: replies to nothing of ours");
        assert!(
            !matches!(send("Create-NoteDirect").await, Ok(Outcome::Done)),
            "{who}: a private message is never public (O35)"
        );

        assert_eq!(send("Like").await.unwrap(), Outcome::Done, "{who}");
        assert_eq!(send("Announce").await.unwrap(), Outcome::Done, "{who}");
        let count = async || storage::reactions::counts(&node.app.db, &[&avis.uri]).await.unwrap().len();
        assert_eq!(count().await, 2, "{who}");
        assert_eq!(send("Undo-Like").await.unwrap(), Outcome::Done, "{who}");
        assert_eq!(send("Undo-Announce").await.unwrap(), Outcome::Done, "{who}");
        assert_eq!(count().await, 0, "{who}");
        send(stranger.delete).await.unwrap();
    }
    // GoToSocial's Undo embeds another id of the same Follow: what counts is who follows whom.
    let gts = &STRANGERS[0];
    assert_eq!(gts.sends(&node, "Undo-Follow", &council, &avis.uri).await.unwrap(), Outcome::Done);
    assert!(storage::follows::get(&node.app.db, gts.actor, &council).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_group_passes_on_is_not_believed_o14() {
    let node = node("rennes", 8112).await;
    let stranger =
        Stranger { prefix: "lemmy", actor: "https://lemmy.test/c/lab", host: "lemmy.test", delete: "" };
    stranger.known_to(&node).await;
    for what in ["Announce-Create-Page", "Announce-Page", "Announce-Article", "Announce-Create-Article"] {
        let outcome =
            stranger.sends(&node, what, "https://other.example/iris", "https://other.example/1").await;
        assert_eq!(outcome.unwrap(), Outcome::Ignored, "{what}");
    }
    assert!(storage::records::received(&node.app.db, &Page::first(5)).await.unwrap().is_empty());
}
