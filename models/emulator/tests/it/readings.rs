//! No drawn reading breaks the contract. A snapshot has the changes that each drawn service makes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use ucks_emulator::Config;

use crate::common::{HEALTHY, KEY, OTHER_KEY, OTHER_SECRET, PATH, SECRET, Service, cluster, credential, service};
use crate::walkthroughs::{played, what_differs};

/// Default world, with the drawn delays waited for.
fn drawn(seed: u64) -> Service {
    Service::new(Config { readings: Some(seed), ..Config::default() })
}

fn until(s: &mut Service, id: &str, state: &str) {
    for _ in 0..100 {
        if s.state(id) == state {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("not {state}");
}

fn accepted(s: &mut Service, id: &str, members: Value) {
    let answer = s.update(id, members.clone());
    assert_eq!(answer.status, 200, "{members} {}", answer.body);
    let body = answer.raw.body();
    assert!(body.is_empty() || &body[..] == b"{}");
}

fn refused(s: &mut Service, id: &str, members: Value, codes: &[&str]) {
    let before = s.show(id);
    let answer = s.update(id, members.clone());
    assert_eq!(answer.status, 400, "{members}");
    assert!(codes.contains(&answer.code()), "{members} {}", answer.body);
    assert!(answer.header("x-amzn-requestid").is_some());
    assert_eq!(s.show(id), before, "{members}");
}

#[test]
fn three_hundred_services() {
    for seed in 0..300 {
        let s = &mut drawn(seed);
        let hsm = s.cloudhsm("hsm", 'a');
        let public = s.public("public", "https://a.xks.example", PATH);
        let vpc = s.vpc("vpc", "https://vpc01.xks.example", "good01");
        let mut all = Vec::new();
        let mut page = s.describe().body;
        loop {
            all.extend(page["CustomKeyStores"].as_array().unwrap().clone());
            if page["Truncated"] != true {
                break;
            }
            page = s.call("DescribeCustomKeyStores", json!({"Marker": page["NextMarker"]})).body;
        }
        assert_eq!(all.len(), 3);

        refused(s, &hsm, json!({"NewCustomKeyStoreName": "vpc"}), &["CustomKeyStoreNameInUseException"]);
        refused(
            s,
            &hsm,
            json!({"NewCustomKeyStoreName": "vpc", "XksProxyUriPath": PATH}),
            &["CustomKeyStoreNameInUseException", "ValidationException"],
        );
        refused(
            s,
            &hsm,
            json!({"CloudHsmClusterId": cluster("inactive", 'a')}),
            &["CloudHsmClusterNotActiveException"],
        );
        refused(s, &public, json!({"KeyStorePassword": "password2"}), &["ValidationException"]);
        refused(
            s,
            &public,
            json!({"XksProxyUriEndpoint": "https://a.not-json.example"}),
            &["XksProxyInvalidResponseException"],
        );
        refused(
            s,
            &public,
            json!({"XksProxyUriEndpoint": "https://vpc01.xks.example"}),
            &["XksProxyUriInUseException", "XksProxyUriEndpointInUseException"],
        );
        refused(s, &public, json!({"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE"}), &["ValidationException"]);
        accepted(s, &hsm, json!({"NewCustomKeyStoreName": "hsm", "CloudHsmClusterId": cluster("related", 'a')}));
        accepted(s, &public, json!({"NewCustomKeyStoreName": "p", "XksProxyUriPath": "/n/kms/xks/v1"}));
        accepted(
            s,
            &public,
            json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://a.xks.example"}),
        );
        accepted(
            s,
            &vpc,
            json!({
                "XksProxyVpcEndpointServiceName": service("good02"),
                "XksProxyUriEndpoint": "https://vpc02.xks.example",
            }),
        );

        for id in [&hsm, &public] {
            assert_eq!(s.connect(id).status, 200);
            until(s, id, "CONNECTED");
        }
        refused(s, &hsm, json!({"KeyStorePassword": "password2"}), &["CustomKeyStoreInvalidStateException"]);
        refused(
            s,
            &public,
            json!({"XksProxyUriEndpoint": "https://b.xks.example"}),
            &["CustomKeyStoreInvalidStateException"],
        );
        accepted(s, &hsm, json!({"NewCustomKeyStoreName": "while connected"}));
        accepted(s, &public, json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}));
        assert_eq!(s.show(&public)["XksProxyConfiguration"]["AccessKeyId"], OTHER_KEY);
        s.disconnect(&public);
        until(s, &public, "DISCONNECTED");
        accepted(
            s,
            &public,
            json!({
                "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
                "XksProxyUriEndpoint": "https://vpc03.xks.example",
                "XksProxyVpcEndpointServiceName": service("good03"),
            }),
        );
        accepted(
            s,
            &public,
            json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://c.xks.example"}),
        );
        assert!(s.show(&public)["XksProxyConfiguration"].get("VpcEndpointServiceName").is_none());
        assert_eq!(s.update("nothing", json!({})).code(), "CustomKeyStoreNotFoundException");
        let answer = s.call("UpdateCustomKeyStore", json!({"NewCustomKeyStoreName": ""}));
        assert_eq!((answer.status, answer.code()), (400, "ValidationException"));
        assert_eq!(s.raw("UpdateCustomKeyStore", "{").code(), "SerializationException");
    }
}

#[test]
fn the_same_seed_decides_alike() {
    let lines = |seed| {
        let mut s = drawn(seed);
        let id = s.public("public", "https://a.xks.example", PATH);
        s.public("taken", "https://b.xks.example", PATH);
        s.update(&id, json!({}));
        s.update(&id, json!({"NewCustomKeyStoreName": "TAKEN"}));
        s.update(&id, json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}));
        s.update(&id, json!({"NewCustomKeyStoreName": "taken", "XksProxyUriEndpoint": "https://b.no-tcp.example"}));
        s.raw(
            "UpdateCustomKeyStore",
            format!(
                "{{\"CustomKeyStoreId\":\"{id}\",\"NewCustomKeyStoreName\":\"1\",\"NewCustomKeyStoreName\":\"2\"}}"
            ),
        );
        s.describe();
        s.transcript()
    };
    for seed in 0..50 {
        assert_eq!(lines(seed), lines(seed));
    }
    assert!((1..50).any(|seed| lines(seed) != lines(0)));
}

/// Errors as status and code, as their form is drawn too, and so is whether a success without output has a body.
fn outcomes(walkthrough: &str) -> String {
    let outcome = |line: &str| match line.split_once(r#""__type":""#) {
        Some((head, tail)) => {
            let status = head.split_whitespace().next().unwrap_or_default();
            let code = tail.split(['"', ':']).next().unwrap_or_default();
            format!("  {status} {}\n", code.rsplit('#').next().unwrap_or_default())
        }
        None => format!("{}\n", line.replace(" true {}", " true ")),
    };
    walkthrough.lines().map(outcome).collect()
}

/// Seeds that draw nothing which takes time.
fn at_once() -> impl Iterator<Item = u64> {
    (0..60).filter(|seed| {
        let mut s = drawn(*seed);
        (0..5).all(|n| {
            let id = s.public(&format!("{n}"), &format!("https://h{n}.xks.example"), PATH);
            s.connect(&id);
            s.state(&id) == "CONNECTED"
        })
    })
}

/// A connected CloudHSM key store named `store`, at a revision.
fn connected(seed: u64, revision: &str) -> (Service, String) {
    let mut s = Service::new(Config { readings: Some(seed), revision: revision.to_owned(), ..Config::default() });
    let id = s.cloudhsm("store", 'a');
    s.connect(&id);
    (s, id)
}

#[test]
fn what_readings_change() {
    let plain = played(Config::default());
    let observed = |plays: &[String]| plays.iter().map(|play| outcomes(play)).collect::<Vec<_>>();
    let mut all = String::new();
    for seed in at_once() {
        let play = played(Config { readings: Some(seed), ..Config::default() });
        let form = play.concat().lines().find(|line| line.contains("ValidationException")).map(str::to_owned);
        all += &format!("{seed}\n{}\n{}", form.unwrap(), what_differs(&observed(&plain), &observed(&play)));
    }
    insta::assert_snapshot!(all);
}

/// A success of an update has an empty body, or an object without members: both read as no output.
#[test]
fn a_success_says_nothing_in_two_ways() {
    let body = |seed| {
        let mut s = drawn(seed);
        let id = s.public("store", "https://a.xks.example", PATH);
        let answer = s.update(&id, json!({"NewCustomKeyStoreName": "renamed"}));
        String::from_utf8(answer.raw.body().to_vec()).unwrap()
    };
    assert_eq!(Vec::from_iter((0..24).map(body).collect::<BTreeSet<_>>()), ["", "{}"]);
}

#[test]
fn before_external_key_stores_nothing_passes_while_connected() {
    for seed in at_once() {
        let (mut s, id) = connected(seed, "2022-07-18");
        refused(&mut s, &id, json!({"NewCustomKeyStoreName": "store"}), &["CustomKeyStoreInvalidStateException"]);
    }
}

/// Before a connected CloudHSM store could be renamed, restating its name was open (G-52).
#[test]
fn a_restated_name_passes_or_not() {
    let status = |seed| {
        let (mut s, id) = connected(seed, "2025-11-07");
        let other = json!({"NewCustomKeyStoreName": "new"});
        refused(&mut s, &id, other, &["CustomKeyStoreInvalidStateException"]);
        s.update(&id, json!({"NewCustomKeyStoreName": "store"})).status
    };
    assert_eq!(Vec::from_iter(at_once().map(status).collect::<BTreeSet<_>>()), [200, 400]);
}

/// Which values a Connect under way uses is open (R-04): those before the update or after it.
#[test]
fn an_update_overtakes_a_connect() {
    let environment = format!(
        "{HEALTHY}connect_ms = 60\nconnect_credentials = [{{ access_key_id = \"{KEY}\", secret = \"{SECRET}\" }}]\n"
    );
    let mut ends = BTreeSet::new();
    for seed in 0..24 {
        let mut s = Service::in_world(&environment, Some(seed));
        let id = s.public("store", "https://a.xks.example", PATH);
        s.connect(&id);
        let update = s.update(&id, json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}));
        std::thread::sleep(std::time::Duration::from_millis(61));
        let state = s.state(&id);
        ends.insert(format!("{} {state}", update.status));
    }
    // A refusal overtakes nothing.
    assert_eq!(Vec::from_iter(ends), ["200 CONNECTED", "200 FAILED", "400 CONNECTED"]);
}

#[test]
fn a_vpc_store_whose_proxy_has_no_tls() {
    let environment = format!(
        "{HEALTHY}[[proxies]]\nendpoint = \"https://vpc.bad.example\"\nrole = \"bad-tls\"\n\
         [[vpc_services]]\nname = \"{}\"\nowner = \"111122223333\"\ndns_name = \"vpc.bad.example\"\nrole = \"good\"\n",
        service("bad")
    );
    let mut codes = BTreeSet::new();
    let (mut asked, mut asked_for_a_name) = (0, 0);
    for seed in 0..60 {
        let mut s = Service::in_world(&environment, Some(seed));
        let id = s.public("store", "https://a.xks.example", PATH);
        let answer = s.update(
            &id,
            json!({
                "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
                "XksProxyUriEndpoint": "https://vpc.bad.example",
                "XksProxyVpcEndpointServiceName": service("bad"),
            }),
        );
        codes.insert(answer.code().to_owned());
        // Create asks no proxy of such a store.
        s.fresh();
        let id = s.vpc("vpc", "https://vpc.bad.example", "bad");
        let name = s.update(&id, json!({"NewCustomKeyStoreName": "new"})).status == 400;
        let key = s.update(&id, json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}));
        assert!(key.status == 400 || !name);
        asked += u32::from(key.status == 400);
        asked_for_a_name += u32::from(name);
    }
    assert!(0 < asked_for_a_name && asked_for_a_name < asked && asked < 60);
    assert_eq!(
        Vec::from_iter(codes),
        [
            "",
            "XksProxyInvalidConfigurationException",
            "XksProxyUriUnreachableException",
            "XksProxyVpcEndpointServiceInvalidConfigurationException"
        ]
    );
}

#[test]
fn lag_stays_within_the_settle_time() {
    let environment = format!("[suite]\nsettle_ms = 20\n{HEALTHY}");
    let mut late = 0;
    for seed in 0..10 {
        let mut s = Service::in_world(&environment, Some(seed));
        let id = s.public("old", "https://a.xks.example", PATH);
        s.update(&id, json!({"NewCustomKeyStoreName": "new"}));
        late += u32::from(s.show(&id)["CustomKeyStoreName"] == "old");
        std::thread::sleep(std::time::Duration::from_millis(21));
        assert_eq!(s.show(&id)["CustomKeyStoreName"], "new");
        // The new owner of the old name is found by it.
        let other = s.public("old", "https://b.xks.example", PATH);
        let found = s.call("DescribeCustomKeyStores", json!({"CustomKeyStoreName": "old"}));
        assert_eq!(found.body["CustomKeyStores"][0]["CustomKeyStoreId"], other);
    }
    assert!(late > 0);
}

#[test]
fn stable_ids_come_again_and_no_two_stores_share_one() {
    let made = || {
        let s = &mut Service::new(Config { stable_ids: true, readings: Some(7), ..Config::default() });
        let one = s.public("one", "https://a.xks.example", PATH);
        assert_ne!(one, s.public("two", "https://b.xks.example", PATH));
        accepted(s, &one, json!({"NewCustomKeyStoreName": "renamed"}));
        let next = s.public("one", "https://c.xks.example", PATH);
        assert_ne!(one, next);
        assert_eq!(s.show(&next)["CustomKeyStoreName"], "one");
        [one, next]
    };
    assert_eq!(made(), made());
}
