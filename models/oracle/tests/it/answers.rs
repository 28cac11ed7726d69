//! The reading of answers of every form, and the verdicts of the rules about their form, in snapshots as in
//! `judged.rs`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use ucks_oracle::account::{ConnectionState, Connectivity, DescribeField};
use ucks_oracle::answer::{Outcome, created_id, header_code, page, written_code};
use ucks_oracle::code::Code;
use ucks_oracle::expectation::Observation;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{FormVerdict, JudgedOn};
use ucks_oracle::rules;
use ucks_oracle::situation::Exchange;
use ucks_oracle::wire::{Answer, Request, UPDATE};

const SECRET: &str = "a-throw-away-secret";

fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
    let field = |(n, v): &(&'static str, &'static str)| (Cow::Borrowed(*n), Cow::Borrowed(*v));
    Answer { status, headers: headers.iter().map(field).collect(), body: body.as_bytes().to_vec() }
}

fn answers() -> Vec<Answer> {
    const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.1");
    const ID: (&str, &str) = ("x-amzn-RequestId", "1");
    let typed = |code: &str| format!(r#"{{"__type":"{code}","message":"m"}}"#);
    let state = typed("CustomKeyStoreInvalidStateException");
    let internal = typed("KMSInternalException");
    let mut all = vec![
        answer(200, &[JSON, ID], "{}"),
        answer(200, &[ID], ""),
        answer(204, &[], ""),
        answer(200, &[JSON, ID], r#"{"More":1}"#),
        answer(200, &[JSON], "[]"),
        answer(200, &[JSON, ID], &state),
        answer(302, &[ID], ""),
        answer(400, &[JSON, ID], &state),
        answer(404, &[JSON, ID], &state),
        answer(500, &[JSON, ID], &state),
        answer(400, &[("Content-Type", "application/x-amz-json-1.1; charset=utf-8"), ID], &state),
        answer(400, &[("content-type", "application/json"), ("x-amzn-requestid", " ")], &state),
        answer(400, &[ID], &state),
        answer(400, &[JSON, ID, ("x-amzn-ErrorType", "CustomKeyStoreInvalidStateException:http://a/")], &state),
        answer(400, &[JSON, ID, ("x-amzn-errortype", "ValidationException")], &state),
        answer(400, &[JSON, ID, ("x-amzn-errortype", "ns#ValidationException")], "{}"),
        answer(400, &[JSON, ID], r#"{"__type":"com.amazonaws.kms#ValidationException:x","Message":"m"}"#),
        answer(400, &[JSON, ID], r#"{"__type":"ValidationException"}"#),
        answer(
            400,
            &[JSON, ID],
            "{\"__type\":\"ValidationException\",\"message\":\"1 validation error detected: failed to satisfy \
                constraint: x\"}",
        ),
        answer(400, &[JSON, ID], r#"{"__type":"ValidationException","message":"validation error"}"#),
        answer(400, &[JSON, ID], r#"{"__type":7}"#),
        answer(400, &[JSON, ID], r#"{"code":"ValidationException"}"#),
        answer(400, &[JSON, ID], "no JSON"),
        answer(500, &[JSON, ID], &internal),
        answer(400, &[JSON, ID], &internal),
        answer(503, &[JSON, ID], &internal),
        answer(500, &[JSON, ID], "{}"),
        answer(499, &[ID], ""),
        answer(500, &[("content-type", "text/html"), ID], "<html>a fault</html>"),
        answer(500, &[("content-type", "text/html; charset=utf-8")], "<html>a fault</html>"),
        answer(499, &[("content-type", "text/html")], "<html>not implemented</html>"),
        answer(500, &[ID], "It is Not Implemented"),
        answer(500, &[ID], "NotImplementedError"),
        answer(500, &[ID], "has not been implemented"),
        answer(400, &[ID], "not implemented"),
        answer(501, &[ID], ""),
        answer(502, &[ID], ""),
        answer(413, &[], ""),
        answer(413, &[ID], &typed("RequestEntityTooLargeException")),
        answer(413, &[JSON, ID], &typed("OddException")),
        answer(503, &[JSON, ID], &typed("ThrottlingException")),
        answer(503, &[JSON, ID], &typed("ValidationException")),
        answer(429, &[ID], ""),
        answer(429, &[ID], &typed("ValidationException")),
        answer(400, &[JSON, ID], &typed(&"A".repeat(100))),
        answer(400, &[JSON, ID], &typed("IncorrectTrustAnchorException")),
        answer(400, &[JSON, ID], &typed(SECRET)),
        answer(400, &[JSON, ID, ("x-more", "a-throw-away-secret")], &state),
        answer(200, &[JSON, ID], &format!("{{\"shown\":\"{SECRET}\"}}")),
    ];
    all.extend(Code::ALL.iter().map(|code| answer(400, &[JSON, ID], &typed(code.name()))));
    all
}

#[test]
fn how_answers_are_read() {
    let plain =
        Request::operation(UPDATE, br#"{"CustomKeyStoreId":"a","KeyStorePassword":"a-throw-away-secret"}"#.to_vec());
    let odd = Request { method: "GET".into(), ..plain.clone() };
    let without_headers = Request { headers: vec![], ..plain.clone() };
    let secrets = [SECRET.to_owned(), "short".to_owned()];
    let mut out = String::new();
    for answer in answers() {
        let outcome = Outcome::read(&answer);
        let body = String::from_utf8_lossy(&answer.body);
        let fields: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let start: String = body.chars().take(90).collect();
        let _ = writeln!(out, "{} [{}] {start}", answer.status, fields.join("; "));
        let throttled = if outcome.is_throttled() { "; throttled" } else { "" };
        let _ = writeln!(
            out,
            "  {}; written {:?}, in the header {:?}{throttled}",
            Observation::from(&outcome).code(),
            written_code(&answer),
            header_code(&answer)
        );
        for (what, request) in [("", &plain), (" GET", &odd), (" no target", &without_headers)] {
            for revision in [Revision::Launch, Revision::LATEST] {
                if (revision, what) != (Revision::LATEST, "")
                    && outcome.code().is_none_or(|c| c != Code::ALL[0])
                    && answer.status != 200
                {
                    continue;
                }
                let exchange = Exchange {
                    revision,
                    request,
                    answer: &answer,
                    outcome: &outcome,
                    proxy_message: None,
                    secrets: &secrets,
                };
                let mut verdicts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for rule in rules::at(revision) {
                    let JudgedOn::Form(check) = &rule.check else { continue };
                    let verdict = match check(&exchange) {
                        FormVerdict::NotApplicable => continue,
                        FormVerdict::Conforms => "conforms".to_owned(),
                        FormVerdict::Reading(reading) => format!("reading {reading}"),
                        FormVerdict::Deviates { expected, got, member } => {
                            let member = member.map_or(String::new(), |m| format!(" of {m}"));
                            format!("{} instead of {}{member}", got.code(), expected.code())
                        }
                    };
                    verdicts.entry(verdict).or_default().push(rule.id.0);
                }
                let verdicts: Vec<String> =
                    verdicts.iter().map(|(verdict, rules)| format!("{verdict} {}", rules.join(" "))).collect();
                let _ = writeln!(out, "  {revision}{what}: {}", verdicts.join("; "));
            }
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn how_pages_are_read() {
    let whole = r#"{"CustomKeyStoreId":"cks-1","CustomKeyStoreName":"n","CustomKeyStoreType":"EXTERNAL_KEY_STORE",
        "ConnectionState":"FAILED","ConnectionErrorCode":"E","CreationDate":1.5,"CloudHsmClusterId":"c",
        "TrustAnchorCertificate":"t","XksProxyConfiguration":{"Connectivity":"PUBLIC_ENDPOINT","AccessKeyId":"A",
        "UriEndpoint":"u","UriPath":"p","VpcEndpointServiceName":"s","VpcEndpointServiceOwner":"o"}}"#;
    let of = |stores: &str, more: &str| format!(r#"{{"CustomKeyStores":[{stores}]{more}}}"#);
    let store = |more: &str| of(&format!(r#"{{"CustomKeyStoreId":"a"{more}}}"#), "");
    let bodies = [
        of(whole, ""),
        of("", ""),
        of(&format!("{whole},{whole},{whole}"), r#","Truncated":true,"NextMarker":"m""#),
        of("", r#","Truncated":false,"NextMarker":"m""#),
        of("", r#","Truncated":true"#),
        of("", r#","Truncated":null,"NextMarker":null"#),
        of("", r#","Truncated":true,"NextMarker":7"#),
        of("", r#","Truncated":"yes""#),
        of("7", ""),
        of("{}", ""),
        "{}".to_owned(),
        r#"{"CustomKeyStores":null}"#.to_owned(),
        "[]".to_owned(),
        store(r#","CustomKeyStoreName":7"#),
        store(r#","CustomKeyStoreName":null"#),
        store(r#","CustomKeyStoreType":"AWS_CLOUDHSM""#),
        store(r#","CustomKeyStoreType":"ODD""#),
        store(r#","CreationDate":"today""#),
        store(r#","CreationDate":null"#),
        store(r#","CreationDate":true"#),
        store(r#","XksProxyConfiguration":null"#),
        store(r#","XksProxyConfiguration":7"#),
        store(r#","XksProxyConfiguration":{"VpcEndpointServiceName":"","VpcEndpointServiceOwner":""}"#),
    ];
    let mut out = String::new();
    for body in bodies {
        let answer = answer(200, &[], &body);
        let _ = writeln!(out, "{}", body.split_whitespace().collect::<Vec<_>>().join(" "));
        match page(&answer, 2) {
            Ok(page) => {
                let _ = writeln!(out, "  {page:?}");
                for field in
                    page.stores.first().into_iter().flat_map(|s| DescribeField::ALL.iter().map(move |f| (f, s)))
                {
                    let _ = writeln!(out, "    {} = {:?}", field.0.name(), field.0.of(field.1));
                }
            }
            Err(odd) => {
                let _ = writeln!(out, "  {odd}");
            }
        }
    }
    for body in [r#"{"CustomKeyStoreId":"cks-1"}"#, r#"{"CustomKeyStoreId":7}"#, "{}", "[]"] {
        let _ = writeln!(out, "{body} {:?}", created_id(&answer(200, &[], body)));
    }
    insta::assert_snapshot!(out);
}

/// The tables that everything else is made of.
#[test]
fn tables() {
    let mut out = String::new();
    for rule in rules::all() {
        let _ = writeln!(
            out,
            "{} {} {:?} {} since {} until {:?} {:?} {:?} {:?} {:?}",
            rule.id,
            rule.id.group(),
            rule.force,
            rule.basis,
            rule.since,
            rule.until,
            rule.breadth,
            rule.about,
            rule.within,
            rule.check
        );
        assert_eq!(rules::find(&rule.id.to_string().to_lowercase()).map(|r| r.id), Some(rule.id));
        assert_eq!(rules::row(rule.id).map(|r| r.id), Some(rule.id));
    }
    for revision in Revision::ALL {
        let _ =
            writeln!(out, "{revision} {} {}: {} rules", revision.date(), revision.what(), rules::at(*revision).count());
        assert_eq!(revision.date().parse::<Revision>().ok(), Some(*revision));
        for member in Member::ALL.iter().filter(|m| m.known(*revision)) {
            let row = member.row(*revision);
            let _ = writeln!(
                out,
                "  {member} {}..{:?} {:?} {} {:?}",
                row.min, row.max, row.pattern, row.anchored, row.values
            );
        }
    }
    let _ = writeln!(out, "{}", "yesterday".parse::<Revision>().unwrap_err());
    for member in Member::ALL {
        let _ = writeln!(
            out,
            "{member} {:?} sensitive {} changed {} {:?} {:?}",
            member.store_type(),
            member.sensitive(),
            member.changed(),
            Member::top(member.name()),
            Member::top(&member.name().to_lowercase())
        );
    }
    for field in DescribeField::ALL {
        let _ = writeln!(
            out,
            "{} {} {:?} in the proxy's {}",
            field.name(),
            field.described_name(),
            field.member(),
            field.in_proxy()
        );
    }
    for state in ConnectionState::ALL {
        let _ = writeln!(out, "{} {:?} passes {}", state.name(), state.may_have_become(), state.passes());
        assert_eq!(ConnectionState::from_name(state.name()), Some(*state));
    }
    for code in Code::ALL {
        let known = Revision::ALL.iter().find(|r| code.declared(**r)).map(|r| r.date());
        let about = if code.is_about_others() { ", about others" } else { "" };
        let silent = if code.is_no_verdict() { ", no verdict" } else { "" };
        let _ = writeln!(out, "{code} {:?} since {known:?}{about}{silent}", code.family());
    }
    for kind in StoreType::ALL {
        let _ = writeln!(out, "{kind}");
    }
    for connectivity in [Connectivity::PublicEndpoint, Connectivity::VpcEndpointService] {
        assert_eq!(Connectivity::from_name(connectivity.name()), Some(connectivity));
    }
    assert_eq!(Connectivity::from_name("public_endpoint"), None);
    assert_eq!(ConnectionState::from_name("connected"), None);
    insta::assert_snapshot!(out);
}
