//! Tampered bundles: each is rejected with a sentence of its own.
//!
//! For the deeper check, the bundle is hashed and signed anew by its rightful key: then only
//! repeating the run and judging it again can find the change.

use std::sync::LazyLock;

use rstest::rstest;
use ucks_suite::certify::bundle::{DEVIATIONS, HTML, JUNIT, MANIFEST, PROFILE, RECORD, SIGNATURE, SUMMARY, TRANSCRIPT};
use ucks_suite::certify::challenge::Challenge;
use ucks_suite::certify::level::Level;
use ucks_suite::certify::sign::PrivateKey;
use ucks_suite::certify::transcript::{self, RecordedAnswer, TranscriptEntry};
use ucks_suite::certify::{Terms, verify::ReviewerExpectations};

use crate::certify::sealed::{
    CHALLENGE, DEFECT, KEY, Parts, clean, core, declared, emulator, judged, known, terms, verified, world,
};

static OTHER: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

fn renumber(entries: &mut [TranscriptEntry]) {
    for (n, entry) in (1..).zip(entries) {
        entry.n = n;
    }
}

fn status(entry: &TranscriptEntry) -> u16 {
    if let RecordedAnswer::Answer { status, .. } = entry.recorded { status } else { 0 }
}

/// The places of an update that succeeded and of one that was refused.
fn two_updates(entries: &[TranscriptEntry]) -> (usize, usize) {
    let update = |status_wanted: u16| {
        let late = entries.len() / 2;
        // The last case of its sequence, so that its answer changes nothing of what is sent next.
        let operation = |e: &TranscriptEntry| e.request.operation().to_owned();
        let found = entries[late..].windows(3).position(|next| {
            let operations: Vec<String> = next.iter().map(operation).collect();
            operations == ["UpdateCustomKeyStore", "DescribeCustomKeyStores", "DeleteCustomKeyStore"]
                && status(&next[0]) == status_wanted
        });
        late + found.unwrap()
    };
    (update(200), update(400))
}

/// The transcript of another target for the same terms.
fn transcript_of(defect: Option<&str>, readings: Option<u64>) -> String {
    let (_, entries) = judged(&terms(&world(), Level::Full), emulator(&world(), defect, readings));
    transcript::write(&entries).unwrap()
}

fn verdict_changed() -> Parts {
    let mut parts = declared();
    parts.edit(RECORD, |text| text.replacen("\"verdict\": \"deviation\"", "\"verdict\": \"pass\"", 1));
    parts.sealed(&KEY)
}

fn finding_withheld() -> Parts {
    let mut parts = declared();
    parts.edit(RECORD, |text| {
        let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
        record["findings"].as_array_mut().unwrap().remove(0);
        serde_json::to_string_pretty(&record).unwrap()
    });
    parts.sealed(&KEY)
}

fn answers_swapped() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        let (one, other) = two_updates(entries);
        let recorded = entries[one].recorded.clone();
        entries[one].recorded = std::mem::replace(&mut entries[other].recorded, recorded);
    });
    parts.sealed(&KEY)
}

fn answer_changed() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        let (_, refused) = two_updates(entries);
        let RecordedAnswer::Answer { status, .. } = &mut entries[refused].recorded else { panic!("no answer") };
        *status = 200;
    });
    parts.sealed(&KEY)
}

fn exchange_removed() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        entries.remove(99);
    });
    parts.sealed(&KEY)
}

fn exchange_removed_and_renumbered() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        let (one, _) = two_updates(entries);
        entries.remove(one);
        renumber(entries);
    });
    parts.sealed(&KEY)
}

fn exchange_added() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        let (one, other) = two_updates(entries);
        let more = entries[other].clone();
        entries.insert(one, more);
        renumber(entries);
    });
    parts.sealed(&KEY)
}

fn exchange_added_at_the_end() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| {
        let last = entries.last().unwrap().clone();
        entries.push(last);
        renumber(entries);
    });
    parts.sealed(&KEY)
}

fn transcript_cut_off() -> Parts {
    let mut parts = clean();
    parts.entries(|entries| entries.truncate(500));
    parts.sealed(&KEY)
}

fn request_changed() -> Parts {
    let mut parts = clean();
    parts.edit(TRANSCRIPT, |text| text.replacen("NewCustomKeyStoreName", "NewCustomKeyStoreNamf", 1));
    parts.sealed(&KEY)
}

fn profile_changed() -> Parts {
    let mut parts = clean();
    parts.edit(PROFILE, |text| text.replacen("stores = 64", "stores = 63", 1));
    parts.sealed(&KEY)
}

fn profile_changed_only() -> Parts {
    let mut parts = clean();
    parts.edit(PROFILE, |text| text.replacen("stores = 64", "stores = 63", 1));
    parts
}

fn comment_in_profile() -> Parts {
    let mut parts = clean();
    parts.edit(PROFILE, |text| format!("# trust me\n{text}"));
    parts.sealed(&KEY)
}

fn challenge_put_in() -> Parts {
    let terms = Terms { challenge: Challenge::issued("mine").unwrap(), ..terms(&world(), Level::Full) };
    let mut parts = Parts::new(&terms, emulator(&world(), None, None));
    parts.manifest(|m| m.challenge = Challenge::issued(CHALLENGE).unwrap());
    parts.sealed(&KEY)
}

fn challenge_of_another() -> Parts {
    let terms = Terms { challenge: Challenge::issued("mine").unwrap(), ..terms(&world(), Level::Full) };
    Parts::new(&terms, emulator(&world(), None, None))
}

fn deviation_added() -> Parts {
    let mut parts = clean();
    parts.edit(DEVIATIONS, |_| "[[deviation]]\nrule = \"U-01\"\nreason = \"smuggled in\"\n".to_owned());
    parts.sealed(&KEY)
}

fn deviation_renamed() -> Parts {
    let mut parts = declared();
    parts.edit(RECORD, |text| text.replacen("\"deviation\": \"known\"", "\"deviation\": \"harmless\"", 1));
    parts.sealed(&KEY)
}

fn deviation_taken_away() -> Parts {
    let mut parts = declared();
    parts.edit(DEVIATIONS, |_| String::new());
    parts.sealed(&KEY)
}

fn other_targets_transcript() -> Parts {
    let mut parts = clean();
    parts.edit(TRANSCRIPT, |_| transcript_of(Some(DEFECT), None));
    parts.sealed(&KEY)
}

fn other_readings_transcript() -> Parts {
    let mut parts = clean();
    parts.edit(TRANSCRIPT, |_| transcript_of(None, Some(7)));
    parts.sealed(&KEY)
}

fn report_edited() -> Parts {
    let mut parts = clean();
    parts.edit(HTML, |text| text.replacen("</body>", "<p>Splendid.</p></body>", 1));
    parts.sealed(&KEY)
}

fn junit_edited() -> Parts {
    let mut parts = declared();
    parts.edit(JUNIT, |text| text.replacen("U-", "V-", 1));
    parts.sealed(&KEY)
}

fn summary_edited() -> Parts {
    let mut parts = clean();
    parts.edit(SUMMARY, |text| text.replacen("level full", "level fullest", 1));
    parts.sealed(&KEY)
}

fn signed_by_another() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.signer = Some(OTHER.public().hex()));
    parts.sealed(&OTHER)
}

fn signed_in_anothers_name() -> Parts {
    clean().sealed(&OTHER)
}

fn manifest_changed_only() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.date = "2027-01-01".to_owned());
    parts
}

fn signature_removed() -> Parts {
    let mut parts = clean();
    parts.files.remove(SIGNATURE);
    parts
}

fn signature_and_signer_removed() -> Parts {
    let mut parts = clean();
    parts.files.remove(SIGNATURE);
    parts.manifest(|m| m.signer = None);
    parts
}

fn file_added() -> Parts {
    let mut parts = clean();
    parts.files.insert("more.txt".to_owned(), b"trust me".to_vec());
    parts
}

fn file_removed() -> Parts {
    let mut parts = clean();
    parts.files.remove(JUNIT);
    parts
}

fn file_removed_and_unlisted() -> Parts {
    let mut parts = clean();
    parts.files.remove(HTML);
    parts.sealed(&KEY)
}

fn rule_book_changed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.rule_book = "2020-01-01".to_owned());
    parts.sealed(&KEY)
}

fn suite_changed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.suite = "9.9.9".to_owned());
    parts.sealed(&KEY)
}

fn revision_changed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.revision = "2022-11-29".to_owned());
    parts.sealed(&KEY)
}

fn policy_changed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.policy = "any".to_owned());
    parts.sealed(&KEY)
}

fn target_renamed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.target = "https://kms.example".to_owned());
    parts.sealed(&KEY)
}

fn level_raised() -> Parts {
    let mut parts = core();
    parts.manifest(|m| m.level = Level::Full);
    parts.sealed(&KEY)
}

fn nothing_left_out() -> Parts {
    let mut parts = core();
    parts.manifest(|m| m.left_out.clear());
    parts.sealed(&KEY)
}

fn more_left_out() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| {
        m.left_out.push(ucks_suite::certify::requirements::LeftOut { what: "U-01".into(), reason: "why not".into() })
    });
    parts.sealed(&KEY)
}

fn fingerprint_changed() -> Parts {
    let mut parts = clean();
    parts.manifest(|m| m.behaviour.after = m.behaviour.after.replace(['0', '1', '2', '3', '4'], "a"));
    parts.sealed(&KEY)
}

fn manifest_removed() -> Parts {
    let mut parts = clean();
    parts.files.remove(MANIFEST);
    parts
}

#[rstest]
#[case::verdict_changed(
    verdict_changed,
    "does not follow from the answers: it is pass in the record, and deviation when judged again"
)]
#[case::answer_changed(answer_changed, "an answer deviates from")]
#[case::exchange_removed_and_renumbered(
    exchange_removed_and_renumbered,
    "an exchange was changed, removed or put in another place"
)]
#[case::transcript_cut_off(transcript_cut_off, "the transcript ends with exchange 500, and the run goes on")]
#[case::profile_changed(profile_changed, "is not what challenge, profile and the answers before it generate")]
#[case::challenge_put_in(challenge_put_in, "is not what challenge, profile and the answers before it generate")]
#[case::other_targets_transcript(other_targets_transcript, "the record does not contain the finding U-01")]
#[case::report_edited(report_edited, "`report.html` is not the one that the answers, judged again, give")]
#[case::signed_by_another(signed_by_another, "it is signed by another key")]
#[case::signature_removed(signature_removed, "the signature is missing")]
#[case::revision_changed(revision_changed, "is not what challenge, profile and the answers before it generate")]
#[case::policy_changed(policy_changed, "the record's `policy`, `rules` do not follow from the transcript")]
#[case::level_raised(level_raised, "the level full is not met: rule D-01 was never judged")]
#[case::manifest_removed(manifest_removed, "there is no `manifest.json`")]
fn a_tampered_bundle_is_rejected(#[case] tamper: fn() -> Parts, #[case] sentence: &str) {
    let problems = verified(&tamper().bytes(), &known()).problems;
    assert!(problems.iter().any(|p| p.contains(sentence)), "{problems:#?}");
}

#[rstest]
#[case::finding_withheld(finding_withheld, "the record does not contain the finding U-")]
#[case::exchange_added(exchange_added, "was added: the request generated for it is that of exchange")]
#[case::request_changed(request_changed, "the body of its UpdateCustomKeyStore differs")]
#[case::deviation_added(deviation_added, "the declared deviation `U-01` was not observed in this run")]
#[case::file_removed(file_removed, "the file `junit.xml` is missing")]
#[case::nothing_left_out(nothing_left_out, "the manifest hides that D-01 is left out")]
#[case::answers_swapped(answers_swapped, "but the record does not contain it")]
#[case::exchange_removed(exchange_removed, "exchange 100 was removed")]
#[case::exchange_added_at_the_end(exchange_added_at_the_end, "what follows was added")]
#[case::profile_changed_only(profile_changed_only, "the file `profile.toml` was changed")]
#[case::comment_in_profile(comment_in_profile, "`profile.toml` is not written as this program writes it")]
#[case::challenge_of_another(challenge_of_another, "it was made for another challenge than yours")]
#[case::deviation_renamed(deviation_renamed, "is not the one that `deviations.toml` declares")]
#[case::deviation_taken_away(deviation_taken_away, "the level full is not met: the service deviates from rule U-")]
#[case::other_readings_transcript(
    other_readings_transcript,
    "`record.json` is not the one that the answers, judged again, give"
)]
#[case::junit_edited(junit_edited, "`junit.xml` is not the one that the answers, judged again, give")]
#[case::summary_edited(summary_edited, "`summary.md` is not the one that the answers, judged again, give")]
#[case::signed_in_anothers_name(signed_in_anothers_name, "the signature is not the signer's")]
#[case::manifest_changed_only(manifest_changed_only, "or the manifest was changed after it was signed")]
#[case::signature_and_signer_removed(signature_and_signer_removed, "the bundle is not signed")]
#[case::file_added(file_added, "the file `more.txt` was added: the manifest does not list it")]
#[case::file_removed_and_unlisted(file_removed_and_unlisted, "the manifest does not list `report.html`")]
#[case::rule_book_changed(rule_book_changed, "it goes by the rule book 2020-01-01")]
#[case::suite_changed(suite_changed, "it was made by version 9.9.9 of the suite")]
#[case::target_renamed(target_renamed, "the record's `target` does not follow from the transcript")]
#[case::more_left_out(more_left_out, "the manifest leaves out U-01 without need")]
#[case::fingerprint_changed(fingerprint_changed, "fingerprints of the target are not those of the transcript")]
#[ignore = "each case judges a whole run again: `.ci/run night`"]
fn another_tampered_bundle_is_rejected(#[case] tamper: fn() -> Parts, #[case] sentence: &str) {
    a_tampered_bundle_is_rejected(tamper, sentence);
}

/// Broken archives.
#[rstest]
#[case::cut_off(|bytes: Vec<u8>| bytes[..bytes.len() - 1].to_vec(), "the archive is broken or cut off")]
#[case::halved(|bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec(), "the archive is broken or cut off")]
#[case::a_byte_changed(|mut bytes: Vec<u8>| { let at = bytes.len() / 2; bytes[at] ^= 1; bytes }, "the archive is \
    broken or cut off")]
#[case::more_behind(|bytes: Vec<u8>| [bytes, b"more".to_vec()].concat(), "bytes behind the end of the archive")]
#[case::nothing(|_| Vec::new(), "the archive is broken or cut off")]
fn a_broken_archive_is_rejected(#[case] tamper: fn(Vec<u8>) -> Vec<u8>, #[case] sentence: &str) {
    let problems = verified(&tamper(clean().bytes()), &ReviewerExpectations::default()).problems;
    assert!(problems.len() == 1 && problems[0].contains(sentence), "{problems:?}");
}
