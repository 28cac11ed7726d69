//! Frameworks and gateways that were not run: answers according to their documentation or source.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::front::{AMZ_JSON, answer, code, is_update, text};
use crate::row::{Row, row};

/// The answer of a framework or gateway without any handler.
struct DocumentedAnswer {
    name: &'static str,
    like: &'static str,
    status: u16,
    content_type: &'static str,
    body: &'static str,
}

impl DocumentedAnswer {
    fn answer(&self) -> Response<Bytes> {
        match self.body {
            "" => Response::builder().status(self.status).body(Bytes::new()).unwrap(),
            body => answer(self.status, self.content_type, body),
        }
    }

    /// Returns the rules that warn beside the one that fails.
    fn warns(&self) -> &'static [&'static str] {
        match (self.body.is_empty(), self.content_type == AMZ_JSON) {
            (true, _) | (_, true) => &["W-06"],
            _ => &["W-06", "W-24"],
        }
    }
}

const CRASHES: &[DocumentedAnswer] = &[
    DocumentedAnswer {
        name: "Spring Boot",
        like: "Spring Boot 3.5, BasicErrorController",
        status: 500,
        content_type: "application/json",
        body: "{\"timestamp\":\"2026-11-27T01:00:00.000+00:00\",\"status\":500,\"error\":\"Internal Server \
            Error\",\"path\":\"/\"}",
    },
    DocumentedAnswer {
        name: "Quarkus",
        like: "Quarkus 3, QuarkusErrorHandler in production, Accept: application/json",
        status: 500,
        content_type: "application/json; charset=utf-8",
        body: r#"{"details":"Error id 6b1f0d1e-3a3c-4f4e-8b7e-0a9b1c2d3e4f-1","stack":""}"#,
    },
    DocumentedAnswer {
        name: "ASP.NET Core",
        like: "ASP.NET Core 8 in production without an exception handler: Kestrel's empty 500",
        status: 500,
        content_type: "",
        body: "",
    },
    DocumentedAnswer {
        name: "Vert.x",
        like: "Vert.x Web 4, the default failure handler",
        status: 500,
        content_type: "text/plain",
        body: "Internal Server Error",
    },
    DocumentedAnswer {
        name: "Gin",
        like: "Gin 1.10, gin.Recovery(): AbortWithStatus(500)",
        status: 500,
        content_type: "",
        body: "",
    },
    DocumentedAnswer {
        name: "Envoy",
        like: "Envoy 1.31, the upstream closed the connection",
        status: 503,
        content_type: "text/plain",
        body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    },
    DocumentedAnswer {
        name: "API Gateway",
        like: "Amazon API Gateway, a Lambda proxy integration whose function failed",
        status: 502,
        content_type: "application/json",
        body: r#"{"message": "Internal server error"}"#,
    },
    DocumentedAnswer {
        name: "Application Load Balancer",
        like: "Elastic Load Balancing guide, HTTP 502: the target closed the connection",
        status: 502,
        content_type: "text/html",
        body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad \
            Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
    },
    DocumentedAnswer {
        name: "nginx",
        like: "nginx 1.22.1, proxy_pass to a server that closed the connection",
        status: 502,
        content_type: "text/html",
        body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad \
            Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n",
    },
];

const UNREADABLE: &[DocumentedAnswer] = &[
    DocumentedAnswer {
        name: "ASP.NET Core",
        like: "ASP.NET Core 8, ValidationProblemDetails of [ApiController]",
        status: 400,
        content_type: "application/problem+json; charset=utf-8",
        body: "{\"type\":\"https://tools.ietf.org/html/rfc9110#section-15.5.1\",\"title\":\"One or more \
            validation errors occurred.\",\"status\":400,\"errors\":{\"$\":[\"The JSON value could not be \
            converted.\"]},\"traceId\":\"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00\"}",
    },
    DocumentedAnswer {
        name: "Micronaut",
        like: "Micronaut 4, the default error response",
        status: 400,
        content_type: "application/json",
        body: "{\"_links\":{\"self\":[{\"href\":\"/\",\"templated\":false}]},\
            \"_embedded\":{\"errors\":[{\"message\":\"Invalid JSON: Unexpected end-of-input\"}]},\
            \"message\":\"Bad Request\"}",
    },
    DocumentedAnswer {
        name: "Gin",
        like: "Gin 1.10, the example of ShouldBindJSON",
        status: 400,
        content_type: "application/json; charset=utf-8",
        body: r#"{"error":"unexpected EOF"}"#,
    },
    DocumentedAnswer {
        name: "Echo",
        like: "Echo 4, DefaultHTTPErrorHandler",
        status: 400,
        content_type: "application/json",
        body: "{\"message\":\"Syntax error: offset=20, error=unexpected end of JSON input\"}\n",
    },
    DocumentedAnswer {
        name: "Phoenix",
        like: "Phoenix 1.7, ErrorJSON",
        status: 400,
        content_type: "application/json; charset=utf-8",
        body: r#"{"errors":{"detail":"Bad Request"}}"#,
    },
    DocumentedAnswer {
        name: "grpc-gateway",
        like: "grpc-gateway 2, a status as JSON",
        status: 400,
        content_type: "application/json",
        body: r#"{"code":3,"message":"unexpected EOF","details":[]}"#,
    },
    DocumentedAnswer {
        name: "Quarkus",
        like: "Quarkus 3 REST, a MismatchedInputException",
        status: 400,
        content_type: "",
        body: "",
    },
];

const TOO_LARGE: &[DocumentedAnswer] = &[
    DocumentedAnswer {
        name: "API Gateway",
        like: "Amazon API Gateway, a payload above its quota",
        status: 413,
        content_type: "application/json",
        body: r#"{"message":"Request Too Long"}"#,
    },
    DocumentedAnswer { name: "Kestrel", like: "Kestrel, MaxRequestBodySize", status: 413, content_type: "", body: "" },
    DocumentedAnswer {
        name: "Go",
        like: "Go's http.MaxBytesHandler with http.Error",
        status: 413,
        content_type: "text/plain; charset=utf-8",
        body: "http: request body too large\n",
    },
    DocumentedAnswer {
        name: "Spring Boot",
        like: "Spring Boot 3.5, MaxUploadSizeExceededException",
        status: 413,
        content_type: "application/problem+json",
        body: "{\"type\":\"about:blank\",\"title\":\"Payload Too Large\",\"status\":413,\"detail\":\"Maximum \
            upload size exceeded\",\"instance\":\"/\"}",
    },
];

/// A service behind what throws on a body that is not an object.
fn crash(given: &'static DocumentedAnswer) -> Row {
    row(&format!("documented: {} on a body that is no object", given.name), given.like, |behind, request| {
        let no_object = serde_json::from_slice::<Value>(request.body()).is_ok_and(|v| !v.is_object());
        match is_update(&request) && no_object {
            true => given.answer(),
            false => behind.serve(request),
        }
    })
    .fails(&["W-15"])
    .warns(given.warns())
}

/// A service behind what throws on an unknown id.
fn crash_on_unknown_id(given: &'static DocumentedAnswer) -> Row {
    row(&format!("documented: {} on an unknown id", given.name), given.like, |behind, request| {
        let update = is_update(&request);
        let good = behind.serve(request);
        match update && code(&good).as_deref() == Some("CustomKeyStoreNotFoundException") {
            true => given.answer(),
            false => good,
        }
    })
    .fails(&["W-15"])
    .warns(given.warns())
}

fn unreadable(given: &'static DocumentedAnswer) -> Row {
    row(&format!("documented: {} on an unreadable body", given.name), given.like, |behind, request| {
        let update = is_update(&request);
        let good = behind.serve(request);
        match update && code(&good).as_deref() == Some("SerializationException") {
            true => given.answer(),
            false => good,
        }
    })
    .fails(&["W-04"])
    .warns(given.warns())
}

fn too_large(given: &'static DocumentedAnswer) -> Row {
    row(&format!("documented: {} on a large body", given.name), given.like, |behind, request: Request<Bytes>| {
        match request.body().len() > 1_000_000 {
            true => given.answer(),
            false => behind.serve(request),
        }
    })
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = CRASHES.iter().map(crash).collect();
    rows.extend(CRASHES.iter().skip(4).step_by(2).map(crash_on_unknown_id));
    rows.extend(UNREADABLE.iter().map(unreadable));
    rows.extend(TOO_LARGE.iter().map(too_large));
    rows.push(
        row(
            "documented: a web application firewall forbids some bodies",
            "AWS WAF's default block response: 403 \
            as HTML",
            |behind, request| {
                let suspicious =
                    text(&request, "NewCustomKeyStoreName").is_some_and(|n| n.contains('\0') || n.contains('\u{1}'));
                match is_update(&request) && suspicious {
                    true => answer(
                        403,
                        "text/html",
                        "<html>\r\n<head><title>403 \
                    Forbidden</title></head>\r\n<body>\r\n<center><h1>403 \
                    Forbidden</h1></center>\r\n</body>\r\n</html>\r\n",
                    ),
                    false => behind.serve(request),
                }
            },
        )
        .fails(&["W-04"])
        .warns(&["W-06", "W-24"]),
    );
    rows
}
