//! Judging a bundle again, offline: by its bytes, by its requests, by its answers.
//!
//! | module | what it looks for |
//! |---|---|
//! | [`hashes`] | bytes that are not those that were signed |
//! | [`requests`] | requests that do not follow from challenge and profile |
//! | [`judging`] | verdicts and reports that do not follow from the answers |
//! | [`shards`] | shards that are missing, doubled, or of another run |

pub mod hashes;
pub mod judging;
pub mod requests;
pub mod shards;

use super::bundle::archive;
use super::bundle::manifest::Manifest;
use super::sign::PublicKey;
use crate::plan::cases::PlanCache;
use crate::record::Record;

/// The expectations of the reviewer.
#[derive(Clone, Default)]
pub struct ReviewerExpectations {
    /// The key of the expected signer.
    pub key: Option<PublicKey>,
    /// The challenge that was issued.
    pub challenge: Option<String>,
    /// True if a bundle without a signature will do.
    pub unsigned: bool,
}

/// The result of verifying.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Why the bundle is rejected, one sentence each; none where it is accepted.
    pub problems: Vec<String>,
    /// The manifest, as far as it could be read.
    pub manifest: Option<Manifest>,
    /// The record of the run, judged again.
    pub record: Option<Record>,
    /// Exchanges in its transcript.
    pub exchanges: usize,
}

impl Verified {
    /// Returns true if no problem was found.
    pub fn is_accepted(&self) -> bool {
        self.problems.is_empty()
    }

    fn rejected(why: impl Into<String>) -> Verified {
        Verified { problems: vec![why.into()], ..Verified::default() }
    }
}

/// Verifies a bundle. `plans` are those of earlier runs, so that equal ones are not made again.
pub async fn verify(bundle: &[u8], known: &ReviewerExpectations, plans: &PlanCache) -> Verified {
    let mut verified = judged(bundle, known, plans).await;
    if let Some(shard) = verified.manifest.as_ref().and_then(|manifest| manifest.shard) {
        verified.problems.push(format!(
            "it is shard {shard} of a run, not a certificate; merge all {} shards with `ucks certify --merge`",
            shard.of()
        ));
    }
    verified
}

/// Verifies the bundle of a shard, before it is merged with the others.
pub async fn verify_shard(bundle: &[u8], known: &ReviewerExpectations, plans: &PlanCache) -> Verified {
    let mut verified = judged(bundle, known, plans).await;
    if verified.manifest.as_ref().is_some_and(|manifest| manifest.shard.is_none()) {
        verified.problems.push("it is not the bundle of a shard".to_owned());
    }
    verified
}

async fn judged(bundle: &[u8], known: &ReviewerExpectations, plans: &PlanCache) -> Verified {
    let files = match archive::read(bundle) {
        Ok(files) => files,
        Err(error) => return Verified::rejected(error.to_string()),
    };
    let mut verified = Verified::default();
    let Some(manifest) = hashes::check(&files, known, &mut verified.problems) else { return verified };
    verified.manifest = Some(manifest.clone());
    match (manifest.shard, manifest.shards) {
        (Some(_), Some(_)) => verified.problems.push("the manifest claims to be a shard and to have shards".to_owned()),
        (None, Some(of)) => shards::check(&files, &manifest, of, plans, &mut verified).await,
        (_, None) => {
            let again = judging::check(&files, &manifest, plans, &mut verified).await;
            verified.record = again.map(|(_, certified)| certified.record);
        }
    }
    verified
}
