//! The challenge: a text that the reviewer chooses, and all that is drawn in a run follows from it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::names::Origin;
use crate::plan::shard::Shard;

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

/// Why a text is not a challenge.
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

    /// The seed of the random sequences, and where names come from, for a profile's public text. All shards of a run
    /// have one seed, and each has names of its own.
    pub(super) fn draws(&self, profile: &str, shard: Option<Shard>) -> (u64, Origin) {
        let mut hash = Sha256::new();
        hash.update(b"ucks certificate 1\0");
        hash.update((self.text.len() as u64).to_be_bytes());
        hash.update(self.text.as_bytes());
        hash.update(profile.as_bytes());
        let hash = hash.finalize();
        let names = match shard {
            Some(shard) => number(&Sha256::new_with_prefix(hash).chain_update(shard.to_string()).finalize(), 0),
            None => number(&hash, 8),
        };
        // Every reader of JSON can hold 53 bits.
        (number(&hash, 0) >> 11, Origin::bare(names))
    }
}

/// The eight bytes from a place on, as a number.
fn number(hash: &[u8], at: usize) -> u64 {
    hash[at..at + 8].iter().fold(0, |n, b| n << 8 | u64::from(*b))
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
        let draws = |text: &str, profile: &str| Challenge::issued(text).unwrap().draws(profile, None);
        assert_eq!(draws("a", "b"), draws("a", "b"));
        assert_ne!(draws("a", "b").0, draws("ab", "").0);
        assert_ne!(draws("a", "b").0, draws("a", "c").0);
        assert_ne!(draws("a", "b").1, draws("b", "b").1);
    }

    #[test]
    fn shards_have_one_seed_and_names_of_their_own() {
        let challenge = Challenge::issued("a").unwrap();
        let draws = |shard| challenge.draws("b", shard);
        let (one, other) = (draws(Shard::new(1, 2)), draws(Shard::new(2, 2)));
        assert_eq!((one.0, other.0), (draws(None).0, draws(None).0));
        assert!(one.1 != other.1 && one.1 != draws(None).1 && one.1 != draws(Shard::new(1, 3)).1);
    }

    #[test]
    fn nobody_chooses_a_drawn_one() {
        let (one, other) = (Challenge::drawn().unwrap(), Challenge::drawn().unwrap());
        assert!(one.self_issued && one != other);
        assert_eq!(Challenge::issued("a\nb"), Err(ChallengeError::Odd));
        assert_eq!(Challenge::issued(""), Err(ChallengeError::Odd));
    }
}
