//! The manifest: the statement of the certificate, and the hash of every other file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::archive::ArchiveFiles;
use crate::certify::behaviour::Fingerprints;
use crate::certify::challenge::{Challenge, digest};
use crate::certify::level::Level;
use crate::certify::requirements::LeftOut;
use crate::plan::shard::Shard;

/// The version of a bundle's form.
pub const FORMAT: u32 = 1;

/// The statement of a bundle, in one file that is signed.
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
    /// The target, as the caller named it.
    pub target: String,
    /// The day of the run.
    pub date: String,
    /// The level.
    pub level: Level,
    /// Which of several errors was admitted.
    pub policy: String,
    /// The challenge, from which seed and names are derived.
    pub challenge: Challenge,
    /// The shard that the bundle holds, which is a part of a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The number of shards whose bundles this one holds, if the run was divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<u32>,
    /// The fingerprints before and after the run.
    pub behaviour: Fingerprints,
    /// The rules, cells and fixtures that the certificate leaves out.
    pub left_out: Vec<LeftOut>,
    /// The public key of the signer, in hexadecimal digits; `None` if the bundle is not signed.
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
    pub fn list(&mut self, files: &ArchiveFiles) {
        let others = files.iter().filter(|(name, _)| !matches!(name.as_str(), super::MANIFEST | super::SIGNATURE));
        self.files = others.map(|(name, content)| (name.clone(), Listed::of(content))).collect();
    }

    /// Returns the manifest's text in the bundle.
    ///
    /// # Errors
    /// Never, as long as a manifest goes into JSON.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
