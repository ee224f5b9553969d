//! The listener: slow sockets, silent ones, and a gentle end (D10, D18, X25, R15).

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, routing::get};
use hyper_util::rt::{TokioExecutor, TokioIo};
use parvis::server::listener::{Limits, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Nothing here takes longer, however busy the machine.
const SOON: Duration = Duration::from_secs(40);

const LIMITS: Limits = Limits {
    head: Duration::from_millis(700),
    body: Duration::from_secs(1),
    idle: Duration::from_secs(30),
    stall: Duration::from_secs(1),
    connections: 1_000,
    drain: Duration::from_secs(8),
};

struct Listening {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<()>,
}

/// A service that answers at once, echoes, or takes its time.
async fn listening(limits: Limits) -> Listening {
    let router = Router::new()
        .route("/now", get(|| async { "now" }).post(|body: Bytes| async move { body }))
        .route(
            "/later",
            get(|| async {
                sleep(Duration::from_millis(500)).await;
                "later"
            }),
        )
        .route("/endless", get(|| async { vec![b'x'; 64 * 1024 * 1024] }));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve(socket, router, limits, stop.clone()));
    Listening { address, stop, ended }
}

impl Listening {
    async fn say(&self, text: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    }
}

/// What comes until the other side hangs up.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = timeout(SOON, socket.read_to_end(&mut bytes)).await.expect("the other side hangs up");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn well(node: &Listening) {
    let told = rest(node.say("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await).await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
}

#[tokio::test]
async fn d10_heads_that_never_end_are_let_go_and_do_not_hold_up_the_others() {
    let node = listening(LIMITS).await;
    let mut slow = Vec::new();
    for n in 0..300 {
        // Silent from the start, or in the middle of a head, or of what might become HTTP/2.
        slow.push(node.say(["", "GET /now HTT", "PRI * HT"][n % 3]).await);
    }
    let mut worst = Duration::ZERO;
    for _ in 0..20 {
        let began = Instant::now();
        well(&node).await;
        worst = worst.max(began.elapsed());
    }
    assert!(worst < SOON, "{worst:?}");
    for socket in slow {
        rest(socket).await;
    }
    well(&node).await;
}

#[tokio::test]
async fn d10_one_byte_at_a_time_does_not_make_a_head_last_longer() {
    let node = listening(LIMITS).await;
    let (mut reading, mut writing) = node.say("GET /now HTTP/1.1\r\nHost: a\r\nX: ").await.into_split();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    let mut bytes = Vec::new();
    let ended = timeout(SOON, reading.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "the connection is closed while bytes still come");
    dripping.abort();
}

#[tokio::test]
async fn d10_a_body_that_never_ends_is_let_go() {
    let node = listening(LIMITS).await;
    let mut socket = node.say("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc").await;
    let began = Instant::now();
    let mut bytes = Vec::new();
    let _ = timeout(SOON, socket.read_to_end(&mut bytes)).await.expect("it is let go");
    assert!(began.elapsed() >= Duration::from_millis(900), "a body may take its time");
    let told = String::from_utf8_lossy(&bytes);
    assert!(!told.starts_with("HTTP/1.1 200"), "{told}");
}

#[tokio::test]
async fn d10_whoever_reads_nothing_of_the_answer_is_let_go() {
    let node = listening(LIMITS).await;
    let mut socket = node.say("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_secs(3)).await;
    let mut bytes = Vec::new();
    let _ = timeout(SOON, socket.read_to_end(&mut bytes)).await.expect("it is let go");
    assert!(bytes.len() < 64 * 1024 * 1024, "the answer breaks off");
}

#[tokio::test]
async fn a_connection_may_be_silent_between_two_requests_for_longer_than_a_head_may_take() {
    let node = listening(LIMITS).await;
    let mut socket = node.say("").await;
    let mut bytes = vec![0; 4096];
    for _ in 0..3 {
        socket.write_all(b"GET /now HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let read = timeout(SOON, socket.read(&mut bytes)).await.unwrap().unwrap();
        assert!(bytes[..read].starts_with(b"HTTP/1.1 200"));
        sleep(LIMITS.head + Duration::from_millis(300)).await;
    }
    let requests = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20);
    let last = "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    socket.write_all(format!("{requests}{last}").as_bytes()).await.unwrap();
    assert_eq!(rest(socket).await.matches("HTTP/1.1 200").count(), 21, "pipelined requests are all answered");
}

#[tokio::test]
async fn d10_connections_are_bounded_and_whoever_waits_is_served_in_the_end() {
    let node = listening(Limits { connections: 2, ..LIMITS }).await;
    let slow = [node.say("GET /now HTT").await, node.say("GET /now HTT").await];
    well(&node).await;
    for socket in slow {
        rest(socket).await;
    }
}

#[tokio::test]
async fn w20_a_head_beyond_all_measure_is_431() {
    let node = listening(LIMITS).await;
    let many = "X: 1\r\n".repeat(1_000);
    let long = format!("X: {}\r\n", "x".repeat(100_000));
    for headers in [many, long] {
        let mut socket = TcpStream::connect(node.address).await.unwrap();
        let _ = socket.write_all(format!("GET /now HTTP/1.1\r\nHost: a\r\n{headers}\r\n").as_bytes()).await;
        let mut bytes = vec![0; 64];
        let read = timeout(SOON, socket.read(&mut bytes)).await.unwrap().unwrap_or(0);
        let told = String::from_utf8_lossy(&bytes[..read]).into_owned();
        // Whoever is still talking when the other side hangs up may miss the answer.
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 431"), "{told}");
    }
    well(&node).await;
}

#[tokio::test]
async fn r15_what_is_being_answered_is_answered_and_silence_is_not_waited_for() {
    let node = listening(LIMITS).await;
    let kept = node.say("GET /now HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let slow = node.say("GET /n").await;
    let busy = node.say("GET /later HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    node.stop.cancel();
    let told = rest(busy).await;
    assert!(told.starts_with("HTTP/1.1 200") && told.ends_with("later"), "{told}");
    timeout(SOON, node.ended).await.expect("it ends").unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(rest(kept).await.ends_with("now"));
    rest(slow).await;
    assert!(TcpStream::connect(node.address).await.is_err(), "nothing new is taken");
}

#[tokio::test]
async fn d18_http2_is_served_and_streams_reset_as_fast_as_they_open_hold_up_nobody() {
    let node = listening(LIMITS).await;
    let socket = TokioIo::new(TcpStream::connect(node.address).await.unwrap());
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), socket).await.unwrap();
    tokio::spawn(connection);
    let request = |path| {
        let uri = format!("http://{}{path}", node.address);
        hyper::Request::get(uri).body(http_body_util::Empty::<Bytes>::new()).unwrap()
    };
    let answer = timeout(SOON, client.send_request(request("/now"))).await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    for _ in 0..1_000 {
        if client.ready().await.is_err() {
            break;
        }
        // Sent, and given up at once.
        let asked = client.send_request(request("/later"));
        let _ = timeout(Duration::ZERO, asked).await;
        tokio::task::yield_now().await;
    }
    well(&node).await;
}
