//! `ucks run`.

use super::cleanup::CleanupGuard;
use super::progress::Bar;
use super::target::{Wishes, ready};
use crate::deviations::{Date, Deviations};
use crate::record::Record;
use crate::report::{Format, Options as ReportOptions, render, terminal::Style};
use crate::run::{Options, Progress, Silent, Subject, run};
use crate::script::script;
use anyhow::Context;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use ucks_oracle::judge::Policy;
use ucks_oracle::revision::Revision;

/// What to run, against what, and how to tell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT` or `https://HOST:PORT`.
    #[arg(default_value = "embedded")]
    target: String,
    /// What no probe can know of the target: revision, fixtures, limits (TOML).
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The dated contract that applies [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Judge only these rules or groups: ids, letters or globs, separated by commas.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    only: Vec<String>,
    /// Fail with 3 unless every rule of these groups was judged.
    #[arg(long, value_name = "GROUPS", value_delimiter = ',')]
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
    /// How many random sequences to run after the cases.
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
    /// Which of several errors is admitted: any, layered, pinned.
    #[arg(long, value_name = "POLICY", default_value = "layered", value_parser = ["any", "layered", "pinned"])]
    policy: String,
    /// Let warnings fail the run.
    #[arg(long)]
    strict: bool,
    /// Deviations that are declared: they do not fail the run, but their absence does (TOML).
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Write a first file of deviations from what was found.
    #[arg(long, value_name = "FILE")]
    write_deviations: Option<PathBuf>,
    /// Write a report: json, junit, markdown, github, html or terminal; `-` for standard output.
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<Report>,
    /// Where to write replay files and scripts of findings.
    #[arg(long, value_name = "DIR", default_value = ".ucks/findings")]
    findings: PathBuf,
    /// Settle the emulator's open questions by this seed; for embedded targets.
    #[arg(long, value_name = "SEED")]
    readings: Option<u64>,
    /// Show every finding in full.
    #[arg(long)]
    verbose: bool,
    /// Print only the last line.
    #[arg(long, short)]
    quiet: bool,
}

/// How long a run may take at the most, where the user does not say; the time for random sequences is added.
const MAX_TIME: Duration = Duration::from_secs(600);

#[derive(Clone, Debug)]
struct Report {
    format: Format,
    path: PathBuf,
}

impl FromStr for Report {
    type Err = String;

    fn from_str(text: &str) -> Result<Report, String> {
        let (format, path) = text.split_once('=').ok_or_else(|| format!("`{text}` is no report; write FORMAT=FILE"))?;
        Ok(Report { format: format.parse::<Format>().map_err(|e| e.to_string())?, path: PathBuf::from(path) })
    }
}

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
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is no time; write `90s`, `30m` or `2h`"))?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

pub(super) fn policy(name: &str) -> Policy {
    match name {
        "any" => Policy::Any,
        "pinned" => Policy::Pinned,
        _ => Policy::Layered,
    }
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let deviations = match &args.deviations {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            Some(Deviations::parse(&text).with_context(|| format!("`{}` is no file of deviations", path.display()))?)
        }
        None => None,
    };
    let runtime = super::runtime()?;
    let (mut record, url) = runtime.block_on(go(&args))?;
    runtime.shutdown_timeout(Duration::from_millis(200));
    if let Some(path) = &args.write_deviations {
        write(path, &Deviations::from_record(&record))?;
    }
    if let Some(deviations) = deviations {
        deviations.apply(&mut record, Date::today());
    }
    keep_findings(&record, &args.findings, &url)?;
    tell(&record, &args, &url)?;
    Ok(record.outcome.exit_code())
}

async fn go(args: &Args) -> anyhow::Result<(Record, String)> {
    let wishes = Wishes {
        profile: args.profile.as_deref(),
        revision: args.revision,
        readings: args.readings,
        ..Wishes::default()
    };
    let ready = ready(&args.target, wishes).await?;
    let cleanup = CleanupGuard::at(&ready);
    let progress: Arc<dyn Progress> = if args.quiet { Arc::new(Silent) } else { Arc::new(Bar::new()) };
    let seed = args.seed.unwrap_or_else(|| crate::names::Names::run() % 1_000_000_000);
    let options = Options {
        seed,
        sequences: args.sequences,
        time: args.time,
        max_time: Some(args.max_time.unwrap_or(MAX_TIME + args.time.unwrap_or_default())),
        lanes: usize::from(args.lanes),
        rate: args.rate.unwrap_or(0.0),
        policy: policy(&args.policy),
        policy_name: args.policy.clone(),
        strict: args.strict,
        only: args.only.clone(),
        require: args.require.clone(),
        cases: !args.random_only,
        first: false,
        shrink: true,
        origin: None,
    };
    let name = if ready.embedded { args.target.clone() } else { ready.url.clone() };
    let subject = Subject {
        tracker: cleanup.tracker.clone(),
        progress,
        stop: cleanup.stop.clone(),
        ..Subject::new(ready.target.clone(), name, &ready.profile, ready.revision)
    };
    let record = run(subject, options).await;
    cleanup.end()?;
    Ok((record, ready.url))
}

/// Writes a replay file and a script for each finding.
fn keep_findings(record: &Record, dir: &Path, url: &str) -> anyhow::Result<()> {
    if record.findings.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    for finding in &record.findings {
        let replay = serde_json::to_string_pretty(&finding.replay)?;
        write(&dir.join(format!("{}.json", finding.code)), &(replay + "\n"))?;
        write(&dir.join(format!("{}.sh", finding.code)), &script(finding, url))?;
    }
    Ok(())
}

fn tell(record: &Record, args: &Args, url: &str) -> anyhow::Result<()> {
    let dir = args.findings.display().to_string();
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let width = terminal_width();
    let style = Style { color, width, verbose: args.verbose };
    let options = ReportOptions { replay_dir: &dir, endpoint: url, style };
    for report in &args.report {
        let text = render(report.format, record, &options)?;
        if report.path == Path::new("-") {
            print!("{text}");
        } else {
            write(&report.path, &text)?;
        }
    }
    if args.report.iter().any(|r| r.path == Path::new("-")) {
        return Ok(());
    }
    let text = render(Format::Terminal, record, &options)?;
    if args.quiet {
        println!("{}", text.trim_end().lines().last().unwrap_or_default());
    } else {
        print!("{text}");
    }
    Ok(())
}

fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.unwrap_or(100).clamp(60, 140)
}

pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}
