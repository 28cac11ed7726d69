//! The short way to sign a request in its documented form, which nearly every request of a run has: sent to `/`, with
//! one content type and one target.
//!
//! The general way derives the signing key and parses the URL anew for each request, which costs a third of the time
//! that an exchange over loopback takes. Here the key is kept for its day. A test holds the two ways together.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use aws_smithy_runtime_api::client::identity;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use ucks_oracle::wire::Request;

use super::{Credentials, SERVICE, Signer, is_signed, sensitive};
use crate::deviations::Date;

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TARGET: &str = "x-amz-target";

/// Credentials in the forms that signing needs.
pub(super) struct Identity {
    /// As the general way wants them.
    pub(super) general: identity::Identity,
    credentials: Credentials,
    /// The signing key, and the day that it is good for.
    key: Mutex<(u64, Vec<u8>)>,
}

impl Identity {
    pub(super) fn new(credentials: Credentials) -> Identity {
        let token = credentials.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        let secret = credentials.secret.expose_secret();
        let general = AwsCredentials::new(credentials.access_key.clone(), secret, token, None, "ucks").into();
        Identity { general, credentials, key: Mutex::default() }
    }

    /// The signature with the key of that day, counted since 1970.
    fn signature(&self, day: u64, time: SystemTime, region: &str, text: &str) -> String {
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if key.0 != day || key.1.is_empty() {
            let secret = self.credentials.secret.expose_secret();
            *key = (day, generate_signing_key(secret, time, region, SERVICE).as_ref().to_vec());
        }
        calculate_signature(&key.1, text.as_bytes())
    }
}

impl Signer {
    /// Signs a request in its documented form; `false`, and nothing done, where it has another.
    pub(super) fn sign_documented(
        &self,
        identity: &Identity,
        time: SystemTime,
        request: &Request,
        headers: &mut HeaderMap,
    ) -> bool {
        let Some((content_type, target)) = documented(request, headers) else { return false };
        if identity.credentials.session_token.is_some() {
            return false;
        }
        let Ok(seconds) = time.duration_since(UNIX_EPOCH).map(|time| time.as_secs()) else { return false };
        let (day, second) = (seconds / 86_400, seconds % 86_400);
        let Date { year, month, day: day_of_month } = Date::of_day(day);
        let date = format!(
            "{year:04}{month:02}{day_of_month:02}T{:02}{:02}{:02}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        let (host, region, today) = (&self.host, &self.region, &date[..8]);
        let signed = "content-type;host;x-amz-date;x-amz-target";
        let canonical = format!(
            "{}\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{date}\nx-amz-target:{target}\n\n\
                {signed}\n{}",
            request.method,
            sha256(&request.body),
        );
        let scope = format!("{today}/{region}/{SERVICE}/aws4_request");
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let signature = identity.signature(day, time, region, &text);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
            identity.credentials.access_key
        );
        let (Ok(date), Ok(authorization)) = (HeaderValue::try_from(date), HeaderValue::try_from(authorization)) else {
            return false; // an access key or a region that no field can hold; the general way says so
        };
        headers.insert(DATE, date);
        headers.insert(AUTHORIZATION, sensitive(authorization));
        true
    }
}

/// Content type and target, where the request has these to sign and nothing else, each in its canonical form.
fn documented<'a>(request: &Request, headers: &'a HeaderMap) -> Option<(&'a str, &'a str)> {
    if request.path != "/" {
        return None;
    }
    let (mut content_type, mut target) = (None, None);
    for (name, value) in headers.iter().filter(|(name, _)| is_signed(name)) {
        let place = match name {
            name if name == CONTENT_TYPE => &mut content_type,
            name if name == TARGET => &mut target,
            _ => return None,
        };
        let text =
            value.to_str().ok().filter(|text| text.trim() == *text && !text.contains('\t') && !text.contains("  "))?;
        if place.replace(text).is_some() {
            return None;
        }
    }
    content_type.zip(target)
}

fn sha256(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use url::Url;

    use super::*;

    fn both(url: &str, request: &Request, time: SystemTime) -> Option<[HeaderMap; 2]> {
        let base = Url::parse(url).expect("a URL");
        let signer = Signer::new(&base, Some(Credentials::new("AKID", "secret")), None, "eu-west-3".to_owned());
        let mut short = HeaderMap::new();
        for (name, value) in &request.headers {
            short.append(
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
            );
        }
        let mut general = short.clone();
        let signed = signer.sign_documented(&signer.good, time, request, &mut short);
        signer.sign_any(&signer.good, time, request, base.as_str(), &mut general).expect("signed");
        signed.then_some([short, general])
    }

    proptest! {
        #[test]
        fn the_short_way_signs_as_the_general_one_does(
            url in prop::sample::select(vec![
                "http://127.0.0.1:4566", "http://127.0.0.1:80", "https://kms.test:443", "https://[::1]:8443",
                "http://[fd00::1]",
            ]),
            method in "POST|GET|PUT|FROB",
            path in "/|/\\?|/a",
            values in prop::collection::vec(
                ("content-type|x-amz-target|x-amz-other|accept|host", "[ -~\t]{0,12}|é"),
                0..4,
            ),
            body in prop::collection::vec(any::<u8>(), 0..40),
            seconds in 1_700_000_000_u64..4_000_000_000,
        ) {
            let mut request = Request::operation("UpdateCustomKeyStore", body);
            request.method = method.into();
            request.path = path.into();
            for (name, value) in values {
                request.headers.retain(|(n, _)| *n != name || value.len() % 2 == 0);
                request.headers.push((name.into(), value.into()));
            }
            if let Some([short, general]) = both(url, &request, UNIX_EPOCH + Duration::from_secs(seconds)) {
                prop_assert_eq!(short, general);
            }
        }
    }

    #[test]
    fn the_key_changes_with_the_day() {
        let identity = Identity::new(Credentials::throw_away());
        let day =
            |day: u64| identity.signature(day, UNIX_EPOCH + Duration::from_secs(day * 86_400), "us-east-1", "text");
        let [first, second, third] = [day(20_000), day(20_001), day(20_000)];
        assert_ne!(first, second);
        assert_eq!(first, third);
    }

    #[test]
    fn the_documented_form_takes_the_short_way() {
        let request = Request::operation("UpdateCustomKeyStore", b"{}".to_vec());
        assert!(both("http://127.0.0.1:4566", &request, SystemTime::now()).is_some());
    }
}
