//! The part of an answer that breaks a rule about the form of answers.

use std::borrow::Cow;

use ucks_oracle::answer::Outcome;
use ucks_oracle::code::Code;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{FormVerdict, JudgedOn};
use ucks_oracle::rules;
use ucks_oracle::situation;
use ucks_oracle::wire::{Answer, CONTENT_TYPE, Request};

use super::{answer, outcome, secrets, succeeded};
use crate::record::{Exchange, Finding};

fn revision(finding: &Finding) -> Revision {
    Revision::ALL.iter().copied().find(|r| r.date() == finding.replay.revision).unwrap_or(Revision::LATEST)
}

/// Returns true if the finding's rule is one about the form of answers, and `answer` breaks it.
fn deviates(finding: &Finding, exchange: &Exchange, answer: &Answer, secrets: &[String]) -> bool {
    let Some(JudgedOn::Form(check)) = rules::find(&finding.rule).map(|r| &r.check) else { return false };
    let mut request = Request::operation(&exchange.operation, crate::raw::bytes(&exchange.body));
    request.headers.extend(exchange.headers.iter().map(|(n, v)| (n.clone().into(), v.clone().into())));
    let outcome = Outcome::read_served(answer);
    let (revision, proxy_message) = (revision(finding), None);
    let seen = situation::Exchange { revision, request: &request, answer, outcome: &outcome, proxy_message, secrets };
    matches!(check(&seen), FormVerdict::Deviates { .. })
}

/// Returns true if the recorded answer breaks the finding's rule about form.
pub(super) fn is_at_fault(finding: &Finding, exchange: &Exchange) -> bool {
    exchange.status > 0 && deviates(finding, exchange, &answer(exchange), &secrets(finding))
}

/// The part of an answer that a rule about its form takes offence at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerPart {
    Secret,
    RequestId,
    ContentType,
    Code,
    Body,
    Status,
}

/// Fixes one part of the recorded answer after another until it keeps the rule.
pub(super) fn fault_of_form(finding: &Finding, exchange: &Exchange) -> Option<AnswerPart> {
    let secrets = secrets(finding);
    let deviates = |answer: &Answer, secrets: &[String]| deviates(finding, exchange, answer, secrets);
    let recorded = answer(exchange);
    if exchange.status == 0 || !deviates(&recorded, &secrets) {
        return None;
    }
    if !deviates(&recorded, &[]) {
        return Some(AnswerPart::Secret);
    }
    let with = |name: &'static str, value: Option<&'static str>| {
        let mut answer = recorded.clone();
        answer.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        answer.headers.extend(value.map(|v| (Cow::Borrowed(name), Cow::Borrowed(v))));
        answer
    };
    let coded = Answer {
        body: format!(
            "{{\"__type\":\"{}\"}}",
            outcome(exchange).code().filter(|c| c.declared(revision(finding))).unwrap_or(Code::ValidationException)
        )
        .into_bytes(),
        ..with("x-amzn-errortype", None)
    };
    let status = |status| Answer { status, ..recorded.clone() };
    let mut repaired = vec![
        (AnswerPart::RequestId, with("x-amzn-requestid", Some("an id"))),
        (AnswerPart::ContentType, with("content-type", Some(CONTENT_TYPE))),
    ];
    // A success has no code, and a refusal without a body is another answer, not a fixed one.
    repaired.extend(if succeeded(exchange) {
        vec![(AnswerPart::Body, Answer { body: Vec::new(), ..recorded.clone() }), (AnswerPart::Status, status(200))]
    } else {
        vec![(AnswerPart::Code, coded), (AnswerPart::Status, status(400)), (AnswerPart::Status, status(500))]
    });
    repaired.iter().find(|(_, answer)| !deviates(answer, &secrets)).map(|(part, _)| *part)
}
