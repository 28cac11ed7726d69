//! Updates with two violations, of other layers each, again and again: the same error is reported each time (P-05).

use ucks_oracle::environment::{ClusterRole, ProxyRole};
use ucks_oracle::revision::Revision;

use super::super::steps::{
    A, B, GivenMember, cluster, connect, create_cloud_hsm, create_xks, endpoint, fresh, in_family, name, of, password,
    update,
};
use super::{Scenario, always, since};
use crate::op::{Family, Fixture, Op, Proxy, REPEATS};

fn again(members: impl Into<Vec<GivenMember>>) -> Op {
    Op::Repeat { update: update(A, members), times: REPEATS }
}

/// The scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    let nowhere = Fixture::Endpoint(Proxy::Role(ProxyRole::NoTcp), 1);
    let related = in_family(Family::Plain(0), ClusterRole::Related);
    vec![
        since(
            Revision::ExternalKeyStores,
            "a member of the other type and a proxy that is not there, again and again",
            vec![create_xks(A, []), again([password(fresh(76)), endpoint(nowhere.into())])],
        ),
        always(
            "a name in use and a gated member, again and again",
            vec![
                create_cloud_hsm(A, Family::Plain(0)),
                create_cloud_hsm(B, Family::Plain(1)),
                connect(A),
                again([name(of(B)), cluster(related)]),
            ],
        ),
    ]
}
