//! Verdicts on what services answer that nobody here wrote: crashes, codes of their own, no code at all.

use std::borrow::Cow;

use rstest::rstest;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::companions::Companion;
use ucks_oracle::expectation::{Expectation, Observation};
use ucks_oracle::judge::Grade;
use ucks_oracle::model::{Belief, Divergence, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Answer, Request, UPDATE};

use crate::judging::{account, refused, update};

const RENAME: &str = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"new"}"#;

fn answer(status: u16, content_type: &'static str, body: &str) -> Answer {
    let headers = vec![(Cow::Borrowed("Content-Type"), Cow::Borrowed(content_type))];
    Answer { status, headers, body: body.as_bytes().to_vec() }
}

/// Returns the verdict on an answer to `request`, as the rule and the grade.
fn judged(request: &Request, answer: &Answer) -> Option<(&'static str, Grade)> {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, ConnectionState::Disconnected);
    let outcome = model.outcome(request, answer);
    let step = model.step(&mut belief, request, &outcome);
    let crash = matches!(outcome, Outcome::ServerFault { internal: false, .. })
        .then(|| model.crash(&belief, request, (&outcome).into()));
    crash.or(step.divergence).map(|d| (d.rule.0, d.grade))
}

#[rstest]
#[case::json(500, "application/json", r#"{"__type":"InternalFailure","message":"boom"}"#)]
#[case::page(500, "text/html", "<!doctype html><title>500 Internal Server Error</title>")]
#[case::text_that_says_not_implemented(500, "text/plain", "NotImplementedError: not implemented")]
#[case::nothing(500, "text/plain", "")]
#[case::not_implemented(501, "application/json", r#"{"__type":"NotImplemented"}"#)]
fn a_5xx_of_an_operation_that_is_there_is_a_crash(
    #[case] status: u16,
    #[case] content_type: &'static str,
    #[case] body: &str,
) {
    for request in [RENAME, "[]", r#"{"CustomKeyStoreId":7}"#, r#"{"CustomKeyStoreId":"cks-nobody"}"#] {
        assert_eq!(
            judged(&update(request), &answer(status, content_type, body)),
            Some(("W-15", Grade::Fail)),
            "{request}"
        );
    }
}

#[test]
fn another_operation_may_be_missing() {
    let mut request = update(RENAME);
    request.headers.retain(|(name, _)| name != "x-amz-target");
    let missing = answer(501, "application/json", r#"{"__type":"NotImplemented"}"#);
    assert_eq!(judged(&request, &missing), Some(("W-14", Grade::Warn)));
}

#[test]
fn crashes_differ_by_what_was_expected() {
    let model = Model::new(Revision::LATEST);
    let crash = |state, body: &str| -> Divergence {
        let mut belief = account(&model, state);
        belief.remember();
        model.crash(&belief, &update(body), Observation::ServerError { status: 500, body: BodyForm::Json })
    };
    let endpoint = r#"{"CustomKeyStoreId":"cks-x","XksProxyUriEndpoint":"https://new.example.com"}"#;
    let connected = crash(ConnectionState::Connected, endpoint);
    let disconnected = crash(ConnectionState::Disconnected, endpoint);
    let number = crash(ConnectionState::Disconnected, r#"{"CustomKeyStoreId":"cks-x","XksProxyUriPath":7}"#);
    assert_eq!(connected.expected, Code::CustomKeyStoreInvalidStateException.into());
    assert_eq!((disconnected.expected, disconnected.member), (Expectation::Success, Some("XksProxyUriEndpoint")));
    assert_eq!((number.expected, number.member), (Code::SerializationException.into(), Some("XksProxyUriPath")));
}

/// A refusal of a body that is not an object is seen although its status is wrong, so that W-07 is not left unjudged.
#[test]
fn a_crash_on_an_unreadable_body_decides_that_it_is_refused() {
    let model = Model::new(Revision::LATEST);
    let mut belief = Belief::default();
    let request = update("[]");
    let outcome = model.outcome(&request, &answer(500, "text/html", "<html></html>"));
    let step = model.step(&mut belief, &request, &outcome);
    assert_eq!(step.exercised.iter().map(|e| e.rule.0).collect::<Vec<_>>(), ["W-07"]);
    // A rule that requires its code is not decided by an answer that has none.
    let mut belief = account(&model, ConnectionState::Connected);
    let gated = update(r#"{"CustomKeyStoreId":"cks-x","XksProxyUriEndpoint":"https://new.example.com"}"#);
    assert_eq!(model.step(&mut belief, &gated, &outcome).exercised, vec![]);
}

#[rstest]
#[case::a_page("text/html", "<html>Bad Request</html>")]
#[case::fastapi("application/json", r#"{"detail":"There was an error parsing the body"}"#)]
#[case::nothing("text/plain", "")]
fn an_answer_without_a_code_is_judged_by_no_other_rule(#[case] content_type: &'static str, #[case] body: &str) {
    let unreadable = answer(400, content_type, body);
    for request in ["{", "null", RENAME, r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"\u0041"}"#] {
        assert_eq!(judged(&update(request), &unreadable), None, "{request}");
    }
}

#[rstest]
#[case::with_a_code(413, r#"{"__type":"RequestEntityTooLargeException"}"#)]
#[case::without_one(413, "<html>413 Request Entity Too Large</html>")]
#[case::unreadable(400, r#"{"__type":"SerializationException"}"#)]
fn a_large_body_may_be_refused_for_its_size(#[case] status: u16, #[case] body: &str) {
    let padding = "x".repeat(100_000);
    let large = [
        format!(r#"{{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"new","Unknown":"{padding}"}}"#),
        format!(r#"{{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"{padding}"}}"#),
        format!(r#"{{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"one","Unknown":"{padding}"}}"#),
    ];
    for request in &large {
        assert_eq!(judged(&update(request), &answer(status, "application/json", body)), None);
    }
    let small =
        judged(&update(RENAME), &answer(413, "application/json", r#"{"__type":"RequestEntityTooLargeException"}"#));
    assert!(small.is_some_and(|(_, grade)| grade == Grade::Fail));
}

/// An undeclared code is read as what it is: a refusal of what the request has, under a wrong name.
#[test]
fn an_undeclared_code_is_blamed_on_the_rule_whose_code_was_expected() {
    let code = |name: &str| answer(400, "application/json", &format!(r#"{{"__type":"{name}"}}"#));
    assert_eq!(judged(&update("[]"), &code("BadRequest")), Some(("W-07", Grade::Warn)));
    // Refusing a byte-order mark is admitted: only the code is wrong, which is for W-19 to report.
    assert_eq!(judged(&update("\u{feff}{\"CustomKeyStoreId\":\"cks-x\"}"), &code("BadRequest")), None);
    let nobody = update(r#"{"CustomKeyStoreId":"cks-nobody","NewCustomKeyStoreName":"new"}"#);
    assert_eq!(judged(&nobody, &code("ResourceNotFoundException")), Some(("E-01", Grade::Fail)));
}

/// Nothing that follows from the account's state is blamed where the request itself had to be refused.
#[test]
fn what_has_to_be_refused_first_is_blamed_first() {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, ConnectionState::Disconnected);
    let deleted = Companion::Delete("cks-x");
    assert_eq!(model.companion(&mut belief, &deleted, &Outcome::Success, None), None);
    let mut request = update(RENAME);
    request.headers.retain(|(name, _)| name != "x-amz-target");
    let step = model.step(&mut belief, &request, &Outcome::Success);
    assert_eq!(step.divergence.map(|d| d.rule.0), Some("W-14"));
}

#[test]
fn deep_nesting_is_not_blamed_on_what_the_members_say() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let restated = format!(r#"{{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"one","Unknown":{deep}}}"#);
    let request = Request::operation(UPDATE, restated.into_bytes());
    let other = answer(400, "application/json", r#"{"__type":"CustomKeyStoreNotFoundException"}"#);
    assert_eq!(judged(&request, &other).map(|(rule, _)| rule), Some("P-01"));
}

/// An id that no store can have shows its constraint only by the order of errors.
#[rstest]
#[case::empty("")]
#[case::too_long(&"c".repeat(84))]
fn a_malformed_id_of_no_store_is_judged(#[case] id: &str) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, ConnectionState::Disconnected);
    let request = update(&format!(r#"{{"CustomKeyStoreId":"{id}","NewCustomKeyStoreName":"new"}}"#));
    let step = model.step(&mut belief, &request, &refused(Code::CustomKeyStoreNotFoundException));
    assert_eq!(step.divergence.map(|d| (d.rule.0, d.grade)), Some(("P-02", Grade::Warn)));
    assert!(step.exercised.iter().any(|e| e.rule.0 == "S-02"), "{:?}", step.exercised);
}

#[rstest]
#[case::with_another_code(refused(Code::ValidationException), true)]
#[case::with_its_code(refused(Code::CustomKeyStoreInvalidStateException), false)]
#[case::for_the_caller(refused(Code::AccessDeniedException), false)]
fn deleting_a_connected_store_is_refused_with_its_code(#[case] outcome: Outcome, #[case] diverges: bool) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, ConnectionState::Connected);
    let found = model.companion(&mut belief, &Companion::Delete("cks-x"), &outcome, None);
    assert_eq!(found.map(|d| d.rule.0), diverges.then_some("O-05"));
}

#[test]
fn one_answer_is_one_finding_with_the_highest_grade() {
    let model = Model::new(Revision::LATEST);
    let belief = account(&model, ConnectionState::Disconnected);
    let crash = |grade, rule| Divergence { grade, rule, ..model.crash(&belief, &update(RENAME), Observation::Success) };
    use ucks_oracle::rules::ids::{W_03, W_19};
    let rule = ucks_oracle::rules::find("E-01").unwrap().id;
    let all = [crash(Grade::Warn, rule), crash(Grade::Fail, W_03), crash(Grade::Warn, W_19)];
    let one = Divergence::of_one_answer(all).unwrap();
    assert_eq!((one.rule, one.grade, one.also), (rule, Grade::Fail, vec![W_03, W_19]));
    assert_eq!(Divergence::of_one_answer([]), None);
}
