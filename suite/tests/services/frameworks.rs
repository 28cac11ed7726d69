//! Services behind real frameworks: the recorded answers of each to bodies and heads that it does not accept.
//!
//! `captured/NAME.json` holds the answers of a small handler written with that framework, recorded once: `kinds` has
//! the answer to each kind of input. A kind that is not listed was served, by the lenient reading that frameworks
//! have: the emulator then answers. Date, length and connection fields were left out.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::front::{AMZ_JSON, drop_connection, nesting};
use crate::row::{Row, row};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The answers of one framework.
#[derive(Deserialize)]
struct Captured {
    service: String,
    reads: String,
    /// The largest body that it takes.
    limit: Option<usize>,
    /// The answer that each kind of input gets.
    kinds: BTreeMap<String, String>,
    /// `null` where the connection was closed without an answer.
    answers: BTreeMap<String, Option<Answer>>,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Captured {
    /// The framework's own answer to such input, if it gives one.
    fn answer(&self, kind: &str) -> Option<Response<Bytes>> {
        let Some(answer) = &self.answers[self.kinds.get(kind)?] else { return Some(drop_connection()) };
        let response = Response::builder().status(answer.status);
        let response = answer.headers.iter().fold(response, |r, (name, value)| r.header(name, value));
        Some(response.body(Bytes::from(answer.body.clone())).unwrap())
    }

    /// The first of these kinds that the request is and that gets an answer of the framework's own.
    fn first(&self, kinds: &[(&str, bool)]) -> Option<Response<Bytes>> {
        kinds.iter().filter(|(_, is)| *is).find_map(|(kind, _)| self.answer(kind))
    }

    /// The framework's own answer to the request, or the request as the handler behind it gets it.
    fn receive(&self, request: Request<Bytes>) -> Result<Request<Bytes>, Response<Bytes>> {
        let (mut head, body) = request.into_parts();
        let content_type = head.headers.get("content-type").map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
        let content_type = content_type.unwrap_or_default();
        let answer = self.first(&[
            ("large", self.limit.is_some_and(|limit| body.len() > limit)),
            ("path", head.uri.path() != "/"),
            ("method", head.method != "POST"),
            ("content-type", !content_type.starts_with(AMZ_JSON)),
            ("charset", content_type.contains(';')),
            ("empty", body.is_empty()),
        ]);
        answer.map_or(Ok(()), Err)?;
        head.headers.insert("content-type", HeaderValue::from_static(AMZ_JSON));
        Ok(Request::from_parts(head, self.read(&body)?.into()))
    }

    /// The body as the handler gets it: what the framework does not refuse it reads leniently.
    fn read(&self, body: &[u8]) -> Result<Vec<u8>, Response<Bytes>> {
        let refuse = |kind: &str, is: bool| self.first(&[(kind, is)]).map_or(Ok(()), Err);
        refuse("utf-8", std::str::from_utf8(body).is_err())?;
        let text = String::from_utf8_lossy(body).into_owned();
        refuse("byte-order-mark", text.starts_with(BYTE_ORDER_MARK))?;
        let text = text.trim_start_matches(BYTE_ORDER_MARK);
        refuse("deeper", nesting(body) > 50_000)?;
        refuse("deep", nesting(body) > 1_000)?;
        if nesting(body) > 100 {
            return Ok(text.into()); // deeper than this test reads
        }
        refuse("not-a-number", text.contains(":NaN"))?;
        let text = text.replace(":NaN", ":0");
        let end = first_object(&text).unwrap_or(text.len());
        refuse("trailing", !text[end..].trim().is_empty())?;
        let text = &text[..end];
        if text.contains("\\ud800") {
            refuse("surrogate", true)?;
            return Ok(text.into());
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(members)) => {
                let id_or_name = ["CustomKeyStoreId", "NewCustomKeyStoreName"].map(|name| members.get(name));
                let wrong = |value: &Value| !value.is_string() && !value.is_null();
                refuse("wrong-type", id_or_name.into_iter().flatten().any(wrong))?;
                Ok(text.into())
            }
            Ok(other) => refuse(kind(&other), true).map(|()| b"{}".to_vec()),
            Err(_) if text.trim().is_empty() => Ok(b"{}".to_vec()),
            Err(_) => refuse("malformed", true).map(|()| text.into()),
        }
    }
}

/// The kind of input of a value that is not an object.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) | Value::Object(_) => "array",
    }
}

/// Where the first value ends, if it is an object.
fn first_object(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.next()?.ok()?.is_object().then(|| values.byte_offset())
}

fn framework(name: &str, json: &'static str) -> Row {
    let captured: Captured = serde_json::from_str(json).unwrap();
    let like = format!("{}, {}", captured.service, captured.reads);
    row(&format!("framework: {name}"), &like, move |behind, request| match captured.receive(request) {
        Ok(request) => behind.serve(request),
        Err(answer) => answer,
    })
}

macro_rules! frameworks {
    ($($name:literal: $fails:expr, $warns:expr;)+) => {
        pub(crate) fn rows() -> Vec<Row> {
            vec![
                $(framework($name, include_str!(concat!("captured/", $name, ".json"))).fails(&$fails).warns(&$warns)),
                +,
            ]
        }
    };
}

frameworks! {
    "aiohttp": ["W-15"], ["W-06", "W-18", "W-24"];
    "axum-bytes": ["W-04"], ["W-06", "W-07", "W-24"];
    "axum": ["W-04"], ["W-06", "W-24"];
    "bottle": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "cherrypy": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "django": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "express": ["W-04", "W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "falcon": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "fastapi-dict": ["W-04"], ["W-06", "W-18", "W-24"];
    "fastapi-model": ["W-04"], ["W-06", "W-18", "W-24"];
    "fastapi-request": ["W-15"], ["W-06", "W-18", "W-24"];
    "fastify": ["W-04", "W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "flask-loads": ["W-15"], ["W-06", "W-18", "W-24"];
    "flask": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "go-decode": ["W-04"], ["W-06", "W-07", "W-18", "W-22", "W-24"];
    "go-unmarshal": ["W-04", "W-15"], ["W-06", "W-22", "W-24"];
    "hapi": ["W-04", "W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "hono": ["W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "http-server": ["W-15"], ["W-18"];
    "java": ["W-15"], ["W-18", "W-22"];
    "koa": ["W-04"], ["W-06", "W-07", "W-22", "W-24"];
    "nest": ["W-04", "W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "node-http": ["W-15"], ["W-07", "W-22"];
    "php": ["W-15"], ["W-06", "W-07"];
    "quart": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "restify": ["W-04", "W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "sanic": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "sinatra": ["W-15"], ["W-06", "W-07", "W-22", "W-24"];
    "tornado": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "waitress": ["W-04", "W-15"], ["W-06", "W-18", "W-24"];
    "webrick": ["W-15"], ["W-06", "W-07", "W-22", "W-24"];
}
