//! Services that lack an operation: what is blocked is named, the rest is judged, and no other rule is blamed.

use bytes::Bytes;
use http::Response;
use rstest::rstest;
use ucks_suite::record::{Record, Verdict};

use crate::faulty_server::{Reply, service};
use crate::program::hostile::{emulator, operation, profile};
use crate::program::ucks::{Ended, Folder};

fn without(name: &'static str) -> String {
    let emulator = emulator();
    let lacks = Bytes::from_static(br#"{"__type":"UnknownOperationException"}"#);
    service(move |request, _| match operation(&request) == name {
        true => Reply::Answer(Response::builder().status(400).body(lacks.clone()).unwrap()),
        false => Reply::Answer(emulator.handle(request)),
    })
}

fn judged(name: &'static str, deviations: &str) -> (Ended, Record) {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", &profile());
    let deviations = folder.write("deviations.toml", deviations);
    let ended = folder.ucks(&[
        "run",
        &without(name),
        "--profile",
        &profile,
        "--deviations",
        &deviations,
        "--seed",
        "1",
        "--report",
        "json=record.json",
    ]);
    (ended, serde_json::from_str(&folder.read("record.json")).unwrap())
}

#[rstest]
#[case::connect("ConnectCustomKeyStore", "O-03", &["G-11", "G-14", "G-26", "A-09"], &["U-01", "S-03", "A-01"], 130)]
#[case::disconnect("DisconnectCustomKeyStore", "O-04", &["G-11", "G-14", "G-26", "A-09"], &["U-01", "A-01"], 130)]
#[case::describe("DescribeCustomKeyStores", "O-06", &["A-01", "A-02", "T-12", "G-14"], &["U-01", "S-03", "W-08"], 100)]
#[case::delete("DeleteCustomKeyStore", "O-05", &[], &["W-08", "E-01"], 100)]
#[case::create("CreateCustomKeyStore", "O-01", &["A-01", "U-01", "G-14"], &["E-01", "S-01", "S-02"], 10)]
fn a_companion(
    #[case] name: &'static str,
    #[case] rule: &str,
    #[case] blocked: &[&str],
    #[case] kept: &[&str],
    #[case] at_least: usize,
) {
    let (ended, record) = judged(name, "");
    ended.so(1, "1 failed").so(1, name);
    let row = |id: &str| record.rules.iter().find(|r| r.id == id).unwrap();
    let failed: Vec<_> = record.rules.iter().filter(|r| r.verdict == Verdict::Fail).map(|r| r.id.as_str()).collect();
    assert_eq!(failed, [rule], "{}", ended.said);
    for id in blocked {
        let reason = row(id).reason.as_deref().unwrap_or_default();
        assert_eq!(row(id).verdict, Verdict::Blocked, "{id}: {reason}");
        assert!(reason.contains(name), "{id}: {reason}");
    }
    for id in kept {
        assert_eq!(row(id).verdict, Verdict::Pass, "{id}: {:?}", row(id).reason);
    }
    let judged = record.rules.iter().filter(|r| r.judged > 0).count();
    assert!(judged >= at_least, "{judged} rules judged");
    // A user who declares it can have a green run all the same.
    let known = format!("[[deviation]]\nrule = \"{rule}\"\nreason = \"not there yet\"\n");
    self::judged(name, &known).0.so(0, "not there yet").so(0, "blocked");
}

#[test]
fn the_operation_itself() {
    let (ended, record) = judged("UpdateCustomKeyStore", "");
    ended.so(3, "the target does not implement UpdateCustomKeyStore: it answers UnknownOperationException (400)");
    assert!(record.rules.iter().all(|r| r.judged == 0));
}
