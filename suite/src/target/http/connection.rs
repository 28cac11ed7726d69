//! One connection to a target: hyper's HTTP/1 over a stream that survives a failed write.
//!
//! A service may answer before it has read the whole request, and close: one with a limit on bodies does. The rest of
//! the request then cannot be written, and the answer is there to be read all the same. So [`Stream`] takes a failed
//! write for done and leaves it to the reading side whether an answer was received.
//!
//! The connection has no task of its own: a call drives it, so a call that is dropped closes the connection.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::tls::Tls;

/// The body of a request, sent in one piece.
pub(super) struct Body {
    bytes: Option<Bytes>,
    sent: Option<oneshot::Sender<()>>,
}

impl Body {
    pub(super) fn new(bytes: Bytes) -> Body {
        Body { bytes: Some(bytes).filter(|b| !b.is_empty()), sent: None }
    }

    /// A body that reports when it was read to its end.
    pub(super) fn watched(bytes: Bytes, sent: oneshot::Sender<()>) -> Body {
        Body { bytes: Some(bytes), sent: Some(sent) }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let bytes = self.bytes.take();
        if let Some(sent) = self.sent.take() {
            // Nobody listens where the call ended first.
            let _ = sent.send(());
        }
        Poll::Ready(bytes.map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.bytes.as_ref().map_or(0, |b| b.len() as u64))
    }
}

/// The state that a connection and its stream share.
#[derive(Debug)]
struct Shared {
    tcp: TcpStream,
    /// True if anything was received since the last request began.
    heard: AtomicBool,
    /// True if a write failed.
    broken: AtomicBool,
}

/// A TCP stream whose writes never fail.
#[derive(Debug)]
pub(super) struct Stream(Arc<Shared>);

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.tcp.poll_read_ready(cx))?;
            match self.0.tcp.try_read(buf.initialize_unfilled()) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Ok(read) => {
                    if read > 0 {
                        self.0.heard.store(true, Ordering::Relaxed);
                    }
                    buf.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl Stream {
    /// Writes with `write`, of `all` bytes.
    fn poll_with(
        &self,
        cx: &mut Context<'_>,
        all: usize,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            if self.0.broken.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(all));
            }
            ready!(self.0.tcp.poll_write_ready(cx))?;
            match write(&self.0.tcp) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) if is_gone(error.kind()) => self.0.broken.store(true, Ordering::Relaxed),
                done => return Poll::Ready(done),
            }
        }
    }
}

/// Returns true if the other side does not read any more.
fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_with(cx, buf.len(), |tcp| tcp.try_write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_with(cx, bufs.iter().map(|b| b.len()).sum(), |tcp| tcp.try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Dropping the connection closes the stream.
        Poll::Ready(Ok(()))
    }
}

/// With TLS or without.
#[derive(Debug)]
pub(super) enum Wire {
    Plain(Stream),
    Secure(Box<tokio_rustls::client::TlsStream<Stream>>),
}

macro_rules! on_either {
    ($wire:expr, $stream:ident => $does:expr) => {
        match $wire.get_mut() {
            Wire::Plain(stream) => {
                let $stream = Pin::new(stream);
                $does
            }
            Wire::Secure(stream) => {
                let $stream = Pin::new(&mut **stream);
                $does
            }
        }
    };
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Secure(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_shutdown(cx))
    }
}

/// A connection on which one request is under way at a time.
pub(super) struct Connection {
    shared: Arc<Shared>,
    sender: http1::SendRequest<Body>,
    driver: http1::Connection<TokioIo<Wire>, Body>,
    /// True if the driver has ended.
    ended: bool,
    /// True if a request was answered on it before.
    pub(super) used: bool,
}

impl Connection {
    /// Begins HTTP on a new TCP stream, over TLS if `tls` is given.
    ///
    /// # Errors
    /// Where the TLS handshake fails.
    pub(super) async fn begin(tcp: TcpStream, tls: Option<&Tls>) -> io::Result<Connection> {
        tcp.set_nodelay(true)?;
        let shared = Arc::new(Shared { tcp, heard: AtomicBool::new(false), broken: AtomicBool::new(false) });
        let stream = Stream(shared.clone());
        let wire = match tls {
            None => Wire::Plain(stream),
            Some(tls) => Wire::Secure(Box::new(tls.connect(stream).await?)),
        };
        let (sender, driver) = http1::Builder::new().handshake(TokioIo::new(wire)).await.map_err(io::Error::other)?;
        Ok(Connection { shared, sender, driver, ended: false, used: false })
    }

    /// Returns true if the target has kept the connection open, and sent nothing that nobody asked for.
    pub(super) fn is_alive(&self) -> bool {
        let mut byte = [std::mem::MaybeUninit::uninit()];
        let peeked = socket2::SockRef::from(&self.shared.tcp).peek(&mut byte);
        matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Returns true if another request can follow.
    pub(super) fn is_reusable(&mut self) -> bool {
        !self.ended && !self.shared.broken.load(Ordering::Relaxed) && self.sender.is_ready()
    }

    /// Returns true if anything was received since the last request began.
    pub(super) fn heard(&self) -> bool {
        self.shared.heard.load(Ordering::Relaxed)
    }

    /// Returns true if the target closed the connection while the request was being sent.
    pub(super) fn broke(&self) -> bool {
        self.shared.broken.load(Ordering::Relaxed)
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// # Errors
    /// Hyper's, where there is no answer.
    pub(super) async fn send(
        &mut self,
        request: http::Request<Body>,
    ) -> Result<http::Response<hyper::body::Incoming>, hyper::Error> {
        self.shared.heard.store(false, Ordering::Relaxed);
        let mut response = pin!(self.sender.send_request(request));
        let (driver, ended) = (&mut self.driver, &mut self.ended);
        std::future::poll_fn(|cx| {
            drive(driver, ended, cx);
            response.as_mut().poll(cx)
        })
        .await
    }

    /// Waits for what `poll` waits for, which comes through this connection.
    pub(super) async fn until<T>(&mut self, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
        std::future::poll_fn(|cx| {
            // Bytes that were read before are there at once; further ones need the driver.
            if let Poll::Ready(done) = poll(cx) {
                return Poll::Ready(done);
            }
            drive(&mut self.driver, &mut self.ended, cx);
            poll(cx)
        })
        .await
    }

    /// Lets the connection notice that an exchange is over.
    pub(super) async fn settle(&mut self) {
        std::future::poll_fn(|cx| {
            drive(&mut self.driver, &mut self.ended, cx);
            Poll::Ready(())
        })
        .await;
    }
}

/// Lets the connection read and write as much as it can now. Its errors show in the answer.
fn drive(driver: &mut http1::Connection<TokioIo<Wire>, Body>, ended: &mut bool, cx: &mut Context<'_>) {
    if !*ended {
        *ended = Pin::new(driver).poll(cx).is_ready();
    }
}
