//! One fault of a service is reported once, under the rule for the missing part.

use std::sync::Arc;

use rstest::rstest;
use ucks_oracle::account::{Backing, Believed, ConnectionState, Connectivity, DescribeField, Store, Xks};
use ucks_oracle::answer::{DescribedStore, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::companions::Companion;
use ucks_oracle::environment::{EndpointService, Environment, ServiceRole};
use ucks_oracle::members::StoreType;
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{FormVerdict, JudgedOn, RuleId};
use ucks_oracle::rules::{self, ids};
use ucks_oracle::situation::Exchange;
use ucks_oracle::wire::{Answer, Request, UPDATE};

fn in_a_vpc(name: &str) -> Store {
    Store {
        id: String::new(),
        name: Believed::Is(name.to_owned()),
        state: ConnectionState::Disconnected,
        error: Believed::Open,
        created: Believed::Open,
        backing: Backing::Xks(Xks {
            connectivity: Connectivity::VpcEndpointService,
            endpoint: format!("https://{name}.example.com"),
            path: "/kms/xks/v1".to_owned(),
            access_key_id: "ABCDE23456723EXAMPLE".to_owned(),
            secret: None,
            service: Believed::Is(Some(format!("com.amazonaws.vpce.us-east-1.vpce-svc-{name}"))),
            owner: Believed::Open,
        }),
        recredentialed: false,
        in_flight: None,
    }
}

fn created(model: &Model, name: &str) -> Belief {
    let mut belief = Belief::default();
    let create = Companion::Create(Box::new(in_a_vpc(name)));
    assert_eq!(model.companion(&mut belief, &create, &Outcome::Success, Some(name)), None);
    belief
}

fn without_its_proxy(name: &str) -> DescribedStore {
    DescribedStore {
        id: name.to_owned(),
        name: Some(name.to_owned()),
        store_type: Some(StoreType::Xks),
        state: Some("DISCONNECTED".to_owned()),
        ..DescribedStore::default()
    }
}

#[test]
fn a_missing_proxy_configuration_is_one_divergence() {
    let model = Model::new(Revision::LATEST);
    let found = model.observe(&mut created(&model, "one"), "one", Some(&without_its_proxy("one")));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule, found[0].member), (ids::O_02, Some(DescribeField::Proxy.name())));
    assert_eq!(found[0].state, None, "a new store had no state before");
}

#[test]
fn a_known_blindness_hides_what_stands_inside() {
    let blind = Arc::new([(StoreType::Xks, DescribeField::Proxy)].into());
    let model = Model { blind, ..Model::new(Revision::LATEST) };
    assert!(!model.shows(StoreType::Xks, DescribeField::Service));
    assert_eq!(model.observe(&mut created(&model, "one"), "one", Some(&without_its_proxy("one"))), []);
}

/// Both in-use errors are expected; the one that is returned decides at most one of the two.
#[rstest]
#[case(Outcome::Refused { status: 400, code: Some(Code::XksProxyUriEndpointInUseException), written: None }, &["U-07"])]
#[case(
    Outcome::Refused { status: 400, code: Some(Code::XksProxyVpcEndpointServiceInUseException), written: None },
    &["U-08"],
)]
#[case(Outcome::Refused { status: 400, code: Some(Code::XksProxyUriUnreachableException), written: None }, &[])]
#[case(Outcome::Success, &["U-07"])]
fn an_answer_decides_what_it_shows(#[case] outcome: Outcome, #[case] expected: &[&str]) {
    let model = Model::new(Revision::LATEST);
    let mut belief = created(&model, "one");
    let create = Companion::Create(Box::new(in_a_vpc("two")));
    model.companion(&mut belief, &create, &Outcome::Success, Some("two"));
    let body = r#"{"CustomKeyStoreId":"two","XksProxyUriEndpoint":"https://one.example.com",
        "XksProxyUriPath":"/a/kms/xks/v1",
        "XksProxyVpcEndpointServiceName":"com.amazonaws.vpce.us-east-1.vpce-svc-one"}"#;
    let step = model.step(&mut belief, &Request::operation(UPDATE, body.into()), &outcome);
    let unique: Vec<&str> =
        step.exercised.iter().map(|e| e.rule.0).filter(|id| ["U-07", "U-08"].contains(id)).collect();
    assert_eq!(unique, expected);
}

#[test]
fn a_name_in_use_is_refused_to_a_new_store_by_its_own_code() {
    let model = Model::new(Revision::LATEST);
    let again = Companion::Create(Box::new(in_a_vpc("one")));
    let answer = |code| Outcome::Refused { status: 400, code: Some(code), written: None };
    let found = |outcome, id| model.companion(&mut created(&model, "one"), &again, &outcome, id).map(|d| d.rule);
    assert_eq!(found(answer(Code::CustomKeyStoreNameInUseException), None), None);
    assert_eq!(found(answer(Code::CloudHsmClusterInvalidConfigurationException), None), Some(ids::O_09));
    assert_eq!(found(Outcome::Success, Some("two")), Some(ids::O_09));
}

/// The form of a page for people is open (W-20), and unknown targets belong to W-14.
#[rstest]
#[case("content-type", "text/plain")]
#[case("x-amz-target", "TrentService.NoSuchOperation")]
fn other_heads_owe_no_form(#[case] field: &str, #[case] value: &'static str) {
    let mut request = Request::operation(UPDATE, b"{}".to_vec());
    request.headers.iter_mut().filter(|(n, _)| n == field).for_each(|(_, v)| *v = value.into());
    let answer = Answer {
        status: 404,
        headers: vec![("content-type".into(), "text/html".into())],
        body: b"<p>Not here".to_vec(),
    };
    let outcome = Outcome::read(&answer);
    let exchange = Exchange {
        revision: Revision::LATEST,
        request: &request,
        answer: &answer,
        outcome: &outcome,
        proxy_message: None,
        secrets: &[],
    };
    for id in ["W-02", "W-03", "W-04", "W-19", "W-24"] {
        let JudgedOn::Form(check) = &rules::row(RuleId(id)).unwrap().check else { panic!("{id} is about a form") };
        assert_eq!(check(&exchange), FormVerdict::NotApplicable, "{id}");
    }
}

/// The half that is well-formed is not what ValidationException is about.
#[test]
fn another_code_for_a_wrong_type_is_told_of_the_wrong_type() {
    let model = Model::new(Revision::LATEST);
    let body = "{\"CustomKeyStoreId\":\"one\",\
        \"XksProxyAuthenticationCredential\":{\"AccessKeyId\":\"ABCDE23456723EXAMPLE\",\
        \"RawSecretAccessKey\":{}}}";
    let answer = Outcome::Refused { status: 400, code: Some(Code::ValidationException), written: None };
    let step = model.step(&mut created(&model, "one"), &Request::operation(UPDATE, body.into()), &answer);
    assert_eq!(step.divergence.map(|d| (d.rule.0, d.aspect.name())), Some(("W-08", "the code")));
}

/// Hosts are names in DNS: no source states that case counts.
#[rstest]
#[case("https://ONE.example.com", None)]
#[case("https://other.example.com", Some("V-05"))]
fn the_host_of_a_service_in_other_case_is_open(#[case] endpoint: &str, #[case] blamed: Option<&str>) {
    let service = EndpointService {
        name: "com.amazonaws.vpce.us-east-1.vpce-svc-one".to_owned(),
        owner: "111122223333".to_owned(),
        dns_name: "one.example.com".to_owned(),
        role: ServiceRole::Good,
        after_create: None,
    };
    let environment = Environment { services: Some([service].into_iter().collect()), ..Environment::default() };
    let model = Model { environment: Arc::new(environment), ..Model::new(Revision::LATEST) };
    let body = format!(r#"{{"CustomKeyStoreId":"one","XksProxyUriEndpoint":"{endpoint}"}}"#);
    let step = model.step(&mut created(&model, "one"), &Request::operation(UPDATE, body.into()), &Outcome::Success);
    assert_eq!(step.divergence.map(|d| d.rule.0), blamed);
}
