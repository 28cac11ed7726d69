//! The top of the page: the verdict in words, in numbers, and by group of rules.

use serde::Serialize;

use super::super::text::{counted, plain, seconds};
use super::super::view::{self, Summary};
use crate::record::{Finding, Record, RuleRow, RunOutcome, Verdict};

/// The class of the badge.
pub(super) fn class_of(record: &Record) -> &'static str {
    match record.outcome {
        RunOutcome::Passed => "pass",
        RunOutcome::Failed => "fail",
        RunOutcome::CouldNotTest => "untested",
    }
}

/// Explains the verdict in one sentence.
pub(super) fn verdict(record: &Record) -> String {
    let s = Summary::of(record);
    let judged = format!("{} of {}", s.judged, counted(s.rules, "rule"));
    match (record.outcome, s.failed) {
        (RunOutcome::CouldNotTest, _) => format!("{judged} could be judged."),
        (RunOutcome::Passed, _) => format!("{judged} judged, {} of them decided, and none failed.", s.decided),
        (RunOutcome::Failed, 0) => format!("{judged} judged. The reason why the run failed is below."),
        (RunOutcome::Failed, failed) => format!("{failed} of the {} judged failed.", counted(s.judged, "rule")),
    }
}

/// A segment of a bar: rules of one kind of verdict.
#[derive(Serialize)]
pub(super) struct Stretch {
    class: &'static str,
    label: &'static str,
    count: usize,
}

/// Divides the rules by their verdicts.
pub(super) fn bar<'a>(rows: impl Iterator<Item = &'a RuleRow>) -> Vec<Stretch> {
    let mut bar = [
        ("fail", "failed"),
        ("warning", "with warnings"),
        ("deviation", "declared deviations"),
        ("pass", "passed"),
        ("untested", "not judged"),
    ]
    .map(|(class, label)| Stretch { class, label, count: 0 });
    for row in rows {
        let at = match row.verdict {
            Verdict::Fail => 0,
            Verdict::Warning => 1,
            Verdict::Deviation => 2,
            Verdict::Pass | Verdict::Observed => 3,
            Verdict::Blocked | Verdict::NotCovered => 4,
        };
        bar[at].count += 1;
    }
    bar.into()
}

/// A fact about the run, with its label.
#[derive(Serialize)]
pub(super) struct LabelledFact {
    label: &'static str,
    value: String,
}

/// Returns the facts about how the run was made.
pub(super) fn facts(record: &Record) -> Vec<LabelledFact> {
    let strict = if record.strict { ", strict" } else { "" };
    let mut facts = vec![
        ("findings", record.findings.len().to_string()),
        ("revision", plain(&record.revision)),
        ("rule book", plain(&record.rule_book)),
        ("policy", plain(&record.policy) + strict),
        ("requests", record.requests.to_string()),
        ("duration", seconds(record.elapsed_ms)),
        ("seed", record.seed.to_string()),
        ("suite", format!("ucks {}", plain(&record.suite))),
    ];
    if let Some(started) = &record.started {
        facts.insert(0, ("date", date(started)));
    }
    if !record.unstable.is_empty() {
        facts.insert(1, ("unstable", record.unstable.len().to_string()));
    }
    facts.into_iter().map(|(label, value)| LabelledFact { label, value }).collect()
}

/// The date and time without what nobody reads: `2026-11-27 14:46 UTC`.
fn date(started: &str) -> String {
    let started = plain(started);
    match (started.get(..10), started.get(10..11), started.get(11..16), started.strip_suffix('Z')) {
        (Some(day), Some("T"), Some(time), Some(_)) => format!("{day} {time} UTC"),
        _ => started,
    }
}

/// A group of rules.
#[derive(Serialize)]
pub(super) struct GroupOverview {
    value: String,
    label: String,
    bar: Vec<Stretch>,
    rules: usize,
    judged: usize,
    failed: usize,
    warned: usize,
}

/// The groups, in the order of the rule book.
pub(super) fn groups(record: &Record) -> Vec<GroupOverview> {
    let mut letters: Vec<&str> = Vec::new();
    for row in &record.rules {
        if !letters.contains(&row.group.as_str()) {
            letters.push(&row.group);
        }
    }
    letters.into_iter().map(|letter| group(record, letter)).collect()
}

/// The groups that these findings belong to.
pub(super) fn groups_of(record: &Record, findings: &[&Finding]) -> Vec<GroupOverview> {
    let has = |g: &GroupOverview| findings.iter().any(|f| view::group(&f.rule).0 == g.value);
    groups(record).into_iter().filter(has).collect()
}

fn group(record: &Record, letter: &str) -> GroupOverview {
    let rows = || record.rules.iter().filter(|r| r.group == letter);
    let of = |verdict| rows().filter(|r| r.verdict == verdict).count();
    let rules = rows().count();
    GroupOverview {
        value: letter.to_owned(),
        label: format!("{letter} {}", view::group_title(letter)),
        bar: bar(rows()),
        rules,
        judged: rules - of(Verdict::Blocked) - of(Verdict::NotCovered),
        failed: of(Verdict::Fail),
        warned: of(Verdict::Warning),
    }
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn a_date_is_short_and_anything_else_stays() {
        assert_eq!(date("2026-11-27T14:46:23Z"), "2026-11-27 14:46 UTC");
        assert_eq!(date("yesterday"), "yesterday");
        assert_eq!(date("ünüsual dates\u{1b}"), "ünüsual dates\\u{1b}");
    }
}
