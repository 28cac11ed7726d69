//! `ucks run`.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use ucks_oracle::judge::Policy;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use super::access::Access;
use super::cleanup::CleanupGuard;
use super::console::errln;
use super::outputs::{OutputFiles, Outputs};
use super::progress::Bar;
use super::target::{EMBEDDED, ReadyTarget, Wishes, ready};
use crate::error_order;
use crate::ledger::{self, Leftover, now};
use crate::plan::cases::PlanCache;
use crate::plan::shard::Shard;
use crate::record::Record;
use crate::report::Format;
use crate::run::{Options, Progress, Silent, Subject, run};
use crate::selection::{self, selects};

/// The arguments of `ucks run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT`, `https://HOST:PORT` or `stdio:COMMAND` [default: embedded,
    /// where a person reads the report].
    target: Option<String>,
    /// The profile: revision, fixtures and limits that no probe can find out (TOML).
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The dated contract that applies [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Judge only these rules or groups: ids, letters or globs, separated by commas.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    only: Vec<String>,
    /// Fail with 3 unless each of these rules or groups was judged: ids, letters or globs, separated by commas.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    require: Vec<String>,
    /// The seed of the random sequences [default: drawn, and printed].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Go on with random sequences for this long: `90s`, `30m`, `2h`.
    #[arg(long, value_name = "T", value_parser = duration, conflicts_with = "sequences")]
    time: Option<Duration>,
    /// End the whole run after this long with what it has, its stores removed: `90s`, `10m`, `2h`
    /// [default: 10m, or the time given by --time and 10m].
    #[arg(long, value_name = "T", value_parser = duration)]
    max_time: Option<Duration>,
    /// The number of random sequences after the cases.
    #[arg(long, value_name = "N", default_value_t = 100)]
    sequences: u64,
    /// Run only random sequences, without the deterministic cases.
    #[arg(long)]
    random_only: bool,
    /// Sequences side by side.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    lanes: u16,
    /// Requests a second at the most [default: the profile's, else no limit].
    #[arg(long, value_name = "R")]
    rate: Option<f64>,
    /// Which of several errors is admitted: any, layered, pinned, or learned=FILE for the order that an earlier run wrote
    /// with --write-order.
    #[arg(long, value_name = "POLICY", default_value = "layered")]
    policy: ErrorPolicy,
    /// Let warnings fail the run.
    #[arg(long)]
    strict: bool,
    /// Settle the emulator's open questions by this seed; for embedded targets.
    #[arg(long, value_name = "SEED")]
    readings: Option<u64>,
    /// Run only the sequences of one of N shards, for example 2/8; `ucks merge` makes one record of all of them.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    #[command(flatten)]
    outputs: Outputs,
    #[command(flatten)]
    access: Access,
}

/// The longest run, unless the user sets a limit. The time for random sequences is added.
const MAX_TIME: Duration = Duration::from_secs(600);

/// Reads `90s`, `30m`, `2h` or plain seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.trim().strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.trim().chars().last()),
        None => (text.trim(), None),
    };
    let seconds = match unit {
        Some('h') => 3_600,
        Some('m') => 60,
        _ => 1,
    };
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is not a duration; write `90s`, `30m` or `2h`"))?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

/// The name of a policy, as records and replay files have it.
#[derive(Clone, Debug)]
pub(super) struct ErrorPolicy(String);

impl ErrorPolicy {
    /// The policy; of `learned=FILE` with the order in the file.
    pub(super) fn load(&self) -> anyhow::Result<Policy> {
        let Some(path) = self.0.strip_prefix(LEARNED) else {
            return Ok(match self.0.as_str() {
                "any" => Policy::Any,
                "pinned" => Policy::Pinned,
                _ => Policy::Layered,
            });
        };
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{path}`"))?;
        Ok(Policy::Learned(Arc::new(error_order::read(&text).with_context(|| format!("`{path}`"))?)))
    }
}

/// The policy that takes a file.
const LEARNED: &str = "learned=";

impl FromStr for ErrorPolicy {
    type Err = String;

    fn from_str(name: &str) -> Result<ErrorPolicy, String> {
        let known =
            ["any", "layered", "pinned"].contains(&name) || name.len() > LEARNED.len() && name.starts_with(LEARNED);
        if known {
            Ok(ErrorPolicy(name.to_owned()))
        } else {
            Err("write any, layered, pinned or learned=FILE".to_owned())
        }
    }
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let target = named(args.target.as_deref(), asked_by(&args))?;
    let selected = args.only.iter().chain(&args.require).map(String::as_str);
    selection::check(selected, None).context("--only or --require")?;
    args.check_shard()?;
    let policy = args.policy.load().context("--policy")?;
    let files = OutputFiles::open(&args.outputs)?;
    let runtime = super::runtime()?;
    let (record, url) = runtime.block_on(go(&args, &target, policy))?;
    runtime.shutdown_timeout(Duration::from_millis(200));
    args.outputs.finish(record, &url, files)
}

impl Args {
    /// Checks that a shard is asked for nothing that only all shards together can give.
    fn check_shard(&self) -> anyhow::Result<()> {
        let Some(shard) = self.shard else { return Ok(()) };
        if self.seed.is_none() {
            bail!("--shard {shard} needs --seed: all shards of a run draw the same random sequences");
        }
        let of_all = [
            ("--deviations", self.outputs.deviations.is_some()),
            ("--write-deviations", self.outputs.write_deviations.is_some()),
            ("--write-order", self.outputs.write_order.is_some()),
            ("--require", !self.require.is_empty()),
        ];
        if let Some((option, _)) = of_all.into_iter().find(|(_, given)| *given) {
            bail!("{option} concerns all shards together; give it to `ucks merge` instead");
        }
        if !self.outputs.report.iter().any(|report| report.format == Format::Json) {
            bail!("--shard {shard} needs --report json=FILE, which `ucks merge` reads");
        }
        Ok(())
    }
}

/// The option by which a script asks for a verdict.
fn asked_by(args: &Args) -> Option<&'static str> {
    let options = [
        ("--quiet", args.outputs.quiet),
        ("--report", !args.outputs.report.is_empty()),
        ("--deviations", args.outputs.deviations.is_some()),
        ("--write-deviations", args.outputs.write_deviations.is_some()),
        ("--write-order", args.outputs.write_order.is_some()),
        ("--require", !args.require.is_empty()),
    ];
    options.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// The target's notation. A script that asks for a verdict has to name it: an unset variable would otherwise have the
/// embedded emulator judged in its place.
pub(super) fn named(target: Option<&str>, asked_by: Option<&str>) -> anyhow::Result<String> {
    match (target.map(str::trim), asked_by) {
        (Some(""), _) => bail!("the TARGET is empty; is a variable of your script not set?"),
        (Some(target), _) => Ok(target.to_owned()),
        (None, Some(option)) => bail!(
            "no TARGET is given, which {option} asks for; is a variable of your script not set? (`embedded` names the \
             built-in emulator)"
        ),
        (None, None) => Ok(EMBEDDED.to_owned()),
    }
}

async fn go(args: &Args, target: &str, policy: Policy) -> anyhow::Result<(Record, String)> {
    let wishes = Wishes {
        profile: args.profile.as_deref(),
        revision: args.revision,
        readings: args.readings,
        access: Some(&args.access),
        ..Wishes::default()
    };
    let ready = ready(target, wishes).await?;
    check_selection(args, ready.revision)?;
    let leftovers = leftovers(&ready);
    let cleanup = CleanupGuard::at(&ready);
    let started = now();
    ready.reset().await?;
    let progress: Arc<dyn Progress> = if args.outputs.quiet { Arc::new(Silent) } else { Arc::new(Bar::new()) };
    let seed = args.seed.unwrap_or_else(|| crate::names::Names::run() % 1_000_000_000);
    let options = Options {
        seed,
        sequences: args.sequences,
        time: args.time,
        max_time: Some(args.max_time.unwrap_or(MAX_TIME + args.time.unwrap_or_default())),
        lanes: usize::from(args.lanes),
        rate: args.rate.unwrap_or(0.0),
        policy,
        policy_name: args.policy.0.clone(),
        strict: args.strict,
        only: args.only.clone(),
        require: args.require.clone(),
        cases: !args.random_only,
        first: false,
        shrink: true,
        origin: None,
        shard: args.shard,
        plans: PlanCache::default(),
    };
    let name = if ready.embedded { target.to_owned() } else { ready.url.clone() };
    let subject = Subject {
        tracker: cleanup.tracker.clone(),
        progress,
        stop: cleanup.stop.clone(),
        leftovers: leftovers.iter().flat_map(|l| l.remaining.clone()).collect(),
        ..Subject::new(ready.target.clone(), name, &ready.profile, ready.revision)
    };
    let mut record = run(subject, options).await;
    record.started = Some(started);
    leftovers.iter().map(said_of).for_each(|note| record.add_note(note));
    cleanup.end()?;
    Ok((record, ready.url))
}

/// Checks that the rules exist at the revision, and that what is required is judged at all.
fn check_selection(args: &Args, revision: Revision) -> anyhow::Result<()> {
    selection::check(args.only.iter().map(String::as_str), Some(revision)).context("--only")?;
    selection::check(args.require.iter().map(String::as_str), Some(revision)).context("--require")?;
    let only = |rule: &str| args.only.is_empty() || args.only.iter().any(|o| selects(o, rule));
    for name in &args.require {
        if let Some(rule) = rules::at(revision).find(|r| selects(name, r.id.0) && !only(r.id.0)) {
            bail!("--require {name} asks for {}, which --only {} leaves out", rule.id, args.only.join(","));
        }
    }
    Ok(())
}

/// Stores that earlier runs left at the target, with a word about them.
fn leftovers(ready: &ReadyTarget) -> Vec<Leftover> {
    if ready.embedded {
        return Vec::new();
    }
    let found = ledger::leftovers(Some(&ready.url));
    found.iter().for_each(|left| errln!("ucks: {}", said_of(left)));
    found
}

fn said_of(left: &Leftover) -> String {
    let n = left.remaining.len();
    let (stores, verb) = (crate::report::counted(n as u64, "store"), if n == 1 { "was" } else { "were" });
    format!("{stores} of an earlier run {verb} not removed; remove with: ucks clean {}", left.path.display())
}
