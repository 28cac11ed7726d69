//! The files that a run writes at its end: reports, replay files, deviations.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};

use super::console::{out, outln};
use super::files::{Output, check_folder};
use crate::deviations::{self, Date, Deviations};
use crate::error_order;
use crate::record::Record;
use crate::replay::Replay;
use crate::report::{ENDPOINT, Format, Options as ReportOptions, closing_line, render, terminal::Style};
use crate::script::script;

/// The files to write, and the findings to tolerate.
#[derive(Debug, clap::Args)]
pub(super) struct Outputs {
    /// Known deviations: tolerated, but the run fails once one disappears (TOML).
    #[arg(long, value_name = "FILE")]
    pub(super) deviations: Option<PathBuf>,
    /// Write what fails as declared deviations. Entries that the file has already are kept.
    #[arg(long, value_name = "FILE")]
    pub(super) write_deviations: Option<PathBuf>,
    /// Write which of two errors was returned, by type and state of the store; --policy learned=FILE holds a later version
    /// of the target to it.
    #[arg(long, value_name = "FILE")]
    pub(super) write_order: Option<PathBuf>,
    /// Write a report: json, junit, markdown, github, html or terminal; `-` for standard output.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) report: Vec<ReportOutput>,
    /// Where to write replay files and scripts of findings.
    #[arg(long, value_name = "DIR", default_value = ".ucks/findings")]
    pub(super) findings: PathBuf,
    /// Show every finding in full.
    #[arg(long)]
    pub(super) verbose: bool,
    /// Print only the last line.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl Outputs {
    /// Applies the declared deviations, writes all files and the report, and returns the exit code.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub(super) fn finish(&self, mut record: Record, url: &str, files: OutputFiles) -> anyhow::Result<u8> {
        let OutputFiles { reports, list, order, deviations } = files;
        // A file that cannot be written must not lose what the run found: the verdict is printed all the same.
        let listed = match list {
            Some((former, file)) => deviations::merged(Some(&former), &record, Date::today())
                .map_err(anyhow::Error::from)
                .and_then(|text| file.write(&text)),
            None => Ok(()),
        };
        let ordered = order.map_or(Ok(()), |file| file.write(&error_order::written(&record)));
        if let Some(deviations) = deviations {
            deviations.apply(&mut record, Date::today());
        }
        // A program has no address that a script could send to.
        let url = if url.starts_with("http") { url } else { ENDPOINT };
        let kept = keep_findings(&record, &self.findings, url);
        report(&record, self, url, reports)?;
        listed.and(ordered).and(kept)?;
        Ok(record.outcome.exit_code())
    }
}

/// A report to write.
#[derive(Clone, Debug)]
pub(super) struct ReportOutput {
    /// Its form.
    pub(super) format: Format,
    /// Where to, or `-`.
    pub(super) path: PathBuf,
}

impl ReportOutput {
    /// Returns true if it goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }
}

impl FromStr for ReportOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<ReportOutput, String> {
        let (format, path) =
            text.split_once('=').ok_or_else(|| format!("`{text}` is not a report; write FORMAT=FILE"))?;
        Ok(ReportOutput { format: format.parse::<Format>().map_err(|e| e.to_string())?, path: PathBuf::from(path) })
    }
}

/// The files that the run writes at its end.
pub(super) struct OutputFiles {
    /// One for each report that does not go to standard output.
    reports: Vec<Option<Output>>,
    /// The list of deviations, and its text so far.
    list: Option<(String, Output)>,
    /// The order of the errors.
    order: Option<Output>,
    /// The declared deviations.
    deviations: Option<Deviations>,
}

impl OutputFiles {
    /// Opens all of them, so that no run ends with an error that could be seen before.
    pub(super) fn open(args: &Outputs) -> anyhow::Result<OutputFiles> {
        let stdout = args.report.iter().filter(|r| r.is_stdout()).count();
        if stdout > 1 {
            bail!("{stdout} reports would be mixed on standard output; write all but one of them to files");
        }
        for (at, report) in args.report.iter().enumerate().filter(|(_, r)| !r.is_stdout()) {
            if args.report[..at].iter().any(|r| plain_path(&r.path).eq(plain_path(&report.path))) {
                bail!("two reports would be written to `{}`", report.path.display());
            }
        }
        check_folder(&args.findings)?;
        let deviations = match &args.deviations {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
                let parsed = Deviations::parse(&text);
                Some(parsed.with_context(|| format!("`{}` is not a list of deviations", path.display()))?)
            }
            None => None,
        };
        let list = match &args.write_deviations {
            Some(path) => {
                let former = if path.is_file() {
                    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?
                } else {
                    String::new()
                };
                Deviations::parse(&former)
                    .with_context(|| format!("`{}` is not a list of deviations, and is kept", path.display()))?;
                Some((former, Output::open(path)?))
            }
            None => None,
        };
        let open = |report: &ReportOutput| (!report.is_stdout()).then(|| Output::open(&report.path)).transpose();
        let order = args.write_order.as_deref().map(Output::open).transpose()?;
        let reports = args.report.iter().map(open).collect::<anyhow::Result<_>>()?;
        Ok(OutputFiles { reports, list, order, deviations })
    }
}

/// The parts of a path without those that mean nothing: `./a` is `a`.
fn plain_path(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components().filter(|part| *part != Component::CurDir)
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
    /// A note for readers, and for people who scan files for secrets.
    const NOTE: &str = "passwords and secrets in this file were generated for the test and open nothing";
    #[derive(serde::Serialize)]
    struct NotedFile<'a> {
        note: &'static str,
        #[serde(flatten)]
        replay: &'a Replay,
    }
    Ok(serde_json::to_string_pretty(&NotedFile { note: NOTE, replay })? + "\n")
}

fn report(record: &Record, args: &Outputs, url: &str, files: Vec<Option<Output>>) -> anyhow::Result<()> {
    let dir = args.findings.display().to_string();
    let options = ReportOptions { replay_dir: &dir, endpoint: url, style: style(args.verbose) };
    let mut written = Ok(());
    for (report, file) in args.report.iter().zip(files) {
        let text = render(report.format, record, &options)?;
        match file {
            Some(file) => written = written.and(file.write(&text)),
            None => out!("{text}"),
        }
    }
    if args.report.iter().any(ReportOutput::is_stdout) {
        return written;
    }
    if args.quiet {
        outln!("{}", closing_line(record, options.style));
    } else {
        out!("{}", render(Format::Terminal, record, &options)?);
    }
    written
}

/// The style of a report on standard output: in colours on a terminal, unless NO_COLOR is set to anything.
pub(super) fn style(verbose: bool) -> Style {
    let color = colored(std::io::stdout().is_terminal(), std::env::var_os("NO_COLOR").as_deref());
    Style { color, width: terminal_width(), verbose }
}

fn colored(terminal: bool, no_color: Option<&OsStr>) -> bool {
    terminal && no_color.is_none_or(OsStr::is_empty)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_need_a_terminal_and_an_empty_no_color() {
        let no_color = |value: &str| colored(true, Some(OsStr::new(value)));
        assert!(colored(true, None) && no_color(""));
        assert!(!no_color("1") && !no_color("0") && !colored(false, None));
    }
}
