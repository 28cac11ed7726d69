use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use rstest::rstest;
use ucks_oracle::wire::Auth;

use super::*;

fn target(options: HttpOptions) -> HttpTarget {
    HttpTarget::new("http://127.0.0.1:4566", options).expect("a target")
}

fn request(auth: Auth) -> Request {
    Request { auth, ..Request::operation("UpdateCustomKeyStore", b"{}".to_vec()) }
}

fn field<'a>(request: &'a Prepared, name: &str) -> &'a str {
    request.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

/// The access key and the signature that a request carries.
fn signature(request: &Prepared) -> (&str, &str) {
    let authorization = field(request, "authorization").strip_prefix("AWS4-HMAC-SHA256 Credential=").expect("signed");
    let (key, _) = authorization.split_once('/').expect("a scope");
    let (_, signature) = authorization.rsplit_once("Signature=").expect("a signature");
    (key, signature)
}

/// The signature as the service computes it, from the request as it is sent.
fn verified(request: &Prepared, secret: &str, region: &str) -> String {
    let date = field(request, "x-amz-date");
    let (_, rest) = field(request, "authorization").split_once("SignedHeaders=").expect("signed headers");
    let signed = rest.split(',').next().expect("names");
    let host = format!("{}:{}", request.url.host_str().expect("a host"), request.url.port().expect("a port"));
    let value = |name: &str| if name == "host" { host.clone() } else { field(request, name).to_owned() };
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", value(name))).collect();
    let body = &request.body;
    let (method, path, query) = (&request.method, request.url.path(), request.url.query().unwrap_or_default());
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{}", sha256(body));
    let day = &date[..8];
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{day}/{region}/kms/aws4_request\n{}", sha256(canonical.as_bytes()));
    calculate_signature(generate_signing_key(secret, SystemTime::now(), region, "kms"), text.as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    let suites = rustls::crypto::ring::default_provider().cipher_suites;
    let mut hashes = suites.iter().filter_map(|suite| suite.tls13()).map(|suite| suite.common.hash_provider);
    let hash = hashes.find(|hash| hash.output_len() == 32).expect("a suite with SHA-256");
    hash.hash(bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_request_is_signed_with_the_throw_away_credentials() {
    let sent = target(HttpOptions::default()).prepare(&request(Auth::Good)).expect("sendable");
    let (key, signature) = signature(&sent);
    assert_eq!(key, "test");
    assert!(field(&sent, "authorization").contains("/us-east-1/kms/aws4_request"));
    assert!(field(&sent, "authorization").contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target,"));
    assert_eq!(signature, verified(&sent, "test", "us-east-1"));
}

#[test]
fn the_options_credentials_and_region_sign() {
    let credentials =
        Credentials { session_token: Some("a-session-token".into()), ..Credentials::new("AKIDEXAMPLE", "a-secret") };
    let options = HttpOptions { credentials: Some(credentials), region: "eu-west-3".into(), ..HttpOptions::default() };
    assert!(!format!("{options:?}").contains("a-se"), "neither secret nor token is shown: {options:?}");
    let target = target(options);
    let sent = target.prepare(&request(Auth::Good)).expect("sendable");
    let (key, signature) = signature(&sent);
    assert_eq!((key, signature), ("AKIDEXAMPLE", &*verified(&sent, "a-secret", "eu-west-3")));
    assert_eq!(field(&sent, "x-amz-security-token"), "a-session-token");
    assert!(!format!("{target:?} {sent:?}").contains("a-se"), "neither secret nor token is shown");
}

#[test]
fn each_way_of_signing_wrong_is_wrong_in_one_way() {
    let options = HttpOptions { not_allowed: Some(Credentials::new("OTHER", "other")), ..HttpOptions::default() };
    let target = target(options);
    let sent = |auth| target.prepare(&request(auth)).expect("sendable");
    assert_eq!(field(&sent(Auth::Unsigned), "authorization"), "");
    let unknown = sent(Auth::UnknownKey);
    assert!(signature(&unknown).0.starts_with("AKIA"));
    let wrong = sent(Auth::WrongSignature);
    assert_eq!(signature(&wrong).0, "test");
    assert_ne!(signature(&wrong).1, verified(&wrong, "test", "us-east-1"));
    let other = sent(Auth::NotAllowed);
    assert_eq!(signature(&other), ("OTHER", &*verified(&other, "other", "us-east-1")));
    assert!(field(&sent(Auth::SkewedClock), "x-amz-date") < field(&sent(Auth::Good), "x-amz-date"));
}

#[test]
fn without_a_second_identity_nobody_is_not_allowed() {
    let lost = target(HttpOptions::default()).prepare(&request(Auth::NotAllowed)).expect_err("nobody");
    assert!(lost.to_string().contains("name one in the profile"), "{lost}");
}

#[rstest]
#[case::another_method("GET", "/", &[])]
#[case::a_method_of_its_own("FROB-NICATE", "/", &[])]
#[case::another_path("POST", "/kms/v2", &[])]
#[case::an_empty_query("POST", "/?", &[])]
#[case::a_query("POST", "/a?b=c&d", &[])]
#[case::another_host_in_the_path("POST", "//elsewhere.example/x", &[])]
#[case::escapes("POST", "/%00%2e%2E/", &[])]
#[case::another_content_type("POST", "/", &[("content-type", "text/plain; charset=\"x\"")])]
#[case::a_field_twice("POST", "/", &[("x-amz-target", "A"), ("X-Amz-Target", "B")])]
#[case::bytes_beyond_ascii("POST", "/", &[("x-amz-target", "TrentService.Ünknown"), ("x-other", "鍵")])]
#[case::the_right_length("POST", "/", &[("content-length", "2")])]
#[case::an_authorization_of_its_own("POST", "/", &[("authorization", "Bearer x"), ("x-amz-date", "never")])]
fn an_awkward_request_is_sent_to_the_same_host(
    #[case] method: &'static str,
    #[case] path: &'static str,
    #[case] headers: &'static [(&str, &str)],
) {
    let headers = headers.iter().map(|(n, v)| (Cow::Borrowed(*n), Cow::Borrowed(*v))).collect();
    let request = Request {
        method: method.into(),
        path: path.into(),
        headers,
        body: b"{}".to_vec(),
        auth: Auth::Good,
        hang_up: false,
    };
    let sent = target(HttpOptions::default()).prepare(&request).expect("sendable");
    assert_eq!(sent.method, method);
    assert_eq!(sent.url.as_str(), format!("http://127.0.0.1:4566{path}"));
    assert_eq!(sent.headers.get_all("authorization").iter().count(), 1);
    assert_eq!(sent.headers.get_all("x-amz-date").iter().count(), 1);
}

#[rstest]
#[case::a_line_break("POST", "/", &[("x-amz-target", "a\r\nx-smuggled: b")])]
#[case::a_nul("POST", "/", &[("x-amz-target", "\0")])]
#[case::a_bad_name("POST", "/", &[("x amz", "a")])]
#[case::an_empty_name("POST", "/", &[("", "a")])]
#[case::a_wrong_length("POST", "/", &[("content-length", "3")])]
#[case::an_encoding("POST", "/", &[("transfer-encoding", "chunked")])]
#[case::a_bad_method("PO ST", "/", &[])]
#[case::no_method("", "/", &[])]
#[case::another_host("POST", "http://elsewhere.example/", &[])]
#[case::a_star("OPTIONS", "*", &[])]
#[case::no_path("POST", "", &[])]
fn what_http_cannot_carry_is_not_sent(
    #[case] method: &'static str,
    #[case] path: &'static str,
    #[case] headers: &'static [(&str, &str)],
) {
    let headers = headers.iter().map(|(n, v)| (Cow::Borrowed(*n), Cow::Borrowed(*v))).collect();
    let request = Request {
        method: method.into(),
        path: path.into(),
        headers,
        body: b"{}".to_vec(),
        auth: Auth::Good,
        hang_up: false,
    };
    let lost = target(HttpOptions::default()).prepare(&request).expect_err("not sendable").to_string();
    assert!(lost.contains("the request cannot be sent") && !lost.contains(['\r', '\n', '\0']), "{lost}");
}

#[rstest]
#[case::no_url("127.0.0.1:4566")]
#[case::another_scheme("ftp://127.0.0.1")]
#[case::a_password("http://user:a-secret@127.0.0.1")]
#[case::a_name_without_addresses("http://localhost:4566")]
fn a_url_that_has_not_passed_the_guard_makes_no_target(#[case] url: &str) {
    let error = HttpTarget::new(url, HttpOptions::default()).expect_err("no target").to_string();
    assert!(!error.contains("secret"), "{error}");
}
