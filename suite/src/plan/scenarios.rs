//! Journeys: sequences whose effects show only some steps later.

mod alike;

use super::setups::{A, B, vpc};
use super::{Case, Reach, Sequence};
use crate::op::{Family, Fixture, Id, Likeness, Op, Pace, Proxy, REPEATS, Symbol, Update, Value, WireMutation};
use std::collections::BTreeMap;
use ucks_oracle::environment::{ClusterRole, ProxyRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use super::simulation::Simulation;
use crate::bind::{Needs, Pool};

fn set(store: Symbol, set: Vec<(Member, Value)>) -> Op {
    Op::Update(Update { id: Id::Of(store), set, mutation: None })
}

fn up(store: Symbol) -> Op {
    Op::Connect { store, wait: true }
}

fn down(store: Symbol) -> Op {
    Op::Disconnect { store, wait: true }
}

/// The journeys that the revision, the profile and the target allow.
pub fn scenarios(model: &Model, reach: &Reach) -> Vec<Sequence> {
    drafts(model.revision)
        .into_iter()
        .map(|(label, ops)| (label, reach.adapt(ops)))
        .filter(|(_, ops)| feasible(model, reach, ops))
        .map(|(label, ops)| Sequence {
            label: label.to_owned(),
            setup: Vec::new(),
            cases: ops.into_iter().map(|op| Case { op, goals: Vec::new() }).collect(),
        })
        .collect()
}

/// All journeys of the revision, each with what it is about.
pub(crate) fn drafts(revision: Revision) -> Vec<(&'static str, Vec<Op>)> {
    use Member as M;
    let xks = |store, set| Op::Create { store, kind: StoreType::Xks, set };
    let hsm = |store, family| Op::Create {
        store,
        kind: StoreType::CloudHsm,
        set: vec![(M::CloudHsmClusterId, Value::Fixture(Fixture::Cluster(family, ClusterRole::Primary, 0)))],
    };
    let fresh = |m: Member, n| (m, Value::Fresh(n));
    let mut all: Vec<(&'static str, Vec<Op>)> = Vec::new();
    if revision >= Revision::ExternalKeyStores {
        all.push((
            "everything changes, survives a connect and a disconnect",
            vec![
                xks(A, vec![]),
                xks(B, vec![]),
                set(
                    A,
                    vec![
                        fresh(M::NewCustomKeyStoreName, 50),
                        fresh(M::XksProxyUriEndpoint, 50),
                        fresh(M::XksProxyUriPath, 50),
                        fresh(M::XksProxyAuthenticationCredential, 50),
                    ],
                ),
                up(A),
                set(
                    A,
                    vec![
                        fresh(M::NewCustomKeyStoreName, 51),
                        fresh(M::XksProxyUriPath, 51),
                        fresh(M::XksProxyAuthenticationCredential, 51),
                    ],
                ),
                down(A),
                set(A, vec![fresh(M::XksProxyUriEndpoint, 52)]),
                set(A, vec![fresh(M::XksProxyUriEndpoint, 52)]),
                up(A),
                down(A),
            ],
        ));
        all.push((
            "to a VPC and back",
            vec![
                xks(A, vec![]),
                set(A, vpc(0)),
                up(A),
                down(A),
                set(
                    A,
                    vec![
                        (M::XksProxyConnectivity, Value::Text("PUBLIC_ENDPOINT".into())),
                        fresh(M::XksProxyUriEndpoint, 53),
                    ],
                ),
                set(A, vpc(0)),
                set(A, vec![fresh(M::NewCustomKeyStoreName, 53)]),
            ],
        ));
        all.push((
            "a new secret under the same access key id",
            vec![
                xks(
                    A,
                    vec![
                        (M::XksProxyUriEndpoint, Value::Fixture(Fixture::Endpoint(Proxy::Rotating, 0))),
                        (M::XksProxyAuthenticationCredential, Value::Fixture(Fixture::Credential(Proxy::Rotating, 0))),
                    ],
                ),
                set(
                    A,
                    vec![(
                        M::XksProxyAuthenticationCredential,
                        Value::Fixture(Fixture::Credential(Proxy::Rotating, 1)),
                    )],
                ),
                up(A),
            ],
        ));
        all.push((
            "an address changes hands",
            vec![
                xks(A, vec![]),
                xks(B, vec![]),
                set(
                    B,
                    vec![
                        fresh(M::XksProxyUriEndpoint, 54),
                        fresh(M::XksProxyUriPath, 54),
                        fresh(M::NewCustomKeyStoreName, 54),
                    ],
                ),
                set(
                    A,
                    vec![
                        (M::XksProxyUriEndpoint, Value::First(B)),
                        (M::XksProxyUriPath, Value::First(B)),
                        (M::NewCustomKeyStoreName, Value::First(B)),
                    ],
                ),
                set(
                    B,
                    vec![
                        (M::XksProxyUriEndpoint, Value::First(A)),
                        (M::XksProxyUriPath, Value::First(A)),
                        (M::NewCustomKeyStoreName, Value::First(A)),
                    ],
                ),
            ],
        ));
    }
    if revision >= Revision::ExternalKeyStores {
        let private = (M::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into()));
        let host = (M::XksProxyUriEndpoint, Value::Fixture(Fixture::EndpointOf(0)));
        let service = (M::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::Service(0)));
        let sibling = (M::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::Sibling(0)));
        let shared = (M::XksProxyUriEndpoint, Value::Of(B));
        all.push((
            "a name of a store of the other type",
            vec![
                xks(A, vec![]),
                hsm(B, Family::Plain(0)),
                set(A, vec![(M::NewCustomKeyStoreName, Value::Of(B))]),
                set(B, vec![(M::NewCustomKeyStoreName, Value::Of(A))]),
            ],
        ));
        all.push((
            "a name in use while connected",
            vec![xks(A, vec![]), xks(B, vec![]), up(A), set(A, vec![(M::NewCustomKeyStoreName, Value::Of(B))])],
        ));
        all.push((
            "a service in use, under its host in other case",
            vec![
                xks(A, vec![]),
                xks(B, vpc(0)),
                set(
                    A,
                    vec![
                        (M::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into())),
                        (M::XksProxyUriEndpoint, Value::Like(B, Likeness::Case)),
                        (M::XksProxyVpcEndpointServiceName, Value::Of(B)),
                    ],
                ),
            ],
        ));
        all.push((
            "a new address that only its own path serves",
            vec![
                xks(A, vec![]),
                set(
                    A,
                    vec![
                        (M::XksProxyUriEndpoint, Value::Fixture(Fixture::Endpoint(Proxy::OnePath, 0))),
                        (M::XksProxyUriPath, Value::Fixture(Fixture::ServedPath)),
                    ],
                ),
                up(A),
            ],
        ));
        all.push((
            "the beginning of a name is another name",
            vec![
                xks(A, vec![]),
                xks(B, vec![]),
                set(A, vec![(M::NewCustomKeyStoreName, Value::Like(B, Likeness::Beginning))]),
            ],
        ));
        all.extend(alike::scenarios());
        all.push((
            "texts are stored as they are sent",
            vec![
                xks(A, vec![]),
                set(A, vec![(M::NewCustomKeyStoreName, Value::Like(A, Likeness::Case))]),
                set(A, vec![(M::NewCustomKeyStoreName, Value::Like(A, Likeness::Blank))]),
                set(A, vec![(M::XksProxyUriEndpoint, Value::Like(A, Likeness::Case))]),
            ],
        ));
        all.push((
            "a path alone leads to another store's address",
            vec![xks(B, vec![]), xks(A, vec![shared.clone()]), set(A, vec![(M::XksProxyUriPath, Value::Of(B))])],
        ));
        all.push((
            "a public store holds the endpoint of a service",
            vec![xks(B, vec![host.clone()]), xks(A, vec![]), set(A, vpc(0))],
        ));
        all.push((
            "a switch needs an endpoint even where the present one would do",
            vec![xks(A, vec![host]), set(A, vec![private, service])],
        ));
        // Before, a service of another account was refused, by Create too.
        if revision >= Revision::ServiceOwner {
            all.push((
                "an owner left out stays",
                vec![
                    xks(
                        A,
                        vec![
                            (M::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into())),
                            (M::XksProxyUriEndpoint, Value::Fixture(Fixture::EndpointOfForeign)),
                            (M::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::ForeignService)),
                            (M::XksProxyVpcEndpointServiceOwner, Value::Fixture(Fixture::ForeignOwner)),
                        ],
                    ),
                    set(A, vec![fresh(M::NewCustomKeyStoreName, 59)]),
                    set(
                        A,
                        vec![(M::XksProxyVpcEndpointServiceName, Value::Of(A)), (M::XksProxyUriEndpoint, Value::Of(A))],
                    ),
                ],
            ));
        }
        let mut whole = vpc(0);
        whole.push(fresh(M::XksProxyAuthenticationCredential, 57));
        all.push(("a credential given with a switch", vec![xks(A, vec![]), set(A, whole)]));
        all.push((
            "a service changes for another with its host",
            vec![xks(A, vpc(0)), up(A), set(A, vec![sibling.clone()]), down(A), set(A, vec![sibling.clone()])],
        ));
        let paced = |pace| {
            vec![
                (M::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into())),
                (M::XksProxyUriEndpoint, Value::Fixture(Fixture::EndpointOfPaced(pace))),
                (M::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::Paced(pace))),
            ]
        };
        let other =
            |pace| set(A, vec![(M::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::SiblingOfPaced(pace)))]);
        all.push((
            "the service of a store that is FAILED",
            vec![xks(A, paced(Pace::Failing)), up(A), other(Pace::Failing)],
        ));
        all.push((
            "the service of a store that is CONNECTING",
            vec![xks(A, paced(Pace::Slow)), Op::Connect { store: A, wait: false }, other(Pace::Slow)],
        ));
        all.push((
            "the service of a store that is DISCONNECTING",
            vec![xks(A, paced(Pace::Slow)), up(A), Op::Disconnect { store: A, wait: false }, other(Pace::Slow)],
        ));
    }
    let password = Family::Password(0);
    all.push((
        "a new cluster leaves the password alone",
        vec![
            hsm(A, password),
            set(A, vec![(M::CloudHsmClusterId, Value::Fixture(Fixture::Cluster(password, ClusterRole::Related, 0)))]),
            up(A),
        ],
    ));
    all.push((
        "a refused password is not stored",
        vec![
            hsm(A, password),
            set(
                A,
                vec![
                    fresh(M::KeyStorePassword, 58),
                    (M::CloudHsmClusterId, Value::Fixture(Fixture::StrangeCluster(password, ClusterRole::Inactive))),
                ],
            ),
            up(A),
        ],
    ));
    all.push((
        "a wrong password shows when the store connects, beside a newer one",
        vec![
            hsm(A, password),
            hsm(B, Family::Plain(1)),
            set(A, vec![fresh(M::KeyStorePassword, 55)]),
            up(A),
            down(A),
            set(A, vec![(M::KeyStorePassword, Value::Fixture(Fixture::Password(password)))]),
            up(A),
        ],
    ));
    all.push((
        "a CloudHSM store changes everything and survives a connect",
        vec![
            hsm(A, Family::Plain(0)),
            set(
                A,
                vec![
                    fresh(M::NewCustomKeyStoreName, 56),
                    fresh(M::KeyStorePassword, 56),
                    (M::CloudHsmClusterId, Value::Fixture(Fixture::Cluster(Family::Plain(0), ClusterRole::Related, 0))),
                ],
            ),
            up(A),
            down(A),
            set(A, vec![(M::CloudHsmClusterId, Value::First(A))]),
            set(A, vec![(M::CloudHsmClusterId, Value::First(A))]),
        ],
    ));
    all.push(("a store that never was is not found", vec![Op::DescribeAbsent]));
    all.push((
        "a disconnected store cannot be disconnected, a connected one not deleted",
        vec![hsm(A, Family::Plain(0)), down(A), up(A), Op::Delete { store: A }],
    ));
    let (one, other) = (hsm(A, Family::Plain(0)), hsm(B, Family::Plain(1)));
    all.push((
        "stores are found by name and page by page",
        vec![
            one.clone(),
            other.clone(),
            Op::Find { store: A },
            set(A, vec![fresh(M::NewCustomKeyStoreName, 57)]),
            Op::Find { store: A },
            Op::List { limit: 1 },
            Op::List { limit: 100 },
        ],
    ));
    races(&mut all, revision, &one, &other);
    let named_alike =
        Op::Create { store: B, kind: StoreType::CloudHsm, set: vec![(M::NewCustomKeyStoreName, Value::Of(A))] };
    all.push(("a name in use is refused to a new store", vec![hsm(A, Family::Plain(0)), named_alike]));
    repeated(&mut all, revision, &hsm(A, Family::Plain(0)), &hsm(B, Family::Plain(1)));
    all
}

/// Updates with two faults, of other layers each, again and again (P-05).
fn repeated(all: &mut Vec<(&str, Vec<Op>)>, revision: Revision, hsm: &Op, other: &Op) {
    use Member as M;
    let again = |set| Op::Repeat { update: Update { id: Id::Of(A), set, mutation: None }, times: REPEATS };
    if revision >= Revision::ExternalKeyStores {
        let xks = Op::Create { store: A, kind: StoreType::Xks, set: vec![] };
        let nowhere = Value::Fixture(Fixture::Endpoint(Proxy::Role(ProxyRole::NoTcp), 1));
        let faults = vec![(M::KeyStorePassword, Value::Fresh(76)), (M::XksProxyUriEndpoint, nowhere)];
        all.push((
            "a member of the other type and a proxy that is not there, again and again",
            vec![xks, again(faults)],
        ));
    }
    let related = Value::Fixture(Fixture::Cluster(Family::Plain(0), ClusterRole::Related, 0));
    let faults = vec![(M::NewCustomKeyStoreName, Value::Of(B)), (M::CloudHsmClusterId, related)];
    all.push((
        "a name in use and a gated member, again and again",
        vec![hsm.clone(), other.clone(), up(A), again(faults)],
    ));
}

/// Updates at once, and answers that nobody waits for: each after the same one by one, so that only what
/// the effect of timing is reported here.
fn races(all: &mut Vec<(&str, Vec<Op>)>, revision: Revision, hsm: &Op, other: &Op) {
    use Member as M;
    let update = |store, set| Update { id: Id::Of(store), set, mutation: None };
    let one = |store, member, n| update(store, vec![(member, Value::Fresh(n))]);
    let race = |updates: &[Update]| Op::Race { updates: updates.to_vec() };
    let hang_up = |set| Op::Update(Update { id: Id::Of(A), set, mutation: Some(WireMutation::HangUp) });
    let name = M::NewCustomKeyStoreName;
    let related = Value::Fixture(Fixture::Cluster(Family::Plain(0), ClusterRole::Related, 0));
    let contest = |n| race(&[one(A, name, n), one(B, name, n)]);
    let same_name = set(B, vec![(name, Value::Of(A))]);
    all.push((
        "two CloudHSM stores race for a name",
        vec![hsm.clone(), other.clone(), same_name, contest(80), contest(81)],
    ));
    all.push((
        "racing updates of a CloudHSM store",
        vec![
            hsm.clone(),
            set(A, vec![(name, Value::Fresh(86))]),
            set(A, vec![(M::CloudHsmClusterId, related.clone())]),
            set(A, vec![(M::CloudHsmClusterId, Value::First(A))]),
            race(&[one(A, name, 82), update(A, vec![(M::CloudHsmClusterId, related.clone())])]),
            race(&[one(A, name, 83), one(A, name, 84), update(A, vec![(M::CloudHsmClusterId, Value::First(A))])]),
        ],
    ));
    all.push((
        "nobody waits for the answer, CloudHSM",
        vec![
            hsm.clone(),
            set(A, vec![(name, Value::Fresh(86)), (M::CloudHsmClusterId, related.clone())]),
            set(A, vec![(M::CloudHsmClusterId, Value::First(A))]),
            hang_up(vec![(name, Value::Fresh(85)), (M::CloudHsmClusterId, related)]),
        ],
    ));
    if revision < Revision::ExternalKeyStores {
        return;
    }
    let xks = |store| Op::Create { store, kind: StoreType::Xks, set: vec![] };
    let (endpoint, path) = (M::XksProxyUriEndpoint, M::XksProxyUriPath);
    let face = |n| [name, endpoint, path].map(|m| (m, Value::Fresh(n))).to_vec();
    let address = |store, n| update(store, vec![(endpoint, Value::Fresh(n)), (path, Value::Fresh(n))]);
    all.push((
        "two external stores race for an address",
        vec![
            xks(A),
            xks(B),
            set(B, vec![(endpoint, Value::Of(A)), (path, Value::Of(A))]),
            race(&[address(A, 80), address(B, 80)]),
            race(&[address(A, 81), address(B, 81)]),
        ],
    ));
    all.push((
        "two external stores race for a VPC endpoint service",
        vec![xks(A), xks(B), set(A, vpc(1)), set(B, vpc(1)), race(&[update(A, vpc(0)), update(B, vpc(0))])],
    ));
    all.push((
        "racing updates of an external store",
        vec![
            xks(A),
            set(A, vec![(name, Value::Fresh(86))]),
            set(A, vec![(path, Value::Fresh(86))]),
            set(A, vec![(endpoint, Value::Fresh(86))]),
            set(A, vec![(M::XksProxyAuthenticationCredential, Value::Fresh(86))]),
            race(&[one(A, name, 82), one(A, path, 82)]),
            race(&[one(A, endpoint, 83), one(A, path, 83), one(A, name, 83)]),
            race(&[one(A, M::XksProxyAuthenticationCredential, 84), one(A, name, 84)]),
        ],
    ));
    all.push(("nobody waits for the answer, external", vec![xks(A), set(A, face(86)), hang_up(face(85))]));
    let credential =
        |n| (M::XksProxyAuthenticationCredential, Value::Fixture(Fixture::Credential(Proxy::SlowlyRotating, n)));
    let rotating = vec![(endpoint, Value::Fixture(Fixture::Endpoint(Proxy::SlowlyRotating, 0))), credential(0)];
    all.push((
        "a new secret while the store is connecting",
        vec![
            Op::Create { store: A, kind: StoreType::Xks, set: rotating },
            Op::Connect { store: A, wait: false },
            Op::Update(update(A, vec![credential(1)])),
        ],
    ));
}

/// Returns true if the profile has the fixtures and the target the operations.
pub(crate) fn feasible(model: &Model, reach: &Reach, ops: &[Op]) -> bool {
    let mut kinds = BTreeMap::new();
    let mut kind_of = |op: &Op| {
        if let Op::Create { store, kind, .. } = op {
            kinds.insert(*store, *kind);
        }
        op.store().and_then(|store| kinds.get(&store).copied())
    };
    let types = ops.iter().all(|op| match (op, kind_of(op)) {
        (Op::Create { kind, .. }, _) => reach.types.contains(kind),
        (Op::Connect { .. }, kind) => kind.is_some_and(|kind| reach.connect.contains(&kind)),
        (Op::Disconnect { .. }, _) => reach.disconnect,
        (Op::Delete { .. }, kind) => reach.delete && kind.is_some_and(|kind| reach.can_be_deleted(kind)),
        (Op::Find { .. } | Op::DescribeAbsent | Op::List { .. }, _) => reach.describe,
        (Op::Update(_) | Op::Repeat { .. } | Op::Race { .. }, _) => true,
    });
    let needs = Needs::of(ops);
    let Some(leases) = Pool::new(&model.environment, reach.room).lease(&needs) else { return false };
    let mut simulation = Simulation::new(model, leases);
    types && ops.iter().all(|op| simulation.run(op).is_ok())
}
