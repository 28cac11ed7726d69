//! One lane of a run: a sequence on names of its own.

use std::cell::LazyCell;
use std::sync::Arc;

use ucks_oracle::aspect::Aspect;

use super::confirm::Suspect;
use super::context::RunContext;
use super::coverage::Coverage;
use super::executor::{Executor, StepResult};
use super::finding::key;
use super::queue::Rank;
use crate::bind::Leases;
use crate::names::Names;
use crate::op::Op;
use crate::plan::{Case, Sequence};
use crate::target::TransportError;

/// The result of a lane.
pub(super) struct Lane {
    pub(super) index: u64,
    pub(super) attempt: u64,
    pub(super) sequence: Sequence,
    pub(super) leases: Leases,
    pub(super) suspects: Vec<Suspect>,
    pub(super) coverage: Coverage,
    /// Cases that a divergence cut off.
    pub(super) left: Vec<Case>,
    /// Cases whose setup could not be brought about, for the reason that `blocked` has.
    pub(super) unreached: Vec<Case>,
    pub(super) blocked: Option<String>,
    pub(super) lost: Option<TransportError>,
}

/// One lane: runs a sequence on names of its own and cleans up.
pub(super) async fn lane(
    context: Arc<RunContext>,
    index: u64,
    attempt: u64,
    sequence: Sequence,
    leases: Leases,
) -> Lane {
    let mut lane = Lane {
        index,
        attempt,
        left: Vec::new(),
        leases: leases.clone(),
        suspects: Vec::new(),
        coverage: Coverage::default(),
        unreached: Vec::new(),
        blocked: None,
        lost: None,
        sequence,
    };
    let mut executor = Executor::new(&context, Names::new(context.nonce, index, attempt), leases).remembering();
    let mut done: Vec<Op> = Vec::new();
    let setup = lane.sequence.setup.len();
    let total = setup + lane.sequence.cases.len();
    let ops: Vec<Op> = lane.sequence.operations().cloned().collect();
    for (at, op) in ops.into_iter().enumerate() {
        if context.stopped() {
            break;
        }
        let result = match executor.run(&op).await {
            Ok(result) => result,
            Err(lost) => {
                lane.lost = Some(lost);
                break;
            }
        };
        if result.skipped.is_some() {
            continue;
        }
        done.push(op);
        context.note_decided(&result);
        lane.coverage.note(&result);
        lane.suspect(&executor, &result, &done, setup);
        if let Some(why) = result.blocked {
            lane.blocked.get_or_insert(why);
            if at < setup {
                lane.unreached = lane.sequence.cases.clone();
                break;
            }
        }
        if executor.belief().any_tainted() && at + 1 < total {
            if at >= setup {
                // The sequence keeps its full length, so that the caller sees how much was done.
                lane.left = lane.sequence.cases[at + 1 - setup..].to_vec();
            }
            break;
        }
    }
    match executor.clean_up().await {
        Ok(result) => {
            lane.coverage.note(&result);
            lane.suspect(&executor, &result, &done, done.len());
        }
        Err(lost) => lane.lost = Some(lost),
    }
    lane
}

impl Lane {
    /// Its place in the order of the queue.
    pub(super) fn rank(&self) -> Rank {
        Rank { attempt: self.attempt, index: self.index }
    }

    fn suspect(&mut self, executor: &Executor<'_>, result: &StepResult, ops: &[Op], setup: usize) {
        let exchanges = LazyCell::new(|| executor.exchanges());
        for divergence in result.divergences.iter().chain(&result.throttling) {
            let throttling = Some(divergence) == result.throttling.as_ref();
            let in_place = if throttling { Some(Vec::new()) } else { result.in_place.clone() };
            let key = key(divergence);
            if self.suspects.iter().all(|s| s.key != key) {
                let known = executor.context().is_known(&key.text());
                self.suspects.push(Suspect {
                    key,
                    also: divergence.also.clone(),
                    ops: ops.to_vec(),
                    setup: setup.min(ops.len()),
                    index: self.index,
                    attempt: self.attempt,
                    at: executor.context().requests(),
                    exchanges: if known { Vec::new() } else { exchanges.clone() },
                    in_place: in_place.filter(|_| divergence.aspect != Aspect::EFFECT),
                });
            }
        }
        debug_assert!(self.suspects.iter().all(|s| s.index == self.index));
    }
}
