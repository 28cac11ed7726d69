//! The other operations: Create, Connect, Disconnect and Delete, and cleaning up with them.

use super::{Executor, StepResult, plain};
use crate::bind::Bound;
use crate::op::{Op, Symbol};
use crate::target::TransportError;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::{Outcome, created_id};
use ucks_oracle::companions::{Companion, ConnectEnd, connect_end};
use ucks_oracle::members::StoreType;
use ucks_oracle::rules::ids;

impl Executor<'_> {
    pub(super) async fn create(
        &mut self,
        symbol: Symbol,
        kind: StoreType,
        bound: Bound,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let Some(store) = bound.store else { return Ok(()) };
        let name = store.name.known().cloned().unwrap_or_default();
        self.context.tracker.intend(&name);
        let answer = self.send(&bound.request).await?;
        let outcome = Outcome::read(&answer);
        let id = created_id(&answer).filter(|_| outcome == Outcome::Success);
        match &id {
            Some(id) => self.context.tracker.created(&name, id),
            None if outcome != Outcome::Success => self.context.tracker.refused(&name),
            None => {}
        }
        let in_use = self.belief.account().stores().any(|s| s.name == store.name);
        let operation = Companion::Create(Box::new(store.clone()));
        let divergence = self.context.model.companion(&mut self.belief, &operation, &outcome, id.as_deref());
        self.leaks(&bound.request, &answer, &outcome, result);
        result.divergences.extend(divergence);
        if in_use {
            result.exercised.push((plain(ids::O_09), None));
        }
        let Some(id) = id else {
            if in_use {
                return Ok(());
            }
            result.blocked = Some(format!("CreateCustomKeyStore of {kind} answers {}", outcome.label()));
            result.lacking = matches!(outcome, Outcome::NotImplemented { .. });
            return Ok(());
        };
        result.exercised.push((plain(ids::O_01), None));
        self.binder.created(symbol, &ucks_oracle::account::Store { id: id.clone(), ..store });
        if self.look(&id, result, true).await? {
            result.exercised.extend([ids::O_02, ids::O_06, ids::O_10].map(|rule| (plain(rule), None)));
        }
        Ok(())
    }

    pub(super) async fn companion(
        &mut self,
        symbol: Symbol,
        kind: Kind,
        wait: bool,
        bound: &Bound,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let id = self.binder.id(symbol).unwrap_or_default().to_owned();
        let operation = match kind {
            Kind::Connect => Companion::Connect(&id),
            Kind::Disconnect => Companion::Disconnect(&id),
            Kind::Delete => Companion::Delete(&id),
        };
        let before = self.belief.account().store(&id).cloned();
        let expected = before.as_ref().and_then(|s| operation.accepted(&self.context.model.environment, s));
        let answer = self.send(&bound.request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&bound.request, &answer, &outcome, result);
        let divergence = self.context.model.companion(&mut self.belief, &operation, &outcome, None);
        let accepted = outcome == Outcome::Success;
        if accepted && kind == Kind::Delete {
            self.context.tracker.deleted(&id);
        }
        if !accepted && expected == Some(true) {
            result.blocked = Some(format!("{} answers {}", operation.name(), outcome.label()));
        }
        if divergence.is_none() {
            result.exercised.push((plain(operation.rule()), before.as_ref().map(|s| (s.store_type(), s.state))));
        }
        result.divergences.extend(divergence);
        let found = result.divergences.len();
        if self.leaving && accepted && kind == Kind::Delete {
            // Whether it is gone is asked where Delete is an operation of the sequence.
            return Ok(());
        }
        if accepted && kind != Kind::Delete && wait {
            self.settle_state(&id, result).await?;
        } else {
            self.look(&id, result, true).await?;
        }
        for other in self.stores().into_iter().filter(|o| *o != id) {
            self.look(&other, result, false).await?;
        }
        if accepted
            && kind == Kind::Connect
            && result.divergences.len() == found
            && let Some(store) = before
        {
            result.exercised.push((plain(ids::A_09), None));
            if store.recredentialed {
                let rule = if store.store_type() == StoreType::CloudHsm { ids::H_06 } else { ids::X_18 };
                if connect_end(&self.context.model.environment, &store) != ConnectEnd::Unknown {
                    result.exercised.push((plain(rule), None));
                }
            }
        }
        Ok(())
    }

    /// Removes what the attempt created.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub async fn clean_up(&mut self) -> Result<StepResult, TransportError> {
        let mut all = StepResult::default();
        let stores = self.stores();
        if self.unseen && stores.len() > 1 {
            for id in &stores {
                self.look(id, &mut all, false).await?;
            }
        }
        self.unseen = false;
        self.leaving = true;
        let mine: Vec<(Symbol, String)> = self.binder.ids().map(|(s, id)| (s, id.to_owned())).collect();
        for (store, id) in mine.into_iter().rev() {
            for _ in 0..2 {
                if self.belief.account().store(&id).is_some_and(|s| s.state.passes()) {
                    let mut result = StepResult::default();
                    self.settle_state(&id, &mut result).await?;
                    all.divergences.append(&mut result.divergences);
                    all.exercised.append(&mut result.exercised);
                    all.readings.append(&mut result.readings);
                }
                let Some(state) = self.belief.account().store(&id).map(|s| s.state) else { break };
                if state != ConnectionState::Disconnected {
                    let result = self.run(&Op::Disconnect { store, wait: true }).await?;
                    all.divergences.extend(result.divergences);
                    all.exercised.extend(result.exercised);
                }
                let result = self.run(&Op::Delete { store }).await?;
                all.divergences.extend(result.divergences);
                all.exercised.extend(result.exercised);
                all.blocked = all.blocked.or(result.blocked);
            }
        }
        if !self.stores().is_empty() {
            self.context.retain_leases(self.leases.clone());
        }
        Ok(all)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Disconnect,
    Delete,
}
