//! Each revision is clean when judged as itself, and told apart from every other that differs observably.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use ucks_emulator::{Config, DEFAULT_WORLD, Emulator};
use ucks_oracle::revision::Revision;
use ucks_suite::profile::Profile;
use ucks_suite::run::bench::Forgetful;
use ucks_suite::run::{Options, Silent, Subject, run};
use ucks_suite::target::in_process::InProcess;

/// The rules that a service of revision `is` departs from when it is judged as one of `judged`.
fn departures(is: Revision, judged: Revision) -> Vec<String> {
    let emulator = Emulator::new(Config { revision: is.date().to_owned(), ..Config::default() });
    let target = InProcess::new(move |request| {
        let answer = emulator.handle(request);
        async move { answer }
    });
    let profile = Profile::parse(DEFAULT_WORLD).unwrap();
    let subject = Subject {
        target: Arc::new(target),
        name: "in process".to_owned(),
        profile: &profile,
        revision: judged,
        keeper: Arc::new(Forgetful),
        progress: Arc::new(Silent),
        stop: Arc::new(AtomicBool::new(false)),
    };
    // A pair that differs is known at the first finding; one that does not takes the whole plan.
    let options = Options { strict: true, first: is != judged, shrink: false, sequences: 20, ..Options::default() };
    let record = tokio::runtime::Runtime::new().unwrap().block_on(run(subject, options));
    assert!(record.rules.iter().any(|r| r.judged > 0), "{} as {}: nothing was judged", is.date(), judged.date());
    record.findings.iter().map(|f| format!("{} {}", f.rule, f.sentence)).collect()
}

/// Revisions that changed texts alone differ in nothing that is to be seen.
fn behaviour(revision: Revision) -> Revision {
    match revision.date() {
        "2023-12-15" | "2024-01-05" => "2023-05-01".parse().unwrap(),
        _ => revision,
    }
}

fn look(pairs: impl Iterator<Item = (Revision, Revision)>) {
    let mut wrong = Vec::new();
    for (is, judged) in pairs {
        let found = departures(is, judged);
        let differ = behaviour(is) != behaviour(judged);
        if differ == found.is_empty() {
            wrong.push(format!("{} as {}: {found:?}", is.date(), judged.date()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "does not hold yet: three pairs before 2022-11-29 look alike"]
fn neighbours_are_told_apart() {
    look(Revision::ALL.windows(2).flat_map(|w| [(w[0], w[1]), (w[1], w[0])]));
}

#[test]
#[ignore = "does not hold yet: a service of another account cannot be named before 2025-10-30"]
fn each_is_clean_as_itself() {
    look(Revision::ALL.iter().map(|r| (*r, *r)));
}

/// All pairs: minutes; `cargo test -p ucks-suite --test revisions -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn every_pair_is_told_apart() {
    let all = Revision::ALL;
    look(all.iter().flat_map(|a| all.iter().filter(move |b| a != *b).map(move |b| (*a, *b))));
}
