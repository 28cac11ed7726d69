//! A hostile target: every call ends within its bounds on time and bytes, with the right reason.

#![cfg(feature = "http")]
#![allow(clippy::expect_used, reason = "a test may fail by it")]

#[path = "it/faulty_server.rs"]
mod faulty_server;

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rstest::rstest;
use ucks_oracle::wire::{Answer, Request};
use ucks_suite::target::http::{HttpOptions, HttpTarget};
use ucks_suite::target::{Target, TransportError};

use self::faulty_server::Misbehaviour::{CloseAtOnce, Drip, Flood, Hang, Mixed, Reset};
use self::faulty_server::{Misbehaviour, Reply, Say, bomb, faulty_server, service};

const TIMEOUT: Duration = Duration::from_secs(1);
const MAX_BODY: usize = 64 * 1024;
/// Against hanging only; a loaded machine must not turn a test red.
const PATIENCE: Duration = Duration::from_secs(20);

fn target(address: SocketAddr) -> HttpTarget {
    let options =
        HttpOptions { timeout: TIMEOUT, connect_timeout: TIMEOUT, max_body: MAX_BODY, ..HttpOptions::default() };
    HttpTarget::new(&format!("http://{address}/"), options).expect("a target")
}

fn update() -> Request {
    Request::operation("UpdateCustomKeyStore", br#"{"CustomKeyStoreId":"cks-1234567890abcdef0"}"#.to_vec())
}

async fn call(target: &HttpTarget) -> Result<Answer, TransportError> {
    let begun = Instant::now();
    let result = target.call(&update()).await;
    assert!(begun.elapsed() < PATIENCE, "the call took {:?}", begun.elapsed());
    if let Ok(answer) = &result {
        assert!(answer.body.len() <= MAX_BODY, "a body of {} bytes", answer.body.len());
    }
    result
}

#[rstest]
#[case::says_nothing(Hang(b""))]
#[case::drips_a_head(Drip(b"HTTP/1.1 200 OK\r\nx-drip: "))]
#[case::drips_a_body(Drip(b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n"))]
#[case::stops_in_the_status_line(Hang(b"HTTP/1."))]
#[case::stops_in_a_header(Hang(b"HTTP/1.1 200 OK\r\ncontent-ty"))]
#[case::stops_in_the_body(Hang(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"))]
#[case::stops_before_the_last_chunk(Hang(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"))]
#[case::floods_with_100(Flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))]
#[case::floods_with_103(Flood(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"))]
#[case::never_ends_a_100(Hang(b"HTTP/1.1 100 Continue\r\n\r\n"))]
#[tokio::test]
async fn the_call_is_given_up_in_time(#[case] play: Misbehaviour) {
    let (address, ends) = faulty_server(play);
    assert_eq!(call(&target(address)).await, Err(TransportError::TimedOut(1)));
    // Nobody reads on behind the caller's back: the connection is closed, which ends the play.
    tokio::task::spawn_blocking(move || ends.recv_timeout(PATIENCE).expect("the connection is left"))
        .await
        .expect("no panic");
}

#[rstest]
#[case::closes_at_once(CloseAtOnce)]
#[case::closes_after_the_request(Say(b""))]
#[case::resets(Reset(b""))]
#[case::resets_in_the_head(Reset(b"HTTP/1.1 200"))]
#[case::resets_in_the_body(Reset(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"))]
#[case::closes_in_the_head(Say(b"HTTP/1.1 200 OK\r\ncontent-ty"))]
#[case::announces_more_than_it_sends(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}"))]
#[case::closes_between_chunks(Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"))]
#[case::closes_in_a_chunk(Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{}"))]
#[tokio::test]
async fn the_connection_broke(#[case] play: Misbehaviour) {
    let (address, _ends) = faulty_server(play);
    let result = call(&target(address)).await;
    assert!(matches!(result, Err(TransportError::Broken(_))), "{result:?}");
}

#[rstest]
#[case::garbage(Say(b"\x00\x01\xff\xfe\x80garbage\x00\r\n\r\n\r\n"))]
#[case::another_protocol(Say(b"SSH-2.0-OpenSSH_9.6\r\n"))]
#[case::a_tls_alert(Say(b"\x15\x03\x01\x00\x02\x02\x46"))]
#[case::an_answer_of_http_0_9(Say(b"<html>hello</html>\r\n"))]
#[case::an_unknown_version(Say(b"HTTP/3.7 200 OK\r\n\r\n"))]
#[case::a_status_of_no_class(Say(b"HTTP/1.1 042 What\r\n\r\n"))]
#[case::a_status_of_letters(Say(b"HTTP/1.1 abc What\r\n\r\n"))]
#[case::a_header_without_colon(Say(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"))]
#[case::a_nul_in_a_header(Say(b"HTTP/1.1 200 OK\r\na: \x00\r\n\r\n"))]
#[case::a_negative_length(Say(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"))]
#[case::a_length_beyond_numbers(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n{}"))]
#[case::two_lengths(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"))]
#[case::a_chunk_size_that_is_none(Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"))]
#[case::endless_header_fields(Flood(b"HTTP/1.1 200 OK\r\n", b"x-again: and again\r\n"))]
#[case::an_endless_header(Flood(b"HTTP/1.1 200 OK\r\nx-long: ", &[b'x'; 4096]))]
#[case::an_endless_reason(Flood(b"HTTP/1.1 200 ", &[b'x'; 4096]))]
#[case::endless_blank_lines(Flood(b"", b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"))]
#[case::endless_chunk_extensions(Flood(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", &[b'x'; 4096]))]
#[case::endless_trailers(Flood(
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
    b"x-again: and again\r\n"
))]
#[tokio::test]
async fn what_came_is_no_answer(#[case] play: Misbehaviour) {
    let (address, _ends) = faulty_server(play);
    let result = call(&target(address)).await;
    let Err(TransportError::NotHttp(why)) = &result else { panic!("{result:?}") };
    assert!(why.len() < 200, "a short reason: {why}");
}

#[rstest]
#[case::announced(Hang(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n"))]
#[case::one_byte_more(Flood(b"HTTP/1.1 200 OK\r\ncontent-length: 65537\r\n\r\n", b" "))]
#[case::until_it_closes(Flood(b"HTTP/1.1 200 OK\r\n\r\n", &[b'{'; 4096]))]
#[case::in_chunks(Flood(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"8\r\n        \r\n"))]
#[case::in_one_chunk(Flood(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffff\r\n", &[b' '; 4096]))]
#[case::of_an_error(Flood(b"HTTP/1.1 500 Oops\r\n\r\n", &[b'{'; 4096]))]
#[tokio::test]
async fn the_body_is_too_large(#[case] play: Misbehaviour) {
    let (address, _ends) = faulty_server(play);
    assert_eq!(call(&target(address)).await, Err(TransportError::TooLarge(MAX_BODY)));
}

#[rstest]
#[case::html(
    Say(b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
    502,
    b"<html>"
)]
#[case::nothing_to_say(Say(b"HTTP/1.1 204 No Content\r\n\r\n"), 204, b"")]
#[case::another_protocol_offered(
    Say(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"),
    101,
    b""
)]
#[case::of_http_1_0(Say(b"HTTP/1.0 200 OK\r\n\r\n{}"), 200, b"{}")]
#[case::a_status_without_reason(Say(b"HTTP/1.1 777\r\ncontent-length: 0\r\n\r\n"), 777, b"")]
#[case::after_early_hints(
    Say(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 400 Bad\r\ncontent-length: 2\r\n\r\n{}"),
    400,
    b"{}"
)]
#[case::bytes_in_a_header(Say(b"HTTP/1.1 200 OK\r\nx-raw: \xff\xfe\r\ncontent-length: 2\r\n\r\n{}"), 200, b"{}")]
#[case::a_body_at_the_bound(Flood(b"HTTP/1.1 200 OK\r\ncontent-length: 65536\r\n\r\n", b" "), 200, &[b' '; MAX_BODY])]
#[tokio::test]
async fn an_answer_is_passed_on_as_it_came(#[case] play: Misbehaviour, #[case] status: u16, #[case] body: &[u8]) {
    let (address, _ends) = faulty_server(play);
    let answer = call(&target(address)).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (status, body));
}

#[tokio::test]
async fn a_gzip_bomb_does_not_go_off() {
    let (address, _ends) = faulty_server(Say(&[
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb().len()).as_bytes(),
        &bomb(),
    ]
    .concat()));
    let lost = call(&target(address)).await.expect_err("not decompressed");
    assert_eq!(lost, TransportError::Encoded { encoding: "gzip".to_owned(), status: 200 });
    assert!(lost.to_string().contains("Content-Encoding: gzip"), "{lost}");
}

/// The request names the encoding it wants: without it any would do.
#[tokio::test]
async fn answers_are_asked_for_as_they_are() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let url = service(move |request, _| {
        let _ = sender.send(request.headers().clone());
        Reply::Answer(http::Response::new(bytes::Bytes::new()))
    });
    let target = HttpTarget::new(&url, HttpOptions::default()).expect("a target");
    target.call(&update()).await.expect("an answer");
    let headers = receiver.recv().expect("a request");
    assert_eq!(headers["accept-encoding"], "identity");
}

/// axum, hyper and nginx answer before they have read a body that is too large, and close.
#[rstest]
#[case::plain(b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo large")]
#[case::without_notice(b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 9\r\n\r\ntoo large")]
#[tokio::test]
async fn an_answer_that_is_received_while_the_request_is_still_sent_is_read(#[case] answer: &'static [u8]) {
    let (address, _ends) = faulty_server(Reset(answer));
    let target = target(address);
    let large = Request { body: vec![b'x'; 4_000_000], ..update() };
    let mut answered = 0;
    for _ in 0..10 {
        // On a busy machine the reset may overtake the answer, which is lost then.
        match target.call(&large).await {
            Ok(answer) => {
                assert_eq!((answer.status, answer.body.as_slice()), (413, &b"too large"[..]));
                answered += 1;
            }
            Err(lost) => assert!(matches!(lost, TransportError::Broken(_) | TransportError::KeepAlive(_)), "{lost}"),
        }
    }
    assert!(answered > 0);
}

#[tokio::test]
async fn a_connection_closed_under_a_large_request_is_broken() {
    let (address, _ends) = faulty_server(Reset(b""));
    let lost = target(address).call(&Request { body: vec![b'x'; 4_000_000], ..update() }).await;
    assert!(matches!(lost, Err(TransportError::Broken(_))), "{lost:?}");
}

/// A server that closes each connection after its answer, without a word: no call is taken for a broken answer, and
/// after some of them no connection is kept any more.
#[tokio::test]
async fn kept_alive_connections_that_are_closed_are_not_trusted() {
    let (address, _ends) = faulty_server(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
    let target = target(address);
    let mut closed = 0;
    for _ in 0..200 {
        match call(&target).await {
            Ok(answer) => assert_eq!(answer.body, b"{}"),
            Err(TransportError::KeepAlive(_)) => closed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(closed <= 3, "{closed} connections were closed");
}

/// A server that closes idle connections: it is noticed before the next request is sent.
#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_not_used() {
    let (address, ends) = faulty_server(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
    let target = target(address);
    for _ in 0..5 {
        call(&target).await.expect("an answer");
        ends.recv_timeout(PATIENCE).expect("closed");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a free port");
    elsewhere.set_nonblocking(true).expect("a listener that does not block");
    let to = elsewhere.local_addr().expect("a bound address");
    let (address, _ends) = faulty_server(Say(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{to}/\r\ncontent-length: 0\r\n\r\n"
    )
    .as_bytes()));
    assert_eq!(call(&target(address)).await.expect("an answer").status, 307);
    assert_eq!(elsewhere.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
}

/// Bytes behind a body that was announced too short must not be taken for the answer to the next request.
#[tokio::test]
async fn a_length_that_is_too_short_does_not_spoil_the_next_answer() {
    let (address, _ends) = faulty_server(Hang(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 418 Smuggled\r\ncontent-length: 0\r\n\r\n",
    ));
    let target = target(address);
    for _ in 0..5 {
        let answer = call(&target).await.expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"{}"[..]));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_dead_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    drop(listener);
    let lost = call(&target(address)).await.expect_err("nobody listens");
    assert_eq!(lost, TransportError::Unreachable("connection refused".to_owned()));
    assert!(!lost.may_have_arrived());
}

#[tokio::test]
async fn a_listener_that_never_accepts_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    assert_eq!(call(&target(address)).await, Err(TransportError::TimedOut(1)));
}

#[tokio::test]
async fn tls_with_a_stranger_is_unreachable() {
    let (address, _ends) = faulty_server(Hang(b""));
    let options = HttpOptions { timeout: PATIENCE, connect_timeout: TIMEOUT, ..HttpOptions::default() };
    let target = HttpTarget::new(&format!("https://{address}/"), options).expect("a target");
    assert_eq!(call(&target).await, Err(TransportError::Unreachable("not connected within 1 seconds".to_owned())));
}

/// Little of a flood is kept: the peak of this process is that of its busiest moment, all tests together. That is why
/// these tests are a binary of their own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_flood_does_not_fill_the_memory() {
    for play in [
        Flood(b"HTTP/1.1 200 OK\r\nx-long: ", &[b'x'; 65536]),
        Flood(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffff\r\n", &[b' '; 65536]),
        Flood(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
    ] {
        let (address, _ends) = faulty_server(play);
        call(&target(address)).await.expect_err("no answer");
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    let peak: u64 = peak.expect("a peak");
    assert!(peak < 256 * 1024, "a peak of {peak} kB");
}

/// One connection after another is poisoned; the target can be used on, from many tasks at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foul_answer_does_not_spoil_the_target() {
    let (address, _ends) = faulty_server(Mixed(Arc::default()));
    let target = Arc::new(target(address));
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let target = target.clone();
            tokio::spawn(async move { call(&target).await })
        })
        .collect();
    for call in calls {
        let result = call.await.expect("no panic");
        assert!(matches!(result, Ok(_) | Err(TransportError::Broken(_))), "{result:?}");
    }
}
