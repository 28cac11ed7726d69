//! Recordings: of the emulator a snapshot, of published services files that `suite/real-targets/run.sh --record`
//! makes anew, each with a snapshot of how it differs from the emulator.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod held;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment};
use ucks_oracle::revision::Revision;
use ucks_suite::drift::{Recording, RecordingSettings, compare, names, record, text};
use ucks_suite::profile::Profile;
use ucks_suite::run::context::NoTracking;
use ucks_suite::target::in_process::InProcess;

use self::held::held;

/// The emulator in this process; nothing is signed.
async fn emulator() -> Recording {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let revision = Revision::LATEST.date().to_owned();
    let emulator =
        Emulator::new(Config { revision, environment: Environment::default_environment(), ..Config::default() });
    let target = InProcess::new(move |request| {
        let answer = emulator.handle(request);
        async move { answer }
    });
    let wanted = RecordingSettings {
        target: Arc::new(target),
        name: "embedded".to_owned(),
        profile: &profile,
        revision: Revision::LATEST,
        lanes: 4,
        rate: 0.0,
        stores: true,
        tracker: Arc::new(NoTracking),
        stop: Arc::default(),
    };
    record(&wanted).await.unwrap()
}

fn kept(service: &str, file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("targets").join(service).join(file);
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn of_the_emulator_and_of_published_services() {
    let emulator = emulator().await;
    held("recording-of-the-emulator", &emulator.text().unwrap());
    for service in ["awsim-kms", "winterbaume-kms"] {
        let recording = Recording::parse(&kept(service, "recording.txt")).unwrap();
        assert_eq!(recording.target, service);
        held(&format!("{service}-against-the-emulator"), &text(&compare(&emulator, &recording), false));
    }
}

#[test]
fn recordings_are_of_the_present_plan() {
    for service in ["awsim-kms", "winterbaume-kms"] {
        let text = kept(service, "recording.txt");
        let recording = Recording::parse(&text).unwrap();
        assert_eq!(recording.text().unwrap(), text, "{service}: written by hand?");
        let profile = Profile::parse(&kept(service, "profile.toml")).unwrap();
        let revision = profile.revision.unwrap_or(Revision::LATEST);
        assert_eq!(recording.revision, revision.date());
        let has = recording.case.iter().flat_map(|(rule, cases)| cases.keys().map(|name| (rule.clone(), name.clone())));
        let has: BTreeSet<(String, String)> = has.collect();
        let due = names(revision, &profile);
        let lacks: Vec<_> = due.difference(&has).take(3).collect();
        let old: Vec<_> = has.difference(&due).take(3).collect();
        assert!(
            lacks.is_empty() && old.is_empty(),
            "{service}: `suite/real-targets/run.sh --record`: {lacks:?} {old:?}"
        );
        // Both end every transition at once: no store of theirs is caught on its way.
        let moving =
            |name: &str| ["CONNECTING", "DISCONNECTING"].iter().any(|s| name.contains(&format!("CloudHSM, {s}")));
        let aside: Vec<_> = recording.aside().filter(|(name, _)| !moving(name)).collect();
        assert!(aside.is_empty(), "{service}: {aside:?}");
    }
}
