//! `awsim-kms` on bodies of updates.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ucks_suite::fuzzing::{foreign::Foreign, mutate};

static KMS: LazyLock<Foreign> =
    LazyLock::new(|| Foreign::service::<_, axum::body::Body>(real_targets::awsim::router).name("awsim-kms 0.8.0"));

fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    mutate::body(data, size, max, seed, fuzzer_mutate)
});

fuzz_target!(|body: &[u8]| KMS.update(body));
