//! A target that plays foul, from the first answer on or in the middle of a run: an exit code, a sentence, and an end
//! within bounds on time and memory.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};

use crate::faulty_server::Misbehaviour::{self, CloseAtOnce, Drip, Flood, Hang, Reset};
use crate::faulty_server::{Reply, Say, bomb, converse, faulty_server, service};
use crate::program::ucks::{Ended, Folder};

pub(crate) fn emulator() -> Emulator {
    Emulator::new(Config::default())
}

/// The emulator's environment, and two seconds for an answer.
pub(crate) fn profile() -> String {
    DEFAULT_ENVIRONMENT.replacen("[suite]\n", "[suite]\ntransition_ms = 200\ntimeout_ms = 2000\n", 1)
}

pub(crate) fn operation(request: &Request<Bytes>) -> String {
    let target = request.headers().get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    target.trim_start_matches("TrentService.").to_owned()
}

fn body(request: &Request<Bytes>) -> String {
    String::from_utf8_lossy(request.body()).into_owned()
}

fn run(url: &str, more: &[&str]) -> Ended {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", &profile());
    folder.ucks(&[&["run", url, "--profile", &profile, "--seed", "1"], more].concat())
}

fn json(status: u16, body: impl Into<Bytes>) -> Reply {
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
    Reply::Answer(answer.body(body.into()).unwrap())
}

#[rstest]
#[case::dies(CloseAtOnce, "the connection broke before the answer was whole")]
#[case::resets(Reset(b"HTTP/1.1 200"), "the connection broke before the answer was whole: connection reset")]
#[case::hangs(Hang(b""), "no answer within 2 seconds")]
#[case::drips(Drip(b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n"), "no answer within 2 seconds")]
#[case::half_a_header(Say(b"HTTP/1.1 200 OK\r\ncontent-ty"), "the connection broke before the answer was whole")]
#[case::garbage(Say(b"\x00\x01\xff\xfe\x80garbage\x00\r\n\r\n\r\n"), "the answer is not HTTP")]
#[case::endless_headers(Flood(b"HTTP/1.1 200 OK\r\n", b"x-again: and again\r\n"), "the answer is not HTTP")]
#[case::endless_body(Flood(b"HTTP/1.1 200 OK\r\n\r\n", &[b'{'; 4096]), "the answer is larger than 8388608 bytes")]
#[case::a_length_too_long(Say(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}"), "the connection broke")]
#[case::two_lengths(
    Say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
    "the answer is not HTTP"
)]
#[case::redirects(
    Say(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"),
    "the target does not implement UpdateCustomKeyStore: it answers 307 without an error code of KMS"
)]
#[case::html(
    Say(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
    "the target does not implement UpdateCustomKeyStore: it answers 200 with a body that KMS would not send"
)]
#[case::html_of_an_error(
    Say(b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
    "the target does not implement UpdateCustomKeyStore"
)]
#[case::not_found(
    Say(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
    "the target does not implement UpdateCustomKeyStore: it answers 404 without an error code of KMS"
)]
#[case::five_hundred(
    Say(b"HTTP/1.1 500 Oops\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    "the target does not implement UpdateCustomKeyStore, or cannot run it: it answers 500 with an empty body"
)]
#[case::says_yes_to_everything(
    Say(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"),
    "no custom key store can be created, so there is nothing to update"
)]
fn from_the_first_answer_on(#[case] play: Misbehaviour, #[case] sentence: &str) {
    let (address, _ends) = faulty_server(play);
    run(&format!("http://{address}"), &[]).so(3, sentence);
}

#[test]
fn a_gzip_bomb_does_not_go_off() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb().len());
    let (address, _ends) = faulty_server(Say(&[head.as_bytes(), &bomb()].concat()));
    run(&format!("http://{address}"), &[]).so(3, "`Content-Encoding: gzip`, which no request asks for");
}

#[test]
fn nobody_listens() {
    run("http://127.0.0.1:1", &[]).so(3, "no connection to the target: connection refused");
}

/// The emulator for as many answers, then something else for good.
fn turns_after(good: u64, play: Misbehaviour) -> String {
    let emulator = emulator();
    service(move |request, n| match n > good {
        true => Reply::Behaviour(play.clone()),
        false => Reply::Answer(emulator.handle(request)),
    })
}

#[rstest]
#[case::dies(CloseAtOnce, "the target was lost: the connection broke before the answer was whole")]
#[case::hangs(Hang(b""), "the target was lost: no answer within 2 seconds")]
#[case::drips(Drip(b"HTTP/1.1 200 OK\r\nx-drip: "), "the target was lost: no answer within 2 seconds")]
#[case::garbage(Say(b"SSH-2.0-OpenSSH_9.6\r\n"), "the target was lost: the answer is not HTTP")]
#[case::endless_body(Flood(b"HTTP/1.1 200 OK\r\n\r\n", &[b'{'; 4096]), "the target was lost: the answer is larger")]
fn in_the_middle_of_a_run(#[case] play: Misbehaviour, #[case] sentence: &str, #[values(40, 400)] good: u64) {
    run(&turns_after(good, play), &[]).so(3, sentence);
}

/// Earlier findings are kept.
#[test]
fn a_target_that_is_lost_after_a_finding_fails() {
    let defect = Some("names-not-unique".parse().unwrap());
    let emulator = Emulator::new(Config { defect, ..Config::default() });
    let url = service(move |request, n| match n > 600 {
        true => Reply::Behaviour(CloseAtOnce),
        false => Reply::Answer(emulator.handle(request)),
    });
    let ended = run(&url, &["--only", "U-01"]);
    ended.so(1, "the target was lost").so(1, "expected CustomKeyStoreNameInUseException");
}

/// The hostile part of the run: every answer of one operation.
fn always(name: &'static str, turn: impl Fn() -> Reply + Send + Sync + 'static) -> String {
    let emulator = emulator();
    service(move |request, _| match operation(&request) == name {
        true => turn(),
        false => Reply::Answer(emulator.handle(request)),
    })
}

#[rstest]
#[case::no_object("[]")]
#[case::no_stores("{}")]
#[case::stores_of_another_type(r#"{"CustomKeyStores":"none"}"#)]
#[case::a_store_of_another_type(r#"{"CustomKeyStores":[7]}"#)]
#[case::members_of_other_types(r#"{"CustomKeyStores":[{"CustomKeyStoreId":{"a":[1]},"CreationDate":[]}]}"#)]
#[case::a_flag_of_another_type(r#"{"CustomKeyStores":[],"Truncated":"yes"}"#)]
#[case::no_json("<html>")]
fn odd_types_in_describe(#[case] body: &'static str) {
    let url = always("DescribeCustomKeyStores", move || json(200, body));
    let sentence = "DescribeCustomKeyStores returned an unreadable body";
    run(&url, &[]).so(1, sentence).so(1, "1 failed");
}

#[test]
fn deep_nesting_in_describe() {
    let url = always("DescribeCustomKeyStores", || json(200, "[".repeat(1_000_000)));
    run(&url, &[]).so(1, "DescribeCustomKeyStores returned an unreadable body").so(1, "1 failed");
}

#[rstest]
#[case::the_same_again(false, 1, "returned the same NextMarker again")]
#[case::ever_new_ones(true, 0, "O-08: no answer of this run showed it")]
fn endless_pages(#[case] new: bool, #[case] code: i32, #[case] sentence: &str) {
    let emulator = emulator();
    let url = service(move |request, n| {
        let whole = operation(&request) == "DescribeCustomKeyStores"
            && !["CustomKeyStoreId", "CustomKeyStoreName"].iter().any(|by| body(&request).contains(by));
        match whole {
            true => json(
                200,
                format!(r#"{{"CustomKeyStores":[],"Truncated":true,"NextMarker":"page {}"}}"#, if new { n } else { 1 }),
            ),
            false => Reply::Answer(emulator.handle(request)),
        }
    });
    run(&url, &[]).so(code, sentence);
}

/// Every fifth answer is a throttled one.
#[rstest]
#[case::as_kms_does(400, r#"{"__type":"ThrottlingException"}"#)]
#[case::as_a_gateway_does(429, "")]
fn throttling_is_waited_for(#[case] status: u16, #[case] body: &'static str) {
    let emulator = emulator();
    let url = service(move |request, n| match n % 5 == 0 {
        true => json(status, body),
        false => Reply::Answer(emulator.handle(request)),
    });
    run(&url, &["--only", "E", "--sequences", "0"]).so(0, "had to be asked for again: throttled");
}

#[test]
fn a_target_that_throttles_for_ever_could_not_be_tested() {
    let requests = Arc::new(AtomicU64::new(0));
    let count = requests.clone();
    let url = service(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        json(400, r#"{"__type":"ThrottlingException"}"#)
    });
    run(&url, &[]).so(3, "it answers ThrottlingException");
    // Only the first question is asked with growing pauses.
    assert!(requests.load(Ordering::Relaxed) < 20, "{requests:?} requests");
}

/// A fault that comes and goes is the target's, one that stays is a finding.
#[rstest]
#[case::now_and_again(7, 0, "PASS")]
#[case::each_time(1, 1, "KMSInternalException each time")]
fn internal_exceptions(#[case] every: u64, #[case] code: i32, #[case] sentence: &str) {
    let emulator = emulator();
    let updates = std::sync::atomic::AtomicU64::new(0);
    let url = service(move |request, n| {
        let update = operation(&request) == "UpdateCustomKeyStore" && n > 40;
        let number = if update { updates.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 } else { 1 };
        match update && number % every == 0 {
            true => json(500, r#"{"__type":"KMSInternalException"}"#),
            false => Reply::Answer(emulator.handle(request)),
        }
    });
    run(&url, &["--only", "W-15", "--sequences", "0"]).so(code, sentence);
}

/// A server that ends its process on an explicit null, and is started again by a supervisor, without its stores.
fn restarted(pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut listener = Some(listener);
        loop {
            let port = listener.take().unwrap_or_else(|| TcpListener::bind(address).unwrap());
            serve_until_null(&port);
            drop(port);
            std::thread::sleep(pause);
        }
    });
    format!("http://{address}")
}

/// One life of the process: all its connections end with it.
fn serve_until_null(listener: &TcpListener) {
    let emulator = Arc::new(emulator());
    let (ended, open) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let address = listener.local_addr().unwrap();
    for stream in listener.incoming() {
        if ended.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        open.lock().unwrap().push(stream.try_clone().unwrap());
        let (emulator, ended) = (emulator.clone(), ended.clone());
        std::thread::spawn(move || {
            converse(stream, |request| {
                let null = operation(&request) == "UpdateCustomKeyStore" && body(&request).contains("Path\":null");
                if null || ended.load(Ordering::SeqCst) {
                    ended.store(true, Ordering::SeqCst);
                    // The loop above waits for a connection.
                    let _ = TcpStream::connect(address);
                    return None;
                }
                Some(emulator.handle(request))
            });
        });
    }
    open.lock().unwrap().iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
}

/// The request that ended the process is found, and the others are judged.
#[test]
fn a_server_that_is_started_again_is_judged_to_the_end() {
    let ended = run(&restarted(Duration::from_millis(700)), &["--only", "W-09,W-15", "--sequences", "0"]);
    ended.so(1, "✗ W-15-").so(1, "XksProxyUriPath = null > {").so(1, "expected success").so(1, " 1 failed");
    assert!(!ended.said.contains("the target was lost"), "{}", ended.said);
}
