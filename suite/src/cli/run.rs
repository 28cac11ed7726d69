//! `ucks run`.

use super::access::Access;
use super::cleanup::CleanupGuard;
use super::console::{errln, out, outln};
use super::files::{Output, check_folder};
use super::progress::Bar;
use super::target::{EMBEDDED, Ready, Wishes, ready};
use crate::deviations::{self, Date, Deviations};
use crate::ledger::{self, Leftover, now};
use crate::record::Record;
use crate::replay::Replay;
use crate::report::{Format, Options as ReportOptions, render, terminal::Style};
use crate::run::{Options, Progress, Silent, Subject, run};
use crate::script::script;
use crate::selection::{self, selects};
use anyhow::{Context, bail};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use ucks_oracle::judge::Policy;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

/// What to run, against what, and how to tell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT` or `https://HOST:PORT` [default: embedded, where a person reads
    /// the report].
    target: Option<String>,
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
    /// Known deviations: tolerated, but the run fails once one disappears (TOML).
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Write what fails as declared deviations. Entries that the file has already are kept.
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
    #[command(flatten)]
    access: Access,
}

/// How long a run may take at the most, where the user does not say; the time for random sequences is added.
const MAX_TIME: Duration = Duration::from_secs(600);

/// A report to write.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// Its form.
    pub(super) format: Format,
    /// Where to, or `-`.
    pub(super) path: PathBuf,
}

impl Report {
    /// Whether it goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }
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
    let target = named(args.target.as_deref(), asked_by(&args))?;
    let deviations = match &args.deviations {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            Some(Deviations::parse(&text).with_context(|| format!("`{}` is no file of deviations", path.display()))?)
        }
        None => None,
    };
    let selected = args.only.iter().chain(&args.require).map(String::as_str);
    selection::check(selected, None).context("--only or --require")?;
    let files = Files::open(&args)?;
    let runtime = super::runtime()?;
    let (mut record, url) = runtime.block_on(go(&args, &target))?;
    runtime.shutdown_timeout(Duration::from_millis(200));
    let Files { reports, list } = files;
    if let Some((former, file)) = list {
        file.write(&deviations::merged(Some(&former), &record, Date::today())?)?;
    }
    if let Some(deviations) = deviations {
        deviations.apply(&mut record, Date::today());
    }
    keep_findings(&record, &args.findings, &url)?;
    report(&record, &args, &url, reports)?;
    Ok(record.outcome.exit_code())
}

/// The option by which a script asks for a verdict.
fn asked_by(args: &Args) -> Option<&'static str> {
    let options = [
        ("--quiet", args.quiet),
        ("--report", !args.report.is_empty()),
        ("--deviations", args.deviations.is_some()),
        ("--write-deviations", args.write_deviations.is_some()),
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

/// The files that the run writes at its end.
struct Files {
    /// One for each report that does not go to standard output.
    reports: Vec<Option<Output>>,
    /// The list of deviations, and its text so far.
    list: Option<(String, Output)>,
}

impl Files {
    /// Opens all of them, so that no run ends with an error that could be seen before.
    fn open(args: &Args) -> anyhow::Result<Files> {
        let stdout = args.report.iter().filter(|r| r.is_stdout()).count();
        if stdout > 1 {
            bail!("{stdout} reports would be mixed on standard output; write all but one of them to files");
        }
        for (at, report) in args.report.iter().enumerate().filter(|(_, r)| !r.is_stdout()) {
            if args.report[..at].iter().any(|r| r.path == report.path) {
                bail!("two reports would be written to `{}`", report.path.display());
            }
        }
        check_folder(&args.findings)?;
        let list = match &args.write_deviations {
            Some(path) => {
                let former = if path.is_file() {
                    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?
                } else {
                    String::new()
                };
                Deviations::parse(&former)
                    .with_context(|| format!("`{}` is no file of deviations, and is kept", path.display()))?;
                Some((former, Output::open(path)?))
            }
            None => None,
        };
        let open = |report: &Report| (!report.is_stdout()).then(|| Output::open(&report.path)).transpose();
        Ok(Files { reports: args.report.iter().map(open).collect::<anyhow::Result<_>>()?, list })
    }
}

async fn go(args: &Args, target: &str) -> anyhow::Result<(Record, String)> {
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
    record.notes.extend(leftovers.iter().map(said_of));
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
fn leftovers(ready: &Ready) -> Vec<Leftover> {
    if ready.embedded {
        return Vec::new();
    }
    let found = ledger::leftovers(Some(&ready.url));
    found.iter().for_each(|left| errln!("ucks: {}", said_of(left)));
    found
}

fn said_of(left: &Leftover) -> String {
    let count = match left.remaining.len() {
        1 => "1 store of an earlier run was".to_owned(),
        n => format!("{n} stores of an earlier run were"),
    };
    format!("{count} not removed; remove with: ucks clean {}", left.path.display())
}

/// Writes a replay file and a script for each finding.
fn keep_findings(record: &Record, dir: &Path, url: &str) -> anyhow::Result<()> {
    if record.findings.is_empty() && record.unstable.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    for finding in &record.findings {
        write(&dir.join(format!("{}.json", finding.code)), &replay_text(&finding.replay)?)?;
        write(&dir.join(format!("{}.sh", finding.code)), &script(finding, url))?;
    }
    for replay in record.unstable.iter().filter_map(|one| one.replay.as_ref()) {
        let text = serde_json::to_string_pretty(replay)?;
        write(&dir.join(format!("unstable-{}.json", replay.finding.code())), &(text + "\n"))?;
    }
    Ok(())
}

/// The text of a replay file.
pub(super) fn replay_text(replay: &Replay) -> anyhow::Result<String> {
    /// What a reader, or a scan for secrets, has to know of the file.
    const NOTE: &str = "passwords and secrets in this file were generated for the test and open nothing";
    #[derive(serde::Serialize)]
    struct File<'a> {
        note: &'static str,
        #[serde(flatten)]
        replay: &'a Replay,
    }
    Ok(serde_json::to_string_pretty(&File { note: NOTE, replay })? + "\n")
}

fn report(record: &Record, args: &Args, url: &str, files: Vec<Option<Output>>) -> anyhow::Result<()> {
    let dir = args.findings.display().to_string();
    let options = ReportOptions { replay_dir: &dir, endpoint: url, style: style(args.verbose) };
    for (report, file) in args.report.iter().zip(files) {
        let text = render(report.format, record, &options)?;
        match file {
            Some(file) => file.write(&text)?,
            None => out!("{text}"),
        }
    }
    if args.report.iter().any(Report::is_stdout) {
        return Ok(());
    }
    let text = render(Format::Terminal, record, &options)?;
    if args.quiet {
        outln!("{}", text.trim_end().lines().last().unwrap_or_default());
    } else {
        out!("{text}");
    }
    Ok(())
}

/// How a report on standard output looks: in colours on a terminal, unless NO_COLOR is set to anything.
pub(super) fn style(verbose: bool) -> Style {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    Style { color, width: terminal_width(), verbose }
}

/// Columns of the terminal, or of COLUMNS where that is set.
fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let columns = columns.or_else(|| Some(usize::from(terminal_size::terminal_size_of(std::io::stdout())?.0.0)));
    columns.unwrap_or(100).clamp(40, 200)
}

/// Writes a file below a folder that may have to be created.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}
