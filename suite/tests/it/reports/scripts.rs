//! Scripts, run with bash and curl against the emulator: with the defect and without.

use std::process::{Command, Output};

use rstest::rstest;
use tokio::sync::oneshot;
use ucks_emulator::{Config, Emulator};
use ucks_oracle::code::Code;
use ucks_oracle::expectation::{Expectation, ExpectedField, Observation, ObservedField};
use ucks_suite::record::{Exchange, Finding};
use ucks_suite::script::script;

use crate::reports::sample::{self, NAME, NEW_NAME, OLD_PATH, STORE};

/// Runs the script of `finding` against an emulator with that defect.
fn run(finding: &Finding, defect: Option<&str>) -> Output {
    run_with(finding, defect, &[])
}

fn run_with(finding: &Finding, defect: Option<&str>, environment: &[(&str, &str)]) -> Output {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let config = Config { defect: defect.map(|d| d.parse().unwrap()), ..Config::default() };
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = runtime.spawn(ucks_emulator::serve(listener, Emulator::new(config), async {
        let _ = stopped.await;
    }));
    let text = script(finding, &format!("http://{address}"));
    let output = Command::new("bash")
        .arg("-c")
        .arg(&text)
        .env_remove("AWS_ACCESS_KEY_ID")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let left = Command::new("curl")
        .args([
            "--silent",
            "-H",
            "Content-Type: application/x-amz-json-1.1",
            "-H",
            "X-Amz-Target: TrentService.DescribeCustomKeyStores",
        ])
        .args(["--data-binary", "{}", &format!("http://{address}/")])
        .output()
        .unwrap();
    let left = String::from_utf8_lossy(&left.stdout).into_owned();
    assert!(!left.contains("\"CustomKeyStoreId\""), "a store is left: {left}\n{}", output_text(&output));
    let _ = stop.send(());
    let _ = runtime.block_on(server);
    output
}

fn output_text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn have_tools() -> bool {
    let works = |tool| Command::new(tool).arg("--version").output().is_ok_and(|o| o.status.success());
    let both = works("bash") && works("curl");
    if !both {
        println!("skipped: this needs bash and curl");
    }
    both
}

fn update(body: &str, status: u16, answer: &str) -> Exchange {
    sample::exchange(1, "UpdateCustomKeyStore", body, status, answer)
}

fn of_store(more: &str) -> String {
    format!("{{\"CustomKeyStoreId\":\"{STORE}\"{more}}}")
}

/// A finding of two steps whose update is the last exchange.
fn answered(rule: &str, expected: impl Into<Expectation>, body: &str, status: u16, answer: &str) -> Finding {
    Finding {
        expected: expected.into(),
        sentence: "a sentence".into(),
        steps: vec!["create a".into(), "update a".into()],
        exchanges: vec![sample::create(0), update(body, status, answer)],
        ..sample::blank(rule, "abc123")
    }
}

fn escaped() -> Finding {
    let escape = |t: &str| t.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
    let body = format!("{{\"{}\":\"{}\"}}", escape("CustomKeyStoreId"), escape(STORE));
    answered("W-12", Expectation::Success, &body, 400, r#"{"__type":"ValidationException"}"#)
}

fn not_utf8() -> Finding {
    answered(
        "W-22",
        Code::SerializationException,
        &of_store(",\"NewCustomKeyStoreName\":\"ucks-name\\xff\\xfe\""),
        200,
        "{}",
    )
}

fn header() -> Finding {
    answered("W-24", Expectation::ContentType, &of_store(""), 200, "{}").with_headers(&[("content-type", "text/plain")])
}

fn not_found() -> Finding {
    let mut finding = sample::status();
    finding.exchanges[0].body = format!("{{\"CustomKeyStoreId\":\"{}\"}}", sample::OTHER);
    finding
}

fn refused_and_applied() -> Finding {
    let describe = sample::describe(1, "DISCONNECTED", "/bbbbbb/kms/xks/v1");
    Finding {
        member: Some("CreationDate".into()),
        aspect: "effect".into(),
        got: Observation::Field(ObservedField::Changed),
        exchanges: vec![
            sample::create(0),
            update(&of_store(&format!(",\"NewCustomKeyStoreName\":\"{NEW_NAME}\"")), 200, "{}"),
            describe,
        ],
        ..answered("A-04", Expectation::Field(ExpectedField::Unchanged), "", 200, "{}")
    }
}

fn shown_secret() -> Finding {
    let leak = format!("{{\"CustomKeyStores\":[{{\"secret\":\"{}\"}}]}}", sample::SECRET);
    let mut finding = answered("A-05", Expectation::NoSecret, "", 200, "");
    let credential = format!(
        ",\"XksProxyAuthenticationCredential\":{{\"AccessKeyId\":\"ABCDEFGHIJKLMNOPQRST\",\
            \"RawSecretAccessKey\":\"{}\"}}",
        sample::SECRET
    );
    finding.operation = "DescribeCustomKeyStores".into();
    finding.exchanges = vec![
        sample::create(0),
        update(&of_store(&credential), 200, "{}"),
        sample::exchange(1, "DescribeCustomKeyStores", &of_store(""), 200, &leak),
    ];
    finding
}

fn name_in_use() -> Finding {
    let second = sample::exchange(
        1,
        "CreateCustomKeyStore",
        &sample::create(0).body.replace(NAME, NEW_NAME).replace(OLD_PATH, "/cccccc/kms/xks/v1"),
        200,
        &format!("{{\"CustomKeyStoreId\":\"{}\"}}", sample::OTHER),
    );
    let body = format!("{{\"CustomKeyStoreId\":\"{}\",\"NewCustomKeyStoreName\":\"{NAME}\"}}", sample::OTHER);
    let mut finding = answered("U-01", Code::CustomKeyStoreNameInUseException, "", 200, "{}");
    finding.exchanges = vec![sample::create(0), second, update(&body, 200, "{}")];
    finding
}

fn another_error_each_time() -> Finding {
    let body = of_store(",\"KeyStorePassword\":\"password1\",\"XksProxyUriEndpoint\":\"https://a.no-tcp.example\"");
    answered("P-05", Expectation::SameError, &body, 400, r#"{"__type":"ValidationException"}"#)
}

trait WithHeaders {
    fn with_headers(self, headers: &[(&str, &str)]) -> Finding;
}

impl WithHeaders for Finding {
    fn with_headers(mut self, headers: &[(&str, &str)]) -> Finding {
        let last = self.exchanges.last_mut().unwrap();
        last.answer_headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self
    }
}

#[rstest]
#[case::gate(sample::gate(), "gate-xks-endpoint-connected")]
#[case::effect(sample::effect(), "path-not-stored")]
#[case::status(not_found(), "not-found-is-404")]
#[case::request_id(answered("W-06", Expectation::RequestId, &of_store(""), 200, "{}"), "no-request-id")]
#[case::content_type(header(), "content-type-is-text")]
#[case::escapes(escaped(), "escapes-kept")]
#[case::bytes(not_utf8(), "invalid-utf-8-replaced")]
#[case::secret(shown_secret(), "secret-shown")]
#[case::body(answered("W-02", Expectation::EmptyBody, &of_store(""), 200, "{\"a\":1}"), "success-body-has-members")]
#[case::name(name_in_use(), "names-not-unique")]
#[case::order(another_error_each_time(), "order-changes")]
fn a_script_reproduces_the_finding_and_nothing_else(#[case] finding: Finding, #[case] defect: &str) {
    if !have_tools() {
        return;
    }
    for again in 0..2 {
        let with = run(&finding, Some(defect));
        assert!(output_text(&with).contains("\nREPRODUCED: expected "), "{again}: {}", output_text(&with));
        assert_eq!(with.status.code(), Some(1));
    }
    let without = run(&finding, None);
    assert!(output_text(&without).contains("\nNOT REPRODUCED: "), "{}", output_text(&without));
    assert_eq!(without.status.code(), Some(0));
}

#[test]
fn what_never_changes_is_compared_with_what_it_was() {
    if have_tools() {
        let output = run(&refused_and_applied(), None);
        assert_eq!(output.status.code(), Some(0), "{}", output_text(&output));
    }
}

/// The gate with what a run adds: requests counted from 1, a repeated answer, a look at the store behind it.
fn gate_as_run() -> Finding {
    let mut finding = sample::gate();
    let internal = r#"{"__type":"KMSInternalException"}"#;
    let last = finding.exchanges.pop().unwrap();
    let passing = Exchange { status: 500, answer: internal.into(), ..last.clone() };
    let look = sample::describe(2, "CONNECTED", OLD_PATH);
    finding.exchanges.extend([passing, look.clone(), last, look]);
    finding.exchanges.iter_mut().for_each(|e| e.step += 1);
    finding
}

#[test]
fn what_stands_behind_the_divergent_answer_is_left_out() {
    let (run, bare) = (script(&gate_as_run(), "http://127.0.0.1:1"), script(&sample::gate(), "http://127.0.0.1:1"));
    assert_eq!(run, bare);
}

#[test]
fn bodies_that_the_record_cut_are_made_whole() {
    let mut finding = answered("W-15", Expectation::StatusBelow500, "", 500, "");
    let large = format!("{{\"CustomKeyStoreId\":\"{STORE}\",\"UcksUnknownMember\":\"{}…", "x".repeat(16_300));
    finding.exchanges[1].body = large;
    finding.exchanges[1].cut = true;
    let mutation = Some(ucks_suite::op::WireMutation::Large(3_000_000));
    let id = ucks_suite::op::Id::Of(ucks_suite::op::Symbol(0));
    finding.replay.operations = vec![ucks_suite::op::Op::Update(ucks_suite::op::Update { id, set: vec![], mutation })];
    let text = script(&finding, "http://127.0.0.1:1");
    assert!(text.contains("times 'x' 3000000"), "{text}");
}

#[test]
fn a_step_that_fails_before_is_no_verdict() {
    if !have_tools() {
        return;
    }
    let mut finding = sample::gate();
    finding.exchanges[0].body = finding.exchanges[0].body.replace("https://a", "http://a");
    let output = run(&finding, None);
    assert_eq!(output.status.code(), Some(3), "{}", output_text(&output));
    assert!(output_text(&output).contains("COULD NOT TEST"));
}

#[test]
fn a_secret_of_the_profile_comes_from_the_environment_and_is_not_shown() {
    if !have_tools() {
        return;
    }
    let body = of_store(",\"KeyStorePassword\":\"(secret of the profile: the password of cluster-x)\"");
    let refused = r#"{"__type":"ValidationException"}"#;
    let mut finding = answered("W-06", Expectation::RequestId, &body, 400, refused);
    finding.exchanges[1].masked = vec!["the password of cluster-x".into()];
    let without = run(&finding, Some("no-request-id"));
    assert_eq!(without.status.code(), Some(3), "{}", output_text(&without));
    assert!(
        output_text(&without).contains("COULD NOT TEST: set SECRET_A to the password of cluster-x"),
        "{}",
        output_text(&without)
    );
    let text = script(&finding, "http://127.0.0.1:1");
    assert!(
        text.contains("# It needs a secret of the profile: set $SECRET_A to the password of cluster-x.\n"),
        "{text}"
    );
    let with = run_with(&finding, Some("no-request-id"), &[("SECRET_A", "hush-hush")]);
    assert_eq!(with.status.code(), Some(1), "{}", output_text(&with));
    assert!(
        output_text(&with).contains("\"KeyStorePassword\":\"•••\"") && !output_text(&with).contains("hush"),
        "{}",
        output_text(&with)
    );
}

#[test]
fn no_script_has_ids_and_names_of_the_run() {
    for finding in [sample::gate(), sample::effect(), name_in_use(), escaped()] {
        let text = script(&finding, "http://127.0.0.1:4566");
        assert!(!text.contains(STORE) && !text.contains(NAME) && !text.contains(sample::OTHER), "{text}");
        assert!(!text.contains("00ff"), "a signature was copied");
    }
}

#[test]
fn every_script_is_bash() {
    if !have_tools() {
        return;
    }
    let mut odd = sample::pipe();
    odd.sentence = "`rm` $(rm) 'x' \"y\"\n\u{1b}".into();
    odd.exchanges[0].method = "PO'ST".into();
    odd.exchanges[0].path = "/$(x)`y`".into();
    odd.exchanges[0].headers.push(("x-odd".into(), "'$(x)".into()));
    odd.exchanges[0].body = "'\\xff$(rm)`x`\0\\".into();
    for finding in sample::record().findings.iter().chain([&odd]) {
        let text = script(finding, "http://127.0.0.1:1/$(x)");
        let output = Command::new("bash").arg("-n").arg("-c").arg(&text).output().unwrap();
        assert!(output.status.success(), "{}\n{text}", output_text(&output));
        assert!(output.stderr.is_empty(), "{}", output_text(&output));
    }
}
