//! Questions that a recording of the real service would settle: those that no text decides, and those whose
//! rule is only inferred.

use std::collections::BTreeMap;
use std::fmt::Write;

use ucks_oracle::rule::{Force, Mark};
use ucks_oracle::rules;

use super::Recording;
use crate::report::counted;

/// The answers of a recording to open and inferred rules, as text.
#[derive(Debug)]
pub struct Settled {
    /// The answers to each rule.
    pub text: String,
    /// The line that counts the rules.
    pub closing_line: String,
}

/// Returns the answers of the recording to each open, ANALOG or INFER rule.
pub fn settled(recording: &Recording) -> Settled {
    let mut text = String::new();
    let mut count = 0;
    for rule in rules::all() {
        let unsettled =
            rule.force == Force::Open || [Mark::Analog, Mark::Inferred].iter().any(|mark| rule.basis.has(*mark));
        let Some(cases) = recording.case.get(rule.id.0).filter(|_| unsettled) else { continue };
        let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
        for step in cases.values().filter(|c| c.aside.is_none()).flat_map(|c| &c.step) {
            *answers.entry(step.answer.as_str()).or_default() += 1;
        }
        if answers.is_empty() {
            continue;
        }
        count += 1;
        let answers: Vec<String> = answers.iter().map(|(answer, n)| format!("{answer} ({n})")).collect();
        let _ = writeln!(text, "{:5} {:6} {:12} {}", rule.id, rule.force, rule.basis, rule.requirement);
        let _ = writeln!(text, "      {}", answers.join(", "));
    }
    let rules = counted(count, "open or inferred rule");
    let closing_line = format!("{}: answers to {rules}", crate::report::plain(&recording.target));
    Settled { text, closing_line }
}
