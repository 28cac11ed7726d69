//! Which rules are to be asked of a request: few of all, found by what the request is about.

use super::at;
use crate::members::{Member, MemberSet};
use crate::revision::Revision;
use crate::rule::{Check, RequestCheck, Rule};
use crate::topic::Topics;
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
    /// Those that are about no member.
    always: u64,
    /// Those about each member.
    about: [u64; Member::ALL.len()],
    /// Those that need each topic.
    within: [u64; Topics::COUNT],
}

impl Word {
    fn new(rules: &[Asked]) -> Word {
        let those = |which: &dyn Fn(&Rule) -> bool| {
            rules.iter().enumerate().filter(|(_, (r, _))| which(r)).fold(0, |bits, (at, _)| bits | 1 << at)
        };
        Word {
            rules: rules.to_vec(),
            always: those(&|r| r.about.is_empty()),
            about: std::array::from_fn(|member| those(&|r| r.about.has(Member::ALL[member]))),
            within: std::array::from_fn(|topic| those(&|r| r.within.has(topic))),
        }
    }

    fn of(&self, topics: Topics, members: MemberSet) -> u64 {
        let about = members.iter().fold(self.always, |bits, member| bits | self.about[member as usize]);
        topics.lacks().fold(about, |bits, topic| bits & !self.within[topic])
    }
}

/// The rules of `revision` to be asked of a request with these topics that gives these members, in the order of the table.
pub fn asked(revision: Revision, topics: Topics, members: MemberSet) -> impl Iterator<Item = &'static Asked> {
    ASKED.get(revision as usize).into_iter().flatten().flat_map(move |word| {
        let mut left = word.of(topics, members);
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
        let bits = (0..u16::BITS).flat_map(|a| (0..=a).map(move |b| 1 << a | 1 << b)).chain([0, u16::MAX]);
        let every =
            Member::ALL.iter().map(|m| MemberSet::of(&[*m])).chain([MemberSet::EMPTY, MemberSet::of(Member::ALL)]);
        for (topics, members) in bits.map(Topics::of).flat_map(|t| every.clone().map(move |m| (t, m))) {
            for revision in Revision::ALL {
                let found: Vec<_> = asked(*revision, topics, members).map(|(r, _)| r.id).collect();
                let rows =
                    at(*revision).filter(|r| matches!(r.check, Check::Request(_)) && r.concerns(topics, members));
                assert_eq!(found, rows.map(|r| r.id).collect::<Vec<_>>(), "{topics:?} {members:?} at {revision}");
            }
        }
    }
}
