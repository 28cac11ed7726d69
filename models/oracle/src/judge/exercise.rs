//! The sides of rules that a request exercises, and that an answer to it touches.

use std::collections::BTreeSet;

use super::{Assessments, OutcomeVerdict, layer_name, order_rule, outcome_code};
use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::members::Member;
use crate::rule::{Codes, Force, Layer, Permit, Rule, RuleId, Violation};
use crate::rules::ids;

/// One side of a rule that a request exercises: a goal of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exercise {
    /// The rule.
    pub rule: RuleId,
    /// The member concerned.
    pub member: Option<Member>,
    /// Which way of being wrong, or which side of being right.
    pub aspect: Aspect,
    /// True if a refusal is expected.
    pub refusal: bool,
}

impl Assessments {
    /// The sides of rules that an answer to this request may touch. Violations count when all of them
    /// are in one layer, permissions and open questions when there is no other violation. With violations in
    /// several layers it is the order that is exercised.
    pub fn exercises(&self) -> Vec<Exercise> {
        let exercise = |rule: &Rule, member, aspect, refusal| Exercise { rule: rule.id, member, aspect, refusal };
        let layers = || self.required().map(|(_, f)| f.layer);
        let Some(first) = layers().min() else {
            let open = self.violations.iter().map(|(r, f)| exercise(r, f.member, f.aspect, false));
            return self.permits.iter().map(|(r, p)| exercise(r, p.member, p.aspect, false)).chain(open).collect();
        };
        let later: BTreeSet<Layer> = layers().filter(|l| *l > first).collect();
        if later.is_empty() {
            // A value that is taken as valid shows also where something else refuses the request.
            let seen_by_code = |p: &Permit| self.required().all(|(_, f)| !f.codes.may_be(p.never));
            let valid = self.permits.iter().filter(|(_, p)| p.refused_too && seen_by_code(p));
            let valid = valid.map(|(r, p)| exercise(r, p.member, p.aspect, true));
            return self.required().map(|(r, f)| exercise(r, f.member, f.aspect, true)).chain(valid).collect();
        }
        // No store has a malformed id, so the id's own fault never comes alone (S-02).
        let id = self.required().filter(|(_, f)| f.layer == first && f.member == Some(Member::CustomKeyStoreId));
        let order = later.into_iter().map(|later| Exercise {
            rule: order_rule(first),
            member: None,
            aspect: layer_name(later),
            refusal: true,
        });
        id.map(|(r, f)| exercise(r, f.member, f.aspect, true)).chain(order).collect()
    }

    /// The sides of rules that an outcome with this verdict touches: of several violations the one whose code was
    /// returned or that is blamed; permissions where they were granted, or are blamed for a refusal.
    pub fn touched(&self, outcome: &Outcome, verdict: &OutcomeVerdict) -> Vec<Exercise> {
        let success = *outcome == Outcome::Success;
        let blamed = |rule: RuleId| verdict.blame.as_ref().is_some_and(|b| b.rule == rule);
        let names = |violation: &Violation| {
            matches!(violation.codes, Codes::AnyOf(_))
                || outcome_code(outcome).is_none_or(|c| violation.codes.list().contains(&c))
        };
        let mut touched = self.exercises();
        if let Outcome::ServerFault { .. } = outcome {
            // The request was refused, if in a wrong way: that touches rules which ask for no more than a refusal.
            let refused = |f: &Violation| f.layer <= Layer::Types && f.code_force < Force::Must;
            touched.retain(|e| e.refusal && self.required().any(|(r, f)| r.id == e.rule && refused(f)));
            return touched;
        }
        // A malformed id answered as one of no store: the constraint gave way to existence, and was seen to (S-02).
        let late = |e: &Exercise| blamed(ids::P_02) && e.member == Some(Member::CustomKeyStoreId);
        touched.retain(|e| {
            let violation = self.violations.iter().find(|(r, _)| r.id == e.rule).map(|(_, f)| f);
            blamed(e.rule)
                || late(e)
                || match violation {
                    Some(violation) if e.refusal => !success && names(violation),
                    Some(_) => true,
                    None if e.refusal => !success && (verdict.won.is_some() || verdict.blame.is_some()),
                    None => success,
                }
        });
        // Of faults in several layers the one whose code was returned was seen, if the code is its own.
        let mut seen =
            self.required().filter(|(_, f)| outcome_code(outcome).is_some_and(|c| f.codes.list().contains(&c)));
        if let (Some((rule, violation)), None) = (seen.next(), seen.next()) {
            let side = Exercise { rule: rule.id, member: violation.member, aspect: violation.aspect, refusal: true };
            if !touched.contains(&side) {
                touched.push(side);
            }
        }
        touched
    }
}
