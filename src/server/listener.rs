//! Takes connections, and waits for nobody for ever (threats D10, D18, R15): a head must come within ten
//! seconds, a body within thirty, whoever reads nothing of the answer for thirty seconds is let go, and so is a
//! connection that says nothing for over a minute. Connections and HTTP/2 streams are bounded; running out of
//! file descriptors ends no loop. Told to stop, it takes nothing new and lets what was begun end.

use std::{
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use http_body_util::BodyExt as _;
use hyper::{
    body::{Body as _, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service as _;

use super::patient::{Answered, Patient, Pulse, Timed};

/// File descriptors kept for the database, for other servers and for files.
const RESERVED: usize = 256;
/// Longest head of a request, in bytes (431 beyond).
const HEAD: usize = 64 * 1024;
/// Most requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// Pause after the system refused a connection (no descriptor left).
const BREATH: Duration = Duration::from_millis(50);

/// What a listener puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest wait for the head of a request, from its first byte (from the connection for the first one).
    pub head: Duration,
    /// Longest wait for its body.
    pub body: Duration,
    /// Longest wait between two requests; longer than that of the usual proxies (60 s), so that they hang up.
    pub idle: Duration,
    /// Longest wait for the other side to take some of the answer.
    pub stall: Duration,
    /// Most connections at once; whoever comes then waits in the queue of the system.
    pub connections: usize,
    /// How long what was begun may take once told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            connections: descriptors().map_or(512, |all| all.saturating_sub(RESERVED).clamp(64, 16_384)),
            drain: Duration::from_secs(8),
        }
    }
}

/// How many file descriptors the system lets us have.
fn descriptors() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Serves until `stop` is cancelled and what was begun has ended, or `limits.drain` has passed.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let open = TaskTracker::new();
    let room = Arc::new(Semaphore::new(limits.connections.max(1)));
    let protocol = Arc::new(protocol());
    while let Some((socket, peer, place)) = next(&listener, &room, &stop).await {
        let connection = Connection { router: router.clone(), limits, peer };
        let (protocol, stop) = (Arc::clone(&protocol), stop.clone());
        open.spawn(async move {
            connection.run(socket, &protocol, &stop).await;
            drop(place);
        });
    }
    drop(listener);
    open.close();
    // What is not busy ends at once.
    if tokio::time::timeout(limits.drain, open.wait()).await.is_err() {
        tracing::warn!(open = open.len(), "stopped with requests still open");
    }
}

/// The next connection, once there is room for it; none when told to stop.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let taken = async {
        let place = Arc::clone(room).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((socket, peer)) => return Some((socket, peer, place)),
                Err(error) => {
                    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset};
                    // Somebody who went away before we looked is no fault of ours.
                    if !matches!(error.kind(), ConnectionAborted | ConnectionReset) {
                        tracing::warn!(%error, "a connection could not be taken");
                        metrics::counter!("http_accept_failures_total").increment(1);
                        tokio::time::sleep(BREATH).await;
                    }
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        taken = taken => taken,
    }
}

fn protocol() -> Builder<TokioExecutor> {
    let mut protocol = Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(HEAD)
        .pipeline_flush(true);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(Some(20))
        .max_local_error_reset_streams(Some(256))
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(10));
    protocol
}

struct Connection {
    router: Router,
    limits: Limits,
    peer: SocketAddr,
}

impl Connection {
    async fn run(self, socket: TcpStream, protocol: &Builder<TokioExecutor>, stop: &CancellationToken) {
        // Answers are written whole: nothing is gained by waiting for more.
        let _ = socket.set_nodelay(true);
        let (limits, pulse) = (self.limits, Pulse::new());
        let io = TokioIo::new(Patient::new(socket, Arc::clone(&pulse), limits));
        let beat = Arc::clone(&pulse);
        let service = service_fn(move |request| self.answer(request, &beat));
        let mut serving = std::pin::pin!(protocol.serve_connection(io, service));
        tokio::select! {
            ended = serving.as_mut() => return tell(ended),
            () = stop.cancelled() => {}
        }
        serving.as_mut().graceful_shutdown();
        // A request that is being answered is answered; one that is still being written here is not waited for.
        let patience = if pulse.is_busy() { limits.drain } else { Duration::from_secs(1).min(limits.drain) };
        if let Ok(ended) = tokio::time::timeout(patience, serving).await {
            tell(ended);
        }
    }

    fn answer(
        &self,
        request: hyper::Request<Incoming>,
        pulse: &Arc<Pulse>,
    ) -> impl Future<Output = Result<hyper::Response<Answered>, std::convert::Infallible>> + use<> {
        let busy = Pulse::begin(pulse);
        let until = Instant::now() + self.limits.body;
        let mut request: Request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(Timed::new(body, until).map_err(axum::Error::new))
            }
        });
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answering = self.router.clone().call(request);
        async move { answering.await.map(|response| response.map(|body| Answered::new(body, busy))) }
    }
}

/// How a connection ended is of interest to whoever looks for it.
fn tell(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(error = &*error, "a connection ended early");
    }
}
