//! Signatures for a program, which has no URL.

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue};
use ucks_oracle::wire::Request;

use super::Signer;
use crate::target::TransportError;
use crate::target::http::{HttpOptions, unsendable};

/// The host that a program is taken to be.
const LOCALHOST: &str = "localhost";

/// Signs requests for the host `localhost`.
pub(in crate::target) struct LocalSigner(Signer);

impl LocalSigner {
    /// A signer with the credentials and the Region of these options.
    pub(in crate::target) fn new(options: HttpOptions) -> LocalSigner {
        LocalSigner(Signer::of_host(LOCALHOST.to_owned(), options.credentials, options.not_allowed, options.region))
    }

    /// Returns the header fields of a request as they are, and those of its signature. Fields that HTTP does not carry
    /// are left out of the signature.
    ///
    /// # Errors
    /// [`TransportError::Unsendable`] if the request cannot be signed.
    pub(in crate::target) fn headers(&self, request: &Request) -> Result<Vec<(String, String)>, TransportError> {
        if !request.path.starts_with('/') {
            return Err(unsendable(format_args!("the path `{}` does not start with `/`", request.path.escape_debug())));
        }
        let mut fields = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                fields.append(name, value);
            }
        }
        let own: Vec<HeaderName> = fields.keys().cloned().collect();
        self.0.sign(request, &format!("http://{LOCALHOST}{}", request.path), &mut fields)?;
        fields.entry(HOST).or_insert(HeaderValue::from_static(LOCALHOST));
        let mut all: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        for (name, value) in fields.iter().filter(|(name, _)| !own.contains(name)) {
            all.push((name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        }
        Ok(all)
    }
}
