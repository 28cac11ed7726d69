//! Candidates: updates worth trying in a setup, each one named change from a valid one (two for the
//! order of errors). What a candidate exercises is not said here: the oracle tells.

use super::setups::{A, B, Setup, vpc};
use crate::op::{Edge, Fixture, Half, Id, Json, Likeness, Op, Pace, Proxy, Twist, Update, Value};
use ucks_oracle::environment::{ClusterRole, ProxyRole, ServiceRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::wire::Auth;

type Set = Vec<(Member, Value)>;

/// A valid new value for a member of the store under test.
pub fn valid(setup: &Setup, member: Member, n: u32) -> Value {
    match member {
        Member::CloudHsmClusterId => {
            Value::Fixture(Fixture::Cluster(setup.family, ClusterRole::Related, u8::from(n % 2 == 1)))
        }
        Member::XksProxyConnectivity => Value::Text("PUBLIC_ENDPOINT".into()),
        Member::XksProxyVpcEndpointServiceName => Value::Fixture(Fixture::Service(2)),
        Member::XksProxyVpcEndpointServiceOwner => Value::Fixture(Fixture::Account),
        _ => Value::Fresh(50 + n),
    }
}

fn update(set: Set) -> Update {
    Update { id: Id::Of(A), set, twist: None }
}

fn one(member: Member, value: Value) -> Update {
    update(vec![(member, value)])
}

fn settable() -> impl Iterator<Item = Member> {
    Member::TOP.iter().copied().skip(1)
}

/// All candidates for a setup, simplest first.
pub fn candidates(setup: &Setup, signatures: bool) -> Vec<Op> {
    let own = |m: Member| m.store_type().is_none_or(|t| t == setup.kind);
    let mut all: Vec<Update> = Vec::new();
    // What needs no store first: its findings are shown shortest.
    identities(&mut all);
    // Each member alone: new, restated, a former value.
    all.push(update(vec![]));
    for m in settable() {
        all.push(one(m, valid(setup, m, 0)));
        all.push(one(m, Value::Of(A)));
        all.push(one(m, Value::First(A)));
    }
    environment(&mut all, setup);
    // The same with what another store has or had.
    for m in settable() {
        all.push(one(m, Value::Of(B)));
        all.push(one(m, Value::First(B)));
    }
    for likeness in [Likeness::Case, Likeness::Blank] {
        all.push(one(Member::NewCustomKeyStoreName, Value::Like(B, likeness)));
    }
    for likeness in [Likeness::Case, Likeness::Dot] {
        all.push(one(Member::XksProxyUriEndpoint, Value::Like(B, likeness)));
    }
    addresses(&mut all);
    switches(&mut all);
    shapes(&mut all);
    forms(&mut all, signatures);
    // Pairs of members, all valid, own ones first.
    for first in settable() {
        for second in settable().filter(|s| *s > first) {
            if own(first) || own(second) {
                all.push(update(vec![(first, valid(setup, first, 1)), (second, valid(setup, second, 1))]));
            }
        }
    }
    all.push(update(
        settable().filter(|m| own(*m) && *m != Member::XksProxyConnectivity).map(|m| (m, valid(setup, m, 2))).collect(),
    ));
    pairs(&mut all, setup);
    // A member stands twice only where that is the point (W-13).
    all.retain(distinct_members);
    all.into_iter().map(Op::Update).collect()
}

fn distinct_members(update: &Update) -> bool {
    let set = &update.set;
    set.iter().enumerate().all(|(at, (m, _))| set[..at].iter().all(|(o, _)| o != m))
}

/// Addresses that touch another store's.
fn addresses(all: &mut Vec<Update>) {
    let (e, p) = (Member::XksProxyUriEndpoint, Member::XksProxyUriPath);
    all.push(update(vec![(e, Value::Of(B)), (p, Value::Of(B))]));
    all.push(update(vec![(e, Value::Of(B)), (p, Value::Fresh(60))]));
    all.push(update(vec![(e, Value::First(B)), (p, Value::First(B))]));
    all.push(update(vec![(e, Value::Of(A)), (p, Value::Of(A))]));
    all.push(update(vec![(e, Value::Fixture(Fixture::EndpointOf(0)))]));
    let service = Member::XksProxyVpcEndpointServiceName;
    all.push(update(vec![(e, Value::Of(B)), (service, Value::Of(B))]));
    for n in 0..3 {
        let mut set = vpc(n);
        all.push(update(set.clone()));
        set.retain(|(m, _)| *m != Member::XksProxyConnectivity);
        all.push(update(set));
    }
    let mut taken = vpc(1);
    taken.retain(|(m, _)| *m != service);
    taken.push((service, Value::Of(B)));
    all.push(update(taken));
    let mut freed = vpc(0);
    freed.push((p, Value::Fresh(61)));
    all.push(update(freed));
}

/// Switches of the connectivity, complete and not.
fn switches(all: &mut Vec<Update>) {
    let (c, e, s, o) = (
        Member::XksProxyConnectivity,
        Member::XksProxyUriEndpoint,
        Member::XksProxyVpcEndpointServiceName,
        Member::XksProxyVpcEndpointServiceOwner,
    );
    let text = |t: &str| Value::Text(t.to_owned());
    let (public, private) = (text("PUBLIC_ENDPOINT"), text("VPC_ENDPOINT_SERVICE"));
    let service = || Value::Fixture(Fixture::Service(2));
    let host = || Value::Fixture(Fixture::EndpointOf(2));
    all.push(one(c, private.clone()));
    all.push(update(vec![(c, private.clone()), (e, host())]));
    all.push(update(vec![(c, private.clone()), (s, service())]));
    all.push(update(vec![(c, private.clone()), (e, host()), (s, service())]));
    all.push(update(vec![(c, private.clone()), (e, host()), (s, service()), (o, Value::Fixture(Fixture::Account))]));
    all.push(update(vec![(c, private.clone()), (e, Value::Of(A)), (s, service())]));
    all.push(update(vec![(c, private), (e, Value::Of(A)), (s, Value::Of(A))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, Value::Null)]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, text(""))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, service())]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (o, Value::Fixture(Fixture::Account))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Of(A))]));
    all.push(update(vec![(c, public), (e, Value::Fresh(62)), (Member::XksProxyUriPath, Value::Fresh(62))]));
}

/// Fixtures in every role.
fn environment(all: &mut Vec<Update>, setup: &Setup) {
    use ProxyRole as P;
    let (e, k) = (Member::XksProxyUriEndpoint, Member::XksProxyAuthenticationCredential);
    for role in [
        P::Healthy,
        P::Degraded,
        P::WrongCredential,
        P::InvalidPath,
        P::Validation,
        P::Internal,
        P::NotJson,
        P::NoBody,
        P::MissingMembers,
        P::Throttling,
        P::DependencyTimeout,
        P::NoTcp,
        P::BadTls,
        P::Slow,
        P::Unavailable,
        P::Disagree,
        P::Odd,
    ] {
        all.push(one(e, Value::Fixture(Fixture::Endpoint(Proxy::Role(role), 1))));
    }
    all.push(one(e, Value::Fixture(Fixture::Endpoint(Proxy::OnePath, 1))));
    all.push(update(vec![
        (e, Value::Fixture(Fixture::Endpoint(Proxy::OnePath, 1))),
        (Member::XksProxyUriPath, Value::Fixture(Fixture::ServedPath)),
    ]));
    all.push(one(k, Value::Fixture(Fixture::Credential(Proxy::Restricted, 1))));
    all.push(one(e, Value::Fixture(Fixture::Endpoint(Proxy::Restricted, 1))));
    all.push(update(vec![
        (e, Value::Fixture(Fixture::Endpoint(Proxy::Restricted, 2))),
        (k, Value::Fixture(Fixture::Credential(Proxy::Restricted, 0))),
    ]));
    use ServiceRole as S;
    let (c, s, o) =
        (Member::XksProxyConnectivity, Member::XksProxyVpcEndpointServiceName, Member::XksProxyVpcEndpointServiceOwner);
    for role in [
        S::Absent,
        S::OtherRegion,
        S::NotAllowed,
        S::AcceptanceRequired,
        S::WrongLoadBalancer,
        S::OneZone,
        S::NoDnsName,
        S::UnverifiedDns,
    ] {
        let set = vec![
            (c, Value::Text("VPC_ENDPOINT_SERVICE".into())),
            (e, Value::Fixture(Fixture::EndpointOfOdd(role))),
            (s, Value::Fixture(Fixture::OddService(role))),
        ];
        all.push(update(set.clone()));
        all.push(update(set.into_iter().skip(1).collect()));
    }
    let foreign = vec![
        (c, Value::Text("VPC_ENDPOINT_SERVICE".into())),
        (e, Value::Fixture(Fixture::EndpointOfForeign)),
        (s, Value::Fixture(Fixture::ForeignService)),
    ];
    for owner in [Value::Fixture(Fixture::ForeignOwner), Value::Fixture(Fixture::Account)] {
        let mut set = foreign.clone();
        set.push((o, owner));
        all.push(update(set));
    }
    let deaf =
        [(e, Value::Fixture(Fixture::EndpointOfPaced(Pace::Deaf))), (s, Value::Fixture(Fixture::Paced(Pace::Deaf)))];
    all.push(update(deaf.to_vec()));
    all.push(one(s, Value::Fixture(Fixture::Service(2))));
    all.push(one(e, Value::Fixture(Fixture::EndpointOf(2))));
    all.push(update(vec![(s, Value::Fixture(Fixture::Service(2))), (e, Value::Fixture(Fixture::EndpointOf(2)))]));
    all.push(update(vec![(s, Value::Fixture(Fixture::Service(2))), (e, Value::Fresh(64))]));
    all.push(update(vec![
        (c, Value::Text("VPC_ENDPOINT_SERVICE".into())),
        (s, Value::Fixture(Fixture::Service(2))),
        (e, Value::Fresh(64)),
    ]));
    all.push(one(o, Value::Fresh(65)));
    let cluster = Member::CloudHsmClusterId;
    use ClusterRole as C;
    for role in [
        C::Primary,
        C::Related,
        C::Unrelated,
        C::Inactive,
        C::TooFewHsms,
        C::FewSubnets,
        C::WrongNetwork,
        C::Absent,
        C::OtherAccount,
    ] {
        all.push(one(cluster, Value::Fixture(Fixture::Cluster(setup.family, role, 0))));
    }
    for role in [C::Inactive, C::TooFewHsms] {
        all.push(one(cluster, Value::Fixture(Fixture::StrangeCluster(setup.family, role))));
    }
    all.push(one(cluster, Value::Fixture(Fixture::Cluster(setup.family, C::Related, 1))));
    all.push(one(cluster, Value::Fresh(66)));
    all.push(one(Member::KeyStorePassword, Value::Fixture(Fixture::Password(setup.family))));
    all.push(update(vec![
        (cluster, Value::Fixture(Fixture::Cluster(setup.family, C::Related, 0))),
        (Member::KeyStorePassword, Value::Fixture(Fixture::Password(setup.family))),
    ]));
}

/// Values at and past every edge.
fn shapes(all: &mut Vec<Update>) {
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
    // Beside an endpoint, so that nothing else is wrong with the switch.
    for near in ["public_endpoint", "PUBLIC", "PUBLIC_ENDPOINT ", "VPC_ENDPOINT", "NONE"] {
        let endpoint = (Member::XksProxyUriEndpoint, Value::Fresh(72));
        all.push(update(vec![(Member::XksProxyConnectivity, Value::Text(near.to_owned())), endpoint]));
    }
    for half in [Half::KeyOnly, Half::SecretOnly, Half::NullSecret, Half::NullKey, Half::Empty] {
        all.push(one(Member::XksProxyAuthenticationCredential, Value::Half(half)));
    }
}

/// Ids: of nobody, nearly right, missing, malformed.
fn identities(all: &mut Vec<Update>) {
    let name = || vec![(Member::NewCustomKeyStoreName, Value::Fresh(75))];
    let with = |id| Update { id, set: name(), twist: None };
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
fn forms(all: &mut Vec<Update>, signatures: bool) {
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
        Twist::Unknown(text("7")),
        Twist::Unknown(text("{\"a\":[1,null,{\"b\":\"c\"}]}")),
        Twist::Unknown(text("null")),
        Twist::Miscased(Member::NewCustomKeyStoreName),
        Twist::Miscased(Member::KeyStorePassword),
        Twist::Escaped,
        Twist::Spaced,
        Twist::Twice(Member::NewCustomKeyStoreName, Value::Fresh(77)),
        Twist::CutOff,
        Twist::Ending(text("")),
        Twist::Ending(text(",}")),
        Twist::Body(String::new()),
        Twist::Body(text("null")),
        Twist::Body(text("7")),
        Twist::Body(text("\"text\"")),
        Twist::Body(text("[]")),
        Twist::Body(text("true")),
        Twist::Body(text("{")),
        Twist::Body(text("{'CustomKeyStoreId':'cks-1'}")),
        Twist::Behind(text(" x")),
        Twist::Behind(text("{}")),
        Twist::Inside(text("/* comment */")),
        Twist::Inside(text("\"UcksUnknownMember\":NaN,")),
        Twist::Inside(text(",")),
        Twist::NotUtf8,
        Twist::LoneSurrogate,
        Twist::Before(text("\u{feff}")),
        Twist::Deep(2_000),
        Twist::Deep(100_000),
        Twist::Large(3_000_000),
        Twist::Target(String::new()),
        Twist::Target(text("UpdateCustomKeyStore")),
        Twist::Target(text("TrentService.UpdateCustomKeyStores")),
        Twist::Target(text("Trentservice.UpdateCustomKeyStore")),
        Twist::Method(text("PUT")),
        Twist::Method(text("GET")),
        Twist::Path(text("/ucks")),
        Twist::ContentType(text("text/plain")),
        Twist::ContentType(text("application/x-amz-json-1.0")),
    ];
    if signatures {
        twists.extend(
            [Auth::Unsigned, Auth::UnknownKey, Auth::WrongSignature, Auth::SkewedClock, Auth::NotAllowed]
                .map(Twist::Signed),
        );
    }
    let name = || vec![(Member::NewCustomKeyStoreName, Value::Fresh(78))];
    for twist in twists {
        all.push(Update { id: Id::Of(A), set: name(), twist: Some(twist) });
    }
    all.push(Update {
        id: Id::Of(A),
        set: vec![(Member::NewCustomKeyStoreName, Value::Fresh(79)), (Member::XksProxyUriPath, Value::Fresh(79))],
        twist: Some(Twist::Reversed),
    });
    all.push(Update {
        id: Id::Of(A),
        set: vec![(Member::NewCustomKeyStoreName, Value::Text("ucks \"é😀\\ name".into()))],
        twist: None,
    });
}

/// One fault of each layer, and each two of them in one request; each beside a faultless member.
fn pairs(all: &mut Vec<Update>, setup: &Setup) {
    let (name, path) = (Member::NewCustomKeyStoreName, Member::XksProxyUriPath);
    let xks = setup.kind == StoreType::Xks;
    let (foreign, own_types, constraint, gated, odd) = if xks {
        (
            (Member::KeyStorePassword, Value::Fresh(71)),
            (path, Value::Wrong(Json::Number)),
            (path, Value::Text("/kms/xks/v100".into())),
            (Member::XksProxyUriEndpoint, Value::Fresh(71)),
            (Member::XksProxyUriEndpoint, Value::Fixture(Fixture::Endpoint(Proxy::Role(ProxyRole::NoTcp), 2))),
        )
    } else {
        let cluster = |role| Value::Fixture(Fixture::Cluster(setup.family, role, 0));
        (
            (path, Value::Fresh(71)),
            (Member::KeyStorePassword, Value::Wrong(Json::Number)),
            (Member::KeyStorePassword, Value::Text("short".into())),
            (Member::CloudHsmClusterId, cluster(ClusterRole::Related)),
            (Member::CloudHsmClusterId, cluster(ClusterRole::Inactive)),
        )
    };
    let taken = (name, Value::Of(B));
    let faults = [own_types, constraint, foreign, gated, taken, odd];
    let distinct = |set: &Set| set.iter().enumerate().all(|(at, (m, _))| set[..at].iter().all(|(o, _)| o != m));
    for (at, first) in faults.iter().enumerate() {
        for second in &faults[at + 1..] {
            all.push(update(vec![first.clone(), second.clone()]));
        }
        for id in [Id::Nobody, Id::Missing, Id::Value(Value::Wrong(Json::Number)), Id::Value(Value::Repeat('x', 65))] {
            all.push(Update { id, set: vec![first.clone()], twist: None });
        }
        for member in
            settable().filter(|m| m.store_type().is_none_or(|t| t == setup.kind) && *m != Member::XksProxyConnectivity)
        {
            let mut set = vec![(member, valid(setup, member, 3)), first.clone()];
            if distinct(&set) {
                all.push(update(set.clone()));
                set.reverse();
                all.push(update(set));
            }
        }
    }
    // Existence before the rest.
    for value in [Value::Of(B), Value::Of(A)] {
        all.push(Update { id: Id::Nobody, set: vec![(name, value)], twist: None });
    }
}
