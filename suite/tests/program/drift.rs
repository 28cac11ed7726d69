//! `ucks record` and `ucks compare` from outside.

use crate::ucks::Folder;

#[test]
fn what_was_recorded_is_compared_with_what_is_there_now() {
    let folder = Folder::new();
    folder.ucks(&["record", "embedded", "-o", "before.txt", "--name", "mine"]).so(0, "cases recorded in before.txt");
    assert!(folder.read("before.txt").contains("target = \"mine\""));
    folder.ucks(&["compare", "before.txt", "before.txt"]).so(0, "SAME — no difference in");
    let found = folder.ucks(&["compare", "before.txt", "embedded:to-vpc-without-service"]);
    found.so(1, "DIFFERENT — 1 rule in").so(1, "departs from C-01");
    let json = folder.ucks(&["compare", "before.txt", "embedded:to-vpc-without-service", "--json"]);
    json.so(1, "\"rule\": \"C-01\"");
    let read: serde_json::Value = serde_json::from_str(&json.said).unwrap();
    assert_eq!(read["rules"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let folder = Folder::new();
    let head = "format = 1\nsuite = \"1\"\nrule_book = \"2\"\ntarget = \"t\"\n";
    folder.write("old.txt", &format!("{head}revision = \"2018-11-26\"\n"));
    folder.write("new.txt", &format!("{head}revision = \"2026-04-27\"\n"));
    folder.write("later.txt", "format = 7\n");
    folder.ucks(&["compare", "old.txt", "new.txt"]).so(2, "`old.txt` is of revision 2018-11-26");
    folder.ucks(&["compare", "new.txt", "new.txt"]).so(3, "NOTHING TO COMPARE");
    folder.ucks(&["compare", "later.txt", "new.txt"]).so(2, "has form 7");
    folder.ucks(&["compare", "none.txt", "new.txt"]).so(2, "is no target, and no file to read");
    folder.ucks(&["compare", "new.txt", "http://127.0.0.1:9"]).so(3, "no connection to the target");
    folder.ucks(&["record", "http://127.0.0.1:9", "-o", "x.txt"]).so(3, "no connection to the target");
    folder.ucks(&["compare", "new.txt", "embedded", "--revision", "2018-11-26"]).so(2, "the recording is of revision");
}
