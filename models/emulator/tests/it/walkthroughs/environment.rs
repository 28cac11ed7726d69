//! Members of both types, clusters, addresses, services and proxies.

use serde_json::json;

use crate::common::{self, KEY, OTHER_KEY, OTHER_SECRET, PATH, SECRET, Service, cluster, credential, service};

pub(super) fn cloudhsm_members(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for members in [
        json!({"XksProxyUriEndpoint": "https://b.xks.example"}),
        json!({"XksProxyUriPath": PATH}),
        json!({"XksProxyVpcEndpointServiceName": service("good02")}),
        json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}),
        json!({"XksProxyAuthenticationCredential": credential(KEY, SECRET)}),
        json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}),
        json!({"NewCustomKeyStoreName": "new", "XksProxyUriPath": PATH}),
    ] {
        s.update(&id, members);
        s.describe();
    }
    s.connect(&id);
    s.update(&id, json!({"XksProxyUriPath": PATH}));
}

pub(super) fn clusters(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for (role, family) in [
        ("absent", 'a'),
        ("other-account", 'a'),
        ("inactive", 'a'),
        ("unrelated", 'y'),
        ("too-few-hsms", 'a'),
        ("few-subnets", 'a'),
        ("wrong-network", 'a'),
        ("related", 'a'),
        ("primary", 'a'),
    ] {
        s.update(&id, json!({"CloudHsmClusterId": cluster(role, family)}));
        s.describe();
    }
}

pub(super) fn broken_clusters(s: &mut Service) {
    for family in ['q', 'r'] {
        let id = s.cloudhsm(&format!("store {family}"), family);
        s.update(&id, json!({"NewCustomKeyStoreName": format!("new {family}")}));
        s.update(&id, json!({"CloudHsmClusterId": cluster("primary", family)}));
        s.connect(&id);
        s.update(&id, json!({"CloudHsmClusterId": cluster("related", family)}));
        s.describe();
    }
}

pub(super) fn cluster_effects(s: &mut Service) {
    let id = s.cloudhsm("store", 'c');
    s.update(&id, json!({"CloudHsmClusterId": cluster("related", 'c')}));
    s.update(&id, json!({"NewCustomKeyStoreName": "new"}));
    s.describe();
    s.connect(&id);
    s.describe();
    s.update(&id, json!({"NewCustomKeyStoreName": "newer"}));
    s.describe();
    s.disconnect(&id);
    s.describe();
    s.update(&id, json!({"KeyStorePassword": "wrongpassword"}));
    s.connect(&id);
    s.describe();
    let later = s.cloudhsm("later", 'd');
    s.disconnect(&id);
    s.update(&id, json!({"KeyStorePassword": common::password('c')}));
    s.connect(&id);
    s.connect(&later);
    s.describe();
    // The family's cluster is slow: the old one would not be.
    let slow = s.cloudhsm("slow", 'k');
    s.update(&slow, json!({"CloudHsmClusterId": cluster("related", 'k'), "KeyStorePassword": "password2"}));
    s.update(&slow, json!({"CloudHsmClusterId": cluster("related-3", 'k')}));
    s.connect(&slow);
    s.describe();
}

pub(super) fn public_members(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    for members in [
        json!({"KeyStorePassword": "password2"}),
        json!({"CloudHsmClusterId": cluster("primary", 'a')}),
        json!({"XksProxyVpcEndpointServiceName": service("good02")}),
        json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://a.xks.example"}),
        json!({"XksProxyUriPath": "/Upper/kms/xks/v1"}),
        json!({"XksProxyUriEndpoint": "https://UPPER.xks.example"}),
        json!({"XksProxyUriEndpoint": "https://d.degraded.example"}),
        json!({"XksProxyUriEndpoint": "https://a.xks.example"}),
        json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}),
        json!({"NewCustomKeyStoreName": "new"}),
        json!({"NewCustomKeyStoreName": "n\u{e9}w"}),
    ] {
        s.update(&id, members);
        s.describe();
    }
}

pub(super) fn addresses(s: &mut Service) {
    let a = s.public("a", "https://a.xks.example", PATH);
    let b = s.public("b", "https://b.xks.example", "/b/kms/xks/v1");
    let v = s.vpc("v", "https://vpc01.xks.example", "good01");
    let to_v = json!({"XksProxyUriEndpoint": "https://vpc01.xks.example", "XksProxyUriPath": "/n/kms/xks/v1"});
    s.update(&a, to_v);
    s.update(&a, json!({"XksProxyUriEndpoint": "https://b.xks.example", "XksProxyUriPath": "/b/kms/xks/v1"}));
    s.update(&a, json!({"XksProxyUriEndpoint": "https://b.xks.example"}));
    s.update(&a, json!({"XksProxyUriPath": "/b/kms/xks/v1"}));
    s.update(&a, json!({"XksProxyUriEndpoint": "https://a.xks.example", "XksProxyUriPath": PATH}));
    s.update(&a, json!({"XksProxyUriEndpoint": "https://c.xks.example", "XksProxyUriPath": "/b/kms/xks/v1"}));
    s.update(&b, json!({"XksProxyUriEndpoint": "https://a.xks.example", "XksProxyUriPath": PATH}));
    s.update(&a, json!({"XksProxyUriEndpoint": "https://a.xks.example"}));
    s.update(&v, json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": "https://p.xks.example"}));
    s.update(
        &v,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc02.xks.example",
            "XksProxyVpcEndpointServiceName": service("good02"),
        }),
    );
    s.update(
        &b,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc02.xks.example",
            "XksProxyVpcEndpointServiceName": service("also02"),
        }),
    );
    s.update(
        &b,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc03.xks.example",
            "XksProxyVpcEndpointServiceName": service("good02"),
        }),
    );
    s.update(
        &b,
        json!({
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": "https://vpc01.xks.example",
            "XksProxyVpcEndpointServiceName": service("good01"),
        }),
    );
    s.describe();
    // A path alone that meets a neighbour on the same host.
    let c = s.public("c", "https://shared.xks.example", PATH);
    s.public("d", "https://shared.xks.example", "/d/kms/xks/v1");
    s.update(&c, json!({"XksProxyUriPath": "/d/kms/xks/v1"}));
    s.public("e", "https://other.xks.example", PATH);
    s.update(&c, json!({"XksProxyUriEndpoint": "https://other.xks.example"}));
    s.describe();
}

pub(super) fn services(s: &mut Service) {
    let id = s.vpc("store", "https://vpc01.xks.example", "good01");
    let bad = [
        ("vpc-absent", "absent"),
        ("vpc-not-allowed", "notallowed"),
        ("vpc-acceptance-required", "acceptancerequired"),
        ("vpc-wrong-load-balancer", "wrongloadbalancer"),
        ("vpc-one-zone", "onezone"),
        ("vpc01", "nodnsname"),
        ("vpc-unverified-dns", "unverifieddns"),
        ("vpc03", "good02"),
        ("vpc-owned01", "owned01"),
    ];
    for (host, name) in bad {
        let mut members = json!({"XksProxyVpcEndpointServiceName": service(name)});
        members["XksProxyUriEndpoint"] = format!("https://{host}.xks.example").into();
        s.update(&id, members);
        s.describe();
    }
    let other_region = "com.amazonaws.vpce.eu-west-1.vpce-svc-otherregion";
    s.update(
        &id,
        json!({
            "XksProxyVpcEndpointServiceName": other_region,
            "XksProxyUriEndpoint": "https://vpc-other-region.xks.example",
        }),
    );
    s.update(&id, json!({"XksProxyVpcEndpointServiceName": service("good02")}));
    s.update(&id, json!({"XksProxyUriEndpoint": "https://vpc02.xks.example"}));
    s.update(&id, json!({"XksProxyVpcEndpointServiceName": service("good01")}));
    s.update(&id, json!({"XksProxyVpcEndpointServiceName": service("also01")}));
    s.update(
        &id,
        json!({
            "XksProxyVpcEndpointServiceName": service("good04"),
            "XksProxyUriEndpoint": "https://vpc04.xks.example",
        }),
    );
    s.update(&id, json!({"XksProxyVpcEndpointServiceOwner": "444455556666"}));
    s.update(&id, json!({"XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-no"}));
    s.describe();
}

pub(super) fn switches(s: &mut Service) {
    let id = s.public("store", "https://vpc01.xks.example", PATH);
    let to_vpc = "VPC_ENDPOINT_SERVICE";
    s.update(&id, json!({"XksProxyConnectivity": to_vpc, "XksProxyVpcEndpointServiceName": service("good01")}));
    s.update(&id, json!({"XksProxyConnectivity": to_vpc, "XksProxyUriEndpoint": "https://vpc02.xks.example"}));
    s.describe();
    s.update(
        &id,
        json!({
            "XksProxyConnectivity": to_vpc,
            "XksProxyUriEndpoint": "https://vpc02.xks.example",
            "XksProxyVpcEndpointServiceName": service("good02"),
            "XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET),
        }),
    );
    s.describe();
    s.update(&id, json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}));
    let endpoint = "https://b.xks.example";
    s.update(
        &id,
        json!({
            "XksProxyConnectivity": "PUBLIC_ENDPOINT",
            "XksProxyUriEndpoint": endpoint,
            "XksProxyVpcEndpointServiceName": service("good02"),
        }),
    );
    s.update(&id, json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": endpoint}));
    s.describe();
}

pub(super) fn proxies(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    for role in [
        "wrong-credential",
        "invalid-path",
        "validation",
        "internal",
        "not-json",
        "no-body",
        "missing-members",
        "throttling",
        "dependency-timeout",
        "no-tcp",
        "bad-tls",
        "late",
        "unavailable",
        "disagree",
        "degraded",
    ] {
        s.update(&id, json!({"XksProxyUriEndpoint": format!("https://a.{role}.example")}));
        s.describe();
    }
    let mut members = common::public("restricted", "https://r.restricted.example", PATH);
    let first = credential("RESTRICTED2AAAAAAAAA", "first0123456789abcdefghijklmnopqrstuvwxyzAB");
    let second = credential("RESTRICTED3AAAAAAAAA", "second0123456789abcdefghijklmnopqrstuvwxyzA");
    members["XksProxyAuthenticationCredential"] = first.clone();
    let restricted = s.create(members);
    let wrong = credential("RESTRICTED2AAAAAAAAA", SECRET);
    s.update(&restricted, json!({"XksProxyAuthenticationCredential": wrong}));
    s.update(&restricted, json!({"XksProxyAuthenticationCredential": second}));
    s.connect(&restricted);
    s.update(&restricted, json!({"XksProxyAuthenticationCredential": wrong}));
    s.describe();
    let one = s.public("one", "https://o.one-path.example", "/served/kms/xks/v1");
    s.update(&one, json!({"XksProxyUriPath": "/other/kms/xks/v1"}));
    s.describe();
}

pub(super) fn connect_time(s: &mut Service) {
    let key = "ROTATING2AAAAAAAAAAA";
    let mut members = common::public("store", "https://a.rotating.example", PATH);
    members["XksProxyAuthenticationCredential"] = credential(key, "before0123456789abcdefghijklmnopqrstuvwxyzA");
    let id = s.create(members);
    let after = credential(key, "after0123456789abcdefghijklmnopqrstuvwxyzAB");
    s.update(&id, json!({"XksProxyAuthenticationCredential": after}));
    s.connect(&id);
    s.describe();
    let failing = s.public("failing", "https://a.failing.example", PATH);
    s.update(&failing, json!({"XksProxyUriEndpoint": "https://b.xks.example"}));
    s.connect(&failing);
    s.describe();
    let one = s.public("one", "https://o.one-path.example", "/served/kms/xks/v1");
    s.update(&one, json!({"XksProxyUriEndpoint": "https://b.degraded.example"}));
    s.update(&one, json!({"XksProxyUriPath": "/b/kms/xks/v1"}));
    s.update(
        &one,
        json!({"XksProxyUriEndpoint": "https://o.one-path.example", "XksProxyUriPath": "/served/kms/xks/v1"}),
    );
    s.connect(&one);
    s.describe();
}

pub(super) fn owners(s: &mut Service) {
    let mut members = common::vpc("store", "https://vpc-owned01.xks.example", "owned01");
    members["XksProxyVpcEndpointServiceOwner"] = "444455556666".into();
    let id = s.create(members);
    s.update(
        &id,
        json!({
            "XksProxyUriEndpoint": "https://vpc-owned02.xks.example",
            "XksProxyVpcEndpointServiceName": service("owned02"),
        }),
    );
    s.describe();
    let own = s.vpc("own", "https://vpc01.xks.example", "good01");
    s.update(
        &own,
        json!({
            "XksProxyUriEndpoint": "https://vpc-owned03.xks.example",
            "XksProxyVpcEndpointServiceName": service("owned03"),
            "XksProxyVpcEndpointServiceOwner": "444455556666",
        }),
    );
    s.describe();
}

/// Stores of which something present would be refused if it were given now.
pub(super) fn present(s: &mut Service) {
    let broken = s.vpc("broken", "https://vpc-breaking01.xks.example", "breaking01");
    for members in [
        json!({}),
        json!({"NewCustomKeyStoreName": "new"}),
        json!({"XksProxyUriPath": "/new/kms/xks/v1"}),
        json!({"XksProxyUriEndpoint": "https://vpc-breaking01.xks.example"}),
    ] {
        s.update(&broken, members);
    }
    let mut members = common::public("restricted", "https://a.restricted.example", PATH);
    let first = "first0123456789abcdefghijklmnopqrstuvwxyzAB";
    members["XksProxyAuthenticationCredential"] = credential("RESTRICTED2AAAAAAAAA", first);
    let restricted = s.create(members);
    for members in [
        json!({"XksProxyAuthenticationCredential": credential("RESTRICTED3AAAAAAAAA", first)}),
        json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}),
        json!({"XksProxyUriPath": "/new/kms/xks/v1"}),
        json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT"}),
    ] {
        s.update(&restricted, members);
    }
    s.describe();
}

/// Proxies behind endpoint services: asked about while CONNECTED, and else perhaps.
pub(super) fn vpc_proxies(s: &mut Service) {
    let mut one_path = common::vpc("one path", "https://vpc01.one-path.example", "onepath01");
    one_path["XksProxyUriPath"] = "/served/kms/xks/v1".into();
    let id = s.create(one_path);
    for _ in 0..2 {
        s.update(&id, json!({"NewCustomKeyStoreName": "renamed"}));
        s.update(&id, json!({"XksProxyUriPath": "/other/kms/xks/v1"}));
        s.update(&id, json!({"XksProxyUriPath": "/served/kms/xks/v1"}));
        s.connect(&id);
    }
    s.describe();
}
