//! Differences between revisions.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::json;
use ucks_emulator::{Config, REVISIONS};

use crate::common::{PATH, Service, public, service};
use crate::walkthroughs::{played, what_differs};

#[rstest]
#[case("2025-11-07", 400)]
#[case("2026-04-27", 200)]
fn renaming_a_connected_cloudhsm_store(#[case] revision: &str, #[case] status: u16) {
    let mut service = Service::on(revision);
    let id = service.cloudhsm("store", 'a');
    service.connect(&id);
    assert_eq!(service.update(&id, json!({"NewCustomKeyStoreName": "new"})).status, status);
}

#[rstest]
#[case("2018-11-26", false, false)]
#[case("2022-07-18", false, false)]
#[case("2022-11-29", true, false)]
#[case("2025-10-30", true, true)]
fn revisions_differ_in_their_members(#[case] revision: &str, #[case] types: bool, #[case] owner: bool) {
    let mut service = Service::on(revision);
    let id = service.cloudhsm("store", 'a');
    let shown = service.show(&id);
    assert_eq!(shown.get("CustomKeyStoreType").is_some(), types);
    // Xks members are unknown, and an update with them alone is one without members.
    let answer = service.update(&id, json!({"XksProxyUriPath": 5}));
    assert_eq!(answer.status, if types { 400 } else { 200 });
    service.connect(&id);
    assert_eq!(
        service.update(&id, json!({"NewCustomKeyStoreName": "new"})).code(),
        "CustomKeyStoreInvalidStateException"
    );
    if types {
        let id = service.vpc("vpc", "https://vpc01.xks.example", "good01");
        let proxy = &service.show(&id)["XksProxyConfiguration"];
        assert_eq!(proxy.get("VpcEndpointServiceOwner").is_some(), owner);
        assert_eq!(
            service.update(&id, json!({"XksProxyVpcEndpointServiceOwner": "x"})).status,
            if owner { 400 } else { 200 }
        );
    }
}

#[test]
fn xks_create_is_refused_before_external_key_stores() {
    let mut service = Service::on("2022-07-18");
    let answer = service.call("CreateCustomKeyStore", public("x", "https://a.xks.example", PATH));
    assert_eq!((answer.status, answer.code()), (400, "ValidationException"));
}

/// The proxy's error was that of the endpoint service as well, until V-02 separated the two.
#[rstest]
#[case(
    "2022-11-29",
    &["XksProxyInvalidConfigurationException", "XksProxyVpcEndpointServiceInvalidConfigurationException"],
)]
#[case("2024-01-05", &["XksProxyVpcEndpointServiceInvalidConfigurationException"])]
fn what_is_wrong_with_a_service(#[case] revision: &str, #[case] codes: &[&str]) {
    let code = |seed| {
        let mut s = Service::new(Config { revision: revision.to_owned(), readings: Some(seed), ..Config::default() });
        let id = s.vpc("store", "https://vpc01.xks.example", "good01");
        s.update(&id, json!({"XksProxyVpcEndpointServiceName": service("onezone")})).code().to_owned()
    };
    assert_eq!(Vec::from_iter((0..24).map(code).collect::<BTreeSet<_>>()), codes);
}

#[test]
fn a_password_of_any_length_before_it_had_bounds() {
    let mut service = Service::on("2019-11-25");
    let id = service.cloudhsm("store", 'a');
    assert_eq!(service.update(&id, json!({"KeyStorePassword": "p"})).status, 200);
    assert_eq!(service.update(&id, json!({"KeyStorePassword": "p".repeat(5000)})).status, 200);
}

#[test]
fn what_each_revision_changed() {
    let on = |date: &&str| played(Config { revision: (*date).to_owned(), ..Config::default() });
    let plays: Vec<_> = REVISIONS.iter().map(on).collect();
    let changed = plays.windows(2).zip(&REVISIONS[1..]);
    insta::assert_snapshot!(
        changed.map(|(two, date)| format!("{date}\n{}", what_differs(&two[0], &two[1]))).collect::<String>()
    );
}
