//! A service in this process that checks signatures.

use bytes::Bytes;
use http::HeaderValue;
use http::header::HOST;
use ucks_oracle::wire::Request;
use url::Url;

use super::sign::{Credentials, Signer};
use crate::profile::Profile;
use crate::target::in_process::{from_http, to_http};
use crate::target::{CallFuture, Target, TransportError, patient};

/// The host that requests name: no network is asked for it.
const AT: &str = "ucks.invalid";

/// A target made of an async function; requests come to it signed.
pub struct Local<F> {
    signer: Signer,
    service: F,
}

impl<F, R> Local<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = http::Response<Bytes>> + Send,
{
    /// Wraps the function; the profile's identities sign.
    ///
    /// # Errors
    /// Never, as long as the host above is one.
    pub fn new(service: F, profile: &Profile) -> Result<Local<F>, TransportError> {
        let base = Url::parse(&format!("http://{AT}")).map_err(|e| TransportError::NotHttp(e.to_string()))?;
        Ok(Local {
            signer: Signer::new(
                &base,
                Credentials::of(profile, true),
                Credentials::of(profile, false),
                profile.region.clone(),
            ),
            service,
        })
    }
}

impl<F, R> Target for Local<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = http::Response<Bytes>> + Send,
{
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let call = async move {
            let mut http = to_http(request).map_err(|e| TransportError::Unsendable(e.to_string()))?;
            let url = format!("http://{AT}{}", request.path);
            self.signer.sign(request, &url, http.headers_mut())?;
            http.headers_mut().insert(HOST, HeaderValue::from_static(AT));
            Ok(from_http((self.service)(http).await))
        };
        patient(request, Box::pin(call))
    }
}
