//! `ucks report`: reports of a run that is over, and what changed since an earlier one.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::console::{out, outln};
use super::files::Output;
use super::outputs::{ReportOutput, style};
use crate::record::{Finding, Record, Verdict};
use crate::replay::FormatVersion;
use crate::report::{Format, Options, REPLAY_DIR, plain, render, summary_line};

/// A larger file is not a record.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Which run, and what to show of it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run's record, which `ucks run --report json=FILE` wrote.
    record: PathBuf,
    /// An earlier run's record: show which findings are new, fixed and unchanged.
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// Write a report: json, junit, markdown, github, html or terminal; `-` for standard output.
    #[arg(long, value_name = "FORMAT=FILE", conflicts_with = "against")]
    report: Vec<ReportOutput>,
    /// Show every finding.
    #[arg(long)]
    verbose: bool,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let record = read(&args.record)?;
    if let Some(old) = &args.against {
        let old = read(old)?;
        let changes = Changes::between(&old, &record);
        out!("{}", changes.text(&old, &record, args.verbose));
        return Ok(u8::from(!changes.new.is_empty()));
    }
    let options = Options { replay_dir: REPLAY_DIR, style: style(args.verbose), ..Options::default() };
    let open = |report: &ReportOutput| (!report.is_stdout()).then(|| Output::open(&report.path)).transpose();
    let files = args.report.iter().map(open).collect::<anyhow::Result<Vec<_>>>()?;
    for (report, file) in args.report.iter().zip(files) {
        let text = render(report.format, &record, &options)?;
        match file {
            Some(file) => file.write(&text)?,
            None => out!("{text}"),
        }
    }
    if args.report.is_empty() {
        out!("{}", render(Format::Terminal, &record, &options)?);
    } else if !args.report.iter().any(ReportOutput::is_stdout) {
        outln!("{}", summary_line(&record));
    }
    Ok(0)
}

pub(super) fn read(path: &Path) -> anyhow::Result<Record> {
    let cannot = || format!("cannot read `{}`", path.display());
    let mut text = String::new();
    std::fs::File::open(path).with_context(cannot)?.take(LARGEST + 1).read_to_string(&mut text).with_context(cannot)?;
    ensure!(text.len() as u64 <= LARGEST, "`{}` is larger than {LARGEST} bytes", path.display());
    let what = || format!("`{}` is not a record that `ucks run --report json=FILE` wrote", path.display());
    let (form, known): (FormatVersion, _) = (serde_json::from_str(&text).with_context(what)?, crate::record::FORMAT);
    ensure!(
        form.format == known,
        "`{}` has format {}, and this program reads format {known}: run `ucks run` again, which writes a new one",
        path.display(),
        form.format
    );
    let mut record: Record = serde_json::from_str(&text).with_context(what)?;
    if record.causes.is_empty() {
        // A record of an earlier version has none.
        record.diagnose();
    }
    Ok(record)
}

/// The changes from one run to another.
struct Changes<'a> {
    /// Findings of the later run alone.
    new: Vec<&'a Finding>,
    /// Findings of the earlier run whose rule the later one judged.
    fixed: Vec<&'a Finding>,
    /// Findings of the earlier run whose rule the later one did not judge.
    unchecked: Vec<&'a Finding>,
    /// Findings of both.
    unchanged: Vec<&'a Finding>,
}

impl<'a> Changes<'a> {
    fn between(old: &'a Record, now: &'a Record) -> Changes<'a> {
        let has = |record: &Record, finding: &Finding| record.findings.iter().any(|f| f.code == finding.code);
        let judged = |finding: &Finding| {
            let row = now.rules.iter().find(|r| r.id == finding.rule);
            row.is_some_and(|r| !matches!(r.verdict, Verdict::Blocked | Verdict::NotCovered))
        };
        let (unchanged, new) = now.findings.iter().partition(|f| has(old, f));
        let gone = old.findings.iter().filter(|f| !has(now, f));
        let (fixed, unchecked) = gone.partition(|f| judged(f) && !now.could_not_test);
        Changes { new, fixed, unchecked, unchanged }
    }

    fn text(&self, old: &Record, now: &Record, verbose: bool) -> String {
        let mut text = String::new();
        if old.revision != now.revision {
            text += &format!("note: the runs judge revisions {} and {}\n", plain(&old.revision), plain(&now.revision));
        }
        for (title, findings, shown) in [
            ("new", &self.new, true),
            ("fixed", &self.fixed, true),
            ("not judged this time", &self.unchecked, true),
            ("unchanged", &self.unchanged, verbose),
        ] {
            if findings.is_empty() || !shown {
                continue;
            }
            text += &format!("{title}\n");
            for finding in findings {
                text += &format!("  {}  {}\n", plain(&finding.code), plain(&finding.sentence));
            }
            text.push('\n');
        }
        let counts = [
            (self.new.len(), "new"),
            (self.fixed.len(), "fixed"),
            (self.unchecked.len(), "not judged this time"),
            (self.unchanged.len(), "unchanged"),
        ];
        let counts: Vec<String> = counts.iter().map(|(n, what)| format!("{n} {what}")).collect();
        text + &format!("{}: {}\n", plain(&now.target), counts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_judged_is_not_called_fixed() {
        let record = run("embedded:names-not-unique");
        let mut later = record.clone();
        later.findings.clear();
        assert_eq!(Changes::between(&record, &later).fixed.len(), record.findings.len());
        let row = later.rules.iter_mut().find(|r| r.id == record.findings[0].rule).unwrap();
        row.verdict = Verdict::NotCovered;
        let changes = Changes::between(&record, &later);
        assert!(!changes.unchecked.is_empty());
        assert_eq!(Changes::between(&later, &record).new.len(), record.findings.len());
        assert_eq!(Changes::between(&record, &record).unchanged.len(), record.findings.len());
    }

    /// A record with a finding, without a run: a row and a finding of one rule are enough.
    fn run(target: &str) -> Record {
        let text = r#"{
            "format": 1, "suite": "", "rule_book": "", "target": "", "revision": "2026-04-27", "policy": "any",
            "strict": false, "seed": 1, "lanes": 1, "elapsed_ms": 0, "requests": 0, "sequences": 0, "probe": [],
            "rules": [{ "id": "U-01", "group": "U", "force": "must", "basis": "DOC", "asks": "", "verdict": "fail",
                "judged": 1, "reason": null, "findings": ["U-01-00001"] }],
            "findings": [{ "code": "U-01-00001", "rule": "U-01", "fails": true, "operation": "UpdateCustomKeyStore",
                "store_type": null, "state": null, "member": null, "aspect": "", "expected": "success",
                "got": "success", "count": 1, "sentence": "", "steps": [], "exchanges": [], "found_after": 0,
                "steps_before": 0, "shrink_requests": 0, "deviation": null,
                "replay": { "format": 2, "target": "", "revision": "", "policy": "", "profile": null, "operations": [],
                    "finding": { "rule": "U-01", "fails": true, "operation": "UpdateCustomKeyStore",
                        "store_type": null, "state": null, "member": null, "aspect": "", "expected": "success",
                        "got": "success" } } }],
            "unstable": [], "cells": [], "order": [], "readings": {}, "repeats": {}, "outcome": "failed", "notes": []
        }"#;
        Record { target: target.to_owned(), ..serde_json::from_str(text).unwrap() }
    }
}
