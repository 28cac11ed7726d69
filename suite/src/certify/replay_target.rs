//! A target that answers from a transcript: to each request what was answered when it was recorded.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ucks_oracle::wire::DESCRIBE;
use ucks_oracle::wire::{Answer, Request};

use super::transcript::{RecordedRequest, Text, TranscriptEntry};
use crate::target::{CallFuture, PauseFuture, Target, TransportError};

/// Where a run leaves its transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayMismatch {
    /// The run asks something else.
    DifferentRequest {
        /// The exchange's number.
        n: u64,
        /// The request of the run.
        asks: Box<RecordedRequest>,
        /// The recorded request.
        recorded: Box<RecordedRequest>,
        /// The number of the next exchange that has what the run asks.
        later: Option<u64>,
    },
    /// The run waits for an answer that it did not wait for when it was recorded.
    Unanswered {
        /// The exchange's number.
        n: u64,
    },
    /// The run asks more than there is.
    TranscriptEnded {
        /// The number of recorded exchanges.
        all: u64,
        /// The request of the run.
        asks: Box<RecordedRequest>,
    },
}

/// Answers from a transcript.
pub struct ReplayTarget {
    entries: Vec<TranscriptEntry>,
    played: Mutex<Playback>,
}

#[derive(Default)]
struct Playback {
    next: usize,
    now: Duration,
    mismatch: Option<ReplayMismatch>,
    /// Where each request that only looks was answered last, by its body.
    looked: BTreeMap<Text, usize>,
    recalled: usize,
}

/// The distance within which the same request is looked for: further ahead, requests can be equal by chance.
const AHEAD: usize = 4;
/// Most Describes that are answered after the run has left its transcript.
const RECALLED: usize = 32;
/// Polls after which a run that gives up waiting would have done so.
const PATIENCE: usize = 10_000;

impl ReplayTarget {
    /// Answers from these exchanges.
    pub fn new(entries: Vec<TranscriptEntry>) -> ReplayTarget {
        ReplayTarget { entries, played: Mutex::default() }
    }

    fn played(&self) -> MutexGuard<'_, Playback> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the run left the transcript first.
    pub fn mismatch(&self) -> Option<ReplayMismatch> {
        self.played().mismatch.clone()
    }

    /// The number of the first exchange that the run did not come to.
    pub fn unused(&self) -> Option<u64> {
        self.entries.get(self.played().next).map(|e| e.n)
    }

    /// No answer, as long as it takes a run to give up waiting.
    async fn abandoned(&self, at: usize) -> Result<Answer, TransportError> {
        for _ in 0..PATIENCE {
            tokio::task::yield_now().await;
        }
        let n = self.entries[at].n;
        self.played().mismatch.get_or_insert(ReplayMismatch::Unanswered { n });
        Err(TransportError::Unreachable("the run has left its transcript".to_owned()))
    }

    /// The place of the exchange that answers.
    fn turn(&self, request: &Request) -> Result<usize, TransportError> {
        let asks = RecordedRequest::of(request);
        let mut played = self.played();
        let at = played.next;
        if played.mismatch.is_none() {
            match self.entries.get(at) {
                Some(entry) if entry.request == asks => {
                    played.next += 1;
                    if asks.operation() == DESCRIBE {
                        played.looked.insert(asks.body, at);
                    }
                    return Ok(at);
                }
                Some(entry) => {
                    let later = self.entries[at..].iter().take(AHEAD).find(|e| e.request == asks).map(|e| e.n);
                    let (asks, recorded) = (Box::new(asks.clone()), Box::new(entry.request.clone()));
                    played.mismatch = Some(ReplayMismatch::DifferentRequest { n: entry.n, asks, recorded, later });
                }
                None => {
                    played.mismatch =
                        Some(ReplayMismatch::TranscriptEnded { all: at as u64, asks: Box::new(asks.clone()) })
                }
            }
        }
        // A Describe gets the last answer again, so that the run ends its step and can report the mismatch.
        played.recalled += 1;
        let seen = played.looked.get(&asks.body).filter(|_| asks.operation() == DESCRIBE && played.recalled < RECALLED);
        seen.copied().ok_or_else(|| TransportError::Unreachable("the run has left its transcript".to_owned()))
    }
}

impl Target for ReplayTarget {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let at = self.turn(request)?;
            match self.entries[at].recorded.answer() {
                Some(answer) => {
                    // Others that were sent at the same time come first.
                    tokio::task::yield_now().await;
                    let mut played = self.played();
                    played.now = played.now.max(self.entries[at].answered());
                    answer
                }
                None => self.abandoned(at).await,
            }
        })
    }

    fn now(&self) -> Duration {
        self.played().now
    }

    fn pause(&self, _: Duration) -> PauseFuture<'_> {
        Box::pin(tokio::task::yield_now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::transcript::RecordedAnswer;

    fn asked(body: &str) -> Request {
        Request::operation("UpdateCustomKeyStore", body.as_bytes().to_vec())
    }

    fn replay_target(bodies: &[&str]) -> ReplayTarget {
        let recorded = |body: &str| RecordedAnswer::of(&Ok(Answer { status: 200, headers: vec![], body: body.into() }));
        let entry = |(n, body): (usize, &&str)| TranscriptEntry {
            n: n as u64 + 1,
            sent_us: 0,
            answered_us: 10 * (n as u64 + 1),
            request: RecordedRequest::of(&asked(body)),
            recorded: recorded(body),
        };
        ReplayTarget::new(bodies.iter().enumerate().map(entry).collect())
    }

    #[tokio::test]
    async fn answers_in_turn_and_tells_their_time() {
        let replay_target = replay_target(&["a", "b"]);
        assert_eq!(replay_target.now(), Duration::ZERO);
        assert_eq!(replay_target.call(&asked("a")).await.unwrap().body, b"a");
        assert_eq!(replay_target.now(), Duration::from_micros(10));
        assert_eq!(replay_target.unused(), Some(2));
        assert_eq!(replay_target.call(&asked("b")).await.unwrap().body, b"b");
        assert_eq!((replay_target.unused(), replay_target.mismatch()), (None, None));
        assert!(replay_target.call(&asked("c")).await.is_err());
        assert!(matches!(replay_target.mismatch(), Some(ReplayMismatch::TranscriptEnded { all: 2, .. })));
    }

    #[tokio::test]
    async fn the_first_mismatch_counts() {
        let replay_target = replay_target(&["a", "b", "c"]);
        assert!(replay_target.call(&asked("b")).await.is_err());
        assert!(replay_target.call(&asked("a")).await.is_err());
        let Some(ReplayMismatch::DifferentRequest { n, later, .. }) = replay_target.mismatch() else {
            panic!("no mismatch")
        };
        assert_eq!((n, later), (1, Some(2)));
    }
}
