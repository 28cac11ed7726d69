//! One lane of a run: a sequence on names of its own.

use super::bench::Bench;
use super::confirm::Suspect;
use super::coverage::Coverage;
use super::finding::key;
use super::live::Live;
use crate::bind::Leases;
use crate::names::Names;
use crate::op::Op;
use crate::plan::{Case, Sequence};
use crate::target::Lost;
use std::sync::Arc;
use ucks_oracle::model::Divergence;

/// What a lane brings back.
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
    pub(super) lost: Option<Lost>,
}

/// One lane: runs a sequence on names of its own and cleans up.
pub(super) async fn lane(bench: Arc<Bench>, index: u64, attempt: u64, sequence: Sequence, leases: Leases) -> Lane {
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
    let mut live = Live::new(&bench, Names::new(bench.nonce, index, attempt), leases);
    let mut done: Vec<Op> = Vec::new();
    let setup = lane.sequence.setup.len();
    let total = setup + lane.sequence.cases.len();
    let ops: Vec<Op> = lane.sequence.operations().cloned().collect();
    for (at, op) in ops.into_iter().enumerate() {
        if bench.stopped() {
            break;
        }
        let ran = match live.run(&op).await {
            Ok(ran) => ran,
            Err(lost) => {
                lane.lost = Some(lost);
                break;
            }
        };
        if ran.skipped.is_some() {
            continue;
        }
        done.push(op);
        lane.coverage.note(&ran);
        lane.suspect(&ran.divergences, &done, setup, bench.requests());
        if let Some(why) = ran.blocked {
            lane.blocked.get_or_insert(why);
            if at < setup {
                lane.unreached = lane.sequence.cases.clone();
                break;
            }
        }
        if live.belief().any_tainted() && at + 1 < total {
            if at >= setup {
                lane.left = lane.sequence.cases.split_off(at + 1 - setup);
                let cases = std::mem::take(&mut lane.left);
                // The sequence keeps its full length, so that the caller sees how much was done.
                lane.sequence.cases.extend(cases.iter().cloned());
                lane.left = cases;
            }
            break;
        }
    }
    match live.clean_up().await {
        Ok(ran) => {
            lane.coverage.note(&ran);
            lane.suspect(&ran.divergences, &done, done.len(), bench.requests());
        }
        Err(lost) => lane.lost = Some(lost),
    }
    lane
}

impl Lane {
    fn suspect(&mut self, divergences: &[Divergence], ops: &[Op], setup: usize, at: u64) {
        for divergence in divergences {
            let key = key(divergence);
            if self.suspects.iter().all(|s| s.key != key) {
                self.suspects.push(Suspect {
                    key,
                    ops: ops.to_vec(),
                    setup: setup.min(ops.len()),
                    index: self.index,
                    at,
                });
            }
        }
        debug_assert!(self.suspects.iter().all(|s| s.index == self.index));
    }
}
