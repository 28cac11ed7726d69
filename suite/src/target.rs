//! The service under test: one async method from a wire request to a wire answer.
//!
//! A function from request to response is the simplest target:
//!
//! ```
//! use bytes::Bytes;
//! use ucks_oracle::wire::{Request, UPDATE};
//! use ucks_suite::target::Target;
//! use ucks_suite::target::in_process::InProcess;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let target = InProcess::new(|_: http::Request<Bytes>| async {
//!     let mut response = http::Response::new(Bytes::from_static(br#"{"__type":"CustomKeyStoreNotFoundException"}"#));
//!     *response.status_mut() = http::StatusCode::BAD_REQUEST;
//!     response
//! });
//! let answer = target.call(&Request::operation(UPDATE, br#"{"CustomKeyStoreId":"cks-1"}"#.to_vec())).await?;
//! assert_eq!(answer.status, 400);
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "http")]
pub mod http;
pub mod in_process;
#[cfg(feature = "harness")]
pub mod service;
#[cfg(feature = "cli")]
pub mod stdio;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use ucks_oracle::wire::{Answer, Request};

/// The future of a call.
pub type CallFuture<'a> = Pin<Box<dyn Future<Output = Result<Answer, TransportError>> + Send + 'a>>;

/// The future of a pause.
pub type PauseFuture<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// When the process first asked for the time.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A service that may implement UpdateCustomKeyStore, with the clock that goes with it.
///
/// All that a run cannot know beforehand comes from here: what is answered, and when. So a target that
/// answers from a transcript, with the recorded times, repeats the same run.
pub trait Target: Send + Sync {
    /// Sends one request and reads its answer whole, within the target's own bounds on time and size. Where the
    /// request asks to hang up, the call ends with [`TransportError::HungUp`] unless the answer was there at once.
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a>;

    /// The time since some fixed moment: what a run decides by the clock it decides by this one.
    fn now(&self) -> Duration {
        START.elapsed()
    }

    /// Waits.
    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// The call, given up as soon as it has to wait where the request's sender hangs up.
fn patient<'a>(request: &Request, mut call: CallFuture<'a>) -> CallFuture<'a> {
    if !request.hang_up {
        return call;
    }
    Box::pin(std::future::poll_fn(move |context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(answer),
        Poll::Pending => Poll::Ready(Err(TransportError::HungUp)),
    }))
}

/// A target that can be shared between lanes.
pub type SharedTarget = Arc<dyn Target>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum TransportError {
    /// Nothing listens there.
    #[error("no connection to the target: {0}")]
    Unreachable(String),
    /// No answer within the bound.
    #[error("no answer within {0} second{s}", s = if *.0 == 1 { "" } else { "s" })]
    TimedOut(u64),
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole: {0}")]
    Broken(String),
    /// A connection that had been used before was closed before anything of the answer was received. Servers close
    /// connections that are idle, so the request may never have been looked at.
    #[error("the target closed a kept-alive connection before it answered: {0}")]
    KeepAlive(String),
    /// The answer is compressed, although the request asks for it as it is.
    #[error(
        "the target's answers have `Content-Encoding: {encoding}`, which no request asks for; turn compression off in \
         the service, or let it honour `Accept-Encoding: identity`"
    )]
    Encoded {
        /// The encoding.
        encoding: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer is larger than the bound.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The suite itself hung up.
    #[error("the suite hung up")]
    HungUp,
    /// The bytes are not an HTTP answer.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// HTTP, or this client, does not carry the request: nothing was sent, and the target is not to blame.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

impl TransportError {
    /// Returns true if the request may have reached the target.
    pub fn may_have_arrived(&self) -> bool {
        !matches!(self, TransportError::Unreachable(_) | TransportError::Unsendable(_))
    }

    /// Returns true if the connection was closed before an answer was whole, which may happen once to any request.
    pub fn is_interruption(&self) -> bool {
        matches!(self, TransportError::KeepAlive(_) | TransportError::Broken(_))
    }
}
