//! The shared context of a run: everything that its lanes have in common, and the one place where requests are sent.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use foldhash::fast::FixedState;
use ucks_oracle::answer::Outcome;
use ucks_oracle::model::Model;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};

use super::coverage::Side;
use super::executor::{DESCRIBE, StepResult};
use crate::bind::Leases;
use crate::ledger::Remaining;
use crate::names::Origin;
use crate::target::{SharedTarget, TransportError};

/// Remembers the stores that the run created.
pub trait StoreTracker: Send + Sync {
    /// A store of this name is about to be created.
    fn intend(&self, name: &str);
    /// It was created under this id.
    fn created(&self, name: &str, id: &str);
    /// It was not created after all.
    fn refused(&self, name: &str);
    /// The store of this id is gone.
    fn deleted(&self, id: &str);
}

/// Remembers nothing: for targets that end with the process.
pub struct NoTracking;

impl StoreTracker for NoTracking {
    fn intend(&self, _: &str) {}
    fn created(&self, _: &str, _: &str) {}
    fn refused(&self, _: &str) {}
    fn deleted(&self, _: &str) {}
}

/// The context that all lanes share.
pub struct RunContext {
    /// The target.
    pub target: SharedTarget,
    /// The oracle's model.
    pub model: Model,
    /// The time for which reads may lag behind writes.
    pub settle: Duration,
    /// The time after which a transition should have ended.
    pub transition: Duration,
    /// Remembers created stores.
    pub tracker: Arc<dyn StoreTracker>,
    /// Distinguishes this run's names from all others'.
    pub nonce: Origin,
    requests: Arc<AtomicU64>,
    stopped: AtomicBool,
    /// When the run ends, by the target's clock.
    deadline: Option<Duration>,
    /// Time spent waiting for answers, in microseconds.
    waited: AtomicU64,
    effect_checks_enabled: AtomicBool,
    retained_leases: Arc<Mutex<Vec<Leases>>>,
    interval: Option<Duration>,
    next_slot: Mutex<Duration>,
    known: Mutex<BTreeSet<String>>,
    /// The sides of rules that sequences of the run have decided.
    decided: RwLock<HashSet<Side, FixedState>>,
    repeats: Arc<Mutex<BTreeMap<String, u64>>>,
    /// The pause between two requests that the target's throttling has made necessary, in microseconds.
    pace: AtomicU64,
    /// The status of throttled answers where it is not 400; zero for none.
    throttled_with: AtomicU16,
    throttling_reported: AtomicBool,
    /// True if a request was throttled at every attempt.
    gave_up: AtomicBool,
    /// True if a request of the run was answered otherwise.
    answered: AtomicBool,
    /// True if the target took no connection for as long as it may take to come back.
    gone: AtomicBool,
    usual_transition: Mutex<Option<Duration>>,
    lateness: Mutex<Duration>,
    /// The keys of updates that were answered with KMSInternalException each time.
    stays: Mutex<BTreeSet<String>>,
    leftovers: Vec<Remaining>,
}

/// A replay waits this many times the longest lag of Describe so far.
const LATE: u32 = 4;

/// The time that a replay waits for Describe if it never lagged.
const LEAST_WAIT: Duration = Duration::from_millis(10);

/// Attempts at a throttled request.
const THROTTLED: u32 = 8;
/// The number of times that a request is sent again, if it can be repeated without harm.
const AGAIN: u32 = 4;
/// Attempts at a target that was there and takes no connection now, some ten seconds: a supervisor starts a server again
/// that a request has brought down. They are counted, because the clock of a replayed target does not move.
const RESTARTS: u32 = 28;
/// The pause between two requests after the first throttled answer, in microseconds.
const SLOWER: u64 = 1_000;
/// The longest such pause: four requests a second are within every documented quota of KMS.
const SLOWEST: u64 = 250_000;

impl RunContext {
    /// A context for a target; `rate` is requests a second at the most, 0 for no limit.
    pub fn new(
        target: SharedTarget,
        model: Model,
        settle: Duration,
        transition: Duration,
        rate: f64,
        tracker: Arc<dyn StoreTracker>,
    ) -> RunContext {
        RunContext {
            target,
            model,
            settle,
            transition,
            tracker,
            nonce: Origin::drawn(),
            requests: Arc::default(),
            stopped: AtomicBool::new(false),
            deadline: None,
            waited: AtomicU64::new(0),
            effect_checks_enabled: AtomicBool::new(true),
            retained_leases: Arc::default(),
            interval: interval(rate),
            next_slot: Mutex::new(Duration::ZERO),
            known: Mutex::new(BTreeSet::new()),
            decided: RwLock::default(),
            repeats: Arc::default(),
            pace: AtomicU64::new(0),
            throttled_with: AtomicU16::new(0),
            throttling_reported: AtomicBool::new(false),
            gave_up: AtomicBool::new(false),
            answered: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            usual_transition: Mutex::new(None),
            lateness: Mutex::new(Duration::ZERO),
            stays: Mutex::default(),
            leftovers: Vec::new(),
        }
    }

    /// The same context with names of another origin, where one is given.
    #[must_use]
    pub fn named(self, origin: Option<Origin>) -> RunContext {
        RunContext { nonce: origin.unwrap_or(self.nonce), ..self }
    }

    /// A context for the same target with another model. Requests, repetitions and what could not be removed count
    /// for both.
    #[must_use]
    pub fn with_model(&self, model: Model) -> RunContext {
        let other =
            RunContext::new(self.target.clone(), model, self.settle, self.transition, 0.0, self.tracker.clone());
        RunContext {
            nonce: self.nonce,
            requests: self.requests.clone(),
            retained_leases: self.retained_leases.clone(),
            repeats: self.repeats.clone(),
            interval: self.interval,
            deadline: self.deadline,
            ..other
        }
    }

    /// The same context with a time, by the target's clock, after which all lanes end.
    #[must_use]
    pub fn until(self, deadline: Option<Duration>) -> RunContext {
        RunContext { deadline, ..self }
    }

    /// When the run ends, by the target's clock.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Returns true if the time of the run is over.
    pub fn timed_out(&self) -> bool {
        self.deadline.is_some_and(|deadline| self.now() >= deadline)
    }

    /// Returns the mean time of an answer; zero before the first.
    pub fn mean_answer(&self) -> Duration {
        Duration::from_micros(self.waited.load(Ordering::Relaxed).checked_div(self.requests()).unwrap_or_default())
    }

    /// The same bench at an account that holds stores of earlier runs.
    #[must_use]
    pub fn after(self, leftovers: Vec<Remaining>) -> RunContext {
        RunContext { leftovers, ..self }
    }

    /// Returns true if an earlier run of this program left the store behind.
    pub fn is_leftover(&self, id: &str, name: Option<&str>) -> bool {
        self.leftovers.iter().any(|retained_leases| match retained_leases {
            Remaining::Id(retained_leases) => retained_leases == id,
            Remaining::Name(retained_leases) => Some(retained_leases.as_str()) == name,
        })
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Asks all lanes to end after their present operation.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Returns true if the lanes were asked to end, or the time of the run is over.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.timed_out()
    }

    /// Goes on without Describe, which does not work: only answers are judged then.
    pub fn disable_effect_checks(&self) {
        self.effect_checks_enabled.store(false, Ordering::Relaxed);
    }

    /// Returns true if stores can be looked at.
    pub fn effect_checks_enabled(&self) -> bool {
        self.effect_checks_enabled.load(Ordering::Relaxed)
    }

    /// Keeps fixtures from being used again: a store that could not be removed has them.
    pub fn retain_leases(&self, leases: Leases) {
        self.retained_leases.lock().unwrap_or_else(PoisonError::into_inner).push(leases);
    }

    /// Returns the fixtures still held by stores that could not be removed.
    pub fn retained_leases(&self) -> Vec<Leases> {
        self.retained_leases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the number of repeated requests, by reason.
    pub fn repeats(&self) -> BTreeMap<String, u64> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a repetition.
    pub fn repeated(&self, why: &str) {
        *self.repeats.lock().unwrap_or_else(PoisonError::into_inner).entry(why.to_owned()).or_default() += 1;
    }

    /// Returns the time that a replay waits for Describe to agree: a few times the longest lag of Describe in this run,
    /// the settle time at the most. The first divergence of a kind and the shortest sequence wait for the whole settle
    /// time, so that nothing is reported which a longer wait would have cleared.
    pub fn hurried_settle(&self) -> Duration {
        let late = *self.lateness.lock().unwrap_or_else(PoisonError::into_inner);
        (late * LATE + LEAST_WAIT).min(self.settle)
    }

    /// Remembers that Describe agreed so long after the first look.
    pub fn was_late(&self, by: Duration) {
        let mut late = self.lateness.lock().unwrap_or_else(PoisonError::into_inner);
        *late = by.max(*late);
    }

    /// Returns true if updates of that kind were answered with KMSInternalException each time.
    pub fn stays(&self, kind: &str) -> bool {
        self.stays.lock().unwrap_or_else(PoisonError::into_inner).contains(kind)
    }

    /// Remembers that an update of that kind was.
    pub fn stayed(&self, kind: String) {
        self.stays.lock().unwrap_or_else(PoisonError::into_inner).insert(kind);
    }

    /// Returns the usual time of a transition, if there was one.
    pub fn usual_transition(&self) -> Option<Duration> {
        *self.usual_transition.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers how long a transition took. One that had ended `at_once`, at the first look, may have taken less.
    pub fn transition_took(&self, time: Duration, at_once: bool) {
        let time = if at_once { time * 9 / 10 } else { time };
        *self.usual_transition.lock().unwrap_or_else(PoisonError::into_inner) = Some(time);
    }

    /// Returns the sides of rules that sequences of the run have decided.
    pub fn decided(&self) -> RwLockReadGuard<'_, HashSet<Side, FixedState>> {
        self.decided.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what an operation of a sequence decided.
    pub fn note_decided(&self, result: &StepResult) {
        if !result.decided.is_empty() {
            self.decided.write().unwrap_or_else(PoisonError::into_inner).extend(result.decided.iter().copied());
        }
    }

    /// Returns true if a finding's key was met before; remembers it. Known ones need no patience.
    pub fn is_known(&self, key: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    /// Remembers the key of a confirmed finding.
    pub fn learn(&self, key: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
    }

    /// Sends a request, waiting for its turn. Repeats it while the target throttles, where no connection can be made,
    /// and, as long as it only reads, where the connection was closed or KMSInternalException was returned. Whether
    /// another request can be repeated depends on what became of it, which only the caller can find out.
    ///
    /// # Errors
    /// [`TransportError`] where no answer was received.
    pub async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        let mut pause = Duration::from_millis(100);
        let (mut throttled, mut again) = (1, 0);
        loop {
            self.wait_for_slot().await;
            self.requests.fetch_add(1, Ordering::Relaxed);
            let began = self.now();
            let answer = self.target.call(request).await;
            let took = self.now().saturating_sub(began);
            self.waited.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
            let refused = matches!(answer, Err(TransportError::Unreachable(_)));
            if (again < AGAIN || refused && again < RESTARTS && self.may_come_back())
                && !self.stopped()
                && let Some(why) = repeatable(request, &answer)
            {
                self.repeated(why);
                self.target.pause(Duration::from_millis(25 << again.min(AGAIN))).await;
                again += 1;
                continue;
            }
            self.gone.store(refused, Ordering::Relaxed);
            let answer = answer?;
            let refused = answer.status >= 400 && Outcome::read(&answer).is_throttled();
            self.keep_pace(refused);
            if !refused {
                self.answered.store(true, Ordering::Relaxed);
                return Ok(answer);
            }
            // A target that throttles every request is not asked eight times for each of them.
            let hopeless = self.gave_up.load(Ordering::Relaxed) && !self.answered.load(Ordering::Relaxed);
            if throttled >= THROTTLED || hopeless || self.stopped() {
                self.gave_up.store(true, Ordering::Relaxed);
                return Ok(answer);
            }
            if answer.status != 400 {
                self.throttled_with.fetch_max(answer.status, Ordering::Relaxed);
            }
            throttled += 1;
            self.repeated("throttled");
            self.target.pause(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// Returns true if a target that takes no connection was there before, and was not waited for in vain.
    fn may_come_back(&self) -> bool {
        self.answered.load(Ordering::Relaxed) && !self.gone.load(Ordering::Relaxed)
    }

    /// The status of throttled answers where it is not 400, once in a run (D-05).
    pub fn odd_throttling(&self) -> Option<u16> {
        let status = self.throttled_with.load(Ordering::Relaxed);
        (status > 0 && !self.throttling_reported.swap(true, Ordering::Relaxed)).then_some(status)
    }

    /// Sends more slowly after each throttled answer, and after many others a little faster again.
    fn keep_pace(&self, throttled: bool) {
        let pace = self.pace.load(Ordering::Relaxed);
        if throttled {
            self.pace.store((pace * 2).clamp(SLOWER, SLOWEST), Ordering::Relaxed);
        } else if pace > 0 {
            self.pace.store(pace - pace.div_ceil(64), Ordering::Relaxed);
        }
    }

    async fn wait_for_slot(&self) {
        let pace = Duration::from_micros(self.pace.load(Ordering::Relaxed));
        let interval = self.interval.unwrap_or_default().max(pace);
        if interval.is_zero() {
            return;
        }
        let wait = {
            let now = self.target.now();
            let mut slot = self.next_slot.lock().unwrap_or_else(PoisonError::into_inner);
            let at = now.max(*slot);
            *slot = at.saturating_add(interval);
            at - now
        };
        if !wait.is_zero() {
            self.target.pause(wait).await;
        }
    }

    /// Returns the time by the target's clock.
    pub fn now(&self) -> Duration {
        self.target.now()
    }
}

/// Returns the reason why a request without an answer, or with this one, can be sent again without harm; `None` if it
/// cannot.
fn repeatable(request: &Request, answer: &Result<Answer, TransportError>) -> Option<&'static str> {
    let reads = || request.header("x-amz-target").is_some_and(|t| t.strip_prefix(TARGET_PREFIX) == Some(DESCRIBE));
    match answer {
        Err(TransportError::Unreachable(_)) => Some("no connection"),
        Err(lost) if lost.is_interruption() && reads() => Some("the connection was closed"),
        Ok(answer) if answer.status >= 500 && reads() => {
            matches!(Outcome::read(answer), Outcome::ServerFault { internal: true, .. })
                .then_some("KMSInternalException")
        }
        _ => None,
    }
}

/// The time between two requests; a rate of 0 or less, or NaN, sets no limit.
fn interval(rate: f64) -> Option<Duration> {
    (rate > 0.0).then(|| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX))
}
