//! The suite as its users see it: library, program, reports and certificates. One binary, because linking one takes
//! longer than running most of its tests.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by it")]

mod certify;
mod cost;
mod decided;
mod drift;
mod faulty_server;
mod fuzzing;
mod lag;
mod lanes;
mod open_answers;
mod program;
mod reports;
mod revisions;
mod shards;
mod tables;

use std::sync::LazyLock;

use ucks_suite::plan::cases::PlanCache;

/// The plan that most runs here have in common.
pub(crate) fn plans() -> PlanCache {
    static PLANS: LazyLock<PlanCache> = LazyLock::new(PlanCache::default);
    PLANS.clone()
}
