//! Keys and signatures: ed25519, in the files that other programs write too (PKCS #8 and SPKI, PEM).

use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::challenge::hex;

/// The prefix of a manifest when it is signed, so that no other signature passes for one.
const CONTEXT: &[u8] = b"ucks certificate 1\0";
/// A file of a key is short.
const LONGEST: u64 = 16 * 1024;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("`{path}`: {why}")]
    File {
        /// The path.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// The file holds no such key.
    #[error("`{path}` holds no {what} key of ed25519 in PEM; `ucks keygen FILE` writes a pair")]
    None {
        /// The path.
        path: String,
        /// Private or public.
        what: &'static str,
    },
    /// The machine gives no random bytes.
    #[error("this machine gives no random bytes: {0}")]
    NoChance(getrandom::Error),
    /// The key cannot be written down.
    #[error("the key cannot be written as PEM")]
    Unwritable,
}

/// A private key, which signs.
pub struct PrivateKey(SigningKey);

/// A public key, which identifies the signer.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::NoChance`] where the machine gives no random bytes.
    pub fn generate() -> Result<PrivateKey, KeyError> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(KeyError::NoChance)?;
        Ok(PrivateKey(SigningKey::from_bytes(&bytes)))
    }

    /// Reads a private key.
    ///
    /// # Errors
    /// [`KeyError`] where the file cannot be read or holds none.
    pub fn read(path: &Path) -> Result<PrivateKey, KeyError> {
        let none = |_| KeyError::None { path: path.display().to_string(), what: "private" };
        SigningKey::from_pkcs8_pem(&text(path)?).map(PrivateKey).map_err(none)
    }

    /// Writes the pair: the private key to `path`, for its owner alone, the public one beside it. Returns
    /// the path of the public one.
    ///
    /// # Errors
    /// [`KeyError`] where a file of that name is there already, or cannot be written.
    pub fn write(&self, path: &Path) -> Result<PathBuf, KeyError> {
        let beside = public_path(path);
        let private = self.0.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        let public = self.0.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        if beside.exists() {
            let why = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(KeyError::File { path: beside.display().to_string(), why });
        }
        create(path, private.as_bytes(), 0o600)?;
        create(&beside, public.as_bytes(), 0o644)?;
        Ok(beside)
    }

    /// Returns the public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The signature of a manifest, as hexadecimal digits.
    pub fn sign(&self, manifest: &[u8]) -> String {
        hex(&self.0.sign(&[CONTEXT, manifest].concat()).to_bytes())
    }
}

impl PublicKey {
    /// Reads a public key, or the public half of a private one.
    ///
    /// # Errors
    /// [`KeyError`] where the file cannot be read or holds none.
    pub fn read(path: &Path) -> Result<PublicKey, KeyError> {
        let text = text(path)?;
        let public = VerifyingKey::from_public_key_pem(&text).map(PublicKey);
        let public =
            public.or_else(|e| SigningKey::from_pkcs8_pem(&text).map(|k| PublicKey(k.verifying_key())).map_err(|_| e));
        public.map_err(|_| KeyError::None { path: path.display().to_string(), what: "public" })
    }

    /// The key of its hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<PublicKey> {
        let bytes: [u8; 32] = unhex(text)?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().map(PublicKey)
    }

    /// Its hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// Returns true if it made this signature of the manifest.
    pub fn signed(&self, manifest: &[u8], signature: &str) -> bool {
        let signature = unhex(signature.trim()).and_then(|b| <[u8; 64]>::try_from(b).ok());
        signature
            .is_some_and(|s| self.0.verify_strict(&[CONTEXT, manifest].concat(), &Signature::from_bytes(&s)).is_ok())
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// Returns the path of the public key for a private one.
fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn text(path: &Path) -> Result<String, KeyError> {
    use std::io::Read;
    let failed = |why| KeyError::File { path: path.display().to_string(), why };
    let mut text = String::new();
    std::fs::File::open(path).map_err(failed)?.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Writes a new file that only some may read; never over another one.
fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyError> {
    let failed = |why| KeyError::File { path: path.display().to_string(), why };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path).and_then(|mut file| file.write_all(bytes)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_that_signed_verifies() {
        let (key, other) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        let signature = key.sign(b"manifest");
        assert!(key.public().signed(b"manifest", &signature));
        assert!(!key.public().signed(b"Manifest", &signature));
        assert!(!other.public().signed(b"manifest", &signature));
        assert!(!key.public().signed(b"manifest", "é"));
        assert!(PublicKey::from_hex(&key.public().hex()).unwrap() == key.public());
    }
}
