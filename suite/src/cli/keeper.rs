//! The ledger as the run's keeper.

use crate::ledger::Ledger;
use crate::run::bench::Keeper;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes created stores into a ledger on disk.
pub(crate) struct OnDisk {
    pub(crate) ledger: Arc<Ledger>,
    warned: AtomicBool,
}

impl OnDisk {
    pub(crate) fn new(ledger: Ledger) -> OnDisk {
        OnDisk { ledger: Arc::new(ledger), warned: AtomicBool::new(false) }
    }

    fn check(&self, done: Result<(), crate::ledger::LedgerError>) {
        if let Err(error) = done
            && !self.warned.swap(true, Ordering::Relaxed)
        {
            eprintln!("ucks: the ledger cannot be written, so `ucks clean` will not know this run's stores: {error}");
        }
    }
}

impl Keeper for OnDisk {
    fn intend(&self, name: &str) {
        self.check(self.ledger.intend(name));
    }

    fn created(&self, name: &str, id: &str) {
        self.check(self.ledger.created(name, id));
    }

    fn refused(&self, name: &str) {
        self.check(self.ledger.withdrawn(name));
    }

    fn deleted(&self, id: &str) {
        self.check(self.ledger.deleted(id));
    }
}
