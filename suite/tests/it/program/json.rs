//! `--format json`: what programs read, as snapshots, and its schemas.

use rstest::rstest;
use serde_json::Value as Json;
use ucks_emulator::DEFAULT_ENVIRONMENT;

use crate::program::ucks::{Ended, Folder};

/// Compares a text with `snapshots/snapshots/NAME.snap`.
fn held(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The JSON of a command that ended with this code.
#[track_caller]
fn json(ended: &Ended, code: i32) -> Json {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    let form: Json = serde_json::from_str(&ended.said).unwrap_or_else(|why| panic!("{why}: {ended:?}"));
    assert_eq!(form["format"], 1);
    form
}

/// The folder of a run that found a name used twice.
fn with_finding() -> Folder {
    let folder = Folder::new();
    folder
        .ucks(&["run", "embedded:names-not-unique", "--sequences", "0", "--only", "U-01", "--seed", "1", "--quiet"])
        .so(1, "FAIL");
    folder
}

/// The name of the run's only finding.
fn code(folder: &Folder) -> String {
    let files = folder.path(".ucks/findings").read_dir().unwrap();
    let names = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    names.filter_map(|n| n.strip_suffix(".json").map(str::to_owned)).min().unwrap()
}

#[rstest]
#[case::list("json-of-list", &["list", "U-0*", "--format", "json"], 0)]
#[case::explain("json-of-explain", &["explain", "g-14", "--format", "json"], 0)]
#[case::probe("json-of-probe", &["probe", "embedded", "--format", "json"], 0)]
#[case::compare("json-of-compare", &["compare", "embedded", "embedded:own-name-is-taken", "--format", "json"], 1)]
fn results(#[case] name: &str, #[case] arguments: &[&str], #[case] exit: i32) {
    let form = json(&Folder::new().ucks(arguments), exit);
    held(name, &serde_json::to_string_pretty(&form).unwrap());
}

#[test]
fn an_explained_finding_and_its_replays() {
    let folder = with_finding();
    let code = code(&folder);
    let explained = json(&folder.ucks(&["explain", &code, "--format", "json"]), 0);
    assert_eq!(explained["finding"]["code"], code.as_str());
    assert_eq!(explained["rule"]["id"], "U-01");
    held("json-of-explain-finding", &serde_json::to_string_pretty(&explained).unwrap());
    let file = format!(".ucks/findings/{code}.json");
    let failing = json(&folder.ucks(&["replay", &file, "--format", "json"]), 1);
    held("json-of-replay", &serde_json::to_string_pretty(&failing).unwrap());
    let fixed = json(&folder.ucks(&["replay", &file, "embedded", "--format", "json"]), 0);
    assert_eq!(fixed["results"][0]["verdict"], "fixed");
    assert_eq!(fixed["results"][0]["detail"], Json::Null);
    let gone = json(&folder.ucks(&["replay", &file, "http://127.0.0.1:9", "--format", "json"]), 3);
    assert_eq!(gone["results"][0]["verdict"], "could-not-test");
}

#[test]
fn a_bundle_that_is_none() {
    let folder = Folder::new();
    folder.write("bundle", "not a bundle");
    let rejected = json(&folder.ucks(&["verify", "bundle", "--format", "json"]), 1);
    held("json-of-verify", &serde_json::to_string_pretty(&rejected).unwrap());
}

#[test]
fn an_accepted_bundle() {
    let folder = Folder::new();
    folder.write("profile.toml", &format!("target = \"embedded\"\n{DEFAULT_ENVIRONMENT}"));
    let certify = ["certify", "profile.toml", "-o", "bundle", "--challenge", "horses", "--quiet"];
    folder.ucks(&certify).so(0, "CERTIFIED — level core");
    let mut accepted = json(&folder.ucks(&["verify", "bundle", "--allow-unsigned", "--format", "json"]), 0);
    assert!(accepted["exchanges"].as_u64() > Some(1_000), "{accepted}");
    // The day, and the number of looks at a store that is on its way, differ from run to run.
    accepted["exchanges"] = 0.into();
    accepted["statement"]["date"] = "2026-01-01".into();
    held("json-of-verify-accepted", &serde_json::to_string_pretty(&accepted).unwrap());
}

#[test]
fn a_target_that_cannot_be_probed_prints_no_form() {
    let gone = Folder::new().ucks(&["probe", "http://127.0.0.1:9", "--format", "json"]);
    assert_eq!((gone.code, gone.said.as_str()), (Some(3), ""));
    assert!(!gone.complained.is_empty());
}

#[test]
fn each_form_has_a_schema() {
    let folder = Folder::new();
    for name in ["list", "explain", "probe", "replay", "compare", "verify"] {
        let schema = folder.ucks(&["schema", &format!("{name}-result")]);
        let schema: Json = serde_json::from_str(&schema.said).unwrap();
        held(&format!("schema-of-{name}-result"), &serde_json::to_string_pretty(&schema).unwrap());
    }
}
