//! HTTP(S) targets.
//!
//! A target is a stranger: it may hang, drip, lie about lengths or never stop. Every call ends within the bounds of
//! [`HttpOptions`] on time and bytes, with an answer or with the reason for its absence. Redirects are not followed,
//! no proxy of the environment is used, nothing is decompressed, and a name goes to the addresses that the guard
//! checked. Of the head of an answer at most 100 fields and 417,792 bytes are read, which are hyper's bounds.

mod connection;
mod local;
mod pool;
mod sign;
mod tls;
mod transport_error;

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use connection::{Body, Connection};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use http_body::Body as _;
pub use local::Local;
use pool::Pool;
pub use sign::Credentials;
#[cfg(feature = "cli")]
pub(super) use sign::LocalSigner;
use tls::Tls;
use tokio::net::TcpStream;
use ucks_oracle::wire::{Answer, Request};
use url::{Host, Position, Url};

use super::{CallFuture, Target, TransportError};

/// Turns of the runtime from handing a request over to its being written.
const HANDED_OVER: usize = 3;
/// Most characters of the name of an encoding that are kept.
const ENCODING: usize = 40;
/// The memory for a body before its first byte, independent of its announced length.
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
    /// The credentials that sign; the throw-away `test`/`test` if absent.
    pub credentials: Option<Credentials>,
    /// The credentials for requests that need an identity without permission.
    pub not_allowed: Option<Credentials>,
    /// The region of the credential scope.
    pub region: String,
    /// Certificates in PEM to trust, instead of those of this machine.
    pub roots: Option<Vec<u8>>,
    /// True if any certificate will do.
    pub insecure: bool,
    /// True if the field `User-Agent` names the program.
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
    /// A target cannot have this URL.
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
    base: Url,
    addresses: Vec<SocketAddr>,
    tls: Option<Tls>,
    pool: Pool,
    signer: sign::Signer,
    timeout: Duration,
    connect_timeout: Duration,
    max_body: usize,
    named: bool,
}

impl HttpTarget {
    /// A target at `url`, which has passed the guard.
    ///
    /// # Errors
    /// If the URL is invalid, its host is a name that `options` does not resolve, or TLS cannot be set up.
    pub fn new(url: &str, options: HttpOptions) -> Result<HttpTarget, HttpError> {
        let base = Url::parse(url).map_err(|e| HttpError::Url(format!("is not valid ({e})")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(HttpError::Url("is neither http nor https".to_owned()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(HttpError::Url("holds a user or a password".to_owned()));
        }
        // Without TLS the machine's certificates are not wanted: reading them takes time, and some machines have none.
        let tls = match base.scheme() {
            "https" => {
                Some(Tls::with(base.host_str().unwrap_or_default(), options.roots.as_deref(), options.insecure)?)
            }
            _ => None,
        };
        Ok(HttpTarget {
            addresses: addresses(&base, &options.resolved)?,
            tls,
            pool: Pool::new(),
            signer: sign::Signer::new(&base, options.credentials, options.not_allowed, options.region),
            base,
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            max_body: options.max_body,
            named: options.named,
        })
    }

    /// The request as it is sent, signed.
    fn prepare(&self, request: &Request) -> Result<Prepared, TransportError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| unsendable(format_args!("`{}` is not a method", request.method.escape_debug())))?;
        let url = self.url(&request.path)?;
        let mut headers = HeaderMap::with_capacity(request.headers.len() + 5);
        for (name, value) in &request.headers {
            let field = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| unsendable(format_args!("`{}` is not the name of a header field", name.escape_debug())))?;
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
        let host = HeaderValue::from_str(self.signer.host())
            .map_err(|_| unsendable(format_args!("the URL's host is not the value of a header field")))?;
        headers.entry(HOST).or_insert(host);
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        // Without this field a service may compress its answers, and nothing is decompressed here.
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        if self.named {
            headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(concat!("ucks/", env!("CARGO_PKG_VERSION"))));
        }
        Ok(Prepared { method, url, headers, body: Bytes::copy_from_slice(&request.body) })
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
        let prepared = self.prepare(request)?;
        let (sent, handed_over) = tokio::sync::oneshot::channel();
        let body = Body::watched(prepared.body.clone(), sent);
        tokio::select! {
            answer = self.exchange(prepared.with(body)?) => answer,
            _ = async {
                let _ = handed_over.await;
                for _ in 0..HANDED_OVER {
                    tokio::task::yield_now().await;
                }
            } => Err(TransportError::HungUp),
            () = tokio::time::sleep(self.timeout) => Err(TransportError::TimedOut(whole_seconds(self.timeout))),
        }
    }

    async fn exchange(&self, request: http::Request<Body>) -> Result<Answer, TransportError> {
        let (mut connection, idle) = match self.pool.take() {
            Some((connection, idle)) => (connection, idle),
            None => (self.connect().await?, Duration::ZERO),
        };
        let answer = match connection.send(request).await {
            Ok(response) => self.read(&mut connection, response).await,
            Err(error) => Err(transport_error::classify(&error, &connection)),
        };
        match &answer {
            Ok(_) | Err(TransportError::Encoded { .. }) => {
                connection.settle().await;
                connection.used = true;
                if connection.is_reusable() {
                    self.pool.give_back(connection);
                }
            }
            Err(TransportError::KeepAlive(_)) => self.pool.closed_after(idle),
            Err(_) => {}
        }
        answer
    }

    /// Reads the answer whose head is there.
    async fn read(
        &self,
        connection: &mut Connection,
        response: http::Response<hyper::body::Incoming>,
    ) -> Result<Answer, TransportError> {
        let (head, body) = response.into_parts();
        let announced = body.size_hint().exact().unwrap_or(0);
        if announced > self.max_body as u64 {
            return Err(TransportError::TooLarge(self.max_body));
        }
        let mut bytes = Vec::with_capacity(FIRST_READ.min(announced as usize));
        let mut body = pin!(body);
        while let Some(frame) = connection.until(|cx| body.as_mut().poll_frame(cx)).await {
            let frame = frame.map_err(|error| transport_error::classify(&error, connection))?;
            let Ok(data) = frame.into_data() else { continue };
            if data.len() > self.max_body - bytes.len() {
                return Err(TransportError::TooLarge(self.max_body));
            }
            bytes.extend_from_slice(&data);
        }
        match head.headers.get(CONTENT_ENCODING).filter(|_| !bytes.is_empty()) {
            Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
                let encoding = encoding.as_bytes().escape_ascii().to_string().chars().take(ENCODING).collect();
                Err(TransportError::Encoded { encoding, status: head.status.as_u16() })
            }
            _ => Ok(answer(&head, bytes)),
        }
    }

    /// A new connection: to the first of the host's addresses that takes one.
    async fn connect(&self) -> Result<Connection, TransportError> {
        let mut last = None;
        // One address that never answers must not take the time of the others.
        let each = self.connect_timeout / u32::try_from(self.addresses.len()).unwrap_or(1).max(1);
        for address in &self.addresses {
            let begun = async { Connection::begin(TcpStream::connect(address).await?, self.tls.as_ref()).await };
            match tokio::time::timeout(each, begun).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => last = Some(error),
                Err(_) => {}
            }
        }
        Err(TransportError::Unreachable(match last {
            Some(error) => transport_error::of_tls(&error).unwrap_or_else(|| transport_error::innermost(&error)),
            None => format!("not connected within {} seconds", whole_seconds(self.connect_timeout)),
        }))
    }
}

/// A request with everything but what carries its body.
struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
}

impl Prepared {
    /// The request as HTTP carries it.
    fn with(self, body: Body) -> Result<http::Request<Body>, TransportError> {
        let target = &self.url[Position::BeforePath..Position::AfterQuery];
        let uri = Uri::builder().path_and_query(target).build();
        let uri =
            uri.map_err(|_| unsendable(format_args!("the path `{}` is not valid in HTTP", target.escape_debug())))?;
        let mut request = http::Request::new(body);
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (self.method, uri, self.headers);
        Ok(request)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body may hold a secret; a header field that does is marked so.
        let mut shown = f.debug_struct("Prepared");
        shown.field("method", &self.method).field("url", &self.url.as_str()).field("headers", &self.headers);
        shown.finish_non_exhaustive()
    }
}

impl Target for HttpTarget {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        if request.hang_up {
            return Box::pin(self.abandon(request));
        }
        Box::pin(async move {
            let prepared = self.prepare(request)?;
            let body = Body::new(prepared.body.clone());
            match tokio::time::timeout(self.timeout, self.exchange(prepared.with(body)?)).await {
                Ok(result) => result,
                Err(_) => Err(TransportError::TimedOut(whole_seconds(self.timeout))),
            }
        })
    }
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTarget").field("url", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// Where the host of the URL is. A host that is an address is never resolved, so `resolved` concerns names alone.
fn addresses(base: &Url, resolved: &[SocketAddr]) -> Result<Vec<SocketAddr>, HttpError> {
    let port = base.port_or_known_default().unwrap_or(80);
    match base.host() {
        Some(Host::Ipv4(ip)) => Ok(vec![SocketAddr::from((ip, port))]),
        Some(Host::Ipv6(ip)) => Ok(vec![SocketAddr::from((ip, port))]),
        Some(Host::Domain(name)) if resolved.is_empty() => Err(HttpError::Unresolved(name.to_owned())),
        Some(Host::Domain(_)) => Ok(resolved.iter().map(|address| SocketAddr::new(address.ip(), port)).collect()),
        None => Err(HttpError::Url("has no host".to_owned())),
    }
}

fn answer(head: &http::response::Parts, body: Vec<u8>) -> Answer {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(n, v)| (Cow::Owned(n.as_str().to_owned()), Cow::Owned(text(v)))).collect();
    Answer { status: head.status.as_u16(), headers, body }
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
