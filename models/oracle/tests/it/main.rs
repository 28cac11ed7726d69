//! The oracle as its callers see it.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod answers;
mod foreign;
mod judged;
mod judging;
mod reported_once;
mod stores;
