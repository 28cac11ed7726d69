//! Runs the deterministic cases, each alone on fresh stores, and keeps what was answered.
//!
//! The plan follows from the revision and the profile alone, so two recordings
//! have the same cases. A case whose setup does not work is set aside; the setup, a case of its own,
//! has the reason.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::created_id;
use ucks_oracle::members::StoreType;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::{self, ids};
use ucks_oracle::wire::{Answer, UPDATE};

use super::facts::{self, StoresById};
use super::symbols::Symbols;
use super::without_stores::without_stores;
use super::{FORMAT, RecordedCase, Recording, SCENARIOS, SETUPS};
use crate::bind::{Leases, Needs, Pool};
use crate::names::Names;
use crate::op::{Op, Symbol};
use crate::plan::cases::cases;
use crate::plan::scenarios::scenarios;
use crate::plan::{self, Abilities, Goal};
use crate::profile::Profile;
use crate::render;
use crate::run::context::{RunContext, StoreTracker};
use crate::run::executor::Executor;
use crate::run::finding::key;
use crate::run::log::Log;
use crate::run::probe::probe;
use crate::target::{SharedTarget, TransportError};

/// Attempts at a case whose store leaves its state too early.
const ATTEMPTS: u64 = 8;

/// The settings of a recording.
pub struct RecordingSettings<'a> {
    /// The target.
    pub target: SharedTarget,
    /// The name in the recording.
    pub name: String,
    /// The profile of the target.
    pub profile: &'a Profile,
    /// The revision whose cases are run.
    pub revision: Revision,
    /// Cases side by side.
    pub lanes: usize,
    /// Requests a second at the most; 0 for no limit.
    pub rate: f64,
    /// True if stores may be created; without them only updates to an id that does not exist are sent.
    pub stores: bool,
    /// Remembers created stores.
    pub tracker: Arc<dyn StoreTracker>,
    /// Set to ask for an early end.
    pub stop: Arc<AtomicBool>,
}

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The target does not answer, or not any more.
    #[error("the target was lost: {0}")]
    Lost(#[from] TransportError),
    /// The caller asked for an early end.
    #[error("stopped before the end")]
    Stopped,
    /// There is nothing to record.
    #[error("{0}")]
    Hopeless(String),
}

/// One case to bring about.
pub(super) struct Attempt {
    pub(super) rule: String,
    pub(super) name: String,
    pub(super) setup: Vec<Op>,
    pub(super) ops: Vec<Op>,
}

/// Records a target.
///
/// # Errors
/// [`NotRecorded`] where the target cannot be tested, or was lost on the way.
pub async fn record(wanted: &RecordingSettings<'_>) -> Result<Recording, NotRecorded> {
    let profile = wanted.profile;
    let mut model = Model::new(wanted.revision);
    model.environment = profile.environment_at(wanted.revision);
    let rate = if wanted.rate > 0.0 { wanted.rate } else { profile.rate };
    let make = |model: Model| {
        let tracker = wanted.tracker.clone();
        RunContext::new(wanted.target.clone(), model, profile.settle, profile.transition, rate, tracker)
    };
    let mut attempts = planned(&model, profile);
    let room = if wanted.stores {
        let probed = probe(&make(model.clone()), profile.stores, profile.checks_signatures).await?;
        if let Some(why) = probed.hopeless {
            return Err(NotRecorded::Hopeless(why));
        }
        model.blind = Arc::new(probed.blind);
        probed.reach.room
    } else {
        attempts = without_stores(attempts);
        0
    };
    let pool = Pool::new(&model.environment, room);
    let context = Arc::new(make(model));
    let mut recording = Recording {
        format: FORMAT,
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        rule_book: rules::RULE_BOOK.to_owned(),
        target: wanted.name.clone(),
        revision: wanted.revision.date().to_owned(),
        case: Default::default(),
    };
    for (attempt, case) in all(context, pool, attempts, wanted).await? {
        recording.case.entry(attempt.rule).or_default().insert(attempt.name, case);
    }
    Ok(recording)
}

/// The cases that a recording at this revision and with this profile has, by rule and name.
pub fn names(revision: Revision, profile: &Profile) -> BTreeSet<(String, String)> {
    let mut model = Model::new(revision);
    model.environment = profile.environment_at(revision);
    planned(&model, profile).into_iter().map(|attempt| (attempt.rule, attempt.name)).collect()
}

/// Everything to bring about, in the order of the plan.
fn planned(model: &Model, profile: &Profile) -> Vec<Attempt> {
    let reach = Abilities {
        room: profile.stores,
        signatures: profile.checks_signatures,
        seen: [ConnectionState::Connected, ConnectionState::Disconnected].into(),
        types: StoreType::ALL
            .iter()
            .copied()
            .filter(|t| *t == StoreType::CloudHsm || model.revision >= Revision::ExternalKeyStores)
            .collect(),
        ..Abilities::all()
    };
    let mut all = Vec::new();
    let mut setups = BTreeSet::new();
    for sequence in cases(model, &reach).sequences {
        if setups.insert((sequence.label.clone(), serde_json::to_string(&sequence.setup).unwrap_or_default())) {
            all.push(Attempt {
                rule: SETUPS.to_owned(),
                name: sequence.label.clone(),
                setup: Vec::new(),
                ops: sequence.setup.clone(),
            });
        }
        for case in sequence.cases {
            all.push(Attempt {
                rule: rule_of(&case).to_owned(),
                name: format!("{}: {}", sequence.label, render::line(&case.op)),
                setup: sequence.setup.clone(),
                ops: vec![case.op],
            });
        }
    }
    // A list of all stores also shows the stores of other sequences that run at the same time.
    let unsteady = |op: &Op| op.is_a_matter_of_timing() || matches!(op, Op::List { .. });
    let steady = |s: &plan::Sequence| !s.operations().any(unsteady);
    for scenario in scenarios(model, &reach).into_iter().filter(steady) {
        all.push(Attempt {
            rule: SCENARIOS.to_owned(),
            name: scenario.label.clone(),
            setup: Vec::new(),
            ops: scenario.operations().cloned().collect(),
        });
    }
    // Names describe less than operations do: cases with equal names are numbered in the order of the plan.
    let mut taken = BTreeSet::new();
    for attempt in &mut all {
        attempt.name = numbered(&mut taken, &attempt.rule, &attempt.name);
    }
    all
}

/// Returns the name with a number behind it if another case below the rule has the name, and notes it as taken.
pub(super) fn numbered(taken: &mut BTreeSet<(String, String)>, rule: &str, name: &str) -> String {
    let with_number = |n: usize| if n == 1 { name.to_owned() } else { format!("{name} ({n})") };
    let free = (1..).map(with_number).find(|name| taken.insert((rule.to_owned(), name.clone())));
    free.unwrap_or_default()
}

/// The one rule that a case is about: the most special of those that it is planned for.
fn rule_of(case: &plan::Case) -> &'static str {
    let place = |id: &str| rules::all().iter().position(|r| r.id.0 == id);
    let meant = case.goals.iter().map(|g| match g {
        Goal::Rule { exercise, .. } => exercise.rule.0,
        Goal::HalfApplied { .. } => ids::A_02.0,
        Goal::Pair { .. } => ids::P_01.0,
    });
    meant.min_by_key(|id| (rules::find(id).map(|r| r.breadth), place(id))).unwrap_or(ids::P_01.0)
}

/// Brings about all of them, side by side as far as room and fixtures allow.
async fn all(
    context: Arc<RunContext>,
    mut pool: Pool,
    attempts: Vec<Attempt>,
    wanted: &RecordingSettings<'_>,
) -> Result<Vec<(Attempt, RecordedCase)>, NotRecorded> {
    let mut waiting: VecDeque<(usize, Attempt)> = attempts.into_iter().enumerate().collect();
    let mut running: JoinSet<(usize, Attempt, Leases, Result<RecordedCase, TransportError>)> = JoinSet::new();
    let mut done: Vec<(usize, Attempt, RecordedCase)> = Vec::new();
    loop {
        if wanted.stop.load(Ordering::Relaxed) {
            waiting.clear();
        }
        while running.len() < wanted.lanes.max(1)
            && let Some((at, next)) = waiting.front()
        {
            let needs = Needs::of(next.setup.iter().chain(&next.ops));
            let leases = pool.lease_for(&needs, u64::try_from(*at).unwrap_or(0));
            if leases.is_none() && !running.is_empty() {
                break;
            }
            let Some((at, attempt)) = waiting.pop_front() else { break };
            let Some(leases) = leases else {
                let why = "the account has no room for it, or the profile too few fixtures";
                done.push((at, attempt, RecordedCase { aside: Some(why.to_owned()), step: Vec::new() }));
                continue;
            };
            let context = context.clone();
            running.spawn(async move {
                let case = patiently(&context, at, &leases, &attempt).await;
                (at, attempt, leases, case)
            });
        }
        match running.join_next().await {
            Some(Ok((at, attempt, leases, case))) => {
                pool.give_back(&context.model.environment, leases);
                done.push((at, attempt, case?));
            }
            Some(Err(_)) => {}
            None if waiting.is_empty() => break,
            None => {}
        }
    }
    if wanted.stop.load(Ordering::Relaxed) {
        return Err(NotRecorded::Stopped);
    }
    done.sort_by_key(|(at, ..)| *at);
    Ok(done.into_iter().map(|(_, attempt, case)| (attempt, case)).collect())
}

/// Tries again if a store left its state before the answer was received.
async fn patiently(
    context: &RunContext,
    at: usize,
    leases: &Leases,
    attempt: &Attempt,
) -> Result<RecordedCase, TransportError> {
    for n in 0..ATTEMPTS {
        if let Some(case) = once(context, Names::new(context.nonce, at as u64, n), leases.clone(), attempt).await? {
            return Ok(case);
        }
    }
    Ok(RecordedCase { aside: Some("the store left its state too early".to_owned()), step: Vec::new() })
}

/// One attempt: `None` where a store left its state too early.
async fn once(
    context: &RunContext,
    names: Names,
    leases: Leases,
    attempt: &Attempt,
) -> Result<Option<RecordedCase>, TransportError> {
    let mut executor = Executor::new(context, names, leases);
    executor.log = Some(Log::new(&context.model.environment));
    let mut symbols = Symbols::default();
    let mut before = StoresById::new();
    let mut case = RecordedCase::default();
    let mut early = false;
    let mut shown = 0;
    let mut ids: BTreeMap<Symbol, String> = BTreeMap::new();
    let mut previous: Option<&Op> = None;
    for (at, op) in attempt.setup.iter().chain(&attempt.ops).enumerate() {
        let result = executor.run(op).await?;
        result.divergences.iter().for_each(|d| context.learn(&key(d).text()));
        if let Some(why) = &result.skipped {
            case.aside = Some(why.to_string());
            break;
        }
        let exchanges = executor.log.as_ref().map_or(&[][..], |log| &log.exchanges[shown..]);
        exchanges.iter().filter(|e| e.operation != crate::run::executor::DESCRIBE).for_each(|e| symbols.learn(&e.body));
        if let (Op::Create { store, .. }, Some(own)) = (op, exchanges.first()) {
            let body = own.answer.clone().into_bytes();
            let id = created_id(&Answer { status: own.status, body, ..Answer::default() });
            if let Some(id) = id {
                symbols.name(&id, format!("‹id {store}›"));
                ids.insert(*store, id);
            }
        }
        let now = facts::seen(exchanges);
        if at < attempt.setup.len() {
            if let Some(why) = &result.blocked {
                case.aside = Some(format!("the setup does not work: {}", symbols.text(why)));
                break;
            }
        } else {
            let mut step = facts::step(&result, exchanges, &symbols);
            if attempt.ops.len() > 1 || attempt.setup.is_empty() {
                step.does = Some(render::line(op));
                step.operation = Some(op.operation().to_owned());
            }
            step.changes = facts::changes(&before, &now, leaves_moving(op).is_some(), &symbols);
            case.step.push(step);
            // A store that is in a transition now was so when the answer was sent.
            let on_its_way =
                previous.and_then(leaves_moving).and_then(|store| ids.get(&store)).and_then(|id| now.get(id));
            early |= on_its_way.is_some_and(|fields| !fields.as_ref().is_some_and(facts::is_moving));
        }
        before.extend(now);
        previous = Some(op);
        shown = executor.log.as_ref().map_or(0, |log| log.exchanges.len());
    }
    others(&mut executor, shown, &before, &mut symbols, &mut case).await?;
    Ok((!early).then_some(case))
}

/// The store that the operation leaves on its way to another state.
fn leaves_moving(op: &Op) -> Option<Symbol> {
    match op {
        Op::Connect { store, wait: false } | Op::Disconnect { store, wait: false } => Some(*store),
        _ => None,
    }
}

/// Cleans up, and adds to the last update what shows only then: its effect on other stores.
async fn others(
    executor: &mut Executor<'_>,
    shown: usize,
    before: &StoresById,
    symbols: &mut Symbols,
    case: &mut RecordedCase,
) -> Result<(), TransportError> {
    let cleaned = executor.clean_up().await?;
    let Some(log) = &executor.log else { return Ok(()) };
    // Looking at the other stores comes before the first operation of the cleaning up.
    let looked = log.exchanges[shown..].iter().take_while(|e| e.operation == crate::run::executor::DESCRIBE);
    let mut now = StoresById::new();
    for (id, fields) in looked.flat_map(|e| facts::seen([e])) {
        now.entry(id).or_insert(fields);
    }
    if let Some(step) = case.step.last_mut() {
        let after: Vec<_> = cleaned.divergences.into_iter().filter(|d| d.operation == UPDATE).collect();
        let late = facts::rule_lines(&after, symbols);
        step.deviations.extend(late);
        let known: BTreeSet<String> = step.changes.drain(..).collect();
        let late = facts::changes(before, &now, false, symbols);
        step.changes = known.into_iter().chain(late).collect::<BTreeSet<_>>().into_iter().collect();
    }
    Ok(())
}
