//! Small services that answer as real software does, and the exact verdict that each one deserves.
//!
//! A row is a front over the emulator: it changes how requests are received or answers are given, as a framework, a
//! proxy or a plain mistake would. The expected verdict is derived from the rule book. A row that the suite judges
//! wrongly today says so, and fails as soon as it is judged well: the list of wrong verdicts only gets shorter.
//!
//! ```text
//! cargo test -p ucks-suite --test services               all rows
//! cargo test -p ucks-suite --test services -- crash      those whose name contains `crash`
//! UCKS_SHOW=1 cargo test …                               with every finding
//! ```

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::result_large_err, reason = "tests")]

mod clock;
mod codes;
mod connections;
mod crashes;
mod documented;
mod frameworks;
mod front;
mod limits;
mod row;
mod unreadable;
mod values;
mod wrong_today;

use libtest_mimic::{Arguments, Trial};
use row::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use wrong_today::WRONG_TODAY;

fn rows() -> Vec<Row> {
    let rows = [
        front::rows(),
        crashes::rows(),
        unreadable::rows(),
        codes::rows(),
        values::rows(),
        limits::rows(),
        connections::rows(),
        documented::rows(),
        frameworks::rows(),
    ];
    let mut wrong: BTreeMap<&str, &str> = WRONG_TODAY.iter().copied().collect();
    let marked = |row: Row| match wrong.remove(row.name.as_str()) {
        Some(says) => row.wrong_today(says),
        None => row,
    };
    let rows = rows.into_iter().flatten().map(marked).collect();
    assert!(wrong.is_empty(), "no row has the name of {wrong:?}");
    rows
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let rows = rows();
    let names: BTreeSet<&str> = rows.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "two rows have one name");
    let trials = rows.into_iter().map(|row| Trial::test(row.name.clone(), move || row.check().map_err(Into::into)));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
