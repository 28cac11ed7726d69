//! Shards: N runs that divide the sequences of one plan among them.
//!
//! Each sequence has a number in the plan, and the number alone decides which shard runs it. The shards of one seed
//! together therefore run what a run without shards runs, for any N.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ucks_oracle::fixed_hash::fnv1a;

use super::Sequence;

/// Most shards of one run: far more than there are sequences worth a machine.
const MOST: u32 = 1_024;

/// One of the runs that divide a plan among them, written `I/N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    index: u32,
    of: u32,
}

/// A text that is not a shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a shard; write I/N with I from 1 to N and N of at most {MOST}, for example 2/8")]
pub struct NotAShard(String);

impl Shard {
    /// The shard of this number, from 1 to `of`; `None` where there is no such shard.
    pub fn new(index: u32, of: u32) -> Option<Shard> {
        (1..=of.min(MOST)).contains(&index).then_some(()).filter(|()| of <= MOST)?;
        Some(Shard { index, of })
    }

    /// Its number, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Returns the number of shards.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Returns true if it runs the sequence of this number.
    pub fn takes(self, number: u64) -> bool {
        number % u64::from(self.of) == u64::from(self.index - 1)
    }

    /// Its share of the stores for which an account has room: an equal part, but enough for its largest sequence.
    pub fn share(self, room: usize, largest: usize) -> usize {
        let equal = room / usize::try_from(self.of).unwrap_or(usize::MAX);
        equal.max(largest).min(room)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> String {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = NotAShard;

    fn try_from(text: String) -> Result<Shard, NotAShard> {
        text.parse()
    }
}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Shard, NotAShard> {
        let parts: Option<(u32, u32)> =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        // Indices that count from 0, as those of Kubernetes jobs do, name every shard once too: 0/N is N/N.
        let shard = parts.and_then(|(index, of)| Shard::new(if index == 0 { of } else { index }, of));
        shard.ok_or_else(|| NotAShard(text.to_owned()))
    }
}

/// A hash of sequences with their numbers (FNV-1a), which does not depend on the platform.
pub fn fingerprint(sequences: &[(u64, Sequence)]) -> String {
    let of_one = |(number, sequence): &(u64, Sequence)| {
        let mut bytes = number.to_le_bytes().to_vec();
        for op in sequence.operations() {
            bytes.extend(serde_json::to_vec(op).unwrap_or_default());
            bytes.push(b'\n');
        }
        bytes
    };
    format!("{:016x}", fnv1a(sequences.iter().flat_map(of_one)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(7)]
    fn each_sequence_belongs_to_one_shard(#[case] of: u32) {
        for number in 0..100 {
            let takers = (1..=of).filter_map(|index| Shard::new(index, of)).filter(|shard| shard.takes(number));
            assert_eq!(takers.count(), 1, "sequence {number} of {of} shards");
        }
    }

    #[rstest]
    #[case("0/0")]
    #[case("3/2")]
    #[case("1/0")]
    #[case("1/1025")]
    #[case("1")]
    #[case("-1/2")]
    fn refuses(#[case] text: &str) {
        assert_eq!(text.parse::<Shard>(), Err(NotAShard(text.to_owned())));
    }

    #[test]
    fn indices_from_0_name_every_shard_once() {
        let shards: Vec<u32> = (0..3).map(|i| format!("{i}/3").parse::<Shard>().unwrap().index()).collect();
        assert_eq!(shards, [3, 1, 2]);
    }

    #[test]
    fn takes_an_equal_share_but_enough_for_its_largest_sequence() {
        let shard: Shard = "2/4".parse().unwrap();
        assert_eq!(shard.to_string(), "2/4");
        assert_eq!((shard.share(10, 1), shard.share(10, 3), shard.share(2, 3)), (2, 3, 2));
    }
}
