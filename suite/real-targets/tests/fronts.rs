//! The fronts in process and over HTTP, with equal answers.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use real_targets::{Service, awsim, awsim_kms_service, winterbaume, winterbaume_kms_service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, \
                         SignedHeaders=host;x-amz-date, Signature=00";

fn unsigned(operation: &str, body: &'static str) -> Request<Bytes> {
    Request::post("/")
        .header(header::HOST, "127.0.0.1")
        .header("x-amz-target", format!("TrentService.{operation}"))
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(Bytes::from_static(body.as_bytes()))
        .unwrap()
}

async fn send(service: &Service, operation: &str, body: &'static str) -> (StatusCode, String) {
    let mut request = unsigned(operation, body);
    request.headers_mut().insert(header::AUTHORIZATION, SIGNATURE.parse().unwrap());
    read(service.call(request).await)
}

fn read(answer: Response<Bytes>) -> (StatusCode, String) {
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    (answer.status(), text)
}

const UNKNOWN: &str = r#"{"CustomKeyStoreId":"cks-0123456789abcdef0","NewCustomKeyStoreName":"new"}"#;

#[tokio::test]
async fn awsim_keeps_its_stores_and_answers_404() {
    let service = awsim_kms_service();
    let (status, _) = send(&service, "CreateCustomKeyStore", r#"{"CustomKeyStoreName":"first"}"#).await;
    assert_eq!(status, 200);
    let (_, stores) = send(&service.clone(), "DescribeCustomKeyStores", "{}").await;
    assert!(stores.contains(r#""CustomKeyStoreName":"first""#), "{stores}");
    let (status, error) = send(&service, "UpdateCustomKeyStore", UNKNOWN).await;
    assert_eq!(status, 404);
    assert!(error.contains("CustomKeyStoreNotFoundException"), "{error}");
}

#[tokio::test]
async fn awsim_adds_the_headers_of_its_gateway_and_its_layers() {
    let answer = awsim_kms_service().call(unsigned("UpdateCustomKeyStore", UNKNOWN)).await;
    let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("x-amzn-errortype"), Some("CustomKeyStoreNotFoundException"));
    assert_eq!(header("content-type"), Some("application/x-amz-json-1.0"));
    assert_eq!(header("access-control-allow-origin"), Some("*"));
    assert!(header("x-amzn-requestid").is_some());
}

#[tokio::test]
async fn winterbaume_keeps_its_stores_and_answers_400() {
    let service = winterbaume_kms_service();
    let (status, _) = send(&service, "CreateCustomKeyStore", r#"{"CustomKeyStoreName":"first"}"#).await;
    assert_eq!(status, 200);
    let (_, stores) = send(&service.clone(), "DescribeCustomKeyStores", "{}").await;
    assert!(stores.contains(r#""CustomKeyStoreName":"first""#), "{stores}");
    let (status, error) = send(&service, "UpdateCustomKeyStore", UNKNOWN).await;
    assert_eq!(status, 400);
    assert!(error.contains("CustomKeyStoreNotFoundException"), "{error}");
}

#[tokio::test]
async fn winterbaume_routes_by_the_credential_scope_or_the_host() {
    let service = winterbaume_kms_service();
    let (status, error) = read(service.call(unsigned("DescribeCustomKeyStores", "{}")).await);
    assert_eq!(status, 404);
    assert!(error.contains("UnknownService"), "{error}");
    let mut named = unsigned("DescribeCustomKeyStores", "{}");
    let host = "kms.us-east-1.amazonaws.com".parse().unwrap();
    named.headers_mut().insert(header::HOST, host);
    assert_eq!(service.call(named).await.status(), 200);
}

#[tokio::test]
async fn each_call_of_the_function_is_a_fresh_service() {
    for make in [awsim_kms_service, winterbaume_kms_service] {
        send(&make(), "CreateCustomKeyStore", r#"{"CustomKeyStoreName":"first"}"#).await;
        let (_, stores) = send(&make(), "DescribeCustomKeyStores", "{}").await;
        assert!(stores.contains(r#""CustomKeyStores":[]"#), "{stores}");
    }
}

/// Sends a request over a socket and returns the answer, down to the last byte.
async fn over_http(address: &SocketAddr, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {SIGNATURE}\r\n\
         x-amz-target: TrentService.UpdateCustomKeyStore\r\ncontent-type: application/x-amz-json-1.1\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn http_and_in_process_say_the_same() {
    for (name, service) in [("awsim", awsim_kms_service()), ("winterbaume", winterbaume_kms_service())] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        if name == "awsim" {
            tokio::spawn(awsim::serve(listener));
        } else {
            tokio::spawn(winterbaume::serve(listener));
        }
        for body in [UNKNOWN, "{}", "{", "[]"] {
            let served = over_http(&address, body).await;
            let (status, text) = send(&service, "UpdateCustomKeyStore", body).await;
            assert!(served.starts_with(&format!("HTTP/1.1 {}", status.as_u16())), "{name}: {served}");
            assert!(served.ends_with(&text), "{name}: {served}");
        }
    }
}
