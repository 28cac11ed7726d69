use rstest::rstest;

use super::*;

#[rstest]
#[case("[[deviation]]\nrule='A-01'\nreason=''", "no reason")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\nmember='Name'", "not a valid member")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\nstate='connected'", "not a valid connection state")]
#[case("[[deviation]]\nrule='W-15'\nreason='r'\nanswer='500 with an HTML page'", "not the code of an answer")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\nexpires='2026-02-30'", "not a valid date")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\nuntil='2026-02-28'", "unknown field")]
#[case("[[deviations]]\nrule='A-01'\nreason='r'", "unknown field")]
#[case("[[deviation]]\nrule='A-01'", "missing field")]
#[case("[[deviation]]\nrule='A-01'\nreson='r'", "did you mean `reason`?")]
#[case("[[deviation]]\nrule='A01'\nreason='r'", "did you mean `A-01`?")]
#[case("[[deviation]]\nrule='Q-*'\nreason='r'", "matches no rule")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\nmember='XksProxyUrlPath'", "did you mean `XksProxyUriPath`?")]
#[case("[[deviation]]\nrule='A-01'\nreason='r'\noperation='UpdateKeyStore'", "not a valid operation")]
fn mistakes_are_named(#[case] text: &str, #[case] says: &str) {
    let error = Deviations::parse(text).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn an_entry_takes_the_patterns_of_the_command_line() {
    let key = crate::replay::Key {
        rule: "G-14".to_owned(),
        fails: true,
        operation: UPDATE.to_owned(),
        store_type: None,
        state: None,
        member: None,
        aspect: String::new(),
        expected: ucks_oracle::expectation::Expectation::Refusal,
        got: ucks_oracle::expectation::Observation::Success,
    };
    for (pattern, covered) in [("G-14", true), ("g", true), ("G-1*", true), ("U", false), ("G-2?", false)] {
        let list = Deviations::parse(&format!("[[deviation]]\nrule='{pattern}'\nreason='r'")).unwrap();
        assert_eq!(list.declares(&key), covered, "{pattern}");
    }
}
