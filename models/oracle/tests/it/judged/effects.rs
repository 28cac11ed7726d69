//! The states that Describe may show after an answer, of the store itself and of another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ucks_oracle::account::{ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{BodyForm, DescribedStore, Outcome};
use ucks_oracle::aspect::Aspect;
use ucks_oracle::code::Code;
use ucks_oracle::companions::Companion;
use ucks_oracle::expectation::{Expectation, ExpectedField, Observation, ObservedField};
use ucks_oracle::model::{Belief, Divergence, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::RuleId;

use super::fixtures::{self, OWN, StoreKind, belief, environment, model};
use super::observations::{odd_sights, seen};
use super::render::{deviation_of, short};
use super::{KINDS, requests};

/// For each request and each companion operation with its answer: which rule is blamed for how many of the odd things
/// that Describe may show next, about which members unless most are blamed on it, and, behind the arrow, which of them
/// are admitted.
#[test]
fn what_describe_shows() {
    for kind in KINDS {
        for state in [ConnectionState::Disconnected, ConnectionState::Connecting] {
            insta::assert_snapshot!(format!("describe-{kind:?}-{}", state.name()), described(kind, state));
        }
    }
}

fn described(kind: StoreKind, state: ConnectionState) -> String {
    let model = model(Revision::LATEST, environment());
    let believed = belief(&model, kind, state);
    let mut out = String::new();
    let other = "cks-000000000000vpc";
    let refused = Outcome::Refused { status: 400, code: Some(Code::ValidationException), written: None };
    let fault = Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json };
    let before = believed.account().store(OWN);
    for (what, request) in requests::one(kind).into_iter().chain(requests::shown_by_describe(kind)) {
        for outcome in [&Outcome::Success, &refused, &fault] {
            let mut after = believed.clone();
            model.step(&mut after, &request, outcome);
            let title = format!("{what}, {}", short(outcome));
            let _ = writeln!(out, "{title}: {}", observed(&model, &after, OWN, before));
            if what.starts_with("NewCustomKeyStoreName fresh") {
                let _ = writeln!(out, "{title}, another store: {}", observed(&model, &after, other, None));
            }
        }
    }
    for (what, operation) in companions(kind) {
        for outcome in [&Outcome::Success, &refused] {
            let mut after = believed.clone();
            let id = matches!(operation, Companion::Create(_)).then_some("cks-0000000000000new");
            let found = model.companion(&mut after, &operation, outcome, id);
            let verdict = found.as_ref().map_or("fine".to_owned(), deviation_of);
            let shown = observed(&model, &after, id.unwrap_or(OWN), before);
            let _ = writeln!(out, "{what}, {} ({verdict}): {shown}", short(outcome));
        }
    }
    out
}

/// Shows each odd thing to the belief, and asserts what holds for all of them.
fn observed(model: &Model, believed: &Belief, id: &str, old: Option<&Store>) -> String {
    let Some(store) = believed.account().store(id) else { return "no store".to_owned() };
    let old = old.map(|old| ("as before".to_owned(), Some(seen(old))));
    let mut blamed: BTreeMap<RuleId, Vec<&str>> = BTreeMap::new();
    let mut admitted = Vec::new();
    for (what, sight) in odd_sights(store).into_iter().chain(old) {
        let mut after = believed.clone();
        let found = model.observe(&mut after, id, sight.as_ref());
        let case = format!("{id} {what}");
        if believed.accounts().iter().any(|a| is_shown(a.store(id), sight.as_ref())) {
            assert_eq!(found, [], "what a believed world shows is admitted: {case}");
        }
        if believed.is_tainted(id) || believed.inconclusive {
            assert_eq!(found, [], "a tainted store accuses nobody: {case}");
        } else if found.is_empty() {
            assert!(!after.is_tainted(id), "an admitted sight taints nothing: {case}");
        } else {
            accuses_for_what_is_shown(&after, id, sight.as_ref(), &found, &case);
        }
        for d in &found {
            blamed.entry(d.rule).or_default().push(d.member.unwrap_or_default());
        }
        if found.is_empty() {
            admitted.push(what);
        }
    }
    if blamed.is_empty() {
        return "accuses nobody".to_owned();
    }
    let most = blamed.values().map(Vec::len).max();
    let rules = blamed.iter().map(|(rule, members)| match members.len() {
        count if Some(count) == most => format!("{rule} {count}"),
        count => format!(
            "{rule} {count} ({})",
            members.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
        ),
    });
    format!("{} ← {}", rules.collect::<Vec<_>>().join("; "), admitted.join(", "))
}

/// Returns true if a world shows exactly this of a store, in every field that it knows.
fn is_shown(store: Option<&Store>, sight: Option<&DescribedStore>) -> bool {
    match (store, sight) {
        (None, None) => true,
        (Some(store), Some(sight)) => {
            DescribeField::ALL.iter().all(|f| f.believed(store).is_none_or(|value| value == f.of(sight)))
        }
        _ => false,
    }
}

/// Divergences of one Describe name different fields, say what was shown, and leave Describe believed.
fn accuses_for_what_is_shown(
    after: &Belief,
    id: &str,
    sight: Option<&DescribedStore>,
    found: &[Divergence],
    case: &str,
) {
    assert!(after.is_tainted(id) && after.accounts().len() == 1, "Describe is believed: {case}");
    assert_eq!(after.account().store(id).is_some(), sight.is_some(), "Describe is believed: {case}");
    let fields: Vec<_> = found.iter().map(|d| d.member).collect();
    let distinct: BTreeSet<_> = fields.iter().collect();
    assert_eq!(distinct.len(), fields.len(), "each field is reported once: {case}");
    for d in found.iter().filter(|d| d.aspect == Aspect::EFFECT) {
        let field = DescribeField::ALL.iter().find(|f| Some(f.described_name()) == d.member);
        let shown = sight.and_then(|sight| field.and_then(|f| f.of(sight)));
        match &d.got {
            Observation::Field(ObservedField::Value(value)) => assert_eq!(Some(value), shown.as_ref(), "{case}"),
            Observation::Field(ObservedField::Absent) => assert_eq!(shown, None, "{case}"),
            Observation::Field(ObservedField::Gone) => assert!(sight.is_none(), "{case}"),
            Observation::Field(ObservedField::Old | ObservedField::Another | ObservedField::Changed) => {
                assert!(shown.is_some(), "{case}");
            }
            other => panic!("{other:?}: {case}"),
        }
        if d.expected == Expectation::Field(ExpectedField::Absent) {
            assert!(shown.is_some_and(|value| !value.is_empty()), "an empty text is absent: {case}");
        }
    }
}

fn companions(kind: StoreKind) -> Vec<(&'static str, Companion<'static>)> {
    let made = |name: &str| Box::new(fixtures::store("", name, kind, "new", ConnectionState::Disconnected));
    vec![
        ("Create", Companion::Create(made("new"))),
        ("Create with a name in use", Companion::Create(made("other vpc"))),
        ("Connect", Companion::Connect(OWN)),
        ("Disconnect", Companion::Disconnect(OWN)),
        ("Delete", Companion::Delete(OWN)),
        ("Delete of no store", Companion::Delete("cks-00000000nowhere")),
    ]
}
