//! Bytes: the manifest with its signature, and every file by its hash.

use super::ReviewerExpectations;
use crate::certify::bundle::archive::ArchiveFiles;
use crate::certify::bundle::manifest::{FORMAT, Listed, Manifest};
use crate::certify::bundle::{MANIFEST, SIGNATURE, contents};
use crate::certify::sign::PublicKey;

/// Reads the manifest and holds the files against it; nothing where it cannot be read.
pub(super) fn check(
    files: &ArchiveFiles,
    known: &ReviewerExpectations,
    problems: &mut Vec<String>,
) -> Option<Manifest> {
    let Some(bytes) = files.get(MANIFEST) else {
        problems.push(format!("there is no `{MANIFEST}`: it is not a bundle"));
        return None;
    };
    let manifest: Manifest = match serde_json::from_slice(bytes) {
        Ok(manifest) => manifest,
        Err(error) => {
            problems.push(format!("`{MANIFEST}` cannot be read: {error}"));
            return None;
        }
    };
    if manifest.format != FORMAT {
        problems.push(format!("the bundle has form {}, and this program reads form {FORMAT}", manifest.format));
        return None;
    }
    signature(files, bytes, &manifest, known, problems);
    for (name, listed) in &manifest.files {
        match files.get(name) {
            None => problems.push(format!("the file `{name}` is missing: the manifest lists it")),
            Some(content) if Listed::of(content) != *listed => {
                problems.push(format!("the file `{name}` was changed: its SHA-256 is not the manifest's"));
            }
            Some(_) => {}
        }
    }
    let unlisted =
        |name: &&String| !manifest.files.contains_key(*name) && !matches!(name.as_str(), MANIFEST | SIGNATURE);
    for name in files.keys().filter(unlisted) {
        problems.push(format!("the file `{name}` was added: the manifest does not list it"));
    }
    let contents = contents(manifest.shards);
    for name in contents.iter().filter(|n| !manifest.files.contains_key(*n)) {
        let which = if manifest.shards.is_some() { "the bundle of its shards has" } else { "every bundle has" };
        problems.push(format!("the manifest does not list `{name}`, which {which}"));
    }
    for name in manifest.files.keys().filter(|n| !contents.contains(*n)) {
        // A bundle of shards has no transcript of its own, which other bundles have.
        let which = if manifest.shards.is_some() { "the bundle of its shards cannot have" } else { "no bundle has" };
        problems.push(format!("the manifest lists `{name}`, which {which}"));
    }
    challenge(&manifest, known, problems);
    Some(manifest)
}

fn signature(
    files: &ArchiveFiles,
    bytes: &[u8],
    manifest: &Manifest,
    known: &ReviewerExpectations,
    problems: &mut Vec<String>,
) {
    let signature = files.get(SIGNATURE).map(|s| String::from_utf8_lossy(s).into_owned());
    let (signer, signature) = match (&manifest.signer, signature) {
        (Some(signer), Some(signature)) => (signer, signature),
        (Some(_), None) => {
            problems
                .push(format!("the signature is missing: the manifest names a signer, and there is no `{SIGNATURE}`"));
            return;
        }
        (None, Some(_)) => {
            problems.push("there is a signature, and the manifest names no signer".to_owned());
            return;
        }
        (None, None) => {
            if !known.unsigned || known.key.is_some() {
                problems.push("the bundle is not signed".to_owned());
            }
            return;
        }
    };
    let Some(key) = PublicKey::from_hex(signer) else {
        problems.push("the manifest's signer is not an ed25519 key".to_owned());
        return;
    };
    if let Some(wanted) = known.key.as_ref().filter(|k| **k != key) {
        problems.push(format!("it is signed by another key: by {signer}, and not by {}", wanted.hex()));
    }
    if !key.signed(bytes, &signature) {
        problems.push("the signature is not the signer's, or the manifest was changed after it was signed".to_owned());
    }
}

fn challenge(manifest: &Manifest, known: &ReviewerExpectations, problems: &mut Vec<String>) {
    let Some(wanted) = &known.challenge else { return };
    if manifest.challenge.self_issued {
        problems.push("the challenge is self-issued: it is not an answer to yours".to_owned());
    } else if manifest.challenge.text != *wanted {
        problems.push("it was made for another challenge than yours".to_owned());
    }
}
