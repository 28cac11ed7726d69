//! `ucks certify --merge`: one certificate of the bundles of all shards.

use std::path::PathBuf;

use anyhow::bail;

use super::{Args, conclude, refuse, write};
use crate::certify::Terms;
use crate::certify::bundle::of_shards;
use crate::certify::shards::merged;
use crate::certify::sign::PrivateKey;
use crate::certify::verify::shards::{ShardError, Shards, judge};
use crate::cli::console::outln;
use crate::cli::{USAGE, on_one_thread, verify};
use crate::plan::cases::PlanCache;
use crate::report::{counted, plain};

pub(super) fn main(args: &Args, key: Option<&PrivateKey>) -> anyhow::Result<u8> {
    let deviations = args.declared()?;
    let plans = PlanCache::default();
    let read = |path: &PathBuf| Ok((path.display().to_string(), verify::read(path)?));
    let bundles = args.merge.iter().map(read).collect::<anyhow::Result<Vec<(String, Vec<u8>)>>>()?;
    let views: Vec<(String, &[u8])> = bundles.iter().map(|(file, bytes)| (file.clone(), bytes.as_slice())).collect();
    let Shards { terms, judged, .. } = match on_one_thread(judge(&views, &args.known(key), &plans))? {
        Ok(shards) => shards,
        Err(refusal) => return Ok(reject(&refusal, args.quiet)),
    };
    let terms = Terms { deviations, ..terms };
    let mut numbered: Vec<(u32, Vec<u8>)> =
        judged.iter().map(|shard| shard.shard.index()).zip(bundles.into_iter().map(|(_, bytes)| bytes)).collect();
    numbered.sort_by_key(|(number, _)| *number);
    let certified = match merged(&terms, judged, &plans) {
        Ok(certified) => certified,
        Err(problem) => {
            let refusal = ShardError { others_needed: true, problems: vec![problem.to_string()] };
            return Ok(reject(&refusal, args.quiet));
        }
    };
    if !certified.requirements.missing.is_empty() {
        return Ok(refuse(&certified, &terms, args.quiet));
    }
    let bundles = numbered.into_iter().map(|(_, bytes)| bytes).collect();
    let bytes = of_shards(&terms, &certified, bundles, key)?;
    let again = verify::offline(&bytes, &args.known(key), &plans)?;
    if !again.is_accepted() {
        bail!("the shards cannot be judged again from their transcripts: {}", again.problems.join("; "));
    }
    write(&args.output, &bytes)?;
    conclude(args, &terms, &certified, key);
    Ok(0)
}

/// Prints why the bundles are not merged, and returns the exit code: that of a wrong argument where others are needed.
fn reject(refusal: &ShardError, quiet: bool) -> u8 {
    refusal.problems.iter().filter(|_| !quiet).for_each(|problem| outln!("problem   {}", plain(problem)));
    let problems = counted(refusal.problems.len() as u64, "problem");
    outln!("REFUSED — {problems} with the bundles of the shards; no bundle was written");
    if refusal.others_needed { USAGE } else { 1 }
}
