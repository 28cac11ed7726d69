//! The program `ucks` from outside: exit codes, what it says, and how much time and memory it takes.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod deviations;
mod drift;
mod hostile;
mod incomplete;
mod probe;
#[path = "../stage/mod.rs"]
mod stage;
mod ucks;
