//! What is to run next: the cases of the plan, or random sequences that are drawn while others run.

use crate::plan::Sequence;
use crate::plan::random::Generator;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Random sequences drawn at a time, while those before are run.
const EPOCH: u64 = 64;
/// Numbers of random sequences begin after it.
const RANDOM: u64 = 1_000_000;

/// Sequences to run, each with its number and how often it was tried before.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<(u64, u64, Sequence)>,
    /// When no more sequences begin, by the target's clock.
    until: Option<Duration>,
    drawing: Option<Drawing>,
}

/// Random sequences that another thread draws meanwhile: what they are depends on no answer.
struct Drawing {
    next: JoinHandle<(Generator, Vec<Sequence>)>,
    seed: u64,
    from: u64,
    total: u64,
}

impl Drawing {
    fn begin(mut generator: Generator, seed: u64, from: u64, total: u64) -> Drawing {
        let numbers = from..total.min(from.saturating_add(EPOCH));
        let next = tokio::task::spawn_blocking(move || {
            let sequences = generator.epoch(seed, numbers);
            (generator, sequences)
        });
        Drawing { next, seed, from, total }
    }
}

impl Queue {
    /// These sequences alone.
    pub(super) fn of(waiting: VecDeque<(u64, u64, Sequence)>) -> Queue {
        Queue { waiting, ..Queue::default() }
    }

    /// So many random sequences, or as many as begin before a time.
    pub(super) fn drawn(generator: Generator, seed: u64, total: u64, until: Option<Duration>) -> Queue {
        Queue { drawing: Some(Drawing::begin(generator, seed, 0, total)), until, ..Queue::default() }
    }

    /// Whether more sequences are to begin.
    pub(super) fn goes_on(&self, now: Duration) -> bool {
        (self.drawing.is_some() || !self.waiting.is_empty()) && self.until.is_none_or(|until| now < until)
    }

    /// Waits until so many sequences are at hand, or no more come.
    pub(super) async fn fill(&mut self, least: usize) {
        while self.waiting.len() < least
            && let Some(Drawing { next, seed, from, total }) = self.drawing.take()
        {
            let (generator, sequences) = match next.await {
                Ok(drawn) => drawn,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => return,
            };
            let drawn = from + sequences.len() as u64;
            self.waiting.extend((from..).zip(sequences).map(|(number, s)| (RANDOM + number, 0, s)));
            self.drawing = (drawn < total).then(|| Drawing::begin(generator, seed, drawn, total));
        }
    }
}
