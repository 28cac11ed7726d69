//! Refused runs: each missing part is named.

use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment};
use ucks_oracle::revision::Revision;
use ucks_suite::certify::Terms;
use ucks_suite::certify::level::Level;
use ucks_suite::certify::requirements::Unmet;
use ucks_suite::fuzzing::simulated_clock::signed;
use ucks_suite::profile::Profile;

use crate::certify::sealed::{BARE, DEFECT, emulator, judged, terms, world};

fn missing(profile: &str, served: &str, defect: Option<&str>, level: Level) -> Vec<Unmet> {
    judged(&terms(profile, level), emulator(served, defect, None)).0.requirements.missing
}

fn sentences(missing: &[Unmet]) -> Vec<String> {
    missing.iter().map(ToString::to_string).collect()
}

/// The world without the rows whose text holds this.
fn without(table: &str, row: &str) -> String {
    let marker = format!("[[{table}]]");
    let world = world();
    let mut kept = String::new();
    let mut blocks = world.split(&marker);
    kept.push_str(blocks.next().unwrap());
    for block in blocks {
        // A block runs up to the next row of any table.
        let end = block.find("\n[[").map_or(block.len(), |at| at + 1);
        if !block[..end].contains(row) {
            kept.push_str(&marker);
            kept.push_str(&block[..end]);
        }
        kept.push_str(&block[end..]);
    }
    assert_ne!(kept, world);
    kept
}

#[rstest]
#[case::inactive(("clusters", "role = \"inactive\""), "a cluster that is inactive")]
#[ignore = "judges one more run: `.ci/run night`"]
#[case::one_zone(("vpc_services", "role = \"one-zone\""), "a VPC endpoint service with: one zone")]
#[ignore = "judges one more run: `.ci/run night`"]
#[case::restricted(("proxies", "restricted.example"), "a proxy of the kind restricted")]
fn a_missing_fixture_is_named(#[case] row: (&str, &str), #[case] sentence: &str) {
    let world = without(row.0, row.1);
    let missing = missing(&world, &world, None, Level::Full);
    let fixtures: Vec<String> =
        missing.iter().filter(|m| matches!(m, Unmet::Fixture(_))).map(ToString::to_string).collect();
    assert!(fixtures.iter().any(|f| f.contains(sentence)), "{:#?}", sentences(&missing));
}

#[rstest]
#[case::other_account(("clusters", "role = \"other-account\""), "a cluster that is other account")]
#[case::password(("clusters", "\npassword = "), "CloudHSM, one password")]
#[case::slow_cluster(("clusters", "\nconnect_ms = "), "CloudHSM, CONNECTING")]
#[case::foreign(("vpc_services", "owner = \"444455556666\""), "a VPC endpoint service of another account")]
#[case::bad_tls(("proxies", "role = \"bad-tls\""), "a proxy that is bad tls")]
#[case::one_path(("proxies", "one-path.example"), "a proxy of the kind one path")]
#[ignore = "each case is a whole run: `.ci/run night`"]
fn another_missing_fixture_is_named(#[case] row: (&str, &str), #[case] sentence: &str) {
    a_missing_fixture_is_named(row, sentence);
}

/// Nothing that a level requires came with a later revision.
#[test]
#[ignore = "judges one more run: `.ci/run night`"]
fn a_service_of_the_first_revision_is_certified_at_full() {
    let emulator = Emulator::new(Config {
        environment: Environment::parse(&world()).unwrap(),
        revision: Revision::Launch.to_string(),
        ..Config::default()
    });
    let target = signed(emulator, &Profile::parse(&world()).unwrap()).unwrap();
    let terms = Terms { revision: Revision::Launch, ..terms(&world(), Level::Full) };
    let (certified, _) = judged(&terms, target);
    assert_eq!(sentences(&certified.requirements.missing), Vec::<String>::new());
}

#[test]
fn a_profile_without_tables_is_refused_at_full() {
    let missing = missing(BARE, BARE, None, Level::Full);
    let sentences = sentences(&missing);
    for table in ["[[clusters]]", "[[vpc_services]]", "[[proxies]]"] {
        assert!(sentences.contains(&format!("the profile has no `{table}`")), "{sentences:#?}");
    }
    // At level full, a profile cannot leave states out.
    assert!(sentences.iter().any(|t| t.contains("the cell EXTERNAL_KEY_STORE × FAILED")), "{sentences:#?}");
    assert!(!missing.iter().any(Unmet::is_fault), "{sentences:#?}");
}

#[test]
fn a_state_that_the_profile_does_not_excuse_is_refused_at_core() {
    let bare: String = BARE.split("[[lacks]]").next().unwrap().to_owned();
    let sentences = sentences(&missing(&bare, &bare, None, Level::Core));
    assert!(
        sentences.contains(&"the cell EXTERNAL_KEY_STORE × CONNECTING × XksProxyUriPath was not reached".to_owned()),
        "{sentences:#?}"
    );
}

#[test]
fn a_state_that_the_profile_excuses_is_left_out_at_core() {
    let served = format!("{BARE}[[proxies]]\nendpoint = \"https://*.example.com\"\npath = \"*\"\nrole = \"healthy\"\n");
    let requirements = judged(&terms(BARE, Level::Core), emulator(&served, None, None)).0.requirements;
    let sentences = sentences(&requirements.missing);
    assert!(!sentences.iter().any(|t| t.contains("the cell EXTERNAL_KEY_STORE")), "{sentences:#?}");
    let failed =
        requirements.left_out.iter().find(|l| l.what == "EXTERNAL_KEY_STORE × FAILED × XksProxyUriPath").unwrap();
    assert!(failed.reason.contains("every Connect succeeds"), "{failed:?}");
    // The other type is excused in three states only.
    assert!(
        sentences.contains(&"the cell AWS_CLOUDHSM × CONNECTED × KeyStorePassword was not reached".to_owned()),
        "{sentences:#?}"
    );
}

#[test]
fn signatures_that_nobody_checks_are_refused_at_full() {
    let sentences = sentences(&missing(DEFAULT_ENVIRONMENT, DEFAULT_ENVIRONMENT, None, Level::Full));
    assert!(sentences.iter().any(|t| t.starts_with("rule D-01 was never judged")), "{sentences:#?}");
}

#[test]
fn a_deviation_is_refused_with_its_sentence() {
    let missing = missing(&world(), &world(), Some(DEFECT), Level::Core);
    assert!(missing.iter().any(|m| matches!(m, Unmet::Failed { rule, .. } if rule.starts_with("U-"))), "{missing:?}");
}
