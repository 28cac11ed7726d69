//! The content of the fuzz targets: input types, mutators and checks. All of it runs under `cargo test` too.
//!
//! A *check* takes the bytes of one input and returns a [`CheckFailure`] if something is wrong; a panic, a hang or
//! memory without bound is for the fuzzer to see.
//!
//! | module | what it holds |
//! |---|---|
//! | [`answer`] | the suite on an answer of a hostile target |
//! | [`body`] | the oracle's deserializer on the bytes of a body |
//! | [`tree`] | a body as a JSON tree that may repeat members and keeps escapes as they are written |
//! | [`dictionary`] | the dictionary, from the members table |
//! | [`foreign`] | a service of somebody else's under their own fuzzer |
//! | [`search`] | what an input shows of a service that is not ours |
//! | [`mutate`] | the mutator of trees |
//! | [`operations`] | the mutator of sequences |
//! | [`pool`] | inputs to replay files and back |
//! | [`reading`] | an independent reading of a body against the members table |
//! | [`seeds`] | the seed corpus, from the deterministic cases |
//! | [`sequence`] | sequences of operations against the emulator |
//! | [`service`] | whole HTTP requests to the emulator's handler |
//! | [`simulated_clock`] | sequences in this process, on a simulated clock |
//! | [`values`] | values that keep the constraints, and values at their edges |
//! | [`wire`] | requests and answers as text |
//!
//! ```
//! use ucks_suite::fuzzing::{body, hold};
//!
//! // The reader of request bodies on the bytes of one input, as the fuzz target `request_bytes` calls it.
//! hold(body::bytes(br#"{"CustomKeyStoreId":"cks-1","NewCustomKeyStoreName":"\ud83d\ude00"}"#));
//! ```

pub mod answer;
pub mod body;
pub mod dictionary;
pub mod foreign;
pub mod mutate;
pub mod operations;
pub mod pool;
pub mod reading;
pub mod search;
pub mod seeds;
pub mod sequence;
pub mod service;
pub mod simulated_clock;
pub mod tree;
pub mod values;
pub mod wire;

/// A failed check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject}: expected {expected}, got {got}")]
pub struct CheckFailure {
    /// The subject of the check.
    pub subject: String,
    /// The expected result.
    pub expected: String,
    /// The actual result.
    pub got: String,
}

impl CheckFailure {
    /// The two sides of a comparison that should be equal. Nothing is written out where they are.
    pub fn unless_equal<T: PartialEq + std::fmt::Debug>(
        subject: impl FnOnce() -> String,
        expected: T,
        got: T,
    ) -> Result<(), CheckFailure> {
        if expected == got {
            return Ok(());
        }
        Err(CheckFailure { subject: subject(), expected: format!("{expected:?}"), got: format!("{got:?}") })
    }
}

/// Ends a fuzz target's execution: panics with what is wrong, which the fuzzer takes for a crash.
///
/// # Panics
/// Where the check found something.
pub fn hold(checked: Result<(), CheckFailure>) {
    if let Err(wrong) = checked {
        panic!("{wrong}");
    }
}
