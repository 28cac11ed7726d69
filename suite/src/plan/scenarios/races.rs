//! Requests at once, and answers that nobody waits for. In most scenarios the same requests run one by one first, so
//! that a finding of the race is about timing alone.

use ucks_oracle::environment::ClusterRole;
use ucks_oracle::revision::Revision;

use super::super::steps::{
    A, B, GivenMember, accepted_by, at, cluster, create_cloud_hsm, create_xks, credential, delete, disconnect,
    endpoint, first_of, fresh, in_family, name, of, password, path, set, start_connect, start_disconnect, update, vpc,
};
use super::{Scenario, always, since};
use crate::op::{Family, Op, Proxy, Symbol, Update, WireMutation};

fn race(updates: impl Into<Vec<Update>>) -> Op {
    Op::Race { updates: updates.into(), companions: Vec::new() }
}

/// Updates at once with other operations.
fn race_with(updates: impl Into<Vec<Update>>, companions: impl Into<Vec<Op>>) -> Op {
    Op::Race { updates: updates.into(), companions: companions.into() }
}

/// Races in which stores are created, connected, disconnected and deleted. `create` creates a store of the type, and
/// `change` is a member that may change while it is disconnected.
fn with_companions(
    labels: [&'static str; 5],
    since_revision: Revision,
    create: &dyn Fn(Symbol, Vec<GivenMember>) -> Op,
    change: &dyn Fn(u32) -> GivenMember,
) -> Vec<Scenario> {
    let [deleted, connected, created, named, handed_on] = labels;
    let renamed = |store: Symbol, n: u32| update(store, [name(fresh(n))]);
    vec![
        since(
            since_revision,
            deleted,
            vec![
                create(A, vec![]),
                create(B, vec![]),
                set(A, [name(fresh(90))]),
                race_with([renamed(A, 91)], [delete(A)]),
                race_with([update(B, [change(91)])], [delete(B)]),
                Op::List { limit: 100 },
            ],
        ),
        since(
            since_revision,
            connected,
            vec![
                create(A, vec![]),
                race_with([renamed(A, 92)], [start_connect(A)]),
                race_with([renamed(A, 93)], [start_disconnect(A)]),
                race_with([update(A, [change(93)])], [start_connect(A)]),
                disconnect(A),
                race_with([], [start_connect(A), delete(A)]),
            ],
        ),
        since(
            since_revision,
            created,
            vec![
                race_with([], [create(A, vec![name(fresh(94))]), create(B, vec![name(fresh(94))])]),
                Op::List { limit: 100 },
            ],
        ),
        since(
            since_revision,
            named,
            vec![
                create(A, vec![]),
                race_with([renamed(A, 95)], [create(B, vec![name(fresh(95))])]),
                Op::List { limit: 100 },
            ],
        ),
        since(
            since_revision,
            handed_on,
            vec![
                create(A, vec![]),
                create(B, vec![]),
                race_with([], [create(C, vec![name(of(A))]), delete(A)]),
                // A name that the race freed twice, or never took.
                set(B, [name(of(C))]),
                Op::Find { store: C },
            ],
        ),
    ]
}

/// A store besides the usual two.
const C: Symbol = Symbol(2);

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
    let create = |store: Symbol, set: Vec<GivenMember>| match create_cloud_hsm(store, Family::Plain(store.0)) {
        Op::Create { store, kind, set: own } => Op::Create { store, kind, set: [own, set].concat() },
        other => other,
    };
    let labels = [
        "a CloudHSM store is deleted while it changes",
        "a CloudHSM store connects and disconnects while it changes",
        "CloudHSM stores are created at once with one name",
        "a CloudHSM store is created while another one takes its name",
        "a CloudHSM store takes a name while its store is deleted",
    ];
    let mut all = with_companions(labels, Revision::Launch, &create, &|n| password(fresh(n)));
    all.extend([
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
    ]);
    all
}

/// Races of external key stores.
pub(super) fn external() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let everything = |n| [name(fresh(n)), endpoint(fresh(n)), path(fresh(n))];
    let moved = |store: Symbol, n| update(store, [endpoint(fresh(n)), path(fresh(n))]);
    let rotating = Proxy::SlowlyRotating;
    let labels = [
        "an external store is deleted while it changes",
        "an external store connects and disconnects while it changes",
        "external stores are created at once with one name",
        "an external store is created while another one takes its name",
        "an external store takes a name while its store is deleted",
    ];
    let mut all =
        with_companions(labels, Revision::ExternalKeyStores, &|store, set| create_xks(store, set), &|n| path(fresh(n)));
    all.extend([
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
    ]);
    all
}
