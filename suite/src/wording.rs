//! The one place where expectations and observations become text: for reports, the terminal, scripts, recordings and
//! messages. Nothing reads this text back; logic looks at the values themselves, and files that must not change name
//! an answer by [`Observation::code`].

use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::aspect::Aspect;
use ucks_oracle::code::Code;
use ucks_oracle::expectation::{
    Expectation, ExpectedField, ExpectedListing, NoAnswer, Observation, ObservedField, ObservedListing,
};
use ucks_oracle::rules::ids;

use crate::replay::Key;

/// Renders what was expected, as in "expected: …".
pub fn expected(expected: &Expectation) -> String {
    match expected {
        Expectation::Success => "success".to_owned(),
        Expectation::Errors(codes) => alternatives(codes.iter().copied().map(Code::name)),
        Expectation::SuccessOr(codes) => {
            alternatives(std::iter::once("success").chain(codes.iter().copied().map(Code::name)))
        }
        Expectation::Refusal => "any error".to_owned(),
        Expectation::Answer => "an answer".to_owned(),
        Expectation::RecordedError(rule) => format!("the error of {rule}, as recorded"),
        Expectation::SameError => "the same error each time".to_owned(),
        Expectation::EarlierError => "an error that was returned first in earlier answers".to_owned(),
        Expectation::Field(field) => match field {
            ExpectedField::Value(value) => value.clone(),
            ExpectedField::New => "the new value".to_owned(),
            ExpectedField::Unchanged => "unchanged".to_owned(),
            ExpectedField::Present => "present".to_owned(),
            ExpectedField::Absent => "absent".to_owned(),
        },
        Expectation::Status(status) => format!("status {status}"),
        Expectation::StatusBelow500 => "a status below 500".to_owned(),
        Expectation::RequestId => "an x-amzn-RequestId header".to_owned(),
        Expectation::ContentType => "Content-Type application/x-amz-json-1.1".to_owned(),
        Expectation::EmptyBody => "an empty body or {}".to_owned(),
        Expectation::CodeInBody => "the code in the body's `__type`".to_owned(),
        Expectation::OneCode => "the same code in `__type` and x-amzn-errortype".to_owned(),
        Expectation::DeclaredCode => "a declared code".to_owned(),
        Expectation::NoSecret => "no password and no secret".to_owned(),
        Expectation::NoProxyMessage => "a text without the proxy's errorMessage".to_owned(),
        Expectation::Listing(listing) => match listing {
            ExpectedListing::Page => "a page of custom key stores",
            ExpectedListing::Store => "the requested store",
            ExpectedListing::StoreAlone => "the requested store alone",
            ExpectedListing::NamedStoreAlone => "the store of that name alone",
            ExpectedListing::AtMostLimit => "at most Limit stores",
            ExpectedListing::NextMarker => "a marker for the next page",
            ExpectedListing::EachStoreOnce => "each store once",
            ExpectedListing::PresentValues => "the present value",
            ExpectedListing::NoStoreOfTheName => "no store, as none has the name",
        }
        .to_owned(),
    }
}

/// Renders what was observed, as in "actual: …".
pub fn observed(observed: &Observation) -> String {
    match observed {
        Observation::Success => "success".to_owned(),
        Observation::SuccessWithoutId => "success without an id".to_owned(),
        Observation::Error(code) => code.name().to_owned(),
        Observation::UnknownError { status, code } => format!("{code} ({status})"),
        Observation::ErrorWithoutCode { status } => format!("{status} without a code"),
        Observation::ServerError { status, body } => format!("{status} with {}", body_form(*body)),
        Observation::InternalError { status } => format!("{} ({status})", Code::KMSInternalException),
        Observation::InternalErrorEachTime => format!("{} each time", Code::KMSInternalException),
        Observation::NotImplemented { status } => format!("not implemented ({status})"),
        Observation::NoAnswer(NoAnswer::TimedOut) => "no answer".to_owned(),
        Observation::NoAnswer(NoAnswer::Endless) => "an endless answer".to_owned(),
        Observation::NoAnswer(NoAnswer::NotHttp) => "an answer that is not HTTP".to_owned(),
        Observation::NoAnswer(NoAnswer::Compressed) => "a compressed answer".to_owned(),
        Observation::NoAnswer(NoAnswer::Dropped) => "a dropped connection".to_owned(),
        Observation::AnotherError => "another error than before".to_owned(),
        Observation::ErrorOf(rule) => format!("the error of {rule}"),
        Observation::Field(field) => match field {
            ObservedField::Value(value) => value.clone(),
            ObservedField::Old => "the old value".to_owned(),
            ObservedField::Another => "another value".to_owned(),
            ObservedField::Changed => "changed".to_owned(),
            ObservedField::Absent => "absent".to_owned(),
            ObservedField::StillThere => "still present".to_owned(),
            ObservedField::Gone => "gone".to_owned(),
        },
        Observation::Status(status) => format!("status {status}"),
        Observation::ThrottlingStatus(status) => format!("status {status} for throttling"),
        Observation::NoRequestId => "no x-amzn-RequestId header".to_owned(),
        Observation::ContentType(Some(value)) => format!("Content-Type {value}"),
        Observation::ContentType(None) => "no Content-Type header".to_owned(),
        Observation::FilledBody => "a body with content".to_owned(),
        Observation::BodyWithoutCode(BodyForm::Empty) => body_form(BodyForm::Empty).to_owned(),
        Observation::BodyWithoutCode(body) => format!("{} without a code", body_form(*body)),
        Observation::CodeInHeaderAlone => "the code in x-amzn-errortype alone".to_owned(),
        Observation::TwoCodes => "two different codes".to_owned(),
        Observation::UndeclaredCode(code) => code.clone(),
        Observation::Secret => "a password or secret".to_owned(),
        Observation::ProxyMessage => "the proxy's errorMessage".to_owned(),
        Observation::Listing(listing) => match listing {
            ObservedListing::Unreadable(why) => return format!("an unreadable body: {why}"),
            ObservedListing::NoStore => "no store",
            ObservedListing::OthersAsWell => "other stores as well",
            ObservedListing::AnotherStore => "another store",
            ObservedListing::MoreThanLimit => "more stores than Limit",
            ObservedListing::TruncatedWithoutMarker => "Truncated without NextMarker",
            ObservedListing::SameMarkerAgain => "the same NextMarker again",
            ObservedListing::StoreMissing => "one store missing",
            ObservedListing::StoreTwice => "one store twice",
            ObservedListing::OtherValue => "another value",
            ObservedListing::FormerName => "the store that had the name before",
            ObservedListing::DeletedStore => "a deleted store",
        }
        .to_owned(),
    }
}

/// Renders an outcome as what was observed.
pub fn outcome(outcome: &Outcome) -> String {
    observed(&outcome.into())
}

/// Renders what is wrong, in one plain sentence without a full stop.
pub fn sentence(key: &Key) -> String {
    match &key.got {
        Observation::Field(field) => effect(key, field),
        _ if key.aspect == Aspect::FORM => form(key),
        _ => answer(key),
    }
}

/// Renders what is wrong without the operation, as recordings hold it: the subject, and both sides.
pub fn deviation(member: Option<&str>, aspect: Aspect, got: &Observation, wanted: &Expectation) -> String {
    let aspect = Some(aspect).filter(|a| !a.is_whole() && *a != Aspect::FORM).map(Aspect::name);
    let about = member.into_iter().chain(aspect).collect::<Vec<_>>().join(", ");
    let about = if about.is_empty() { about } else { format!("({about}) ") };
    format!("{about}{}; expected {}", observed(got), expected(wanted))
}

/// The store in question: " on an EXTERNAL_KEY_STORE store in state CONNECTED".
fn place(key: &Key) -> String {
    match (&key.store_type, &key.state) {
        (Some(kind), Some(state)) => format!(" on an {kind} store in state {state}"),
        (Some(kind), None) => format!(" on an {kind} store"),
        _ => String::new(),
    }
}

/// The part of the request that it is about, if it is about one.
fn subject(key: &Key) -> Option<String> {
    let aspect =
        [Aspect::WHOLE, Aspect::EFFECT, Aspect::FORM, Aspect::WRONG_CODE].iter().all(|known| key.aspect != *known);
    let aspect = aspect.then_some(key.aspect.as_str());
    match (&key.member, aspect) {
        (Some(member), Some(aspect)) => Some(format!("{member} ({aspect})")),
        (Some(member), None) => Some(member.clone()),
        (None, Some(aspect)) => Some(format!("the request ({aspect})")),
        (None, None) => None,
    }
}

fn answer(key: &Key) -> String {
    let (operation, place, wanted) = (&key.operation, place(key), expected(&key.expected));
    let order = [ids::P_02, ids::P_03, ids::P_04].iter().any(|id| id.0 == key.rule);
    let about = subject(key).filter(|_| !order);
    let of = about.as_ref().map_or_else(String::new, |about| format!(" for {about}"));
    match &key.got {
        Observation::Success => match about {
            Some(about) => format!("{operation} accepted {about}{place}; expected {wanted}"),
            None => format!("{operation} succeeded{place}; expected {wanted}"),
        },
        // A later check was reported first: the aspect is its layer.
        got if order => {
            format!("{operation} returned {}, an error of {}{place}; expected {wanted}", observed(got), key.aspect)
        }
        got @ (Observation::Error(_) | Observation::UnknownError { .. } | Observation::ErrorWithoutCode { .. })
            if key.expected == Expectation::Success =>
        {
            match about {
                Some(about) => format!("{operation} refused {about}{place} with {}; expected success", observed(got)),
                None => format!("{operation} returned {}{place}; expected success", observed(got)),
            }
        }
        Observation::NoAnswer(NoAnswer::TimedOut) => {
            format!("{operation} did not answer{of}{place}; expected {wanted}")
        }
        Observation::NoAnswer(NoAnswer::Dropped) => {
            format!("{operation} dropped the connection{of}{place}; expected {wanted}")
        }
        Observation::Listing(ObservedListing::MoreThanLimit) => format!("{operation} returned more stores than Limit"),
        got => format!("{operation} returned {}{of}{place}; expected {wanted}", observed(got)),
    }
}

fn effect(key: &Key, got: &ObservedField) -> String {
    let field = key.member.as_deref().unwrap_or("the store");
    let shown = match got {
        ObservedField::Value(value) => format!("showed {field} {value}"),
        ObservedField::Old => format!("showed the old {field}"),
        ObservedField::Another => format!("showed another {field}"),
        ObservedField::Changed => format!("showed a changed {field}"),
        ObservedField::Absent => format!("showed no {field}"),
        ObservedField::StillThere => "still showed the store".to_owned(),
        ObservedField::Gone => "did not show the store".to_owned(),
    };
    let wanted = match &key.expected {
        Expectation::Field(ExpectedField::Unchanged) => "it unchanged".to_owned(),
        Expectation::Field(ExpectedField::Present) => "it to be present".to_owned(),
        Expectation::Field(ExpectedField::Absent) => "none".to_owned(),
        wanted => expected(wanted),
    };
    format!("after {}{}, DescribeCustomKeyStores {shown}; expected {wanted}", key.operation, place(key))
}

fn form(key: &Key) -> String {
    let response = format!("the {} response{}", key.operation, place(key));
    match &key.got {
        Observation::NoRequestId => format!("{response} has no x-amzn-RequestId header"),
        Observation::Secret => {
            format!("{response} shows {}", key.member.as_deref().unwrap_or("a password or secret of the request"))
        }
        Observation::ProxyMessage => format!("{response} repeats the proxy's errorMessage"),
        Observation::UndeclaredCode(code) => format!("{response} has the code {code}; expected a declared code"),
        got => format!("{response} has {}; expected {}", observed(got), expected(&key.expected)),
    }
}

fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" or ")
}

fn body_form(form: BodyForm) -> &'static str {
    match form {
        BodyForm::Empty => "an empty body",
        BodyForm::Json => "a JSON body",
        BodyForm::Html => "an HTML page",
        BodyForm::Text => "a text body",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use ucks_oracle::answer::MalformedAnswer;

    use super::*;

    fn key(rule: &str, member: Option<&str>, aspect: &str, expected: Expectation, got: Observation) -> Key {
        Key {
            rule: rule.to_owned(),
            fails: true,
            operation: "UpdateCustomKeyStore".to_owned(),
            store_type: None,
            state: None,
            member: member.map(str::to_owned),
            aspect: aspect.to_owned(),
            expected,
            got,
        }
    }

    fn errors(codes: &[Code]) -> Expectation {
        Expectation::Errors(codes.to_vec())
    }

    const VALIDATION: Code = Code::ValidationException;
    const PATH: Option<&str> = Some("XksProxyUriPath");

    #[rstest]
    #[case::accepted(
        key("W-08", PATH, "", errors(&[Code::SerializationException]), Observation::Success),
        "UpdateCustomKeyStore accepted XksProxyUriPath; expected SerializationException"
    )]
    #[case::refused(
        key("S-08", PATH, "longest", Expectation::Success, Observation::Error(VALIDATION)),
        "UpdateCustomKeyStore refused XksProxyUriPath (longest) with ValidationException; expected success"
    )]
    #[case::order(
        key(
            "P-02",
            None,
            "state",
            errors(&[VALIDATION]),
            Observation::Error(Code::CustomKeyStoreInvalidStateException),
        ),
        "UpdateCustomKeyStore returned CustomKeyStoreInvalidStateException, an error of state; expected \
            ValidationException"
    )]
    #[case::header(
        key("W-06", None, Aspect::FORM.name(), Expectation::RequestId, Observation::NoRequestId),
        "the UpdateCustomKeyStore response has no x-amzn-RequestId header"
    )]
    #[case::limit(
        key(
            "O-08",
            None,
            "",
            Expectation::Listing(ExpectedListing::AtMostLimit),
            Observation::Listing(ObservedListing::MoreThanLimit)
        ),
        "UpdateCustomKeyStore returned more stores than Limit"
    )]
    #[case::unreadable(
        key(
            "O-10",
            None,
            "",
            Expectation::Listing(ExpectedListing::Page),
            Observation::Listing(ObservedListing::Unreadable(MalformedAnswer::NoStores))
        ),
        "UpdateCustomKeyStore returned an unreadable body: the body has no `CustomKeyStores`; expected a page of \
            custom key stores"
    )]
    #[case::not_stored(
        key("A-01", PATH, Aspect::EFFECT.name(), Expectation::Field(ExpectedField::New), Observation::Field(ObservedField::Old)),
        "after UpdateCustomKeyStore, DescribeCustomKeyStores showed the old XksProxyUriPath; expected the new value"
    )]
    #[case::dropped(
        key("W-15", None, "cut off", errors(&[Code::SerializationException]), Observation::NoAnswer(NoAnswer::Dropped)),
        "UpdateCustomKeyStore dropped the connection for the request (cut off); expected SerializationException"
    )]
    fn sentences(#[case] key: Key, #[case] text: &str) {
        assert_eq!(sentence(&key), text);
    }

    #[test]
    fn a_sentence_names_the_store() {
        let gate = Key {
            store_type: Some("EXTERNAL_KEY_STORE".to_owned()),
            state: Some("CONNECTED".to_owned()),
            ..key("G-14", PATH, "", errors(&[Code::CustomKeyStoreInvalidStateException]), Observation::Success)
        };
        assert_eq!(
            sentence(&gate),
            "UpdateCustomKeyStore accepted XksProxyUriPath on an EXTERNAL_KEY_STORE store in state CONNECTED; \
                expected CustomKeyStoreInvalidStateException"
        );
    }
}
