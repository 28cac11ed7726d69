//! The counts of a run, from which the rows and notes of its record follow, with or without shards.

use std::collections::BTreeMap;
use std::time::Duration;

use ucks_oracle::group::{Group, Impact};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, Rule, RuleId};
use ucks_oracle::rules::{self, ids};

use super::{Run, matches};
use crate::plan::shard::Shard;
use crate::record::{Finding, OrderRow, Place, RuleRow, RunOutcome, Sighting, Tally, Verdict};
use crate::report::counted;
use crate::run::coverage::Coverage;
use crate::run::probe::Probed;
use crate::wording;

/// A target that takes longer than this for an answer on average makes the run slow.
const SLOW: Duration = Duration::from_millis(50);

/// Where a rule was touched and decided.
#[derive(Clone, Debug, Default)]
pub(super) struct RulePlaces {
    /// Where answers of the deterministic cases touched it.
    pub(super) touched: Vec<Place>,
    /// Where any answer decided it.
    pub(super) decided: Vec<Place>,
}

impl Run {
    /// Counts what the run has seen so far.
    pub(super) fn tally(&self, probed: Option<&Probed>, revision: Revision) -> Tally {
        let kept = |coverage: &Coverage| -> BTreeMap<String, u64> {
            let rows = rules::at(revision).map(|rule| (rule.id.to_string(), coverage.judged(rule.id)));
            rows.filter(|(_, answers)| *answers > 0).collect()
        };
        let lost = self.lost.as_ref().map(|lost| match probed {
            Some(_) => format!("the target was lost: {lost}"),
            None => format!("the target cannot be tested: {lost}"),
        });
        let mut divergences: Vec<Sighting> = self.sightings.values().cloned().collect();
        for sighting in &mut divergences {
            sighting.reported_as = self.slipped.get(&sighting.key).cloned();
        }
        divergences.sort_by_key(|sighting| sighting.first);
        Tally {
            answers: self.coverage.all(),
            answers_by_cases: self.covered_by_cases.all(),
            // Only merging needs them.
            pairs: self
                .options
                .shard
                .map(|_| self.coverage.pairs.iter().map(|(pair, n)| (*pair, *n)).collect())
                .unwrap_or_default(),
            orders: self.coverage.order.values().sum(),
            orders_by_cases: self.covered_by_cases.order.values().sum(),
            kept: kept(&self.coverage),
            kept_by_cases: kept(&self.covered_by_cases),
            elsewhere: self.elsewhere.iter().map(RuleId::to_string).collect(),
            unsent: self.unsent.keys().map(RuleId::to_string).collect(),
            blocked: self.blocked.clone(),
            no_verdict: self.coverage.no_verdict.iter().map(|(answer, n)| (wording::observed(answer), *n)).collect(),
            divergences,
            lost,
            stopped: self.stop.load(std::sync::atomic::Ordering::Relaxed),
            timed_out: self.context.timed_out(),
            cases_left: self.cases_left,
            unshrunk: self.unshrunk,
            mean_answer_ms: u64::try_from(self.context.mean_answer().as_millis()).unwrap_or(u64::MAX),
            hopeless: probed.and_then(|p| p.hopeless.clone()),
        }
    }
}

impl Tally {
    /// Returns the number of answers that touched a rule and kept it; for rules that no single answer touches, those
    /// that concern it.
    fn times(&self, rule: RuleId, by_cases: bool) -> u64 {
        let (kept, answers, orders) = if by_cases {
            (&self.kept_by_cases, self.answers_by_cases, self.orders_by_cases)
        } else {
            (&self.kept, self.answers, self.orders)
        };
        match kept.get(rule.0).copied().unwrap_or(0) {
            0 if rule == ids::P_01 => answers,
            0 if rule == ids::P_05 => orders,
            times => times,
        }
    }

    /// The row of a rule; `why_not` gives verdict and reason where nothing judged it.
    pub(super) fn row(
        &self,
        rule: &Rule,
        revision: Revision,
        findings: &[Finding],
        places: RulePlaces,
        why_not: impl FnOnce() -> (Verdict, String),
    ) -> RuleRow {
        let mine: Vec<&Finding> = findings.iter().filter(|f| f.breaks(rule.id.0)).collect();
        let found: u64 = mine.iter().map(|f| f.count).sum();
        let judged = match found {
            0 => self.times(rule.id, false),
            found => self.kept.get(rule.id.0).copied().unwrap_or(0) + found,
        };
        let (mut reason, force) = (None, rule.force_at(revision));
        let verdict = if mine.iter().any(|f| f.fails) {
            Verdict::Fail
        } else if !mine.is_empty() {
            Verdict::Warning
        } else if judged > 0 {
            if force == Force::Open { Verdict::Observed } else { Verdict::Pass }
        } else {
            let (verdict, why) = why_not();
            reason = Some(why);
            verdict
        };
        RuleRow {
            id: rule.id.to_string(),
            group: rule.id.group().to_string(),
            force: force.to_string(),
            basis: rule.basis.to_string(),
            asks: rule.requirement.clone(),
            verdict,
            judged,
            judged_by_cases: self.times(rule.id, true),
            touched: places.touched,
            decided: places.decided,
            reason,
            findings: mine.iter().map(|f| f.code.clone()).collect(),
        }
    }

    /// Why nothing, or not everything, could be judged, in whole sentences.
    pub(super) fn notes(&self, repeats: &BTreeMap<String, u64>, order: &[OrderRow]) -> Vec<String> {
        let mut notes: Vec<String> = self.lost.iter().cloned().collect();
        if self.stopped {
            notes.push("the run was stopped before its end".to_owned());
        }
        if self.timed_out {
            let left = if self.cases_left { ", with deterministic cases left" } else { "" };
            notes.push(format!("the run reached its time limit{left}; --max-time sets another"));
        }
        if self.unshrunk > 0 {
            let findings = counted(self.unshrunk, "finding");
            notes.push(format!("{findings} not shrunk: shrinking had used its share of the time"));
        }
        if Duration::from_millis(self.mean_answer_ms) >= SLOW {
            notes.push(format!("the target is slow: it answers in {} ms on average", self.mean_answer_ms));
        }
        notes.extend(self.hopeless.clone());
        let each = |rows: &BTreeMap<String, u64>, what: &str, clause: &dyn Fn(&str) -> String| -> Vec<String> {
            rows.iter().map(|(why, n)| format!("{} {}", counted(*n, what), clause(why))).collect()
        };
        notes.extend(each(&self.blocked, "sequence", &|why| format!("could not be judged: {why}")));
        notes.extend(each(repeats, "answer", &|why| format!("had to be asked for again: {why} (W-17, D-05)")));
        notes.extend(each(&self.no_verdict, "answer", &|why| format!("did not concern the operation: {why}")));
        let won = |winner: &str, loser: &str| order.iter().any(|row| row.winner == winner && row.loser == loser);
        let cycles = order.iter().filter(|row| row.winner < row.loser && won(&row.loser, &row.winner));
        let pairs: Vec<String> = cycles.map(|row| format!("{} and {}", row.winner, row.loser)).collect();
        if !pairs.is_empty() {
            let pairs = pairs.join(", ");
            notes.push(format!("the errors of these pairs of rules were returned in both orders: {pairs}"));
        }
        notes
    }
}

impl Tally {
    /// Returns the outcome of a run, and notes the gaps in what was asked for.
    pub(super) fn outcome(
        &self,
        rules: &[RuleRow],
        require: &[String],
        fails: bool,
        notes: &mut Vec<String>,
    ) -> (RunOutcome, bool) {
        let gaps: Vec<&RuleRow> = rules
            .iter()
            .filter(|r| require.iter().any(|g| matches(g, &r.id)))
            .filter(|r| matches!(r.verdict, Verdict::Blocked | Verdict::NotCovered) && r.force != "suite")
            .collect();
        if !gaps.is_empty() {
            let ids = gaps.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
            notes.push(format!("required, and not judged: {ids}"));
        }
        let judged = rules.iter().any(|r| r.judged > 0);
        let could_not_test = !judged || self.lost.is_some() || self.stopped || self.cases_left || !gaps.is_empty();
        let outcome = match (fails, could_not_test) {
            (true, _) => RunOutcome::Failed,
            (false, true) => RunOutcome::CouldNotTest,
            (false, false) => RunOutcome::Passed,
        };
        (outcome, could_not_test)
    }
}

/// The note in the record of a shard whose profile has clusters or VPC endpoint services.
///
/// They cannot be divided: of most roles a profile has only one, and the plan, which all shards have in common, names
/// each by its role.
const SHARED_FIXTURES: &str = "each cluster and VPC endpoint service of the profile belongs to one store at a time: \
                               run shards that share an account one after the other";

/// Returns the notes in the record of a shard that do not concern the merged record.
pub(super) fn shard_notes(shard: Shard, fixtures: bool) -> Vec<String> {
    let merging = format!("shard {shard}: `ucks merge` makes one record of all {}", shard.of());
    std::iter::once(merging).chain(fixtures.then(|| SHARED_FIXTURES.to_owned())).collect()
}

/// Sorts findings, worst first, each joined with those that it implies where `join` is set.
pub(super) fn ranked(mut rows: Vec<Finding>, join: bool) -> Vec<Finding> {
    let place = |id: &str| rules::all().iter().position(|r| r.id.0 == id);
    if join {
        join_implied(&mut rows);
    }
    for row in &mut rows {
        row.also.sort_by_key(|id| place(id));
        row.sentence = row.replay.finding.sentence() + &further(row);
    }
    // Deviations of a companion operation are first: they may explain the rest.
    let impact = |f: &Finding| Group::of_id(&f.rule).map(|group| group.traits().impact);
    rows.sort_by_key(|f| (!f.fails, impact(f) != Some(Impact::Companion), place(&f.rule), f.code.clone()));
    rows
}

/// The end of a finding's sentence that names the further rules it breaks.
fn further(row: &Finding) -> String {
    if row.also.is_empty() { String::new() } else { format!(" (also breaks {})", row.also.join(", ")) }
}

/// Joins each finding that another one implies with that one: a service that checks no pattern at all is reported for
/// that, and not for where its match begins and ends.
fn join_implied(rows: &mut Vec<Finding>) {
    let mut at = 0;
    while at < rows.len() {
        let special = &rows[at];
        let implies = |plain: &Finding| {
            plain.operation == special.operation
                && plain.member == special.member
                && plain.got == special.got
                && plain.fails >= special.fails
                && rules::implies(&plain.rule, &plain.aspect, &special.rule)
        };
        let Some(plain) = rows.iter().position(implies) else {
            at += 1;
            continue;
        };
        let implied = rows.remove(at);
        let plain = &mut rows[if plain > at { plain - 1 } else { plain }];
        plain.count += implied.count;
        for rule in implied.rules().map(str::to_owned) {
            if !plain.breaks(&rule) {
                plain.also.push(rule);
            }
        }
    }
}
