//! A target with a defect gets no certificate.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ucks_emulator::{DefectRow, Force, defects};
use ucks_suite::certify::Terms;
use ucks_suite::certify::level::Level;

use crate::certify::sealed::{emulator, judged, terms, world};

/// Returns the problems that prevent a certificate of the emulator with the defect.
fn faults(row: &DefectRow) -> Vec<String> {
    // An order among the state's own checks is only asked for where it is pinned (P-04).
    let policy = if row.rule == "P-04" { "pinned" } else { "layered" };
    let terms = Terms { policy: policy.to_owned(), ..terms(&world(), Level::Full) };
    let (certified, _) = judged(&terms, emulator(&world(), Some(row.name), None));
    certified.requirements.missing.iter().filter(|m| m.is_fault()).map(ToString::to_string).collect()
}

/// The defects that should be refused and are not, and the reverse.
fn survivors(rows: &[&'static DefectRow], threads: usize) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let faults = faults(row);
                    eprintln!("{}: {} faults", row.name, faults.len());
                    let is_defect = matches!(row.force, Force::Must | Force::Should);
                    if faults.is_empty() == is_defect {
                        wrong.lock().unwrap().push(format!("{}: {faults:?}", row.name));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    wrong
}

#[test]
fn some_defects_are_refused() {
    let step = defects().count() / 2;
    let rows: Vec<_> = defects().step_by(step).collect();
    assert_eq!(survivors(&rows, 2), Vec::<String>::new());
}

/// `cargo test --release -p ucks-suite --test it -- --ignored every_defect`
#[test]
#[ignore = "runs the whole catalogue: minutes, in a release build"]
fn every_defect_is_refused() {
    let rows: Vec<_> = defects().collect();
    // Most of a run is waiting for transitions.
    let threads = 6 * std::thread::available_parallelism().map_or(2, |n| n.get());
    assert_eq!(survivors(&rows, threads), Vec::<String>::new());
}
