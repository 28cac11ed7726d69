//! The manifest: what the certificate says, and the hash of every other file.

use super::archive::Files;
use crate::certify::behaviour::Behaviour;
use crate::certify::challenge::{Challenge, digest};
use crate::certify::level::Level;
use crate::certify::requirements::LeftOut;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of a bundle's form.
pub const FORMAT: u32 = 1;

/// What a bundle says, in one file that is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this form.
    pub format: u32,
    /// The version of the suite.
    pub suite: String,
    /// The version of the rule book.
    pub rule_book: String,
    /// The revision of the contract, as `YYYY-MM-DD`.
    pub revision: String,
    /// What was tested, as the caller named it.
    pub target: String,
    /// The day of the run.
    pub date: String,
    /// What belongs to the certificate.
    pub level: Level,
    /// Which of several errors was admitted.
    pub policy: String,
    /// What seed and names follow from.
    pub challenge: Challenge,
    /// The fingerprints before and after the run.
    pub behaviour: Behaviour,
    /// What the certificate does not speak of.
    pub left_out: Vec<LeftOut>,
    /// Who signs, as hexadecimal digits; nobody where it is not signed.
    pub signer: Option<String>,
    /// Every other file but the signature.
    pub files: BTreeMap<String, Listed>,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, as hexadecimal digits.
    pub sha256: String,
}

impl Listed {
    /// Of this content.
    pub fn of(content: &[u8]) -> Listed {
        Listed { bytes: content.len() as u64, sha256: digest(content) }
    }
}

impl Manifest {
    /// Lists the files, all but the manifest itself and its signature.
    pub fn list(&mut self, files: &Files) {
        let others = files.iter().filter(|(name, _)| !matches!(name.as_str(), super::MANIFEST | super::SIGNATURE));
        self.files = others.map(|(name, content)| (name.clone(), Listed::of(content))).collect();
    }

    /// The manifest as it stands in the bundle.
    ///
    /// # Errors
    /// Never, as long as a manifest goes into JSON.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
