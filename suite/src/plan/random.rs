//! Random sequences: stores are made, or a whole situation is, then connected and updated; most updates are one
//! change from valid, and of all that may be tried there one is taken whose goals were reached least.
//!
//! Values and choices come from proptest's strategies and value trees, drawn by our own loop. What
//! a sequence contains is a pure function of the seed, its number, the goals of the plan, and the
//! sequences before it.
//!
//! | module | what it holds |
//! |---|---|
//! | `vocabulary` | what sequences are made of: beginnings, updates |
//! | `goal_scheduler` | how often the plan and the candidates were to reach each goal, and which reach it where |
//! | `rng` | where the choices come from |

mod goal_scheduler;
mod rng;
mod vocabulary;

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use proptest::test_runner::TestRunner;
use ucks_oracle::account::{ConnectionState, Connectivity};
use ucks_oracle::environment::ClusterRole;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Model;

use self::goal_scheduler::{GoalScheduler, SituationClass};
use self::rng::{SmallRng, config, draw, rng};
pub(crate) use self::vocabulary::about_stores;
use self::vocabulary::{
    about, again, beginnings, deleted, family, fresh, hangs_up, heavy, members_of, takes_time, update_of, updates, wide,
};
use super::candidates::{candidates, valid};
use super::cases::goals;
use super::scenarios::scenarios;
use super::setups::setups;
use super::simulation::Simulation;
use super::{Abilities, Case, Goal, Sequence};
use crate::bind::{Needs, Pool};
use crate::names::mix;
use crate::op::{Family, Fixture, Id, Op, Symbol, Update, Value, WireMutation};

/// Longest random sequence.
const LENGTH: usize = 16;
/// Most stores of a random sequence.
pub(crate) const STORES: u8 = 3;
/// VPC endpoint services that the candidates name.
const SERVICES: u8 = 3;

/// The number of slow beginnings for each other one.
const SLOW_STARTS: usize = 3;
/// One of this number of candidates is heavy.
const HEAVY: u64 = 32;

/// Beginnings, each with how often it was taken.
type Starts = Vec<(u64, Vec<Op>)>;

/// Draws random sequences.
#[derive(Clone)]
pub struct Generator {
    model: Arc<Model>,
    reach: Abilities,
    /// All fixtures: each sequence is drawn as if it were alone.
    pool: Pool,
    /// The goals of the plan, and of the candidates of all sequences so far.
    scheduler: GoalScheduler,
    /// Where random sequences are to start: in the situations of the cases, or on the way of a scenario.
    starts: [Starts; 2],
    /// Updates of scenarios, as updates of `a`, by the type of the store.
    words: Vec<(StoreType, Op)>,
    /// The candidates about a store of a type and a family: light ones, or heavy ones.
    candidates: HashMap<(StoreType, Family, bool), Arc<[Op]>>,
    /// No cases were run before: what is slow or large is random sequences' work as well.
    alone: bool,
}

/// One step, before it is known what it can mean.
#[derive(Clone, Debug)]
enum Draw {
    Create(StoreType),
    /// One of the situations, by a number.
    Start(u64),
    Connect(bool),
    Disconnect(bool),
    Delete,
    /// Members to set to valid values.
    Valid(Vec<Member>),
    /// One of the candidates, by a number.
    Candidate(u64),
    /// A text drawn from the member's own pattern.
    Pattern(Member, String),
    /// The same update once more.
    Again,
    /// Two updates at once: of one store, or of two for one name.
    Race,
    /// An update whose answer nobody waits for.
    HangUp,
}

impl Generator {
    /// A generator that prefers the `planned` goals that were reached least. Without any, all goals are its own.
    pub fn new<'g>(model: &Model, reach: &Abilities, planned: impl IntoIterator<Item = &'g Goal>) -> Generator {
        let mut scheduler = GoalScheduler::default();
        scheduler.count(planned.into_iter().cloned().collect());
        let alone = scheduler.is_empty();
        let pool = Pool::new(&model.environment, reach.room);
        let scenarios = scenarios(model, reach);
        let situations = setups(model.revision, reach).into_iter().map(|setup| setup.ops).collect();
        let starts = [situations, scenarios.iter().flat_map(beginnings).collect()].map(|mut starts: Vec<Vec<Op>>| {
            starts.retain(|ops| !ops.is_empty() && (alone || !takes_time(ops)));
            // A state that passes leaves time for few steps: it is begun more often.
            let often = |ops: Vec<Op>| {
                let times = if takes_time(&ops) { SLOW_STARTS } else { 1 };
                std::iter::repeat_n((0, ops), times)
            };
            starts.into_iter().flat_map(often).collect()
        });
        let words = scenarios.iter().flat_map(updates).collect();
        let (model, reach) = (Arc::new(model.clone()), reach.clone());
        Generator { model, reach, pool, scheduler, starts, words, candidates: HashMap::new(), alone }
    }

    /// The next sequences. The goals that their candidates are planned for count at once, so that the choice depends
    /// on the seed alone, not on how fast a target answers.
    pub fn epoch(&mut self, seed: u64, numbers: std::ops::Range<u64>) -> Vec<Sequence> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let steps = self.steps();
        numbers.map(|n| self.sequence(&steps, seed, n)).collect()
    }

    /// The sequence of a number.
    fn sequence(&mut self, steps: &BoxedStrategy<Vec<Draw>>, seed: u64, number: u64) -> Sequence {
        let model = self.model.clone();
        let mut runner = TestRunner::new_with_rng(config(), rng(seed, number));
        let draws = draw(steps, &mut runner);
        let mut ops: Vec<Op> = Vec::new();
        let mut needs = wide(&ops);
        let mut simulation = self.simulation(&model, &ops, &needs);
        let mut random = SmallRng::new(mix(seed ^ mix(number)));
        for step in draws {
            if let Draw::Start(number) = step {
                let start = self.start(number);
                let more = wide(&start);
                if let Some(begun) = self.simulation(&model, &start, &more) {
                    (simulation, needs, ops) = (Some(begun), more, start);
                }
                continue;
            }
            let Some(now) = &mut simulation else { break };
            let Some(op) = self.realise(step, &ops, now, &mut random) else { continue };
            let steps: Vec<Op> = std::iter::once(op.clone()).chain(self.reach.made_ready(&op)).collect();
            let mut longer = ops.clone();
            longer.extend(steps.iter().cloned());
            let more = wide(&longer);
            // The leased fixtures depend on the needs of the whole sequence: if these grow, everything is simulated
            // again.
            let next = if more == needs {
                let mut next = now.clone();
                steps.iter().all(|op| next.run(op).is_ok()).then_some(next)
            } else {
                self.simulation(&model, &longer, &more)
            };
            let Some(next) = next else { continue };
            let ends = hangs_up(&op);
            (ops, needs) = (longer, more);
            simulation = Some(next);
            if ends {
                break;
            }
        }
        Sequence {
            label: format!("random sequence {number}"),
            setup: Vec::new(),
            cases: ops.into_iter().map(|op| Case { op, goals: Vec::new() }).collect(),
        }
    }

    /// One of the beginnings that were taken least, by a number.
    fn start(&mut self, number: u64) -> Vec<Op> {
        let [situations, scenarios] = &mut self.starts;
        let starts = if number.is_multiple_of(2) { situations } else { scenarios };
        let least = starts.iter().map(|(times, _)| *times).min().unwrap_or(0);
        let mut least: Vec<_> = starts.iter_mut().filter(|(times, _)| *times == least).collect();
        let which = usize::try_from(number / 2 % least.len().max(1) as u64).unwrap_or(0);
        least.get_mut(which).map_or_else(Vec::new, |(times, ops)| {
            *times += 1;
            ops.clone()
        })
    }

    /// The operations with all that they need; without what the next one may need besides where there is not enough.
    fn simulation<'m>(&self, model: &'m Model, ops: &[Op], needs: &Needs) -> Option<Simulation<'m>> {
        let leases = self.pool.choose(needs).or_else(|| self.pool.choose(&Needs::of(ops)))?;
        let mut simulation = Simulation::new(model, leases);
        for op in ops {
            simulation.run(op).ok()?;
        }
        Some(simulation)
    }

    fn steps(&self) -> BoxedStrategy<Vec<Draw>> {
        let kinds: Vec<StoreType> = self.reach.types.iter().copied().collect();
        let settable: Vec<Member> = Member::TOP.iter().copied().skip(1).collect();
        let patterned: Vec<(Member, &'static str)> =
            Member::TOP.iter().filter_map(|m| m.row(self.model.revision).pattern.map(|p| (*m, p))).collect();
        let text = Union::new(patterned.into_iter().map(|(member, pattern)| {
            proptest::string::string_regex(pattern)
                .map_or_else(|_| Just(String::new()).boxed(), |s| s.boxed())
                .prop_map(move |text| Draw::Pattern(member, text))
        }));
        // Seldom: after each something has to be waited for.
        let unordered = u32::from(self.alone);
        let later = prop_oneof![
            6 => select(kinds.clone()).prop_map(Draw::Create),
            6 => any::<bool>().prop_map(|slow| Draw::Connect(!slow)),
            3 => any::<bool>().prop_map(|slow| Draw::Disconnect(!slow)),
            3 => Just(Draw::Delete),
            10 => proptest::sample::subsequence(settable, 1..=3).prop_map(Draw::Valid),
            50 => any::<u64>().prop_map(Draw::Candidate),
            3 => text,
            3 => Just(Draw::Again),
            unordered => Just(Draw::Race),
            unordered => Just(Draw::HangUp),
        ];
        let first = prop_oneof![1 => select(kinds).prop_map(Draw::Create), 2 => any::<u64>().prop_map(Draw::Start)];
        (first, proptest::collection::vec(later, 4..=LENGTH))
            .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect())
            .boxed()
    }

    /// An operation that a store in this state accepts, for a race with an update of it.
    fn companion(
        &self,
        (store, kind, state): (Symbol, StoreType, ConnectionState),
        has_others: bool,
        random: &mut SmallRng,
    ) -> Option<Op> {
        use ConnectionState::{Connected, Disconnected, Failed};
        let deletes = has_others && self.reach.delete && random.below(2) == 0;
        match state {
            Disconnected if deletes => Some(Op::Delete { store }),
            Disconnected if self.reach.connect.contains(&kind) => Some(Op::Connect { store, wait: false }),
            Connected | Failed if self.reach.disconnect => Some(Op::Disconnect { store, wait: false }),
            _ => None,
        }
    }

    /// Translates a drawn step into operations, given the ones so far.
    fn realise(&mut self, draw: Draw, ops: &[Op], now: &Simulation<'_>, random: &mut SmallRng) -> Option<Op> {
        let stores: Vec<(Symbol, StoreType, ConnectionState)> =
            (0..STORES).filter_map(|n| now.store(Symbol(n)).map(|s| (Symbol(n), s.store_type(), s.state))).collect();
        if let Draw::Create(kind) = draw {
            let created = ops.iter().filter(|op| matches!(op, Op::Create { .. })).count();
            let next = u8::try_from(created).ok().filter(|n| *n < STORES)?;
            return Some(self.create(Symbol(next), kind, random));
        }
        let gone: Vec<(Symbol, StoreType)> = ops.iter().filter_map(|op| deleted(op, ops)).collect();
        if !gone.is_empty() && (stores.is_empty() || random.below(8) == 0) {
            let (store, kind) = gone[random.below(gone.len())];
            return match draw {
                Draw::Valid(members) => update_of(store, kind, members, ops),
                Draw::Candidate(number) => self.candidate(number, (store, kind), ops, &stores, now, random),
                _ => None,
            };
        }
        let (store, kind, state) = *stores.get(random.below(stores.len()))?;
        use ConnectionState::{Connected, Disconnected, Failed};
        match draw {
            Draw::Create(_) | Draw::Start(_) => None,
            Draw::Connect(wait) => {
                (state == Disconnected && self.reach.connect.contains(&kind)).then_some(Op::Connect { store, wait })
            }
            Draw::Disconnect(wait) => {
                (matches!(state, Connected | Failed) && self.reach.disconnect).then_some(Op::Disconnect { store, wait })
            }
            Draw::Delete => {
                (state == Disconnected && stores.len() > 1 && self.reach.delete).then_some(Op::Delete { store })
            }
            Draw::Valid(members) => update_of(store, kind, members, ops),
            Draw::Candidate(number) => self.candidate(number, (store, kind), ops, &stores, now, random),
            Draw::Pattern(member, text) => {
                let right = member.store_type().is_none_or(|t| t == kind);
                right.then_some(Op::Update(Update {
                    id: Id::Of(store),
                    set: vec![(member, Value::Text(text))],
                    mutation: None,
                }))
            }
            Draw::Again => again(ops.last()?, now),
            // While a transition runs the order of two requests is not the only thing that timing decides.
            Draw::Race if state.passes() => None,
            Draw::Race => {
                let n = fresh(ops);
                let name = |store, n| Update {
                    id: Id::Of(store),
                    set: vec![(Member::NewCustomKeyStoreName, Value::Fresh(n))],
                    mutation: None,
                };
                let other = stores.iter().find(|s| s.0 != store).map(|s| s.0);
                if random.below(3) == 0
                    && let Some(companion) = self.companion((store, kind, state), other.is_some(), random)
                {
                    return Some(Op::Race { updates: vec![name(store, n)], companions: vec![companion] });
                }
                let second = match other.filter(|_| random.below(2) == 0) {
                    Some(other) => name(other, n),
                    None => {
                        let own = [Member::KeyStorePassword, Member::XksProxyUriPath];
                        let member = own.into_iter().find(|m| m.store_type() == Some(kind))?;
                        let set = vec![(member, valid(&about(kind, family(ops, store)), member, n))];
                        Update { id: Id::Of(store), set, mutation: None }
                    }
                };
                Some(Op::Race { updates: vec![name(store, n), second], companions: Vec::new() })
            }
            Draw::HangUp => match update_of(store, kind, members_of(kind), ops)? {
                Op::Update(update) => Some(Op::Update(Update { mutation: Some(WireMutation::HangUp), ..update })),
                _ => None,
            },
        }
    }

    fn create(&self, store: Symbol, kind: StoreType, random: &mut SmallRng) -> Op {
        let set = match kind {
            StoreType::Xks if random.below(4) == 0 => super::steps::vpc(store.0),
            StoreType::Xks => Vec::new(),
            StoreType::CloudHsm => {
                let n = store.0;
                let family =
                    [Family::Plain(n), Family::Faulty(n), Family::Password(n), Family::Plain(n)][random.below(4)];
                vec![(Member::CloudHsmClusterId, Value::Fixture(Fixture::Cluster(family, ClusterRole::Primary, 0)))]
            }
        };
        Op::Create { store, kind, set }
    }

    /// A candidate about one store and another: of all that may be tried one whose goals were reached least.
    fn candidate(
        &mut self,
        number: u64,
        (store, kind): (Symbol, StoreType),
        ops: &[Op],
        stores: &[(Symbol, StoreType, ConnectionState)],
        now: &Simulation<'_>,
        random: &mut SmallRng,
    ) -> Option<Op> {
        let family = family(ops, store);
        let burdened = self.alone && number.is_multiple_of(HEAVY);
        let made = || {
            let words = self.words.iter().filter(|(k, _)| *k == kind).map(|(_, op)| op.clone());
            let all = candidates(&about(kind, family), self.reach.signatures).into_iter().chain(words);
            all.filter(|op| heavy(op) == burdened).collect()
        };
        let all = self.candidates.entry((kind, family, burdened)).or_insert_with(made).clone();
        let others: Vec<_> = stores.iter().filter(|s| s.0 != store).collect();
        let other = others.get(random.below(others.len().max(1)));
        let meant = |at: usize| about_stores(&all[at], store, other.map(|o| o.0));
        if burdened {
            return meant(random.below(all.len()));
        }
        let here = now.store(store);
        let cell = SituationClass {
            kind,
            family: std::mem::discriminant(&family),
            vpc: here.and_then(|s| s.xks()).is_some_and(|x| x.connectivity == Connectivity::VpcEndpointService),
            state: here.map(|s| s.state),
            other: other.map(|o| o.1),
        };
        let chosen = self.scheduler.choose(cell, all.len(), number, |at| Some(goals(now, &meant(at)?)))?;
        meant(chosen)
    }
}
