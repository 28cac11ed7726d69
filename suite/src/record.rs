//! The record of a run: everything that a report shows, in one serialisable value.
//!
//! Every report is a view of it. Its JSON form is published: `ucks schema` prints the schema.
//!
//! ```
//! use ucks_suite::record::{Record, Verdict};
//!
//! /// The rules that failed in a run, from the file that `ucks run --report json=FILE` wrote.
//! fn failed(json: &str) -> serde_json::Result<Vec<String>> {
//!     let record: Record = serde_json::from_str(json)?;
//!     Ok(record.rules.into_iter().filter(|rule| rule.verdict == Verdict::Fail).map(|rule| rule.id).collect())
//! }
//! assert!(failed("{}").is_err(), "an object without members is not a record");
//! ```

mod part;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ucks_oracle::expectation::{Expectation, Observation};

pub use self::part::{CommonOptions, Position, ShardPart, Sighting, Tally};
use crate::causes;
pub use crate::causes::{Cause, Harm};
use crate::replay::{Key, Replay};

/// The version of the record's form.
pub const FORMAT: u32 = 3;

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Record {
    /// The version of this form.
    pub format: u32,
    /// The version of the suite.
    pub suite: String,
    /// The version of the rule book.
    pub rule_book: String,
    /// The target, as the caller named it.
    pub target: String,
    /// The revision of the contract, as `YYYY-MM-DD`.
    pub revision: String,
    /// Which of several errors was admitted: any, layered, pinned or learned.
    pub policy: String,
    /// True if warnings fail the run.
    pub strict: bool,
    /// The seed.
    pub seed: u64,
    /// The number of sequences that ran side by side.
    pub lanes: usize,
    /// When the run began, as RFC 3339 writes it in UTC, where the caller noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Wall time in milliseconds.
    pub elapsed_ms: u64,
    /// Requests sent, those of shrinking included.
    pub requests: u64,
    /// Sequences run, those of shrinking left out.
    pub sequences: u64,
    /// The results of the probe.
    pub probe: Vec<ProbeNote>,
    /// One row a rule of the revision, in the order of the rule book.
    pub rules: Vec<RuleRow>,
    /// One row a finding, worst first.
    pub findings: Vec<Finding>,
    /// The causes that explain the findings, worst first.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// Divergences that did not come again when replayed.
    pub unstable: Vec<Unstable>,
    /// Cells judged: store type, state and member, with how often.
    pub cells: Vec<CellRow>,
    /// Which error won, where a request had several faults.
    pub order: Vec<OrderRow>,
    /// Which error was returned, where a request certainly had two, by type and state of the store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedence: Vec<PrecedenceRow>,
    /// What further random sequences would show, estimated from those that ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<UnseenEstimate>,
    /// Answers to open questions, by rule and answer, with their counts.
    pub readings: BTreeMap<String, BTreeMap<String, u64>>,
    /// The errors that the operation declares, with their counts.
    #[serde(default)]
    pub errors: BTreeMap<String, u64>,
    /// The number of passing KMSInternalExceptions and of throttled requests (W-17, D-05).
    pub repeats: BTreeMap<String, u64>,
    /// The outcome of the run.
    pub outcome: RunOutcome,
    /// Why the target did not answer any more, after the probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// True if nothing could be judged, the target was lost, the run was stopped, or a group asked for has gaps:
    /// such a run never passes.
    #[serde(default)]
    pub could_not_test: bool,
    /// Why nothing, or not everything, could be judged, in whole sentences.
    pub notes: Vec<String>,
    /// The data that `ucks merge` needs besides, in the record of a shard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Box<ShardPart>>,
}

impl Record {
    /// Adds a note that does not follow from the counts of the run.
    pub fn add_note(&mut self, note: String) {
        if let Some(part) = &mut self.shard {
            part.notes.push(note.clone());
        }
        self.notes.push(note);
    }

    /// Explains the findings anew.
    pub(crate) fn diagnose(&mut self) {
        self.causes = causes::diagnose(self);
    }
}

/// The outcome of a run, which determines the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema), schemars(rename = "Outcome"))]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// No rule failed (0).
    Passed,
    /// Some rule failed (1).
    Failed,
    /// Nothing could be judged, the target was lost, or required groups have gaps (3).
    CouldNotTest,
}

impl RunOutcome {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            RunOutcome::Passed => 0,
            RunOutcome::Failed => 1,
            RunOutcome::CouldNotTest => 3,
        }
    }
}

/// Something the probe found out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ProbeNote {
    /// The operation or state probed.
    pub subject: String,
    /// True if it can be used.
    pub usable: bool,
    /// The result, in a clause.
    pub note: String,
}

/// The verdict of a run on one rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RuleRow {
    /// The rule's id.
    pub id: String,
    /// Its group's letter.
    pub group: String,
    /// must, should, open or suite.
    pub force: String,
    /// Where the statement comes from.
    pub basis: String,
    /// The requirement.
    pub asks: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The number of answers that it was judged by: those that concern it.
    pub judged: u64,
    /// The number of answers of the deterministic cases that it was judged by.
    #[serde(default)]
    pub judged_by_cases: u64,
    /// Where it was judged by answers of the deterministic cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<Place>,
    /// Where an answer decided it: the nearest service that breaks just this rule would certainly have been found.
    /// Empty for rules that were judged, but never decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<Place>,
    /// Why it was not covered, or is blocked.
    pub reason: Option<String>,
    /// The codes of its findings.
    pub findings: Vec<String>,
}

/// Where a rule was judged or decided: what is left out played no part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Place {
    /// The member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The store's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_type: Option<String>,
    /// The store's connection state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// The verdict on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Judged, and kept.
    Pass,
    /// An open question: recorded.
    Observed,
    /// Broken, with force should.
    Warning,
    /// Broken, and declared.
    Deviation,
    /// Broken, with force must.
    Fail,
    /// A companion operation that it needs does not work.
    Blocked,
    /// Never judged.
    NotCovered,
}

impl Verdict {
    /// All verdicts, the gravest first.
    pub const ALL: [Verdict; 7] = [
        Verdict::Fail,
        Verdict::Warning,
        Verdict::Deviation,
        Verdict::Blocked,
        Verdict::NotCovered,
        Verdict::Observed,
        Verdict::Pass,
    ];

    /// Returns an explanation for reports.
    pub fn meaning(self) -> &'static str {
        match self {
            Verdict::Fail => "the service deviates from a must rule",
            Verdict::Warning => {
                "the service deviates from a should rule, or from a part of a must rule that only should hold"
            }
            Verdict::Deviation => "the service deviates, and the list of declared deviations names it",
            Verdict::Blocked => "an operation that the rule needs does not work, so no request could judge it",
            Verdict::NotCovered => "nothing in this run judged the rule; the reason is beside it",
            Verdict::Observed => "an open question: what the service answers was recorded",
            Verdict::Pass => "judged, and no deviation was found",
        }
    }
}

/// All divergences of one key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Finding {
    /// A short stable code, a hash of the key.
    pub code: String,
    /// The broken rule.
    pub rule: String,
    /// Further rules that the same answer breaks, or that no service can keep that breaks this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
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
    /// The number of observations of the key in the run.
    pub count: u64,
    /// The deviation, in one plain sentence.
    pub sentence: String,
    /// The shortest sequence, one readable line a step.
    pub steps: Vec<String>,
    /// The exchanges of that sequence; those of its last step show the finding.
    pub exchanges: Vec<Exchange>,
    /// The replay file that reproduces it with `ucks replay`.
    pub replay: Replay,
    /// Requests sent before the key was first observed.
    pub found_after: u64,
    /// Operations of the sequence before shrinking.
    pub steps_before: usize,
    /// Requests spent on confirming and shrinking.
    pub shrink_requests: u64,
    /// True if random sequences alone showed it, which depend on the seed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub random: bool,
    /// The declared deviation that covers it.
    pub deviation: Option<String>,
}

impl Finding {
    /// Every rule that the finding breaks, the one that it is filed under first.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.rule.as_str()).chain(self.also.iter().map(String::as_str))
    }

    /// Returns true if the finding breaks the rule of that id.
    pub fn breaks(&self, rule: &str) -> bool {
        self.rules().any(|r| r == rule)
    }
}

/// One request with its answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Exchange {
    /// The line of the sequence that it belongs to.
    pub step: usize,
    /// True if the request was under way together with the one before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
    /// The operation, as X-Amz-Target names it.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Request header fields.
    pub headers: Vec<(String, String)>,
    /// The request's body as text. Bytes that are not UTF-8 are written as `\xNN`, and the characters `\x` as `\x5cx`.
    pub body: String,
    /// True if `body` holds only the beginning of the body.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The secrets of the profile that `body` names in place of their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
    /// True if secrets in `body` were replaced by `•••`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secrets_hidden: bool,
    /// The answer's status; 0 where there was none.
    pub status: u16,
    /// Answer header fields.
    pub answer_headers: Vec<(String, String)>,
    /// The answer's body, written like `body`, or why there was none, cut to 4,096 characters.
    pub answer: String,
}

/// A divergence that did not come again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Unstable {
    /// The rule.
    pub rule: String,
    /// The observation, in one sentence.
    pub sentence: String,
    /// The sequence that showed it.
    pub steps: Vec<String>,
    /// The exchanges of that sequence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
    /// The operations to run again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

impl Unstable {
    /// The key of the divergence.
    pub(crate) fn key(&self) -> Option<&Key> {
        self.replay.as_ref().map(|replay| &replay.finding)
    }
}

/// One cell that was judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CellRow {
    /// The store's type.
    pub store_type: String,
    /// Its state.
    pub state: String,
    /// The member.
    pub member: String,
    /// Its answers.
    pub answers: Vec<AnswerRow>,
}

/// An answer with its count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct AnswerRow {
    /// The answer.
    pub answer: Observation,
    /// The number of times that it was observed.
    pub times: u64,
}

/// Which error won over which.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct OrderRow {
    /// The rule whose code was returned.
    pub winner: String,
    /// A rule whose fault the request had as well.
    pub loser: String,
    /// The errors that were returned.
    #[serde(default)]
    pub errors: Vec<String>,
    /// The number of times.
    pub times: u64,
}

/// Counts of distinct pairs of situation and answer in random sequences: the situation is the type and state of the
/// store, the members given and the rules violated.
///
/// By the estimate of Good and Turing, the share of further answers with a pair that was not observed so far is about
/// the share of answers whose pair was observed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct UnseenEstimate {
    /// Answers in all.
    pub answers: u64,
    /// Distinct pairs.
    pub pairs: u64,
    /// Pairs that were observed once.
    pub once: u64,
}

impl UnseenEstimate {
    /// The estimate from how often each pair was observed; `None` without any.
    pub(crate) fn of(times: impl Iterator<Item = u64>) -> Option<UnseenEstimate> {
        let mut estimate = UnseenEstimate { answers: 0, pairs: 0, once: 0 };
        for times in times {
            estimate.answers += times;
            estimate.pairs += 1;
            estimate.once += u64::from(times == 1);
        }
        (estimate.pairs > 0).then_some(estimate)
    }

    /// The estimated share of further answers with a new pair, in tenths of a percent.
    pub fn per_mille(&self) -> u64 {
        self.once * 1_000 / self.answers.max(1)
    }
}

/// A pair of violations of one request, and which of them was reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PrecedenceRow {
    /// The type of the store that the request named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_type: Option<String>,
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The rule whose error was returned.
    pub first: String,
    /// A rule that the request violated as well, with another error.
    pub then: String,
    /// The number of times.
    pub times: u64,
}
