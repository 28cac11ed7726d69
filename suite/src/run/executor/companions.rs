//! The other operations: Create, Connect, Disconnect and Delete, and cleaning up with them.

use std::time::Duration;

use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::{Outcome, created_id, page};
use ucks_oracle::code::Code;
use ucks_oracle::companions::{Companion, ConnectEnd, connect_end};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{DESCRIBE, Executor, PAGE, StepResult, plain};
use crate::bind::Bound;
use crate::op::{Op, Symbol};
use crate::target::TransportError;
use crate::wording;

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
        let in_use = self.belief.account().stores().any(|s| s.name == store.name);
        self.context.tracker.intend(&name);
        let (outcome, id) = self.create_once(&name, in_use, &bound.request, result).await?;
        match &id {
            Some(id) => self.context.tracker.created(&name, id),
            None if outcome != Outcome::Success => self.context.tracker.refused(&name),
            None => {}
        }
        let operation = Companion::Create(Box::new(store.clone()));
        let rule = if in_use { ids::O_09 } else { ids::O_01 };
        let before = (!self.is_decided(&(plain(rule), None))).then(|| self.belief.clone());
        let divergence = self.context.model.companion(&mut self.belief, &operation, &outcome, id.as_deref());
        result.divergences.extend(divergence);
        let decides = || before.is_some_and(|before| self.opposite_diverges(before, &operation, &outcome));
        if in_use || id.is_some() {
            self.touch(result, (plain(rule), None), decides);
        }
        let Some(id) = id else {
            if in_use {
                return Ok(());
            }
            result.blocked = Some(format!("CreateCustomKeyStore of {kind} answers {}", wording::outcome(&outcome)));
            result.lacking = matches!(outcome, Outcome::NotImplemented { .. });
            return Ok(());
        };
        self.binder.created(symbol, &ucks_oracle::account::Store { id: id.clone(), ..store });
        if self.look(&id, result, true).await? {
            // A service that shows another name, another store, or no page, is seen at once.
            for rule in [ids::O_02, ids::O_06, ids::O_10] {
                self.touch(result, (plain(rule), None), || self.shows_name(&id));
            }
        }
        self.created.extend(self.belief.account().store(&id).map(|store| (id.clone(), store.clone())));
        if self.belief.account().store(&id).is_some_and(|s| s.state.passes()) {
            // Some services connect a store without being asked.
            self.settle_state(&id, result).await?;
        }
        Ok(())
    }

    /// Sends a Create until it is answered. One whose answer was lost may have made the store: it is looked up by its
    /// name, which no other store has, before the Create is sent again. `in_use` means that another one has it after
    /// all.
    async fn create_once(
        &mut self,
        name: &str,
        in_use: bool,
        request: &Request,
        result: &mut StepResult,
    ) -> Result<(Outcome, Option<String>), TransportError> {
        for attempt in 1.. {
            match self.send(request).await {
                Ok(answer) => {
                    let outcome = Outcome::read(&answer);
                    self.leaks(request, &answer, &outcome, result);
                    if !is_passing(&outcome) || attempt >= ATTEMPTS {
                        let id = created_id(&answer).filter(|_| outcome == Outcome::Success);
                        return Ok((outcome, id));
                    }
                    self.context.repeated("KMSInternalException");
                }
                Err(
                    lost @ (TransportError::KeepAlive(_) | TransportError::Broken(_) | TransportError::TimedOut(_)),
                ) => {
                    if !in_use && let Some(id) = self.named_so(name).await? {
                        return Ok((Outcome::Success, Some(id)));
                    }
                    if attempt >= ATTEMPTS || matches!(lost, TransportError::TimedOut(_)) {
                        return Err(lost);
                    }
                    self.context.repeated("the connection was closed");
                    continue;
                }
                Err(lost) => return Err(lost),
            }
            if !in_use && let Some(id) = self.named_so(name).await? {
                return Ok((Outcome::Success, Some(id)));
            }
            self.context.target.pause(Duration::from_millis(25 << attempt)).await;
        }
        Err(TransportError::TimedOut(0))
    }

    /// The id of the store of that name, as Describe shows it within the time that it was ever late.
    pub(super) async fn named_so(&mut self, name: &str) -> Result<Option<String>, TransportError> {
        let deadline = self.context.now().saturating_add(self.context.hurried_settle());
        loop {
            let body = serde_json::json!({ "CustomKeyStoreName": name });
            let answer = self.send(&Request::operation(DESCRIBE, body.to_string().into_bytes())).await?;
            let stores = page(&answer, PAGE).map(|p| p.stores).unwrap_or_default();
            if let Some(store) = stores.into_iter().find(|s| s.name.as_deref() == Some(name)) {
                return Ok(Some(store.id));
            }
            if self.context.now() >= deadline {
                return Ok(None);
            }
            self.context.target.pause(Duration::from_millis(5)).await;
        }
    }

    /// Sends a Connect, Disconnect or Delete until it is answered, or Describe shows that it was served although the
    /// answer was lost.
    async fn companion_once(
        &mut self,
        kind: CompanionKind,
        id: &str,
        before: Option<ConnectionState>,
        request: &Request,
        result: &mut StepResult,
    ) -> Result<Outcome, TransportError> {
        for attempt in 1..=ATTEMPTS {
            match self.send(request).await {
                Ok(answer) => {
                    let outcome = Outcome::read(&answer);
                    self.leaks(request, &answer, &outcome, result);
                    if !is_passing(&outcome) || attempt == ATTEMPTS {
                        return Ok(outcome);
                    }
                    self.context.repeated("KMSInternalException");
                }
                Err(lost) if lost.is_interruption() && attempt < ATTEMPTS => {
                    self.context.repeated("the connection was closed");
                }
                Err(lost) => return Err(lost),
            }
            if self.was_served(kind, id, before).await? {
                return Ok(Outcome::Success);
            }
            self.context.target.pause(Duration::from_millis(25 << attempt)).await;
        }
        Err(TransportError::TimedOut(0))
    }

    /// Returns true if Describe shows, within the time that it was ever late, what the operation leads to.
    async fn was_served(
        &mut self,
        kind: CompanionKind,
        id: &str,
        before: Option<ConnectionState>,
    ) -> Result<bool, TransportError> {
        use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting, Failed};
        if !self.context.effect_checks_enabled() {
            return Ok(false);
        }
        let deadline = self.context.now().saturating_add(self.context.hurried_settle());
        loop {
            let answer = self.send(&super::describe(id)).await?;
            let gone = Outcome::read(&answer).code() == Some(Code::CustomKeyStoreNotFoundException);
            let shown = page(&answer, PAGE).ok().and_then(|p| p.stores.into_iter().find(|s| s.id == id));
            let state = shown.and_then(|s| s.state).and_then(|s| ConnectionState::from_name(&s));
            let served = match (kind, before, state) {
                (CompanionKind::Delete, ..) => gone,
                (CompanionKind::Connect, Some(Disconnected), Some(now)) => {
                    matches!(now, Connecting | Connected | Failed)
                }
                (CompanionKind::Disconnect, Some(Connected | Failed | Connecting), Some(now)) => {
                    matches!(now, Disconnecting | Disconnected)
                }
                _ => return Ok(false),
            };
            if served || self.context.now() >= deadline {
                return Ok(served);
            }
            self.context.target.pause(Duration::from_millis(5)).await;
        }
    }

    pub(super) async fn companion(
        &mut self,
        symbol: Symbol,
        kind: CompanionKind,
        wait: bool,
        bound: &Bound,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let id = self.binder.id(symbol).unwrap_or_default().to_owned();
        let operation = match kind {
            CompanionKind::Connect => Companion::Connect(&id),
            CompanionKind::Disconnect => Companion::Disconnect(&id),
            CompanionKind::Delete => Companion::Delete(&id),
        };
        let before = self.belief.account().store(&id).cloned();
        let expected = before.as_ref().and_then(|s| operation.accepted(&self.context.model.environment, s));
        let outcome = self.companion_once(kind, &id, before.as_ref().map(|s| s.state), &bound.request, result).await?;
        let side = (plain(operation.rule()), before.as_ref().map(|s| (s.store_type(), s.state)));
        let belief = (!self.is_decided(&side)).then(|| self.belief.clone());
        let divergence = self.context.model.companion(&mut self.belief, &operation, &outcome, None);
        let accepted = outcome == Outcome::Success;
        if accepted && kind == CompanionKind::Delete {
            self.context.tracker.deleted(&id);
        }
        if !accepted && expected == Some(true) {
            result.blocked = Some(format!("{} answers {}", operation.name(), wording::outcome(&outcome)));
        }
        if divergence.is_none() {
            let decides = || belief.is_some_and(|belief| self.opposite_diverges(belief, &operation, &outcome));
            self.touch(result, side, decides);
        }
        result.divergences.extend(divergence);
        let found = result.divergences.len();
        if self.leaving && accepted && kind == CompanionKind::Delete {
            // Its absence is checked where Delete is an operation of the sequence.
            return Ok(());
        }
        if accepted && kind != CompanionKind::Delete && wait {
            self.settle_state(&id, result).await?;
        } else {
            self.look(&id, result, true).await?;
        }
        for other in self.stores().into_iter().filter(|o| *o != id) {
            self.look(&other, result, false).await?;
        }
        if accepted
            && kind == CompanionKind::Connect
            && result.divergences.len() == found
            && let Some(store) = before
        {
            self.touch(result, (plain(ids::A_09), None), || self.was_changed(&store));
            if store.recredentialed {
                let rule = if store.store_type() == StoreType::CloudHsm { ids::H_06 } else { ids::X_18 };
                if connect_end(&self.context.model.environment, &store) != ConnectEnd::Unknown {
                    self.touch(result, (plain(rule), None), || wait && self.connects_otherwise(&store));
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
        let cleaned = self.remove_all().await;
        if matches!(cleaned, Err(TransportError::Encoded { .. })) {
            self.remove_unseen().await;
        }
        cleaned
    }

    /// Removes what the attempt created without a look at it, where no answer can be read: their status is enough.
    async fn remove_unseen(&mut self) {
        let ids: Vec<String> = self.binder.ids().map(|(_, id)| id.to_owned()).collect();
        let mut left = ids.len();
        for id in ids.iter().rev() {
            for _ in 0..UNSEEN {
                let mut removed = false;
                for operation in ["DisconnectCustomKeyStore", "DeleteCustomKeyStore"] {
                    let body = serde_json::json!({ Member::CustomKeyStoreId.name(): id });
                    let request = Request::operation(operation, body.to_string().into_bytes());
                    removed = match self.send(&request).await {
                        Ok(answer) => (200..300).contains(&answer.status),
                        Err(TransportError::Encoded { status, .. }) => (200..300).contains(&status),
                        Err(_) => false,
                    };
                }
                if removed {
                    self.context.tracker.deleted(id);
                    left -= 1;
                    break;
                }
                self.context.target.pause(Duration::from_millis(100)).await;
            }
        }
        if left > 0 {
            self.context.retain_leases(self.leases.clone());
        }
    }

    async fn remove_all(&mut self) -> Result<StepResult, TransportError> {
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
            for attempt in 0..2 {
                if self.belief.account().store(&id).is_some_and(|s| s.state.passes()) {
                    let mut result = StepResult::default();
                    self.settle_state(&id, &mut result).await?;
                    all.divergences.append(&mut result.divergences);
                    all.exercised.append(&mut result.exercised);
                    all.decided.append(&mut result.decided);
                    all.readings.append(&mut result.readings);
                }
                let Some(state) = self.belief.account().store(&id).map(|s| s.state) else { break };
                if state != ConnectionState::Disconnected {
                    let result = self.run(&Op::Disconnect { store, wait: true }).await?;
                    all.divergences.extend(result.divergences);
                    all.exercised.extend(result.exercised);
                    all.decided.extend(result.decided);
                } else if attempt > 0 {
                    // Delete was refused: where Describe shows no state, or a wrong one, the store may be connected.
                    self.run(&Op::Disconnect { store, wait: true }).await?;
                }
                let result = self.run(&Op::Delete { store }).await?;
                all.divergences.extend(result.divergences);
                all.exercised.extend(result.exercised);
                all.decided.extend(result.decided);
                all.blocked = all.blocked.or(result.blocked);
            }
        }
        if !self.stores().is_empty() {
            self.context.retain_leases(self.leases.clone());
        }
        Ok(all)
    }
}

/// Attempts at a companion operation whose answer is lost, or is a passing KMSInternalException (W-17).
const ATTEMPTS: u32 = 5;
/// Attempts at removing a store unseen.
const UNSEEN: usize = 5;

/// Returns true if the answer is a KMSInternalException, after which a request can be sent again.
fn is_passing(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::ServerFault { internal: true, .. })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CompanionKind {
    Connect,
    Disconnect,
    Delete,
}
