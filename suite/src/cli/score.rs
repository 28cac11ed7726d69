//! `ucks score`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;

use super::console::{errln, out};
use crate::score::generated::{self, GeneratedOptions, score_generated};
use crate::score::tolerance::{self, tolerance};
use crate::score::{ScoreOptions, markdown, score, text};

/// The arguments of `ucks score`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Runs of each defect, with the seeds 1 to N.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u64,
    /// Only these defects: names or globs, separated by commas.
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    defects: Vec<String>,
    /// Run the edits that are enumerated from the emulator's tables, in place of the defects; --defects then names
    /// edits or their families.
    #[arg(long, conflicts_with_all = ["seeds", "strict", "random_only", "readings"])]
    generated: bool,
    /// Run only N edits, drawn by --seed.
    #[arg(long, value_name = "N", requires = "generated")]
    sample: Option<usize>,
    /// The seed of the sample and of the runs of edits.
    #[arg(long, value_name = "SEED", requires = "generated", default_value_t = 1)]
    seed: u64,
    /// Random sequences after the cases, for each edit.
    #[arg(long, value_name = "N", requires = "generated", default_value_t = 100)]
    sequences: u64,
    /// Run each edit to its end, and write what it shows as the table of consequences by which causes are recognised.
    #[arg(long, value_name = "FILE", requires = "generated",
        conflicts_with_all = ["report", "sample", "defects"])]
    write_causes: Option<PathBuf>,
    /// Runs side by side.
    #[arg(long, value_name = "J", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Run the cases on N readings of the emulator, and print how many of them gave each answer that a rule admits
    /// beside others.
    #[arg(long, value_name = "N",
        conflicts_with_all = ["generated", "seeds", "strict", "random_only", "readings", "defects"],
        value_parser = clap::value_parser!(u64).range(1..=10_000))]
    tolerance: Option<u64>,
    /// Let defects of force should count too.
    #[arg(long)]
    strict: bool,
    /// Random sequences alone, up to 20,000 requests a run.
    #[arg(long)]
    random_only: bool,
    /// Run the clean emulator with N readings of its open questions.
    #[arg(long, value_name = "N", default_value_t = 0)]
    readings: u64,
    /// Write a report: text, json or markdown; `-` for standard output.
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportArgs>,
}

#[derive(Clone, Debug)]
struct ReportArgs {
    format: Format,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl FromStr for ReportArgs {
    type Err = String;

    fn from_str(given: &str) -> Result<ReportArgs, String> {
        let (format, path) = given.split_once('=').unwrap_or((given, "-"));
        let format = match format {
            "text" => Format::Text,
            "json" => Format::Json,
            "markdown" => Format::Markdown,
            other => return Err(format!("`{other}` is not a form of a score; write text, json or markdown")),
        };
        Ok(ReportArgs { format, path: PathBuf::from(path) })
    }
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let shown = std::io::stderr().is_terminal();
    let progress = |done: usize, all: usize| {
        if shown {
            let _ = write!(std::io::stderr(), "\r{done} of {all} runs ");
        }
    };
    if let Some(readings) = args.tolerance {
        of_tolerance(&args, readings, &progress)?;
        return Ok(0);
    }
    let well = if args.generated { of_edits(&args, &progress)? } else { of_defects(&args, &progress)? };
    Ok(u8::from(!well))
}

/// Counts the admitted answers that readings of the emulator gave.
fn of_tolerance(args: &Args, readings: u64, progress: &dyn Fn(usize, usize)) -> anyhow::Result<()> {
    let counted = |done, all| progress(usize::try_from(done).unwrap_or(0), usize::try_from(all).unwrap_or(0));
    let tolerance = tolerance(readings, &counted);
    write_reports(&args.report, |format| match format {
        Format::Text => Ok(tolerance::text(&tolerance)),
        Format::Json => {
            Ok(serde_json::to_string_pretty(&tolerance).context("cannot write the tolerance as JSON")? + "\n")
        }
        Format::Markdown => anyhow::bail!("the tolerance is reported as text or json"),
    })
}

/// Scores the edits; whether all were found.
fn of_edits(args: &Args, progress: &(dyn Fn(usize, usize) + Sync)) -> anyhow::Result<bool> {
    let options = GeneratedOptions {
        names: args.defects.clone(),
        sample: args.sample,
        seed: args.seed,
        sequences: args.sequences,
        jobs: usize::from(args.jobs),
    };
    if let Some(path) = &args.write_causes {
        return write_causes(&options, path, progress);
    }
    let score = score_generated(&options, progress);
    anyhow::ensure!(!score.runs.is_empty(), "no edit or family has such a name; `ucks score --generated` prints them");
    write_reports(&args.report, |format| match format {
        Format::Text => Ok(generated::text(&score)),
        Format::Json => Ok(serde_json::to_string_pretty(&score).context("cannot write the score as JSON")? + "\n"),
        Format::Markdown => anyhow::bail!("edits are reported as text or json"),
    })?;
    Ok(score.survivors().next().is_none())
}

/// Writes the whole table of consequences; prints how many edits are explained by their own habit.
fn write_causes(
    options: &GeneratedOptions,
    path: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<bool> {
    let measured = generated::measure_causes(options, progress);
    if std::io::stderr().is_terminal() {
        errln!("");
    }
    super::outputs::write(path, &generated::consequences(&measured))?;
    out!("{}", generated::summary(&measured));
    Ok(true)
}

/// Scores the hand-written defects; whether all went as it should.
fn of_defects(args: &Args, progress: &(dyn Fn(usize, usize) + Sync)) -> anyhow::Result<bool> {
    let asked = ScoreOptions {
        seeds: args.seeds,
        defects: args.defects.clone(),
        jobs: usize::from(args.jobs),
        strict: args.strict,
        random_only: args.random_only,
        readings: args.readings,
    };
    let score = score(&asked, progress);
    anyhow::ensure!(
        !score.defects.is_empty() || args.readings > 0,
        "no defect has such a name; `ucks emulator --list-defects` lists them"
    );
    write_reports(&args.report, |format| match format {
        Format::Text => Ok(text(&score)),
        Format::Json => Ok(serde_json::to_string_pretty(&score).context("the score cannot be written as JSON")? + "\n"),
        Format::Markdown => Ok(markdown(&score)),
    })?;
    Ok(score.is_well())
}

/// Writes each report; the text goes to standard output where no other report does.
fn write_reports(reports: &[ReportArgs], render: impl Fn(Format) -> anyhow::Result<String>) -> anyhow::Result<()> {
    if std::io::stderr().is_terminal() {
        errln!("");
    }
    for report in reports {
        let rendered = render(report.format)?;
        if report.path.as_os_str() == "-" {
            out!("{rendered}");
        } else {
            super::outputs::write(&report.path, &rendered)?;
        }
    }
    if reports.iter().all(|report| report.path.as_os_str() != "-") {
        out!("{}", render(Format::Text)?);
    }
    Ok(())
}
