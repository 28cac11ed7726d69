//! The peak memory of long runs, each in a process of its own: a peak only grows.

use std::process::Command;

use crate::emulated::{random, target};

/// Set for the process that is measured: the sequences to run.
const CHILD: &str = "UCKS_BENCH_SEQUENCES";

pub fn main() {
    if let Ok(sequences) = std::env::var(CHILD) {
        let target = target();
        random(target.clone(), 1, sequences.parse().expect("a number"), 1);
        println!("{} {}", target.steps(), peak());
        return;
    }
    let own = std::env::current_exe().expect("this program");
    for sequences in [1_000_u64, 10_000, 100_000] {
        let done = Command::new(&own).arg("memory").env(CHILD, sequences.to_string()).output().expect("it runs");
        let said = String::from_utf8_lossy(&done.stdout);
        let line = said.lines().last().unwrap_or_default();
        let (steps, peak) = line.split_once(' ').unwrap_or(("none", "?"));
        println!("  {sequences:>7} sequences, {steps:>8} steps: peak {peak} MB");
    }
}

/// The most memory that the process had so far, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).map_or(0, |kb| kb / 1024)
}
