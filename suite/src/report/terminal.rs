//! The report that a person reads at a prompt.

mod finding;
mod page;

use self::page::{Ink, TerminalPage};
use super::text::{counted, plain};
use super::view;
use crate::record::{Finding, ProbeNote, Record, RunOutcome, Verdict};

/// The style of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// True if to use colours.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// True if to show every finding in full.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 100, verbose: false }
    }
}

/// The number of findings that a short report shows in full.
const FULL: usize = 3;
/// The number of further findings that it names, each on a line of its own.
const LINES: usize = 40;
/// The number of causes that it names.
const CAUSES: usize = 15;
/// The number of reasons that it gives for rules that were not judged.
const REASONS: usize = 4;

/// Renders `record`; commands name files below `replay_dir`.
pub fn render(record: &Record, style: Style, replay_dir: &str) -> String {
    let mut page = TerminalPage::new(style);
    head(&mut page, record);
    causes(&mut page, record, style);
    failures(&mut page, record, style, replay_dir);
    warnings(&mut page, record, style, replay_dir);
    unstable(&mut page, record, replay_dir);
    declared(&mut page, record);
    table(&mut page, record, style);
    gaps(&mut page, record, style);
    if style.verbose {
        readings(&mut page, record);
        errors(&mut page, record);
    }
    unseen(&mut page, record, style);
    end(&mut page, record, replay_dir);
    page.finish()
}

/// Renders the last line of `record` alone: the outcome and its numbers.
pub fn closing_line(record: &Record, style: Style) -> String {
    let mut page = TerminalPage::new(style);
    outcome(&mut page, record);
    page.finish()
}

/// One finding in full.
pub fn one(finding: &Finding, style: Style, replay_dir: &str) -> String {
    let mut page = TerminalPage::new(style);
    finding::full(&mut page, finding, if finding.fails { Ink::Bad } else { Ink::Warn }, replay_dir);
    page.finish()
}

fn head(page: &mut TerminalPage, record: &Record) {
    page.unbroken(&[
        (ink(record.outcome), view::outcome_word(record.outcome)),
        (Ink::Plain, "  "),
        (Ink::Strong, &plain(&record.target)),
    ]);
    let Record { suite, revision, rule_book, seed, .. } = record;
    let settings = format!("ucks {suite}, revision {revision}, rule book {rule_book}, seed {seed}");
    page.item_in(Ink::Dim, 0, &[], &settings);
    for ProbeNote { subject, note, .. } in record.probe.iter().filter(|p| !p.usable) {
        page.item(2, &[(Ink::Warn, "! "), (Ink::Strong, &plain(subject)), (Ink::Plain, ": ")], &plain(note));
    }
}

/// The causes of the findings, worst first.
fn causes(page: &mut TerminalPage, record: &Record, style: Style) {
    if record.causes.is_empty() {
        return;
    }
    page.heading(Ink::Bad, "Causes", "what explains the findings, worst first");
    let most = if style.verbose { usize::MAX } else { CAUSES };
    for cause in record.causes.iter().take(most) {
        let findings = counted(cause.findings.len(), "finding");
        page.item(2, &[(Ink::Bad, "- ")], &format!("{}: {findings}, first {}", plain(&cause.sentence), cause.first));
        if style.verbose {
            page.item(6, &[(Ink::Dim, "fix: ")], &cause.fix);
        }
    }
    if let Some(more) = record.causes.len().checked_sub(most).filter(|more| *more > 0) {
        page.item(2, &[], &format!("and {}; --verbose shows all", counted(more, "other cause")));
    }
    if let Some(rest) = view::without_cause(record) {
        page.item(2, &[(Ink::Dim, "- ")], &rest);
    }
}

/// Findings in order of weight: a few in full, the others on a line each, and one line for those of the same rule.
fn failures(page: &mut TerminalPage, record: &Record, style: Style, replay_dir: &str) {
    let mut findings: Vec<&Finding> = view::failures(record).collect();
    if findings.is_empty() {
        return;
    }
    findings.sort_by_key(|f| view::weight(f));
    page.heading(Ink::Bad, "Findings", &counted(findings.len(), "finding"));
    let full = if style.verbose { findings.len() } else { FULL };
    let mut shown: Vec<&str> = Vec::new();
    let mut others: Vec<(&Finding, usize)> = Vec::new();
    for finding in findings {
        let same = others.iter_mut().find(|(other, _)| other.rule == finding.rule);
        match same {
            _ if shown.len() < full && !shown.contains(&finding.rule.as_str()) || style.verbose => {
                shown.push(finding.rule.as_str());
                page.gap();
                finding::full(page, finding, Ink::Bad, replay_dir);
            }
            Some((_, more)) => *more += 1,
            None => others.push((finding, 0)),
        }
    }
    if others.is_empty() {
        return;
    }
    page.gap();
    for (finding, more) in others.iter().take(LINES) {
        finding::compact(page, finding, Ink::Bad);
        if *more > 0 {
            page.item(6, &[], &format!("and {more} more of {}", finding.rule));
        }
    }
    if others.len() > LINES {
        page.item(2, &[], &format!("and findings of {}", counted(others.len() - LINES, "other rule")));
    }
    page.gap();
    page.item(0, &[], "--verbose shows all findings in full; `ucks explain CODE` shows one.");
}

/// Fewest answers to random requests after which the estimate is printed without `--verbose`: those of a run with `--time`.
const MANY: u64 = 20_000;

/// What further random sequences would show.
fn unseen(page: &mut TerminalPage, record: &Record, style: Style) {
    let Some(estimate) = record.unseen.filter(|unseen| style.verbose || unseen.answers >= MANY) else { return };
    page.gap();
    page.item(0, &[], &view::unseen(&estimate));
}

/// Rules by group, in numbers.
fn table(page: &mut TerminalPage, record: &Record, style: Style) {
    let rows = view::groups(record);
    if rows.len() < 2 || rows.iter().all(|r| r.judged == 0) {
        return;
    }
    page.heading(Ink::Dim, "Summary", "rules judged, failed, with warnings");
    for row in rows.iter().filter(|r| style.verbose || r.judged > 0) {
        let title = format!("{}  {}", row.letter, row.title);
        let numbers = format!("{:>4} of {:<3}", row.judged, row.rules);
        let some = |n: usize| if n == 0 { "-".to_owned() } else { n.to_string() };
        let ink = match (row.failed, row.warned) {
            (0, 0) => Ink::Plain,
            (0, _) => Ink::Warn,
            _ => Ink::Bad,
        };
        let room = page.width.saturating_sub(24).min(48);
        let title = super::text::cut(&title, room);
        page.unbroken(&[
            (Ink::Plain, &format!("  {title:room$}")),
            (Ink::Dim, &numbers),
            (ink, &format!("{:>5}{:>5}", some(row.failed), some(row.warned))),
        ]);
    }
}

fn warnings(page: &mut TerminalPage, record: &Record, style: Style, replay_dir: &str) {
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

fn unstable(page: &mut TerminalPage, record: &Record, replay_dir: &str) {
    if record.unstable.is_empty() {
        return;
    }
    page.heading(Ink::Warn, "Unstable", "seen once, and not again when replayed");
    for one in &record.unstable {
        page.item(2, &[(Ink::Warn, "~ "), (Ink::Strong, &one.rule), (Ink::Plain, "  ")], &plain(&one.sentence));
        finding::unstable(page, one, replay_dir);
    }
}

fn declared(page: &mut TerminalPage, record: &Record) {
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

fn gaps(page: &mut TerminalPage, record: &Record, style: Style) {
    let gaps = view::gaps(record);
    if gaps.is_empty() {
        return;
    }
    let rules: usize = gaps.iter().map(|(_, _, rows)| rows.len()).sum();
    page.heading(Ink::Dim, "Not judged", &counted(rules, "rule"));
    let most = if style.verbose { gaps.len() } else { REASONS };
    for (verdict, reason, rows) in gaps.iter().take(most) {
        let ink = if *verdict == Verdict::Blocked { Ink::Warn } else { Ink::Dim };
        let word = format!("{} ", view::verdict_name(*verdict));
        page.item(2, &[(ink, &word), (Ink::Strong, &view::ranges(record, rows)), (Ink::Plain, ": ")], &plain(reason));
    }
    let rest: usize = gaps.iter().skip(most).map(|(_, _, rows)| rows.len()).sum();
    if rest > 0 {
        page.item(2, &[], &format!("and {} for other reasons; --verbose shows them", counted(rest, "rule")));
    }
}

/// Which of the declared errors the target returned.
fn errors(page: &mut TerminalPage, record: &Record) {
    let missing: Vec<&str> = record.errors.iter().filter(|(_, n)| **n == 0).map(|(code, _)| code.as_str()).collect();
    let (all, seen) = (record.errors.len(), record.errors.len() - missing.len());
    if seen == 0 {
        return;
    }
    let observed = if missing.is_empty() {
        format!("all {all}")
    } else {
        format!("{seen} of {all}; not observed: {}", missing.join(", "))
    };
    page.gap();
    page.item(0, &[(Ink::Dim, "Declared errors observed: ")], &observed);
}

fn readings(page: &mut TerminalPage, record: &Record) {
    if record.readings.is_empty() {
        return;
    }
    let line = |(rule, answers): (&String, &std::collections::BTreeMap<String, u64>)| {
        let answers: Vec<String> = answers.iter().map(|(a, n)| format!("{} ({n})", plain(a))).collect();
        format!("{rule} {}", answers.join(", "))
    };
    let all: Vec<String> = record.readings.iter().map(line).collect();
    page.gap();
    page.item(0, &[(Ink::Dim, "Open questions, as this target settles them: ")], &all.join("; "));
}

fn end(page: &mut TerminalPage, record: &Record, replay_dir: &str) {
    page.gap();
    for note in &record.notes {
        page.item(0, &[], &plain(note));
    }
    if record.notes.is_empty() && record.outcome == RunOutcome::CouldNotTest {
        page.item(0, &[], "Nothing could be judged.");
    }
    if view::failures(record).next().is_some() {
        let files = format!("Replay files and scripts are in {}.", replay_dir.trim_end_matches('/'));
        page.item(0, &[], &files);
    }
    if !record.notes.is_empty() || view::failures(record).next().is_some() {
        page.gap();
    }
    outcome(page, record);
}

fn ink(outcome: RunOutcome) -> Ink {
    match outcome {
        RunOutcome::Passed => Ink::Good,
        RunOutcome::Failed => Ink::Bad,
        RunOutcome::CouldNotTest => Ink::Warn,
    }
}

fn outcome(page: &mut TerminalPage, record: &Record) {
    page.unbroken(&[
        (ink(record.outcome), view::outcome_word(record.outcome)),
        (Ink::Plain, " — "),
        (Ink::Strong, &plain(&record.target)),
        (Ink::Plain, ": "),
        (Ink::Plain, &view::conclusion(record)),
    ]);
}
