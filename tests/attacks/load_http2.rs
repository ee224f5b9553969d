//! Row D18: floods of HTTP/2 frames, against the listener that ships.

use std::time::Duration;

use parvis::server;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::world::World;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
/// The end of the headers, and of the stream.
const ENDS: u8 = 5;

/// A frame (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A GET of `/healthz` (RFC 7541: indexed fields, then literals).
fn get() -> Vec<u8> {
    let mut head = vec![0x82, 0x86];
    for (name, value) in [(0x04, "/healthz"), (0x01, "rennes.localhost:8101")] {
        head.extend([name, u8::try_from(value.len()).expect("a short value")]);
        head.extend(value.as_bytes());
    }
    head
}

/// Sends frames until all are sent or the other side has had enough; gives how many it took.
async fn flood(port: u16, most: u32, frames: impl Fn(u32) -> Vec<u8>) -> u32 {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    socket.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.expect("a preface");
    let (mut read, mut write) = socket.split();
    let sending = async {
        for number in 0..most {
            if write.write_all(&frames(number)).await.is_err() {
                return number;
            }
        }
        most
    };
    // Whatever is answered is taken, so that nobody waits for us.
    let reading = async {
        let mut answered = [0; 4096];
        while read.read(&mut answered).await.is_ok_and(|length| length > 0) {}
    };
    let both = async {
        tokio::select! {
            sent = sending => sent,
            () = reading => 0,
        }
    };
    tokio::time::timeout(Duration::from_mins(1), both).await.unwrap_or(most)
}

async fn well(port: u16) {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let ask = b"GET /healthz HTTP/1.1\r\nHost: rennes.localhost:8101\r\nConnection: close\r\n\r\n";
    socket.write_all(ask).await.expect("a question");
    let mut answer = String::new();
    let whole = tokio::time::timeout(Duration::from_mins(1), socket.read_to_string(&mut answer)).await;
    assert!(whole.is_ok_and(|read| read.is_ok()) && answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn d18_floods_of_frames_end_their_own_connection_and_no_other() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server::run(world.app.clone(), listener, None, stop.clone()));
    well(port).await;
    // Requests taken back at once.
    let most = 100_000;
    let resets = flood(port, most, |number| {
        let stream = 2 * number + 1;
        [frame(HEADERS, ENDS, stream, &get()), frame(RESET, 0, stream, &[0, 0, 0, 8])].concat()
    });
    assert!(resets.await < most, "it is sent away");
    well(port).await;
    // A head that never ends.
    let pieces = flood(port, most, |number| match number {
        0 => frame(HEADERS, 1, 1, &get()),
        _ => frame(CONTINUATION, 0, 1, &[0x40; 64]),
    });
    assert!(pieces.await < most, "it is sent away");
    well(port).await;
    // Frames that say nothing, for a request that never ends; and questions whether we are there.
    let mut head = get();
    head[0] = 0x83;
    let nothing = flood(port, most, |number| match number {
        0 => frame(HEADERS, 4, 1, &head),
        _ => frame(DATA, 0, 1, &[]),
    });
    nothing.await;
    well(port).await;
    flood(port, most, |_| frame(PING, 0, 0, &[0; 8])).await;
    well(port).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_mins(1), serving).await.expect("it stops").expect("well");
}
