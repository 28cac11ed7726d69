//! The order of errors: `--write-order` and `--policy learned=FILE`.

use crate::program::ucks::Folder;

const CASES: [&str; 5] = ["--sequences", "0", "--seed", "1", "--quiet"];

/// Without a recorded order a version may report another error first; with one it fails, and the replay file says so.
#[test]
fn a_later_version_keeps_the_order_of_its_errors() {
    let folder = Folder::new();
    let run = |target: &str, options: &[&str]| folder.ucks(&[&["run", target], &CASES[..], options].concat());
    run("embedded", &["--write-order", "order.toml"]).so(0, "PASS");
    assert!(folder.read("order.toml").contains("[[order]]"));
    let learned = ["--policy", "learned=order.toml"];
    run("embedded", &learned).so(0, "PASS");
    let reordered = "embedded:name-in-use-before-kind";
    run(reordered, &[]).so(0, "PASS");
    run(reordered, &[&learned[..], &["--findings", "found"]].concat()).so(1, "FAIL");
    let found = std::fs::read_dir(folder.path("found")).unwrap();
    let replays = found.map(|file| file.unwrap().file_name().into_string().unwrap());
    let replay = replays.filter(|name| name.starts_with("P-05-")).find(|name| name.ends_with(".json")).unwrap();
    let replay = format!("found/{replay}");
    folder.ucks(&["replay", &replay]).so(1, "P-05");
    std::fs::remove_file(folder.path("order.toml")).unwrap();
    folder.ucks(&["replay", &replay]).so(2, "cannot read `order.toml`");
}

#[test]
fn a_policy_that_does_not_exist_is_a_usage_error() {
    let folder = Folder::new();
    let other = folder.write("other.toml", "[[deviation]]\nrule = \"S-06\"\n");
    for (policy, message) in [
        ("learnt=order.toml", "write any, layered, pinned or learned=FILE"),
        ("learned=missing.toml", "cannot read `missing.toml`"),
        (&format!("learned={other}"), "not an order of errors"),
    ] {
        folder.ucks(&["run", "embedded", "--policy", policy]).so(2, message);
    }
}
