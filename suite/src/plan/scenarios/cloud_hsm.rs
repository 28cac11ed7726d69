//! Scenarios of CloudHSM key stores, and of the operations beside UpdateCustomKeyStore.

use ucks_oracle::environment::ClusterRole;

use super::super::steps::{
    A, B, cluster, connect, create_cloud_hsm, delete, disconnect, first_of, fresh, in_family, name, password, set,
};
use super::{Scenario, always};
use crate::op::{Family, Fixture, Op};

/// The stored value shows when the store connects.
pub(super) fn changes() -> Vec<Scenario> {
    let (plain, one_password) = (Family::Plain(0), Family::Password(0));
    let strange = Fixture::StrangeCluster(one_password, ClusterRole::Inactive);
    let everything = [name(fresh(56)), password(fresh(56)), cluster(in_family(plain, ClusterRole::Related))];
    vec![
        always(
            "a new cluster leaves the password alone",
            vec![
                create_cloud_hsm(A, one_password),
                set(A, [cluster(in_family(one_password, ClusterRole::Related))]),
                connect(A),
            ],
        ),
        always(
            "a refused password is not stored",
            vec![create_cloud_hsm(A, one_password), set(A, [password(fresh(58)), cluster(strange.into())]), connect(A)],
        ),
        always(
            "a wrong password shows when the store connects, beside a newer one",
            vec![
                create_cloud_hsm(A, one_password),
                create_cloud_hsm(B, Family::Plain(1)),
                set(A, [password(fresh(55))]),
                connect(A),
                disconnect(A),
                set(A, [password(Fixture::Password(one_password).into())]),
                connect(A),
            ],
        ),
        always(
            "a CloudHSM store changes everything and survives a connect",
            vec![
                create_cloud_hsm(A, plain),
                set(A, everything),
                connect(A),
                disconnect(A),
                set(A, [cluster(first_of(A))]),
                set(A, [cluster(first_of(A))]),
            ],
        ),
    ]
}

/// The other operations, as far as the rules of group O go.
pub(super) fn companions() -> Vec<Scenario> {
    vec![
        always("a store that never was is not found", vec![Op::DescribeAbsent]),
        always(
            "a disconnected store cannot be disconnected, a connected one not deleted",
            vec![create_cloud_hsm(A, Family::Plain(0)), disconnect(A), connect(A), delete(A)],
        ),
        always(
            "stores are found by name and page by page",
            vec![
                create_cloud_hsm(A, Family::Plain(0)),
                create_cloud_hsm(B, Family::Plain(1)),
                Op::Find { store: A },
                set(A, [name(fresh(57)), cluster(in_family(Family::Plain(0), ClusterRole::Related))]),
                Op::Find { store: A },
                Op::FindFormer { store: A },
                Op::List { limit: 1 },
                Op::List { limit: 100 },
                delete(B),
                Op::FindFormer { store: B },
                Op::List { limit: 1 },
            ],
        ),
    ]
}
