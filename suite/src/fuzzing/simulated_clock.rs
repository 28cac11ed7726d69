//! Where sequences are played: a target in this process, on a clock that moves only when somebody waits.
//!
//! Nothing sleeps: a transition of 150 ms, or a pause before a repeated request, takes no time.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::environment::Environment;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;

use crate::bind::{Needs, Pool};
use crate::names::Names;
use crate::op::{Op, Update, WireMutation};
use crate::profile::Profile;
use crate::run::context::{NoTracking, RunContext};
use crate::run::executor::{Executor, StepResult};
#[cfg(feature = "http")]
use crate::target::http::Local;
use crate::target::in_process::InProcess;
use crate::target::{CallFuture, PauseFuture, SharedTarget, Target, TransportError};

/// The emulator's default environment, in the form of a profile.
pub static ENVIRONMENT: LazyLock<Arc<Environment>> =
    LazyLock::new(|| Profile::parse(DEFAULT_ENVIRONMENT).map(|p| p.environment).unwrap_or_default());

/// Runs a future on a runtime of this thread's own.
///
/// # Panics
/// Where the system gives no runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    #[allow(clippy::expect_used, reason = "a current-thread runtime asks nothing of the system but a timer")]
    let made = || Builder::new_current_thread().enable_all().build().expect("a runtime");
    RUNTIME.with(|runtime| runtime.get_or_init(made).block_on(future))
}

/// A clock that moves only when somebody waits, and then at once.
#[derive(Clone, Debug, Default)]
pub struct SimulatedClock(Arc<AtomicU64>);

impl SimulatedClock {
    /// The time since it was made.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2), Ordering::Relaxed);
    }
}

/// A target without a clock of its own, on a simulated one.
pub struct SimulatedTime<T> {
    inner: T,
    clock: SimulatedClock,
}

impl<T: Target> SimulatedTime<T> {
    /// The target by this clock.
    pub fn new(inner: T, clock: SimulatedClock) -> SimulatedTime<T> {
        SimulatedTime { inner, clock }
    }
}

impl<T: Target> Target for SimulatedTime<T> {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        self.inner.call(request)
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.clock.advance(time);
        Box::pin(std::future::ready(()))
    }
}

/// The moment at which every clock starts: the emulator asks for an instant.
#[allow(clippy::disallowed_methods, reason = "no decision depends on it: all times are differences to it")]
pub static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// An emulator that lives by this clock.
pub fn emulated(revision: Revision, readings: Option<u64>, clock: &SimulatedClock) -> SharedTarget {
    served(Config { revision: revision.date().to_owned(), readings, ..Config::default() }, clock)
}

/// An emulator of this configuration that lives by this clock.
pub fn served(config: Config, clock: &SimulatedClock) -> SharedTarget {
    // Ids and request ids are drawn from this thread's generator: equal inputs get equal ones.
    fastrand::seed(0);
    let emulator = Emulator::new(config);
    let time = clock.clone();
    let answer = move |request| std::future::ready(emulator.handle_at(request, *START + time.now()));
    Arc::new(SimulatedTime::new(InProcess::new(answer), clock.clone()))
}

#[cfg(feature = "http")]
/// An emulator that checks signatures, as the profile's identities make them, and lives by a clock of its own: what
/// waits for it takes no time.
///
/// # Errors
/// Never, as long as [`Local`] can be made.
pub fn signed(emulator: Emulator, profile: &Profile) -> Result<SharedTarget, TransportError> {
    let clock = SimulatedClock::default();
    let time = clock.clone();
    let service = move |request| {
        let (emulator, now) = (emulator.clone(), *START + time.now());
        async move { emulator.respond_at(request, now).await }
    };
    Ok(Arc::new(SimulatedTime::new(Local::new(service, profile)?, clock)))
}

/// The oracle's model of a revision in the default world.
pub fn model(revision: Revision) -> Model {
    Model { environment: ENVIRONMENT.clone(), ..Model::new(revision) }
}

/// Longer than any transition of the emulator.
const TRANSITION: Duration = Duration::from_secs(1);

/// A bench for one target. Equal benches bind equal operations to equal requests.
pub fn context(target: SharedTarget, model: Model) -> RunContext {
    RunContext::new(target, model, Duration::ZERO, TRANSITION, 0.0, Arc::new(NoTracking)).named(Some(1.into()))
}

/// Plays operations, shows what became of each, and removes what they created. Operations that
/// mean nothing here, signatures, which only HTTP knows, and a letter's second Create are left out.
///
/// # Errors
/// [`TransportError`] where the target does not answer any more.
pub async fn play(
    context: &RunContext,
    names: Names,
    ops: &[Op],
    mut shown: impl FnMut(Option<&Op>, StepResult),
) -> Result<(), TransportError> {
    play_observed(context, names, ops, |_, _| (), |op, result| shown(op.map(|(op, ())| op), result)).await
}

/// As [`play`], but calls `before` with the executor ahead of each operation, and passes its result on.
///
/// # Errors
/// [`TransportError`] where the target does not answer any more.
pub async fn play_observed<T>(
    context: &RunContext,
    names: Names,
    ops: &[Op],
    mut before: impl FnMut(&Executor<'_>, &Op) -> T,
    mut shown: impl FnMut(Option<(&Op, T)>, StepResult),
) -> Result<(), TransportError> {
    let pool = &mut Pool::new(&context.model.environment, usize::MAX);
    let Some(leases) = pool.lease(&Needs::of(ops)) else { return Ok(()) };
    let mut executor = Executor::new(context, names, leases);
    let mut made = BTreeSet::new();
    for op in ops.iter().filter(|op| !is_about_signatures(op)) {
        // A letter is one store's: of another one nobody could take care.
        if matches!(op, Op::Create { store, .. } if !made.insert(*store)) {
            continue;
        }
        let observed = before(&executor, op);
        let result = executor.run(op).await?;
        shown(Some((op, observed)), result);
    }
    shown(None, executor.clean_up().await?);
    Ok(())
}

fn is_about_signatures(op: &Op) -> bool {
    matches!(op, Op::Update(Update { mutation: Some(WireMutation::Signed(auth)), .. }) if !auth.is_good())
}
