//! The files of `ucks emulator --tls`: a CA, a certificate and keys, laid out as the AWS Emulator's are.
//!
//! | file | holds |
//! |---|---|
//! | `ca.pem` | the certificate that the emulator's own is signed by |
//! | `emulator_credentials` | the keys to sign requests with, in the form of AWS's shared credentials file |
//! | `config` | the Region, in the form of AWS's config file |
//!
//! All of it is made anew with each start, and removed at the end. The CA's private key is never written.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// The names of the files.
const FILES: [&str; 3] = ["ca.pem", "emulator_credentials", "config"];
/// The names and addresses of this machine that the certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The written files, which go when this value does.
pub(super) struct CertificateFiles {
    folder: PathBuf,
    /// True if the folder was made here.
    made: bool,
    access_key: String,
    secret: String,
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl CertificateFiles {
    /// Makes certificate and keys, and writes what clients need into `folder`, or into `~/.aws/emulator/PORT`.
    ///
    /// # Errors
    /// Where the folder cannot be made or holds the files of another program.
    pub(super) fn write(folder: Option<&Path>, port: u16) -> anyhow::Result<CertificateFiles> {
        let own = || super::aws::emulator_folder(port).context("there is no home folder; use --tls-dir DIR");
        let folder = folder.map_or_else(own, |f| Ok(f.to_owned()))?;
        let made = !folder.exists();
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let mut ca = CertificateParams::new(Vec::new())?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.distinguished_name.push(DnType::CommonName, "ucks emulator");
        let ca_key = KeyPair::generate()?;
        let ca_certificate = ca.self_signed(&ca_key)?;
        let key = KeyPair::generate()?;
        let mut own = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?;
        own.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = own.signed_by(&key, &Issuer::from_params(&ca, &ca_key))?;
        let files = CertificateFiles {
            folder,
            made,
            access_key: format!("AKIA{}", random(16)?),
            secret: random(40)?,
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
        };
        let keys =
            format!("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", files.access_key, files.secret);
        let texts = [ca_certificate.pem(), keys, "[default]\nregion = us-east-1\n".to_owned()];
        for (name, text) in FILES.iter().zip(texts) {
            files.put(name, &text)?;
        }
        Ok(files)
    }

    /// Writes a file that only this user may read.
    fn put(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        if path.is_dir() {
            bail!("`{}` is a folder", path.display());
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Where the files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The row of an environment for the identity that signs.
    pub(super) fn identity(&self) -> String {
        let (key, secret) = (&self.access_key, &self.secret);
        format!("[[identities]]\naccess_key_id = \"{key}\"\nsecret_access_key = \"{secret}\"\n")
    }

    /// Returns the acceptor of TLS connections.
    ///
    /// # Errors
    /// Where the TLS library refuses the certificate.
    pub(super) fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], PrivateKeyDer::Pkcs8(self.key.clone_key()))
            .context("the certificate cannot be used")?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Drop for CertificateFiles {
    fn drop(&mut self) {
        for name in FILES {
            let _ = std::fs::remove_file(self.folder.join(name));
        }
        if self.made {
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

/// Letters and digits that nobody can guess.
fn random(length: usize) -> anyhow::Result<String> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("no random numbers: {e}"))?;
    Ok(bytes.into_iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect())
}
