//! Each revision is clean when judged as itself, and distinguished from every other that differs observably.

use std::sync::Arc;

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::revision::Revision;
use ucks_suite::profile::Profile;
use ucks_suite::record::{Record, Verdict};
use ucks_suite::run::{Options, Subject, run};
use ucks_suite::target::in_process::InProcess;

/// Returns the verdict on the emulator with these settings, judged as one of `judged`.
fn judged(config: Config, judged: Revision, options: Options) -> Record {
    let emulator = Emulator::new(config);
    let target = InProcess::new(move |request| {
        let answer = emulator.handle(request);
        async move { answer }
    });
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let subject = Subject::new(Arc::new(target), "in process", &profile, judged);
    tokio::runtime::Runtime::new().unwrap().block_on(run(subject, options))
}

/// Returns the rules that a service of revision `is` breaks when it is judged as one of another.
fn deviating_rules(is: Revision, other: Revision) -> Vec<String> {
    let config = Config { revision: is.date().to_owned(), ..Config::default() };
    // A pair that differs is known at the first finding; one that does not takes the whole plan.
    let options = Options { strict: true, first: is != other, shrink: false, sequences: 20, ..Options::default() };
    let record = judged(config, other, options);
    assert!(record.rules.iter().any(|r| r.judged > 0), "{} as {}: nothing was judged", is.date(), other.date());
    record.findings.iter().map(|f| format!("{} {}", f.rule, f.sentence)).collect()
}

/// The revision that a service of this one cannot be distinguished from: some changed texts only, 2019-11-25 the weight
/// of a code alone ([`a_code_weighs_more_since_it_is_declared`]), 2022-07-18 what Create's shape asks for.
fn behaviour(revision: Revision) -> Revision {
    match revision {
        Revision::NameInUse => Revision::SecurityGroup,
        Revision::CreateByName => Revision::PasswordLength,
        Revision::EventualConsistency | Revision::RegionalUniqueness => Revision::ClusterPattern,
        _ => revision,
    }
}

fn look(pairs: impl Iterator<Item = (Revision, Revision)>) {
    let mut wrong = Vec::new();
    for (is, judged) in pairs {
        let found = deviating_rules(is, judged);
        let differ = behaviour(is) != behaviour(judged);
        if differ == found.is_empty() {
            wrong.push(format!("{} as {}: {found:?}", is.date(), judged.date()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn neighbours_are_distinguished() {
    look(Revision::ALL.windows(2).flat_map(|w| [(w[0], w[1]), (w[1], w[0])]));
}

#[test]
fn each_is_clean_as_itself() {
    look(Revision::ALL.iter().map(|r| (*r, *r)));
}

/// Before a code is declared for Update another one is a warning; from then on it is a failure.
#[test]
fn a_code_weighs_more_since_it_is_declared() {
    let verdict = |revision: Revision| {
        let defect = Some("name-in-use-is-validation".parse().unwrap());
        let config = Config { revision: revision.date().to_owned(), defect, ..Config::default() };
        let only = vec!["U-01".to_owned()];
        let record = judged(config, revision, Options { only, sequences: 0, ..Options::default() });
        record.rules.iter().find(|r| r.id == "U-01").unwrap().verdict
    };
    assert_eq!(verdict(Revision::SecurityGroup), Verdict::Warning);
    assert_eq!(verdict(Revision::NameInUse), Verdict::Fail);
}

/// All pairs: minutes; `cargo test -p ucks-suite --test it revisions -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn every_pair_is_told_apart() {
    let all = Revision::ALL;
    look(all.iter().flat_map(|a| all.iter().filter(move |b| a != *b).map(move |b| (*a, *b))));
}
