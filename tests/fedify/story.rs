//! The steps of the story: each does one thing as the citizen or the council, and says what must follow.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use parvis::domain::{
    canonical::Document,
    proof::{from_multibase, verify},
};
use serde_json::{Value, json};

use crate::{
    dossier,
    support::{
        foreign::{Fediverse, text},
        process::Node,
    },
};

/// A council's node and a citizen's server.
pub struct Story {
    node: Node,
    server: Fediverse,
    /// Ids of our actors, by handle.
    actors: BTreeMap<&'static str, String>,
    follows: Vec<String>,
}

/// Whether a proof holds under a Multikey.
pub fn holds(document: &Document, key: &str) -> bool {
    verify(document, &from_multibase(key).expect("an Ed25519 key")).is_ok()
}

impl Story {
    /// A node whose council has said nothing yet, and a foreign server.
    pub fn begin(arguments: &[&str]) -> Self {
        let mut node = Node::new();
        node.ask(&["init"]);
        publish(&node, &dossier::founded());
        node.start();
        let mut server = Fediverse::start(arguments);
        let mut actors = BTreeMap::new();
        for handle in ["mairie", "conseil", "fil"] {
            let found = server.ask("lookup", json!({ "resource": format!("acct:{handle}@{}", node.domain) }));
            actors.insert(handle, text(&found, "id"));
        }
        Self { node, server, actors, follows: Vec::new() }
    }

    /// `WebFinger` leads to one actor, of the right type, whose handle leads back.
    pub fn looks_the_council_up(&mut self) {
        for (handle, kind) in [("mairie", "Organization"), ("conseil", "Organization"), ("fil", "Group")] {
            let resource = format!("acct:{handle}@{}", self.node.domain);
            let found = self.server.ask("lookup", json!({ "resource": resource }));
            assert_eq!(found["subject"], resource);
            assert_eq!(found["self"], json!([{ "href": found["id"], "type": "application/activity+json" }]));
            assert_eq!((text(&found, "type"), text(&found, "username")), (kind.into(), handle.into()));
            assert_eq!(found["followers"], 0, "{handle} has no follower yet");
            let by_id = self.server.ask("lookup", json!({ "resource": found["id"] }));
            assert_eq!(by_id, found, "the id leads where the handle does");
        }
    }

    /// Follows the council, the city and its feed; each accepts, naming the follow, and counts one follower.
    pub fn follows_and_is_accepted(&mut self) {
        for (handle, actor) in self.actors.clone() {
            let follow = text(&self.server.ask("follow", json!({ "actor": actor })), "id");
            let accepts = |message: &Value| {
                message["type"] == "Accept"
                    && message["actor"] == actor.as_str()
                    && (message["object"] == follow.as_str() || message["object"]["id"] == follow.as_str())
            };
            self.told(&format!("{handle} accepts"), accepts);
            assert_eq!(self.followers(&actor), 1, "{handle}");
            self.follows.push(follow);
        }
    }

    /// The avis is published: its records come to the follower, each from its own author.
    pub fn is_told_of_the_avis(&mut self) {
        publish(&self.node, &dossier::advised());
        let (mairie, conseil, fil) = (self.actor("mairie"), self.actor("conseil"), self.actor("fil"));
        let question = self.told_of("Create", "parvis:Saisine", &mairie);
        self.told_of("Create", "parvis:Acceptance", &conseil);
        let avis = self.told_of("Create", "parvis:Avis", &conseil);
        self.told_of("Create", "parvis:Delivery", &mairie);
        self.told_of_boost(&conseil, &question, "the council boosts the question it takes up");
        self.told_of_boost(&fil, &avis, "the feed boosts the avis");
        self.reads_the_recommendations(&avis);
    }

    /// Recommendations are not pushed to plain followers; the avis lists them, and each is to be had.
    fn reads_the_recommendations(&mut self, avis: &str) {
        let document = self.server.ask("verify", json!({ "url": avis }))["document"].clone();
        let listed = document["parvis:recommendations"].as_array().expect("a list").clone();
        assert_eq!(listed.len(), 2);
        for id in listed {
            let read = self.server.ask("verify", json!({ "url": id }));
            assert_eq!(read["document"]["parvis:kind"], "parvis:Recommendation");
            assert_eq!(read["document"]["inReplyTo"], avis);
            assert_eq!((&read["holds"], &read["changedHolds"]), (&json!(true), &json!(false)));
        }
        let pushed = self
            .received()
            .into_iter()
            .filter(|got| got["message"]["object"]["parvis:kind"] == "parvis:Recommendation");
        assert_eq!(pushed.count(), 0, "an avis of thirty recommendations must not come thirty times");
    }

    /// The city answers and reports; the council and the city boost both.
    pub fn is_told_of_the_answer(&mut self) {
        publish(&self.node, &dossier::answered());
        let (mairie, conseil) = (self.actor("mairie"), self.actor("conseil"));
        for kind in ["parvis:Answer", "parvis:FollowUp"] {
            let said = self.told_of("Create", kind, &mairie);
            self.told_of_boost(&conseil, &said, "the council boosts what answers it");
            self.told_of_boost(&mairie, &said, "the city boosts its own reply");
        }
    }

    /// A corrected text comes as an update: a second version that names the first, under the same id.
    pub fn is_told_of_the_correction(&mut self) {
        publish(&self.node, &dossier::corrected());
        let id = self.told_of("Update", "parvis:Saisine", &self.actor("mairie"));
        let (first, second) = (self.object("Create", &id), self.object("Update", &id));
        assert_eq!((&first["parvis:version"], &second["parvis:version"]), (&json!(1), &json!(2)));
        assert!(text(&second, "parvis:previous").starts_with("sha256:"));
        assert_eq!(first["published"], second["published"]);
        assert!(text(&second, "updated") > text(&first, "published"));
    }

    /// Fedify let every message of ours in, and holds the proof of every record; of no changed one.
    pub fn every_signature_and_proof_held(&mut self) {
        let received = self.received();
        let mut records = 0;
        for got in &received {
            assert_eq!(got["status"], 202, "refused by Fedify: {got}");
            assert_eq!(got["signature"], "cavage", "the generation every server reads");
            let record = &got["message"]["object"];
            if record["parvis:kind"].is_string() {
                records += 1;
                assert_eq!(self.proof_holds(record), json!(true), "{record}");
                let mut changed = record.clone();
                changed["content"] = json!(format!("{}.", text(record, "content")));
                assert_eq!(self.proof_holds(&changed), json!(false), "changed: {record}");
            }
        }
        assert!(records >= 4, "{records} records came");
        let ids: Vec<String> = received.iter().map(|got| text(&got["message"], "id")).collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "no activity came twice: {ids:#?}");
    }

    fn proof_holds(&mut self, record: &Value) -> Value {
        self.server.ask("verify-document", json!({ "document": record }))["holds"].clone()
    }

    /// What is withdrawn is told as a deletion; its id then gives a tombstone.
    pub fn is_told_of_the_withdrawal(&mut self) {
        let avis = text(&self.said("Create", "parvis:Avis").expect("the avis"), "id");
        self.node.ask(&["withdraw", &avis, "--reason", "superseded", "--text", "Remplacé."]);
        self.told("the avis is withdrawn", |message| {
            message["type"] == "Delete"
                && (message["object"] == avis.as_str() || message["object"]["id"] == avis.as_str())
        });
        let read = self.server.ask("get", json!({ "url": avis }));
        assert_eq!(read["status"], 410);
        assert!(text(&read, "text").contains("Tombstone"));
    }

    /// After `Undo` of the follows nothing comes any more.
    pub fn leaves_and_is_told_no_more(&mut self) {
        for follow in std::mem::take(&mut self.follows) {
            self.server.ask("undo", json!({ "id": follow }));
        }
        for actor in self.actors.clone().values() {
            assert_eq!(self.followers(actor), 0, "{actor}");
        }
        let before = self.received().len();
        publish(&self.node, &dossier::corrected().replace("Cinq rues", "Six rues"));
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(self.received().len(), before, "told after leaving");
    }

    /// A reply waits for a person, is shown, follows its author's correction, and goes when it is deleted.
    pub fn replies_and_is_shown_once_approved(&mut self) {
        let avis = self.said("Create", "parvis:Avis").expect("the avis");
        let (id, page) = (text(&avis, "id"), text(&avis, "url"));
        let content = "<p>Et les rues voisines ?</p>";
        let note = text(&self.server.ask("reply", json!({ "to": id, "content": content })), "note");
        self.node_shows("the reply is held", |node| {
            node.ask(&["replies", "list"]).to_string().contains(&note)
        });
        assert!(!self.page(&page).contains("Et les rues voisines"), "shown before it was approved");
        self.node.ask(&["replies", "approve", &note]);
        // A page may be a second old.
        self.node_shows("the approved reply", |_| self.page(&page).contains("Et les rues voisines"));
        self.server.ask("edit", json!({ "note": note, "content": "<p>Et les places voisines ?</p>" }));
        self.server.ask("delete", json!({ "note": note }));
        assert!(!self.page(&page).contains("voisines"), "shown after its author deleted it");
    }

    /// Likes and boosts are counted once each, and no more once they are undone.
    pub fn likes_and_boosts_and_thinks_again(&mut self) {
        let avis = text(&self.said("Create", "parvis:Avis").expect("the avis"), "id");
        let like = text(&self.server.ask("like", json!({ "object": avis })), "id");
        let boost = text(&self.server.ask("boost", json!({ "object": avis })), "id");
        assert_eq!((self.total(&format!("{avis}/likes")), self.total(&format!("{avis}/shares"))), (1, 1));
        self.server.ask("undo", json!({ "id": like }));
        self.server.ask("undo", json!({ "id": boost }));
        assert_eq!((self.total(&format!("{avis}/likes")), self.total(&format!("{avis}/shares"))), (0, 0));
    }

    /// One signed `Like` of the council, as the parameters say; gives the status of the answer.
    pub fn knock(&mut self, parameters: &Value) -> u64 {
        let mut order = parameters.clone();
        order["inbox"] = json!(format!("{}/inbox", self.node.base));
        order["object"] = json!(self.actor("conseil"));
        let answer = self.server.ask("knock", order);
        answer["status"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    }

    fn actor(&self, handle: &str) -> String {
        self.actors[handle].clone()
    }

    fn received(&mut self) -> Vec<Value> {
        received(&mut self.server)
    }

    /// Waits until a message came that is as asked; gives it.
    fn told(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        told(&mut self.server, what, wanted)
    }

    /// Waits for an activity that carries a record of a kind, by its author; gives the record's id.
    fn told_of(&mut self, activity: &str, kind: &str, author: &str) -> String {
        let message = self.told(&format!("{activity} {kind} by {author}"), |message| {
            message["type"] == activity && message["object"]["parvis:kind"] == kind
        });
        assert_eq!((&message["actor"], &message["object"]["attributedTo"]), (&json!(author), &json!(author)));
        text(&message["object"], "id")
    }

    fn told_of_boost(&mut self, actor: &str, object: &str, why: &str) {
        self.told(why, |message| {
            message["type"] == "Announce" && message["actor"] == actor && message["object"] == object
        });
    }

    /// The record of a kind that an activity brought.
    fn said(&mut self, activity: &str, kind: &str) -> Option<Value> {
        let objects = self.received().into_iter().map(|got| got["message"].clone());
        objects
            .filter(|message| message["type"] == activity)
            .map(|message| message["object"].clone())
            .find(|object| object["parvis:kind"] == kind)
    }

    /// The record of an id that an activity brought.
    fn object(&mut self, activity: &str, id: &str) -> Value {
        let message = self.told(id, |message| message["type"] == activity && message["object"]["id"] == id);
        message["object"].clone()
    }

    fn followers(&mut self, actor: &str) -> u64 {
        self.total(&format!("{actor}/followers"))
    }

    /// `totalItems` of a collection of ours.
    fn total(&mut self, url: &str) -> u64 {
        let read = self.server.ask("get", json!({ "url": url }));
        let collection: Value = serde_json::from_str(&text(&read, "text")).unwrap_or_default();
        collection["totalItems"].as_u64().unwrap_or_else(|| panic!("{url}: {read}"))
    }

    fn page(&self, url: &str) -> String {
        let path = url.strip_prefix(&self.node.base).expect("a page of the node");
        let answer = self.node.get(path, "text/html");
        assert_eq!(answer.status, 200, "{url}");
        answer.body
    }

    fn node_shows(&self, what: &str, shown: impl Fn(&Node) -> bool) {
        let until = Instant::now() + Duration::from_secs(30);
        while !shown(&self.node) {
            assert!(Instant::now() < until, "{what}: never");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Every message that came to a server, with the answer it gave.
pub fn received(server: &mut Fediverse) -> Vec<Value> {
    let answer = server.ask("received", json!({}));
    answer["received"].as_array().expect("a list").clone()
}

/// Waits until a message came to a server that is as asked; gives it.
pub fn told(server: &mut Fediverse, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let received = received(server);
        if let Some(got) = received.iter().find(|got| wanted(&got["message"])) {
            return got["message"].clone();
        }
        let came: Vec<String> = received.iter().map(|got| summary(&got["message"])).collect();
        assert!(Instant::now() < until, "never told: {what}; what came:\n{}", came.join("\n"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Publishes a whole dossier.
pub fn publish(node: &Node, dossier: &str) {
    let file = node.file("dossier.toml", dossier);
    node.ask(&["import", "--publish", &file.to_string_lossy()]);
}

fn summary(message: &Value) -> String {
    let object = &message["object"];
    let id = object.as_str().or_else(|| object["id"].as_str()).unwrap_or_default();
    format!("{} {} {} {id}", message["type"], message["actor"], object["parvis:kind"])
}
