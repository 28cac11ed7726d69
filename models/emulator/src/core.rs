//! The parts that do not change while a service runs: revision, shapes, environment, readings, behaviour.

use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::Behaviour;
use crate::edits::Quirk;
use crate::environment::Environment;
use crate::readings::Readings;
use crate::revision::Revision;
use crate::shapes::Shapes;
use crate::store::{External, Settings};

/// The fixed part of a service, shared by all operations.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) revision: Revision,
    pub(crate) shapes: &'static Shapes,
    pub(crate) environment: Environment,
    pub(crate) readings: Readings,
    /// The behaviour of Create and Connect, which no edit concerns.
    pub(crate) plain: Arc<Behaviour>,
    /// The behaviour of updates.
    pub(crate) behaviour: Arc<Behaviour>,
    /// True if the two differ.
    pub(crate) edited: bool,
}

impl Core {
    /// Returns true if updates have the quirk.
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.behaviour.quirk == Some(quirk)
    }

    /// Returns true if the operation leaves a gap between check and change.
    pub(crate) fn races(&self, operation: &str) -> bool {
        let of_updates = [Quirk::RacingNames, Quirk::RacingMembers, Quirk::RacingState, Quirk::RacingDeleted];
        match operation {
            "UpdateCustomKeyStore" => self.behaviour.quirk.is_some_and(|quirk| of_updates.contains(&quirk)),
            "CreateCustomKeyStore" => self.has(Quirk::RacingCreates),
            _ => false,
        }
    }

    /// Returns the times for CONNECTING and DISCONNECTING. The row of the store's cluster or proxy decides,
    /// then the environment, then the reading.
    pub(crate) fn delays(&self, settings: &Settings) -> (Duration, Duration) {
        let (connect, disconnect) = match settings {
            Settings::CloudHsm(store) => {
                let row = self.environment.cluster(&store.cluster);
                (row.and_then(|row| row.connect_ms), row.and_then(|row| row.disconnect_ms))
            }
            Settings::External(External { endpoint, path, .. }) => {
                let row = self.environment.proxy(endpoint, path);
                (row.and_then(|row| row.connect_ms), row.and_then(|row| row.disconnect_ms))
            }
        };
        let general = self.environment.emulator();
        let delay = |own: Option<u64>, general: u64| match own {
            Some(own) => Duration::from_millis(own),
            None if general > 0 => Duration::from_millis(general),
            None => self.readings.transition,
        };
        (delay(connect, general.connect_ms), delay(disconnect, general.disconnect_ms))
    }

    /// Returns the time for which Describe shows old values after a change.
    pub(crate) fn lag(&self) -> Duration {
        self.readings.lag.max(Duration::from_millis(self.environment.emulator().lag_ms))
    }
}
