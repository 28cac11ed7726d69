//! Mistakes in CI jobs: misspelt names, unset variables, paths that cannot be written, a closed pipe.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rstest::rstest;

use crate::faulty_server::{Reply, service};
use crate::program::hostile::emulator;
use crate::program::ucks::Folder;

/// A service that counts its requests.
fn counted() -> (String, Arc<AtomicU64>) {
    let emulator = emulator();
    let count = Arc::new(AtomicU64::new(0));
    let counter = count.clone();
    let url = service(move |request, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        Reply::Answer(emulator.handle(request))
    });
    (url, count)
}

#[rstest]
#[case::rule(&["--only", "G14"], "did you mean `G-14`?")]
#[case::group(&["--only", "Q"], "the groups are W, S, E,")]
#[case::among_others(&["--only", "G-14,W-010"], "`W-010` is not a rule")]
#[case::required(&["--require", "Q"], "the groups are W, S, E,")]
#[case::required_and_left_out(&["--require", "U", "--only", "W-01"], "which --only W-01 leaves out")]
#[case::of_a_later_revision(&["--only", "X", "--revision", "2018-11-26"], "selects no rule of revision 2018-11-26")]
#[case::option(&["--sequence", "3"], "'--sequences'")]
#[case::format(&["--report", "jsn=x"], "did you mean `json`?")]
#[case::deviation(&["--deviations", "rule.toml"], "did you mean `G-14`?")]
#[case::key_of_a_deviation(&["--deviations", "key.toml"], "did you mean `reason`?")]
#[case::key(&["--profile", "revison.toml"], "unknown key `revison`; did you mean `revision`?")]
#[case::table(&["--profile", "suit.toml"], "unknown key `suit`; did you mean `suite`?")]
#[case::key_in_a_table(&["--profile", "signature.toml"], "did you mean `check_signatures`?")]
#[case::report_into_a_folder(&["--report", "json=a-folder"], "cannot write `a-folder`: it is a folder")]
#[case::report_below_no_folder(&["--report", "html=none/x.html"], "the folder `none` does not exist")]
#[case::report_without_a_name(&["--report", "json="], "is a variable of your script not set?")]
#[case::report_twice(&["--report", "json=x", "--report", "html=x"], "two reports would be written to `x`")]
#[case::report_twice_otherwise(&["--report", "json=x", "--report", "html=./x"], "two reports would be written to `./x`")]
#[case::two_on_standard_output(&["--report", "json=-", "--report", "html=-"], "mixed on standard output")]
#[case::findings_into_a_file(&["--findings", "rule.toml/below"], "`rule.toml` is not a folder")]
#[case::findings_where_nothing_can_be_written(&["--findings", "/proc/ucks"], "cannot write into `/proc/ucks`")]
#[case::list_that_is_none(&["--write-deviations", "suit.toml"], "is not a list of deviations, and is kept")]
fn a_mistake_is_named_before_anything_is_sent(#[case] more: &[&str], #[case] sentence: &str) {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("a-folder")).unwrap();
    folder.write("rule.toml", "[[deviation]]\nrule = \"G14\"\nreason = \"r\"\n");
    folder.write("key.toml", "[[deviation]]\nrule = \"G-14\"\nreson = \"r\"\n");
    folder.write("revison.toml", "revison = \"2026-04-27\"\n");
    folder.write("suit.toml", "[suit]\nsettle_ms = 1\n");
    folder.write("signature.toml", "[suite]\ncheck_signature = true\n");
    let (url, count) = counted();
    folder.ucks(&[&["run", &url], more].concat()).so(2, sentence);
    assert_eq!(count.load(Ordering::Relaxed), 0, "requests were sent");
    assert!(!folder.path("none").exists() && !folder.path("x").exists(), "something was created");
}

#[rstest]
#[case(&["run", ""], "the TARGET is empty")]
#[case(&["run", "-q"], "no TARGET is given, which --quiet asks for")]
#[case(&["run", "--report", "json=x"], "no TARGET is given, which --report asks for")]
#[case(&["run", "--require", "U"], "no TARGET is given, which --require asks for")]
#[case(&["run", "127.0.0.1:4566"], "did you mean `http://127.0.0.1:4566`?")]
#[case(&["run", "embeded"], "unknown target `embeded`; did you mean `embedded`?")]
#[case(&["fuzz", "-q"], "no TARGET is given")]
fn a_verdict_is_never_on_another_target_than_the_one_named(#[case] arguments: &[&str], #[case] sentence: &str) {
    Folder::new().ucks(arguments).so(2, sentence);
}

#[test]
fn the_last_line_names_the_target() {
    let folder = Folder::new();
    let (url, _) = counted();
    let few = ["--only", "S-01", "--sequences", "0", "--seed", "1"];
    folder.ucks(&[&["run"], &few[..]].concat()).so(0, "PASS — embedded: 1 of 1 rule judged");
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    folder
        .ucks(&[&["run", &url, "-q", "--profile", &profile], &few[..]].concat())
        .so(0, &format!("PASS — {url}: 1 of 1 rule judged"));
}

#[test]
fn a_report_replaces_a_longer_one_and_a_failed_start_leaves_no_file() {
    let folder = Folder::new();
    folder.write("record.json", &"x".repeat(1 << 20));
    let few = ["run", "embedded", "--only", "S-01", "--sequences", "0", "--report"];
    folder.ucks(&[&few[..], &["json=record.json"]].concat()).so(0, "PASS");
    assert!(serde_json::from_str::<serde_json::Value>(&folder.read("record.json")).is_ok());
    folder.ucks(&["run", "http://192.0.2.1", "--report", "json=other.json"]).so(2, "neither loopback nor private");
    assert!(!folder.path("other.json").exists());
}

/// Every command that prints much, with a reader that reads nothing.
#[rstest]
#[case(&["list"], 0)]
#[case(&["explain", "G-14"], 0)]
#[case(&["schema"], 0)]
#[case(&["emulator", "--print-environment"], 0)]
#[case(&["emulator", "--print-world"], 0)]
#[case(&["emulator", "--list-defects"], 0)]
#[case(&["corpus", "dictionary"], 0)]
#[case(&["run", "embedded", "--only", "S-01", "--sequences", "0", "--report", "json=-"], 0)]
#[case(&["run", "embedded:names-not-unique", "--only", "U-01", "--sequences", "0"], 1)]
#[case(&["probe", "embedded"], 0)]
#[case(&["record", "embedded", "--no-stores", "-o", "-"], 0)]
#[ignore = "records two services: `.ci/run night`"]
#[case(&["compare", "embedded", "embedded"], 0)]
fn a_closed_pipe_is_no_accident(#[case] arguments: &[&str], #[case] code: i32) {
    let folder = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    command.args(arguments).current_dir(folder.path("")).stdin(Stdio::null());
    let output = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{complained}");
    assert!(!complained.contains("panicked"), "{complained}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let folder = Folder::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    let output = command.arg("list").current_dir(folder.path("")).stdout(full).output().unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complained}");
    assert!(complained.contains("cannot write to standard output"), "{complained}");
}

#[test]
fn explain_knows_findings_and_rules_and_nothing_else() {
    let folder = Folder::new();
    folder.ucks(&["run", "embedded:names-not-unique", "--only", "U-01", "--sequences", "0"]).so(1, "FAIL");
    let code = std::fs::read_dir(folder.path(".ucks/findings")).unwrap().flatten();
    let code =
        code.map(|e| e.file_name().into_string().unwrap()).find_map(|n| Some(n.strip_suffix(".json")?.to_owned()));
    let code = code.unwrap();
    let (rule, finding) = (folder.ucks(&["explain", "U-01"]), folder.ucks(&["explain", &code]));
    rule.so(0, "U-01");
    finding.so(0, "expected  CustomKeyStoreNameInUseException").so(0, "actual    success").so(0, "sequence  1.");
    assert!(finding.said.contains(&rule.said) && finding.said.len() > rule.said.len() + 200, "{}", finding.said);
    folder.ucks(&["explain", "U-01-00000"]).so(2, "there is no finding `U-01-00000` in `.ucks/findings`");
    folder.ucks(&["explain", "U01"]).so(2, "did you mean `U-01`?");
    folder.ucks(&["explain", "Z-99-00000"]).so(2, "there is no finding `Z-99-00000`");
    folder.ucks(&["list", "G14"]).so(2, "did you mean `G-14`?");
}

/// A table of only some edits would replace that of all.
#[test]
fn the_table_of_consequences_is_written_of_all_edits() {
    let folder = Folder::new();
    let write = ["score", "--generated", "--write-causes", "causes.toml"];
    for part in [["--defects", "nosuch"], ["--sample", "1"]] {
        folder.ucks(&[&write[..], &part].concat()).so(2, "cannot be used with");
    }
    assert!(!folder.path("causes.toml").exists());
}

/// A file that fails at the end takes nothing from what is printed.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_does_not_lose_the_verdict() {
    let folder = Folder::new();
    let run = ["run", "embedded:names-not-unique", "--only", "U-01", "--sequences", "0", "--report"];
    let ended = folder.ucks(&[&run[..], &["json=/dev/full"]].concat());
    ended.so(2, "cannot write `/dev/full`").so(2, "FAIL — embedded:names-not-unique").so(2, "Causes");
    assert!(std::fs::read_dir(folder.path(".ucks/findings")).unwrap().count() > 1);
}

#[test]
fn a_finding_is_not_replayed_without_its_profile() {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    let run = ["run", "embedded:names-not-unique", "--only", "U-01", "--sequences", "0", "--profile", &profile];
    folder.ucks(&run).so(1, "FAIL");
    let files = std::fs::read_dir(folder.path(".ucks/findings")).unwrap().flatten().map(|e| e.path());
    let file = { files }.find(|path| path.extension().is_some_and(|e| e == "json")).unwrap();
    let file = file.to_str().unwrap();
    folder.ucks(&["replay", file]).so(1, "STILL FAILS");
    std::fs::rename(folder.path("profile.toml"), folder.path("other.toml")).unwrap();
    folder.ucks(&["replay", file]).so(2, "the profile `profile.toml` that the finding was found with is not here");
    folder.ucks(&["replay", file, "--profile", "other.toml"]).so(1, "STILL FAILS");
}

#[rstest]
#[case("bash", "complete ")]
#[case("zsh", "#compdef ucks")]
#[case("fish", "complete -c ucks")]
#[case("powershell", "Register-ArgumentCompleter")]
#[case("elvish", "edit:completion")]
fn completions_are_of_the_shell(#[case] shell: &str, #[case] marked: &str) {
    let ended = Folder::new().ucks(&["completions", shell]);
    ended.so(0, marked).so(0, "write-deviations");
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let folder = Folder::new();
    folder.ucks(&["man"]).so(0, ".TH ucks 1");
    std::fs::create_dir(folder.path("man")).unwrap();
    folder.ucks(&["man", "--output", "man"]).so(0, "");
    for command in ["ucks.1", "ucks-run.1", "ucks-certify.1", "ucks-emulator.1"] {
        assert!(folder.read(&format!("man/{command}")).contains(".TH"), "{command}");
    }
}

#[rstest]
#[case(&["run", "embedded", "--profile", "none.toml"])]
#[case(&["run", "embedded", "--deviations", "none.toml"])]
#[case(&["clean", "none.jsonl"])]
#[case(&["replay", "none.json"])]
#[case(&["report", "none.json"])]
#[case(&["verify", "none.tar.gz"])]
fn an_error_is_printed_once(#[case] arguments: &[&str]) {
    let ended = Folder::new().ucks(arguments);
    ended.so(2, "No such file or directory");
    assert_eq!(ended.complained.matches("No such file or directory").count(), 1, "{}", ended.complained);
}

/// A run with a defect, then one without: fixed, the other way round new, and against itself unchanged.
#[test]
fn two_runs_are_compared() {
    let folder = Folder::new();
    let few = ["--only", "U-01", "--sequences", "0", "--seed", "1", "--report"];
    folder.ucks(&[&["run", "embedded:names-not-unique"], &few[..], &["json=old.json"]].concat()).so(1, "FAIL");
    folder.ucks(&[&["run", "embedded"], &few[..], &["json=new.json"]].concat()).so(0, "PASS");
    let against = |new: &str, old: &str| folder.ucks(&["report", new, "--against", old]);
    against("new.json", "old.json").so(0, "fixed U-01-").so(0, "embedded: 0 new, ");
    against("old.json", "new.json").so(1, "new U-01-").so(1, " 0 fixed, 0 not judged this time, 0 unchanged");
    against("old.json", "old.json").so(0, ": 0 new, 0 fixed, 0 not judged this time, ");
    let all = folder.ucks(&["report", "old.json", "--against", "old.json", "--verbose"]);
    all.so(0, "unchanged U-01-");
}

/// In a terminal of a width, and in none: no control characters, and no line wider than the terminal but commands.
#[rstest]
#[case("40")]
#[case("200")]
fn a_report_fits_the_terminal(#[case] columns: &str) {
    let folder = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    command.args(["run", "embedded:names-not-unique", "--only", "U", "--sequences", "0", "--seed", "1"]);
    let ended = folder.run(command.env("COLUMNS", columns));
    ended.so(1, "FAIL");
    assert!(!ended.said.contains('\u{1b}'), "{}", ended.said);
    let columns: usize = columns.parse().unwrap();
    let commands = ["ucks explain", "ucks replay", "bash ", "FAIL — "];
    let wide = |line: &&str| line.chars().count() > columns && !commands.iter().any(|c| line.contains(c));
    assert_eq!(ended.said.lines().find(wide), None, "{}", ended.said);
}
