//! Random sequences: stores are made, or a whole situation is, then connected and updated; most updates are one
//! change from valid, and of several that are drawn the one is taken whose goals were reached least.
//!
//! Values and choices come from proptest's strategies and value trees, drawn by our own loop. What
//! a sequence says is a pure function of the seed, its number, and what the plan and the epochs before
//! it are meant to exercise.

use super::candidates::{candidates, valid};
use super::cases::goals;
use super::foresight::Foresight;
use super::journeys::journeys;
use super::setups::{A, B, Setup, setups};
use super::{Case, Goal, Reach, Sequence};
use crate::bind::{Needs, Pool};
use crate::names::mix;
use crate::op::{Family, Fixture, Id, Op, Proxy, REPEATS, Symbol, Twist, Update, Value};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use ucks_oracle::environment::ClusterRole;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Model;
use ucks_oracle::world::ConnectionState;

/// Longest random sequence.
const LENGTH: usize = 14;
/// Most stores of a random sequence.
const STORES: u8 = 3;
/// VPC endpoint services that the candidates name.
const SERVICES: u8 = 3;

/// Candidates looked at for one step, until one has a goal that was never reached.
const TRIES: u64 = 6;
/// Of so many candidates one may be heavy.
const HEAVY: u64 = 32;

/// Draws random sequences.
#[derive(Clone)]
pub struct Generator {
    model: Arc<Model>,
    reach: Reach,
    /// All fixtures: each sequence is drawn as if it were alone.
    pool: Pool,
    /// How often each goal is meant to be reached.
    times: BTreeMap<Goal, u64>,
    /// Where random sequences are to start.
    starts: Vec<Setup>,
    /// Updates of journeys, as updates of `a`, by the type of the store.
    words: Vec<(StoreType, Op)>,
    /// No cases were run before: what is slow or large is random sequences' work as well.
    alone: bool,
}

/// The candidates about a store of a type and a family.
type Candidates = BTreeMap<(StoreType, Family), Rc<[Op]>>;

/// What all sequences of an epoch are drawn from.
struct Source {
    steps: BoxedStrategy<Vec<Draw>>,
    candidates: RefCell<Candidates>,
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
    /// A generator that prefers what the `planned` goals reach least; without any it does all by itself.
    pub fn new<'g>(model: &Model, reach: &Reach, planned: impl IntoIterator<Item = &'g Goal>) -> Generator {
        let mut times = BTreeMap::new();
        for goal in planned {
            *times.entry(goal.clone()).or_default() += 1;
        }
        let alone = times.is_empty();
        let pool = Pool::new(&model.environment, reach.room);
        let journeys = journeys(model, reach);
        let mut starts = setups(model.revision, reach);
        starts.extend(journeys.iter().filter_map(beginning));
        starts.retain(|start| !start.ops.is_empty() && (alone || !takes_time(start)));
        let words = journeys.iter().flat_map(updates).collect();
        Generator { model: Arc::new(model.clone()), reach: reach.clone(), pool, times, starts, words, alone }
    }

    /// The next sequences. What they are meant to exercise counts for the ones after them, so that
    /// the choice depends on the seed alone, not on how fast a target answers.
    pub fn epoch(&mut self, seed: u64, numbers: std::ops::Range<u64>) -> Vec<Sequence> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let source = Source { steps: self.steps(), candidates: RefCell::default() };
        let drawn: Vec<(Sequence, Vec<Goal>)> = numbers.map(|n| self.sequence(&source, seed, n)).collect();
        for goal in drawn.iter().flat_map(|(_, reached)| reached) {
            *self.times.entry(goal.clone()).or_default() += 1;
        }
        drawn.into_iter().map(|(sequence, _)| sequence).collect()
    }

    /// The sequence of a number, and the goals that it is meant to reach.
    fn sequence(&self, source: &Source, seed: u64, number: u64) -> (Sequence, Vec<Goal>) {
        let mut reached = Vec::new();
        let mut runner = TestRunner::new_with_rng(config(), rng(seed, number));
        let draws = draw(&source.steps, &mut runner);
        let mut ops: Vec<Op> = Vec::new();
        let mut needs = wide(&ops);
        let mut foresight = self.foresight(&ops, &needs);
        let mut random = Random(mix(seed ^ mix(number)));
        for step in draws {
            if let Draw::Start(number) = step {
                if let Some(start) = pick(&self.starts, number) {
                    let more = wide(&start.ops);
                    if let Some(begun) = self.foresight(&start.ops, &more) {
                        (foresight, needs, ops) = (Some(begun), more, start.ops.clone());
                    }
                }
                continue;
            }
            let Some(now) = &mut foresight else { break };
            let Some(op) = self.realise(source, step, &ops, now, &mut random) else { continue };
            let mut longer = ops.clone();
            longer.push(op.clone());
            let more = wide(&longer);
            // The fixtures at hand depend on what the whole sequence needs: where that grows, all is foreseen anew.
            let next = if more == needs {
                let mut next = now.clone();
                next.run(&op).is_ok().then_some(next)
            } else {
                self.foresight(&longer, &more)
            };
            let Some(next) = next else { continue };
            reached.extend(goals(now, &op));
            let ends = matches!(op, Op::Update(Update { twist: Some(Twist::HangUp), .. }));
            (ops, needs) = (longer, more);
            foresight = Some(next);
            if ends {
                // What follows is not judged.
                break;
            }
        }
        let sequence = Sequence {
            label: format!("random sequence {number}"),
            setup: Vec::new(),
            cases: ops.into_iter().map(|op| Case { op, goals: Vec::new() }).collect(),
        };
        (sequence, reached)
    }

    /// The operations with all that they need; without what the next one may need besides where there is not enough.
    fn foresight(&self, ops: &[Op], needs: &Needs) -> Option<Foresight<'_>> {
        let leases = self.pool.choose(needs).or_else(|| self.pool.choose(&Needs::of(ops)))?;
        let mut foresight = Foresight::new(&self.model, leases);
        for op in ops {
            foresight.run(op).ok()?;
        }
        Some(foresight)
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
            18 => proptest::sample::subsequence(settable, 1..=3).prop_map(Draw::Valid),
            24 => any::<u64>().prop_map(Draw::Candidate),
            3 => text,
            3 => Just(Draw::Again),
            unordered => Just(Draw::Race),
            unordered => Just(Draw::HangUp),
        ];
        let first = prop_oneof![1 => select(kinds).prop_map(Draw::Create), 2 => any::<u64>().prop_map(Draw::Start)];
        (first, proptest::collection::vec(later, 3..=LENGTH))
            .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect())
            .boxed()
    }

    /// What a drawn step means after the operations so far.
    fn realise(&self, source: &Source, draw: Draw, ops: &[Op], now: &Foresight<'_>, random: &mut Random) -> Option<Op> {
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
                Draw::Candidate(number) => self.candidate(source, number, store, kind, ops, &stores, now, random),
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
            Draw::Candidate(number) => self.candidate(source, number, store, kind, ops, &stores, now, random),
            Draw::Pattern(member, text) => {
                let right = member.store_type().is_none_or(|t| t == kind);
                right.then_some(Op::Update(Update {
                    id: Id::Of(store),
                    set: vec![(member, Value::Text(text))],
                    twist: None,
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
                    twist: None,
                };
                let other = stores.iter().find(|s| s.0 != store).map(|s| s.0);
                let second = match other.filter(|_| random.below(2) == 0) {
                    Some(other) => name(other, n),
                    None => {
                        let own = [Member::KeyStorePassword, Member::XksProxyUriPath];
                        let member = own.into_iter().find(|m| m.store_type() == Some(kind))?;
                        let set = vec![(member, valid(&about(kind, family(ops, store)), member, n))];
                        Update { id: Id::Of(store), set, twist: None }
                    }
                };
                Some(Op::Race { updates: vec![name(store, n), second] })
            }
            Draw::HangUp => match update_of(store, kind, members_of(kind), ops)? {
                Op::Update(update) => Some(Op::Update(Update { twist: Some(Twist::HangUp), ..update })),
                _ => None,
            },
        }
    }

    fn create(&self, store: Symbol, kind: StoreType, random: &mut Random) -> Op {
        let set = match kind {
            StoreType::Xks if random.below(4) == 0 => super::setups::vpc(store.0),
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

    /// A candidate about one store and another, of several drawn the one whose goals were decided least.
    #[allow(clippy::too_many_arguments, reason = "each is one thing that the choice depends on")]
    fn candidate(
        &self,
        source: &Source,
        number: u64,
        store: Symbol,
        kind: StoreType,
        ops: &[Op],
        stores: &[(Symbol, StoreType, ConnectionState)],
        now: &Foresight<'_>,
        random: &mut Random,
    ) -> Option<Op> {
        let family = family(ops, store);
        let made = || {
            let words = self.words.iter().filter(|(k, _)| *k == kind).map(|(_, op)| op.clone());
            candidates(&about(kind, family), self.reach.signatures).into_iter().chain(words).collect()
        };
        let all = source.candidates.borrow_mut().entry((kind, family)).or_insert_with(made).clone();
        let others: Vec<Symbol> = stores.iter().map(|s| s.0).filter(|s| *s != store).collect();
        let other = others.get(random.below(others.len().max(1))).copied();
        let mut best: Option<(u64, Op)> = None;
        for k in 0..TRIES {
            let Some(op) = pick(&all, mix(number.wrapping_add(k))).and_then(|op| about_stores(op, store, other)) else {
                continue;
            };
            if heavy(&op) && !(self.alone && number.is_multiple_of(HEAVY)) {
                continue;
            }
            let times = |goal: &Goal| self.times.get(goal).copied().unwrap_or(0);
            let Some(seldom) = goals(now, &op).iter().map(times).min() else { continue };
            if best.as_ref().is_none_or(|(n, _)| seldom < *n) {
                best = Some((seldom, op));
            }
            if seldom == 0 {
                break;
            }
        }
        best.map(|(_, op)| op)
    }
}

/// What comes before a journey's first update.
fn beginning(journey: &Sequence) -> Option<Setup> {
    let ops: Vec<Op> = journey.operations().take_while(|op| op.updates().is_empty()).cloned().collect();
    let kind = kind_of(&ops, A)?;
    Some(Setup { label: "as in a journey", kind, family: family(&ops, A), ops })
}

/// The updates of a journey: the store that each is about becomes `a`, any other `b`.
fn updates(journey: &Sequence) -> Vec<(StoreType, Op)> {
    let ops: Vec<Op> = journey.operations().cloned().collect();
    let about = |op: &Op| match op {
        Op::Update(Update { id: Id::Of(store), .. }) => Some(*store),
        _ => None,
    };
    let told = |op: &Op| {
        let store = about(op)?;
        let swapped = if store == A { op.clone() } else { about_stores(op, B, Some(A))? };
        Some((kind_of(&ops, store)?, swapped))
    };
    let mut all: Vec<(StoreType, Op)> = ops.iter().filter_map(told).collect();
    all.dedup();
    all
}

fn kind_of(ops: &[Op], symbol: Symbol) -> Option<StoreType> {
    ops.iter().find_map(|op| match op {
        Op::Create { store, kind, .. } if *store == symbol => Some(*kind),
        _ => None,
    })
}

/// What the operations need, and what a candidate may need besides.
fn wide(ops: &[Op]) -> Needs {
    let mut needs = Needs::of(ops);
    needs.services = needs.services.max(SERVICES);
    needs.unique = true;
    let made = (0..STORES).map(Symbol).filter(|s| kind_of(ops, *s).is_some());
    needs.families.extend(made.map(|s| family(ops, s)));
    needs
}

/// The one that a number means.
fn pick<T>(all: &[T], number: u64) -> Option<&T> {
    all.get(usize::try_from(number % all.len().max(1) as u64).ok()?)
}

/// An update of some members to valid values.
fn update_of(store: Symbol, kind: StoreType, members: Vec<Member>, ops: &[Op]) -> Option<Op> {
    let setup = about(kind, family(ops, store));
    let own = members.into_iter().filter(|m| m.store_type().is_none_or(|t| t == kind));
    let set: Vec<(Member, Value)> = own.map(|m| (m, valid(&setup, m, fresh(ops)))).collect();
    (!set.is_empty()).then_some(Op::Update(Update { id: Id::Of(store), set, twist: None }))
}

/// A name and what else a store of that type has for itself.
fn members_of(kind: StoreType) -> Vec<Member> {
    match kind {
        StoreType::CloudHsm => vec![Member::NewCustomKeyStoreName, Member::CloudHsmClusterId],
        StoreType::Xks => vec![Member::NewCustomKeyStoreName, Member::XksProxyUriEndpoint],
    }
}

/// A number for fresh values, another after each operation.
fn fresh(ops: &[Op]) -> u32 {
    u32::try_from(ops.len()).unwrap_or(0) % 8
}

/// The store that an operation deletes, with its type.
fn deleted(op: &Op, ops: &[Op]) -> Option<(Symbol, StoreType)> {
    let Op::Delete { store } = op else { return None };
    Some((*store, kind_of(ops, *store)?))
}

/// Whether the situation needs fixtures that are slow, of which there are few.
fn takes_time(start: &Setup) -> bool {
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
    start.ops.iter().any(|op| match op {
        Op::Create { set, .. } => set.iter().any(|(_, value)| slow(value)),
        Op::Connect { wait, .. } | Op::Disconnect { wait, .. } => !wait,
        _ => false,
    })
}

/// The last update once more; where two faults compete for the error, often.
fn again(last: &Op, now: &Foresight<'_>) -> Option<Op> {
    let Op::Update(update) = last else { return None };
    let (found, _) = now.look(last).ok()?;
    let competing = found.required().count() > 1;
    Some(if competing { Op::Repeat { update: update.clone(), times: REPEATS } } else { last.clone() })
}

/// Megabytes and extreme nesting: the cases send them once, random sequences alone now and then.
fn heavy(op: &Op) -> bool {
    matches!(op, Op::Update(Update { twist: Some(Twist::Large(_) | Twist::Deep(_)), .. }))
}

fn about(kind: StoreType, family: Family) -> Setup {
    Setup { label: "random", kind, ops: Vec::new(), family }
}

/// The family that a store was created with.
fn family(ops: &[Op], symbol: Symbol) -> Family {
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
    Some(Op::Update(Update { id, set, twist: update.twist.clone() }))
}

/// An explicit configuration: nothing is read from the environment.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::with_cases(1) }
}

fn rng(seed: u64, number: u64) -> TestRng {
    let mut bytes = [0_u8; 32];
    for (at, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(
            &mix(seed.wrapping_add(at as u64) ^ mix(number.wrapping_mul(4) + at as u64)).to_le_bytes(),
        );
    }
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn draw<T: std::fmt::Debug>(strategy: &BoxedStrategy<Vec<T>>, runner: &mut TestRunner) -> Vec<T> {
    strategy.new_tree(runner).map(|tree| tree.current()).unwrap_or_default()
}

/// Small choices within a sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = mix(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        usize::try_from(self.0 % (n.max(1) as u64)).unwrap_or(0)
    }
}
