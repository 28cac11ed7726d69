//! HTTP(S) targets.
//!
//! A target is a stranger: it may hang, drip, lie about lengths or never stop. Every call ends within the bounds of
//! [`HttpOptions`] on time and bytes, with an answer or with the reason why there is none. Redirects are not followed,
//! no proxy of the environment is used, nothing is decompressed, and a name goes to the addresses that the guard checked.
//! Of the head of an answer at most 100 fields and 417,792 bytes are read, which are hyper's bounds.

mod local;
mod sign;
mod transport_error;

pub use local::Local;
pub use sign::Credentials;

use super::{CallFuture, Target, TransportError};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::{Body, Certificate, Client, Response, Url};
use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use ucks_oracle::wire::{Answer, Request};

/// Shorter than the keep-alive of common servers, so that a request seldom meets a connection about to be closed.
const IDLE: Duration = Duration::from_millis(1500);
/// Turns of the runtime from handing a request over to its being written.
const HANDED_OVER: usize = 3;
/// What is set aside for a body before its first byte, whatever its announced length.
const FIRST_READ: usize = 64 * 1024;

/// The bounds and the identity of an [`HttpTarget`].
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// The bound on a whole exchange: connect, send, and read the answer to its end.
    pub timeout: Duration,
    /// The bound on making a connection, TLS included.
    pub connect_timeout: Duration,
    /// The bound on the body of an answer, in bytes.
    pub max_body: usize,
    /// Who signs; the throw-away `test`/`test` where nobody is named.
    pub credentials: Option<Credentials>,
    /// Who signs where the request asks for an identity that may not do this.
    pub not_allowed: Option<Credentials>,
    /// The region of the credential scope.
    pub region: String,
    /// Certificates in PEM to trust, instead of those of this machine.
    pub roots: Option<Vec<u8>>,
    /// Whether any certificate will do.
    pub insecure: bool,
    /// Whether the field `User-Agent` says which program sends.
    pub named: bool,
    /// The addresses of the URL's host, as the guard checked them; not needed where the host is an address.
    pub resolved: Vec<SocketAddr>,
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(3),
            max_body: 8 * 1024 * 1024,
            credentials: None,
            not_allowed: None,
            region: "us-east-1".to_owned(),
            roots: None,
            insecure: false,
            named: true,
            resolved: Vec::new(),
        }
    }
}

/// Why no [`HttpTarget`] can be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL is none that a target can have.
    #[error("the target's URL {0}; write it as `http://127.0.0.1:4566`")]
    Url(String),
    /// The host is a name without addresses.
    #[error("the host `{0}` is not resolved; pass the addresses that the guard checked")]
    Unresolved(String),
    /// The certificates to trust are not in PEM.
    #[error("the certificates to trust cannot be read: {0}; pass a PEM file")]
    Roots(String),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}; check the certificates of this machine")]
    Client(String),
}

/// A service behind a URL.
pub struct HttpTarget {
    client: Client,
    base: Url,
    signer: sign::Signer,
    timeout: Duration,
    connect_timeout: Duration,
    max_body: usize,
}

impl HttpTarget {
    /// A target at `url`, which has passed the guard.
    ///
    /// # Errors
    /// Where the URL is none, its host is a name that `options` does not resolve, or TLS cannot be set up.
    pub fn new(url: &str, options: HttpOptions) -> Result<HttpTarget, HttpError> {
        let base = Url::parse(url).map_err(|e| HttpError::Url(format!("is none ({e})")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(HttpError::Url("is neither http nor https".to_owned()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(HttpError::Url("holds a user or a password".to_owned()));
        }
        Ok(HttpTarget {
            client: client(&base, &options)?,
            signer: sign::Signer::new(&base, options.credentials, options.not_allowed, options.region),
            base,
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            max_body: options.max_body,
        })
    }

    /// The request as it is sent, signed.
    fn prepare(&self, request: &Request) -> Result<reqwest::Request, TransportError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| unsendable(format_args!("`{}` is no method", request.method.escape_debug())))?;
        let url = self.url(&request.path)?;
        let mut headers = HeaderMap::with_capacity(request.headers.len() + 5);
        for (name, value) in &request.headers {
            let field = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| unsendable(format_args!("`{}` is no name of a header field", name.escape_debug())))?;
            if field == CONTENT_LENGTH && value.parse() == Ok(request.body.len()) {
                continue; // set again when the request is written
            }
            if field == CONTENT_LENGTH || field == TRANSFER_ENCODING {
                return Err(unsendable(format_args!("`{field}` follows from the body and cannot be set")));
            }
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| unsendable(format_args!("the header `{field}` holds bytes that HTTP does not carry")))?;
            headers.append(field, value);
        }
        self.signer.sign(request, url.as_str(), &mut headers)?;
        let mut http = reqwest::Request::new(method, url);
        *http.headers_mut() = headers;
        *http.body_mut() = Some(Body::from(Bytes::copy_from_slice(&request.body)));
        Ok(http)
    }

    /// The URL for a path with query. Never another host: the path is set, not joined.
    fn url(&self, path: &str) -> Result<Url, TransportError> {
        let mut url = self.base.clone();
        if path == "/" {
            return Ok(url);
        }
        if !path.starts_with('/') {
            return Err(unsendable(format_args!("the path `{}` does not start with `/`", path.escape_debug())));
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        Ok(url)
    }

    /// Sends the request, and hangs up as soon as its last byte was handed over.
    async fn abandon(&self, request: &Request) -> Result<Answer, TransportError> {
        let mut http = self.prepare(request)?;
        let (sent, handed_over) = tokio::sync::oneshot::channel();
        http.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(request.body.len()));
        *http.body_mut() =
            Some(Body::wrap(Last { body: Some(Bytes::copy_from_slice(&request.body)), sent: Some(sent) }));
        tokio::select! {
            answer = self.exchange(http) => answer,
            _ = async {
                let _ = handed_over.await;
                for _ in 0..HANDED_OVER {
                    tokio::task::yield_now().await;
                }
            } => Err(TransportError::HungUp),
            () = tokio::time::sleep(self.timeout) => Err(TransportError::TimedOut(whole_seconds(self.timeout))),
        }
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Answer, TransportError> {
        let lost = |error: reqwest::Error| transport_error::classify(&error, self.connect_timeout);
        let mut response = self.client.execute(request).await.map_err(lost)?;
        let announced = response.content_length().unwrap_or(0);
        if announced > self.max_body as u64 {
            return Err(TransportError::TooLarge(self.max_body));
        }
        let mut body = Vec::with_capacity(FIRST_READ.min(announced as usize));
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if chunk.len() > self.max_body - body.len() {
                return Err(TransportError::TooLarge(self.max_body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer(&response, body))
    }
}

impl Target for HttpTarget {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        if request.hang_up {
            return Box::pin(self.abandon(request));
        }
        Box::pin(async move {
            let request = self.prepare(request)?;
            match tokio::time::timeout(self.timeout, self.exchange(request)).await {
                Ok(result) => result,
                Err(_) => Err(TransportError::TimedOut(whole_seconds(self.timeout))),
            }
        })
    }
}

/// A body that tells when it was read to its end.
struct Last {
    body: Option<Bytes>,
    sent: Option<tokio::sync::oneshot::Sender<()>>,
}

impl http_body::Body for Last {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let body = self.body.take();
        if let Some(sent) = self.sent.take() {
            // Nobody listens where the call ended first.
            let _ = sent.send(());
        }
        Poll::Ready(body.map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTarget").field("url", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn client(base: &Url, options: &HttpOptions) -> Result<Client, HttpError> {
    // An error says that the process has a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(64)
        .connect_timeout(options.connect_timeout);
    if options.named {
        builder = builder.user_agent(concat!("ucks/", env!("CARGO_PKG_VERSION")));
    }
    if base.scheme() == "http" {
        // Without TLS the machine's certificates are not wanted: reading them takes time, and some machines have none.
        builder = builder.tls_certs_only([]);
    }
    if let Some(pem) = options.roots.as_ref().filter(|_| base.scheme() == "https") {
        let roots = Certificate::from_pem_bundle(pem).map_err(|e| HttpError::Roots(transport_error::innermost(&e)))?;
        builder = builder.tls_certs_only(roots);
    }
    if options.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    // A host that is an address is never resolved, so these addresses concern names alone.
    if let Some(host) = base.domain() {
        if options.resolved.is_empty() {
            return Err(HttpError::Unresolved(host.to_owned()));
        }
        builder = builder.resolve_to_addrs(host, &options.resolved);
    }
    builder.build().map_err(|e| HttpError::Client(transport_error::innermost(&e)))
}

fn answer(response: &Response, body: Vec<u8>) -> Answer {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers =
        response.headers().iter().map(|(n, v)| (Cow::Owned(n.as_str().to_owned()), Cow::Owned(text(v)))).collect();
    Answer { status: response.status().as_u16(), headers, body }
}

/// A request that HTTP, or this client, cannot carry; nothing was sent.
fn unsendable(why: fmt::Arguments<'_>) -> TransportError {
    TransportError::Unsendable(why.to_string())
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests;
