//! Annotations of a GitHub workflow: one line a finding, on standard output.

use super::text::plain;
use super::view;
use crate::record::{Finding, Outcome, Record};

/// Annotations, then the verdict as a notice or an error.
pub fn render(record: &Record, replay_dir: &str) -> String {
    let mut out = String::new();
    for finding in view::failures(record) {
        out += &annotation("error", finding, replay_dir);
    }
    for finding in view::warnings(record) {
        let level = if record.strict { "error" } else { "warning" };
        out += &annotation(level, finding, replay_dir);
    }
    for one in &record.unstable {
        out += &line("warning", &format!("{} unstable", one.rule), &plain(&one.sentence));
    }
    let level = if record.outcome == Outcome::Passed { "notice" } else { "error" };
    for note in &record.notes {
        out += &line(level, "ucks", &plain(note));
    }
    out += &line(level, "ucks", &view::summary_line(record));
    out
}

fn annotation(level: &str, finding: &Finding, replay_dir: &str) -> String {
    let mut text = vec![
        plain(&finding.sentence),
        format!("expected: {}", plain(&finding.expected)),
        format!("got: {}", plain(&finding.got)),
    ];
    text.extend(finding.steps.iter().enumerate().map(|(at, step)| format!("{}. {}", at + 1, plain(step))));
    text.extend(view::rule(&finding.rule).map(|r| format!("to mend: {}", r.fix)));
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
