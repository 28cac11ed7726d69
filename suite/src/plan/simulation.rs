//! Simulation in the model: the results that the oracle expects of an operation before anything is sent.

use std::borrow::Cow;

use ucks_oracle::account::{Account, Backing, Believed, ConnectionState, Connectivity, Store};
use ucks_oracle::companions::{ConnectEnd, connect_end};
use ucks_oracle::environment::Environment;
use ucks_oracle::judge::Assessments;
use ucks_oracle::model::Model;
use ucks_oracle::wire::{LARGE, Request};

use crate::bind::{Binder, IllFormed, Leases};
use crate::names::Names;
use crate::op::{Op, Symbol, Update, WireMutation};

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
        let bound = self.binder.bind(&reduced(op), &self.account)?;
        Ok((self.model.assess(&self.account, &bound.request), bound.request))
    }

    /// Runs an operation: `false` where the contract leaves open what it does.
    ///
    /// # Errors
    /// [`IllFormed`] where it cannot be bound.
    pub fn run(&mut self, op: &Op) -> Result<bool, IllFormed> {
        match op {
            Op::Race { .. } => {
                for racer in op.racers() {
                    self.run(&racer)?;
                }
                return Ok(false);
            }
            Op::Find { .. } | Op::FindFormer { .. } | Op::DescribeAbsent | Op::List { .. } => return Ok(true),
            _ => {}
        }
        let bound = self.binder.bind(&reduced(op), &self.account)?;
        match op {
            Op::Create { store, .. } => {
                let id = format!("cks-0123456789abcdef{store}");
                if let Some(made) = bound.store {
                    let state = self.model.born(made.store_type());
                    let made = Store { id, state, ..made };
                    // As in a run: what Create does not give cannot be named as the store's first value.
                    self.binder.created(*store, &made);
                    self.account.put(settled(made, &self.model.environment));
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
            Op::Find { .. } | Op::FindFormer { .. } | Op::DescribeAbsent | Op::List { .. } | Op::Race { .. } => {
                Ok(true)
            }
            Op::Delete { store } => {
                if let Some(id) = self.known(*store) {
                    self.account.remove(&id);
                }
                Ok(true)
            }
        }
    }

    /// The situations that an update may lead to, from what [`Simulation::look`] returned for it: more than one where
    /// the contract leaves it open.
    pub fn after(&self, found: &Assessments, request: &Request) -> Vec<Simulation<'a>> {
        let applied = || {
            let accounts = self.model.applied(&self.account, request);
            accounts.into_iter().map(|account| Simulation { account, ..self.clone() })
        };
        let refused = std::iter::once_with(|| self.clone());
        if found.is_faultless() {
            applied().chain(refused).take(1).collect()
        } else if found.required().next().is_some() {
            refused.collect()
        } else {
            refused.chain(applied()).collect()
        }
    }

    fn known(&self, symbol: Symbol) -> Option<String> {
        self.binder.id(symbol).ok().map(str::to_owned)
    }
}

/// The operation with the smallest body that the rules judge alike: of a long one only the excess over [`LARGE`]
/// counts. Planning looks at each candidate many times, and one body of megabytes would take most of that time.
fn reduced(op: &Op) -> Cow<'_, Op> {
    let smaller = match op {
        Op::Update(Update { mutation: Some(WireMutation::Large(bytes)), .. }) => WireMutation::Large(least(*bytes)),
        Op::Update(Update { mutation: Some(WireMutation::Deep(depth)), .. }) => WireMutation::Deep(least(*depth)),
        _ => return Cow::Borrowed(op),
    };
    let mut op = op.clone();
    if let Op::Update(update) = &mut op {
        update.mutation = Some(smaller);
    }
    Cow::Owned(op)
}

fn least(size: u32) -> u32 {
    u32::try_from(LARGE).map_or(size, |large| size.min(large + 1))
}

/// A new store as Describe will have shown it: a VPC endpoint service whose owner was not given is the caller's.
fn settled(mut store: Store, environment: &Environment) -> Store {
    store.error = Believed::Is(None);
    store.created = Believed::Is(Some("0".to_owned()));
    if let Backing::Xks(x) = &mut store.backing
        && x.owner.known().is_none()
    {
        let has_service = x.connectivity == Connectivity::VpcEndpointService;
        x.owner = Believed::Is(environment.account.clone().filter(|_| has_service));
    }
    store
}

#[cfg(test)]
mod tests {
    use ucks_oracle::revision::Revision;

    use super::*;
    use crate::plan::Abilities;
    use crate::plan::candidates::candidates;
    use crate::plan::cases::assess;
    use crate::plan::setups::setups;

    #[test]
    fn rules_judge_a_reduced_body_as_the_whole_one() {
        let model = Model::new(Revision::LATEST);
        let mut reductions = 0;
        for setup in setups(Revision::LATEST, &Abilities::all()) {
            let Some(start) = assess(&model, &setup, 10) else { continue };
            for op in candidates(&setup, true) {
                if let Cow::Owned(smaller) = reduced(&op) {
                    reductions += usize::from(smaller != op);
                    let whole = start.binder.bind(&op, &start.account).unwrap().request;
                    let found = model.assess(&start.account, &whole);
                    let (of_smaller, _) = start.look(&op).unwrap();
                    assert_eq!(of_smaller.exercises(), found.exercises(), "{op:?}");
                }
            }
        }
        assert!(reductions >= 2, "{reductions}");
    }
}
