//! Statuses, places and names of codes, and forms of success.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::json;

use crate::front::{AMZ_JSON, UPDATE, amz, code, error, is_update, object, operation, text, with_id};
use crate::row::{Row, row};

/// The hosts of the emulator's environment that take no connection.
const UNREACHABLE: &str = ".no-tcp.example";

/// A service that changes the answers to updates.
fn updates(name: &str, like: &str, change: impl Fn(Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static) -> Row {
    row(name, like, move |behind, request| {
        let update = is_update(&request);
        let good = behind.serve(request);
        if update { change(good) } else { good }
    })
}

/// A service that changes the answers to updates that have an error code.
fn errors(
    name: &str,
    like: &str,
    change: impl Fn(Response<Bytes>, &str) -> Response<Bytes> + Send + Sync + 'static,
) -> Row {
    updates(name, like, move |good| match code(&good) {
        Some(code) => change(good, &code),
        None => good,
    })
}

/// A service that gives these codes another status.
fn status(status: u16, of: &'static [&'static str], like: &str) -> Row {
    errors(&format!("status: {status} for {}", of.join(", ")), like, move |mut good, code| {
        if of.contains(&code) {
            *good.status_mut() = StatusCode::from_u16(status).unwrap();
        }
        good
    })
    .fails(&["W-03"])
}

/// A service whose errors have this body.
fn body(name: &str, like: &str, content_type: &'static str, write: fn(&str) -> String) -> Row {
    errors(name, like, move |good, code| {
        let answer = Response::builder().status(good.status()).header("content-type", content_type);
        with_id(answer.body(write(code).into()).unwrap())
    })
}

/// A service whose errors of update have another code.
fn renamed(name: &str, like: &str, from: &'static str, to: &'static str) -> Row {
    errors(name, like, move |good, code| match code == from {
        true => amz(400, json!({ "__type": to, "message": "A sentence." }).to_string()),
        false => good,
    })
}

/// A service that answers so on success.
fn success(name: &str, like: &str, status: u16, body: &'static str) -> Row {
    updates(&format!("success: {name}"), like, move |mut good| {
        if good.status() == 200 {
            *good.status_mut() = StatusCode::from_u16(status).unwrap();
            *good.body_mut() = Bytes::from_static(body.as_bytes());
        }
        good
    })
}

fn with_header(mut answer: Response<Bytes>, name: &'static str, value: &str) -> Response<Bytes> {
    answer.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    answer
}

pub(crate) fn rows() -> Vec<Row> {
    [statuses(), places(), names(), successes(), heads()].into_iter().flatten().collect()
}

fn statuses() -> Vec<Row> {
    let in_use = &[
        "CustomKeyStoreInvalidStateException",
        "CustomKeyStoreNameInUseException",
        "XksProxyUriInUseException",
        "XksProxyUriEndpointInUseException",
        "XksProxyVpcEndpointServiceInUseException",
    ];
    vec![
        status(404, &["CustomKeyStoreNotFoundException"], "REST habits: a missing thing is a missing page"),
        status(409, in_use, "REST habits: a conflict"),
        status(422, &["ValidationException"], "Rails, FastAPI: content that cannot be processed"),
        status(502, &["XksProxyUriUnreachableException"], "a proxy's habit: the other side does not answer")
            .fails(&["W-03", "W-15"]),
        status(403, &["CustomKeyStoreInvalidStateException"], "a guard that forbids"),
        status(500, &["ValidationException"], "a handler that maps each exception to its code but not to its status")
            .fails(&["W-03", "W-15"]),
        status(200, &["CustomKeyStoreNotFoundException"], "an error in the clothes of a success, as GraphQL has it"),
    ]
}

fn places() -> Vec<Row> {
    let mut rows = vec![
        body("place: the code in `code`", "restify 11.1.0; JavaScript's habit", AMZ_JSON, |c| {
            json!({ "code": c, "message": "A sentence." }).to_string()
        }),
        body("place: the code in `Code`", "S3's member, written as JSON", AMZ_JSON, |c| {
            json!({ "Code": c, "Message": "A sentence." }).to_string()
        }),
        body("place: the code in `error`", "OAuth's member, hapi 21.4.10", AMZ_JSON, |c| {
            json!({ "statusCode": 400, "error": c, "message": "A sentence." }).to_string()
        }),
        body("place: the code in `Error.Code`", "awsQuery's structure, written as JSON", AMZ_JSON, |c| {
            json!({ "Error": { "Type": "Sender", "Code": c, "Message": "A sentence." } }).to_string()
        }),
        body("place: the code in `errorType`", "AWS Lambda's unhandled errors", AMZ_JSON, |c| {
            json!({ "errorType": c, "errorMessage": "A sentence.", "trace": [] }).to_string()
        }),
        body("place: the code in `__Type`", "a serializer that capitalizes names", AMZ_JSON, |c| {
            json!({ "__Type": c }).to_string()
        }),
        body("place: an array of errors", "JSON:API, CloudFoundry", AMZ_JSON, |c| json!([{ "__type": c }]).to_string()),
    ];
    rows.push(
        body("place: XML", "awsQuery, as IAM and old emulators answer", "text/xml", |c| {
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{c}</Code><Message>A \
            sentence.</Message></Error></ErrorResponse>"
            )
        })
        .warns(&["W-24"]),
    );
    rows.push(errors("place: the code in the header alone", "restJson1 services, API Gateway", |mut good, code| {
        *good.body_mut() = Bytes::from_static(b"{\"message\":\"A sentence.\"}");
        with_header(good, "x-amzn-errortype", code)
    }));
    rows.push(errors("place: the header contradicts the body", "a gateway that writes its own header", |good, _| {
        with_header(good, "x-amzn-errortype", "BadRequestException")
    }));
    let mut rows: Vec<Row> = rows.into_iter().map(|r| r.fails(&["W-04"])).collect();
    rows.extend([
        body("place: a namespace before the code", "AWS JSON 1.1 as Smithy's protocol tests have it", AMZ_JSON, |c| {
            json!({ "__type": format!("com.amazonaws.kms#{c}"), "message": "A sentence." }).to_string()
        }),
        body("place: a tail after the code", "AWS JSON 1.1 as Smithy's protocol tests have it", AMZ_JSON, |c| {
            json!({
                "__type": format!("aws.protocoltests.restjson#{c}:http://internal.amazon.com/coral/\
                    com.amazon.coral.validate/"),
                "message": "A sentence.",
            })
            .to_string()
        }),
        errors("place: a tail in the header", "AWS JSON 1.1 as Smithy's protocol tests have it", |good, code| {
            with_header(
                good,
                "x-amzn-errortype",
                &format!("{code}:http://internal.amazon.com/coral/com.amazon.coral.validate/"),
            )
        }),
        body("place: `Message`", "real KMS on some errors", AMZ_JSON, |c| {
            json!({ "Message": "A sentence.", "__type": c }).to_string()
        }),
        body("place: no message", "real KMS on NotFoundException of other operations", AMZ_JSON, |c| {
            json!({ "__type": c }).to_string()
        }),
        body(
            "place: more members than two",
            "a service with its own request id and trace in the body",
            AMZ_JSON,
            |c| {
                json!({
                    "__type": c,
                    "message": "A sentence.",
                    "requestId": "1",
                    "trace": [1, { "a": null }],
                    "code": "other",
                })
                .to_string()
            },
        ),
        body("place: escapes in the code", "a JSON writer that escapes all that is not a letter", AMZ_JSON, |c| {
            format!("{{\"\\u005f\\u005ftype\":\"{}\"}}", c.replace('E', "\\u0045"))
        }),
    ]);
    rows
}

fn names() -> Vec<Row> {
    vec![
        renamed(
            "name: ResourceNotFoundException for an unknown store",
            "DynamoDB's and many services' name",
            "CustomKeyStoreNotFoundException",
            "ResourceNotFoundException",
        )
        .fails(&["E-01", "W-19"]),
        renamed(
            "name: NotFoundException for an unknown store",
            "KMS itself for keys",
            "CustomKeyStoreNotFoundException",
            "NotFoundException",
        )
        .fails(&["E-01", "W-19"]),
        row("name: ValidationError for a name out of bounds", "awsQuery's name", |behind, request| {
            let members = object(&request).unwrap_or_default();
            let alone = members.len() == 2 && members.contains_key("NewCustomKeyStoreName");
            let store = members.get("CustomKeyStoreId").and_then(|id| behind.store(id.as_str()?));
            let good = behind.serve(request);
            match alone && store.is_some() && code(&good).as_deref() == Some("ValidationException") {
                true => amz(400, r#"{"__type":"ValidationError","message":"A sentence."}"#),
                false => good,
            }
        })
        .fails(&["S-03", "W-19"]),
        row(
            "name: InvalidParameterValueException for members of the other type",
            "Lambda's and EFS's name",
            |behind, request| {
                let members = object(&request).unwrap_or_default();
                let store = members.get("CustomKeyStoreId").and_then(|id| behind.store(id.as_str()?));
                let other = |name: &String| match store.as_ref().and_then(|s| s["CustomKeyStoreType"].as_str()) {
                    Some("AWS_CLOUDHSM") => name.starts_with("Xks"),
                    Some(_) => name == "KeyStorePassword" || name == "CloudHsmClusterId",
                    None => false,
                };
                let foreign = is_update(&request) && members.keys().any(other);
                let good = behind.serve(request);
                match foreign && code(&good).as_deref() == Some("ValidationException") {
                    true => amz(400, r#"{"__type":"InvalidParameterValueException","message":"A sentence."}"#),
                    false => good,
                }
            },
        )
        .warns(&["T-01", "T-02", "T-03", "T-04", "T-05", "T-06", "T-07", "T-08", "W-19"]),
        row("name: InvalidAction for an unknown target", "awsQuery's name", |behind, request| {
            match operation(&request) == UPDATE || is_known(operation(&request)) {
                true => behind.serve(request),
                false => amz(400, r#"{"__type":"InvalidAction","message":"A sentence."}"#),
            }
        })
        .warns(&["W-14"]),
        row(
            "name: 404 page for an unknown target",
            "a router that finds no route; Express 5.3.0",
            |behind, request| match operation(&request) == UPDATE || is_known(operation(&request)) {
                true => behind.serve(request),
                false => with_id(crate::front::answer(404, "text/html; charset=utf-8", "<pre>Cannot POST /</pre>")),
            },
        )
        .warns(&["W-14"]),
        row(
            "name: 501 for an unknown target",
            "moto 5.2.5: NotImplementedError of its dispatcher",
            |behind, request| match operation(&request) == UPDATE || is_known(operation(&request)) {
                true => behind.serve(request),
                false => amz(501, r#"{"__type":"InternalFailure","message":"The action is not implemented"}"#),
            },
        )
        .warns(&["W-14"]),
        row("name: any target is an update", "a server that serves one operation", |behind, request| {
            let known = is_known(operation(&request));
            let (mut head, body) = request.into_parts();
            if !known && head.uri.path() == "/" && head.method == "POST" {
                head.headers.insert("x-amz-target", HeaderValue::from_static("TrentService.UpdateCustomKeyStore"));
            }
            behind.serve(Request::from_parts(head, body))
        })
        .fails(&["P-02", "W-14"]),
    ]
}

fn is_known(operation: &str) -> bool {
    [
        "CreateCustomKeyStore",
        UPDATE,
        "DescribeCustomKeyStores",
        "ConnectCustomKeyStore",
        "DisconnectCustomKeyStore",
        "DeleteCustomKeyStore",
    ]
    .contains(&operation)
}

fn successes() -> Vec<Row> {
    vec![
        success("204", "REST habits: no content", 204, "").fails(&["W-02"]),
        success("201 with {}", "FastAPI with status_code=201", 201, "{}").fails(&["W-02"]),
        success("202", "an operation that goes on in the background", 202, "").fails(&["W-02"]),
        success("null", "a handler that returns nothing: JSON.stringify(null), json.dumps(None)", 200, "null")
            .fails(&["W-02"]),
        success("a string that holds {}", "a handler that returns json.dumps({}) to FastAPI", 200, "\"{}\"")
            .fails(&["W-02"]),
        success("[]", "PHP: json_encode of an empty array", 200, "[]").fails(&["W-02"]),
        success(
            "a body with a member",
            "a handler that returns what it changed",
            200,
            r#"{"CustomKeyStoreId":"cks-1"}"#,
        )
        .fails(&["W-02"]),
        success("true", "a handler that returns whether it went well", 200, "true").fails(&["W-02"]),
        success("{} and a line feed", "Flask's jsonify, Go's json.Encoder", 200, "{}\n"),
        success("{ } with blanks", "an indenting JSON writer", 200, "{\n}"),
        success("nothing", "boto3's reference: no output", 200, ""),
        row(
            "success: 200 for an unknown method and path too",
            "http.server with do_POST alone, or a catch-all route",
            |behind, request| match request.uri().path() == "/" {
                true => behind.serve(request),
                false => amz(200, "{}"),
            },
        ),
    ]
}

fn heads() -> Vec<Row> {
    let content_type = |name: &'static str, like: &'static str, value: &'static str| {
        row(&format!("head: answers say {name}"), like, move |behind, request| {
            with_header(behind.serve(request), "content-type", value)
        })
    };
    vec![
        content_type("application/json", "Flask's jsonify, FastAPI's JSONResponse", "application/json")
            .warns(&["W-24"]),
        content_type("application/x-amz-json-1.0", "DynamoDB's protocol", "application/x-amz-json-1.0")
            .warns(&["W-24"]),
        content_type("text/plain", "Go's net/http, which sniffs the body", "text/plain; charset=utf-8")
            .warns(&["W-24"]),
        content_type(
            "a parameter",
            "frameworks that add a charset to all text",
            "application/x-amz-json-1.1; charset=utf-8",
        ),
        content_type("capitals", "media types have no case (RFC 9110, 8.3.1)", "Application/X-Amz-Json-1.1"),
        row("head: no request id", "most emulators written by hand", |behind, request| {
            let mut answer = behind.serve(request);
            answer.headers_mut().remove("x-amzn-requestid");
            answer
        })
        .warns(&["W-06"]),
        row("head: the request id of S3", "a server for several services with one header", |behind, request| {
            let mut answer = behind.serve(request);
            answer.headers_mut().remove("x-amzn-requestid");
            with_header(answer, "x-amz-request-id", "4442587FB7D0A2F9")
        })
        .warns(&["W-06"]),
        row("head: the same request id each time", "a constant where nobody looked", |behind, request| {
            with_id(behind.serve(request))
        }),
        row("head: many fields", "a proxy that adds its own", |behind, request| {
            let answer = with_header(behind.serve(request), "server", "nginx/1.22.1");
            let answer = with_header(answer, "strict-transport-security", "max-age=31536000");
            let answer = with_header(answer, "set-cookie", "AWSALB=x; Path=/");
            with_header(answer, "x-amz-crc32", "2745614147")
        }),
        row(
            "head: a parameter of the request's content type is refused",
            "an exact comparison of media types; 415 of a router",
            |behind, request| {
                let parameter = request.headers().get("content-type").is_some_and(|v| v.as_bytes().contains(&b';'));
                match parameter {
                    true => amz(415, r#"{"__type":"UnknownOperationException","message":"A sentence."}"#),
                    false => behind.serve(request),
                }
            },
        )
        .warns(&["W-25"]),
        row("head: another content type is served", "a handler that parses whatever comes", |behind, request| {
            let (mut head, body) = request.into_parts();
            head.headers.insert("content-type", HeaderValue::from_static(AMZ_JSON));
            behind.serve(Request::from_parts(head, body))
        }),
        row("head: other methods get an HTML page", "nginx 1.22.1: 405 Not Allowed", |behind, request| {
            let odd = request.method() != "POST" || request.uri().path() != "/";
            match odd {
                true => crate::front::answer(
                    405,
                    "text/html",
                    "<html>\r\n<head><title>405 Not Allowed</title></head>\r\n</html>\r\n",
                ),
                false => behind.serve(request),
            }
        }),
        row("head: other methods get 501", "http.server of Python 3.11.7: Unsupported method", |behind, request| {
            let odd = request.method() != "POST" || request.uri().path() != "/";
            match odd {
                true => crate::front::answer(
                    501,
                    "text/html;charset=utf-8",
                    "<!DOCTYPE HTML>\n<title>Error response</title>",
                ),
                false => behind.serve(request),
            }
        }),
        // Type before name, name before proxy, and proxy before type: each of them is admitted where it is alone.
        row("order: the proxy is asked before the store's type is known", "checks that grew", |behind, request| {
            let [password, endpoint] =
                ["KeyStorePassword", "XksProxyUriEndpoint"].map(|m| text(&request, m).unwrap_or_default());
            let asked = is_update(&request) && !password.is_empty() && endpoint.ends_with(UNREACHABLE);
            match behind.serve(request) {
                refused if asked && code(&refused).as_deref() == Some("ValidationException") => {
                    error(400, "XksProxyUriUnreachableException")
                }
                answer => answer,
            }
        })
        .warns(&["P-05"]),
    ]
}
