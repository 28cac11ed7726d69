//! Certificates of runs that were divided: accepted together, and each tampering of a shard named.

use std::sync::LazyLock;

use rstest::rstest;
use ucks_suite::certify::bundle::archive;
use ucks_suite::certify::bundle::{DEVIATIONS, RECORD, SIGNATURE, SUMMARY, TRANSCRIPT, of_shards, shard_file};
use ucks_suite::certify::challenge::Challenge;
use ucks_suite::certify::level::Level;
use ucks_suite::certify::requirements::Unmet;
use ucks_suite::certify::shards::merged;
use ucks_suite::certify::sign::PrivateKey;
use ucks_suite::certify::transcript::{RecordedAnswer, Text, TranscriptEntry};
use ucks_suite::certify::verify::shards::{ShardError, Shards, judge};
use ucks_suite::certify::{Certified, Terms};
use ucks_suite::deviations::Deviations;
use ucks_suite::plan::shard::Shard;

use crate::certify::sealed::{CHALLENGE, DEFECT, KEY, Parts, clean, emulator, known, terms, verified, world};
use crate::plans;

static OTHER: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

/// The bundle of a shard of these terms.
fn shard_of(terms: &Terms, served: &str, defect: Option<&str>, readings: Option<u64>, shard: (u32, u32)) -> Parts {
    let terms = Terms { shard: Shard::new(shard.0, shard.1), ..terms.clone() };
    Parts::new(&terms, emulator(served, defect, readings))
}

/// The bundles of all shards.
fn shards_of(level: Level, served: &str, defect: Option<&str>, of: u32) -> Vec<Parts> {
    (1..=of).map(|index| shard_of(&terms(served, level), served, defect, None, (index, of))).collect()
}

fn judged(shards: &[Parts]) -> Result<Shards, ShardError> {
    let bundles: Vec<(String, Vec<u8>)> = (1..).map(shard_file).zip(shards.iter().map(Parts::bytes)).collect();
    let views: Vec<(String, &[u8])> = bundles.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(judge(&views, &known(), &plans()))
}

/// The result of all shards, with these deviations declared.
fn together(shards: &[Parts], deviations: &str) -> (Terms, Certified) {
    let Shards { terms, judged, .. } = judged(shards).unwrap();
    let terms = Terms { deviations: Deviations::parse(deviations).unwrap(), ..terms };
    let certified = merged(&terms, judged, &plans()).unwrap();
    (terms, certified)
}

/// The bundle of all shards.
fn merged_of(shards: &[Parts], deviations: &str) -> Parts {
    let (terms, certified) = together(shards, deviations);
    assert_eq!(certified.requirements.missing, Vec::<Unmet>::new());
    let bundles = shards.iter().map(Parts::bytes).collect();
    Parts { files: archive::read(&of_shards(&terms, &certified, bundles, Some(&KEY)).unwrap()).unwrap() }
}

static FOUR: LazyLock<Vec<Parts>> = LazyLock::new(|| shards_of(Level::Full, &world(), None, 4));
static DECLARED: LazyLock<Vec<Parts>> = LazyLock::new(|| shards_of(Level::Full, &world(), Some(DEFECT), 2));
const KNOWN: &str = "[[deviation]]\nrule = \"U-*\"\nreason = \"known\"\n";

/// A bundle of four shards.
fn four() -> Parts {
    static MERGED: LazyLock<Parts> = LazyLock::new(|| merged_of(&FOUR, ""));
    MERGED.clone()
}

/// That bundle with the second shard changed, hashed and signed anew, as the owner of the key can.
fn with_second(change: impl FnOnce(&mut Parts)) -> Parts {
    let mut shard = FOUR[1].clone();
    change(&mut shard);
    with_bundle(2, &shard.sealed(&KEY))
}

/// That bundle with another one in place of a shard's.
fn with_bundle(number: u32, shard: &Parts) -> Parts {
    let mut parts = four();
    parts.files.insert(shard_file(number), shard.bytes());
    parts.sealed(&KEY)
}

fn rejected(parts: &Parts) -> Vec<String> {
    verified(&parts.bytes(), &known()).problems
}

#[test]
fn four_shards_are_a_certificate_with_the_verdicts_of_one_run() {
    let accepted = verified(&four().bytes(), &known());
    assert_eq!(accepted.problems, Vec::<String>::new());
    let exchanges = |parts: &Parts| parts.text(TRANSCRIPT).lines().count();
    assert_eq!(accepted.exchanges, FOUR.iter().map(exchanges).sum::<usize>());
    let single = verified(&clean().bytes(), &known()).record.unwrap();
    let verdicts = |record: &ucks_suite::record::Record| -> Vec<_> {
        record.rules.iter().map(|rule| (rule.id.clone(), rule.verdict)).collect()
    };
    assert_eq!(verdicts(&accepted.record.unwrap()), verdicts(&single));
    assert!(four().text(SUMMARY).contains("| Shards | 4, each with a transcript of its own |"));
}

#[test]
fn requests_of_shards_have_names_of_their_own() {
    let names = |parts: &Parts| -> std::collections::BTreeSet<String> {
        let name = regex::Regex::new(r#"CustomKeyStoreName\\":\\"([^"\\]{12,})\\"#).unwrap();
        name.captures_iter(&parts.text(TRANSCRIPT)).map(|found| found[1].to_owned()).collect()
    };
    let (one, other) = (names(&FOUR[0]), names(&FOUR[1]));
    let fixed = one.intersection(&other).count();
    assert!(one.len() > 100 && fixed * 20 < one.len(), "{fixed} of {} names", one.len());
}

#[test]
#[ignore = "judges further shards: `.ci/run night`"]
fn deviations_are_declared_for_all_shards_together() {
    let accepted = verified(&merged_of(&DECLARED, KNOWN).bytes(), &known());
    assert_eq!(accepted.problems, Vec::<String>::new());
    let missing = together(&DECLARED, "").1.requirements.missing;
    assert!(missing.iter().any(|m| matches!(m, Unmet::Failed { rule, .. } if rule == "U-01")), "{missing:?}");
}

#[test]
fn a_shard_alone_is_not_a_certificate() {
    let problems = rejected(&FOUR[1]);
    assert_eq!(
        problems,
        ["it is shard 2/4 of a run, not a certificate; merge all 4 shards with `ucks certify --merge`"]
    );
    assert!(FOUR[1].text(SUMMARY).starts_with("# Shard 2/4 for a certificate"));
}

#[test]
fn shards_that_do_not_belong_together_are_not_merged() {
    let refusal = |shards: &[&Parts]| {
        let refusal = judged(&shards.iter().map(|p| (*p).clone()).collect::<Vec<_>>()).unwrap_err();
        assert!(refusal.others_needed, "{refusal:?}");
        refusal.problems
    };
    let [one, two, three, four] = &FOUR[..] else { panic!("four shards") };
    let again = "run with the same options and --shard, and merge again";
    assert_eq!(refusal(&[one, two, four]), [format!("shard 3/4 is missing; {again}")]);
    assert_eq!(refusal(&[two]), [format!("shards 1/4, 3/4, 4/4 are missing; {again}")]);
    let twice = "`shard-2.tar.gz` and `shard-4.tar.gz` are both shard 2/4; name each shard once";
    assert_eq!(refusal(&[one, two, three, two]), [twice]);
    let whole = "`shard-2.tar.gz` is the bundle of a whole run; merge only bundles of `ucks certify --shard I/N`";
    assert_eq!(refusal(&[one, &clean(), three, four]), [whole]);
    assert_eq!(refusal(&[]), ["nothing to merge: name the files of all shards"]);
}

fn answer_changed() -> Parts {
    with_second(|shard| {
        shard.entries(|entries| {
            let late = entries.len() / 2;
            let refused = |entry: &&mut TranscriptEntry| {
                let missing = |body: &Text| matches!(body, Text::Plain(text) if text.contains("NotFoundException"));
                entry.request.operation() == "UpdateCustomKeyStore"
                    && matches!(&entry.recorded, RecordedAnswer::Answer { status: 400, body, .. } if missing(body))
            };
            let entry = entries[late..].iter_mut().find(refused).unwrap();
            let RecordedAnswer::Answer { status, .. } = &mut entry.recorded else { panic!("no answer") };
            *status = 200;
        });
    })
}

fn exchange_removed() -> Parts {
    with_second(|shard| {
        shard.entries(|entries| {
            entries.remove(99);
        });
    })
}

fn transcript_of_another_shard() -> Parts {
    with_second(|shard| shard.edit(TRANSCRIPT, |_| FOUR[2].text(TRANSCRIPT)))
}

fn shard_changed_only() -> Parts {
    let mut parts = four();
    parts.files.insert(shard_file(2), FOUR[2].bytes());
    parts
}

fn shard_removed() -> Parts {
    let mut parts = four();
    parts.files.remove(&shard_file(2));
    parts
}

fn shard_removed_and_unlisted() -> Parts {
    shard_removed().sealed(&KEY)
}

fn shard_removed_and_three_claimed() -> Parts {
    let mut parts = four();
    parts.files.insert(shard_file(2), FOUR[3].bytes());
    parts.files.remove(&shard_file(4));
    parts.manifest(|m| m.shards = Some(3));
    parts.sealed(&KEY)
}

fn shard_doubled() -> Parts {
    with_bundle(3, &FOUR[1])
}

fn shard_doubled_with_another_number() -> Parts {
    let mut shard = FOUR[1].clone();
    shard.manifest(|m| m.shard = Shard::new(3, 4));
    with_bundle(3, &shard.sealed(&KEY))
}

fn shards_exchanged() -> Parts {
    let mut parts = with_bundle(2, &FOUR[2]);
    parts.files.insert(shard_file(3), FOUR[1].bytes());
    parts.sealed(&KEY)
}

fn shard_added() -> Parts {
    let mut parts = four();
    parts.files.insert(shard_file(5), FOUR[1].bytes());
    parts.sealed(&KEY)
}

fn whole_run_in_its_place() -> Parts {
    with_bundle(2, &clean())
}

fn merged_bundle_in_its_place() -> Parts {
    with_bundle(2, &four())
}

fn of_another_challenge() -> Parts {
    let terms = Terms { challenge: Challenge::issued("mine").unwrap(), ..terms(&world(), Level::Full) };
    with_bundle(2, &shard_of(&terms, &world(), None, None, (2, 4)))
}

fn of_another_challenge_renamed() -> Parts {
    let terms = Terms { challenge: Challenge::issued("mine").unwrap(), ..terms(&world(), Level::Full) };
    let mut shard = shard_of(&terms, &world(), None, None, (2, 4));
    shard.manifest(|m| m.challenge = Challenge::issued(CHALLENGE).unwrap());
    with_bundle(2, &shard.sealed(&KEY))
}

fn of_another_profile() -> Parts {
    let world = world().replace("stores = 64", "stores = 63");
    with_bundle(2, &shard_of(&terms(&world, Level::Full), &world, None, None, (2, 4)))
}

fn of_another_number() -> Parts {
    with_bundle(2, &shard_of(&terms(&world(), Level::Full), &world(), None, None, (2, 5)))
}

fn number_edited() -> Parts {
    with_second(|shard| shard.manifest(|m| m.shard = Shard::new(2, 5)))
}

fn seed_edited() -> Parts {
    with_second(|shard| {
        shard.edit(RECORD, |text| {
            let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
            record["seed"] = 7.into();
            serde_json::to_string_pretty(&record).unwrap()
        });
    })
}

fn signed_by_another() -> Parts {
    let mut shard = FOUR[1].clone();
    shard.manifest(|m| m.signer = Some(OTHER.public().hex()));
    with_bundle(2, &shard.sealed(&OTHER))
}

fn signed_by_nobody() -> Parts {
    let mut shard = FOUR[1].clone();
    shard.files.remove(SIGNATURE);
    shard.manifest(|m| m.signer = None);
    with_bundle(2, &shard)
}

fn level_of_a_shard_edited() -> Parts {
    with_second(|shard| shard.manifest(|m| m.level = Level::Core))
}

fn level_edited() -> Parts {
    let mut parts = four();
    parts.manifest(|m| m.level = Level::Core);
    parts.sealed(&KEY)
}

/// A level that the merged record does not meet, claimed by the shards as well.
fn level_raised_everywhere() -> Parts {
    let unchecked = world().replace("check_signatures = true", "check_signatures = false");
    let shards = shards_of(Level::Core, &unchecked, None, 2);
    let mut parts = merged_of(&shards, "");
    for (number, mut shard) in (1..).zip(shards) {
        shard.manifest(|m| m.level = Level::Full);
        parts.files.insert(shard_file(number), shard.sealed(&KEY).bytes());
    }
    parts.manifest(|m| m.level = Level::Full);
    parts.sealed(&KEY)
}

fn deviations_declared_by_a_shard() -> Parts {
    with_second(|shard| shard.edit(DEVIATIONS, |_| KNOWN.to_owned()))
}

fn of_a_deviating_target() -> Parts {
    with_bundle(2, &shard_of(&terms(&world(), Level::Full), &world(), Some("errors-are-200"), None, (2, 4)))
}

fn of_a_target_that_behaves_differently() -> Parts {
    with_bundle(2, &shard_of(&terms(&world(), Level::Full), &world(), None, Some(7), (2, 4)))
}

fn verdict_changed() -> Parts {
    let mut parts = merged_of(&DECLARED, KNOWN);
    parts.edit(RECORD, |text| text.replacen("\"verdict\": \"deviation\"", "\"verdict\": \"pass\"", 1));
    parts.sealed(&KEY)
}

fn date_edited() -> Parts {
    let mut parts = four();
    parts.manifest(|m| m.date = "2027-01-01".to_owned());
    parts.sealed(&KEY)
}

fn no_shards() -> Parts {
    let mut parts = four();
    parts.manifest(|m| m.shards = Some(0));
    parts.sealed(&KEY)
}

fn both_claimed() -> Parts {
    let mut parts = four();
    parts.manifest(|m| m.shard = Shard::new(1, 4));
    parts.sealed(&KEY)
}

#[rstest]
#[case::answer_changed(answer_changed, "`shard-2.tar.gz`: an answer deviates from")]
#[case::exchange_removed(
    exchange_removed,
    "`shard-2.tar.gz`: the transcript goes from exchange 99 to exchange 101: exchange 100 was removed"
)]
#[case::shard_removed(shard_removed, "the file `shard-2.tar.gz` is missing")]
#[case::shard_doubled(shard_doubled, "`shard-2.tar.gz` and `shard-3.tar.gz` are both shard 2/4")]
#[case::of_another_challenge(
    of_another_challenge,
    "`shard-2.tar.gz` is a shard of another run than `shard-1.tar.gz`: the challenge is `mine` in `shard-2.tar.gz`"
)]
#[case::of_another_profile(of_another_profile, "the SHA-256 of the profile is `")]
#[case::level_raised_everywhere(level_raised_everywhere, "the level full is not met: rule D-01 was never judged")]
#[case::verdict_changed(
    verdict_changed,
    "does not follow from the answers: it is pass in the record, and deviation when judged again"
)]
#[ignore = "each case judges a whole run again: `.ci/run night`"]
fn a_tampered_shard_is_named(#[case] tamper: fn() -> Parts, #[case] sentence: &str) {
    let problems = rejected(&tamper());
    assert!(problems.iter().any(|problem| problem.contains(sentence)), "{problems:#?}");
}

#[rstest]
#[case::transcript_of_another_shard(
    transcript_of_another_shard,
    "is not what challenge, profile and the answers before it generate"
)]
#[case::shard_changed_only(shard_changed_only, "the file `shard-2.tar.gz` was changed")]
#[case::shard_removed_and_unlisted(
    shard_removed_and_unlisted,
    "the manifest does not list `shard-2.tar.gz`, which the bundle of its shards has"
)]
#[case::shard_removed_and_three_claimed(shard_removed_and_three_claimed, "shard 2/4 is missing")]
#[case::shard_doubled_with_another_number(
    shard_doubled_with_another_number,
    "`shard-3.tar.gz`: exchange 1 is not what challenge, profile and the answers before it generate"
)]
#[case::shards_exchanged(shards_exchanged, "`shard-2.tar.gz` holds shard 3/4")]
#[case::shard_added(shard_added, "the manifest lists `shard-5.tar.gz`, which the bundle of its shards cannot have")]
#[case::whole_run_in_its_place(whole_run_in_its_place, "`shard-2.tar.gz` is the bundle of a whole run")]
#[case::merged_bundle_in_its_place(merged_bundle_in_its_place, "`shard-2.tar.gz` is the bundle of a whole run")]
#[case::of_another_challenge_renamed(
    of_another_challenge_renamed,
    "`shard-2.tar.gz`: exchange 1 is not what challenge, profile and the answers before it generate"
)]
#[case::of_another_number(
    of_another_number,
    "the number of shards is `5` in `shard-2.tar.gz` and `4` in `shard-1.tar.gz`"
)]
#[case::number_edited(number_edited, "the number of shards is `5` in `shard-2.tar.gz` and `4` in `shard-1.tar.gz`")]
#[case::seed_edited(seed_edited, "`shard-2.tar.gz`: the record's `seed` does not follow from the transcript")]
#[case::signed_by_another(signed_by_another, "`shard-2.tar.gz`: it is signed by another key")]
#[case::signed_by_nobody(signed_by_nobody, "`shard-2.tar.gz`: the bundle is not signed")]
#[case::level_of_a_shard_edited(
    level_of_a_shard_edited,
    "the level is `core` in `shard-2.tar.gz` and `full` in `shard-1.tar.gz`"
)]
#[case::level_edited(level_edited, "the level of the bundle is `core`, and its shards were made with `full`")]
#[case::deviations_declared_by_a_shard(
    deviations_declared_by_a_shard,
    "`shard-2.tar.gz` declares deviations, which concern all shards together"
)]
#[case::of_a_deviating_target(of_a_deviating_target, "the record does not contain the finding")]
#[case::of_a_target_that_behaves_differently(
    of_a_target_that_behaves_differently,
    "the target of shard 2/4 answers the same questions differently from that of shard 1/4"
)]
#[case::date_edited(date_edited, "the date of the bundle is `2027-01-01`, and its shards were made with `2026-11-22`")]
#[case::no_shards(no_shards, "the manifest claims 0 shards, and a certificate has 1 to 64")]
#[case::both_claimed(both_claimed, "the manifest claims to be a shard and to have shards")]
#[ignore = "each case judges a whole run again: `.ci/run night`"]
fn another_tampered_shard_is_named(#[case] tamper: fn() -> Parts, #[case] sentence: &str) {
    a_tampered_shard_is_named(tamper, sentence);
}
