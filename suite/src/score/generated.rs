//! The suite tested by construction: every edit of the emulator's conforming behaviour.
//!
//! Each edit is run in process, by a clock that moves only when somebody waits, up to its first
//! confirmed finding; an edit without one *survives*. Families are counted apart, because a family
//! of many equal edits would hide the others.

mod causes;
mod report;

use fastrand::Rng;
use serde::Serialize;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Edit, edits};
use ucks_oracle::revision::Revision;

#[cfg(test)]
pub(crate) use self::causes::SHORT;
pub use self::causes::{Measured, consequences, measure_causes, summary};
pub use self::report::text;
use super::side_by_side;
use crate::fuzzing::simulated_clock::{SimulatedClock, block_on, served};
use crate::plan::cases::PlanCache;
use crate::profile::Profile;
use crate::record::Record;
use crate::run::{Options, Subject, run};

/// Which edits to run, and how.
#[derive(Clone, Debug)]
pub struct GeneratedOptions {
    /// Names or families of edits, with `*`; empty for all.
    pub names: Vec<String>,
    /// The number of edits to run, drawn by the seed; `None` for all.
    pub sample: Option<usize>,
    /// The seed of the sample and of the runs.
    pub seed: u64,
    /// Random sequences after the cases.
    pub sequences: u64,
    /// Runs side by side.
    pub jobs: usize,
}

/// The run of one edit.
#[derive(Clone, Debug, Serialize)]
pub struct EditRun {
    /// The family of the edit.
    pub family: &'static str,
    /// Its name.
    pub name: String,
    /// The deviation of the edit, in one sentence.
    pub sentence: String,
    /// Its first finding; `None` where it survived.
    pub found: Option<FirstFinding>,
    /// Requests sent in all.
    pub requests: u64,
    /// Divergences that were not reproduced.
    pub unstable: Vec<String>,
}

/// The finding at which a run stopped.
#[derive(Clone, Debug, Serialize)]
pub struct FirstFinding {
    /// The rule that it is filed under.
    pub rule: String,
    /// True if it fails the run; false if it only warns.
    pub fails: bool,
    /// The deviation, in one sentence.
    pub sentence: String,
    /// Requests sent before it was first observed.
    pub after: u64,
}

/// The runs of all edits.
#[derive(Clone, Debug, Serialize)]
pub struct Generated {
    /// The seed of sample and runs.
    pub seed: u64,
    /// The number of edits; more than `runs` in a sample.
    pub enumerated: usize,
    /// The runs, in the order of the enumeration.
    pub runs: Vec<EditRun>,
}

/// The runs of one family.
pub struct FamilyRuns<'a> {
    /// The name of the family.
    pub name: &'static str,
    /// Its runs.
    pub runs: Vec<&'a EditRun>,
}

impl FamilyRuns<'_> {
    /// Returns the number of edits that were found.
    pub fn found(&self) -> usize {
        self.runs.iter().filter(|run| run.found.is_some()).count()
    }
}

impl Generated {
    /// The families, in the order of the enumeration.
    pub fn families(&self) -> Vec<FamilyRuns<'_>> {
        let mut families: Vec<FamilyRuns<'_>> = Vec::new();
        for run in &self.runs {
            match families.iter_mut().find(|family| family.name == run.family) {
                Some(family) => family.runs.push(run),
                None => families.push(FamilyRuns { name: run.family, runs: vec![run] }),
            }
        }
        families
    }

    /// The edits that no finding showed.
    pub fn survivors(&self) -> impl Iterator<Item = &EditRun> {
        self.runs.iter().filter(|run| run.found.is_none())
    }
}

/// Runs the edits; `progress` receives how many of how many have ended.
pub fn score_generated(options: &GeneratedOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Generated {
    let all = edits(Revision::LATEST.date());
    let enumerated = all.len();
    let chosen = chosen(all, options);
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap_or_default();
    let plans = PlanCache::default();
    let runs = side_by_side(&chosen, options.jobs, progress, |edit| run_edit(edit, &profile, options, &plans));
    Generated { seed: options.seed, enumerated, runs }
}

/// The edits that the options ask for, in the order of the enumeration.
fn chosen(all: Vec<Edit>, options: &GeneratedOptions) -> Vec<Edit> {
    let meant = |edit: &Edit| {
        let names = &options.names;
        super::is_meant(names, edit.name()) || super::is_meant(names, edit.family().name())
    };
    let mut all: Vec<Edit> = all.into_iter().filter(meant).collect();
    let Some(sample) = options.sample.filter(|sample| *sample < all.len()) else { return all };
    let mut places: Vec<usize> = (0..all.len()).collect();
    Rng::with_seed(options.seed).shuffle(&mut places);
    places.truncate(sample);
    let mut place = 0;
    all.retain(|_| {
        place += 1;
        places.contains(&(place - 1))
    });
    all
}

/// Runs one edit up to its first finding, a warning included.
fn run_edit(edit: &Edit, profile: &Profile, options: &GeneratedOptions, plans: &PlanCache) -> EditRun {
    let options = Options {
        seed: options.seed,
        sequences: options.sequences,
        lanes: 1,
        strict: true,
        first: true,
        shrink: false,
        plans: plans.clone(),
        ..Options::default()
    };
    let record = record_of(edit, profile, options);
    let found = record.findings.first().map(|finding| FirstFinding {
        rule: finding.rule.clone(),
        fails: finding.fails,
        sentence: finding.sentence.clone(),
        after: finding.found_after,
    });
    EditRun {
        family: edit.family().name(),
        name: edit.name().to_owned(),
        sentence: edit.sentence().to_owned(),
        found,
        requests: record.requests,
        unstable: record.unstable.iter().map(|unstable| format!("{}: {}", unstable.rule, unstable.sentence)).collect(),
    }
}

/// The record of a run against the emulator with the edit, under a simulated clock.
fn record_of(edit: &Edit, profile: &Profile, options: Options) -> Record {
    let clock = SimulatedClock::default();
    let config = Config { revision: Revision::LATEST.date().to_owned(), edit: Some(edit.clone()), ..Config::default() };
    let subject = Subject::new(served(config, &clock), edit.name(), profile, Revision::LATEST);
    block_on(run(subject, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(names: &[&str], sample: Option<usize>) -> GeneratedOptions {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        GeneratedOptions { names, sample, seed: 1, sequences: 0, jobs: 2 }
    }

    #[test]
    fn an_edit_is_found_under_a_rule() {
        let score = score_generated(&options(&["name-taken.drop"], None), &|_, _| {});
        let [run] = &score.runs[..] else { panic!("{score:?}") };
        assert_eq!(run.found.as_ref().map(|found| found.rule.as_str()), Some("U-01"));
        assert!(text(&score).contains("drop"), "{}", text(&score));
    }

    /// `UCKS_EDITS` holds names or families, separated by commas, `UCKS_SAMPLE` a number of edits.
    #[test]
    #[ignore = "takes minutes, and prints what survives"]
    fn all_edits() {
        let names = std::env::var("UCKS_EDITS").unwrap_or_default();
        let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
        let sample = std::env::var("UCKS_SAMPLE").ok().and_then(|sample| sample.parse().ok());
        println!("{}", text(&score_generated(&options(&names, sample), &|_, _| {})));
    }

    #[test]
    fn a_sample_is_the_same_each_time() {
        let names = || {
            let all = edits(Revision::LATEST.date());
            chosen(all, &options(&[], Some(20))).iter().map(|edit| edit.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names().len(), 20);
        assert_eq!(names(), names());
    }
}
