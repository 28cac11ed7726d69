//! Clean-up for the commands that create stores: the ledger, and signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::console::errln;
use super::target::ReadyTarget;
use crate::ledger::Ledger;
use crate::run::context::{NoTracking, StoreTracker};

/// Removes the stores that a command created, when it ends.
pub(crate) struct CleanupGuard {
    /// Remembers created stores.
    pub(crate) tracker: Arc<dyn StoreTracker>,
    /// Set by the first signal: the command ends early, and cleans up.
    pub(crate) stop: Arc<AtomicBool>,
    ledger: Option<Arc<Ledger>>,
}

impl CleanupGuard {
    /// Begins a stay, on the runtime of the command.
    pub(crate) fn at(ready: &ReadyTarget) -> CleanupGuard {
        let ledger = (!ready.embedded).then(|| Arc::new(Ledger::create(Ledger::default_path(), &ready.url)));
        let tracker: Arc<dyn StoreTracker> = match &ledger {
            Some(ledger) => Arc::new(OnDisk { ledger: ledger.clone(), warned: AtomicBool::new(false) }),
            None => Arc::new(NoTracking),
        };
        let stop = Arc::new(AtomicBool::new(false));
        let asked = stop.clone();
        tokio::spawn(async move {
            let Ok(mut signals) = Signals::listen() else { return };
            signals.next().await;
            errln!("ucks: stopping; what was created is removed first; a second signal ends ucks at once");
            asked.store(true, Ordering::Relaxed);
            signals.next().await;
            errln!("ucks: ended; `ucks clean` removes what is left");
            std::process::exit(i32::from(super::COULD_NOT_TEST));
        });
        CleanupGuard { tracker, stop, ledger }
    }

    /// Ends it, and prints which stores are left and how to remove them.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        let path = ledger.path().map(|p| p.display().to_string()).unwrap_or_default();
        let left = ledger.finish()?;
        if !left.is_empty() {
            let stores = crate::report::counted(left.len() as u64, "store");
            errln!("ucks: {stores} could not be removed; try `ucks clean {path}`");
        }
        Ok(())
    }
}

/// The signals that ask a command to end: Ctrl-C, and SIGTERM, which CI systems, containers and `timeout` send.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Writes created stores into a ledger on disk.
struct OnDisk {
    ledger: Arc<Ledger>,
    warned: AtomicBool,
}

impl OnDisk {
    fn check(&self, done: Result<(), crate::ledger::LedgerError>) {
        if let Err(error) = done
            && !self.warned.swap(true, Ordering::Relaxed)
        {
            errln!("ucks: the ledger cannot be written, so `ucks clean` will not know this run's stores: {error}");
        }
    }
}

impl StoreTracker for OnDisk {
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
