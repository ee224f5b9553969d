//! `parvis doctor` on a node that is well, and on nodes that are not, each in one way (threats §5, "Domain rules").

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::process::Node;

/// A node that has its accounts and a backup.
fn good() -> Node {
    let node = Node::new();
    node.ask(&["init"]);
    node.ask(&["backup"]);
    node
}

/// What the doctor found: its exit code, and the word for each check.
fn examined(node: &Node, arguments: &[&str]) -> (i32, Value) {
    let done = node.run(&[&["--json", "doctor"], arguments].concat());
    let told: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}{}", done.out, done.err));
    let words = told["checks"].as_array().unwrap().iter();
    let words =
        words.map(|check| (check["check"].as_str().unwrap().to_owned(), check["word"].clone())).collect();
    (done.code, Value::Object(words))
}

/// Changes a line of the configuration.
fn configure(node: &Node, from: &str, to: &str) {
    let text = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    node.file("parvis.toml", &text.replace(from, to));
}

/// Takes connections for ever, each in its own thread.
fn taking(each: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let each = Arc::new(each);
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let each = Arc::clone(&each);
            thread::spawn(move || each(socket));
        }
    });
    port
}

/// A proxy that passes on what comes, changed.
fn proxy(to: String, change: fn(&[u8]) -> Vec<u8>) -> u16 {
    taking(move |mut socket| {
        let Ok(mut behind) = TcpStream::connect(&to) else { return };
        let (mut answers, mut back) = (behind.try_clone().unwrap(), socket.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut answers, &mut back);
            let _ = back.shutdown(Shutdown::Both);
        });
        let mut chunk = [0; 16_384];
        while let Ok(read) = socket.read(&mut chunk) {
            if read == 0 || behind.write_all(&change(&chunk[..read])).is_err() {
                break;
            }
        }
    })
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window.eq_ignore_ascii_case(from.as_bytes()));
    match at {
        Some(at) => [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat(),
        None => bytes.to_vec(),
    }
}

/// Puts a proxy in front of a node, which is then reached there.
fn behind(node: &Node, change: fn(&[u8]) -> Vec<u8>) {
    let listen = node.domain.replace("localhost", "127.0.0.1");
    let port = proxy(listen, change);
    let text = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    let text = text.replace(&node.domain, &format!("localhost:{port}"));
    node.file("parvis.toml", &text);
}

#[test]
fn a_good_node_is_well_in_all_that_can_be_seen() {
    let mut node = good();
    node.start();
    let (code, words) = examined(&node, &[]);
    assert_eq!(code, 0, "{words:#}");
    for check in
        ["database", "rights", "dns", "public", "nodeinfo", "webfinger", "signature", "proxy", "backup"]
    {
        assert_eq!(words[check], "ok", "{check}: {words:#}");
    }
    let told = node.run(&["doctor", "--lang", "en"]);
    assert!(told.out.contains("A signed message arrives as it was sent"), "{}", told.out);
    let said = node.get("/api/v1/self-test?token=00000000000000000000000000000000", "*/*");
    assert!(matches!(said.status, 404 | 405), "without the token there is nothing there: {}", said.status);
}

#[test]
fn x33_a_node_that_is_stopped_or_was_never_made_is_told() {
    let node = good();
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["public"]), (1, &"silent".into()), "{words:#}");
    assert_eq!(examined(&node, &["--inside"]).0, 0, "from inside it is well");
    let never = node.elsewhere();
    let (code, words) = examined(&never, &[]);
    assert_eq!((code, &words["database"]), (1, &"closed".into()));
    assert_eq!(fs::read_dir(never.folder()).unwrap().count(), 1, "looking makes nothing");
}

#[test]
fn x19_a_damaged_database_and_open_rights_are_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let node = good();
    let file = node.folder().join("parvis.sqlite");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, words) = examined(&node, &["--inside"]);
    assert_eq!((code, &words["rights"]), (1, &"open".into()), "{words:#}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let from = bytes.len() / 4;
    bytes[from..from + 8_192].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let (code, words) = examined(&node, &["--inside"]);
    assert_eq!(code, 1, "{words:#}");
    assert!(words["database"] == "broken" || words["database"] == "closed", "{words:#}");
}

#[test]
fn s09_a_proxy_that_changes_the_host_is_told() {
    let mut node = good();
    behind(&node, |bytes| replaced(bytes, "\r\nhost: localhost", "\r\nhost: 127.0.0.1"));
    node.start();
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["public"]), (1, &"host".into()), "{words:#}");
}

#[test]
fn s04_a_proxy_that_drops_what_is_signed_is_told() {
    let mut node = Node::new();
    behind(&node, |bytes| replaced(bytes, "\r\ndigest:", "\r\nx-gone:"));
    node.ask(&["init"]);
    node.start();
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["signature"]), (1, &"changed".into()), "{words:#}");
    assert_eq!(words["webfinger"], "ok");
}

#[test]
fn r11_a_wrong_clock_and_silent_peers_are_told() {
    let node = good();
    let peer = |date: &'static str| {
        taking(move |mut socket| {
            let _ = socket.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2";
            let _ = write!(socket, "{head}\r\nDate: {date}\r\n\r\n{{}}");
        })
    };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    node.ask(&["peers", "allow", &format!("127.0.0.1:{silent}")]);
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["outbound"]), (1, &"silent".into()), "{words:#}");
    let port = peer("Sun, 06 Nov 1994 08:49:37 GMT");
    node.ask(&["peers", "allow", &format!("127.0.0.1:{port}")]);
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["clock"]), (1, &"wrong".into()), "{words:#}");
    assert_eq!(words["outbound"], "some");
}

/// A proxy that holds a certificate for `localhost`, good until a year; and its authority, in PEM.
fn tls(to: String, until: i32) -> (u16, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut asked = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    asked.not_before = rcgen::date_time_ymd(2019, 1, 1);
    asked.not_after = rcgen::date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    let made = asked.signed_by(&key, &authority).unwrap();
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.der().clone()], secret)
        .unwrap();
    let config = Arc::new(config);
    let port = taking(move |mut socket| {
        let (mut session, Ok(mut behind)) =
            (ServerConnection::new(Arc::clone(&config)).unwrap(), TcpStream::connect(&to))
        else {
            return;
        };
        let mut client = Stream::new(&mut session, &mut socket);
        let (mut asked, mut chunk) = (Vec::new(), [0; 16_384]);
        // One request for each connection: the answer is asked to be the last.
        loop {
            let text = String::from_utf8_lossy(&asked).to_ascii_lowercase();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
                if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                    break;
                }
            }
            match client.read(&mut chunk) {
                Ok(read) if read > 0 => asked.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        }
        let _ = behind.write_all(&replaced(&asked, "\r\nhost:", "\r\nConnection: close\r\nhost:"));
        let mut answer = Vec::new();
        let _ = behind.read_to_end(&mut answer);
        let _ = client.write_all(&answer);
        session.send_close_notify();
        let _ = session.complete_io(&mut socket);
    });
    (port, authority.pem())
}

/// Has a node be reached at a port, over TLS.
fn at(node: &Node, config: &str, (port, authority): (u16, &str)) {
    node.file("authority.pem", authority);
    let text = config.replace(&node.base, &format!("https://localhost:{port}"));
    let text = text.replace(&node.domain, &format!("localhost:{port}"));
    node.file(
        "parvis.toml",
        &text.replace("[federation]\n", "[federation]\nextra_ca = [\"authority.pem\"]\n"),
    );
}

#[test]
fn x11_a_good_certificate_is_told_with_its_end_and_an_expired_one_is_a_failure() {
    let mut node = good();
    let listen = node.domain.replace("localhost", "127.0.0.1");
    let text = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    let (port, authority) = tls(listen.clone(), 2090);
    at(&node, &text, (port, &authority));
    node.start();
    let (_, words) = examined(&node, &[]);
    assert_eq!(words["certificate"], "ok", "{words:#}");
    assert_eq!(words["signature"], "ok", "{words:#}");
    let (port, authority) = tls(listen, 2020);
    at(&node, &text, (port, &authority));
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["certificate"]), (1, &"bad".into()), "{words:#}");
}

#[test]
fn w17_a_name_that_leads_elsewhere_is_told() {
    let mut node = good();
    node.start();
    configure(&node, "public_url = \"http://localhost", "public_url = \"http://other.localhost");
    configure(&node, "domain = \"localhost", "domain = \"other.localhost");
    let (code, words) = examined(&node, &[]);
    assert_eq!((code, &words["public"]), (1, &"host".into()), "{words:#}");
}
