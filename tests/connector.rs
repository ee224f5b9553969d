//! The one way out, attacked: each row of threats table F (and D3, D9, D11) against the connector that
//! ships. Every refusal is told by its reason *and* by the log of what was asked of the network.

#[path = "support/http.rs"]
mod http_server;

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use http_server::{Reply, Server};
use parvis::{
    clock::Clock,
    config::Federation,
    domain::Iri,
    federation::{
        connector::{Connector, ConnectorError, MAX_DOCUMENT, Names, Outbound},
        media::ACCEPT,
        signature::{Signer, SigningKey},
    },
};

fn iri(text: &str) -> Iri {
    Iri::parse(text).expect("an identifier")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// A connector of `https://rennes.example` that may also reach these networks, with these names.
fn connector(networks: &[&str], names: &[(&str, &[&[&str]])]) -> Connector {
    connector_of("https://rennes.example", networks, names)
}

fn connector_of(public_url: &str, networks: &[&str], names: &[(&str, &[&[&str]])]) -> Connector {
    let federation = Federation {
        allow_networks: networks.iter().map(|text| text.parse().expect("a network")).collect(),
        timeout_seconds: 2,
        ..Federation::default()
    };
    let names = names.iter().map(|(name, answers)| {
        let answers = answers.iter().map(|answer| answer.iter().map(|text| ip(text)).collect()).collect();
        ((*name).to_owned(), answers)
    });
    let url = public_url.parse().expect("a URL");
    Connector::with_names(&federation, &url, Clock::system(), Names::set_to(names)).expect("a connector")
}

async fn get(connector: &Connector, url: &str) -> Result<u16, ConnectorError> {
    connector.get(&iri(url), None, ACCEPT, MAX_DOCUMENT).await.map(|fetched| fetched.status)
}

fn addresses(connector: &Connector) -> usize {
    connector.outbound_log().iter().filter(|entry| matches!(entry, Outbound::Address(_))).count()
}

#[tokio::test]
async fn a_named_network_is_reached_and_nothing_else() {
    let server = Server::start(|_| Reply::document("{}")).await;
    let url = server.url("/x");
    let open = connector(&["127.0.0.1/32"], &[]);
    assert_eq!(get(&open, url.as_str()).await, Ok(200));
    assert_eq!(server.hits(), 1);
    assert!(open.outbound_log().contains(&Outbound::Address(server.address)));

    let elsewhere = connector(&["127.0.0.2/32"], &[]);
    assert_eq!(get(&elsewhere, url.as_str()).await, Err(ConnectorError::Address(ip("127.0.0.1"))));
    let closed = connector(&[], &[]);
    assert_eq!(get(&closed, url.as_str()).await, Err(ConnectorError::Address(ip("127.0.0.1"))));
    assert_eq!(server.hits(), 1);
    assert!(closed.outbound_log().is_empty() && elsewhere.outbound_log().is_empty());
}

#[tokio::test]
async fn f01_addresses_in_urls() {
    let closed = connector(&[], &[]);
    for literal in [
        "127.0.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[::ffff:7f00:1]",
        "[::7f00:1]",
        "8.8.8.8",
        "[2606:4700::1111]",
    ] {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{literal}/actor");
            assert!(matches!(get(&closed, &url).await, Err(ConnectorError::Address(_))), "{url}");
        }
    }
    for spelling in ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::127.0.0.1]"] {
        assert!(Iri::parse(&format!("https://{spelling}/actor")).is_err(), "{spelling}");
    }
    assert_eq!(closed.outbound_log(), []);
}

#[tokio::test]
async fn f02_f03_names_of_special_addresses() {
    for address in [
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
    ] {
        let closed = connector(&[], &[("evil.example", &[&[address]])]);
        let verdict = get(&closed, "https://evil.example/actor").await;
        assert_eq!(verdict, Err(ConnectorError::Address(ip(address))));
        assert_eq!(addresses(&closed), 0, "{address}");
    }
}

#[tokio::test]
async fn f04_mixed_answers() {
    let server = Server::start(|_| Reply::document("{}")).await;
    let url = format!("http://mixed.example:{}/x", server.address.port());
    for answer in [&["127.0.0.1", "::1"][..], &["127.0.0.1", "8.8.8.8"], &["8.8.8.8", "127.0.0.1"]] {
        let open = connector(&["127.0.0.1/32"], &[("mixed.example", &[answer])]);
        assert!(matches!(get(&open, &url).await, Err(ConnectorError::Address(_))), "{answer:?}");
        assert_eq!((addresses(&open), server.hits()), (0, 0));
    }
    let control = connector(&["127.0.0.1/32"], &[("mixed.example", &[&["127.0.0.1"]])]);
    assert_eq!(get(&control, &url).await, Ok(200));
}

#[tokio::test]
async fn f05_a_second_answer_of_the_dns_changes_nothing() {
    let server = Server::start(|_| Reply::document("{}")).await;
    let url = format!("http://rebind.example:{}/x", server.address.port());
    let open = connector(&["127.0.0.1/32"], &[("rebind.example", &[&["127.0.0.1"], &["127.0.0.2"]])]);
    assert_eq!(get(&open, &url).await, Ok(200), "asked once, connected to what was judged");
    let asked = open.outbound_log().iter().filter(|entry| matches!(entry, Outbound::Name(_))).count();
    assert_eq!(asked, 1);
    assert_eq!(get(&open, &url).await, Err(ConnectorError::Address(ip("127.0.0.2"))));
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn f06_redirects() {
    let server = Server::start(|request| {
        let to = |location: &str| Reply::new("302 Found", &[("Location", location)], b"");
        match request.split(' ').nth(1).unwrap_or_default() {
            "/once" => to("/end"),
            "/twice" => to("/once"),
            "/loop" => to("/loop"),
            "/loopback" => to("http://127.0.0.9/"),
            "/other-port" => to("http://127.0.0.1:1/end"),
            "/scheme" => to("ftp://127.0.0.1/end"),
            "/user" => to("http://u:p@127.0.0.1/end"),
            "/none" => Reply::new("302 Found", &[], b""),
            "/two" => Reply::new("302 Found", &[("Location", "/end"), ("Location", "/once")], b""),
            _ => Reply::document("{}"),
        }
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    let fetched = open.get(&server.url("/once"), None, ACCEPT, MAX_DOCUMENT).await.expect("one hop");
    assert_eq!((fetched.status, fetched.final_url), (200, server.url("/end")));
    for path in ["/twice", "/loop", "/loopback", "/other-port", "/scheme", "/user", "/none", "/two"] {
        let verdict = get(&open, server.url(path).as_str()).await;
        assert!(matches!(verdict, Err(ConnectorError::Redirect(_))), "{path}: {verdict:?}");
    }
    let foreign = |entry: &Outbound| matches!(entry, Outbound::Address(to) if *to != server.address);
    assert!(!open.outbound_log().iter().any(foreign), "no other address was offered");
}

#[tokio::test]
async fn f06_a_redirected_request_is_signed_anew() {
    let server = Server::start(|request| {
        let signed = |target: &str| {
            request.contains("signature: keyId=\"https://rennes.example/a#main-key\"")
                && request.starts_with(&format!("GET {target} "))
        };
        if signed("/from") {
            Reply::new("301 Moved", &[("Location", "/to")], b"")
        } else if signed("/to") {
            let signature = request.lines().find(|line| line.starts_with("signature:")).unwrap_or_default();
            Reply::document(&serde_json::json!({ "signature": signature }).to_string())
        } else {
            Reply::new("401 Unauthorized", &[], b"")
        }
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    let key = SigningKey::generate().expect("a key");
    let signer = Signer::new(iri("https://rennes.example/a#main-key"), key);
    let first = open.get_document(&server.url("/to"), Some(&signer)).await.expect("signed");
    let moved = open.get_document(&server.url("/from"), Some(&signer)).await.expect("signed twice");
    assert!(first.text().is_ok_and(|text| text.contains("(request-target) host date")));
    assert_eq!(moved.final_url, server.url("/to"));
}

#[tokio::test]
async fn f07_f08_schemes_and_ports() {
    let closed = connector(&[], &[("a.example", &[&["8.8.8.8"]])]);
    for url in [
        "http://a.example/",
        "http://a.example:443/",
        "https://a.example:22/",
        "https://a.example:25/",
        "https://a.example:6379/",
        "https://a.example:8080/",
    ] {
        assert!(matches!(get(&closed, url).await, Err(ConnectorError::Url(_))), "{url}");
    }
    assert_eq!(closed.outbound_log(), []);
    // A closed federation reaches other ports inside its own networks only.
    let open = connector(&["127.0.0.0/8"], &[("a.example", &[&["8.8.8.8"]])]);
    assert_eq!(get(&open, "https://a.example:8080/").await, Err(ConnectorError::Address(ip("8.8.8.8"))));
    assert_eq!(get(&open, "http://a.example/").await, Err(ConnectorError::Address(ip("8.8.8.8"))));
    assert_eq!(addresses(&open), 0);
    for text in [
        "ftp://a.example/",
        "file:///etc/passwd",
        "gopher://a.example/",
        "data:text/plain,x",
        "unix:/x",
        "ws://a.example/",
        "blob:https://a.example/x",
        "HTTPS://a.example/",
        "https://a.example:65536/",
    ] {
        assert!(Iri::parse(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn f12_ourselves() {
    let names: &[(&str, &[&[&str]])] =
        &[("rennes.example", &[&["127.0.0.1"]]), ("alias.example", &[&["127.0.0.1"]])];
    let server = Server::start(|_| Reply::document("{}")).await;
    let port = server.address.port();
    let ours = connector_of(&format!("http://rennes.example:{port}"), &["127.0.0.0/8"], names);
    for host in ["rennes.example", "alias.example", "127.0.0.1"] {
        let verdict = get(&ours, &format!("http://{host}:{port}/inbox")).await;
        assert_eq!(verdict, Err(ConnectorError::Ourselves), "{host}");
    }
    assert_eq!(server.hits(), 0);
    let control = connector(&["127.0.0.0/8"], names);
    assert_eq!(get(&control, &format!("http://alias.example:{port}/inbox")).await, Ok(200));
    let public = connector(&[], &[("rennes.example", &[&["8.8.8.8"]]), ("alias.example", &[&["8.8.8.8"]])]);
    assert_eq!(get(&public, "https://alias.example/inbox").await, Err(ConnectorError::Ourselves));
    assert_eq!(addresses(&public), 0);
}

#[tokio::test]
async fn d03_long_and_compressed_answers() {
    let server = Server::start(|request| match request.split(' ').nth(1).unwrap_or_default() {
        "/fits" => Reply::document(&"x".repeat(MAX_DOCUMENT)),
        "/announced" => Reply::document(&"x".repeat(MAX_DOCUMENT + 1)),
        "/gzip" => Reply::new("200 OK", &[("Content-Encoding", "gzip")], b"\x1f\x8b"),
        "/endless" => Reply {
            bytes: [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 3 * MAX_DOCUMENT]].concat(),
            drip: Some(Duration::from_millis(10)),
        },
        _ => Reply::raw(*b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbroken"),
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    assert_eq!(get(&open, server.url("/fits").as_str()).await, Ok(200));
    for path in ["/announced", "/endless"] {
        let verdict = get(&open, server.url(path).as_str()).await;
        assert_eq!(verdict, Err(ConnectorError::TooLarge(MAX_DOCUMENT)), "{path}");
    }
    for path in ["/gzip", "/short"] {
        let verdict = get(&open, server.url(path).as_str()).await;
        assert!(matches!(verdict, Err(ConnectorError::Protocol(_))), "{path}: {verdict:?}");
    }
}

#[tokio::test]
async fn d09_slow_answers_end_in_time() {
    let slow = Server::start(|request| {
        let head = if request.starts_with("GET /body") { "HTTP/1.1 200 OK\r\n\r\n" } else { "HTTP/1.1 200" };
        Reply { bytes: head.into(), drip: Some(Duration::from_millis(300)) }
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    for path in ["/head", "/body"] {
        let start = Instant::now();
        assert_eq!(get(&open, slow.url(path).as_str()).await, Err(ConnectorError::Timeout), "{path}");
        assert!(start.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn d11_answers_to_deliveries() {
    let server = Server::start(|request| match request.split(' ').nth(1).unwrap_or_default() {
        "/endless" => Reply {
            bytes: [b"HTTP/1.1 202 Accepted\r\n\r\n".to_vec(), vec![b'x'; 100_000]].concat(),
            drip: Some(Duration::from_millis(100)),
        },
        "/later" => Reply::new("503 Later", &[("Retry-After", "120")], b"busy"),
        "/much-later" => Reply::new("429 Later", &[("Retry-After", "99999999")], b""),
        "/moved" => Reply::new("301 Moved", &[("Location", "/else")], b""),
        "/headers" => {
            let line = "X: y\r\n".repeat(200_000);
            Reply::raw(format!("HTTP/1.1 200 OK\r\n{line}\r\n"))
        }
        _ => Reply::new("410 Gone", &[], b""),
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    let signer =
        Signer::new(iri("https://rennes.example/a#main-key"), SigningKey::generate().expect("a key"));
    let post = |path: &str| {
        let (open, signer, url) = (open.clone(), signer.clone(), server.url(path));
        async move { open.post(&url, b"{}", &signer).await }
    };
    let endless = post("/endless").await.expect("an answer");
    assert_eq!((endless.status, endless.body.len()), (202, 8192));
    let later = post("/later").await.expect("an answer");
    assert_eq!((later.status, later.retry_after), (503, Some(Duration::from_mins(2))));
    let much_later = post("/much-later").await.expect("an answer");
    assert_eq!(much_later.retry_after, Some(Duration::from_hours(24)));
    assert_eq!(post("/moved").await.expect("an answer").status, 301, "a delivery follows no redirect");
    assert_eq!(post("/gone").await.expect("an answer").status, 410);
    assert!(post("/headers").await.is_err());
}

#[tokio::test]
async fn o18_o21_only_documents_are_documents() {
    let server = Server::start(|request| match request.split(' ').nth(1).unwrap_or_default() {
        "/good" => Reply::document("{}"),
        "/html" => Reply::new("200 OK", &[("Content-Type", "text/html")], b"{}"),
        "/json" => Reply::new("200 OK", &[("Content-Type", "application/json")], b"{}"),
        "/none" => Reply::new("200 OK", &[], b"{}"),
        "/two" => {
            let two = [("Content-Type", "application/activity+json"), ("Content-Type", "text/html")];
            Reply::new("200 OK", &two, b"{}")
        }
        _ => Reply::new("404 Not Found", &[("Content-Type", "application/activity+json")], b"{}"),
    })
    .await;
    let open = connector(&["127.0.0.0/8"], &[]);
    let reason = |path: &str| {
        let (open, url) = (open.clone(), server.url(path));
        async move { open.get_document(&url, None).await.map_or_else(|error| error.reason(), |_| "read") }
    };
    assert_eq!(reason("/good").await, "read");
    for path in ["/html", "/json", "/none", "/two"] {
        assert_eq!(reason(path).await, "content_type", "{path}");
    }
    assert_eq!(reason("/missing").await, "status");
}

#[tokio::test]
async fn silence_is_told_apart_from_refusal() {
    let open = connector(&["127.0.0.0/8"], &[]);
    let nobody = get(&open, "http://127.0.0.1:1/x").await.expect_err("nobody there");
    assert_eq!(nobody.reason(), "connect");
    let unknown = get(&open, "https://unknown.example/x").await.expect_err("no such name");
    assert_eq!(unknown.reason(), "dns");
    assert!(nobody.is_silence() && unknown.is_silence());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("https://{}/x", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut socket, b"HTTP/1.1 400 plain http\r\n\r\n").await;
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await;
        }
    });
    assert_eq!(get(&open, &url).await.expect_err("not TLS").reason(), "tls");
}
