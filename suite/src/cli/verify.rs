//! `ucks verify`.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::console::outln;
use super::json::{self, Format, VerifiedStatement, VerifyResult};
use super::on_one_thread;
use crate::certify::bundle::manifest::Manifest;
use crate::certify::sign::PublicKey;
use crate::certify::verify::{ReviewerExpectations, Verified, verify, verify_shard};
use crate::plan::cases::PlanCache;
use crate::record::Verdict;
use crate::report::{counted, plain};

/// Largest bundle, in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Which bundle, and what the reviewer knows.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The bundle that `ucks certify` wrote.
    bundle: PathBuf,
    /// The public key of the expected signer [default: the key in the bundle].
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The challenge that you issued [default: the challenge in the bundle].
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// Accept a bundle that nobody signed.
    #[arg(long)]
    allow_unsigned: bool,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t, conflicts_with = "quiet")]
    format: Format,
    /// Print only the last line.
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let known = ReviewerExpectations {
        key: args.key.as_deref().map(PublicKey::read).transpose()?,
        challenge: args.challenge.clone(),
        unsigned: args.allow_unsigned,
    };
    let bytes = read(&args.bundle)?;
    let verified = offline(&bytes, &known, &PlanCache::default())?;
    if args.format.is_json() {
        json::print(&result(&args.bundle, &verified))?;
        return Ok(u8::from(!verified.is_accepted()));
    }
    if !args.quiet {
        if let Some(manifest) = &verified.manifest {
            print(manifest, &verified, &args);
        }
        for problem in &verified.problems {
            outln!("problem   {}", plain(problem));
        }
    }
    if verified.is_accepted() {
        outln!(
            "ACCEPTED — {}: every request follows from the challenge, every verdict from the answers",
            args.bundle.display()
        );
        return Ok(0);
    }
    let count = crate::report::counted(verified.problems.len() as u64, "problem");
    outln!("REJECTED — {}: {count}", args.bundle.display());
    Ok(1)
}

/// The result for programs.
pub(super) fn result(bundle: &Path, verified: &Verified) -> VerifyResult {
    let rules = || verified.record.iter().flat_map(|record| &record.rules);
    let statement = |manifest: &Manifest| VerifiedStatement {
        target: manifest.target.clone(),
        date: manifest.date.clone(),
        level: manifest.level.to_string(),
        revision: manifest.revision.clone(),
        policy: manifest.policy.clone(),
        challenge: manifest.challenge.text.clone(),
        self_issued: manifest.challenge.self_issued,
        signer: manifest.signer.clone(),
        shards: manifest.shards,
        left_out: manifest.left_out.iter().map(|l| (l.what.clone(), l.reason.clone())).collect(),
    };
    VerifyResult {
        format: json::FORMAT,
        bundle: bundle.display().to_string(),
        accepted: verified.is_accepted(),
        problems: verified.problems.clone(),
        statement: verified.manifest.as_ref().map(statement),
        judged: rules().filter(|r| r.judged > 0).count(),
        rules: rules().count(),
        exchanges: verified.exchanges,
        deviations: rules().filter(|r| r.verdict == Verdict::Deviation).map(|r| r.id.clone()).collect(),
    }
}

/// Verifies a bundle, without clock and network.
pub(super) fn offline(bundle: &[u8], known: &ReviewerExpectations, plans: &PlanCache) -> anyhow::Result<Verified> {
    on_one_thread(verify(bundle, known, plans))
}

/// The same for the bundle of a shard.
pub(super) fn shard_offline(
    bundle: &[u8],
    known: &ReviewerExpectations,
    plans: &PlanCache,
) -> anyhow::Result<Verified> {
    on_one_thread(verify_shard(bundle, known, plans))
}

fn print(manifest: &Manifest, verified: &Verified, args: &Args) {
    let shown = |text: &str| text.chars().take(200).collect::<String>().escape_debug().to_string();
    outln!("target    {}, on {}", shown(&manifest.target), shown(&manifest.date));
    outln!("level     {}, revision {}, policy {}", manifest.level, shown(&manifest.revision), shown(&manifest.policy));
    let challenge = match (manifest.challenge.self_issued, &args.challenge) {
        (true, _) => "self-issued: nobody but the vendor chose it".to_owned(),
        (false, Some(_)) => shown(&manifest.challenge.text),
        (false, None) => format!("{} (is it the one that you issued?)", shown(&manifest.challenge.text)),
    };
    outln!("challenge {challenge}");
    let signer = match (&manifest.signer, &args.key) {
        (None, _) => "by nobody".to_owned(),
        (Some(signer), Some(_)) => format!("by {}", shown(signer)),
        (Some(signer), None) => format!("by {} (is it the vendor's key? see --key)", shown(signer)),
    };
    outln!("signed    {signer}");
    if let Some(of) = manifest.shards {
        outln!("shards    {of}, each judged again alone and then all together");
    }
    if let Some(record) = &verified.record {
        let judged = record.rules.iter().filter(|r| r.judged > 0).count();
        let declared = record.rules.iter().filter(|r| r.verdict == Verdict::Deviation).count();
        outln!(
            "judged    {judged} of {} rules again, from {}; {}",
            record.rules.len(),
            counted(verified.exchanges, "exchange"),
            counted(declared, "declared deviation")
        );
    }
    for left_out in &manifest.left_out {
        outln!("left out  {}: {}", shown(&left_out.what), shown(&left_out.reason));
    }
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read `{}`", path.display());
    let mut bytes = Vec::new();
    std::fs::File::open(path).with_context(cannot)?.take(LARGEST + 1).read_to_end(&mut bytes).with_context(cannot)?;
    if bytes.len() as u64 > LARGEST {
        bail!("`{}` is larger than {LARGEST} bytes", path.display());
    }
    Ok(bytes)
}
