//! The cover of findings by causes, on findings made for it.

use ucks_oracle::code::Code;
use ucks_oracle::expectation::{Expectation, ExpectedField, Observation, ObservedField};
use ucks_oracle::members::ConstraintViolation;

use super::*;
use crate::causes::catalogue::{catalogue, read};
use crate::record::Verdict;
use crate::replay::{self, Key, Replay};

/// A finding that a rule is broken for a member, of a sequence of `steps` steps.
fn finding(rule: &str, member: &str, steps: usize) -> Finding {
    let key = Key {
        rule: rule.to_owned(),
        fails: true,
        operation: "UpdateCustomKeyStore".to_owned(),
        store_type: None,
        state: None,
        member: Some(member.to_owned()),
        aspect: String::new(),
        expected: Expectation::Field(ExpectedField::New),
        got: Observation::Field(ObservedField::Old),
    };
    Finding {
        code: format!("{rule} {member}"),
        rule: key.rule.clone(),
        also: Vec::new(),
        fails: true,
        operation: key.operation.clone(),
        store_type: None,
        state: None,
        member: key.member.clone(),
        aspect: String::new(),
        expected: key.expected.clone(),
        got: key.got.clone(),
        count: 1,
        sentence: String::new(),
        steps: vec![String::new(); steps],
        exchanges: Vec::new(),
        replay: Replay {
            format: replay::FORMAT,
            target: String::new(),
            revision: String::new(),
            policy: String::new(),
            profile: None,
            finding: key,
            operations: Vec::new(),
        },
        found_after: 0,
        steps_before: steps,
        shrink_requests: 0,
        random: false,
        deviation: None,
    }
}

/// Findings under A-01, each named by its member, a letter.
fn findings(members: &str) -> Vec<Finding> {
    members.chars().map(|member| finding("A-01", &member.to_string(), 1)).collect()
}

/// The row of a rule that was decided for these members, each a letter.
fn decided(members: &str) -> RuleRow {
    let place = |member: char| Place { member: Some(member.to_string()), ..Place::default() };
    RuleRow {
        id: "A-01".to_owned(),
        group: "A".to_owned(),
        force: "must".to_owned(),
        basis: String::new(),
        asks: String::new(),
        verdict: Verdict::Fail,
        judged: 1,
        judged_by_cases: 1,
        touched: Vec::new(),
        decided: members.chars().map(place).collect(),
        reason: None,
        findings: Vec::new(),
    }
}

fn causes(rows: &str, findings: &[Finding], decided_for: &str) -> Vec<Cause> {
    let findings: Vec<&Finding> = findings.iter().collect();
    let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
    let rules = [decided(decided_for)];
    cover(&read(rows, ""), &JudgedPlaces { findings, symptoms, rules: &rules })
}

fn sentences(causes: &[Cause]) -> Vec<&str> {
    causes.iter().map(|cause| cause.sentence.as_str()).collect()
}

/// A habit with a unit for each member.
const BY_MEMBER: &str = r#"
    [[cause]]
    name = "members"
    harm = "data"
    sentence = "Members are lost"
    slices = [{ by = ["member"], sentence = "{member} is lost" }]
    except = "{member}"
    signs = [{ rules = ["A-01"], kinds = ["shown"] }]
    fix = "store {member}"
"#;

/// A habit without units, and with signs about some members only.
fn undivided(name: &str, members: &str, more: &str) -> String {
    let members: Vec<String> = members.chars().map(String::from).collect();
    format!(
        "[[cause]]\nname = \"{name}\"\nharm = \"form\"\nsentence = \"{name}\"\nfix = \"\"\n{more}\n\
         signs = [{{ rules = [\"A-01\", \"A-02\"], members = {members:?} }}]\n"
    )
}

#[test]
fn several_units_without_exceptions_are_the_whole_habit() {
    let found = causes(BY_MEMBER, &findings("abc"), "abc");
    assert_eq!(sentences(&found), ["Members are lost"]);
    assert_eq!((found[0].name.as_str(), found[0].findings.len()), ("members", 3));
}

#[test]
fn one_unit_is_a_slice() {
    let found = causes(BY_MEMBER, &findings("a"), "abc");
    assert_eq!(sentences(&found), ["a is lost"]);
    assert_eq!((found[0].name.as_str(), found[0].fix.as_str()), ("members (a)", "store a"));
}

#[test]
fn units_that_were_judged_and_not_found_are_exceptions() {
    let found = causes(BY_MEMBER, &findings("abc"), "abcx");
    assert_eq!(sentences(&found), ["Members are lost, except x"]);
    let found = causes(BY_MEMBER, &findings("abcdefghijkl"), "awxyz");
    assert_eq!(sentences(&found), ["Members are lost, except w, x, y and 1 more"]);
}

/// With fewer than three found units for an exception the units are causes of their own, however many findings
/// they have.
#[test]
fn few_units_beside_an_exception_are_slices() {
    let many = [findings("ab"), findings("ab"), findings("ab")].concat();
    assert_eq!(sentences(&causes(BY_MEMBER, &many, "abx")), ["a is lost", "b is lost"]);
    assert_eq!(sentences(&causes(BY_MEMBER, &many, "ab")), ["Members are lost"]);
}

/// An exception weighs as much as two findings: of three findings one is left, and another row explains two.
#[test]
fn an_exception_is_outweighed_by_two_findings() {
    let rows = [BY_MEMBER, &undivided("two", "ab", "")].concat();
    assert_eq!(sentences(&causes(&rows, &findings("abc"), "x")), ["two", "c is lost"]);
    assert_eq!(sentences(&causes(&rows, &findings("abcd"), "x")), ["Members are lost, except x"]);
}

/// A general row is chosen only where it explains more than two findings more.
#[test]
fn a_general_row_is_a_last_resort() {
    let rows = [BY_MEMBER, &undivided("general", "abxyz", "general = true")].concat();
    let with = |others: &str| {
        let others = others.chars().map(|member| finding("A-02", &member.to_string(), 1));
        causes(&rows, &findings("ab").into_iter().chain(others).collect::<Vec<_>>(), "")
    };
    assert_eq!(sentences(&with("xy")), ["Members are lost"]);
    assert_eq!(sentences(&with("xyz")), ["general"]);
}

#[test]
fn a_cause_whose_findings_others_explain_together_is_left_out() {
    let rows = [undivided("first", "abcd", ""), undivided("left", "abe", ""), undivided("right", "cdf", "")].concat();
    assert_eq!(sentences(&causes(&rows, &findings("abcdef"), "")), ["left", "right"]);
    assert_eq!(sentences(&causes(&rows, &findings("abcde"), "")), ["first", "left"]);
}

#[test]
fn each_finding_belongs_to_one_cause_which_names_the_shortest_first() {
    let rows = [undivided("first", "abc", ""), undivided("second", "cd", "")].concat();
    let found = [finding("A-01", "a", 3), finding("A-01", "b", 2), finding("A-01", "c", 4), finding("A-01", "d", 5)];
    let causes = causes(&rows, &found, "");
    assert_eq!(
        causes.iter().map(|cause| cause.findings.clone()).collect::<Vec<_>>(),
        [vec!["A-01 a", "A-01 b", "A-01 c"], vec!["A-01 d"]]
    );
    assert_eq!(causes[0].first, "A-01 b");
}

/// An error about the request or its store shows that the signature was not looked at; another one does not.
#[test]
fn only_some_errors_show_that_signatures_are_not_checked() {
    let names = |rules: &[&str], got: Observation| -> Vec<String> {
        let expected = Expectation::from(Code::MissingAuthenticationTokenException);
        let found = rules.iter().map(|rule| finding(rule, "", 1));
        let found: Vec<Finding> =
            found.map(|f| Finding { expected: expected.clone(), got: got.clone(), ..f }).collect();
        let findings: Vec<&Finding> = found.iter().collect();
        let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
        let causes = cover(catalogue(), &JudgedPlaces { findings, symptoms, rules: &[] });
        causes.into_iter().map(|cause| cause.name).collect()
    };
    let signatures = ["D-01", "D-02"];
    assert_eq!(names(&signatures, Observation::Success), ["signatures"]);
    assert_eq!(names(&signatures, Observation::Error(Code::ValidationException)), ["signatures"]);
    let unknown = || Observation::UnknownError { status: 400, code: "AuthFailure".to_owned() };
    assert!(names(&signatures, unknown()).iter().all(|name| name.starts_with("other-errors")));
    assert_eq!(names(&["D-04"], Observation::Success), ["permissions"]);
    assert!(names(&["D-04"], unknown()).iter().all(|name| name.starts_with("other-errors")));
}

#[test]
fn a_slice_without_a_value_is_left_out_but_for_the_member() {
    let row = |by: &str| {
        format!(
            "[[cause]]\nname = \"row\"\nharm = \"form\"\nfix = \"\"\n\
             slices = [{{ by = [\"{by}\"], sentence = \"with {{{by}}}\" }}]\nsigns = [{{ rules = [\"A-01\"] }}]\n"
        )
    };
    let found = [Finding { member: None, ..finding("A-01", "", 1) }];
    assert_eq!(sentences(&causes(&row("state"), &found, "")), Vec::<&str>::new());
    assert_eq!(sentences(&causes(&row("member"), &found, "")), ["with the request"]);
}

#[test]
fn only_some_ways_of_being_wrong_are_possible_for_a_member() {
    let place = |member: Member| Place { member: Some(member.name().to_owned()), ..Place::default() };
    let (name, connectivity) = (place(Member::NewCustomKeyStoreName), place(Member::XksProxyConnectivity));
    let (long, of_enum) = (ConstraintViolation::TooLong.name(), ConstraintViolation::Enum.name());
    assert!(is_possible(&name, long) && !is_possible(&connectivity, long));
    assert!(is_possible(&connectivity, of_enum) && !is_possible(&name, of_enum));
    assert!(is_possible(&name, "") && is_possible(&Place::default(), of_enum));
}
