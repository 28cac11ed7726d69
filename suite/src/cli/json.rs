//! The JSON that commands print with `--format json`. `ucks schema` prints the schema of each form.
//!
//! The forms are stable: a later version adds members, and raises `format` where it has to change or remove one.

use serde::{Deserialize, Serialize};

use super::console::outln;
use crate::drift::Comparison;

/// The version of all forms.
pub const FORMAT: u32 = 1;

/// The form in which a command prints its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Format {
    pub(super) fn is_json(self) -> bool {
        self == Format::Json
    }
}

/// Prints a form.
pub(super) fn print(form: &impl Serialize) -> anyhow::Result<()> {
    outln!("{}", serde_json::to_string_pretty(form)?);
    Ok(())
}

/// The result of `ucks list`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuleList {
    /// The version of this form.
    pub format: u32,
    /// The revision of the contract, as `YYYY-MM-DD`.
    pub revision: String,
    /// The version of the rule book.
    pub rule_book: String,
    /// The rules, in the order of the rule book.
    pub rules: Vec<ListedRule>,
}

/// A rule in a list.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ListedRule {
    /// The rule's id.
    pub id: String,
    /// Its group's letter.
    pub group: String,
    /// must, should, open or suite.
    pub force: String,
    /// The basis of the rule.
    pub basis: String,
    /// When a run judges it: planned, touched, every answer, with profile, occasional, ucks or not yet.
    pub judged: String,
    /// The requirement.
    pub requirement: String,
}

/// The result of `ucks explain`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Explanation {
    /// The version of this form.
    pub format: u32,
    /// The finding, where one was asked for.
    pub finding: Option<ExplainedFinding>,
    /// The rule; `null` where this version does not know the finding's.
    pub rule: Option<ExplainedRule>,
}

/// A rule with its sources.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ExplainedRule {
    /// The rule's id.
    pub id: String,
    /// Its group's letter.
    pub group: String,
    /// The title of the group.
    pub group_name: String,
    /// must, should, open or suite.
    pub force: String,
    /// The revision since which the rule is open.
    pub open_since: Option<String>,
    /// The basis of the rule.
    pub basis: String,
    /// The source.
    pub source: String,
    /// The revision since which the rule applies.
    pub since: String,
    /// Why no test judges it, where none does.
    pub not_judged: Option<String>,
    /// The requirement.
    pub requirement: String,
    /// The impact of a deviation.
    pub impact: String,
    /// The way to fix one.
    pub fix: String,
}

/// A finding of a replay file.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ExplainedFinding {
    /// The stable code.
    pub code: String,
    /// The deviation, in a sentence.
    pub sentence: String,
    /// The operation.
    pub operation: String,
    /// The store's type.
    pub store_type: Option<String>,
    /// The store's connection state.
    pub state: Option<String>,
    /// The member or field.
    pub member: Option<String>,
    /// The expected result.
    pub expected: String,
    /// The observed result.
    pub actual: String,
    /// The target.
    pub target: String,
    /// The revision that applied.
    pub revision: String,
    /// The sequence, one line a step.
    pub steps: Vec<String>,
    /// The replay file.
    pub replay: String,
}

/// The result of `ucks probe`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProbeResult {
    /// The version of this form.
    pub format: u32,
    /// The target.
    pub target: String,
    /// The revision that applies.
    pub revision: String,
    /// Why nothing can be tested; `null` where something can.
    pub hopeless: Option<String>,
    /// Types of stores that can be created.
    pub types: Vec<String>,
    /// Types of stores that can be connected.
    pub connects: Vec<String>,
    /// True if DisconnectCustomKeyStore works.
    pub disconnects: bool,
    /// True if DeleteCustomKeyStore works.
    pub deletes: bool,
    /// True if DescribeCustomKeyStores works.
    pub describes: bool,
    /// The connection states that were seen.
    pub states: Vec<String>,
    /// The number of stores that still fit into the account.
    pub room: usize,
    /// Further results.
    pub notes: Vec<crate::record::ProbeNote>,
    /// A first profile (TOML).
    pub profile: String,
}

/// The result of `ucks replay`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReplayResults {
    /// The version of this form.
    pub format: u32,
    /// One result a file, in the order of the command line.
    pub results: Vec<ReplayResult>,
}

/// The result of one replay file.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReplayResult {
    /// The replay file.
    pub file: String,
    /// The finding's code.
    pub code: String,
    /// The verdict.
    pub verdict: ReplayVerdict,
    /// The remaining deviation, or the reason why nothing could be tested.
    pub detail: Option<String>,
    /// The steps that were run.
    pub steps: Vec<ReplayedStep>,
}

/// The verdict on a replayed finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReplayVerdict {
    /// The sequence is answered as the contract requires.
    Fixed,
    /// The finding is still there.
    StillFails,
    /// The sequence could not be run.
    CouldNotTest,
}

/// One step of a replayed sequence.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReplayedStep {
    /// The step, in a line.
    pub step: String,
    /// The answer: `success` or an error; `null` for operations that are not judged.
    pub answer: Option<String>,
}

/// The result of `ucks compare` for two targets or recordings.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct CompareResult {
    /// The version of this form.
    pub format: u32,
    /// The comparison.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// The result of `ucks verify`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VerifyResult {
    /// The version of this form.
    pub format: u32,
    /// The bundle.
    pub bundle: String,
    /// True if it is accepted.
    pub accepted: bool,
    /// Why it is rejected.
    pub problems: Vec<String>,
    /// The statement of the bundle; `null` if it cannot be read.
    pub statement: Option<VerifiedStatement>,
    /// The number of rules that were judged again.
    pub judged: usize,
    /// The number of rules of the revision.
    pub rules: usize,
    /// The number of exchanges in the transcript.
    pub exchanges: usize,
    /// Rules with declared deviations.
    pub deviations: Vec<String>,
}

/// The statement of a bundle about itself.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VerifiedStatement {
    /// The target, as its vendor names it.
    pub target: String,
    /// The day of the run.
    pub date: String,
    /// The level.
    pub level: String,
    /// The revision of the contract.
    pub revision: String,
    /// The policy.
    pub policy: String,
    /// The challenge.
    pub challenge: String,
    /// True if the vendor chose the challenge.
    pub self_issued: bool,
    /// The public key of the signer, as hexadecimal digits; `null` where nobody signed.
    pub signer: Option<String>,
    /// The number of shards that the run was divided into; `null` for a run that was not.
    pub shards: Option<u32>,
    /// Rules and cells that the certificate leaves out, with the reason of each.
    pub left_out: std::collections::BTreeMap<String, String>,
}
