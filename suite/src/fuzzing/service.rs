//! Whole HTTP requests to the emulator's handler: never a 5xx, and a refusal leaves the account as it was.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use ucks_emulator::{Config, Emulator};
use ucks_oracle::wire::{CONTENT_TYPE, TARGET_PREFIX};

use super::{CheckFailure, wire};
use crate::op::Symbol;
use crate::raw;

/// Fields with settings of the emulator; they are not sent.
const READINGS: &str = "ucks-readings";
const REVISION: &str = "ucks-revision";
const SIGNATURES: &str = "ucks-signatures";

/// Three stores in the account: external and public, CloudHSM, external behind a VPC endpoint service.
const STORES: [&str; 3] = [
    r#"{"CustomKeyStoreName":"a","CustomKeyStoreType":"EXTERNAL_KEY_STORE","XksProxyConnectivity":"PUBLIC_ENDPOINT",
        "XksProxyUriEndpoint":"https://a.xks.example","XksProxyUriPath":"/kms/xks/v1",
        "XksProxyAuthenticationCredential":{"AccessKeyId":"ABCDEFGHIJKLMNOPQRST",
            "RawSecretAccessKey":"0123456789abcdefghijklmnopqrstuvwxyzABCD/+="}}"#,
    r#"{"CustomKeyStoreName":"b","CloudHsmClusterId":"cluster-primaryaaaaa","KeyStorePassword":"kmsPswd1",
        "TrustAnchorCertificate":"-----BEGIN CERTIFICATE-----\nfamily a\n-----END CERTIFICATE-----"}"#,
    r#"{"CustomKeyStoreName":"c","CustomKeyStoreType":"EXTERNAL_KEY_STORE",
        "XksProxyConnectivity":"VPC_ENDPOINT_SERVICE","XksProxyUriEndpoint":"https://vpc01.xks.example",
        "XksProxyUriPath":"/kms/xks/v1",
        "XksProxyVpcEndpointServiceName":"com.amazonaws.vpce.us-east-1.vpce-svc-good01",
        "XksProxyAuthenticationCredential":{"AccessKeyId":"ABCDEFGHIJKLMNOPQRST",
            "RawSecretAccessKey":"0123456789abcdefghijklmnopqrstuvwxyzABCD/+="}}"#,
];

/// Long enough for every transition and lag.
const SETTLED: Duration = Duration::from_secs(60);

/// Checks the handler on one request, in the text of [`wire`]. It contains the stores' ids as their
/// letters, `a` to `c`.
///
/// # Errors
/// [`CheckFailure`] where the answer is a 5xx, or a refusal changed something.
pub fn check(bytes: &[u8]) -> Result<(), CheckFailure> {
    let start = *super::simulated_clock::START;
    let Some(mut asked) = wire::request(bytes) else { return Ok(()) };
    let mut option = |name: &str| asked.headers_mut().remove(name).and_then(|v| v.to_str().ok().map(str::to_owned));
    let signatures = option(SIGNATURES).is_some();
    let config = Config {
        revision: option(REVISION).unwrap_or_else(|| ucks_emulator::LATEST.to_owned()),
        readings: option(READINGS).and_then(|r| r.parse().ok()),
        check_signatures: Some(signatures),
        ..Config::default()
    };
    fastrand::seed(0);
    let emulator = Emulator::new(config);
    let ids: Vec<Option<String>> = STORES.iter().map(|s| created(&emulator, s, start)).collect();
    if let Some(id) = ids[2].as_deref() {
        let body = format!("{{\"CustomKeyStoreId\":\"{id}\"}}");
        let _ = emulator.handle_at(operation("ConnectCustomKeyStore", body), start);
    }
    let now = start + SETTLED;
    let before = everything(&emulator, now);
    let sent =
        asked.map(|body| Bytes::from(raw::with_ids(&body, |Symbol(n)| ids.get(usize::from(n)).cloned().flatten())));
    let answer = emulator.handle_at(sent, now);
    if answer.status().is_server_error() {
        return Err(wrong("the answer's status", "below 500", answer.status().as_str()));
    }
    if !answer.status().is_success() {
        let after = everything(&emulator, now + SETTLED);
        if before != after {
            return Err(wrong("the account after a refusal", &before, &after));
        }
    }
    Ok(())
}

fn wrong(subject: &str, expected: &str, got: &str) -> CheckFailure {
    CheckFailure { subject: subject.to_owned(), expected: expected.to_owned(), got: got.to_owned() }
}

fn operation(name: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut request = Request::new(body.into());
    *request.method_mut() = http::Method::POST;
    request.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(CONTENT_TYPE));
    if let Ok(target) = http::HeaderValue::from_str(&format!("{TARGET_PREFIX}{name}")) {
        request.headers_mut().insert("x-amz-target", target);
    }
    request
}

fn created(emulator: &Emulator, body: &'static str, now: Instant) -> Option<String> {
    let answer = emulator.handle_at(operation("CreateCustomKeyStore", body), now);
    let value: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
    value.get("CustomKeyStoreId")?.as_str().map(str::to_owned)
}

fn everything(emulator: &Emulator, now: Instant) -> String {
    let answer: Response<Bytes> = emulator.handle_at(operation("DescribeCustomKeyStores", "{\"Limit\":1000}"), now);
    String::from_utf8_lossy(answer.body()).into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_account_has_three_stores() {
        let emulator = Emulator::new(Config::default());
        assert!(STORES.iter().all(|s| created(&emulator, s, *crate::fuzzing::simulated_clock::START).is_some()));
    }

    #[rstest]
    #[case("{\"CustomKeyStoreId\":\"cks-0123456789abcdefa\",\"NewCustomKeyStoreName\":\"n\"}")]
    #[case("{\"CustomKeyStoreId\":\"cks-0123456789abcdefb\",\"XksProxyUriPath\":\"/kms/xks/v1\"}")]
    #[case("{\"CustomKeyStoreId\":\"cks-0123456789abcdefc\",\"XksProxyUriPath\":\"/a/kms/xks/v1\"}")]
    #[case("[[[")]
    fn it_holds(#[case] body: &str, #[values("", "ucks-readings: 7\n", "ucks-signatures: 1\n")] option: &str) {
        let text = format!(
            "POST / HTTP/1.1\ncontent-type: {CONTENT_TYPE}\nx-amz-target: \
                {TARGET_PREFIX}UpdateCustomKeyStore\n{option}\n{body}"
        );
        assert_eq!(check(text.as_bytes()), Ok(()));
    }
}
