//! The sequences to run next: the cases of the plan, or random sequences that are drawn while others run.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::bind::{Leases, Needs, Pool};
use crate::plan::Sequence;
use crate::plan::random::Generator;
use crate::plan::shard::Shard;

/// Random sequences drawn at a time, while those before are run.
const EPOCH: u64 = 64;
/// Numbers of random sequences begin after it.
pub(super) const RANDOM: u64 = 1_000_000;

/// By how many others a sequence may be overtaken while it waits for what it needs.
const OVERTAKEN: usize = 64;

/// The order in which sequences are queued: what is tried again comes after all that was never tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) attempt: u64,
    pub(super) index: u64,
}

impl Rank {
    /// After every sequence.
    pub(super) const END: Rank = Rank { attempt: u64::MAX, index: u64::MAX };
}

/// A sequence to run.
pub(super) struct Waiting {
    pub(super) index: u64,
    /// The number of earlier attempts.
    pub(super) attempt: u64,
    pub(super) sequence: Sequence,
    needs: Needs,
}

impl Waiting {
    pub(super) fn new(index: u64, attempt: u64, sequence: Sequence) -> Waiting {
        Waiting { index, attempt, needs: sequence.needs(), sequence }
    }

    fn rank(&self) -> Rank {
        Rank { attempt: self.attempt, index: self.index }
    }
}

/// Sequences to run, in order.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Waiting>,
    /// The number of sequences that have overtaken the first.
    overtaken: usize,
    /// When no more sequences begin, by the target's clock.
    until: Option<Duration>,
    drawing: Option<Drawing>,
}

/// Random sequences that another thread draws meanwhile: what they are depends on no answer.
struct Drawing {
    next: JoinHandle<(Generator, Vec<Waiting>)>,
    seed: u64,
    /// The number after the last one that is drawn.
    to: u64,
    total: u64,
    shard: Option<Shard>,
}

impl Drawing {
    /// Draws the next sequences. A shard draws those of all shards, since each depends on those before it, and keeps
    /// its own.
    fn begin(mut generator: Generator, seed: u64, from: u64, total: u64, shard: Option<Shard>) -> Drawing {
        let to = total.min(from.saturating_add(EPOCH));
        let next = tokio::task::spawn_blocking(move || {
            let drawn = (from..to).zip(generator.epoch(seed, from..to));
            let own = drawn.filter(|(number, _)| shard.is_none_or(|shard| shard.takes(*number)));
            let waiting = own.map(|(number, sequence)| Waiting::new(RANDOM + number, 0, sequence)).collect();
            (generator, waiting)
        });
        Drawing { next, seed, to, total, shard }
    }
}

impl Queue {
    /// These sequences alone.
    pub(super) fn of(waiting: VecDeque<Waiting>) -> Queue {
        Queue { waiting, ..Queue::default() }
    }

    /// A number of random sequences, or those that begin before a time; of these the shard's own.
    pub(super) fn drawn(
        generator: Generator,
        seed: u64,
        total: u64,
        until: Option<Duration>,
        shard: Option<Shard>,
    ) -> Queue {
        Queue { drawing: Some(Drawing::begin(generator, seed, 0, total, shard)), until, ..Queue::default() }
    }

    /// Returns true if more sequences are to begin.
    pub(super) fn goes_on(&self, now: Duration) -> bool {
        (self.drawing.is_some() || !self.waiting.is_empty()) && self.until.is_none_or(|until| now < until)
    }

    /// Waits until that many sequences are available, or no more follow. Takes as many as may overtake where they are
    /// drawn.
    pub(super) async fn fill(&mut self, least: usize) {
        while let Some(drawing) = &self.drawing
            && (self.waiting.len() < least || self.waiting.len() <= OVERTAKEN && drawing.next.is_finished())
            && let Some(Drawing { next, seed, to, total, shard }) = self.drawing.take()
        {
            let (generator, drawn) = match next.await {
                Ok(drawn) => drawn,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => return,
            };
            self.waiting.extend(drawn);
            self.drawing = (to < total).then(|| Drawing::begin(generator, seed, to, total, shard));
        }
    }

    /// The places of those that may be next, of ranks before this one.
    fn next(&self, before: Rank) -> impl Iterator<Item = (usize, &Waiting)> {
        let among = 1 + OVERTAKEN.saturating_sub(self.overtaken);
        self.waiting.iter().enumerate().take(among).filter(move |(_, w)| w.rank() < before)
    }

    /// Returns true if any may be next of ranks before this one.
    pub(super) fn has(&self, before: Rank) -> bool {
        self.next(before).next().is_some()
    }

    /// Takes the first sequence for which there is what it needs, of ranks before this one. The first of all is not
    /// overtaken for ever.
    pub(super) fn take(&mut self, before: Rank, pool: &mut Pool) -> Option<(Waiting, Leases)> {
        let (at, leases) = self.next(before).find_map(|(at, w)| Some((at, pool.lease_for(&w.needs, w.index)?)))?;
        Some((self.remove(at)?, leases))
    }

    /// Gives the first up, of ranks before this one, and returns it.
    pub(super) fn give_up(&mut self, before: Rank) -> Option<Waiting> {
        let first = self.next(before).next().map(|(at, _)| at);
        first.and_then(|at| self.remove(at))
    }

    /// Takes the one at this place, which overtakes all before it.
    fn remove(&mut self, at: usize) -> Option<Waiting> {
        self.overtaken = if at == 0 { 0 } else { self.overtaken + 1 };
        self.waiting.remove(at)
    }
}

#[cfg(test)]
mod tests {
    use ucks_oracle::environment::Environment;
    use ucks_oracle::members::StoreType;

    use super::*;
    use crate::op::{Op, Symbol};

    fn stores(index: u64, count: u8) -> Waiting {
        let create = |n| Op::Create { store: Symbol(n), kind: StoreType::Xks, set: Vec::new() };
        Waiting::new(index, 0, Sequence { setup: (0..count).map(create).collect(), ..Sequence::default() })
    }

    fn rank(index: u64) -> Rank {
        Rank { attempt: 0, index }
    }

    #[test]
    fn what_is_tried_again_comes_after_what_was_never_tried() {
        assert!(Rank { attempt: 1, index: 3 } > rank(90) && rank(3) < rank(90));
    }

    #[test]
    fn one_that_waits_is_overtaken_but_not_for_ever() {
        let environment = Environment::default();
        let mut pool = Pool::new(&environment, 2);
        let mut queue =
            Queue::of([stores(0, 1), stores(1, 2)].into_iter().chain((2..100).map(|n| stores(n, 1))).collect());
        let mut taken = |pool: &mut Pool| queue.take(Rank::END, pool).map(|(next, leases)| (next.index, leases));
        let (first, held) = taken(&mut pool).unwrap();
        assert_eq!(first, 0);
        for n in 0..OVERTAKEN as u64 {
            let (index, leases) = taken(&mut pool).unwrap();
            assert_eq!(index, 2 + n);
            assert_eq!(taken(&mut pool).map(|t| t.0), None, "there is room for two stores");
            pool.give_back(&environment, leases);
        }
        assert_eq!(taken(&mut pool).map(|t| t.0), None, "it was overtaken often enough");
        pool.give_back(&environment, held);
        let (index, leases) = taken(&mut pool).unwrap();
        assert_eq!(index, 1);
        pool.give_back(&environment, leases);
        assert_eq!(taken(&mut pool).map(|t| t.0), Some(2 + OVERTAKEN as u64));
    }

    #[test]
    fn of_numbers_before_a_suspicious_one_all_are_taken() {
        let mut pool = Pool::new(&Environment::default(), 9);
        let mut queue = Queue::of([stores(5, 1), stores(3, 99), stores(4, 1)].into());
        assert_eq!(queue.take(rank(5), &mut pool).map(|(next, _)| next.index), Some(4));
        assert!(queue.has(rank(5)) && queue.take(rank(5), &mut pool).is_none());
        queue.give_up(rank(5));
        assert!(!queue.has(rank(5)) && queue.has(rank(6)));
    }

    #[test]
    fn once_the_first_is_given_up_all_others_may_be_overtaken_again() {
        let mut pool = Pool::new(&Environment::default(), 1);
        let mut queue = Queue::of((0..100).map(|n| stores(n, if n < 2 { 2 } else { 1 })).collect());
        let mut taken = 0;
        while let Some((_, leases)) = queue.take(Rank::END, &mut pool) {
            pool.give_back(&Environment::default(), leases);
            taken += 1;
        }
        assert!(taken < OVERTAKEN && queue.has(rank(1)));
        queue.give_up(Rank::END);
        assert!(!queue.has(rank(1)));
        while let Some((_, leases)) = queue.take(Rank::END, &mut pool) {
            pool.give_back(&Environment::default(), leases);
            taken += 1;
        }
        assert_eq!((taken, queue.waiting.len()), (98, 1));
    }
}
