//! A word for each expectation and observation, which never changes.

use super::{Expectation, ExpectedField, ExpectedListing, NoAnswer, Observation, ObservedField, ObservedListing};
use crate::code::Code;

impl Expectation {
    /// A stable code without white space, for keys.
    pub fn code(&self) -> String {
        let named = |codes: &[Code]| codes.iter().map(|c| c.name()).collect::<Vec<_>>().join("|");
        match self {
            Expectation::Success => "success".to_owned(),
            Expectation::Errors(codes) => named(codes),
            Expectation::SuccessOr(codes) if codes.is_empty() => "success".to_owned(),
            Expectation::SuccessOr(codes) => format!("success|{}", named(codes)),
            Expectation::Refusal => "refusal".to_owned(),
            Expectation::Answer => "answer".to_owned(),
            Expectation::RecordedError(rule) => format!("recorded-error:{rule}"),
            Expectation::SameError => "same-error".to_owned(),
            Expectation::EarlierError => "earlier-error".to_owned(),
            Expectation::Field(ExpectedField::Value(value)) => word(value),
            Expectation::Field(ExpectedField::New) => "new-value".to_owned(),
            Expectation::Field(ExpectedField::Unchanged) => "unchanged".to_owned(),
            Expectation::Field(ExpectedField::Present) => "present".to_owned(),
            Expectation::Field(ExpectedField::Absent) => "absent".to_owned(),
            Expectation::Status(status) => format!("status:{status}"),
            Expectation::StatusBelow500 => "status-below-500".to_owned(),
            Expectation::RequestId => "request-id".to_owned(),
            Expectation::ContentType => "content-type".to_owned(),
            Expectation::EmptyBody => "empty-body".to_owned(),
            Expectation::CodeInBody => "code-in-body".to_owned(),
            Expectation::OneCode => "one-code".to_owned(),
            Expectation::DeclaredCode => "declared-code".to_owned(),
            Expectation::NoSecret => "no-secret".to_owned(),
            Expectation::NoProxyMessage => "no-proxy-message".to_owned(),
            Expectation::Listing(listing) => match listing {
                ExpectedListing::Page => "page",
                ExpectedListing::Store => "store",
                ExpectedListing::StoreAlone => "store-alone",
                ExpectedListing::NamedStoreAlone => "named-store-alone",
                ExpectedListing::AtMostLimit => "at-most-limit",
                ExpectedListing::NextMarker => "next-marker",
                ExpectedListing::EachStoreOnce => "each-store-once",
                ExpectedListing::PresentValues => "present-values",
                ExpectedListing::NoStoreOfTheName => "no-store-of-the-name",
            }
            .to_owned(),
        }
    }
}

impl Observation {
    /// A stable code without white space: for keys, lists of declared deviations and recordings. It never changes for
    /// one kind of answer, while the text of a report may.
    pub fn code(&self) -> String {
        match self {
            Observation::Success => "success".to_owned(),
            Observation::SuccessWithoutId => "success-without-id".to_owned(),
            Observation::Error(code) => code.name().to_owned(),
            Observation::UnknownError { status, code } => format!("{status}:{}", word(code)),
            Observation::ErrorWithoutCode { status } => format!("{status}"),
            Observation::ServerError { status, body } => format!("{status}:{}-body", body.code()),
            Observation::InternalError { status } => format!("{status}:KMSInternalException"),
            Observation::InternalErrorEachTime => "KMSInternalException-each-time".to_owned(),
            Observation::NotImplemented { status } => format!("{status}:not-implemented"),
            Observation::NoAnswer(NoAnswer::TimedOut) => "no-answer".to_owned(),
            Observation::NoAnswer(NoAnswer::Endless) => "endless-answer".to_owned(),
            Observation::NoAnswer(NoAnswer::NotHttp) => "not-http".to_owned(),
            Observation::NoAnswer(NoAnswer::Compressed) => "compressed-answer".to_owned(),
            Observation::NoAnswer(NoAnswer::Dropped) => "dropped-connection".to_owned(),
            Observation::AnotherError => "another-error".to_owned(),
            Observation::ErrorOf(rule) => format!("error-of:{rule}"),
            Observation::Field(field) => match field {
                ObservedField::Value(value) => word(value),
                ObservedField::Old => "old-value".to_owned(),
                ObservedField::Another => "another-value".to_owned(),
                ObservedField::Changed => "changed".to_owned(),
                ObservedField::Absent => "absent".to_owned(),
                ObservedField::StillThere => "still-there".to_owned(),
                ObservedField::Gone => "gone".to_owned(),
            },
            Observation::Status(status) => format!("status:{status}"),
            Observation::ThrottlingStatus(status) => format!("throttling-status:{status}"),
            Observation::NoRequestId => "no-request-id".to_owned(),
            Observation::ContentType(None) => "no-content-type".to_owned(),
            Observation::ContentType(Some(value)) => format!("content-type:{}", word(value)),
            Observation::FilledBody => "filled-body".to_owned(),
            Observation::BodyWithoutCode(body) => format!("{}-body-without-code", body.code()),
            Observation::CodeInHeaderAlone => "code-in-header-alone".to_owned(),
            Observation::TwoCodes => "two-codes".to_owned(),
            Observation::UndeclaredCode(code) => format!("undeclared:{}", word(code)),
            Observation::Secret => "secret".to_owned(),
            Observation::ProxyMessage => "proxy-message".to_owned(),
            Observation::Listing(listing) => match listing {
                ObservedListing::Unreadable(why) => return format!("unreadable:{}", why.code()),
                ObservedListing::NoStore => "no-store",
                ObservedListing::OthersAsWell => "others-as-well",
                ObservedListing::AnotherStore => "another-store",
                ObservedListing::MoreThanLimit => "more-than-limit",
                ObservedListing::TruncatedWithoutMarker => "truncated-without-marker",
                ObservedListing::SameMarkerAgain => "same-marker-again",
                ObservedListing::StoreMissing => "store-missing",
                ObservedListing::StoreTwice => "store-twice",
                ObservedListing::OtherValue => "other-value",
                ObservedListing::FormerName => "former-name",
                ObservedListing::DeletedStore => "deleted-store",
            }
            .to_owned(),
        }
    }
}

/// The text as one word: white space and control characters become `_`.
fn word(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}
