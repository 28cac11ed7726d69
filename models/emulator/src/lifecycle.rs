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
//! The reading decides when the outcome of a connection is settled: at the request for Connect, or at its end.

use std::time::Instant;

use crate::account::{Account, StoreIndex};
use crate::behaviour::effects::Event;
use crate::behaviour::facts::ValueSource;
use crate::core::Core;
use crate::environment::{ClusterRole, Phase};
use crate::errors::{ApiError, Code};
use crate::shapes::Members;
use crate::store::{ConnectionState, Connectivity, Settings, Store};

impl Core {
    /// Starts the connection.
    pub(crate) fn connect(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        match store.state() {
            ConnectionState::Disconnected => {}
            ConnectionState::Connected | ConnectionState::Connecting if !self.readings.connect_again_refused => {
                return Ok(());
            }
            state => return Err(ApiError::state(&store.id, state.name())),
        }
        self.check_connectable(&store.settings)?;
        self.undo_at(Event::Connected, account, place, now);
        let Some(store) = account.store(place, now) else {
            return Ok(());
        };
        let settings = self.settings_connected(store);
        let (delay, _) = self.delays(&settings);
        let (to, error) = self.connected_with(&settings);
        store.start(ConnectionState::Connecting, to, error, now, delay);
        Ok(())
    }

    /// The state in which a Connect with these settings ends, and why it fails.
    fn connected_with(&self, settings: &Settings) -> (ConnectionState, Option<&'static str>) {
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
        (if error.is_some() { ConnectionState::Failed } else { ConnectionState::Connected }, error)
    }

    /// Lets a running Connect use the values of an update that overtook it, if the reading chooses that (R-04).
    pub(crate) fn overtake(&self, store: &mut Store) {
        if store.state() == ConnectionState::Connecting && self.readings.connect_decides_late {
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

    /// The settings that the connection is made with; edits take some from before the update.
    fn settings_connected(&self, store: &Store) -> Settings {
        let Some(before) = store.before.as_deref().filter(|_| self.edited) else {
            return store.settings.clone();
        };
        let mut face = (store.name.clone(), store.settings.clone());
        for (fact, source) in &self.behaviour.effects.connect {
            if *source == ValueSource::Previous {
                fact.copy(before, &mut face);
            }
        }
        face.1
    }

    /// Ends the connection.
    pub(crate) fn disconnect(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        match store.state() {
            state @ (ConnectionState::Disconnected | ConnectionState::Disconnecting) => {
                return Err(ApiError::state(&store.id, state.name()));
            }
            ConnectionState::Connected | ConnectionState::Connecting | ConnectionState::Failed => {}
        }
        let (_, delay) = self.delays(&store.settings);
        store.start(ConnectionState::Disconnecting, ConnectionState::Disconnected, None, now, delay);
        self.undo_at(Event::Disconnected, account, place, now);
        Ok(())
    }

    /// Deletes the store.
    pub(crate) fn delete(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        let (place, store) = find(account, members, now)?;
        if store.state() != ConnectionState::Disconnected {
            return Err(ApiError::state(&store.id, store.state().name()));
        }
        account.remove(place);
        Ok(())
    }

    /// The effects of an update survive connecting and disconnecting (A-09); edits bring values
    /// from before the update back.
    fn undo_at(&self, event: Event, account: &mut Account, place: StoreIndex, now: Instant) {
        let undone: Vec<_> =
            self.behaviour.effects.ripples.iter().filter(|(at, _)| *at == event).map(|(_, fact)| *fact).collect();
        let Some(store) = account.store(place, now).filter(|_| !undone.is_empty()) else { return };
        let Some(before) = store.before.take() else { return };
        let mut face = (store.name.clone(), store.settings.clone());
        undone.iter().for_each(|fact| fact.copy(&before, &mut face));
        account.replace(place, face, now, None);
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
