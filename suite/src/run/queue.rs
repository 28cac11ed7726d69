//! What is to run next: the cases of the plan, or random sequences that are drawn while others run.

use crate::bind::{Leases, Needs, Pool};
use crate::plan::Sequence;
use crate::plan::random::Generator;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Random sequences drawn at a time, while those before are run.
const EPOCH: u64 = 64;
/// Numbers of random sequences begin after it.
const RANDOM: u64 = 1_000_000;

/// By how many others a sequence may be overtaken while it waits for what it needs.
const OVERTAKEN: usize = 64;

/// A sequence to run.
pub(super) struct Waiting {
    pub(super) index: u64,
    /// How often it was tried before.
    pub(super) attempt: u64,
    pub(super) sequence: Sequence,
    needs: Needs,
}

impl Waiting {
    pub(super) fn new(index: u64, attempt: u64, sequence: Sequence) -> Waiting {
        Waiting { index, attempt, needs: sequence.needs(), sequence }
    }
}

/// Sequences to run, in order.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Waiting>,
    /// How many have overtaken the first.
    overtaken: usize,
    /// When no more sequences begin, by the target's clock.
    until: Option<Duration>,
    drawing: Option<Drawing>,
}

/// Random sequences that another thread draws meanwhile: what they are depends on no answer.
struct Drawing {
    next: JoinHandle<(Generator, Vec<Waiting>)>,
    seed: u64,
    from: u64,
    total: u64,
}

impl Drawing {
    fn begin(mut generator: Generator, seed: u64, from: u64, total: u64) -> Drawing {
        let numbers = from..total.min(from.saturating_add(EPOCH));
        let next = tokio::task::spawn_blocking(move || {
            let drawn = numbers.clone().zip(generator.epoch(seed, numbers));
            let waiting = drawn.map(|(number, sequence)| Waiting::new(RANDOM + number, 0, sequence)).collect();
            (generator, waiting)
        });
        Drawing { next, seed, from, total }
    }
}

impl Queue {
    /// These sequences alone.
    pub(super) fn of(waiting: VecDeque<Waiting>) -> Queue {
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

    /// Waits until so many sequences are at hand, or no more come. Takes as many as may overtake where they are drawn.
    pub(super) async fn fill(&mut self, least: usize) {
        while let Some(drawing) = &self.drawing
            && (self.waiting.len() < least || self.waiting.len() <= OVERTAKEN && drawing.next.is_finished())
            && let Some(Drawing { next, seed, from, total }) = self.drawing.take()
        {
            let (generator, drawn) = match next.await {
                Ok(drawn) => drawn,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => return,
            };
            let from = from + drawn.len() as u64;
            self.waiting.extend(drawn);
            self.drawing = (from < total).then(|| Drawing::begin(generator, seed, from, total));
        }
    }

    /// The places of those that may be next, of numbers before this one.
    fn next(&self, before: u64) -> impl Iterator<Item = (usize, &Waiting)> {
        let among = 1 + OVERTAKEN.saturating_sub(self.overtaken);
        self.waiting.iter().enumerate().take(among).filter(move |(_, w)| w.index < before)
    }

    /// Whether any may be next of numbers before this one.
    pub(super) fn has(&self, before: u64) -> bool {
        self.next(before).next().is_some()
    }

    /// Takes the first sequence for which there is what it needs, of numbers before this one. The first of all is not
    /// overtaken for ever.
    pub(super) fn take(&mut self, before: u64, pool: &mut Pool) -> Option<(Waiting, Leases)> {
        let (at, leases) = self.next(before).find_map(|(at, w)| Some((at, pool.lease(&w.needs)?)))?;
        Some((self.remove(at)?, leases))
    }

    /// Gives the first up, of numbers before this one, and returns it.
    pub(super) fn give_up(&mut self, before: u64) -> Option<Waiting> {
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
    use super::*;
    use crate::op::{Op, Symbol};
    use ucks_oracle::environment::Environment;
    use ucks_oracle::members::StoreType;

    fn stores(index: u64, count: u8) -> Waiting {
        let create = |n| Op::Create { store: Symbol(n), kind: StoreType::Xks, set: Vec::new() };
        Waiting::new(index, 0, Sequence { setup: (0..count).map(create).collect(), ..Sequence::default() })
    }

    #[test]
    fn one_that_waits_is_overtaken_but_not_for_ever() {
        let environment = Environment::default();
        let mut pool = Pool::new(&environment, 2);
        let mut queue =
            Queue::of([stores(0, 1), stores(1, 2)].into_iter().chain((2..100).map(|n| stores(n, 1))).collect());
        let mut taken = |pool: &mut Pool| queue.take(u64::MAX, pool).map(|(next, leases)| (next.index, leases));
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
        assert_eq!(queue.take(5, &mut pool).map(|(next, _)| next.index), Some(4));
        assert!(queue.has(5) && queue.take(5, &mut pool).is_none());
        queue.give_up(5);
        assert!(!queue.has(5) && queue.has(6));
    }

    #[test]
    fn once_the_first_is_given_up_all_others_may_be_overtaken_again() {
        let mut pool = Pool::new(&Environment::default(), 1);
        let mut queue = Queue::of((0..100).map(|n| stores(n, if n < 2 { 2 } else { 1 })).collect());
        let mut taken = 0;
        while let Some((_, leases)) = queue.take(u64::MAX, &mut pool) {
            pool.give_back(&Environment::default(), leases);
            taken += 1;
        }
        assert!(taken < OVERTAKEN && queue.has(1));
        queue.give_up(u64::MAX);
        assert!(!queue.has(1));
        while let Some((_, leases)) = queue.take(u64::MAX, &mut pool) {
            pool.give_back(&Environment::default(), leases);
            taken += 1;
        }
        assert_eq!((taken, queue.waiting.len()), (98, 1));
    }
}
