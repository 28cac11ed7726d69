//! The program `ucks` from outside: exit codes, output, time and memory.

mod access;
mod connected_from_birth;
mod deviations;
mod documents;
mod drift;
mod error_order;
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
