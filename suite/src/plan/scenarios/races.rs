//! Updates at once, and answers that nobody waits for. In each scenario the same updates run one by one first, so that
//! a finding of the race is about timing alone.

use ucks_oracle::environment::ClusterRole;
use ucks_oracle::revision::Revision;

use super::super::steps::{
    A, B, GivenMember, accepted_by, at, cluster, create_cloud_hsm, create_xks, credential, endpoint, first_of, fresh,
    in_family, name, of, path, set, start_connect, update, vpc,
};
use super::{Scenario, always, since};
use crate::op::{Family, Op, Proxy, Symbol, Update, WireMutation};

fn race(updates: impl Into<Vec<Update>>) -> Op {
    Op::Race { updates: updates.into() }
}

/// Updates the store and closes the connection before the answer.
fn hang_up(members: impl Into<Vec<GivenMember>>) -> Op {
    Op::Update(Update { mutation: Some(WireMutation::HangUp), ..update(A, members) })
}

fn related() -> GivenMember {
    cluster(in_family(Family::Plain(0), ClusterRole::Related))
}

/// Races of CloudHSM key stores.
pub(super) fn cloud_hsm() -> Vec<Scenario> {
    let created = || create_cloud_hsm(A, Family::Plain(0));
    let contest = |n| race([update(A, [name(fresh(n))]), update(B, [name(fresh(n))])]);
    vec![
        always(
            "two CloudHSM stores race for a name",
            vec![created(), create_cloud_hsm(B, Family::Plain(1)), set(B, [name(of(A))]), contest(80), contest(81)],
        ),
        always(
            "racing updates of a CloudHSM store",
            vec![
                created(),
                set(A, [name(fresh(86))]),
                set(A, [related()]),
                set(A, [cluster(first_of(A))]),
                race([update(A, [name(fresh(82))]), update(A, [related()])]),
                race([update(A, [name(fresh(83))]), update(A, [name(fresh(84))]), update(A, [cluster(first_of(A))])]),
            ],
        ),
        always(
            "nobody waits for the answer, CloudHSM",
            vec![
                created(),
                set(A, [name(fresh(86)), related()]),
                set(A, [cluster(first_of(A))]),
                hang_up([name(fresh(85)), related()]),
            ],
        ),
    ]
}

/// Races of external key stores.
pub(super) fn external() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let everything = |n| [name(fresh(n)), endpoint(fresh(n)), path(fresh(n))];
    let moved = |store: Symbol, n| update(store, [endpoint(fresh(n)), path(fresh(n))]);
    let rotating = Proxy::SlowlyRotating;
    vec![
        xks(
            "two external stores race for an address",
            vec![
                create_xks(A, []),
                create_xks(B, []),
                set(B, [endpoint(of(A)), path(of(A))]),
                race([moved(A, 80), moved(B, 80)]),
                race([moved(A, 81), moved(B, 81)]),
            ],
        ),
        xks(
            "two external stores race for a VPC endpoint service",
            vec![
                create_xks(A, []),
                create_xks(B, []),
                set(A, vpc(1)),
                set(B, vpc(1)),
                race([update(A, vpc(0)), update(B, vpc(0))]),
            ],
        ),
        xks(
            "racing updates of an external store",
            vec![
                create_xks(A, []),
                set(A, [name(fresh(86))]),
                set(A, [path(fresh(86))]),
                set(A, [endpoint(fresh(86))]),
                set(A, [credential(fresh(86))]),
                race([update(A, [name(fresh(82))]), update(A, [path(fresh(82))])]),
                race([update(A, [endpoint(fresh(83))]), update(A, [path(fresh(83))]), update(A, [name(fresh(83))])]),
                race([update(A, [credential(fresh(84))]), update(A, [name(fresh(84))])]),
            ],
        ),
        xks(
            "nobody waits for the answer, external",
            vec![create_xks(A, []), set(A, everything(86)), hang_up(everything(85))],
        ),
        xks(
            "a new secret while the store is connecting",
            vec![
                create_xks(A, [at(rotating), accepted_by(rotating, 0)]),
                start_connect(A),
                set(A, [accepted_by(rotating, 1)]),
            ],
        ),
    ]
}
