//! Whole HTTP requests to the emulator's handler.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ucks_suite::fuzzing::{hold, service};

fuzz_target!(|bytes: &[u8]| hold(service::check(bytes)));
