//! The suite tested like a target: every defect of the emulator, and the emulator without one.
//!
//! Each is run in process over some seeds and stopped at its first confirmed finding. A defect is
//! *found* when the run confirms a finding of its force, *rightly* when that finding is under
//! the rule that the defect breaks. Null defects must not be found, nor may the clean emulator give
//! any finding, in any reading of the open questions.

pub mod accepted_rules;
mod defect_run;
pub mod generated;
mod report;
pub mod tolerance;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use ucks_emulator::{DefectRow, Force, defects};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::rules::{CELLS, GateColumn};

pub use self::defect_run::RunConfig;
use self::defect_run::run_defect;
pub use self::report::{markdown, text};
use crate::selection::glob;

/// The settings of a score.
#[derive(Clone, Debug)]
pub struct ScoreOptions {
    /// Seeds from 1 on.
    pub seeds: u64,
    /// Names of defects, with `*`; empty for all, and the clean emulator.
    pub defects: Vec<String>,
    /// Runs side by side.
    pub jobs: usize,
    /// True if defects of force should count too.
    pub strict: bool,
    /// True if to leave the deterministic cases out.
    pub random_only: bool,
    /// The number of readings of the open questions to run without a defect.
    pub readings: u64,
}

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct DefectRun {
    /// The seed.
    pub seed: u64,
    /// The findings that it stopped at; empty where there was none.
    pub hits: Vec<Detection>,
    /// Requests sent in all.
    pub requests: u64,
    /// Divergences that did not come again.
    pub unstable: Vec<String>,
    /// Wall time.
    pub elapsed_ms: u64,
}

/// One finding of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Detection {
    /// Its code.
    pub code: String,
    /// The rule of the finding.
    pub rule: String,
    /// True if that is a rule that the defect breaks.
    pub right: bool,
    /// True if it fails the run; false if it only warns.
    pub fails: bool,
    /// The deviation, in one sentence.
    pub sentence: String,
    /// Requests sent before the first observation.
    pub after: u64,
    /// The shrunk sequence.
    pub steps: Vec<String>,
    /// Requests spent on confirming and shrinking.
    pub shrinking: u64,
}

/// A defect with its runs.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Its name.
    pub name: &'static str,
    /// The rules that it breaks.
    pub rules: Vec<&'static str>,
    /// must, should or null.
    pub force: &'static str,
    /// Operations of the shortest sequence known.
    pub shortest: usize,
    /// Its runs.
    pub runs: Vec<DefectRun>,
}

/// Everything that was found out.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// Seeds.
    pub seeds: u64,
    /// True if defects of force should count too.
    pub strict: bool,
    /// True if the deterministic cases were left out.
    pub random_only: bool,
    /// The defects.
    pub defects: Vec<Scored>,
    /// The emulator without a defect.
    pub clean: Vec<DefectRun>,
    /// The emulator with its open questions settled by a seed.
    pub readings: Vec<DefectRun>,
}

impl Scored {
    fn new(row: &'static DefectRow) -> Scored {
        Scored {
            name: row.name,
            rules: rules_of(row),
            force: match row.force {
                Force::Must => "must",
                Force::Should => "should",
                _ => "null",
            },
            shortest: row.shortest,
            runs: Vec::new(),
        }
    }

    /// The findings, one a run at the most: a right one before others.
    pub fn hits(&self) -> impl Iterator<Item = &Detection> {
        self.runs.iter().filter_map(|s| s.hits.iter().max_by_key(|h| h.right))
    }

    /// Runs that found it.
    pub fn found(&self) -> usize {
        self.hits().count()
    }

    /// Returns true if all went as it should.
    pub fn is_well(&self, strict: bool) -> bool {
        match self.force {
            "null" => self.found() == 0,
            "should" if !strict => true,
            _ => self.found() == self.runs.len(),
        }
    }
}

impl Score {
    /// Returns true if every defect that counts was found, and nothing else.
    pub fn is_well(&self) -> bool {
        let none = |runs: &[DefectRun]| runs.iter().all(|s| s.hits.is_empty());
        self.defects.iter().all(|d| d.is_well(self.strict)) && none(&self.clean) && none(&self.readings)
    }
}

/// The rules whose breach the defect is: more than one where a fault breaks several alike.
fn rules_of(row: &DefectRow) -> Vec<&'static str> {
    if let Some((kind, member, state)) = row.cell() {
        let column = ConnectionState::from_name(state).map(GateColumn::of);
        return CELLS
            .iter()
            .filter(|c| c.store_type.name() == kind && c.member.name() == member && Some(c.column) == column)
            .map(|c| c.id)
            .chain(accepted_rules::accepted_rules(row.name).iter().copied())
            .collect();
    }
    std::iter::once(row.rule).chain(accepted_rules::accepted_rules(row.name).iter().copied()).collect()
}

/// The subject of one run.
#[derive(Clone, Copy)]
enum Job {
    Defect(usize, &'static DefectRow),
    Clean,
    Readings,
}

/// Does the same for each job, some at once, and returns the results in the order of the jobs.
fn side_by_side<J: Sync, T: Send>(
    jobs: &[J],
    at_once: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
    run: impl Fn(&J) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { break };
                    let result = run(job);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.insert(at, result);
                    progress(done.len(), jobs.len());
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

/// Scores the requested defects; `progress` is called after each run.
pub fn score(asked: &ScoreOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Score {
    let rows: Vec<&'static DefectRow> = defects().filter(|row| is_meant(&asked.defects, row.name)).collect();
    let mut jobs: Vec<(Job, u64)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        jobs.extend((1..=asked.seeds).map(|seed| (Job::Defect(at, row), seed)));
    }
    if asked.defects.is_empty() {
        jobs.extend((1..=asked.seeds).map(|seed| (Job::Clean, seed)));
    }
    jobs.extend((1..=asked.readings).map(|seed| (Job::Readings, seed)));
    let range = RunConfig::new(asked);
    let done = side_by_side(&jobs, asked.jobs, progress, |(job, seed)| match job {
        Job::Defect(_, row) => run_defect(&range, Some(row), &rules_of(row), None, *seed),
        Job::Clean => run_defect(&range, None, &[], None, *seed),
        Job::Readings => run_defect(&range, None, &[], Some(*seed), *seed),
    });
    let mut score = Score {
        seeds: asked.seeds,
        strict: asked.strict,
        random_only: asked.random_only,
        defects: rows.into_iter().map(Scored::new).collect(),
        clean: Vec::new(),
        readings: Vec::new(),
    };
    for ((job, _), run) in jobs.into_iter().zip(done) {
        match job {
            Job::Defect(at, _) => score.defects[at].runs.push(run),
            Job::Clean => score.clean.push(run),
            Job::Readings => score.readings.push(run),
        }
    }
    score
}

fn is_meant(patterns: &[String], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| glob(pattern, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_defect_has_its_rule() {
        for row in defects().filter(|row| row.cell().is_some()) {
            assert!(!rules_of(row).is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn what_breaks_other_rules_too_is_a_defect() {
        for name in accepted_rules::ACCEPTED.iter().flat_map(|(names, ..)| *names) {
            assert!(defects().any(|row| row.name == *name), "{name}");
        }
    }
}
