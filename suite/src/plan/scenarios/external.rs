//! Scenarios of external key stores.

use ucks_oracle::revision::Revision;

use super::super::steps::{
    A, B, accepted_by, at, connect, create_cloud_hsm, create_xks, credential, delete, disconnect, endpoint, first_of,
    fresh, like, name, of, owner, path, private, public, service, set, start_connect, start_disconnect, vpc, vpc_with,
};
use super::{Scenario, since};
use crate::op::{Family, Fixture, Likeness, Op, Pace, Proxy};

/// A name, an endpoint and a path of the store's own.
fn new_face(n: u32) -> [super::super::steps::GivenMember; 3] {
    [endpoint(fresh(n)), path(fresh(n)), name(fresh(n))]
}

/// Changes that last, or that another store notices.
pub(super) fn changes() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let everything = [name(fresh(50)), endpoint(fresh(50)), path(fresh(50)), credential(fresh(50))];
    vec![
        xks(
            "everything changes, survives a connect and a disconnect",
            vec![
                create_xks(A, []),
                create_xks(B, []),
                set(A, everything),
                connect(A),
                set(A, [name(fresh(51)), path(fresh(51)), credential(fresh(51))]),
                disconnect(A),
                set(A, [endpoint(fresh(52))]),
                set(A, [endpoint(fresh(52))]),
                connect(A),
                disconnect(A),
            ],
        ),
        xks(
            "new values show by name and in lists",
            vec![
                create_xks(A, []),
                create_xks(B, vpc(1)),
                set(A, new_face(55)),
                Op::Find { store: A },
                Op::FindFormer { store: A },
                set(A, [name(first_of(A)), credential(fresh(55))]),
                set(A, vpc(0)),
                set(B, [public(), endpoint(fresh(56))]),
                Op::Find { store: A },
                Op::Find { store: B },
                connect(A),
                set(A, [path(fresh(57)), credential(fresh(57))]),
                Op::Find { store: A },
                Op::List { limit: 1 },
                disconnect(A),
                delete(B),
                Op::FindFormer { store: B },
                Op::List { limit: 100 },
            ],
        ),
        xks(
            "to a VPC and back",
            vec![
                create_xks(A, []),
                set(A, vpc(0)),
                connect(A),
                disconnect(A),
                set(A, [public(), endpoint(fresh(53))]),
                set(A, vpc(0)),
                set(A, [name(fresh(53))]),
            ],
        ),
        xks(
            "a new secret under the same access key id",
            vec![
                create_xks(A, [at(Proxy::Rotating), accepted_by(Proxy::Rotating, 0)]),
                set(A, [accepted_by(Proxy::Rotating, 1)]),
                connect(A),
            ],
        ),
        xks(
            "an address changes hands",
            vec![
                create_xks(A, []),
                create_xks(B, []),
                set(B, new_face(54)),
                set(A, [endpoint(first_of(B)), path(first_of(B)), name(first_of(B))]),
                set(B, [endpoint(first_of(A)), path(first_of(A)), name(first_of(A))]),
            ],
        ),
        xks(
            "a name of a store of the other type",
            vec![
                create_xks(A, []),
                create_cloud_hsm(B, Family::Plain(0)),
                set(A, [name(of(B))]),
                set(B, [name(of(A))]),
            ],
        ),
        xks(
            "a name in use while connected",
            vec![create_xks(A, []), create_xks(B, []), connect(A), set(A, [name(of(B))])],
        ),
        xks(
            "a service in use, under its host in other case",
            vec![
                create_xks(A, []),
                create_xks(B, vpc(0)),
                set(A, [private(), endpoint(like(B, Likeness::Case)), service(of(B))]),
            ],
        ),
        xks(
            "a new address that only its own path serves",
            vec![create_xks(A, []), set(A, [at(Proxy::OnePath), path(Fixture::ServedPath.into())]), connect(A)],
        ),
        xks(
            "the beginning of a name is another name",
            vec![create_xks(A, []), create_xks(B, []), set(A, [name(like(B, Likeness::Beginning))])],
        ),
    ]
}

/// Values that are alike, addresses that two stores could share, and VPC endpoint services.
pub(super) fn addresses() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let host = || endpoint(Fixture::EndpointOf(0).into());
    let another_service = || set(A, [service(Fixture::Sibling(0).into())]);
    let mut switch_with_credential = vpc(0);
    switch_with_credential.push(credential(fresh(57)));
    vec![
        xks(
            "texts are stored as they are sent",
            vec![
                create_xks(A, []),
                set(A, [name(like(A, Likeness::Case))]),
                set(A, [name(like(A, Likeness::Blank))]),
                set(A, [endpoint(like(A, Likeness::Case))]),
            ],
        ),
        xks(
            "a path alone leads to another store's address",
            vec![create_xks(B, []), create_xks(A, [endpoint(of(B))]), set(A, [path(of(B))])],
        ),
        xks(
            "a public store holds the endpoint of a service",
            vec![create_xks(B, [host()]), create_xks(A, []), set(A, vpc(0))],
        ),
        xks(
            "a switch needs an endpoint even where the present one would do",
            vec![create_xks(A, [host()]), set(A, [private(), service(Fixture::Service(0).into())])],
        ),
        // Before, a service of another account was refused, by Create too.
        since(
            Revision::ServiceOwner,
            "an owner left out stays",
            vec![
                create_xks(
                    A,
                    [
                        private(),
                        endpoint(Fixture::EndpointOfForeign.into()),
                        service(Fixture::ForeignService.into()),
                        owner(Fixture::ForeignOwner.into()),
                    ],
                ),
                set(A, [name(fresh(59))]),
                set(A, [service(of(A)), endpoint(of(A))]),
            ],
        ),
        xks("a credential given with a switch", vec![create_xks(A, []), set(A, switch_with_credential)]),
        xks(
            "a service changes for another with its host",
            vec![create_xks(A, vpc(0)), connect(A), another_service(), disconnect(A), another_service()],
        ),
    ]
}

/// The service of a store in each state in which it may not change.
pub(super) fn services_by_state() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let another_service = |pace| set(A, [service(Fixture::SiblingOfPaced(pace).into())]);
    let created = |pace| create_xks(A, vpc_with(pace));
    let slow: [Op; 2] = [created(Pace::Slow), another_service(Pace::Slow)];
    let [create_slow, change_slow] = slow;
    vec![
        xks(
            "the service of a store that is FAILED",
            vec![created(Pace::Failing), connect(A), another_service(Pace::Failing)],
        ),
        xks(
            "the service of a store that is CONNECTING",
            vec![create_slow.clone(), start_connect(A), change_slow.clone()],
        ),
        xks(
            "the service of a store that is DISCONNECTING",
            vec![create_slow, connect(A), start_disconnect(A), change_slow],
        ),
    ]
}
