//! From divergences to findings: while all lanes are quiet, new ones are replayed and shrunk.

use std::sync::Arc;

use ucks_oracle::expectation::{Observation, ObservedListing};
use ucks_oracle::fixed_hash::fnv1a;
use ucks_oracle::model::Model;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::ids;

use super::context::RunContext;
use super::finding::key;
use super::probe::{ProbeFinding, Probed};
use super::queue::RANDOM;
use super::shrink::{Reproduction, Shrinker};
use super::{Found, Run, matches};
use crate::op::Op;
use crate::record::{Exchange, Position, Sighting, Unstable};
use crate::replay::{self, Key, Replay};

/// Sequences whose divergence of one key did not come again, before others with it are not replayed either.
const DOUBTS: u32 = 2;

/// A divergence that waits to be confirmed.
pub(super) struct Suspect {
    pub(super) key: Key,
    /// Further rules that the same answer breaks (W-26).
    pub(super) also: Vec<RuleId>,
    pub(super) ops: Vec<Op>,
    pub(super) setup: usize,
    pub(super) index: u64,
    /// The number of earlier attempts at the sequence.
    pub(super) attempt: u64,
    pub(super) at: u64,
    /// The exchanges of the sequence that showed it.
    pub(super) exchanges: Vec<Exchange>,
    /// The exchanges that showed it again in the same place, if it was proved there.
    pub(super) in_place: Option<Vec<Exchange>>,
}

impl Suspect {
    /// A divergence that the probe found.
    fn of_probe(found: &ProbeFinding, at: u64) -> Suspect {
        Suspect {
            key: key(&found.divergence),
            also: found.divergence.also.clone(),
            ops: found.ops.clone(),
            setup: 0,
            index: 0,
            attempt: 0,
            at,
            exchanges: found.exchanges.clone(),
            in_place: None,
        }
    }

    /// Returns the reproduction if the divergence was proved in place and not by a replay.
    fn proved_in_place(&self) -> Option<Reproduction> {
        let again = self.in_place.clone()?;
        let exchanges = self.exchanges.iter().cloned().chain(again).collect();
        Some(Reproduction { key: self.key.clone(), also: self.also.clone(), ops: self.ops.clone(), exchanges })
    }
}

impl Run {
    pub(super) async fn suspect_probe(&mut self, probed: &Probed) {
        let at = self.context.requests();
        let (bare, informed): (Vec<_>, Vec<_>) = probed.found.iter().partition(|found| found.bare);
        let suspects = |found: Vec<&ProbeFinding>| found.into_iter().map(|f| Suspect::of_probe(f, at)).collect();
        // Divergences that taught the probe something are confirmed with a model that compares everything.
        let model = Model { blind: Arc::default(), born: Arc::default(), ..self.context.model.clone() };
        let context = RunContext::new(
            self.context.target.clone(),
            model,
            self.context.settle,
            self.context.transition,
            0.0,
            self.context.tracker.clone(),
        )
        .named(self.options.origin.map(|o| o.nth(2)))
        .until(self.context.deadline());
        self.context.retained_leases().into_iter().for_each(|leases| context.retain_leases(leases));
        self.confirm(suspects(bare), &context).await;
        let context = self.context.clone();
        self.confirm(suspects(informed), &context).await;
    }

    /// Counts known divergences; replays and shrinks new ones.
    pub(super) async fn confirm(&mut self, suspects: Vec<Suspect>, context: &RunContext) {
        for (nth, suspect) in (0..).zip(suspects) {
            self.sight(&suspect, nth);
            let known = self.slipped.get(&suspect.key).unwrap_or(&suspect.key).clone();
            *self.counts.entry(known).or_default() += 1;
            self.progress.doubts(&suspect.key);
            if self.is_settled(&suspect.key) || self.lost.is_some() {
                continue;
            }
            if self.ended() {
                return;
            }
            let mut shrinker = Shrinker::new(context, (1 << 40) + fnv1a(suspect.key.text().bytes()) % (1 << 20));
            let steps_before = suspect.ops.len();
            let confirmed = shrinker.confirm(suspect.setup, &suspect.ops, &suspect.key).await;
            let proved = matches!(confirmed, Ok(None)).then(|| suspect.proved_in_place()).flatten();
            let confirmed = if proved.is_some() { Ok(proved.clone()) } else { confirmed };
            match confirmed {
                Ok(Some(shown)) => {
                    let began = context.now();
                    let shrink = self.options.shrink && !self.shrunk_enough() && proved.is_none();
                    self.unshrunk += u64::from(self.options.shrink && !shrink && proved.is_none());
                    let shown = if shrink {
                        match shrinker.shrink(shown.clone()).await {
                            Ok(Some(shown)) => shown,
                            // It was Describe that lagged, once behind what this run had seen until then.
                            Ok(None) => continue,
                            Err(_) => shown,
                        }
                    } else {
                        shown
                    };
                    self.shrinking += context.now().saturating_sub(began);
                    context.learn(&suspect.key.text());
                    self.context.learn(&suspect.key.text());
                    self.context.learn(&shown.key.text());
                    if shown.key != suspect.key {
                        let times = self.counts.remove(&suspect.key).unwrap_or(1);
                        *self.counts.entry(shown.key.clone()).or_default() += times;
                        self.slipped.insert(suspect.key.clone(), shown.key.clone());
                        if !self.wanted(&shown.key) {
                            continue;
                        }
                    }
                    let found = Found {
                        shown,
                        count: 0,
                        found_after: suspect.at,
                        steps_before,
                        shrink_requests: shrinker.spent(),
                        random: self.random,
                    };
                    // It did come again, if not the first time.
                    self.unstable.retain(|u| u.key() != Some(&suspect.key));
                    if !self.findings.contains_key(&found.shown.key) {
                        self.progress.found(&found.shown.key);
                        self.findings.insert(found.shown.key.clone(), found);
                    }
                }
                Ok(None) if self.lanes > 1 && is_about_a_listing(&suspect.key) => {
                    // Stores of other lanes were created and deleted between its pages.
                    self.doubted.insert(suspect.key, DOUBTS);
                }
                Ok(None) => {
                    let times = self.doubted.entry(suspect.key.clone()).or_default();
                    *times += 1;
                    if *times == 1 {
                        self.unstable.push(Unstable {
                            rule: suspect.key.rule.clone(),
                            sentence: suspect.key.sentence(),
                            steps: crate::render::lines(&suspect.ops),
                            exchanges: suspect.exchanges,
                            replay: Some(self.replay(&suspect.key, &suspect.ops)),
                        });
                    }
                    if self.lanes > 1 {
                        // Another lane may have caused it: from now on each sequence runs alone.
                        self.lanes = 1;
                        self.doubted.clear();
                    }
                }
                Err(lost) => {
                    self.lost.get_or_insert(lost.to_string());
                }
            }
        }
    }

    /// Counts a divergence as its sequence showed it.
    fn sight(&mut self, suspect: &Suspect, nth: u64) {
        let phase = match suspect.index {
            0 => 0,
            index if index < RANDOM => 1,
            _ => 2,
        };
        let first = Position { phase, attempt: suspect.attempt, sequence: suspect.index, nth };
        let new = || Sighting { key: suspect.key.clone(), first, count: 0, of_probe: 0, reported_as: None };
        let sighting = self.sightings.entry(suspect.key.clone()).or_insert_with(new);
        sighting.first = sighting.first.min(first);
        if phase == 0 {
            sighting.of_probe += 1;
        } else {
            sighting.count += 1;
        }
    }

    /// Returns true if nothing is to be found out any more about divergences of this key.
    pub(super) fn is_settled(&self, key: &Key) -> bool {
        self.slipped.contains_key(key)
            || !self.wanted(key)
            || self.findings.contains_key(key)
            || self.doubted.get(key).is_some_and(|times| *times >= DOUBTS)
    }

    /// A file that runs the operations again.
    pub(super) fn replay(&self, key: &Key, ops: &[Op]) -> Replay {
        Replay {
            format: replay::FORMAT,
            target: self.target_name.clone(),
            revision: self.context.model.revision.date().to_owned(),
            policy: self.options.policy_name.clone(),
            profile: self.profile_name.clone(),
            finding: key.clone(),
            operations: ops.to_vec(),
        }
    }

    /// Returns true if the caller asked for the rule.
    fn wanted(&self, key: &Key) -> bool {
        self.options.only.is_empty() || self.options.only.iter().any(|o| matches(o, &key.rule))
    }
}

/// Returns true if the finding is about stores that a listing of all stores misses or repeats.
pub(super) fn is_about_a_listing(key: &Key) -> bool {
    let uneven = [ObservedListing::StoreMissing, ObservedListing::StoreTwice].map(Observation::Listing);
    key.rule == ids::O_08.0 && uneven.contains(&key.got)
}
