//! A comparison as text.

use std::fmt::Write;

use super::{Comparison, Difference};
use crate::report::counted;

/// Cases shown of a rule; the others are counted.
const SHOWN: usize = 3;

/// Renders the comparison rule by rule, with some cases of each, or with all of them. The last line is the result.
pub fn text(done: &Comparison, everything: bool) -> String {
    let mut out = String::new();
    let most = if everything { usize::MAX } else { SHOWN };
    for drift in &done.rules {
        let _ = writeln!(out, "{}  {}", drift.rule, drift.asks);
        for difference in drift.cases.iter().take(most) {
            case(&mut out, difference);
        }
        if let Some(more) = drift.cases.len().checked_sub(most).filter(|n| *n > 0) {
            let _ = writeln!(out, "  … and {}", counted(more, "case"));
        }
        out.push('\n');
    }
    for (why, n) in &done.aside {
        let _ = writeln!(out, "not compared, {}: {why}", counted(*n, "case"));
    }
    for (n, which) in [(done.only_a, "first"), (done.only_b, "second")] {
        if n > 0 {
            let _ = writeln!(out, "only the {which} has {}: another plan", counted(n, "case"));
        }
    }
    if done.worded > 0 {
        let _ = writeln!(out, "worded otherwise, and no difference: {}", counted(done.worded, "case"));
    }
    let _ = writeln!(out, "{}", closing_line(done));
    out
}

/// Renders the result of the comparison, the last line of its text.
pub fn closing_line(done: &Comparison) -> String {
    let cases: usize = done.rules.iter().map(|r| r.cases.len()).sum();
    match (done.compared, done.is_same()) {
        (0, _) => "NOTHING TO COMPARE".to_owned(),
        (n, true) => format!("SAME — no difference in {}", counted(n, "case")),
        (n, false) => {
            let ids = done.rules.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>().join(", ");
            format!("DIFFERENT — {} in {cases} of {}: {ids}", counted(done.rules.len(), "rule"), counted(n, "case"))
        }
    }
}

fn case(out: &mut String, difference: &Difference) {
    let _ = writeln!(out, "  {}", difference.case);
    if let Some(does) = &difference.does {
        let _ = writeln!(out, "  at: {does}");
    }
    for (side, lines) in [("A", &difference.a), ("B", &difference.b)] {
        for (n, line) in lines.iter().enumerate() {
            let _ = writeln!(out, "    {} {line}", if n == 0 { side } else { " " });
        }
    }
}
