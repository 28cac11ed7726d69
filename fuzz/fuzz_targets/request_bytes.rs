//! The oracle's deserializer on raw bytes.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ucks_suite::fuzzing::{body, hold, mutate};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 2 == 0 {
        fuzzer_mutate(data, size, max_size)
    } else {
        mutate::body(data, size, max_size, seed, fuzzer_mutate)
    }
});

fuzz_target!(|bytes: &[u8]| {
    #[cfg(feature = "canary")]
    assert!(!bytes.starts_with(b"{"), "the canary is dead, as it should be");
    hold(body::bytes(bytes));
});
