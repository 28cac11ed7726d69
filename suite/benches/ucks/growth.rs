//! The cost of a step in an account with many stores, and late in a long sequence.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;
use ucks_suite::bind::{Needs, Pool};
use ucks_suite::fuzzing::simulated_clock::{START, SimulatedClock, SimulatedTime, block_on, context, model};
use ucks_suite::names::{Names, Origin};
use ucks_suite::op::{Id, Op, Symbol, Update, Value};
use ucks_suite::run::context::RunContext;
use ucks_suite::run::executor::Executor;
use ucks_suite::target::in_process::{InProcess, to_http};
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

use crate::emulated::{Counting, is, reach};
use crate::side::{Contender, by_side};

/// Steps in one round.
const STEPS: u32 = 300;

/// Keeps the first Create.
struct Keeping(SharedTarget, Mutex<Option<Request>>);

impl Target for Keeping {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        if is(request, "CreateCustomKeyStore") {
            self.1.lock().unwrap().get_or_insert_with(|| request.clone());
        }
        self.0.call(request)
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.0.pause(time)
    }
}

/// An account with this number of stores.
fn account(stores: usize) -> RunContext {
    let environment = DEFAULT_ENVIRONMENT.replacen("stores = 64", "stores = 1000000", 1);
    let environment = Environment::parse(&environment).expect("the default world with another limit");
    let emulator = Arc::new(Emulator::new(Config { environment, ..Config::default() }));
    let clock = SimulatedClock::default();
    let (served, time) = (emulator.clone(), clock.clone());
    let answer = move |request| ready(served.handle_at(request, *START + time.now()));
    let target = Arc::new(SimulatedTime::new(InProcess::new(answer), clock));
    let keeping = Arc::new(Keeping(target.clone(), Mutex::default()));
    let create = create();
    block_on(async {
        let context = context(keeping.clone(), model(Revision::LATEST));
        executor(&context).run(&create).await.expect("the emulator answers");
    });
    let one = keeping.1.lock().unwrap().take().expect("a store was created");
    let body: serde_json::Value = serde_json::from_slice(&one.body).expect("a body");
    for n in 1..stores {
        let mut body = body.clone();
        body["CustomKeyStoreName"] = format!("other-{n}").into();
        body["XksProxyUriPath"] = format!("/other-{n}/kms/xks/v1").into();
        let request = Request { body: body.to_string().into_bytes(), ..one.clone() };
        let answer = emulator.handle_at(to_http(&request).expect("a request"), *START);
        assert_eq!(answer.status(), 200, "{:?}", answer.body());
    }
    context(Counting::new(target), model(Revision::LATEST))
}

fn create() -> Op {
    Op::Create { store: Symbol(0), kind: StoreType::Xks, set: Vec::new() }
}

fn executor(context: &RunContext) -> Executor<'_> {
    let leases = Pool::new(&context.model.environment, reach().room).lease(&Needs::of([&create()]));
    Executor::new(context, Names::new(Origin::drawn(), 0, 0), leases.expect("the default world has room for it"))
}

fn step(n: u32) -> Op {
    Op::Update(Update {
        id: Id::Of(Symbol(0)),
        set: vec![(Member::NewCustomKeyStoreName, Value::Fresh(n % 2))],
        mutation: None,
    })
}

/// A store is made, renamed `steps` times, and removed; the first `skip` names do not
/// count.
fn named(context: &RunContext, skip: u32, steps: u32) -> (f64, f64) {
    block_on(async {
        let mut executor = executor(context);
        executor.run(&create()).await.expect("the emulator answers");
        for n in 0..skip {
            executor.run(&step(n)).await.expect("the emulator answers");
        }
        let started = std::time::Instant::now();
        for n in 0..steps {
            let result = executor.run(&step(n)).await.expect("the emulator answers");
            assert!(result.divergences.is_empty() && result.skipped.is_none(), "{result:?}");
        }
        let seconds = started.elapsed().as_secs_f64();
        executor.clean_up().await.expect("the emulator answers");
        (f64::from(steps), seconds)
    })
}

pub fn main() {
    let [large, middle, small] = [100_000, 1_000, 10].map(account);
    let beside = |name, context| Contender::timed(name, move || named(context, 0, STEPS));
    by_side(
        "steps",
        9,
        vec![
            beside("100,000 stores in the account", &large),
            beside("1,000 stores", &middle),
            beside("10 stores", &small),
        ],
    );
    let after = |name, skip| {
        let small = &small;
        Contender::timed(name, move || named(small, skip, STEPS))
    };
    by_side(
        "steps",
        9,
        vec![
            after("after 10,000 steps of the same sequence", 10_000),
            after("after 1,000 steps", 1_000),
            after("the first ones", 0),
        ],
    );
}
