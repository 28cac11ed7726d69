//! The result of a run for each of its tests.

use super::WHOLE_RUN;
use crate::record::{Finding, Record, RuleRow, RunOutcome, Verdict};
use crate::report::{summary_line, terminal};

/// The result of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestResult {
    /// It passes; the text is worth printing all the same.
    Passed(Option<String>),
    /// It fails, with the findings.
    Failed(String),
    /// The rule was not judged, and why.
    Skipped(String),
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    /// The record.
    pub record: Record,
    /// Declared deviations that no longer hold, and the like: what fails the run beside the findings.
    pub problems: Vec<String>,
    /// Where replay files and scripts lie.
    pub(super) findings: String,
    /// The command that runs one test again, up to its name.
    pub(super) again: Option<String>,
}

impl FinishedRun {
    /// Returns the result of the test of that name: a rule's id, or [`WHOLE_RUN`].
    pub fn test_result(&self, test: &str) -> TestResult {
        if test == WHOLE_RUN {
            return self.whole();
        }
        match self.record.rules.iter().find(|r| r.id == test) {
            Some(row) => self.rule(row),
            None => TestResult::Skipped(format!("revision {} has no such rule", self.record.revision)),
        }
    }

    fn rule(&self, row: &RuleRow) -> TestResult {
        let strict = self.record.strict;
        match row.verdict {
            Verdict::Pass | Verdict::Observed => TestResult::Passed(None),
            Verdict::Warning if !strict => TestResult::Passed(Some(self.lines(row))),
            Verdict::Deviation => TestResult::Passed(Some(self.lines(row))),
            Verdict::Fail | Verdict::Warning => TestResult::Failed(self.findings(row)),
            Verdict::Blocked | Verdict::NotCovered => match &self.record.lost {
                Some(lost) => TestResult::Failed(format!("the target was lost: {lost}")),
                None => TestResult::Skipped(row.reason.clone().unwrap_or_else(|| "nothing judged it".to_owned())),
            },
        }
    }

    fn whole(&self) -> TestResult {
        let mut text = self.record.notes.join("\n");
        let failed: Vec<&str> = self.record.rules.iter().filter(|r| self.fails(r)).map(|r| r.id.as_str()).collect();
        if !failed.is_empty() {
            text += &format!("\nfailed: {}", failed.join(", "));
        }
        for one in &self.record.unstable {
            text += &format!("\nseen once, and not again when replayed: {} {}", one.rule, one.sentence);
        }
        text += &format!("\n{}", summary_line(&self.record));
        let text = text.trim_start().to_owned();
        match self.record.outcome {
            RunOutcome::Passed => TestResult::Passed(Some(text)),
            RunOutcome::Failed | RunOutcome::CouldNotTest => TestResult::Failed(text),
        }
    }

    fn fails(&self, row: &RuleRow) -> bool {
        row.verdict == Verdict::Fail || self.record.strict && row.verdict == Verdict::Warning
    }

    fn of<'a>(&'a self, row: &'a RuleRow) -> impl Iterator<Item = &'a Finding> {
        self.record.findings.iter().filter(|f| f.breaks(&row.id))
    }

    /// One line a finding.
    fn lines(&self, row: &RuleRow) -> String {
        let line = |f: &Finding| match &f.deviation {
            Some(reason) => format!("declared deviation {}: {}; because {reason}", f.code, f.sentence),
            None => format!("warning {}: {}", f.code, f.sentence),
        };
        self.of(row).map(line).collect::<Vec<_>>().join("\n")
    }

    /// Every undeclared finding of the rule, as the terminal shows it.
    fn findings(&self, row: &RuleRow) -> String {
        let style = terminal::Style::default();
        let mut text = format!("{}: {}\n", row.id, row.asks);
        for finding in self.of(row).filter(|f| f.deviation.is_none()) {
            text += "\n";
            text += &terminal::one(finding, style, &self.findings);
        }
        if let Some(again) = &self.again {
            text += &format!("    {:11}{again}{}\n", "this test", row.id);
        }
        text
    }
}
