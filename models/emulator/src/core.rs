//! What does not change while a service runs: revision, shapes, world, readings, planted defect.

use std::time::Duration;

use crate::defects::{Defect, PlantedDefect};
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
    pub(crate) planted: PlantedDefect,
}

impl Core {
    /// Whether the defect is planted.
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.planted.has(defect)
    }

    /// How long the store is CONNECTING and DISCONNECTING: its cluster's or proxy's row decides,
    /// then the world, then the reading.
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

    /// How long Describe shows old values after a change.
    pub(crate) fn lag(&self) -> Duration {
        self.readings.lag.max(Duration::from_millis(self.environment.emulator().lag_ms))
    }
}
