//! Setups: how to bring a store into each situation that a rule may depend on.
//!
//! In every setup the store under test is `a`; `b` is another one, where there is one.

use ucks_oracle::account::ConnectionState;
use ucks_oracle::environment::{ClusterRole, ProxyRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;

use super::Abilities;
use super::steps::{
    A, B, accepted_by, at, cluster, connect, create_cloud_hsm, create_xks, delete, endpoint, fresh, in_family, name,
    password, path, set, start_connect, start_disconnect, vpc, vpc_with,
};
use crate::op::{Family, Fixture, Op, Pace, Proxy};

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

/// Every setup that the revision and the target allow, plainest first.
pub fn setups(revision: Revision, reach: &Abilities) -> Vec<Setup> {
    let mut all = Vec::new();
    let mut add = |label, kind, family, ops: Vec<Op>| all.push(Setup { label, kind, ops, family });
    let plain = Family::Plain(0);
    if revision >= Revision::ExternalKeyStores {
        let kind = StoreType::Xks;
        let mut xk = |label, ops| add(label, kind, plain, ops);
        xk("external, DISCONNECTED", vec![create_xks(A, [])]);
        xk("external, beside another", vec![create_xks(A, []), create_xks(B, [])]);
        xk("external, CONNECTED", vec![create_xks(A, []), connect(A)]);
        xk("external, VPC, DISCONNECTED", vec![create_xks(A, vpc(0)), create_xks(B, [])]);
        xk("external, VPC, CONNECTED", vec![create_xks(A, vpc(0)), connect(A)]);
        xk("external, beside a VPC store", vec![create_xks(A, []), create_xks(B, vpc(0))]);
        let one_path = path(Fixture::ServedPath.into());
        let restricted = accepted_by(Proxy::Restricted, 0);
        for (label, pace, more) in [
            ("external, VPC, proxy with one path, CONNECTED", Pace::OnePath, one_path),
            ("external, VPC, proxy with certain credentials, CONNECTED", Pace::Restricted, restricted),
        ] {
            let mut members = vpc_with(pace);
            members.push(more);
            xk(label, vec![create_xks(A, members), connect(A)]);
        }
        xk("external, VPC, whose service broke", vec![create_xks(A, vpc_with(Pace::Breaking))]);
        xk("external, two VPC stores", vec![create_xks(A, vpc(0)), create_xks(B, vpc(1))]);
        xk("external, beside a CloudHSM store", vec![create_xks(A, []), create_cloud_hsm(B, plain)]);
        xk("external, beside a deleted store", vec![create_xks(A, []), create_xks(B, []), delete(B)]);
        xk("external, beside a deleted VPC store", vec![create_xks(A, []), create_xks(B, vpc(0)), delete(B)]);
        xk(
            "external, beside a store that moved",
            vec![create_xks(A, []), create_xks(B, []), set(B, [name(fresh(40)), endpoint(fresh(40)), path(fresh(40))])],
        );
        xk("external, deleted", vec![create_xks(A, []), delete(A)]);
        let restricted = [at(Proxy::OnePath), path(Fixture::ServedPath.into())];
        xk("external, proxy with one path", vec![create_xks(A, restricted.clone())]);
        xk("external, proxy with one path, CONNECTED", vec![create_xks(A, restricted), connect(A)]);
        xk(
            "external, proxy with certain credentials",
            vec![create_xks(A, [at(Proxy::Restricted), accepted_by(Proxy::Restricted, 0)])],
        );
        xk("external, FAILED", vec![create_xks(A, [at(Proxy::FailingConnect)]), connect(A)]);
        xk("external, CONNECTING", vec![create_xks(A, [at(Proxy::SlowConnect)]), start_connect(A)]);
        xk("external, DISCONNECTING", vec![create_xks(A, [at(Proxy::SlowConnect)]), connect(A), start_disconnect(A)]);
        let slow = || create_xks(A, vpc_with(Pace::Slow));
        xk("external, VPC, FAILED", vec![create_xks(A, vpc_with(Pace::Failing)), connect(A)]);
        xk("external, VPC, CONNECTING", vec![slow(), start_connect(A)]);
        xk("external, VPC, DISCONNECTING", vec![slow(), connect(A), start_disconnect(A)]);
        if reach.seen.contains(&ConnectionState::Connecting) {
            xk("external, CONNECTING", vec![create_xks(A, []), start_connect(A)]);
            xk("external, DISCONNECTING", vec![create_xks(A, []), connect(A), start_disconnect(A)]);
        }
        xk("external, degraded proxy", vec![create_xks(A, [at(Proxy::Role(ProxyRole::Degraded))])]);
    }
    let mut hs = |label, family, ops| add(label, StoreType::CloudHsm, family, ops);
    let (faulty, one_password, slow) = (Family::Faulty(0), Family::Password(0), Family::Slow(0));
    hs("CloudHSM, DISCONNECTED", faulty, vec![create_cloud_hsm(A, faulty)]);
    hs("CloudHSM, beside another", faulty, vec![create_cloud_hsm(A, faulty), create_cloud_hsm(B, plain)]);
    hs("CloudHSM, CONNECTED", plain, vec![create_cloud_hsm(A, plain), connect(A)]);
    hs("CloudHSM, one password", one_password, vec![create_cloud_hsm(A, one_password)]);
    hs(
        "CloudHSM, moved to a related cluster",
        plain,
        vec![create_cloud_hsm(A, plain), set(A, [cluster(in_family(plain, ClusterRole::Related))])],
    );
    if revision >= Revision::ExternalKeyStores {
        hs("CloudHSM, beside an external store", plain, vec![create_cloud_hsm(A, plain), create_xks(B, [])]);
    }
    hs(
        "CloudHSM, beside a deleted store",
        plain,
        vec![create_cloud_hsm(A, plain), create_cloud_hsm(B, Family::Plain(1)), delete(B)],
    );
    hs(
        "CloudHSM, beside a renamed store",
        plain,
        vec![create_cloud_hsm(A, plain), create_cloud_hsm(B, Family::Plain(1)), set(B, [name(fresh(40))])],
    );
    hs("CloudHSM, deleted", plain, vec![create_cloud_hsm(A, plain), delete(A)]);
    hs(
        "CloudHSM, FAILED",
        one_password,
        vec![create_cloud_hsm(A, one_password), set(A, [password(fresh(41))]), connect(A)],
    );
    if reach.types.is_empty() {
        // The request alone, and an id of no store, can be judged without a store.
        hs("no store", plain, vec![]);
    }
    let (broken, gone) = (Family::Broken(0), Family::Gone(0));
    hs("CloudHSM, whose cluster broke", broken, vec![create_cloud_hsm(A, broken)]);
    hs("CloudHSM, whose cluster is gone", gone, vec![create_cloud_hsm(A, gone)]);
    hs("CloudHSM, CONNECTING", slow, vec![create_cloud_hsm(A, slow), start_connect(A)]);
    hs("CloudHSM, DISCONNECTING", slow, vec![create_cloud_hsm(A, slow), connect(A), start_disconnect(A)]);
    for setup in &mut all {
        setup.ops = reach.adapt(std::mem::take(&mut setup.ops));
    }
    all.retain(|s| possible(s, reach));
    all
}

fn possible(setup: &Setup, reach: &Abilities) -> bool {
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
        | Op::FindFormer { .. }
        | Op::DescribeAbsent
        | Op::List { .. }
        | Op::Race { .. } => true,
    })
}
