//! Every answer that the rule book admits for an open question is given under some reading.

use std::collections::BTreeSet;

use serde_json::json;
use ucks_emulator::Config;

use crate::common::{HEALTHY, OTHER_KEY, OTHER_SECRET, PATH, Service, credential, service};

const EMPTY: &str = "XksProxyVpcEndpointServiceName";

fn drawn(seed: u64) -> Service {
    Service::new(Config { readings: Some(seed), ..Config::default() })
}

/// Returns the answers of forty readings.
fn answers(ask: impl Fn(&mut Service) -> String) -> Vec<String> {
    let all: BTreeSet<String> = (0..40).map(|seed| ask(&mut drawn(seed))).collect();
    all.into_iter().collect()
}

fn connected(s: &mut Service, id: &str) {
    s.connect(id);
    for _ in 0..200 {
        if s.state(id) == "CONNECTED" {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("not CONNECTED");
}

/// Half a character in a name is malformed, refused or stored; an answer shows it as it was sent.
#[test]
fn half_a_character_in_a_name() {
    let observed = answers(|s| {
        let id = s.public("store", "https://a.xks.example", PATH);
        let body = format!(r#"{{"CustomKeyStoreId":"{id}","NewCustomKeyStoreName":"half \ud800"}}"#);
        let answer = s.raw("UpdateCustomKeyStore", body);
        let shown = s.describe();
        let shown = String::from_utf8_lossy(shown.raw.body()).contains(r#""half \ud800""#);
        assert_eq!(shown, answer.status == 200);
        let echoed = String::from_utf8_lossy(answer.raw.body()).contains(r"'half \ud800'");
        // serde_json reads no body that echoes it.
        let code = if echoed { "echoed" } else { answer.code() };
        format!("{} {code}", answer.status)
    });
    assert_eq!(observed, ["200 ", "400 SerializationException", "400 ValidationException", "400 echoed"]);
}

/// An empty service name without a switch, for a public store (S-16).
#[test]
fn an_empty_service_name() {
    for members in [json!({EMPTY: ""}), json!({EMPTY: "", "XksProxyConnectivity": "PUBLIC_ENDPOINT"})] {
        let observed = answers(|s| {
            let id = s.public("store", "https://a.xks.example", PATH);
            let at_rest = s.update(&id, members.clone()).code().to_owned();
            assert!(s.show(&id)["XksProxyConfiguration"].get("VpcEndpointServiceName").is_none());
            connected(s, &id);
            format!("{at_rest} then {}", s.update(&id, members.clone()).code())
        });
        let wanted =
            [" then ", " then CustomKeyStoreInvalidStateException", "ValidationException then ValidationException"];
        assert!(wanted.iter().all(|w| observed.iter().any(|t| t == w)), "{observed:?}");
    }
    let nobody = answers(|s| s.update("nothing", json!({EMPTY: ""})).code().to_owned());
    assert_eq!(nobody, ["CustomKeyStoreNotFoundException", "ValidationException"]);
    // For a store that is or becomes a VPC store it is too short.
    let vpc = answers(|s| {
        let id = s.vpc("store", "https://vpc01.xks.example", "good01");
        s.update(&id, json!({EMPTY: ""})).code().to_owned()
    });
    assert_eq!(vpc, ["ValidationException"]);
}

/// The name of a CloudHSM store that is neither DISCONNECTED nor CONNECTED (G-24).
#[test]
fn a_cloud_hsm_store_in_another_state() {
    let renamed = |revision: &'static str| {
        let observed = |seed| {
            let config = Config { readings: Some(seed), revision: revision.to_owned(), ..Config::default() };
            let s = &mut Service::new(config);
            let id = s.cloudhsm("store", 'c');
            s.update(&id, json!({"KeyStorePassword": "wrongpassword"}));
            s.connect(&id);
            for _ in 0..200 {
                if s.state(&id) == "FAILED" {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            s.update(&id, json!({"NewCustomKeyStoreName": "new"})).code().to_owned()
        };
        Vec::from_iter((0..20).map(observed).collect::<BTreeSet<_>>())
    };
    assert_eq!(renamed("2026-04-27"), ["", "CustomKeyStoreInvalidStateException"]);
    assert_eq!(renamed("2025-11-07"), ["CustomKeyStoreInvalidStateException"]);
}

/// A service whose DNS name is not the endpoint's host (V-05).
#[test]
fn another_dns_name() {
    let observed = answers(|s| {
        let id = s.vpc("store", "https://vpc01.xks.example", "good01");
        s.update(&id, json!({EMPTY: service("good02")})).code().to_owned()
    });
    let code = |what| format!("XksProxyVpcEndpointService{what}Exception");
    assert_eq!(observed, [code("InvalidConfiguration"), code("NotFound")]);
}

/// A host with a final dot where the proxy's row has none (U-10).
#[test]
fn a_host_with_a_final_dot() {
    let observed = answers(|s| {
        let id = s.public("store", "https://a.xks.example", PATH);
        s.update(&id, json!({"XksProxyUriEndpoint": "https://b.xks.example."})).code().to_owned()
    });
    assert_eq!(observed, ["", "XksProxyUriUnreachableException"]);
}

/// The proxy of a CONNECTED VPC store is asked if path or credential is given; no reading changes that.
#[test]
fn a_connected_vpc_store() {
    let observed = answers(|s| {
        let mut members = crate::common::vpc("store", "https://vpc01.one-path.example", "onepath01");
        members["XksProxyUriPath"] = "/served/kms/xks/v1".into();
        let id = s.create(members);
        connected(s, &id);
        s.update(&id, json!({"XksProxyUriPath": "/other/kms/xks/v1"})).code().to_owned()
    });
    assert_eq!(observed, ["XksProxyInvalidConfigurationException"]);
}

/// A request too many (D-05).
#[test]
fn a_request_too_many() {
    let observed = |seed| {
        let mut s = Service::in_world(&format!("[limits]\nrequests_per_second = 1\n{HEALTHY}"), Some(seed));
        let credential = json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)});
        let codes = (0..3).map(|_| s.update("nothing", credential.clone()).code().to_owned());
        codes.last().unwrap_or_default()
    };
    let observed: BTreeSet<String> = (0..20).map(observed).collect();
    let wanted = ["RequestLimitExceeded", "ThrottlingException", "TooManyRequestsException"];
    assert_eq!(Vec::from_iter(observed), wanted);
}
