//! Connection states, several faults at once, and what refusals and later updates leave.

use serde_json::{Value, json};

use crate::common::{self, OTHER_KEY, OTHER_SECRET, PATH, Service, cluster, credential, service};

/// All members by themselves, in all states.
fn gates(s: &mut Service, create: fn(&mut Service, &str) -> String, members: &[Value]) {
    for state in ["DISCONNECTED", "CONNECTED", "FAILED", "CONNECTING", "DISCONNECTING"] {
        for change in members {
            let id = create(s, state);
            if state != "DISCONNECTED" {
                s.connect(&id);
            }
            if state == "DISCONNECTING" {
                s.disconnect(&id);
            }
            s.update(&id, change.clone());
            s.describe();
            s.fresh();
        }
    }
}

pub(super) fn gates_hsm(s: &mut Service) {
    let create = |s: &mut Service, state: &str| match state {
        "FAILED" => s.create(common::cloudhsm("store", 'c', "wrongpassword")),
        "CONNECTING" | "DISCONNECTING" => s.cloudhsm("store", 'g'),
        _ => s.cloudhsm("store", 'a'),
    };
    let members = [
        json!({"NewCustomKeyStoreName": "new"}),
        json!({"KeyStorePassword": "password2"}),
        json!({"CloudHsmClusterId": cluster("related", 'a')}),
        json!({"NewCustomKeyStoreName": "new", "KeyStorePassword": "password2"}),
    ];
    gates(s, create, &members);
}

pub(super) fn gates_public(s: &mut Service) {
    let create = |s: &mut Service, state: &str| match state {
        "FAILED" => s.public("store", "https://a.failing.example", PATH),
        "CONNECTING" | "DISCONNECTING" => s.public("store", "https://a.slow.example", PATH),
        _ => s.public("store", "https://a.xks.example", PATH),
    };
    let members = [
        json!({"NewCustomKeyStoreName": "new"}),
        json!({"XksProxyUriPath": "/new/kms/xks/v1"}),
        json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}),
        json!({"XksProxyUriEndpoint": "https://new.xks.example"}),
        json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}),
        json!({"NewCustomKeyStoreName": "new", "XksProxyUriEndpoint": "https://new.xks.example"}),
    ];
    gates(s, create, &members);
}

pub(super) fn gates_vpc(s: &mut Service) {
    let create = |s: &mut Service, state: &str| match state {
        "FAILED" => s.vpc("store", "https://vpc01.failing.example", "failing01"),
        "CONNECTING" | "DISCONNECTING" => s.vpc("store", "https://vpc01.slow.example", "slow01"),
        _ => s.vpc("store", "https://vpc01.xks.example", "good01"),
    };
    let members = [
        json!({"XksProxyVpcEndpointServiceName": service("also01")}),
        json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}),
    ];
    gates(s, create, &members);
}

pub(super) fn refused_effects(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    s.cloudhsm("taken", 'a');
    s.update(&id, json!({"XksProxyUriPath": "/new/kms/xks/v1", "NewCustomKeyStoreName": "taken"}));
    s.update(&id, json!({"XksProxyUriPath": "/kms/xks/v1000", "NewCustomKeyStoreName": "new"}));
    s.describe();
    let failed = s.public("failed", "https://a.failing.example", PATH);
    s.connect(&failed);
    s.update(&failed, json!({"NewCustomKeyStoreName": "renamed"}));
    s.describe();
    s.disconnect(&failed);
    s.describe();
    let other = s.cloudhsm("other", 'k');
    s.connect(&other);
    s.update(&id, json!({"XksProxyUriEndpoint": "https://c.xks.example"}));
    s.describe();
}

pub(super) fn several_faults(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    let hsm = s.cloudhsm("taken", 'a');
    s.update(&id, json!({"NewCustomKeyStoreName": "taken", "KeyStorePassword": "password2"}));
    s.update(&id, json!({"NewCustomKeyStoreName": "taken", "XksProxyUriEndpoint": "https://a.no-tcp.example"}));
    s.connect(&id);
    s.update(&id, json!({"KeyStorePassword": "password2"}));
    s.update(&id, json!({"XksProxyUriEndpoint": "https://a.no-tcp.example"}));
    s.connect(&hsm);
    s.update(&hsm, json!({"CloudHsmClusterId": cluster("inactive", 'a')}));
    // Wrong service and wrong proxy: the service comes first.
    let public = s.public("public", "https://b.xks.example", PATH);
    s.update(
        &public,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://c.no-tcp.example",
            "XksProxyVpcEndpointServiceName": service("absent"),
        }),
    );
}

pub(super) fn second_updates(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    s.update(&id, json!({"NewCustomKeyStoreName": "new"}));
    s.update(&id, json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}));
    s.update(&id, json!({"XksProxyUriEndpoint": "https://b.xks.example"}));
    s.describe();
    s.connect(&id);
    s.describe();
    s.disconnect(&id);
    s.describe();
    s.public("later", "https://l.xks.example", PATH);
    s.update(&id, json!({"NewCustomKeyStoreName": "newer"}));
    s.describe();
    let path = s.public("path", "https://path.xks.example", "/path/kms/xks/v1");
    s.update(&path, json!({"XksProxyUriEndpoint": "https://path2.xks.example"}));
    s.describe();
}

/// Each member in a request that is refused for another.
pub(super) fn half_applied(s: &mut Service) {
    s.cloudhsm("taken", 'a');
    let hsm = s.cloudhsm("hsm", 'c');
    s.update(
        &hsm,
        json!({
            "NewCustomKeyStoreName": "taken",
            "KeyStorePassword": "wrongpassword",
            "CloudHsmClusterId": cluster("related", 'c'),
        }),
    );
    s.update(&hsm, json!({"NewCustomKeyStoreName": "new", "XksProxyUriPath": PATH}));
    s.describe();
    s.connect(&hsm);
    s.describe();
    let public = s.public("public", "https://a.xks.example", PATH);
    s.update(
        &public,
        json!({
            "NewCustomKeyStoreName": "taken",
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc01.xks.example",
            "XksProxyVpcEndpointServiceName": service("good01"),
            "XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET),
            "XksProxyUriPath": "/new/kms/xks/v1",
        }),
    );
    s.describe();
    let vpc = s.vpc("vpc", "https://vpc02.xks.example", "good02");
    s.update(
        &vpc,
        json!({
            "NewCustomKeyStoreName": "taken",
            "XksProxyVpcEndpointServiceName": service("also02"),
            "XksProxyVpcEndpointServiceOwner": "444455556666",
        }),
    );
    s.describe();
}

/// Connect where it is done already, is under way, or has failed.
pub(super) fn connects(s: &mut Service) {
    let connected = s.cloudhsm("connected", 'a');
    let connecting = s.cloudhsm("connecting", 'g');
    let failed = s.create(common::cloudhsm("failed", 'c', "wrongpassword"));
    for id in [&connected, &connecting, &failed] {
        s.connect(id);
        s.connect(id);
    }
    s.describe();
    s.disconnect(&failed);
    s.connect(&failed);
    s.describe();
}

/// Connected stores, given each member at its present value and at another one.
pub(super) fn restated(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    let public = s.public("public", "https://a.xks.example", PATH);
    let vpc = s.vpc("vpc", "https://vpc01.xks.example", "good01");
    for id in [&hsm, &public, &vpc] {
        s.connect(id);
        s.update(id, json!({}));
    }
    for (id, member, values) in [
        (&hsm, "NewCustomKeyStoreName", ["hsm".to_owned(), "new".to_owned()]),
        (&hsm, "CloudHsmClusterId", [cluster("primary", 'a'), cluster("related", 'a')]),
        (&public, "XksProxyUriEndpoint", ["https://a.xks.example".to_owned(), "https://b.xks.example".to_owned()]),
        (&public, "XksProxyConnectivity", ["PUBLIC_ENDPOINT".to_owned(), "VPC_ENDPOINT_SERVICE".to_owned()]),
        (&vpc, "XksProxyConnectivity", ["VPC_ENDPOINT_SERVICE".to_owned(), "PUBLIC_ENDPOINT".to_owned()]),
        (&vpc, "XksProxyVpcEndpointServiceName", [service("good01"), service("also01")]),
        (&vpc, "XksProxyVpcEndpointServiceOwner", ["111122223333".to_owned(), "444455556666".to_owned()]),
        (&public, "XksProxyVpcEndpointServiceOwner", ["111122223333".to_owned(), "444455556666".to_owned()]),
    ] {
        for value in values {
            s.update(id, json!({member: value}));
        }
    }
    s.describe();
}

/// A new name in states in which a CloudHSM store may take one or not.
pub(super) fn renames(s: &mut Service) {
    for family in ['g', 'c'] {
        let id = s.cloudhsm(&format!("store {family}"), family);
        if family == 'c' {
            s.update(&id, json!({"KeyStorePassword": "wrongpassword"}));
        }
        s.connect(&id);
        s.update(&id, json!({"NewCustomKeyStoreName": format!("new {family}")}));
        s.describe();
    }
}
