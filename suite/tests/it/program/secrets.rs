//! Generated passwords and secrets: in no report, even if the target repeats them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rstest::rstest;
use ucks_emulator::{Config, Emulator};

use crate::faulty_server::{Reply, service};
use crate::program::ucks::Folder;

/// Collects the values of the members that hold secrets.
fn collect(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    let Some(members) = value.as_object() else { return };
    for (name, value) in members {
        match value.as_str() {
            Some(text) if name == "KeyStorePassword" || name == "RawSecretAccessKey" => {
                into.insert(text.to_owned());
            }
            _ => collect(value, into),
        }
    }
}

#[rstest]
#[case("secret-in-error-text")]
#[case("password-not-stored")]
#[case("names-not-unique")]
fn no_report_holds_a_secret_that_was_sent(#[case] defect: &str) {
    let emulator = Emulator::new(Config { defect: Some(defect.parse().unwrap()), ..Config::default() });
    let sent = Arc::new(Mutex::new(BTreeSet::new()));
    let into = sent.clone();
    let url = service(move |request, _| {
        if let Ok(body) = serde_json::from_slice(request.body()) {
            collect(&body, &mut into.lock().unwrap());
        }
        Reply::Answer(emulator.handle(request))
    });
    let folder = Folder::new();
    let profile = folder.write("profile.toml", ucks_emulator::DEFAULT_ENVIRONMENT);
    let formats = ["json", "junit", "markdown", "github", "html", "terminal"];
    let reports: Vec<String> = formats.iter().map(|f| format!("--report={f}={f}")).collect();
    let run = ["run", &url, "--profile", &profile, "--seed", "1", "--sequences", "20", "--strict", "--verbose"];
    let ended = folder.ucks(&run.into_iter().chain(reports.iter().map(String::as_str)).collect::<Vec<_>>());
    ended.so(1, "FAIL");
    let known = ucks_emulator::DEFAULT_ENVIRONMENT;
    let sent = sent.lock().unwrap();
    let generated: Vec<&String> = sent.iter().filter(|s| s.len() > 5 && !known.contains(s.as_str())).collect();
    assert!(generated.len() > 50, "{} secrets", generated.len());
    let mut texts: Vec<(&str, String)> = formats.iter().map(|f| (*f, folder.read(f))).collect();
    texts.push(("what it prints", ended.said.clone() + &ended.complained));
    for (name, text) in &texts {
        let found: Vec<_> = generated.iter().filter(|secret| text.contains(secret.as_str())).collect();
        assert!(found.is_empty(), "{name} holds {found:?}");
    }
    for file in std::fs::read_dir(folder.path(".ucks/findings")).unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.to_lowercase().contains("generated for the test and open nothing"), "{}", file.path().display());
    }
}
