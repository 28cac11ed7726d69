//! The content of every report for one record made by hand; scripts and declared deviations too.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod deviations;
mod formats;
mod sample;
#[cfg(feature = "cli")]
mod scripts;
