//! Candidates about the request alone: shapes, identities and forms.

use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Auth;

use super::super::steps::A;
use super::{one, settable, update, words};
use crate::op::{Edge, Half, Id, Json, Update, Value, WireMutation};

/// Values at and past every edge.
pub(super) fn shapes(all: &mut Vec<Update>) {
    const EDGES: &[Edge] = &[
        Edge::Shortest,
        Edge::Longest,
        Edge::TooShort,
        Edge::TooLong,
        Edge::Newline,
        Edge::JunkBefore,
        Edge::JunkBehind,
        Edge::LongestBeyondAscii,
        Edge::TooLongBeyondAscii,
        Edge::LongestAstral,
    ];
    let credential = |key: Value, secret: Value| {
        one(Member::XksProxyAuthenticationCredential, Value::Credential(Box::new(key), Box::new(secret)))
    };
    for m in settable().filter(|m| *m != Member::XksProxyAuthenticationCredential) {
        for edge in EDGES {
            all.push(one(m, Value::Edge(*edge)));
        }
        all.push(one(m, Value::Text(String::new())));
    }
    for edge in EDGES {
        all.push(credential(Value::Edge(*edge), Value::Fresh(70)));
        all.push(credential(Value::Fresh(70), Value::Edge(*edge)));
    }
    for key in ["abcde2345672222222222", "ABCDE01234567EXAMPLEA", "ABCDE2345672-EXAMPLEA"] {
        all.push(credential(Value::Text(key.into()), Value::Fresh(70)));
    }
    all.push(credential(Value::Fresh(70), Value::Text("-".repeat(43))));
    let near: &[(Member, &[&str])] = &[
        (
            Member::CloudHsmClusterId,
            &["cluster-0123456789ab", "Cluster-22345672345", "cluster_22345672345", "clusterx22345672345"],
        ),
        (
            Member::XksProxyUriEndpoint,
            &[
                "http://xks.example.com",
                "HTTPS://xks.example.com",
                "https://xks.example.com:443",
                "https://xks_1.example.com",
                "https://xks.example.com/",
                "xks.example.com.example",
                "https://xks.éxample.com",
            ],
        ),
        (
            Member::XksProxyUriPath,
            &[
                "/kms/xks/v",
                "/kms/xks/v100",
                "//kms/xks/v1",
                "/a.b/kms/xks/v1",
                "kms/xks/v1/",
                "/kms/xks/v1/",
                "/a b/kms/xks/v1",
                "/kms/xks/v\u{661}",
                "/kms/xks/v\u{661}x",
                "/KMS/XKS/V1",
                "/kms/xks/v2",
                "/kms/xks/v10",
            ],
        ),
        (
            Member::XksProxyVpcEndpointServiceName,
            &[
                "com.amazonaws.vpce.us-east-1.vpce-svc-ABCDEF0123",
                "com.amazonaws.vpce.useast1.vpce-svc-0123456789",
                "com.amazonaws.vpce.us-east-1.vpce-0123456789abc",
                "net.amazonaws.vpce.us-east-1.vpce-svc-01234567",
                "com.amazonaws.vpce.us-east-\u{661}.vpce-svc-012345678",
                "comXamazonaws.vpce.us-east-1.vpce-svc-012345678",
                "eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-0123456",
            ],
        ),
        (Member::XksProxyVpcEndpointServiceOwner, &["12345678901a", "１２３４５６７８９０１２", "12345678901"]),
        (Member::KeyStorePassword, &["pass-word!", "pässwört"]),
        (Member::NewCustomKeyStoreName, &["ucks\u{0}name", "ucks\u{1f}name"]),
    ];
    for (member, values) in near {
        for value in *values {
            all.push(one(*member, Value::Text((*value).to_owned())));
        }
    }
    classes(all);
    texts(all);
    // Beside an endpoint, so that nothing else is wrong with the switch.
    for near in ["public_endpoint", "PUBLIC", "PUBLIC_ENDPOINT ", "VPC_ENDPOINT", "NONE"] {
        let endpoint = (Member::XksProxyUriEndpoint, Value::Fresh(72));
        all.push(update(vec![(Member::XksProxyConnectivity, Value::Text(near.to_owned())), endpoint]));
    }
    for half in [Half::KeyOnly, Half::SecretOnly, Half::NullSecret, Half::NullKey, Half::Empty] {
        all.push(one(Member::XksProxyAuthenticationCredential, Value::Half(half)));
    }
}

/// Values that use every end of every character class, and values with one character beside a class.
fn classes(all: &mut Vec<Update>) {
    for member in Member::ALL.iter().filter(|m| **m != Member::XksProxyUriEndpoint) {
        for word in words::accepted(&member.row(Revision::LATEST)) {
            // It is open if other versions than `v1` are accepted (S-15), and one word has to decide the rest.
            if let (Member::XksProxyUriPath, Some(rest)) = (member, word.strip_suffix("v09")) {
                all.push(part(*member, format!("{rest}v1")));
            }
            all.push(part(*member, word));
        }
    }
    // As a word, a host would begin with a hyphen.
    all.push(part(Member::XksProxyUriEndpoint, "https://aZ-zA.0Az9.example".to_owned()));
    for member in Member::ALL {
        all.extend(words::refused(&member.row(Revision::LATEST)).into_iter().map(|word| part(*member, word)));
    }
}

/// An update of one member, or of one part of the credential.
fn part(member: Member, text: String) -> Update {
    let credential =
        |key, secret| one(Member::XksProxyAuthenticationCredential, Value::Credential(Box::new(key), Box::new(secret)));
    match member {
        Member::AccessKeyId => credential(Value::Text(text), Value::Fresh(70)),
        Member::RawSecretAccessKey => credential(Value::Fresh(70), Value::Text(text)),
        _ => one(member, Value::Text(text)),
    }
}

/// Names that services change on their way in: accents to compose, blanks, entities, characters without a shape.
fn texts(all: &mut Vec<Update>) {
    for name in ["ucks Ne\u{301}w  <N> &amp; n", " ucks Name ", "ucks\u{200b}na\u{ad}me.", "ucks N\u{e9}w"] {
        all.push(one(Member::NewCustomKeyStoreName, Value::Text(name.to_owned())));
    }
}

/// Ids: of nobody, nearly right, missing, malformed.
pub(super) fn identities(all: &mut Vec<Update>) {
    let name = || vec![(Member::NewCustomKeyStoreName, Value::Fresh(75))];
    let with = |id| Update { id, set: name(), mutation: None };
    for id in [
        Id::Nobody,
        Id::OtherCase(A),
        Id::Prefix(A),
        Id::Longer(A),
        Id::Blanks(A),
        Id::NameOf(A),
        Id::Missing,
        Id::Value(Value::Null),
        Id::Value(Value::Text(String::new())),
        Id::Value(Value::Repeat('x', 65)),
        Id::Value(Value::Repeat('x', 64)),
        Id::Value(Value::Text("x".into())),
        Id::Value(Value::Wrong(Json::Number)),
        Id::Value(Value::Wrong(Json::Array)),
    ] {
        all.push(with(id));
    }
}

/// JSON types, nulls, bodies and heads.
pub(super) fn forms(all: &mut Vec<Update>, signatures: bool) {
    let others = [Json::Boolean, Json::Array, Json::Object];
    for (at, m) in settable().enumerate() {
        let some = [Json::Number, others[at % others.len()]];
        let wrong: &[Json] = if m == Member::XksProxyAuthenticationCredential {
            &[Json::String, Json::Array, Json::Number]
        } else {
            if m == Member::NewCustomKeyStoreName {
                &[Json::Number, Json::Boolean, Json::Array, Json::Object]
            } else {
                &some
            }
        };
        wrong.iter().for_each(|j| all.push(one(m, Value::Wrong(*j))));
        let mut set = vec![(m, Value::Null)];
        if m != Member::NewCustomKeyStoreName {
            set.push((Member::NewCustomKeyStoreName, Value::Fresh(76)));
        }
        all.push(update(set.clone()));
    }
    all.push(one(
        Member::XksProxyAuthenticationCredential,
        Value::Credential(Box::new(Value::Wrong(Json::Number)), Box::new(Value::Fresh(76))),
    ));
    all.push(one(
        Member::XksProxyAuthenticationCredential,
        Value::Credential(Box::new(Value::Fresh(76)), Box::new(Value::Wrong(Json::Object))),
    ));
    let text = |t: &str| t.to_owned();
    let mut twists = vec![
        WireMutation::Unknown(text("7")),
        WireMutation::Unknown(text("{\"a\":[-1.5e+3,0,null,true,false,{},[],{\"b\":\"\\t\\/\"}]}")),
        WireMutation::Unknown(text("null")),
        WireMutation::Miscased(Member::NewCustomKeyStoreName),
        WireMutation::Miscased(Member::KeyStorePassword),
        WireMutation::Spaced,
        WireMutation::Twice(Member::NewCustomKeyStoreName, Value::Fresh(77)),
        WireMutation::CutOff,
        WireMutation::Ending(text("")),
        WireMutation::Ending(text(",}")),
        WireMutation::Body(String::new()),
        WireMutation::Body(text("null")),
        WireMutation::Body(text("7")),
        WireMutation::Body(text("\"text\"")),
        WireMutation::Body(text("[]")),
        WireMutation::Body(text("true")),
        WireMutation::Body(text("{")),
        WireMutation::Body(text("{'CustomKeyStoreId':'cks-1'}")),
        WireMutation::Behind(text(" x")),
        WireMutation::Behind(text("{}")),
        WireMutation::Inside(text("/* comment */")),
        WireMutation::Inside(text("\"UcksUnknownMember\":NaN,")),
        WireMutation::Inside(text(",")),
        WireMutation::NotUtf8,
        WireMutation::LoneSurrogate,
        WireMutation::Before(text("\u{feff}")),
        WireMutation::Deep(2_000),
        WireMutation::Deep(100_000),
        WireMutation::Large(3_000_000),
        WireMutation::Target(String::new()),
        WireMutation::Target(text("UpdateCustomKeyStore")),
        WireMutation::Target(text("TrentService.UpdateCustomKeyStores")),
        WireMutation::Target(text("Trentservice.UpdateCustomKeyStore")),
        WireMutation::Method(text("PUT")),
        WireMutation::Method(text("GET")),
        WireMutation::Path(text("/ucks")),
        WireMutation::ContentType(text("text/plain")),
        WireMutation::ContentType(text("application/x-amz-json-1.0")),
        WireMutation::ContentType(text("application/x-amz-json-1.1; charset=utf-8")),
    ];
    if signatures {
        twists.extend(
            [Auth::Unsigned, Auth::UnknownKey, Auth::WrongSignature, Auth::SkewedClock, Auth::NotAllowed]
                .map(WireMutation::Signed),
        );
    }
    let name = || vec![(Member::NewCustomKeyStoreName, Value::Fresh(78))];
    for mutation in twists {
        all.push(Update { id: Id::Of(A), set: name(), mutation: Some(mutation) });
    }
    // JSON's escapes, long and short, with a character beyond the basic plane.
    for (name, mutation) in [
        ("ucks \"é😀\\ name", Some(WireMutation::Escaped)),
        ("ucks \"é😀\\ name", None),
        ("ucks\t\r\n\u{8}\u{c}name", None),
    ] {
        all.push(Update {
            id: Id::Of(A),
            set: vec![(Member::NewCustomKeyStoreName, Value::Text(name.into()))],
            mutation,
        });
    }
}
