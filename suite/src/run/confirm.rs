//! From divergences to findings: while all lanes are quiet, new ones are replayed and shrunk.

use super::context::RunContext;
use super::finding::{self, key};
use super::probe::Probed;
use super::shrink::Shrinker;
use super::{Found, Run, matches};
use crate::op::Op;
use crate::record::Unstable;
use crate::replay::Key;
use std::sync::Arc;
use ucks_oracle::model::Model;

/// Sequences whose divergence of one key did not come again, before others with it are not replayed either.
const DOUBTS: u32 = 2;

/// A divergence that waits to be confirmed.
pub(super) struct Suspect {
    pub(super) key: Key,
    pub(super) ops: Vec<Op>,
    pub(super) setup: usize,
    pub(super) index: u64,
    pub(super) at: u64,
}

impl Run {
    pub(super) async fn suspect_probe(&mut self, probed: &Probed) {
        let suspects = probed
            .found
            .iter()
            .map(|(d, ops)| Suspect { key: key(d), ops: ops.clone(), setup: 0, index: 0, at: self.context.requests() })
            .collect();
        // Findings of the probe are confirmed with a model that compares everything.
        let bare = Model { blind: Arc::default(), ..self.context.model.clone() };
        let context = RunContext::new(
            self.context.target.clone(),
            bare,
            self.context.settle,
            self.context.transition,
            0.0,
            self.context.tracker.clone(),
        )
        .named(self.options.origin.map(|o| o.nth(2)))
        .until(self.context.deadline());
        self.context.retained_leases().into_iter().for_each(|leases| context.retain_leases(leases));
        self.confirm(suspects, &context).await;
    }

    /// Counts known divergences; replays and shrinks new ones.
    pub(super) async fn confirm(&mut self, suspects: Vec<Suspect>, context: &RunContext) {
        for suspect in suspects {
            let told = self.slipped.get(&suspect.key).unwrap_or(&suspect.key).clone();
            *self.counts.entry(told).or_default() += 1;
            self.progress.doubts(&suspect.key);
            if self.is_settled(&suspect.key) || self.lost.is_some() {
                continue;
            }
            if self.ended() {
                return;
            }
            let mut shrinker = Shrinker::new(context, (1 << 40) + finding::number(&suspect.key.text()) % (1 << 20));
            let steps_before = suspect.ops.len();
            let confirmed = shrinker.confirm(suspect.setup, &suspect.ops, &suspect.key).await;
            match confirmed {
                Ok(Some(shown)) => {
                    let began = context.now();
                    let shrink = self.options.shrink && !self.shrunk_enough();
                    self.unshrunk += u64::from(self.options.shrink && !shrink);
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
                    let sentence = suspect.key.sentence();
                    self.unstable.retain(|u| u.rule != suspect.key.rule || u.sentence != sentence);
                    if !self.findings.contains_key(&found.shown.key) {
                        self.progress.found(&found.shown.key);
                        self.findings.insert(found.shown.key.clone(), found);
                    }
                }
                Ok(None) => {
                    let times = self.doubted.entry(suspect.key.clone()).or_default();
                    *times += 1;
                    if *times == 1 {
                        self.unstable.push(Unstable {
                            rule: suspect.key.rule.clone(),
                            sentence: suspect.key.sentence(),
                            steps: suspect.ops.iter().map(crate::render::line).collect(),
                        });
                    }
                    if self.lanes > 1 {
                        // It may have been another lane's doing: from now on each sequence is by itself.
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

    /// Whether nothing is to be found out any more about divergences of this key.
    pub(super) fn is_settled(&self, key: &Key) -> bool {
        self.slipped.contains_key(key)
            || !self.wanted(key)
            || self.findings.contains_key(key)
            || self.doubted.get(key).is_some_and(|times| *times >= DOUBTS)
    }

    /// Whether the caller asked for the rule.
    fn wanted(&self, key: &Key) -> bool {
        self.options.only.is_empty() || self.options.only.iter().any(|o| matches(o, &key.rule))
    }
}
