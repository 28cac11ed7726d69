//! Expected and observed results, as values and never as sentences.
//!
//! A [`Divergence`](crate::model::Divergence) holds one of each. Reports render them as text; nothing reads such a text
//! back. Files that have to name an answer in a word, such as lists of declared deviations, use the stable
//! [`Observation::code`].
//!
//! ```text
//! judge, observe, rules on forms ──► Expectation, Observation ──► Key of a finding ──► record, replay file (JSON)
//!                                                                                 └──► text, at the edge alone
//! ```

mod stable_code;

use serde::{Deserialize, Serialize};

use crate::account::ConnectionState;
use crate::answer::{BodyForm, MalformedAnswer, Outcome};
use crate::code::Code;
use crate::rule::{Codes, RuleId};

/// The result that the contract expects of an answer, or of Describe after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// Success.
    Success,
    /// One of these errors.
    Errors(Vec<Code>),
    /// Success, or one of these errors.
    SuccessOr(Vec<Code>),
    /// Any error.
    Refusal,
    /// Any answer.
    Answer,
    /// The error that this rule's violation had when the order of errors was recorded (P-05).
    RecordedError(#[cfg_attr(feature = "schema", schemars(with = "String"))] RuleId),
    /// The error that the same request got before (P-05).
    SameError,
    /// An error that was returned first in earlier answers (P-05).
    EarlierError,
    /// The value of a field in Describe.
    Field(ExpectedField),
    /// This status.
    Status(u16),
    /// A status below 500 (W-15).
    StatusBelow500,
    /// A header x-amzn-RequestId (W-06).
    RequestId,
    /// The content type of awsJson1.1 (W-24).
    ContentType,
    /// No body, or `{}` (W-02).
    EmptyBody,
    /// The code in the body's `__type` (W-04).
    CodeInBody,
    /// The same code in `__type` and in x-amzn-errortype (W-04).
    OneCode,
    /// A code that the operation declares, or a common one (W-19).
    DeclaredCode,
    /// An answer without a password and without a secret (A-05).
    NoSecret,
    /// An answer without the proxy's errorMessage (X-21).
    NoProxyMessage,
    /// The stores of a whole Describe.
    Listing(ExpectedListing),
}

/// The expected value of a field in Describe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedField {
    /// This value: a connection state, or the type of a store.
    Value(String),
    /// The value that the last operation gave.
    New,
    /// The value that it showed before.
    Unchanged,
    /// Any value.
    Present,
    /// Nothing.
    Absent,
}

/// The expected stores of a whole Describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedListing {
    /// A page of custom key stores (O-08, O-10).
    Page,
    /// The store with the id in the request (O-06).
    Store,
    /// That store and no other (O-06).
    StoreAlone,
    /// The store with the name in the request, and no other (O-07).
    NamedStoreAlone,
    /// At most `Limit` stores (O-08).
    AtMostLimit,
    /// A marker for the next page (O-08).
    NextMarker,
    /// Each store once over all pages (O-08).
    EachStoreOnce,
    /// The store with its present values (O-07, O-08).
    PresentValues,
    /// No store, because none has the name (O-07).
    NoStoreOfTheName,
}

/// The observed result: an answer, its form, or Describe after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// Success.
    Success,
    /// A Create that succeeded and answered no id.
    SuccessWithoutId,
    /// An error with a code that the contract knows.
    Error(Code),
    /// An error with another code, as the target wrote it.
    UnknownError {
        /// The HTTP status.
        status: u16,
        /// The code.
        code: String,
    },
    /// An error below 500 that names no code.
    ErrorWithoutCode {
        /// The HTTP status.
        status: u16,
    },
    /// A 5xx that names no code.
    ServerError {
        /// The HTTP status.
        status: u16,
        /// The form of its body.
        body: BodyForm,
    },
    /// A KMSInternalException with a 5xx, which may pass (W-17).
    InternalError {
        /// The HTTP status.
        status: u16,
    },
    /// A KMSInternalException each time the request was sent.
    InternalErrorEachTime,
    /// An answer that the operation is missing, without a code.
    NotImplemented {
        /// The HTTP status.
        status: u16,
    },
    /// No answer that can be read.
    NoAnswer(NoAnswer),
    /// Another error than the same request got before (P-05).
    AnotherError,
    /// The error of this rule, although that of another was returned first before (P-05).
    ErrorOf(#[cfg_attr(feature = "schema", schemars(with = "String"))] RuleId),
    /// The value of a field in Describe.
    Field(ObservedField),
    /// This status.
    Status(u16),
    /// This status of an answer that throttles.
    ThrottlingStatus(u16),
    /// No header x-amzn-RequestId.
    NoRequestId,
    /// This content type, or none.
    ContentType(Option<String>),
    /// A body with members where none was expected.
    FilledBody,
    /// A body that names no code.
    BodyWithoutCode(BodyForm),
    /// The code in x-amzn-errortype alone.
    CodeInHeaderAlone,
    /// One code in `__type` and another in x-amzn-errortype.
    TwoCodes,
    /// A code that the operation does not declare.
    UndeclaredCode(String),
    /// An answer that shows a password or a secret.
    Secret,
    /// An answer that repeats the proxy's errorMessage.
    ProxyMessage,
    /// The stores of a whole Describe.
    Listing(ObservedListing),
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoAnswer {
    /// None arrived in time.
    TimedOut,
    /// It did not end.
    Endless,
    /// It was not HTTP.
    NotHttp,
    /// It was compressed.
    Compressed,
    /// The connection was closed.
    Dropped,
}

/// The observed value of a field in Describe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObservedField {
    /// This value: a connection state, or the type of a store.
    Value(String),
    /// The value from before the last operation.
    Old,
    /// Neither the value from before nor the one that was given.
    Another,
    /// Another value than before, where nothing was to change.
    Changed,
    /// Nothing.
    Absent,
    /// A store that should be gone.
    StillThere,
    /// No store where there should be one.
    Gone,
}

/// The observed stores of a whole Describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObservedListing {
    /// Success with a body that is not a page of stores.
    Unreadable(MalformedAnswer),
    /// Success with no store.
    NoStore,
    /// The store, with others.
    OthersAsWell,
    /// One store, and not the one in the request.
    AnotherStore,
    /// More stores than `Limit`.
    MoreThanLimit,
    /// `Truncated` without `NextMarker`.
    TruncatedWithoutMarker,
    /// The marker that the request had.
    SameMarkerAgain,
    /// Pages of which one store is missing.
    StoreMissing,
    /// Pages that show one store twice.
    StoreTwice,
    /// The store with another value than Describe by its id shows.
    OtherValue,
    /// A store that had the name in the request before.
    FormerName,
    /// A store that was deleted.
    DeletedStore,
}

/// Longest text of a target that an observation keeps, in characters.
const TEXT: usize = 120;

impl Expectation {
    /// The codes that name a fault, or any error.
    pub fn of(codes: Codes) -> Expectation {
        match codes {
            Codes::Named(list) => Expectation::Errors(list.to_vec()),
            Codes::AnyOf(_) => Expectation::Refusal,
        }
    }

    /// Returns true if one of the two allows all that the other allows: both expect errors and the codes of one are
    /// among the codes of the other, or they are equal.
    pub fn is_comparable(&self, other: &Expectation) -> bool {
        let within = |few: &[Code], many: &[Code]| few.iter().all(|code| many.contains(code));
        match (self, other) {
            (Expectation::Errors(a), Expectation::Errors(b)) => within(a, b) || within(b, a),
            (Expectation::SuccessOr(_), Expectation::Success) | (Expectation::Success, Expectation::SuccessOr(_)) => {
                true
            }
            (Expectation::SuccessOr(many), Expectation::Errors(few) | Expectation::SuccessOr(few))
            | (Expectation::Errors(few), Expectation::SuccessOr(many)) => within(few, many),
            (a, b) => a == b,
        }
    }

    /// The part that is the text of a target, if there is one.
    pub fn text_mut(&mut self) -> Option<&mut String> {
        match self {
            Expectation::Field(ExpectedField::Value(text)) => Some(text),
            _ => None,
        }
    }
}

impl Observation {
    /// A code that the operation does not declare.
    pub fn undeclared(code: &str) -> Observation {
        Observation::UndeclaredCode(beginning(code))
    }

    /// A content type, or none.
    pub fn content_type(value: Option<&str>) -> Observation {
        Observation::ContentType(value.map(beginning))
    }

    /// Returns true if it is a success.
    pub fn is_success(&self) -> bool {
        *self == Observation::Success
    }

    /// The connection state that Describe showed.
    pub fn connection_state(&self) -> Option<ConnectionState> {
        match self {
            Observation::Field(ObservedField::Value(value)) => ConnectionState::from_name(value),
            _ => None,
        }
    }

    /// The part that is the text of a target, if there is one.
    pub fn text_mut(&mut self) -> Option<&mut String> {
        match self {
            Observation::UnknownError { code: text, .. }
            | Observation::Field(ObservedField::Value(text))
            | Observation::ContentType(Some(text))
            | Observation::UndeclaredCode(text) => Some(text),
            _ => None,
        }
    }
}

impl From<Code> for Expectation {
    fn from(code: Code) -> Expectation {
        Expectation::Errors(vec![code])
    }
}

impl From<ExpectedListing> for Expectation {
    fn from(listing: ExpectedListing) -> Expectation {
        Expectation::Listing(listing)
    }
}

impl From<ObservedListing> for Observation {
    fn from(listing: ObservedListing) -> Observation {
        Observation::Listing(listing)
    }
}

impl From<&Outcome> for Observation {
    fn from(outcome: &Outcome) -> Observation {
        match outcome {
            Outcome::Success => Observation::Success,
            Outcome::Refused { code: Some(code), .. } => Observation::Error(*code),
            Outcome::ServerFault { status, internal: true, .. } => Observation::InternalError { status: *status },
            Outcome::Refused { status, written: Some(code), .. }
            | Outcome::ServerFault { status, written: Some(code), .. }
            | Outcome::NotImplemented { status, written: Some(code) } => {
                Observation::UnknownError { status: *status, code: code.clone() }
            }
            Outcome::Refused { status, .. } => Observation::ErrorWithoutCode { status: *status },
            Outcome::ServerFault { status, body, .. } => Observation::ServerError { status: *status, body: *body },
            Outcome::NotImplemented { status, .. } => Observation::NotImplemented { status: *status },
        }
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations() -> Vec<Observation> {
        use Observation::*;
        let bodies = [BodyForm::Empty, BodyForm::Json, BodyForm::Html, BodyForm::Text];
        let mut all = vec![
            Success,
            SuccessWithoutId,
            Error(Code::ValidationException),
            UnknownError { status: 404, code: "Not Found".into() },
            ErrorWithoutCode { status: 404 },
            InternalError { status: 500 },
            InternalErrorEachTime,
            NotImplemented { status: 501 },
            AnotherError,
            ErrorOf(crate::rules::ids::P_01),
            Status(404),
            ThrottlingStatus(503),
            NoRequestId,
            ContentType(None),
            ContentType(Some("text/html; charset=utf-8".into())),
            FilledBody,
            CodeInHeaderAlone,
            TwoCodes,
            UndeclaredCode("Odd".into()),
            Secret,
            ProxyMessage,
        ];
        all.extend(bodies.map(|body| ServerError { status: 500, body }));
        all.extend(bodies.map(BodyWithoutCode));
        all.extend(
            [
                self::NoAnswer::TimedOut,
                self::NoAnswer::Endless,
                self::NoAnswer::NotHttp,
                self::NoAnswer::Compressed,
                self::NoAnswer::Dropped,
            ]
            .map(NoAnswer),
        );
        all.extend(
            [
                ObservedField::Value("CONNECTED".into()),
                ObservedField::Old,
                ObservedField::Another,
                ObservedField::Changed,
                ObservedField::Absent,
                ObservedField::StillThere,
                ObservedField::Gone,
            ]
            .map(Field),
        );
        all.extend(MalformedAnswer::ALL.iter().map(|why| Listing(ObservedListing::Unreadable(*why))));
        all
    }

    #[test]
    fn a_code_is_one_word_and_names_one_observation() {
        let all = observations();
        let codes: std::collections::BTreeSet<String> = all.iter().map(Observation::code).collect();
        assert_eq!(codes.len(), all.len(), "{codes:?}");
        assert!(codes.iter().all(|code| !code.contains(char::is_whitespace)), "{codes:?}");
    }

    #[test]
    fn what_is_written_is_read() {
        for observed in observations() {
            let text = serde_json::to_string(&observed).unwrap();
            assert_eq!(serde_json::from_str::<Observation>(&text).unwrap(), observed, "{text}");
        }
        let expected = Expectation::RecordedError(crate::rules::ids::P_01);
        let text = serde_json::to_string(&expected).unwrap();
        assert_eq!(serde_json::from_str::<Expectation>(&text).unwrap(), expected);
        assert!(serde_json::from_str::<Expectation>(&text.replace("P-01", "P-99")).is_err());
    }

    #[test]
    fn expectations_are_comparable_where_one_allows_what_the_other_does() {
        use Expectation::*;
        let (one, other) = (Code::ValidationException, Code::SerializationException);
        assert!(Errors(vec![one, other]).is_comparable(&Errors(vec![other])));
        assert!(Errors(vec![other]).is_comparable(&Errors(vec![one, other])));
        assert!(SuccessOr(vec![one]).is_comparable(&Success));
        assert!(!Errors(vec![one]).is_comparable(&Errors(vec![other])));
        assert!(!Errors(vec![one]).is_comparable(&Success) && !Refusal.is_comparable(&Errors(vec![one])));
    }
}
