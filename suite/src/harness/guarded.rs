//! A service in this process, kept from taking the tests down with it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use ucks_oracle::wire::Request;

use crate::target::{CallFuture, Target, TransportError};

/// A target whose panics count as broken connections, and whose silence ends.
pub(super) struct Guarded<T> {
    inner: T,
    timeout: Duration,
}

impl<T: Target> Guarded<T> {
    pub(super) fn new(inner: T, timeout: Duration) -> Guarded<T> {
        Guarded { inner, timeout }
    }
}

impl<T: Target> Target for Guarded<T> {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            // A panic may leave the service in any state. A server would go on in the same way.
            let mut call = catch_unwind(AssertUnwindSafe(|| self.inner.call(request))).map_err(panicked)?;
            let answer = poll_fn(move |cx| {
                catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)))
                    .unwrap_or_else(|p| Poll::Ready(Err(panicked(p))))
            });
            let late = |_| TransportError::TimedOut(self.timeout.as_secs().max(1));
            tokio::time::timeout(self.timeout, answer).await.map_err(late)?
        })
    }
}

fn panicked(payload: Box<dyn Any + Send>) -> TransportError {
    let text = payload.downcast_ref::<&str>().map(|t| (*t).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    TransportError::Broken(format!("the service panicked: {}", text.unwrap_or_else(|| "without a word".to_owned())))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::target::in_process::InProcess;

    async fn call(target: impl Target) -> TransportError {
        let request = Request::operation("UpdateCustomKeyStore", Vec::new());
        Guarded::new(target, Duration::from_millis(20)).call(&request).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_panic_is_a_broken_connection() {
        let lost = call(InProcess::new(|_| async { panic!("no such key") as http::Response<Bytes> })).await;
        assert_eq!(lost, TransportError::Broken("the service panicked: no such key".to_owned()));
    }

    #[tokio::test]
    async fn silence_ends() {
        let lost = call(InProcess::new(|_| std::future::pending::<http::Response<Bytes>>())).await;
        assert_eq!(lost, TransportError::TimedOut(1));
    }
}
