//! One update after the other in one state: is it refused alike each time (P-05)?

use crate::account::{Account, Store};
use crate::answer::Outcome;
use crate::judge::Grade;
use crate::model::{Belief, Divergence, Model};
use crate::rules::ids;
use crate::wire::UPDATE;

impl Model {
    /// Whether two answers to one update, the first given in `before` and the second when `now` was believed already,
    /// must be the same: both are refusals that say something of the request, and nothing has changed since.
    pub fn must_be_alike(&self, before: &Belief, first: &Outcome, now: &Belief, next: &Outcome) -> bool {
        let says = |o: &Outcome| matches!(o, Outcome::Refused { code: Some(code), .. } if !code.is_no_verdict());
        let rests = |account: &Account| account.stores().all(|store| !store.state.passes());
        let sure =
            |belief: &Belief| !belief.inconclusive && !belief.any_tainted() && belief.accounts().iter().all(rests);
        says(first) && says(next) && sure(before) && sure(now) && before.accounts() == now.accounts()
    }

    /// What is wrong with two refusals that had to be alike, if anything is; `store` is the one that the update names.
    pub fn alike(&self, first: &Outcome, next: &Outcome, store: Option<&Store>) -> Option<Divergence> {
        (first.code() != next.code()).then(|| Divergence {
            rule: ids::P_05,
            grade: Grade::Warn,
            operation: UPDATE,
            store_type: store.map(Store::store_type),
            state: store.map(|s| s.state),
            member: None,
            aspect: "",
            expected: "the same error each time".to_owned(),
            got: "another error than before".to_owned(),
            also: Vec::new(),
        })
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
    fn another_error_in_the_same_state_is_told() {
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
