//! A run: probe, plan, sequences side by side, findings confirmed and shrunk, one record.
//!
//! Lanes take sequences in order of their number, each as soon as the stores and fixtures that it needs are free; one
//! that waits for them may be overtaken. When one shows something new, no further ones begin but those that it
//! overtook, until all lanes are quiet and it was replayed twice and shrunk. Random sequences are drawn without a look
//! at the answers. So the symbolic operations of a sequence depend on the seed and the answers, never on how many lanes
//! there are.
//!
//! ```
//! # #[cfg(feature = "cli")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
//! use ucks_oracle::revision::Revision;
//! use ucks_suite::profile::Profile;
//! use ucks_suite::record::Verdict;
//! use ucks_suite::run::{Options, Subject, run};
//! use ucks_suite::target::in_process::InProcess;
//!
//! // A service that accepts a name which is in use.
//! let service = Emulator::new(Config { defect: Some("names-not-unique".parse()?), ..Config::default() });
//! let target = Arc::new(InProcess::new(move |request| {
//!     let answer = service.handle(request);
//!     async move { answer }
//! }));
//! let profile = Profile::parse(DEFAULT_ENVIRONMENT)?;
//! let subject = Subject::new(target, "my service", &profile, Revision::LATEST);
//! let options = Options { only: vec!["U-01".to_owned()], sequences: 0, ..Options::default() };
//! let record = run(subject, options).await;
//! assert!(record.rules.iter().any(|rule| rule.id == "U-01" && rule.verdict == Verdict::Fail));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "cli"))]
//! # fn main() {}
//! ```

#![deny(clippy::disallowed_methods)]

mod assemble;
mod confirm;
pub mod context;
pub mod coverage;
pub mod executor;
pub mod finding;
mod lane;
pub mod log;
pub mod merge;
mod options;
pub mod patience;
pub mod probe;
mod queue;
pub mod shrink;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::RuleId;

use self::context::{NoTracking, RunContext, StoreTracker};
use self::coverage::Coverage;
use self::lane::{Lane, lane};
pub use self::options::Options;
use self::probe::{Probed, probe};
use self::queue::{Queue, Rank, Waiting};
use self::shrink::Reproduction;
use crate::bind::Pool;
use crate::ledger::Remaining;
use crate::plan::cases::Cases;
use crate::plan::focus::Focus;
use crate::plan::random::{Generator, STORES};
use crate::plan::scenarios::scenarios;
use crate::plan::shard::fingerprint;
use crate::plan::{Case, Goal, Sequence};
use crate::profile::Profile;
use crate::record::{Record, Sighting, Unstable};
use crate::replay::Key;
pub use crate::selection::selects as matches;
use crate::target::SharedTarget;

/// Most sequences between two quiet moments: their lanes are held in memory so long.
const BATCH: usize = 1_024;
/// Attempts at a sequence whose cases were cut short by divergences.
const ATTEMPTS: u64 = 40;

/// Receives the progress of a run.
pub trait Progress: Send + Sync {
    /// A phase begins, with its number of steps, if that is known.
    fn phase(&self, _name: &str, _steps: Option<u64>) {}
    /// The phase has further steps: cases that a finding cut off run again.
    fn more(&self, _steps: u64) {}
    /// A sequence of this number is about to run.
    fn sequence(&self, _number: u64, _sequence: &Sequence) {}
    /// A step is done.
    fn step(&self, _requests: u64) {}
    /// A divergence with this key was observed; it will be replayed unless it is known.
    fn doubts(&self, _key: &Key) {}
    /// A new finding was confirmed.
    fn found(&self, _key: &Key) {}
    /// All is done.
    fn done(&self) {}
}

/// Reports nothing.
pub struct Silent;

impl Progress for Silent {}

/// Everything a run needs besides its options.
pub struct Subject {
    /// The target.
    pub target: SharedTarget,
    /// The name that the caller gave it.
    pub name: String,
    /// The profile.
    pub profile: Arc<Profile>,
    /// The revision that applies.
    pub revision: Revision,
    /// Remembers created stores.
    pub tracker: Arc<dyn StoreTracker>,
    /// Receives the progress.
    pub progress: Arc<dyn Progress>,
    /// Set to ask the run to end early.
    pub stop: Arc<std::sync::atomic::AtomicBool>,
    /// Stores that earlier runs left behind.
    pub leftovers: Vec<Remaining>,
}

impl Subject {
    /// A target without tracking of stores and without progress, that runs to its end.
    pub fn new(target: SharedTarget, name: impl Into<String>, profile: &Profile, revision: Revision) -> Subject {
        Subject {
            target,
            name: name.into(),
            profile: Arc::new(profile.clone()),
            revision,
            tracker: Arc::new(NoTracking),
            progress: Arc::new(Silent),
            stop: Arc::default(),
            leftovers: Vec::new(),
        }
    }
}

/// A confirmed finding.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub shown: Reproduction,
    pub count: u64,
    pub found_after: u64,
    pub steps_before: usize,
    pub shrink_requests: u64,
    pub random: bool,
}

/// Why a case was planned and never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// A companion operation did not bring a store into the state that the case needs, for the reason given.
    Blocked(String),
    /// Findings of other rules ended each of its sequences first.
    CutShort,
    /// The run ended first.
    Ended,
}

/// The state of a run.
pub(crate) struct Run {
    context: Arc<RunContext>,
    options: Options,
    progress: Arc<dyn Progress>,
    stop: Arc<std::sync::atomic::AtomicBool>,
    /// Sequences side by side, as long as they leave each other alone.
    lanes: usize,
    pool: Pool,
    pub coverage: Coverage,
    /// The sides of rules that the deterministic cases touched.
    covered_by_cases: Coverage,
    /// True if the random sequences have begun.
    random: bool,
    pub findings: BTreeMap<Key, Found>,
    pub counts: BTreeMap<Key, u64>,
    pub unstable: Vec<Unstable>,
    /// Every kind of divergence as the sequences showed it.
    sightings: BTreeMap<Key, Sighting>,
    /// The number of divergences that did not show again, by key.
    doubted: BTreeMap<Key, u32>,
    /// Divergences that turned out to be another finding.
    slipped: BTreeMap<Key, Key>,
    pub blocked: BTreeMap<String, u64>,
    /// Why cases of a rule were planned and never sent, by rule.
    pub unsent: BTreeMap<RuleId, Unsent>,
    /// Rules whose cases other shards run.
    elsewhere: BTreeSet<RuleId>,
    /// A hash of the plan of all shards.
    plan: String,
    pub lost: Option<String>,
    pub sequences: u64,
    /// True if deterministic cases were left when the run ended.
    cases_left: bool,
    /// Time spent on shrinking, and the findings that are not shrunk since its share was used up.
    shrinking: Duration,
    unshrunk: u64,
    target_name: String,
    profile_name: Option<String>,
}

/// Runs the suite and returns its record.
pub async fn run(subject: Subject, options: Options) -> Record {
    // A task like its lanes: beginning one, and hearing of its end, then wakes no other thread.
    let mut whole = JoinSet::new();
    whole.spawn(judged(subject, options));
    match whole.join_next().await {
        Some(Ok(record)) => record,
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down.
        _ => std::future::pending().await,
    }
}

async fn judged(subject: Subject, options: Options) -> Record {
    let started = subject.target.now();
    let mut model = Model::new(subject.revision);
    model.policy = options.policy.clone();
    model.environment = subject.profile.environment_at(subject.revision);
    let rate = if options.rate > 0.0 { options.rate } else { subject.profile.rate };
    let origin = options.origin;
    let deadline = options.max_time.map(|time| started.saturating_add(time));
    let make = |model: Model, which: u64| {
        let (settle, transition) = (subject.profile.settle, subject.profile.transition);
        RunContext::new(subject.target.clone(), model, settle, transition, rate, subject.tracker.clone())
            .named(origin.map(|o| o.nth(which)))
            .until(deadline)
            .after(subject.leftovers.clone())
    };
    subject.progress.phase("probe", None);
    let first = make(model.clone(), 0);
    let probed = probe(&first, subject.profile.stores, subject.profile.checks_signatures).await;
    let spent = first.requests();
    let (probed, lost) = match probed {
        Ok(probed) => (Some(probed), None),
        Err(lost) => (None, Some(lost)),
    };
    if let Some(probed) = &probed {
        model.blind = Arc::new(probed.blind.clone());
        model.born = Arc::new(probed.reach.born.clone());
    }
    let effect_checks_enabled = first.effect_checks_enabled();
    let left = first.retained_leases();
    let pool = Pool::new(&model.environment, probed.as_ref().map_or(0, |p| p.reach.room)).without(&left);
    let mut run = Run {
        context: Arc::new(make(model, 1)),
        lanes: options.lanes.max(1),
        options,
        progress: subject.progress.clone(),
        stop: subject.stop.clone(),
        pool,
        coverage: Coverage::default(),
        covered_by_cases: Coverage::default(),
        random: false,
        findings: BTreeMap::new(),
        counts: BTreeMap::new(),
        unstable: Vec::new(),
        sightings: BTreeMap::new(),
        doubted: BTreeMap::new(),
        slipped: BTreeMap::new(),
        blocked: BTreeMap::new(),
        unsent: BTreeMap::new(),
        elsewhere: BTreeSet::new(),
        plan: String::new(),
        lost: lost.map(|l| l.to_string()),
        sequences: 0,
        cases_left: false,
        shrinking: Duration::ZERO,
        unshrunk: 0,
        target_name: subject.name.clone(),
        profile_name: subject.profile.name.clone(),
    };
    if !effect_checks_enabled {
        run.context.disable_effect_checks();
    }
    left.into_iter().for_each(|leases| run.context.retain_leases(leases));
    let mut plan = Cases::default();
    if let Some(probed) = probed.as_ref().filter(|p| p.hopeless.is_none()) {
        run.suspect_probe(probed).await;
        plan = run.options.plans.cases(&run.context.model, &probed.reach);
        run.everything(&plan, probed).await;
    }
    subject.progress.done();
    run.record(&subject, probed.as_ref(), &plan, subject.target.now().saturating_sub(started), spent)
}

impl Run {
    fn ended(&self) -> bool {
        let asked = self.stop.load(std::sync::atomic::Ordering::Relaxed);
        if asked {
            self.context.stop();
        }
        let first = self.options.first && self.findings.keys().any(|k| k.fails || self.options.strict);
        asked || first || self.lost.is_some() || self.context.timed_out()
    }

    /// Returns true if shrinking has used up its share of the run, half of the time.
    fn shrunk_enough(&self) -> bool {
        self.options.max_time.is_some_and(|time| self.shrinking >= time / 2)
    }

    async fn everything(&mut self, plan: &Cases, probed: &Probed) {
        if self.options.cases {
            let focus = Focus::new(&self.options.only, plan);
            let planned = plan.sequences.iter().cloned().chain(scenarios(&self.context.model, &probed.reach));
            let planned = (1..).zip(planned.filter_map(|s| focus.on(s))).collect();
            let planned = self.own(planned);
            let mut queue =
                Queue::of(planned.into_iter().map(|(index, sequence)| Waiting::new(index, 0, sequence)).collect());
            self.progress.phase("cases", Some(queue.waiting.len() as u64));
            while !queue.waiting.is_empty() && !self.ended() {
                for lane in self.batch(&mut queue).await {
                    let done = lane.sequence.cases.len() - lane.left.len();
                    if !lane.left.is_empty() && lane.attempt < ATTEMPTS && (done > 0 || lane.attempt == 0) {
                        let left = Sequence { cases: lane.left, ..lane.sequence };
                        queue.waiting.push_back(Waiting::new(lane.index, lane.attempt + 1, left));
                        self.progress.more(1);
                    } else {
                        self.leave_out(&lane.left, &Unsent::CutShort);
                    }
                    if let Some(why) = lane.blocked {
                        self.leave_out(&lane.unreached, &Unsent::Blocked(why));
                    }
                }
            }
            self.cases_left = self.context.timed_out() && !queue.waiting.is_empty();
            for waiting in &queue.waiting {
                self.leave_out(&waiting.sequence.cases, &Unsent::Ended);
            }
        }
        self.covered_by_cases = self.coverage.clone();
        // Only what is drawn at random is a sample from which the rest can be estimated.
        self.coverage.pairs.clear();
        self.random = true;
        let until = self.options.time.map(|t| self.context.now().saturating_add(t));
        let total = match until {
            _ if probed.reach.types.is_empty() => 0,
            Some(_) => u64::MAX,
            None => self.options.sequences,
        };
        if total == 0 {
            return;
        }
        self.progress.phase("random sequences", until.is_none().then_some(total));
        let planned = self.options.cases.then_some(&plan.goals).into_iter().flatten();
        let generator = Generator::new(&self.context.model, &probed.reach, planned);
        let mut queue = Queue::drawn(generator, self.options.seed, total, until, self.options.shard);
        while queue.goes_on(self.context.now()) && !self.ended() {
            queue.fill(1).await;
            self.batch(&mut queue).await;
        }
    }

    /// The sequences that belong to this shard, and as many stores as it may use of the account's room.
    fn own(&mut self, planned: Vec<(u64, Sequence)>) -> Vec<(u64, Sequence)> {
        let Some(shard) = self.options.shard else { return planned };
        self.plan = fingerprint(&planned);
        let largest = planned.iter().map(|(_, sequence)| sequence.needs().stores).max().unwrap_or(0);
        self.pool.share_stores(|room| shard.share(room, largest.max(usize::from(STORES))));
        let (own, others): (Vec<_>, Vec<_>) = planned.into_iter().partition(|(number, _)| shard.takes(*number));
        let rules = |sequences: &[(u64, Sequence)]| -> BTreeSet<RuleId> {
            let goals = sequences.iter().flat_map(|(_, s)| &s.cases).flat_map(|case| &case.goals);
            goals.filter_map(|g| if let Goal::Rule { exercise, .. } = g { Some(exercise.rule) } else { None }).collect()
        };
        let mine = rules(&own);
        self.elsewhere = rules(&others).into_iter().filter(|rule| !mine.contains(rule)).collect();
        own
    }

    /// Remembers for the rules of these cases why they were not sent.
    fn leave_out(&mut self, cases: &[Case], why: &Unsent) {
        for goal in cases.iter().flat_map(|case| &case.goals) {
            if let Goal::Rule { exercise, .. } = goal {
                self.unsent.entry(exercise.rule).or_insert_with(|| why.clone());
            }
        }
    }

    /// Runs sequences side by side until one shows something new, or there are no more, then confirms and shrinks
    /// what is new. What stays in the queue was not begun.
    async fn batch(&mut self, queue: &mut Queue) -> Vec<Lane> {
        let mut running: JoinSet<Lane> = JoinSet::new();
        let mut lanes = Vec::new();
        let mut begun = 0;
        // A sequence that shows something new ends the batch; those before it that it overtook are run first, so that
        // findings come in the order of the plan.
        let mut before = Rank::END;
        loop {
            let more = begun < BATCH && queue.goes_on(self.context.now());
            if more && before == Rank::END {
                queue.fill(self.lanes).await;
            }
            while more && running.len() < self.lanes && queue.has(before) && !self.ended() {
                if let Some((next, leases)) = queue.take(before, &mut self.pool) {
                    begun += 1;
                    self.progress.sequence(next.index, &next.sequence);
                    running.spawn(lane(self.context.clone(), next.index, next.attempt, next.sequence, leases));
                } else if running.is_empty() {
                    let why = "the account has no room, or the profile too few fixtures";
                    *self.blocked.entry(why.to_owned()).or_default() += 1;
                    if let Some(given_up) = queue.give_up(before) {
                        self.leave_out(&given_up.sequence.cases, &Unsent::Blocked(why.to_owned()));
                    }
                } else {
                    break;
                }
            }
            match running.join_next().await {
                Some(Ok(mut lane)) => {
                    let leases = std::mem::take(&mut lane.leases);
                    self.pool.give_back(&self.context.model.environment, leases);
                    let left = self.context.retained_leases();
                    if !left.is_empty() {
                        self.pool = self.pool.clone().without(&left);
                    }
                    self.progress.step(self.context.requests());
                    if let Some(lost) = &lane.lost {
                        self.lost.get_or_insert(lost.to_string());
                    }
                    if lane.suspects.iter().any(|s| !self.is_settled(&s.key)) {
                        before = before.min(lane.rank());
                    }
                    lanes.push(lane);
                }
                Some(Err(_)) => {}
                None if !more || !queue.has(before) || self.ended() => break,
                None => {}
            }
        }
        lanes.sort_by_key(Lane::rank);
        self.sequences += lanes.len() as u64;
        let mut suspects = Vec::new();
        for lane in &mut lanes {
            self.coverage.add(&lane.coverage);
            if let Some(why) = &lane.blocked {
                *self.blocked.entry(why.clone()).or_default() += 1;
            }
            suspects.append(&mut lane.suspects);
        }
        let context = self.context.clone();
        self.confirm(suspects, &context).await;
        lanes
    }
}
