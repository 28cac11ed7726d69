//! Authentication, where the world checks it (D).

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use rstest::rstest;
use sha2::{Digest, Sha256};
use ucks_emulator::{Config, Environment};

use crate::common::{Service, request};

const WORLD: &str = r#"
[emulator]
check_signatures = true
[[identities]]
access_key_id = "AKID"
secret_access_key = "secret"
[[identities]]
access_key_id = "DENIED"
secret_access_key = "secret"
allowed = false
"#;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// `seconds` since the epoch as `YYYYMMDDTHHMMSSZ`.
fn stamp(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    let mut left = days;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= months[month] {
        left -= months[month];
        month += 1;
    }
    format!("{year}{:02}{:02}T{:02}{:02}{:02}Z", month + 1, left + 1, rest / 3600, rest / 60 % 60, rest % 60)
}

/// Signs as a client does.
fn sign(mut request: Request<Bytes>, key: &str, secret: &str, skew: u64, region: &str) -> Request<Bytes> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - skew;
    let time = stamp(now);
    request.headers_mut().insert("x-amz-date", time.parse().unwrap());
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    let names = "content-type;host;x-amz-date;x-amz-target";
    let mut canonical = "POST\n/\n\n".to_owned();
    for name in names.split(';') {
        canonical += &format!("{name}:{}\n", header(name));
    }
    canonical += &format!("\n{names}\n{}", hex(&Sha256::digest(request.body())));
    let scope = format!("{}/{region}/kms/aws4_request", &time[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let key_bytes = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&key_bytes, &text));
    let value = format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}");
    request.headers_mut().insert("authorization", value.parse().unwrap());
    request
}

fn code(request: Request<Bytes>, defect: &str) -> String {
    let environment = Environment::parse(WORLD).unwrap();
    let mut service = Service::new(Config { environment, defect: defect.parse().ok(), ..Config::default() });
    let answer = service.send(request);
    if answer.status == 200 { "served".to_owned() } else { answer.code().to_owned() }
}

fn plain() -> Request<Bytes> {
    request("DescribeCustomKeyStores", "{}")
}

#[rstest]
#[case("AKID", "secret", 0, "us-east-1", "served")]
#[case("AKID", "secret", 240, "us-east-1", "served")]
#[case("AKID", "wrong", 0, "us-east-1", "InvalidSignatureException")]
#[case("AKID", "secret", 0, "eu-west-1", "InvalidSignatureException")]
#[case("AKID", "secret", 400, "us-east-1", "InvalidSignatureException")]
#[case("OTHER", "secret", 0, "us-east-1", "UnrecognizedClientException")]
#[case("DENIED", "secret", 0, "us-east-1", "AccessDeniedException")]
fn signed(#[case] key: &str, #[case] secret: &str, #[case] skew: u64, #[case] region: &str, #[case] expected: &str) {
    assert_eq!(code(sign(plain(), key, secret, skew, region), ""), expected);
}

#[test]
fn a_changed_body_is_refused() {
    let mut request = sign(plain(), "AKID", "secret", 0, "us-east-1");
    *request.body_mut() = Bytes::from_static(b"{ }");
    assert_eq!(code(request, ""), "InvalidSignatureException");
}

#[test]
fn a_query_is_signed_too() {
    let mut request = sign(plain(), "AKID", "secret", 0, "us-east-1");
    *request.uri_mut() = "/?a=1".parse().unwrap();
    assert_eq!(code(request, ""), "InvalidSignatureException");
}

#[test]
fn the_host_may_stand_in_the_uri_alone() {
    let mut request = sign(plain(), "AKID", "secret", 0, "us-east-1");
    *request.uri_mut() = "http://localhost/".parse().unwrap();
    assert_eq!(code(request.clone(), ""), "served");
    request.headers_mut().remove("host");
    assert_eq!(code(request.clone(), ""), "served");
    // No other header is filled in.
    request.headers_mut().insert("host", "localhost".parse().unwrap());
    request.headers_mut().remove("x-amz-target");
    assert_eq!(code(request, ""), "InvalidSignatureException");
}

#[test]
fn unsigned() {
    assert_eq!(code(plain(), ""), "MissingAuthenticationTokenException");
}

#[test]
fn only_the_status_of_what_is_unsigned_is_open() {
    let status = |request: Request<Bytes>, seed| {
        let environment = Environment::parse(WORLD).unwrap();
        Service::new(Config { environment, readings: Some(seed), ..Config::default() }).send(request).status
    };
    let wrong = || sign(plain(), "AKID", "wrong", 0, "us-east-1");
    assert!((0..20).all(|seed| status(wrong(), seed) == 400));
    assert!((0..20).any(|seed| status(plain(), seed) == 403));
}

#[test]
fn defects() {
    assert_eq!(code(plain(), "unsigned-accepted"), "served");
    let signed = |key, secret, skew| sign(plain(), key, secret, skew, "us-east-1");
    assert_eq!(code(signed("OTHER", "secret", 0), "unknown-access-key-accepted"), "served");
    assert_eq!(code(signed("AKID", "wrong", 0), "signature-not-checked"), "served");
    assert_eq!(code(signed("AKID", "secret", 400), "clock-not-checked"), "served");
    assert_eq!(code(signed("DENIED", "secret", 0), "permission-not-checked"), "served");
}
