//! The material of random sequences: beginnings, and updates in the words of the cases and scenarios.

use ucks_oracle::members::{Member, StoreType};

use super::super::Sequence;
use super::super::candidates::valid;
use super::super::setups::Setup;
use super::super::simulation::Simulation;
use super::super::steps::{A, B};
use super::{SERVICES, STORES};
use crate::bind::Needs;
use crate::op::{Family, Fixture, Id, Op, Proxy, REPEATS, Symbol, Update, Value, WireMutation};

/// Returns the operations before a scenario's first update, and all that go further as long as they are judged.
pub(super) fn beginnings(scenario: &Sequence) -> Vec<Vec<Op>> {
    let ops: Vec<Op> = scenario.operations().take_while(|op| !hangs_up(op)).cloned().collect();
    let first = ops.iter().position(|op| !op.updates().is_empty()).unwrap_or(ops.len());
    (first..=ops.len()).map(|end| ops[..end].to_vec()).collect()
}

/// Returns true if nobody waits for the answer: what follows is not judged.
pub(super) fn hangs_up(op: &Op) -> bool {
    matches!(op, Op::Update(Update { mutation: Some(WireMutation::HangUp), .. }))
}

/// The updates of a scenario: the store that each is about becomes `a`, any other `b`.
pub(super) fn updates(scenario: &Sequence) -> Vec<(StoreType, Op)> {
    let ops: Vec<Op> = scenario.operations().cloned().collect();
    let about = |op: &Op| match op {
        Op::Update(Update { id: Id::Of(store), .. }) => Some(*store),
        _ => None,
    };
    let of_one_store = |op: &Op| {
        let store = about(op)?;
        let swapped = if store == A { op.clone() } else { about_stores(op, B, Some(A))? };
        Some((kind_of(&ops, store)?, swapped))
    };
    let mut all: Vec<(StoreType, Op)> = ops.iter().filter_map(of_one_store).collect();
    all.dedup();
    all
}

pub(super) fn kind_of(ops: &[Op], symbol: Symbol) -> Option<StoreType> {
    ops.iter().find_map(|op| match op {
        Op::Create { store, kind, .. } if *store == symbol => Some(*kind),
        _ => None,
    })
}

/// Returns the needs of the operations, and of a candidate besides.
pub(super) fn wide(ops: &[Op]) -> Needs {
    let mut needs = Needs::of(ops);
    needs.services = needs.services.max(SERVICES);
    let made = (0..STORES).map(Symbol).filter(|s| kind_of(ops, *s).is_some());
    needs.families.extend(made.map(|s| family(ops, s)));
    needs
}

/// An update of some members to valid values.
pub(super) fn update_of(store: Symbol, kind: StoreType, members: Vec<Member>, ops: &[Op]) -> Option<Op> {
    let setup = about(kind, family(ops, store));
    let own = members.into_iter().filter(|m| m.store_type().is_none_or(|t| t == kind));
    let set: Vec<(Member, Value)> = own.map(|m| (m, valid(&setup, m, fresh(ops)))).collect();
    (!set.is_empty()).then_some(Op::Update(Update { id: Id::Of(store), set, mutation: None }))
}

/// A name and what else a store of that type has for itself.
pub(super) fn members_of(kind: StoreType) -> Vec<Member> {
    match kind {
        StoreType::CloudHsm => vec![Member::NewCustomKeyStoreName, Member::CloudHsmClusterId],
        StoreType::Xks => vec![Member::NewCustomKeyStoreName, Member::XksProxyUriEndpoint],
    }
}

/// A number for fresh values, another after each operation.
pub(super) fn fresh(ops: &[Op]) -> u32 {
    u32::try_from(ops.len()).unwrap_or(0) % 8
}

/// The store that an operation deletes, with its type.
pub(super) fn deleted(op: &Op, ops: &[Op]) -> Option<(Symbol, StoreType)> {
    let Op::Delete { store } = op else { return None };
    Some((*store, kind_of(ops, *store)?))
}

/// Returns true if the operations cost more time than others: they need fixtures that are slow, of which there are few,
/// send megabytes, or something has to be waited for.
pub(super) fn takes_time(ops: &[Op]) -> bool {
    let slow = |value: &Value| {
        matches!(
            value,
            Value::Fixture(
                Fixture::Cluster(Family::Slow(_), ..)
                    | Fixture::Endpoint(Proxy::SlowConnect, _)
                    | Fixture::Paced(_)
                    | Fixture::EndpointOfPaced(_)
            )
        )
    };
    let any_slow = |set: &[(Member, Value)]| set.iter().any(|(_, value)| slow(value));
    ops.iter().any(|op| match op {
        Op::Create { set, .. } => any_slow(set),
        Op::Update(update) => any_slow(&update.set) || hangs_up(op) || heavy(op),
        Op::Connect { wait, .. } | Op::Disconnect { wait, .. } => !wait,
        Op::Race { .. } | Op::Repeat { .. } => true,
        _ => false,
    })
}

/// The last update once more; where two faults compete for the error, often.
pub(super) fn again(last: &Op, now: &Simulation<'_>) -> Option<Op> {
    let Op::Update(update) = last else { return None };
    let (found, _) = now.look(last).ok()?;
    let competing = found.required().count() > 1;
    Some(if competing { Op::Repeat { update: update.clone(), times: REPEATS } } else { last.clone() })
}

/// Megabytes and extreme nesting: the cases send them once, random sequences alone now and then.
pub(super) fn heavy(op: &Op) -> bool {
    matches!(op, Op::Update(Update { mutation: Some(WireMutation::Large(_) | WireMutation::Deep(_)), .. }))
}

pub(super) fn about(kind: StoreType, family: Family) -> Setup {
    Setup { label: "random", kind, ops: Vec::new(), family }
}

/// The family that a store was created with.
pub(super) fn family(ops: &[Op], symbol: Symbol) -> Family {
    let found = ops.iter().find_map(|op| match op {
        Op::Create { store, set, .. } if *store == symbol => set.iter().find_map(|(_, v)| match v {
            Value::Fixture(Fixture::Cluster(family, ..)) => Some(*family),
            _ => None,
        }),
        _ => None,
    });
    found.unwrap_or(Family::Plain(symbol.0))
}

/// The candidate with the stores `a` and `b` replaced.
pub(crate) fn about_stores(op: &Op, a: Symbol, b: Option<Symbol>) -> Option<Op> {
    let Op::Update(update) = op else { return None };
    let swap = |s: Symbol| if s == A { Some(a) } else { b };
    let id = match &update.id {
        Id::Of(s) => Id::Of(swap(*s)?),
        Id::OtherCase(s) => Id::OtherCase(swap(*s)?),
        Id::Prefix(s) => Id::Prefix(swap(*s)?),
        Id::Longer(s) => Id::Longer(swap(*s)?),
        Id::Blanks(s) => Id::Blanks(swap(*s)?),
        Id::NameOf(s) => Id::NameOf(swap(*s)?),
        other => other.clone(),
    };
    let set = update
        .set
        .iter()
        .map(|(m, v)| {
            let value = match v {
                Value::Of(s) => Value::Of(swap(*s)?),
                Value::First(s) => Value::First(swap(*s)?),
                Value::NameOf(s) => Value::NameOf(swap(*s)?),
                Value::Like(s, l) => Value::Like(swap(*s)?, *l),
                other => other.clone(),
            };
            Some((*m, value))
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Op::Update(Update { id, set, mutation: update.mutation.clone() }))
}
