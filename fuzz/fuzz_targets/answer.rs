//! The suite's reading of a hostile target's answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ucks_suite::fuzzing::{answer, hold};

fuzz_target!(|bytes: &[u8]| hold(answer::check(bytes)));
