//! The score of all edits as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{EditRun, FamilyRuns, Generated};

/// The score for a terminal: families, then survivors by name.
pub fn text(score: &Generated) -> String {
    let mut out =
        format!("{:<12} {:>6} {:>6} {:>7} {:>9}  filed under\n", "family", "edits", "found", "share", "requests");
    let families = score.families();
    for family in &families {
        out += &line(family);
    }
    let found: usize = families.iter().map(FamilyRuns::found).sum();
    let mean = families.iter().map(|family| share(family.found(), family.runs.len())).sum::<f64>()
        / f64::max(1.0, count(families.len()));
    let _ = writeln!(
        out,
        "{:<12} {:>6} {found:>6} {:>6.1}%\nmean of the families: {mean:.1} %; {} edits enumerated; seed {}",
        "all",
        score.runs.len(),
        share(found, score.runs.len()),
        score.enumerated,
        score.seed
    );
    let survivors: Vec<&EditRun> = score.survivors().collect();
    if !survivors.is_empty() {
        let _ = writeln!(out, "\n{} survivors", survivors.len());
    }
    for run in survivors {
        let _ = writeln!(out, "  {:<12} {:<44} {}", run.family, run.name, run.sentence);
        for unstable in &run.unstable {
            let _ = writeln!(out, "  {:<12} not reproduced: {unstable}", "");
        }
    }
    out
}

fn line(family: &FamilyRuns<'_>) -> String {
    let mut requests: Vec<u64> =
        family.runs.iter().filter_map(|run| run.found.as_ref()).map(|found| found.after).collect();
    requests.sort_unstable();
    let median = requests.get(requests.len() / 2).copied().unwrap_or(0);
    let (all, found) = (family.runs.len(), family.found());
    let share = share(found, all);
    format!("{:<12} {all:>6} {found:>6} {share:>6.1}% {median:>9}  {}\n", family.name, rules(family))
}

/// The rules under which most edits of the family are found.
fn rules(family: &FamilyRuns<'_>) -> String {
    /// Rules that a line names.
    const NAMED: usize = 6;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in family.runs.iter().filter_map(|run| run.found.as_ref()) {
        *counts.entry(&found.rule).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    let named: Vec<String> = counts.iter().take(NAMED).map(|(rule, count)| format!("{rule} {count}")).collect();
    let others = counts.len().saturating_sub(NAMED);
    let more = if others > 0 { format!(", {others} more") } else { String::new() };
    named.join(", ") + &more
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * count(part) / count(whole) }
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(count: usize) -> f64 {
    count as f64
}
