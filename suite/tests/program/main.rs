//! The program `ucks` from outside: exit codes, output, time and memory.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod access;
mod connected_from_birth;
mod deviations;
mod documents;
mod drift;
#[path = "../faulty_server/mod.rs"]
mod faulty_server;
mod hostile;
mod incomplete;
mod json;
mod leftovers;
mod odd_services;
mod probe;
mod secrets;
mod shards;
mod stdio;
mod ucks;
mod usage;
mod vectors;
