//! `ucks certify`.

use super::access::Access;
use super::cleanup::CleanupGuard;
use super::console::outln;
use super::progress::Bar;
use super::target::{Wishes, ready};
use crate::certify::bundle::bundle;
use crate::certify::challenge::Challenge;
use crate::certify::level::Level;
use crate::certify::public::Public;
use crate::certify::recorder::Recorder;
use crate::certify::requirements::Missing;
use crate::certify::secret_substitution::SecretSubstitution;
use crate::certify::sign::PrivateKey;
use crate::certify::verify::Known;
use crate::certify::{Certified, Terms, Watch, certified};
use crate::deviations::{Date, Deviations};
use crate::plan::cases::PlanCache;
use crate::run::{Progress, Silent};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use ucks_oracle::revision::Revision;

/// The arguments of `ucks certify`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile: the target, its fixtures and limits (TOML).
    profile: PathBuf,
    /// Where to write the bundle.
    #[arg(long, short, value_name = "BUNDLE")]
    output: PathBuf,
    /// The level: `core` needs no environment, `full` leaves nothing out.
    #[arg(long, value_name = "LEVEL", default_value = "core")]
    level: Level,
    /// The text that the reviewer issued; without it the bundle is marked as self-issued.
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// The private key that signs; without one the bundle is not signed.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The target [default: the profile's `target`].
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// The dated contract that applies [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Known deviations, which the bundle names with their reasons (TOML).
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Which of several errors is admitted: any, layered, pinned.
    #[arg(long, value_name = "POLICY", default_value = "layered", value_parser = ["any", "layered", "pinned"])]
    policy: String,
    /// Print only the last line.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    access: Access,
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let key = args.key.as_deref().map(PrivateKey::read).transpose()?;
    let challenge = match &args.challenge {
        Some(text) => Challenge::issued(text)?,
        None => Challenge::drawn()?,
    };
    let deviations = match &args.deviations {
        Some(path) => Deviations::parse(&read(path)?)
            .with_context(|| format!("`{}` is not a list of deviations", path.display()))?,
        None => Deviations::default(),
    };
    let public = Public::new(&read(&args.profile)?, args.revision)?;
    let Some(target) = args.target.clone().or_else(|| public.profile.target.clone()) else {
        bail!(
            "`{}` names no target: write `target = \"http://…\"` at its top, or use --target",
            args.profile.display()
        );
    };
    if target.contains('@') {
        bail!(
            "the target contains a user or a password, and the bundle would show it; use --target with an address without them"
        );
    }
    let terms = Terms {
        level: args.level,
        challenge,
        revision: args.revision.or(public.profile.revision).unwrap_or(Revision::LATEST),
        public,
        policy: args.policy.clone(),
        target,
        deviations,
        date: Date::today(),
    };
    let plans = PlanCache::default();
    let runtime = super::runtime()?;
    let (certified, recorder) = runtime.block_on(go(&args, &terms, plans.clone()))?;
    runtime.shutdown_timeout(Duration::from_millis(200));
    if !certified.duty.missing.is_empty() {
        return Ok(refuse(&certified, &terms, args.quiet));
    }
    let bytes = bundle(&terms, &certified, &recorder.entries(), key.as_ref())?;
    let known =
        Known { key: key.as_ref().map(PrivateKey::public), challenge: args.challenge.clone(), unsigned: key.is_none() };
    let again = super::verify::offline(&bytes, &known, &plans)?;
    if !again.is_accepted() {
        bail!("the run cannot be made again from its own transcript: {}", again.problems.join("; "));
    }
    if let Some(parent) = args.output.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    std::fs::write(&args.output, &bytes).with_context(|| format!("cannot write `{}`", args.output.display()))?;
    if !args.quiet {
        for left_out in &certified.duty.left_out {
            outln!("left out  {}: {}", left_out.what, left_out.reason);
        }
        outln!("challenge {}", if terms.challenge.self_issued { "self-issued" } else { &terms.challenge.text });
        outln!(
            "signed    {}",
            key.map_or_else(|| "by nobody: see --key".to_owned(), |k| format!("by {}", k.public().hex()))
        );
    }
    let judged = certified.record.rules.iter().filter(|r| r.judged > 0).count();
    if !args.quiet {
        let decided = certified.record.rules.iter().filter(|r| !r.decided.is_empty()).count();
        outln!("decided   {decided} of the {judged} rules judged; the level asks only that its rules are judged");
    }
    outln!(
        "CERTIFIED — level {}, {judged} of {} rules judged in {} requests, {:.1} s: {}",
        terms.level,
        certified.record.rules.len(),
        certified.record.requests,
        certified.record.elapsed_ms as f64 / 1_000.0,
        args.output.display()
    );
    Ok(0)
}

/// Prints the problems, and returns the exit code: 1 if the target deviates, else 3.
fn refuse(certified: &Certified, terms: &Terms, quiet: bool) -> u8 {
    let missing = &certified.duty.missing;
    if !quiet {
        for missing in missing {
            outln!("{:9} {missing}", if missing.is_fault() { "deviates" } else { "missing" });
        }
    }
    let problems = match missing.len() {
        1 => "1 problem prevents".to_owned(),
        n => format!("{n} problems prevent"),
    };
    outln!("REFUSED — level {}: {problems} certification of {}; no bundle was written", terms.level, terms.target);
    if missing.iter().any(Missing::is_fault) { 1 } else { super::COULD_NOT_TEST }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

async fn go(args: &Args, terms: &Terms, plans: PlanCache) -> anyhow::Result<(Certified, Arc<Recorder>)> {
    let wishes = Wishes {
        profile: Some(&args.profile),
        revision: Some(terms.revision),
        unnamed: true,
        access: Some(&args.access),
        ..Wishes::default()
    };
    let ready = ready(&terms.target, wishes).await?;
    ready.reset().await?;
    let cleanup = CleanupGuard::at(&ready);
    let progress: Arc<dyn Progress> = if args.quiet { Arc::new(Silent) } else { Arc::new(Bar::new()) };
    let secret_substitution = Arc::new(SecretSubstitution::new(ready.target.clone(), &terms.public.secrets));
    let recorder = Arc::new(Recorder::new(secret_substitution));
    let certified = certified(
        terms,
        recorder.clone(),
        Watch { tracker: cleanup.tracker.clone(), progress, stop: cleanup.stop.clone(), plans },
    )
    .await;
    cleanup.end()?;
    Ok((certified, recorder))
}
