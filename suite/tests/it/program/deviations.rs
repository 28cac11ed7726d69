//! Declared deviations, against emulators with a planted defect.

use std::sync::LazyLock;

use rstest::rstest;

use crate::program::ucks::Folder;

/// The groups that the defects below are seen in.
const RUN: [&str; 6] = ["--only", "U,G", "--sequences", "10", "--seed", "3"];

fn run(folder: &Folder, target: &str, deviations: &str) -> crate::program::ucks::Ended {
    let file = folder.write("deviations.toml", deviations);
    folder.ucks(&[&["run", target, "--deviations", &file], &RUN[..]].concat())
}

/// The service of most tests here.
const TARGET: &str = "embedded:names-not-unique";

/// The first list of that service.
static FIRST_LIST: LazyLock<String> = LazyLock::new(|| first_list(&Folder::new(), TARGET));

/// The first list that `ucks` writes for a target.
fn first_list(folder: &Folder, target: &str) -> String {
    folder.ucks(&[&["run", target, "--write-deviations", "first.toml"], &RUN[..]].concat()).so(1, "FAIL");
    folder.read("first.toml")
}

fn entry(rule: &str, more: &str) -> String {
    format!("\n[[deviation]]\nrule = \"{rule}\"\nreason = \"known\"\n{more}\n")
}

#[rstest]
#[case("embedded:names-not-unique")]
#[ignore = "makes three more runs: `.ci/run night`"]
#[case("embedded:only-first-member-gated")]
fn a_first_list_keeps_the_next_runs_green(#[case] target: &str) {
    let folder = Folder::new();
    let list = first_list(&folder, target);
    for seed in ["1", "2"] {
        let file = folder.write("deviations.toml", &list);
        folder.ucks(&["run", target, "--deviations", &file, "--sequences", "20", "--seed", seed]).so(0, "PASS");
    }
}

#[test]
fn what_is_not_declared_fails() {
    let folder = Folder::new();
    let list = &*FIRST_LIST;
    assert!(list.contains("rule = \"U-01\""), "{list}");
    run(&folder, TARGET, list).so(0, "declared");
    run(&folder, TARGET, "").so(1, "expected CustomKeyStoreNameInUseException");
}

#[rstest]
#[case::stale(
    "U-08",
    "",
    "the declared deviation `U-08` was not observed in this run; remove it if the service was fixed"
)]
#[case::stale_for_a_glob(
    "G-*",
    "",
    "the declared deviation `G-*` was not observed in this run; remove it if the service was fixed"
)]
#[case::stale_in_a_cell(
    "U-08",
    "state = \"DISCONNECTED\"",
    "the declared deviation `U-08` (DISCONNECTED) was not observed in this run; remove it if the service was fixed"
)]
#[case::too_narrow(
    "U-01",
    "state = \"CONNECTED\"",
    "the declared deviation `U-01` (CONNECTED) names a connection state, and finding"
)]
#[case::expired("U-01", "expires = \"2026-01-31\"", "the declared deviation `U-01` expired on 2026-01-31")]
fn an_entry_that_does_not_hold_fails(#[case] rule: &str, #[case] more: &str, #[case] sentence: &str) {
    let folder = Folder::new();
    let list = FIRST_LIST.clone() + &entry(rule, more);
    run(&folder, TARGET, &list).so(1, sentence);
}

#[test]
fn an_entry_that_the_run_does_not_reach_says_so_and_passes() {
    let folder = Folder::new();
    let list = entry("S-03", "");
    run(&folder, "embedded", &list).so(0, "`S-03` was not checked: this run was not asked to judge it");
}

#[test]
fn gaps_in_a_required_group_stay_gaps() {
    let folder = Folder::new();
    let list = folder.write("deviations.toml", &FIRST_LIST);
    let run = ["run", TARGET, "--sequences", "0", "--deviations", &list];
    folder.ucks(&[&run[..], &["--require", "U"]].concat()).so(0, "PASS");
    folder.ucks(&[&run[..], &["--require", "U,X"]].concat()).so(3, "required, and not judged: X-16");
}

#[rstest]
#[case("[[deviation]]\nrule = \"U-01\"\n", "missing field `reason`")]
#[case("[[deviation]]\nrule = \"Z-1*\"\nreason = \"r\"\n", "the declared deviation for `Z-1*` matches no rule")]
#[case("[[deviation]]\nrule = \"U-01\"\nreason = \"r\"\nmember = \"Name\"\n", "is not a valid member")]
fn a_file_that_is_none_is_wrong_use(#[case] text: &str, #[case] sentence: &str) {
    run(&Folder::new(), "embedded", text).so(2, sentence);
}

/// Random sequences differ from seed to seed, and so does what they find: an unchanged service stays green all the
/// same.
#[rstest]
#[case("embedded:names-not-unique")]
fn a_list_does_not_depend_on_the_seed(#[case] target: &str) {
    let folder = Folder::new();
    let run = ["run", target, "--strict", "--sequences", "60"];
    folder.ucks(&[&run[..], &["--seed", "1", "--write-deviations", "list.toml"]].concat()).so(1, "FAIL");
    for seed in ["2", "3", "4"] {
        folder.ucks(&[&run[..], &["--seed", seed, "--deviations", "list.toml"]].concat()).so(0, "PASS");
    }
}

#[rstest]
#[case("embedded:wrong-type-is-validation")]
#[case("embedded:only-first-member-gated")]
#[ignore = "each case makes many runs: `.ci/run night`"]
fn other_lists_do_not_depend_on_the_seed(#[case] target: &str) {
    a_list_does_not_depend_on_the_seed(target);
}

#[test]
fn a_list_is_merged_with_what_people_wrote() {
    let folder = Folder::new();
    let own = "# ours\n[[deviation]]\nrule = \"U-01\"\nreason = \"names come in May\"\n\n[[deviation]]\nrule = \
        \"U-08\"\nreason = \"fixed long ago\"\n";
    let file = folder.write("list.toml", own);
    let run = ["run", "embedded:names-not-unique", "--write-deviations", &file];
    folder.ucks(&[&run[..], &RUN[..]].concat()).so(1, "FAIL");
    let text = folder.read("list.toml");
    assert!(text.starts_with("# ours\n") && text.contains("names come in May"), "{text}");
    assert!(text.contains("# not observed on 2") && text.contains("fixed long ago"), "{text}");
}
