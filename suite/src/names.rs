//! Fresh values: a tag and a keyed hash, so that no two attempts of any run share one.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The part of names that differs from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    number: u64,
    /// True if names hide that this program made them.
    bare: bool,
}

impl Origin {
    /// A number that no other run has drawn.
    pub fn drawn() -> Origin {
        Origin::from(RandomState::new().build_hasher().finish() ^ u64::from(std::process::id()))
    }

    /// Names by a number, without a sign that this program made them.
    pub fn bare(number: u64) -> Origin {
        Origin { number, bare: true }
    }

    /// The n-th origin that follows from this one.
    #[must_use]
    pub fn nth(self, n: u64) -> Origin {
        Origin { number: mix(self.number.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15))), ..self }
    }
}

impl From<u64> for Origin {
    fn from(number: u64) -> Origin {
        Origin { number, bare: false }
    }
}

/// Where fresh values come from. Equal salts and keys give equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    salt: u64,
    bare: bool,
}

/// The mark by which people know what this program made.
const MARK: &str = "ucks";

/// Characters that every pattern of the contract with letters takes.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl Names {
    /// Names of an attempt: `run` differs from run to run, `sequence` and `attempt` within one.
    pub fn new(run: impl Into<Origin>, sequence: u64, attempt: u64) -> Names {
        let Origin { number, bare } = run.into();
        Names { salt: mix(number ^ mix(sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(attempt))), bare }
    }

    /// A number that no other run has drawn.
    pub fn run() -> u64 {
        Origin::drawn().number
    }

    /// The text, without this program's mark where names hide it.
    pub fn own<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let at = if self.bare { find(text) } else { None };
        let Some(at) = at else { return Cow::Borrowed(text) };
        let (mut out, mut rest, mut next) = (String::with_capacity(text.len()), text, Some(at));
        while let Some(at) = next {
            let word = self.lower("mark", 0, MARK.len());
            out.push_str(&rest[..at]);
            // Letters in the case of those that they replace.
            for (new, old) in word.bytes().zip(rest[at..].bytes()) {
                let letter = if new.is_ascii_digit() { new - b'2' + b'g' } else { new };
                out.push(char::from(if old.is_ascii_uppercase() { letter.to_ascii_uppercase() } else { letter }));
            }
            rest = &rest[at + MARK.len()..];
            next = find(rest);
        }
        out.push_str(rest);
        Cow::Owned(out)
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

/// Returns the position of the mark, in any case.
fn find(text: &str) -> Option<usize> {
    text.as_bytes().windows(MARK.len()).position(|w| w.eq_ignore_ascii_case(MARK.as_bytes()))
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

    #[test]
    fn bare_names_hide_who_made_them() {
        assert_eq!(Names::new(1, 2, 3).own("ucks-name"), "ucks-name");
        let bare = Names::new(Origin::bare(1), 2, 3);
        let (small, large) = (bare.own("é ucks-name"), bare.own("UcksUnknownMember ucks"));
        assert!(small.ends_with("-name") && !small.contains("ucks") && small.starts_with("é "), "{small}");
        assert!(large.contains("UnknownMember ") && !large.to_lowercase().contains("ucks"), "{large}");
        assert!(large.starts_with(|c: char| c.is_ascii_uppercase()), "{large}");
        assert!(bare.own("UCKS").bytes().all(|b| b.is_ascii_uppercase()));
        assert_eq!((small.len(), large.len()), ("é ucks-name".len(), "UcksUnknownMember ucks".len()));
        assert_ne!(Origin::bare(1).nth(1), Origin::bare(1).nth(2));
    }
}
