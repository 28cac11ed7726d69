//! The bundle: one file with all that a certificate rests on.
//!
//! | file | what it holds |
//! |---|---|
//! | `manifest.json` | the statement of the certificate, and the SHA-256 of every other file |
//! | `manifest.sig` | the signature of the manifest, if it is signed |
//! | `summary.md` | one page for people |
//! | `profile.toml` | the profile without the caller's secrets |
//! | `deviations.toml` | the declared deviations |
//! | `transcript.jsonl` | every request and answer |
//! | `shard-1.tar.gz` and so on | in its place, the bundle of each shard of a run that was divided |
//! | `record.json`, `junit.xml`, `report.html` | what the run found, in three forms |

pub mod archive;
pub mod manifest;

use std::collections::BTreeMap;

use self::archive::ArchiveFiles;
use self::manifest::{FORMAT, Manifest};
use super::sign::PrivateKey;
use super::transcript::{self, TranscriptEntry};
use super::{Certified, Terms, shards, summary};
use crate::record::Record;
use crate::report::{self, Format, Options, RenderError};

/// The statement of the certificate.
pub const MANIFEST: &str = "manifest.json";
/// Its signature.
pub const SIGNATURE: &str = "manifest.sig";
/// One page for people.
pub const SUMMARY: &str = "summary.md";
/// The profile without the caller's secrets.
pub const PROFILE: &str = "profile.toml";
/// The declared deviations.
pub const DEVIATIONS: &str = "deviations.toml";
/// Every request and answer.
pub const TRANSCRIPT: &str = "transcript.jsonl";
/// The result of the run.
pub const RECORD: &str = "record.json";
/// The same for CI servers.
pub const JUNIT: &str = "junit.xml";
/// The same for people.
pub const HTML: &str = "report.html";

/// The files that every bundle has beside its manifest, its signature and its exchanges.
const CONTENTS: [&str; 6] = [SUMMARY, PROFILE, DEVIATIONS, RECORD, JUNIT, HTML];

/// Returns the name of the bundle of a shard within that of all shards.
pub fn shard_file(number: u32) -> String {
    format!("shard-{number}.tar.gz")
}

/// Returns the files that a bundle has beside its manifest and signature: with the exchanges of one run, or with the
/// bundles of this number of shards.
pub fn contents(shards: Option<u32>) -> Vec<String> {
    let exchanges = match shards {
        Some(of) => (1..=of.min(shards::MOST)).map(shard_file).collect(),
        None => vec![TRANSCRIPT.to_owned()],
    };
    CONTENTS.iter().map(|name| (*name).to_owned()).chain(exchanges).collect()
}

/// Why a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A report cannot be written.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Something does not go into JSON.
    #[error("the bundle cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The declared deviations do not go into TOML.
    #[error("the declared deviations cannot be written: {0}")]
    Toml(#[from] toml::ser::Error),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Archive(#[from] std::io::Error),
}

/// The manifest of a run, with no file listed yet.
pub fn manifest(terms: &Terms, certified: &Certified, signer: Option<String>) -> Manifest {
    Manifest {
        format: FORMAT,
        suite: certified.record.suite.clone(),
        rule_book: certified.record.rule_book.clone(),
        revision: terms.revision.date().to_owned(),
        target: terms.target.clone(),
        date: terms.date.to_string(),
        level: terms.level,
        policy: terms.policy.clone(),
        challenge: terms.challenge.clone(),
        shard: terms.shard,
        shards: None,
        behaviour: certified.behaviour.clone(),
        left_out: certified.requirements.left_out.clone(),
        signer,
        files: BTreeMap::new(),
    }
}

/// The files that follow from a record: the same for the same record and manifest.
///
/// # Errors
/// [`BundleError`] where a report cannot be written.
pub fn derived(manifest: &Manifest, record: &Record) -> Result<ArchiveFiles, BundleError> {
    let options = Options::default();
    let mut files = ArchiveFiles::new();
    for (name, format) in [(RECORD, Format::Json), (JUNIT, Format::Junit), (HTML, Format::Html)] {
        files.insert(name.to_owned(), report::render(format, record, &options)?.into_bytes());
    }
    files.insert(SUMMARY.to_owned(), summary::summary(manifest, record).into_bytes());
    Ok(files)
}

/// The bundle of a run.
///
/// # Errors
/// [`BundleError`] where a part of it cannot be written.
pub fn bundle(
    terms: &Terms,
    certified: &Certified,
    entries: &[TranscriptEntry],
    key: Option<&PrivateKey>,
) -> Result<Vec<u8>, BundleError> {
    let manifest = manifest(terms, certified, key.map(|k| k.public().hex()));
    let exchanges = [(TRANSCRIPT.to_owned(), transcript::write(entries)?.into_bytes())];
    sealed(manifest, terms, &certified.record, exchanges.into(), key)
}

/// The bundle of a run that was divided, from the bundles of its shards in their order.
///
/// # Errors
/// [`BundleError`] where a part of it cannot be written.
pub fn of_shards(
    terms: &Terms,
    certified: &Certified,
    bundles: Vec<Vec<u8>>,
    key: Option<&PrivateKey>,
) -> Result<Vec<u8>, BundleError> {
    let exchanges: ArchiveFiles = (1..).map(shard_file).zip(bundles).collect();
    let shards = u32::try_from(exchanges.len()).ok();
    let manifest = Manifest { shards, ..manifest(terms, certified, key.map(|k| k.public().hex())) };
    sealed(manifest, terms, &certified.record, exchanges, key)
}

/// The archive with all files, listed in the manifest, and signed.
fn sealed(
    mut manifest: Manifest,
    terms: &Terms,
    record: &Record,
    exchanges: ArchiveFiles,
    key: Option<&PrivateKey>,
) -> Result<Vec<u8>, BundleError> {
    let mut files = derived(&manifest, record)?;
    files.extend(exchanges);
    files.insert(PROFILE.to_owned(), terms.public.text.clone().into_bytes());
    files.insert(DEVIATIONS.to_owned(), toml::to_string(&terms.deviations)?.into_bytes());
    manifest.list(&files);
    let text = manifest.text()?;
    if let Some(key) = key {
        files.insert(SIGNATURE.to_owned(), (key.sign(text.as_bytes()) + "\n").into_bytes());
    }
    files.insert(MANIFEST.to_owned(), text.into_bytes());
    Ok(archive::write(&files)?)
}
