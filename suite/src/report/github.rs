//! Annotations of a GitHub workflow, on standard output: the verdict, and one line a finding up to GitHub's limit.

use super::text::{counted, plain};
use super::view;
use crate::record::{Finding, Record, RunOutcome, Unstable};
use crate::wording;

/// Most annotations: GitHub shows ten of a step, and drops the others without a word.
const MOST: usize = 10;
/// Causes in the verdict.
const CAUSES: usize = 5;

/// The verdict, then annotations for notes and findings in order of weight.
pub fn render(record: &Record, replay_dir: &str) -> String {
    let outcome = if record.outcome == RunOutcome::Passed { "notice" } else { "error" };
    let mut lines: Vec<String> = record.notes.iter().map(|note| line(outcome, "ucks", &plain(note))).collect();
    lines.extend(view::failures(record).map(|f| annotation("error", f, replay_dir)));
    let level = if record.strict { "error" } else { "warning" };
    lines.extend(view::warnings(record).map(|f| annotation(level, f, replay_dir)));
    let unstable = |u: &Unstable| line("warning", &format!("{} unstable", u.rule), &plain(&u.sentence));
    lines.extend(record.unstable.iter().map(unstable));
    let mut verdict = view::summary_line(record);
    for cause in record.causes.iter().take(CAUSES) {
        verdict += &format!("\n- {} ({})", plain(&cause.sentence), counted(cause.findings.len(), "finding"));
    }
    let shown = MOST - 1;
    if lines.len() > shown {
        verdict += &format!("\n{} more are in the other reports and in {replay_dir}", lines.len() - shown);
        lines.truncate(shown);
    }
    line(outcome, "ucks", &verdict) + &lines.concat()
}

fn annotation(level: &str, finding: &Finding, replay_dir: &str) -> String {
    let mut text = vec![
        plain(&finding.sentence),
        format!("expected: {}", plain(&wording::expected(&finding.expected))),
        format!("actual: {}", plain(&wording::observed(&finding.got))),
    ];
    text.extend(finding.steps.iter().enumerate().map(|(at, step)| format!("{}. {}", at + 1, plain(step))));
    text.extend(view::rule(&finding.rule).map(|r| format!("fix: {}", r.fix)));
    text.push(view::replay_command(finding, replay_dir));
    line(level, &view::name(finding), &text.join("\n"))
}

fn line(level: &str, title: &str, text: &str) -> String {
    format!("::{level} title={}::{}\n", property(title), data(text))
}

/// The message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_ends_where_its_line_ends() {
        assert_eq!(line("error", "a:b,c", "50%\nx::y"), "::error title=a%3Ab%2Cc::50%25%0Ax::y\n");
    }
}
