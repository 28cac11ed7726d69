//! Every error of UpdateCustomKeyStore, and of its companions, can be had.

use rstest::rstest;
use serde_json::{Value, json};
use ucks_emulator::DEFAULT_ENVIRONMENT;

use crate::common::{
    HEALTHY, KEY, OTHER_SECRET, PATH, SECRET, Service, cloudhsm, cluster, credential, public, request, service,
};

/// One wrong member of an otherwise untouched CloudHSM store of family `a`.
#[rstest]
#[case(json!({"NewCustomKeyStoreName": ""}), "ValidationException")]
#[case(json!({"NewCustomKeyStoreName": "n".repeat(257)}), "ValidationException")]
#[case(json!({"NewCustomKeyStoreName": "other"}), "CustomKeyStoreNameInUseException")]
#[case(json!({"NewCustomKeyStoreName": 1}), "SerializationException")]
#[case(json!({"KeyStorePassword": "short6"}), "ValidationException")]
#[case(json!({"CloudHsmClusterId": "cluster-1a23b4cdefg"}), "ValidationException")]
#[case(json!({"CloudHsmClusterId": cluster("absent", 'a')}), "CloudHsmClusterNotFoundException")]
#[case(json!({"CloudHsmClusterId": "cluster-nosuchcluster"}), "CloudHsmClusterNotFoundException")]
#[case(json!({"CloudHsmClusterId": cluster("other-account", 'a')}), "CloudHsmClusterNotFoundException")]
#[case(json!({"CloudHsmClusterId": cluster("inactive", 'a')}), "CloudHsmClusterNotActiveException")]
#[case(json!({"CloudHsmClusterId": cluster("unrelated", 'y')}), "CloudHsmClusterNotRelatedException")]
#[case(json!({"CloudHsmClusterId": cluster("primary", 'b')}), "CloudHsmClusterNotRelatedException")]
#[case(json!({"CloudHsmClusterId": cluster("too-few-hsms", 'a')}), "CloudHsmClusterInvalidConfigurationException")]
#[case(json!({"CloudHsmClusterId": cluster("few-subnets", 'a')}), "CloudHsmClusterInvalidConfigurationException")]
#[case(json!({"CloudHsmClusterId": cluster("wrong-network", 'a')}), "CloudHsmClusterInvalidConfigurationException")]
#[case(json!({"XksProxyUriPath": PATH}), "ValidationException")]
#[case(json!({"XksProxyVpcEndpointServiceOwner": "111122223333"}), "ValidationException")]
#[case(json!({"XksProxyAuthenticationCredential": "text"}), "SerializationException")]
fn on_a_cloudhsm_store(#[case] members: Value, #[case] code: &str) {
    let mut service = Service::default();
    let id = service.cloudhsm("store", 'a');
    service.public("other", "https://a.xks.example", PATH);
    let before = service.show(&id);
    let answer = service.update(&id, members);
    assert_eq!((answer.status, answer.code()), (400, code), "{}", answer.body);
    assert_eq!(answer.header("x-amzn-errortype"), Some(code));
    assert_eq!(service.show(&id), before);
}

/// One wrong member of a public store at `https://a.xks.example`, beside another at `b`, and a
/// VPC store at `vpc01`.
#[rstest]
#[case(json!({"KeyStorePassword": "password2"}), "ValidationException")]
#[case(json!({"XksProxyVpcEndpointServiceName": service("good02")}), "ValidationException")]
#[case(json!({"XksProxyUriEndpoint": "https://b.xks.example"}), "XksProxyUriInUseException")]
#[case(
    json!({"XksProxyUriEndpoint": "https://vpc01.xks.example", "XksProxyUriPath": "/x/kms/xks/v1"}),
    "XksProxyUriEndpointInUseException",
)]
#[case(json!({"XksProxyUriEndpoint": "https://vpc01.xks.example"}), "XksProxyUriInUseException")]
#[case(json!({"XksProxyUriEndpoint": "https://nowhere.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.no-tcp.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.bad-tls.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.late.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.throttling.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.dependency-timeout.example"}), "XksProxyUriUnreachableException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.unavailable.example"}), "XksProxyUriUnreachableException")]
#[case(
    json!({"XksProxyUriEndpoint": "https://a.wrong-credential.example"}),
    "XksProxyIncorrectAuthenticationCredentialException",
)]
#[case(
    json!({"XksProxyUriEndpoint": "https://a.restricted.example"}),
    "XksProxyIncorrectAuthenticationCredentialException",
)]
#[case(
    json!({"XksProxyUriEndpoint": "https://a.disagree.example"}),
    "XksProxyIncorrectAuthenticationCredentialException",
)]
#[case(json!({"XksProxyUriEndpoint": "https://a.invalid-path.example"}), "XksProxyInvalidConfigurationException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.one-path.example"}), "XksProxyInvalidConfigurationException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.validation.example"}), "XksProxyInvalidResponseException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.internal.example"}), "XksProxyInvalidResponseException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.not-json.example"}), "XksProxyInvalidResponseException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.no-body.example"}), "XksProxyInvalidResponseException")]
#[case(json!({"XksProxyUriEndpoint": "https://a.missing-members.example"}), "XksProxyInvalidResponseException")]
#[case(json!({"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE"}), "ValidationException")]
#[case(
    json!({"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyUriEndpoint": "https://vpc02.xks.example"}),
    "ValidationException",
)]
#[case(to_vpc("vpc01", "good02"), "XksProxyUriInUseException")]
#[case(to_vpc("c", "good01"), "XksProxyVpcEndpointServiceInUseException")]
#[case(to_vpc("c", "nosuch"), "XksProxyVpcEndpointServiceNotFoundException")]
#[case(to_vpc("c", "absent"), "XksProxyVpcEndpointServiceNotFoundException")]
#[case(to_vpc("vpc-not-allowed", "notallowed"), "XksProxyVpcEndpointServiceNotFoundException")]
#[case(
    to_vpc("vpc-acceptance-required", "acceptancerequired"),
    "XksProxyVpcEndpointServiceInvalidConfigurationException"
)]
#[case(
    to_vpc("vpc-wrong-load-balancer", "wrongloadbalancer"),
    "XksProxyVpcEndpointServiceInvalidConfigurationException"
)]
#[case(to_vpc("vpc-one-zone", "onezone"), "XksProxyVpcEndpointServiceInvalidConfigurationException")]
#[case(to_vpc("c", "nodnsname"), "XksProxyVpcEndpointServiceInvalidConfigurationException")]
#[case(to_vpc("vpc-unverified-dns", "unverifieddns"), "XksProxyVpcEndpointServiceInvalidConfigurationException")]
#[case(to_vpc("c", "good02"), "XksProxyVpcEndpointServiceInvalidConfigurationException")]
#[case(to_vpc("vpc-owned01", "owned01"), "XksProxyVpcEndpointServiceNotFoundException")]
#[case(json!({"XksProxyAuthenticationCredential": {"AccessKeyId": KEY}}), "ValidationException")]
#[case(json!({"XksProxyAuthenticationCredential": {}}), "ValidationException")]
#[case(
    json!({"XksProxyAuthenticationCredential": {"AccessKeyId": KEY, "RawSecretAccessKey": null}}),
    "ValidationException",
)]
#[case(json!({"XksProxyAuthenticationCredential": credential("short", SECRET)}), "ValidationException")]
fn on_a_public_store(#[case] members: Value, #[case] code: &str) {
    let mut service = Service::default();
    let id = service.public("store", "https://a.xks.example", PATH);
    service.public("other", "https://b.xks.example", PATH);
    service.vpc("vpc", "https://vpc01.xks.example", "good01");
    let before = service.describe().body;
    let answer = service.update(&id, members);
    assert_eq!((answer.status, answer.code()), (400, code), "{}", answer.body);
    assert_eq!(service.describe().body, before);
}

fn to_vpc(host: &str, name: &str) -> Value {
    json!({
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
        "XksProxyUriEndpoint": format!("https://{host}.xks.example"),
        "XksProxyVpcEndpointServiceName": service(name),
    })
}

#[rstest]
#[case("", "SerializationException")]
#[case("null", "SerializationException")]
#[case("[]", "SerializationException")]
#[case("{\"CustomKeyStoreId\":\"x\"", "SerializationException")]
#[case("{\"CustomKeyStoreId\":\"x\"} x", "SerializationException")]
#[case("{\"CustomKeyStoreId\":\"\\ud800\"}", "SerializationException")]
#[case("{}", "ValidationException")]
#[case("{\"CustomKeyStoreId\":null}", "ValidationException")]
#[case("{\"customKeyStoreId\":\"x\"}", "ValidationException")]
#[case("{\"CustomKeyStoreId\":\"\"}", "ValidationException")]
#[case("{\"CustomKeyStoreId\":\"x\"}", "CustomKeyStoreNotFoundException")]
fn of_a_body(#[case] body: &str, #[case] code: &str) {
    let mut service = Service::default();
    let answer = service.raw("UpdateCustomKeyStore", body.to_owned());
    assert_eq!((answer.status, answer.code()), (400, code));
}

#[test]
fn of_bodies_that_try_to_hurt() {
    let mut service = Service::default();
    let deep = "[".repeat(2_000_000);
    let nested = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [deep.into_bytes(), nested.into_bytes(), b"{\"CustomKeyStoreId\":\"\xff\"}".to_vec()] {
        assert_eq!(service.raw("UpdateCustomKeyStore", body).status, 400);
    }
    let long = json!({"CustomKeyStoreId": "x", "NewCustomKeyStoreName": "n".repeat(4_000_000)});
    let answer = service.call("UpdateCustomKeyStore", long);
    assert_eq!((answer.status, answer.code()), (400, "ValidationException"));
    assert!(answer.raw.body().len() < 2000);
}

#[rstest]
#[case(None)]
#[case(Some("UpdateCustomKeyStore"))]
#[case(Some("TrentService.Nothing"))]
#[case(Some("TrentService.updateCustomKeyStore"))]
fn of_an_unknown_operation(#[case] target: Option<&str>) {
    let mut request = request("UpdateCustomKeyStore", "{}");
    request.headers_mut().remove("x-amz-target");
    if let Some(target) = target {
        request.headers_mut().insert("x-amz-target", target.parse().unwrap());
    }
    let answer = Service::default().send(request);
    assert_eq!((answer.status, answer.code()), (400, "UnknownOperationException"));
}

#[test]
fn of_a_misdirected_request_there_is_no_effect() {
    let mut service = Service::default();
    let id = service.cloudhsm("store", 'a');
    let body = json!({"CustomKeyStoreId": id, "NewCustomKeyStoreName": "new"}).to_string();
    for spoil in 0..3 {
        let mut request = request("UpdateCustomKeyStore", body.clone());
        match spoil {
            0 => *request.method_mut() = http::Method::PUT,
            1 => *request.uri_mut() = "/other".parse().unwrap(),
            _ => drop(request.headers_mut().insert("content-type", "text/plain".parse().unwrap())),
        }
        assert!((400..500).contains(&service.send(request).status));
    }
    assert_eq!(service.show(&id)["CustomKeyStoreName"], "store");
}

#[test]
fn sensitive_values_are_in_no_text() {
    let mut service = Service::default();
    let id = service.public("store", "https://a.xks.example", PATH);
    let secret = format!("{OTHER_SECRET}!");
    let answer = service.update(
        &id,
        json!({"KeyStorePassword": "canary", "XksProxyAuthenticationCredential": credential("canarycanary", &secret)}),
    );
    assert_eq!(answer.code(), "ValidationException");
    let text = answer.body.to_string();
    assert!(!text.contains("canary") && !text.contains(&secret), "{text}");
    assert!(text.contains("3 validation errors detected: "), "{text}");
}

#[test]
fn of_the_companions() {
    let mut service = Service::default();
    let id = service.cloudhsm("store", 'a');
    let code = |service: &mut Service, members: Value| service.call("CreateCustomKeyStore", members).code().to_owned();
    assert_eq!(code(&mut service, cloudhsm("store", 'b', "password1")), "CustomKeyStoreNameInUseException");
    assert_eq!(code(&mut service, cloudhsm("other", 'a', "password1")), "CloudHsmClusterInUseException");
    let mut wrong = cloudhsm("other", 'b', "password1");
    wrong["TrustAnchorCertificate"] = "another".into();
    assert_eq!(code(&mut service, wrong), "IncorrectTrustAnchorException");
    assert_eq!(code(&mut service, json!({"CustomKeyStoreName": "other"})), "ValidationException");
    for operation in ["ConnectCustomKeyStore", "DisconnectCustomKeyStore", "DeleteCustomKeyStore"] {
        let answer = service.call(operation, json!({"CustomKeyStoreId": "nothing"}));
        assert_eq!(answer.code(), "CustomKeyStoreNotFoundException");
    }
    assert_eq!(service.disconnect(&id).code(), "CustomKeyStoreInvalidStateException");
    service.connect(&id);
    assert_eq!(service.delete(&id).code(), "CustomKeyStoreInvalidStateException");
    let describe =
        |service: &mut Service, members: Value| service.call("DescribeCustomKeyStores", members).code().to_owned();
    assert_eq!(describe(&mut service, json!({"CustomKeyStoreName": "none"})), "CustomKeyStoreNotFoundException");
    assert_eq!(
        describe(&mut service, json!({"CustomKeyStoreName": "a", "CustomKeyStoreId": "b"})),
        "ValidationException"
    );
    assert_eq!(describe(&mut service, json!({"Limit": 0})), "ValidationException");
    assert_eq!(describe(&mut service, json!({"Limit": 1001})), "ValidationException");
    assert_eq!(describe(&mut service, json!({"Marker": "?"})), "InvalidMarkerException");
}

#[test]
fn in_passing() {
    let environment = DEFAULT_ENVIRONMENT.replace("internal_error_every = 0", "internal_error_every = 3");
    let mut service = Service::in_world(&environment, None);
    let id = service.cloudhsm("store", 'a');
    for at in 1..=9 {
        let answer = service.update(&id, json!({"NewCustomKeyStoreName": format!("name {at}")}));
        assert_eq!((answer.status, answer.code()), if at % 3 == 0 { (500, "KMSInternalException") } else { (200, "") });
        let name = if at % 3 == 0 { at - 1 } else { at };
        assert_eq!(service.show(&id)["CustomKeyStoreName"], format!("name {name}"));
    }
}

#[test]
fn of_too_many_requests() {
    let mut service = Service::in_world("[limits]\nrequests_per_second = 2\n", None);
    let codes: Vec<String> = (0..40).map(|_| service.describe().code().to_owned()).collect();
    assert!(codes[..2].iter().all(String::is_empty));
    assert!(codes[2..].iter().any(|code| code == "ThrottlingException"));
}

#[test]
fn of_a_proxy_that_knows_nobody_and_is_not_there() {
    let gone = "[[proxies]]\nendpoint = \"https://gone.example\"\nrole = \"no-tcp\"\n\
         credentials = [{ access_key_id = \"SOMEBODYELSEENTIRELY\", secret = \"x\" }]\n";
    let mut service = Service::in_world(&format!("{HEALTHY}{gone}"), None);
    let id = service.public("store", "https://a.xks.example", PATH);
    let answer = service.update(&id, json!({"XksProxyUriEndpoint": "https://gone.example"}));
    assert_eq!(answer.code(), "XksProxyUriUnreachableException");
}

#[test]
fn of_a_full_account() {
    let mut service = Service::in_world(HEALTHY, None);
    for at in 0..10 {
        service.public(&format!("store {at}"), &format!("https://p{at}.xks.example"), PATH);
    }
    let answer = service.call("CreateCustomKeyStore", public("last", "https://l.xks.example", PATH));
    assert_eq!(answer.code(), "LimitExceededException");
}
