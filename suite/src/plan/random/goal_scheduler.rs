//! Counts for each goal how often the plan and the chosen candidates had it, and keeps what each candidate was
//! last found to exercise in each situation.

use std::collections::HashMap;
use std::mem::Discriminant;

use ucks_oracle::account::ConnectionState;
use ucks_oracle::members::StoreType;

use super::super::Goal;
use crate::op::Family;

/// Candidates looked at again for one step, as what they exercise may have changed.
const TRIES: usize = 4;
/// Candidates looked at for the first time in one step.
const NEWS: usize = 64;

/// A situation, as coarse as what candidates exercise there mostly stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SituationClass {
    pub(super) kind: StoreType,
    /// The kind of family to which the store's cluster belongs.
    pub(super) family: Discriminant<Family>,
    /// True if the store uses a VPC endpoint service.
    pub(super) vpc: bool,
    /// Nothing for a store that was deleted.
    pub(super) state: Option<ConnectionState>,
    /// The type of another store, if there is one.
    pub(super) other: Option<StoreType>,
}

/// The goals of the plan and of the candidates chosen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct GoalScheduler {
    numbers: HashMap<Goal, usize>,
    times: Vec<u64>,
    found: HashMap<SituationClass, Vec<Option<Box<[usize]>>>>,
}

impl GoalScheduler {
    /// Returns true if it has no stores.
    pub(super) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    fn numbers(&mut self, goals: Vec<Goal>) -> Box<[usize]> {
        let number = |goal| {
            *self.numbers.entry(goal).or_insert_with(|| {
                self.times.push(0);
                self.times.len() - 1
            })
        };
        goals.into_iter().map(number).collect()
    }

    /// Counts goals that an operation is planned for.
    pub(super) fn count(&mut self, goals: Vec<Goal>) {
        for number in self.numbers(goals) {
            self.times[number] += 1;
        }
    }

    /// Returns the count of the goal that was reached least; `None` if there are no goals.
    fn seldom(&self, goals: &[usize]) -> Option<u64> {
        goals.iter().map(|n| self.times[*n]).min()
    }

    /// The few candidates that seem to reach what was reached least, with how often it was; of equal ones the next
    /// `from` a number.
    fn promising(&self, found: &[Option<Box<[usize]>>], from: usize) -> Vec<(u64, usize)> {
        let mut best: Vec<(u64, usize)> = Vec::with_capacity(TRIES + 1);
        for at in (from..found.len()).chain(0..from) {
            let Some(times) = found[at].as_ref().and_then(|goals| self.seldom(goals)) else { continue };
            if best.len() < TRIES || best.last().is_some_and(|(worst, _)| times < *worst) {
                let place = best.partition_point(|(other, _)| *other <= times);
                best.insert(place, (times, at));
                best.truncate(TRIES);
            }
        }
        best
    }

    /// Chooses one of `all` candidates: the one that reaches what was reached least, as far as is known, and counts
    /// its goals. `look` returns the goals of a candidate, or `None` if it is impossible here.
    pub(super) fn choose(
        &mut self,
        cell: SituationClass,
        all: usize,
        from: u64,
        look: impl Fn(usize) -> Option<Vec<Goal>>,
    ) -> Option<usize> {
        let from = usize::try_from(from % all.max(1) as u64).unwrap_or(0);
        let mut found = self.found.remove(&cell).unwrap_or_else(|| vec![None; all]);
        let news = (from..all).chain(0..from).filter(|at| found[*at].is_none()).take(NEWS);
        for at in news.collect::<Vec<_>>() {
            found[at] = Some(self.numbers(look(at).unwrap_or_default()));
        }
        let mut best: Option<(u64, usize)> = None;
        for (hoped, at) in self.promising(&found, from) {
            let goals = self.numbers(look(at).unwrap_or_default());
            let seldom = self.seldom(&goals);
            found[at] = Some(goals);
            let Some(seldom) = seldom else { continue };
            if best.is_none_or(|(least, _)| seldom < least) {
                best = Some((seldom, at));
            }
            if seldom <= hoped {
                break;
            }
        }
        let chosen = best.map(|(_, at)| at);
        for number in chosen.and_then(|at| found[at].as_deref()).unwrap_or_default() {
            self.times[*number] += 1;
        }
        self.found.insert(cell, found);
        chosen
    }
}
