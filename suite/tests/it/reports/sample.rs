//! A record made by hand: several findings of several kinds, gaps, warnings, declared deviations.

use std::collections::BTreeMap;

use ucks_oracle::code::Code;
use ucks_oracle::expectation::{Expectation, ExpectedField, Observation, ObservedField};
use ucks_oracle::group::Group;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, Rule};
use ucks_oracle::rules;
use ucks_suite::op::{Id, Op, Symbol, Update};
use ucks_suite::record::*;
use ucks_suite::replay::{self, Key, Replay};

pub(crate) const STORE: &str = "cks-1234567890abcdef0";
pub(crate) const OTHER: &str = "cks-fedcba09876543210";
pub(crate) const NAME: &str = "ucks-ABCDEFGHIJKL";
pub(crate) const NEW_NAME: &str = "ucks-MNOPQRSTUVWX";
pub(crate) const SECRET: &str = "SECRETsecretSECRETsecretSECRETsecretSECRETsecret";
pub(crate) const OLD_PATH: &str = "/aaaaaa/kms/xks/v1";
pub(crate) const NEW_PATH: &str = "/bbbbbb/kms/xks/v1";

/// The record.
pub(crate) fn record() -> Record {
    let mut findings = vec![gate(), effect(), status(), pipe(), warning()];
    findings.iter_mut().for_each(|f| f.replay.finding.rule = f.rule.clone());
    let rules = rules::at(Revision::LATEST).map(|r| row(r, &findings)).collect();
    let mut record = Record {
        format: FORMAT,
        suite: "0.1.0".into(),
        rule_book: rules::RULE_BOOK.into(),
        target: "http://127.0.0.1:4566".into(),
        revision: Revision::LATEST.date().into(),
        policy: "layered".into(),
        strict: false,
        seed: 7,
        lanes: 4,
        started: None,
        elapsed_ms: 8_412,
        requests: 2_345,
        sequences: 300,
        probe: vec![
            ProbeNote { subject: "ConnectCustomKeyStore".into(), usable: true, note: "works".into() },
            ProbeNote {
                subject: "fixtures".into(),
                usable: false,
                note: "no profile, so no clusters, VPC endpoint services or proxies".into(),
            },
        ],
        rules,
        findings,
        causes: Vec::new(),
        unstable: vec![Unstable {
            exchanges: vec![create(0)],
            replay: None,
            rule: "W-15".into(),
            sentence: "a connection was dropped once".into(),
            steps: vec!["update a".into()],
        }],
        cells: vec![
            cell("EXTERNAL_KEY_STORE", "CONNECTED", "XksProxyUriEndpoint", &[(Observation::Success, 3)]),
            cell("EXTERNAL_KEY_STORE", "DISCONNECTED", "XksProxyUriEndpoint", &[(Observation::Success, 9)]),
            cell(
                "AWS_CLOUDHSM",
                "DISCONNECTED",
                "NewCustomKeyStoreName",
                &[(Observation::Success, 9), (Observation::Error(Code::CustomKeyStoreNameInUseException), 2)],
            ),
        ],
        precedence: vec![PrecedenceRow {
            store_type: Some("EXTERNAL_KEY_STORE".to_owned()),
            state: Some("CONNECTED".to_owned()),
            first: "G-14".to_owned(),
            then: "U-05".to_owned(),
            times: 2,
        }],
        unseen: Some(UnseenEstimate { answers: 2_000, pairs: 400, once: 90 }),
        order: vec![OrderRow {
            winner: "G-14".into(),
            loser: "U-02".into(),
            errors: vec!["CustomKeyStoreInvalidStateException".into()],
            times: 3,
        }],
        errors: [("CustomKeyStoreNotFoundException".to_owned(), 3), ("KMSInternalException".to_owned(), 0)].into(),
        readings: [("W-05".to_owned(), BTreeMap::from([("message".to_owned(), 120)]))].into(),
        repeats: BTreeMap::new(),
        lost: None,
        outcome: RunOutcome::Failed,
        could_not_test: false,
        notes: vec![],
        shard: None,
    };
    record.causes = ucks_suite::causes::diagnose(&record);
    record
}

fn cell(store_type: &str, state: &str, member: &str, answers: &[(Observation, u64)]) -> CellRow {
    let answers = answers.iter().map(|(answer, times)| AnswerRow { answer: answer.clone(), times: *times }).collect();
    CellRow { store_type: store_type.into(), state: state.into(), member: member.into(), answers }
}

fn row(rule: &Rule, findings: &[Finding]) -> RuleRow {
    let of_rule: Vec<&Finding> = findings.iter().filter(|f| f.rule == rule.id.0).collect();
    let (verdict, reason) = match (rule.id.group(), rule.force) {
        _ if of_rule.iter().any(|f| f.fails) => (Verdict::Fail, None),
        _ if !of_rule.is_empty() => (Verdict::Warning, None),
        (group, _) if group.needs_environment() => {
            (Verdict::NotCovered, Some("no fixtures: a profile names clusters, services and proxies"))
        }
        (Group::Race, _) => (Verdict::Blocked, Some("DisconnectCustomKeyStore does not work")),
        (_, Force::Open) => (Verdict::Observed, None),
        _ => (Verdict::Pass, None),
    };
    RuleRow {
        id: rule.id.to_string(),
        group: rule.id.group().to_string(),
        force: rule.force.to_string(),
        basis: rule.basis.to_string(),
        asks: rule.requirement.clone(),
        verdict,
        judged: if reason.is_some() { 0 } else { 12 },
        judged_by_cases: if reason.is_some() { 0 } else { 12 },
        touched: vec![],
        decided: if verdict == Verdict::Pass && rule.force == Force::Must { vec![Place::default()] } else { vec![] },
        reason: reason.map(str::to_owned),
        findings: of_rule.iter().map(|f| f.code.clone()).collect(),
    }
}

/// A gate that is open.
pub(crate) fn gate() -> Finding {
    let update = format!(r#"{{"CustomKeyStoreId":"{STORE}","XksProxyUriEndpoint":"https://b.xks.example"}}"#);
    Finding {
        store_type: Some("EXTERNAL_KEY_STORE".into()),
        state: Some("CONNECTED".into()),
        member: Some("XksProxyUriEndpoint".into()),
        expected: Code::CustomKeyStoreInvalidStateException.into(),
        got: Observation::Success,
        sentence: "UpdateCustomKeyStore changed XksProxyUriEndpoint of a CONNECTED EXTERNAL_KEY_STORE, where it \
            must answer CustomKeyStoreInvalidStateException"
            .into(),
        steps: vec![
            "create a, EXTERNAL_KEY_STORE".into(),
            "connect a, and wait until it is CONNECTED".into(),
            "update a: XksProxyUriEndpoint = a fresh one".into(),
        ],
        exchanges: vec![
            create(0),
            exchange(1, "ConnectCustomKeyStore", &by_id(), 200, "{}"),
            describe(1, "CONNECTING", OLD_PATH),
            describe(1, "CONNECTED", OLD_PATH),
            exchange(2, "UpdateCustomKeyStore", &update, 200, "{}"),
        ],
        ..blank("G-14", "3f9a1c")
    }
}

/// An accepted value that is not stored.
pub(crate) fn effect() -> Finding {
    let update = format!(
        r#"{{"CustomKeyStoreId":"{STORE}","XksProxyUriPath":"{NEW_PATH}","NewCustomKeyStoreName":"{NEW_NAME}"}}"#
    );
    Finding {
        store_type: Some("EXTERNAL_KEY_STORE".into()),
        state: Some("DISCONNECTED".into()),
        member: Some("XksProxyUriPath".into()),
        aspect: "effect".into(),
        expected: Expectation::Field(ExpectedField::New),
        got: Observation::Field(ObservedField::Old),
        sentence: "UpdateCustomKeyStore answered success and did not store XksProxyUriPath".into(),
        steps: vec![
            "create a, EXTERNAL_KEY_STORE".into(),
            "update a: XksProxyUriPath = a fresh one, NewCustomKeyStoreName = a fresh one".into(),
        ],
        exchanges: vec![
            create(1),
            exchange(2, "UpdateCustomKeyStore", &update, 200, "{}"),
            describe(2, "DISCONNECTED", OLD_PATH),
        ],
        ..blank("A-01", "a1a1a1")
    }
}

/// An error with another status.
pub(crate) fn status() -> Finding {
    Finding {
        expected: Expectation::Status(400),
        got: Observation::Status(404),
        sentence: "an error was answered with HTTP 404 instead of 400".into(),
        steps: vec!["update nobody's store".into()],
        exchanges: vec![exchange(
            0,
            "UpdateCustomKeyStore",
            &format!(r#"{{"CustomKeyStoreId":"{OTHER}"}}"#),
            404,
            r#"{"__type":"CustomKeyStoreNotFoundException","message":"none"}"#,
        )],
        ..blank("W-03", "404404")
    }
}

/// Texts that every format must escape.
pub(crate) fn pipe() -> Finding {
    Finding {
        expected: Expectation::Field(ExpectedField::Value("a | b".into())),
        got: Observation::UnknownError {
            status: 500,
            code: "<script>alert(1)</script>\u{1b}[31m | `x` \"q\" ]]>".into(),
        },
        sentence: "a sentence with a | and a <b> & 100% of it: x,y\u{1b}[2J".into(),
        steps: vec!["update a | b: 50%".into()],
        exchanges: vec![exchange(
            0,
            "UpdateCustomKeyStore",
            "{\"a\":\"\\xff\\x00it's\"",
            500,
            "</script><h1>boom\u{1b}[31m",
        )],
        ..blank("W-15", "915151")
    }
}

/// A warning.
pub(crate) fn warning() -> Finding {
    Finding {
        fails: false,
        expected: Expectation::RequestId,
        got: Observation::NoRequestId,
        sentence: "an answer has no x-amzn-RequestId".into(),
        steps: vec!["create a, EXTERNAL_KEY_STORE".into()],
        exchanges: vec![create(0)],
        ..blank("W-06", "06a06a")
    }
}

/// A finding about nothing yet.
pub(crate) fn blank(rule: &str, code: &str) -> Finding {
    let key = Key {
        rule: rule.into(),
        fails: true,
        operation: "UpdateCustomKeyStore".into(),
        store_type: None,
        state: None,
        member: None,
        aspect: String::new(),
        expected: Expectation::Success,
        got: Observation::Success,
    };
    let operations = vec![Op::Update(Update { id: Id::Of(Symbol(0)), set: vec![], mutation: None })];
    Finding {
        code: code.into(),
        rule: rule.into(),
        also: Vec::new(),
        fails: true,
        operation: key.operation.clone(),
        store_type: None,
        state: None,
        member: None,
        aspect: String::new(),
        expected: Expectation::Success,
        got: Observation::Success,
        count: 3,
        sentence: String::new(),
        steps: vec![],
        exchanges: vec![],
        replay: Replay {
            format: replay::FORMAT,
            target: "http://127.0.0.1:4566".into(),
            revision: Revision::LATEST.date().into(),
            policy: "layered".into(),
            profile: None,
            finding: key,
            operations,
        },
        found_after: 100,
        steps_before: 14,
        shrink_requests: 60,
        random: false,
        deviation: None,
    }
}

fn by_id() -> String {
    format!(r#"{{"CustomKeyStoreId":"{STORE}"}}"#)
}

/// The creation of the store.
pub(crate) fn create(step: usize) -> Exchange {
    let body = format!(
        "{{\"CustomKeyStoreName\":\"{NAME}\",\"CustomKeyStoreType\":\"EXTERNAL_KEY_STORE\",\
            \"XksProxyUriEndpoint\":\"https://a.xks.example\",\"XksProxyUriPath\":\"{OLD_PATH}\",\
            \"XksProxyConnectivity\":\"PUBLIC_ENDPOINT\",\
            \"XksProxyAuthenticationCredential\":{{\"AccessKeyId\":\"ABCDEFGHIJKLMNOPQRST\",\
            \"RawSecretAccessKey\":\"{SECRET}\"}}}}"
    );
    exchange(step, "CreateCustomKeyStore", &body, 200, &format!(r#"{{"CustomKeyStoreId":"{STORE}"}}"#))
}

/// Returns the answer of Describe for the store.
pub(crate) fn describe(step: usize, state: &str, path: &str) -> Exchange {
    let answer = format!(
        "{{\"CustomKeyStores\":[{{\"CustomKeyStoreId\":\"{STORE}\",\"CustomKeyStoreName\":\"{NAME}\",\
            \"ConnectionState\":\"{state}\",\"CustomKeyStoreType\":\"EXTERNAL_KEY_STORE\",\
            \"XksProxyConfiguration\":{{\"Connectivity\":\"PUBLIC_ENDPOINT\",\
            \"AccessKeyId\":\"ABCDEFGHIJKLMNOPQRST\",\"UriEndpoint\":\"https://a.xks.example\",\
            \"UriPath\":\"{path}\"}}}}],\"Truncated\":false}}"
    );
    exchange(step, "DescribeCustomKeyStores", &by_id(), 200, &answer)
}

/// One request with its answer.
pub(crate) fn exchange(step: usize, operation: &str, body: &str, status: u16, answer: &str) -> Exchange {
    Exchange {
        step,
        at_once: false,
        operation: operation.into(),
        method: "POST".into(),
        path: "/".into(),
        headers: vec![
            ("content-type".into(), "application/x-amz-json-1.1".into()),
            ("x-amz-target".into(), format!("TrentService.{operation}")),
            (
                "authorization".into(),
                "AWS4-HMAC-SHA256 Credential=test/20270101/us-east-1/kms/aws4_request, Signature=00ff".into(),
            ),
        ],
        body: body.into(),
        cut: false,
        masked: Vec::new(),
        secrets_hidden: false,
        status,
        answer_headers: vec![("content-type".into(), "application/x-amz-json-1.1".into())],
        answer: answer.into(),
    }
}
