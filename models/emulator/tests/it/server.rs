//! The emulator over HTTP: keep-alive, bounds, shutdown.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use ucks_emulator::{Config, Emulator, serve};

use crate::common::{Service, request};

struct Running {
    stream: TcpStream,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn start() -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, Emulator::new(Config::default()), async {
        let _ = stopped.await;
    }));
    Running { stream: TcpStream::connect(address).await.unwrap(), stop, server }
}

fn head(length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-amz-json-1.1\r\n\
         x-amz-target: TrentService.DescribeCustomKeyStores\r\ncontent-length: {length}\r\n\r\n"
    )
}

async fn read(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 65_536];
    let count = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

#[tokio::test]
async fn one_connection_serves_many_requests_and_shutdown_ends_it() {
    let mut running = start().await;
    for _ in 0..3 {
        running.stream.write_all((head(2) + "{}").as_bytes()).await.unwrap();
        let answer = read(&mut running.stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("{\"CustomKeyStores\":[],\"Truncated\":false}"), "{answer}");
    }
    running.stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(5), running.server).await;
    assert!(matches!(ended, Ok(Ok(Ok(())))));
    assert_eq!(read(&mut running.stream).await, "");
}

#[tokio::test]
async fn a_body_past_the_bound_is_a_413() {
    let mut running = start().await;
    running.stream.write_all(head(20_000_000).as_bytes()).await.unwrap();
    let chunk = vec![b'x'; 1_000_000];
    for _ in 0..9 {
        if running.stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let answer = read(&mut running.stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("RequestEntityTooLargeException"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_called_too_large() {
    let mut running = start().await;
    let broken = head(2).replace("content-length: 2", "transfer-encoding: chunked") + "xyz\r\n{}\r\n";
    running.stream.write_all(broken.as_bytes()).await.unwrap();
    let answer = read(&mut running.stream).await;
    assert!(!answer.contains("413"), "{answer}");
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let mut running = start().await;
    running.stream.write_all(b"\x16\x03\x01hello\r\n\r\n").await.unwrap();
    let answer = read(&mut running.stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

/// A defect that leaves a gap between check and change shows where a second update comes in between: the server has to
/// run both at once.
#[tokio::test]
async fn updates_with_a_gap_in_them_run_side_by_side() {
    let mut service = Service::with(Some("racing-names-both-win".parse().unwrap()));
    let stores = [service.cloudhsm("one", 'a'), service.cloudhsm("two", 'b')];
    let both_won = async |name: u32| {
        let rename = |id: &str| {
            let body = format!("{{\"CustomKeyStoreId\":\"{id}\",\"NewCustomKeyStoreName\":\"{name}\"}}");
            service.emulator.respond(request("UpdateCustomKeyStore", body))
        };
        let (one, two) = tokio::join!(rename(&stores[0]), rename(&stores[1]));
        (one.status(), two.status()) == (http::StatusCode::OK, http::StatusCode::OK)
    };
    // The gap is short: the second may come too late.
    for name in 0..100 {
        if both_won(name).await {
            return;
        }
    }
    panic!("one after the other each time");
}
