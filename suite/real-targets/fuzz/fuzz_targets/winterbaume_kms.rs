//! `winterbaume-kms` on bodies of updates. Its front routes by the name of the host.
#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderValue, Request, header::HOST};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ucks_suite::fuzzing::{foreign::Foreign, mutate};
use ucks_suite::target::in_process::InProcess;

fn fresh() -> impl ucks_suite::target::Target {
    let service = real_targets::winterbaume_kms_service();
    InProcess::new(move |mut request: Request<Bytes>| {
        request.headers_mut().insert(HOST, HeaderValue::from_static("kms.us-east-1.amazonaws.com"));
        let service = service.clone();
        async move { service.call(request).await }
    })
}

static KMS: LazyLock<Foreign> = LazyLock::new(|| Foreign::new(fresh).name("winterbaume-kms 0.2.1"));

fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    mutate::body(data, size, max, seed, fuzzer_mutate)
});

fuzz_target!(|body: &[u8]| KMS.update(body));
