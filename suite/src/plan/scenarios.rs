//! Scenarios: sequences whose effects show only some steps later.

mod alike;
mod cloud_hsm;
mod external;
mod races;
mod repeats;

use std::collections::BTreeMap;

use ucks_oracle::members::StoreType;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use super::simulation::Simulation;
use super::steps::{A, B, create_cloud_hsm, name, of};
use super::{Abilities, Case, Sequence};
use crate::bind::{Needs, Pool};
use crate::op::{Family, Op};

/// A sequence with its subject.
pub(crate) struct Scenario {
    /// The subject.
    pub label: &'static str,
    /// The operations, in order.
    pub ops: Vec<Op>,
    since: Revision,
}

/// A scenario that every revision allows.
fn always(label: &'static str, ops: Vec<Op>) -> Scenario {
    since(Revision::Launch, label, ops)
}

/// A scenario whose operations a revision introduced.
fn since(since: Revision, label: &'static str, ops: Vec<Op>) -> Scenario {
    Scenario { label, ops, since }
}

/// The scenarios that the revision, the profile and the target allow.
pub fn scenarios(model: &Model, reach: &Abilities) -> Vec<Sequence> {
    of_revision(model.revision)
        .map(|scenario| (scenario.label, reach.adapt(scenario.ops)))
        .filter(|(_, ops)| feasible(model, reach, ops))
        .map(|(label, ops)| Sequence {
            label: label.to_owned(),
            setup: Vec::new(),
            cases: ops.into_iter().map(|op| Case { op, goals: Vec::new() }).collect(),
        })
        .collect()
}

/// All scenarios of a revision, also those that the profile or the target does not allow.
pub(crate) fn of_revision(revision: Revision) -> impl Iterator<Item = Scenario> {
    let taken = Op::Create { store: B, kind: StoreType::CloudHsm, set: vec![name(of(A))] };
    let refused_create =
        always("a name in use is refused to a new store", vec![create_cloud_hsm(A, Family::Plain(0)), taken]);
    let all = [
        external::changes(),
        alike::scenarios(),
        external::addresses(),
        external::services_by_state(),
        cloud_hsm::changes(),
        cloud_hsm::companions(),
        races::cloud_hsm(),
        races::external(),
        vec![refused_create],
        repeats::scenarios(),
    ];
    all.into_iter().flatten().filter(move |scenario| scenario.since <= revision)
}

/// Returns true if the profile has the fixtures and the target the operations.
pub(crate) fn feasible(model: &Model, reach: &Abilities, ops: &[Op]) -> bool {
    let mut kinds = BTreeMap::new();
    let mut kind_of = |op: &Op| {
        if let Op::Create { store, kind, .. } = op {
            kinds.insert(*store, *kind);
        }
        op.store().and_then(|store| kinds.get(&store).copied())
    };
    let requests: Vec<Op> = ops.iter().flat_map(Op::racers).collect();
    let types = requests.iter().all(|op| match (op, kind_of(op)) {
        (Op::Create { kind, .. }, _) => reach.types.contains(kind),
        (Op::Connect { .. }, kind) => kind.is_some_and(|kind| reach.connect.contains(&kind)),
        (Op::Disconnect { .. }, _) => reach.disconnect,
        (Op::Delete { .. }, kind) => reach.delete && kind.is_some_and(|kind| reach.can_be_deleted(kind)),
        (Op::Find { .. } | Op::FindFormer { .. } | Op::DescribeAbsent | Op::List { .. }, _) => reach.describe,
        (Op::Update(_) | Op::Repeat { .. } | Op::Race { .. }, _) => true,
    });
    let needs = Needs::of(ops);
    let Some(leases) = Pool::new(&model.environment, reach.room).lease(&needs) else { return false };
    let mut simulation = Simulation::new(model, leases);
    types && ops.iter().all(|op| simulation.run(op).is_ok())
}
