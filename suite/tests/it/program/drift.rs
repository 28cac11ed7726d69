//! `ucks record` and `ucks compare` from outside.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::faulty_server::{Reply, service};
use crate::program::hostile::{emulator, operation};
use crate::program::ucks::Folder;

#[test]
fn what_was_recorded_is_compared_with_what_is_there_now() {
    let folder = Folder::new();
    folder.ucks(&["record", "embedded", "-o", "before.txt", "--name", "mine"]).so(0, "cases recorded in before.txt");
    assert!(folder.read("before.txt").contains("target = \"mine\""));
    folder.ucks(&["compare", "before.txt", "before.txt"]).so(0, "SAME — no difference in");
    let found = folder.ucks(&["compare", "before.txt", "embedded:to-vpc-without-service"]);
    found.so(1, "DIFFERENT — 1 rule in").so(1, "deviates from C-01");
    let json = folder.ucks(&["compare", "before.txt", "embedded:to-vpc-without-service", "--json"]);
    json.so(1, "\"rule\": \"C-01\"");
    let read: serde_json::Value = serde_json::from_str(&json.said).unwrap();
    assert_eq!(read["rules"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let folder = Folder::new();
    let head = "format = 3\nsuite = \"1\"\nrule_book = \"2\"\ntarget = \"t\"\n";
    folder.write("old.txt", &format!("{head}revision = \"2018-11-26\"\n"));
    folder.write("new.txt", &format!("{head}revision = \"2026-04-27\"\n"));
    folder.write("later.txt", "format = 7\n");
    folder.ucks(&["compare", "old.txt", "new.txt"]).so(2, "`old.txt` is of revision 2018-11-26");
    folder.ucks(&["compare", "new.txt", "new.txt"]).so(3, "NOTHING TO COMPARE");
    folder.ucks(&["compare", "later.txt", "new.txt"]).so(2, "has form 7");
    folder.ucks(&["compare", "none.txt", "new.txt"]).so(2, "is neither a target nor a file that can be read");
    folder.ucks(&["compare", "new.txt", "http://127.0.0.1:9"]).so(3, "no connection to the target");
    folder.ucks(&["record", "http://127.0.0.1:9", "-o", "x.txt"]).so(3, "no connection to the target");
    folder.ucks(&["compare", "new.txt", "embedded", "--revision", "2018-11-26"]).so(2, "the recording is of revision");
}

/// A recording that anybody may make at the real service: only updates are sent, each to an id that does not exist.
#[test]
fn a_recording_without_stores_creates_nothing_and_says_what_it_settles() {
    let emulator = emulator();
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let into = seen.clone();
    let url = service(move |request, _| {
        into.lock().unwrap().insert(operation(&request));
        Reply::Answer(emulator.handle(request))
    });
    let folder = Folder::new();
    let ended = folder.ucks(&["record", &url, "--no-stores", "-o", "recording.txt"]);
    ended.so(0, "sends UpdateCustomKeyStore for ids that do not exist to http://127.0.0.1:");
    let seen = seen.lock().unwrap();
    let companions = ["Create", "Connect", "Disconnect", "Delete", "Describe"];
    assert!(seen.contains("UpdateCustomKeyStore"), "{seen:?}");
    assert!(!seen.iter().any(|o| companions.iter().any(|c| o.starts_with(c))), "{seen:?}");
    let text = folder.read("recording.txt");
    for group in ["W-", "S-", "E-"] {
        assert!(text.contains(&format!("[case.{group}")), "no case of {group}");
    }
    let settled = folder.ucks(&["compare", "recording.txt"]);
    settled.so(0, "open or inferred rules").so(0, "INFER");
    folder
        .ucks(&["record", "https://kms.us-east-1.amazonaws.com", "--no-stores", "-o", "x"])
        .so(2, "is a public AWS endpoint");
    assert!(!folder.path("x").exists());
}
