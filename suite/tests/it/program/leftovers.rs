//! Runs that end early: what they left is named, removed, and not taken for the account's own.

use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use ucks_suite::record::{Record, Verdict};

use crate::faulty_server::{Reply, service};
use crate::program::hostile::{emulator, operation};
use crate::program::ucks::Folder;

/// The clean emulator at a port of its own.
fn served(pause: Duration) -> String {
    let emulator = emulator();
    service(move |request, _| {
        std::thread::sleep(pause);
        Reply::Answer(emulator.handle(request))
    })
}

fn ledgers(folder: &Folder) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.path(".ucks")) else { return Vec::new() };
    let paths = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "jsonl"));
    paths.map(|p| p.display().to_string()).collect()
}

fn judged(folder: &Folder, url: &str, profile: &str) -> (Record, crate::program::ucks::Ended) {
    let run = ["run", url, "--profile", profile, "--seed", "1", "--sequences", "0", "--report", "json=record.json"];
    let ended = folder.ucks(&run);
    (serde_json::from_str(&folder.read("record.json")).unwrap(), ended)
}

/// Starts a run, and ends it by a signal as soon as its ledger names enough stores.
fn interrupted(folder: &Folder, url: &str, profile: &str, signal: &str, stores: usize) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    command.args(["run", url, "--profile", profile, "--seed", "1", "--report", "json=stopped.json", "--lanes", "8"]);
    command.current_dir(folder.path("")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    for _ in 0..4_000 {
        let created: usize = ledgers(folder)
            .iter()
            .filter_map(|l| std::fs::read_to_string(l).ok())
            .map(|text| text.matches("\"created\"").count().saturating_sub(text.matches("\"deleted\"").count()))
            .sum();
        if created >= stores {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn after_a_kill_the_next_run_says_so_and_judges_as_much() {
    let folder = Folder::new();
    // Few stores fit, so that leftovers would take the room of the next run.
    let world = ucks_emulator::DEFAULT_ENVIRONMENT.replace("stores = 64", "stores = 12");
    let profile = folder.write("profile.toml", &world);
    let url = served(Duration::from_millis(1));
    let (clean, _) = judged(&folder, &url, &profile);
    interrupted(&folder, &url, &profile, "-KILL", 4);
    let ledger = ledgers(&folder).pop().expect("a ledger is left");
    let name = std::path::Path::new(&ledger).file_name().unwrap().to_str().unwrap().to_owned();
    let (after, ended) = judged(&folder, &url, &profile);
    ended.so(0, "of an earlier run").so(0, &format!("remove with: ucks clean .ucks/{name}"));
    assert!(after.notes.iter().any(|n| n.contains("of an earlier run")), "{:?}", after.notes);
    assert!(!after.probe.iter().any(|p| p.note.contains("of others")), "{:?}", after.probe);
    let count = |record: &Record| record.rules.iter().filter(|r| r.judged > 0).count();
    // A leftover may hold the one endpoint that a rule needs.
    assert!(count(&after) + 2 >= count(&clean), "{:?}", after.notes);
    folder.ucks(&["clean", "--profile", &profile]).so(0, "all stores are removed");
    assert!(ledgers(&folder).is_empty());
    folder.ucks(&["clean"]).so(0, "nothing to remove");
}

/// Stores of others that have the profile's fixtures: no sequence takes one of those.
#[test]
fn fixtures_that_other_stores_have_are_left_to_them() {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    let emulator = emulator();
    let host = |n: &str| format!("https://vpc{n}.xks.example");
    for n in ["05", "08"] {
        let body = serde_json::json!({
            "CustomKeyStoreName": format!("of others {n}"), "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyUriEndpoint": host(n),
            "XksProxyUriPath": "/kms/xks/v1",
            "XksProxyVpcEndpointServiceName": format!("com.amazonaws.vpce.us-east-1.vpce-svc-good{n}"),
            "XksProxyAuthenticationCredential":
                { "AccessKeyId": "ABCDE234567ABCDE2345", "RawSecretAccessKey": "a".repeat(43) },
        });
        let create = http::Request::builder().method("POST").uri("/");
        let create = create.header("x-amz-target", "TrentService.CreateCustomKeyStore");
        let create = create.header("content-type", "application/x-amz-json-1.1").body(body.to_string().into());
        let answer = emulator.handle(create.unwrap());
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
    let url = service(move |request, _| Reply::Answer(emulator.handle(request)));
    let run = ["run", &url, "--profile", &profile, "--only", "W-12,U,C,V", "--sequences", "20", "--seed", "1"];
    folder.ucks(&run).so(0, "PASS");
}

/// Ctrl-C, and what CI systems, containers and `timeout` send.
#[cfg(unix)]
#[rstest::rstest]
#[case::ctrl_c("-INT")]
#[case::terminated("-TERM")]
fn after_an_interrupt_what_was_not_run_is_not_called_blocked(#[case] signal: &str) {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    let url = served(Duration::from_millis(20));
    let output = interrupted(&folder, &url, &profile, signal, 1);
    let said = [output.stdout, output.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
    assert_eq!(output.status.code(), Some(3), "{said}");
    let record: Record = serde_json::from_str(&folder.read("stopped.json")).unwrap();
    let stopped = record.rules.iter().filter(|r| r.reason.as_deref() == Some("not run: stopped")).count();
    assert!(stopped > 20, "{stopped}: {said}");
    assert!(record.rules.iter().all(|r| r.verdict != Verdict::Blocked), "{said}");
    assert!(ledgers(&folder).is_empty(), "everything was removed");
}

/// A target that no longer answers must not keep the program: a second signal ends it at once.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_a_run_that_cannot_end() {
    let folder = Folder::new();
    let url = service(|_, _| {
        std::thread::sleep(Duration::from_secs(3_600));
        Reply::Answer(Response::new(Bytes::new()))
    });
    let profile = folder.write("profile.toml", "[suite]\ntimeout_ms = 600000\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    command.args(["run", &url, "--profile", &profile]).current_dir(folder.path(""));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    for _ in 0..2 {
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        std::thread::sleep(Duration::from_secs(1));
    }
    let ended = child.try_wait().unwrap();
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(ended.and_then(|status| status.code()), Some(3), "{said}");
    assert!(said.contains("`ucks clean` removes what is left"), "{said}");
}

#[test]
fn clean_names_what_it_cannot_remove() {
    let emulator = emulator();
    let url = service(move |request, _| match operation(&request).as_str() {
        "DeleteCustomKeyStore" => {
            let refused = Bytes::from_static(br#"{"__type":"CustomKeyStoreHasCMKsException"}"#);
            Reply::Answer(Response::builder().status(400).body(refused).unwrap())
        }
        _ => Reply::Answer(emulator.handle(request)),
    });
    let folder = Folder::new();
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    folder.ucks(&["run", &url, "--profile", &profile, "--only", "S-01", "--sequences", "0"]).so(0, "ucks clean .ucks/");
    let ended = folder.ucks(&["clean", "--profile", &profile]);
    ended.so(1, "cannot remove cks-").so(1, "DeleteCustomKeyStore answers CustomKeyStoreHasCMKsException");
}
