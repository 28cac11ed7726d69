//! JUnit XML: one case a rule.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::RenderError;
use super::text::plain;
use super::view;
use crate::record::{Finding, Record, RuleRow, Verdict};
use crate::wording;

/// Renders `record`; commands name files below `replay_dir`.
///
/// # Errors
/// [`RenderError::Junit`] where the writer refuses.
pub fn render(record: &Record, replay_dir: &str) -> Result<String, RenderError> {
    let mut report = Report::new("ucks");
    report.set_time(Duration::from_millis(record.elapsed_ms));
    report.timestamp = record.started.as_deref().and_then(|started| started.parse().ok());
    for (letter, rows) in groups(record) {
        let mut suite = TestSuite::new(format!("{letter} {}", view::group_title(letter)));
        for (name, value) in
            [("target", &record.target), ("revision", &record.revision), ("rule-book", &record.rule_book)]
        {
            suite.add_property((name, plain(value).as_str()));
        }
        suite.timestamp = report.timestamp;
        suite.add_property(("seed", record.seed.to_string().as_str()));
        for row in rows {
            suite.add_test_case(case(record, row, replay_dir));
        }
        report.add_test_suite(suite);
    }
    if record.rules.is_empty() || !record.notes.is_empty() {
        let mut suite = run(record);
        suite.timestamp = report.timestamp;
        report.add_test_suite(suite);
    }
    Ok(with_skipped(&report.to_string()?))
}

/// The report with the number of skipped cases under the name that readers look for, and that Jenkins' schema admits.
///
/// The library writes this number as `disabled`, and has no option for the name.
fn with_skipped(report: &str) -> String {
    let line = |l: &str| match l.trim_start().starts_with("<testsuite ") {
        true => l.replacen(" disabled=\"", " skipped=\"", 1),
        false => l.to_owned(),
    };
    report.split_inclusive('\n').map(line).collect()
}

fn groups(record: &Record) -> Vec<(&str, Vec<&RuleRow>)> {
    let mut groups: Vec<(&str, Vec<&RuleRow>)> = Vec::new();
    for row in &record.rules {
        match groups.iter_mut().find(|(letter, _)| *letter == row.group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((&row.group, vec![row])),
        }
    }
    groups
}

fn case(record: &Record, row: &RuleRow, replay_dir: &str) -> TestCase {
    let of_rule = || record.findings.iter().filter(|f| f.breaks(&row.id));
    let failing: Vec<&Finding> = of_rule().filter(|f| view::counts(f) && (f.fails || record.strict)).collect();
    let reason = row.reason.as_deref().unwrap_or_default();
    let skipped = || {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("{}: {}", view::verdict_name(row.verdict), plain(reason)));
        status
    };
    let status = match row.verdict {
        Verdict::Blocked | Verdict::NotCovered => skipped(),
        Verdict::Warning if !record.strict => TestCaseStatus::success(),
        Verdict::Fail | Verdict::Warning => failure(row, &failing, replay_dir),
        Verdict::Pass | Verdict::Observed | Verdict::Deviation => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(format!("{} {}", row.id, plain(&row.asks)), status);
    case.set_classname(format!("ucks.{}", class(&row.group)));
    let notes = notes(record, row, of_rule().filter(|f| !failing.iter().any(|g| g.code == f.code)));
    if !notes.is_empty() {
        case.set_system_out(notes);
    }
    case
}

/// The group's title as one segment of a class name: CI servers split class names at dots.
fn class(letter: &str) -> String {
    let title = view::group_title(letter);
    if title.is_empty() { letter.to_owned() } else { title.replace('.', "").replace(':', " -") }
}

fn failure(row: &RuleRow, failing: &[&Finding], replay_dir: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let first = failing.first().map_or_else(|| plain(&row.asks), |f| plain(&f.sentence));
    let more = failing.len().saturating_sub(1);
    status.set_type(row.id.clone());
    status.set_message(if more > 0 { format!("{first} (and {more} more)") } else { first });
    status.set_description(failing.iter().map(|f| description(f, replay_dir)).collect::<Vec<_>>().join("\n\n"));
    status
}

fn description(finding: &Finding, replay_dir: &str) -> String {
    let mut lines = vec![format!("{}: {}", finding.code, plain(&finding.sentence))];
    lines.extend(finding.steps.iter().enumerate().map(|(at, s)| format!("  {}. {}", at + 1, plain(s))));
    lines.push(format!("expected: {}", plain(&wording::expected(&finding.expected))));
    lines.push(format!("actual: {}", plain(&wording::observed(&finding.got))));
    if let Some(rule) = view::rule(&finding.rule) {
        lines.push(format!("impact: {}", rule.impact));
        lines.push(format!("reference: {}", rule.source));
        lines.push(format!("fix: {}", rule.fix));
    }
    lines.push(view::replay_command(finding, replay_dir));
    lines.push(view::script_command(finding, replay_dir));
    lines.join("\n")
}

/// Returns the lines for what does not fail the case: warnings, declared deviations, readings.
fn notes<'a>(record: &Record, row: &RuleRow, findings: impl Iterator<Item = &'a Finding>) -> String {
    let mut lines: Vec<String> = findings
        .map(|f| match &f.deviation {
            Some(reason) => format!("declared deviation ({}): {} – {}", f.code, plain(&f.sentence), plain(reason)),
            None => format!(
                "warning ({}): {}; expected {}, actual {}",
                f.code,
                plain(&f.sentence),
                plain(&wording::expected(&f.expected)),
                plain(&wording::observed(&f.got))
            ),
        })
        .collect();
    let unstable = record.unstable.iter().filter(|u| u.rule == row.id);
    lines.extend(unstable.map(|u| format!("unstable: {}", plain(&u.sentence))));
    let readings = record.readings.get(&row.id).into_iter().flatten();
    lines.extend(readings.map(|(answer, times)| format!("observed: {} ({times})", plain(answer))));
    lines.join("\n")
}

/// The run itself as a case: where it could not test, or deviations are stale.
fn run(record: &Record) -> TestSuite {
    let mut suite = TestSuite::new("the run");
    let notes = record.notes.iter().map(|n| plain(n)).collect::<Vec<_>>().join("\n");
    let failed_otherwise = record.rules.iter().any(|r| r.verdict == Verdict::Fail);
    let status = match record.outcome {
        crate::record::RunOutcome::CouldNotTest => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(notes.clone());
            status
        }
        crate::record::RunOutcome::Failed if !failed_otherwise && !record.strict => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(notes.clone());
            status
        }
        _ => TestCaseStatus::success(),
    };
    let mut case = TestCase::new("the run", status);
    case.set_classname("ucks.run");
    case.set_system_out(notes);
    suite.add_test_case(case);
    suite
}
