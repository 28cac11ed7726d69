//! Bodies, identifiers, names, and values at the edges.

use serde_json::json;

use crate::common::{self, KEY, OTHER_KEY, OTHER_SECRET, PATH, SECRET, Service, credential, request};

pub(super) fn bodies(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    let public = s.public("p", "https://p.xks.example", PATH);
    let with = |tail: &str| format!("{{\"CustomKeyStoreId\":\"{id}\"{tail}");
    for body in [
        "",
        "null",
        "[]",
        "1",
        "\"x\"",
        "true",
        "{",
        "{}",
        "{\"CustomKeyStoreId\":null}",
        "{\"customKeyStoreId\":\"x\"}",
    ] {
        s.raw("UpdateCustomKeyStore", body);
    }
    for tail in [
        "",
        ",}",
        "} x",
        "} // x",
        ",\"x\":NaN}",
        ",\"x\":null}",
        ",\"x\":[1]}",
        ",\"NewCustomKeyStoreName\":null}",
        ",\"NewCustomKeyStoreName\":\"\\u0061b\"}",
        ",\"NewCustomKeyStoreName\":7}",
        ",\"NewCustomKeyStoreName\":true}",
        ",\"NewCustomKeyStoreName\":[\"l\"]}",
        ",\"NewCustomKeyStoreName\":{}}",
        ",\"newcustomkeystorename\":\"folded\"}",
        ",\"KeyStorePassword\":null}",
        "}",
    ] {
        s.raw("UpdateCustomKeyStore", with(tail));
        s.describe();
    }
    s.update(&public, json!({"XksProxyAuthenticationCredential": "text"}));
    s.update(&public, json!({"XksProxyAuthenticationCredential": []}));
    let mut invalid = with(",\"NewCustomKeyStoreName\":\"").into_bytes();
    invalid.extend(b"\xff\"}");
    s.raw("UpdateCustomKeyStore", invalid);
    s.raw("UpdateCustomKeyStore", with(&format!(",\"x\":\"{}\"}}", "x".repeat(200_000))));
    let mut put = common::request("UpdateCustomKeyStore", with(",\"NewCustomKeyStoreName\":\"put\"}"));
    *put.method_mut() = http::Method::PUT;
    s.send(put);
    s.describe();
}

pub(super) fn wire(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    s.cloudhsm("other", 'b');
    s.update(&id, json!({"NewCustomKeyStoreName": "new"}));
    s.update(&id, json!({"NewCustomKeyStoreName": "other"}));
    s.update(&id, json!({"NewCustomKeyStoreName": ""}));
    s.update("nothing", json!({"NewCustomKeyStoreName": "new"}));
    s.connect(&id);
    s.update(&id, json!({"KeyStorePassword": "password2"}));
}

pub(super) fn ids(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for name in [
        format!(" {id}"),
        id.to_uppercase(),
        id[..id.len() - 2].to_owned(),
        format!("{id}x"),
        "store".into(),
        "nothing".into(),
        "x".into(),
        "x".repeat(64),
        "x".repeat(65),
        "x".repeat(200),
        String::new(),
    ] {
        s.update(&name, json!({"NewCustomKeyStoreName": "new"}));
        s.describe();
    }
    s.call("UpdateCustomKeyStore", json!({"NewCustomKeyStoreName": "new"}));
    s.update("nothing", json!({"NewCustomKeyStoreName": ""}));
}

pub(super) fn deleted_ids(s: &mut Service) {
    let id = s.public("store", "https://a.xks.example", PATH);
    let other = s.public("other", "https://b.xks.example", PATH);
    s.delete(&id);
    s.update(&id, json!({"NewCustomKeyStoreName": "new"}));
    s.update(&other, json!({"NewCustomKeyStoreName": "store"}));
    s.update(&other, json!({"XksProxyUriEndpoint": "https://a.xks.example"}));
}

pub(super) fn names(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    let other = s.cloudhsm("other", 'b');
    let public = s.public("public", "https://a.xks.example", PATH);
    s.update(&hsm, json!({"NewCustomKeyStoreName": "hsm"}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "public"}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "other"}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "oth"}));
    s.update(&public, json!({"NewCustomKeyStoreName": "other"}));
    s.update(&public, json!({"NewCustomKeyStoreName": "other", "XksProxyUriPath": PATH}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "renamed"}));
    s.update(&other, json!({"NewCustomKeyStoreName": "hsm"}));
    s.connect(&hsm);
    s.update(&hsm, json!({"NewCustomKeyStoreName": "public"}));
    s.describe();
}

pub(super) fn name_edges(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for name in [
        String::new(),
        "n".into(),
        "n".repeat(256),
        "n".repeat(257),
        "n".repeat(300),
        "é".repeat(200),
        "😀".repeat(200),
        " Blanks And CASE ".into(),
    ] {
        s.update(&id, json!({"NewCustomKeyStoreName": name}));
        s.describe();
    }
}

/// Values at and just past each edge.
pub(super) fn edges(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    for password in ["", "123456", "1234567", &"p".repeat(32), &"p".repeat(33), &"p".repeat(100)] {
        s.update(&hsm, json!({"KeyStorePassword": password}));
    }
    for id in [
        "cluster-abcdefghij",
        "cluster-abcdefghijk",
        "cluster-abcdefghijklmnop",
        "cluster-abcdefghijklmnopq",
        "cluster-1bcdefghijkl",
        "xcluster-abcdefghijk",
        "CLUSTER-ABCDEFGHIJK",
        "cluster-abcdefghijkl\n",
    ] {
        s.update(&hsm, json!({"CloudHsmClusterId": id}));
    }
    let public = s.public("public", "https://a.xks.example", PATH);
    for endpoint in [
        "https://a".into(),
        "https://ab".into(),
        format!("https://{}.xks.example", "a".repeat(108)),
        format!("https://{}.xks.example", "a".repeat(109)),
        "https://a_b.xks.example".into(),
        "xhttps://ab".into(),
        "HTTPS://ab".into(),
        "https://ab\n".into(),
        String::new(),
    ] {
        s.update(&public, json!({"XksProxyUriEndpoint": endpoint}));
    }
    for path in [
        format!("/{}/kms/xks/v1", "a".repeat(116)),
        format!("/{}/kms/xks/v1", "a".repeat(117)),
        "/a.b/kms/xks/v1".into(),
        "/kms/xks/v100".into(),
        "/KMS/XKS/V1".into(),
        "/kms/xks/v\u{661}".into(),
        "/kms/xks/v\u{ff11}".into(),
        "/kms/xks/v1\n".into(),
    ] {
        s.update(&public, json!({"XksProxyUriPath": path}));
    }
    let vpc = s.vpc("vpc", "https://vpc01.xks.example", "good01");
    let prefix = "com.amazonaws.vpce.us-east-1.vpce-svc-";
    for name in [
        format!("{prefix}{}", "a".repeat(64 - prefix.len())),
        format!("{prefix}{}", "a".repeat(65 - prefix.len())),
        format!("{prefix}A_B"),
        format!("x{prefix}a"),
        format!("{prefix}GOOD"),
        format!("{prefix}a\n"),
        "com.amazonaws.vpce.us-east-\u{661}.vpce-svc-a".into(),
    ] {
        s.update(&vpc, json!({"XksProxyVpcEndpointServiceName": name}));
    }
    for owner in ["12345678901", "1234567890123", "abcdefghijkl", "123456789012\n", "12345678901\u{661}"] {
        s.update(&vpc, json!({"XksProxyVpcEndpointServiceOwner": owner}));
    }
    let a = |count| "A".repeat(count);
    for key in [a(19), a(20), a(30), a(31), a(19) + "1", a(20) + "1", "a".repeat(20), a(20) + "\n"] {
        s.update(&public, json!({"XksProxyAuthenticationCredential": credential(&key, SECRET)}));
    }
    for secret in [a(42), a(43), a(64), a(65), a(42) + "-", a(43) + "-", a(43) + "\n"] {
        s.update(&public, json!({"XksProxyAuthenticationCredential": credential(KEY, &secret)}));
    }
    for connectivity in ["PUBLIC", "public_endpoint", "PUBLIC_ENDPOINTS", ""] {
        s.update(&public, json!({"XksProxyConnectivity": connectivity}));
    }
}

pub(super) fn secrets(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    s.update(&hsm, json!({"KeyStorePassword": "secret"}));
    s.update(&hsm, json!({"KeyStorePassword": "password2"}));
    let public = s.public("public", "https://a.xks.example", PATH);
    for credential in [json!({}), json!({"AccessKeyId": KEY}), json!({"RawSecretAccessKey": SECRET})] {
        s.update(&public, json!({"XksProxyAuthenticationCredential": credential}));
        s.describe();
    }
    s.update(&public, json!({"XksProxyAuthenticationCredential": credential(OTHER_KEY, OTHER_SECRET)}));
    s.describe();
}

/// Creates that are refused, or return a store that is there.
pub(super) fn creates(s: &mut Service) {
    let hsm = common::cloudhsm("hsm", 'a', &common::password('a'));
    let public = common::public("public", "https://a.xks.example", PATH);
    let vpc = common::vpc("vpc", "https://vpc01.xks.example", "good01");
    let id = s.create(hsm.clone());
    s.create(public.clone());
    s.create(vpc.clone());
    for again in [&hsm, &public, &vpc] {
        s.call("CreateCustomKeyStore", again.clone());
    }
    let mut other = hsm.clone();
    other["KeyStorePassword"] = "anotherpassword".into();
    s.call("CreateCustomKeyStore", other);
    s.connect(&id);
    s.call("CreateCustomKeyStore", hsm.clone());
    for (of, foreign, value) in [
        (&hsm, "XksProxyUriPath", PATH),
        (&public, "KeyStorePassword", "password1"),
        (&public, "XksProxyUriEndpoint", "https://b.no-tcp.example"),
        (&vpc, "CloudHsmClusterId", "cluster-primarybbbbb"),
    ] {
        let mut wrong = of.clone();
        wrong["CustomKeyStoreName"] = "new".into();
        wrong[foreign] = value.into();
        s.call("CreateCustomKeyStore", wrong);
    }
    // Nobody asks the proxy of a VPC store.
    let mut unasked = vpc.clone();
    unasked["CustomKeyStoreName"] = "unasked".into();
    unasked["XksProxyUriEndpoint"] = "https://vpc02.xks.example".into();
    unasked["XksProxyVpcEndpointServiceName"] = common::service("good02").into();
    unasked["XksProxyAuthenticationCredential"] = credential(OTHER_KEY, OTHER_SECRET);
    s.create(unasked);
    s.describe();
}

pub(super) fn describes(s: &mut Service) {
    s.cloudhsm("hsm", 'a');
    s.public("public", "https://a.xks.example", PATH);
    for body in [
        json!({"Marker": "?"}),
        json!({"Limit": 1}),
        json!({"Limit": 2}),
        json!({"Limit": 1000}),
        json!({"Limit": 1001}),
        json!({"CustomKeyStoreName": "hsm"}),
        json!({"CustomKeyStoreName": "HSM"}),
        json!({"CustomKeyStoreName": "none"}),
    ] {
        s.call("DescribeCustomKeyStores", body);
    }
}

/// A store keeps its own name in an update of something else.
pub(super) fn restated_names(s: &mut Service) {
    let public = s.public("public", "https://a.xks.example", PATH);
    let hsm = s.cloudhsm("hsm", 'a');
    s.update(&public, json!({"XksProxyUriPath": "/new/kms/xks/v1"}));
    s.update(&public, json!({"NewCustomKeyStoreName": "public"}));
    s.update(&hsm, json!({"KeyStorePassword": "password2"}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "hsm"}));
    s.update(&hsm, json!({"NewCustomKeyStoreName": "renamed"}));
    s.delete(&public);
    s.update(&hsm, json!({"NewCustomKeyStoreName": "public"}));
    s.describe();
}

/// Values that the sources neither allow nor forbid.
pub(super) fn disputed(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    let public = s.public("public", "https://a.xks.example", PATH);
    let vpc = s.vpc("vpc", "https://vpc01.xks.example", "good01");
    s.update(&hsm, json!({"NewCustomKeyStoreName": "control\u{1}"}));
    s.update(&hsm, json!({"KeyStorePassword": "pass-word 1!"}));
    s.update(&public, json!({"XksProxyUriPath": "/kms/xks/v2"}));
    let service = "XksProxyVpcEndpointServiceName";
    s.update(&vpc, json!({service: ""}));
    s.update(&vpc, json!({"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", service: ""}));
    let to_public = |host: &str| {
        json!({
            "XksProxyConnectivity": "PUBLIC_ENDPOINT",
            "XksProxyUriEndpoint": format!("https://{host}.xks.example"),
            service: "",
        })
    };
    s.update(&public, to_public("b"));
    s.update(&vpc, to_public("c"));
    s.describe();
}

/// One member twice, with another one between.
pub(super) fn given_twice(s: &mut Service) {
    let hsm = s.cloudhsm("hsm", 'a');
    let twice = |first, last| {
        format!(
            "{{\"CustomKeyStoreId\":\"{hsm}\",\"NewCustomKeyStoreName\":{first},\
                \"KeyStorePassword\":\"password2\",\"NewCustomKeyStoreName\":{last}}}"
        )
    };
    for (first, last) in [("\"x\"", "\"y\""), ("null", "\"z\""), ("7", "\"v\""), ("\"w\"", "null")] {
        s.raw("UpdateCustomKeyStore", twice(first, last));
        s.describe();
    }
}

/// A Content-Type with a parameter, good and bad requests.
pub(super) fn media_types(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for (name, id) in [("new", id.as_str()), ("", &id), ("newer", "nothing")] {
        let body = json!({"CustomKeyStoreId": id, "NewCustomKeyStoreName": name});
        let mut request = request("UpdateCustomKeyStore", body.to_string());
        let value = http::HeaderValue::from_static("application/x-amz-json-1.1; charset=utf-8");
        request.headers_mut().insert("content-type", value);
        s.send(request);
        s.describe();
    }
}

/// Names with half a character.
pub(super) fn halves(s: &mut Service) {
    let id = s.cloudhsm("store", 'a');
    for name in [r"a\ud800", r"\udc00\ud83d\ude00", &r"\ud800".repeat(257)] {
        s.raw(
            "UpdateCustomKeyStore",
            format!("{{\"CustomKeyStoreId\":\"{id}\",\"NewCustomKeyStoreName\":\"{name}\"}}"),
        );
        s.describe();
    }
}

/// An empty service name for public stores, and for one that is not there.
pub(super) fn empty_services(s: &mut Service) {
    let service = "XksProxyVpcEndpointServiceName";
    let restated = json!({"XksProxyConnectivity": "PUBLIC_ENDPOINT", service: ""});
    let id = s.public("public", "https://a.xks.example", PATH);
    s.update("nothing", json!({service: ""}));
    for _ in 0..2 {
        s.update(&id, json!({service: ""}));
        s.update(&id, restated.clone());
        s.update(&id, json!({"XksProxyUriPath": PATH, service: ""}));
        s.update(&id, json!({"XksProxyUriEndpoint": "https://b.xks.example", service: ""}));
        s.describe();
        s.connect(&id);
    }
}
