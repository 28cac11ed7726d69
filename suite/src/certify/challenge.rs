//! The challenge: a text that the reviewer chooses, and all that is drawn in a run follows from it.

use crate::names::Origin;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest challenge, in bytes.
const LONGEST: usize = 1_024;

/// The source, together with the profile, of a run's names, secrets and random sequences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The text.
    pub text: String,
    /// True if the program drew it itself, since nobody issued one.
    pub self_issued: bool,
}

/// Why a text is no challenge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// Nothing, too much, or what no terminal shows.
    #[error("a challenge has 1 to {LONGEST} bytes and no control characters")]
    Odd,
    /// The machine gives no random bytes.
    #[error("this machine gives no random bytes: {0}")]
    NoChance(getrandom::Error),
}

impl Challenge {
    /// The challenge that a reviewer issued.
    ///
    /// # Errors
    /// [`ChallengeError::Odd`] where the text is empty, too long or holds control characters.
    pub fn issued(text: &str) -> Result<Challenge, ChallengeError> {
        if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
            return Err(ChallengeError::Odd);
        }
        Ok(Challenge { text: text.to_owned(), self_issued: false })
    }

    /// A challenge that nobody chose.
    ///
    /// # Errors
    /// [`ChallengeError::NoChance`] where the machine gives no random bytes.
    pub fn drawn() -> Result<Challenge, ChallengeError> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(ChallengeError::NoChance)?;
        Ok(Challenge { text: hex(&bytes), self_issued: true })
    }

    /// The seed of the random sequences, and where names come from, for a profile's public text.
    pub(super) fn draws(&self, profile: &str) -> (u64, Origin) {
        let mut hash = Sha256::new();
        hash.update(b"ucks certificate 1\0");
        hash.update((self.text.len() as u64).to_be_bytes());
        hash.update(self.text.as_bytes());
        hash.update(profile.as_bytes());
        let hash = hash.finalize();
        let number = |at: usize| hash[at..at + 8].iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        // Every reader of JSON can hold 53 bits.
        (number(0) >> 11, Origin::bare(number(8)))
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The SHA-256 of some bytes, as hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_and_profile_decide() {
        let draws = |text: &str, profile: &str| Challenge::issued(text).unwrap().draws(profile);
        assert_eq!(draws("a", "b"), draws("a", "b"));
        assert_ne!(draws("a", "b").0, draws("ab", "").0);
        assert_ne!(draws("a", "b").0, draws("a", "c").0);
        assert_ne!(draws("a", "b").1, draws("b", "b").1);
    }

    #[test]
    fn nobody_chooses_a_drawn_one() {
        let (one, other) = (Challenge::drawn().unwrap(), Challenge::drawn().unwrap());
        assert!(one.self_issued && one != other);
        assert_eq!(Challenge::issued("a\nb"), Err(ChallengeError::Odd));
        assert_eq!(Challenge::issued(""), Err(ChallengeError::Odd));
    }
}
