//! The default run of the program, as a user starts it.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::side::median;

/// Runs of the program.
const TIMES: usize = 7;

pub fn main() {
    let seconds = |arguments: &[&str]| {
        let mut all: Vec<f64> = (0..TIMES)
            .map(|_| {
                let started = Instant::now();
                let done = Command::new(env!("CARGO_BIN_EXE_ucks"))
                    .args(arguments)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .expect("the program starts");
                assert!(done.success(), "{arguments:?}: {done}");
                started.elapsed().as_secs_f64()
            })
            .collect();
        (median(&mut all), all[0], all[all.len() - 1])
    };
    let whole: &[&str] = &["run", "--seed", "1"];
    for (name, arguments) in [
        ("ucks run", whole),
        ("its cases alone", &["run", "--seed", "1", "--sequences", "0"]),
        ("ucks list", &["list"]),
    ] {
        let (middle, least, most) = seconds(arguments);
        println!("  {middle:5.2} s ({least:.2}–{most:.2})  {name}");
    }
    println!("  medians of {TIMES} runs");
}
