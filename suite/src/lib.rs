//! `ucks`: conformance suite and fuzz harness for implementations of AWS KMS `UpdateCustomKeyStore`.
//!
//! ```text
//! profile → probe → plan → sequences of symbolic operations → wire requests → target
//!    → wire answers → the oracle's step → divergences → confirm → shrink → one record → reports
//! ```

pub mod bind;
#[cfg(feature = "cli")]
pub mod certify;
#[cfg(feature = "cli")]
pub mod cli;
pub mod deviations;
#[cfg(feature = "cli")]
pub mod drift;
#[cfg(feature = "fuzz")]
pub mod fuzzing;
#[cfg(feature = "http")]
pub mod guard;
pub mod harness;
pub mod ledger;
pub mod names;
pub mod op;
pub mod plan;
pub mod profile;
pub mod raw;
pub mod record;
pub mod render;
pub mod replay;
pub mod report;
pub mod run;
#[cfg(feature = "cli")]
pub mod score;
pub mod script;
pub mod selection;
mod spelling;
pub mod target;
#[cfg(feature = "cli")]
pub mod vectors;
pub mod wording;
