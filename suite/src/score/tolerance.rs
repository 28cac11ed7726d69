//! The tolerance of the oracle, measured: which answers that it admits does some reading of the emulator give?
//!
//! A *branch* is one answer that a rule admits beside others: success or an error where the rule is open, and each
//! error where a violation has several. A branch that no reading takes is untested tolerance: the oracle may be wrong
//! to admit it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT};
use ucks_oracle::judge::Assessments;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, RuleId};

use crate::bind::Pool;
use crate::fuzzing::simulated_clock::{SimulatedClock, block_on, context, model, play_observed, served};
use crate::names::Names;
use crate::op::Op;
use crate::plan::cases::cases;
use crate::plan::scenarios::scenarios;
use crate::plan::simulation::Simulation;
use crate::plan::{Abilities, Sequence};
use crate::profile::Profile;
use crate::run::executor::Executor;

/// One answer that a rule admits beside others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Branch {
    /// The rule.
    pub rule: RuleId,
    /// `success`, or the code of an error.
    pub answer: String,
}

/// The number of times that each branch was taken.
#[derive(Clone, Debug, Serialize)]
pub struct Tolerance {
    /// The number of readings that were run, with the seeds 1 to N.
    pub readings: u64,
    /// The number of readings that took each branch.
    pub branches: Vec<BranchCount>,
}

/// A branch with the number of readings that took it.
#[derive(Clone, Debug, Serialize)]
pub struct BranchCount {
    /// The branch.
    #[serde(flatten)]
    pub branch: Branch,
    /// The number of readings.
    pub readings: u64,
}

impl Tolerance {
    /// The branches that no reading took.
    pub fn unused(&self) -> impl Iterator<Item = &Branch> {
        self.branches.iter().filter(|count| count.readings == 0).map(|count| &count.branch)
    }
}

/// Runs the deterministic cases on the readings of these seeds, and counts the branches of the tolerance that they
/// take.
pub fn tolerance(readings: u64, progress: &dyn Fn(u64, u64)) -> Tolerance {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap_or_default();
    let model = model(Revision::LATEST);
    let reach = Abilities { room: profile.stores, ..Abilities::all() };
    let sequences: Vec<Sequence> =
        cases(&model, &reach).sequences.into_iter().chain(scenarios(&model, &reach)).collect();
    let mut counts: BTreeMap<Branch, u64> = admitted(&model, &sequences, profile.stores);
    for seed in 1..=readings {
        for branch in taken(&model, &sequences, seed) {
            if let Some(count) = counts.get_mut(&branch) {
                *count += 1;
            }
        }
        progress(seed, readings);
    }
    let branches = counts.into_iter().map(|(branch, readings)| BranchCount { branch, readings }).collect();
    Tolerance { readings, branches }
}

/// The branches that the requests of a plan reach.
fn admitted(model: &Model, sequences: &[Sequence], room: usize) -> BTreeMap<Branch, u64> {
    let mut branches = BTreeMap::new();
    for sequence in sequences {
        let needs = sequence.needs();
        let Some(leases) = Pool::new(&model.environment, room.max(needs.stores)).lease(&needs) else { continue };
        let mut simulation = Simulation::new(model, leases);
        for op in sequence.operations() {
            if let (Op::Update(_), Ok((found, _))) = (op, simulation.look(op)) {
                branches.extend(branches_of(&found).into_iter().map(|branch| (branch, 0)));
            }
            if simulation.run(op).is_err() {
                break;
            }
        }
    }
    branches
}

/// The branches of one request: those of its open questions, or of the one violation that it has.
fn branches_of(found: &Assessments) -> Vec<Branch> {
    let required = found.required().count();
    let concerned = found.violations.iter().filter(|(_, violation)| match violation.refuse {
        Force::Open => required == 0,
        _ => required == 1 && violation.codes.list().len() > 1,
    });
    let mut branches = Vec::new();
    for (rule, violation) in concerned {
        let branch = |answer: &str| Branch { rule: rule.id, answer: answer.to_owned() };
        if violation.refuse == Force::Open {
            branches.push(branch("success"));
        }
        branches.extend(violation.codes.list().iter().map(|code| branch(code.name())));
    }
    branches
}

/// The branches that one reading takes.
fn taken(model: &Model, sequences: &[Sequence], seed: u64) -> BTreeSet<Branch> {
    let config = Config { readings: Some(seed), ..Config::default() };
    let context = context(served(config, &SimulatedClock::default()), model.clone());
    let mut taken = BTreeSet::new();
    for (number, sequence) in (0..).zip(sequences) {
        let ops: Vec<Op> = sequence.operations().cloned().collect();
        let reached = |executor: &Executor<'_>, op: &Op| match op {
            Op::Update(_) => executor.assess(op).map(|found| branches_of(&found)).unwrap_or_default(),
            _ => Vec::new(),
        };
        let names = Names::new(seed, number, 0);
        let played = play_observed(&context, names, &ops, reached, |op, result| {
            let reached = op.map(|(_, reached)| reached).unwrap_or_default();
            let Some((_, _, answer)) = &result.answered else { return };
            let touched: BTreeSet<RuleId> = result.exercised.iter().map(|(side, _)| side.rule).collect();
            taken.extend(taken_of(reached, &touched, &answer.code()));
        });
        // The emulator in this process always answers; a sequence that ends early takes no further branches.
        let _ = block_on(played);
    }
    taken
}

/// The branches, of those that a request reached, that its answer took: those of rules that it touched.
fn taken_of(reached: Vec<Branch>, touched: &BTreeSet<RuleId>, answer: &str) -> impl Iterator<Item = Branch> {
    reached.into_iter().filter(move |branch| touched.contains(&branch.rule) && branch.answer == answer)
}

/// Returns the report as text: the branches that no reading took first.
pub fn text(tolerance: &Tolerance) -> String {
    let mut text = String::new();
    let unused: Vec<&Branch> = tolerance.unused().collect();
    let (all, readings) = (tolerance.branches.len(), tolerance.readings);
    let _ = writeln!(
        text,
        "Admitted answers of rules that admit several, and the readings of the emulator that gave them\n"
    );
    for count in &tolerance.branches {
        let Branch { rule, answer } = &count.branch;
        let _ = writeln!(text, "{:5}  {answer:58} {:>4}", rule.0, count.readings);
    }
    let _ =
        writeln!(text, "\n{} of {all} answers given by some of {readings} readings; never given:", all - unused.len());
    for branch in unused {
        let _ = writeln!(text, "{:5}  {}", branch.rule.0, branch.answer);
    }
    text
}

#[cfg(test)]
mod tests {
    use ucks_oracle::code::Code;
    use ucks_oracle::rule::{Layer, Violation};
    use ucks_oracle::rules;

    use super::*;

    /// Each reading settles a repeated member in one way (W-13), and none decides a rule that is closed.
    #[test]
    fn readings_take_branches_of_open_rules() {
        let tolerance = tolerance(2, &|_, _| ());
        let of = |rule: &str| -> Vec<&BranchCount> {
            tolerance.branches.iter().filter(|count| count.branch.rule.0 == rule).collect()
        };
        let repeated = of("W-13");
        assert!(repeated.iter().any(|count| count.branch.answer == "success"), "{repeated:?}");
        assert!(repeated.iter().map(|count| count.readings).sum::<u64>() >= 2, "{repeated:?}");
        let of_one = tolerance.branches.iter().filter(|count| count.readings == 1);
        let of_one: Vec<String> = of_one.map(|c| format!("{} {}", c.branch.rule.0, c.branch.answer)).collect();
        for answer in ["W-13 success", "W-13 SerializationException"] {
            assert!(of_one.contains(&answer.to_owned()), "one seed takes it, and the other does not: {of_one:#?}");
        }
        assert!(of("G-14").is_empty(), "one code alone is no tolerance");
    }

    #[test]
    fn answers_that_no_reading_gave_are_listed_last() {
        let count = |rule: &'static str, readings| BranchCount {
            branch: Branch { rule: RuleId(rule), answer: "success".to_owned() },
            readings,
        };
        let text = text(&Tolerance { readings: 2, branches: vec![count("W-13", 2), count("C-07", 0)] });
        let (all, unused) = text.split_once("never given:").unwrap();
        assert!(all.ends_with("1 of 2 answers given by some of 2 readings; ") && all.contains("W-13 "), "{text}");
        assert_eq!(unused.trim(), "C-07   success");
    }

    /// With two violations nobody knows to which of them the answer belongs, and with none it belongs to none.
    #[test]
    fn an_answer_takes_branches_of_the_only_violation() {
        let codes = &[Code::CustomKeyStoreInvalidStateException, Code::ValidationException];
        let found = |violated: &[&str]| Assessments {
            violations: violated
                .iter()
                .filter_map(|id| Some((rules::find(id)?, Violation::must(Layer::State, codes))))
                .collect(),
            ..Assessments::default()
        };
        let touched = ["G-14", "T-01"].map(RuleId).into();
        let taken = |violated: &[&str]| {
            taken_of(branches_of(&found(violated)), &touched, Code::ValidationException.name()).count()
        };
        assert_eq!([taken(&["G-14"]), taken(&["G-14", "T-01"]), taken(&[]), taken(&["U-01"])], [1, 0, 0, 0]);
    }
}
