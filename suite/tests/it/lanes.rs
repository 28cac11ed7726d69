//! A seed fixes the symbolic operations of each sequence, with any number of lanes.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::revision::Revision;
use ucks_suite::op::Op;
use ucks_suite::plan::Sequence;
use ucks_suite::profile::Profile;
use ucks_suite::record::{Record, Verdict};
use ucks_suite::run::{Options, Progress, Subject, run};
use ucks_suite::target::in_process::InProcess;

#[derive(Default)]
struct Seen(Mutex<BTreeMap<u64, Vec<Op>>>);

impl Progress for Seen {
    fn sequence(&self, number: u64, sequence: &Sequence) {
        self.0.lock().unwrap().insert(number, sequence.operations().cloned().collect());
    }
}

fn judge(lanes: usize, seed: u64) -> (BTreeMap<u64, Vec<Op>>, Record) {
    let emulator = Emulator::new(Config::default());
    let target = Arc::new(InProcess::new(move |request| {
        let answer = emulator.handle(request);
        async move { answer }
    }));
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let seen = Arc::new(Seen::default());
    let subject = Subject { progress: seen.clone(), ..Subject::new(target, "in process", &profile, Revision::LATEST) };
    let options = Options { seed, sequences: 130, lanes, plans: crate::plans(), ..Options::default() };
    let record = tokio::runtime::Runtime::new().unwrap().block_on(run(subject, options));
    let sequences = seen.0.lock().unwrap().clone();
    (sequences, record)
}

fn verdicts(record: &Record) -> Vec<(&str, Verdict)> {
    record.rules.iter().map(|r| (r.id.as_str(), r.verdict)).collect()
}

/// Eight lanes with seed 7.
static EIGHT: LazyLock<(BTreeMap<u64, Vec<Op>>, Record)> = LazyLock::new(|| judge(8, 7));

#[test]
fn one_lane_and_eight_run_the_same_sequences_with_the_same_verdicts() {
    let (one, record_one) = judge(1, 7);
    let (eight, record_eight) = &*EIGHT;
    assert!(one.len() > 150, "{} sequences", one.len());
    assert_eq!(one, *eight);
    assert_eq!(verdicts(&record_one), verdicts(record_eight));
}

#[test]
fn another_seed_draws_other_sequences() {
    let random = |all: &BTreeMap<u64, Vec<Op>>| all.clone().split_off(&1_000_000);
    let (one, other) = (random(&EIGHT.0), random(&judge(8, 8).0));
    assert!(one.len() > 100, "{} sequences", one.len());
    assert_ne!(one, other);
}
