//! W: requests, answers and their forms.

use serde_json::{Map, Value};

use crate::answer::{BodyForm, Outcome, header_code, written_code};
use crate::code::{Code, CodeFamily};
use crate::expectation::{Expectation, Observation};
use crate::feature::Feature;
use crate::json_text;
use crate::members::Member;
use crate::request::{Dispatch, Rejection};
use crate::rule::{Assessment, Force, FormVerdict, JudgedOn, Layer, Permit, Rule, Violation};
use crate::situation::{Exchange, Situation};
use crate::wire::CONTENT_TYPE;

const SERIALIZATION: &[Code] = &[Code::SerializationException];
const INPUT: &[Code] = &[Code::SerializationException, Code::ValidationException];
/// Codes that refuse a request for its head.
const HEAD: &[Code] = &[Code::UnknownOperationException, Code::SerializationException, Code::ValidationException];
const SMITHY: &str = "Smithy awsJson1.1 protocol; AWS's service model of KMS";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should, Suite};
    vec![
        Rule::new("W-01", Must, "MODEL", "A request in the documented form is parsed and dispatched")
            .request(|s| {
                documented(s).then(|| Permit::must(&[Code::UnknownOperationException, Code::SerializationException]))
            })
            .broad()
            .source(SMITHY)
            .impact_and_fix(
                "no client can call the operation",
                "serve POST / with X-Amz-Target \
                TrentService.UpdateCustomKeyStore and the awsJson1.1 content type",
            ),
        Rule::new("W-02", Must, "DOC", "Success is HTTP 200 with an empty body or one that parses to {}")
            .form(success_form)
            .source("API reference, UpdateCustomKeyStore, Response Elements")
            .impact_and_fix(
                "clients that parse the answer strictly fail on a successful update",
                "answer 200 with \
                an empty body or `{}`",
            ),
        Rule::new("W-03", Must, "MODEL", "Every modelled error is HTTP 400, KMSInternalException 500")
            .form(error_status)
            .source("API reference, UpdateCustomKeyStore, Errors; AWS's service model")
            .impact_and_fix(
                "clients that look at the status take the wrong branch: retry, give up, or report a \
                missing page",
                "answer 400 for every modelled error and 500 for KMSInternalException",
            ),
        Rule::new(
            "W-04",
            Must,
            "MODEL, OBS, STD",
            "An error names its code in the body's `__type`; the header may \
            repeat it and must not contradict it",
        )
        .form(error_code)
        .source(SMITHY)
        .impact_and_fix(
            "boto3 and the AWS CLI read the code from `__type` alone and cannot raise the error's \
                own class",
            "put the exception's name into `__type`, and the same name into x-amzn-errortype if you send it",
        ),
        Rule::new("W-05", Open, "OBS", "An error body has `message` or `Message`")
            .form(error_message)
            .source("captures of other KMS operations")
            .impact_and_fix("an error without a text is hard to understand", "add a `message`"),
        Rule::new("W-06", Should, "OBS", "Every answer carries x-amzn-RequestId")
            .form(|e| match e.answer.header("x-amzn-requestid") {
                _ if matches!(Dispatch::of(e.request), Dispatch::OddHead | Dispatch::Parameter) => {
                    FormVerdict::NotApplicable
                }
                _ if too_large(e) => FormVerdict::NotApplicable,
                Some(id) if !id.trim().is_empty() => FormVerdict::Conforms,
                _ => deviates(Expectation::RequestId, Observation::NoRequestId),
            })
            .source("captures of other KMS operations")
            .impact_and_fix(
                "clients log no request id, so nobody can match a log line with an answer",
                "send a fresh id in x-amzn-RequestId with every answer",
            ),
        Rule::new(
            "W-07",
            Must,
            "STD, ANALOG",
            "A body that is not a JSON object is refused with \
            SerializationException",
        )
        .of(Feature::NotAnObject)
        .request(|s| match rejected(s)? {
            r @ (Rejection::Empty
            | Rejection::CutOff
            | Rejection::NotAnObject
            | Rejection::TrailingComma
            | Rejection::Syntax) => Some(Violation::must(Layer::Parsing, SERIALIZATION).code_should().aspect(r.name())),
            _ => None,
        })
        .source("RFC 8259; behaviour of other awsJson1.1 services")
        .impact_and_fix(
            "a truncated or mistaken request is taken for a real one",
            "parse the body as a JSON \
                object and answer 400 SerializationException where that fails",
        ),
        Rule::new("W-08", Must, "MODEL", "A member of the wrong JSON type is refused with SerializationException")
            .of(Feature::UnusualForm)
            .request(|s| {
                let member = s.body?.wrong.iter().next()?;
                Some(Violation::must(Layer::Types, SERIALIZATION).code_should().on(member))
            })
            .source(SMITHY)
            .impact_and_fix(
                "a number, list or object is silently turned into a setting that nobody requested",
                "check the JSON type of every member before its value",
            ),
        Rule::new("W-09", Must, "STD, ANALOG, DOC", "An explicit null for an optional member equals leaving it out")
            .of(Feature::UnusualForm)
            .request(|s| {
                let nulls = s.body?.nulls.without(Member::CustomKeyStoreId);
                nulls.iter().next().map(|m| Permit::must(INPUT).on(m))
            })
            .special()
            .source("Smithy awsJson1.1; SDK references (members that are None are dropped)")
            .impact_and_fix(
                "clients that send null for what they do not set are refused",
                "treat null as absent \
                before anything else looks at the member",
            ),
        Rule::new("W-10", Should, "ANALOG", "An unknown member with any value is ignored")
            .of(Feature::UnknownMember)
            .request(|s| {
                let body = s.body.filter(|b| !b.miscased)?;
                Some(if body.depth > DEEP {
                    Assessment::Violation(Violation::open(Layer::Parsing, INPUT).aspect("deeply nested"))
                } else {
                    Assessment::Permit(Permit::should(INPUT))
                })
            })
            .special()
            .source("behaviour of other awsJson1.1 services")
            .impact_and_fix("a client newer than the service is refused", "skip members that the model does not know"),
        Rule::new("W-11", Should, "MODEL", "Member names are case-sensitive: one in other case is an unknown member")
            .of(Feature::UnknownMember)
            .request(|s| s.body.filter(|b| b.miscased && b.depth <= DEEP).map(|_| Permit::should(INPUT)))
            .special()
            .source(SMITHY)
            .impact_and_fix(
                "a misspelt member takes effect here and is ignored by AWS",
                "compare member names exactly",
            ),
        Rule::new("W-12", Must, "STD", "Order of members, white space and \\u escapes do not change the meaning")
            .of(Feature::UnusualForm)
            .request(form_without_meaning)
            .special()
            .source("RFC 8259")
            .impact_and_fix("clients whose JSON writer escapes or indents are refused", "use a complete JSON parser"),
        Rule::new("W-13", Open, "NONE", "The same member twice: refused, or one of the two counts")
            .of(Feature::UnusualForm)
            .request(|s| s.body.filter(|b| !b.repeated.is_empty()).map(|_| Violation::open(Layer::Parsing, INPUT)))
            .source("no text decides")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "W-14",
            Must,
            "OBS",
            "An unknown, unprefixed or missing X-Amz-Target is refused with \
            UnknownOperationException",
        )
        .of(Feature::UnusualHead)
        .request(|s| {
            (s.update.dispatch == Dispatch::NoSuchTarget)
                .then(|| Violation::must(Layer::Dispatch, &[Code::UnknownOperationException]).code_should())
        })
        .source("behaviour of KMS on unknown targets; API reference, Common Errors")
        .impact_and_fix(
            "a request for another operation changes a key store",
            "dispatch by the exact value of \
                X-Amz-Target",
        ),
        Rule::new(
            "W-15",
            Must,
            "INFER",
            "No input causes a 5xx other than a passing KMSInternalException, a hang, \
            a dropped connection or a dead server",
        )
        .form(server_fault)
        .source("follows from the error list of the operation")
        .impact_and_fix(
            "one bad request takes the service, or its caller's retries, down",
            "bound size and \
                depth of the input and turn every failure to parse into a 400",
        ),
        Rule::new("W-16", Should, "MODEL, STD", "Lengths count Unicode characters, not bytes and not UTF-16 units")
            .of(Feature::UnusualValue)
            .request(characters)
            .special()
            .source("Smithy, length trait")
            .impact_and_fix(
                "names in other scripts are refused too early or accepted too long",
                "count Unicode scalar values",
            ),
        Rule::new(
            "W-17",
            Suite,
            "DOC, OBS",
            "KMSInternalException may be repeated: the suite repeats it with a \
            pause; one that stays is a warning where the proxy is at fault",
        )
        .judged(JudgedOn::Run)
        .source("API reference, UpdateCustomKeyStore, Errors")
        .impact_and_fix(
            "a request that never gets another answer could not be tested",
            "see why the service \
                answers 500",
        ),
        Rule::new("W-18", Should, "STD", "Bytes after the object, comments and NaN are refused")
            .of(Feature::NotAnObject)
            .request(|s| match rejected(s)? {
                // No code is named for it: any refusal will do.
                r @ (Rejection::Lenient | Rejection::TrailingBytes) => {
                    Some(Violation::should(Layer::Parsing, SERIALIZATION).code_open().aspect(r.name()))
                }
                _ => None,
            })
            .source("RFC 8259")
            .impact_and_fix(
                "what is accepted here is refused by AWS",
                "use a strict JSON parser and look for the \
                end of the input",
            ),
        Rule::new("W-19", Should, "MODEL, OBS", "A code returned is declared for the operation, or is a common one")
            .form(declared)
            .source("API reference, UpdateCustomKeyStore, Errors; Common Errors")
            .impact_and_fix(
                "clients have no class for the error and fall into their last resort",
                "answer with a \
                code that the revision declares",
            ),
        Rule::new("W-20", Open, "ANALOG", "Another method, path or content type: no 5xx, and no effect unless 200")
            .of(Feature::UnusualHead)
            .request(|s| {
                (s.update.dispatch == Dispatch::OddHead).then(|| Violation::open(Layer::Dispatch, &[]).code_open())
            })
            .source("behaviour of other awsJson1.1 services")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "W-21",
            Open,
            "NONE",
            "NUL, control characters and lone surrogates in a name are stored as sent, \
            or refused",
        )
        .of(Feature::UnusualForm)
        .request(|s| {
            let body = s.body?;
            if body.odd_text.has(Member::NewCustomKeyStoreName) {
                return Some(Violation::open(Layer::Constraints, INPUT).on(Member::NewCustomKeyStoreName));
            }
            body.lone_surrogates.then(|| Violation::open(Layer::Parsing, INPUT))
        })
        .source("no text decides")
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("W-22", Should, "STD", "Invalid UTF-8 is refused")
            .of(Feature::NotAnObject)
            .request(|s| {
                (rejected(s)? == Rejection::NotUtf8)
                    .then(|| Violation::should(Layer::Parsing, SERIALIZATION).code_open())
            })
            .source("RFC 8259, section 8.1")
            .impact_and_fix(
                "names are stored as something else than what was sent",
                "refuse bodies that are not \
                UTF-8",
            ),
        Rule::new("W-23", Open, "NONE", "A byte-order mark before the object: skipped or refused")
            .of(Feature::NotAnObject)
            .request(|s| {
                (rejected(s)? == Rejection::ByteOrderMark).then(|| Violation::open(Layer::Parsing, INPUT).code_open())
            })
            .source("RFC 8259 leaves it to the parser")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "W-24",
            Should,
            "STD, OBS",
            "An answer with a body has the header Content-Type: \
            application/x-amz-json-1.1",
        )
        .form(|e| {
            if e.answer.body.is_empty() || !addressed(e) || too_large(e) {
                return FormVerdict::NotApplicable;
            }
            match e.answer.header("content-type") {
                Some(t) if t.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(CONTENT_TYPE)) => {
                    FormVerdict::Conforms
                }
                other => deviates(Expectation::ContentType, Observation::content_type(other)),
            }
        })
        .source(SMITHY)
        .impact_and_fix(
            "clients that check the content type cannot read the answer",
            "send Content-Type: \
                application/x-amz-json-1.1",
        ),
        Rule::new("W-25", Should, "INFER", "A Content-Type with a parameter is served as without it")
            .of(Feature::UnusualHead)
            .request(|s| (s.update.dispatch == Dispatch::Parameter).then(|| Permit::should(HEAD).any_refusal()))
            .special()
            .source("RFC 9110, media types; some older clients send a charset")
            .impact_and_fix(
                "clients that add `; charset=utf-8` cannot call the operation",
                "compare the media \
                type alone, without its parameters",
            ),
        Rule::new("W-26", Suite, "INFER", "One answer is one finding, which names every rule that the answer breaks")
            .judged(JudgedOn::Run)
            .source("the rule book")
            .impact_and_fix(
                "one fault of a service would be reported several times",
                "no fix is needed in the \
                service",
            ),
    ]
}

/// The nesting that a parser may refuse even in an unknown member.
const DEEP: usize = 16;

fn documented(s: &Situation<'_>) -> bool {
    s.update.dispatch == Dispatch::Update
        && s.body
            .is_some_and(|b| b.wrong.is_empty() && b.repeated.is_empty() && b.depth <= DEEP && b.odd_text.is_empty())
}

fn rejected(s: &Situation<'_>) -> Option<Rejection> {
    s.update.body.as_ref().err().copied()
}

fn deviates(expected: Expectation, got: Observation) -> FormVerdict {
    FormVerdict::Deviates { expected, got, member: None }
}

fn wrong_status(expected: u16, status: u16) -> FormVerdict {
    deviates(Expectation::Status(expected), Observation::Status(status))
}

/// Returns true if the head of the request names the operation: what other answers look like is open (W-20),
/// or belongs to W-14.
fn addressed(e: &Exchange<'_>) -> bool {
    Dispatch::of(e.request) == Dispatch::Update
}

/// Returns true if the answer refuses a large body with 413: a proxy in front of the service may send it, in its own
/// form.
fn too_large(e: &Exchange<'_>) -> bool {
    e.answer.status == 413 && e.request.is_large()
}

fn success_form(e: &Exchange<'_>) -> FormVerdict {
    if *e.outcome != Outcome::Success || !addressed(e) {
        return FormVerdict::NotApplicable;
    }
    let empty = e.answer.body.is_empty()
        || json_text::from_slice::<Map<String, Value>>(&e.answer.body).is_ok_and(|m| m.is_empty());
    match e.answer.status {
        200 if empty => FormVerdict::Conforms,
        200 => deviates(Expectation::EmptyBody, Observation::FilledBody),
        status => wrong_status(200, status),
    }
}

fn error_status(e: &Exchange<'_>) -> FormVerdict {
    if !addressed(e) {
        return FormVerdict::NotApplicable;
    }
    let too_large = too_large(e);
    let Outcome::Refused { status, code: Some(code), .. } = e.outcome else {
        return match e.outcome {
            Outcome::ServerFault { status: 500, internal: true, .. } => FormVerdict::Conforms,
            Outcome::ServerFault { status, internal: true, .. } => wrong_status(500, *status),
            Outcome::ServerFault { status, written, .. } => match written.as_deref().and_then(Code::from_name) {
                Some(code) if matches!(code.family(), CodeFamily::Declared | CodeFamily::Input) => {
                    wrong_status(400, *status)
                }
                _ => FormVerdict::NotApplicable,
            },
            _ => FormVerdict::NotApplicable,
        };
    };
    match (code, status) {
        _ if too_large => FormVerdict::NotApplicable,
        (Code::KMSInternalException, status) => wrong_status(500, *status),
        (c, 400) if matches!(c.family(), CodeFamily::Declared | CodeFamily::Input) => FormVerdict::Conforms,
        (c, status) if matches!(c.family(), CodeFamily::Declared | CodeFamily::Input) => wrong_status(400, *status),
        _ => FormVerdict::NotApplicable,
    }
}

fn error_code(e: &Exchange<'_>) -> FormVerdict {
    if !matches!(e.outcome, Outcome::Refused { .. } | Outcome::ServerFault { internal: true, .. }) {
        return FormVerdict::NotApplicable;
    }
    if let Outcome::Refused { code: Some(c), .. } = e.outcome
        && c.is_no_verdict()
    {
        return FormVerdict::NotApplicable;
    }
    if too_large(e) || !addressed(e) {
        return FormVerdict::NotApplicable;
    }
    match (written_code(e.answer), header_code(e.answer)) {
        (None, Some(_)) => deviates(Expectation::CodeInBody, Observation::CodeInHeaderAlone),
        (None, None) => deviates(Expectation::CodeInBody, Observation::BodyWithoutCode(BodyForm::of(e.answer))),
        (Some(body), Some(header)) if body != header => deviates(Expectation::OneCode, Observation::TwoCodes),
        _ => FormVerdict::Conforms,
    }
}

fn error_message(e: &Exchange<'_>) -> FormVerdict {
    if !matches!(e.outcome, Outcome::Refused { .. }) {
        return FormVerdict::NotApplicable;
    }
    let Ok(body) = json_text::from_slice::<Map<String, Value>>(&e.answer.body) else {
        return FormVerdict::Reading("no JSON body");
    };
    match (body.contains_key("message"), body.contains_key("Message")) {
        (true, _) => FormVerdict::Reading("message"),
        (false, true) => FormVerdict::Reading("Message"),
        (false, false) => FormVerdict::Reading("none"),
    }
}

fn server_fault(e: &Exchange<'_>) -> FormVerdict {
    match e.outcome {
        Outcome::ServerFault { internal: true, .. } => FormVerdict::NotApplicable,
        Outcome::ServerFault { status, .. } => deviates(Expectation::StatusBelow500, Observation::Status(*status)),
        _ => FormVerdict::Conforms,
    }
}

fn declared(e: &Exchange<'_>) -> FormVerdict {
    let Outcome::Refused { code, written, .. } = e.outcome else { return FormVerdict::NotApplicable };
    if !addressed(e) {
        return FormVerdict::NotApplicable;
    }
    match code {
        Some(c) if c.declared(e.revision) => FormVerdict::Conforms,
        // Create declared it from the launch on; U-01 asks for it before Update did.
        Some(Code::CustomKeyStoreNameInUseException) => FormVerdict::Conforms,
        Some(Code::UnknownOperationException) => FormVerdict::Conforms,
        Some(c)
            if matches!(
                c.family(),
                CodeFamily::Input | CodeFamily::Authentication | CodeFamily::Throttling | CodeFamily::Size
            ) =>
        {
            FormVerdict::Conforms
        }
        Some(c) => deviates(Expectation::DeclaredCode, Observation::undeclared(c.name())),
        None if too_large(e) => FormVerdict::NotApplicable,
        None => match written {
            Some(w) => deviates(Expectation::DeclaredCode, Observation::undeclared(w)),
            None => FormVerdict::NotApplicable,
        },
    }
}

/// An unusual order has nothing to do with most codes: only escapes and white space are blamed for a code that means
/// that the request cannot be read.
fn form_without_meaning(s: &Situation<'_>) -> Option<Permit> {
    match s.body? {
        b if b.rewritten => Some(Permit::must(INPUT)),
        b if b.reordered => Some(Permit::must(&[]).aspect("the order of members")),
        _ => None,
    }
}

fn characters(s: &Situation<'_>) -> Assessment {
    let Some(body) = s.body else { return Assessment::NotApplicable };
    let Some((member, found)) = body.notable().iter().find(|(_, v)| !v.counts_agree) else {
        return Assessment::NotApplicable;
    };
    match found.length {
        Some(v) => {
            Violation::should(Layer::Constraints, &[Code::ValidationException]).on(*member).aspect(v.name()).into()
        }
        None if found.none() => Permit::should(&[Code::ValidationException]).on(*member).into(),
        None => Assessment::NotApplicable,
    }
}
