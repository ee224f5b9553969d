//! Row S28 as bytes on a connection: what a client library would not send, over HTTP/1.1 and HTTP/2.

use std::net::SocketAddr;

use http::{HeaderMap, StatusCode};
use parvis::{federation::signature::Refusal, server::listener};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::{
    message::Message,
    world::{Answer, KEYS, World},
};

/// The node on a port, until the value is dropped.
struct Wire {
    address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Wire {
    async fn of(world: &World) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (address, stop) = (socket.local_addr().expect("an address"), CancellationToken::new());
        let router = parvis::server::router(&world.app);
        tokio::spawn(listener::serve(socket, router, listener::Limits::default(), stop.clone()));
        Self { address, stop }
    }

    async fn exchange(&self, bytes: &[u8], enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.address).await.expect("a connection");
        socket.write_all(bytes).await.expect("sent");
        let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
        while !enough(&answer) {
            match socket.read(&mut chunk).await {
                Ok(read) if read > 0 => answer.extend_from_slice(&chunk[..read]),
                _ => break,
            }
        }
        answer
    }

    /// Sends a message as HTTP/1.1, with these lines before its own.
    async fn http_1(&self, message: &Message, lines: &str) -> Answer {
        let body = message.body();
        let mut head = format!("POST {} HTTP/1.1\r\n{lines}", message.uri);
        for (name, value) in &message.headers() {
            head = format!("{head}{name}: {}\r\n", value.to_str().expect("text"));
        }
        let head = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let answer = self.exchange(&[head.as_bytes(), &body].concat(), |_| false).await;
        let answer = String::from_utf8(answer).expect("UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, headers: HeaderMap::new(), body: body.to_owned() }
    }

    /// Sends a message as HTTP/2, with what it says of its target; header fields as they are, even twice.
    async fn http_2(&self, message: &Message, authority: &str) -> Answer {
        let mut block = Vec::new();
        for (name, value) in
            [(":method", "POST"), (":scheme", "http"), (":authority", authority), (":path", &message.uri)]
        {
            field(&mut block, name, value);
        }
        for (name, value) in &message.headers() {
            field(&mut block, name.as_str(), value.to_str().expect("text"));
        }
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        frame(&mut bytes, 4, 0, 0, &[]);
        frame(&mut bytes, 1, 4, 1, &block);
        frame(&mut bytes, 0, 1, 1, &message.body());
        let answer = self.exchange(&bytes, ended).await;
        let mut told =
            Answer { status: StatusCode::CONTINUE, headers: HeaderMap::new(), body: String::new() };
        for (kind, _, payload) in frames(&answer) {
            match (kind, payload) {
                // `:status` of the static table (RFC 7541, appendix A), or as a literal in Huffman code.
                (1, [0x8c, ..]) => told.status = StatusCode::BAD_REQUEST,
                (1, [0x48, 0x82, 0x10, 0x05, ..]) => told.status = StatusCode::ACCEPTED,
                (0, body) => told.body.push_str(std::str::from_utf8(body).expect("UTF-8")),
                _ => {}
            }
        }
        told
    }
}

/// A header field, as a literal that no table remembers (RFC 7541 §6.2.2).
fn field(block: &mut Vec<u8>, name: &str, value: &str) {
    block.push(0);
    for text in [name, value] {
        match u8::try_from(text.len()) {
            Ok(short) if short < 127 => block.push(short),
            _ => {
                block.push(127);
                let mut rest = text.len() - 127;
                while rest >= 128 {
                    block.push(u8::try_from(rest % 128).expect("seven bits") | 128);
                    rest /= 128;
                }
                block.push(u8::try_from(rest).expect("seven bits"));
            }
        }
        block.extend_from_slice(text.as_bytes());
    }
}

/// A frame (RFC 9113 §4.1).
fn frame(bytes: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
}

/// Kind, flags and payload of every whole frame.
fn frames(mut bytes: &[u8]) -> Vec<(u8, u8, &[u8])> {
    let mut found = Vec::new();
    while let [a, b, c, kind, flags, _, _, _, _, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let Some((payload, next)) = rest.split_at_checked(length) else { break };
        found.push((*kind, *flags, payload));
        bytes = next;
    }
    found
}

/// Whether our one stream ended, or the connection is being closed.
fn ended(bytes: &[u8]) -> bool {
    frames(bytes).iter().any(|(kind, flags, _)| matches!(kind, 0 | 1) && flags & 1 == 1 || *kind == 7)
}

#[tokio::test]
async fn s28_over_http_1() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let wire = Wire::of(&world).await;
    let answer = wire.http_1(&good, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""));
    let headers = good.headers();
    for name in ["host", "date", "digest", "signature", "content-type"] {
        let again = format!("{name}: {}\r\n", headers[name].to_str().unwrap());
        world.judged(wire.http_1(&good, &again), Refusal::DupHeader).await;
    }
    world.judged(wire.http_1(&good, "Host: other.example\r\n"), Refusal::DupHeader).await;
    // The whole URL as target, as one asks a proxy, naming another host than the header.
    let elsewhere = good.clone().to("http://other.example/actors/a/inbox");
    world.judged(wire.http_1(&elsewhere, ""), Refusal::DupHeader).await;
}

#[tokio::test]
async fn s28_over_http_2() {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let good = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&good).await;
    let wire = Wire::of(&world).await;
    let ours = "rennes.localhost:8101";
    for good in [good.clone(), good.clone().header("host", "")] {
        let answer = wire.http_2(&good, ours).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""));
    }
    let headers = good.headers();
    for name in ["host", "date", "digest", "signature", "content-type"] {
        let twice = good.clone().twice(name, headers[name].to_str().unwrap());
        world.judged(wire.http_2(&twice, ours), Refusal::DupHeader).await;
    }
    world.judged(wire.http_2(&good, "other.example"), Refusal::DupHeader).await;
}
