//! Updates one after the other: a target refuses the same update alike each time, and puts its errors in one order
//! (P-05).

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{Account, ConnectionState, Store};
use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::expectation::{Expectation, Observation};
use crate::judge::Grade;
use crate::members::StoreType;
use crate::model::{Belief, Divergence, Model};
use crate::rule::RuleId;
use crate::rules::ids;
use crate::wire::UPDATE;

/// Type and state of the store that an update named.
pub type TypeAndState = Option<(StoreType, ConnectionState)>;

/// Which of two violations a target reported, by type and state of the store, as an earlier run recorded it.
///
/// It holds pairs as they were observed, and concludes nothing from several of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorOrder(BTreeSet<(TypeAndState, RuleId, RuleId)>);

impl ErrorOrder {
    /// Returns true if the error of `first` was returned for requests that violated `then` as well.
    pub fn has(&self, cell: TypeAndState, first: RuleId, then: RuleId) -> bool {
        self.0.contains(&(cell, first, then))
    }
}

impl FromIterator<(TypeAndState, RuleId, RuleId)> for ErrorOrder {
    /// Pairs that were observed in both orders are left out: they have none.
    fn from_iter<I: IntoIterator<Item = (TypeAndState, RuleId, RuleId)>>(pairs: I) -> ErrorOrder {
        let all: BTreeSet<_> = pairs.into_iter().collect();
        let ordered = all.iter().filter(|(cell, first, then)| !all.contains(&(*cell, *then, *first)));
        ErrorOrder(ordered.copied().collect())
    }
}

/// The order in which a target reports violations, as far as its answers have shown it.
///
/// A service may have another order for each type of store and each state, so each of them has its own.
#[derive(Clone, Debug, Default)]
pub struct Precedence(BTreeMap<TypeAndState, BTreeSet<(RuleId, RuleId)>>);

impl Precedence {
    /// Adds that the error of `first` was returned for a request that violated `others` too. Returns whether the error
    /// of one of these was returned before that of `first` in earlier answers, directly or through others: the order
    /// has a cycle.
    pub fn contradicts(&mut self, cell: TypeAndState, first: RuleId, others: &[RuleId]) -> bool {
        let known = self.0.entry(cell).or_default();
        let contradicts = others.iter().any(|other| leads(known, *other, first));
        known.extend(others.iter().map(|other| (first, *other)));
        contradicts
    }
}

/// Returns true if the error of `early` was returned before that of `late`, directly or by way of others.
fn leads(known: &BTreeSet<(RuleId, RuleId)>, early: RuleId, late: RuleId) -> bool {
    let (mut reached, mut next) = (BTreeSet::from([early]), vec![early]);
    while let Some(rule) = next.pop() {
        for (_, after) in known.iter().filter(|(before, _)| *before == rule) {
            if *after == late {
                return true;
            }
            if reached.insert(*after) {
                next.push(*after);
            }
        }
    }
    false
}

impl Model {
    /// Returns true if two answers to one update, the first given in `before` and the second when `now` was believed
    /// already, must be the same: both are refusals because of the request, and nothing has changed since.
    pub fn must_be_alike(&self, before: &Belief, first: &Outcome, now: &Belief, next: &Outcome) -> bool {
        let says = |o: &Outcome| matches!(o, Outcome::Refused { code: Some(code), .. } if !code.is_no_verdict());
        let rests = |account: &Account| account.stores().all(|store| !store.state.passes());
        let sure =
            |belief: &Belief| !belief.inconclusive && !belief.any_tainted() && belief.accounts().iter().all(rests);
        says(first) && says(next) && sure(before) && sure(now) && before.accounts() == now.accounts()
    }

    /// Returns the divergence of two refusals that must be equal; `store` is the one that the update names.
    pub fn alike(&self, first: &Outcome, next: &Outcome, store: Option<&Store>) -> Option<Divergence> {
        let cell = store.map(|s| (s.store_type(), s.state));
        let different = undecided(cell, Expectation::SameError, Observation::AnotherError);
        (first.code() != next.code()).then_some(different)
    }

    /// The divergence of an answer after which the errors have no order any more: the error of `first` was returned,
    /// although the request violated a rule as well whose error was returned before it in earlier answers.
    pub fn out_of_order(&self, cell: TypeAndState, first: RuleId) -> Divergence {
        undecided(cell, Expectation::EarlierError, Observation::ErrorOf(first))
    }
}

fn undecided(cell: TypeAndState, expected: Expectation, got: Observation) -> Divergence {
    Divergence {
        rule: ids::P_05,
        grade: Grade::Warn,
        operation: UPDATE,
        store_type: cell.map(|(store_type, _)| store_type),
        state: cell.map(|(_, state)| state),
        member: None,
        aspect: Aspect::WHOLE,
        expected,
        got,
        also: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::revision::Revision;

    fn refused(code: Code) -> Outcome {
        Outcome::Refused { status: 400, code: Some(code), written: None }
    }

    #[test]
    fn an_order_may_not_have_a_cycle() {
        let [a, b, c] = [ids::P_01, ids::P_02, ids::P_03];
        let mut order = Precedence::default();
        assert!(!order.contradicts(None, a, &[b]));
        assert!(!order.contradicts(None, b, &[c]));
        assert!(!order.contradicts(None, a, &[b, c]));
        let elsewhere = Some((StoreType::Xks, ConnectionState::Failed));
        assert!(!order.contradicts(elsewhere, c, &[a]), "another state may have another order");
        assert!(order.contradicts(None, c, &[a]));
    }

    #[test]
    fn another_error_in_the_same_state_is_reported() {
        let (model, belief) = (Model::new(Revision::LATEST), Belief::default());
        let (first, next) =
            (refused(Code::CustomKeyStoreNotFoundException), refused(Code::CustomKeyStoreNameInUseException));
        assert!(model.must_be_alike(&belief, &first, &belief, &next));
        assert_eq!(model.alike(&first, &next, None).map(|d| (d.rule, d.grade)), Some((ids::P_05, Grade::Warn)));
        assert!(model.alike(&first, &first, None).is_none());
    }

    #[test]
    fn what_says_nothing_of_the_request_may_differ() {
        let (model, belief) = (Model::new(Revision::LATEST), Belief::default());
        let first = refused(Code::CustomKeyStoreNotFoundException);
        assert!(!model.must_be_alike(&belief, &first, &belief, &refused(Code::ThrottlingException)));
        assert!(!model.must_be_alike(&belief, &first, &belief, &Outcome::Success));
        let mut unsure = belief.clone();
        unsure.taint("cks-0");
        assert!(!model.must_be_alike(&belief, &first, &unsure, &first));
    }
}
