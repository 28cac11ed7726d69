//! Answers: the run is repeated with the transcript in the target's place, and all statements of a bundle
//! must come out the same.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ucks_oracle::rules::RULE_BOOK;

use super::Verified;
use super::requests::{Doubts, mismatch_of};
use crate::certify::bundle::archive::ArchiveFiles;
use crate::certify::bundle::manifest::Manifest;
use crate::certify::bundle::{DEVIATIONS, HTML, JUNIT, PROFILE, RECORD, SUMMARY, TRANSCRIPT, derived};
use crate::certify::public::Public;
use crate::certify::replay_target::ReplayTarget;
use crate::certify::{Certified, Terms, Watch, certified, policy, transcript};
use crate::deviations::Deviations;
use crate::plan::cases::PlanCache;
use crate::record::Record;
use crate::replay::Key;
use crate::report::secrets::masked;
use crate::run::context::NoTracking;

/// Judges the files again. Returns `None`, with a problem, if a file cannot be used, or if the run and its transcript
/// differ.
pub(super) async fn check(
    files: &ArchiveFiles,
    manifest: &Manifest,
    plans: &PlanCache,
    verified: &mut Verified,
) -> Option<(Terms, Certified)> {
    versions(manifest, &mut verified.problems);
    let terms = terms(files, manifest, &mut verified.problems)?;
    let transcript = text(files, TRANSCRIPT, &mut verified.problems)?;
    let entries = match transcript::read(&transcript) {
        Ok(entries) => entries,
        Err(error) => {
            verified.problems.push(error.to_string());
            return None;
        }
    };
    verified.exchanges = entries.len();
    let replay_target = Arc::new(ReplayTarget::new(entries));
    let doubts = Arc::new(Doubts::default());
    let watch = Watch {
        tracker: Arc::new(NoTracking),
        progress: doubts.clone(),
        stop: Arc::new(AtomicBool::new(false)),
        plans: plans.clone(),
    };
    let again = certified(&terms, replay_target.clone(), watch).await;
    if let Some(problem) = mismatch_of(&replay_target) {
        // Answers that the run never reached prove nothing.
        let stored = stored(files, &mut verified.problems);
        verified.problems.extend(unrecorded(&doubts.all(), stored.as_ref()));
        verified.problems.push(problem);
        return None;
    }
    statements(files, manifest, &terms, &again, &mut verified.problems);
    Some((terms, again))
}

/// Checks all statements of a bundle against the result of judging it again.
pub(super) fn statements(
    files: &ArchiveFiles,
    manifest: &Manifest,
    terms: &Terms,
    again: &Certified,
    problems: &mut Vec<String>,
) {
    if let Some(stored) = stored(files, problems) {
        records(&stored, &again.record, problems);
    }
    claims(manifest, again, problems);
    reports(files, manifest, again, problems);
    problems.extend(again.requirements.missing.iter().map(|missing| match terms.shard {
        Some(_) => format!("the shard cannot be part of a certificate: {missing}"),
        None => format!("the level {} is not met: {missing}", terms.level),
    }));
}

/// The record of the bundle.
fn stored(files: &ArchiveFiles, problems: &mut Vec<String>) -> Option<Record> {
    match serde_json::from_slice(files.get(RECORD)?) {
        Ok(record) => Some(record),
        Err(error) => {
            problems.push(format!("`{RECORD}` cannot be read: {error}"));
            None
        }
    }
}

/// Another version judges otherwise and plans other requests.
pub(super) fn versions(manifest: &Manifest, problems: &mut Vec<String>) {
    if manifest.suite != env!("CARGO_PKG_VERSION") {
        let mine = env!("CARGO_PKG_VERSION");
        problems.push(format!(
            "it was made by version {} of the suite, and this is {mine}: verify with that one",
            manifest.suite
        ));
    }
    if manifest.rule_book != RULE_BOOK {
        problems.push(format!("it goes by the rule book {}, and this program by {RULE_BOOK}", manifest.rule_book));
    }
}

/// Most bytes of a file that people write.
const WRITTEN: usize = 4 * 1024 * 1024;

fn text(files: &ArchiveFiles, name: &str, problems: &mut Vec<String>) -> Option<String> {
    let bytes = files.get(name)?;
    if name != TRANSCRIPT && bytes.len() > WRITTEN {
        problems.push(format!("`{name}` is larger than {WRITTEN} bytes"));
        return None;
    }
    match String::from_utf8(bytes.clone()) {
        Ok(text) => Some(text),
        Err(_) => {
            problems.push(format!("`{name}` is not text"));
            None
        }
    }
}

/// The terms that the bundle's own files state.
pub(super) fn terms(files: &ArchiveFiles, manifest: &Manifest, problems: &mut Vec<String>) -> Option<Terms> {
    let mut or_problem = |what: &str, error: String| {
        problems.push(format!("{what}: {error}"));
    };
    let revision = manifest.revision.parse().map_err(|e| or_problem("the manifest's revision", format!("{e}"))).ok()?;
    let date = manifest.date.parse().map_err(|e| or_problem("the manifest's date", format!("{e}"))).ok()?;
    if policy(&manifest.policy).is_none() {
        or_problem("the manifest's policy", format!("`{}` is not a policy", manifest.policy));
        return None;
    }
    let profile = text(files, PROFILE, problems)?;
    let public = match Public::new(&profile, Some(revision)) {
        Ok(public) if public.text == profile => public,
        Ok(_) => {
            problems.push(format!("`{PROFILE}` is not written as this program writes it: it was changed"));
            return None;
        }
        Err(error) => {
            problems.push(format!("`{PROFILE}` cannot be used: {error}"));
            return None;
        }
    };
    let deviations = match Deviations::parse(&text(files, DEVIATIONS, problems)?) {
        Ok(deviations) => deviations,
        Err(error) => {
            problems.push(format!("`{DEVIATIONS}` cannot be used: {error}"));
            return None;
        }
    };
    Some(Terms {
        level: manifest.level,
        challenge: manifest.challenge.clone(),
        shard: manifest.shard,
        public,
        revision,
        policy: manifest.policy.clone(),
        target: manifest.target.clone(),
        deviations,
        date,
    })
}

/// Returns a problem for each divergence that the record lacks.
fn unrecorded(doubts: &[Key], stored: Option<&Record>) -> Vec<String> {
    let is_recorded = |key: &Key| {
        stored.is_some_and(|r| {
            r.findings.iter().any(|f| f.replay.finding == *key || f.rule == key.rule)
                || r.unstable.iter().any(|u| u.rule == key.rule)
        })
    };
    let new = doubts.iter().filter(|k| !is_recorded(k));
    new.map(|k| format!("an answer deviates from {}, but the record does not contain it: {}", k.rule, k.sentence()))
        .collect()
}

/// Reports the differences between the stored record and the new one.
fn records(stored: &Record, again: &Record, problems: &mut Vec<String>) {
    // A report masks secrets, so the stored record has them masked.
    let again = &masked(again);
    let before = problems.len();
    for row in &stored.rules {
        match again.rules.iter().find(|r| r.id == row.id) {
            Some(mine) if mine.verdict != row.verdict => problems.push(format!(
                "the verdict on {} does not follow from the answers: it is {} in the record, and {} when judged again",
                row.id,
                name(&row.verdict),
                name(&mine.verdict)
            )),
            Some(_) => {}
            None => problems.push(format!("the record contains a rule {} that the revision does not have", row.id)),
        }
    }
    for row in again.rules.iter().filter(|r| stored.rules.iter().all(|s| s.id != r.id)) {
        problems.push(format!("the record does not contain the rule {}", row.id));
    }
    for finding in again.findings.iter().filter(|f| stored.findings.iter().all(|s| s.code != f.code)) {
        problems.push(format!("the record does not contain the finding {}: {}", finding.code, finding.sentence));
    }
    for finding in stored.findings.iter().filter(|f| again.findings.iter().all(|s| s.code != f.code)) {
        problems.push(format!("the record contains a finding {} that the answers do not show", finding.code));
    }
    for finding in &stored.findings {
        let mine = again.findings.iter().find(|f| f.code == finding.code);
        if mine.is_some_and(|f| f.deviation != finding.deviation) {
            problems.push(format!("the deviation of {} is not the one that `{DEVIATIONS}` declares", finding.code));
        }
    }
    let value = |r: &Record| serde_json::to_value(r).unwrap_or_default();
    if problems.len() == before && value(stored) != value(again) {
        let (stored, again) = (value(stored), value(again));
        let keys = again.as_object().into_iter().flatten();
        let odd: Vec<&str> = keys.filter(|(k, v)| stored.get(k.as_str()) != Some(v)).map(|(k, _)| k.as_str()).collect();
        let follow = if odd.len() == 1 { "does not follow" } else { "do not follow" };
        problems.push(format!("the record's `{}` {follow} from the transcript", odd.join("`, `")));
    }
}

fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Checks the statements of the manifest besides its terms.
fn claims(manifest: &Manifest, again: &Certified, problems: &mut Vec<String>) {
    if manifest.behaviour != again.behaviour {
        problems.push("the manifest's fingerprints of the target are not those of the transcript".to_owned());
    }
    let mine = &again.requirements.left_out;
    for left_out in mine.iter().filter(|l| !manifest.left_out.contains(l)) {
        problems.push(format!("the manifest hides that {} is left out: {}", left_out.what, left_out.reason));
    }
    for left_out in manifest.left_out.iter().filter(|l| !mine.contains(l)) {
        problems.push(format!("the manifest leaves out {} without need: {}", left_out.what, left_out.reason));
    }
}

/// Every report must be the one that the record gives.
fn reports(files: &ArchiveFiles, manifest: &Manifest, again: &Certified, problems: &mut Vec<String>) {
    let derived = match derived(manifest, &again.record) {
        Ok(derived) => derived,
        Err(error) => {
            problems.push(error.to_string());
            return;
        }
    };
    for name in [SUMMARY, JUNIT, HTML, RECORD] {
        if files.get(name).is_some_and(|f| Some(f) != derived.get(name)) {
            problems.push(format!("`{name}` is not the one that the answers, judged again, give"));
        }
    }
}
