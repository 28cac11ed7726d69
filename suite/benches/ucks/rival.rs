//! The same work written with proptest-state-machine: the same emulator, the same operations, the same comparison of
//! outcome and Describe. Only who draws, orders and drives the operations is another.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_suite::bind::{Needs, Pool};
use ucks_suite::fuzzing::simulated_clock::{block_on, context, model};
use ucks_suite::names::Names;
use ucks_suite::op::{Family, Id, Op, Symbol, Update, Value};
use ucks_suite::plan::candidates::{candidates, valid};
use ucks_suite::plan::setups::Setup;
use ucks_suite::run::context::RunContext;
use ucks_suite::run::executor::Executor;

use crate::emulated::{Counting, reach, target};

/// Longest sequence, and most stores in one: as the suite's own generator has them.
const LENGTH: usize = 16;
const STORES: usize = 3;

/// The rival's knowledge of the stores that it made: enough to draw useful operations.
#[derive(Clone, Debug, Default)]
pub struct Made {
    stores: Vec<(Symbol, StoreType, Option<ConnectionState>)>,
}

/// The candidates for a store of each type, made once.
static CANDIDATES: LazyLock<[Vec<Op>; 2]> = LazyLock::new(|| {
    [StoreType::CloudHsm, StoreType::Xks].map(|kind| {
        let small = |op: &Op| !format!("{op:?}").contains("Large(") && !format!("{op:?}").contains("Deep(");
        candidates(&about(kind, Symbol(0)), false).into_iter().filter(small).collect()
    })
});

fn about(kind: StoreType, store: Symbol) -> Setup {
    Setup { label: "rival", kind, ops: Vec::new(), family: Family::Plain(store.0) }
}

/// The reference machine.
pub struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Made;
    type Transition = Op;

    fn init_state() -> BoxedStrategy<Made> {
        Just(Made::default()).boxed()
    }

    fn transitions(made: &Made) -> BoxedStrategy<Op> {
        let next = Symbol(u8::try_from(made.stores.len()).expect("three at the most"));
        let create = select(vec![StoreType::CloudHsm, StoreType::Xks]).prop_map(move |kind| Op::Create {
            store: next,
            kind,
            set: Vec::new(),
        });
        let there: Vec<_> = made.stores.iter().filter_map(|(s, kind, state)| Some((*s, *kind, (*state)?))).collect();
        if there.is_empty() {
            return create.boxed();
        }
        let several = there.len() > 1;
        let one = select(there);
        let moved = one.clone().prop_flat_map(|(store, _, state)| {
            any::<bool>().prop_map(move |wait| match state {
                ConnectionState::Disconnected => Op::Connect { store, wait },
                _ => Op::Disconnect { store, wait },
            })
        });
        let settable: Vec<Member> = Member::TOP.iter().copied().skip(1).collect();
        let change =
            (one.clone(), proptest::sample::subsequence(settable, 1..=3)).prop_map(|((store, kind, _), members)| {
                let right = members.into_iter().filter(|m| m.store_type().is_none_or(|t| t == kind));
                let set: Vec<(Member, Value)> = right.map(|m| (m, valid(&about(kind, store), m, 1))).collect();
                Op::Update(Update { id: Id::Of(store), set, mutation: None })
            });
        let candidate = (one.clone(), any::<proptest::sample::Index>()).prop_map(|((store, kind, _), at)| {
            let all = &CANDIDATES[usize::from(kind == StoreType::Xks)];
            let mut op = at.get(all).clone();
            if let Op::Update(Update { id: id @ Id::Of(_), .. }) = &mut op {
                *id = Id::Of(store);
            }
            op
        });
        let delete = one.prop_map(|(store, ..)| Op::Delete { store });
        let mut all = vec![(3, moved.boxed()), (6, change.boxed()), (8, candidate.boxed())];
        if several {
            all.push((1, delete.boxed()));
        }
        if made.stores.len() < STORES {
            all.push((2, create.boxed()));
        }
        proptest::strategy::Union::new_weighted(all).boxed()
    }

    fn apply(mut made: Made, op: &Op) -> Made {
        let mut put = |store: Symbol, state| {
            if let Some(row) = made.stores.iter_mut().find(|(s, ..)| *s == store) {
                row.2 = state;
            }
        };
        match op {
            Op::Create { store, kind, .. } => {
                made.stores.push((*store, *kind, Some(ConnectionState::Disconnected)));
            }
            Op::Connect { store, .. } => put(*store, Some(ConnectionState::Connected)),
            Op::Disconnect { store, .. } => put(*store, Some(ConnectionState::Disconnected)),
            Op::Delete { store } => put(*store, None),
            _ => {}
        }
        made
    }

    fn preconditions(made: &Made, op: &Op) -> bool {
        let state = |store: &Symbol| made.stores.iter().find(|(s, ..)| s == store).and_then(|row| row.2);
        match op {
            Op::Create { store, .. } => made.stores.len() == usize::from(store.0) && made.stores.len() < STORES,
            Op::Connect { store, .. } => state(store) == Some(ConnectionState::Disconnected),
            Op::Delete { store } => {
                let there = made.stores.iter().filter(|(_, _, state)| state.is_some()).count();
                state(store) == Some(ConnectionState::Disconnected) && there > 1
            }
            Op::Disconnect { store, .. } => state(store) == Some(ConnectionState::Connected),
            Op::Update(Update { id: Id::Of(store), .. }) => state(store).is_some(),
            _ => true,
        }
    }
}

/// The bench that all of the rival's tests share.
struct Shared {
    context: RunContext,
    target: Arc<Counting>,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    let target = target();
    Shared { context: context(target.clone(), model(Revision::LATEST)), target }
});

/// One test: operations go out, answers are judged, stores are looked at.
pub struct Test;

impl StateMachineTest for Test {
    type SystemUnderTest = Executor<'static>;
    type Reference = Reference;

    fn init_test(_: &Made) -> Executor<'static> {
        let wide: Vec<Op> = (0..3)
            .flat_map(|n| {
                [StoreType::CloudHsm, StoreType::Xks].map(|kind| Op::Create { store: Symbol(n), kind, set: Vec::new() })
            })
            .collect();
        let mut pool = Pool::new(&SHARED.context.model.environment, reach().room);
        let leases = pool.lease(&Needs::of(&wide)).expect("the default world has room for it");
        Executor::new(&SHARED.context, Names::new(SHARED.context.nonce, SHARED.context.requests(), 0), leases)
    }

    fn apply(mut executor: Executor<'static>, _: &Made, op: Op) -> Executor<'static> {
        let result = block_on(executor.run(&op)).expect("the emulator answers");
        assert!(result.divergences.is_empty(), "{op:?}: {:?}", result.divergences);
        executor
    }

    fn teardown(mut executor: Executor<'static>, _: Made) {
        let result = block_on(executor.clean_up()).expect("the emulator answers");
        assert!(result.divergences.is_empty(), "{:?}", result.divergences);
    }
}

/// Runs this number of sequences; returns the number of answered operations.
pub fn run(seed: u64, sequences: u32) -> u64 {
    let before = SHARED.target.steps();
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = Reference::sequential_strategy(5..=LENGTH + 1);
    let done = runner.run(&strategy, |(made, operations, seen)| {
        Test::test_sequential(Config::default(), made, operations, seen);
        Ok(())
    });
    done.expect("the emulator conforms");
    SHARED.target.steps() - before
}
