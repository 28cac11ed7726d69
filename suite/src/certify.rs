//! Certificates: a run that may leave nothing out, in a bundle that a third party can judge again.
//!
//! ```text
//! challenge, profile ─► seed, names ─► the run ─► Recorder ─► SecretSubstitution ─► target   ucks certify
//!                                        │           └► transcript ─► bundle
//!                                        ▼                              │
//!                                  record, requirements                 ▼
//!                                        ▲                        hashes, signature
//! challenge, profile ─► seed, names ─► the same run ─► Replay ◄─ transcript         ucks verify
//! ```
//!
//! | module | content |
//! |---|---|
//! | [`level`] | what belongs to `core` and to `full` |
//! | [`challenge`] | the derivation of seed and names from the reviewer's text |
//! | [`public`], [`secret_substitution`] | a run without the caller's secrets |
//! | [`transcript`], [`recorder`], [`replay_target`] | the record of a run's exchanges, and repeating the run from it |
//! | [`behaviour`] | the comparison of the target before and after the run |
//! | [`requirements`], [`fixtures`] | the problems that prevent a certificate, and what it leaves out |
//! | [`bundle`], [`sign`] | the file |
//! | [`shards`] | one certificate of a run that several machines divided among them |
//! | [`verify`] | judging it again |

pub mod behaviour;
pub mod bundle;
pub mod challenge;
pub mod fixtures;
pub mod level;
pub mod public;
pub mod recorder;
pub mod replay_target;
pub mod requirements;
pub mod secret_substitution;
pub mod shards;
pub mod sign;
mod summary;
pub mod transcript;
pub mod verify;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ucks_oracle::judge::Policy;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use self::behaviour::{Fingerprints, fingerprint};
use self::challenge::Challenge;
use self::level::Level;
use self::public::Public;
use self::requirements::{Requirements, RequirementsReport, Unmet};
use crate::deviations::{Date, Deviations};
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::record::{Record, RunOutcome, Tally};
use crate::run::context::{RunContext, StoreTracker};
use crate::run::{Options, Progress, Subject, run};
use crate::target::SharedTarget;

/// The terms of a certificate, all of which are in the bundle.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The level.
    pub level: Level,
    /// The challenge, from which seed and names are derived.
    pub challenge: Challenge,
    /// The shard to run; the whole run without one.
    pub shard: Option<Shard>,
    /// The caller's profile without its secrets.
    pub public: Public,
    /// The revision that applies.
    pub revision: Revision,
    /// Which of several errors is admitted: any, layered, pinned.
    pub policy: String,
    /// The target, as the caller names it.
    pub target: String,
    /// The declared deviations.
    pub deviations: Deviations,
    /// The day of the run.
    pub date: Date,
}

/// The observers of a run.
#[derive(Clone)]
pub struct Watch {
    /// Remembers created stores.
    pub tracker: Arc<dyn StoreTracker>,
    /// Receives the progress.
    pub progress: Arc<dyn Progress>,
    /// Set to ask the run to end early.
    pub stop: Arc<AtomicBool>,
    /// The plans of earlier runs, so that equal ones are not made again.
    pub plans: PlanCache,
}

/// The result of a run for a certificate.
#[derive(Clone, Debug)]
pub struct Certified {
    /// The record, with declared deviations.
    pub record: Record,
    /// The fingerprints.
    pub behaviour: Fingerprints,
    /// The problems that prevent a certificate, and what it leaves out.
    pub requirements: RequirementsReport,
}

/// The policy of that name.
pub fn policy(name: &str) -> Option<Policy> {
    Some(match name {
        "any" => Policy::Any,
        "layered" => Policy::Layered,
        "pinned" => Policy::Pinned,
        _ => return None,
    })
}

/// Makes the run of these terms. All that it asks follows from the terms and the answers: against a
/// [`replay_target::ReplayTarget`] with its transcript it is the same run again.
pub async fn certified(terms: &Terms, target: SharedTarget, watch: Watch) -> Certified {
    let (seed, origin) = terms.challenge.draws(&terms.public.text, terms.shard);
    let profile = &terms.public.profile;
    let model = terms.model();
    let look = async |which| {
        let context = RunContext::new(
            target.clone(),
            model.clone(),
            profile.settle,
            profile.transition,
            profile.rate,
            watch.tracker.clone(),
        );
        fingerprint(&context.named(Some(origin.nth(which)))).await
    };
    let before = look(16).await;
    let options = Options {
        seed,
        // One after the other: which fixtures a sequence is given depends on nothing else then.
        lanes: 1,
        policy: model.policy.clone(),
        policy_name: terms.policy.clone(),
        strict: true,
        origin: Some(origin),
        plans: watch.plans.clone(),
        shard: terms.shard,
        ..Options::default()
    };
    let subject = Subject {
        tracker: watch.tracker.clone(),
        progress: watch.progress.clone(),
        stop: watch.stop.clone(),
        ..Subject::new(target.clone(), &terms.target, profile, terms.revision)
    };
    let mut record = run(subject, options).await;
    let after = look(17).await;
    let mut missing = Vec::new();
    let behaviour = match (before, after) {
        (Ok(before), Ok(after)) => Fingerprints { before, after },
        (Err(lost), _) | (_, Err(lost)) => {
            missing.push(Unmet::Run(format!("the target was lost: {lost}")));
            Fingerprints::default()
        }
    };
    if behaviour.before != behaviour.after {
        missing.push(Unmet::Behaviour);
    }
    // A shard alone covers no level, and which deviations are declared concerns all shards together.
    let mut report = match &record.shard {
        Some(part) => RequirementsReport { missing: unfinished(&part.tally), ..RequirementsReport::default() },
        None => terms.require(&mut record, &watch.plans),
    };
    report.missing.append(&mut missing);
    Certified { record, behaviour, requirements: report.sorted() }
}

/// Returns why a shard did not come to its end.
fn unfinished(tally: &Tally) -> Vec<Unmet> {
    let stopped = tally.stopped.then(|| "the run was stopped before its end".to_owned());
    [tally.lost.clone(), tally.hopeless.clone(), stopped].into_iter().flatten().map(Unmet::Run).collect()
}

impl Terms {
    /// Returns the model of a run, before its probe.
    fn model(&self) -> Model {
        let mut model = Model::new(self.revision);
        model.policy = policy(&self.policy).unwrap_or_default();
        model.environment = self.public.profile.environment_at(self.revision);
        model
    }

    /// Applies the declared deviations to the record of all sequences, and checks it against the level.
    fn require(&self, record: &mut Record, plans: &PlanCache) -> RequirementsReport {
        let (model, profile) = (self.model(), &self.public.profile);
        let problems = self.deviations.apply(record, self.date);
        let mut report = Requirements { level: self.level, profile, model: &model, plans }.check(record);
        report.missing.extend(problems.into_iter().map(Unmet::Deviation));
        if self.level == Level::Full {
            report.missing.extend(fixtures::missing(&model).into_iter().map(Unmet::Fixture));
        }
        if record.outcome == RunOutcome::CouldNotTest {
            report.missing.extend(record.notes.iter().cloned().map(Unmet::Run));
        }
        report
    }
}
