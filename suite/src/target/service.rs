//! Anything like a `tower::Service` as a target.

use std::borrow::Cow;
use std::fmt::Display;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use bytes::{Buf, Bytes};
use http_body::Body;
use tower_service::Service;
use ucks_oracle::wire::{Answer, Request};

use super::in_process::to_http;
use super::{CallFuture, Target, TransportError, patient};

/// The bound on the body of an answer, in bytes.
const MOST: usize = 8 * 1024 * 1024;

/// A target made of a service: an axum router, a stack of tower layers, or hyper's own.
///
/// Every call goes to a clone of the service, as every connection of a server does.
#[derive(Debug)]
pub struct ServiceTarget<S, B = Bytes> {
    service: Mutex<S>,
    body: std::marker::PhantomData<fn() -> B>,
}

impl<S, B> ServiceTarget<S, B> {
    /// Wraps a service whose requests have bodies of type `B`.
    pub fn new(service: S) -> ServiceTarget<S, B> {
        ServiceTarget { service: Mutex::new(service), body: std::marker::PhantomData }
    }
}

impl<S, B, R> Target for ServiceTarget<S, B>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone + Send,
    S::Future: Send,
    S::Error: Display,
    B: From<Bytes> + Send,
    R: Body + Send,
    R::Data: Send,
    R::Error: Display,
{
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let call = async move {
            let mut service = service;
            let request = to_http(request).map_err(|e| TransportError::Unsendable(e.to_string()))?.map(B::from);
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(broken)?;
            let response = service.call(request).await.map_err(broken)?;
            let (parts, body) = response.into_parts();
            let text = |v: &http::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
            let headers =
                parts.headers.iter().map(|(n, v)| (Cow::Owned(n.as_str().to_owned()), Cow::Owned(text(v)))).collect();
            Ok(Answer { status: parts.status.as_u16(), headers, body: read(body).await? })
        };
        patient(request, Box::pin(call))
    }
}

fn broken(error: impl Display) -> TransportError {
    TransportError::Broken(error.to_string())
}

async fn read<R: Body>(body: R) -> Result<Vec<u8>, TransportError>
where
    R::Error: Display,
{
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let Ok(mut data) = frame.map_err(broken)?.into_data() else { continue };
        if data.remaining() > MOST - bytes.len() {
            return Err(TransportError::TooLarge(MOST));
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            let length = chunk.len();
            bytes.extend_from_slice(chunk);
            data.advance(length);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::task::{Context, Poll};

    use http_body_util::Full;

    use super::*;

    /// Answers with the request's body, as often as asked.
    #[derive(Clone)]
    struct Echo(usize);

    impl Service<http::Request<Bytes>> for Echo {
        type Response = http::Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
            let body = request.body().repeat(self.0);
            let answer = http::Response::builder().status(202).header("x-seen", request.uri().path());
            ready(Ok(answer.body(Full::from(body)).unwrap()))
        }
    }

    #[tokio::test]
    async fn a_service_is_a_target() {
        let request = Request::operation("UpdateCustomKeyStore", b"{}".to_vec());
        let answer = ServiceTarget::new(Echo(2)).call(&request).await.unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice(), answer.header("X-Seen")),
            (202, b"{}{}".as_slice(), Some("/"))
        );
    }

    #[tokio::test]
    async fn an_endless_body_ends() {
        let request = Request::operation("UpdateCustomKeyStore", vec![b'x'; 1024]);
        let lost = ServiceTarget::new(Echo(MOST)).call(&Request { body: b"ab".to_vec(), ..request }).await;
        assert_eq!(lost, Err(TransportError::TooLarge(MOST)));
    }
}
