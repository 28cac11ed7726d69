//! ConnectCustomKeyStore, DisconnectCustomKeyStore and DeleteCustomKeyStore.
//!
//! ```text
//!                 Connect                     it works
//! DISCONNECTED ------------> CONNECTING ------------------> CONNECTED
//!      ^                          | it does not                 |
//!      |                          v                             |
//!      +--- DISCONNECTING <--- FAILED      DISCONNECTING <------+   Disconnect
//! ```
//!
//! Whether a connection works is decided when Connect is asked for, or, in another reading, when it ends.

use std::time::Instant;

use crate::account::{Account, StoreIndex};
use crate::core::Core;
use crate::defects::Defect;
use crate::environment::{ClusterRole, Phase};
use crate::errors::{ApiError, Code};
use crate::shapes::Members;
use crate::store::{Connectivity, Settings, State, Store};

impl Core {
    /// Starts the connection.
    pub(crate) fn connect(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        match store.state() {
            State::Disconnected => {}
            State::Connected | State::Connecting if !self.readings.connect_again_refused => {
                return Ok(());
            }
            state => return Err(ApiError::state(&store.id, state.name())),
        }
        self.check_connectable(&store.settings)?;
        self.restore_at(account, place, now, &[Defect::UpdateLostAtConnect, Defect::NameLostAtConnect]);
        let Some(store) = account.store(place, now) else {
            return Ok(());
        };
        let settings = self.settings_connected(store);
        let (delay, _) = self.delays(&settings);
        let (to, error) = self.connected_with(&settings);
        store.start(State::Connecting, to, error, now, delay);
        Ok(())
    }

    /// The state in which a Connect with these settings ends, and why it fails.
    fn connected_with(&self, settings: &Settings) -> (State, Option<&'static str>) {
        let error = match settings {
            Settings::CloudHsm(settings) => self.connect_cluster(settings),
            Settings::External(settings) => {
                let service = match settings.connectivity {
                    Connectivity::Public => None,
                    Connectivity::Vpc => self.connect_service(settings),
                };
                service.or_else(|| self.connect_proxy(settings))
            }
        };
        (if error.is_some() { State::Failed } else { State::Connected }, error)
    }

    /// A Connect under way goes on with the values of an update that overtook it, where the reading says so (R-04).
    pub(crate) fn overtake(&self, store: &mut Store) {
        if store.state() == State::Connecting && self.readings.connect_decides_late {
            let (to, error) = self.connected_with(&self.settings_connected(store));
            store.redirect(to, error);
        }
    }

    /// Connect itself refuses a cluster that cannot be connected to.
    fn check_connectable(&self, settings: &Settings) -> Result<(), ApiError> {
        let Settings::CloudHsm(store) = settings else {
            return Ok(());
        };
        match self.cluster(&store.cluster, Phase::AfterCreate) {
            Some(row) if row.role(Phase::AfterCreate) == ClusterRole::Inactive => {
                Err(ApiError::new(Code::CloudHsmClusterNotActive, "The cluster is not active."))
            }
            _ => Ok(()),
        }
    }

    /// The settings that the connection is made with; the defects use those before the update.
    fn settings_connected(&self, store: &Store) -> Settings {
        let mut settings = store.settings.clone();
        match (&mut settings, store.before.as_deref()) {
            (Settings::CloudHsm(now), Some((_, Settings::CloudHsm(old))))
                if self.has(Defect::ConnectUsesOldPassword) =>
            {
                now.password.clone_from(&old.password);
            }
            (Settings::External(now), Some((_, Settings::External(old)))) => {
                if self.has(Defect::ConnectUsesOldSecret) {
                    now.secret.clone_from(&old.secret);
                }
                if self.has(Defect::ConnectUsesOldEndpoint) {
                    now.endpoint.clone_from(&old.endpoint);
                }
                if self.has(Defect::ConnectUsesOldPath) {
                    now.path.clone_from(&old.path);
                }
            }
            _ => {}
        }
        settings
    }

    /// Ends the connection.
    pub(crate) fn disconnect(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        match store.state() {
            state @ (State::Disconnected | State::Disconnecting) => {
                return Err(ApiError::state(&store.id, state.name()));
            }
            State::Connected | State::Connecting | State::Failed => {}
        }
        let (_, delay) = self.delays(&store.settings);
        store.start(State::Disconnecting, State::Disconnected, None, now, delay);
        self.restore_at(account, place, now, &[Defect::UpdateLostAtDisconnect]);
        Ok(())
    }

    /// Deletes the store.
    pub(crate) fn delete(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        if store.state() != State::Disconnected {
            return Err(ApiError::state(&store.id, store.state().name()));
        }
        account.remove(place);
        Ok(())
    }

    /// What an update changed survives connecting and disconnecting (A-09); the defects bring
    /// the values before the update back.
    fn restore_at(&self, account: &mut Account, place: StoreIndex, now: Instant, defects: &[Defect]) {
        let Some(defect) = defects.iter().find(|defect| self.has(**defect)) else {
            return;
        };
        let Some(store) = account.store(place, now) else {
            return;
        };
        let Some((name, settings)) = store.before.take().map(|face| *face) else {
            return;
        };
        let settings = if *defect == Defect::NameLostAtConnect { store.settings.clone() } else { settings };
        account.replace(place, (name, settings), now, None);
        if let Some(store) = account.store(place, now) {
            store.before = None;
        }
    }
}

fn find<'a>(
    account: &'a mut Account,
    members: &Members,
    now: Instant,
) -> Result<(StoreIndex, &'a mut Store), ApiError> {
    let place = members.text("CustomKeyStoreId").and_then(|id| account.place(id)).ok_or_else(ApiError::no_store)?;
    let store = account.store(place, now).ok_or_else(ApiError::no_store)?;
    Ok((place, store))
}
