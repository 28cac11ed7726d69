//! Requests at once.

use super::*;

/// Each is right alone, and in no order after the other: the new path does not take the new credential.
#[test]
fn updates_at_once_without_an_order() {
    let model = with_proxies(&[("/kms/xks/v1", &["s", "t"]), ("/a/kms/xks/v1", &["s"])]);
    let mut belief = account(&model, Disconnected);
    let path = r#"{"CustomKeyStoreId":"cks-x","XksProxyUriPath":"/a/kms/xks/v1"}"#;
    let race = [path, NEW_CREDENTIAL].map(|body| Racer::Update(update(body), Outcome::Success));
    let found = model.race(&mut belief, &race).unwrap();
    assert_eq!((found.rule.0, found.grade), ("R-03", Warn));
}

/// Two stores race for one name: if both win, the race is at fault, and the value was the same. A loser that
/// is refused with a wrong code is reported for the code, whichever of the two it is.
#[rstest]
#[case::both_win(Outcome::Success, Outcome::Success, ("R-01", "two updates at once with the same value", "success"))]
#[case::the_second_loses(
    Outcome::Success,
    refused(Code::ValidationException),
    ("U-01", "two updates at once with the same value", "ValidationException")
)]
#[case::the_first_loses(
    refused(Code::ValidationException),
    Outcome::Success,
    ("U-01", "two updates at once with the same value", "ValidationException")
)]
fn a_race_for_one_name(#[case] first: Outcome, #[case] second: Outcome, #[case] expected: (&str, &str, &str)) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, Disconnected);
    let other = RENAME.replace("cks-x", "cks-o");
    let found = model
        .race(&mut belief, &[Racer::Update(update(RENAME), first), Racer::Update(update(&other), second)])
        .unwrap();
    assert_eq!((found.rule.0, found.aspect.name(), &*found.got.code()), expected);
}

/// A change that Describe shows after a race is blamed on the race for the stores in it, and not blamed for others.
#[rstest]
#[case("cks-x", "R-02")]
#[case("cks-o", "A-03")]
fn what_a_race_leaves(#[case] id: &str, #[case] expected: &str) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, Disconnected);
    let race = [RENAME, PATH].map(|body| Racer::Update(update(body), Outcome::Success));
    assert_eq!(model.race(&mut belief, &race), None);
    let shown = DescribedStore { path: Some("/x".to_owned()), ..seen(&model, &belief, id) };
    let found = model.observe(&mut belief, id, Some(&shown));
    assert_eq!(found.first().map(|d| d.rule.0), Some(expected));
}
