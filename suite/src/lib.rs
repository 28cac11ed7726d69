//! `ucks`: conformance suite and fuzz harness for implementations of AWS KMS `UpdateCustomKeyStore`.
//!
//! ```text
//! profile → probe → plan → sequences of symbolic operations → wire requests → target
//!    → wire answers → the oracle's step → divergences → confirm → shrink → one record → reports
//! ```
//!
//! | module | use it to |
//! |---|---|
//! | [`harness`] | test a service in Rust under `cargo test`, one test a rule |
//! | [`target`] | connect the suite to a service: a function, a `tower::Service`, a URL, a command |
//! | [`profile`] | state what the suite cannot find out: revision, fixtures, limits |
//! | [`run`] | make a run with settings of your own |
//! | [`record`] | read the result of a run |
//! | [`deviations`] | declare known deviations |
//! | [`report`] | render a record as text, JSON, JUnit, Markdown or HTML |
//! | [`fuzzing`] | fuzz a service in Rust with the suite's inputs and checks |
//!
//! Everything else in this crate belongs to the program `ucks`, its tests and its fuzz targets, and may change in any
//! release.

pub mod deviations;
#[cfg(feature = "fuzz")]
pub mod fuzzing;
pub mod harness;
pub mod profile;
pub mod record;
pub mod report;
pub mod run;
pub mod target;

#[doc(hidden)]
pub mod bind;
#[doc(hidden)]
pub mod causes;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod certify;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod drift;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod error_order;
#[cfg(feature = "http")]
#[doc(hidden)]
pub mod guard;
#[doc(hidden)]
pub mod ledger;
#[doc(hidden)]
pub mod names;
#[doc(hidden)]
pub mod op;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod raw;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod replay;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod score;
#[doc(hidden)]
pub mod script;
#[doc(hidden)]
pub mod selection;
mod spelling;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod vectors;
#[doc(hidden)]
pub mod wording;
