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
//! | `record.json`, `junit.xml`, `report.html` | what the run found, in three forms |

pub mod archive;
pub mod manifest;

use super::sign::PrivateKey;
use super::transcript::{self, Entry};
use super::{Certified, Terms, summary};
use crate::record::Record;
use crate::report::{self, Format, Options, RenderError};
use archive::Files;
use manifest::{FORMAT, Manifest};
use std::collections::BTreeMap;

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

/// The files that every bundle has beside its manifest and signature.
pub const CONTENTS: [&str; 7] = [SUMMARY, PROFILE, DEVIATIONS, TRANSCRIPT, RECORD, JUNIT, HTML];

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
        behaviour: certified.behaviour.clone(),
        left_out: certified.duty.left_out.clone(),
        signer,
        files: BTreeMap::new(),
    }
}

/// The files that follow from a record: the same for the same record and manifest.
///
/// # Errors
/// [`BundleError`] where a report cannot be written.
pub fn derived(manifest: &Manifest, record: &Record) -> Result<Files, BundleError> {
    let options = Options::default();
    let mut files = Files::new();
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
    entries: &[Entry],
    key: Option<&PrivateKey>,
) -> Result<Vec<u8>, BundleError> {
    let mut manifest = manifest(terms, certified, key.map(|k| k.public().hex()));
    let mut files = derived(&manifest, &certified.record)?;
    files.insert(PROFILE.to_owned(), terms.public.text.clone().into_bytes());
    files.insert(DEVIATIONS.to_owned(), toml::to_string(&terms.deviations)?.into_bytes());
    files.insert(TRANSCRIPT.to_owned(), transcript::write(entries)?.into_bytes());
    manifest.list(&files);
    let text = manifest.text()?;
    if let Some(key) = key {
        files.insert(SIGNATURE.to_owned(), (key.sign(text.as_bytes()) + "\n").into_bytes());
    }
    files.insert(MANIFEST.to_owned(), text.into_bytes());
    Ok(archive::write(&files)?)
}
