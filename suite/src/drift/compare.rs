//! Which rules' behaviour differs between two recordings.
//!
//! Cases are compared one by one, and of each the first step that differs. What it is called follows
//! from where the two sides part:
//!
//! | what differs | rule |
//! |---|---|
//! | one side deviates from the contract, the other does not | the rule that is broken |
//! | a form that the contract leaves open | the rule that leaves it open |
//! | which of several violations was reported | the rule of one whose own cases differ; else that of the order |
//! | anything else | the rule that the case is about |
//!
//! Cases that could not be brought about on one side are set aside: the setup itself is compared too,
//! and its difference has the reason. The wording of errors is counted, and is not a difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use ucks_oracle::rules::{self, ids};
use ucks_oracle::wire::{CONNECT, CREATE, DELETE, DISCONNECT, UPDATE};

use super::{RecordedCase, RecordedStep, Recording, RuleLine, SCENARIOS, SETUPS};

/// The differences between two recordings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// The first target.
    pub a: String,
    /// The second target.
    pub b: String,
    /// Cases that both have and that could be compared.
    pub compared: usize,
    /// Rules whose behaviour differs, in the order of the rule book.
    pub rules: Vec<RuleDrift>,
    /// Cases set aside, by reason.
    pub aside: BTreeMap<String, usize>,
    /// Cases that only the first has.
    pub only_a: usize,
    /// Cases that only the second has.
    pub only_b: usize,
    /// Cases that differ only in how an error is worded.
    pub worded: usize,
}

/// One rule whose behaviour differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RuleDrift {
    /// The rule's id.
    pub rule: String,
    /// The requirement.
    pub asks: String,
    /// The cases that show it.
    pub cases: Vec<Difference>,
}

/// One case that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// The operation in words, where the case has several.
    pub does: Option<String>,
    /// The behaviour of the first target.
    pub a: Vec<String>,
    /// The behaviour of the second target.
    pub b: Vec<String>,
}

impl Comparison {
    /// Returns true if nothing differs.
    pub fn is_same(&self) -> bool {
        self.rules.is_empty()
    }
}

/// Why a case is called what it is called.
enum CaseLabel {
    /// By this rule, independent of the other cases.
    Surely(String),
    /// By one of these rules if its own cases differ, else by the last.
    Perhaps(Vec<String>, String),
}

/// Compares two recordings.
pub fn compare(a: &Recording, b: &Recording) -> Comparison {
    let mut done = Comparison {
        a: a.target.clone(),
        b: b.target.clone(),
        compared: 0,
        rules: Vec::new(),
        aside: BTreeMap::new(),
        only_a: only(a, b),
        only_b: only(b, a),
        worded: 0,
    };
    let mut found: Vec<(CaseLabel, Difference)> = Vec::new();
    for (rule, cases) in &a.case {
        for (name, first) in cases {
            let Some(second) = b.case.get(rule).and_then(|c| c.get(name)) else { continue };
            if let Some(why) = first.aside.as_ref().or(second.aside.as_ref()) {
                *done.aside.entry(why.clone()).or_default() += 1;
                continue;
            }
            done.compared += 1;
            match parting(first, second) {
                Some((step_a, step_b)) => {
                    let difference = Difference {
                        case: name.clone(),
                        does: step_a.does.clone(),
                        a: lines(step_a, step_b),
                        b: lines(step_b, step_a),
                    };
                    found.push((named(rule, step_a, step_b), difference));
                }
                None if first != second => done.worded += 1,
                None => {}
            }
        }
    }
    done.rules = by_rule(found);
    done
}

fn only(a: &Recording, b: &Recording) -> usize {
    let missing = |(rule, name): &(&String, &String)| b.case.get(*rule).is_none_or(|c| !c.contains_key(*name));
    a.case.iter().flat_map(|(rule, cases)| cases.keys().map(move |name| (rule, name))).filter(missing).count()
}

/// The first steps that differ in more than wording.
fn parting<'a>(a: &'a RecordedCase, b: &'a RecordedCase) -> Option<(&'a RecordedStep, &'a RecordedStep)> {
    let silent = |s: &RecordedStep| RecordedStep { message: None, ..s.clone() };
    a.step.iter().zip(&b.step).find(|(x, y)| silent(x) != silent(y))
}

/// Returns the lines that only one of the steps has.
fn lines(step: &RecordedStep, other: &RecordedStep) -> Vec<String> {
    let mut all = Vec::new();
    if step.answer != other.answer || (step.changes == other.changes && step.forms == other.forms) {
        all.push(step.answer.clone());
    }
    if step.answer == other.answer {
        all.extend(step.changes.iter().filter(|l| !other.changes.contains(l)).cloned());
        all.extend(step.forms.iter().filter(|l| !other.forms.contains(l)).map(RuleLine::to_string));
    }
    if step.won != other.won {
        all.extend(step.won.iter().map(|w| format!("the error is {w}'s")));
    }
    all.extend(step.deviations.iter().filter(|l| !other.deviations.contains(l)).map(|l| format!("deviates from {l}")));
    all
}

fn named(heading: &str, a: &RecordedStep, b: &RecordedStep) -> CaseLabel {
    let own = || match heading {
        SETUPS | SCENARIOS => companion(a, a.answer == b.answer),
        rule => rule.to_owned(),
    };
    let new_rule = |x: &RecordedStep, y: &RecordedStep| {
        x.deviations.iter().find(|l| !y.deviations.contains(l)).map(|l| l.rule.clone())
    };
    let faults = || {
        let all: BTreeSet<&String> = a.won.iter().chain(&b.won).chain(&a.faults).chain(&b.faults).collect();
        all.into_iter().cloned().collect::<Vec<_>>()
    };
    if let Some(rule) = new_rule(b, a).or_else(|| new_rule(a, b)) {
        // Another of the request's violations may be reported first because the check that should precede is missing.
        let order = rules::find(&rule).is_some_and(|r| r.id.group().traits().orders_errors);
        return if order { CaseLabel::Perhaps(faults(), rule) } else { CaseLabel::Surely(rule) };
    }
    if a.answer == b.answer && a.changes == b.changes && a.forms != b.forms {
        let differs =
            a.forms.iter().find(|l| !b.forms.contains(l)).or_else(|| b.forms.iter().find(|l| !a.forms.contains(l)));
        return CaseLabel::Surely(differs.map_or_else(own, |l| l.rule.clone()));
    }
    if a.won != b.won || a.faults.len() > 1 {
        return CaseLabel::Perhaps(faults(), own());
    }
    CaseLabel::Surely(own())
}

/// The rule of the operation in a step of a setup or scenario. Fields that Describe shows of a new store have their
/// own.
fn companion(step: &RecordedStep, answered_alike: bool) -> String {
    match step.operation.as_deref().unwrap_or(UPDATE) {
        CREATE if answered_alike => ids::O_02,
        CREATE => ids::O_01,
        CONNECT => ids::O_03,
        DISCONNECT => ids::O_04,
        DELETE => ids::O_05,
        _ => ids::A_01,
    }
    .0
    .to_owned()
}

fn by_rule(found: Vec<(CaseLabel, Difference)>) -> Vec<RuleDrift> {
    let sure: BTreeSet<String> = found
        .iter()
        .filter_map(|(named, _)| match named {
            CaseLabel::Surely(rule) => Some(rule.clone()),
            CaseLabel::Perhaps(..) => None,
        })
        .collect();
    let mut rules: BTreeMap<(Option<usize>, String), Vec<Difference>> = BTreeMap::new();
    for (named, difference) in found {
        let rule = match named {
            CaseLabel::Surely(rule) => rule,
            CaseLabel::Perhaps(faults, order) => faults.into_iter().find(|f| sure.contains(f)).unwrap_or(order),
        };
        let place = rules::all().iter().position(|r| r.id.0 == rule);
        rules.entry((place, rule)).or_default().push(difference);
    }
    let asks = |rule: &str| rules::find(rule).map(|r| r.requirement.clone()).unwrap_or_default();
    rules.into_iter().map(|((_, rule), cases)| RuleDrift { asks: asks(&rule), rule, cases }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::FORMAT;

    fn step(answer: &str) -> RecordedStep {
        RecordedStep { answer: answer.to_owned(), ..RecordedStep::default() }
    }

    fn line(rule: &str, text: &str) -> RuleLine {
        RuleLine { rule: rule.to_owned(), text: text.to_owned() }
    }

    fn recording(cases: &[(&str, &str, RecordedCase)]) -> Recording {
        let mut recording = Recording {
            format: FORMAT,
            suite: "1".into(),
            rule_book: "2".into(),
            target: "a target".into(),
            revision: "2026-04-27".into(),
            case: BTreeMap::new(),
        };
        for (rule, name, case) in cases {
            recording.case.entry((*rule).to_owned()).or_default().insert((*name).to_owned(), case.clone());
        }
        recording
    }

    fn one(step: RecordedStep) -> RecordedCase {
        RecordedCase { aside: None, step: vec![step] }
    }

    fn rules_of(a: &[(&str, &str, RecordedCase)], b: &[(&str, &str, RecordedCase)]) -> Vec<String> {
        compare(&recording(a), &recording(b)).rules.into_iter().map(|r| r.rule).collect()
    }

    #[test]
    fn a_deviation_names_its_rule_and_wording_names_none() {
        let deviations = RecordedStep { deviations: vec![line("U-01", "success; expected any error")], ..step("200") };
        let says = |text: &str| RecordedStep { message: Some(text.into()), ..step("400 ValidationException") };
        let a = [("G-14", "x", one(step("400 NotIt"))), ("S-04", "y", one(says("no")))];
        let b = [("G-14", "x", one(deviations)), ("S-04", "y", one(says("never")))];
        assert_eq!(rules_of(&a, &b), ["U-01"]);
        assert_eq!(rules_of(&b, &a), ["U-01"]);
        assert_eq!(compare(&recording(&a), &recording(&b)).worded, 1);
        assert!(compare(&recording(&a), &recording(&a)).is_same());
    }

    #[test]
    fn another_fault_s_error_is_the_doing_of_the_rule_whose_own_cases_differ() {
        let won = |rule: &str, answer: &str| RecordedStep {
            won: Some(rule.into()),
            faults: vec!["G-14".into(), "U-01".into()],
            ..step(answer)
        };
        let open = RecordedStep {
            deviations: vec![line("G-14", "(XksProxyUriEndpoint) success; expected any error")],
            ..step("200")
        };
        let pair_a = ("P-04", "pair", one(won("G-14", "400 One")));
        let pair_b = ("P-04", "pair", one(won("U-01", "400 Other")));
        let gate_a = ("G-14", "gate", one(step("400 One")));
        let gate_b = ("G-14", "gate", one(open));
        assert_eq!(rules_of(&[pair_a.clone(), gate_a.clone()], &[pair_b.clone(), gate_b]), ["G-14"]);
        assert_eq!(rules_of(&[pair_a, gate_a.clone()], &[pair_b, gate_a]), ["P-04"]);
    }

    #[test]
    fn only_the_first_step_that_differs_counts_and_broken_setups_are_set_aside() {
        let mut a = RecordedCase { aside: None, step: vec![step("200"), step("200"), step("200")] };
        a.step[1].operation = Some(CONNECT.to_owned());
        let mut b = a.clone();
        b.step[1].answer = "400 X".into();
        b.step[2].deviations = vec![line("A-01", "x; expected y")];
        let aside = RecordedCase { aside: Some("the setup does not work".into()), step: vec![] };
        let a = [(SCENARIOS, "j", a), ("G-01", "g", one(step("200")))];
        let b = [(SCENARIOS, "j", b), ("G-01", "g", aside)];
        assert_eq!(rules_of(&a, &b), ["O-03"]);
        let done = compare(&recording(&a), &recording(&b));
        assert_eq!(done.aside["the setup does not work"], 1);
        assert_eq!(done.compared, 1);
    }

    #[test]
    fn what_only_one_has_is_counted() {
        let a = [("G-01", "g", one(step("200"))), ("G-02", "h", one(step("200")))];
        let b = [("G-01", "g", one(step("200"))), ("G-01", "k", one(step("200"))), ("G-01", "l", one(step("200")))];
        let done = compare(&recording(&a), &recording(&b));
        assert_eq!((done.only_a, done.only_b, done.compared), (1, 2, 1));
    }
}
