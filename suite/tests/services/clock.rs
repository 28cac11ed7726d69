//! Clocks: in process time moves only when somebody waits, so that pauses and transitions take no time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use ucks_oracle::wire::{Answer, Request};
use ucks_suite::target::in_process::{from_http, to_http};
use ucks_suite::target::{CallFuture, PauseFuture, Target, TransportError};

use crate::front::Dropped;

/// The time by which a service lives.
#[derive(Clone)]
pub(crate) struct Clock {
    start: Instant,
    elapsed: Arc<AtomicU64>,
    simulated: bool,
}

impl Clock {
    /// A clock that moves only when somebody waits.
    pub(crate) fn simulated() -> Clock {
        Clock { start: Instant::now(), elapsed: Arc::default(), simulated: true }
    }

    /// The clock on the wall.
    pub(crate) fn real() -> Clock {
        Clock { simulated: false, ..Clock::simulated() }
    }

    fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed.load(Ordering::Relaxed))
    }

    pub(crate) fn instant(&self) -> Instant {
        if self.simulated { self.start + self.elapsed() } else { Instant::now() }
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, time: Duration) {
        self.elapsed.fetch_add(u64::try_from(time.as_nanos()).unwrap(), Ordering::Relaxed);
    }
}

/// A service in this process by a simulated clock.
pub(crate) struct Simulated<F> {
    pub(crate) service: F,
    pub(crate) clock: Clock,
}

impl<F: Fn(http::Request<Bytes>) -> Response<Bytes> + Send + Sync> Target for Simulated<F> {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(std::future::ready(self.answer(request)))
    }

    fn now(&self) -> Duration {
        self.clock.elapsed()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.clock.advance(time);
        Box::pin(std::future::ready(()))
    }
}

impl<F: Fn(http::Request<Bytes>) -> Response<Bytes>> Simulated<F> {
    fn answer(&self, request: &Request) -> Result<Answer, TransportError> {
        let response = (self.service)(to_http(request).map_err(|e| TransportError::Unsendable(e.to_string()))?);
        match response.extensions().get::<Dropped>() {
            Some(_) => Err(TransportError::Broken("connection closed before message completed".to_owned())),
            None => Ok(from_http(response)),
        }
    }
}
