//! `ucks run --shard` and `ucks merge` from outside.

use ucks_suite::certify::bundle::archive;

use crate::program::ucks::Folder;

const COMMON: [&str; 6] = ["run", "embedded:names-not-unique", "--seed", "5", "--sequences", "4"];

#[test]
fn shards_are_merged_into_reports_and_an_exit_code() {
    let folder = Folder::new();
    for shard in ["1/2", "2/2"] {
        let report = format!("json={}.json", shard.replace('/', "-"));
        let run = folder.ucks(&[&COMMON[..], &["--quiet", "--shard", shard, "--report", &report]].concat());
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    }
    folder.ucks(&["merge", "1-2.json"]).so(2, "shard 2/2 is missing; run with the same options and --shard");
    let merged =
        folder.ucks(&["merge", "1-2.json", "2-2.json", "--report", "junit=all.xml", "--write-deviations", "d.toml"]);
    merged.so(1, "rules judged, 1 failed").so(1, "U-01");
    assert!(folder.read("all.xml").contains("U-01"));
    assert!(folder.path(".ucks/findings").read_dir().unwrap().count() >= 2);
    folder.ucks(&["merge", "1-2.json", "2-2.json", "--deviations", "d.toml", "--quiet"]).so(0, "rules judged");
}

#[test]
fn a_shard_is_asked_for_nothing_that_only_all_shards_can_give() {
    let folder = Folder::new();
    let report = ["--report", "json=1.json"];
    folder.ucks(&[&["run", "embedded", "--shard", "1/2"], &report[..]].concat()).so(2, "--shard 1/2 needs --seed");
    folder.ucks(&[&COMMON[..], &["--shard", "1/2"]].concat()).so(2, "--shard 1/2 needs --report json=FILE");
    let require = ["--shard", "1/2", "--require", "W"];
    folder
        .ucks(&[&COMMON[..], &require, &report].concat())
        .so(2, "--require concerns all shards together; give it to `ucks merge` instead");
    folder.ucks(&[&COMMON[..], &["--shard", "3/2"]].concat()).so(2, "`3/2` is not a shard; write I/N");
}

#[test]
fn a_shard_of_a_certificate_is_asked_for_nothing_that_only_all_shards_can_give() {
    let folder = Folder::new();
    folder.write("profile.toml", "target = \"embedded\"\n");
    let certify = ["certify", "profile.toml", "-o", "b.tar.gz"];
    let refused = |more: &[&str], why: &str| {
        folder.ucks(&[&certify[..], more].concat()).so(2, why);
    };
    refused(&["--shard", "1/2"], "--shard 1/2 needs --challenge: what all shards of a run draw follows from one text");
    let challenge = ["--challenge", "horses", "--shard"];
    refused(
        &[&challenge[..], &["1/2", "--deviations", "d.toml"]].concat(),
        "--deviations concerns all shards together; give it to `ucks certify --merge` instead",
    );
    refused(&[&challenge[..], &["1/65"]].concat(), "--shard 1/65: a certificate has at most 64 shards");
    let merge =
        |more: &[&str]| folder.ucks(&[&["certify", "--merge", "profile.toml", "-o", "b.tar.gz"], more].concat());
    merge(&["--shard", "1/2"]).so(2, "cannot be used with");
    merge(&["--level", "full"]).so(2, "cannot be used with");
    merge(&["--aws-env"]).so(2, "cannot be used with");
    merge(&[]).so(2, "problem   `profile.toml`: the archive is broken or cut off").so(2, "REFUSED — 1 problem");
    assert!(!folder.path("b.tar.gz").exists());
}

/// The manifest is quoted by messages before its signature is checked.
#[test]
fn a_foreign_manifest_cannot_control_the_terminal() {
    let folder = Folder::new();
    let manifest = br#"{"\u001b[31mred": 1}"#.to_vec();
    let bundle = archive::write(&[("manifest.json".to_owned(), manifest)].into()).unwrap();
    std::fs::write(folder.path("foreign.tar.gz"), bundle).unwrap();
    let verified = folder.ucks(&["verify", "foreign.tar.gz"]);
    let merged = folder.ucks(&["certify", "--merge", "foreign.tar.gz", "-o", "b.tar.gz"]);
    for ended in [verified.so(1, "REJECTED"), merged.so(2, "REFUSED")] {
        assert!(ended.said.contains("problem   ") && ended.said.contains("\\u{1b}[31mred"), "{}", ended.said);
        assert!(!ended.said.contains('\u{1b}'), "{}", ended.said);
    }
}
