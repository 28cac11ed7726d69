//! One HTTP request in, one HTTP answer out, without a socket.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

/// An emulator in process: a value that answers requests. Clones share one state; a call of the
/// function that made it gives a fresh one.
///
/// The request needs no `Host` header and no signature for this type's sake, but the emulators route
/// by them: sign for `kms` as a client would.
#[derive(Clone)]
pub struct Service(BoxCloneSyncService<Request<Bytes>, Response<Bytes>, Infallible>);

impl Service {
    /// Wraps what answers a request.
    pub(crate) fn new<S>(inner: S) -> Self
    where
        S: tower::Service<Request<Bytes>, Response = Response<Bytes>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Self(BoxCloneSyncService::new(inner))
    }

    /// Answers one request.
    pub async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        match self.0.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }
}

impl tower::Service<Request<Bytes>> for Service {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        tower::Service::call(&mut self.0, request)
    }
}
