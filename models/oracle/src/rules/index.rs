//! The rules that apply to a request: few of all, found by the features and members of the request.

use std::sync::LazyLock;

use super::at;
use crate::feature::FeatureSet;
use crate::members::{Member, MemberSet};
use crate::revision::Revision;
use crate::rule::{JudgedOn, RequestCheck, Rule};

/// The rules that look at requests, by revision.
static ASKED: LazyLock<Vec<RuleIndex>> = LazyLock::new(|| Revision::ALL.iter().map(|r| RuleIndex::new(*r)).collect());

type IndexedCheck = (&'static Rule, &'static RequestCheck);

/// Most rules that look at requests, in words.
const WORDS: usize = 4;

/// A set of rules, by their place among those that look at requests.
#[derive(Clone, Copy)]
struct Rules([u64; WORDS]);

impl Rules {
    fn or(self, other: Rules) -> Rules {
        Rules(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    fn and_not(self, other: Rules) -> Rules {
        Rules(std::array::from_fn(|at| self.0[at] & !other.0[at]))
    }
}

/// Which rules are to be asked when.
struct RuleIndex {
    rules: Vec<IndexedCheck>,
    /// Those that are about no member.
    always: Rules,
    /// Those about each member.
    about: [Rules; Member::ALL.len()],
    /// Those that need each feature.
    within: [Rules; FeatureSet::COUNT],
}

impl RuleIndex {
    fn new(revision: Revision) -> RuleIndex {
        let asked = |rule: &'static Rule| match &rule.check {
            JudgedOn::Request(check) => Some((rule, &**check)),
            _ => None,
        };
        let rules: Vec<IndexedCheck> = at(revision).filter_map(asked).collect();
        assert!(rules.len() <= WORDS * u64::BITS as usize, "{} rules look at requests", rules.len());
        let those = |which: &dyn Fn(&Rule) -> bool| {
            let mut set = Rules([0; WORDS]);
            for (at, _) in rules.iter().enumerate().filter(|(_, (rule, _))| which(rule)) {
                set.0[at / u64::BITS as usize] |= 1 << (at % u64::BITS as usize);
            }
            set
        };
        RuleIndex {
            always: those(&|r| r.about.is_empty()),
            about: std::array::from_fn(|member| those(&|r| r.about.has(Member::ALL[member]))),
            within: std::array::from_fn(|feature| those(&|r| r.within.has(feature))),
            rules,
        }
    }

    fn of(&self, features: FeatureSet, members: MemberSet) -> Rules {
        let about = members.iter().fold(self.always, |set, member| set.or(self.about[member as usize]));
        features.lacks().fold(about, |set, feature| set.and_not(self.within[feature]))
    }
}

/// Visits the rules of `revision` that apply to requests with these features that give these members, in the order of
/// the table.
pub fn for_each_applicable(
    revision: Revision,
    features: FeatureSet,
    members: MemberSet,
    mut ask: impl FnMut(&'static Rule, &'static RequestCheck),
) {
    let index = &ASKED[revision as usize];
    let Rules(words) = index.of(features, members);
    for (mut left, rules) in words.into_iter().zip(index.rules.chunks(u64::BITS as usize)) {
        while let Some((rule, check)) = rules.get(left.trailing_zeros() as usize) {
            left &= left - 1;
            ask(rule, check);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each rule is evaluated for exactly the requests that its row selects.
    #[test]
    fn the_index_agrees_with_the_rows() {
        let bits = (0..u16::BITS).flat_map(|a| (0..=a).map(move |b| 1 << a | 1 << b)).chain([0, u16::MAX]);
        let every =
            Member::ALL.iter().map(|m| MemberSet::of(&[*m])).chain([MemberSet::EMPTY, MemberSet::of(Member::ALL)]);
        for (features, members) in bits.map(FeatureSet::of).flat_map(|t| every.clone().map(move |m| (t, m))) {
            for revision in Revision::ALL {
                let mut found = Vec::new();
                for_each_applicable(*revision, features, members, |rule, _| found.push(rule.id));
                let rows =
                    at(*revision).filter(|r| matches!(r.check, JudgedOn::Request(_)) && r.concerns(features, members));
                assert_eq!(found, rows.map(|r| r.id).collect::<Vec<_>>(), "{features:?} {members:?} at {revision}");
            }
        }
    }
}
