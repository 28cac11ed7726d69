//! Idle connections to a target, kept for the requests that follow.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;

/// Most idle connections that are kept.
const KEPT: usize = 64;
/// No connection is kept longer than this without a request: common servers close theirs after five seconds or more.
const LONGEST: Duration = Duration::from_millis(1500);
/// To keep a connection for less than this is of no use.
const SHORTEST: Duration = Duration::from_millis(5);
/// A target that closes this number of connections at once, without notice, does not keep them.
const AT_ONCE: u32 = 3;

/// Idle connections, the one that was used last at the end.
pub(super) struct Pool {
    idle: Mutex<Idle>,
}

struct Idle {
    connections: Vec<(Connection, Instant)>,
    /// The time for which a connection is kept without a request.
    longest: Duration,
    /// The number of connections that the target closed at once, without notice.
    at_once: u32,
}

impl Pool {
    pub(super) fn new() -> Pool {
        Pool { idle: Mutex::new(Idle { connections: Vec::new(), longest: LONGEST, at_once: 0 }) }
    }

    /// The connection that was used last, if the target has not closed it, and how long it was idle.
    pub(super) fn take(&self) -> Option<(Connection, Duration)> {
        let now = Instant::now();
        loop {
            let (connection, longest, since) = {
                let mut idle = self.idle();
                let (connection, since) = idle.connections.pop()?;
                (connection, idle.longest, since)
            };
            let time = now.saturating_duration_since(since);
            if time <= longest && connection.is_alive() {
                return Some((connection, time));
            }
        }
    }

    /// Keeps a connection.
    pub(super) fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.connections.len() < KEPT && !idle.longest.is_zero() {
            idle.connections.push((connection, Instant::now()));
        }
    }

    /// Remembers that the target closed a connection that had been idle for so long, just when a request was sent on
    /// it. Connections are kept for half of that time from now on. Where that is next to nothing, and happens again,
    /// none is kept any more.
    pub(super) fn closed_after(&self, time: Duration) {
        let mut idle = self.idle();
        idle.connections.clear();
        let half = time / 2;
        if half >= SHORTEST {
            idle.longest = idle.longest.min(half);
        } else {
            idle.at_once += 1;
            if idle.at_once >= AT_ONCE {
                idle.longest = Duration::ZERO;
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
