//! The settings of a run.

use std::time::Duration;

use ucks_oracle::judge::Policy;

use crate::names::Origin;
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed of the random sequences.
    pub seed: u64,
    /// The number of random sequences, unless a time is given.
    pub sequences: u64,
    /// The time for random sequences.
    pub time: Option<Duration>,
    /// The time for the whole run. Findings up to then are reported, and the stores are removed.
    pub max_time: Option<Duration>,
    /// Sequences side by side.
    pub lanes: usize,
    /// Requests a second at the most; 0 for no limit.
    pub rate: f64,
    /// Which of several errors is admitted.
    pub policy: Policy,
    /// The policy's name, for the record.
    pub policy_name: String,
    /// True if warnings fail the run.
    pub strict: bool,
    /// Rules or groups to judge; empty for all.
    pub only: Vec<String>,
    /// Groups in which nothing may be left out.
    pub require: Vec<String>,
    /// True if to run the deterministic cases.
    pub cases: bool,
    /// Stop at the first confirmed finding.
    pub first: bool,
    /// True if to shrink findings.
    pub shrink: bool,
    /// Where names come from, if not from chance.
    pub origin: Option<Origin>,
    /// The shard whose sequences to run; all sequences without one.
    pub shard: Option<Shard>,
    /// The plans of earlier runs, so that equal ones are not made again.
    pub plans: PlanCache,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: 0,
            sequences: 100,
            time: None,
            max_time: None,
            lanes: 4,
            rate: 0.0,
            policy: Policy::default(),
            policy_name: "layered".to_owned(),
            strict: false,
            only: Vec::new(),
            require: Vec::new(),
            cases: true,
            first: false,
            shrink: true,
            origin: None,
            shard: None,
            plans: PlanCache::default(),
        }
    }
}
