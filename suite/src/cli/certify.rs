//! `ucks certify`.

mod merge;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use ucks_oracle::revision::Revision;

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
use crate::certify::requirements::Unmet;
use crate::certify::secret_substitution::SecretSubstitution;
use crate::certify::shards::MOST;
use crate::certify::sign::PrivateKey;
use crate::certify::verify::ReviewerExpectations;
use crate::certify::{Certified, Terms, Watch, certified};
use crate::deviations::{Date, Deviations};
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::run::{Progress, Silent};

/// The arguments of `ucks certify`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile: the target, its fixtures and limits (TOML).
    #[arg(required_unless_present = "merge")]
    profile: Option<PathBuf>,
    /// Where to write the bundle.
    #[arg(long, short, value_name = "BUNDLE")]
    output: PathBuf,
    /// The level: `core` needs no environment, `full` leaves nothing out.
    #[arg(long, value_name = "LEVEL", default_value = "core")]
    level: Level,
    /// The text that the reviewer issued; without it the bundle is marked as self-issued. With
    /// --merge: the challenge that all shards must have.
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// The private key that signs; without one the bundle is not signed. With --merge: the key that signed the
    /// shards, too.
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
    /// Run only the sequences of one of N shards, for example 2/8; --merge makes a certificate of all of them.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Make a certificate of the bundles of all shards, without a run.
    #[arg(
        long,
        value_name = "BUNDLE",
        num_args = 1..,
        conflicts_with_all = ["profile", "shard", "level", "target", "revision", "policy", "Access"],
    )]
    merge: Vec<PathBuf>,
    /// Print only the last line.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    access: Access,
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let key = args.key.as_deref().map(PrivateKey::read).transpose()?;
    let Some(profile) = &args.profile else { return merge::main(&args, key.as_ref()) };
    args.check_shard()?;
    let terms = terms(&args, profile)?;
    let plans = PlanCache::default();
    let runtime = super::runtime()?;
    let (certified, recorder) = runtime.block_on(go(&args, profile, &terms, plans.clone()))?;
    runtime.shutdown_timeout(Duration::from_millis(200));
    if !certified.requirements.missing.is_empty() {
        return Ok(refuse(&certified, &terms, args.quiet));
    }
    let bytes = bundle(&terms, &certified, &recorder.entries(), key.as_ref())?;
    let again = match terms.shard {
        Some(_) => super::verify::shard_offline(&bytes, &args.known(key.as_ref()), &plans)?,
        None => super::verify::offline(&bytes, &args.known(key.as_ref()), &plans)?,
    };
    if !again.is_accepted() {
        bail!("the run cannot be made again from its own transcript: {}", again.problems.join("; "));
    }
    write(&args.output, &bytes)?;
    conclude(&args, &terms, &certified, key.as_ref());
    Ok(0)
}

impl Args {
    /// Checks that a shard can be one of several, and is asked for nothing that only all of them together can give.
    fn check_shard(&self) -> anyhow::Result<()> {
        let Some(shard) = self.shard else { return Ok(()) };
        if self.challenge.is_none() {
            bail!("--shard {shard} needs --challenge: what all shards of a run draw follows from one text");
        }
        if self.deviations.is_some() {
            bail!("--deviations concerns all shards together; give it to `ucks certify --merge` instead");
        }
        if shard.of() > MOST {
            bail!("--shard {shard}: a certificate has at most {MOST} shards");
        }
        Ok(())
    }

    /// The expectations that the bundle meets when it is verified at once.
    fn known(&self, key: Option<&PrivateKey>) -> ReviewerExpectations {
        ReviewerExpectations {
            key: key.map(PrivateKey::public),
            challenge: self.challenge.clone(),
            unsigned: key.is_none(),
        }
    }

    fn declared(&self) -> anyhow::Result<Deviations> {
        let Some(path) = &self.deviations else { return Ok(Deviations::default()) };
        Deviations::parse(&read(path)?).with_context(|| format!("`{}` is not a list of deviations", path.display()))
    }
}

/// The terms of a run.
fn terms(args: &Args, profile: &Path) -> anyhow::Result<Terms> {
    let challenge = match &args.challenge {
        Some(text) => Challenge::issued(text)?,
        None => Challenge::drawn()?,
    };
    let deviations = args.declared()?;
    let public = Public::new(&read(profile)?, args.revision)?;
    let Some(target) = args.target.clone().or_else(|| public.profile.target.clone()) else {
        bail!("`{}` names no target: write `target = \"http://…\"` at its top, or use --target", profile.display());
    };
    if target.contains('@') {
        bail!(
            "the target contains a user or a password, and the bundle would show it; use --target with an address \
                without them"
        );
    }
    Ok(Terms {
        level: args.level,
        challenge,
        shard: args.shard,
        revision: args.revision.or(public.profile.revision).unwrap_or(Revision::LATEST),
        public,
        policy: args.policy.clone(),
        target,
        deviations,
        date: Date::today(),
    })
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Prints the statement of a bundle that was written.
fn conclude(args: &Args, terms: &Terms, certified: &Certified, key: Option<&PrivateKey>) {
    if !args.quiet {
        for left_out in &certified.requirements.left_out {
            outln!("left out  {}: {}", left_out.what, left_out.reason);
        }
        outln!("challenge {}", if terms.challenge.self_issued { "self-issued" } else { &terms.challenge.text });
        outln!(
            "signed    {}",
            key.map_or_else(|| "by nobody: see --key".to_owned(), |k| format!("by {}", k.public().hex()))
        );
    }
    let record = &certified.record;
    let (judged, rules) = (record.rules.iter().filter(|r| r.judged > 0).count(), record.rules.len());
    let (requests, seconds, output) = (record.requests, record.elapsed_ms as f64 / 1_000.0, args.output.display());
    if !args.quiet && terms.shard.is_none() {
        let decided = record.rules.iter().filter(|r| !r.decided.is_empty()).count();
        outln!("decided   {decided} of the {judged} rules judged; the level asks only that its rules are judged");
    }
    match terms.shard {
        Some(shard) => outln!(
            "SHARD {shard} — {judged} of {rules} rules judged in {requests} requests, {seconds:.1} s: {output}; \
             `ucks certify --merge` makes a certificate of all {} shards",
            shard.of()
        ),
        None => outln!(
            "CERTIFIED — level {}, {judged} of {rules} rules judged in {requests} requests, {seconds:.1} s: {output}",
            terms.level
        ),
    }
}

/// Prints the problems, and returns the exit code: 1 if the target deviates, else 3.
fn refuse(certified: &Certified, terms: &Terms, quiet: bool) -> u8 {
    let missing = &certified.requirements.missing;
    if !quiet {
        for missing in missing {
            outln!("{:9} {missing}", if missing.is_fault() { "deviates" } else { "missing" });
        }
    }
    let verb = if missing.len() == 1 { "prevents" } else { "prevent" };
    let problems = format!("{} {verb}", crate::report::counted(missing.len() as u64, "problem"));
    let part = terms.shard.map_or_else(|| format!("level {}", terms.level), |shard| format!("shard {shard}"));
    outln!("REFUSED — {part}: {problems} certification of {}; no bundle was written", terms.target);
    if missing.iter().any(Unmet::is_fault) { 1 } else { super::COULD_NOT_TEST }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

async fn go(
    args: &Args,
    profile: &Path,
    terms: &Terms,
    plans: PlanCache,
) -> anyhow::Result<(Certified, Arc<Recorder>)> {
    let wishes = Wishes {
        profile: Some(profile),
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
