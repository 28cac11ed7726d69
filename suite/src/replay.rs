//! Replay files: the symbolic operations of a sequence, and what they showed.

use crate::op::Op;
use serde::{Deserialize, Serialize};

/// The version of the file's form.
pub const FORMAT: u32 = 1;

/// What reproduces a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Replay {
    /// The version of this form.
    pub format: u32,
    /// What was tested when it was found.
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

/// What makes two divergences the same finding: everything but values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Key {
    /// The rule departed from.
    pub rule: String,
    /// Whether it fails the rule or only warns.
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
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
}
