//! Rows O, D and C of catching up: a peer that we follow tells of its register, and not all of it is true.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use parvis::{
    domain::{Iri, canonical},
    federation::{
        actors,
        catch_up::{self, Report},
        connector::Outbound,
    },
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{City, EVE, LYON, NEIGHBOUR, Who, document, official},
    http_server::{Reply, Server},
};

/// A city hall on a third server.
const NANCY: Who = ("nancy", "/mairie", 2);

fn json_page(body: &str) -> Reply {
    Reply::new("200 OK", &[("Content-Type", "application/json")], body.as_bytes())
}

/// A line of `changes`: a document as text, under the hash it has or another one.
fn line(number: usize, text: &str, hash: Option<String>) -> String {
    let hash = hash.unwrap_or_else(|| {
        let document = canonical::read(text).unwrap_or_default();
        canonical::hash(&document).to_string()
    });
    format!(r#"{{"seq":{number},"id":"x","version":1,"hash":"{hash}","document":{text}}}"#)
}

impl City {
    /// Lyon's node tells this of its register.
    fn tells(&self, lines: &[String]) {
        let heads =
            json!({"last": 9, "items": [{"author": self.id(LYON), "head": "sha256:other", "count": 1}]});
        self.page(LYON.0, "/api/v1/heads", json_page(&heads.to_string()));
        let body = format!(r#"{{"next":null,"last":9,"items":[{}]}}"#, lines.join(","));
        self.page(LYON.0, "/api/v1/changes?since=0&limit=200", json_page(&body));
    }

    async fn catches_up(&self) -> parvis::Result<Report> {
        catch_up::catch_up(&self.app, self.id(LYON).host()).await
    }

    async fn peer() -> Self {
        let city = Self::new().await;
        actors::fetch_actor(&city.app, &city.id(LYON)).await.unwrap();
        city.page(NANCY.0, NANCY.1, Reply::document(&official(&city, NANCY).to_string()));
        city.follows(&city.id(LYON)).await;
        city
    }
}

#[tokio::test]
async fn o03_o15_o31_o33_d15_a_peer_is_believed_for_what_is_proven_or_its_own() {
    let city = City::peer().await;
    let statuses = city.statuses().await;
    let text = |value: &Value| value.to_string();
    let from_nancy = city.answer(NANCY, &city.theirs);
    let mirrored = city.proven(NANCY, &from_nancy);
    let ours = storage::actors::by_role(&city.app.db, "mairie").await.unwrap().remove(0);
    let mut in_our_name = city.answer(LYON, &city.ours);
    in_our_name["attributedTo"] = json!(ours.uri);
    in_our_name["id"] = json!(format!("{}/reponses/forged", crate::world::OURS));
    let mut altered = city.proven(LYON, &city.answer(LYON, &city.theirs));
    altered["content"] = json!("<p>Non.</p>");
    let mut lent = city.proven(NEIGHBOUR, &city.answer(LYON, &city.theirs));
    lent["proof"]["verificationMethod"] = json!(city.id(LYON).join("#ed25519-1"));
    let mut far = city.answer(LYON, &city.theirs);
    far["published"] = json!("9999-01-01T00:00:00Z");
    let mut long = city.answer(LYON, &city.theirs);
    long["x"] = json!("x".repeat(600 * 1024));
    let mut languages = city.answer(LYON, &city.theirs);
    let map: Vec<(String, Value)> = (0..500).map(|n| (format!("fr-{n}"), json!("<p>Oui</p>"))).collect();
    languages["contentMap"] = Value::Object(map.into_iter().collect());
    let mut hidden = city.answer(LYON, &city.theirs);
    hidden["to"] = json!([city.council]);
    let mut nul = city.answer(LYON, &city.theirs);
    nul["x"] = json!("a\u{0}b");
    let own = city.proven(LYON, &city.answer(LYON, &city.theirs));
    let unsigned = city.answer(NEIGHBOUR, &city.theirs);
    let refused = [
        text(&from_nancy),
        text(&city.proven(LYON, &city.answer(NANCY, &city.theirs))),
        text(&in_our_name),
        text(&altered),
        text(&lent),
        text(&far),
        text(&long),
        text(&languages),
        text(&hidden),
        text(&nul),
        text(&own).replacen('{', r#"{"content":"<p>Non.</p>","#, 1),
        "{}".to_owned(),
    ];
    let mut lines: Vec<String> = refused.iter().map(|text| line(1, text, None)).collect();
    lines.push(line(2, &text(&own), Some(format!("sha256:{}", "0".repeat(64)))));
    lines.push(line(3, "null", None));
    // What holds comes last: nothing before it stands in its way.
    lines.extend([&mirrored, &unsigned, &own].map(|holds| line(4, &text(holds), None)));
    city.tells(&lines);
    let report = city.catches_up().await.unwrap();
    assert_eq!((report.appended, report.refused, report.unfinished), (3, refused.len() + 1, false));
    let row = city.record(&mirrored).await.unwrap();
    assert_eq!((row.origin.as_str(), row.proof.as_str()), (city.id(NANCY).host(), "valid"), "its own origin");
    assert_eq!(city.record(&unsigned).await.unwrap().proof, "absent");
    let after = city.statuses().await;
    assert_ne!(after, statuses, "Lyon's proven answer counts");
    assert_eq!(
        (city.boosts(&mirrored).await, city.boosts(&unsigned).await, city.boosts(&own).await),
        (0, 0, 1)
    );
    // Again, and nothing more comes of it.
    city.tells(&lines);
    let mut tx = city.app.db.begin().await.unwrap();
    storage::hosts::synced(&mut tx, city.id(LYON).host(), 0, 0).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(city.catches_up().await.unwrap().appended, 0);
    assert_eq!(city.statuses().await, after);
}

#[tokio::test]
async fn o17_o18_a_register_is_read_at_its_own_address_as_what_it_is() {
    let city = City::peer().await;
    let own = city.proven(LYON, &city.answer(LYON, &city.theirs));
    let lines = [line(1, &own.to_string(), None)];
    city.tells(&lines);
    let before = city.state.read().await;
    let heads = json!({"last": 9, "items": [{"author": city.id(LYON), "head": "sha256:other"}]}).to_string();
    let evil = city.iri("evil", "/api/v1/heads");
    city.page("evil", "/api/v1/heads", json_page(&heads));
    for reply in [
        Reply::new("200 OK", &[("Content-Type", "text/html")], heads.as_bytes()),
        Reply::new("200 OK", &[("Content-Type", "application/octet-stream")], heads.as_bytes()),
        Reply::new("200 OK", &[], heads.as_bytes()),
        Reply::new("500 Oops", &[("Content-Type", "application/json")], heads.as_bytes()),
        Reply::new("302 Found", &[("Location", evil.as_str())], b""),
        json_page("[]"),
        json_page("<html>"),
    ] {
        city.page(LYON.0, "/api/v1/heads", reply);
        assert!(city.catches_up().await.is_err());
        assert_eq!(city.state.read().await, before);
    }
    city.tells(&lines);
    assert_eq!(city.catches_up().await.unwrap().appended, 1);
}

#[tokio::test]
async fn d05_a_register_without_end_is_left_in_time() {
    let city = City::peer().await;
    let own = line(1, "null", None);
    for next in [0, -5] {
        city.tells(&[]);
        let body = format!(r#"{{"next":{next},"last":9,"items":[{own}]}}"#);
        city.page(LYON.0, "/api/v1/changes?since=0&limit=200", json_page(&body));
        city.asked();
        assert!(!city.catches_up().await.unwrap().unfinished);
        assert_eq!(city.asked().len(), 2, "the same page is not asked for again");
        let mut tx = city.app.db.begin().await.unwrap();
        storage::hosts::synced(&mut tx, city.id(LYON).host(), 0, 0).await.unwrap();
        tx.commit().await.unwrap();
    }
    // Pages that follow each other for ever, empty or not.
    for (items, most) in [("", 1), (r#"{"id":"x","hash":"y","document":{}}"#, 200)] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let items = items.to_owned();
        let endless = Server::start(move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let since =
                path.split("since=").nth(1).and_then(|rest| rest.split('&').next()?.parse::<i64>().ok());
            match since {
                Some(since) => {
                    counted.fetch_add(1, Ordering::SeqCst);
                    json_page(&format!(r#"{{"next":{},"last":9,"items":[{items}]}}"#, since + 1))
                }
                None => json_page(r#"{"last":9,"items":[{"author":"http://x.localhost/1","head":"other"}]}"#),
            }
        })
        .await;
        let id = Iri::parse(&format!("http://endless.localhost:{}/1", endless.address.port())).unwrap();
        let mut actor = storage::actors::get(&city.app.db, city.id(LYON).as_str()).await.unwrap().unwrap();
        (actor.uri, actor.host) = (id.to_string(), id.host().to_owned());
        let mut tx = city.app.db.begin().await.unwrap();
        storage::actors::put(&mut tx, &actor).await.unwrap();
        tx.commit().await.unwrap();
        city.follows(&id).await;
        let report = catch_up::catch_up(&city.app, id.host()).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), most);
        assert_eq!((report.appended, report.unfinished), (0, most > 1));
    }
}

#[tokio::test]
async fn d06_d07_nobody_else_is_asked_because_of_what_is_said() {
    let city = City::peer().await;
    let mut said = city.note(LYON, &city.theirs, "Oui");
    let far = |n: usize| format!("https://h{n}.example/users/x");
    let mentions: Vec<Value> = (0..200)
        .map(|n| json!({"type": "Mention", "href": far(n), "name": format!("@x@h{n}.example")}))
        .collect();
    said["tag"] = json!(mentions);
    said["cc"] = json!((0..200).map(far).collect::<Vec<_>>());
    said["attachment"] = json!([{"type": "Image", "url": far(1)}, {"type": "Link", "href": far(2)}]);
    said["replies"] = json!({"type": "Collection", "first": far(3)});
    said["context"] = json!(far(4));
    city.meet(&[EVE, LYON]).await;
    let quiet = async |message: crate::message::Message| {
        let log = city.app.http.outbound_log().len();
        city.accepted(&message).await;
        let asked: Vec<Outbound> = city.app.http.outbound_log().split_off(log);
        assert!(asked.is_empty(), "{asked:?}");
    };
    quiet(city.says(LYON, "Create", said.clone())).await;
    // D6: a reply to something elsewhere, which replies to something elsewhere …
    said["id"] = json!(city.fresh(LYON, "notes"));
    said["inReplyTo"] = json!(far(5));
    quiet(city.says(LYON, "Create", said.clone())).await;
    let answer = city.answer(LYON, &city.theirs);
    let mut answer = document(&answer).clone();
    answer.extend(["tag", "replies", "context"].map(|name| (name.to_owned(), said[name].clone())));
    quiet(city.says(LYON, "Create", Value::Object(answer))).await;
    quiet(city.says(LYON, "Announce", json!(far(6)))).await;
    quiet(city.says(LYON, "Like", json!(far(7)))).await;
    quiet(city.says(EVE, "Move", json!(city.id(EVE))).with("target", far(8))).await;
}
