//! The emulator as a target with a simulated clock, so that no benchmark sleeps.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::runtime::Runtime;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;
use ucks_suite::fuzzing::simulated_clock::{SimulatedClock, emulated};
use ucks_suite::plan::Abilities;
use ucks_suite::profile::Profile;
use ucks_suite::record::Record;
use ucks_suite::run::{Options, Subject, run};
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

/// With a thread for each core; the program has one.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// A target that counts its requests: Describes and other operations apart.
pub struct Counting {
    inner: SharedTarget,
    pub operations: AtomicU64,
    pub looks: AtomicU64,
}

impl Counting {
    pub fn new(inner: SharedTarget) -> Arc<Counting> {
        Arc::new(Counting { inner, operations: AtomicU64::new(0), looks: AtomicU64::new(0) })
    }

    /// Operations that were answered so far: what is judged.
    pub fn steps(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }
}

impl Target for Counting {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let look = is(request, "DescribeCustomKeyStores");
        if look { &self.looks } else { &self.operations }.fetch_add(1, Ordering::Relaxed);
        self.inner.call(request)
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.inner.pause(time)
    }
}

/// Returns true if the request is for this operation.
pub fn is(request: &Request, operation: &str) -> bool {
    request.header("x-amz-target").is_some_and(|t| t.ends_with(operation))
}

/// The emulator in its default world, by a clock of its own.
pub fn target() -> Arc<Counting> {
    Counting::new(emulated(Revision::LATEST, None, &SimulatedClock::default()))
}

/// The profile of the default world.
pub fn profile() -> Profile {
    Profile::parse(ucks_emulator::DEFAULT_ENVIRONMENT).expect("the default world is a profile")
}

/// The cases and `sequences` random sequences, on `lanes` lanes.
pub fn random(target: SharedTarget, seed: u64, sequences: u64, lanes: usize) -> Record {
    let options = Options { seed, sequences, lanes, shrink: false, ..Options::default() };
    let profile = profile();
    let subject = Subject::new(target, "emulated", &profile, Revision::LATEST);
    let record = RUNTIME.block_on(run(subject, options));
    assert!(record.findings.is_empty(), "the emulator conforms: {:?}", record.findings);
    record
}

/// All that the emulator can do, but signatures, which nobody makes here.
pub fn reach() -> Abilities {
    Abilities { signatures: false, ..Abilities::all() }
}
