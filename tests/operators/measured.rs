//! What a running node tells of itself: `/readyz`, `/metrics`, the dashboard and the alerts that read them, and how it
//! stops (threats §5, W29, R15).

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::process::{Node, repository};

/// A node with a private listener, and where that is.
fn measured() -> (Node, String) {
    let node = Node::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let text = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    node.file("parvis.toml", &format!("metrics_listen = \"{free}\"\n{text}"));
    node.ask(&["init"]);
    (node, free)
}

/// Status and body of a GET.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Every name of a metric in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours =
        |word: &&str| ["http_", "ap_", "parvis_", "process_"].iter().any(|start| word.starts_with(start));
    words.filter(ours).map(ToOwned::to_owned).collect()
}

#[test]
fn w29_a_node_is_ready_gives_reasons_in_private_and_counts_pages_by_their_route() {
    let (mut node, private) = measured();
    node.start();
    let until = Instant::now() + Duration::from_mins(1);
    while get(&private, "/readyz").0 != 200 {
        assert!(Instant::now() < until, "{:?}", get(&private, "/readyz"));
        thread::sleep(Duration::from_millis(200));
    }
    let reasons: Value = serde_json::from_str(&get(&private, "/readyz").1).unwrap();
    for reason in ["ready", "database", "migrations", "disk", "worker"] {
        assert_eq!(reasons[reason], true, "{reasons:#}");
    }
    assert_eq!(node.get("/readyz", "*/*").body, "ready\n", "no reasons in public");
    assert_eq!(node.get("/metrics", "*/*").status, 404);
    assert_eq!(node.get("/avis", "text/html").status, 200);
    assert_eq!(node.get("/avis/nowhere", "text/html").status, 404);
    node.get("/avis/00000000-0000-7000-8000-000000000000/replies", "application/activity+json");
    let told = get(&private, "/metrics").1;
    for route in ["\"/avis\"", "\"/avis/{slug}\"", "\"/avis/{id}/replies\"", "\"/healthz\""] {
        assert!(told.contains(&format!("route={route}")), "{route} in {told}");
    }
    for name in [
        "parvis_ready 1",
        "parvis_queue_waiting 0",
        "process_resident_memory_bytes ",
        "parvis_disk_free_bytes ",
    ] {
        assert!(told.contains(name), "{name} in {told}");
    }
    let known = written();
    let parts = ["_bucket", "_sum", "_count"];
    for name in names(&told) {
        let whole = parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(&name);
        assert!(known.contains(whole) || known.contains(&name), "{name} is described nowhere");
    }
}

/// The names that the source measures.
fn written() -> BTreeSet<String> {
    let sources = ["src/telemetry.rs", "src/server/gauges.rs"];
    let read = |path: &&str| {
        let text = fs::read_to_string(repository(path)).unwrap();
        text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
    };
    let text: String = sources.iter().map(read).collect();
    let mut known = names(&text);
    for histogram in ["http_request_seconds", "parvis_delivery_delay_seconds"] {
        known.extend(["_bucket", "_sum", "_count"].map(|part| format!("{histogram}{part}")));
    }
    known
}

#[test]
fn the_dashboard_and_the_alerts_read_metrics_that_exist() {
    let known = written();
    let dashboard = fs::read_to_string(repository("packaging/grafana-dashboard.json")).unwrap();
    let parsed: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = parsed["panels"].as_array().unwrap();
    assert!(panels.len() >= 10);
    let mut read = BTreeSet::new();
    for expression in panels.iter().flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default())
    {
        read.extend(names(expression["expr"].as_str().unwrap()));
    }
    let alerts = fs::read_to_string(repository("packaging/alerts.yml")).unwrap();
    for line in alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")) {
        read.extend(names(line));
    }
    assert!(read.len() >= 10, "{read:?}");
    let unknown: Vec<_> = read.difference(&known).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "measured nowhere");
}

#[test]
fn r15_told_to_stop_under_load_it_answers_what_it_took_and_ends_within_ten_seconds() {
    let (mut node, _) = measured();
    node.start();
    let address = node.domain.replace("localhost", "127.0.0.1");
    let (stopping, whole) = (AtomicBool::new(false), AtomicU32::new(0));
    let request = format!("GET /avis HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", node.domain);
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /avis HT").unwrap();
    let code = thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stopping.load(Ordering::Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(&address) else { break };
                    let mut text = Vec::new();
                    // Whoever is refused at the door was promised nothing.
                    if stream.write_all(request.as_bytes()).is_err() || stream.read_to_end(&mut text).is_err()
                    {
                        continue;
                    }
                    if !text.is_empty() {
                        assert!(text.starts_with(b"HTTP/1.1 200"));
                        assert!(
                            String::from_utf8_lossy(&text).trim_end().ends_with("</html>"),
                            "an answer breaks off"
                        );
                        whole.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        while whole.load(Ordering::Relaxed) < 20 {
            thread::sleep(Duration::from_millis(20));
        }
        let began = Instant::now();
        let code = node.stop();
        stopping.store(true, Ordering::Relaxed);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        code
    });
    assert_eq!(code, Some(0), "{}", node.log());
}
