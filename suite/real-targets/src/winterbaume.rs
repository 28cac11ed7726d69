//! `winterbaume-kms` behind the routing of `winterbaume-server` 0.2.8.
//!
//! The original's routing lives in its program, so it is written here once more: a request reaches
//! the service by its host name, or else by the service named in the credential scope of its
//! signature, or else is answered 404 `UnknownService`. Of repeated headers the last one counts.
//! Left out: the other services.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use regex::Regex;
use tokio::net::TcpListener;
use winterbaume_core::auth;
use winterbaume_core::service::{MockRequest, MockResponse, MockService};

use crate::Service;

struct Front {
    service: winterbaume_kms::KmsService,
    hosts: Vec<Regex>,
}

impl Front {
    fn new() -> Self {
        let service = winterbaume_kms::KmsService::new();
        let hosts = service.url_patterns().into_iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
        Self { service, hosts }
    }

    fn routes_here(&self, uri: &str, headers: &HeaderMap) -> bool {
        let here = Some(self.service.service_name());
        self.hosts.iter().any(|host| host.is_match(uri))
            || auth::extract_service_from_uri(uri).as_deref() == here
            || auth::extract_service_from_headers(headers).as_deref() == here
    }

    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("https://{host}{path}");
        let mut headers = HeaderMap::new();
        for (name, value) in &head.headers {
            headers.insert(name.clone(), value.clone());
        }
        let answer = if self.routes_here(&uri, &headers) {
            let method = head.method.to_string();
            let request = MockRequest { method, uri, headers, body };
            self.service.handle(request).await
        } else {
            let body = format!(r#"{{"__type":"UnknownService","message":"No service registered for: {uri}"}}"#);
            MockResponse::json(404, body)
        };
        into_http(answer)
    }
}

fn into_http(answer: MockResponse) -> Response<Bytes> {
    let Ok(status) = StatusCode::from_u16(answer.status) else {
        let mut failed = Response::new(Bytes::from_static(b"Internal Server Error"));
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return failed;
    };
    let mut response = Response::new(answer.body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    response
}

/// A fresh `winterbaume-kms` in process.
pub fn winterbaume_kms_service() -> Service {
    let front = Arc::new(Front::new());
    Service::new(tower::service_fn(move |request| {
        let front = Arc::clone(&front);
        async move { Ok::<_, Infallible>(front.answer(request).await) }
    }))
}

/// Serves a fresh `winterbaume-kms` on the listener until accepting fails.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let front = Arc::new(Front::new());
    loop {
        let (stream, _) = listener.accept().await?;
        let front = Arc::clone(&front);
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let front = Arc::clone(&front);
                async move {
                    let (head, body) = request.into_parts();
                    // As the original has it: a body that breaks off counts as empty.
                    let body = body.collect().await.map(|whole| whole.to_bytes());
                    let request = Request::from_parts(head, body.unwrap_or_default());
                    Ok::<_, Infallible>(front.answer(request).await.map(Full::new))
                }
            });
            // A connection that breaks off is the client's affair.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
