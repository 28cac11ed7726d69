//! UpdateCustomKeyStore: find the store, merge the request into it, check the result layer by
//! layer, then change the store in one step.

mod address;
mod change;
mod effects;
mod gates;
mod kind;
mod switch;

use std::time::Instant;

use crate::account::{Account, StoreIndex};
use crate::core::Core;
use crate::defects::Defect;
use crate::errors::{ApiError, Code};
use crate::readings::Layer;
use crate::shapes::Members;
use crate::store::{Attributes, Settings, State, Store};

pub(crate) use change::Change;

/// An update whose store is found and whose members are merged.
pub(crate) struct Update<'a> {
    core: &'a Core,
    place: StoreIndex,
    /// The store as it is.
    store: Store,
    state: State,
    change: Change,
    /// Name and settings as they are to be (T: rules judge the merged values).
    next: Attributes,
}

impl Core {
    /// Serves the operation for members that keep their constraints.
    pub(crate) fn update(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        if let Some(update) = self.prepare(account, members, now)? {
            update.apply(account, now);
        }
        Ok(())
    }

    /// Everything but the change itself: an update that may be applied, or nothing where a defect
    /// takes a refusal for success.
    pub(crate) fn prepare(
        &self,
        account: &mut Account,
        members: &Members,
        now: Instant,
    ) -> Result<Option<Update<'_>>, ApiError> {
        let Some(place) = self.find_for_update(account, members) else {
            return self.no_such_store();
        };
        let Some(store) = account.store(place, now) else {
            // Deleted, and its identifier with it (E-03).
            return if self.has(Defect::DeletedIdStays) { Ok(None) } else { self.no_such_store() };
        };
        let store = store.clone();
        let change = Change::read(members);
        let mut next = change.merge(self, &store);
        let mut state = self.state_seen(&store);
        if self.has(Defect::NullMergedTwice) {
            next = change.merge(self, &store);
        }
        if self.has(Defect::NullStateReadTwice) {
            state = self.state_seen(&store);
        }
        let update = Update { core: self, place, store, state, change, next };
        match update.check(account) {
            Ok(()) => Ok(Some(update)),
            Err(fault) => {
                update.apply_refused(account, now);
                if self.has(Defect::RefusalsAnswerSuccess) { Ok(None) } else { Err(fault) }
            }
        }
    }

    fn find_for_update(&self, account: &Account, members: &Members) -> Option<StoreIndex> {
        let id = members.text("CustomKeyStoreId")?;
        account.place(id).or_else(|| self.loosely(account, id))
    }

    /// Identifiers match exactly (E-02); the defects match them in other ways.
    fn loosely(&self, account: &Account, id: &str) -> Option<StoreIndex> {
        if self.has(Defect::IdTrimmed) {
            return account.place(id.trim());
        }
        if self.has(Defect::IdIsNameToo) {
            return account.named(id);
        }
        if self.has(Defect::IdWithoutCase) {
            return account.place_by(|known| known.eq_ignore_ascii_case(id));
        }
        if self.has(Defect::IdByPrefix) {
            return account.place_by(|known| known.starts_with(id));
        }
        if self.has(Defect::IdByLongerText) {
            return account.place_by(|known| id.starts_with(known));
        }
        if self.has(Defect::UnknownIdIsLatest) {
            return account.newest_first().next();
        }
        None
    }

    fn no_such_store<T>(&self) -> Result<Option<T>, ApiError> {
        if self.has(Defect::UnknownIdSucceeds) {
            return Ok(None);
        }
        if self.has(Defect::UnknownIdIsValidation) {
            return Err(ApiError::validation("The identifier is not that of a custom key store."));
        }
        if self.has(Defect::UnknownIdIsInvalidState) {
            return Err(ApiError::new(Code::CustomKeyStoreInvalidState, "The custom key store is not ready."));
        }
        Err(ApiError::no_store())
    }

    /// The state that decides; defects take one for another.
    fn state_seen(&self, store: &Store) -> State {
        match store.state() {
            State::Failed if self.has(Defect::FailedTakenForDisconnected) => State::Disconnected,
            State::Connecting if self.has(Defect::ConnectingTakenForDisconnected) => State::Disconnected,
            State::Disconnecting if self.has(Defect::DisconnectingTakenForDisconnected) => State::Disconnected,
            State::Connecting if self.has(Defect::ConnectingTakenForConnected) => State::Connected,
            state => state,
        }
    }
}

impl Update<'_> {
    /// Merges anew into the store as it is by now.
    pub(crate) fn renew(&mut self, account: &mut Account, now: Instant) {
        if let Some(store) = account.store(self.place, now) {
            self.store = store.clone();
            self.next = self.change.merge(self.core, &self.store);
        }
    }

    fn has(&self, defect: Defect) -> bool {
        self.core.has(defect)
    }

    fn check(&self, account: &mut Account) -> Result<(), ApiError> {
        let order = if self.has(Defect::NameInUseBeforeKind) {
            [Layer::Name, Layer::Kind, Layer::Switch, Layer::State, Layer::Address, Layer::Environment]
        } else if self.has(Defect::StateBeforeKind) {
            [Layer::State, Layer::Kind, Layer::Switch, Layer::Name, Layer::Address, Layer::Environment]
        } else if self.has(Defect::EnvironmentBeforeState) {
            [Layer::Kind, Layer::Switch, Layer::Environment, Layer::State, Layer::Name, Layer::Address]
        } else if self.has(Defect::EnvironmentBeforeUniqueness) {
            [Layer::Kind, Layer::Switch, Layer::State, Layer::Environment, Layer::Name, Layer::Address]
        } else if self.has(Defect::OrderChanges) && fastrand::bool() {
            [Layer::Environment, Layer::Address, Layer::Name, Layer::State, Layer::Switch, Layer::Kind]
        } else {
            self.core.readings.order
        };
        for layer in order {
            match layer {
                Layer::Kind => self.check_kind()?,
                Layer::Switch => self.check_switch()?,
                Layer::State => self.check_state(account)?,
                Layer::Name => self.check_name(account)?,
                Layer::Address => self.check_address(account)?,
                Layer::Environment => self.check_environment()?,
            }
        }
        Ok(())
    }

    fn check_environment(&self) -> Result<(), ApiError> {
        match (&self.next.1, &self.store.settings) {
            (Settings::CloudHsm(next), Settings::CloudHsm(now)) => {
                if self.has(Defect::ClusterCheckedOnlyWithPassword) && self.change.password.is_none() {
                    return Ok(());
                }
                match &self.change.cluster {
                    Some(_) if self.has(Defect::OldClusterChecked) => {
                        self.core.check_cluster(&now.cluster, Some(&next.family))
                    }
                    Some(_) if self.has(Defect::PresentClusterCheckedToo) => {
                        self.core.check_cluster(&now.cluster, Some(&next.family))?;
                        self.core.check_cluster(&next.cluster, Some(&next.family))
                    }
                    Some(cluster) => self.core.check_cluster(cluster, Some(&next.family)),
                    None if self.core.readings.present_cluster_checked && !self.change.given().is_empty() => {
                        self.core.check_cluster(&now.cluster, Some(&next.family))
                    }
                    None => Ok(()),
                }
            }
            (Settings::External(next), Settings::External(now)) => {
                self.check_service(next, now)?;
                self.check_proxy(next, now)
            }
            _ => Ok(()),
        }
    }
}
