//! The fuzz targets' inputs without a fuzzer: everything that once failed, the committed seeds, and
//! what the seeds cover.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ucks_oracle::revision::Revision;
use ucks_oracle::rules;
use ucks_suite::fuzzing::pool::{TARGETS, check};
use ucks_suite::fuzzing::seeds::{exercised, seeds};
use ucks_suite::fuzzing::sequence::Play;

fn folder(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The files of a folder with their bytes; none where there is no such folder.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|p| (p.clone(), std::fs::read(p).unwrap())).collect()
}

#[test]
fn what_once_failed_holds() {
    let mut count = 0;
    for (target, _) in TARGETS {
        for (path, input) in files(&folder("tests/regressions").join(target)) {
            let held = check(target, &input).unwrap();
            assert!(held.is_ok(), "{}: {}", path.display(), held.unwrap_err());
            count += 1;
        }
    }
    assert!(count >= 6, "the regressions are gone");
}

#[test]
fn the_seeds_hold() {
    for (target, _) in TARGETS {
        let seeds = files(&folder("../fuzz/seeds").join(target));
        assert!(seeds.len() > 10, "{target} has {} seeds", seeds.len());
        for (path, input) in seeds {
            let held = check(target, &input).unwrap();
            assert!(held.is_ok(), "{}: {}", path.display(), held.unwrap_err());
        }
    }
}

/// Rules that no sequence in this process can decide, with the reason.
fn out_of_reach(rule: &str) -> Option<&'static str> {
    match rule {
        "W-17" => Some("judged by a run as a whole"),
        "H-10" | "P-06" | "W-26" => Some("a requirement on ucks itself"),
        "A-10" => Some("needs a 500, a timeout or a cut connection"),
        "P-01" => Some("holds of every answer, and can be distinguished only where it is broken"),
        "X-16" | "O-07" | "O-08" => Some("no plan decides it yet"),
        "D-05" => Some("the default world has no limit"),
        r if r.starts_with("D-") => Some("signatures are HTTP's"),
        r if r.starts_with("R-") => Some("needs two requests at one time"),
        _ => None,
    }
}

#[test]
fn the_seeds_cover_every_rule() {
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    for (path, input) in files(&folder("../fuzz/seeds/sequence")) {
        let Some(play) = Play::read(&input) else { panic!("{} is no sequence", path.display()) };
        covered.extend(exercised(&play.operations).into_iter().map(|(rule, _)| rule.0));
    }
    let wanted: Vec<&str> = rules::at(Revision::LATEST).map(|r| r.id.0).filter(|r| out_of_reach(r).is_none()).collect();
    let missing: Vec<&&str> = wanted.iter().filter(|r| !covered.contains(**r)).collect();
    println!("covered: {covered:?}");
    assert!(missing.is_empty(), "no seed decides {missing:?}");
}

#[test]
fn some_seed_is_longer_than_the_fuzzer_s_default() {
    let longest = files(&folder("../fuzz/seeds/request_bytes")).into_iter().map(|(_, b)| b.len()).max();
    assert!(longest > Some(4096));
}

#[test]
fn the_seeds_are_made_alike_each_time() {
    assert_eq!(seeds(), seeds());
}
