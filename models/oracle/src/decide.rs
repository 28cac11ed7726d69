//! Which sides of rules an answer decides.
//!
//! An answer *touches* a side of a rule if the rule applies to the request, so that its answer is judged by it. It
//! *decides* the side only if the nearest service that breaks just this rule, its *counter-service*, could not have
//! given an answer that the contract admits:
//!
//! | side | counter-service |
//! |---|---|
//! | a violation that must or should be refused | does not check it, nor the violations that it restates |
//! | a permission | refuses the request with a code that the permission rules out |
//! | an order of two layers (P-02, P-03, P-04) | checks the later layer alone |
//! | that errors are true (P-01) | answers with a declared error of no violation |
//! | an effect | does not change a field that Describe shows, or changes one that must stay |
//! | the form of an answer | gives the same answer in another form |
//!
//! In all else a counter-service conforms, so it gives only answers that its own rules admit without a warning. An open
//! question is never decided: each of its answers is admitted.

mod seen;

use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::code::{Code, CodeFamily};
use crate::judge::{Assessments, Exercise, Grade, OutcomeVerdict, Policy, layer_name};
use crate::rule::{Force, Layer, Permit, RuleId, Violation};
use crate::rules::{self, ids};

/// A code that the contract does not know.
const UNKNOWN: &str = "UnlistedException";

/// The side of P-01 that every judged answer may decide.
pub const TRUE_ERRORS: Exercise = Exercise { rule: ids::P_01, member: None, aspect: Aspect::WHOLE, refusal: false };

/// Every kind of answer to an update that is a verdict on it: success, each code that the contract knows, and an
/// unknown one. An error without a code is left out: W-04 reports it, with any expected answer.
fn answers() -> impl Iterator<Item = Outcome> {
    let named = |code: Code| Outcome::Refused { status: 400, code: Some(code), written: Some(code.name().to_owned()) };
    let unknown = Outcome::Refused { status: 400, code: None, written: Some(UNKNOWN.to_owned()) };
    // With its own status KMSInternalException may pass, and gives no verdict (W-17).
    let codes = Code::ALL.iter().filter(|code| **code != Code::KMSInternalException);
    std::iter::once(Outcome::Success).chain(codes.map(move |code| named(*code))).chain([unknown])
}

/// The answers that a service which breaks one rule may give to one request.
enum CounterService {
    /// All that it admits when it judges the request like this.
    Sees(Assessments),
    /// Exactly these.
    Answers(Vec<Outcome>),
}

impl Assessments {
    /// The answers that a conforming service gives, without a warning, when it judges the request like this.
    pub fn admitted(&self, policy: &Policy) -> Vec<Outcome> {
        let admits = |verdict: OutcomeVerdict| verdict.grade == Grade::Fine && !verdict.no_verdict;
        answers().filter(|outcome| admits(self.judge(outcome, policy))).collect()
    }

    /// Returns true if each counter-service of `side` gives answers that are not admitted: failures where the rule
    /// must hold, and at least warnings where it should.
    pub fn decides(&self, side: &Exercise, policy: &Policy) -> bool {
        self.decides_among(side, policy, &[self])
    }

    /// As [`Assessments::decides`], where the account is one of several worlds: an answer that another one admits shows
    /// nothing.
    fn decides_among(&self, side: &Exercise, policy: &Policy, worlds: &[&Assessments]) -> bool {
        let Some((severity, services)) = self.counter_services(side) else { return false };
        let is_found = |answer: &Outcome| {
            let mut verdicts = worlds.iter().map(|world| world.judge(answer, policy));
            verdicts.all(|verdict| verdict.grade >= severity && !verdict.no_verdict)
        };
        let is_seen = |service: &CounterService| {
            // An answer about the caller or its rate gives no verdict, whichever service sends it.
            let answers = service.answers(policy).into_iter();
            let mut answers = answers.filter(|answer| !self.judge(answer, policy).no_verdict).peekable();
            answers.peek().is_some() && answers.all(|answer| is_found(&answer))
        };
        !services.is_empty() && services.iter().all(is_seen)
    }

    /// The answers of the counter-services of `side` that are verdicts on the request. There are none for a side that
    /// nothing can decide.
    pub fn counter_answers(&self, side: &Exercise, policy: &Policy) -> Vec<Outcome> {
        let services = self.counter_services(side).map(|(_, services)| services).unwrap_or_default();
        let answers = services.iter().flat_map(|service| service.answers(policy));
        answers.filter(|answer| !self.judge(answer, policy).no_verdict).collect()
    }

    /// The counter-services of a side, and the severity with which their answers are to be judged.
    fn counter_services(&self, side: &Exercise) -> Option<(Grade, Vec<CounterService>)> {
        if *side == TRUE_ERRORS {
            return Some((Grade::Fail, vec![self.with_an_untrue_error()]));
        }
        if [ids::P_02, ids::P_03, ids::P_04].contains(&side.rule) {
            return Some((Grade::Warn, vec![self.with_layer_alone(side.aspect)]));
        }
        if let Some((_, violation)) = self.violations.iter().find(|(r, _)| r.id == side.rule) {
            let severity = Some(Grade::from(violation.refuse)).filter(|grade| *grade > Grade::Fine)?;
            return Some((severity, vec![self.without_check(side.rule)]));
        }
        let (_, permit) = self.permits.iter().find(|(r, _)| r.id == side.rule)?;
        let force = if permit.never.is_empty() { permit.force } else { permit.never_force };
        let severity = Some(Grade::from(force)).filter(|grade| *grade > Grade::Fine)?;
        Some((severity, self.without_permission(side.rule, permit)))
    }

    /// The service that answers with an error that the operation declares and that no violation of the request has.
    fn with_an_untrue_error(&self) -> CounterService {
        let of_a_violation = |code: Code| self.violations.iter().any(|(_, v)| v.codes.may_be(&[code]));
        let untrue = |outcome: &Outcome| {
            outcome.code().is_some_and(|code| code.family() == CodeFamily::Declared && !of_a_violation(code))
        };
        CounterService::Answers(answers().filter(untrue).collect())
    }

    /// The service that checks the layer of this name, and none of the other required ones.
    fn with_layer_alone(&self, layer: Aspect) -> CounterService {
        let mut seen = self.clone();
        seen.violations.retain(|(_, v)| v.refuse < Force::Should || layer_name(v.layer) == layer);
        CounterService::Sees(seen)
    }

    /// The service that does not check a violation, nor those that it restates.
    fn without_check(&self, rule: RuleId) -> CounterService {
        let restated = rules::row(rule).map_or(&[][..], |row| &row.restates);
        let mut seen = self.clone();
        seen.violations.retain(|(r, _)| r.id != rule && !restated.contains(&r.id));
        CounterService::Sees(seen)
    }

    /// The services that refuse what a permission grants: one for each code that the permission rules out, or one that
    /// refuses with any code where it rules out none by name.
    fn without_permission(&self, rule: RuleId, permit: &Permit) -> Vec<CounterService> {
        let Some(row) = rules::row(rule) else { return Vec::new() };
        let refusing = |violation: Violation| {
            let mut seen = self.clone();
            seen.permits.retain(|(r, _)| r.id != rule);
            seen.violations.push((row, Violation { member: permit.member, ..violation }));
            CounterService::Sees(seen)
        };
        if permit.never.is_empty() {
            return vec![refusing(Violation::must(Layer::Parsing, &[]).code_open())];
        }
        let with = |code: &'static Code| refusing(Violation::must(layer_of(*code), std::slice::from_ref(code)));
        permit.never.iter().map(with).collect()
    }
}

impl CounterService {
    fn answers(&self, policy: &Policy) -> Vec<Outcome> {
        match self {
            CounterService::Sees(seen) => seen.admitted(policy),
            CounterService::Answers(answers) => answers.clone(),
        }
    }
}

/// Rules that no request decides, each with the reason.
const NEVER_ALONE: [(RuleId, &str); 7] = [
    (ids::P_04, "the policy `layered` admits every order of the later layers"),
    (ids::R_02, "which of the acknowledged updates a service loses depends on the moment"),
    (ids::R_03, "an order that no series of requests has depends on the moment"),
    (
        RuleId("S-02"),
        "no store has a malformed id, so a service that does not check the form answers that the store does not exist, \
         which is a warning of P-02",
    ),
    (
        RuleId("G-11"),
        "a change of the connectivity needs other members that the state refuses too (G-14, G-17); without them it is \
         open whether it is refused (C-07)",
    ),
    (
        RuleId("G-12"),
        "a change of the connectivity needs other members that the state refuses too (G-15, G-18); without them it is \
         open whether it is refused (C-07)",
    ),
    (
        RuleId("G-53"),
        "the transition may have ended before the service looked at the state, and the gates of the state after it \
            decide",
    ),
];

/// Returns the reason why no request decides the rule, where that is so.
pub fn never_alone(rule: RuleId) -> Option<&'static str> {
    NEVER_ALONE.iter().find(|(id, _)| *id == rule).map(|(_, why)| *why)
}

/// The layer in which a service finds what a code names.
fn layer_of(code: Code) -> Layer {
    match code {
        Code::SerializationException => Layer::Parsing,
        Code::ValidationException => Layer::Constraints,
        Code::CustomKeyStoreNotFoundException => Layer::Existence,
        Code::CustomKeyStoreInvalidStateException => Layer::State,
        Code::CustomKeyStoreNameInUseException
        | Code::XksProxyUriInUseException
        | Code::XksProxyUriEndpointInUseException
        | Code::XksProxyVpcEndpointServiceInUseException => Layer::Uniqueness,
        Code::XksProxyIncorrectAuthenticationCredentialException
        | Code::XksProxyInvalidConfigurationException
        | Code::XksProxyInvalidResponseException
        | Code::XksProxyUriUnreachableException => Layer::Proxy,
        code => match code.family() {
            CodeFamily::Dispatch => Layer::Dispatch,
            CodeFamily::Authentication | CodeFamily::Throttling => Layer::Authentication,
            CodeFamily::Input | CodeFamily::Size => Layer::Parsing,
            CodeFamily::Declared | CodeFamily::Companion | CodeFamily::Server => Layer::Environment,
        },
    }
}

/// The sides that an answer may decide, with what each believed world makes of the request.
pub(crate) struct Undecided {
    sides: Vec<Exercise>,
    worlds: Vec<(Grade, Assessments)>,
}

impl Undecided {
    /// The sides that the answer touches, and that are wanted.
    pub(crate) fn new(touched: &[Exercise], wanted: &dyn Fn(&Exercise) -> bool) -> Undecided {
        let sides = touched.iter().chain([&TRUE_ERRORS]).filter(|side| wanted(side)).copied().collect();
        Undecided { sides, worlds: Vec::new() }
    }

    /// Adds a world, with the severity of the answer there.
    pub(crate) fn add(&mut self, grade: Grade, found: Assessments) {
        if !self.sides.is_empty() {
            self.worlds.push((grade, found));
        }
    }

    /// The sides that the answer decides: in each world that admits it, the counter-service's answer is one that no
    /// world admits.
    pub(crate) fn decided(mut self, policy: &Policy) -> Vec<Exercise> {
        let all: Vec<&Assessments> = self.worlds.iter().map(|(_, found)| found).collect();
        let admits = || self.worlds.iter().filter(|(grade, _)| *grade == Grade::Fine).map(|(_, found)| found);
        let decided = |side: &Exercise| admits().all(|found| found.decides_among(side, policy, &all));
        let known = admits().next().is_some();
        self.sides.retain(|side| known && decided(side));
        self.sides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_permission_is_never_decided() {
        let row = rules::find("G-14").unwrap();
        let side = Exercise { rule: row.id, member: None, aspect: Aspect::WHOLE, refusal: false };
        let with = |permit| Assessments { permits: vec![(row, permit)], ..Assessments::default() };
        assert!(with(Permit::must(&[])).decides(&side, &Policy::default()));
        let open = Permit { force: Force::Open, never_force: Force::Open, ..Permit::must(&[]) };
        assert!(!with(open).decides(&side, &Policy::default()));
        let never = Permit { never: &[Code::ValidationException], ..open };
        assert!(!with(never).decides(&side, &Policy::default()));
    }
}
