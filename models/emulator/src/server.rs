//! The emulator over HTTP/1.1.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::Emulator;
use crate::readings::KeepAlive;

/// The time that a client has to send the head of a request, and again for its body.
const HEAD_TIME: Duration = Duration::from_secs(30);
const BODY_TIME: Duration = Duration::from_secs(30);

/// The time for which an idle connection is kept if it is then closed without notice (see `KeepAlive::Briefly`).
const IDLE_TIME: Duration = Duration::from_millis(5);

/// The pause after a connection could not be accepted, for example for lack of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The time that a client has for the TLS handshake.
#[cfg(feature = "tls")]
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// Serves the emulator on the listener until `shutdown` is ready. Connections that are open then
/// finish the request they are in.
///
/// # Errors
///
/// None at present: a connection that fails concerns its client alone.
pub async fn serve(listener: TcpListener, emulator: Emulator, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    accept(&listener, shutdown, |stream| {
        tokio::spawn(converse(stream, emulator.clone(), stopped.clone()));
    })
    .await;
    drop(listener);
    drop(stopped);
    end(stop).await;
    Ok(())
}

/// Serves the emulator over TLS, otherwise as [`serve`] does.
///
/// # Errors
///
/// None at present: a connection that fails concerns its client alone.
#[cfg(feature = "tls")]
pub async fn serve_tls(
    listener: TcpListener,
    tls: tokio_rustls::TlsAcceptor,
    emulator: Emulator,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(());
    accept(&listener, shutdown, |stream| {
        let (tls, emulator, stopped) = (tls.clone(), emulator.clone(), stopped.clone());
        tokio::spawn(async move {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
                converse(stream, emulator, stopped).await;
            }
        });
    })
    .await;
    drop(listener);
    drop(stopped);
    end(stop).await;
    Ok(())
}

/// Takes connections until `shutdown` is ready.
async fn accept(listener: &TcpListener, shutdown: impl Future<Output = ()>, serve: impl Fn(TcpStream)) {
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                serve(stream);
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Ends all connections, and waits for the requests that they are in.
async fn end(stop: watch::Sender<()>) {
    let _ = stop.send(());
    // Closed once the last connection has dropped its end.
    let _ = tokio::time::timeout(BODY_TIME, stop.closed()).await;
}

async fn converse<S>(stream: S, emulator: Emulator, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let keep_alive = emulator.keep_alive();
    let service = service_fn(move |request| {
        let emulator = emulator.clone();
        async move { answer(&emulator, request).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(keep_alive != KeepAlive::Closed)
        .header_read_timeout(if keep_alive == KeepAlive::Briefly { IDLE_TIME } else { HEAD_TIME })
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn answer(emulator: &Emulator, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let collected = tokio::time::timeout(BODY_TIME, Limited::new(body, emulator.largest_body()).collect()).await;
    let response = match collected {
        Ok(Ok(body)) => emulator.respond(Request::from_parts(parts, body.to_bytes())).await,
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            // The rest of the body is not read, so the connection cannot be used again.
            let Some(mut response) = emulator.too_large() else { return Err(io::ErrorKind::ConnectionReset.into()) };
            response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            response
        }
        Ok(Err(error)) => return Err(io::Error::other(error)),
        Err(_) => return Err(io::ErrorKind::TimedOut.into()),
    };
    Ok(response.map(Full::new))
}
