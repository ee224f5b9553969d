//! A convention and those who follow it from elsewhere: Rennes hosts it, a council of another city contributes, a
//! citizen on a server of boosts and one on a server that says it is Lemmy follow its Group.

use std::time::{Duration, Instant};

use parvis::domain::activity::PUBLIC;
use serde_json::{Value, json};

use crate::{
    dossier,
    story::{publish, received, told},
    support::{
        foreign::{Fediverse, text},
        process::Node,
    },
};

/// The cities, the followers, and what was contributed.
pub struct Convened {
    host: Node,
    member: Node,
    /// Reads boosts.
    plain: Fediverse,
    /// Reads FEP-1b12.
    lemmy: Fediverse,
    /// Id of the Group.
    group: String,
    contribution: String,
}

impl Convened {
    /// A city with a convention, another that follows it and has an avis, and two who follow the Group.
    pub fn begin() -> Self {
        let (mut host, mut member) = (Node::new(), Node::new());
        for (node, dossier) in [(&mut host, dossier::convened()), (&mut member, dossier::advised())] {
            node.ask(&["init"]);
            publish(node, &dossier);
            node.start();
        }
        let (mut plain, mut lemmy) = (Fediverse::start(&[]), Fediverse::start(&["--software=lemmy"]));
        let mut group = String::new();
        for server in [&mut plain, &mut lemmy] {
            let resource = format!("acct:convention_ia@{}", host.domain);
            let found = server.ask("lookup", json!({ "resource": resource }));
            assert_eq!(
                (text(&found, "type"), text(&found, "username")),
                ("Group".into(), "convention_ia".into())
            );
            group = text(&found, "id");
            let follow = text(&server.ask("follow", json!({ "actor": group })), "id");
            told(server, "the Group accepts", |message| {
                message["type"] == "Accept" && message["object"]["id"] == follow.as_str()
            });
        }
        let name = lemmy.base.trim_start_matches("http://").to_owned();
        until("it is known what the other server is", || {
            let peers = host.ask(&["peers", "list"]);
            let peers = peers.as_array().into_iter().flatten();
            peers.into_iter().any(|peer| peer["host"] == name.as_str() && peer["software"] == "lemmy")
        });
        member.ask(&["follow", &host.domain]);
        Self { host, member, plain, lemmy, group, contribution: String::new() }
    }

    /// The Group and its collection, as Fedify reads them and as Lemmy wants them.
    pub fn is_a_group_with_a_collection(&mut self, total: usize) {
        let actor = self.document(&self.group.clone());
        for field in
            ["inbox", "outbox", "followers", "featured", "preferredUsername", "name", "summary", "url"]
        {
            assert!(actor[field].is_string(), "{field}: {actor}");
        }
        assert_eq!((&actor["type"], &actor["publicKey"]["owner"]), (&json!("Group"), &json!(self.group)));
        assert!(
            actor["publicKey"]["publicKeyPem"].is_string() && actor["endpoints"]["sharedInbox"].is_string()
        );
        assert!(
            actor.get("attributedTo").is_none_or(Value::is_string),
            "moderators are a collection, by its id"
        );
        assert!(self.document(&text(&actor, "followers"))["first"].is_string());
        assert!(self.document(&text(&actor, "featured"))["orderedItems"].is_array());

        let contributions = text(&actor, "parvis:contributions");
        assert_eq!(actor["streams"], json!([contributions]));
        assert_eq!(self.document(&contributions)["attributedTo"], self.group.as_str());
        let read = self.lemmy.ask("read", json!({ "url": contributions }));
        let items = if total == 0 { json!([]) } else { json!([self.contribution]) };
        assert_eq!(
            (&read["type"], &read["total"], &read["items"]),
            (&json!("OrderedCollection"), &json!(total), &items)
        );
    }

    /// The other council asks; the host admits it.
    pub fn admits_a_council_of_another_city(&mut self) {
        let adhesion = said(&self.member, &["convention", "join", "ia", "--council", "conseil"]);
        said(&self.host, &["convention", "admit", "ia", &adhesion]);
    }

    /// It contributes its avis: readers of boosts get the avis, those of FEP-1b12 the author's own Create, both what
    /// enters the collection.
    pub fn passes_on_what_is_contributed(&mut self) {
        self.contribution = said(&self.member, &["convention", "contribute", "ia", "ville/conseil/a1"]);
        let record = self.document(&self.contribution.clone());
        let council = text(&record, "attributedTo");
        let avis = record["parvis:concerns"][0].as_str().expect("the avis").to_owned();
        let (group, contribution) = (self.group.clone(), self.contribution.clone());
        let by_group =
            |message: &Value, kind: &str| message["type"] == kind && message["actor"] == group.as_str();
        for server in [&mut self.plain, &mut self.lemmy] {
            let added = told(server, "it enters the collection", |message| {
                by_group(message, "Add") && message["object"] == contribution.as_str()
            });
            let read = server.ask("read", json!({ "document": added }));
            assert_eq!(
                (&read["type"], &read["by"], &read["target"]),
                (&json!("Add"), &json!(group), &json!(format!("{group}/contributions")))
            );
            assert_eq!((&read["object"]["type"], &read["object"]["by"]), (&json!("Note"), &json!(council)));
        }
        let boost = told(&mut self.plain, "the Group boosts the avis", |message| {
            by_group(message, "Announce") && message["object"] == avis.as_str()
        });
        let read = self.plain.ask("read", json!({ "document": boost }));
        assert_eq!((&read["type"], &read["by"]), (&json!("Announce"), &json!(group)));
        assert_eq!(read["object"], json!({ "type": "Note", "id": avis, "by": council }));

        let passed = told(&mut self.lemmy, "the Group passes the Create on", |message| {
            by_group(message, "Announce") && message["object"]["type"] == "Create"
        });
        let create = &passed["object"];
        assert_eq!(create["object"], record, "the signed record, to the letter");
        assert_eq!(
            self.document(&text(create, "id")),
            *create,
            "the Create that its author has under this id"
        );
        assert_eq!(self.lemmy.ask("verify-document", json!({ "document": record }))["holds"], true);
        let read = self.lemmy.ask("read", json!({ "document": passed }));
        assert_eq!((&read["type"], &read["by"]), (&json!("Announce"), &json!(group)));
        assert_eq!((&read["object"]["type"], &read["object"]["by"]), (&json!("Create"), &json!(council)));
        assert_eq!(read["object"]["object"], json!({ "type": "Note", "id": contribution, "by": council }));
        let mut announced = received(&mut self.plain).into_iter().map(|got| got["message"].clone());
        let whole = announced.find(|message| message["type"] == "Announce" && message["object"].is_object());
        assert_eq!(whole, None, "a reader of boosts is told by boosts alone");
    }

    /// It takes its contribution back: it leaves the collection, and is gone.
    pub fn tells_that_it_is_taken_back(&mut self) {
        let contribution = self.contribution.clone();
        self.member.ask(&[
            "withdraw",
            &contribution,
            "--reason",
            "superseded",
            "--text",
            "Nous reverserons.",
        ]);
        for server in [&mut self.plain, &mut self.lemmy] {
            let removed = told(server, "it leaves the collection", |message| {
                message["type"] == "Remove" && message["object"] == contribution.as_str()
            });
            let read = server.ask("read", json!({ "document": removed }));
            assert_eq!((&read["type"], &read["by"]), (&json!("Remove"), &json!(self.group)));
        }
        let passed = told(&mut self.lemmy, "the Group passes the Delete on", |message| {
            message["type"] == "Announce" && message["object"]["type"] == "Delete"
        });
        assert_eq!(passed["object"]["object"]["id"], contribution.as_str());
        let read = self.lemmy.ask("read", json!({ "document": passed }));
        assert_eq!(
            (&read["object"]["type"], &read["object"]["object"]["type"]),
            (&json!("Delete"), &json!("Tombstone"))
        );
        assert_eq!(self.document(&text(&passed["object"], "id")), passed["object"]);
        let gone = self.plain.ask("get", json!({ "url": contribution }));
        assert_eq!(gone["status"], 410);
        self.is_a_group_with_a_collection(0);
    }

    /// An avis of the member goes to the Group from its first version, and all of its thread with it: the avis and what
    /// the city answers reach readers of FEP-1b12, the avis those of boosts.
    pub fn passes_on_an_avis_born_in_it_and_its_answer(&mut self) {
        publish(&self.member, &dossier::born_in(&self.group));
        let group = self.group.clone();
        let carries = |message: &Value, kind: &str| {
            let created = message["type"] == "Announce" && message["object"]["type"] == "Create";
            created && message["object"]["object"]["parvis:kind"] == format!("parvis:{kind}")
        };
        let mut threads = Vec::new();
        for kind in ["Avis", "Recommendation", "Answer"] {
            let passed = told(&mut self.lemmy, "the Group passes it on", |message| carries(message, kind));
            assert_eq!(passed["actor"], group.as_str());
            let record = passed["object"]["object"].clone();
            assert_eq!(self.document(&text(&record, "id")), record, "the signed record, to the letter");
            threads.push((text(&record, "id"), text(&record, "inReplyTo")));
        }
        let [avis, recommendation, answer] = &threads[..] else { unreachable!() };
        assert_eq!((avis.1.as_str(), &recommendation.1, &answer.1), ("", &avis.0, &recommendation.0));
        told(&mut self.plain, "the Group boosts the avis", |message| {
            message["type"] == "Announce" && message["object"] == avis.0.as_str()
        });
    }

    /// Fedify took in all that came, and all of it obeys the rules of wire.md §1.1, §1.2 and §1.4.
    pub fn every_message_is_read_and_has_the_shape_that_lemmy_asks_for(&mut self) {
        let all: Vec<Value> =
            received(&mut self.plain).into_iter().chain(received(&mut self.lemmy)).collect();
        let mut kinds: Vec<String> = Vec::new();
        for got in &all {
            assert_eq!(got["status"], 202, "refused by Fedify: {got}");
            let message = &got["message"];
            kinds.push(text(message, "type"));
            assert!(message["actor"].is_string() && message["to"].is_array(), "{message}");
            if message["type"] == "Accept" {
                continue;
            }
            addressed(message);
            let carried = &message["object"];
            if carried.is_object() {
                assert!(
                    carried["actor"].is_string() && carried["audience"] == self.group.as_str(),
                    "{carried}"
                );
                addressed(carried);
                self.names_one_group(carried);
                let record = &carried["object"];
                if record["type"] == "Tombstone" {
                    continue;
                }
                addressed(record);
                self.names_one_group(record);
                assert_eq!((&record["type"], &record["audience"]), (&json!("Note"), &carried["audience"]));
                assert!(record["attributedTo"].is_string() && record["tag"].is_array(), "{record}");
                assert!(record["attachment"].is_array() && record["url"].is_string(), "{record}");
                assert!(["name", "summary"].iter().all(|field| record.get(*field).is_none()));
            }
        }
        for kind in ["Accept", "Add", "Announce", "Remove"] {
            assert!(kinds.iter().any(|sent| sent == kind), "{kind}: {kinds:?}");
        }
    }

    /// Of all Groups there are, it names the one that passes it on, and no other.
    fn names_one_group(&mut self, document: &Value) {
        let named = ["to", "cc"].iter().filter_map(|field| document[*field].as_array()).flatten();
        let named: Vec<String> = named.filter_map(Value::as_str).map(ToOwned::to_owned).collect();
        let actors: Vec<&String> =
            named.iter().filter(|id| *id != PUBLIC && !id.ends_with("/followers")).collect();
        let groups: Vec<&String> =
            actors.into_iter().filter(|id| self.document(id)["type"] == "Group").collect();
        assert_eq!(groups, [&self.group], "{document}");
    }

    /// What is under an id, as anybody gets it.
    fn document(&mut self, url: &str) -> Value {
        let read = self.plain.ask("get", json!({ "url": url }));
        serde_json::from_str(&text(&read, "text")).unwrap_or_else(|_| panic!("{url}: {read}"))
    }
}

/// One type, one id, and `to` and `cc` as lists, to everybody by the whole name.
fn addressed(document: &Value) {
    assert!(document["type"].is_string() && document["id"].is_string(), "{document}");
    assert!(document["to"].is_array() && document["cc"].is_array(), "{document}");
    // A recommendation is a reply, and unlisted: citizens are shown its avis (register.md rule 20).
    let lists = [&document["to"], &document["cc"]];
    assert!(lists.iter().any(|to| to.as_array().is_some_and(|to| to.contains(&json!(PUBLIC)))), "{document}");
}

/// Has a node say something about a convention, as soon as it knows enough; gives the id of the record.
fn said(node: &Node, arguments: &[&str]) -> String {
    let mut done = None;
    until(&format!("{arguments:?}"), || {
        let run = node.run(&[&["--json"], arguments].concat());
        done = (run.code == 0).then(|| serde_json::from_str::<Value>(&run.out).expect("JSON"));
        done.is_some()
    });
    text(&done.expect("said"), "id")
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}
