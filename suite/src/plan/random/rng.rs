//! Where the choices come from: proptest's strategies, and small choices within a sequence.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::names::mix;

/// An explicit configuration: nothing is read from the environment.
pub(super) fn config() -> Config {
    Config { failure_persistence: None, ..Config::with_cases(1) }
}

pub(super) fn rng(seed: u64, number: u64) -> TestRng {
    let mut bytes = [0_u8; 32];
    for (at, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(
            &mix(seed.wrapping_add(at as u64) ^ mix(number.wrapping_mul(4) + at as u64)).to_le_bytes(),
        );
    }
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

pub(super) fn draw<T: std::fmt::Debug>(strategy: &BoxedStrategy<Vec<T>>, runner: &mut TestRunner) -> Vec<T> {
    strategy.new_tree(runner).map(|tree| tree.current()).unwrap_or_default()
}

/// Small choices within a sequence.
pub(super) struct SmallRng(u64);

impl SmallRng {
    pub(super) fn new(seed: u64) -> SmallRng {
        SmallRng(seed)
    }

    /// One of the numbers below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = mix(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        usize::try_from(self.0 % (n.max(1) as u64)).unwrap_or(0)
    }
}
