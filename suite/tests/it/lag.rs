//! Services whose Describe lags behind: none is accused as long as it keeps to the settle time of the profile, and each
//! is found that does not. By a simulated clock, so that the waiting takes no time.

use std::time::Duration;

use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Environment};
use ucks_oracle::revision::Revision;
use ucks_suite::fuzzing::simulated_clock::{SimulatedClock, served};
use ucks_suite::profile::Profile;
use ucks_suite::record::Record;
use ucks_suite::run::{Options, Subject, run};

/// The settle time of the profile, in milliseconds.
const SETTLE: u64 = 100;

/// Judges an emulator whose Describe is `lag` milliseconds late.
fn judged(lag: u64, seed: u64) -> Record {
    let environment = DEFAULT_ENVIRONMENT.replacen("lag_ms = 0", &format!("lag_ms = {lag}"), 1);
    let environment = Environment::parse(&environment).unwrap();
    let target = served(Config { environment, ..Config::default() }, &SimulatedClock::default());
    let mut profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    profile.settle = Duration::from_millis(SETTLE);
    let options = Options { seed, sequences: 20, strict: true, plans: crate::plans(), ..Options::default() };
    let subject = Subject::new(target, "late", &profile, Revision::LATEST);
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(subject, options))
}

/// Returns the fault in the verdict on such an emulator, if there is one.
fn wrong(lag: u64, seed: u64) -> Option<String> {
    let record = judged(lag, seed);
    let found: Vec<_> = record.findings.iter().map(|f| f.sentence.as_str()).collect();
    let unstable: Vec<_> = record.unstable.iter().map(|u| u.sentence.as_str()).collect();
    let accused = !found.is_empty() || !unstable.is_empty();
    let deserved = lag > SETTLE;
    (accused != deserved || deserved && found.is_empty())
        .then(|| format!("{lag} ms late, seed {seed}: findings {found:?}, unstable {unstable:?}"))
}

#[rstest]
fn describe_may_lag_within_the_settle_time(#[values(0, 20, 40, 60, 80, 99)] lag: u64) {
    assert_eq!(wrong(lag, lag + 1), None);
}

#[rstest]
fn describe_that_lags_longer_is_found(#[values(120, 140, 160, 180, 200)] lag: u64) {
    assert_eq!(wrong(lag, lag + 1), None);
}

/// Every lag from none to twice the settle time, in twenty seeds.
#[test]
#[ignore = "takes minutes"]
fn twenty_seeds_of_each_lag() {
    let wrong: Vec<String> = (1..=20)
        .flat_map(|seed| [0, 20, 40, 60, 80, 99, 120, 140, 160, 180, 200].map(|lag| (lag, seed)))
        .filter_map(|(lag, seed)| wrong(lag, seed))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
