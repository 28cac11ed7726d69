//! Findings by which `ucks run` reports a deviation instead of the one that a case shows.
//!
//! A run shrinks what it finds. A service that accepts a password on any external key store also accepts one beside a
//! new name, which breaks T-14; the shortest request that shows it has the password alone, so the finding is T-01. A
//! runner of vectors does not shrink. Here the requests that the shrinker would try are judged, so that each deviation
//! names the findings that explain it.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use ucks_oracle::account::Store;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::judge::Grade;
use ucks_oracle::members::Member;
use ucks_oracle::model::Divergence;
use ucks_oracle::request::Body;
use ucks_oracle::rule::Breadth;
use ucks_oracle::rules::{self, ids};
use ucks_oracle::wire::{Request, UPDATE};

use super::situation::{Situation, answers, finding};
use super::{Maker, form};
use crate::bind::Needs;
use crate::op::Op;
use crate::replay::Key;
use crate::run::finding::{key, may_slip};
use crate::run::shrink::simplifications;

/// Most sequences that are judged for one case.
const SEQUENCES: usize = 100;

/// The findings that a request shows, by answer.
type Findings = BTreeMap<&'static str, Key>;

impl Maker {
    /// Names for each deviation of a case the findings to which shrinking may go from it.
    pub(super) fn explain(&self, setup: &[Op], op: &Op, case: &mut form::Case) {
        let ops: Vec<Op> = setup.iter().chain([op]).cloned().collect();
        let Some(mut shown) = self.findings(&ops) else { return };
        shown.retain(|_, key| may_be_left(key));
        let mut seen = HashSet::from([print(&ops)]);
        let mut waiting = VecDeque::from([(ops, shown.clone())]);
        while let Some((ops, from)) = waiting.pop_front() {
            for simpler in simplifications(&ops) {
                let ends = matches!(simpler.last(), Some(Op::Update(_)));
                if from.is_empty() || !ends || seen.len() >= SEQUENCES || !seen.insert(print(&simpler)) {
                    continue;
                }
                let Some(mut to) = self.findings(&simpler) else { continue };
                to.retain(|answer, key| from.get(answer).is_some_and(|from| from == key || may_slip(from, key)));
                for (answer, key) in &to {
                    let own = shown.get(answer).is_some_and(|own| own.rule != key.rule);
                    if let Some(deviation) = case.deviations.get_mut(*answer).filter(|_| own) {
                        deviation.unless.insert(finding(key));
                    }
                }
                if !to.is_empty() {
                    waiting.push_back((simpler, to));
                }
            }
        }
    }

    /// The findings that the last of some operations shows, where those before it succeed.
    fn findings(&self, ops: &[Op]) -> Option<Findings> {
        let (op, setup) = ops.split_last()?;
        let situation = self.begin(setup, &Needs::of(ops), 0).ok()?;
        Some(situation.findings(&situation.request(op).ok()?))
    }
}

impl Situation<'_> {
    /// The findings that a request shows here.
    fn findings(&self, request: &Request) -> Findings {
        let found = self.model().assess(self.account(), request);
        let body = Body::parse(&request.body, self.model().revision).ok();
        let id = body.as_ref().and_then(|body| body.text(Member::CustomKeyStoreId).given());
        let store = id.and_then(|id| self.account().store(id));
        let judged = answers().filter_map(|(answer, outcome)| {
            let verdict = found.judge(&outcome, &self.model().policy);
            let blame = verdict.blame.filter(|_| verdict.grade > Grade::Fine && !verdict.no_verdict)?;
            let divergence = Divergence {
                rule: blame.rule,
                grade: verdict.grade,
                operation: UPDATE,
                store_type: store.map(Store::store_type),
                state: store.map(|s| s.state),
                member: blame.member.map(Member::name),
                aspect: blame.aspect,
                expected: blame.expected,
                got: (&outcome).into(),
                also: Vec::new(),
            };
            Some((answer, key(&divergence)))
        });
        judged.collect()
    }
}

/// Returns true if shrinking may go from the finding to one of another rule.
fn may_be_left(key: &Key) -> bool {
    let special = rules::find(&key.rule).is_some_and(|rule| rule.breadth == Breadth::Special);
    special || key.rule == ids::P_01.0
}

/// The findings that imply this one on the same member: with one of them it is reported, and as severe.
pub(super) fn implied_by(key: &Key) -> BTreeSet<String> {
    let aspects = rules::implying_aspects();
    let plain = rules::all().iter().flat_map(|rule| aspects.map(|aspect| (rule, aspect)));
    let plain =
        plain.filter(|(rule, aspect)| key.aspect != Aspect::EFFECT && rules::implies(rule.id.0, aspect, &key.rule));
    plain
        .map(|(rule, aspect)| {
            finding(&Key { fails: true, rule: rule.id.0.to_owned(), aspect: aspect.to_owned(), ..key.clone() })
        })
        .collect()
}

fn print(ops: &[Op]) -> Vec<u8> {
    serde_json::to_vec(ops).unwrap_or_default()
}
