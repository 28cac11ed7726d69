//! A target that answers from a transcript: to each request what was answered when it was recorded.

use super::transcript::{Asked, Entry, Text};
use crate::target::{Called, Lost, Paused, Target};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ucks_oracle::wire::{Answer, Request};

/// Where a run leaves its transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// The run asks something else.
    Otherwise {
        /// The exchange's number.
        n: u64,
        /// What the run asks.
        asks: Box<Asked>,
        /// What stands there.
        stands: Box<Asked>,
        /// The number of the next exchange that has what the run asks.
        later: Option<u64>,
    },
    /// The run waits for an answer that it did not wait for when it was recorded.
    Waits {
        /// The exchange's number.
        n: u64,
    },
    /// The run asks more than there is.
    Further {
        /// How many exchanges there are.
        all: u64,
        /// What the run asks.
        asks: Box<Asked>,
    },
}

/// Answers from a transcript.
pub struct Player {
    entries: Vec<Entry>,
    played: Mutex<Played>,
}

#[derive(Default)]
struct Played {
    next: usize,
    now: Duration,
    leaves: Option<Leaves>,
    /// Where each request that only looks was answered last, by its body.
    looked: BTreeMap<Text, usize>,
    recalled: usize,
}

/// How far ahead the same request is looked for: further on, some come again by themselves.
const AHEAD: usize = 4;
/// The operation that only looks.
const DESCRIBE: &str = "DescribeCustomKeyStores";
/// Most looks that are answered after the run has left its transcript.
const RECALLED: usize = 32;
/// Turns after which a run that gives up waiting would have done so.
const PATIENCE: usize = 10_000;

impl Player {
    /// Answers from these exchanges.
    pub fn new(entries: Vec<Entry>) -> Player {
        Player { entries, played: Mutex::default() }
    }

    fn played(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the run left the transcript first.
    pub fn leaves(&self) -> Option<Leaves> {
        self.played().leaves.clone()
    }

    /// The number of the first exchange that the run did not come to.
    pub fn unused(&self) -> Option<u64> {
        self.entries.get(self.played().next).map(|e| e.n)
    }

    /// No answer, as long as it takes a run to give up waiting.
    async fn abandoned(&self, at: usize) -> Result<Answer, Lost> {
        for _ in 0..PATIENCE {
            tokio::task::yield_now().await;
        }
        let n = self.entries[at].n;
        self.played().leaves.get_or_insert(Leaves::Waits { n });
        Err(Lost::Unreachable("the run has left its transcript".to_owned()))
    }

    /// The place of the exchange that answers.
    fn turn(&self, request: &Request) -> Result<usize, Lost> {
        let asks = Asked::of(request);
        let mut played = self.played();
        let at = played.next;
        if played.leaves.is_none() {
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
                    let (asks, stands) = (Box::new(asks.clone()), Box::new(entry.request.clone()));
                    played.leaves = Some(Leaves::Otherwise { n: entry.n, asks, stands, later });
                }
                None => played.leaves = Some(Leaves::Further { all: at as u64, asks: Box::new(asks.clone()) }),
            }
        }
        // Whoever only looks sees what was seen last, so that the run ends its step and tells what led it astray.
        played.recalled += 1;
        let seen = played.looked.get(&asks.body).filter(|_| asks.operation() == DESCRIBE && played.recalled < RECALLED);
        seen.copied().ok_or_else(|| Lost::Unreachable("the run has left its transcript".to_owned()))
    }
}

impl Target for Player {
    fn call<'a>(&'a self, request: &'a Request) -> Called<'a> {
        Box::pin(async move {
            let at = self.turn(request)?;
            match self.entries[at].told.answer() {
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

    fn pause(&self, _: Duration) -> Paused<'_> {
        Box::pin(tokio::task::yield_now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::transcript::Told;

    fn asked(body: &str) -> Request {
        Request::operation("UpdateCustomKeyStore", body.as_bytes().to_vec())
    }

    fn player(bodies: &[&str]) -> Player {
        let told = |body: &str| Told::of(&Ok(Answer { status: 200, headers: vec![], body: body.into() }));
        let entry = |(n, body): (usize, &&str)| Entry {
            n: n as u64 + 1,
            sent_us: 0,
            answered_us: 10 * (n as u64 + 1),
            request: Asked::of(&asked(body)),
            told: told(body),
        };
        Player::new(bodies.iter().enumerate().map(entry).collect())
    }

    #[tokio::test]
    async fn answers_in_turn_and_tells_their_time() {
        let player = player(&["a", "b"]);
        assert_eq!(player.now(), Duration::ZERO);
        assert_eq!(player.call(&asked("a")).await.unwrap().body, b"a");
        assert_eq!(player.now(), Duration::from_micros(10));
        assert_eq!(player.unused(), Some(2));
        assert_eq!(player.call(&asked("b")).await.unwrap().body, b"b");
        assert_eq!((player.unused(), player.leaves()), (None, None));
        assert!(player.call(&asked("c")).await.is_err());
        assert!(matches!(player.leaves(), Some(Leaves::Further { all: 2, .. })));
    }

    #[tokio::test]
    async fn the_first_departure_counts() {
        let player = player(&["a", "b", "c"]);
        assert!(player.call(&asked("b")).await.is_err());
        assert!(player.call(&asked("a")).await.is_err());
        let Some(Leaves::Otherwise { n, later, .. }) = player.leaves() else { panic!("no departure") };
        assert_eq!((n, later), (1, Some(2)));
    }
}
