//! From a finished run to its record.

use std::collections::BTreeMap;
use std::time::Duration;

use ucks_oracle::code::Code;
use ucks_oracle::group::ProfileNeeds;
use ucks_oracle::members::StoreType;
use ucks_oracle::rule::{Force, JudgedOn, Rule, RuleId};
use ucks_oracle::rules;

use super::executor::CellOf;
use super::probe::Probed;
use super::tally::{RulePlaces, ranked, shard_notes};
use super::{Run, Subject, Unsent, matches};
use crate::plan::cases::Cases;
use crate::record::{
    AnswerRow, CellRow, CommonOptions, FORMAT, Finding, OrderRow, PrecedenceRow, ProbeNote, Record, RuleRow, ShardPart,
    Tally, Verdict,
};
use crate::render;

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
        let findings = ranked(self.finding_rows(), self.options.shard.is_none());
        let tally = self.tally(probed, subject.revision);
        let (order, repeats) = (self.order_rows(), self.context.repeats());
        let mut notes = tally.notes(&repeats, &order);
        let environment = &subject.profile.environment;
        let fixtures = environment.clusters.is_some() || environment.services.is_some();
        notes.extend(self.options.shard.into_iter().flat_map(|shard| shard_notes(shard, fixtures)));
        let rules: Vec<RuleRow> = rules::at(subject.revision)
            .filter(|r| self.options.only.is_empty() || self.options.only.iter().any(|o| matches(o, r.id.0)))
            .map(|r| {
                let touched = self.covered_by_cases.touched_places(r.id);
                let places = RulePlaces { touched, decided: self.coverage.decided_places(r.id) };
                tally.row(r, subject.revision, &findings, places, || self.why_not(r, probed, plan, subject))
            })
            .collect();
        let fails = findings.iter().any(|f| f.fails || self.options.strict);
        let (outcome, could_not_test) = tally.outcome(&rules, &self.options.require, fails, &mut notes);
        let mut record = Record {
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
            causes: Vec::new(),
            unstable: self.unstable.clone(),
            cells: self.cell_rows(),
            order,
            precedence: self.precedence_rows(),
            unseen: self.coverage.unseen().filter(|_| self.random),
            readings: self.readings(),
            errors: Code::ALL
                .iter()
                .filter(|c| c.declared(subject.revision))
                .map(|c| (c.name().to_owned(), self.coverage.codes.get(c.name()).copied().unwrap_or(0)))
                .collect(),
            repeats,
            lost: self.lost.clone().filter(|_| probed.is_some()),
            outcome,
            could_not_test,
            notes,
            shard: self.part(tally),
        };
        record.diagnose();
        record
    }

    fn unanswered(&self) -> Vec<ProbeNote> {
        vec![ProbeNote {
            subject: "UpdateCustomKeyStore".to_owned(),
            usable: false,
            note: self.lost.clone().unwrap_or_else(|| "no answer".to_owned()),
        }]
    }

    fn finding_rows(&self) -> Vec<Finding> {
        self.findings
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
                steps: render::lines(&found.shown.ops),
                exchanges: found.shown.exchanges.clone(),
                replay: self.replay(key, &found.shown.ops),
                found_after: found.found_after,
                steps_before: found.steps_before,
                shrink_requests: found.shrink_requests,
                random: found.random,
                deviation: None,
            })
            .collect()
    }

    fn order_rows(&self) -> Vec<OrderRow> {
        let row = |(pair, times): (&(RuleId, RuleId), &u64)| OrderRow {
            winner: pair.0.to_string(),
            loser: pair.1.to_string(),
            errors: self.coverage.won_with.get(pair).into_iter().flatten().cloned().collect(),
            times: *times,
        };
        self.coverage.order.iter().map(row).collect()
    }

    fn precedence_rows(&self) -> Vec<PrecedenceRow> {
        let row = |((cell, first, then), times): (&(CellOf, RuleId, RuleId), &u64)| PrecedenceRow {
            store_type: cell.map(|(kind, _)| kind.name().to_owned()),
            state: cell.map(|(_, state)| state.name().to_owned()),
            first: first.to_string(),
            then: then.to_string(),
            times: *times,
        };
        let mut rows: Vec<PrecedenceRow> = self.coverage.precedence.iter().map(row).collect();
        rows.sort();
        rows
    }

    /// Returns the additional data in the record of a shard.
    fn part(&self, tally: Tally) -> Option<Box<ShardPart>> {
        let shard = self.options.shard?;
        let terms = CommonOptions {
            only: self.options.only.clone(),
            sequences: self.options.time.is_none().then_some(self.options.sequences),
            cases: self.options.cases,
        };
        Some(Box::new(ShardPart {
            index: shard.index(),
            of: shard.of(),
            plan: self.plan.clone(),
            terms,
            tally,
            notes: Vec::new(),
        }))
    }

    /// The verdict on a rule that nothing judged, and the reason.
    fn why_not(&self, rule: &Rule, probed: Option<&Probed>, plan: &Cases, subject: &Subject) -> (Verdict, String) {
        let none = |why: &str| (Verdict::NotCovered, why.to_owned());
        if let JudgedOn::Untested(why) = rule.check {
            return none(why);
        }
        if rule.force == Force::Suite {
            return none("applies to ucks itself; nothing in this run exercised it");
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
        match group.traits().needs {
            Some(ProfileNeeds::Clusters) if environment.clusters.is_none() => {
                return none("the profile describes no clusters");
            }
            Some(ProfileNeeds::Services) if environment.services.is_none() => {
                return none("the profile describes no VPC endpoint services");
            }
            Some(ProfileNeeds::Proxies) if environment.proxies.is_none() => {
                return none("the profile describes no proxies");
            }
            Some(ProfileNeeds::Signatures) if !subject.profile.checks_signatures => {
                return none("the profile does not set `check_signatures = true`");
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
            if group.is_by_state() {
                return none("no store reached this state; add a fixture to the profile");
            }
            return none(match rule.check {
                JudgedOn::Request(_) => "the profile has no fixture that shows it",
                _ => "no answer of this run showed it",
            });
        }
        match self.unsent.get(&rule.id) {
            Some(Unsent::Blocked(why)) => (Verdict::Blocked, why.clone()),
            Some(Unsent::CutShort) => none("not run: findings of other rules ended each of its sequences first"),
            Some(Unsent::Ended) if self.lost.is_some() => none("not run: the target was lost"),
            Some(Unsent::Ended) if self.context.timed_out() => none("not run: the run reached its time limit"),
            Some(Unsent::Ended) => none("not run: stopped"),
            None if self.elsewhere.contains(&rule.id) => none("not run: its cases belong to other shards"),
            None => none("sent, but not judged: the response showed another rule's error or finding"),
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
                answers: answers.iter().map(|(answer, n)| AnswerRow { answer: answer.clone(), times: *n }).collect(),
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
