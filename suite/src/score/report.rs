//! The score as text and as Markdown.

use std::fmt::Write;

use super::{DefectRun, Detection, Score, Scored};

/// Figures over all runs of all defects that were found.
struct Figures {
    after: Vec<u64>,
    shrinking: Vec<u64>,
    shortest: usize,
    shown: usize,
}

impl Figures {
    fn of(score: &Score) -> Figures {
        let mut figures = Figures { after: Vec::new(), shrinking: Vec::new(), shortest: 0, shown: 0 };
        for defect in score.defects.iter().filter(|d| d.force != "null") {
            for hit in defect.hits() {
                figures.after.push(hit.after);
                figures.shrinking.push(hit.shrinking);
                figures.shown += 1;
                figures.shortest += usize::from(hit.steps.len() == defect.shortest);
            }
        }
        figures.after.sort_unstable();
        figures.shrinking.sort_unstable();
        figures
    }
}

fn at(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied().unwrap_or(0)
}

fn counts(score: &Score, force: &str) -> (usize, usize, usize, usize) {
    let of: Vec<&Scored> = score.defects.iter().filter(|d| d.force == force).collect();
    let always = of.iter().filter(|d| d.found() == d.runs.len() && !d.runs.is_empty()).count();
    let sometimes = of.iter().filter(|d| d.found() > 0 && d.found() < d.runs.len()).count();
    let wrong = of.iter().filter(|d| d.hits().any(|h| !h.right)).count();
    (of.len(), always, sometimes, wrong)
}

fn findings(runs: &[DefectRun]) -> usize {
    runs.iter().map(|s| s.hits.len()).sum()
}

/// The score for a terminal.
pub fn text(score: &Score) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    for force in ["must", "should", "null"] {
        let (all, always, sometimes, wrong) = counts(score, force);
        let kept = if force == "null" { ", and none may be" } else { "" };
        line(format!(
            "{force}: {all} defects, {always} found in every seed, {sometimes} in some, {wrong} under another \
                rule{kept}"
        ));
    }
    let f = Figures::of(score);
    line(format!(
        "requests to the first finding: median {}, 90 % {}, most {}",
        at(&f.after, 50),
        at(&f.after, 90),
        at(&f.after, 100)
    ));
    line(format!(
        "shown in as few steps as known: {} of {} ({:.1} %)",
        f.shortest,
        f.shown,
        percent(f.shortest, f.shown)
    ));
    line(format!(
        "requests of confirming and shrinking: median {}, 90 % {}, most {}",
        at(&f.shrinking, 50),
        at(&f.shrinking, 90),
        at(&f.shrinking, 100)
    ));
    line(format!("clean emulator: {} findings in {} runs", findings(&score.clean), score.clean.len()));
    line(format!("readings: {} findings in {} runs", findings(&score.readings), score.readings.len()));
    for (title, rows) in sections(score) {
        if !rows.is_empty() {
            line(format!("\n{title}"));
            rows.into_iter().for_each(|row| line(format!("  {row}")));
        }
    }
    line(format!("\n{}", if score.is_well() { "WELL" } else { "NOT WELL" }));
    out
}

/// The score for a page.
pub fn markdown(score: &Score) -> String {
    let mut out = String::from(
        "# Score\n\n| force | defects | found in every seed | in some | under another rule |\n|---|---|---|---|---|\n",
    );
    for force in ["must", "should", "null"] {
        let (all, always, sometimes, wrong) = counts(score, force);
        let _ = writeln!(out, "| {force} | {all} | {always} | {sometimes} | {wrong} |");
    }
    let f = Figures::of(score);
    let _ = writeln!(out, "\n| figure | median | 90 % | most |\n|---|---|---|---|");
    let _ = writeln!(
        out,
        "| requests to the first finding | {} | {} | {} |",
        at(&f.after, 50),
        at(&f.after, 90),
        at(&f.after, 100)
    );
    let _ = writeln!(
        out,
        "| requests of confirming and shrinking | {} | {} | {} |",
        at(&f.shrinking, 50),
        at(&f.shrinking, 90),
        at(&f.shrinking, 100)
    );
    let _ = writeln!(
        out,
        "\nShown in as few steps as known: {} of {} ({:.1} %).",
        f.shortest,
        f.shown,
        percent(f.shortest, f.shown)
    );
    let _ = writeln!(
        out,
        "Clean emulator: {} findings in {} runs. Readings: {} findings in {} runs.",
        findings(&score.clean),
        score.clean.len(),
        findings(&score.readings),
        score.readings.len()
    );
    for (title, rows) in sections(score) {
        if !rows.is_empty() {
            let _ = writeln!(out, "\n## {title}\n");
            rows.iter().for_each(|row| {
                let _ = writeln!(out, "- {row}");
            });
        }
    }
    out
}

#[allow(clippy::cast_precision_loss, reason = "counts of runs are small")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// Returns the names of what is not as it should be.
fn sections(score: &Score) -> Vec<(&'static str, Vec<String>)> {
    let real = || score.defects.iter().filter(|d| d.force != "null");
    let survivors = real()
        .filter(|d| d.found() < d.runs.len())
        .map(|d| {
            let missed: Vec<String> = d.runs.iter().filter(|s| s.hits.is_empty()).map(|s| s.seed.to_string()).collect();
            let unstable: Vec<&str> = d.runs.iter().flat_map(|s| &s.unstable).map(String::as_str).take(1).collect();
            format!(
                "{} ({}, {}): missed with {} of {} seeds: {}{}",
                d.name,
                d.rules.join(" "),
                d.force,
                missed.len(),
                d.runs.len(),
                missed.join(" "),
                unstable.first().map(|u| format!("; unstable: {u}")).unwrap_or_default()
            )
        })
        .collect();
    let wrong = real()
        .flat_map(|d| {
            first(d, |h| !h.right).map(|h| format!("{} ({}): {}, {}", d.name, d.rules.join(" "), h.code, h.sentence))
        })
        .collect();
    let longer = real()
        .flat_map(|d| {
            first(d, |h| h.steps.len() != d.shortest).map(|h| {
                format!("{}: {} steps, {} are known: {}", d.name, h.steps.len(), d.shortest, h.steps.join("; "))
            })
        })
        .collect();
    let costly = real()
        .flat_map(|d| {
            first(d, |h| h.shrinking > 400)
                .map(|h| format!("{}: {} requests, {} steps", d.name, h.shrinking, h.steps.len()))
        })
        .collect();
    let nulls = score.defects.iter().filter(|d| d.force == "null");
    let false_alarms = nulls
        .flat_map(|d| d.runs.iter().map(move |s| (d.name, s)))
        .chain(score.clean.iter().map(|s| ("the clean emulator", s)))
        .chain(score.readings.iter().map(|s| ("readings", s)))
        .flat_map(|(name, s)| {
            s.hits
                .iter()
                .map(move |h| format!("{name}, seed {}: {}, {} [{}]", s.seed, h.code, h.sentence, h.steps.join("; ")))
        })
        .collect();
    let unstable = score
        .defects
        .iter()
        .flat_map(|d| d.runs.iter().map(move |s| (d.name, s)))
        .chain(score.clean.iter().map(|s| ("the clean emulator", s)))
        .chain(score.readings.iter().map(|s| ("readings", s)))
        .flat_map(|(name, s)| s.unstable.iter().take(1).map(move |u| format!("{name}, seed {}: {u}", s.seed)))
        .collect();
    vec![
        ("Survivors", survivors),
        ("Found under another rule", wrong),
        ("Shown in another number of steps", longer),
        ("Costly to shrink", costly),
        ("Findings where nothing is wrong", false_alarms),
        ("Divergences that did not come again", unstable),
    ]
}

/// The first finding of that kind, and one is enough for each defect.
fn first(defect: &Scored, wanted: impl Fn(&Detection) -> bool) -> Option<&Detection> {
    defect.hits().find(|h| wanted(h))
}
