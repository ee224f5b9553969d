//! A server of a few lines, which answers exactly what a test wants, byte for byte.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// What the server does with a request (its head and body as text).
pub type Script = dyn Fn(&str) -> Reply + Send + Sync;

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Bytes sent at once.
    pub bytes: Vec<u8>,
    /// Then one more byte each so often, until the other side hangs up.
    pub drip: Option<Duration>,
}

impl Reply {
    /// A whole answer; the connection is closed after it.
    pub fn new(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut head =
            format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            let _ = std::fmt::Write::write_fmt(&mut head, format_args!("{name}: {value}\r\n"));
        }
        Self { bytes: [head.as_bytes(), b"\r\n", body].concat(), drip: None }
    }

    /// An `ActivityStreams` document.
    pub fn document(body: &str) -> Self {
        Self::new("200 OK", &[("Content-Type", "application/activity+json")], body.as_bytes())
    }

    /// Exactly these bytes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), drip: None }
    }
}

/// A running server on loopback.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    hits: Arc<AtomicUsize>,
}

impl Server {
    /// Starts one.
    pub async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::serve(listener, Arc::new(script))
    }

    /// Starts one on a port that is already bound (so that a script may know it).
    pub fn serve(listener: TcpListener, script: Arc<Script>) -> Self {
        let address = listener.local_addr().expect("an address");
        let hits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hits);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (script, counted) = (Arc::clone(&script), Arc::clone(&counted));
                tokio::spawn(async move {
                    let request = read_request(&mut socket).await;
                    if request.is_empty() {
                        return;
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    let reply = script(&request);
                    let mut alive = socket.write_all(&reply.bytes).await.is_ok();
                    while let (true, Some(pause)) = (alive, reply.drip) {
                        tokio::time::sleep(pause).await;
                        alive = socket.write_all(b" ").await.is_ok();
                    }
                    let _ = socket.shutdown().await;
                });
            }
        });
        Self { address, hits }
    }

    /// How many requests came.
    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// A URL on it.
    pub fn url(&self, path: &str) -> parvis::domain::Iri {
        parvis::domain::Iri::parse(&format!("http://{}{path}", self.address)).expect("a URL")
    }
}

/// The head, and as much body as it announces; nothing of what begins a TLS connection.
async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        // A TLS handshake: nobody here speaks it.
        if bytes.first() == Some(&0x16) {
            return String::new();
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        match socket.read(&mut chunk).await {
            Ok(read) if read > 0 && (chunk[0] != 0x16 || !bytes.is_empty()) => {
                bytes.extend_from_slice(&chunk[..read]);
            }
            _ => return String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
