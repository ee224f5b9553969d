//! The read side as other servers meet it: records, collections, what peers compare; on a node that published
//! the sample of Rennes. Row by row, with discovery, in tests/conformance.

mod support {
    pub mod node;
    pub mod reply;
}

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode, header};
use parvis::{
    actions::withdraw,
    domain::{Hash, Iri, canonical, codes::Reason},
    server,
    storage::{actors, follows, reactions, records, replies::Reply, versions},
};
use serde_json::{Value, json};
use support::{
    node::{Node, node},
    reply::keep,
};
use tower::ServiceExt as _;

const BASE: &str = "http://rennes.localhost:8101";

/// A node that published, and its read side.
struct World {
    node: Node,
    router: Router,
}

async fn world() -> World {
    let node = node("rennes", 8101).await;
    node.publish_sample("rennes.toml").await;
    let router = server::router(&node.app);
    World { node, router }
}

impl World {
    async fn get(&self, path: &str) -> Got {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        let path = path.strip_prefix(BASE).unwrap_or(path);
        let mut request = Request::get(path).header(header::HOST, "rennes.localhost:8101");
        if headers.iter().all(|(name, _)| *name != "accept") {
            request = request.header(header::ACCEPT, "application/activity+json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Got { status: head.status, headers: head.headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// One of our actors.
    async fn actor(&self, role: &str) -> actors::Actor {
        actors::by_role(&self.node.app.db, role).await.unwrap().remove(0)
    }

    /// The latest record of a kind.
    async fn record(&self, kind: &str) -> records::Row {
        let page = records::Page::first(1);
        records::by_kind_ours(&self.node.app.db, kind, &page).await.unwrap().remove(0)
    }
}

/// An answer.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_record_is_served_exactly_as_written_2_3_25() {
    let world = world().await;
    let avis = world.record("Avis").await;
    for accept in [
        "application/activity+json",
        r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
    ] {
        let got = world.get_with(&avis.uri, &[("accept", accept)]).await;
        assert_eq!(got.status, StatusCode::OK);
        assert_eq!(got.header("content-type"), "application/activity+json");
        assert_eq!(got.header("vary"), "Accept");
        assert_eq!(got.header("access-control-allow-origin"), "*");
        assert_eq!(got.text, avis.document);
    }
    let tag = world.get(&avis.uri).await.header("etag").to_owned();
    let again = world.get_with(&avis.uri, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let version = world.get(&format!("{}/versions/1", avis.uri)).await;
    assert_eq!(version.json()["id"], json!(avis.uri));
    for missing in
        ["/avis/nothing", "/avis/nothing/versions/1", "/elsewhere", "/actors/x/outbox", "/avis/..%2f/x"]
    {
        assert_eq!(world.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let (app, operator) = (&world.node.app, &world.node.operator);
    let answer = world.record("Answer").await;
    let id = Iri::parse(&answer.uri).unwrap();
    withdraw::withdraw(app, operator, &id, Reason::Duplicate, "Doublon (synthétique).").await.unwrap();
    let withdrawn = world.get(&answer.uri).await;
    assert_eq!(withdrawn.status, StatusCode::GONE);
    assert_eq!(withdrawn.json()["parvis:reason"], "parvis:duplicate", "the tombstone its author signed");
    let first = world.get(&format!("{}/versions/1", answer.uri)).await;
    assert_eq!((first.status, first.text), (StatusCode::OK, answer.document), "history stays readable");
    let mut tx = app.db.begin().await.unwrap();
    versions::erase(&mut tx, &avis.uri, avis.version, app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    let gone = world.get(&avis.uri).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.json()["type"], "Tombstone");
}

#[tokio::test]
async fn an_actor_and_its_collections_5_to_11() {
    let world = world().await;
    let app = &world.node.app;
    let council = world.actor("council").await;
    let actor = world.get(&council.uri).await;
    assert_eq!(actor.text, council.document);
    let actor = actor.json();

    let outbox = world.get(actor["outbox"].as_str().unwrap()).await.json();
    assert_eq!(outbox["type"], "OrderedCollection");
    let (mut seen, mut next) = (Vec::new(), outbox["first"].as_str().map(str::to_owned));
    while let Some(url) = next {
        let page = world.get(&url).await.json();
        assert_eq!(page["type"], "OrderedCollectionPage");
        assert_eq!(page["partOf"], outbox["id"]);
        seen.extend(page["orderedItems"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(json!(seen.len()), outbox["totalItems"], "the pages cover the whole");
    let dates: Vec<&str> = seen.iter().map(|one| one["published"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "the latest first");
    let activity = world.get(seen[0]["id"].as_str().unwrap()).await;
    assert_eq!(activity.json(), seen[0], "activities dereference (69)");

    for list in ["followers", "following"] {
        let head = world.get(actor[list].as_str().unwrap()).await.json();
        assert_eq!(head["type"], "OrderedCollection");
        assert_eq!(head["totalItems"], json!(0));
        let page = world.get(head["first"].as_str().unwrap()).await.json();
        assert_eq!((&page["partOf"], &page["orderedItems"]), (&head["id"], &json!([])));
    }
    assert_eq!(follows::count_followers(&app.db, &council.uri).await.unwrap(), 0);
    let featured = world.get(actor["featured"].as_str().unwrap()).await.json();
    assert!(featured["orderedItems"].as_array().unwrap().iter().all(Value::is_string), "ids (67)");
    for inbox in [actor["inbox"].as_str().unwrap(), "/inbox"] {
        assert_eq!(world.get(inbox).await.json()["type"], "OrderedCollection");
    }
    for list in ["parvis:saisines", "parvis:avisIssued"] {
        let head = world.get(actor[list].as_str().unwrap()).await.json();
        let page = world.get(head["first"].as_str().unwrap()).await.json();
        let count = page["orderedItems"].as_array().unwrap().len();
        assert!(count > 0, "{list}");
        assert_eq!(json!(count), head["totalItems"]);
    }
}

/// Whoever follows late finds where things stand: of each thread, what the city said last (moonshot 8).
#[tokio::test]
async fn a_city_pins_what_it_said_last_in_each_thread() {
    let world = world().await;
    let city = world.get(&world.actor("mairie").await.uri).await.json();
    let pinned = world.get(city["featured"].as_str().unwrap()).await.json();
    let pinned = pinned["orderedItems"].as_array().unwrap();
    let mut threads = Vec::new();
    for id in pinned {
        let statement = world.get(id.as_str().unwrap()).await.json();
        let thread = world.get(statement["context"].as_str().unwrap()).await.json();
        let (mut said, mut next) = (Vec::new(), thread["first"].as_str().map(str::to_owned));
        while let Some(url) = next {
            let page = world.get(&url).await.json();
            said.extend(page["orderedItems"].as_array().unwrap().clone());
            next = page["next"].as_str().map(str::to_owned);
        }
        let mut last = None;
        for one in said.iter().rev() {
            let one = world.get(one.as_str().or(one["id"].as_str()).unwrap()).await.json();
            let kind = one["parvis:kind"].as_str().unwrap_or_default();
            if one["attributedTo"] == city["id"]
                && matches!(kind, "parvis:Account" | "parvis:Answer" | "parvis:FollowUp")
            {
                last = Some(one["id"].clone());
                break;
            }
        }
        assert_eq!(last.as_ref(), Some(id), "the thread's last statement of the city");
        threads.push(statement["context"].clone());
    }
    threads.sort_by_key(ToString::to_string);
    threads.dedup();
    assert!(pinned.len() == threads.len() && pinned.len() >= 3, "{pinned:?}");
}

#[tokio::test]
async fn a_thread_its_recommendations_answers_and_replies() {
    let world = world().await;
    let app = &world.node.app;
    let (avis, answer) = (world.record("Avis").await, world.record("Answer").await);
    let recommended = world.get(&format!("{}/recommandations", avis.uri)).await.json();
    let listed: Value = canonical::read(&avis.document).unwrap()["parvis:recommendations"].clone();
    assert_eq!(recommended["orderedItems"], listed, "in the order of the avis");
    let asked = answer.parent.clone().unwrap();
    let answers = world.get(&format!("{asked}/reponses?page=1")).await.json();
    assert_eq!(answers["orderedItems"], json!([answer.uri]));

    let thread = world.get(&answer.context).await.json();
    assert_eq!(thread["type"], "OrderedCollection");
    assert!(thread["attributedTo"].is_string());
    let page = world.get(thread["first"].as_str().unwrap()).await.json();
    let ids: Vec<&str> =
        page["orderedItems"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let mut rows = records::by_context(&app.db, &answer.context, &records::Page::first(500)).await.unwrap();
    rows.sort_by(|a, b| (&a.published, &a.uri).cmp(&(&b.published, &b.uri)));
    assert_eq!(ids, rows.iter().map(|row| row.uri.as_str()).take(50).collect::<Vec<_>>(), "the oldest first");

    for (uri, state) in [("https://m.example/1", "approved"), ("https://m.example/2", "held")] {
        keep(&app.db, &reply(uri, &asked, state)).await;
    }
    let mut tx = app.db.begin().await.unwrap();
    let like = reactions::Reaction {
        actor: "https://m.example/u".to_owned(),
        object: asked.clone(),
        kind: "Like".to_owned(),
        activity: "https://m.example/l".to_owned(),
        at: 0,
    };
    reactions::put(&mut tx, &like).await.unwrap();
    tx.commit().await.unwrap();
    let got = world.get(&format!("{asked}/replies?page=1")).await.json();
    let items = got["items"].as_array().unwrap();
    assert!(items.contains(&json!("https://m.example/1")), "approved replies are shown");
    assert!(!items.contains(&json!("https://m.example/2")), "held replies are not (rule 14)");
    assert!(items.contains(&json!(answer.uri)), "our answers are");
    assert_eq!(got["totalItems"], json!(items.len()));
    assert_eq!(world.get(&format!("{asked}/likes")).await.json()["totalItems"], json!(1));
    assert_eq!(world.get(&format!("{asked}/shares")).await.json()["totalItems"], json!(0));
    let bad = world.get(&format!("{asked}/replies?page=1&after=nonsense")).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

fn reply(uri: &str, parent: &str, state: &str) -> Reply {
    Reply {
        uri: uri.to_owned(),
        author: "https://m.example/u".to_owned(),
        author_name: "U".to_owned(),
        author_handle: "u@m.example".to_owned(),
        parent: parent.to_owned(),
        content: "<p>…</p>".to_owned(),
        lang: None,
        published: "2026-11-21T13:00:00Z".to_owned(),
        updated: None,
        received_at: 0,
        state: state.to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    }
}

#[tokio::test]
async fn heads_and_changes_tell_peers_everything_in_order_17() {
    let world = world().await;
    let app = &world.node.app;
    let heads = world.get("/api/v1/heads").await.json();
    let council = world.actor("council").await;
    let mut lines: Vec<String> = versions::heads_of(&app.db, &council.uri)
        .await
        .unwrap()
        .iter()
        .map(|head| format!("{} {} {}\n", head.uri, head.version, head.hash))
        .collect();
    lines.sort();
    let told =
        heads["items"].as_array().unwrap().iter().find(|item| item["author"] == json!(council.uri)).unwrap();
    assert_eq!(told["head"], json!(Hash::of(lines.concat().as_bytes())));
    assert_eq!(told["count"], json!(lines.len()));

    let (mut seen, mut since) = (Vec::new(), 0);
    loop {
        let page = world.get(&format!("/api/v1/changes?since={since}&limit=7")).await;
        let body = page.json();
        for item in body["items"].as_array().unwrap() {
            let document = item["document"].as_object().unwrap();
            assert_eq!(json!(canonical::hash(document)), item["hash"]);
            let kept =
                versions::get(&app.db, item["id"].as_str().unwrap(), item["version"].as_i64().unwrap());
            let kept = kept.await.unwrap().unwrap().document.unwrap();
            assert!(page.text.contains(&kept), "the text stands exactly as stored");
            seen.push(item["seq"].as_i64().unwrap());
        }
        match body["next"].as_i64() {
            Some(next) => since = next,
            None => break,
        }
    }
    assert!(seen.is_sorted() && !seen.is_empty());
    assert_eq!(seen.len(), usize::try_from(versions::count(&app.db).await.unwrap()).unwrap());
    assert_eq!(seen.last().copied(), heads["last"].as_i64());
    assert_eq!(world.get("/api/v1/changes?since=x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get("/ns/v1").await.header("content-type"), "application/ld+json");
}
