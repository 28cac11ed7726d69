//! Signature Version 4, well made or wrong in one way.

mod documented;
#[cfg(feature = "cli")]
mod local;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use documented::Identity;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
#[cfg(feature = "cli")]
pub(in crate::target) use local::LocalSigner;
use secrecy::SecretString;
use ucks_oracle::wire::{Auth, Request};
use url::Url;

use super::{TransportError, unsendable};
use crate::profile::Profile;

/// The service of the credential scope.
const SERVICE: &str = "kms";
/// The service admits five minutes.
const SKEW: Duration = Duration::from_secs(600);

/// Credentials for signing. No part of them is ever printed.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret: SecretString,
    /// The token of a session.
    pub session_token: Option<SecretString>,
}

impl Credentials {
    /// Credentials without a session.
    pub fn new(access_key: impl Into<String>, secret: impl Into<String>) -> Credentials {
        Credentials { access_key: access_key.into(), secret: SecretString::from(secret.into()), session_token: None }
    }

    /// Those of the first identity of a profile that may do this, or may not.
    pub fn of(profile: &Profile, allowed: bool) -> Option<Credentials> {
        let identity = profile.identities.iter().find(|i| i.allowed == allowed)?;
        Some(Credentials::new(identity.access_key_id.clone(), identity.secret_access_key.clone()))
    }

    /// The credentials that open nothing.
    pub fn throw_away() -> Credentials {
        Credentials::new("test", "test")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// Signs for one target, as each request asks for it.
pub(super) struct Signer {
    good: Identity,
    unknown_key: Identity,
    wrong_secret: Identity,
    not_allowed: Option<Identity>,
    /// As the field `Host` names the target.
    host: String,
    region: String,
    settings: SigningSettings,
}

impl Signer {
    pub(super) fn new(
        base: &Url,
        good: Option<Credentials>,
        not_allowed: Option<Credentials>,
        region: String,
    ) -> Signer {
        let host = base.host_str().unwrap_or_default();
        let host = base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Signer::of_host(host, good, not_allowed, region)
    }

    /// Signs for a target of which the field `Host` is known.
    fn of_host(host: String, good: Option<Credentials>, not_allowed: Option<Credentials>, region: String) -> Signer {
        let good = good.unwrap_or_else(Credentials::throw_away);
        let unknown_key = Credentials::new(format!("AKIA{}", random(16)), random(40));
        let wrong_secret = Credentials { secret: SecretString::from(random(40)), ..good.clone() };
        Signer {
            good: Identity::new(good),
            unknown_key: Identity::new(unknown_key),
            wrong_secret: Identity::new(wrong_secret),
            not_allowed: not_allowed.map(Identity::new),
            host,
            region,
            settings: SigningSettings::default(),
        }
    }

    /// The host, as the field `Host` names it.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Adds to `headers` what the signature of `request` consists of.
    pub(super) fn sign(&self, request: &Request, url: &str, headers: &mut HeaderMap) -> Result<(), TransportError> {
        let mut time = SystemTime::now();
        let identity = match request.auth {
            Auth::Unsigned => return Ok(()),
            Auth::Good => &self.good,
            Auth::UnknownKey => &self.unknown_key,
            Auth::WrongSignature => &self.wrong_secret,
            Auth::SkewedClock => {
                time -= SKEW;
                &self.good
            }
            Auth::NotAllowed => self.not_allowed.as_ref().ok_or_else(|| {
                unsendable(format_args!("no second identity is known; name one in the profile's authentication"))
            })?,
        };
        if self.sign_documented(identity, time, request, headers) {
            return Ok(());
        }
        self.sign_any(identity, time, request, url, headers).map_err(|e| unsendable(format_args!("{e}")))
    }

    /// Signs every request that can be signed.
    fn sign_any(
        &self,
        identity: &Identity,
        time: SystemTime,
        request: &Request,
        url: &str,
        headers: &mut HeaderMap,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let params = SigningParams::builder()
            .identity(&identity.general)
            .region(&self.region)
            .name(SERVICE)
            .time(time)
            .settings(self.settings.clone())
            .build()?
            .into();
        let signed = headers
            .iter()
            .filter(|(name, _)| is_signed(name))
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable = SignableRequest::new(&request.method, url, signed, SignableBody::Bytes(&request.body))?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        for (name, value) in instructions.headers() {
            headers.insert(HeaderName::from_bytes(name.as_bytes())?, sensitive(HeaderValue::from_str(value)?));
        }
        Ok(())
    }
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// Returns true for fields that every signature must cover. Others may change on the way, and some values cannot be
/// signed.
fn is_signed(name: &HeaderName) -> bool {
    let made_here = matches!(name.as_str(), "x-amz-date" | "x-amz-security-token") || name == AUTHORIZATION;
    !made_here && (name == HOST || name == CONTENT_TYPE || name.as_str().starts_with("x-amz-"))
}

/// Letters and digits that nobody can have known.
fn random(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let state = RandomState::new();
    (0..length).map(|n| char::from(ALPHABET[(state.hash_one(n) % 32) as usize])).collect()
}
