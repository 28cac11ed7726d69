//! One run at a time against a target that several processes share.
//!
//! nextest starts a process for each test. Each run has names of its own, but the room for stores is the
//! account's, and a run that sees another's stores come and go would blame the target.

use std::fs::File;

use ucks_oracle::fixed_hash::fnv1a;

/// Held while a run goes on; the system lets go of it when the process ends, however it ends.
pub(super) struct TargetLock(#[allow(dead_code, reason = "held, not read")] Option<File>);

impl TargetLock {
    /// Waits until no other process of this machine runs against the target.
    pub(super) fn wait(url: &str) -> TargetLock {
        let path = std::env::temp_dir().join(format!("ucks-{:016x}.lock", fnv1a(url.bytes())));
        let locked = File::options().create(true).append(true).open(&path).and_then(|f| f.lock().map(|()| f));
        if let Err(error) = &locked {
            eprintln!("ucks: runs of other processes against {url} are not waited for: `{}`: {error}", path.display());
        }
        TargetLock(locked.ok())
    }
}
