//! Signature Version 4, checked where the environment asks for it (D).
//!
//! The signature is computed anew from the request and the secret of the identity that it names.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use sha2::{Digest, Sha256};

use crate::core::Core;
use crate::errors::{ApiError, Code};

/// The tolerated difference between the clocks.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    /// Date, region, service and `aws4_request`.
    scope: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

/// Refuses a request that no identity of the environment signed, or whose identity may not call.
pub(crate) fn check(core: &Core, request: &Request<Bytes>) -> Result<(), ApiError> {
    let asked = core.behaviour.signatures;
    let header = |name| request.headers().get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let Some(text) = header("authorization") else {
        if !asked.required {
            return Ok(());
        }
        return Err(ApiError::new(Code::MissingAuthenticationToken, "Missing Authentication Token"));
    };
    let incomplete = || ApiError::new(Code::InvalidSignature, "The Authorization header is not complete.");
    let authorization = parse(text).ok_or_else(incomplete)?;
    let Some(identity) = core.environment.identity(authorization.access_key_id) else {
        if !asked.known_key {
            return Ok(());
        }
        let message = "The security token included in the request is invalid.";
        return Err(ApiError::new(Code::UnrecognizedClient, message));
    };
    let time = header("x-amz-date").ok_or_else(incomplete)?;
    if asked.clock {
        let off = parse_time(time).ok_or_else(incomplete)?.abs_diff(seconds_now());
        if off > SKEW.as_secs() {
            return Err(ApiError::new(Code::InvalidSignature, "The signature is not of this time."));
        }
    }
    let date = time.get(..8).unwrap_or_default();
    let right_scope = authorization.scope == format!("{date}/{}/kms/aws4_request", core.environment.region());
    let expected = signature(request, &authorization, time, &identity.secret_access_key);
    let right = right_scope && expected.as_deref() == Some(authorization.signature);
    if !right && asked.signature {
        let message = "The request signature we calculated does not match the signature you provided.";
        return Err(ApiError::new(Code::InvalidSignature, message));
    }
    if !identity.allowed && asked.permission {
        return Err(ApiError::new(Code::AccessDenied, "The caller is not authorized to perform this operation."));
    }
    Ok(())
}

fn parse(text: &str) -> Option<Authorization<'_>> {
    let fields = text.strip_prefix("AWS4-HMAC-SHA256")?;
    let field =
        |name: &str| fields.split(',').map(str::trim).find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
    let (access_key_id, scope) = field("Credential")?.split_once('/')?;
    Some(Authorization {
        access_key_id,
        scope,
        signed_headers: field("SignedHeaders")?,
        signature: field("Signature")?,
    })
}

fn signature(request: &Request<Bytes>, authorization: &Authorization, time: &str, secret: &str) -> Option<String> {
    let mut canonical = format!("{}\n{}\n{}\n", request.method(), request.uri().path(), canonical_query(request));
    for name in authorization.signed_headers.split(';') {
        let values = request.headers().get_all(name).iter().map(|value| value.to_str().ok());
        let mut values = values.collect::<Option<Vec<&str>>>()?;
        let authority = request.uri().authority().map(http::uri::Authority::as_str);
        if values.is_empty() && name == "host" {
            values.extend(authority);
        }
        let folded: Vec<String> = values.iter().map(|value| fold(value)).collect();
        canonical.push_str(&format!("{name}:{}\n", folded.join(",")));
    }
    let payload = hex(&Sha256::digest(request.body()));
    canonical.push_str(&format!("\n{}\n{payload}", authorization.signed_headers));
    let scope = authorization.scope;
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in scope.split('/') {
        key = mac(&key, part.as_bytes())?;
    }
    Some(hex(&mac(&key, to_sign.as_bytes())?))
}

fn canonical_query(request: &Request<Bytes>) -> String {
    let mut pairs: Vec<String> = request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort();
    pairs.join("&")
}

fn fold(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn mac(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().to_vec())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Seconds since the epoch of `YYYYMMDDTHHMMSSZ`.
fn parse_time(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    if text.len() != 16 || text.get(8..9)? != "T" || !text.ends_with('Z') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the proleptic Gregorian calendar, with years that start in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + number(9, 11)?) * 60 + number(11, 13)?) * 60 + number(13, 15)?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("19700101T000000Z", Some(0))]
    #[case("20240229T120000Z", Some(1_709_208_000))]
    #[case("20261122T000000Z", Some(1_795_305_600))]
    #[case("20230301T010203Z", Some(1_677_632_523))]
    #[case("2026", None)]
    #[case("20261122T000000Z0", None)]
    #[case("20261122X000000Z", None)]
    #[case("20261122T0000000", None)]
    #[case("19691231T235959Z", None)]
    #[case("20260022T000000Z", None)]
    #[case("20261322T000000Z", None)]
    #[case("20261100T000000Z", None)]
    #[case("20261132T000000Z", None)]
    fn times(#[case] text: &str, #[case] seconds: Option<u64>) {
        assert_eq!(parse_time(text), seconds);
    }
}
