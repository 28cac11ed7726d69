//! Shards together are the run without shards.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Environment};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;
use ucks_suite::fuzzing::simulated_clock::{SimulatedClock, block_on, served};
use ucks_suite::op::Op;
use ucks_suite::plan::Sequence;
use ucks_suite::plan::shard::Shard;
use ucks_suite::profile::Profile;
use ucks_suite::record::{ProbeNote, Record, RunOutcome};
use ucks_suite::run::merge::{NotMerged, merge};
use ucks_suite::run::{Options, Progress, Subject, run};
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

type Sequences = BTreeMap<u64, Vec<Op>>;

#[derive(Default)]
struct Seen(Mutex<Sequences>);

impl Progress for Seen {
    fn sequence(&self, number: u64, sequence: &Sequence) {
        self.0.lock().unwrap().entry(number).or_insert_with(|| sequence.operations().cloned().collect());
    }
}

/// Runs one shard, or all, against the emulator with a defect, by a clock on which waiting takes no time.
fn judge(defect: &str, shard: Option<(u32, u32)>, seed: u64) -> (Sequences, Record) {
    let config = Config { defect: Some(defect.parse().unwrap()), ..Config::default() };
    let target = served(config, &SimulatedClock::default());
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let seen = Arc::new(Seen::default());
    let subject = Subject { progress: seen.clone(), ..Subject::new(target, defect, &profile, Revision::LATEST) };
    let shard = shard.map(|(index, of)| Shard::new(index, of).unwrap());
    let options = Options { seed, sequences: 70, lanes: 1, shard, plans: crate::plans(), ..Options::default() };
    let record = block_on(run(subject, options));
    let sequences = seen.0.lock().unwrap().clone();
    (sequences, record)
}

fn shards(defect: &str, of: u32) -> (Sequences, Vec<(String, Record)>) {
    let (mut sequences, mut records) = (Sequences::new(), Vec::new());
    for index in 1..=of {
        let (run, record) = judge(defect, Some((index, of)), 7);
        for (number, ops) in run {
            assert!(sequences.insert(number, ops).is_none(), "sequence {number} was run by two shards");
        }
        records.push((format!("{index}.json"), record));
    }
    (sequences, records)
}

/// The record without what differs from run to run: times, numbers of requests, names and ids.
fn comparable(record: &Record) -> serde_json::Value {
    let mut record = record.clone();
    (record.elapsed_ms, record.requests) = (0, 0);
    for finding in &mut record.findings {
        (finding.found_after, finding.shrink_requests) = (0, 0);
        finding.exchanges.iter_mut().for_each(|exchange| {
            exchange.body.clear();
            exchange.headers.clear();
            exchange.answer.clear();
            exchange.answer_headers.clear();
        });
    }
    serde_json::to_value(record).unwrap()
}

/// Each differing member of two values, by its path.
fn differences(at: &str, one: &serde_json::Value, other: &serde_json::Value, into: &mut Vec<String>) {
    use serde_json::Value::{Array, Object};
    match (one, other) {
        (Object(a), Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().for_each(|(key, value)| differences(&format!("{at}/{key}"), value, &b[key], into));
        }
        (Array(a), Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| differences(&format!("{at}/{n}"), a, b, into));
        }
        _ if one == other => {}
        _ => into.push(format!("{at}: {one} in the single run, {other} in the merged record")),
    }
}

/// Defects of different kinds: a check left out, findings that imply others, effects on other stores, and a fault of
/// every refusal.
const DEFECTS: [&str; 4] = ["names-not-unique", "endpoint-no-pattern", "latest-store-changed", "errors-are-200"];

#[rstest]
fn the_merged_record_is_that_of_the_single_run(#[values(2, 3, 8)] of: u32, #[values(0, 1, 2, 3)] defect: usize) {
    static SINGLE: [LazyLock<(Sequences, Record)>; 4] = [
        LazyLock::new(|| judge(DEFECTS[0], None, 7)),
        LazyLock::new(|| judge(DEFECTS[1], None, 7)),
        LazyLock::new(|| judge(DEFECTS[2], None, 7)),
        LazyLock::new(|| judge(DEFECTS[3], None, 7)),
    ];
    let (all, single) = &*SINGLE[defect];
    assert!(!single.findings.is_empty() && single.outcome == RunOutcome::Failed);
    let (sequences, records) = shards(DEFECTS[defect], of);
    assert_eq!(sequences.keys().collect::<Vec<_>>(), all.keys().collect::<Vec<_>>());
    assert!(sequences == *all, "the shards run other operations than the single run");
    let merged = merge(records, &[]).unwrap();
    let mut found = Vec::new();
    differences("", &comparable(single), &comparable(&merged), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn lacking(subject: &str) -> ProbeNote {
    ProbeNote { subject: subject.to_owned(), usable: false, note: "not implemented".to_owned() }
}

fn refusal(records: Vec<(String, Record)>) -> String {
    merge(records, &[]).unwrap_err().to_string()
}

/// The records of three shards.
fn three() -> Vec<(String, Record)> {
    static THREE: LazyLock<Vec<(String, Record)>> = LazyLock::new(|| shards("unknown-id-succeeds", 3).1);
    THREE.clone()
}

#[test]
fn a_missing_shard_is_named() {
    let mut records = three();
    records.remove(1);
    let again = "run with the same options and --shard, and merge again";
    assert_eq!(refusal(records.clone()), format!("shard 2/3 is missing; {again}"));
    records.remove(0);
    assert_eq!(refusal(records), format!("shards 1/3, 2/3 are missing; {again}"));
    assert_eq!(merge(Vec::new(), &[]).unwrap_err(), NotMerged::Nothing);
}

#[test]
fn a_doubled_shard_is_named() {
    let mut records = three();
    records[2] = ("copy.json".to_owned(), records[1].1.clone());
    assert_eq!(refusal(records), "`2.json` and `copy.json` are both shard 2/3; name each shard once");
}

#[test]
fn the_record_of_a_whole_run_is_refused() {
    let mut records = three();
    records[0].1.shard = None;
    assert_eq!(refusal(records), "`1.json` is the record of a whole run; merge only records of `ucks run --shard I/N`");
}

#[rstest]
#[case::seed(|r: &mut Record| r.seed = 8, "the seed is `8` in `2.json` and `7` in `1.json`")]
#[case::target(|r: &mut Record| r.target = "http://other".to_owned(), "the target is `http://other` in `2.json`")]
#[case::revision(|r: &mut Record| r.revision = "2022-11-29".to_owned(), "the revision is `2022-11-29` in `2.json`")]
#[case::strict(|r: &mut Record| r.strict = true, "--strict is `true` in `2.json` and `false` in `1.json`")]
#[case::policy(|r: &mut Record| r.policy = "any".to_owned(), "the policy is `any` in `2.json`")]
#[case::version(|r: &mut Record| r.suite = "9.9.9".to_owned(), "the version of ucks is `9.9.9` in `2.json`")]
#[case::probe(|r: &mut Record| r.probe.push(lacking("Connect")), "what the target lacks is `Connect` in `2.json` \
    and `` in `1.json`")]
#[case::plan(|r: &mut Record| r.shard.as_mut().unwrap().plan = "0".repeat(16), "the plan is `0000000000000000` in \
    `2.json`")]
#[case::number(|r: &mut Record| r.shard.as_mut().unwrap().of = 4, "the number of shards is `4` in `2.json` and `3` \
    in `1.json`")]
#[case::only(|r: &mut Record| r.shard.as_mut().unwrap().terms.only = vec!["W".to_owned()], "--only is `W` in `2.json`")]
fn a_shard_of_another_run_is_refused(#[case] change: impl Fn(&mut Record), #[case] why: &str) {
    let mut records = three();
    change(&mut records[1].1);
    let said = refusal(records);
    assert!(said.starts_with("`2.json` is a shard of another run than `1.json`: "), "{said}");
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_shard_that_lost_its_target_makes_the_whole_run_incomplete() {
    let mut records = three();
    let lost = &mut records[2].1;
    lost.findings.clear();
    let part = lost.shard.as_mut().unwrap();
    part.tally.lost = Some("the target was lost: no answer".to_owned());
    part.plan.clear();
    lost.probe.clear();
    let merged = merge(records, &[]).unwrap();
    assert!(merged.could_not_test);
    assert!(merged.notes.contains(&"shard 3/3: the target was lost: no answer".to_owned()), "{:?}", merged.notes);
}

#[test]
fn a_note_of_several_shards_is_kept_once() {
    let mut records = three();
    let note = "2 stores of an earlier run could not be deleted".to_owned();
    for (_, record) in &mut records[..2] {
        record.shard.as_mut().unwrap().notes.push(note.clone());
    }
    let merged = merge(records, &[]).unwrap();
    assert_eq!(merged.notes.iter().filter(|n| **n == note).count(), 1, "{:?}", merged.notes);
    assert!(!merged.notes.iter().any(|n| n.contains("`ucks merge` makes one record")), "{:?}", merged.notes);
}

#[test]
fn required_groups_are_checked_over_all_shards() {
    let merged = merge(three(), &["W".to_owned(), "P".to_owned()]).unwrap();
    let required: Vec<&String> = merged.notes.iter().filter(|n| n.starts_with("required")).collect();
    assert!(required.iter().all(|n| !n.contains("W-0")), "{required:?}");
    let gaps = merge(three(), &["D".to_owned()]).unwrap();
    assert!(gaps.could_not_test && gaps.notes.iter().any(|n| n.starts_with("required, and not judged: D-01")));
}

/// A profile without fixtures, of an account with room for few stores.
const SMALL: &str = "account = \"111122223333\"\n[limits]\nstores = 6\n";

/// A target whose answers let others go on first, as those of a server do.
struct Shared(SharedTarget);

impl Target for Shared {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.0.call(request).await
        })
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.0.pause(time)
    }
}

/// Runs both halves against one target, at the same time or one after the other.
fn halves(environment: Environment, profile: &str, side_by_side: bool) -> Vec<Record> {
    let target = Arc::new(Shared(served(Config { environment, ..Config::default() }, &SimulatedClock::default())));
    let profile = Profile::parse(profile).unwrap();
    let half = |index| {
        let subject = Subject::new(target.clone(), "shared", &profile, Revision::LATEST);
        let shard = Shard::new(index, 2);
        let options = Options { seed: 7, sequences: 70, lanes: 8, shard, plans: crate::plans(), ..Options::default() };
        run(subject, options)
    };
    block_on(async {
        if side_by_side {
            let (one, other) = tokio::join!(half(1), half(2));
            vec![one, other]
        } else {
            vec![half(1).await, half(2).await]
        }
    })
}

fn merged(records: Vec<Record>) -> Record {
    merge((1..).map(|n| format!("{n}.json")).zip(records).collect(), &[]).unwrap()
}

#[test]
fn shards_share_the_room_of_one_account_at_the_same_time() {
    let environment = || Environment::parse(SMALL).unwrap().open();
    let both = merged(halves(environment(), SMALL, true));
    assert!(both.findings.is_empty() && both.unstable.is_empty(), "{:?} {:?}", both.findings, both.unstable);
    assert_eq!(both.outcome, RunOutcome::Passed, "{:?}", both.notes);
    // No sequence had to be given up, and no request was refused for want of room.
    assert!(both.notes.is_empty(), "{:?}", both.notes);
    let alone = halves(environment(), SMALL, false);
    for (number, record) in (1..).zip(&alone) {
        assert_eq!(record.notes, [format!("shard {number}/2: `ucks merge` makes one record of all 2")]);
    }
    let verdicts = |record: &Record| record.rules.iter().map(|r| (r.id.clone(), r.verdict)).collect::<Vec<_>>();
    assert_eq!(verdicts(&both), verdicts(&merged(alone)));
}

#[test]
fn shards_with_fixtures_run_one_after_the_other_on_one_account() {
    let records = halves(Environment::parse(DEFAULT_ENVIRONMENT).unwrap(), DEFAULT_ENVIRONMENT, false);
    let noted =
        |record: &Record| record.notes.iter().any(|note| note.ends_with("share an account one after the other"));
    assert!(records.iter().all(noted), "{:?}", records.iter().map(|r| &r.notes).collect::<Vec<_>>());
    let both = merged(records);
    assert!(both.findings.is_empty() && both.notes.is_empty(), "{:?} {:?}", both.findings, both.notes);
    let judged = both.rules.iter().filter(|r| r.judged > 0).count();
    assert!(judged > 170, "{judged}");
}
