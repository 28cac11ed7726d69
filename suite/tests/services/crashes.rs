//! Uncaught exceptions: what servers answer when a handler throws, for each kind of input that makes one throw.
//!
//! Once the operation is known to be there every 5xx that comes again on one request is W-15. Where the answer has a
//! body of another content type it breaks W-24 too, and without a request id W-06.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::front::{AMZ_JSON, answer, code, error, is_update, nesting, object, text, with_id};
use crate::row::{Row, row};

/// A form of the answer to an uncaught exception.
struct Crash {
    name: &'static str,
    like: &'static str,
    answer: fn() -> Response<Bytes>,
    /// The rules that warn beside W-15.
    warns: &'static [&'static str],
}

const JSON: Crash = Crash {
    name: "InternalFailure",
    like: "an error handler that wraps every exception, as LocalStack 3.8 does",
    answer: || error(500, "InternalFailure"),
    warns: &[],
};
const PAGE: Crash = Crash {
    name: "an HTML page",
    like: "Flask 3.1.3, the default page of status 500",
    answer: || {
        let page = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server \
            Error</h1>\n<p>The server encountered an internal error and was unable to complete your request.</p>\n";
        answer(500, "text/html; charset=utf-8", page)
    },
    warns: &["W-06", "W-24"],
};
const TEXT: Crash = Crash {
    name: "a text",
    like: "Starlette 1.10.0 under uvicorn 0.54.0",
    answer: || answer(500, "text/plain; charset=utf-8", "Internal Server Error"),
    warns: &["W-06", "W-24"],
};
const NOTHING: Crash = Crash {
    name: "nothing",
    like: "tower-http's CatchPanic with an empty body, Rocket's custom catcher, Lambda functions without a mapping",
    answer: || with_id(Response::builder().status(500).body(Bytes::new()).unwrap()),
    warns: &[],
};
const KMS: Crash = Crash {
    name: "KMSInternalException",
    like: "a handler that maps every exception to the one error that KMS declares with status 500",
    answer: || error(500, "KMSInternalException"),
    warns: &[],
};
const UNSUPPORTED: Crash = Crash {
    name: "a text about what is not implemented",
    like: "Python's NotImplementedError, Java's UnsupportedOperationException, Go's errors.ErrUnsupported as a message",
    answer: || with_id(answer(500, AMZ_JSON, r#"{"message":"NotImplementedError: this is not implemented"}"#)),
    warns: &[],
};

/// A kind of input that makes a handler throw.
struct When {
    name: &'static str,
    like: &'static str,
    throws: fn(&Request<Bytes>) -> bool,
}

const NO_OBJECT: When = When {
    name: "a body that is no object",
    like: "`body.get(…)` on a list or on None: AttributeError",
    throws: |r| serde_json::from_slice::<Value>(r.body()).is_ok_and(|v| !v.is_object()),
};
const UNREADABLE: When = When {
    name: "a body that is not JSON",
    like: "json.loads without a try: JSONDecodeError",
    throws: |r| serde_json::from_slice::<Value>(r.body()).is_err(),
};
const LIST_FOR_STRING: When = When {
    name: "a list where a string belongs",
    like: "a ClassCastException, or a failed type assertion",
    throws: |r| object(r).is_some_and(|o| o.iter().any(|(n, v)| v.is_array() && !n.starts_with("Ucks"))),
};
const NUMBER_FOR_STRING: When = When {
    name: "a number or boolean where a string belongs",
    like: "`len(7)`: TypeError",
    throws: |r| {
        object(r).is_some_and(|o| o.iter().any(|(n, v)| (v.is_number() || v.is_boolean()) && !n.starts_with("Ucks")))
    },
};
const STRING_FOR_CREDENTIAL: When = When {
    name: "a credential that is a string",
    like: "`credential[\"AccessKeyId\"]` on a str: TypeError",
    throws: |r| object(r).is_some_and(|o| o.get("XksProxyAuthenticationCredential").is_some_and(Value::is_string)),
};
const NULL: When = When {
    name: "an explicit null",
    like: "a NullPointerException",
    throws: |r| object(r).is_some_and(|o| o.iter().any(|(n, v)| v.is_null() && !n.starts_with("Ucks"))),
};
const NO_ID: When = When {
    name: "no CustomKeyStoreId",
    like: "`params[\"CustomKeyStoreId\"]`: KeyError",
    throws: |r| object(r).is_some_and(|o| !o.contains_key("CustomKeyStoreId")),
};
const UNKNOWN_MEMBER: When = When {
    name: "an unknown member",
    like: "`update_custom_key_store(**params)`: TypeError, an unexpected keyword argument",
    throws: |r| object(r).is_some_and(|o| o.keys().any(|n| n.starts_with("Ucks"))),
};
const PASSWORD: When = When {
    name: "every password",
    like: "a CloudHSM client that is not there",
    throws: |r| text(r, "KeyStorePassword").is_some_and(|p| (7..=32).contains(&p.len())),
};
const DEEP: When =
    When { name: "deep nesting", like: "Python's RecursionError in json.loads", throws: |r| nesting(r.body()) > 900 };
const CONTROL: When = When {
    name: "NUL in a name",
    like: "PostgreSQL: invalid byte sequence for encoding \"UTF8\": 0x00",
    throws: |r| text(r, "NewCustomKeyStoreName").is_some_and(|n| n.contains('\0')),
};
const SURROGATE: When = When {
    name: "a lone surrogate",
    like: "UnicodeEncodeError: surrogates not allowed",
    throws: |r| memchr(r.body(), b"\\ud800"),
};
const LONG: When = When {
    name: "a password that is too long",
    like: "MySQL: Data too long for column",
    throws: |r| text(r, "KeyStorePassword").is_some_and(|p| p.len() > 32),
};

fn memchr(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text))
}

/// A service that throws on such input.
fn on(when: &'static When, crash: &'static Crash) -> Row {
    row(
        &format!("crash: {} answers {}", when.name, crash.name),
        &format!("{}; {}", when.like, crash.like),
        move |behind, request| match is_update(&request) && (when.throws)(&request) {
            true => (crash.answer)(),
            false => behind.serve(request),
        },
    )
    .fails(&["W-15"])
    .warns(crash.warns)
}

/// A service that throws where it should refuse with one of these codes.
fn instead(of: &'static [&'static str], like: &str, crash: &'static Crash) -> Row {
    row(&format!("crash: {} becomes {}", of.join(" or "), crash.name), like, move |behind, request| {
        let update = is_update(&request);
        let good = behind.serve(request);
        match update && code(&good).is_some_and(|c| of.contains(&c.as_str())) {
            true => (crash.answer)(),
            false => good,
        }
    })
    .fails(&["W-15"])
    .warns(crash.warns)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![];
    for crash in [&JSON, &PAGE, &TEXT, &NOTHING, &KMS, &UNSUPPORTED] {
        rows.push(on(&NO_OBJECT, crash));
    }
    for crash in [&JSON, &PAGE, &KMS] {
        rows.push(on(&LIST_FOR_STRING, crash));
        rows.push(on(&PASSWORD, crash));
        rows.push(instead(&["CustomKeyStoreInvalidStateException"], "a state machine's IllegalStateException", crash));
        rows.push(instead(&["CustomKeyStoreNotFoundException"], "a KeyError of the table of stores", crash));
        rows.push(on(&DEEP, crash));
    }
    rows.extend([
        on(&UNREADABLE, &PAGE),
        on(&UNREADABLE, &JSON),
        on(&NUMBER_FOR_STRING, &PAGE),
        on(&STRING_FOR_CREDENTIAL, &JSON),
        on(&NULL, &JSON),
        on(&NO_ID, &PAGE),
        on(&UNKNOWN_MEMBER, &TEXT),
        on(&CONTROL, &JSON),
        on(&SURROGATE, &TEXT),
        on(&LONG, &PAGE),
        instead(&["CustomKeyStoreNameInUseException"], "an IntegrityError of the database", &NOTHING),
        instead(&["CustomKeyStoreInvalidStateException"], "a feature that is not written yet", &UNSUPPORTED),
        instead(&["ValidationException"], "a validation library that throws", &TEXT),
    ]);
    rows
}
