//! Connection states, what may change in them, and what a change leaves.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use crate::common::{
    self, HEALTHY, KEY, OTHER_KEY, OTHER_SECRET, PATH, Service, cloudhsm, cluster, credential, password,
};

/// A store of the type in the state.
fn store(service: &mut Service, kind: &str, state: &str) -> String {
    let slow = matches!(state, "CONNECTING" | "DISCONNECTING");
    let id = match (kind, state) {
        ("hsm", "FAILED") => service.create(cloudhsm("store", 'c', "wrongpassword")),
        ("hsm", _) => service.cloudhsm("store", if slow { 'g' } else { 'a' }),
        ("public", "FAILED") => service.public("store", "https://a.failing.example", PATH),
        ("public", _) => {
            service.public("store", &format!("https://a.{}.example", if slow { "slow" } else { "xks" }), PATH)
        }
        ("vpc", "FAILED") => service.vpc("store", "https://vpc01.failing.example", "failing01"),
        ("vpc", _) if slow => service.vpc("store", "https://vpc01.slow.example", "slow01"),
        _ => service.vpc("store", "https://vpc01.xks.example", "good01"),
    };
    if state != "DISCONNECTED" {
        assert_eq!(service.connect(&id).status, 200);
    }
    if state == "DISCONNECTING" {
        assert_eq!(service.disconnect(&id).status, 200);
    }
    assert_eq!(service.state(&id), state);
    id
}

#[rstest]
fn every_state_is_reached(
    #[values("hsm", "public", "vpc")] kind: &str,
    #[values("DISCONNECTED", "CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING")] state: &str,
) {
    let mut service = Service::default();
    let id = store(&mut service, kind, state);
    let shown = service.show(&id);
    assert_eq!(shown.get("ConnectionErrorCode").is_some(), state == "FAILED", "{shown}");
    assert!(shown["CreationDate"].is_number());
}

/// The gates of the latest revision: which member is refused in which state.
#[rstest]
#[case("hsm", json!({"NewCustomKeyStoreName": "new"}), &[])]
#[case("hsm", json!({"KeyStorePassword": "password2"}), &["CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING"])]
#[case("public", json!({"NewCustomKeyStoreName": "new"}), &[])]
#[case("public", json!({"XksProxyUriPath": "/new/kms/xks/v1"}), &[])]
#[case("public", json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}), &[])]
#[case(
    "public",
    json!({"XksProxyUriEndpoint": "https://new.xks.example"}),
    &["CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING"],
)]
#[case(
    "public",
    json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}),
    &["CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING"],
)]
#[case(
    "vpc",
    json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}),
    &["CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING"],
)]
fn gates(
    #[case] kind: &str,
    #[case] members: Value,
    #[case] closed: &[&str],
    #[values("DISCONNECTED", "CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING")] state: &str,
) {
    let mut service = Service::default();
    let id = store(&mut service, kind, state);
    let before = service.show(&id);
    let answer = service.update(&id, members);
    if closed.contains(&state) {
        assert_eq!((answer.status, answer.code()), (400, "CustomKeyStoreInvalidStateException"));
        assert_eq!(service.show(&id), before);
    } else {
        assert_eq!((answer.status, answer.body), (200, json!({})));
        assert_eq!(service.show(&id)["ConnectionState"], state);
    }
}

#[test]
fn a_service_that_breaks_fails_the_connection() {
    for (role, error) in [
        ("absent", "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND"),
        ("acceptance-required", "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"),
    ] {
        let breaking = format!(
            "[[vpc_services]]\nname = \"{}\"\nowner = \"111122223333\"\ndns_name = \"v.xks.example\"\n\
             role = \"good\"\nafter_create = \"{role}\"\n",
            common::service("breaking0")
        );
        let mut s = Service::in_world(&format!("{HEALTHY}{breaking}"), None);
        let id = s.vpc("store", "https://v.xks.example", "breaking0");
        s.connect(&id);
        assert_eq!(s.show(&id)["ConnectionErrorCode"], error);
    }
}

#[test]
fn slow_transitions_end() {
    let mut service = Service::default();
    let id = store(&mut service, "public", "CONNECTING");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(service.state(&id), "CONNECTED");
    service.disconnect(&id);
    assert_eq!(service.state(&id), "DISCONNECTING");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(service.state(&id), "DISCONNECTED");
}

/// The environment has one time for all transitions, and a row can have a time for its own stores.
#[test]
fn a_world_says_how_long_transitions_take() {
    let environment = format!(
        "[emulator]\nconnect_ms = 600000\n{HEALTHY}connect_ms = 0\n\
         [[proxies]]\nendpoint = \"https://*.slow.example\"\nrole = \"healthy\"\n"
    );
    let mut service = Service::in_world(&environment, None);
    for (name, endpoint, state) in
        [("own", "https://a.xks.example", "CONNECTED"), ("all", "https://a.slow.example", "CONNECTING")]
    {
        let id = service.public(name, endpoint, PATH);
        assert_eq!(service.connect(&id).status, 200);
        assert_eq!(service.state(&id), state);
    }
}

#[test]
fn a_wrong_password_fails_to_connect_and_the_right_one_connects() {
    let mut service = Service::default();
    let id = service.cloudhsm("store", 'c');
    assert_eq!(service.update(&id, json!({"KeyStorePassword": "wrongpassword"})).status, 200);
    assert_eq!(service.connect(&id).status, 200);
    let shown = service.show(&id);
    assert_eq!(shown["ConnectionState"], "FAILED");
    assert_eq!(shown["ConnectionErrorCode"], "INVALID_CREDENTIALS");
    assert_eq!(service.connect(&id).code(), "CustomKeyStoreInvalidStateException");
    assert_eq!(service.disconnect(&id).status, 200);
    assert_eq!(service.update(&id, json!({"KeyStorePassword": password('c')})).status, 200);
    service.connect(&id);
    assert_eq!(service.state(&id), "CONNECTED");
    service.disconnect(&id);
    service.connect(&id);
    assert_eq!(service.state(&id), "CONNECTED");
}

#[test]
fn a_new_secret_is_used_by_connect() {
    let mut service = Service::default();
    let key = "ROTATING2AAAAAAAAAAA";
    let before = "before0123456789abcdefghijklmnopqrstuvwxyzA";
    let after = "after0123456789abcdefghijklmnopqrstuvwxyzAB";
    let mut members = common::public("store", "https://a.rotating.example", PATH);
    members["XksProxyAuthenticationCredential"] = credential(key, before);
    let id = service.create(members);
    service.connect(&id);
    assert_eq!(service.show(&id)["ConnectionErrorCode"], "XKS_PROXY_ACCESS_DENIED");
    service.disconnect(&id);
    let answer = service.update(&id, json!({"XksProxyAuthenticationCredential": credential(key, after)}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    service.connect(&id);
    assert_eq!(service.state(&id), "CONNECTED");
}

#[test]
fn there_and_back_between_connectivities() {
    let mut service = Service::default();
    let id = service.public("store", "https://a.xks.example", PATH);
    let answer = service.update(
        &id,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc01.xks.example",
            "XksProxyVpcEndpointServiceName": common::service("good01"),
        }),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        service.show(&id)["XksProxyConfiguration"],
        json!({
            "Connectivity": "VPC_ENDPOINT_SERVICE",
            "AccessKeyId": KEY,
            "UriEndpoint": "https://vpc01.xks.example",
            "UriPath": PATH,
            "VpcEndpointServiceName": common::service("good01"),
            "VpcEndpointServiceOwner": "111122223333",
        })
    );
    let answer = service.update(
        &id,
        json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://b.xks.example",
            "XksProxyVpcEndpointServiceName": null}),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        service.show(&id)["XksProxyConfiguration"],
        json!({
            "Connectivity": "PUBLIC_ENDPOINT",
            "AccessKeyId": KEY,
            "UriEndpoint": "https://b.xks.example",
            "UriPath": PATH,
        })
    );
    // The service that it left is free again.
    service.vpc("other", "https://vpc01.xks.example", "good01");
    service.public("third", "https://a.xks.example", PATH);
}

#[test]
fn a_service_of_another_account_needs_its_owner() {
    let mut service = Service::default();
    let mut members = common::vpc("store", "https://vpc-owned01.xks.example", "owned01");
    members["XksProxyVpcEndpointServiceOwner"] = "444455556666".into();
    let id = service.create(members);
    assert_eq!(service.show(&id)["XksProxyConfiguration"]["VpcEndpointServiceOwner"], "444455556666");
    let answer = service.update(&id, json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}));
    assert_eq!(answer.code(), "XksProxyVpcEndpointServiceNotFoundException");
    // Left out, the owner is kept.
    let to = json!({
        "XksProxyUriEndpoint": "https://vpc-owned02.xks.example",
        "XksProxyVpcEndpointServiceName": common::service("owned02"),
    });
    assert_eq!(service.update(&id, to).status, 200);
    assert_eq!(service.show(&id)["XksProxyConfiguration"]["VpcEndpointServiceOwner"], "444455556666");
}

#[test]
fn a_related_cluster_is_stored_and_the_rest_kept() {
    let mut service = Service::default();
    let id = service.cloudhsm("store", 'a');
    let before = service.show(&id);
    assert_eq!(service.update(&id, json!({"CloudHsmClusterId": cluster("related", 'a')})).status, 200);
    let mut expected = before;
    expected["CloudHsmClusterId"] = cluster("related", 'a').into();
    assert_eq!(service.show(&id), expected);
    assert_eq!(service.update(&id, json!({"CloudHsmClusterId": cluster("primary", 'a')})).status, 200);
}

#[test]
fn names_and_addresses_are_free_again() {
    let mut service = Service::default();
    let first = service.public("first", "https://a.xks.example", PATH);
    let second = service.public("second", "https://a.xks.example", "/b/kms/xks/v1");
    assert_eq!(service.update(&second, json!({"XksProxyUriPath": PATH})).code(), "XksProxyUriInUseException");
    assert_eq!(
        service.update(&first, json!({"NewCustomKeyStoreName": "third", "XksProxyUriPath": "/c/kms/xks/v1"})).status,
        200
    );
    assert_eq!(service.update(&second, json!({"NewCustomKeyStoreName": "first", "XksProxyUriPath": PATH})).status, 200);
    assert_eq!(service.delete(&second).status, 200);
    assert_eq!(service.update(&first, json!({"NewCustomKeyStoreName": "first", "XksProxyUriPath": PATH})).status, 200);
    assert_eq!(service.update(&second, json!({})).code(), "CustomKeyStoreNotFoundException");
}

#[test]
fn pages() {
    let mut service = Service::default();
    let ids: Vec<String> = (0..7)
        .map(|at| service.public(&format!("s{at}"), "https://a.xks.example", &format!("/{at}/kms/xks/v1")))
        .collect();
    let mut seen = Vec::new();
    let mut members = json!({"Limit": 3});
    loop {
        let body = service.call("DescribeCustomKeyStores", members.clone()).body;
        let page = body["CustomKeyStores"].as_array().unwrap();
        assert!(page.len() <= 3);
        seen.extend(page.iter().map(|store| store["CustomKeyStoreId"].as_str().unwrap().to_owned()));
        if body["Truncated"] == false {
            assert!(body.get("NextMarker").is_none());
            break;
        }
        members["Marker"] = body["NextMarker"].clone();
    }
    assert_eq!(seen, ids);
    let body = service.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "s4"})).body;
    assert_eq!(body["CustomKeyStores"][0]["CustomKeyStoreId"], ids[4].as_str());
}

#[test]
fn describe_lags_and_settles() {
    let environment = ucks_emulator::Environment::parse(
        "[emulator]\nlag_ms = 80\n[[proxies]]\nendpoint = \"https://*.xks.example\"\nrole = \"healthy\"\n",
    );
    let mut service = Service::new(ucks_emulator::Config { environment: environment.unwrap(), ..Default::default() });
    let id = service.public("old", "https://a.xks.example", PATH);
    service.update(&id, json!({"NewCustomKeyStoreName": "new"}));
    assert_eq!(service.show(&id)["CustomKeyStoreName"], "old");
    assert_eq!(service.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "old"})).status, 200);
    assert_eq!(service.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "new"})).status, 400);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(service.show(&id)["CustomKeyStoreName"], "new");
    assert_eq!(service.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "new"})).status, 200);
    assert_eq!(service.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "old"})).status, 400);
}
