//! Statements that hold for every request, in every state, with every answer.
//!
//! The tables beside this file have one line for each request: what is wrong with it and how many answers are blamed on
//! which rule. Here is which answers those are. The statements are written from the rule book (P-01 to P-06, A-02,
//! A-10), not from the code of `judge`, and say less than it does.

use ucks_oracle::answer::Outcome;
use ucks_oracle::code::{Code, CodeFamily};
use ucks_oracle::expectation::Expectation;
use ucks_oracle::judge::{Assessments, Exercise, Grade};
use ucks_oracle::model::{Belief, Model, StepVerdict};
use ucks_oracle::request::Update;
use ucks_oracle::rule::{Codes, Force, Layer, RuleId, Violation};
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::fixtures::OWN;
use super::render::{UNCHANGED, changes, outcomes, short};

/// Asserts all statements for one request.
///
/// # Panics
/// Where one does not hold, with the request and the answer.
pub(crate) fn assert_all(model: &Model, believed: &Belief, what: &str, request: &Request) {
    let found = model.assess(believed.account(), request);
    let passing = believed.account().store(OWN).is_some_and(|s| s.state.passes());
    // Each of two values of a member that is given twice may count, so that two requests are judged.
    let twice = Update::read(request, model.revision).other_reading(model.revision).is_some();
    let one_world = !passing && !twice;
    for outcome in outcomes() {
        let case = || format!("{what}, {}", short(&outcome));
        let mut after = believed.clone();
        let step = model.step(&mut after, request, &outcome);
        let grade = step.divergence.as_ref().map_or(Grade::Fine, |d| d.grade);
        if one_world {
            is_graded(&found, &outcome, grade, &case());
            leaves_worlds(model, believed, request, &outcome, grade, &after, &case());
        }
        blames_a_rule_of_the_request(&found, &step, one_world, &case());
        touches_sides_of_the_request(&found, &step, &case());
        assert!(!after.accounts().is_empty(), "a belief has a world: {}", case());
        assert!(!(step.no_verdict && step.divergence.is_some()), "no verdict accuses nobody: {}", case());
    }
}

/// The grade follows from the violations (P-01 to P-03).
fn is_graded(found: &Assessments, outcome: &Outcome, grade: Grade, case: &str) {
    let required = || found.required().map(|(_, v)| v);
    match outcome {
        Outcome::Success => {
            let worst = found.violations.iter().map(|(_, v)| Grade::from(v.refuse)).max().unwrap_or(Grade::Fine);
            assert_eq!(grade, worst, "success is as bad as the worst violation: {case}");
        }
        Outcome::ServerFault { .. } => {
            assert_eq!(grade, Grade::Fine, "W-15 and A-10 judge a server fault, not these rules: {case}");
        }
        Outcome::NotImplemented { .. } if !required().any(|v| v.layer == Layer::Dispatch) => {
            assert_eq!(grade, Grade::Fine, "an operation that is missing accuses nobody: {case}");
        }
        Outcome::NotImplemented { .. } => {}
        Outcome::Refused { code: Some(code), .. } => is_graded_by_code(found, *code, grade, case),
        Outcome::Refused { code: None, written, .. } => {
            let denied = found.permits.iter().any(|(_, p)| p.any_refusal);
            let addressed = required().all(|v| v.layer != Layer::Dispatch);
            if written.is_none() && addressed && !denied {
                assert_eq!(grade, Grade::Fine, "W-04 alone reports an error without a code: {case}");
            }
            if written.is_some() && found.is_faultless() && !found.large {
                assert_ne!(grade, Grade::Fine, "a request without a violation is not refused: {case}");
            }
        }
    }
}

/// The grade of a refusal with a code.
fn is_graded_by_code(found: &Assessments, code: Code, grade: Grade, case: &str) {
    if found.large {
        return;
    }
    let names = |v: &Violation| v.codes.list().contains(&code);
    let musts = || found.violations.iter().map(|(_, v)| v).filter(|v| v.refuse == Force::Must);
    let earlier = |v: &Violation| musts().filter(move |e| e.layer < v.layer).collect::<Vec<_>>();
    let mut named = found.violations.iter().map(|(_, v)| v).filter(|v| names(v));
    if named.clone().any(|v| earlier(v).is_empty()) {
        assert_eq!(grade, Grade::Fine, "the code of a violation that nothing precedes is admitted: {case}");
        return;
    }
    if named.clone().next().is_some() {
        let unread = |v: &Violation| {
            earlier(v).iter().any(|e| e.layer <= Layer::Parsing && e.layer != Layer::Authentication)
                && code.family() != CodeFamily::Input
                && v.layer > Layer::Authentication
        };
        if named.all(unread) {
            assert_eq!(grade, Grade::Fail, "what cannot be read is not looked up (P-02): {case}");
        }
        return;
    }
    let about_the_caller = code.is_no_verdict() && code.family() != CodeFamily::Dispatch;
    if about_the_caller {
        if found.required().all(|(_, v)| v.layer > Layer::Authentication) {
            assert_eq!(grade, Grade::Fine, "an error about the caller accuses nobody: {case}");
        }
        return;
    }
    if found.is_faultless() {
        assert_ne!(grade, Grade::Fine, "a request without a violation is not refused: {case}");
        return;
    }
    let tolerant = |v: &Violation| matches!(v.codes, Codes::AnyOf(_));
    if !found.violations.iter().any(|(_, v)| tolerant(v)) {
        assert_ne!(grade, Grade::Fine, "a code that names no violation is not admitted (P-01): {case}");
        let strict = musts().count() > 0 && musts().all(|v| v.code_force == Force::Must);
        if strict && code.family() == CodeFamily::Declared && found.required().all(|(_, v)| v.refuse == Force::Must) {
            let gentle = found.permits.iter().any(|(_, p)| p.never.contains(&code) && p.never_force < Force::Must);
            assert!(gentle || grade == Grade::Fail, "a declared code that names no violation fails (P-01): {case}");
        }
    }
}

/// An answer leaves the worlds that agree with it: a refusal the old one, success a new one, and a server fault
/// both.
fn leaves_worlds(
    model: &Model,
    believed: &Belief,
    request: &Request,
    outcome: &Outcome,
    grade: Grade,
    after: &Belief,
    case: &str,
) {
    let applied = model.applied(believed.account(), request);
    assert!(!applied.is_empty(), "a request that succeeds has a result: {case}");
    match outcome {
        Outcome::Success => {
            assert!(applied.iter().all(|a| after.accounts().contains(a)), "success applies the request: {case}");
            let refused = after.accounts().contains(believed.account()) && !applied.contains(believed.account());
            assert_eq!(refused, refused && grade > Grade::Fine, "admitted success leaves nothing as before: {case}");
        }
        Outcome::ServerFault { .. } => {
            let both = |a| after.accounts().contains(a);
            assert!(both(believed.account()) && applied.iter().all(both), "a server fault leaves both: {case}");
        }
        Outcome::Refused { .. } | Outcome::NotImplemented { .. } => {
            assert_eq!(changes(believed, after, OWN), UNCHANGED, "a refusal changes nothing: {case}");
        }
    }
}

/// A divergence names a rule that the request concerns or one about the order of errors, and expects what that rule
/// does.
fn blames_a_rule_of_the_request(found: &Assessments, step: &StepVerdict, one_world: bool, case: &str) {
    let Some(d) = &step.divergence else { return };
    let violated = found.violations.iter().filter(|(r, _)| r.id == d.rule).map(|(_, v)| v);
    let permitted = found.permits.iter().any(|(r, _)| r.id == d.rule);
    let order = [ids::P_01, ids::P_02, ids::P_03, ids::P_04, ids::P_05].contains(&d.rule);
    if one_world {
        assert!(violated.clone().next().is_some() || permitted || order, "blames {}: {case}", d.rule);
    }
    if let (Expectation::Errors(codes), false) = (&d.expected, order) {
        let own = |v: &Violation| codes.iter().all(|c| v.codes.list().contains(c));
        assert!(!one_world || violated.clone().any(own), "{} expects {codes:?}: {case}", d.rule);
    }
    if permitted && violated.count() == 0 {
        assert_eq!(d.expected, Expectation::Success, "a permission expects success: {case}");
    }
}

/// The sides that an answer touches are sides of the request, or that of the violation whose code was returned.
fn touches_sides_of_the_request(found: &Assessments, step: &StepVerdict, case: &str) {
    let sides = found.exercises();
    let violated = |e: &Exercise| {
        found.violations.iter().any(|(r, v)| (r.id, v.member, v.aspect) == (e.rule, e.member, e.aspect) && e.refusal)
    };
    for touched in &step.exercised {
        assert!(sides.contains(touched) || violated(touched), "touches {touched:?}: {case}");
    }
    let required: Vec<RuleId> = found.required().map(|(r, _)| r.id).collect();
    assert_eq!(step.violations, required, "reports the violations: {case}");
}
