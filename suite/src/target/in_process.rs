//! Targets that live in this process: a function, or anything like a `tower::Service`.

use std::borrow::Cow;
use std::future::Future;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use ucks_oracle::wire::{Answer, Request};

use super::{CallFuture, Target, TransportError, patient};

/// A target made of an async function from HTTP request to HTTP response.
pub struct InProcess<F> {
    service: F,
}

impl<F, R> InProcess<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = http::Response<Bytes>> + Send,
{
    /// Wraps the function.
    pub fn new(service: F) -> InProcess<F> {
        InProcess { service }
    }
}

impl<F, R> Target for InProcess<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = http::Response<Bytes>> + Send,
{
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let call = async move {
            let request = to_http(request).map_err(|e| TransportError::Unsendable(e.to_string()))?;
            Ok(from_http((self.service)(request).await))
        };
        patient(request, Box::pin(call))
    }
}

/// The request as the `http` crate has it.
///
/// # Errors
/// If method, path or a header is invalid in HTTP.
pub fn to_http(request: &Request) -> Result<http::Request<Bytes>, http::Error> {
    let mut http = http::Request::new(Bytes::copy_from_slice(&request.body));
    *http.method_mut() = Method::from_bytes(request.method.as_bytes())?;
    *http.uri_mut() = Uri::try_from(&*request.path)?;
    for (name, value) in &request.headers {
        http.headers_mut().append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    Ok(http)
}

/// The answer of a response.
pub fn from_http(response: http::Response<Bytes>) -> Answer {
    let (parts, body) = response.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(n, v)| {
            (Cow::Owned(n.as_str().to_owned()), Cow::Owned(String::from_utf8_lossy(v.as_bytes()).into_owned()))
        })
        .collect();
    Answer { status: parts.status.as_u16(), headers, body: body.to_vec() }
}
