//! Requests: where a run that is made again leaves its transcript.

use std::sync::{Mutex, PoisonError};

use crate::certify::replay_target::{ReplayMismatch, ReplayTarget};
use crate::certify::transcript::RecordedRequest;
use crate::replay::Key;
use crate::run::Progress;

/// Remembers what was doubted in the run.
#[derive(Default)]
pub(super) struct Doubts(Mutex<Vec<Key>>);

impl Progress for Doubts {
    fn doubts(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(key.clone());
    }
}

impl Doubts {
    pub(super) fn all(&self) -> Vec<Key> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where the run left its transcript, in a sentence.
pub(super) fn mismatch_of(replay_target: &ReplayTarget) -> Option<String> {
    let problem = match replay_target.mismatch() {
        None => {
            let n = replay_target.unused()?;
            format!("the run ends before exchange {n}: what follows was added")
        }
        Some(ReplayMismatch::DifferentRequest { n, later: Some(later), .. }) if later == n + 1 => {
            format!("exchange {n} was added: the request generated for it is that of exchange {later}")
        }
        Some(ReplayMismatch::DifferentRequest { n, later: Some(later), .. }) => {
            format!("exchanges {n} to {} were added: the request generated for {n} is that of {later}", later - 1)
        }
        Some(ReplayMismatch::DifferentRequest { n, asks, recorded, .. }) => {
            let what = difference(&asks, &recorded);
            format!(
                "exchange {n} is not what challenge, profile and the answers before it generate: {what}; an exchange \
                 was changed, removed or put in another place"
            )
        }
        Some(ReplayMismatch::Unanswered { n }) => format!("the answer of exchange {n} is missing"),
        Some(ReplayMismatch::TranscriptEnded { all, asks }) => {
            format!("the transcript ends with exchange {all}, and the run goes on with {}", asks.operation())
        }
    };
    Some(problem)
}

/// Describes the first difference between a request of the run and the recorded one.
fn difference(asks: &RecordedRequest, recorded: &RecordedRequest) -> String {
    if asks.operation() != recorded.operation() {
        return format!("it asks for {}, and {} is generated", recorded.operation(), asks.operation());
    }
    let what = match () {
        () if asks.method != recorded.method => "method",
        () if asks.path != recorded.path => "path",
        () if asks.headers != recorded.headers => "header fields",
        () if asks.auth != recorded.auth => "way of signing",
        () if asks.hang_up != recorded.hang_up => "way of ending",
        () => "body",
    };
    format!("the {what} of its {} differs", recorded.operation())
}
