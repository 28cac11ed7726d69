//! Shards: one certificate of a run that several machines divided among them.
//!
//! Each shard has a bundle of its own, with the transcript of its sequences. A shard covers no level alone: its bundle
//! shows what was asked and answered. Level and declared deviations are checked on the merged record, which
//! [`crate::run::merge`] makes after each bundle was judged again.

use super::behaviour::Fingerprints;
use super::requirements::Unmet;
use super::{Certified, Terms};
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::run::merge::{NotMerged, merge};

/// The largest number of shards of one certificate.
pub const MOST: u32 = 64;

/// A shard whose bundle was judged again.
#[derive(Clone, Debug)]
pub struct JudgedShard {
    /// The name of its bundle, for messages.
    pub file: String,
    /// Its number.
    pub shard: Shard,
    /// Its result.
    pub certified: Certified,
}

/// Makes one result of the results of all shards.
///
/// # Errors
/// [`NotMerged`] if a shard is missing, doubled or of another run.
pub fn merged(terms: &Terms, mut shards: Vec<JudgedShard>, plans: &PlanCache) -> Result<Certified, NotMerged> {
    shards.sort_by_key(|judged| judged.shard);
    let (Some(first), Some(last)) = (shards.first(), shards.last()) else { return Err(NotMerged::Nothing) };
    let start = &first.certified.behaviour.before;
    let behaviour = Fingerprints { before: start.clone(), after: last.certified.behaviour.after.clone() };
    let others = shards.iter().filter(|judged| judged.certified.behaviour.before != *start);
    let differing: Vec<Unmet> = others.map(|other| Unmet::ShardBehaviour(first.shard, other.shard)).collect();
    let records = shards.into_iter().map(|judged| (judged.file, judged.certified.record)).collect();
    let mut record = merge(records, &[])?;
    let mut report = terms.require(&mut record, plans);
    report.missing.extend(differing);
    Ok(Certified { record, behaviour, requirements: report.sorted() })
}
