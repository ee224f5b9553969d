//! One connection and how long it is waited for: its socket, the bodies that come and go, and the pulse that
//! tells whether it is saying a head, being answered, or silent.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Sleep,
};

use super::listener::Limits;

/// What a connection is doing.
#[derive(Debug)]
pub(super) struct Pulse {
    accepted: Instant,
    /// Requests being answered.
    busy: AtomicU32,
    /// Bytes came that are no whole head yet.
    speaking: AtomicBool,
    /// Since when it speaks or is silent, in milliseconds since it was accepted.
    since: AtomicU64,
}

impl Pulse {
    /// A new connection: its first head is awaited.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            accepted: Instant::now(),
            busy: AtomicU32::new(0),
            speaking: AtomicBool::new(true),
            since: AtomicU64::new(0),
        })
    }

    /// A head is whole: it is being answered until the value is dropped.
    pub(super) fn begin(this: &Arc<Self>) -> Busy {
        this.busy.fetch_add(1, Ordering::Relaxed);
        this.speaking.store(false, Ordering::Relaxed);
        Busy(Arc::clone(this))
    }

    /// Whether something is being answered.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed) > 0
    }

    fn heard(&self) {
        if !self.is_busy() && !self.speaking.swap(true, Ordering::Relaxed) {
            self.mark();
        }
    }

    fn mark(&self) {
        let passed = u64::try_from(self.accepted.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.since.store(passed, Ordering::Relaxed);
    }

    /// Until when something must be heard.
    fn deadline(&self, limits: &Limits) -> Option<Instant> {
        if self.is_busy() {
            return None;
        }
        let since = self.accepted + Duration::from_millis(self.since.load(Ordering::Relaxed));
        let speaking = self.speaking.load(Ordering::Relaxed);
        Some(since + if speaking { limits.head } else { limits.idle })
    }
}

/// A request that is being answered.
pub(super) struct Busy(Arc<Pulse>);

impl Drop for Busy {
    fn drop(&mut self) {
        if self.0.busy.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.mark();
        }
    }
}

/// A socket that fails with `TimedOut` instead of waiting longer than it should.
pub(super) struct Patient {
    socket: TcpStream,
    pulse: Arc<Pulse>,
    limits: Limits,
    /// Since when nothing of the answer is taken.
    stalled: Option<Instant>,
    /// One for the whole life of the connection, moved only when something nearer must be awaited.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(super) const fn new(socket: TcpStream, pulse: Arc<Pulse>, limits: Limits) -> Self {
        Self { socket, pulse, limits, stalled: None, alarm: None }
    }

    /// Whether a deadline has passed; if not, the task is woken not later than then.
    fn late(&mut self, deadline: Instant, cx: &mut Context<'_>) -> bool {
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        if alarm.deadline() > deadline.into() {
            alarm.as_mut().reset(deadline.into());
        }
        while alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return true;
            }
            alarm.as_mut().reset(deadline.into());
        }
        false
    }

    fn written<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let since = *self.stalled.get_or_insert_with(Instant::now);
        if self.late(since + self.limits.stall, cx) { Poll::Ready(Err(too_long())) } else { Poll::Pending }
    }
}

fn too_long() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        match read {
            Poll::Ready(_) if buffer.filled().len() > before => self.pulse.heard(),
            Poll::Ready(_) => {}
            Poll::Pending => {
                let deadline = self.pulse.deadline(&self.limits);
                if deadline.is_some_and(|deadline| self.late(deadline, cx)) {
                    metrics::counter!("http_slow_connections_total").increment(1);
                    return Poll::Ready(Err(too_long()));
                }
            }
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.written(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// The body of a request, which must have come by a time.
pub(super) struct Timed {
    body: Incoming,
    until: Instant,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    pub(super) const fn new(body: Incoming, until: Instant) -> Self {
        Self { body, until, alarm: None }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        let until = self.until.into();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        ready!(alarm.as_mut().poll(cx));
        metrics::counter!("http_slow_connections_total").increment(1);
        Poll::Ready(Some(Err(too_long())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer: its request is being answered until it is gone.
pub(super) struct Answered {
    body: Body,
    _busy: Busy,
}

impl Answered {
    pub(super) const fn new(body: Body, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
