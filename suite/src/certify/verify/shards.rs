//! Bundles of shards: each is judged again alone, then all of them together.

use super::{ReviewerExpectations, Verified, hashes, judging};
use crate::certify::Terms;
use crate::certify::bundle::archive::{self, ArchiveFiles};
use crate::certify::bundle::manifest::Manifest;
use crate::certify::bundle::{DEVIATIONS, PROFILE, shard_file};
use crate::certify::challenge::digest;
use crate::certify::shards::{JudgedShard, MOST, merged};
use crate::certify::sign::PublicKey;
use crate::deviations::Deviations;
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::run::merge::{Claim, all_of_one_run};

/// All shards of one run, each judged again.
#[derive(Debug)]
pub struct Shards {
    /// The terms that they have in common, without declared deviations. The date is the latest of all shards.
    pub terms: Terms,
    /// Their results.
    pub judged: Vec<JudgedShard>,
    /// The exchanges of all transcripts.
    pub exchanges: usize,
}

/// Why bundles are not accepted as those of all shards of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardError {
    /// True if others must be given: one is not the bundle of a shard, is missing, is there twice, or is of another
    /// run. False if the content of one is wrong.
    pub others_needed: bool,
    /// A sentence for each problem.
    pub problems: Vec<String>,
}

impl ShardError {
    fn of_content(problems: Vec<String>) -> ShardError {
        ShardError { others_needed: false, problems }
    }

    fn of_the_set(problems: Vec<String>) -> ShardError {
        ShardError { others_needed: true, problems }
    }
}

/// A shard's bundle, unpacked.
struct Opened {
    file: String,
    files: ArchiveFiles,
    manifest: Manifest,
    shard: Shard,
}

/// Judges the bundles of all shards of one run again, each given with the name of its file.
///
/// # Errors
/// [`ShardError`] with a sentence for each bundle that does not belong to the others, and for each problem within one.
pub async fn judge(
    bundles: &[(String, &[u8])],
    known: &ReviewerExpectations,
    plans: &PlanCache,
) -> Result<Shards, ShardError> {
    let opened = open(bundles, known)?;
    let claims: Vec<Claim> = opened.iter().map(Opened::claim).collect();
    all_of_one_run(&claims).map_err(|problem| ShardError::of_the_set(vec![problem.to_string()]))?;
    let (mut judged, mut problems, mut exchanges) = (Vec::new(), Vec::new(), 0);
    let mut terms: Option<Terms> = None;
    for Opened { file, files, manifest, shard } in opened {
        let mut verified = Verified::default();
        let again = judging::check(&files, &manifest, plans, &mut verified).await;
        problems.extend(verified.problems.iter().map(|problem| format!("`{file}`: {problem}")));
        exchanges += verified.exchanges;
        let Some((own, certified)) = again else {
            // A bundle is accepted where there are no problems, so each that gives no result is one.
            if verified.problems.is_empty() {
                problems.push(format!("`{file}` cannot be judged again"));
            }
            continue;
        };
        judged.push(JudgedShard { file, shard, certified });
        let date = terms.as_ref().map_or(own.date, |terms| terms.date.max(own.date));
        terms = Some(Terms { shard: None, date, ..own });
    }
    match terms {
        Some(terms) if problems.is_empty() => Ok(Shards { terms, judged, exchanges }),
        _ => Err(ShardError::of_content(problems)),
    }
}

/// Unpacks the bundles and checks their bytes.
fn open(bundles: &[(String, &[u8])], known: &ReviewerExpectations) -> Result<Vec<Opened>, ShardError> {
    let (mut opened, mut problems, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    let mut limit = archive::ALL;
    for (file, bytes) in bundles {
        let files = match archive::read_within(bytes, &mut limit) {
            Ok(files) => files,
            Err(error) => {
                foreign.push(format!("`{file}`: {error}"));
                break;
            }
        };
        let mut own = Vec::new();
        let manifest = hashes::check(&files, known, &mut own);
        let named = own.iter().map(|problem| format!("`{file}`: {problem}"));
        let Some(manifest) = manifest else {
            foreign.extend(named);
            continue;
        };
        problems.extend(named);
        match manifest.shard.filter(|_| manifest.shards.is_none()) {
            Some(shard) => opened.push(Opened { file: file.clone(), files, manifest, shard }),
            None => foreign.push(format!(
                "`{file}` is the bundle of a whole run; merge only bundles of `ucks certify --shard I/N`"
            )),
        }
    }
    let declares = opened.iter().filter(|o| !o.declares_nothing());
    problems.extend(declares.map(|o| format!("`{}` declares deviations, which concern all shards together", o.file)));
    if problems.is_empty() && foreign.is_empty() {
        return Ok(opened);
    }
    let others_needed = problems.is_empty();
    problems.extend(foreign);
    Err(ShardError { others_needed, problems })
}

impl Opened {
    fn declares_nothing(&self) -> bool {
        let text = self.files.get(DEVIATIONS).map(|bytes| String::from_utf8_lossy(bytes));
        text.is_some_and(|text| Deviations::parse(&text).is_ok_and(|declared| declared == Deviations::default()))
    }

    fn claim(&self) -> Claim {
        let manifest = &self.manifest;
        let terms = vec![
            ("the number of shards", self.shard.of().to_string()),
            ("the version of ucks", manifest.suite.clone()),
            ("the rule book", manifest.rule_book.clone()),
            ("the target", manifest.target.clone()),
            ("the level", manifest.level.to_string()),
            ("the revision", manifest.revision.clone()),
            ("the policy", manifest.policy.clone()),
            ("the challenge", manifest.challenge.text.clone()),
            ("the signer", manifest.signer.clone().unwrap_or_else(|| "nobody".to_owned())),
            ("the SHA-256 of the profile", self.files.get(PROFILE).map(|text| digest(text)).unwrap_or_default()),
        ];
        Claim { file: self.file.clone(), shard: self.shard, terms }
    }
}

/// Judges a bundle of shards again.
pub(super) async fn check(
    files: &ArchiveFiles,
    manifest: &Manifest,
    of: u32,
    plans: &PlanCache,
    verified: &mut Verified,
) {
    judging::versions(manifest, &mut verified.problems);
    if !(1..=MOST).contains(&of) {
        verified.problems.push(format!("the manifest claims {of} shards, and a certificate has 1 to {MOST}"));
        return;
    }
    let bundles: Vec<(String, &[u8])> =
        (1..=of).map(shard_file).filter_map(|name| Some((name.clone(), files.get(&name)?.as_slice()))).collect();
    let signer = manifest.signer.as_deref().and_then(PublicKey::from_hex);
    let known = ReviewerExpectations { unsigned: signer.is_none(), key: signer, challenge: None };
    let shards = match judge(&bundles, &known, plans).await {
        Ok(shards) => shards,
        Err(refusal) => {
            verified.problems.extend(refusal.problems);
            return;
        }
    };
    verified.exchanges = shards.exchanges;
    let moved = shards.judged.iter().filter(|judged| judged.file != shard_file(judged.shard.index()));
    verified.problems.extend(moved.map(|judged| format!("`{}` holds shard {}", judged.file, judged.shard)));
    let Some(terms) = judging::terms(files, manifest, &mut verified.problems) else { return };
    let foreign = differences(&terms, &shards.terms);
    if !foreign.is_empty() {
        verified.problems.extend(foreign);
        return;
    }
    match merged(&terms, shards.judged, plans) {
        Ok(again) => {
            judging::statements(files, manifest, &terms, &again, &mut verified.problems);
            verified.record = Some(again.record);
        }
        Err(problem) => verified.problems.push(problem.to_string()),
    }
}

/// Returns a sentence for each term of a bundle that is not that of its shards.
fn differences(bundle: &Terms, shards: &Terms) -> Vec<String> {
    let properties = |terms: &Terms| {
        [
            ("level", terms.level.to_string()),
            ("challenge", terms.challenge.text.clone()),
            ("revision", terms.revision.date().to_owned()),
            ("policy", terms.policy.clone()),
            ("target", terms.target.clone()),
            ("date", terms.date.to_string()),
            ("profile", digest(terms.public.text.as_bytes())),
        ]
    };
    let pairs = properties(bundle).into_iter().zip(properties(shards));
    let differing = pairs.filter(|((_, claimed), (_, made))| claimed != made);
    differing
        .map(|((what, claimed), (_, made))| {
            format!("the {what} of the bundle is `{claimed}`, and its shards were made with `{made}`")
        })
        .collect()
}
