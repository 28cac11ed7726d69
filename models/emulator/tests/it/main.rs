//! The emulator as a caller sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end here")]

mod admitted;
mod common;
mod defects;
mod environment;
mod errors;
mod judged;
mod readings;
mod revisions;
mod server;
mod signatures;
mod states;
mod walkthroughs;
