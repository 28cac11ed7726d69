//! The report that a person reads at a prompt.

mod finding;
mod page;

use super::text::{counted, plain};
use super::view;
use crate::record::{Finding, Outcome, ProbeNote, Record, Verdict};
use page::{Ink, Page};
use std::collections::HashSet;

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Whether to show every finding in full.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 100, verbose: false }
    }
}

/// With more failures than this, only the first of each rule stands in full.
const FULL: usize = 12;

/// Renders `record`; commands name files below `replay_dir`.
pub fn render(record: &Record, style: Style, replay_dir: &str) -> String {
    let mut page = Page::new(style);
    head(&mut page, record);
    failures(&mut page, record, style, replay_dir);
    warnings(&mut page, record, style, replay_dir);
    unstable(&mut page, record);
    declared(&mut page, record);
    gaps(&mut page, record);
    readings(&mut page, record);
    errors(&mut page, record);
    last_words(&mut page, record, replay_dir);
    page.finish()
}

/// One finding in full.
pub fn one(finding: &Finding, style: Style, replay_dir: &str) -> String {
    let mut page = Page::new(style);
    finding::full(&mut page, finding, if finding.fails { Ink::Bad } else { Ink::Warn }, replay_dir);
    page.finish()
}

fn head(page: &mut Page, record: &Record) {
    page.line(&[
        (Ink::Strong, &format!("ucks {}", record.suite)),
        (Ink::Dim, "  "),
        (Ink::Plain, &plain(&record.target)),
        (Ink::Dim, &format!("  revision {}, rule book {}, seed {}", record.revision, record.rule_book, record.seed)),
    ]);
    for ProbeNote { subject, note, .. } in record.probe.iter().filter(|p| !p.usable) {
        page.item(2, &[(Ink::Warn, "! "), (Ink::Strong, &plain(subject)), (Ink::Plain, ": ")], &plain(note));
    }
}

fn failures(page: &mut Page, record: &Record, style: Style, replay_dir: &str) {
    let many = view::failures(record).count() > FULL && !style.verbose;
    let mut told = HashSet::new();
    for (letter, findings) in view::by_group(view::failures(record)) {
        page.heading(
            Ink::Bad,
            &format!("{letter}  {}", view::group_title(letter)),
            &counted(findings.len(), "finding"),
        );
        for finding in findings {
            if told.insert(finding.rule.as_str()) || !many {
                page.gap();
                finding::full(page, finding, Ink::Bad, replay_dir);
            } else {
                finding::compact(page, finding, Ink::Bad);
            }
        }
    }
    if many && view::failures(record).count() > told.len() {
        page.gap();
        page.item(
            0,
            &[],
            "One finding of each rule stands in full. `--verbose` shows all of them so; `ucks replay` shows any one.",
        );
    }
}

fn warnings(page: &mut Page, record: &Record, style: Style, replay_dir: &str) {
    let found: Vec<&Finding> = view::warnings(record).collect();
    if found.is_empty() {
        return;
    }
    let meaning =
        if record.strict { "they fail this run, as `--strict` asks" } else { "they fail a run with `--strict`" };
    page.heading(Ink::Warn, "Warnings", meaning);
    for finding in found {
        if style.verbose {
            page.gap();
            finding::full(page, finding, Ink::Warn, replay_dir);
        } else {
            finding::compact(page, finding, Ink::Warn);
        }
    }
}

fn unstable(page: &mut Page, record: &Record) {
    if record.unstable.is_empty() {
        return;
    }
    page.heading(Ink::Warn, "Unstable", "seen once, and not again when replayed");
    for one in &record.unstable {
        page.item(2, &[(Ink::Warn, "~ "), (Ink::Strong, &one.rule), (Ink::Plain, "  ")], &plain(&one.sentence));
    }
}

fn declared(page: &mut Page, record: &Record) {
    let found: Vec<&Finding> = view::declared(record).collect();
    if found.is_empty() {
        return;
    }
    page.heading(Ink::Dim, "Declared deviations", &counted(found.len(), "finding"));
    for finding in found {
        finding::compact(page, finding, Ink::Dim);
        page.item(6, &[(Ink::Dim, "because ")], &plain(finding.deviation.as_deref().unwrap_or_default()));
    }
}

fn gaps(page: &mut Page, record: &Record) {
    let gaps = view::gaps(record);
    if gaps.is_empty() {
        return;
    }
    let rules: usize = gaps.iter().map(|(_, _, rows)| rows.len()).sum();
    page.heading(Ink::Dim, "Could not be judged", &counted(rules, "rule"));
    for (verdict, reason, rows) in gaps {
        let ink = if verdict == Verdict::Blocked { Ink::Warn } else { Ink::Dim };
        let word = format!("{} ", view::verdict_name(verdict));
        page.item(2, &[(ink, &word), (Ink::Strong, &view::ranges(record, &rows)), (Ink::Plain, ": ")], &plain(reason));
    }
}

/// Which of the declared errors came.
fn errors(page: &mut Page, record: &Record) {
    let missing: Vec<&str> = record.errors.iter().filter(|(_, n)| **n == 0).map(|(code, _)| code.as_str()).collect();
    let (all, seen) = (record.errors.len(), record.errors.len() - missing.len());
    if seen == 0 {
        return;
    }
    let told = if missing.is_empty() {
        format!("all {all} came")
    } else {
        format!("{seen} of {all} came, not {}", missing.join(", "))
    };
    page.gap();
    page.item(0, &[(Ink::Dim, "Errors that the operation declares: ")], &told);
}

fn readings(page: &mut Page, record: &Record) {
    if record.readings.is_empty() {
        return;
    }
    let told = |(rule, answers): (&String, &std::collections::BTreeMap<String, u64>)| {
        let answers: Vec<String> = answers.iter().map(|(a, n)| format!("{} ({n})", plain(a))).collect();
        format!("{rule} {}", answers.join(", "))
    };
    let all: Vec<String> = record.readings.iter().map(told).collect();
    page.gap();
    page.item(0, &[(Ink::Dim, "Open questions, as this target settles them: ")], &all.join("; "));
}

fn last_words(page: &mut Page, record: &Record, replay_dir: &str) {
    page.gap();
    for note in &record.notes {
        page.item(0, &[], &plain(note));
    }
    if record.notes.is_empty() && record.outcome == Outcome::CouldNotTest {
        page.item(0, &[], "Nothing could be judged.");
    }
    if view::failures(record).next().is_some() {
        let files = format!("Replay files and scripts are in {}.", replay_dir.trim_end_matches('/'));
        page.item(0, &[], &files);
    }
    if !record.notes.is_empty() || view::failures(record).next().is_some() {
        page.gap();
    }
    let ink = match record.outcome {
        Outcome::Passed => Ink::Good,
        Outcome::Failed => Ink::Bad,
        Outcome::CouldNotTest => Ink::Warn,
    };
    page.unbroken(&[
        (ink, view::outcome_word(record.outcome)),
        (Ink::Plain, " — "),
        (Ink::Plain, &view::numbers(record)),
    ]);
}
