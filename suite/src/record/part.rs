//! The part of a shard's record that a whole run's lacks, so that the shards can be merged into one record.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::replay::Key;

/// A shard's place among the others, and the counts that its rows alone do not give.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema), schemars(rename = "Part"))]
pub struct ShardPart {
    /// Its number, from 1.
    pub index: u32,
    /// The number of shards.
    pub of: u32,
    /// A hash of all sequences of the plan and of the options that they depend on. All shards have the same one.
    pub plan: String,
    /// The options that all shards have in common.
    pub terms: CommonOptions,
    /// The counts.
    pub tally: Tally,
    /// The notes that do not follow from the counts.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// The options of a run that all its shards have in common, besides those that the record names itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema), schemars(rename = "Terms"))]
pub struct CommonOptions {
    /// Rules or groups to judge; empty for all.
    pub only: Vec<String>,
    /// Random sequences of all shards together; `None` where a time was given.
    pub sequences: Option<u64>,
    /// True if the deterministic cases were run.
    pub cases: bool,
}

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Tally {
    /// The number of answers that touched any rule.
    pub answers: u64,
    /// The number of them that belong to deterministic cases.
    pub answers_by_cases: u64,
    /// How often each pair of situation and answer was observed at random, by its hash.
    #[serde(default)]
    pub pairs: BTreeMap<u64, u64>,
    /// The number of orders among several errors.
    pub orders: u64,
    /// The number of them that belong to deterministic cases.
    pub orders_by_cases: u64,
    /// The number of answers that touched a rule and kept it, by rule.
    pub kept: BTreeMap<String, u64>,
    /// The same of deterministic cases.
    pub kept_by_cases: BTreeMap<String, u64>,
    /// Rules whose cases another shard runs.
    pub elsewhere: BTreeSet<String>,
    /// Rules whose cases this shard planned and could not send.
    pub unsent: BTreeSet<String>,
    /// The number of sequences that could not be judged, by reason.
    pub blocked: BTreeMap<String, u64>,
    /// The number of answers without a verdict, by reason.
    pub no_verdict: BTreeMap<String, u64>,
    /// Every kind of divergence, in the order of the plan.
    pub divergences: Vec<Sighting>,
    /// That the target was lost, and why, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// True if the run was stopped before its end.
    #[serde(default)]
    pub stopped: bool,
    /// True if the run reached its time limit.
    #[serde(default)]
    pub timed_out: bool,
    /// True if deterministic cases were left then.
    #[serde(default)]
    pub cases_left: bool,
    /// Findings that were not shrunk, since shrinking had used its share of the time.
    #[serde(default)]
    pub unshrunk: u64,
    /// Milliseconds to an answer, on average.
    #[serde(default)]
    pub mean_answer_ms: u64,
    /// Why nothing about the target can be judged, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hopeless: Option<String>,
}

/// One kind of divergence as a run met it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Sighting {
    /// The key that two equal divergences share.
    pub key: Key,
    /// Where the plan first showed it.
    pub first: Position,
    /// The number of observations in sequences.
    pub count: u64,
    /// The number of observations in the probe, which every shard runs.
    pub of_probe: u64,
    /// The finding under which shrinking reports it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_as: Option<Key>,
}

/// A place in the order in which a run without shards would meet divergences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Position {
    /// Probe 0, cases 1, random sequences 2.
    pub phase: u8,
    /// The number of earlier attempts at the sequence.
    pub attempt: u64,
    /// The sequence's number in the plan.
    pub sequence: u64,
    /// The number among the divergences of the sequence.
    pub nth: u64,
}
