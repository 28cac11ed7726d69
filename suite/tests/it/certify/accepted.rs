//! Accepted bundles: those of a run that left nothing out.

use std::path::Path;
use std::process::{Command, Output};

use ucks_suite::certify::bundle::manifest::Manifest;
use ucks_suite::certify::bundle::{self, MANIFEST, SUMMARY};
use ucks_suite::certify::level::Level;
use ucks_suite::certify::transcript::TranscriptEntry;
use ucks_suite::certify::{Terms, challenge::Challenge};
use ucks_suite::record::Verdict;

use crate::certify::sealed::{
    CHALLENGE, KEY, Parts, clean, core, declared, emulator, judged, known, terms, verified, world,
};

#[test]
fn every_kind_of_bundle_is_accepted() {
    for (what, parts) in [("full", clean()), ("core", core()), ("with a declared deviation", declared())] {
        let verified = verified(&parts.bytes(), &known());
        assert_eq!(verified.problems, Vec::<String>::new(), "{what}");
        let record = verified.record.unwrap();
        assert!(record.rules.iter().filter(|r| r.verdict == Verdict::Pass).count() > 90, "{what}");
        assert!(verified.exchanges > 1_000, "{what}");
    }
}

/// Services that lag, take their time or draw other answers to open questions: their bundles can be made again
/// from what was answered and when.
#[test]
#[ignore = "judges two more runs: `.ci/run night`"]
fn other_conforming_services_are_accepted() {
    for seed in 1..=2 {
        let parts = Parts::new(&terms(&world(), Level::Core), emulator(&world(), None, Some(seed)));
        // Which rules such a service lets be judged is another question.
        let mut problems = verified(&parts.bytes(), &known()).problems;
        problems.retain(|p| !p.contains("was never judged") && !p.contains("was not reached"));
        assert_eq!(problems, Vec::<String>::new(), "readings {seed}");
    }
}

#[test]
fn the_bundle_names_what_is_left_out() {
    let manifest: Manifest = serde_json::from_str(&core().text(MANIFEST)).unwrap();
    let left_out = |what: &str| manifest.left_out.iter().any(|l| l.what == what && !l.reason.is_empty());
    assert!(left_out("D-01") && left_out("W-17") && !left_out("U-01"), "{:?}", manifest.left_out);
    assert!(core().text(SUMMARY).contains("- D-01: the profile does not set 'check_signatures = true'"));
    let full: Manifest = serde_json::from_str(&clean().text(MANIFEST)).unwrap();
    assert!(full.left_out.iter().all(|l| l.reason.contains("suite") || l.reason.contains("ucks itself")));
}

#[test]
fn the_same_terms_ask_the_same_and_another_challenge_asks_otherwise() {
    let asked = |challenge: &str| {
        let terms = Terms { challenge: Challenge::issued(challenge).unwrap(), ..terms(&world(), Level::Full) };
        let (_, entries) = judged(&terms, emulator(&world(), None, None));
        // The target's own identifiers are another matter.
        let id = regex::Regex::new("(?i)cks-[0-9a-f]{16,}").unwrap();
        let text =
            |e: TranscriptEntry| id.replace_all(&serde_json::to_string(&e.request).unwrap(), "cks-").into_owned();
        // The number of Describes depends on the speed of the target.
        let looks = |e: &TranscriptEntry| e.request.operation() == "DescribeCustomKeyStores";
        // Where every character is an escape, or the body is not text, the identifier is not found.
        entries
            .into_iter()
            .filter(|e| !looks(e))
            .map(text)
            .filter(|t| !t.contains("\\\\u0063") && !t.contains("base64"))
            .collect::<Vec<_>>()
    };
    let once = asked(CHALLENGE);
    let again = asked(CHALLENGE);
    for (n, (one, other)) in once.iter().zip(&again).enumerate() {
        assert_eq!(one, other, "request {n}");
    }
    assert_eq!(once.len(), again.len());
    let other = asked("another");
    // A request that is the same each time has no name of the run's.
    let named: Vec<&String> = once.iter().filter(|r| r.contains("CustomKeyStoreName")).collect();
    let same = named.iter().filter(|r| other.contains(r)).count();
    assert!(named.len() > 500 && same * 20 < named.len(), "{same} of {}", named.len());
    assert!(!once.join("").to_lowercase().contains("ucks"), "a request says which program sends it");
}

fn ucks(folder: &Path, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_ucks")).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.code().is_some_and(|c| c < 4), "{output:?}");
    output
}

#[test]
fn the_program_writes_what_the_program_accepts() {
    let folder = std::env::temp_dir().join(format!("ucks-certify-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("profile.toml"), format!("target = \"embedded\"\n{}", world())).unwrap();
    let say = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let made = ucks(&folder, &["keygen", "vendor"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert_eq!(ucks(&folder, &["keygen", "vendor"]).status.code(), Some(2), "a key is never written over");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("vendor"), 0o600);
    }
    let certify = ["certify", "profile.toml", "-o", "b.tar.gz", "--level", "full", "--key", "vendor", "--quiet"];
    let made = ucks(&folder, &[&certify[..], &["--challenge", "horses"]].concat());
    assert_eq!(made.status.code(), Some(0), "{}", say(&made));
    assert!(say(&made).starts_with("CERTIFIED — level full"), "{}", say(&made));
    let verify = ["verify", "b.tar.gz", "--key", "vendor.pub", "--challenge"];
    let accepted = ucks(&folder, &[&verify[..], &["horses"]].concat());
    assert_eq!(accepted.status.code(), Some(0), "{}", say(&accepted));
    assert!(say(&accepted).contains("ACCEPTED"), "{}", say(&accepted));
    let rejected = ucks(&folder, &[&verify[..], &["cows"]].concat());
    assert_eq!(rejected.status.code(), Some(1), "{}", say(&rejected));
    assert!(say(&rejected).contains("another challenge"), "{}", say(&rejected));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_a_key_or_a_challenge_the_bundle_says_so() {
    let terms = Terms { challenge: Challenge::drawn().unwrap(), ..terms(&world(), Level::Full) };
    let (certified, entries) = judged(&terms, emulator(&world(), None, None));
    let bytes = bundle::bundle(&terms, &certified, &entries, None).unwrap();
    let mut known = ucks_suite::certify::verify::ReviewerExpectations::default();
    let verified_bundle = verified(&bytes, &known);
    assert_eq!(verified_bundle.problems, ["the bundle is not signed"]);
    known.unsigned = true;
    assert_eq!(verified(&bytes, &known).problems, Vec::<String>::new());
    known.challenge = Some(terms.challenge.text.clone());
    assert!(verified(&bytes, &known).problems[0].contains("self-issued"));
    known.key = Some(KEY.public());
    assert!(verified(&bytes, &known).problems.contains(&"the bundle is not signed".to_owned()));
}
