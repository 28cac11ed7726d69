//! One run in process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, DefectRow, Emulator, Force};
use ucks_oracle::judge::Policy;
use ucks_oracle::revision::Revision;

use super::{DefectRun, Detection, ScoreOptions};
use crate::plan::cases::PlanCache;
use crate::profile::Profile;
use crate::record::Finding;
use crate::run::{Options, Progress, Subject, run};
use crate::selection::selects;
use crate::target::http::Local;

/// Requests after which random sequences alone give up.
const PATIENCE: u64 = 20_000;
/// Sequences side by side in one run: while one waits for a transition, others go on.
const LANES: usize = 4;

/// The settings that all runs share.
pub struct RunConfig {
    profile: Profile,
    strict: bool,
    random_only: bool,
    plans: PlanCache,
}

impl RunConfig {
    /// The default world as profile.
    pub fn new(asked: &ScoreOptions) -> RunConfig {
        // The default environment is a profile, which a test of the profile checks.
        let profile = Profile { checks_signatures: true, ..Profile::parse(DEFAULT_ENVIRONMENT).unwrap_or_default() };
        RunConfig { profile, strict: asked.strict, random_only: asked.random_only, plans: PlanCache::default() }
    }
}

/// Ends the run after this number of requests.
struct RequestBudget {
    stop: Arc<AtomicBool>,
    most: u64,
}

impl Progress for RequestBudget {
    fn step(&self, requests: u64) {
        if requests >= self.most {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs the emulator with the defect, up to the first confirmed finding of its force.
pub(super) fn run_defect(
    range: &RunConfig,
    row: Option<&'static DefectRow>,
    rules: &[&str],
    readings: Option<u64>,
    seed: u64,
) -> DefectRun {
    let failed = |why: String| DefectRun { seed, hits: Vec::new(), requests: 0, unstable: vec![why], elapsed_ms: 0 };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return failed("no runtime".to_owned());
    };
    let emulator = Emulator::new(Config {
        revision: Revision::LATEST.date().to_owned(),
        defect: row.and_then(|r| r.name.parse().ok()),
        readings,
        check_signatures: Some(true),
        ..Config::default()
    });
    let profile = &range.profile;
    let service = move |request| {
        let emulator = emulator.clone();
        async move { emulator.respond(request).await }
    };
    let target = match Local::new(service, profile) {
        Ok(target) => Arc::new(target),
        Err(lost) => return failed(lost.to_string()),
    };
    // An order among the state's own checks is only looked for where it is pinned (P-04).
    let pinned = row.is_some_and(|r| r.rule == "P-04");
    let should = row.is_some_and(|r| r.force != Force::Must);
    let stop = Arc::new(AtomicBool::new(false));
    let patience = RequestBudget { stop: stop.clone(), most: if range.random_only { PATIENCE } else { u64::MAX } };
    let options = Options {
        seed,
        sequences: if range.random_only { PATIENCE } else { Options::default().sequences },
        lanes: LANES,
        policy: if pinned { Policy::Pinned } else { Policy::Layered },
        policy_name: if pinned { "pinned" } else { "layered" }.to_owned(),
        strict: range.strict && row.is_none() || should,
        cases: !range.random_only,
        first: true,
        plans: range.plans.clone(),
        ..Options::default()
    };
    let strict = options.strict;
    let name = row.map_or_else(|| "embedded".to_owned(), |r| format!("embedded:{}", r.name));
    let subject =
        Subject { progress: Arc::new(patience), stop, ..Subject::new(target, name, profile, Revision::LATEST) };
    let record = runtime.block_on(run(subject, options));
    let hit = |f: &Finding| Detection {
        code: f.code.clone(),
        rule: f.rule.clone(),
        right: rules.iter().any(|r| selects(r, &f.rule)),
        fails: f.fails,
        sentence: f.sentence.clone(),
        after: f.found_after,
        steps: f.steps.clone(),
        shrinking: f.shrink_requests,
    };
    DefectRun {
        seed,
        hits: record.findings.iter().filter(|f| f.fails || strict).map(hit).collect(),
        requests: record.requests,
        unstable: record.unstable.iter().map(|u| format!("{}: {}", u.rule, u.sentence)).collect(),
        elapsed_ms: record.elapsed_ms,
    }
}
