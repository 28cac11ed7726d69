//! A rule that a run reports as decided is decided: each service that breaks just this rule would have been found.
//!
//! All cases are run against the emulator, and each exchange that decided a side of a rule is judged again with the answers of
//! the side's counter-services in place of the emulator's.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT};
use ucks_oracle::answer::Outcome;
use ucks_oracle::decide::never_alone;
use ucks_oracle::expectation::FORM;
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Check, Force, Rule};
use ucks_oracle::rules;
use ucks_oracle::wire::{Answer, CONTENT_TYPE, Request, TARGET_PREFIX, UPDATE};
use ucks_suite::bind::Pool;
use ucks_suite::fuzzing::simulated_clock::{Clock, block_on, model, served};
use ucks_suite::names::Names;
use ucks_suite::plan::cases::cases;
use ucks_suite::plan::decided::decided_rules;
use ucks_suite::plan::scenarios::scenarios;
use ucks_suite::plan::{Reach, Sequence};
use ucks_suite::profile::Profile;
use ucks_suite::run::context::{NoTracking, RunContext};
use ucks_suite::run::coverage::Side;
use ucks_suite::run::executor::{Executor, StepResult};
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

/// The rules about requests, of force must or should, that the cases touch and do not decide, with the reasons.
const UNDECIDED: &[(&str, &str)] = &[
    ("S-02", "never alone"),
    ("G-11", "never alone"),
    ("G-12", "never alone"),
    ("G-53", "never alone"),
    (
        "G-20",
        "cases give the owner alone to PUBLIC stores only, where it is open whether it is refused for its type (T-10)",
    ),
    ("G-21", "as G-20"),
    ("U-08", "the cases take a service that another rule refuses, or may refuse, with the same or another error"),
];

/// Keeps what goes over the wire, and gives another answer to one request.
struct Recorder {
    inner: SharedTarget,
    kept: Mutex<Vec<Request>>,
    calls: AtomicUsize,
    instead: Option<(usize, Answer)>,
}

impl Target for Recorder {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        self.kept.lock().unwrap().push(request.clone());
        match &self.instead {
            Some((at, answer)) if *at == number => Box::pin(std::future::ready(Ok(answer.clone()))),
            _ => self.inner.call(request),
        }
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.inner.pause(time)
    }
}

/// One operation of a sequence that was played.
struct Played {
    /// The belief before it.
    before: Belief,
    /// The number of its first request.
    first: usize,
    requests: Vec<Request>,
    result: StepResult,
}

/// Plays the first `steps` operations of a sequence, with another answer to the request of the number given.
fn play(sequence: &Sequence, steps: usize, instead: Option<(usize, Answer)>, known: &[Side]) -> Vec<Played> {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let target = Arc::new(Recorder {
        inner: served(Config::default(), &Clock::default()),
        kept: Mutex::default(),
        calls: AtomicUsize::default(),
        instead,
    });
    let model = model(Revision::LATEST);
    let context = RunContext::new(target.clone(), model, Duration::ZERO, profile.transition, 0.0, Arc::new(NoTracking))
        .named(Some(1.into()));
    context.note_decided(&StepResult { decided: known.to_vec(), ..StepResult::default() });
    let leases = Pool::new(&context.model.environment, profile.stores).lease(&sequence.needs()).unwrap();
    let mut executor = Executor::new(&context, Names::new(1, 1, 1), leases);
    let mut played = Vec::new();
    for op in sequence.operations().take(steps) {
        let (before, first) = (executor.belief().clone(), target.calls.load(Ordering::Relaxed));
        let result = block_on(executor.run(op)).unwrap();
        context.note_decided(&result);
        let requests = target.kept.lock().unwrap().drain(..).collect();
        played.push(Played { before, first, requests, result });
    }
    played
}

fn planned() -> (Model, Vec<Sequence>) {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let model = model(Revision::LATEST);
    let reach = Reach { room: profile.stores, ..Reach::all() };
    let plan = cases(&model, &reach);
    let sequences = plan.sequences.into_iter().chain(scenarios(&model, &reach)).collect();
    (model, sequences)
}

/// An answer that says nothing else than this outcome.
fn answer(outcome: &Outcome) -> Answer {
    let headers =
        |names: [(&'static str, &'static str); 2]| names.map(|(name, value)| (name.into(), value.into())).to_vec();
    let headers =
        headers([("x-amzn-requestid", "0b3c8a2e-6f4d-4e2a-9d52-0a6a1f1c7b11"), ("content-type", CONTENT_TYPE)]);
    match outcome {
        Outcome::Refused { status, written: Some(code), .. } => {
            let body = serde_json::json!({ "__type": code, "message": "refused" });
            Answer { status: *status, headers, body: body.to_string().into_bytes() }
        }
        _ => Answer { status: 200, headers, body: b"{}".to_vec() },
    }
}

/// The answers with which the counter-services of a side answer a request.
fn counter_answers(model: &Model, before: &Belief, request: &Request, side: &Exercise) -> Vec<Outcome> {
    let worlds = before.accounts().iter().map(|account| model.assess(account, request));
    let mut answers: Vec<Outcome> = Vec::new();
    for answer in worlds.flat_map(|found| found.counter_answers(side, &model.policy)) {
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    answers
}

fn is_update(request: &Request) -> bool {
    request.header("x-amz-target").and_then(|t| t.strip_prefix(TARGET_PREFIX)) == Some(UPDATE)
}

#[test]
fn every_counter_service_of_a_decided_side_diverges() {
    let (model, sequences) = planned();
    let (mut decided, mut touched): (Vec<Side>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    let mut missed = Vec::new();
    let mut again = 0;
    for sequence in &sequences {
        let played = play(sequence, usize::MAX, None, &decided);
        for (step, one) in played.iter().enumerate() {
            assert_eq!(one.result.divergences, [], "{}", sequence.label);
            touched.extend(one.result.exercised.iter().map(|(side, _)| side.rule.0));
            for (side, cell) in &one.result.decided {
                let at = one.requests.iter().position(|r| is_update(r) || r.header("x-amz-target").is_none());
                let at = at.unwrap_or_default();
                let answers = counter_answers(&model, &one.before, &one.requests[at], side);
                if answers.is_empty() {
                    missed.push(format!("{}, step {step}: {side:?} {cell:?}: no answer to try", sequence.label));
                }
                let silent = answers.iter().filter(|outcome| {
                    let mut belief = one.before.clone();
                    model.step(&mut belief, &one.requests[at], outcome).divergence.is_none()
                });
                missed.extend(silent.map(|o| format!("{}, step {step}: {side:?} {cell:?}: {o:?}", sequence.label)));
                if let Some(first) = answers.first() {
                    again += 1;
                    let replayed = play(sequence, step + 1, Some((one.first + at, answer(first))), &[]);
                    let found = &replayed[step].result.divergences;
                    if found.iter().all(|d| d.aspect == FORM) {
                        missed.push(format!("{}, step {step}: {side:?} {cell:?}: {first:?} again", sequence.label));
                    }
                }
            }
            decided.extend(one.result.decided.iter().copied());
        }
    }
    assert!(missed.is_empty(), "{} of {} sides:\n{}", missed.len(), decided.len(), missed.join("\n"));
    assert_eq!(again, decided.len());
    let rules: BTreeSet<&str> = decided.iter().map(|(side, _)| side.rule.0).collect();
    let required = |rule: &&Rule| {
        let force = rule.force_at(Revision::LATEST);
        matches!(force, Force::Must | Force::Should) && matches!(rule.check, Check::Request(_))
    };
    let undecided = rules::at(Revision::LATEST)
        .filter(required)
        .map(|rule| rule.id.0)
        .filter(|id| touched.contains(id) && !rules.contains(id));
    let explained: BTreeSet<&str> = UNDECIDED.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(undecided.collect::<BTreeSet<_>>(), explained, "{} rules are decided", rules.len());
}

#[test]
fn rules_that_nothing_decides_are_listed_as_touched() {
    let (model, sequences) = planned();
    let decided = decided_rules(&model, &sequences, Profile::parse(DEFAULT_ENVIRONMENT).unwrap().stores);
    for (rule, why) in UNDECIDED {
        let id = rules::find(rule).unwrap().id;
        assert!(!decided.contains(&id), "{rule}");
        assert_eq!(never_alone(id).is_some(), *why == "never alone", "{rule}");
    }
    assert!(decided.contains(&rules::find("G-14").unwrap().id));
}
