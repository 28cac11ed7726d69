//! `stdio:COMMAND` targets: the examples give the verdicts of the service that they pass requests on to.

use rstest::rstest;
use ucks_emulator::DEFAULT_ENVIRONMENT;

use crate::program::ucks::Folder;
use crate::program::vectors::{installed, serve, verdicts};

const PYTHON: (&str, &str) = ("python3", concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/stdio/service.py"));
const NODE: (&str, &str) = ("node", concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/stdio/service.mjs"));

#[rstest]
#[case::python(PYTHON, None)]
#[case::python_that_fails(PYTHON, Some("malformed-is-500"))]
#[case::node(NODE, Some("names-not-unique"))]
fn the_examples_agree_with_ucks_run_rule_by_rule(
    #[case] (program, example): (&str, &str),
    #[case] defect: Option<&str>,
) {
    if !installed(program) {
        return;
    }
    let folder = Folder::new();
    folder.write("profile.toml", DEFAULT_ENVIRONMENT);
    let (url, _service) = serve(defect);
    let options =
        ["--profile", "profile.toml", "--sequences", "0", "--seed", "1", "--quiet", "--report", "json=r.json"];
    let by_url = folder.ucks(&[&["run", &url], &options[..]].concat());
    let by_url = (by_url.code, verdicts(&folder.read("r.json")));
    let by_program = folder.ucks(&[&["run", &format!("stdio:{program} {example} {url}")], &options[..]].concat());
    let by_program = (by_program.code, verdicts(&folder.read("r.json")));
    assert_eq!(by_url.0, Some(i32::from(defect.is_some())));
    // R-04 is judged where an update overtakes a Connect, which depends on the speed of the service.
    let timeless = |(code, mut verdicts): (Option<i32>, std::collections::BTreeMap<String, String>)| {
        verdicts.remove("R-04");
        (code, verdicts)
    };
    assert_eq!(timeless(by_url), timeless(by_program));
}

#[rstest]
#[case::python(PYTHON, Some("names-not-unique"))]
#[case::node(NODE, None)]
#[case::node_that_fails(NODE, Some("malformed-is-500"))]
#[ignore = "each case makes two runs: `.ci/run night`"]
fn the_examples_agree_on_further_services(#[case] example: (&str, &str), #[case] defect: Option<&str>) {
    the_examples_agree_with_ucks_run_rule_by_rule(example, defect);
}

#[rstest]
fn the_examples_are_short(#[values(PYTHON, NODE)] (_, example): (&str, &str)) {
    assert!(std::fs::read_to_string(example).unwrap().lines().count() < 40);
}

#[test]
fn a_program_that_does_not_serve_cannot_be_tested() {
    let folder = Folder::new();
    folder.ucks(&["run", "stdio:no-such-program", "--quiet"]).so(2, "cannot start `no-such-program`");
    folder.ucks(&["run", "stdio:", "--quiet"]).so(2, "`` is not a command; write it as `stdio:python3 service.py`");
    if installed("python3") {
        folder.ucks(&["run", "stdio:python3 -c 'exit(3)'"]).so(3, "exit status: 3");
        folder.ucks(&["run", "stdio:python3 -c 'print(\"Listening\"); input()'"]).so(3, "a line that is not an answer");
    }
}
