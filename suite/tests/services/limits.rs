//! Limits: on the size of a body, on the rate of requests, on states that end after a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Environment};

use crate::front::{AMZ_JSON, DELETE, DESCRIBE, answer, drop_connection, error, is_update, operation, text, with_id};
use crate::row::{Row, row};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

pub(crate) fn rows() -> Vec<Row> {
    [sizes(), rates(), passing(), companions()].into_iter().flatten().collect()
}

/// A service that refuses bodies above a size so.
fn size(name: &str, like: &str, limit: usize, refusal: impl Fn() -> Response<Bytes> + Send + Sync + 'static) -> Row {
    row(&format!("size: {name}"), like, move |behind, request| match request.body().len() > limit {
        true => refusal(),
        false => behind.serve(request),
    })
}

fn sizes() -> Vec<Row> {
    let nginx = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 \
        Request Entity Too Large</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";
    let django = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Bad Request \
        (400)</title>\n</head>\n<body>\n  <h1>Bad Request (400)</h1><p></p>\n</body>\n</html>\n";
    vec![
        size("413 with a code above 100 KiB", "API Gateway, RequestEntityTooLargeException", 100 * KIB, || {
            error(413, "RequestEntityTooLargeException")
        }),
        size("413 with a code above 2 MiB", "the same", 2 * MIB, || error(413, "RequestEntityTooLargeException")),
        size("413 as HTML above 1 MiB", "nginx 1.22.1, client_max_body_size at its default", MIB, move || {
            answer(413, "text/html", nginx)
        }),
        size("413 as text above 2 MiB", "axum 0.8.9, DefaultBodyLimit", 2 * MIB, || {
            answer(413, "text/plain; charset=utf-8", "Failed to buffer the request body: length limit exceeded")
        }),
        size("413 as JSON without a code above 100 KiB", "NestJS 12.5.1", 100 * KIB, || {
            answer(413, "application/json; charset=utf-8", r#"{"statusCode":413,"message":"request entity too large"}"#)
        }),
        size("413 with nothing above 100 KiB", "tower-http's RequestBodyLimit without a body", 100 * KIB, || {
            Response::builder().status(413).body(Bytes::new()).unwrap()
        }),
        size("400 SerializationException above 1 MiB", "a parser with a bound on its input", MIB, || {
            error(400, "SerializationException")
        }),
        size("the connection is closed above 1 MiB", "hyper, when a body is dropped unread", MIB, drop_connection),
        size(
            "400 as HTML above 2.5 MiB",
            "Django 5.2.19, DATA_UPLOAD_MAX_MEMORY_SIZE at its default",
            2_621_440,
            move || answer(400, "text/html; charset=utf-8", django),
        )
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
        size("500 above 1 MiB", "an OutOfMemoryError, a buffer that is too small", MIB, || {
            error(500, "InternalFailure")
        })
        .fails(&["W-15"]),
    ]
}

/// A service that answers every n-th request like this.
fn every(name: &str, like: &str, nth: u64, now_and_then: impl Fn() -> Response<Bytes> + Send + Sync + 'static) -> Row {
    let count = AtomicU64::new(0);
    row(name, like, move |behind, request| match count.fetch_add(1, Ordering::Relaxed) % nth == nth - 1 {
        true => now_and_then(),
        false => behind.serve(request),
    })
}

fn rates() -> Vec<Row> {
    let throttled = |name: &str, like: &str, status: u16, code: &'static str| {
        every(&format!("rate: {name}"), like, 7, move || error(status, code))
    };
    // While the suite backs off, a transition ends that an update should have met.
    let chance = |row: Row| row.may_miss(&["G-53"]);
    let limited = DEFAULT_ENVIRONMENT.replacen("requests_per_second = 0", "requests_per_second = 5", 1);
    let rows = [
        throttled("400 ThrottlingException", "KMS's common errors", 400, "ThrottlingException"),
        throttled("400 TooManyRequestsException", "Lambda, API Gateway", 400, "TooManyRequestsException"),
        throttled("400 RequestLimitExceeded", "EC2", 400, "RequestLimitExceeded"),
        throttled("429 ThrottlingException", "services that follow RFC 6585", 429, "ThrottlingException")
            .warns(&["W-03"])
            .findings(1),
        throttled("503 ThrottlingException", "services from before RFC 6585", 503, "ThrottlingException")
            .warns(&["W-03"])
            .findings(1),
        every("rate: 429 with nothing", "a gateway in front; nginx with limit_req_status 429", 7, || {
            with_id(Response::builder().status(429).header("retry-after", "1").body(Bytes::new()).unwrap())
        })
        .warns(&["W-03"])
        .findings(1),
        row("rate: five requests a second for each operation", "KMS's documented quota", |behind, request| {
            behind.serve(request)
        })
        .behind(Config { environment: Environment::parse(&limited).unwrap(), ..Config::default() }),
    ];
    rows.map(chance).into()
}

fn passing() -> Vec<Row> {
    let lagging = DEFAULT_ENVIRONMENT.replacen("lag_ms = 0", "lag_ms = 40", 1);
    vec![
        every("passing: 2 % KMSInternalException on every operation", "KMS's own error, rarer", 50, || {
            error(500, "KMSInternalException")
        }),
        {
            let count = AtomicU64::new(0);
            row(
                "passing: every tenth Describe is a KMSInternalException",
                "a replica that is behind",
                move |behind, request| {
                    let describe = operation(&request) == DESCRIBE;
                    match describe && count.fetch_add(1, Ordering::Relaxed) % 10 == 9 {
                        true => error(500, "KMSInternalException"),
                        false => behind.serve(request),
                    }
                },
            )
        },
        row("passing: Describe lags by 40 ms of the 500 granted", "eventual consistency", |behind, request| {
            behind.serve(request)
        })
        .behind(Config { environment: Environment::parse(&lagging).unwrap(), ..Config::default() })
        .settles(Duration::from_millis(500)),
    ]
}

fn companions() -> Vec<Row> {
    vec![
        row(
            "companion: deleting a CONNECTED store gets ValidationException",
            "one code for all that is wrong",
            |behind, request| {
                let connected = operation(&request) == DELETE
                    && text(&request, "CustomKeyStoreId").is_some_and(|id| behind.is_connected(&id));
                match connected {
                    true => error(400, "ValidationException"),
                    false => behind.serve(request),
                }
            },
        )
        .fails(&["O-05"]),
        row("companion: stores are CONNECTED from birth", "a mock without transitions", |behind, request| {
            let create = operation(&request) == "CreateCustomKeyStore";
            let answer = behind.serve(request);
            if create
                && let Some(id) = serde_json::from_slice::<serde_json::Value>(answer.body())
                    .ok()
                    .and_then(|b| b["CustomKeyStoreId"].as_str().map(str::to_owned))
            {
                behind.connect(&id);
            }
            answer
        })
        .fails(&["O-01"]),
        row("companion: success of the companions is 204 or has a member", "REST habits", |behind, request| {
            let update = is_update(&request);
            let other = ["ConnectCustomKeyStore", "DisconnectCustomKeyStore", DELETE].contains(&operation(&request));
            let mut answer = behind.serve(request);
            if !update && other && answer.status() == 200 {
                *answer.body_mut() = Bytes::from_static(b"{\"Message\":\"done\"}");
                answer.headers_mut().insert("content-type", AMZ_JSON.parse().unwrap());
            }
            answer
        }),
    ]
}
