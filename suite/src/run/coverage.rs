//! Coverage: which sides of which rules were touched and decided, in which cells, with which answers.
//!
//! An answer *touches* a side that applies to its request, and *decides* it if a service that breaks just this side
//! would certainly have been found: see [`ucks_oracle::decide`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Exercise;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::rule::{Force, JudgedOn, RuleId};
use ucks_oracle::rules;

use super::executor::{CellOf, StepResult};
use crate::record::{Place, UnseenEstimate};

/// Most pairs of situation and answer that are counted, so that a long run keeps its memory.
const PAIRS: usize = 1 << 20;

/// A side of a rule, in a cell where the cell matters.
pub type Side = (Exercise, CellOf);

/// The sides of rules that were touched and decided.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Sides of rules, with the cell and the count: some with every answer. Their order is fixed when they are
    /// reported.
    exercised: HashMap<Side, u64, FixedState>,
    /// The sides that were decided.
    decided: HashSet<Side, FixedState>,
    /// Answers by cell and member.
    pub cells: BTreeMap<(StoreType, ConnectionState, Member), BTreeMap<Observation, u64>>,
    /// Answers to open questions.
    pub readings: BTreeMap<(RuleId, String), u64>,
    /// The errors that were returned, by code.
    pub codes: BTreeMap<&'static str, u64>,
    /// Which rule's error won over which other's.
    pub order: BTreeMap<(RuleId, RuleId), u64>,
    /// The errors with which it won.
    pub won_with: BTreeMap<(RuleId, RuleId), BTreeSet<String>>,
    /// Which rule's error was certainly returned before which other's, by type and state of the store.
    pub precedence: BTreeMap<(CellOf, RuleId, RuleId), u64>,
    /// How often each pair of situation and answer was observed, by its hash.
    pub pairs: HashMap<u64, u64, FixedState>,
    /// Answers that were no verdict on the operation.
    pub no_verdict: BTreeMap<Observation, u64>,
    /// Operations that could not be bound, by reason.
    pub skipped: BTreeSet<String>,
}

impl Coverage {
    /// Adds what one operation touched and decided.
    pub fn note(&mut self, result: &StepResult) {
        for (exercise, cell) in &result.exercised {
            *self.exercised.entry((*exercise, *cell)).or_default() += 1;
        }
        self.decided.extend(result.decided.iter().copied());
        for (rule, answer) in &result.readings {
            *self.readings.entry((*rule, (*answer).to_owned())).or_default() += 1;
        }
        for code in &result.codes {
            *self.codes.entry(code.name()).or_default() += 1;
        }
        if let Some((faults, winner)) = &result.order {
            for loser in faults.iter().filter(|f| *f != winner) {
                *self.order.entry((*winner, *loser)).or_default() += 1;
                let errors = self.won_with.entry((*winner, *loser)).or_default();
                errors.extend(result.answered.iter().map(|(_, _, answer)| answer.code()));
            }
        }
        if let Some((cell, first, others)) = &result.precedence {
            for then in others {
                *self.precedence.entry((*cell, *first, *then)).or_default() += 1;
            }
        }
        if let Some((cell, members, answer)) = &result.answered {
            let pair = FixedState::default().hash_one((cell, members, &result.faults, answer));
            if self.pairs.len() < PAIRS || self.pairs.contains_key(&pair) {
                *self.pairs.entry(pair).or_default() += 1;
            }
        }
        if let Some((Some((kind, state)), members, answer)) = &result.answered {
            for member in members {
                *self.cells.entry((*kind, *state, *member)).or_default().entry(answer.clone()).or_default() += 1;
            }
            for (exercise, _) in &result.exercised {
                // Rules about the form of answers name what they read themselves.
                let open = rules::row(exercise.rule).is_some_and(|r| {
                    (r.force == Force::Open || r.open_since.is_some()) && !matches!(r.check, JudgedOn::Form(_))
                });
                if open && exercise.aspect != Aspect::EFFECT {
                    *self.readings.entry((exercise.rule, answer.code())).or_default() += 1;
                }
            }
        }
        if let Some(why) = &result.no_verdict {
            *self.no_verdict.entry(why.clone()).or_default() += 1;
        }
        if let Some(why) = &result.skipped {
            self.skipped.insert(why.to_string());
        }
    }

    /// Adds another's.
    pub fn add(&mut self, other: &Coverage) {
        fn sum<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
            for (key, n) in from {
                *into.entry(key.clone()).or_default() += n;
            }
        }
        for (side, n) in &other.exercised {
            *self.exercised.entry(*side).or_default() += n;
        }
        self.decided.extend(other.decided.iter().copied());
        for (pair, n) in &other.pairs {
            *self.pairs.entry(*pair).or_default() += n;
        }
        sum(&mut self.readings, &other.readings);
        sum(&mut self.codes, &other.codes);
        sum(&mut self.order, &other.order);
        sum(&mut self.precedence, &other.precedence);
        sum(&mut self.no_verdict, &other.no_verdict);
        for (pair, errors) in &other.won_with {
            self.won_with.entry(*pair).or_default().extend(errors.iter().cloned());
        }
        for (cell, answers) in &other.cells {
            sum(self.cells.entry(*cell).or_default(), answers);
        }
        self.skipped.extend(other.skipped.iter().cloned());
    }

    /// Estimates what further answers would show, from the pairs so far; `None` without any.
    pub fn unseen(&self) -> Option<UnseenEstimate> {
        UnseenEstimate::of(self.pairs.values().copied())
    }

    /// Returns the number of answers that touched any rule, each once for every side of a rule.
    pub fn all(&self) -> u64 {
        self.exercised.values().sum()
    }

    /// Returns the number of answers that touched a rule.
    pub fn judged(&self, rule: RuleId) -> u64 {
        self.exercised.iter().filter(|((e, _), _)| e.rule == rule).map(|(_, n)| n).sum()
    }

    /// Where answers touched a rule.
    pub fn touched_places(&self, rule: RuleId) -> Vec<Place> {
        places(self.exercised.keys(), rule)
    }

    /// Where answers decided a rule.
    pub fn decided_places(&self, rule: RuleId) -> Vec<Place> {
        places(self.decided.iter(), rule)
    }

    /// Returns the number of answers that touched one side of a rule.
    pub fn times(&self, exercise: &Exercise) -> u64 {
        self.exercised.iter().filter(|((e, _), _)| e == exercise).map(|(_, n)| n).sum()
    }
}

/// The places of a rule's sides, each once.
fn places<'a>(sides: impl Iterator<Item = &'a Side>, rule: RuleId) -> Vec<Place> {
    let place = |(side, cell): &Side| Place {
        member: side.member.map(|m| m.name().to_owned()),
        store_type: cell.map(|(kind, _)| kind.name().to_owned()),
        state: cell.map(|(_, state)| state.name().to_owned()),
    };
    let places: BTreeSet<Place> = sides.filter(|(side, _)| side.rule == rule).map(place).collect();
    places.into_iter().collect()
}
