//! Candidates: updates worth trying in a setup, each one named change from a valid one (two for the
//! order of errors). The oracle decides which rules a candidate exercises.

mod requests;
mod words;

use ucks_oracle::environment::{ClusterRole, ProxyRole, ServiceRole};
use ucks_oracle::members::{Member, StoreType};

use self::requests::{forms, identities, shapes};
use super::setups::Setup;
use super::steps::{A, B, vpc};
use crate::op::{Fixture, Id, Json, Likeness, Op, Pace, Proxy, Update, Value, WireMutation};

type MemberValues = Vec<(Member, Value)>;

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

fn update(set: MemberValues) -> Update {
    Update { id: Id::Of(A), set, mutation: None }
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
    // Candidates that need no store are first, because their findings have the shortest sequences.
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
    empty_services(&mut all);
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
    reversed(&mut all, setup);
    pairs(&mut all, setup);
    // A member is repeated only if that is the point (W-13).
    all.retain(distinct_members);
    all.into_iter().map(Op::Update).collect()
}

/// All members of the type that go together, in the reverse of the model's order (W-12).
fn reversed(all: &mut Vec<Update>, setup: &Setup) {
    let own = |m: Member| m.store_type().is_none_or(|t| t == setup.kind);
    let sets: [&[Member]; 3] = [
        &[Member::NewCustomKeyStoreName, Member::KeyStorePassword, Member::CloudHsmClusterId],
        &[
            Member::NewCustomKeyStoreName,
            Member::XksProxyUriEndpoint,
            Member::XksProxyUriPath,
            Member::XksProxyAuthenticationCredential,
        ],
        &[Member::XksProxyUriEndpoint, Member::XksProxyVpcEndpointServiceName, Member::XksProxyVpcEndpointServiceOwner],
    ];
    for set in sets.into_iter().filter(|set| set.iter().all(|m| own(*m))) {
        let through_service = set.contains(&Member::XksProxyVpcEndpointServiceName);
        let value = |m: Member| match m {
            Member::XksProxyUriEndpoint if through_service => Value::Fixture(Fixture::EndpointOf(2)),
            _ => valid(setup, m, 4),
        };
        let set = set.iter().map(|m| (*m, value(*m))).collect();
        all.push(Update { id: Id::Of(A), set, mutation: Some(WireMutation::Reversed) });
    }
}

/// Returns true if the store under test can have the members whose values the candidate gets wrong: elsewhere, another
/// fault gives the same answer, and the value decides nothing.
pub fn has_clear_answer(setup: &Setup, op: &Op) -> bool {
    let Op::Update(update) = op else { return true };
    let switches = update.set.iter().any(|(m, _)| *m == Member::XksProxyConnectivity);
    let through_service = switches || setup.is_vpc();
    update.set.iter().filter(|(_, value)| is_about_shape(value)).all(|(m, _)| {
        let of_service = matches!(m, Member::XksProxyVpcEndpointServiceName | Member::XksProxyVpcEndpointServiceOwner);
        m.store_type().is_none_or(|t| t == setup.kind) && (through_service || !of_service)
    })
}

fn is_about_shape(value: &Value) -> bool {
    use Value::{Credential, Edge, Half, Null, Repeat, Text, Wrong};
    matches!(value, Credential(..) | Edge(_) | Half(_) | Null | Repeat(..) | Text(_) | Wrong(_))
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
    all.push(update(vec![(c, private.clone()), (e, Value::Of(A)), (s, Value::Of(A))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, Value::Null)]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, text(""))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (s, service())]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (o, Value::Fixture(Fixture::Account))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Of(A))]));
    all.push(update(vec![(c, public.clone()), (e, Value::Fresh(62)), (Member::XksProxyUriPath, Value::Fresh(62))]));
    // With a change that is allowed in every state before it and after it (G-50): nothing else is wrong with these.
    let name = (Member::NewCustomKeyStoreName, Value::Fresh(62));
    for switch in [vec![(c, public), (e, Value::Fresh(62))], vec![(c, private), (e, host()), (s, service())]] {
        all.push(update([vec![name.clone()], switch.clone()].concat()));
        all.push(update([switch, vec![name.clone()]].concat()));
    }
}

/// An empty service name, with the connectivity that needs none and with what may change while CONNECTED.
fn empty_services(all: &mut Vec<Update>) {
    let empty = (Member::XksProxyVpcEndpointServiceName, Value::Text(String::new()));
    let public = (Member::XksProxyConnectivity, Value::Text("PUBLIC_ENDPOINT".into()));
    all.push(update(vec![public, empty.clone()]));
    all.push(update(vec![(Member::XksProxyUriPath, Value::Fresh(63)), empty]));
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
    let distinct =
        |set: &MemberValues| set.iter().enumerate().all(|(at, (m, _))| set[..at].iter().all(|(o, _)| o != m));
    for (at, first) in faults.iter().enumerate() {
        for second in &faults[at + 1..] {
            all.push(update(vec![first.clone(), second.clone()]));
        }
        for id in [Id::Nobody, Id::Missing, Id::Value(Value::Wrong(Json::Number)), Id::Value(Value::Repeat('x', 65))] {
            all.push(Update { id, set: vec![first.clone()], mutation: None });
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
        all.push(Update { id: Id::Nobody, set: vec![(name, value)], mutation: None });
    }
}
