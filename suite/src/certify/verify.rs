//! Judging a bundle again, offline: by its bytes, by its requests, by its answers.
//!
//! | module | what it looks for |
//! |---|---|
//! | [`hashes`] | bytes that are not those that were signed |
//! | [`requests`] | requests that do not follow from challenge and profile |
//! | [`judging`] | verdicts and reports that do not follow from the answers |

pub mod hashes;
pub mod judging;
pub mod requests;

use super::bundle::archive::{self, ArchiveError};
use super::bundle::manifest::Manifest;
use super::sign::PublicKey;
use crate::record::Record;

/// What the reviewer knows.
#[derive(Clone, Default)]
pub struct Known {
    /// Who should have signed.
    pub key: Option<PublicKey>,
    /// The challenge that was issued.
    pub challenge: Option<String>,
    /// Whether a bundle without a signature will do.
    pub unsigned: bool,
}

/// What verifying found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Why the bundle is rejected, one sentence each; none where it is accepted.
    pub problems: Vec<String>,
    /// What it says, as far as it could be read.
    pub manifest: Option<Manifest>,
    /// What its answers say, judged again.
    pub record: Option<Record>,
    /// Exchanges in its transcript.
    pub exchanges: usize,
}

impl Verified {
    /// Whether nothing speaks against the bundle.
    pub fn is_accepted(&self) -> bool {
        self.problems.is_empty()
    }

    fn rejected(why: impl Into<String>) -> Verified {
        Verified { problems: vec![why.into()], ..Verified::default() }
    }
}

/// Verifies a bundle.
pub async fn verify(bundle: &[u8], known: &Known) -> Verified {
    let files = match archive::read(bundle) {
        Ok(files) => files,
        Err(error @ ArchiveError::Broken(_)) => return Verified::rejected(error.to_string()),
        Err(error) => return Verified::rejected(error.to_string()),
    };
    let mut verified = Verified::default();
    let Some(manifest) = hashes::check(&files, known, &mut verified.problems) else { return verified };
    verified.manifest = Some(manifest.clone());
    judging::check(&files, &manifest, &mut verified).await;
    verified
}
