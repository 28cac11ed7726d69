//! Requests of every kind: each member with every kind of value, pairs, switches, bodies that are not requests, odd
//! heads.

use serde_json::{Map, Value, json};
use ucks_oracle::members::Member;
use ucks_oracle::wire::{Auth, Request, UPDATE};

use super::fixtures::{
    self, ACCOUNT, CLUSTERS, OTHER_SECRET, OWN, PROXIES, SECRET, SERVICES, StoreKind, endpoint, service,
};

/// A request with its description.
pub(crate) type NamedRequest = (String, Request);

fn request(set: &[(Member, Value)]) -> Request {
    let mut body = Map::new();
    body.insert(Member::CustomKeyStoreId.name().into(), json!(OWN));
    for (member, value) in set {
        body.insert(member.name().into(), value.clone());
    }
    Request::operation(UPDATE, Value::Object(body).to_string().into_bytes())
}

fn credential(id: &str, secret: &str) -> Value {
    json!({"AccessKeyId": id, "RawSecretAccessKey": secret})
}

/// Values of a member, each with its kind. The first one is faultless for the store.
fn values(member: Member, kind: StoreKind) -> Vec<(String, Value)> {
    let own = fixtures::store(
        OWN,
        "own name",
        kind,
        if kind == StoreKind::Vpc { "good" } else { "own" },
        ucks_oracle::account::ConnectionState::Disconnected,
    );
    let mut all: Vec<(String, Value)> = Vec::new();
    let mut add = |what: &str, value: Value| all.push((what.to_owned(), value));
    match member {
        Member::CustomKeyStoreId => {
            add("its own", json!(OWN));
            add("no store's", json!("cks-00000000nowhere"));
            add("a deleted store's", json!("cks-00000000000gone"));
            add("in capitals", json!(OWN.to_uppercase()));
            add("with a blank", json!(format!(" {OWN}")));
            add("a prefix", json!(&OWN[..10]));
            add("longer", json!(format!("{OWN}x")));
            add("its name", json!("own name"));
            add("empty", json!(""));
            add("64", json!("k".repeat(64)));
            add("65", json!("k".repeat(65)));
        }
        Member::NewCustomKeyStoreName => {
            add("fresh", json!("fresh name"));
            add("its own", json!("own name"));
            add("another's", json!("other vpc"));
            add("another's in capitals", json!("OTHER VPC"));
            add("another's with a blank", json!(" other vpc"));
            add("a deleted store's", json!("gone"));
            add("empty", json!(""));
            add("one letter", json!("n"));
            add("256", json!("n".repeat(256)));
            add("257", json!("n".repeat(257)));
            add("256 of two bytes", json!("é".repeat(256)));
            add("200 of four bytes", json!("𝔫".repeat(200)));
            add("257 of two bytes", json!("é".repeat(257)));
            add("with a NUL", json!("a\u{0}b"));
        }
        Member::KeyStorePassword => {
            add("right", json!("kmsuserPswd"));
            add("wrong", json!("anotherPswd"));
            add("6", json!("sixsix"));
            add("4 of two bytes", json!("é".repeat(4)));
            add("6 of two units", json!("𝔫".repeat(6)));
            add("7 of two units", json!("𝔫".repeat(7)));
            add("32 of two units", json!("𝔫".repeat(32)));
            add("17 of two units", json!("𝔫".repeat(17)));
            add("7", json!("sevenxx"));
            add("32", json!("p".repeat(32)));
            add("33", json!("p".repeat(33)));
            add("31 of two bytes", json!("é".repeat(31)));
            add("with symbols", json!("kms-user!"));
        }
        Member::CloudHsmClusterId => {
            CLUSTERS.iter().for_each(|(id, ..)| add(&id[8..], json!(id)));
            add("of no row", json!("cluster-nowhereaaaa"));
            add("24", json!("cluster-aaaaaaaaaaaaaaaa"));
            add("18", json!("cluster-aaaaaaaaaa"));
            add("25", json!("cluster-aaaaaaaaaaaaaaaaa"));
            add("with a 1", json!("cluster-1111111aaaa"));
            add("inside", json!("xcluster-primaryaaaa"));
        }
        Member::XksProxyUriEndpoint => {
            add(
                "fresh",
                json!(if kind == StoreKind::Vpc {
                    "https://good.vpc.example".into()
                } else {
                    endpoint("fresh", "healthy")
                }),
            );
            PROXIES.iter().for_each(|(word, _)| add(word, json!(endpoint("fresh", word))));
            add("its own", json!(own.value(member)));
            add("another public one's", json!(endpoint("public", "healthy")));
            add("in capitals", json!("https://PUBLIC.healthy.example"));
            add("with a final dot", json!("https://public.healthy.example."));
            add("another VPC one's", json!("https://balancer.vpc.example"));
            add("a deleted store's", json!(endpoint("gone", "healthy")));
            add("fussy", json!("https://fussy.healthy.example"));
            add("of no row", json!("https://a.nowhere.example"));
            add("of a free service", json!("https://free.vpc.example"));
            add("10", json!("https://ab"));
            add("9", json!("https://a"));
            add("128", json!(format!("https://{}", "a".repeat(120))));
            add("129", json!(format!("https://{}", "a".repeat(121))));
            add("with a port", json!("https://fresh.healthy.example:443"));
            add("no pattern", json!("http://fresh.example"));
        }
        Member::XksProxyUriPath => {
            add("fresh", json!("/fresh/kms/xks/v1"));
            add("its own", json!(own.value(member)));
            add("another's", json!("/public/kms/xks/v1"));
            add("bad", json!("/bad/kms/xks/v1"));
            add("v2", json!("/fresh/kms/xks/v2"));
            add("11", json!("/kms/xks/v1"));
            add("128", json!(format!("/{}/kms/xks/v1", "a".repeat(116))));
            add("129", json!(format!("/{}/kms/xks/v1", "a".repeat(117))));
            add("inside", json!("/fresh/kms/xks/v1/x"));
            add("100 of two bytes", json!(format!("/{}/kms/xks/v1", "é".repeat(88))));
            add("127, which are 129 bytes, inside", json!(format!("é{}/kms/xks/v1é", "/a".repeat(57))));
            add("no pattern", json!("/fresh/path"));
        }
        Member::XksProxyVpcEndpointServiceName => {
            SERVICES.iter().for_each(|(word, _)| add(word, json!(service(word))));
            add("of no row", json!(service("nowhere")));
            add("European", json!("eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-0good"));
            add("empty", json!(""));
            add("65", json!(service(&"a".repeat(24))));
            add("no pattern", json!("vpce-svc-0123456789abc"));
        }
        Member::XksProxyVpcEndpointServiceOwner => {
            add("right", json!(ACCOUNT));
            add("another's", json!("444455556666"));
            add("11", json!("11112222333"));
            add("13", json!("1111222233334"));
            add("letters", json!("11112222333a"));
        }
        Member::XksProxyAuthenticationCredential => {
            add("right", credential("AAAAAAAAAAAAAAAAAAAA", SECRET));
            add("another", credential("BBBBBBBBBBBBBBBBBBBB", OTHER_SECRET));
            add("right key, another secret", credential("AAAAAAAAAAAAAAAAAAAA", OTHER_SECRET));
            add("a key of 30", credential(&"A".repeat(30), SECRET));
            add("a key of 19", credential(&"A".repeat(19), SECRET));
            add("a key of 31", credential(&"A".repeat(31), SECRET));
            add("a key with a 1", credential("A1AAAAAAAAAAAAAAAAAA", SECRET));
            add("a secret of 42", credential("AAAAAAAAAAAAAAAAAAAA", &"A".repeat(42)));
            add("a secret of 64", credential("AAAAAAAAAAAAAAAAAAAA", &"A".repeat(64)));
            add("a secret of 65", credential("AAAAAAAAAAAAAAAAAAAA", &"A".repeat(65)));
            add("no key", json!({"RawSecretAccessKey": SECRET}));
            add("no secret", json!({"AccessKeyId": "AAAAAAAAAAAAAAAAAAAA"}));
            add("a null secret", json!({"AccessKeyId": "AAAAAAAAAAAAAAAAAAAA", "RawSecretAccessKey": null}));
            add("a number for the key", json!({"AccessKeyId": 7, "RawSecretAccessKey": SECRET}));
            add("with more", json!({"AccessKeyId": "AAAAAAAAAAAAAAAAAAAA", "RawSecretAccessKey": SECRET, "More": [1]}));
        }
        Member::XksProxyConnectivity => {
            let (own, other) = match kind {
                StoreKind::Vpc => ("VPC_ENDPOINT_SERVICE", "PUBLIC_ENDPOINT"),
                _ => ("PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"),
            };
            add("its own", json!(own));
            add("the other", json!(other));
            add("in small letters", json!("public_endpoint"));
            add("empty", json!(""));
        }
        Member::AccessKeyId | Member::RawSecretAccessKey => {}
    }
    if !all.is_empty() {
        all.push(("null".to_owned(), Value::Null));
        all.push(("a number".to_owned(), json!(7)));
    }
    all
}

/// Every member with each kind of value.
fn each(kind: StoreKind, most: usize) -> Vec<NamedRequest> {
    let mut all = Vec::new();
    for member in Member::TOP {
        for (what, value) in values(*member, kind).into_iter().take(most) {
            all.push((format!("{member} {what}"), request(&[(*member, value)])));
        }
    }
    all
}

/// Every member with every kind of value.
pub(crate) fn singles(kind: StoreKind) -> Vec<NamedRequest> {
    each(kind, usize::MAX)
}

/// Every member with a few kinds of value.
pub(crate) fn few(kind: StoreKind) -> Vec<NamedRequest> {
    each(kind, 3)
}

/// Every member with its first kind of value.
pub(crate) fn one(kind: StoreKind) -> Vec<NamedRequest> {
    each(kind, 1)
}

/// Two members at once: faultless values, and a fault in each.
pub(crate) fn pairs(kind: StoreKind) -> Vec<NamedRequest> {
    let mut all = Vec::new();
    for (at, one) in Member::TOP.iter().enumerate() {
        for other in &Member::TOP[at + 1..] {
            let (ones, others) = (values(*one, kind), values(*other, kind));
            for (a, b) in [(0, 0), (2, 2)] {
                let ((what_a, a), (what_b, b)) = (ones[a].clone(), others[b].clone());
                all.push((format!("{one} {what_a}, {other} {what_b}"), request(&[(*one, a), (*other, b)])));
            }
        }
    }
    all
}

/// Switches of connectivity, with every choice of companions.
pub(crate) fn switches(kind: StoreKind) -> Vec<NamedRequest> {
    let connectivity = Member::XksProxyConnectivity;
    let mut all = Vec::new();
    for value in ["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"] {
        let endpoints = [
            None,
            Some(endpoint("fresh", "healthy")),
            Some("https://good.vpc.example".into()),
            Some("https://free.vpc.example".into()),
        ];
        for uri in endpoints {
            for name in
                [None, Some(service("good")), Some(service("free")), Some(service("balancer")), Some(String::new())]
            {
                for owner in [None, Some(ACCOUNT.to_owned())] {
                    let mut set = vec![(connectivity, json!(value))];
                    set.extend(uri.clone().map(|v| (Member::XksProxyUriEndpoint, json!(v))));
                    set.extend(name.clone().map(|v| (Member::XksProxyVpcEndpointServiceName, json!(v))));
                    set.extend(owner.map(|v| (Member::XksProxyVpcEndpointServiceOwner, json!(v))));
                    let rendered: Vec<String> = set.iter().map(|(m, v)| format!("{m} {v}")).collect();
                    all.push((rendered.join(", "), request(&set)));
                }
            }
        }
    }
    if kind == StoreKind::Hsm { Vec::new() } else { all }
}

/// Bodies that are not requests, and forms that change nothing.
pub(crate) fn bodies() -> Vec<NamedRequest> {
    let id = format!(r#""CustomKeyStoreId":"{OWN}""#);
    let deep = |n: usize| format!("{{{id},\"Deep\":{}1{}}}", "[".repeat(n), "]".repeat(n));
    let name = |text: &str| format!(r#"{{{id},"NewCustomKeyStoreName":"{text}"}}"#);
    let texts = [
        ("the id alone", format!("{{{id}}}")),
        ("no member", "{}".into()),
        ("empty", String::new()),
        ("blanks", " \n".into()),
        ("cut off", format!("{{{id}")),
        ("an array", "[]".into()),
        ("null", "null".into()),
        ("no JSON", "{'a':1}".into()),
        ("a trailing comma", format!("{{{id},}}")),
        ("a comment", format!("{{/* c */{id}}}")),
        ("NaN", format!("{{{id},\"a\":NaN}}")),
        ("trailing bytes", format!("{{{id}}} x")),
        ("a byte-order mark", format!("\u{feff}{{{id}}}")),
        ("a byte-order mark and a name", format!("\u{feff}{}", name("bom"))),
        ("an unknown member", format!("{{{id},\"More\":{{\"a\":[1]}}}}")),
        ("16 deep", deep(16)),
        ("17 deep", deep(17)),
        ("in other case", format!(r#"{{{id},"newCustomKeyStoreName":"x"}}"#)),
        ("a name twice", format!(r#"{{{id},"NewCustomKeyStoreName":"one","NewCustomKeyStoreName":"other vpc"}}"#)),
        ("an id twice", format!(r#"{{{id},"CustomKeyStoreId":"cks-00000000nowhere"}}"#)),
        ("an escaped name", name("\\u0061bc")),
        ("a lone surrogate", name("a\\ud800b")),
        ("a control character, escaped", name("a\\u0007b")),
        ("line breaks", format!("{{\n{id}\n}}")),
    ];
    let mut all: Vec<NamedRequest> = texts
        .into_iter()
        .map(|(what, text)| (format!("body: {what}"), Request::operation(UPDATE, text.into_bytes())))
        .collect();
    // A form that changes nothing, beside a fault of each layer.
    let forms = [
        ("a null", r#""XksProxyUriPath":null"#),
        ("an unknown member", r#""More":1"#),
        ("another case", r#""newCustomKeyStoreName":"x""#),
        ("an escape", r#""XksProxyVpcEndpointService\u004fwner":null"#),
    ];
    let violations = [
        ("a long name", format!(r#"{id},"NewCustomKeyStoreName":"{}""#, "n".repeat(257))),
        ("a number for a name", format!(r#"{id},"NewCustomKeyStoreName":7"#)),
        ("a name in use", format!(r#"{id},"NewCustomKeyStoreName":"other vpc""#)),
        ("the id of no store", r#""CustomKeyStoreId":"cks-00000000nowhere""#.to_owned()),
        ("a password and a path", format!(r#"{id},"KeyStorePassword":"sevenxx","XksProxyUriPath":"/a/kms/xks/v1""#)),
    ];
    for (form, member) in forms {
        for (violation, rest) in &violations {
            let text = format!("{{{member},{rest}}}");
            all.push((format!("body: {form} beside {violation}"), Request::operation(UPDATE, text.into_bytes())));
        }
    }
    all.push(("body: no UTF-8".into(), Request::operation(UPDATE, b"{\"a\":\"\xff\"}".to_vec())));
    all
}

/// Odd heads and signatures.
pub(crate) fn heads() -> Vec<NamedRequest> {
    let plain = || request(&[(Member::NewCustomKeyStoreName, json!("fresh name"))]);
    let target = |value: &'static str| {
        let mut odd = plain();
        odd.headers.retain(|(n, _)| n != "x-amz-target");
        if !value.is_empty() {
            odd.headers.push(("x-amz-target".into(), value.into()));
        }
        odd
    };
    let mut all = vec![
        ("head: no target".to_owned(), target("")),
        ("head: a target without prefix".to_owned(), target("UpdateCustomKeyStore")),
        ("head: another service's target".to_owned(), target("Other.UpdateCustomKeyStore")),
        ("head: GET".to_owned(), Request { method: "GET".into(), ..plain() }),
        ("head: another path".to_owned(), Request { path: "/x".into(), ..plain() }),
    ];
    let mut typed = plain();
    typed.headers.iter_mut().filter(|(n, _)| n == "content-type").for_each(|(_, v)| *v = "application/json".into());
    all.push(("head: another content type".into(), typed));
    all.push(("head: no target, unsigned".into(), Request { auth: Auth::Unsigned, ..target("") }));
    let nobody = br#"{"CustomKeyStoreId":"cks-00000000nowhere"}"#.to_vec();
    all.push(("head: unsigned, the id of no store".into(), Request { auth: Auth::Unsigned, body: nobody, ..plain() }));
    let auths = [Auth::Unsigned, Auth::UnknownKey, Auth::WrongSignature, Auth::SkewedClock, Auth::NotAllowed];
    all.extend(auths.into_iter().map(|auth| (format!("auth: {auth:?}"), Request { auth, ..plain() })));
    all
}

/// Values that one revision takes and another does not.
pub(crate) fn changed() -> Vec<NamedRequest> {
    let european = json!("eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-0good");
    let connectivity = json!("VPC_ENDPOINT_SERVICE");
    let sets: [(&str, Vec<(Member, Value)>); 6] = [
        ("a password of 6", vec![(Member::KeyStorePassword, json!("sixsix"))]),
        ("a password of 40", vec![(Member::KeyStorePassword, json!("p".repeat(40)))]),
        ("a cluster without pattern", vec![(Member::CloudHsmClusterId, json!("clusterXX0123456789"))]),
        ("a cluster in a wrong network", vec![(Member::CloudHsmClusterId, json!("cluster-wrongnetwor"))]),
        ("a European service", vec![(Member::XksProxyVpcEndpointServiceName, european)]),
        (
            "a switch",
            vec![
                (Member::XksProxyConnectivity, connectivity),
                (Member::XksProxyUriEndpoint, json!("https://public.healthy.example")),
                (Member::XksProxyVpcEndpointServiceName, json!(service("free"))),
            ],
        ),
    ];
    sets.into_iter().map(|(what, set)| (what.to_owned(), request(&set))).collect()
}

/// Requests whose effect several rules share.
pub(crate) fn shown_by_describe(kind: StoreKind) -> Vec<NamedRequest> {
    let odd = Request { auth: Auth::Unsigned, ..request(&[(Member::NewCustomKeyStoreName, json!("fresh name"))]) };
    let miscased = format!(r#"{{"CustomKeyStoreId":"{OWN}","newCustomKeyStoreName":"x"}}"#);
    let to = if kind == StoreKind::Vpc { "PUBLIC_ENDPOINT" } else { "VPC_ENDPOINT_SERVICE" };
    let host = if kind == StoreKind::Vpc { endpoint("fresh", "healthy") } else { "https://free.vpc.example".into() };
    let mut switch = vec![(Member::XksProxyConnectivity, json!(to)), (Member::XksProxyUriEndpoint, json!(host))];
    if kind == StoreKind::Public {
        switch.push((Member::XksProxyVpcEndpointServiceName, json!(service("free"))));
    }
    vec![
        ("unsigned".into(), odd),
        ("in other case".into(), Request::operation(UPDATE, miscased.into_bytes())),
        ("a switch".into(), request(&switch)),
        ("no body".into(), Request::operation(UPDATE, b"{".to_vec())),
    ]
}

/// Requests to send at once.
pub(crate) fn racing() -> Vec<NamedRequest> {
    let other = |member: Member, value: Value| {
        let mut body = Map::new();
        body.insert(Member::CustomKeyStoreId.name().into(), json!("cks-000000000000hsm"));
        body.insert(member.name().into(), value);
        Request::operation(UPDATE, Value::Object(body).to_string().into_bytes())
    };
    vec![
        ("a name".into(), request(&[(Member::NewCustomKeyStoreName, json!("fresh name"))])),
        ("another name".into(), request(&[(Member::NewCustomKeyStoreName, json!("other name"))])),
        ("the name for another store".into(), other(Member::NewCustomKeyStoreName, json!("fresh name"))),
        ("its name for another store".into(), other(Member::NewCustomKeyStoreName, json!("own name"))),
    ]
}
