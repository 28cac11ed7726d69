//! Foresight: what the oracle expects of an operation before anything is sent.

use crate::bind::{Binder, IllFormed, Leases};
use crate::names::Names;
use crate::op::{Op, Symbol};
use ucks_oracle::account::{Account, Backing, ConnectionState, Fact, Store};
use ucks_oracle::companions::{ConnectEnd, connect_end};
use ucks_oracle::judge::Assessments;
use ucks_oracle::model::Model;
use ucks_oracle::wire::Request;

/// A run of operations against a target that does what the model expects.
#[derive(Clone, Debug)]
pub struct Simulation<'a> {
    model: &'a Model,
    binder: Binder,
    account: Account,
}

impl<'a> Simulation<'a> {
    /// An empty account, with everything that `leases` offers.
    pub fn new(model: &'a Model, leases: Leases) -> Simulation<'a> {
        let binder = Binder::new(model.revision, model.environment.clone(), Names::new(0, 0, 0), leases);
        Simulation { model, binder, account: Account::default() }
    }

    /// The account as foreseen.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The store of a letter.
    pub fn store(&self, symbol: Symbol) -> Option<&Store> {
        self.account.store(self.binder.id(symbol).ok()?)
    }

    /// Returns the verdicts of the rules on an update now, without running it.
    ///
    /// # Errors
    /// [`IllFormed`] where it cannot be bound.
    pub fn look(&self, op: &Op) -> Result<(Assessments, Request), IllFormed> {
        let bound = self.binder.bind(op, &self.account)?;
        Ok((self.model.assess(&self.account, &bound.request), bound.request))
    }

    /// Runs an operation: `false` where the contract leaves open what it does.
    ///
    /// # Errors
    /// [`IllFormed`] where it cannot be bound.
    pub fn run(&mut self, op: &Op) -> Result<bool, IllFormed> {
        match op {
            Op::Race { updates } => {
                for update in updates {
                    self.run(&Op::Update(update.clone()))?;
                }
                return Ok(false);
            }
            Op::Find { .. } | Op::DescribeAbsent | Op::List { .. } => return Ok(true),
            _ => {}
        }
        let bound = self.binder.bind(op, &self.account)?;
        match op {
            Op::Create { store, .. } => {
                let id = format!("cks-0123456789abcdef{store}");
                if let Some(made) = bound.store {
                    let state = self.model.born(made.store_type());
                    let made = settled(Store { id, state, ..made });
                    self.binder.created(*store, &made);
                    self.account.put(made);
                }
                Ok(true)
            }
            Op::Update(_) | Op::Repeat { .. } => {
                let found = self.model.assess(&self.account, &bound.request);
                if found.is_faultless() {
                    let mut worlds = self.model.applied(&self.account, &bound.request);
                    if !worlds.is_empty() {
                        self.account = worlds.swap_remove(0);
                    }
                    return Ok(true);
                }
                Ok(found.required().next().is_some())
            }
            Op::Connect { store, wait } => {
                let Some(id) = self.known(*store) else { return Ok(true) };
                let end = self.account.store(&id).map(|s| connect_end(&self.model.environment, s));
                let state = match end {
                    _ if !wait => ConnectionState::Connecting,
                    Some(ConnectEnd::Failed) => ConnectionState::Failed,
                    _ => ConnectionState::Connected,
                };
                self.account.with(&id, |s| s.state = state);
                Ok(true)
            }
            Op::Disconnect { store, wait } => {
                let Some(id) = self.known(*store) else { return Ok(true) };
                let state = if *wait { ConnectionState::Disconnected } else { ConnectionState::Disconnecting };
                self.account.with(&id, |s| s.state = state);
                Ok(true)
            }
            Op::Find { .. } | Op::DescribeAbsent | Op::List { .. } | Op::Race { .. } => Ok(true),
            Op::Delete { store } => {
                if let Some(id) = self.known(*store) {
                    self.account.remove(&id);
                }
                Ok(true)
            }
        }
    }

    /// The situations that an operation may lead to: more than one where the contract leaves it open.
    pub fn after(&self, op: &Op) -> Vec<Simulation<'a>> {
        let mut next = self.clone();
        match next.run(op) {
            Ok(true) => vec![next],
            Ok(false) => {
                let request = self.binder.bind(op, &self.account).map(|b| b.request);
                let applied = request.map(|r| self.model.applied(&self.account, &r)).unwrap_or_default();
                let then = applied.into_iter().map(|account| Simulation { account, ..self.clone() });
                std::iter::once(self.clone()).chain(then).collect()
            }
            Err(_) => Vec::new(),
        }
    }

    fn known(&self, symbol: Symbol) -> Option<String> {
        self.binder.id(symbol).ok().map(str::to_owned)
    }
}

/// A new store as Describe will have shown it.
fn settled(mut store: Store) -> Store {
    store.error = Fact::Is(None);
    store.created = Fact::Is(Some("0".to_owned()));
    if let Backing::Xks(x) = &mut store.backing
        && x.owner.known().is_none()
    {
        x.owner = Fact::Is(None);
    }
    store
}
