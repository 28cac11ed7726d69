//! The requirements of a certificate: everything in its level was judged and kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::group::ProfileNeeds;
use ucks_oracle::judge::Policy;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, JudgedOn, RuleId};
use ucks_oracle::rules::{self, ids};

use super::level::Level;
use crate::plan::Abilities;
use crate::plan::Goal;
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::profile::{MissingFixture, Profile};
use crate::record::{Record, RuleRow, Verdict};

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmet {
    /// The run itself did not come to its end.
    Run(String),
    /// The service deviates from a rule, and no entry declares it.
    Failed {
        /// The rule.
        rule: String,
        /// The finding's code.
        code: String,
        /// The deviation, in one sentence.
        sentence: String,
    },
    /// A divergence did not come again.
    Unstable {
        /// The rule.
        rule: String,
        /// The observation, in one sentence.
        sentence: String,
    },
    /// A declared deviation does not hold.
    Deviation(String),
    /// The target behaves otherwise after the run.
    Behaviour,
    /// The target of one shard behaves differently from that of another.
    ShardBehaviour(Shard, Shard),
    /// A rule of the level was never judged.
    Rule {
        /// The rule.
        rule: String,
        /// Why not.
        reason: String,
    },
    /// A cell of the level was never reached.
    Cell(String),
    /// The profile lacks a fixture.
    Fixture(String),
}

impl Unmet {
    /// Returns true if it is the target's fault, and not a gap.
    pub fn is_fault(&self) -> bool {
        matches!(
            self,
            Unmet::Failed { .. }
                | Unmet::Unstable { .. }
                | Unmet::Deviation(_)
                | Unmet::Behaviour
                | Unmet::ShardBehaviour(..)
        )
    }
}

impl std::fmt::Display for Unmet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unmet::Run(why) => write!(f, "the run: {why}"),
            Unmet::Failed { rule, code, sentence } => {
                write!(f, "the service deviates from rule {rule} ({code}): {sentence}")
            }
            Unmet::Unstable { rule, sentence } => {
                write!(f, "a deviation from rule {rule} was observed once, but not again when repeated: {sentence}")
            }
            Unmet::Deviation(why) => f.write_str(why),
            Unmet::Behaviour => f.write_str("the target answers the same questions differently after the run"),
            Unmet::ShardBehaviour(one, other) => {
                write!(f, "the target of shard {other} answers the same questions differently from that of shard {one}")
            }
            Unmet::Rule { rule, reason } => write!(f, "rule {rule} was never judged: {reason}"),
            Unmet::Cell(cell) => write!(f, "the cell {cell} was not reached"),
            Unmet::Fixture(what) => f.write_str(what),
        }
    }
}

/// Something that the certificate does not speak of, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// A rule's id, or a cell.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// The result of checking a run against its level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequirementsReport {
    /// The problems that prevent a certificate.
    pub missing: Vec<Unmet>,
    /// The rules, cells and fixtures that it leaves out.
    pub left_out: Vec<LeftOut>,
}

impl RequirementsReport {
    /// The report with its problems in order, each once.
    pub(super) fn sorted(mut self) -> RequirementsReport {
        self.missing.sort();
        self.missing.dedup();
        self
    }
}

/// The input of the check, besides the record.
pub(super) struct Requirements<'a> {
    pub(super) level: Level,
    pub(super) profile: &'a Profile,
    pub(super) model: &'a Model,
    pub(super) plans: &'a PlanCache,
}

impl Requirements<'_> {
    /// Checks a record whose deviations are applied.
    pub(super) fn check(&self, record: &Record) -> RequirementsReport {
        let mut report = RequirementsReport::default();
        let undeclared = record.findings.iter().filter(|f| f.deviation.is_none());
        report.missing.extend(undeclared.map(|f| Unmet::Failed {
            rule: f.rule.clone(),
            code: f.code.clone(),
            sentence: f.sentence.clone(),
        }));
        report.missing.extend(
            record.unstable.iter().map(|u| Unmet::Unstable { rule: u.rule.clone(), sentence: u.sentence.clone() }),
        );
        let lacking = self.lacking();
        for row in &record.rules {
            self.rule(row, &lacking, &mut report);
        }
        self.cells(record, &mut report);
        report
    }

    fn rule(&self, row: &RuleRow, lacking: &BTreeSet<String>, report: &mut RequirementsReport) {
        if !matches!(row.verdict, Verdict::NotCovered | Verdict::Blocked) {
            return;
        }
        let reason = row.reason.clone().unwrap_or_default();
        let excuse = rules::find(&row.id).and_then(|rule| match rule.check {
            _ if rule.force == Force::Suite => Some("a requirement on ucks itself, not on the target".to_owned()),
            JudgedOn::Untested(why) => Some(format!("this version of the suite cannot judge it: {why}")),
            _ if rule.id == ids::P_04 && !matches!(self.model.policy, Policy::Pinned) => {
                Some("the order among these errors is asked for by the policy `pinned` alone".to_owned())
            }
            _ if !self.level.has(rule.id.group()) => Some(format!("not of the level {}", self.level)),
            _ if self.level == Level::Core
                && rule.id.group().traits().needs == Some(ProfileNeeds::Signatures)
                && !self.profile.checks_signatures =>
            {
                Some("the profile does not set `check_signatures = true`".to_owned())
            }
            _ if lacking.contains(&row.id) => {
                Some("only states show it that the target lacks, according to the profile".to_owned())
            }
            _ => None,
        });
        match excuse {
            Some(reason) => report.left_out.push(LeftOut { what: row.id.clone(), reason }),
            None => report.missing.push(Unmet::Rule { rule: row.id.clone(), reason }),
        }
    }

    /// Every member that stores of a type have, in every state.
    fn cells(&self, record: &Record, report: &mut RequirementsReport) {
        let revision = self.model.revision;
        for kind in StoreType::ALL {
            if *kind == StoreType::Xks && revision < Revision::ExternalKeyStores {
                continue;
            }
            let own = |m: &&Member| m.known(revision) && m.store_type().is_none_or(|t| t == *kind);
            for state in ConnectionState::ALL {
                for member in Member::TOP.iter().skip(1).filter(own) {
                    let reached = record
                        .cells
                        .iter()
                        .any(|c| c.store_type == kind.name() && c.state == state.name() && c.member == member.name());
                    if reached {
                        continue;
                    }
                    let cell = format!("{} × {} × {}", kind.name(), state.name(), member.name());
                    match self.lacks().find(|l| l.covers(*kind, *state)) {
                        Some(lack) => {
                            let reason = format!("the target does not get there: {}", lack.reason);
                            report.left_out.push(LeftOut { what: cell, reason });
                        }
                        None => report.missing.push(Unmet::Cell(cell)),
                    }
                }
            }
        }
    }

    /// Returns the states that the target lacks according to the profile, if the level permits that.
    fn lacks(&self) -> impl Iterator<Item = &MissingFixture> {
        self.profile.lacks.iter().filter(|_| self.level == Level::Core)
    }

    /// Returns the rules that only those states show which the target lacks.
    fn lacking(&self) -> BTreeSet<String> {
        if self.lacks().next().is_none() {
            return BTreeSet::new();
        }
        let lacks = |kind: StoreType, state| self.lacks().any(|l| l.covers(kind, state));
        let everywhere = |state| StoreType::ALL.iter().all(|k| lacks(*k, state));
        let all =
            Abilities { room: self.profile.stores, signatures: self.profile.checks_signatures, ..Abilities::all() };
        let mut less = all.clone();
        less.types.retain(|k| !lacks(*k, ConnectionState::Disconnected));
        less.connect.retain(|k| !lacks(*k, ConnectionState::Connected));
        less.seen.retain(|s| !everywhere(*s));
        let planned = |reach: &Abilities| -> BTreeSet<String> {
            let goals = self.plans.cases(self.model, reach).goals;
            let shown = goals.iter().filter_map(|g| match g {
                Goal::Rule { exercise, cell, .. }
                    if cell.is_none_or(|cell| !lacks(cell.kind, cell.state) || reach == &all) =>
                {
                    Some(exercise.rule.to_string())
                }
                _ => None,
            });
            shown.collect()
        };
        let (more, less_rules) = (planned(&all), planned(&less));
        let mut rules: BTreeSet<String> = more.difference(&less_rules).cloned().collect();
        // Rules that other sequences than those of the plan show.
        rules.extend(BESIDE.iter().filter(|(_, s)| everywhere(*s)).map(|(rule, _)| rule.to_string()));
        rules
    }
}

/// Rules that no plan has as its goal, with the state that shows them.
const BESIDE: [(RuleId, ConnectionState); 4] = [
    (ids::O_03, ConnectionState::Connected),
    (ids::O_04, ConnectionState::Connected),
    (ids::A_09, ConnectionState::Connected),
    (ids::R_04, ConnectionState::Connecting),
];
