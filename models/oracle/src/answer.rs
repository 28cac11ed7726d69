//! The bounded decoder of a target's answers.
//!
//! A target is hostile until proven otherwise: nothing here panics, recurses or keeps more than
//! the answer itself holds, and every bound on size is the caller's, who reads the answer.

use memchr::{memchr, memmem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::code::{Code, CodeFamily};
use crate::json_text;
use crate::members::StoreType;
use crate::wire::Answer;

/// The target's answer to an update, or to a companion operation without content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// HTTP 2xx.
    Success,
    /// Any other status below 500, with the code that the reference clients would read.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code, where it is one that the contract knows.
        code: Option<Code>,
        /// The code as the target wrote it, cut to 80 characters.
        written: Option<String>,
    },
    /// HTTP 5xx, unless the answer shows that the operation is missing.
    ServerFault {
        /// The HTTP status.
        status: u16,
        /// True if the code is KMSInternalException, which the contract lets pass (W-17).
        internal: bool,
        /// The code as the target wrote it, cut to 80 characters.
        written: Option<String>,
        /// The form of the body, which distinguishes crashes that name no code.
        body: BodyForm,
    },
    /// The target shows, in one of many forms, that it does not have the operation.
    NotImplemented {
        /// The HTTP status.
        status: u16,
        /// The code as written, if there is one.
        written: Option<String>,
    },
}

/// The form of an error's body, as far as it distinguishes one kind of failure from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BodyForm {
    /// No body.
    #[default]
    Empty,
    /// A JSON object.
    Json,
    /// An HTML page.
    Html,
    /// Anything else.
    Text,
}

impl BodyForm {
    /// The form of `answer`'s body. A page counts as HTML by its content type or by its first bytes.
    pub fn of(answer: &Answer) -> BodyForm {
        let start = answer.body.trim_ascii_start();
        let begins = |with: &[u8]| start.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
        let html = answer.header("content-type").is_some_and(|t| t.trim_start().starts_with("text/html"));
        if start.is_empty() {
            BodyForm::Empty
        } else if html || begins(b"<!doctype") || begins(b"<html") {
            BodyForm::Html
        } else if start.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok() {
            BodyForm::Json
        } else {
            BodyForm::Text
        }
    }

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            BodyForm::Empty => "empty",
            BodyForm::Json => "json",
            BodyForm::Html => "html",
            BodyForm::Text => "text",
        }
    }
}

/// Longest code or text taken from an answer.
const TEXT: usize = 80;

impl Outcome {
    /// Reads an answer of which nobody knows yet whether the target has the operation: an answer in one of the forms
    /// in which services report a missing operation is [`Outcome::NotImplemented`].
    pub fn read(answer: &Answer) -> Outcome {
        let written = written_code(answer).or_else(|| header_code(answer));
        let code = written.as_deref().and_then(Code::from_name);
        if !(200..=299).contains(&answer.status) && says_not_implemented(answer.status, code, answer) {
            return Outcome::NotImplemented { status: answer.status, written };
        }
        Outcome::classify(answer, code, written)
    }

    /// Reads an answer of an operation that the target is known to have: none of its answers means "not implemented",
    /// so that a crash cannot pass for a missing operation (W-15).
    pub fn read_served(answer: &Answer) -> Outcome {
        let written = written_code(answer).or_else(|| header_code(answer));
        let code = written.as_deref().and_then(Code::from_name);
        Outcome::classify(answer, code, written)
    }

    fn classify(answer: &Answer, code: Option<Code>, written: Option<String>) -> Outcome {
        let throttled = code.is_some_and(|c| c.family() == CodeFamily::Throttling);
        match answer.status {
            // An error in the clothes of a success (W-03).
            status @ 200..=299 if code.is_some() => Outcome::Refused { status, code, written },
            200..=299 => Outcome::Success,
            // Some services throttle with 503: the code decides, the status is a fault of form (D-05).
            status @ 500.. if throttled => Outcome::Refused { status, code, written },
            status @ 500.. => Outcome::ServerFault {
                status,
                internal: code == Some(Code::KMSInternalException),
                written,
                body: BodyForm::of(answer),
            },
            status => Outcome::Refused { status, code, written },
        }
    }

    /// An update without an answer: it may have been applied or not.
    pub fn unanswered() -> Outcome {
        Outcome::ServerFault { status: 0, internal: false, written: None, body: BodyForm::Empty }
    }

    /// Returns true if the answer refuses a large body, in one of the forms that the contract leaves to a service
    /// (W-15).
    pub fn refuses_size(&self) -> bool {
        match self {
            Outcome::Refused { status: 413, .. } => true,
            Outcome::Refused { code: Some(code), .. } => {
                code.family() == CodeFamily::Size || *code == Code::SerializationException
            }
            _ => false,
        }
    }

    /// The code of a refusal, where the contract knows it.
    pub fn code(&self) -> Option<Code> {
        match self {
            Outcome::Refused { code, .. } => *code,
            Outcome::ServerFault { internal: true, .. } => Some(Code::KMSInternalException),
            _ => None,
        }
    }

    /// Returns true if the target should be asked again after a pause.
    pub fn is_throttled(&self) -> bool {
        self.code().is_some_and(|c| c.family() == CodeFamily::Throttling)
            || matches!(self, Outcome::Refused { status: 429, code: None, .. })
    }
}

/// The forms in which services report a missing operation: the dispatch codes, 501, a 5xx that
/// is a web page, and messages about implementation. A hint and no proof: a crash may have the same form, so only
/// the probe asks for it.
fn says_not_implemented(status: u16, code: Option<Code>, answer: &Answer) -> bool {
    if code.is_some_and(|c| c.family() == CodeFamily::Dispatch) || status == 501 {
        return true;
    }
    let html = answer.header("content-type").is_some_and(|t| t.starts_with("text/html"));
    let text = String::from_utf8_lossy(answer.body.get(..4096).unwrap_or(&answer.body)).to_ascii_lowercase();
    status >= 500
        && (text.contains("not implemented")
            || text.contains("notimplemented")
            || text.contains("not been implemented")
            || (html && answer.header("x-amzn-requestid").is_none()))
}

/// The code as the reference clients read it: `__type` of the body, namespace and tail cut (W-04).
pub fn written_code(answer: &Answer) -> Option<String> {
    // Most answers do not have it: without an escape no name but this one reads so.
    if memmem::find(&answer.body, b"__type").is_none() && memchr(b'\\', &answer.body).is_none() {
        return None;
    }
    let body: Map<String, Value> = json_text::from_slice(&answer.body).ok()?;
    Some(bare(body.get("__type")?.as_str()?))
}

/// The code of the header `x-amzn-errortype`.
pub fn header_code(answer: &Answer) -> Option<String> {
    answer.header("x-amzn-errortype").map(bare)
}

fn bare(written: &str) -> String {
    let after = written.rsplit_once('#').map_or(written, |(_, name)| name);
    let bare = after.split_once(':').map_or(after, |(name, _)| name);
    bare.trim().chars().take(TEXT).collect()
}

/// A store as Describe shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribedStore {
    /// `CustomKeyStoreId`.
    pub id: String,
    /// `CustomKeyStoreName`.
    pub name: Option<String>,
    /// `CustomKeyStoreType`.
    pub store_type: Option<StoreType>,
    /// `ConnectionState` as written.
    pub state: Option<String>,
    /// `ConnectionErrorCode`.
    pub error: Option<String>,
    /// `CreationDate` as written.
    pub created: Option<String>,
    /// `CloudHsmClusterId`.
    pub cluster: Option<String>,
    /// `TrustAnchorCertificate`.
    pub trust_anchor: Option<String>,
    /// True if there is an `XksProxyConfiguration`.
    pub has_proxy: bool,
    /// `XksProxyConfiguration.Connectivity`.
    pub connectivity: Option<String>,
    /// `XksProxyConfiguration.AccessKeyId`.
    pub access_key_id: Option<String>,
    /// `XksProxyConfiguration.UriEndpoint`.
    pub endpoint: Option<String>,
    /// `XksProxyConfiguration.UriPath`.
    pub path: Option<String>,
    /// `XksProxyConfiguration.VpcEndpointServiceName`.
    pub service: Option<String>,
    /// `XksProxyConfiguration.VpcEndpointServiceOwner`.
    pub owner: Option<String>,
}

/// One page of Describe's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The stores on the page, at most as many as the caller allows.
    pub stores: Vec<DescribedStore>,
    /// True if the page announces more.
    pub truncated: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why an answer is not a page of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MalformedAnswer {
    /// The body is not a JSON object with a page's members.
    Body,
    /// There is no `CustomKeyStores`.
    NoStores,
    /// `Truncated` is not a boolean.
    Truncated,
    /// `NextMarker` is not a string.
    NextMarker,
    /// A store is not an object.
    Store,
    /// A store has no `CustomKeyStoreId`.
    NoId,
    /// A member of a store is not a string.
    Member,
    /// `XksProxyConfiguration` is not an object.
    Proxy,
    /// `CustomKeyStoreType` has another value than the two of its enum.
    Type,
    /// `CreationDate` is not a number.
    Created,
}

impl MalformedAnswer {
    /// Every reason.
    pub const ALL: &'static [MalformedAnswer] = &[
        MalformedAnswer::Body,
        MalformedAnswer::NoStores,
        MalformedAnswer::Truncated,
        MalformedAnswer::NextMarker,
        MalformedAnswer::Store,
        MalformedAnswer::NoId,
        MalformedAnswer::Member,
        MalformedAnswer::Proxy,
        MalformedAnswer::Type,
        MalformedAnswer::Created,
    ];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            MalformedAnswer::Body => "body",
            MalformedAnswer::NoStores => "no-stores",
            MalformedAnswer::Truncated => "truncated",
            MalformedAnswer::NextMarker => "next-marker",
            MalformedAnswer::Store => "store",
            MalformedAnswer::NoId => "no-id",
            MalformedAnswer::Member => "member",
            MalformedAnswer::Proxy => "proxy",
            MalformedAnswer::Type => "type",
            MalformedAnswer::Created => "created",
        }
    }
}

impl std::fmt::Display for MalformedAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MalformedAnswer::Body => "the body is not a page of custom key stores",
            MalformedAnswer::NoStores => "the body has no `CustomKeyStores`",
            MalformedAnswer::Truncated => "`Truncated` is not a boolean",
            MalformedAnswer::NextMarker => "`NextMarker` is not a string",
            MalformedAnswer::Store => "a custom key store is not an object",
            MalformedAnswer::NoId => "a custom key store has no `CustomKeyStoreId`",
            MalformedAnswer::Member => "a member of a custom key store is not a string",
            MalformedAnswer::Proxy => "`XksProxyConfiguration` is not an object",
            MalformedAnswer::Type => "`CustomKeyStoreType` is not a value of its enum",
            MalformedAnswer::Created => "`CreationDate` is not a number",
        })
    }
}

impl std::error::Error for MalformedAnswer {}

#[derive(Deserialize)]
struct WirePage {
    #[serde(rename = "CustomKeyStores", default)]
    stores: Option<Vec<Value>>,
    #[serde(rename = "NextMarker", default)]
    next: Option<Value>,
    #[serde(rename = "Truncated", default)]
    truncated: Option<Value>,
}

/// Reads a page of Describe, taking `most` stores at the most.
///
/// # Errors
/// [`MalformedAnswer`] where the body is not what Describe answers, in one clause.
pub fn page(answer: &Answer, most: usize) -> Result<Page, MalformedAnswer> {
    let wire: WirePage = json_text::from_slice(&answer.body).map_err(|_| MalformedAnswer::Body)?;
    let stores = wire.stores.ok_or(MalformedAnswer::NoStores)?;
    let stores = stores.iter().take(most).map(seen).collect::<Result<Vec<_>, _>>()?;
    let truncated = match wire.truncated {
        None | Some(Value::Null) => false,
        Some(Value::Bool(b)) => b,
        Some(_) => return Err(MalformedAnswer::Truncated),
    };
    let next = match wire.next {
        Some(Value::String(marker)) if truncated => Some(marker),
        Some(Value::String(_) | Value::Null) | None => None,
        Some(_) => return Err(MalformedAnswer::NextMarker),
    };
    Ok(Page { stores, truncated, next })
}

/// The id in Create's answer.
pub fn created_id(answer: &Answer) -> Option<String> {
    let body: Map<String, Value> = json_text::from_slice(&answer.body).ok()?;
    body.get("CustomKeyStoreId")?.as_str().map(str::to_owned)
}

fn seen(value: &Value) -> Result<DescribedStore, MalformedAnswer> {
    let object = value.as_object().ok_or(MalformedAnswer::Store)?;
    let text = |from: &Map<String, Value>, name: &str| match from.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) => Ok(Some(s.clone())),
        Some(_) => Err(MalformedAnswer::Member),
    };
    let none = Map::new();
    let proxy = match object.get("XksProxyConfiguration") {
        None | Some(Value::Null) => None,
        Some(Value::Object(o)) => Some(o),
        Some(_) => return Err(MalformedAnswer::Proxy),
    };
    let inner = proxy.unwrap_or(&none);
    let store_type = match text(object, "CustomKeyStoreType")?.as_deref() {
        Some("AWS_CLOUDHSM") => Some(StoreType::CloudHsm),
        Some("EXTERNAL_KEY_STORE") => Some(StoreType::Xks),
        Some(_) => return Err(MalformedAnswer::Type),
        None => None,
    };
    Ok(DescribedStore {
        id: text(object, "CustomKeyStoreId")?.ok_or(MalformedAnswer::NoId)?,
        name: text(object, "CustomKeyStoreName")?,
        store_type,
        state: text(object, "ConnectionState")?,
        error: text(object, "ConnectionErrorCode")?.filter(|e| !e.is_empty()),
        created: match object.get("CreationDate") {
            None | Some(Value::Null) => None,
            Some(Value::Number(n)) => Some(n.to_string()),
            Some(Value::String(s)) => Some(s.chars().take(TEXT).collect()),
            Some(_) => return Err(MalformedAnswer::Created),
        },
        cluster: text(object, "CloudHsmClusterId")?,
        trust_anchor: text(object, "TrustAnchorCertificate")?,
        // An object without content does not count.
        has_proxy: inner.values().any(|v| !v.is_null() && v.as_str() != Some("")),
        connectivity: text(inner, "Connectivity")?,
        access_key_id: text(inner, "AccessKeyId")?,
        endpoint: text(inner, "UriEndpoint")?,
        path: text(inner, "UriPath")?,
        // No service has an empty name: to show one is to show none (S-16).
        service: text(inner, "VpcEndpointServiceName")?.filter(|s| !s.is_empty()),
        owner: text(inner, "VpcEndpointServiceOwner")?.filter(|s| !s.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: vec![], body: body.as_bytes().to_vec() }
    }

    #[rstest]
    #[case(
        400,
        r#"{"__type":"a.b#CustomKeyStoreNotFoundException:http://x"}"#,
        Some(Code::CustomKeyStoreNotFoundException)
    )]
    #[case(404, r#"{"__type":"CustomKeyStoreNotFoundException"}"#, Some(Code::CustomKeyStoreNotFoundException))]
    #[case(400, r#"{"code":"ValidationException"}"#, None)]
    #[case(400, "<html>", None)]
    fn codes(#[case] status: u16, #[case] body: &str, #[case] expected: Option<Code>) {
        let outcome = Outcome::read(&answer(status, body));
        assert!(matches!(outcome, Outcome::Refused { .. }));
        assert_eq!(outcome.code(), expected);
    }

    #[rstest]
    #[case(400, r#"{"__type":"InvalidAction"}"#)]
    #[case(501, r#"{"__type":"InternalFailure"}"#)]
    #[case(500, "<html>The operation has not been implemented</html>")]
    #[case(400, r#"{"__type":"UnknownOperationException"}"#)]
    fn missing_operations(#[case] status: u16, #[case] body: &str) {
        assert!(matches!(Outcome::read(&answer(status, body)), Outcome::NotImplemented { .. }));
    }

    #[rstest]
    #[case("[]")]
    #[case("{}")]
    #[case(r#"{"CustomKeyStores":7}"#)]
    #[case(r#"{"CustomKeyStores":[7]}"#)]
    #[case(r#"{"CustomKeyStores":[{"CustomKeyStoreId":7}]}"#)]
    #[case(r#"{"CustomKeyStores":[{"CustomKeyStoreId":"a","XksProxyConfiguration":[]}]}"#)]
    #[case(r#"{"CustomKeyStores":[],"Truncated":"yes"}"#)]
    fn odd_pages(#[case] body: &str) {
        assert!(page(&answer(200, body), 10).is_err());
    }

    #[test]
    fn an_empty_service_is_none() {
        let body = r#"{"CustomKeyStores":[{"CustomKeyStoreId":"a","XksProxyConfiguration":
            {"UriPath":"","VpcEndpointServiceName":"","VpcEndpointServiceOwner":""}}]}"#;
        let page = page(&answer(200, body), 10).unwrap();
        let store = &page.stores[0];
        assert_eq!((&store.service, &store.owner, store.path.as_deref()), (&None, &None, Some("")));
    }
}
