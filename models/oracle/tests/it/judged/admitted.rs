//! Questions that the rule book leaves open in part, each with the answers that it admits and one that it does not.

use Code::{
    CustomKeyStoreInvalidStateException as State, CustomKeyStoreNotFoundException as NotFound,
    SerializationException as Serialization, UnknownOperationException as UnknownOperation,
    ValidationException as Validation,
};
use ConnectionState::{Connected, Disconnected, Failed};
use Grade::{Fail, Warn};
use rstest::rstest;
use serde_json::{Value, json};
use ucks_oracle::account::{Believed, ConnectionState, DescribeField};
use ucks_oracle::answer::{Outcome, page};
use ucks_oracle::code::Code;
use ucks_oracle::environment::{Environment, Proxies, Proxy, ProxyRole};
use ucks_oracle::judge::Grade;
use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Answer, Request, UPDATE};

use super::fixtures::{OWN, StoreKind, belief, environment, model, service};

const NAME: &str = "NewCustomKeyStoreName";

/// The environment with a proxy that refuses one path behind the VPC endpoint service, and one path of a public host.
fn outside() -> Environment {
    let environment = environment();
    let mut rows: Vec<Proxy> = environment.proxies.iter().flatten().cloned().collect();
    let bad = Proxy { endpoint: "https://good.vpc.example".into(), role: ProxyRole::InvalidPath, ..rows[0].clone() };
    rows.push(Proxy { path: "/bad/kms/xks/v1".into(), ..bad });
    Environment { proxies: Some(Proxies::from(rows)), ..environment }
}

fn refused(code: Code) -> Outcome {
    Outcome::Refused { status: 400, code: Some(code), written: Some(code.name().to_owned()) }
}

fn update(id: &str, members: &Value) -> Request {
    let mut body = members.clone();
    body[Member::CustomKeyStoreId.name()] = json!(id);
    Request::operation(UPDATE, body.to_string().into_bytes())
}

/// Returns the blame for an answer to an update at a revision.
fn at(
    revision: Revision,
    kind: StoreKind,
    state: ConnectionState,
    request: &Request,
    outcome: &Outcome,
) -> Option<(&'static str, Grade)> {
    let model = model(revision, outside());
    let mut belief = belief(&model, kind, state);
    model.step(&mut belief, request, outcome).divergence.map(|d| (d.rule.0, d.grade))
}

fn blamed(
    kind: StoreKind,
    state: ConnectionState,
    members: &Value,
    outcome: &Outcome,
) -> Option<(&'static str, Grade)> {
    at(Revision::LATEST, kind, state, &update(OWN, members), outcome)
}

fn empty() -> Value {
    json!({"XksProxyVpcEndpointServiceName": ""})
}

fn restated() -> Value {
    json!({"XksProxyVpcEndpointServiceName": "", "XksProxyConnectivity": "PUBLIC_ENDPOINT"})
}

fn with(mut members: Value, member: &str, value: &str) -> Value {
    members[member] = json!(value);
    members
}

#[rstest]
#[case::taken(Disconnected, empty(), Outcome::Success, None)]
#[case::too_short(Disconnected, empty(), refused(Validation), None)]
#[case::no_state_is_wrong(Disconnected, empty(), refused(State), Some(Fail))]
#[case::restated(Disconnected, restated(), Outcome::Success, None)]
#[case::taken_while_connected(Connected, empty(), Outcome::Success, None)]
#[case::gated(Connected, empty(), refused(State), None)]
#[case::restated_and_gated(Connected, restated(), refused(State), None)]
#[case::restated_and_too_short(Connected, restated(), refused(Validation), None)]
#[case::with_a_path(Connected, with(empty(), "XksProxyUriPath", "/n/kms/xks/v1"), Outcome::Success, None)]
#[case::with_a_gated_change(
    Connected,
    with(empty(), "XksProxyUriEndpoint", "https://n.healthy.example"),
    Outcome::Success,
    Some(Fail)
)]
#[case::with_a_gated_change_refused(
    Connected,
    with(empty(), "XksProxyUriEndpoint", "https://n.healthy.example"),
    refused(State),
    None
)]
fn an_empty_service_name_for_a_public_store(
    #[case] state: ConnectionState,
    #[case] members: Value,
    #[case] outcome: Outcome,
    #[case] expected: Option<Grade>,
) {
    assert_eq!(blamed(StoreKind::Public, state, &members, &outcome).map(|(_, grade)| grade), expected);
}

/// An open question neither hides nor demands (P-06): beside a fault of its own the request is judged by that.
#[rstest]
#[case(empty(), NotFound, None)]
#[case(empty(), Validation, None)]
#[case(restated(), NotFound, None)]
#[case(with(empty(), "XksProxyConnectivity", "VPC_ENDPOINT_SERVICE"), NotFound, Some(("P-02", Warn)))]
fn an_empty_service_name_for_no_store(
    #[case] members: Value,
    #[case] code: Code,
    #[case] expected: Option<(&str, Grade)>,
) {
    let request = update("cks-00000000nowhere", &members);
    assert_eq!(at(Revision::LATEST, StoreKind::Public, Disconnected, &request, &refused(code)), expected);
}

#[test]
fn an_empty_service_name_is_too_short_for_other_stores() {
    for kind in [StoreKind::Vpc, StoreKind::Hsm] {
        let found = blamed(kind, Disconnected, &empty(), &Outcome::Success);
        assert_eq!(found.map(|(_, grade)| grade), Some(Fail), "{kind:?}");
    }
}

#[test]
fn after_an_empty_service_name_none_is_shown() {
    let model = model(Revision::LATEST, outside());
    let before = belief(&model, StoreKind::Public, Disconnected);
    let after = model.applied(before.account(), &update(OWN, &empty()));
    let xks = after[0].store(OWN).unwrap().xks().unwrap().clone();
    assert_eq!((xks.service, xks.owner), (Believed::Is(None), Believed::Is(None)));
}

#[rstest]
#[case::renamed(Revision::LATEST, Outcome::Success, None)]
#[case::refused(Revision::LATEST, refused(State), None)]
#[case::refused_otherwise(Revision::LATEST, refused(Validation), Some(Fail))]
#[case::renamed_before(Revision::EuropeanServices, Outcome::Success, Some(Fail))]
#[case::refused_before(Revision::EuropeanServices, refused(State), None)]
fn a_new_name_for_a_failed_cloud_hsm_store(
    #[case] revision: Revision,
    #[case] outcome: Outcome,
    #[case] expected: Option<Grade>,
) {
    let request = update(OWN, &json!({NAME: "new"}));
    assert_eq!(at(revision, StoreKind::Hsm, Failed, &request, &outcome).map(|(_, grade)| grade), expected);
}

#[rstest]
#[case::accepted(Outcome::Success, Some(("H-12", Fail)))]
#[case::not_found(refused(Code::CloudHsmClusterNotFoundException), None)]
#[case::refused_otherwise(refused(Serialization), Some(("H-12", Warn)))]
fn a_cluster_of_another_account(#[case] outcome: Outcome, #[case] expected: Option<(&str, Grade)>) {
    let members = json!({"CloudHsmClusterId": "cluster-elsewhereaa"});
    assert_eq!(blamed(StoreKind::Hsm, Disconnected, &members, &outcome), expected);
}

#[rstest]
#[case::misconfigured(Code::XksProxyVpcEndpointServiceInvalidConfigurationException, None)]
#[case::not_found(Code::XksProxyVpcEndpointServiceNotFoundException, None)]
#[case::the_proxy(Code::XksProxyInvalidConfigurationException, Some(("V-05", Fail)))]
fn a_service_of_another_host(#[case] code: Code, #[case] expected: Option<(&str, Grade)>) {
    let members = json!({"XksProxyVpcEndpointServiceName": service("free")});
    assert_eq!(blamed(StoreKind::Vpc, Disconnected, &members, &refused(code)), expected);
    assert_eq!(blamed(StoreKind::Vpc, Disconnected, &members, &Outcome::Success), Some(("V-05", Fail)));
}

#[rstest]
#[case::accepted(Outcome::Success, Some(("V-01", Fail)))]
#[case::not_found(refused(Code::XksProxyVpcEndpointServiceNotFoundException), None)]
#[case::misconfigured(refused(Code::XksProxyVpcEndpointServiceInvalidConfigurationException), None)]
fn a_service_of_another_account_before_owners(
    #[case] outcome: Outcome,
    #[case] expected: Option<(&'static str, Grade)>,
) {
    let mut environment = outside();
    let mut services = environment.services.unwrap().to_vec();
    services[1].owner = "444455556666".to_owned();
    environment.services = Some(services.into_iter().collect());
    let model = model(Revision::RegionalUniqueness, environment);
    let mut belief = belief(&model, StoreKind::Vpc, Disconnected);
    let members =
        json!({"XksProxyVpcEndpointServiceName": service("free"), "XksProxyUriEndpoint": "https://free.vpc.example"});
    let found = model.step(&mut belief, &update(OWN, &members), &outcome).divergence;
    assert_eq!(found.map(|d| (d.rule.0, d.grade)), expected);
}

#[rstest]
#[case::warned(Connected, "bad", Outcome::Success, Some(("X-02", Warn)))]
#[case::refused(Connected, "bad", refused(Code::XksProxyInvalidConfigurationException), None)]
#[case::refused_otherwise(Connected, "bad", refused(Code::XksProxyUriUnreachableException), Some(("X-02", Warn)))]
#[case::not_connected(Disconnected, "bad", Outcome::Success, None)]
#[case::healthy(Connected, "n", refused(Code::XksProxyUriUnreachableException), Some(("X-12", Warn)))]
#[case::healthy_not_connected(Disconnected, "n", refused(Code::XksProxyUriUnreachableException), Some(("G-07", Fail)))]
fn the_proxy_of_a_vpc_store(
    #[case] state: ConnectionState,
    #[case] path: &str,
    #[case] outcome: Outcome,
    #[case] expected: Option<(&str, Grade)>,
) {
    let members = json!({"XksProxyUriPath": format!("/{path}/kms/xks/v1")});
    assert_eq!(blamed(StoreKind::Vpc, state, &members, &outcome), expected);
}

#[rstest]
#[case::taken("https://n.healthy.example.", Outcome::Success, None)]
#[case::another_host("https://n.healthy.example.", refused(Code::XksProxyUriUnreachableException), None)]
#[case::in_capitals("https://N.healthy.example", refused(Code::XksProxyUriUnreachableException), None)]
#[case::read("https://n.healthy.example.", refused(Code::XksProxyInvalidResponseException), Some(Fail))]
#[case::as_the_row_has_it("https://n.healthy.example", refused(Code::XksProxyUriUnreachableException), Some(Fail))]
#[case::a_bad_one("https://n.notjson.example.", refused(Code::XksProxyUriUnreachableException), None)]
#[case::a_bad_one_taken("https://n.notjson.example.", Outcome::Success, Some(Fail))]
fn a_host_in_another_form(#[case] endpoint: &str, #[case] outcome: Outcome, #[case] expected: Option<Grade>) {
    let members = json!({"XksProxyUriEndpoint": endpoint});
    assert_eq!(blamed(StoreKind::Public, Disconnected, &members, &outcome).map(|(_, grade)| grade), expected);
}

/// The code for a proxy without TLS depends on how the store reaches it (X-09).
#[test]
fn no_tls() {
    let code = Code::XksProxyVpcEndpointServiceInvalidConfigurationException;
    let members = json!({"XksProxyUriEndpoint": "https://n.badtls.example"});
    assert_eq!(blamed(StoreKind::Public, Disconnected, &members, &refused(code)).map(|b| b.1), Some(Fail));
    let code = Code::XksProxyInvalidConfigurationException;
    assert_eq!(blamed(StoreKind::Public, Disconnected, &members, &refused(code)), None);
}

#[rstest]
#[case::served(Outcome::Success, None)]
#[case::unknown(refused(UnknownOperation), Some(("W-25", Warn)))]
#[case::malformed(refused(Serialization), Some(("W-25", Warn)))]
#[case::without_a_code(Outcome::Refused { status: 415, code: None, written: None }, Some(("W-25", Warn)))]
fn a_content_type_with_a_parameter(#[case] outcome: Outcome, #[case] expected: Option<(&str, Grade)>) {
    let mut request = update(OWN, &json!({NAME: "new"}));
    request.headers[0].1 = "application/x-amz-json-1.1; charset=utf-8".into();
    assert_eq!(at(Revision::LATEST, StoreKind::Public, Disconnected, &request, &outcome), expected);
}

/// Describe may go on showing the old name for a while, also after a name whose stored form is open (A-07, W-21).
#[test]
fn an_open_name_is_pinned_once_describe_has_settled() {
    let model = model(Revision::LATEST, outside());
    let mut belief = belief(&model, StoreKind::Public, Disconnected);
    let mut shown = super::observations::seen(belief.account().store(OWN).unwrap());
    let request = update(OWN, &json!({NAME: "odd\u{1}"}));
    assert_eq!(model.step(&mut belief, &request, &Outcome::Success).divergence, None);
    for (name, settled) in [("own name", false), ("own name", false), ("odd\u{1}", false), ("odd\u{1}", true)] {
        shown.name = Some(name.to_owned());
        assert_eq!(model.observe_at(&mut belief, OWN, Some(&shown), settled), [], "{name}");
    }
    shown.name = Some("own name".to_owned());
    assert_eq!(model.observe_at(&mut belief, OWN, Some(&shown), true).len(), 1, "it has changed back");
}

#[test]
fn an_open_name_that_stays_is_pinned_in_the_end() {
    let model = model(Revision::LATEST, outside());
    let mut belief = belief(&model, StoreKind::Public, Disconnected);
    let mut shown = super::observations::seen(belief.account().store(OWN).unwrap());
    model.step(&mut belief, &update(OWN, &json!({NAME: "odd\u{1}"})), &Outcome::Success);
    model.step(&mut belief, &update(OWN, &json!({"XksProxyUriPath": "/own/kms/xks/v1"})), &Outcome::Success);
    assert_eq!(model.observe_at(&mut belief, OWN, Some(&shown), false), []);
    assert_eq!(model.observe_at(&mut belief, OWN, Some(&shown), true), []);
    shown.name = Some("odd\u{1}".to_owned());
    assert_eq!(model.observe_at(&mut belief, OWN, Some(&shown), true).len(), 1);
}

fn answer(body: &str) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// A name with half a character, shown as its escape, is read; which half it is stays open.
#[test]
fn half_a_character_in_a_name() {
    let shown = |name: &str| {
        let body = format!(r#"{{"CustomKeyStores":[{{"CustomKeyStoreId":"{OWN}","CustomKeyStoreName":"{name}"}}]}}"#);
        page(&answer(&body), 10).unwrap().stores.remove(0)
    };
    assert_eq!(shown(r"a\ud800").name.as_deref(), Some("a\u{fffd}"));
    let mut store =
        belief(&model(Revision::LATEST, outside()), StoreKind::Hsm, Disconnected).account().store(OWN).unwrap().clone();
    DescribeField::Name.adopt(&mut store, &shown(r"a\ud800"));
    assert_eq!(store.name, Believed::Open);
    let echoed = r#"{"__type":"ValidationException","message":"Value 'a\ud800' is not valid"}"#;
    let outcome = Outcome::read(&Answer { status: 400, ..answer(echoed) });
    assert_eq!(outcome.code(), Some(Validation));
}

/// Where nothing is expected, an empty text or an object of nulls is nothing.
#[test]
fn empty_fields_of_the_other_type() {
    let model = model(Revision::LATEST, outside());
    let mut belief = belief(&model, StoreKind::Public, Disconnected);
    let mut shown = super::observations::seen(belief.account().store(OWN).unwrap());
    (shown.cluster, shown.trust_anchor) = (Some(String::new()), Some(String::new()));
    assert_eq!(model.observe(&mut belief, OWN, Some(&shown)), []);
    let body = r#"{"CustomKeyStores":[{"CustomKeyStoreId":"x","ConnectionErrorCode":"",
        "XksProxyConfiguration":{"Connectivity":null,"UriPath":""}}]}"#;
    let page = page(&answer(body), 10).unwrap();
    assert!(!page.stores[0].has_proxy && page.stores[0].error.is_none());
}

/// Where a PUBLIC store took an owner (T-10) and shows it, updates that leave it out keep it, and none has to remove it.
#[rstest]
#[case::shown_and_kept(json!({"NewCustomKeyStoreName": "new"}), true, true)]
#[case::with_an_id_alone(json!({}), true, true)]
#[case::restated(json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}), true, true)]
#[case::restated_and_gone(json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}), false, true)]
#[case::lost(json!({"NewCustomKeyStoreName": "new"}), false, false)]
fn an_owner_that_a_public_store_took(#[case] then: Value, #[case] shown: bool, #[case] admitted: bool) {
    let model = model(Revision::LATEST, environment());
    let mut belief = belief(&model, StoreKind::Public, Disconnected);
    let owner = "111122223333".to_owned();
    let update = |set: &Value| {
        let mut body = set.clone();
        body["CustomKeyStoreId"] = json!(OWN);
        Request::operation(UPDATE, body.to_string().into_bytes())
    };
    let with_owner = |store: &ucks_oracle::account::Store, owner: Option<String>| {
        let mut sight = super::observations::seen(store);
        sight.owner = owner;
        sight
    };
    let taken = update(&json!({"XksProxyVpcEndpointServiceOwner": owner}));
    assert_eq!(model.step(&mut belief, &taken, &Outcome::Success).divergence, None);
    let sight = with_owner(belief.account().store(OWN).unwrap(), Some(owner.clone()));
    assert_eq!(model.observe(&mut belief, OWN, Some(&sight)), []);
    assert_eq!(model.step(&mut belief, &update(&then), &Outcome::Success).divergence, None);
    let sight = with_owner(belief.account().store(OWN).unwrap(), Some(owner).filter(|_| shown));
    assert_eq!(model.observe(&mut belief, OWN, Some(&sight)).is_empty(), admitted);
}
