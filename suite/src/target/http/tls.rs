//! TLS to a target: verified as the operating system does, against certificates that the caller trusts, or not at all.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::HttpError;
use super::connection::Stream;

/// The settings for TLS with one host.
pub(super) struct Tls {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl Tls {
    /// TLS with the host of that name or address, whose certificate is verified against `roots` in PEM, or else against
    /// those of this machine; `insecure` takes any certificate.
    ///
    /// # Errors
    /// Where the roots cannot be read, the machine has none, or the name cannot be one of a certificate.
    pub(super) fn with(host: &str, roots: Option<&[u8]>, insecure: bool) -> Result<Tls, HttpError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match (insecure, roots) {
            (true, _) => builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))),
            (false, Some(pem)) => builder.with_root_certificates(trusted(pem)?),
            (false, None) => builder.with_platform_verifier().map_err(unusable)?,
        };
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let host = ServerName::try_from(address.to_owned()).map_err(unusable)?;
        Ok(Tls { connector: TlsConnector::from(Arc::new(config)), host })
    }

    /// The handshake.
    ///
    /// # Errors
    /// Where it fails.
    pub(super) async fn connect(&self, stream: Stream) -> io::Result<TlsStream<Stream>> {
        self.connector.connect(self.host.clone(), stream).await
    }
}

fn unusable(error: impl Display) -> HttpError {
    HttpError::Client(error.to_string())
}

/// The certificates of a PEM bundle.
fn trusted(pem: &[u8]) -> Result<RootCertStore, HttpError> {
    let unreadable = |error: &dyn Display| HttpError::Roots(error.to_string());
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| unreadable(&e))?;
        store.add(certificate).map_err(|e| unreadable(&e))?;
    }
    Ok(store)
}

/// Takes any certificate. The signature of the handshake is verified all the same.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
