//! A target that records requests and answers, and knows no time except that of its last answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ucks_oracle::wire::Request;

use super::transcript::{RecordedAnswer, RecordedRequest, TranscriptEntry};
use crate::target::{CallFuture, PauseFuture, SharedTarget, Target, TransportError};

/// Most bytes of answers that are kept.
pub const ANSWERS: usize = 128 * 1024 * 1024;

/// Writes a run down.
pub struct Recorder {
    target: SharedTarget,
    started: Duration,
    kept: Mutex<RecordedEntries>,
}

#[derive(Default)]
struct RecordedEntries {
    entries: Vec<TranscriptEntry>,
    last: Duration,
    bytes: usize,
}

impl Recorder {
    /// A recorder before `target`.
    pub fn new(target: SharedTarget) -> Recorder {
        let started = target.now();
        Recorder { target, started, kept: Mutex::default() }
    }

    /// Returns the exchanges so far.
    pub fn entries(&self) -> Vec<TranscriptEntry> {
        self.kept().entries.clone()
    }

    fn kept(&self) -> MutexGuard<'_, RecordedEntries> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time(&self) -> (Duration, u64) {
        let time = self.target.now().saturating_sub(self.started);
        // The transcript holds microseconds: the run must not see more.
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        (Duration::from_micros(us), us)
    }
}

impl Target for Recorder {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let (_, sent_us) = self.time();
            let at = {
                let mut kept = self.kept();
                let n = kept.entries.len() as u64 + 1;
                let request = RecordedRequest::of(request);
                kept.entries.push(TranscriptEntry {
                    n,
                    sent_us,
                    answered_us: sent_us,
                    request,
                    recorded: RecordedAnswer::Abandoned,
                });
                kept.entries.len() - 1
            };
            let mut answer = self.target.call(request).await;
            let (answered, answered_us) = self.time();
            let mut kept = self.kept();
            let mut recorded = RecordedAnswer::of(&answer);
            if kept.bytes.saturating_add(recorded.size()) > ANSWERS {
                answer = Err(TransportError::TooLarge(ANSWERS));
                recorded = RecordedAnswer::of(&answer);
            }
            kept.bytes += recorded.size();
            kept.last = kept.last.max(answered);
            kept.entries[at].answered_us = answered_us;
            kept.entries[at].recorded = recorded;
            answer
        })
    }

    fn now(&self) -> Duration {
        self.kept().last
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.target.pause(time)
    }
}
