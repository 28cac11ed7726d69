//! Replay files: the symbolic operations of a sequence, and what they showed.

use serde::{Deserialize, Serialize};
use ucks_oracle::expectation::{Expectation, Observation};

use crate::op::Op;

/// The version of the file's form.
pub const FORMAT: u32 = 2;

/// The version of a file, read before the rest of it.
#[derive(Debug, Deserialize)]
#[cfg(feature = "cli")]
pub(crate) struct FormatVersion {
    pub(crate) format: u32,
}

/// The content of a replay file, which reproduces a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Replay {
    /// The version of this form.
    pub format: u32,
    /// The target of the finding.
    pub target: String,
    /// The revision of the contract.
    pub revision: String,
    /// Which of several errors was admitted.
    pub policy: String,
    /// The name or path of the profile, if one was given.
    pub profile: Option<String>,
    /// The finding that it reproduces.
    pub finding: Key,
    /// The operations.
    pub operations: Vec<Op>,
}

/// The key of a finding: everything but values, so that equal divergences are one finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Key {
    /// The broken rule.
    pub rule: String,
    /// True if it fails the rule; false if it only warns.
    pub fails: bool,
    /// The operation answered.
    pub operation: String,
    /// The store's type.
    pub store_type: Option<String>,
    /// The store's connection state.
    pub state: Option<String>,
    /// The member or field concerned.
    pub member: Option<String>,
    /// Which way of being wrong.
    pub aspect: String,
    /// The expected result.
    pub expected: Expectation,
    /// The actual result.
    pub got: Observation,
}
