//! Several requests at once: is there a serial order that the model admits (R)?
//!
//! ```text
//! requests, answers ── every order ──► step, step, … ──► admitted orders ──► union of their worlds
//!                                                        none: the divergence of the best order
//! ```

use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::companions::Companion;
use crate::judge::Grade;
use crate::members::Member;
use crate::model::{Belief, Divergence, Last, Model};
use crate::request::Update;
use crate::rules::ids;
use crate::wire::Request;

/// The aspect of a divergence in a race for one value.
const SAME_VALUE: Aspect = Aspect::named("two updates at once with the same value");

/// Most requests of one race: their orders are all tried.
pub const RACERS: usize = 4;

/// One of several requests sent at once, with its answer.
#[derive(Clone, Debug)]
pub enum Racer<'a> {
    /// An update.
    Update(Request, Outcome),
    /// Another operation that changes the account.
    Companion {
        /// The operation.
        operation: Companion<'a>,
        /// Its answer.
        outcome: Outcome,
        /// The id in the answer to a Create.
        created: Option<String>,
    },
}

impl Racer<'_> {
    /// The answer.
    pub fn outcome(&self) -> &Outcome {
        match self {
            Racer::Update(_, outcome) | Racer::Companion { outcome, .. } => outcome,
        }
    }

    /// The same request, answered with success.
    #[must_use]
    pub fn succeeded(&self) -> Self {
        match self.clone() {
            Racer::Update(request, _) => Racer::Update(request, Outcome::Success),
            Racer::Companion { operation, created, .. } => Racer::Companion {
                created: created.or_else(|| matches!(operation, Companion::Create(_)).then(|| "cks-0".to_owned())),
                operation,
                outcome: Outcome::Success,
            },
        }
    }
}

impl Model {
    /// Judges the answers to requests that were sent at once, at most [`RACERS`], and moves the belief on.
    pub fn race(&self, belief: &mut Belief, race: &[Racer<'_>]) -> Option<Divergence> {
        let race = &race[..race.len().min(RACERS)];
        let before = belief.clone();
        let mut best: Option<(Option<Divergence>, Belief)> = None;
        let mut admitted: Vec<Belief> = Vec::new();
        // Of orders that explain equally little, the one with the losers last is the most informative: a loser that was
        // refused with a wrong code is then reported for that code.
        let mut tried = orders(race.len());
        tried.sort_by_key(|order| refused_first(order, race));
        for order in tried {
            let mut after = before.clone();
            let mut worst: Option<Divergence> = None;
            for at in order {
                let found = self.ran(&mut after, &race[at]);
                if grade(&found) > grade(&worst) {
                    worst = found;
                }
            }
            if worst.is_none() {
                admitted.push(after);
            } else if best.as_ref().is_none_or(|(known, _)| grade(&worst) < grade(known)) {
                best = Some((worst, after));
            }
        }
        let racers = race.iter().filter_map(|racer| self.named(racer)).collect();
        let found = match (admitted.is_empty(), best) {
            (true, Some((divergence, after))) => {
                *belief = after;
                divergence.map(|d| self.attributed(&before, race, d))
            }
            _ => {
                let mut admitted = admitted.into_iter();
                if let Some(first) = admitted.next() {
                    *belief = first;
                    admitted.for_each(|other| belief.admit(other));
                }
                None
            }
        };
        belief.after_race(before.account().clone(), racers);
        found
    }

    /// Judges the answer to one of the requests as if it were the next one. The refusal of another operation than an update
    /// is not judged: a service may refuse what it would accept a moment later, and sequences without races judge the code.
    fn ran(&self, belief: &mut Belief, racer: &Racer<'_>) -> Option<Divergence> {
        match racer {
            Racer::Update(request, outcome) => self.step(belief, request, outcome).divergence,
            Racer::Companion { operation, outcome: outcome @ Outcome::Success, created } => {
                self.companion(belief, operation, outcome, created.as_deref())
            }
            Racer::Companion { .. } => None,
        }
    }

    /// Returns the rule that a race breaks. An answer that is wrong on its own is not the race's fault.
    fn attributed(&self, before: &Belief, race: &[Racer<'_>], divergence: Divergence) -> Divergence {
        let alone = |racer: &Racer<'_>| self.ran(&mut before.clone(), racer).is_none();
        let divergence = match divergence.aspect {
            Aspect::WHOLE if self.contests(race, divergence.member) => Divergence { aspect: SAME_VALUE, ..divergence },
            _ => divergence,
        };
        if !race.iter().all(alone) {
            return divergence;
        }
        let in_use = divergence.rule.group().traits().raced || divergence.rule == ids::O_09;
        if in_use && divergence.got.is_success() {
            return Divergence { rule: ids::R_01, ..divergence };
        }
        Divergence { rule: ids::R_03, grade: Grade::Warn, ..divergence }
    }

    /// Returns true if two updates of the race give the member the same value.
    fn contests(&self, race: &[Racer<'_>], member: Option<&'static str>) -> bool {
        let Some(member) = Member::TOP.iter().find(|m| Some(m.name()) == member) else { return false };
        let value = |racer: &Racer<'_>| {
            let Racer::Update(request, _) = racer else { return None };
            let body = Update::read(request, self.revision).body.ok()?;
            body.text(*member).given().map(|value| value.to_string())
        };
        let values: Vec<_> = race.iter().filter_map(value).collect();
        (1..values.len()).any(|at| values[..at].contains(&values[at]))
    }

    /// The id of the store that a request names, or that it created.
    fn named(&self, racer: &Racer<'_>) -> Option<String> {
        match racer {
            Racer::Update(request, _) => {
                let update = Update::read(request, self.revision);
                let body = update.body.ok()?;
                body.text(Member::CustomKeyStoreId).given().map(|id| id.to_string())
            }
            Racer::Companion { operation, created, .. } => match operation {
                Companion::Create(_) => created.clone(),
                Companion::Connect(id) | Companion::Disconnect(id) | Companion::Delete(id) => Some((*id).to_owned()),
            },
        }
    }
}

impl Belief {
    /// Takes up the worlds of another belief about the same account.
    fn admit(&mut self, other: Belief) {
        for account in other.accounts {
            if !self.accounts.contains(&account) {
                self.accounts.push(account);
            }
        }
        self.tainted.extend(other.tainted);
        self.suspected.extend(other.suspected);
        self.inconclusive |= other.inconclusive;
        self.bound();
    }

    fn after_race(&mut self, before: crate::account::Account, racers: Vec<String>) {
        self.before = before;
        self.last = Last::Race { racers };
    }
}

fn grade(divergence: &Option<Divergence>) -> Grade {
    divergence.as_ref().map_or(Grade::Fine, |d| d.grade)
}

/// Returns the number of refused requests before one that succeeded.
fn refused_first(order: &[usize], race: &[Racer<'_>]) -> usize {
    let succeeded = |at: usize| *race[at].outcome() == Outcome::Success;
    let before = |at: usize| order[..at].iter().filter(|earlier| !succeeded(**earlier)).count();
    (0..order.len()).filter(|at| succeeded(order[*at])).map(before).sum()
}

/// Every order of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..n {
        all = all
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_are_tried() {
        let mut four = orders(RACERS);
        four.sort();
        four.dedup();
        assert_eq!(four.len(), 24);
        assert_eq!(orders(0), [Vec::<usize>::new()]);
    }

    #[test]
    fn orders_in_which_losers_come_last_are_tried_first() {
        let refused = Outcome::Refused { status: 400, code: None, written: None };
        let request = || Request::operation(crate::wire::UPDATE, Vec::new());
        let race = [Racer::Update(request(), refused), Racer::Update(request(), Outcome::Success)];
        assert_eq!((refused_first(&[0, 1], &race), refused_first(&[1, 0], &race)), (1, 0));
    }

    #[test]
    fn what_one_order_leaves_inconclusive_is_so() {
        let mut belief = Belief::default();
        belief.admit(Belief { inconclusive: true, ..Belief::default() });
        assert!(belief.inconclusive);
    }
}
