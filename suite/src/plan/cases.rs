//! Cases: the candidates that exercise every reachable goal, few in number.
//!
//! For each setup, simplest first, every candidate is looked at in the world that the setup leads
//! to; one that exercises a goal which no earlier one did is taken. Cases of one setup are chained
//! as long as each still exercises its goals after the ones before it.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use ucks_oracle::account::{Connectivity, Store};
use ucks_oracle::environment::Environment;
use ucks_oracle::fixed_hash::fnv1a;
use ucks_oracle::group::{CaseDistinction, Distinct};
use ucks_oracle::judge::Assessments;
use ucks_oracle::members::Member;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Breadth, Layer, RuleId};
use ucks_oracle::rules::{self, ids};

use super::candidates::{candidates, has_clear_answer};
use super::setups::{Setup, setups};
use super::simulation::Simulation;
use super::{Abilities, Case, Cell, Goal, Sequence};
use crate::bind::{Leases, Needs, Pool};
use crate::op::{Family, Fixture, Op, Update, Value, WireMutation};
use crate::op::{Id, Symbol};

/// Most cases in one sequence: short enough that a divergence costs little.
const CHAIN: usize = 48;

/// A plan of cases, with the goals that it reaches.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// The sequences, in order.
    pub sequences: Vec<Sequence>,
    /// Every goal that some case is planned for.
    pub goals: BTreeSet<Goal>,
    /// Setups that the profile has no fixtures for.
    pub unreachable: Vec<&'static str>,
}

/// The input of a plan.
type Input = (Revision, Arc<Environment>, Abilities);

/// A plan that one of its callers makes.
type Slot = Arc<OnceLock<Cases>>;

/// A cache of the last plans, which its clones share. Use one where runs follow each other that probably ask for the
/// same plan: planning takes longer than most of such a run.
#[derive(Clone, Debug, Default)]
pub struct PlanCache(Arc<Mutex<VecDeque<(Input, Slot)>>>);

/// The number of plans that are kept: those of a few certificates, each with one for its run and two for what its level
/// requires.
const KEPT: usize = 16;

impl PlanCache {
    /// The plan that [`cases`] makes. Of callers that ask for the same plan at once, one makes it and the others wait.
    pub fn cases(&self, model: &Model, reach: &Abilities) -> Cases {
        self.slot(model, reach).get_or_init(|| cases(model, reach)).clone()
    }

    fn slot(&self, model: &Model, reach: &Abilities) -> Slot {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |((revision, environment, known), _): &&(Input, _)| {
            *revision == model.revision && *environment == model.environment && known == reach
        };
        if let Some((_, slot)) = kept.iter().find(same) {
            return slot.clone();
        }
        kept.truncate(KEPT - 1);
        kept.push_front(((model.revision, model.environment.clone(), reach.clone()), Arc::default()));
        kept[0].1.clone()
    }
}

/// Plans the cases for a model and a target.
pub fn cases(model: &Model, reach: &Abilities) -> Cases {
    let mut plan = Cases::default();
    let pool = Pool::new(&model.environment, reach.room);
    let mut burdens: HashSet<WireMutation> = HashSet::new();
    let setups: Vec<Setup> = setups(model.revision, reach).into_iter().map(|s| with_family(s, model)).collect();
    // First the candidates with the clearest answers, then those that exercise what nothing else does.
    for (setup, telling) in setups.iter().map(|s| (s, true)).chain(setups.iter().map(|s| (s, false))) {
        let Some(start) = assess(model, setup, reach.room) else {
            plan.unreachable.extend(telling.then_some(setup.label));
            continue;
        };
        let mut chosen = Vec::new();
        for op in candidates(setup, reach.signatures) {
            if has_clear_answer(setup, &op) != telling {
                continue;
            }
            if burden(&op).is_some_and(|t| burdens.contains(t)) || !pool.fits(&Needs::of(setup.ops.iter().chain([&op])))
            {
                continue;
            }
            let goals = goals(&start, &op);
            let new: Vec<Goal> = goals.into_iter().filter(|g| !plan.goals.contains(g)).collect();
            if !new.is_empty() {
                plan.goals.extend(new.iter().cloned());
                burdens.extend(burden(&op).cloned());
                chosen.push(Case { op, goals: new });
            }
        }
        plan.sequences.extend(chain(setup, &start, chosen, &pool));
    }
    plan
}

/// Megabytes and extreme nesting: once is enough.
fn burden(op: &Op) -> Option<&WireMutation> {
    match op {
        Op::Update(Update { mutation: Some(mutation @ (WireMutation::Large(_) | WireMutation::Deep(_))), .. }) => {
            Some(mutation)
        }
        _ => None,
    }
}

/// A setup whose family the profile lacks falls back to a plain one.
pub(crate) fn with_family(setup: Setup, model: &Model) -> Setup {
    let has = |family: Family| {
        let needs = Needs { families: [family].into(), ..Needs::default() };
        Pool::could(&model.environment, 0, &needs)
    };
    if setup.family == Family::Faulty(0) && !has(setup.family) {
        let mut ops = setup.ops.clone();
        for value in ops.iter_mut().flat_map(Op::values_mut) {
            match value {
                Value::Fixture(Fixture::Cluster(f, ..) | Fixture::StrangeCluster(f, _) | Fixture::Password(f))
                    if *f == Family::Faulty(0) =>
                {
                    *f = Family::Plain(2);
                }
                _ => {}
            }
        }
        return Setup { ops, family: Family::Plain(2), ..setup };
    }
    setup
}

/// Everything that planning may name at once.
fn planning_leases(model: &Model, setup: &Setup, room: usize) -> Option<Leases> {
    let needs = Needs::of(&setup.ops);
    Pool::could(&model.environment, room, &needs).then_some(())?;
    let wide =
        Needs { services: 3, families: [needs.families.clone(), [setup.family].into()].concat_sets(), ..needs.clone() };
    let mut pool = Pool::new(&model.environment, room.max(needs.stores));
    pool.lease(&wide).or_else(|| pool.lease(&needs))
}

trait ConcatSets {
    fn concat_sets(self) -> BTreeSet<Family>;
}

impl ConcatSets for [BTreeSet<Family>; 2] {
    fn concat_sets(self) -> BTreeSet<Family> {
        self.into_iter().flatten().collect()
    }
}

pub(crate) fn assess<'a>(model: &'a Model, setup: &Setup, room: usize) -> Option<Simulation<'a>> {
    let mut simulation = Simulation::new(model, planning_leases(model, setup, room)?);
    for op in &setup.ops {
        simulation.run(op).ok()?;
    }
    Some(simulation)
}

/// The goals that an operation exercises in a foreseen world.
pub fn goals(simulation: &Simulation<'_>, op: &Op) -> Vec<Goal> {
    let (Op::Update(update), Ok((found, _))) = (op, simulation.look(op)) else { return Vec::new() };
    goals_of(simulation, update, &found)
}

fn goals_of(simulation: &Simulation<'_>, update: &Update, found: &Assessments) -> Vec<Goal> {
    let crowded = found.required().nth(1).is_some();
    let mut goals: Vec<Goal> = found
        .exercises()
        .into_iter()
        .map(|e| {
            let traits = e.rule.group().traits();
            let cell = match traits.plan_cell {
                Distinct::State => target(simulation, update),
                Distinct::Column | Distinct::Type => target(simulation, update).map(Cell::settled),
                Distinct::None => None,
            };
            let broad = rules::row(e.rule).is_some_and(|r| r.breadth == Breadth::Broad);
            let form = match traits.plan_form {
                // The members' order is one form, whichever they are.
                _ if e.rule == ids::W_12 && update.mutation.is_none() => Some(0),
                // A service may check the first member alone, or the last one.
                _ if e.rule == ids::G_50 => Some(u64::from(update.set.first().map(|(m, _)| *m) == e.member)),
                CaseDistinction::Request if !broad => Some(form(simulation, update)),
                CaseDistinction::Id => Some(number(&update.id)),
                CaseDistinction::Fixture if e.aspect.is_whole() => update.set.last().and_then(|(_, v)| role(v)),
                CaseDistinction::Member if update.set.len() == 1 => Some(number(&update.set[0].0)),
                CaseDistinction::Request
                | CaseDistinction::Fixture
                | CaseDistinction::Member
                | CaseDistinction::None => None,
            };
            // Once alone, and once together with another violation, which may be the one that is reported.
            let form = form.or_else(|| (e.refusal && crowded).then_some(0));
            Goal::Rule { exercise: e, cell, form }
        })
        .collect();
    goals.extend(half_applied(found, update));
    goals.extend(pair(simulation, found, update));
    goals
}

/// The cell of the store that the update names.
fn target(simulation: &Simulation<'_>, update: &Update) -> Option<Cell> {
    match update.id {
        Id::Of(symbol) => simulation.store(symbol).map(Cell::of),
        _ => None,
    }
}

/// A number for a thing, the same in every release.
fn number(thing: &impl Serialize) -> u64 {
    fnv1a(serde_json::to_vec(thing).unwrap_or_default())
}

/// Returns the kind of a fixture, equal for all of one kind.
fn role(value: &Value) -> Option<u64> {
    match value {
        Value::Fixture(Fixture::Cluster(_, role, _) | Fixture::StrangeCluster(_, role)) => Some(number(role)),
        Value::Fixture(fixture) => Some(number(fixture)),
        _ => None,
    }
}

/// Separates the forms in which one side of a rule can be exercised.
fn form(simulation: &Simulation<'_>, update: &Update) -> u64 {
    let nulls = update.set.iter().filter(|(_, value)| *value == Value::Null);
    let store = if let Id::Of(symbol) = update.id { simulation.store(symbol) } else { None };
    // A null may remove what is stored, which shows only where something is.
    let removes = store.is_some_and(|store| nulls.clone().any(|(member, _)| has(store, *member)));
    number(&(removes, form_of(update)))
}

/// Returns true if the store has a value for the member that an update could remove.
fn has(store: &Store, member: Member) -> bool {
    match member {
        Member::XksProxyVpcEndpointServiceName | Member::XksProxyVpcEndpointServiceOwner => {
            store.xks().is_some_and(|external| external.connectivity == Connectivity::VpcEndpointService)
        }
        _ => member.store_type().is_none_or(|kind| kind == store.store_type()),
    }
}

/// Separates the forms of requests.
fn form_of(update: &Update) -> u64 {
    if let Some(mutation) = &update.mutation {
        return number(mutation);
    }
    // Of an id its kind counts, whichever store it is of.
    let id = match &update.id {
        Id::Of(_) => Id::Of(Symbol(0)),
        Id::OtherCase(_) => Id::OtherCase(Symbol(0)),
        Id::Prefix(_) => Id::Prefix(Symbol(0)),
        Id::Longer(_) => Id::Longer(Symbol(0)),
        Id::Blanks(_) => Id::Blanks(Symbol(0)),
        Id::NameOf(_) => Id::NameOf(Symbol(0)),
        Id::Nobody | Id::Missing | Id::Value(_) => update.id.clone(),
    };
    let plain = |value: &Value| matches!(value, Value::Fresh(_) | Value::Fixture(_));
    let members: Vec<_> = update.set.iter().map(|(member, value)| (member, (!plain(value)).then_some(value))).collect();
    number(&(id, members))
}

fn half_applied(found: &Assessments, update: &Update) -> Vec<Goal> {
    let faulty: Vec<Option<Member>> = found.required().map(|(_, f)| f.member).collect();
    let mut layers: Vec<Layer> = found.required().map(|(_, f)| f.layer).collect();
    layers.dedup();
    match layers.as_slice() {
        [layer] if *layer > Layer::Parsing && *layer != Layer::Existence => update
            .set
            .iter()
            .filter(|(m, v)| !faulty.contains(&Some(*m)) && matches!(v, Value::Fresh(_) | Value::Fixture(_)))
            .filter(|_| update.set.len() == 2)
            .map(|(m, _)| Goal::HalfApplied { member: *m, layer: *layer })
            .collect(),
        _ => Vec::new(),
    }
}

fn pair(simulation: &Simulation<'_>, found: &Assessments, update: &Update) -> Vec<Goal> {
    let mut plain: Vec<(Layer, RuleId)> = found
        .required()
        .filter(|(r, f)| r.breadth == Breadth::Plain || f.layer == Layer::Environment)
        .map(|(r, f)| (f.layer, r.id))
        .collect();
    plain.sort_unstable();
    plain.dedup_by_key(|(layer, rule)| (*layer, rule.group()));
    match plain.as_slice() {
        [(early, first), (late, second)] if early < late => {
            let kind = target(simulation, update).map(|cell| cell.kind);
            let beside = simulation.account().stores().nth(1).is_some();
            vec![Goal::Pair { first: *first, second: *second, kind, beside }]
        }
        _ => Vec::new(),
    }
}

/// The largest number of situations in which a chain may be, if answers are open.
const SITUATIONS: usize = 12;

/// Chains cases: each must exercise its goals in every situation that the ones before it may leave.
fn chain(setup: &Setup, start: &Simulation<'_>, chosen: Vec<Case>, pool: &Pool) -> Vec<Sequence> {
    let mut sequences = Vec::new();
    // Pairs of violations in one sequence show together that the errors have an order (P-05).
    let (mut waiting, others): (Vec<Case>, Vec<Case>) =
        chosen.into_iter().partition(|case| case.goals.iter().any(|g| matches!(g, Goal::Pair { .. })));
    waiting.extend(others);
    while !waiting.is_empty() {
        let mut now = vec![start.clone()];
        let mut sequence = Sequence { label: setup.label.to_owned(), setup: setup.ops.clone(), cases: Vec::new() };
        let mut later = Vec::new();
        for case in waiting {
            let shows = |here: &Simulation<'_>| {
                let (Op::Update(update), Ok((found, request))) = (&case.op, here.look(&case.op)) else { return None };
                let goals = goals_of(here, update, &found);
                case.goals.iter().all(|g| goals.contains(g)).then_some((found, request))
            };
            let room = sequence.cases.len() < CHAIN && pool.fits(&Needs::of(sequence.operations().chain([&case.op])));
            if let Some(looked) = room.then(|| now.iter().map(shows).collect::<Option<Vec<_>>>()).flatten() {
                let mut next: Vec<Simulation<'_>> = Vec::new();
                for after in now.iter().zip(&looked).flat_map(|(here, (found, request))| here.after(found, request)) {
                    if next.iter().all(|n| n.account() != after.account()) {
                        next.push(after);
                    }
                }
                if next.len() <= SITUATIONS {
                    now = next;
                    sequence.cases.push(case);
                    continue;
                }
            }
            later.push(case);
        }
        if sequence.cases.is_empty() {
            // Nothing fits after the setup any more: run each case alone.
            let alone = |case| Sequence { label: setup.label.to_owned(), setup: setup.ops.clone(), cases: vec![case] };
            sequences.extend(later.into_iter().map(alone));
            return sequences;
        }
        sequences.push(sequence);
        waiting = later;
    }
    sequences
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without the faulty family every operation of a setup names the plain one in its place.
    #[test]
    fn a_setup_falls_back_to_a_plain_family() {
        let written = |ops: &[Op]| serde_json::to_string(ops).unwrap();
        let environment = Environment { clusters: Some(std::iter::empty().collect()), ..Environment::default() };
        let model = Model { environment: Arc::new(environment), ..Model::new(Revision::LATEST) };
        let mut changed = 0;
        for setup in setups(Revision::LATEST, &Abilities::all()) {
            let plain = with_family(setup.clone(), &model);
            if setup.family == Family::Faulty(0) {
                changed += 1;
                assert_eq!(plain.family, Family::Plain(2));
                assert_eq!(written(&plain.ops), written(&setup.ops).replace("{\"faulty\":0}", "{\"plain\":2}"));
                assert_ne!(plain.ops, setup.ops);
            } else {
                assert_eq!(plain.ops, setup.ops);
            }
        }
        assert!(changed > 0);
    }

    #[test]
    fn equal_inputs_share_a_plan_and_few_are_kept() {
        let (plans, model) = (PlanCache::default(), Model::new(Revision::LATEST));
        let reach = |room| Abilities { room, ..Abilities::all() };
        let first = plans.slot(&model, &reach(0));
        assert!(Arc::ptr_eq(&first, &plans.clone().slot(&Model::new(Revision::LATEST), &reach(0))));
        assert!(!Arc::ptr_eq(&first, &plans.slot(&Model::new(Revision::Launch), &reach(0))));
        for room in 1..=KEPT {
            assert!(!Arc::ptr_eq(&first, &plans.slot(&model, &reach(room))));
        }
        assert_eq!(plans.0.lock().unwrap().len(), KEPT);
        assert!(!Arc::ptr_eq(&first, &plans.slot(&model, &reach(0))), "the oldest is dropped");
    }

    /// Goals are written down in recordings and vectors by what they select, so their numbers may not depend on the
    /// compiler.
    #[test]
    fn numbers_of_goals_are_fixed() {
        assert_eq!(number(&Id::Nobody), 0x65b6_458a_5f40_0934);
        let update = |id| Update { id, set: Vec::new(), mutation: None };
        assert_eq!(form_of(&update(Id::Of(Symbol(0)))), form_of(&update(Id::Of(Symbol(1)))));
        assert_ne!(form_of(&update(Id::Of(Symbol(0)))), form_of(&update(Id::NameOf(Symbol(0)))));
    }
}
