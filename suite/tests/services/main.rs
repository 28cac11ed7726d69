//! Small services that answer as real software does, and the exact verdict that each one deserves.
//!
//! A row is a front over the emulator: it changes how requests are received or answers are given, as a framework, a
//! proxy or a plain mistake would. The expected verdict is derived from the rule book.
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

use std::collections::BTreeSet;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use self::row::Row;

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
    rows.into_iter().flatten().collect()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let rows = rows();
    let names: BTreeSet<&str> = rows.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "two rows have one name");
    let trials = rows.into_iter().map(|row| Trial::test(row.name.clone(), move || row.check().map_err(Into::into)));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
