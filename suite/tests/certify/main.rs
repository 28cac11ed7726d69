//! Certificates: refused runs, rejected bundles, and secrets that never show.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod accepted;
mod defects;
mod levels;
mod sealed;
mod secrets;
mod tampering;
