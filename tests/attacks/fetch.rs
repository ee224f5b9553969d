//! Rows F: every way in which somebody can tell the node to ask something of somebody, against every address
//! it must not ask. The node is as it ships: `federation.allow_networks` names nothing.

use jiff::SignedDuration;
use parvis::{
    actions::{self, Operator},
    domain::Iri,
    federation::{
        actors, catch_up,
        connector::{ConnectorError, Outbound},
        delivery, discover, gone, probe,
        signature::Refusal,
    },
    storage,
};
use serde_json::json;

use crate::{
    http_server::Reply,
    oracle::Verdict,
    world::{KEYS, World, authority},
};

/// On whose word the node asks: a message that names a key, somebody who names an actor, an account or a host,
/// a peer, an actor that may be gone, a follower's inbox. Objects, icons and attachments are never asked for.
const SINKS: [&str; 7] = ["key", "actor", "account", "nodeinfo", "heads", "farewell", "inbox"];

/// Those that take a whole URL rather than a host.
const OF_URLS: [&str; 4] = ["key", "actor", "farewell", "inbox"];

/// Makes the node ask at an origin that an attacker chose; whether it got what it asked for.
async fn ask(world: &World, sink: &str, origin: &str) -> bool {
    let (app, host) = (&world.app, authority(origin));
    let Ok(id) = Iri::parse(&format!("{origin}/b")) else {
        // What is no identifier cannot even be said; a message and a person can write it all the same.
        return match sink {
            "account" => discover::actor(app, &format!("a@{host}")).await.is_ok(),
            "actor" => discover::actor(app, &format!("{origin}/b")).await.is_ok(),
            "key" => told_by_message(world, origin).await,
            _ => false,
        };
    };
    match sink {
        "key" => told_by_message(world, origin).await,
        "actor" => actors::fetch_actor(app, &id).await.is_ok(),
        "account" => discover::actor(app, &format!("a@{host}")).await.is_ok(),
        "nodeinfo" => probe::probe(app, host).await.is_ok(),
        "heads" => catch_up::catch_up(app, host).await.is_ok(),
        "farewell" => gone::check(app, &id).await.is_ok(),
        "inbox" => deliver(world, &id).await,
        _ => unreachable!("{sink}"),
    }
}

/// A message by an actor there, signed with a key there.
async fn told_by_message(world: &World, origin: &str) -> bool {
    let message = world.message("angers", "/a", &KEYS[0]);
    let message = message.with("actor", format!("{origin}/b")).with("id", format!("{origin}/b/1"));
    let answer = world.send(&message.key_id(format!("{origin}/b#main-key"))).await;
    assert!(matches!(answer.status.as_u16(), 202 | 400 | 401 | 403), "{origin}: {answer:?}");
    answer.status == 202
}

/// Our node follows an actor, whose inbox is there.
async fn deliver(world: &World, id: &Iri) -> bool {
    let (app, operator) = (&world.app, Operator::cli("test"));
    actions::actors::set_up(app, &operator).await.unwrap();
    let relay = storage::actors::by_role(&app.db, "relay").await.unwrap().remove(0);
    let followed = world.stranger(id, &KEYS[0]);
    let relay = Iri::parse(&relay.uri).unwrap();
    actions::follows::follow(app, &operator, &relay, &followed).await.unwrap();
    let progress = delivery::step(app, "test").await.unwrap();
    // What would go to ourselves is not even queued.
    let queued = usize::from(id.host() != app.urls.host());
    assert_eq!(progress.hosts, queued, "{id}");
    progress.delivered > 0
}

/// Asks, and gives what the network heard of it: addresses, names, requests.
async fn heard(world: &World, sink: &str, origin: &str) -> Vec<Outbound> {
    let before = world.app.http.outbound_log().len();
    assert!(!ask(world, sink, origin).await, "{sink} {origin}: got an answer");
    world.app.http.outbound_log().split_off(before)
}

fn offered(log: &[Outbound]) -> bool {
    log.iter().any(|entry| matches!(entry, Outbound::Address(_)))
}

#[tokio::test]
async fn every_sink_asks_where_it_is_told() {
    let world = World::new().await;
    let port = world.server.address.port();
    for sink in SINKS {
        // The origin is known, so that its scheme is.
        world.meet(sink, "/a", &KEYS[0]).await;
        world.publish(sink, "/b", &KEYS[0]);
        world.asked();
        let log = {
            let before = world.app.http.outbound_log().len();
            ask(&world, sink, &format!("http://{sink}.localhost:{port}")).await;
            world.app.http.outbound_log().split_off(before)
        };
        assert!(log.contains(&Outbound::Address(world.server.address)), "{sink}: {log:?}");
        assert!(world.asked().iter().any(|asked| asked.starts_with(sink)), "{sink}");
    }
}

#[tokio::test]
async fn f01_addresses_in_urls() {
    let world = World::shipped(&[]).await;
    for sink in SINKS {
        for literal in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "[::1]",
            "[::]",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[::7f00:1]",
            "10.0.0.1",
            "169.254.169.254",
            "[fe80::1%25eth0]",
            "8.8.8.8",
            "[2606:4700::1111]",
        ] {
            let log = heard(&world, sink, &format!("https://{literal}")).await;
            let asked = |entry: &Outbound| !matches!(entry, Outbound::Request { .. });
            assert!(!log.iter().any(asked), "{sink} {literal}: {log:?}");
        }
    }
}

/// Addresses that belong to no host of the public internet.
const SPECIAL: [&str; 30] = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.0.1",
    "0.0.0.0",
    "127.0.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "203.0.113.1",
    "::1",
    "fc00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::",
];

/// Every sink is told names that lead to such addresses.
async fn names_lead_nowhere(row: &str, answers: &[(&str, Vec<&str>)]) {
    let names: Vec<String> =
        (0..answers.len() * SINKS.len()).map(|number| format!("{row}-{number}.example")).collect();
    let answers: Vec<[&[&str]; 1]> = answers.iter().map(|(_, answer)| [answer.as_slice()]).collect();
    let known = names.iter().zip(answers.iter().cycle());
    let known: Vec<(&str, &[&[&str]])> =
        known.map(|(name, answer)| (name.as_str(), answer.as_slice())).collect();
    let world = World::shipped(&known).await;
    for (number, (name, answer)) in known.iter().enumerate() {
        let sink = SINKS[number / answers.len()];
        let log = heard(&world, sink, &format!("https://{name}")).await;
        assert!(!offered(&log), "{sink} {answer:?}: {log:?}");
        assert!(log.contains(&Outbound::Name((*name).to_owned())), "{sink} {answer:?}: was not even asked");
    }
}

#[tokio::test]
async fn f02_f03_names_that_lead_inside() {
    let answers: Vec<(&str, Vec<&str>)> = SPECIAL.iter().map(|address| (*address, vec![*address])).collect();
    names_lead_nowhere("f02", &answers).await;
}

#[tokio::test]
async fn f04_names_that_lead_inside_and_outside() {
    let answers = [
        ("first", vec!["127.0.0.1", "8.8.8.8"]),
        ("last", vec!["8.8.8.8", "127.0.0.1"]),
        ("mixed", vec!["8.8.8.8", "::1"]),
        ("many", vec!["8.8.8.8", "1.1.1.1", "9.9.9.9", "fd00::1"]),
    ];
    names_lead_nowhere("f04", &answers).await;
}

#[tokio::test]
async fn f06_redirects() {
    let world = World::new().await;
    let port = world.server.address.port();
    for (number, sink) in SINKS.iter().enumerate() {
        let locations = [
            format!("http://127.0.0.2:{port}/b"),
            format!("http://elsewhere.localhost:{port}/b"),
            format!("//elsewhere.localhost:{port}/b"),
            "https://10.0.0.1/b".to_owned(),
            "file:///etc/passwd".to_owned(),
            "data:application/activity+json,{}".to_owned(),
            format!("http://u:p@{sink}-{number}.localhost:{port}/b"),
            String::new(),
        ];
        for (turn, location) in locations.iter().enumerate() {
            let host = format!("{sink}-{number}-{turn}");
            let origin = format!("http://{host}.localhost:{port}");
            world.meet(&host, "/a", &KEYS[0]).await;
            let account = format!("a@{}", authority(&origin));
            let account: String =
                url::form_urlencoded::byte_serialize(format!("acct:{account}").as_bytes()).collect();
            for path in ["/b", "/b/inbox", "/.well-known/nodeinfo", "/api/v1/heads"]
                .map(String::from)
                .into_iter()
                .chain([format!("/.well-known/webfinger?resource={account}")])
            {
                let target = if location.is_empty() { path.as_str() } else { location };
                world.page(&host, &path, Reply::new("302 Found", &[("Location", target)], b""));
            }
            world.asked();
            let log = heard(&world, sink, &origin).await;
            let inside = |entry: &Outbound| match entry {
                Outbound::Address(address) => *address == world.server.address,
                Outbound::Name(name) => *name == format!("{host}.localhost"),
                Outbound::Request { url, .. } => url.contains(&format!("://{host}.localhost:")),
            };
            assert!(!log.is_empty() && log.iter().all(inside), "{sink} {location}: {log:?}");
            assert!(log.iter().filter(|entry| matches!(entry, Outbound::Request { .. })).count() <= 4);
            assert!(!world.asked().iter().any(|asked| asked.starts_with("elsewhere")), "{sink} {location}");
        }
    }
}

#[tokio::test]
async fn f07_f08_schemes_and_ports() {
    let world = World::shipped(&[]).await;
    let mut names = (0..100).map(|number| format!("f07-{number}.example"));
    for sink in SINKS {
        for port in [22, 25, 80, 6379, 8080, 65_536] {
            let log = heard(&world, sink, &format!("https://{}:{port}", names.next().unwrap())).await;
            assert!(log.is_empty(), "{sink} {port}: {log:?}");
        }
    }
    for sink in OF_URLS {
        for scheme in ["http", "ftp", "file", "gopher", "data", "unix", "ws", "blob:https", "HTTPS", "Http"] {
            let log = heard(&world, sink, &format!("{scheme}://{}", names.next().unwrap())).await;
            assert!(log.is_empty(), "{sink} {scheme}: {log:?}");
        }
    }
}

#[tokio::test]
async fn f09_urls_that_say_two_things() {
    let world = World::shipped(&[]).await;
    for sink in SINKS {
        for confusing in [
            "https://a.example@127.0.0.1",
            "https://a.example:443@127.0.0.1",
            "https://a.example#@127.0.0.1",
            "https://a.example?@127.0.0.1",
            "https://a.example\\@127.0.0.1",
            "https://a.example.",
            "https://a.example%00.evil.example",
            "https://a.example%2f@127.0.0.1",
            "https:/a.example",
            "https:///a.example",
            "https://a.example\u{3002}evil.example",
        ] {
            if sink == "key" && !confusing.is_ascii() {
                continue;
            }
            let log = heard(&world, sink, confusing).await;
            assert!(log.is_empty(), "{sink} {confusing}: {log:?}");
        }
    }
}

#[tokio::test]
async fn f10_an_object_where_a_url_is_expected() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let inside = json!({"method": "POST", "url": "http://127.0.0.9/", "href": "http://127.0.0.9/"});
    for name in ["id", "actor"] {
        world.refused(&good.clone().with(name, inside.clone()), Refusal::BadActivity).await;
    }
    for kind in ["Like", "Delete", "Create", "Update", "Follow"] {
        let message = good.clone().with("type", kind).with("object", inside.clone());
        world.refused(&message, Verdict::new(400, "iri")).await;
    }
    let undo = good.clone().with("type", "Undo").with("object", inside.clone());
    world.refused(&undo, Verdict::new(403, "forbidden")).await;
    // What somebody passes on of a third is not asked for, whatever it looks like.
    let before = world.state.read().await;
    world.accepted(&good.clone().with("type", "Announce").with("object", inside.clone())).await;
    assert_eq!(world.state.read().await, before);
    for (number, name) in ["inbox", "id"].iter().enumerate() {
        let path = format!("/odd/{number}");
        let mut actor = world.actor("angers", &path, &KEYS[0]);
        actor[*name] = inside.clone();
        world.page("angers", &path, Reply::document(&actor.to_string()));
        let asked = Verdict::from(Refusal::KeyUnknown).asking([format!("angers.localhost{path}")]);
        world.refused(&world.message("angers", &path, &KEYS[0]), asked).await;
    }
    // Where one may be missing, it is.
    let mut actor = world.actor("angers", "/odd/url", &KEYS[0]);
    for name in ["url", "icon", "image", "outbox", "followers", "endpoints", "attachment"] {
        actor[name] = inside.clone();
    }
    world.page("angers", "/odd/url", Reply::document(&actor.to_string()));
    world.accepted(&world.message("angers", "/odd/url", &KEYS[0])).await;
    let id = world.iri("angers", "/odd/url");
    let stored = storage::actors::get(&world.app.db, id.as_str()).await.unwrap().unwrap();
    assert_eq!((stored.url, stored.outbox, stored.followers, stored.shared_inbox), (None, None, None, None));
    assert!(!world.app.http.outbound_log().iter().any(|entry| format!("{entry:?}").contains("127.0.0.9")));
}

#[tokio::test]
async fn f11_an_inbox_that_is_not_the_actors_own() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    world.accepted(&world.message("angers", "/a", &KEYS[0])).await;
    let ours = storage_of_city(&world).await;
    for (number, inbox) in [
        "http://127.0.0.1/inbox",
        "http://10.0.0.1/inbox",
        "http://rennes.localhost:8101/inbox",
        "http://rennes.localhost:8101/actors/a/inbox",
        "http://elsewhere.localhost/inbox",
        "file:///etc/passwd",
    ]
    .iter()
    .enumerate()
    {
        // A minute later, so that its host may be asked again.
        world.app.clock.advance(SignedDuration::from_secs(61));
        let path = format!("/a/{number}");
        let mut actor = world.actor("evil", &path, &KEYS[1]);
        actor["inbox"] = (*inbox).into();
        world.page("evil", &path, Reply::document(&actor.to_string()));
        let follow =
            world.message("evil", &path, &KEYS[1]).with("type", "Follow").with("object", ours.as_str());
        let asked = Verdict::from(Refusal::KeyUnknown).asking([format!("evil.localhost{path}")]);
        world.refused(&follow, asked).await;
        // As a shared inbox it is left out: what is for this follower goes to its own.
        let mut actor = world.actor("evil", &format!("{path}/shared"), &KEYS[1]);
        actor["endpoints"] = json!({ "sharedInbox": inbox });
        world.page("evil", &format!("{path}/shared"), Reply::document(&actor.to_string()));
        let follow = world.message("evil", &format!("{path}/shared"), &KEYS[1]);
        world.accepted(&follow.with("type", "Follow").with("object", ours.as_str())).await;
    }
    let port = world.server.address.port();
    for follower in storage::follows::followers(&world.app.db, &ours, "", 100).await.unwrap() {
        assert!(
            follower.inbox.starts_with(&format!("http://evil.localhost:{port}/a/")),
            "{}",
            follower.inbox
        );
    }
}

/// Our city, set up; its id.
async fn storage_of_city(world: &World) -> String {
    actions::actors::set_up(&world.app, &Operator::cli("test")).await.unwrap();
    storage::actors::by_role(&world.app.db, "mairie").await.unwrap().remove(0).uri
}

#[tokio::test]
async fn f12_names_that_lead_to_ourselves() {
    let ours: &[&[&str]] = &[&["8.8.8.8"]];
    let names: Vec<String> = (0..SINKS.len()).map(|number| format!("alias-{number}.example")).collect();
    let mut known: Vec<(&str, &[&[&str]])> = names.iter().map(|name| (name.as_str(), ours)).collect();
    known.push(("rennes.example", ours));
    let world = World::shipped(&known).await;
    for (sink, name) in SINKS.iter().zip(&names) {
        let log = heard(&world, sink, &format!("https://{name}")).await;
        assert!(!offered(&log) && log.contains(&Outbound::Name(name.clone())), "{sink}: {log:?}");
        let log = heard(&world, sink, "https://rennes.example").await;
        assert!(log.is_empty(), "{sink}: {log:?}");
    }
    let refused = actors::fetch(&world.app, &Iri::parse("https://alias-0.example/b").unwrap()).await;
    assert_eq!(refused.err(), Some(actors::ActorError::Connector(ConnectorError::Ourselves)));
}
