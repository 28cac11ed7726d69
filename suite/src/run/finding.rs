//! Keys of findings, their stable codes, and the sentence that describes the deviation.

use ucks_oracle::expectation::Expectation;
use ucks_oracle::fixed_hash::fnv1a;
use ucks_oracle::group::Distinct;
use ucks_oracle::judge::Grade;
use ucks_oracle::model::Divergence;
use ucks_oracle::rules::{self, ids};

use crate::replay::Key;
use crate::wording;

/// The key of a divergence: everything but values, and the cell only where the rule depends on it.
pub fn key(divergence: &Divergence) -> Key {
    let (typed, stated) = match divergence.rule.group().traits().finding_cell {
        // Services crash in different places for different types of stores.
        _ if divergence.rule == ids::W_15 => (true, false),
        Distinct::State => (true, true),
        Distinct::Column | Distinct::Type => (true, false),
        Distinct::None => (false, false),
    };
    Key {
        rule: divergence.rule.0.to_owned(),
        fails: divergence.grade == Grade::Fail,
        operation: divergence.operation.to_owned(),
        store_type: divergence.store_type.filter(|_| typed).map(|t| t.name().to_owned()),
        state: divergence.state.filter(|_| stated).map(|s| s.name().to_owned()),
        member: divergence.member.map(str::to_owned),
        aspect: divergence.aspect.to_string(),
        expected: divergence.expected.clone(),
        got: divergence.got.clone(),
    }
}

impl Key {
    /// The key in one line.
    pub fn text(&self) -> String {
        let part = |p: &Option<String>| p.clone().unwrap_or_default();
        [
            self.rule.clone(),
            self.operation.clone(),
            part(&self.store_type),
            part(&self.state),
            part(&self.member),
            self.aspect.clone(),
            self.expected.code(),
            self.got.code(),
        ]
        .join("|")
    }

    /// A short stable code: the rule and a hash of the key.
    pub fn code(&self) -> String {
        format!("{}-{:05x}", self.rule, fnv1a(self.text().bytes()) & 0xf_ffff)
    }

    /// Returns true if two keys are about the same deviation, on any store: the same
    /// rule in the same way.
    pub fn same_deviation(&self, other: &Key) -> bool {
        self.rule == other.rule && self.member == other.member && self.aspect == other.aspect && self.got == other.got
    }

    /// Describes the deviation in one plain sentence.
    pub fn sentence(&self) -> String {
        wording::sentence(self)
    }
}

/// Returns true if the shrinker may go from one finding to another with the same answer: to a broader rule,
/// to the same deviation where a simpler sequence admits other codes, and from P-01, which covers
/// for several faults, to the rule of one.
pub fn may_slip(from: &Key, to: &Key) -> bool {
    let breadth = |k: &Key| rules::find(&k.rule).map(|r| r.breadth);
    let alike = from.got == to.got && from.fails == to.fails && from.operation == to.operation;
    // A refusal with a certain code is a refusal, too.
    let refusals = from.got.is_success() && to.expected == Expectation::Refusal;
    let comparable = refusals || from.expected.is_comparable(&to.expected);
    let broader = breadth(to) > breadth(from) && comparable && to.rule != ids::P_01.0;
    // A crash that showed with several members is one of the member that it shows with alone.
    let crash = from.rule == ids::W_15.0 && to.rule == from.rule && from.member.is_none();
    alike && (broader || crash || from.same_deviation(to) || from.rule == ids::P_01.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use ucks_oracle::code::Code;
    use ucks_oracle::expectation::Observation;

    use super::*;

    const VALIDATION: Code = Code::ValidationException;

    fn key(rule: &str, expected: Expectation, got: Observation) -> Key {
        Key {
            rule: rule.to_owned(),
            fails: true,
            operation: "UpdateCustomKeyStore".to_owned(),
            store_type: None,
            state: None,
            member: None,
            aspect: String::new(),
            expected,
            got,
        }
    }

    const ONE: &[Code] = &[VALIDATION];
    const OTHER: &[Code] = &[Code::SerializationException];
    const BOTH: &[Code] = &[VALIDATION, Code::SerializationException];

    #[rstest]
    #[case::to_a_broader_rule(("T-14", ONE), ("T-01", ONE), true)]
    #[case::to_a_more_special_rule(("T-01", ONE), ("T-14", ONE), false)]
    #[case::where_fewer_codes_are_expected(("T-14", BOTH), ("T-01", ONE), true)]
    #[case::where_other_codes_are_expected(("T-14", OTHER), ("T-01", ONE), false)]
    #[case::from_the_stand_in(("P-01", BOTH), ("S-01", ONE), true)]
    #[case::to_another_rule(("T-01", ONE), ("S-04", ONE), false)]
    fn slips(#[case] from: (&str, &[Code]), #[case] to: (&str, &[Code]), #[case] may: bool) {
        let key = |(rule, codes): (&str, &[Code]), got| key(rule, Expectation::Errors(codes.to_vec()), got);
        assert_eq!(may_slip(&key(from, Observation::Success), &key(to, Observation::Success)), may);
        assert!(!may_slip(&key(from, Observation::Success), &key(to, Observation::AnotherError)));
    }

    #[test]
    fn a_refusal_with_a_certain_code_is_a_refusal() {
        let from = key("T-14", Expectation::Errors(vec![VALIDATION]), Observation::Success);
        assert!(may_slip(&from, &key("T-01", Expectation::Refusal, Observation::Success)));
        let to = key("T-01", Expectation::Refusal, Observation::AnotherError);
        assert!(!may_slip(&Key { got: Observation::AnotherError, ..from }, &to));
    }
}
