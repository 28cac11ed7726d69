//! The oracle's deserializer alone, without a check: for measuring its speed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ucks_oracle::request::Body;
use ucks_oracle::revision::Revision;

fuzz_target!(|bytes: &[u8]| {
    let _ = std::hint::black_box(Body::parse(bytes, Revision::LATEST));
});
