//! Certificates: what is refused, what is rejected, and that no secret is told.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod accepted;
mod defects;
mod levels;
mod sealed;
mod secrets;
mod tampering;
