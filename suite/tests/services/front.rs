//! The parts that fronts are made of: the emulator behind them, what a request holds, and answers.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use serde_json::{Map, Value, json};
use ucks_emulator::{Config, Emulator};

use crate::clock::Clock;
use crate::row::{Row, row};

pub(crate) const UPDATE: &str = "UpdateCustomKeyStore";
pub(crate) const DESCRIBE: &str = "DescribeCustomKeyStores";
pub(crate) const DELETE: &str = "DeleteCustomKeyStore";
pub(crate) const AMZ_JSON: &str = "application/x-amz-json-1.1";

/// The emulator behind a front.
#[derive(Clone)]
pub(crate) struct Behind {
    emulator: Emulator,
    clock: Clock,
}

impl Behind {
    pub(crate) fn new(config: Config, clock: Clock) -> Behind {
        Behind { emulator: Emulator::new(config), clock }
    }

    /// The emulator's own answer.
    pub(crate) fn serve(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.emulator.handle_at(request, self.clock.instant())
    }

    /// The store of that id as Describe shows it.
    pub(crate) fn store(&self, id: &str) -> Option<Map<String, Value>> {
        let answer = self.serve(post(DESCRIBE, &json!({ "CustomKeyStoreId": id })));
        let body: Value = serde_json::from_slice(answer.body()).ok()?;
        body["CustomKeyStores"][0].as_object().cloned()
    }

    /// Connects a store.
    pub(crate) fn connect(&self, id: &str) {
        let _ = self.serve(post("ConnectCustomKeyStore", &json!({ "CustomKeyStoreId": id })));
    }

    /// Returns true if the store is CONNECTED.
    pub(crate) fn is_connected(&self, id: &str) -> bool {
        self.store(id).is_some_and(|s| s["ConnectionState"] == "CONNECTED")
    }
}

fn post(operation: &str, body: &Value) -> Request<Bytes> {
    let request = Request::builder().method("POST").uri("/").header("content-type", AMZ_JSON);
    let request = request.header("x-amz-target", format!("TrentService.{operation}"));
    request.body(body.to_string().into()).unwrap()
}

/// The operation that the request names, or nothing.
pub(crate) fn operation(request: &Request<Bytes>) -> &str {
    let target = request.headers().get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    target.strip_prefix("TrentService.").unwrap_or_default()
}

/// Returns true if the request is an update in the documented form, with any body.
pub(crate) fn is_update(request: &Request<Bytes>) -> bool {
    operation(request) == UPDATE && request.uri().path() == "/" && request.method() == "POST"
}

/// The body, if it is a JSON object.
pub(crate) fn object(request: &Request<Bytes>) -> Option<Map<String, Value>> {
    serde_json::from_slice(request.body()).ok()
}

/// The value of a member, if it is a string.
pub(crate) fn text(request: &Request<Bytes>, member: &str) -> Option<String> {
    object(request)?.get(member)?.as_str().map(str::to_owned)
}

/// An answer without a request id.
pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    let answer = Response::builder().status(status).header("content-type", content_type);
    answer.body(body.into()).unwrap()
}

/// An answer of KMS's form.
pub(crate) fn amz(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    with_id(answer(status, AMZ_JSON, body))
}

/// An error of KMS's form.
pub(crate) fn error(status: u16, code: &str) -> Response<Bytes> {
    amz(status, json!({ "__type": code, "message": "A sentence." }).to_string())
}

/// The same answer with a request id.
pub(crate) fn with_id(mut answer: Response<Bytes>) -> Response<Bytes> {
    let id = HeaderValue::from_static("6a3c1f5e-0c1b-4f0e-9c56-2f8f4e4d9f10");
    answer.headers_mut().insert(HeaderName::from_static("x-amzn-requestid"), id);
    answer
}

/// Marks an answer that is never sent: the connection is closed instead.
#[derive(Clone)]
pub(crate) struct Dropped;

/// Closes the connection without an answer.
pub(crate) fn drop_connection() -> Response<Bytes> {
    Response::builder().extension(Dropped).body(Bytes::new()).unwrap()
}

/// The code of an answer in KMS's form.
pub(crate) fn code(answer: &Response<Bytes>) -> Option<String> {
    let body: Value = serde_json::from_slice(answer.body()).ok()?;
    let code = body.get("__type")?.as_str()?;
    Some(code.rsplit('#').next()?.to_owned())
}

/// Returns the depth of brackets in any body.
pub(crate) fn nesting(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in body {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

pub(crate) fn rows() -> Vec<Row> {
    vec![row("no front", "the emulator itself", |behind, request| behind.serve(request))]
}
