//! What refuses to start, and how it says so (X19, X33, R20).

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use crate::support::process::{Done, Node};

const SQLITE: &str = "sqlite:parvis.sqlite";

/// It ends with this code and names this; no fault of the program is shown.
#[track_caller]
fn refuses(what: &str, done: &Done, code: i32, naming: &[&str]) {
    assert_eq!(done.code, code, "{what}: {}", done.err);
    for name in naming {
        assert!(done.err.contains(name), "{what} names {name}: {}", done.err);
    }
    let told: Vec<&str> = done.err.lines().filter(|line| line.starts_with('✗')).collect();
    assert_eq!(told.len(), 1, "{what}: one line says it: {}", done.err);
    assert!(!done.err.contains("panicked") && !done.err.contains("RUST_BACKTRACE"), "{what}: {}", done.err);
}

/// A node that was initialised, with a change to its configuration.
fn changed(from: &str, to: &str) -> Node {
    let node = Node::on(SQLITE, &[]);
    node.ask(&["init"]);
    let config = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    assert!(config.contains(from), "{config}");
    node.file("parvis.toml", &config.replace(from, to));
    node
}

#[test]
fn x33_a_node_that_cannot_start_says_why_in_one_line_and_with_its_code() {
    let node = Node::on(SQLITE, &[]);
    refuses("without init", &node.run(&["serve"]), 78, &["parvis init"]);
    let cases: [(&str, &str, &str, &[&str]); 8] = [
        ("an unknown key", "[city]", "[city]\ncolour = \"red\"", &["city.colour"]),
        ("no TOML", "[city]", "[city", &["parvis.toml"]),
        ("a wrong value", "territory = \"35238\"", "territory = \"99999\"", &["city.territory"]),
        ("a wrong URL", "url = \"sqlite:parvis.sqlite\"", "url = \"mysql://x/y\"", &["database.url"]),
        (
            "no such folder",
            "sqlite:parvis.sqlite",
            "sqlite:nowhere/parvis.sqlite",
            &["database.url", "nowhere"],
        ),
        (
            "a folder nobody writes in",
            "sqlite:parvis.sqlite",
            "sqlite:/proc/parvis.sqlite",
            &["database.url"],
        ),
        (
            "no such sealing key",
            "[database]",
            "[keys]\nseal_with = \"no.key\"\n[database]",
            &["keys.seal_with"],
        ),
        ("an address not of this machine", "127.0.0.1:", "203.0.113.7:", &["listen"]),
    ];
    for (what, from, to, naming) in cases {
        refuses(what, &changed(from, to).run(&["serve"]), 78, naming);
    }
    let node = changed("[database]", "[keys]\nseal_with = \"seal.key\"\n[database]");
    fs::set_permissions(node.file("seal.key", "too short"), fs::Permissions::from_mode(0o600)).unwrap();
    refuses("a bad sealing key", &node.run(&["serve"]), 78, &["keys.seal_with"]);
    let node = Node::on(SQLITE, &[]);
    node.ask(&["init"]);
    let taken = TcpListener::bind(node.address()).unwrap();
    refuses("a port in use", &node.run(&["serve"]), 78, &["listen"]);
    drop(taken);
    let node = Node::on("postgres:///none?host=/nowhere&user=nobody", &[]);
    refuses("no PostgreSQL", &node.run(&["serve"]), 69, &[]);
}

#[test]
fn r20_a_second_process_on_one_sqlite_file_is_refused() {
    let mut node = Node::on(SQLITE, &[]);
    node.ask(&["init"]);
    node.start();
    let file = node.folder().join("parvis.sqlite");
    let second = node.beside(&format!("sqlite:{}", file.display()), &[]);
    refuses("a second process", &second.run(&["serve"]), 78, &["database.url", "parvis.sqlite"]);
    assert_eq!(node.get("/healthz", "*/*").status, 200, "the first goes on");
    assert_eq!(second.run(&["publish", "--list"]).code, 0, "commands work beside it");
    // However the first ended, the next may start.
    node.kill();
    node.start();
}

#[test]
fn x19_a_damaged_database_is_not_served() {
    let node = Node::on(SQLITE, &[]);
    node.ask(&["init"]);
    let sample = format!("{}/samples/rennes.toml", env!("CARGO_MANIFEST_DIR"));
    node.ask(&["import", &sample, "--publish"]);
    let file = node.folder().join("parvis.sqlite");
    let sound = fs::read(&file).unwrap();
    assert!(!node.folder().join("parvis.sqlite-wal").exists(), "its log was folded into it");
    let page = 4096;
    let pages = sound.len() / page;
    let damages: Vec<(String, Vec<u8>)> = [0, 1, pages / 3, pages / 2, pages - 2]
        .into_iter()
        .map(|at| {
            let mut bytes = sound.clone();
            bytes[at * page..(at + 1) * page].fill(0x5a);
            (format!("page {at} of {pages}"), bytes)
        })
        .chain([("cut off".to_owned(), sound[..pages / 2 * page].to_vec())])
        .collect();
    for (what, bytes) in damages {
        fs::write(&file, bytes).unwrap();
        for left in ["parvis.sqlite-wal", "parvis.sqlite-shm"] {
            let _ = fs::remove_file(node.folder().join(left));
        }
        let done = node.run(&["serve"]);
        assert!([69, 78].contains(&done.code), "{what}: {} {}", done.code, done.err);
        assert!(done.err.contains("parvis restore"), "{what}: {}", done.err);
    }
}
