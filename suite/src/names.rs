//! Fresh values: a tag and a keyed hash, so that no two attempts of any run share one.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Where fresh values come from. Equal salts and keys give equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    salt: u64,
}

/// Characters that every pattern of the contract with letters takes.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl Names {
    /// Names of an attempt: `run` differs from run to run, `sequence` and `attempt` within one.
    pub fn new(run: u64, sequence: u64, attempt: u64) -> Names {
        Names { salt: mix(run ^ mix(sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(attempt))) }
    }

    /// A number that no other run has drawn.
    pub fn run() -> u64 {
        RandomState::new().build_hasher().finish() ^ u64::from(std::process::id())
    }

    /// `length` characters of `A` to `Z` and `2` to `7`.
    pub fn letters(&self, what: &str, n: u32, length: usize) -> String {
        let mut state = self.salt ^ mix(u64::from(n));
        for byte in what.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        (0..length)
            .map(|_| {
                state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
                char::from(BASE32[(state >> 59) as usize & 31])
            })
            .collect()
    }

    /// The same in lower case.
    pub fn lower(&self, what: &str, n: u32, length: usize) -> String {
        self.letters(what, n, length).to_ascii_lowercase()
    }

    /// `length` digits.
    pub fn digits(&self, what: &str, n: u32, length: usize) -> String {
        self.letters(what, n, length).bytes().map(|b| char::from(b'1' + (b % 9))).collect()
    }
}

/// The finaliser of splitmix64.
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_are_equal_and_others_differ() {
        let a = Names::new(1, 2, 3);
        assert_eq!(a.letters("x", 0, 20), Names::new(1, 2, 3).letters("x", 0, 20));
        assert_ne!(a.letters("x", 0, 20), a.letters("x", 1, 20));
        assert_ne!(a.letters("x", 0, 20), a.letters("y", 0, 20));
        assert_ne!(a.letters("x", 0, 20), Names::new(1, 2, 4).letters("x", 0, 20));
    }
}
