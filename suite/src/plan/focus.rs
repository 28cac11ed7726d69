//! The part of a plan that concerns the rules that a caller asked for.
//!
//! A rule about requests is judged by the cases that exercise it, so the others need not run. Rules
//! about answers, effects and whole runs are judged by every sequence.

use ucks_oracle::rule::JudgedOn;
use ucks_oracle::rules;

use super::cases::Cases;
use super::{Goal, Sequence};
use crate::run::matches;

/// The rules asked for.
#[derive(Clone, Copy, Debug)]
pub struct Focus<'a> {
    only: &'a [String],
    narrow: bool,
}

impl<'a> Focus<'a> {
    /// A focus on the rules that `only` means: ids, groups or globs; empty for all rules.
    pub fn new(only: &'a [String], plan: &Cases) -> Focus<'a> {
        let planned =
            |id: &str| plan.goals.iter().any(|g| matches!(g, Goal::Rule { exercise, .. } if exercise.rule.0 == id));
        let mut asked = rules::all().iter().filter(|r| only.iter().any(|o| matches(o, r.id.0)));
        let narrow = !only.is_empty()
            && asked.all(|r| match r.check {
                JudgedOn::Request(_) => planned(r.id.0),
                JudgedOn::Untested(_) => true,
                _ => false,
            });
        Focus { only, narrow }
    }

    /// The sequence up to its last case that concerns a rule asked for, if there is one.
    pub fn on(&self, mut sequence: Sequence) -> Option<Sequence> {
        if self.narrow {
            let last = sequence.cases.iter().rposition(|c| c.goals.iter().any(|g| self.concerns(g)))?;
            sequence.cases.truncate(last + 1);
        }
        Some(sequence)
    }

    fn concerns(&self, goal: &Goal) -> bool {
        matches!(goal, Goal::Rule { exercise, .. } if self.only.iter().any(|o| matches(o, exercise.rule.0)))
    }
}

/// Returns true if the rules of these ids are decided by the cases, so that random sequences add nothing to them.
pub fn by_cases(ids: &[String]) -> bool {
    ids.iter()
        .all(|id| rules::find(id).is_some_and(|r| matches!(r.check, JudgedOn::Request(_) | JudgedOn::Untested(_))))
}

#[cfg(test)]
mod tests {
    use ucks_oracle::model::Model;
    use ucks_oracle::revision::Revision;

    use super::super::Abilities;
    use super::super::cases::cases;
    use super::*;

    fn left(only: &[&str]) -> (usize, usize) {
        let plan = cases(&Model::new(Revision::LATEST), &Abilities::all());
        let only: Vec<String> = only.iter().map(|o| (*o).to_owned()).collect();
        let focus = Focus::new(&only, &plan);
        let all: usize = plan.sequences.iter().map(|s| s.cases.len()).sum();
        let left = plan.sequences.into_iter().filter_map(|s| focus.on(s)).map(|s| s.cases.len()).sum();
        (left, all)
    }

    #[test]
    fn a_rule_about_requests_needs_few_cases() {
        let (left, all) = left(&["S-02"]);
        assert!(left > 0 && left < all / 3, "{left} of {all}");
    }

    #[test]
    fn a_rule_about_effects_needs_them_all() {
        let (left, all) = left(&["S-02", "A-01"]);
        assert_eq!(left, all);
    }

    #[test]
    fn without_a_wish_all_run() {
        let (left, all) = left(&[]);
        assert_eq!(left, all);
    }
}
