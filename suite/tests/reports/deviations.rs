//! Declared deviations against a record.

use crate::sample;
use ucks_suite::deviations::{Date, Deviations};
use ucks_suite::record::{Outcome, Record, Verdict};

const TODAY: Date = Date { year: 2027, month: 1, day: 15 };

fn applied(text: &str) -> (Record, Vec<String>) {
    let mut record = sample::record();
    let problems = Deviations::parse(text).unwrap().apply(&mut record, TODAY);
    (record, problems)
}

fn entry(rule: &str, more: &str) -> String {
    format!("[[deviation]]\nrule = \"{rule}\"\nreason = \"known\"\n{more}\n")
}

fn verdict(record: &Record, id: &str) -> Verdict {
    record.rules.iter().find(|r| r.id == id).unwrap().verdict
}

const ALL: [&str; 4] = ["G-1*", "A-01", "W-03", "W-15"];

#[test]
fn a_run_whose_failures_are_all_declared_passes() {
    let (record, problems) = applied(&ALL.map(|r| entry(r, "")).concat());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, Outcome::Passed);
    assert_eq!(verdict(&record, "G-14"), Verdict::Deviation);
    assert_eq!(verdict(&record, "W-06"), Verdict::Warning);
    assert_eq!(record.findings[0].deviation.as_deref(), Some("known"));
}

#[test]
fn an_entry_less_fails() {
    let (record, problems) = applied(&ALL[1..].iter().map(|r| entry(r, "")).collect::<String>());
    assert!(problems.is_empty());
    assert_eq!((record.outcome, verdict(&record, "G-14")), (Outcome::Failed, Verdict::Fail));
}

#[test]
fn member_and_cell_narrow_an_entry() {
    let cell = "member = \"XksProxyUriEndpoint\"\nstore_type = \"EXTERNAL_KEY_STORE\"\nstate = \"CONNECTED\"";
    assert_eq!(verdict(&applied(&entry("G-14", cell)).0, "G-14"), Verdict::Deviation);
    let (record, problems) = applied(&entry("G-14", "member = \"XksProxyUriPath\""));
    assert_eq!(verdict(&record, "G-14"), Verdict::Fail);
    assert!(problems[0].contains("no longer happens"));
}

#[test]
fn stale_expired_and_unknown_entries_fail_and_say_why() {
    for (extra, says) in [
        (entry("G-17", ""), "no longer happens"),
        (entry("Z-*", ""), "matches no rule"),
        (entry("W-06", "expires = \"2027-01-14\""), "expired on 2027-01-14"),
    ] {
        let (record, problems) = applied(&(ALL.map(|r| entry(r, "")).concat() + &extra));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(says), "{problems:?}");
        assert_eq!(record.outcome, Outcome::Failed);
        assert!(record.notes.contains(&problems[0]));
    }
}

#[test]
fn the_day_of_expiry_still_counts() {
    let (_, problems) = applied(&entry("W-06", "expires = \"2027-01-15\""));
    assert!(problems.is_empty());
}

#[test]
fn what_was_not_judged_is_not_stale() {
    let (record, problems) =
        applied(&(ALL.map(|r| entry(r, "")).concat() + &entry("H-01", "") + &entry("G-17", "state = \"FAILED\"")));
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, Outcome::Passed);
    assert_eq!(record.notes.len(), 2);
    assert!(record.notes.iter().all(|n| n.contains("was not checked")), "{:?}", record.notes);
}

#[test]
fn a_first_file_makes_the_run_pass() {
    let text = Deviations::from_record(&sample::record());
    let (record, problems) = applied(&text);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, Outcome::Passed);
    assert_eq!(Deviations::parse(&text).unwrap().entries.len(), 4);
}

#[test]
fn could_not_test_stays() {
    let mut record = Record { outcome: Outcome::CouldNotTest, ..sample::record() };
    Deviations::parse(&ALL.map(|r| entry(r, "")).concat()).unwrap().apply(&mut record, TODAY);
    assert_eq!(record.outcome, Outcome::CouldNotTest);
}
