//! The oracle's deserializer on JSON trees of requests.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ucks_suite::fuzzing::{body, hold, mutate};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::body(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|bytes: &[u8]| hold(body::tree(bytes)));
