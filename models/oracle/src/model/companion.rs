//! `companion`: the answers to the operations other than UpdateCustomKeyStore.

use super::{Belief, Divergence, Last, Model};
use crate::account::{Account, Believed, ConnectionState, Store};
use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::code::Code;
use crate::companions::{Companion, after_connect};
use crate::expectation::{Expectation, Observation};
use crate::judge::Grade;
use crate::rules::ids;

impl Model {
    /// Judges the answer to a companion operation and moves the belief on. `created` is the id in
    /// Create's answer.
    pub fn companion(
        &self,
        belief: &mut Belief,
        operation: &Companion<'_>,
        outcome: &Outcome,
        created: Option<&str>,
    ) -> Option<Divergence> {
        belief.before = belief.account().clone();
        let id = match operation {
            Companion::Create(_) => created.unwrap_or_default(),
            Companion::Connect(id) | Companion::Disconnect(id) | Companion::Delete(id) => id,
        };
        if !matches!(operation, Companion::Create(_)) {
            belief.expand_transitions(id, &self.environment);
        }
        belief.last = Last::Companion { id: id.to_owned(), name: operation.name(), rule: operation.rule() };
        let success = *outcome == Outcome::Success;
        let taken = |account: &Account| {
            matches!(
                operation,
                Companion::Create(new) if new.name.known().is_some() && account.stores().any(|s| s.name == new.name),
            )
        };
        let in_use = taken(belief.account());
        let admitted = |account: &Account| match operation {
            Companion::Create(_) if taken(account) => outcome.code() == Some(Code::CustomKeyStoreNameInUseException),
            Companion::Create(_) if outcome.code().is_some_and(Code::is_about_others) => true,
            Companion::Create(_) => success && created.is_some(),
            // Which error a store that is gone gets is not judged here, but nothing can succeed on it.
            _ => account.store(id).map_or(!success, |s| match operation.accepted(&self.environment, s) {
                None => true,
                Some(true) => success,
                Some(false) => refused_for_its_state(outcome),
            }),
        };
        let state = belief.account().store(id).map(|s| s.state);
        let store_type = match operation {
            Companion::Create(store) => Some(store.store_type()),
            _ => belief.account().store(id).map(Store::store_type),
        };
        let refusable =
            belief.account().store(id).is_some_and(|s| operation.accepted(&self.environment, s) == Some(false));
        let agree = belief.accounts.iter().any(admitted);
        if agree {
            belief.accounts.retain(admitted);
        }
        if success {
            let accounts = std::mem::take(&mut belief.accounts);
            for account in accounts {
                for next in self.after(&account, operation, id) {
                    if !belief.accounts.contains(&next) {
                        belief.accounts.push(next);
                    }
                }
            }
        }
        belief.bound();
        (!agree && !belief.is_tainted(id)).then(|| Divergence {
            rule: if in_use { ids::O_09 } else { operation.rule() },
            grade: Grade::Fail,
            operation: operation.name(),
            store_type,
            state,
            member: None,
            aspect: Aspect::WHOLE,
            expected: match (in_use, success) {
                (false, true) if state.is_none() && !matches!(operation, Companion::Create(_)) => {
                    Code::CustomKeyStoreNotFoundException.into()
                }
                (true, _) => Code::CustomKeyStoreNameInUseException.into(),
                (false, true) => Code::CustomKeyStoreInvalidStateException.into(),
                (false, false) if refusable => Code::CustomKeyStoreInvalidStateException.into(),
                (false, false) => Expectation::Success,
            },
            got: if success && created.is_none() && matches!(operation, Companion::Create(_)) {
                Observation::SuccessWithoutId
            } else {
                outcome.into()
            },
            also: Vec::new(),
        })
    }

    fn after(&self, account: &Account, operation: &Companion<'_>, id: &str) -> Vec<Account> {
        let mut next = account.clone();
        match operation {
            Companion::Create(store) if !id.is_empty() => {
                let in_state = |state| {
                    let mut account = next.clone();
                    account.put(Store { id: id.to_owned(), state, ..(**store).clone() });
                    account
                };
                // A store that is not DISCONNECTED at once may be on its way there first.
                let born = self.born.get(&store.store_type()).copied();
                let passing = match born {
                    Some(ConnectionState::Connected | ConnectionState::Failed) => Some(ConnectionState::Connecting),
                    _ => None,
                };
                return std::iter::once(born.unwrap_or(store.state)).chain(passing).map(in_state).collect();
            }
            Companion::Create(_) => {}
            Companion::Delete(_) => next.remove(id),
            Companion::Connect(_) => {
                let Some(store) = account.store(id) else { return vec![next] };
                if store.state == ConnectionState::Connected {
                    return vec![next];
                }
                return after_connect(&self.environment, store)
                    .into_iter()
                    .map(|s| {
                        let mut w = account.clone();
                        w.with(id, |old| *old = s);
                        w
                    })
                    .collect();
            }
            Companion::Disconnect(_) => {
                let to = |state| {
                    let mut w = account.clone();
                    w.with(id, |s| {
                        s.state = state;
                        s.error = Believed::Open;
                    });
                    w
                };
                return vec![to(ConnectionState::Disconnecting), to(ConnectionState::Disconnected)];
            }
        }
        vec![next]
    }
}

/// Returns true if a companion operation was refused as its contract states for a store in the wrong state, or with an
/// answer that does not concern the store: one about the caller, or that the target lacks the operation.
fn refused_for_its_state(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Refused { code: Some(code), .. } => {
            *code == Code::CustomKeyStoreInvalidStateException || code.is_no_verdict()
        }
        Outcome::ServerFault { internal, .. } => *internal,
        Outcome::NotImplemented { .. } => true,
        _ => false,
    }
}
