//! Two recordings of one service are equal, and one defect differs under its own rule alone.

use std::sync::{Arc, OnceLock};

use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::revision::Revision;
use ucks_suite::drift::{Recording, RecordingSettings, compare, record};
use ucks_suite::fuzzing::simulated_clock::signed;
use ucks_suite::profile::Profile;
use ucks_suite::run::context::NoTracking;

fn recorded(defect: Option<&str>) -> Recording {
    let profile = Profile { checks_signatures: true, ..Profile::parse(DEFAULT_ENVIRONMENT).unwrap() };
    let emulator = Emulator::new(Config {
        revision: Revision::LATEST.date().to_owned(),
        defect: defect.map(|d| d.parse().unwrap()),
        check_signatures: Some(true),
        ..Config::default()
    });
    let target = signed(emulator, &profile).unwrap();
    let wanted = RecordingSettings {
        target,
        name: defect.map_or_else(|| "embedded".to_owned(), |d| format!("embedded:{d}")),
        profile: &profile,
        revision: Revision::LATEST,
        lanes: 4,
        rate: 0.0,
        stores: true,
        tracker: Arc::new(NoTracking),
        stop: Arc::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(record(&wanted)).unwrap()
}

fn clean() -> &'static Recording {
    static CLEAN: OnceLock<Recording> = OnceLock::new();
    CLEAN.get_or_init(|| recorded(None))
}

/// The rules that differ from the emulator without a defect.
fn named(defect: &str) -> Vec<String> {
    let done = compare(clean(), &recorded(Some(defect)));
    assert!(done.compared > 500, "only {} cases compared", done.compared);
    done.rules.into_iter().map(|r| r.rule).collect()
}

#[test]
fn two_recordings_of_one_service_are_equal() {
    let again = recorded(None);
    assert_eq!(clean().text().unwrap(), again.text().unwrap());
    assert!(compare(clean(), &again).is_same());
    assert_eq!(clean().aside().count(), 0, "{:?}", clean().aside().next());
}

#[test]
fn a_recording_has_no_value_of_a_run() {
    let text = clean().text().unwrap();
    let environment = Profile::parse(DEFAULT_ENVIRONMENT).unwrap().environment;
    let passwords = environment.clusters.iter().flatten().filter_map(|c| c.password.as_ref());
    let proxies = environment.proxies.iter().flatten();
    let secrets = proxies.flat_map(|p| p.credentials.iter().chain(&p.connect_credentials).flatten().map(|c| &c.secret));
    let secrets: Vec<&String> = passwords.chain(secrets).collect();
    assert!(secrets.len() > 2);
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "a secret of the profile");
    }
    let drawn = regex::Regex::new("ucks-[A-Za-z2-7]{6,}|cks-[0-9a-f]{17}|xks-[a-z2-7]{6,}").unwrap();
    let found = drawn.find(&text).map(|m| m.as_str());
    assert_eq!(found, None);
    assert!(text.contains("‹name 1›") && text.contains("‹id a›"));
}

#[rstest]
#[case("password-shortest-refused", "S-04")]
// A service without this gate takes a restated password there, too.
#[case("gate-hsm-password-disconnecting", "G-27 G-52")]
#[case("inactive-cluster-is-not-found", "H-02")]
#[case("update-forgets-connection-error", "A-04")]
fn a_defect_differs_under_its_rule_alone(#[case] defect: &str, #[case] rules: &str) {
    assert_eq!(named(defect).join(" "), rules);
}

#[rstest]
#[case("boolean-for-text", "W-08")]
#[case("connectivity-of-other-type-ignored", "T-07")]
#[case("names-not-unique-with-other-members", "U-01")]
#[case("to-vpc-without-service", "C-01")]
#[case("dns-name-not-checked-for-endpoint-alone", "V-05")]
#[case("dependency-timeout-is-invalid", "X-07")]
#[case("existence-before-constraints", "P-02")]
#[case("permission-not-checked", "D-04")]
#[ignore = "each case records a service: `.ci/run night`"]
fn further_defects_differ_under_their_rules_alone(#[case] defect: &str, #[case] rules: &str) {
    assert_eq!(named(defect).join(" "), rules);
}
