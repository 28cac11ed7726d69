//! Tests of admitted outcomes, of blame, and of the effect of Describe on a belief.

mod races;

use std::collections::BTreeMap;

use rstest::rstest;
use ucks_oracle::account::{Backing, Believed, CloudHsm, ConnectionState, Connectivity, DescribeField, Store, Xks};
use ucks_oracle::answer::{BodyForm, DescribedStore, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::companions::Companion;
use ucks_oracle::environment::{Environment, Proxy, ProxyCredential, ProxyRole};
use ucks_oracle::feature::{Feature, FeatureSet};
use ucks_oracle::judge::{Assessments, Grade, Policy};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::race::Racer;
use ucks_oracle::request::Body;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, Layer, Violation};
use ucks_oracle::rules;
use ucks_oracle::wire::{Auth, Request, UPDATE};

fn external(name: &str) -> Store {
    Store {
        id: String::new(),
        name: Believed::Is(name.to_owned()),
        state: ConnectionState::Disconnected,
        error: Believed::Is(None),
        created: Believed::Is(Some("1".to_owned())),
        backing: Backing::Xks(Xks {
            connectivity: Connectivity::PublicEndpoint,
            endpoint: format!("https://{name}.example.com"),
            path: "/kms/xks/v1".to_owned(),
            access_key_id: "ABCDE23456723EXAMPLE".to_owned(),
            secret: Some("s".repeat(43)),
            service: Believed::Is(None),
            owner: Believed::Is(None),
        }),
        recredentialed: false,
        in_flight: None,
    }
}

fn cloud_hsm(name: &str) -> Store {
    Store {
        backing: Backing::CloudHsm(CloudHsm {
            cluster: "cluster-2a23b4cdefg".to_owned(),
            created_with: "cluster-2a23b4cdefg".to_owned(),
            trust_anchor: Believed::Is("anchor".to_owned()),
            password: Some("password1".to_owned()),
        }),
        ..external(name)
    }
}

/// An account with the external store `cks-x`, the CloudHSM store `cks-h`, and `cks-o` of the name `other`.
pub(crate) fn account(model: &Model, state: ConnectionState) -> Belief {
    let mut belief = Belief::default();
    for (id, store) in [("cks-x", external("one")), ("cks-h", cloud_hsm("two")), ("cks-o", external("other"))] {
        let created = Companion::Create(Box::new(Store { state, ..store }));
        assert_eq!(model.companion(&mut belief, &created, &Outcome::Success, Some(id)), None);
    }
    belief
}

pub(crate) fn update(body: &str) -> Request {
    Request::operation(UPDATE, body.as_bytes().to_vec())
}

pub(crate) fn refused(code: Code) -> Outcome {
    Outcome::Refused { status: 400, code: Some(code), written: Some(code.name().to_owned()) }
}

fn blamed(state: ConnectionState, body: &str, outcome: &Outcome, policy: Policy) -> Option<(&'static str, Grade)> {
    let model = Model { policy, ..Model::new(Revision::LATEST) };
    let mut belief = account(&model, state);
    model.step(&mut belief, &update(body), outcome).divergence.map(|d| (d.rule.0, d.grade))
}

use Code::{
    CustomKeyStoreInvalidStateException as State, CustomKeyStoreNameInUseException as NameInUse,
    CustomKeyStoreNotFoundException as NotFound, SerializationException as Serialization,
    ValidationException as Validation,
};
use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting};
use Grade::{Fail, Warn};

const RENAME: &str = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"new"}"#;
const MOVE: &str = r#"{"CustomKeyStoreId":"cks-x","XksProxyUriEndpoint":"https://new.example.com"}"#;
const BOTH: &str =
    r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"new","XksProxyUriEndpoint":"https://new.example.com"}"#;
const PATH: &str = r#"{"CustomKeyStoreId":"cks-x","XksProxyUriPath":"/new/kms/xks/v1"}"#;
const FOREIGN: &str = r#"{"CustomKeyStoreId":"cks-x","KeyStorePassword":"password2"}"#;
const TAKEN: &str = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"other"}"#;
const NOBODY_LONG: &str = r#"{"CustomKeyStoreId":"cks-nobody","XksProxyUriPath":"/kms/xks/v100"}"#;
const NOBODY_NUMBER: &str = r#"{"CustomKeyStoreId":"cks-nobody","XksProxyUriPath":7}"#;
const NUMBER_SHORT: &str = r#"{"CustomKeyStoreId":7,"KeyStorePassword":"short"}"#;
const NULL: &str = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"new","KeyStorePassword":null}"#;

#[rstest]
#[case::allowed(Disconnected, RENAME, Outcome::Success, None)]
#[case::needlessly_gated(Disconnected, RENAME, refused(State), Some(("G-01", Fail)))]
#[case::gate_kept(Connected, MOVE, refused(State), None)]
#[case::gate_open(Connected, MOVE, Outcome::Success, Some(("G-14", Fail)))]
#[case::gate_open_for_two(Connected, BOTH, Outcome::Success, Some(("G-50", Fail)))]
#[case::disputed_gate(Connected, PATH, refused(State), Some(("G-08", Warn)))]
#[case::transition_may_have_ended(Connecting, PATH, refused(State), None)]
#[case::foreign_member(Disconnected, FOREIGN, Outcome::Success, Some(("T-01", Fail)))]
#[case::foreign_member_by_another_code(Disconnected, FOREIGN, refused(Serialization), Some(("T-01", Warn)))]
#[case::foreign_member_by_state(Connected, FOREIGN, refused(State), None)]
#[case::foreign_member_by_a_fault_it_has_not(Disconnected, FOREIGN, refused(NameInUse), Some(("T-01", Fail)))]
#[case::taken_name(Disconnected, TAKEN, Outcome::Success, Some(("U-01", Fail)))]
#[case::constraints_before_existence(Disconnected, NOBODY_LONG, refused(NotFound), Some(("P-02", Warn)))]
#[case::a_wrong_type_by_another_code(Disconnected, NUMBER_SHORT, refused(Validation), Some(("W-08", Warn)))]
#[case::existence_before_types(Disconnected, NOBODY_NUMBER, refused(NotFound), Some(("P-02", Warn)))]
#[case::null_is_absent(Disconnected, NULL, refused(Validation), Some(("W-09", Fail)))]
#[case::cut_off(Disconnected, r#"{"CustomKeyStoreId":"cks"#, Outcome::Success, Some(("W-07", Fail)))]
#[case::throttled(Disconnected, RENAME, refused(Code::ThrottlingException), None)]
fn layered(
    #[case] state: ConnectionState,
    #[case] body: &str,
    #[case] outcome: Outcome,
    #[case] expected: Option<(&str, Grade)>,
) {
    assert_eq!(blamed(state, body, &outcome, Policy::Layered), expected);
}

#[test]
fn policies_differ_in_what_they_ask_of_the_order() {
    let both = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"other","KeyStorePassword":"password2"}"#;
    let order = |policy| blamed(Disconnected, both, &refused(NameInUse), policy);
    assert_eq!(order(Policy::Any), None);
    assert_eq!(order(Policy::Layered), None);
    assert_eq!(order(Policy::Pinned), Some(("P-04", Warn)));
    assert_eq!(blamed(Disconnected, NOBODY_LONG, &refused(NotFound), Policy::Any), None);
}

#[test]
fn whether_the_target_or_the_signature_is_looked_at_first_is_open() {
    let model = Model::new(Revision::LATEST);
    let mut request = Request { auth: Auth::Unsigned, ..update(RENAME) };
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-amz-target"));
    for code in [Code::UnknownOperationException, Code::MissingAuthenticationTokenException] {
        let step = model.step(&mut account(&model, Disconnected), &request, &refused(code));
        assert_eq!(step.divergence, None, "{code:?}");
        assert_eq!(step.violations.len(), 2, "{:?}", step.violations);
    }
}

/// A code that only should be returned does not identify the violation; a code that must be returned does.
#[rstest]
#[case(Violation::must(Layer::Existence, &[NotFound]).code_should(), "W-08", "the code")]
#[case(Violation::must(Layer::Existence, &[NotFound]), "P-03", "type")]
fn an_early_fault_under_the_code_of_a_late_one(#[case] early: Violation, #[case] rule: &str, #[case] aspect: &str) {
    let row = |id: &str| rules::find(id).unwrap();
    let late = Violation::must(Layer::Type, &[Validation]);
    let found = Assessments { violations: vec![(row("W-08"), early), (row("T-01"), late)], ..Assessments::default() };
    let blame = found.judge(&refused(Validation), &Policy::Layered).blame.unwrap();
    assert_eq!((blame.rule.0, blame.aspect.name()), (rule, aspect));
}

fn seen(model: &Model, belief: &Belief, id: &str) -> DescribedStore {
    let store = belief.account().store(id).unwrap();
    let text = |f: DescribeField| f.believed(store).flatten();
    assert!(model.shows(store.store_type(), DescribeField::Name));
    DescribedStore {
        id: id.to_owned(),
        name: text(DescribeField::Name),
        store_type: Some(StoreType::Xks),
        state: text(DescribeField::State),
        error: text(DescribeField::Error),
        created: text(DescribeField::Created),
        has_proxy: true,
        connectivity: text(DescribeField::Connectivity),
        access_key_id: text(DescribeField::AccessKeyId),
        endpoint: text(DescribeField::Endpoint),
        path: text(DescribeField::Path),
        ..DescribedStore::default()
    }
}

#[rstest]
#[case::applied(RENAME, Outcome::Success, |_: &mut DescribedStore| (), None)]
#[case::not_stored(RENAME, Outcome::Success, |s: &mut DescribedStore| s.name = Some("one".to_owned()), Some("A-01"))]
#[case::more_than_asked(
    RENAME,
    Outcome::Success,
    |s: &mut DescribedStore| s.path = Some("/x".to_owned()),
    Some("A-01"),
)]
#[case::state_touched(
    RENAME,
    Outcome::Success,
    |s: &mut DescribedStore| s.state = Some("FAILED".to_owned()),
    Some("A-04"),
)]
#[case::date_touched(RENAME, Outcome::Success, |s: &mut DescribedStore| s.created = Some("2".to_owned()), Some("A-04"))]
#[case::refused_and_applied(
    FOREIGN,
    refused(Validation),
    |s: &mut DescribedStore| s.name = Some("new".to_owned()),
    Some("A-02"),
)]
fn effects(
    #[case] body: &str,
    #[case] outcome: Outcome,
    #[case] change: fn(&mut DescribedStore),
    #[case] expected: Option<&str>,
) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, Disconnected);
    assert_eq!(model.step(&mut belief, &update(body), &outcome).divergence, None);
    let mut shown = seen(&model, &belief, "cks-x");
    change(&mut shown);
    let found = model.observe(&mut belief, "cks-x", Some(&shown));
    assert_eq!(found.first().map(|d| d.rule.0), expected);
    // A divergence is reported once: then Describe is believed.
    assert_eq!(model.observe(&mut belief, "cks-x", Some(&shown)), vec![]);
    assert_eq!(belief.is_tainted("cks-x"), expected.is_some());
}

#[test]
fn a_lost_answer_leaves_both_worlds_and_describe_decides() {
    let model = Model::new(Revision::LATEST);
    for applied in [true, false] {
        let mut belief = account(&model, Disconnected);
        let lost = Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json };
        assert_eq!(model.step(&mut belief, &update(RENAME), &lost).divergence, None);
        assert_eq!(belief.accounts().len(), 2);
        let mut shown = seen(&model, &belief, "cks-x");
        shown.name = Some(if applied { "new" } else { "one" }.to_owned());
        assert_eq!(model.observe(&mut belief, "cks-x", Some(&shown)), vec![]);
        assert_eq!(belief.accounts().len(), 1);
    }
}

#[test]
fn of_two_equal_members_either_may_count() {
    let model = Model::new(Revision::LATEST);
    let twice = r#"{"CustomKeyStoreId":"cks-x","NewCustomKeyStoreName":"first","NewCustomKeyStoreName":"second"}"#;
    for (name, admitted) in [("first", true), ("second", true), ("third", false)] {
        let mut belief = account(&model, Disconnected);
        assert_eq!(model.step(&mut belief, &update(twice), &Outcome::Success).divergence, None);
        let mut shown = seen(&model, &belief, "cks-x");
        shown.name = Some(name.to_owned());
        assert_eq!(model.observe(&mut belief, "cks-x", Some(&shown)).is_empty(), admitted, "{name}");
    }
}

#[test]
fn a_member_given_three_times_is_given_more_than_once() {
    let body =
        Body::parse(br#"{"KeyStorePassword":"a","KeyStorePassword":"b","KeyStorePassword":"c"}"#, Revision::LATEST);
    assert!(body.unwrap().repeated.has(Member::KeyStorePassword));
}

/// Healthy proxies, each at a path, and the letters that the secrets it takes consist of.
fn with_proxies(paths: &[(&str, &[&str])]) -> Model {
    let key =
        |secret: &&str| ProxyCredential { access_key_id: "ABCDE23456723EXAMPLE".to_owned(), secret: secret.repeat(43) };
    let proxy = |(path, secrets): &(&str, &[&str])| Proxy {
        endpoint: "https://*.example.com".to_owned(),
        path: (*path).to_owned(),
        role: ProxyRole::Healthy,
        credentials: Some(secrets.iter().map(key).collect()),
        error_message: None,
        connect_role: None,
        connect_credentials: None,
        connect_ms: None,
    };
    let proxies = paths.iter().map(proxy).collect::<Vec<_>>();
    let environment = Environment { proxies: Some(proxies.into()), ..Environment::default() };
    Model { environment: environment.into(), ..Model::new(Revision::LATEST) }
}

/// Returns true if a proxy takes a secret that is not known, nobody knows.
#[test]
fn a_secret_that_is_not_known() {
    let model = with_proxies(&[("*", &["s"])]);
    for (secret, expected) in [(None, None), (Some("t".repeat(43)), Some("X-01")), (Some("s".repeat(43)), None)] {
        let mut store = external("one");
        if let Backing::Xks(x) = &mut store.backing {
            x.secret = secret;
        }
        let mut belief = Belief::default();
        let created = Companion::Create(Box::new(store));
        assert_eq!(model.companion(&mut belief, &created, &Outcome::Success, Some("cks-x")), None);
        let step = model.step(&mut belief, &update(PATH), &Outcome::Success);
        assert_eq!(step.divergence.map(|d| d.rule.0), expected);
    }
}

/// A store that this target creates CONNECTED is believed so, or on its way there; another target's is DISCONNECTED.
#[test]
fn stores_that_are_born_connected() {
    let born = BTreeMap::from([(StoreType::Xks, Connected)]);
    let model = Model { born: born.into(), ..Model::new(Revision::LATEST) };
    let states = |model: &Model| {
        let mut belief = Belief::default();
        let created = Companion::Create(Box::new(external("one")));
        assert_eq!(model.companion(&mut belief, &created, &Outcome::Success, Some("cks-x")), None);
        belief.accounts().iter().map(|account| account.store("cks-x").unwrap().state).collect::<Vec<_>>()
    };
    assert_eq!(states(&model), [Connected, ConnectionState::Connecting]);
    assert_eq!(states(&Model::new(Revision::LATEST)), [Disconnected]);
}

/// Escapes of the two characters that need one do not make a body odd, nor does one control character less than two.
#[rstest]
#[case(r#"{"NewCustomKeyStoreName":"a\"b\\"}"#, false, false)]
#[case(r#"{"NewCustomKeyStoreName":"\u0061"}"#, true, false)]
#[case(r#"{"NewCustomKeyStoreName":"\u0001"}"#, true, true)]
#[case(r#"{"NewCustomKeyStoreName":"\u0001\u0002"}"#, true, true)]
fn forms_of_text(#[case] body: &str, #[case] rewritten: bool, #[case] odd: bool) {
    let body = Body::parse(body.as_bytes(), Revision::LATEST).unwrap();
    assert_eq!((body.rewritten, body.odd_text.has(Member::NewCustomKeyStoreName)), (rewritten, odd));
}

#[test]
fn names_and_topics() {
    let forces = [Force::Open, Force::Should, Force::Must, Force::Suite].map(|f| f.to_string());
    assert_eq!(forces, ["open", "should", "must", "suite"]);
    let twice = FeatureSet::NONE.and(Feature::UnusualHead).and(Feature::UnusualHead);
    assert_eq!(twice, FeatureSet::NONE.and(Feature::UnusualHead));
}

/// Connect ends as the stored credential makes expect. Where it does not, and a refused update gave another one, that
/// update is to blame: it was stored.
#[rstest]
#[case::refused_with_a_credential(CREDENTIAL, refused(Validation), "A-02")]
#[case::refused_without(CLUSTER, refused(Validation), "O-03")]
#[case::stored(NEW_CREDENTIAL, Outcome::Success, "X-18")]
fn a_connect_that_fails(#[case] body: &str, #[case] outcome: Outcome, #[case] expected: &str) {
    let model = with_proxies(&[("*", &["s", "t"])]);
    let mut belief = account(&model, Disconnected);
    assert_eq!(model.step(&mut belief, &update(body), &outcome).divergence, None);
    let connect = Companion::Connect("cks-x");
    assert_eq!(model.companion(&mut belief, &connect, &Outcome::Success, None), None);
    let shown = DescribedStore { state: Some("FAILED".to_owned()), error: None, ..seen(&model, &belief, "cks-x") };
    let found = model.observe(&mut belief, "cks-x", Some(&shown));
    assert_eq!(found.first().map(|d| d.rule.0), Some(expected), "{found:?}");
}

const CLUSTER: &str = r#"{"CustomKeyStoreId":"cks-x","CloudHsmClusterId":"cluster-2a23b4cdefg"}"#;
const CREDENTIAL: &str = r#"{"CustomKeyStoreId":"cks-x","CloudHsmClusterId":"cluster-2a23b4cdefg",
    "XksProxyAuthenticationCredential":{"AccessKeyId":"ABCDE23456723EXAMPLE",
    "RawSecretAccessKey":"ttttttttttttttttttttttttttttttttttttttttttt"}}"#;
const NEW_CREDENTIAL: &str = r#"{"CustomKeyStoreId":"cks-x","XksProxyAuthenticationCredential":
    {"AccessKeyId":"ABCDE23456723EXAMPLE","RawSecretAccessKey":"ttttttttttttttttttttttttttttttttttttttttttt"}}"#;

#[rstest]
#[case::of_a_transition_that_may_have_ended(Disconnecting, Companion::Delete("cks-x"), Outcome::Success, None)]
#[case::of_a_connected_store(Connected, Companion::Delete("cks-x"), Outcome::Success, Some("O-05"))]
#[case::of_a_connected_store_refused(Connected, Companion::Delete("cks-x"), refused(State), None)]
#[case::needlessly_refused(Disconnected, Companion::Delete("cks-x"), refused(State), Some("O-05"))]
fn companions(
    #[case] state: ConnectionState,
    #[case] operation: Companion<'_>,
    #[case] outcome: Outcome,
    #[case] expected: Option<&str>,
) {
    let model = Model::new(Revision::LATEST);
    let found = model.companion(&mut account(&model, state), &operation, &outcome, None);
    assert_eq!(
        found.map(|d| (d.rule.0, d.store_type, d.state)),
        expected.map(|r| (r, Some(StoreType::Xks), Some(state)))
    );
}

#[rstest]
#[case::made("three", Outcome::Success, Some("cks-3"), None, 4)]
#[case::made_without_an_id("three", Outcome::Success, None, Some("O-01"), 3)]
#[case::refused("three", refused(Validation), None, Some("O-01"), 3)]
#[case::of_something_in_use("three", refused(Code::CloudHsmClusterInUseException), None, None, 3)]
#[case::of_a_taken_name("other", refused(NameInUse), None, None, 3)]
#[case::of_a_taken_name_made("other", Outcome::Success, Some("cks-3"), Some("O-09"), 4)]
fn creates(
    #[case] name: &str,
    #[case] outcome: Outcome,
    #[case] id: Option<&str>,
    #[case] expected: Option<&str>,
    #[case] stores: usize,
) {
    let model = Model::new(Revision::LATEST);
    let mut belief = account(&model, Disconnected);
    let create = Companion::Create(Box::new(cloud_hsm(name)));
    let found = model.companion(&mut belief, &create, &outcome, id);
    assert_eq!(
        found.map(|d| (d.rule.0, d.store_type, d.state)),
        expected.map(|rule| (rule, Some(StoreType::CloudHsm), None))
    );
    assert_eq!(belief.account().stores().count(), stores);
    assert_eq!(belief.account().store("cks-3").is_some(), id.is_some());
}

/// The value of a password is unknown, so nobody knows if a request restates it. That has no effect on other members.
#[rstest]
#[case::not_known(None, NEW_PASSWORD, None)]
#[case::another(Some("password1"), NEW_PASSWORD, Some("G-26"))]
#[case::the_same(Some("password2"), NEW_PASSWORD, None)]
#[case::of_another_member(None, NEW_CLUSTER, Some("G-29"))]
fn a_gated_password(#[case] present: Option<&str>, #[case] body: &str, #[case] expected: Option<&str>) {
    let model = Model::new(Revision::LATEST);
    let mut store = Store { state: Connected, ..cloud_hsm("two") };
    if let Backing::CloudHsm(hsm) = &mut store.backing {
        hsm.password = present.map(str::to_owned);
    }
    let created = Companion::Create(Box::new(store));
    let mut belief = Belief::default();
    assert_eq!(model.companion(&mut belief, &created, &Outcome::Success, Some("cks-h")), None);
    for (outcome, expected) in [(Outcome::Success, expected), (refused(State), None)] {
        let step = model.step(&mut belief.clone(), &update(body), &outcome);
        assert_eq!(step.divergence.map(|d| d.rule.0), expected, "{outcome:?}");
    }
}

const NEW_PASSWORD: &str = r#"{"CustomKeyStoreId":"cks-h","KeyStorePassword":"password2"}"#;
const NEW_CLUSTER: &str = r#"{"CustomKeyStoreId":"cks-h","CloudHsmClusterId":"cluster-3a23b4cdefg"}"#;

fn in_a_vpc(name: &str) -> Store {
    let mut store = external(name);
    if let Backing::Xks(x) = &mut store.backing {
        x.connectivity = Connectivity::VpcEndpointService;
        x.service = Believed::Is(Some(service(name)));
        x.owner = Believed::Is(Some("111122223333".to_owned()));
    }
    store
}

fn service(name: &str) -> String {
    format!("com.amazonaws.vpce.us-east-1.vpce-svc-{name}")
}

/// The values of a deleted store may be given again (U-11): a service unless another store has it or may have it, an
/// endpoint with its path, and for a VPC store the endpoint alone.
#[rstest]
#[case::service("cks-v", Member::XksProxyVpcEndpointServiceName, &service("gone"), true)]
#[case::a_service_that_was_never_used("cks-v", Member::XksProxyVpcEndpointServiceName, &service("never"), false)]
#[case::a_service_that_has_a_store_again("cks-v", Member::XksProxyVpcEndpointServiceName, &service("again"), false)]
#[case::its_own_address("cks-v", Member::XksProxyUriPath, "/kms/xks/v1", false)]
#[case::its_own_address_that_another_had("cks-b", Member::XksProxyUriPath, "/kms/xks/v1", false)]
#[case::a_path_at_its_own_endpoint("cks-z", Member::XksProxyUriPath, "/kms/xks/v1", true)]
#[case::endpoint_with_its_path("cks-x", Member::XksProxyUriEndpoint, "https://gone.example.com", true)]
#[case::endpoint_of_a_vpc_store("cks-w", Member::XksProxyUriEndpoint, "https://gone.example.com", true)]
#[case::endpoint_with_another_path("cks-y", Member::XksProxyUriEndpoint, "https://gone.example.com", false)]
#[case::an_endpoint_that_was_never_used("cks-w", Member::XksProxyUriEndpoint, "https://never.example.com", false)]
#[case::an_endpoint_that_has_a_store_again("cks-w", Member::XksProxyUriEndpoint, "https://again.example.com", false)]
fn what_a_deleted_store_had(#[case] id: &str, #[case] member: Member, #[case] value: &str, #[case] free: bool) {
    let at = |mut store: Store| {
        if let Backing::Xks(x) = &mut store.backing {
            x.path = "/other/kms/xks/v1".to_owned();
        }
        store
    };
    let model = Model::new(Revision::LATEST);
    let mut belief = Belief::default();
    let mut run = |operation: Companion<'_>, id: &str| {
        assert_eq!(model.companion(&mut belief, &operation, &Outcome::Success, Some(id)), None, "{operation:?}");
    };
    for (id, store) in [
        ("cks-g", in_a_vpc("gone")),
        ("cks-a", in_a_vpc("again")),
        ("cks-c", external("half")),
        ("cks-x", external("x")),
        ("cks-y", at(external("y"))),
        ("cks-v", in_a_vpc("v")),
        ("cks-w", at(in_a_vpc("w"))),
    ] {
        run(Companion::Create(Box::new(store)), id);
    }
    for id in ["cks-g", "cks-a", "cks-c"] {
        run(Companion::Delete(id), id);
    }
    run(Companion::Create(Box::new(in_a_vpc("again"))), "cks-b");
    run(Companion::Create(Box::new(at(external("half")))), "cks-z");
    let body = format!(r#"{{"CustomKeyStoreId":"{id}","{member}":"{value}"}}"#);
    let said = |belief: &Belief| {
        let found = model.assess(belief.account(), &update(&body));
        found.permits.iter().any(|(r, _)| r.id.0 == "U-11")
    };
    assert_eq!(said(&belief), free);
    // Where nobody knows which service a store has, nobody knows that this one is free.
    let mut hidden = in_a_vpc("hidden");
    if let Backing::Xks(x) = &mut hidden.backing {
        x.service = Believed::Open;
    }
    let created = Companion::Create(Box::new(hidden));
    assert_eq!(model.companion(&mut belief, &created, &Outcome::Success, Some("cks-i")), None);
    assert_eq!(said(&belief), free && member != Member::XksProxyVpcEndpointServiceName);
}
