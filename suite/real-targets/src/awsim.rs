//! `awsim-kms` behind the gateway of `awsim-core`, as the program `awsim` 0.8.0 serves it.
//!
//! The gateway itself is the original's (`awsim_core::gateway::handle_request`): routing, parsing,
//! headers, bodies and errors are its work. Around it are the original's layers in the original's
//! order: CORS, the limit on a body, decompression of request bodies. Left out: the other services,
//! the administrator's pages under `/_awsim/`, the redirect of browsers, the higher limit for uploads
//! to S3, and the shedding of load past 5,000 requests at once.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use awsim_core::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{ServiceExt, service_fn};
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::Service;

// The defaults of the program's command line.
const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
const PARTITION: &str = "aws";
const BODY_LIMIT: usize = 100 * 1024 * 1024;
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// A fresh `awsim-kms` as the router that the program serves.
pub fn router() -> Router {
    bare_router()
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CorsLayer::permissive())
}

/// The gateway without the original's layers.
fn bare_router() -> Router {
    let mut state = AppState::with_partition(REGION.into(), ACCOUNT.into(), PARTITION.into());
    state.register(Arc::new(awsim_kms::KmsService::new()), Vec::new());
    Router::new().fallback(awsim_core::gateway::handle_request).with_state(state)
}

/// Serves a fresh `awsim-kms` as an author would who has read no further than axum's first example: with its default
/// limit of 2 MB on a body. Ends when accepting fails.
pub async fn serve_plainly(listener: TcpListener) -> io::Result<()> {
    axum::serve(listener, bare_router()).await
}

/// A fresh `awsim-kms` in process.
pub fn awsim_kms_service() -> Service {
    let router = router();
    Service::new(service_fn(move |request: Request<Bytes>| {
        let router = router.clone();
        async move {
            let Ok(answer) = router.oneshot(request.map(Body::from)).await;
            let (head, body) = answer.into_parts();
            // The gateway streams for other services only; KMS answers from memory.
            let body = body.collect().await.map(|whole| whole.to_bytes());
            Ok::<_, Infallible>(Response::from_parts(head, body.unwrap_or_default()))
        }
    }))
}

/// Serves a fresh `awsim-kms` on the listener until accepting fails.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let router = router();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT);
            // A connection that breaks off is the client's affair.
            let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
        });
    }
}
