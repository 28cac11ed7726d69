//! From a finished run to its record.

use super::coverage::Coverage;
use super::probe::Probed;
use super::{Run, Subject, Unsent, matches};
use crate::plan::cases::Cases;
use crate::record::{CellRow, FORMAT, Finding, OrderRow, Outcome, ProbeNote, Record, RuleRow, Verdict};
use crate::render;
use std::collections::BTreeMap;
use std::time::Duration;
use ucks_oracle::code::Code;
use ucks_oracle::members::StoreType;
use ucks_oracle::rule::{Check, Force, Rule};
use ucks_oracle::rules::{self, ids};

/// A target that takes longer than this for an answer on average makes the run slow.
const SLOW: Duration = Duration::from_millis(50);

impl Run {
    pub(super) fn record(
        mut self,
        subject: &Subject,
        probed: Option<&Probed>,
        plan: &Cases,
        elapsed: Duration,
        spent: u64,
    ) -> Record {
        for (key, found) in &mut self.findings {
            found.count = self.counts.get(key).copied().unwrap_or(1).max(1);
        }
        let findings = self.finding_rows();
        let mut notes: Vec<String> = Vec::new();
        match (&self.lost, probed) {
            (Some(lost), Some(_)) => notes.push(format!("the target was lost: {lost}")),
            (Some(lost), None) => notes.push(format!("the target cannot be tested: {lost}")),
            (None, _) => {}
        }
        let stopped = self.stop.load(std::sync::atomic::Ordering::Relaxed);
        if stopped {
            notes.push("the run was stopped before its end".to_owned());
        }
        if self.context.timed_out() {
            let left = if self.cases_left { ", with deterministic cases left" } else { "" };
            notes.push(format!("the run reached its time limit{left}; --max-time sets another"));
        }
        if self.unshrunk > 0 {
            let findings = count(self.unshrunk, "finding");
            notes.push(format!("{findings} not shrunk: shrinking had used its share of the time"));
        }
        let mean = self.context.mean_answer();
        if mean >= SLOW {
            notes.push(format!("the target is slow: it answers in {} ms on average", mean.as_millis()));
        }
        notes.extend(probed.and_then(|p| p.hopeless.clone()));
        notes.extend(
            self.blocked.iter().map(|(why, n)| format!("{} could not be judged: {why}", count(*n, "sequence"))),
        );
        notes.extend(
            self.context
                .repeats()
                .iter()
                .map(|(why, n)| format!("{} had to be asked for again: {why} (W-17, D-05)", count(*n, "answer"))),
        );
        notes.extend(
            self.coverage
                .no_verdict
                .iter()
                .map(|(label, n)| format!("{} said nothing about the operation: {label}", count(*n, "answer"))),
        );
        let cycles = self.coverage.cycles();
        if !cycles.is_empty() {
            let pairs = cycles.iter().map(|(a, b)| format!("{a} and {b}")).collect::<Vec<_>>().join(", ");
            notes.push(format!("of these rules now the one and now the other's error came first: {pairs}"));
        }
        let rules: Vec<RuleRow> = rules::at(subject.revision)
            .filter(|r| self.options.only.is_empty() || self.options.only.iter().any(|o| matches(o, r.id.0)))
            .map(|r| self.rule_row(r, &findings, probed, plan, subject))
            .collect();
        let judged = rules.iter().filter(|r| r.judged > 0).count();
        let fails = findings.iter().any(|f| f.fails || self.options.strict);
        let gaps: Vec<&RuleRow> = rules
            .iter()
            .filter(|r| self.options.require.iter().any(|g| matches(g, &r.id)))
            .filter(|r| matches!(r.verdict, Verdict::Blocked | Verdict::NotCovered) && r.force != "suite")
            .collect();
        if !gaps.is_empty() {
            let ids = gaps.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
            notes.push(format!("required, and not judged: {ids}"));
        }
        let could_not_test = judged == 0 || self.lost.is_some() || stopped || self.cases_left || !gaps.is_empty();
        let outcome = match (fails, could_not_test) {
            (true, _) => Outcome::Failed,
            (false, true) => Outcome::CouldNotTest,
            (false, false) => Outcome::Passed,
        };
        Record {
            format: FORMAT,
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            rule_book: rules::RULE_BOOK.to_owned(),
            target: subject.name.clone(),
            revision: subject.revision.date().to_owned(),
            policy: self.options.policy_name.clone(),
            strict: self.options.strict,
            seed: self.options.seed,
            lanes: self.options.lanes,
            started: None,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            requests: self.context.requests() + spent,
            sequences: self.sequences,
            probe: probed.map(|p| p.notes.clone()).unwrap_or_else(|| self.unanswered()),
            rules,
            findings,
            unstable: self.unstable.clone(),
            cells: self.cell_rows(),
            order: self
                .coverage
                .order
                .iter()
                .map(|(pair, n)| OrderRow {
                    winner: pair.0.to_string(),
                    loser: pair.1.to_string(),
                    errors: self.coverage.won_with.get(pair).into_iter().flatten().cloned().collect(),
                    times: *n,
                })
                .collect(),
            readings: self.readings(),
            errors: Code::ALL
                .iter()
                .filter(|c| c.declared(subject.revision))
                .map(|c| (c.name().to_owned(), self.coverage.codes.get(c.name()).copied().unwrap_or(0)))
                .collect(),
            repeats: self.context.repeats(),
            outcome,
            could_not_test,
            notes,
        }
    }

    fn unanswered(&self) -> Vec<ProbeNote> {
        vec![ProbeNote {
            subject: "UpdateCustomKeyStore".to_owned(),
            usable: false,
            note: self.lost.clone().unwrap_or_else(|| "no answer".to_owned()),
        }]
    }

    fn finding_rows(&self) -> Vec<Finding> {
        let mut rows: Vec<Finding> = self
            .findings
            .iter()
            .map(|(key, found)| Finding {
                code: key.code(),
                rule: key.rule.clone(),
                also: found.shown.also.iter().map(|rule| rule.0.to_owned()).collect(),
                fails: key.fails,
                operation: key.operation.clone(),
                store_type: key.store_type.clone(),
                state: key.state.clone(),
                member: key.member.clone(),
                aspect: key.aspect.clone(),
                expected: key.expected.clone(),
                got: key.got.clone(),
                count: found.count,
                sentence: key.sentence(),
                steps: found.shown.ops.iter().map(render::line).collect(),
                exchanges: found.shown.exchanges.clone(),
                replay: self.replay(key, &found.shown.ops),
                found_after: found.found_after,
                steps_before: found.steps_before,
                shrink_requests: found.shrink_requests,
                random: found.random,
                deviation: None,
            })
            .collect();
        let place = |id: &str| rules::all().iter().position(|r| r.id.0 == id);
        join_implied(&mut rows);
        for row in rows.iter_mut().filter(|row| !row.also.is_empty()) {
            row.also.sort_by_key(|id| place(id));
            row.sentence += &format!(" (also breaks {})", row.also.join(", "));
        }
        // What is wrong with a companion operation comes first: it may explain the rest.
        let group = |f: &Finding| rules::find(&f.rule).map(|r| r.id.group());
        rows.sort_by_key(|f| (!f.fails, group(f) != Some("O"), place(&f.rule), f.code.clone()));
        rows
    }

    fn rule_row(
        &self,
        rule: &Rule,
        findings: &[Finding],
        probed: Option<&Probed>,
        plan: &Cases,
        subject: &Subject,
    ) -> RuleRow {
        let mine: Vec<&Finding> = findings.iter().filter(|f| f.breaks(rule.id.0)).collect();
        let times = |coverage: &Coverage| match coverage.judged(rule.id) {
            0 if rule.id == ids::P_01 => coverage.all(),
            0 if rule.id == ids::P_05 => coverage.order.values().sum(),
            judged => judged,
        };
        let found: u64 = mine.iter().map(|f| f.count).sum();
        let judged = if found > 0 { self.coverage.judged(rule.id) + found } else { times(&self.coverage) };
        let (mut reason, force) = (None, rule.force_at(subject.revision));
        let verdict = if mine.iter().any(|f| f.fails) {
            Verdict::Fail
        } else if !mine.is_empty() {
            Verdict::Warning
        } else if judged > 0 {
            if force == Force::Open { Verdict::Observed } else { Verdict::Pass }
        } else {
            let (verdict, why) = self.why_not(rule, probed, plan, subject);
            reason = Some(why);
            verdict
        };
        RuleRow {
            id: rule.id.to_string(),
            group: rule.id.group().to_owned(),
            force: force.to_string(),
            basis: rule.basis.to_owned(),
            asks: rule.requirement.clone(),
            verdict,
            judged,
            judged_by_cases: times(&self.covered_by_cases),
            decided: self.covered_by_cases.places(rule.id),
            reason,
            findings: mine.iter().map(|f| f.code.clone()).collect(),
        }
    }

    /// Why a rule was never decided.
    fn why_not(&self, rule: &Rule, probed: Option<&Probed>, plan: &Cases, subject: &Subject) -> (Verdict, String) {
        let none = |why: &str| (Verdict::NotCovered, why.to_owned());
        if let Check::Untested(why) = rule.check {
            return none(why);
        }
        if rule.force == Force::Suite {
            return none("a duty of the suite: there was no occasion for it");
        }
        if self.stop.load(std::sync::atomic::Ordering::Relaxed) {
            return none("not run: stopped");
        }
        let Some(probed) = probed else { return (Verdict::Blocked, "the target does not answer".to_owned()) };
        if let Some(why) = &probed.hopeless {
            return (Verdict::Blocked, why.clone());
        }
        let environment = &subject.profile.environment;
        let group = rule.id.group();
        match group {
            "H" if environment.clusters.is_none() => return none("the profile describes no clusters"),
            "V" if environment.services.is_none() => return none("the profile describes no VPC endpoint services"),
            "X" if environment.proxies.is_none() => return none("the profile describes no proxies"),
            "D" if !subject.profile.checks_signatures => {
                return none("the profile does not say that signatures are checked");
            }
            _ => {}
        }
        let planned = plan
            .goals
            .iter()
            .any(|g| matches!(g, crate::plan::Goal::Rule { exercise, .. } if exercise.rule == rule.id));
        let missing: Vec<&ProbeNote> = probed.notes.iter().filter(|n| !n.usable).collect();
        if !planned || self.coverage.all() == 0 {
            let types: Vec<_> = StoreType::ALL.iter().filter(|t| !probed.reach.types.contains(t)).collect();
            if !missing.is_empty() && (!types.is_empty() || !probed.reach.describe || probed.reach.connect.len() < 2) {
                let why = missing.iter().map(|n| format!("{}: {}", n.subject, n.note)).collect::<Vec<_>>().join("; ");
                return (Verdict::Blocked, why);
            }
            if group == "G" {
                return none("the target gets to no store in this state without a fixture for it");
            }
            return none(match rule.check {
                Check::Request(_) => "the profile has no fixture that shows it",
                _ => "no answer of this run showed it",
            });
        }
        match self.unsent.get(&rule.id) {
            Some(Unsent::Blocked(why)) => (Verdict::Blocked, why.clone()),
            Some(Unsent::CutShort) => none("not run: findings of other rules ended each of its sequences first"),
            Some(Unsent::Ended) if self.lost.is_some() => none("not run: the target was lost"),
            Some(Unsent::Ended) if self.context.timed_out() => none("not run: the run reached its time limit"),
            Some(Unsent::Ended) => none("not run: the run was stopped"),
            None => none("sent, but not decided: the response showed another rule's error or finding"),
        }
    }

    fn cell_rows(&self) -> Vec<CellRow> {
        self.coverage
            .cells
            .iter()
            .map(|((t, s, m), answers)| CellRow {
                store_type: t.name().to_owned(),
                state: s.name().to_owned(),
                member: m.name().to_owned(),
                answers: answers.clone(),
            })
            .collect()
    }

    fn readings(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for ((rule, answer), n) in &self.coverage.readings {
            *all.entry(rule.to_string()).or_default().entry(answer.clone()).or_default() += n;
        }
        all
    }
}

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
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
