//! A request and an answer on the wire.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The prefix of every KMS operation in `X-Amz-Target`.
pub const TARGET_PREFIX: &str = "TrentService.";
/// The content type of awsJson1.1.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// The name of the operation that all this is about.
pub const UPDATE: &str = "UpdateCustomKeyStore";
/// The operation that creates a store.
pub const CREATE: &str = "CreateCustomKeyStore";
/// The operation that connects a store.
pub const CONNECT: &str = "ConnectCustomKeyStore";
/// The operation that disconnects a store.
pub const DISCONNECT: &str = "DisconnectCustomKeyStore";
/// The operation that shows stores.
pub const DESCRIBE: &str = "DescribeCustomKeyStores";
/// The operation that deletes a store.
pub const DELETE: &str = "DeleteCustomKeyStore";

/// One HTTP request, before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// The path with query, `/` for every operation.
    pub path: Cow<'static, str>,
    /// Header fields in order, without `Host` and what a signature adds.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body as sent.
    pub body: Vec<u8>,
    /// The signature of the request.
    #[serde(default, skip_serializing_if = "Auth::is_good")]
    pub auth: Auth,
    /// True if the sender hangs up once the request is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hang_up: bool,
}

/// The kind of a request's signature: valid, or wrong in one way (group D).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// Signed with the run's credentials.
    #[default]
    Good,
    /// Not signed at all.
    Unsigned,
    /// Signed with an access key that nobody has.
    UnknownKey,
    /// Signed with a wrong secret.
    WrongSignature,
    /// Signed with a clock that is ten minutes off.
    SkewedClock,
    /// Signed by an identity of the profile that may not do this.
    NotAllowed,
}

impl Auth {
    /// Returns true if it is signed well.
    pub fn is_good(&self) -> bool {
        *self == Auth::Good
    }
}

impl Request {
    /// The request for `operation` in its documented form.
    pub fn operation(operation: &str, body: Vec<u8>) -> Request {
        Request {
            method: Cow::Borrowed("POST"),
            path: Cow::Borrowed("/"),
            headers: vec![
                (Cow::Borrowed("content-type"), Cow::Borrowed(CONTENT_TYPE)),
                (Cow::Borrowed("x-amz-target"), Cow::Owned(format!("{TARGET_PREFIX}{operation}"))),
            ],
            body,
            auth: Auth::Good,
            hang_up: false,
        }
    }

    /// The first header field of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Returns true if the body is so large that a service may refuse it for its size alone. The smallest limits in use
    /// are 100 KiB; no update in use reaches a tenth of that.
    pub fn is_large(&self) -> bool {
        self.body.len() > LARGE
    }
}

/// Bodies longer than this, in bytes, may be refused for their size.
pub const LARGE: usize = 60_000;

/// One HTTP answer, read whole within the caller's bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header fields in order; values that are not text are read lossily.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header field of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'a>(fields: &'a [(Cow<'static, str>, Cow<'static, str>)], name: &str) -> Option<&'a str> {
    // Most are written alike.
    fields.iter().find(|(n, _)| n == name || n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v)
}

/// A text as JSON writes it, in quotes. Bodies of megabytes go through it, and this crate is optimized in every
/// profile.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default() // every text can be written
}
