//! `ucks score`.

use super::console::{errln, out};
use crate::score::{ScoreOptions, markdown, score, text};
use anyhow::Context;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::str::FromStr;

/// Which defects, how often, and how to tell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Runs of each defect, with the seeds 1 to N.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u64,
    /// Only these defects: names or globs, separated by commas.
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    defects: Vec<String>,
    /// Runs side by side.
    #[arg(long, value_name = "J", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Let defects of force should count too.
    #[arg(long)]
    strict: bool,
    /// Random sequences alone, up to 20,000 requests a run.
    #[arg(long)]
    random_only: bool,
    /// Run the clean emulator with so many settlements of its open questions.
    #[arg(long, value_name = "N", default_value_t = 0)]
    readings: u64,
    /// Write a report: text, json or markdown; `-` for standard output.
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<Report>,
}

#[derive(Clone, Debug)]
struct Report {
    format: Format,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl FromStr for Report {
    type Err = String;

    fn from_str(given: &str) -> Result<Report, String> {
        let (format, path) = given.split_once('=').unwrap_or((given, "-"));
        let format = match format {
            "text" => Format::Text,
            "json" => Format::Json,
            "markdown" => Format::Markdown,
            other => return Err(format!("`{other}` is no form of a score; write text, json or markdown")),
        };
        Ok(Report { format, path: PathBuf::from(path) })
    }
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let asked = ScoreOptions {
        seeds: args.seeds,
        defects: args.defects,
        jobs: usize::from(args.jobs),
        strict: args.strict,
        random_only: args.random_only,
        readings: args.readings,
    };
    let shown = std::io::stderr().is_terminal();
    let told = |done: usize, all: usize| {
        if shown {
            let _ = write!(std::io::stderr(), "\r{done} of {all} runs ");
        }
    };
    let score = score(&asked, &told);
    if shown {
        errln!("");
    }
    anyhow::ensure!(
        !score.defects.is_empty() || args.readings > 0,
        "no defect has such a name; `ucks emulator --list-defects` names them"
    );
    let mut printed = false;
    for report in &args.report {
        let rendered = match report.format {
            Format::Text => text(&score),
            Format::Json => serde_json::to_string_pretty(&score).context("the score is no JSON")? + "\n",
            Format::Markdown => markdown(&score),
        };
        if report.path.as_os_str() == "-" {
            printed = true;
            out!("{rendered}");
        } else {
            super::run::write(&report.path, &rendered)?;
        }
    }
    if !printed {
        out!("{}", text(&score));
    }
    Ok(u8::from(!score.is_well()))
}
