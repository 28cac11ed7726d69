//! Setups: how to bring a store into each situation that a rule may depend on.
//!
//! In every setup the store under test is `a`; `b` is another one, where there is one.

use super::Reach;
use crate::op::{Family, Fixture, Id, Op, Pace, Proxy, Symbol, Update, Value};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::environment::{ClusterRole, ProxyRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;

/// The store under test.
pub const A: Symbol = Symbol(0);
/// Another store.
pub const B: Symbol = Symbol(1);

/// A way into a situation.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The situation, in words.
    pub label: &'static str,
    /// The type of the store under test.
    pub kind: StoreType,
    /// The operations that lead there.
    pub ops: Vec<Op>,
    /// The family of the store under test, for candidates that name clusters.
    pub family: Family,
}

impl Setup {
    /// Returns true if the store under test is created with a VPC endpoint service.
    pub fn is_vpc(&self) -> bool {
        let creates_vpc = |op: &Op| match op {
            Op::Create { store: A, set, .. } => set.iter().any(|(m, _)| *m == Member::XksProxyVpcEndpointServiceName),
            _ => false,
        };
        self.ops.iter().any(creates_vpc)
    }
}

fn create(store: Symbol, kind: StoreType, set: Vec<(Member, Value)>) -> Op {
    Op::Create { store, kind, set }
}

fn xks(store: Symbol, set: Vec<(Member, Value)>) -> Op {
    create(store, StoreType::Xks, set)
}

fn hsm(store: Symbol, family: Family) -> Op {
    let cluster = Value::Fixture(Fixture::Cluster(family, ClusterRole::Primary, 0));
    create(store, StoreType::CloudHsm, vec![(Member::CloudHsmClusterId, cluster)])
}

fn connect(store: Symbol, wait: bool) -> Op {
    Op::Connect { store, wait }
}

fn update(store: Symbol, set: Vec<(Member, Value)>) -> Op {
    Op::Update(Update { id: Id::Of(store), set, mutation: None })
}

/// The members that make a store use the n-th good VPC endpoint service.
pub fn vpc(n: u8) -> Vec<(Member, Value)> {
    vec![
        (Member::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into())),
        (Member::XksProxyUriEndpoint, Value::Fixture(Fixture::EndpointOf(n))),
        (Member::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::Service(n))),
    ]
}

/// The members that make a store use a VPC endpoint service with something particular behind it.
fn paced(pace: Pace) -> Vec<(Member, Value)> {
    vec![
        (Member::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".into())),
        (Member::XksProxyUriEndpoint, Value::Fixture(Fixture::EndpointOfPaced(pace))),
        (Member::XksProxyVpcEndpointServiceName, Value::Fixture(Fixture::Paced(pace))),
    ]
}

fn endpoint(proxy: Proxy) -> Vec<(Member, Value)> {
    vec![(Member::XksProxyUriEndpoint, Value::Fixture(Fixture::Endpoint(proxy, 0)))]
}

fn with_credential(proxy: Proxy, n: u8) -> Vec<(Member, Value)> {
    let mut set = endpoint(proxy);
    set.push((Member::XksProxyAuthenticationCredential, Value::Fixture(Fixture::Credential(proxy, n))));
    set
}

/// Every setup that the revision and the target allow, plainest first.
pub fn setups(revision: Revision, reach: &Reach) -> Vec<Setup> {
    let mut all = Vec::new();
    let mut add = |label, kind, family, ops: Vec<Op>| all.push(Setup { label, kind, ops, family });
    let plain = Family::Plain(0);
    if revision >= Revision::ExternalKeyStores {
        let kind = StoreType::Xks;
        let mut xk = |label, ops| add(label, kind, plain, ops);
        xk("external, DISCONNECTED", vec![xks(A, vec![])]);
        xk("external, beside another", vec![xks(A, vec![]), xks(B, vec![])]);
        xk("external, CONNECTED", vec![xks(A, vec![]), connect(A, true)]);
        xk("external, VPC, DISCONNECTED", vec![xks(A, vpc(0)), xks(B, vec![])]);
        xk("external, VPC, CONNECTED", vec![xks(A, vpc(0)), connect(A, true)]);
        xk("external, beside a VPC store", vec![xks(A, vec![]), xks(B, vpc(0))]);
        let one_path = (Member::XksProxyUriPath, Value::Fixture(Fixture::ServedPath));
        let restricted =
            (Member::XksProxyAuthenticationCredential, Value::Fixture(Fixture::Credential(Proxy::Restricted, 0)));
        for (label, pace, more) in [
            ("external, VPC, proxy with one path, CONNECTED", Pace::OnePath, one_path),
            ("external, VPC, proxy with certain credentials, CONNECTED", Pace::Restricted, restricted),
        ] {
            let mut set = paced(pace);
            set.push(more);
            xk(label, vec![xks(A, set), connect(A, true)]);
        }
        xk("external, VPC, whose service broke", vec![xks(A, paced(Pace::Breaking))]);
        xk("external, two VPC stores", vec![xks(A, vpc(0)), xks(B, vpc(1))]);
        xk("external, beside a CloudHSM store", vec![xks(A, vec![]), hsm(B, plain)]);
        xk("external, beside a deleted store", vec![xks(A, vec![]), xks(B, vec![]), Op::Delete { store: B }]);
        xk("external, beside a deleted VPC store", vec![xks(A, vec![]), xks(B, vpc(0)), Op::Delete { store: B }]);
        xk(
            "external, beside a store that moved",
            vec![
                xks(A, vec![]),
                xks(B, vec![]),
                update(
                    B,
                    vec![
                        (Member::NewCustomKeyStoreName, Value::Fresh(40)),
                        (Member::XksProxyUriEndpoint, Value::Fresh(40)),
                        (Member::XksProxyUriPath, Value::Fresh(40)),
                    ],
                ),
            ],
        );
        xk("external, deleted", vec![xks(A, vec![]), Op::Delete { store: A }]);
        let mut restricted = endpoint(Proxy::OnePath);
        restricted.push((Member::XksProxyUriPath, Value::Fixture(Fixture::ServedPath)));
        xk("external, proxy with one path", vec![xks(A, restricted.clone())]);
        xk("external, proxy with one path, CONNECTED", vec![xks(A, restricted), connect(A, true)]);
        xk("external, proxy with certain credentials", vec![xks(A, with_credential(Proxy::Restricted, 0))]);
        xk("external, FAILED", vec![xks(A, endpoint(Proxy::FailingConnect)), connect(A, true)]);
        xk("external, CONNECTING", vec![xks(A, endpoint(Proxy::SlowConnect)), connect(A, false)]);
        xk(
            "external, DISCONNECTING",
            vec![xks(A, endpoint(Proxy::SlowConnect)), connect(A, true), Op::Disconnect { store: A, wait: false }],
        );
        if reach.seen.contains(&ConnectionState::Connecting) {
            xk("external, CONNECTING", vec![xks(A, vec![]), connect(A, false)]);
            xk(
                "external, DISCONNECTING",
                vec![xks(A, vec![]), connect(A, true), Op::Disconnect { store: A, wait: false }],
            );
        }
        xk("external, degraded proxy", vec![xks(A, endpoint(Proxy::Role(ProxyRole::Degraded)))]);
    }
    let mut hs = |label, family, ops| add(label, StoreType::CloudHsm, family, ops);
    let (faulty, password, slow) = (Family::Faulty(0), Family::Password(0), Family::Slow(0));
    hs("CloudHSM, DISCONNECTED", faulty, vec![hsm(A, faulty)]);
    hs("CloudHSM, beside another", faulty, vec![hsm(A, faulty), hsm(B, plain)]);
    hs("CloudHSM, CONNECTED", plain, vec![hsm(A, plain), connect(A, true)]);
    hs("CloudHSM, one password", password, vec![hsm(A, password)]);
    hs(
        "CloudHSM, moved to a related cluster",
        plain,
        vec![
            hsm(A, plain),
            update(
                A,
                vec![(Member::CloudHsmClusterId, Value::Fixture(Fixture::Cluster(plain, ClusterRole::Related, 0)))],
            ),
        ],
    );
    if revision >= Revision::ExternalKeyStores {
        hs("CloudHSM, beside an external store", plain, vec![hsm(A, plain), xks(B, vec![])]);
    }
    hs(
        "CloudHSM, beside a deleted store",
        plain,
        vec![hsm(A, plain), hsm(B, Family::Plain(1)), Op::Delete { store: B }],
    );
    hs(
        "CloudHSM, beside a renamed store",
        plain,
        vec![
            hsm(A, plain),
            hsm(B, Family::Plain(1)),
            update(B, vec![(Member::NewCustomKeyStoreName, Value::Fresh(40))]),
        ],
    );
    hs("CloudHSM, deleted", plain, vec![hsm(A, plain), Op::Delete { store: A }]);
    hs(
        "CloudHSM, FAILED",
        password,
        vec![hsm(A, password), update(A, vec![(Member::KeyStorePassword, Value::Fresh(41))]), connect(A, true)],
    );
    if reach.types.is_empty() {
        // The request alone, and an id of no store, can be judged without a store.
        hs("no store", plain, vec![]);
    }
    let (broken, gone) = (Family::Broken(0), Family::Gone(0));
    hs("CloudHSM, whose cluster broke", broken, vec![hsm(A, broken)]);
    hs("CloudHSM, whose cluster is gone", gone, vec![hsm(A, gone)]);
    hs("CloudHSM, CONNECTING", slow, vec![hsm(A, slow), connect(A, false)]);
    hs("CloudHSM, DISCONNECTING", slow, vec![hsm(A, slow), connect(A, true), Op::Disconnect { store: A, wait: false }]);
    for setup in &mut all {
        setup.ops = reach.adapt(std::mem::take(&mut setup.ops));
    }
    all.retain(|s| possible(s, reach));
    all
}

fn possible(setup: &Setup, reach: &Reach) -> bool {
    let mut kinds = std::collections::BTreeMap::new();
    setup.ops.iter().all(|op| match op {
        Op::Create { store, kind, .. } => {
            kinds.insert(*store, *kind);
            reach.types.contains(kind)
        }
        Op::Connect { store, .. } => kinds.get(store).is_some_and(|k| reach.connect.contains(k)),
        Op::Disconnect { .. } => reach.disconnect,
        Op::Delete { store } => reach.delete && kinds.get(store).is_some_and(|k| reach.can_be_deleted(*k)),
        Op::Update(_)
        | Op::Repeat { .. }
        | Op::Find { .. }
        | Op::DescribeAbsent
        | Op::List { .. }
        | Op::Race { .. } => true,
    })
}
