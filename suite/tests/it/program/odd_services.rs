//! Services that work as the emulator does, with habits of real servers: how they treat connections and large bodies,
//! throttle, fail in passing, and show their stores. Each is judged for what it does wrong and for nothing else.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use rstest::rstest;
use serde_json::{Value, json};
use ucks_emulator::Emulator;
use ucks_suite::record::{Record, Verdict};

use crate::faulty_server::{Connections, Reply, service, service_with};
use crate::program::hostile::{emulator, operation, profile};
use crate::program::ucks::{Ended, Folder};

const UPDATE: &str = "UpdateCustomKeyStore";
const DESCRIBE: &str = "DescribeCustomKeyStores";

/// Runs `ucks` against the service, and reads its record.
fn run(url: &str, more: &[&str]) -> (Ended, Record) {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", &profile());
    let fixed = ["run", url, "--profile", &profile, "--seed", "1", "--report", "json=record.json"];
    let ended = folder.ucks(&[&fixed, more].concat());
    let record = serde_json::from_str(&folder.read("record.json")).unwrap();
    (ended, record)
}

/// The rules of the findings and of what was unstable.
fn found(record: &Record) -> BTreeSet<&str> {
    let unstable = record.unstable.iter().map(|one| one.rule.as_str());
    record.findings.iter().flat_map(|finding| finding.rules()).chain(unstable).collect()
}

#[track_caller]
fn passes((ended, record): (Ended, Record)) -> Record {
    let text = format!("{}{}", ended.said, ended.complained);
    assert!(found(&record).is_empty(), "{text}");
    assert_eq!(ended.code, Some(0), "{text}");
    record
}

fn error(status: u16, code: &str) -> Response<Bytes> {
    let body = if code.is_empty() { String::new() } else { json!({ "__type": code }).to_string() };
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
    answer.header("x-amzn-requestid", "0").body(body.into()).unwrap()
}

/// Returns the number of the emulator's stores.
fn stores(emulator: &Emulator) -> usize {
    let request = Request::builder().method("POST").uri("/").header("x-amz-target", format!("TrentService.{DESCRIBE}"));
    let request = request.header("content-type", "application/x-amz-json-1.1").body(Bytes::from("{}")).unwrap();
    let answer: Value = serde_json::from_slice(emulator.handle(request).body()).unwrap();
    answer["CustomKeyStores"].as_array().unwrap().len()
}

/// A service that does with each store that Describe shows what `change` does.
fn shows(change: impl Fn(&mut Value) + Send + Sync + 'static) -> String {
    let emulator = emulator();
    service(move |request, _| {
        let describes = operation(&request) == DESCRIBE;
        let answer = emulator.handle(request);
        if !describes || answer.status() != 200 {
            return Reply::Answer(answer);
        }
        let (head, body) = answer.into_parts();
        let mut page: Value = serde_json::from_slice(&body).unwrap();
        page["CustomKeyStores"].as_array_mut().unwrap().iter_mut().for_each(&change);
        Reply::Answer(Response::from_parts(head, page.to_string().into()))
    })
}

/// Only the companions are to blame, the first finding is one of theirs, and Update is judged all the same.
#[track_caller]
fn companions_alone((ended, record): (Ended, Record)) -> Record {
    let text = format!("{}{}", ended.said, ended.complained);
    assert_eq!(ended.code, Some(1), "{text}");
    assert!(found(&record).iter().all(|rule| rule.starts_with("O-")), "{text}");
    let passed = record.rules.iter().filter(|r| r.verdict == Verdict::Pass && !r.id.starts_with("O-")).count();
    assert!(passed > 10, "{passed} rules passed: {text}");
    record
}

#[rstest]
#[case::after_every_answer(1)]
#[case::after_every_seventh(7)]
fn a_service_that_closes_connections_without_a_word(#[case] every: u64) {
    let emulator = emulator();
    let url = service(move |request, n| {
        let answer = emulator.handle(request);
        if n.is_multiple_of(every) { Reply::Last(answer) } else { Reply::Answer(answer) }
    });
    passes(run(&url, &["--only", "A,E", "--sequences", "20"]));
}

/// Connections are closed while the plan is made, and between sequences.
#[test]
fn a_service_that_closes_idle_connections() {
    let emulator = emulator();
    let idle = Connections { idle: Some(Duration::from_millis(300)), ..Connections::default() };
    passes(run(&service_with(idle, move |request, _| Reply::Answer(emulator.handle(request))), &["--only", "A,E"]));
}

/// The connection is closed before the answer, now and then: the request was served, or was not.
#[rstest]
#[case::served(true)]
#[case::not_served(false)]
fn a_service_whose_answers_are_lost_now_and_then(#[case] served: bool) {
    let emulator = Arc::new(emulator());
    let behind = emulator.clone();
    let url = service(move |request, n| {
        if n > 20 && n.is_multiple_of(41) {
            if served {
                let _ = behind.handle(request);
            }
            return Reply::Behaviour(crate::faulty_server::Say(b""));
        }
        Reply::Answer(behind.handle(request))
    });
    passes(run(&url, &["--only", "A,E,U", "--sequences", "20"]));
    assert_eq!(stores(&emulator), 0, "every store was found and removed");
}

/// axum, hyper, nginx and express: a limit on bodies, announced early or by a closed connection.
#[rstest]
#[case::with_a_code(
    100_000,
    b"HTTP/1.1 413 Too Large\r\ncontent-length: 43\r\n\r\n{\"__type\":\"RequestEntityTooLargeException\"} "
)]
#[case::without_a_code(2_097_152, b"HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\ntoo large")]
#[case::as_a_page(
    1_048_576,
    b"HTTP/1.1 413 Too Large\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 6\r\n\r\n<html>"
)]
#[case::by_closing(100_000, b"")]
#[case::as_unreadable(
    100_000,
    b"HTTP/1.1 400 Bad\r\ncontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: 0\r\ncontent-length: \
        35\r\n\r\n{\"__type\":\"SerializationException\"} "
)]
fn a_service_with_a_limit_on_bodies(#[case] most: usize, #[case] answer: &'static [u8]) {
    let emulator = emulator();
    let limit = Connections { limit: Some((most, answer)), ..Connections::default() };
    let url = service_with(limit, move |request, _| Reply::Answer(emulator.handle(request)));
    let (ended, record) = run(&url, &LIMITED);
    // A page without a request id is what it is; the limit is nothing else.
    assert!(found(&record).is_subset(&["W-06", "W-24"].into()), "{}", ended.said);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!(judged(&record), *JUDGED);
}

/// The arguments for services with a limit.
const LIMITED: [&str; 4] = ["--only", "W,G-01", "--sequences", "0"];
/// The rules that are judged where there is no limit.
static JUDGED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let emulator = emulator();
    judged(&passes(run(&service(move |request, _| Reply::Answer(emulator.handle(request))), &LIMITED)))
});

fn judged(record: &Record) -> BTreeSet<String> {
    record.rules.iter().filter(|r| r.judged > 0).map(|r| r.id.clone()).collect()
}

#[rstest]
#[case::with_400(400, "ThrottlingException")]
#[case::by_another_name(400, "TooManyRequestsException")]
#[case::as_a_quota(400, "RequestLimitExceeded")]
#[case::with_429(429, "")]
#[case::with_503(503, "ThrottlingException")]
fn a_service_that_throttles_every_operation(#[case] status: u16, #[case] code: &'static str) {
    let emulator = emulator();
    let url = service(move |request, n| {
        Reply::Answer(if n.is_multiple_of(97) { error(status, code) } else { emulator.handle(request) })
    });
    let (ended, record) = run(&url, &["--only", "E,W-03", "--sequences", "0"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(record.findings.len() <= 1 && record.findings.iter().all(|f| f.rule == "W-03"), "{}", ended.said);
    assert!(record.unstable.is_empty(), "{}", ended.said);
}

/// A passing failure of a companion, or of Describe, is repeated as one of Update is.
#[test]
fn a_service_that_fails_in_passing() {
    let emulator = emulator();
    let url = service(move |request, n| {
        let passing = n.is_multiple_of(50);
        Reply::Answer(if passing { error(500, "KMSInternalException") } else { emulator.handle(request) })
    });
    let record = passes(run(&url, &["--only", "A,E,U", "--sequences", "20"]));
    assert!(!record.notes.iter().any(|note| note.contains("could not be judged")), "{:?}", record.notes);
    assert!(record.repeats["KMSInternalException"] > 10, "{:?}", record.repeats);
}

/// A service that compresses what is long: one sentence, and what was created is removed.
#[test]
fn a_service_that_compresses_its_answers() {
    let emulator = Arc::new(emulator());
    let behind = emulator.clone();
    let url = service(move |request, _| {
        let mut answer = behind.handle(request);
        if answer.body().len() > 200 {
            answer.headers_mut().insert("content-encoding", http::HeaderValue::from_static("gzip"));
        }
        Reply::Answer(answer)
    });
    let (ended, _) = run(&url, &["--only", "A"]);
    ended.so(3, "`Content-Encoding: gzip`, which no request asks for; turn compression off");
    assert_eq!(stores(&emulator), 0, "{}", ended.complained);
}

/// A service that has the operation and crashes where it looks for a store that is not there.
#[rstest]
#[case::with_a_code("InternalFailure")]
#[case::without_one("")]
fn a_service_that_crashes_on_an_unknown_id(#[case] code: &'static str) {
    let emulator = emulator();
    let url = service(move |request, _| {
        let updates = operation(&request) == UPDATE;
        let answer = emulator.handle(request);
        let unknown = String::from_utf8_lossy(answer.body()).contains("CustomKeyStoreNotFoundException");
        Reply::Answer(if updates && unknown { error(500, code) } else { answer })
    });
    let (ended, record) = run(&url, &["--only", "A-01,E,W-15", "--sequences", "0"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert_eq!(found(&record), ["W-15"].into(), "{}", ended.said);
}

/// The same where every question about the operation is answered so: then it is not there.
#[test]
fn a_service_that_crashes_on_every_update_does_not_have_it() {
    let emulator = Arc::new(emulator());
    let behind = emulator.clone();
    let url = service(move |request, _| {
        let updates = operation(&request) == UPDATE;
        Reply::Answer(if updates { error(500, "InternalFailure") } else { behind.handle(request) })
    });
    let (ended, _) = run(&url, &[]);
    ended.so(3, "the target does not implement UpdateCustomKeyStore");
    assert_eq!(stores(&emulator), 0);
}

/// Pages by offset: stores that other lanes create and delete meanwhile move the others from page to page.
#[test]
fn a_service_that_pages_by_offset() {
    let emulator = emulator();
    let whole = |request: &Request<Bytes>| {
        let mut all = Request::new(Bytes::from("{}"));
        (*all.method_mut(), *all.headers_mut()) = (request.method().clone(), request.headers().clone());
        all
    };
    let url = service(move |request, _| {
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let lists = operation(&request) == DESCRIBE && body.get("CustomKeyStoreId").is_none();
        let (true, Some(limit)) = (lists, body["Limit"].as_u64()) else {
            return Reply::Answer(emulator.handle(request));
        };
        let from: usize = body["Marker"].as_str().and_then(|m| m.parse().ok()).unwrap_or(0);
        let (head, all) = emulator.handle(whole(&request)).into_parts();
        let all: Value = serde_json::from_slice(&all).unwrap();
        let stores = all["CustomKeyStores"].as_array().unwrap();
        let page: Vec<_> = stores.iter().skip(from).take(limit as usize).collect();
        let next = from + page.len();
        let answer = match next < stores.len() {
            true => json!({ "CustomKeyStores": page, "Truncated": true, "NextMarker": next.to_string() }),
            false => json!({ "CustomKeyStores": page, "Truncated": false }),
        };
        Reply::Answer(Response::from_parts(head, answer.to_string().into()))
    });
    passes(run(&url, &["--only", "O", "--lanes", "8", "--sequences", "40"]));
}

#[test]
fn a_service_that_never_shows_the_state() {
    let url = shows(|store| store["ConnectionState"] = Value::Null);
    let record = companions_alone(run(&url, &["--only", "A,G,O,T", "--sequences", "10"]));
    assert_eq!(record.findings[0].rule, "O-01");
}

#[test]
fn a_service_that_shows_an_object_of_nulls() {
    let url = shows(|store| {
        if let Some(proxy) = store["XksProxyConfiguration"].as_object_mut() {
            proxy.values_mut().for_each(|value| *value = Value::Null);
        }
    });
    let record = companions_alone(run(&url, &["--only", "A,G,O,T", "--sequences", "10"]));
    assert_eq!(record.findings.len(), 1, "{:?}", found(&record));
}

#[test]
fn a_service_that_shows_empty_texts() {
    let url = shows(|store| {
        if store["CustomKeyStoreType"] == "EXTERNAL_KEY_STORE" {
            store["XksProxyConfiguration"]["UriPath"] = json!("");
        }
    });
    let record = companions_alone(run(&url, &["--only", "A,G,O,T", "--sequences", "10"]));
    assert_eq!(record.findings.len(), 1, "{:?}", found(&record));
}

/// Neither VPC store's owner is ever shown: nothing is repeated for every such store.
#[test]
fn a_service_that_never_shows_the_owner() {
    let url = shows(|store| {
        if let Some(proxy) = store["XksProxyConfiguration"].as_object_mut() {
            proxy.remove("VpcEndpointServiceName");
        }
    });
    let record = companions_alone(run(&url, &["--only", "A,O,C,U", "--sequences", "10"]));
    assert_eq!(record.findings.len(), 1, "{:?}", found(&record));
}
