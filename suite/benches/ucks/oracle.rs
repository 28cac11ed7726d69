//! The oracle alone: requests and answers that were recorded before, judged again on one thread.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ucks_oracle::answer::Outcome;
use ucks_oracle::members::StoreType;
use ucks_oracle::model::Belief;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE};
use ucks_suite::bind::{Needs, Pool};
use ucks_suite::fuzzing::simulated_clock::{block_on, context, model};
use ucks_suite::names::Names;
use ucks_suite::op::{Family, Op, Symbol, Update};
use ucks_suite::plan::candidates::candidates;
use ucks_suite::plan::setups::Setup;
use ucks_suite::run::executor::Executor;
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

use crate::emulated::{is, target};
use crate::side::{Contender, by_side};

/// Bodies longer than this are what the deserializer costs, not the rules.
const SMALL: usize = 4_096;

/// The input of judging: requests with their answers, and the belief before them.
type JudgingInput = Vec<(Belief, Request, Outcome)>;

/// Keeps the last update and its answer.
struct Keeping {
    inner: SharedTarget,
    kept: Mutex<Option<(Request, Outcome)>>,
}

impl Target for Keeping {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let answer = self.inner.call(request).await?;
            if is(request, UPDATE) && request.body.len() <= SMALL {
                *self.kept.lock().unwrap() = Some((request.clone(), Outcome::read(&answer)));
            }
            Ok(answer)
        })
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.inner.pause(time)
    }
}

/// Every candidate about a store, beside another of the other type.
fn recorded(kind: StoreType) -> JudgingInput {
    let keeping = Arc::new(Keeping { inner: target(), kept: Mutex::default() });
    let context = context(keeping.clone(), model(Revision::LATEST));
    let setup = Setup { label: "bench", kind, ops: Vec::new(), family: Family::Plain(0) };
    let other = StoreType::ALL.iter().copied().find(|k| *k != kind).expect("there are two types");
    let made = [(Symbol(0), kind), (Symbol(1), other)].map(|(store, kind)| Op::Create { store, kind, set: Vec::new() });
    let single = |op: &Op| matches!(op, Op::Update(Update { mutation: None, .. }));
    let all: Vec<Op> = candidates(&setup, false).into_iter().filter(single).collect();
    let mut pool = Pool::new(&context.model.environment, usize::MAX);
    let leases = pool.lease(&Needs::of(made.iter().chain(&all))).expect("the default world has room for it");
    let mut executor = Executor::new(&context, Names::new(context.nonce, 0, 0), leases);
    let mut asked = Vec::new();
    block_on(async {
        for op in made.iter().chain(&all) {
            let before = executor.belief().clone();
            *keeping.kept.lock().unwrap() = None;
            executor.run(op).await.expect("the emulator answers");
            if let Some((request, outcome)) = keeping.kept.lock().unwrap().take() {
                asked.push((before, request, outcome));
            }
        }
    });
    assert!(asked.len() > 100, "{}", asked.len());
    asked
}

pub fn main() {
    let model = model(Revision::LATEST);
    let asked: JudgingInput = [StoreType::CloudHsm, StoreType::Xks].into_iter().flat_map(recorded).collect();
    let names = asked.iter().filter(|(.., outcome)| *outcome == Outcome::Success).count();
    let beliefs = RefCell::new(Vec::new());
    let judge = || {
        let mut done = 0;
        for (belief, (_, request, outcome)) in beliefs.borrow_mut().iter_mut().zip(&asked) {
            let step = model.step(belief, request, outcome);
            assert!(step.divergence.is_none(), "{:?}", step.divergence);
            done += 1;
        }
        f64::from(done)
    };
    let timed = |work: &dyn Fn() -> f64| {
        let (mut done, mut seconds) = (0.0, 0.0);
        for _ in 0..20 {
            *beliefs.borrow_mut() = asked.iter().map(|(belief, ..)| belief.clone()).collect();
            let started = std::time::Instant::now();
            done += work();
            seconds += started.elapsed().as_secs_f64();
        }
        (done, seconds)
    };
    by_side(
        "steps",
        5,
        vec![
            Contender::timed("the oracle's step", || timed(&judge)),
            Contender::timed("reading the body as a serde_json::Value", || {
                timed(&|| {
                    let read =
                        asked.iter().filter(|(_, r, _)| serde_json::from_slice::<serde_json::Value>(&r.body).is_ok());
                    assert!(std::hint::black_box(read.count()) > 0);
                    asked.len() as f64
                })
            }),
        ],
    );
    println!("  {} recorded updates of every kind of fault, {names} of them succeed", asked.len());
}
