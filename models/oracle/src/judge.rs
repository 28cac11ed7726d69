//! Which outcomes a situation admits, under which policy, and whom to blame for another one.
//!
//! ```text
//! must be refused           the errors that the policy admits
//! should be refused         the same, or success with a warning
//! only open faults          success and every listed error
//! none                      success
//! ```

mod exercise;

use std::cmp::Ordering;
use std::sync::Arc;

pub use self::exercise::Exercise;
use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::code::{Code, CodeFamily};
use crate::expectation::Expectation;
use crate::members::Member;
use crate::repeat::{ErrorOrder, TypeAndState};
use crate::rule::{Assessment, Breadth, Codes, Force, Layer, Permit, Rule, RuleId, Violation};
use crate::rules::{self, ids};
use crate::situation::Situation;

/// Which of several errors is admitted.
#[derive(Clone, Debug, Default)]
pub enum Policy {
    /// Any error that belongs to a fault of the request (P-01).
    Any,
    /// The same, with warnings where the request itself, or existence, was not checked first (P-02, P-03).
    #[default]
    Layered,
    /// The same, with warnings where the whole order differs (P-04).
    Pinned,
    /// As `Layered`; a deviation from the recorded order fails (P-05).
    Learned(Arc<ErrorOrder>),
}

/// The severity of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Admitted.
    Fine,
    /// A deviation with force should.
    Warn,
    /// A deviation with force must.
    Fail,
}

impl From<Force> for Grade {
    fn from(force: Force) -> Grade {
        match force {
            Force::Must => Grade::Fail,
            Force::Should => Grade::Warn,
            Force::Open | Force::Suite => Grade::Fine,
        }
    }
}

/// The effect on the store, as far as the outcome shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The request was applied.
    Applied,
    /// One of the two (A-10).
    Either,
}

/// The rule that an outcome breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// The rule.
    pub rule: RuleId,
    /// The member at fault.
    pub member: Option<Member>,
    /// Which way of being wrong.
    pub aspect: Aspect,
    /// The result that the contract expects.
    pub expected: Expectation,
}

/// The verdict on an outcome in one world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeVerdict {
    /// The severity.
    pub grade: Grade,
    /// Whom to blame when it is not fine.
    pub blame: Option<Blame>,
    /// The effect, as far as the outcome shows it.
    pub effect: Effect,
    /// True if the outcome gives no verdict on the operation: throttling, authentication, dispatch, a passing 500.
    pub no_verdict: bool,
    /// The violation whose code was returned, if one was.
    pub won: Option<RuleId>,
}

impl OutcomeVerdict {
    fn fine(effect: Effect) -> OutcomeVerdict {
        OutcomeVerdict { grade: Grade::Fine, blame: None, effect, no_verdict: false, won: None }
    }

    fn blame(grade: Grade, effect: Effect, blame: Blame) -> OutcomeVerdict {
        OutcomeVerdict { grade, blame: Some(blame), effect, no_verdict: false, won: None }
    }
}

/// The results of all rules for one situation.
#[derive(Clone, Debug, Default)]
pub struct Assessments {
    /// The faults, in the order of the table.
    pub violations: Vec<(&'static Rule, Violation)>,
    /// The permissions, in the order of the table.
    pub permits: Vec<(&'static Rule, Permit)>,
    /// True if the body is so large that a service may refuse it for its size alone (W-15).
    pub large: bool,
    /// Type and state of the store that the request names.
    pub cell: TypeAndState,
}

/// Asks every rule that the situation concerns.
pub fn assess(s: &Situation<'_>) -> Assessments {
    // Most requests have no fault and a few permissions.
    let large = s.update.wire.is_large();
    let cell = s.store.map(|store| (store.store_type(), store.state));
    let mut found = Assessments { violations: Vec::new(), permits: Vec::with_capacity(8), large, cell };
    rules::for_each_applicable(s.revision, s.features(), s.members(), |rule, check| match check(s) {
        Assessment::NotApplicable => {}
        Assessment::Violation(violation) => found.violations.push((rule, violation)),
        Assessment::Permit(permit) => found.permits.push((rule, permit)),
    });
    found
}

impl Assessments {
    /// The faults that must or should be refused.
    pub fn required(&self) -> impl Iterator<Item = &(&'static Rule, Violation)> {
        self.violations.iter().filter(|(_, f)| f.refuse >= Force::Should)
    }

    /// The violation whose error the code is, and the others that must be refused with another one; `None` where
    /// several violations have that code, so that nobody knows which of them was reported (P-05).
    pub fn precedence(&self, code: Code) -> Option<(RuleId, Vec<RuleId>)> {
        let has = |f: &Violation| matches!(f.codes, Codes::AnyOf(_)) || f.codes.list().contains(&code);
        let mut reported = self.violations.iter().filter(|(_, f)| has(f));
        let (first, violation) = reported.next()?;
        // Several rules may be about one fault of one member: its gate, and that it is not the only member (G-50).
        let certain = reported.all(|(_, f)| f.member.is_some() && f.member == violation.member);
        let others = self.required().filter(|(_, f)| f.refuse == Force::Must && !has(f)).map(|(r, _)| r.id);
        certain.then(|| (first.id, others.collect()))
    }

    /// Returns true if no violation prevents success.
    pub fn is_faultless(&self) -> bool {
        self.violations.is_empty()
    }

    /// Returns the expectation for the answer: the member concerned, the kind of violation, and the codes or
    /// success.
    pub fn expected(&self) -> (Option<Member>, Aspect, Expectation) {
        match self.required().map(|(_, f)| f.refuse).max() {
            None => (None, Aspect::WHOLE, Expectation::Success),
            Some(strongest) => {
                let (rule, violation) = self.blamed(strongest);
                (violation.member, violation.aspect, blame(rule, violation).expected)
            }
        }
    }

    /// Judges an outcome of the request.
    pub fn judge(&self, outcome: &Outcome, policy: &Policy) -> OutcomeVerdict {
        if self.large && outcome.refuses_size() {
            return OutcomeVerdict::fine(Effect::None);
        }
        match outcome {
            Outcome::Success => self.success(),
            Outcome::ServerFault { .. } => OutcomeVerdict { no_verdict: true, ..OutcomeVerdict::fine(Effect::Either) },
            Outcome::NotImplemented { .. } => match self.required().find(|(_, f)| f.layer == Layer::Dispatch) {
                Some((rule, violation)) => {
                    let named = outcome_code(outcome).is_some_and(|c| violation.codes.list().contains(&c));
                    if named { self.won(rule.id) } else { self.wrong_code(rule, violation) }
                }
                None if self.violations.iter().any(|(_, f)| f.layer == Layer::Dispatch) => {
                    OutcomeVerdict::fine(Effect::None)
                }
                None => OutcomeVerdict { no_verdict: true, ..OutcomeVerdict::fine(Effect::None) },
            },
            Outcome::Refused { code, written, .. } => self.refused(*code, written.is_some(), policy),
        }
    }

    fn success(&self) -> OutcomeVerdict {
        let worst =
            self.required().max_by_key(|(r, f)| (f.refuse, std::cmp::Reverse(r.breadth), std::cmp::Reverse(f.layer)));
        match worst {
            None => OutcomeVerdict::fine(Effect::Applied),
            Some((_, worst)) => {
                let (rule, violation) = self.blamed(worst.refuse);
                OutcomeVerdict::blame(worst.refuse.into(), Effect::Either, blame(rule, violation))
            }
        }
    }

    /// The fault to blame. Faults of the request itself come first, the earliest before the others, since faults that
    /// follow from the account's state only matter once the request can be read; then the most special, then the
    /// earliest.
    fn blamed(&self, refuse: Force) -> (&'static Rule, &Violation) {
        let mut candidates = self.required().filter(|(_, f)| f.refuse == refuse);
        let Some(mut best) = candidates.next() else { return (fallback(), &FALLBACK) };
        let rank = |(rule, violation): &(&'static Rule, Violation)| {
            (violation.layer.min(Layer::Existence), rule.breadth, violation.layer)
        };
        for next in candidates {
            if rank(next) < rank(best) {
                best = next;
            }
        }
        (best.0, &best.1)
    }

    fn refused(&self, code: Option<Code>, written: bool, policy: &Policy) -> OutcomeVerdict {
        if let Some(code) = code {
            if self.violations.iter().any(|(_, f)| f.codes.list().contains(&code)) {
                return self.named(code, policy);
            }
            // A code of dispatch is a verdict here: that the target has the operation is known (see `read_served`).
            let about_the_caller = code.is_no_verdict() && code.family() != CodeFamily::Dispatch;
            if about_the_caller && self.required().all(|(_, f)| f.layer > Layer::Authentication) {
                return OutcomeVerdict { no_verdict: true, ..OutcomeVerdict::fine(Effect::None) };
            }
        }
        let names_another = code.is_some_and(|c| matches!(c.family(), CodeFamily::Declared));
        let tolerant =
            |f: &Violation| matches!(f.codes, Codes::AnyOf(_)) && (!names_another || f.layer == Layer::Dispatch);
        if let Some((rule, _)) = self.violations.iter().find(|(_, f)| tolerant(f)) {
            return self.won(rule.id);
        }
        let denied = self.required().next().is_none() && self.permits.iter().any(|(_, p)| p.any_refusal);
        // W-04 does not ask for a code where the request names no operation, so its absence is for W-14 to report.
        let addressed = self.required().all(|(_, f)| f.layer != Layer::Dispatch);
        if code.is_none() && !written && !denied && addressed {
            // No other rule can read an answer without a code: W-04 reports it alone (W-26).
            return OutcomeVerdict::fine(Effect::None);
        }
        let Some(strongest) = self.required().map(|(_, f)| f.refuse).max() else {
            let form = self.violations.iter().any(|(_, f)| f.refuse == Force::Open && f.layer <= Layer::Constraints);
            if code.is_none() && form {
                // The refusal is admitted; that its code is not declared is reported by W-19.
                return OutcomeVerdict::fine(Effect::None);
            }
            return self.unwarranted(code);
        };
        if self.contradicts_a_permission(code) {
            return self.unwarranted(code);
        }
        if let Some((rule, violation)) = self.required().find(|(_, f)| f.code_force < Force::Must && !names_another) {
            return self.wrong_code(rule, violation);
        }
        let layers = || self.required().map(|(_, f)| f.layer);
        if layers().min() != layers().max() {
            let mut codes: Vec<Code> = self.required().flat_map(|(_, f)| f.codes.list()).copied().collect();
            codes.sort_unstable_by_key(|code| code.name());
            codes.dedup();
            let expected = Expectation::Errors(codes);
            return OutcomeVerdict::blame(
                Grade::Fail,
                Effect::None,
                Blame { rule: ids::P_01, member: None, aspect: Aspect::WHOLE, expected },
            );
        }
        let (rule, violation) = self.blamed(strongest);
        OutcomeVerdict::blame(violation.refuse.into(), Effect::None, blame(rule, violation))
    }

    /// Returns true if the code, which names no fault of the request, denies what a permission about the form
    /// of the request, or about one of its members, grants: that is more informative than the error that was expected.
    /// A fault of the body may have either code of an input.
    fn contradicts_a_permission(&self, code: Option<Code>) -> bool {
        let either_input_code =
            |c: Code| c.family() == CodeFamily::Input && self.required().any(|(_, f)| f.layer < Layer::Constraints);
        code.filter(|c| !either_input_code(*c)).is_some_and(|c| {
            self.permits.iter().any(|(r, p)| {
                p.never.contains(&c) && r.id.group().traits().blamed_for_denial && r.breadth < Breadth::Broad
            })
        })
    }

    fn won(&self, rule: RuleId) -> OutcomeVerdict {
        OutcomeVerdict { won: Some(rule), ..OutcomeVerdict::fine(Effect::None) }
    }

    fn wrong_code(&self, rule: &Rule, violation: &Violation) -> OutcomeVerdict {
        OutcomeVerdict::blame(
            violation.code_force.into(),
            Effect::None,
            Blame { aspect: Aspect::WRONG_CODE, ..blame(rule, violation) },
        )
    }

    /// The code names faults of the request: did a must-fault of an earlier layer have to come first?
    fn named(&self, code: Code, policy: &Policy) -> OutcomeVerdict {
        let musts = || self.violations.iter().filter(|(_, f)| f.refuse == Force::Must);
        let overtaken = |violation: &Violation| {
            musts().map(|(r, f)| (*r, f)).find(|(_, f)| {
                let (early, late) = (f.layer, violation.layer);
                early < late
                    && match policy {
                        Policy::Any => false,
                        Policy::Layered | Policy::Learned(_) => early <= Layer::Existence && separate(early, late),
                        Policy::Pinned => true,
                    }
            })
        };
        let unlearned = |rule: &Rule| match policy {
            Policy::Learned(order) => musts().map(|(r, _)| *r).find(|r| order.has(self.cell, r.id, rule.id)),
            _ => None,
        };
        let mut verdict = None;
        for (rule, violation) in self.violations.iter().filter(|(_, f)| f.codes.list().contains(&code)) {
            if let Some(first) = unlearned(rule) {
                let expected = Expectation::RecordedError(first.id);
                verdict.get_or_insert(OutcomeVerdict::blame(
                    Grade::Fail,
                    Effect::None,
                    Blame { rule: ids::P_05, member: None, aspect: Aspect::WHOLE, expected },
                ));
            } else if let Some((first, fault_first)) = overtaken(violation) {
                if fault_first.code_force < Force::Must && code.family() == CodeFamily::Input {
                    // An early fault under another name cannot be distinguished from a late one.
                    verdict.get_or_insert(self.wrong_code(first, fault_first));
                    continue;
                }
                let blame = Blame {
                    rule: order_rule(fault_first.layer),
                    member: None,
                    aspect: layer_name(violation.layer),
                    ..blame(first, fault_first)
                };
                // That the request is read before anything else is required, the rest of the order is not (P-02, P-03).
                let unread = fault_first.layer <= Layer::Parsing && fault_first.layer != Layer::Authentication;
                let grade = if unread { Grade::Fail } else { Grade::Warn };
                verdict.get_or_insert(OutcomeVerdict::blame(grade, Effect::None, blame));
            } else {
                return self.won(rule.id);
            }
        }
        verdict.unwrap_or_else(|| OutcomeVerdict::fine(Effect::None))
    }

    /// A refusal that no fault warrants: blame the most special permission that it contradicts.
    fn unwarranted(&self, code: Option<Code>) -> OutcomeVerdict {
        let contradicts = |p: &Permit| code.is_some_and(|c| p.never.contains(&c));
        // Where it is open whether the request can be read, only a code which contradicts a permission shows which one
        // was broken.
        let open = self.violations.iter().any(|(_, f)| f.layer <= Layer::Constraints);
        let best = self
            .permits
            .iter()
            .filter(|(r, p)| contradicts(p) || (!open && r.breadth < Breadth::Broad))
            .min_by_key(|(r, p)| (!contradicts(p), r.breadth));
        match best {
            Some((rule, permit)) => {
                let force = if contradicts(permit) { permit.never_force } else { permit.force };
                let expected = Expectation::Success;
                let blame = Blame { rule: rule.id, member: permit.member, aspect: permit.aspect, expected };
                OutcomeVerdict::blame(force.into(), Effect::None, blame)
            }
            None => {
                let opens: Vec<Code> = self.violations.iter().flat_map(|(_, f)| f.codes.list()).copied().collect();
                let expected = if opens.is_empty() { Expectation::Success } else { Expectation::SuccessOr(opens) };
                OutcomeVerdict::blame(
                    Grade::Fail,
                    Effect::None,
                    Blame { rule: ids::P_01, member: None, aspect: Aspect::WHOLE, expected },
                )
            }
        }
    }
}

fn outcome_code(outcome: &Outcome) -> Option<Code> {
    match outcome {
        Outcome::NotImplemented { written: Some(w), .. } => Code::from_name(w),
        other => other.code(),
    }
}

const FALLBACK: Violation = Violation {
    refuse: Force::Must,
    codes: Codes::Named(&[]),
    code_force: Force::Must,
    layer: Layer::Dispatch,
    member: None,
    aspect: Aspect::WHOLE,
};

#[allow(clippy::expect_used, reason = "the table has P-01; a test of the rules checks it")]
fn fallback() -> &'static Rule {
    rules::row(ids::P_01).expect("P-01 is in the table")
}

fn blame(rule: &Rule, violation: &Violation) -> Blame {
    let expected = Expectation::of(violation.codes);
    Blame { rule: rule.id, member: violation.member, aspect: violation.aspect, expected }
}

/// Returns true if `layered` keeps two layers apart: parsing, types, constraints and existence, each from what follows.
fn separate(early: Layer, late: Layer) -> bool {
    (early, late) != (Layer::Dispatch, Layer::Authentication)
}

/// The rule that puts a layer before the later ones.
fn order_rule(early: Layer) -> RuleId {
    match early.cmp(&Layer::Existence) {
        Ordering::Less => ids::P_02,
        Ordering::Equal => ids::P_03,
        Ordering::Greater => ids::P_04,
    }
}

pub(crate) fn layer_name(layer: Layer) -> Aspect {
    Aspect::named(match layer {
        Layer::Dispatch => "dispatch",
        Layer::Authentication => "authentication",
        Layer::Parsing => "parsing",
        Layer::Types => "types",
        Layer::Constraints => "constraints",
        Layer::Existence => "existence",
        Layer::Type => "type",
        Layer::State => "state",
        Layer::Uniqueness => "uniqueness",
        Layer::Environment => "environment",
        Layer::Proxy => "proxy",
    })
}
