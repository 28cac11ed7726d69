//! Answers to bodies that cannot be read, as frameworks give them by themselves.
//!
//! Such bodies are refused (W-07, W-08, W-18, W-22), which is what matters. An answer without a code breaks W-04 and no
//! other rule can read it; a wrong code breaks W-07's or W-08's should, and an undeclared one W-19.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::front::{AMZ_JSON, amz, answer, code, error, is_update, with_id};
use crate::row::{Row, row};

/// A service that answers so where the emulator answers SerializationException.
fn so(name: &str, like: &str, answer: impl Fn() -> Response<Bytes> + Send + Sync + 'static) -> Row {
    row(&format!("unreadable: {name}"), like, move |behind, request| {
        let update = is_update(&request);
        let good = behind.serve(request);
        match update && code(&good).as_deref() == Some("SerializationException") {
            true => answer(),
            false => good,
        }
    })
}

/// A service that serves such a body as if it were another one.
fn lenient(name: &str, like: &str, other: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Row {
    row(&format!("unreadable: {name}"), like, move |behind, request| match is_update(&request) {
        true => {
            let (head, body) = request.into_parts();
            let body = other(&body).map_or(body, Bytes::from);
            behind.serve(Request::from_parts(head, body))
        }
        false => behind.serve(request),
    })
}

pub(crate) fn rows() -> Vec<Row> {
    let problem =
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Failed to read request","instance":"/"}"#;
    vec![
        so("400 as text", "axum 0.8.9, the rejection of Json", || {
            answer(
                400,
                "text/plain; charset=utf-8",
                "Failed to parse the request body as JSON: EOF while parsing \
                a value at line 1 column 20",
            )
        })
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        so("400 as HTML", "Werkzeug 3.1.9, BadRequest", || {
            answer(
                400,
                "text/html; charset=utf-8",
                "<!doctype html>\n<html lang=en>\n<title>400 Bad \
                Request</title>\n<h1>Bad Request</h1>\n",
            )
        })
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        so("400 as problem+json", "Spring Boot 3, spring.mvc.problemdetails.enabled; RFC 9457", move || {
            answer(400, "application/problem+json", problem)
        })
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        so("400 as Spring's error attributes", "Spring Boot 3, BasicErrorController", || {
            answer(
                400,
                "application/json",
                r#"{"timestamp":"2026-11-27T01:00:00.000+00:00","status":400,"error":"Bad Request","path":"/"}"#,
            )
        })
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        so("400 with nothing", "Quarkus REST, a MalformedJsonException in production; http4s, tower", || {
            with_id(Response::builder().status(400).body(Bytes::new()).unwrap())
        })
        .fails(&["W-04"]),
        so("422 with FastAPI's detail", "FastAPI 0.165.0, RequestValidationError", || {
            answer(
                422,
                "application/json",
                "{\"detail\":[{\"type\":\"json_invalid\",\"loc\":[\"body\",20],\"msg\":\"JSON decode error\",\
                    \"input\":{},\"ctx\":{\"error\":\"Expecting value\"}}]}",
            )
        })
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        so("422 with nothing", "actix-web 4, a custom JsonConfig; Rocket 0.5.2, the guard Json", || {
            with_id(Response::builder().status(422).body(Bytes::new()).unwrap())
        })
        .fails(&["W-04"]),
        so("the code in x-amzn-errortype alone", "restJson1, whose errors have the header and no __type", || {
            let mut answer = amz(400, r#"{"message":"not JSON"}"#);
            answer.headers_mut().insert("x-amzn-errortype", "SerializationException".parse().unwrap());
            answer
        })
        .fails(&["W-04"]),
        so("SerializationException without a message", "real KMS, some errors of other operations", || {
            amz(400, r#"{"__type":"SerializationException"}"#)
        }),
        so("SerializationException with Coral's namespace", "Amazon's internal framework Coral", || {
            amz(400, r#"{"__type":"com.amazon.coral.service#SerializationException"}"#)
        }),
        so("ValidationException", "a service with one code for all that is wrong with the input", || {
            error(400, "ValidationException")
        })
        .warns(&["W-07", "W-08"]),
        so("an undeclared code", "Smithy's restJson1, MalformedInputException", || {
            error(400, "MalformedInputException")
        })
        .warns(&["W-07", "W-08", "W-19"]),
        so("404 with SerializationException", "a service that mixes up its statuses", || {
            error(404, "SerializationException")
        })
        .fails(&["W-03"]),
        lenient("a byte-order mark is skipped", "Node's body parsers; Go with a BOM reader", |body| {
            body.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec)
        }),
        lenient("an empty body is an empty object", "Express 5.3.0, koa-bodyparser 4.4.1", |body| {
            body.is_empty().then(|| b"{}".to_vec())
        })
        .warns(&["W-07"]),
        lenient("an array is an object without members", "JavaScript: `[].CustomKeyStoreId` is undefined", |body| {
            serde_json::from_slice::<Value>(body).is_ok_and(|v| v.is_array()).then(|| b"{}".to_vec())
        })
        .warns(&["W-07"]),
        lenient("invalid UTF-8 is replaced", "Node's Buffer.toString, Go's encoding/json", |body| {
            Some(String::from_utf8_lossy(body).into_owned().into_bytes())
        })
        .warns(&["W-22"]),
        lenient(
            "bytes after the object are not read",
            "Go's json.Decoder, Jackson without FAIL_ON_TRAILING_TOKENS",
            |body| {
                let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
                let first = values.next()?.ok()?;
                first.is_object().then(|| body[..values.byte_offset()].to_vec())
            },
        )
        .warns(&["W-18"]),
        lenient("NaN is a number", "Python's json.loads", |body| {
            let text = std::str::from_utf8(body).ok()?;
            text.contains(":NaN").then(|| text.replace(":NaN", ":0").into_bytes())
        })
        .warns(&["W-18"]),
        byte_order_mark(),
    ]
}

/// A byte-order mark may be refused; the code is not declared.
fn byte_order_mark() -> Row {
    row(
        "unreadable: a byte-order mark gets an undeclared code",
        "a parser of its own with an error of its own",
        |behind, request| match is_update(&request) && request.body().starts_with(b"\xef\xbb\xbf") {
            true => with_id(answer(400, AMZ_JSON, r#"{"__type":"UnexpectedByteOrderMark","message":"strip it"}"#)),
            false => behind.serve(request),
        },
    )
    .warns(&["W-19"])
}
