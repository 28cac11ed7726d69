//! Writes pages for the browser tests: `cargo run --example pages -- DIR`.
//!
//! | file | what it shows |
//! |---|---|
//! | `sample.html` | failures, warnings, gaps, hostile texts |
//! | `declared.html` | the same, with a declared deviation |
//! | `clean.html` | a run without a finding |
//! | `many.html` | 2,000 findings |

#[path = "../tests/it/reports/sample.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite's own tests")]
mod sample;

use std::path::Path;

use ucks_suite::record::{Finding, Record, RunOutcome, Verdict};
use ucks_suite::report::{Format, Options, render};

/// The number of findings of a long page.
const MANY: usize = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("usage: pages DIR")?;
    std::fs::create_dir_all(&dir)?;
    let pages = [("sample", sample::record()), ("declared", declared()), ("clean", clean()), ("many", many(MANY))];
    for (name, record) in pages {
        let page = render(Format::Html, &record, &Options::default())?;
        std::fs::write(Path::new(&dir).join(format!("{name}.html")), page)?;
    }
    Ok(())
}

fn declared() -> Record {
    let mut record = sample::record();
    record.findings[0].deviation = Some("states are not modelled yet, until 2027-01-31".to_owned());
    record
}

fn clean() -> Record {
    let mut record = sample::record();
    record.findings.clear();
    record.unstable.clear();
    record.outcome = RunOutcome::Passed;
    for row in &mut record.rules {
        row.findings.clear();
        (row.verdict, row.reason) = (Verdict::Pass, None);
    }
    record
}

/// The findings of the sample over and over, each under a code of its own.
fn many(count: usize) -> Record {
    let mut record = sample::record();
    let again =
        |(n, finding): (usize, &Finding)| Finding { code: format!("{}-{n:05}", finding.code), ..finding.clone() };
    record.findings = record.findings.iter().cycle().take(count).enumerate().map(again).collect();
    for row in &mut record.rules {
        row.findings = record.findings.iter().filter(|f| f.rule == row.id).map(|f| f.code.clone()).collect();
    }
    record
}
