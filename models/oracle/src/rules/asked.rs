//! Which rules are to be asked of a request: few of all, found by what the request is about.

use super::at;
use crate::revision::Revision;
use crate::rule::{Check, RequestCheck, Rule, Topics};
use std::sync::LazyLock;

/// The rules that look at requests, by revision.
static ASKED: LazyLock<Vec<Vec<Word>>> = LazyLock::new(|| {
    let asked = |rule: &'static Rule| match &rule.check {
        Check::Request(check) => Some((rule, check)),
        _ => None,
    };
    let words = |revision: &Revision| {
        let rules: Vec<Asked> = at(*revision).filter_map(asked).collect();
        rules.chunks(u64::BITS as usize).map(Word::new).collect()
    };
    Revision::ALL.iter().map(words).collect()
});

type Asked = (&'static Rule, &'static RequestCheck);

/// As many rules as a word has bits.
struct Word {
    rules: Vec<Asked>,
    /// Those that are about everything.
    always: u64,
    /// Those about each topic.
    about: [u64; Topics::COUNT],
    /// Those that need each topic.
    within: [u64; Topics::COUNT],
    /// The topics that any of them needs.
    needed: Topics,
}

impl Word {
    fn new(rules: &[Asked]) -> Word {
        let those = |which: &dyn Fn(&Rule) -> bool| {
            rules.iter().enumerate().filter(|(_, (r, _))| which(r)).fold(0, |bits, (at, _)| bits | 1 << at)
        };
        Word {
            rules: rules.to_vec(),
            always: those(&|r| r.about == Topics::NONE),
            about: std::array::from_fn(|topic| those(&|r| r.about.has(topic))),
            within: std::array::from_fn(|topic| those(&|r| r.within.has(topic))),
            needed: rules.iter().fold(Topics::NONE, |all, (r, _)| all | r.within),
        }
    }

    fn of(&self, topics: Topics) -> u64 {
        let about = topics.iter().fold(self.always, |bits, topic| bits | self.about[topic]);
        self.needed.without(topics).iter().fold(about, |bits, topic| bits & !self.within[topic])
    }
}

/// The rules of `revision` to be asked of a request about `topics`, in the order of the table.
pub fn asked(revision: Revision, topics: Topics) -> impl Iterator<Item = &'static Asked> {
    ASKED.get(revision as usize).into_iter().flatten().flat_map(move |word| {
        let mut left = word.of(topics);
        std::iter::from_fn(move || {
            let at = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            word.rules.get(at)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each rule is asked of exactly the requests that its row says.
    #[test]
    fn the_index_agrees_with_the_rows() {
        let single = (0..Topics::COUNT).map(Topics::of);
        let all = single.clone().fold(Topics::NONE, |all, topic| all | topic);
        let pairs = (0..Topics::COUNT).flat_map(|a| (0..a).map(move |b| Topics::of(a) | Topics::of(b)));
        for topics in single.chain(pairs).chain([Topics::NONE, all]) {
            for revision in Revision::ALL {
                let found: Vec<_> = asked(*revision, topics).map(|(r, _)| r.id).collect();
                let rows = at(*revision).filter(|r| matches!(r.check, Check::Request(_)) && r.concerns(topics));
                assert_eq!(found, rows.map(|r| r.id).collect::<Vec<_>>(), "{topics:?} at {revision}");
            }
        }
    }
}
