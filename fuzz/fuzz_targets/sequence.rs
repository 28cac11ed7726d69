//! Symbolic operations against the emulator. Built with `--cfg ucks_readings`, inputs that name no
//! reading of the open questions get one by their bytes.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ucks_suite::fuzzing::{hold, operations, sequence};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    operations::play(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|bytes: &[u8]| hold(sequence::check(bytes, cfg!(ucks_readings))));
