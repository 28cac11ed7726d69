//! `ucks vectors`, and its runner in Python: it reaches the verdicts of `ucks run`, rule by rule.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Command;

use rstest::rstest;
use serde_json::Value as Json;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};

use crate::program::ucks::Folder;

/// The runner, which lies in the repository as well.
const RUNNER: &str = include_str!("../../../vectors/run_vectors.py");

/// Returns true if the program is there; prints a note if it is not.
pub(crate) fn installed(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    if !there {
        eprintln!("skipped: `{program}` is not installed");
    }
    there
}

/// The emulator on a port of its own.
pub(crate) fn serve(defect: Option<&str>) -> (String, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { defect: defect.map(|d| d.parse().unwrap()), ..Config::default() };
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(ucks_emulator::serve(listener, Emulator::new(config), std::future::pending()));
    (url, runtime)
}

/// The verdicts of `ucks run`, by rule: an observed rule counts as kept.
pub(crate) fn verdicts(record: &str) -> BTreeMap<String, String> {
    let record: Json = serde_json::from_str(record).unwrap();
    let row = |row: &Json| {
        let verdict = row["verdict"].as_str().unwrap().replace("observed", "pass");
        (row["id"].as_str().unwrap().to_owned(), verdict)
    };
    record["rules"].as_array().unwrap().iter().map(row).collect()
}

/// Conforming, and with defects of requests, of effects and of answers.
#[rstest]
#[case::conforming(None, &[])]
#[case::a_check_left_out(Some("names-not-unique"), &["U-01"])]
#[ignore = "runs the vectors once more: `.ci/run night`"]
#[case::no_pattern(Some("endpoint-no-pattern"), &["S-06", "S-17"])]
#[ignore = "runs the vectors once more: `.ci/run night`"]
#[case::a_half_applied_refusal(Some("name-stored-though-refused"), &["A-02"])]
#[case::a_crash(Some("malformed-is-500"), &["W-15"])]
fn the_runner_agrees_with_ucks_run_rule_by_rule(#[case] defect: Option<&str>, #[case] broken: &[&str]) {
    if !installed("python3") {
        return;
    }
    let folder = Folder::new();
    folder.write("profile.toml", DEFAULT_ENVIRONMENT);
    folder.ucks(&["vectors", "-o", "v", "--profile", "profile.toml"]).so(0, "vectors with");
    let (url, _service) = serve(defect);
    let run = folder.run(Command::new("python3").args(["v/run_vectors.py", "v", &url]));
    assert_eq!(run.code, Some(i32::from(!broken.is_empty())), "{run:?}");
    assert!(run.complained.contains("0 cases could not be judged"), "{run:?}");
    let by_vectors = printed(&run.said);
    assert!(by_vectors.len() > 130, "{} rules", by_vectors.len());
    let failed: Vec<&str> = by_vectors.iter().filter(|(_, v)| *v == "fail").map(|(r, _)| r.as_str()).collect();
    assert_eq!(failed, broken);
    agree_with_a_run(&folder, &url, &["--profile", "profile.toml"], &by_vectors);
}

/// The verdicts that the runner printed, by rule.
fn printed(said: &str) -> BTreeMap<String, String> {
    said.lines().filter_map(|line| line.split_once(' ')).map(|(r, v)| (r.to_owned(), v.to_owned())).collect()
}

/// Checks that `ucks run` reaches the same verdicts.
fn agree_with_a_run(folder: &Folder, url: &str, more: &[&str], by_vectors: &BTreeMap<String, String>) {
    let options = ["run", url, "--sequences", "0", "--seed", "1", "--quiet", "--report", "json=r.json"];
    folder.ucks(&[&options[..], more].concat());
    let by_run = verdicts(&folder.read("r.json"));
    let differing: Vec<String> = by_vectors
        .iter()
        .filter(|(rule, verdict)| by_run.get(*rule) != Some(verdict))
        .map(|(rule, verdict)| format!("{rule}: {verdict} by vectors, {:?} by ucks run", by_run.get(rule)))
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// A service that validates nothing and stores little: most deviations show in several ways, and `ucks run` reports
/// each under the rule of the shortest.
#[test]
#[ignore = "runs a slow service twice: `.ci/run night`"]
fn the_runner_agrees_on_a_service_that_deviates_in_most_rules() {
    if !installed("python3") {
        return;
    }
    let folder = Folder::new();
    folder.ucks(&["vectors", "-o", "v"]).so(0, "vectors with");
    let service = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/recipes/wsgi_kms.py");
    let mut service =
        Command::new("python3").args([service, "0"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().trim_start_matches("listening on ").to_owned();
    let run = folder.run(Command::new("python3").args(["v/run_vectors.py", "v", &url]));
    assert_eq!(run.code, Some(1), "{run:?}");
    let by_vectors = printed(&run.said);
    assert!(by_vectors.values().filter(|verdict| *verdict == "fail").count() > 25, "{by_vectors:?}");
    agree_with_a_run(&folder, &url, &[], &by_vectors);
    service.kill().unwrap();
    service.wait().unwrap();
}

#[test]
fn the_runner_is_short_and_lies_beside_the_vectors() {
    let folder = Folder::new();
    folder.ucks(&["vectors", "-o", "v"]).so(0, "cases are left out (index.json has the reasons)");
    assert_eq!(folder.read("v/run_vectors.py"), RUNNER);
    let code = RUNNER.lines().filter(|l| !l.trim().is_empty() && !l.starts_with(['#', '"']));
    assert!(code.count() < 80);
    folder.write("other.txt", "");
    folder.ucks(&["vectors", "-o", "."]).so(2, "`.` holds other files; name an empty folder");
}

#[test]
fn vectors_are_the_same_every_time_and_hold_no_secret_of_the_profile() {
    let folder = Folder::new();
    folder.write("profile.toml", DEFAULT_ENVIRONMENT);
    let text = |name: &str| {
        folder.ucks(&["vectors", "-o", name, "--profile", "profile.toml"]).so(0, "vectors with");
        let mut files: Vec<PathBuf> = folder.path(name).read_dir().unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect::<String>()
    };
    let (one, two) = (text("one"), text("two"));
    assert_eq!(one, two);
    let secrets: Vec<&str> = DEFAULT_ENVIRONMENT
        .lines()
        .filter_map(|l| l.trim().strip_prefix("password = \""))
        .map(|rest| rest.trim_end_matches('"'))
        .collect();
    assert!(!secrets.is_empty());
    assert!(secrets.iter().all(|secret| !one.contains(secret)));
}
