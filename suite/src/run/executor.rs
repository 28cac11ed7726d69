//! One attempt at a sequence: operations go out, answers are judged, stores are looked at.

mod companions;
mod decided;
mod listing;
mod observe;
mod race;
mod recent;
mod repeat;
mod rules;
mod step_result;

use std::collections::BTreeMap;
use std::time::Duration;

use ucks_oracle::account::{ConnectionState, Store};
use ucks_oracle::answer::Outcome;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::code::Code;
use ucks_oracle::expectation::{Expectation, NoAnswer, Observation};
use ucks_oracle::judge::{Assessments, Exercise, Grade};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::{Belief, Divergence};
use ucks_oracle::repeat::Precedence;
use ucks_oracle::request::Body;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::{excuses_internal_error, ids};
use ucks_oracle::wire::{Answer, LARGE, Request, TARGET_PREFIX, UPDATE};

use self::companions::CompanionKind;
pub use self::observe::{describe, describe_any};
use self::recent::Recent;
use self::rules::Answered;
pub use self::step_result::StepResult;
use super::context::RunContext;
use super::finding::key;
use super::log::Log;
use super::patience::Patience;
use crate::bind::{Binder, Bound, IllFormed, Leases};
use crate::names::Names;
use crate::op::{Op, Update, WireMutation};
use crate::record::Exchange;
use crate::target::TransportError;

/// Type and state of the store that an operation named.
pub type CellOf = Option<(StoreType, ConnectionState)>;

/// An attempt at a sequence.
pub struct Executor<'a> {
    context: &'a RunContext,
    binder: Binder,
    belief: Belief,
    leases: Leases,
    secrets: Vec<String>,
    /// The stores as they were created, by id.
    created: BTreeMap<String, Store>,
    /// The order of the errors so far (P-05).
    precedence: Precedence,
    previous: Option<Op>,
    /// When the last answer to a request that may have changed something was received.
    changed: Option<Duration>,
    /// True if the other stores were not looked at since the last update.
    unseen: bool,
    /// True if the attempt is over, and what it created is removed.
    leaving: bool,
    /// Exchanges, where they are wanted.
    pub log: Option<Log>,
    /// The latest exchanges, if they may be needed later.
    recent: Option<Recent>,
    /// The time that it gives the target.
    pub patience: Patience,
}

/// The store and the members that an update addresses, as far as its body can be read.
#[derive(Default)]
struct Addressed {
    /// The id of the store that it names, where it is believed to exist.
    store: Option<String>,
    /// The members that it gives, but the id.
    given: Vec<Member>,
}

/// Attempts at an operation that answers a passing KMSInternalException (W-17).
const INTERNAL: usize = 3;
/// The number of times that a refused update with a divergent answer is sent again in the same place.
const IN_PLACE: usize = 2;
/// The operation that looks.
pub(crate) use ucks_oracle::wire::DESCRIBE;
/// Most stores read from one page.
const PAGE: usize = 1_000;

impl<'a> Executor<'a> {
    /// An attempt with names of its own.
    pub fn new(context: &'a RunContext, names: Names, leases: Leases) -> Executor<'a> {
        let binder = Binder::new(context.model.revision, context.model.environment.clone(), names, leases.clone());
        Executor {
            context,
            binder,
            belief: Belief::default(),
            leases,
            secrets: Vec::new(),
            created: BTreeMap::new(),
            precedence: Precedence::default(),
            previous: None,
            changed: None,
            unseen: false,
            leaving: false,
            log: None,
            recent: None,
            patience: Patience::default(),
        }
    }

    /// The same attempt, which keeps its exchanges.
    #[must_use]
    pub fn remembering(self) -> Executor<'a> {
        Executor { recent: Some(Recent::default()), ..self }
    }

    /// The exchanges so far, where they were kept.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.recent.as_ref().map(|recent| recent.written(&self.context.model.environment)).unwrap_or_default()
    }

    /// Returns the context that the attempt shares with others.
    pub fn context(&self) -> &'a RunContext {
        self.context
    }

    /// Returns the belief about the account.
    pub fn belief(&self) -> &Belief {
        &self.belief
    }

    /// Returns the verdicts of the rules on an update in the most likely world, without running it.
    ///
    /// # Errors
    /// [`IllFormed`] where it cannot be bound.
    pub fn assess(&self, op: &Op) -> Result<Assessments, IllFormed> {
        let bound = self.binder.bind(op, self.belief.account())?;
        Ok(self.context.model.assess(self.belief.account(), &bound.request))
    }

    /// Runs one operation, judges its answer and looks at every store of the sequence.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub async fn run(&mut self, op: &Op) -> Result<StepResult, TransportError> {
        let mut result = StepResult::default();
        let bound = match self.binder.bind(op, self.belief.account()) {
            Ok(bound) => Some(bound),
            Err(IllFormed::Several) => None,
            Err(why) => {
                result.skipped = Some(why);
                return Ok(result);
            }
        };
        if let Some(log) = &mut self.log {
            log.step();
        }
        if let Some(recent) = &mut self.recent {
            recent.step();
        }
        self.secrets.extend(bound.iter().flat_map(|b| b.secrets.iter().cloned()));
        match self.operation(op, bound, &mut result).await {
            Err(TransportError::Unsendable(why)) => result.skipped = Some(IllFormed::Unsendable(why)),
            done => done?,
        }
        self.previous = Some(op.clone());
        Ok(result)
    }

    async fn operation(
        &mut self,
        op: &Op,
        bound: Option<Bound>,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let Some(bound) = bound else { return self.several(op, result).await };
        match op {
            Op::Create { store, kind, .. } => self.create(*store, *kind, bound, result).await,
            Op::Update(Update { mutation: Some(WireMutation::HangUp), .. }) => {
                self.hang_up(&bound.request, result).await
            }
            Op::Update(update) => {
                let repeated = self.previous.as_ref() == Some(op);
                let large = match &update.mutation {
                    Some(WireMutation::Large(_) | WireMutation::Deep(_)) => true,
                    Some(WireMutation::Raw(body)) => body.len() > LARGE,
                    _ => false,
                };
                self.update(&bound.request, large, repeated, result).await.map(drop)
            }
            Op::Repeat { times, .. } => self.repeat(&bound.request, *times, result).await,
            Op::Connect { store, wait } => self.companion(*store, CompanionKind::Connect, *wait, &bound, result).await,
            Op::Disconnect { store, wait } => {
                self.companion(*store, CompanionKind::Disconnect, *wait, &bound, result).await
            }
            Op::Delete { store } => self.companion(*store, CompanionKind::Delete, true, &bound, result).await,
            Op::Find { .. } | Op::FindFormer { .. } | Op::DescribeAbsent | Op::List { .. } | Op::Race { .. } => {
                self.several(op, result).await
            }
        }
    }

    /// Operations of more than one request.
    async fn several(&mut self, op: &Op, result: &mut StepResult) -> Result<(), TransportError> {
        match op {
            Op::Race { .. } => self.race(op, result).await,
            Op::List { limit } => self.list(*limit, result).await,
            Op::DescribeAbsent => self.describe_absent(result).await,
            Op::Find { store } | Op::FindFormer { store } => match self.binder.id(*store).map(str::to_owned) {
                Ok(id) if matches!(op, Op::Find { .. }) => self.find(&id, result).await,
                Ok(id) => self.find_former(*store, &id, result).await,
                Err(why) => {
                    result.skipped = Some(why);
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }

    /// Sends an update, judges its answer and returns it, if there is one.
    async fn update(
        &mut self,
        request: &Request,
        large: bool,
        repeated: bool,
        result: &mut StepResult,
    ) -> Result<Option<Outcome>, TransportError> {
        let Addressed { store: named, given } = self.addressed(request);
        let (mut passed, mut codes) = (Vec::new(), Vec::new());
        let (mut answered, mut proof) = (None, None);
        for attempt in 1..=INTERNAL {
            *result = StepResult::default();
            let answer = match self.send(request).await {
                Ok(answer) => answer,
                Err(lost) if lost.is_interruption() && attempt < INTERNAL && !request.is_large() => {
                    self.context.repeated("the connection was closed");
                    self.belief.remember();
                    let dropped = Observation::NoAnswer(NoAnswer::Dropped);
                    let crash = self.context.model.crash(&self.belief, request, dropped);
                    if self.was_interrupted(request, result).await? {
                        continue;
                    }
                    // A server that a request brings down and a supervisor starts again has lost its stores.
                    result.divergences.insert(0, crash);
                    break;
                }
                Err(lost) => {
                    result.in_place = (attempt == INTERNAL).then(Vec::new);
                    return self.lost(request, lost, result).await.map(|()| None);
                }
            };
            let outcome = self.context.model.outcome(request, &answer);
            codes.extend(declared(&outcome));
            let faulty = matches!(outcome, Outcome::ServerFault { .. });
            let passing = matches!(outcome, Outcome::ServerFault { internal: true, .. });
            let cell = named.as_deref().and_then(|id| self.cell(id));
            let believed = named.as_deref().and_then(|id| self.belief.account().store(id)).cloned();
            let step = self.step(request, &outcome, cell);
            result.answered = Some((cell, given.clone(), Observation::from(&outcome)));
            result.faults = step.violations;
            result.order = step.order;
            result.precedence = step.precedence.as_ref().map(|(first, others)| (cell, *first, others.clone()));
            if step.no_verdict && !faulty {
                result.no_verdict = Some((&outcome).into());
            } else {
                result.exercised.extend(step.exercised.iter().map(|e| (*e, cell)));
                result.decided.extend(step.decided.iter().map(|e| (*e, cell)));
            }
            let crashed = faulty && !passing;
            let crash = crashed.then(|| self.context.model.crash(&self.belief, request, (&outcome).into()));
            let undecided = step.precedence.filter(|(first, others)| self.precedence.contradicts(cell, *first, others));
            let undecided = undecided.map(|(first, _)| self.context.model.out_of_order(cell, first));
            let judged = crash.into_iter().chain(step.divergence).chain(undecided);
            self.forms(request, &answer, &outcome, judged.collect(), result);
            let mut agreed = true;
            if let Some(id) = &named {
                agreed &= self.look(id, result, true).await?;
            }
            // After a refusal the other stores are looked at when the attempt ends.
            self.unseen |= outcome != Outcome::Success;
            let mut others = if outcome == Outcome::Success { self.stores() } else { Vec::new() };
            others.retain(|id| Some(id) != named.as_ref());
            for id in &others {
                agreed &= self.look(id, result, false).await?;
            }
            if passing && attempt < INTERNAL && result.divergences.is_empty() {
                if agreed {
                    passed.push((plain(ids::A_10), cell));
                }
                self.context.repeated("KMSInternalException");
                let kind = key(&self.each_time(request)).text();
                self.context.target.pause(self.patience.pause(self.context, &kind, attempt)).await;
                continue;
            }
            if passing && attempt == INTERNAL {
                let crash = self.each_time(request);
                self.patience.stayed(self.context, key(&crash).text());
                let grade = if self.reaches_no_proxy(request) { Grade::Warn } else { crash.grade };
                result.divergences.push(Divergence { grade, ..crash });
                proof = Some(Vec::new());
            } else if agreed && !passing && !step.no_verdict && !large {
                let alone = others.is_empty();
                let update = Answered {
                    request,
                    outcome: &outcome,
                    given: &given,
                    cell,
                    before: believed.as_ref(),
                    alone,
                    repeated,
                };
                self.effects(&update, result);
            }
            if proof.is_none() && outcome != Outcome::Success && agreed && !repeated {
                proof = self.prove(request, answer, &outcome, result).await?;
            }
            answered = Some(outcome);
            break;
        }
        result.in_place = proof;
        result.throttling = self.context.odd_throttling().map(|status| Divergence {
            grade: Grade::Warn,
            aspect: Aspect::FORM,
            ..self.simple(ids::W_03, Expectation::Status(400), Observation::ThrottlingStatus(status))
        });
        if !passed.is_empty() {
            result.exercised.push((plain(ids::W_17), None));
        }
        result.exercised.extend(passed);
        result.codes = codes;
        Ok(answered)
    }

    /// The divergence of an update that is answered with KMSInternalException each time.
    fn each_time(&self, request: &Request) -> Divergence {
        self.context.model.crash(&self.belief, request, Observation::InternalErrorEachTime)
    }

    /// The ids of the sequence's stores that are believed to exist.
    fn stores(&self) -> Vec<String> {
        self.belief.account().stores().map(|s| s.id.clone()).collect()
    }

    /// Returns true if a proxy that cannot be reached excuses a KMSInternalException that does not pass (W-17).
    fn reaches_no_proxy(&self, request: &Request) -> bool {
        let found = self.context.model.assess(self.belief.account(), request);
        found.violations.iter().any(|(rule, _)| excuses_internal_error(rule.id))
    }

    fn addressed(&self, request: &Request) -> Addressed {
        let Ok(body) = Body::parse(&request.body, self.context.model.revision) else { return Addressed::default() };
        let id = body.text(Member::CustomKeyStoreId).given();
        let given = |m: &Member| Member::TOP.contains(m) && *m != Member::CustomKeyStoreId;
        Addressed {
            store: id.and_then(|id| self.belief.account().store(id)).map(|s| s.id.clone()),
            given: body.present.iter().filter(given).collect(),
        }
    }

    fn named(&self, request: &Request) -> Option<String> {
        self.addressed(request).store
    }

    fn cell(&self, id: &str) -> CellOf {
        self.belief.account().store(id).map(|s| (s.store_type(), s.state))
    }

    fn simple(&self, rule: RuleId, expected: impl Into<Expectation>, got: impl Into<Observation>) -> Divergence {
        Divergence {
            rule,
            grade: Grade::Fail,
            operation: UPDATE,
            store_type: None,
            state: None,
            member: None,
            aspect: Aspect::WHOLE,
            expected: expected.into(),
            got: got.into(),
            also: Vec::new(),
        }
    }

    /// No answer: does the target still answer anything else?
    async fn lost(
        &mut self,
        request: &Request,
        lost: TransportError,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        if !lost.may_have_arrived() || matches!(lost, TransportError::Encoded { .. }) {
            return Err(lost);
        }
        if self.send(&describe_any()).await.is_err() {
            return Err(lost);
        }
        if request.is_large() && lost.is_interruption() {
            // Services close the connection under a body that is too large for them (W-15).
            result.exercised.push((plain(ids::W_15), None));
            if self.was_interrupted(request, result).await? {
                return Ok(());
            }
        } else {
            let got = match &lost {
                TransportError::TimedOut(_) => NoAnswer::TimedOut,
                TransportError::TooLarge(_) => NoAnswer::Endless,
                TransportError::NotHttp(_) => NoAnswer::NotHttp,
                _ => NoAnswer::Dropped,
            };
            self.belief.remember();
            result.divergences.push(self.context.model.crash(&self.belief, request, Observation::NoAnswer(got)));
        }
        self.all_or_nothing(request, result).await?;
        for id in self.stores() {
            self.belief.taint(&id);
        }
        Ok(())
    }

    /// An update whose connection was closed may have been applied or not: Describe decides as far as it can, and the
    /// belief carries both where it cannot. Returns whether the store agrees with one of the two.
    async fn was_interrupted(&mut self, request: &Request, result: &mut StepResult) -> Result<bool, TransportError> {
        self.context.target.pause(self.context.hurried_settle()).await;
        self.context.model.step(&mut self.belief, request, &Outcome::unanswered());
        match self.named(request) {
            Some(id) => self.look(&id, result, true).await,
            None => Ok(true),
        }
    }

    /// Sends a refused update, whose answer diverges, twice more, with a request that works between: returns the
    /// exchanges where each answer is the same. Such a divergence needs no replay on fresh names (W-15).
    async fn prove(
        &mut self,
        request: &Request,
        answer: Answer,
        outcome: &Outcome,
        result: &mut StepResult,
    ) -> Result<Option<Vec<Exchange>>, TransportError> {
        let new = |d: &Divergence| d.aspect != Aspect::EFFECT && !self.context.is_known(&key(d).text());
        if self.log.is_some() || self.leaving || self.context.stopped() || !result.divergences.iter().any(new) {
            return Ok(None);
        }
        let mut log = Log::new(&self.context.model.environment);
        log.exchange(request, &Ok(answer));
        let named = self.named(request);
        let control = named.as_deref().map_or_else(describe_any, describe);
        for _ in 0..IN_PLACE {
            let works = self.context.send(&control).await;
            log.exchange(&control, &works);
            let again = self.context.send(request).await;
            log.exchange(request, &again);
            let (Ok(works), Ok(again)) = (works, again) else { return Ok(None) };
            let same = self.context.model.outcome(request, &again);
            self.context.model.step(&mut self.belief, request, &same);
            if Outcome::read(&works) != Outcome::Success || same != *outcome {
                return Ok(None);
            }
        }
        let mut unused = StepResult::default();
        if let Some(id) = named {
            self.look(&id, &mut unused, true).await?;
        }
        Ok(Some(log.exchanges))
    }

    async fn send(&mut self, request: &Request) -> Result<Answer, TransportError> {
        let answer = self.context.send(request).await;
        if operation(request) != Some(DESCRIBE) {
            self.changed = Some(self.context.now());
        }
        if let Some(log) = &mut self.log {
            log.exchange(request, &answer);
        }
        if let Some(recent) = &mut self.recent {
            recent.keep(request, &answer);
        }
        answer
    }
}

/// The operation that a request names.
fn operation(request: &Request) -> Option<&str> {
    request.header("x-amz-target")?.strip_prefix(TARGET_PREFIX)
}

fn plain(rule: RuleId) -> Exercise {
    Exercise { rule, member: None, aspect: Aspect::WHOLE, refusal: false }
}

/// The declared error that an answer is.
fn declared(outcome: &Outcome) -> Option<Code> {
    match outcome {
        Outcome::ServerFault { internal: true, .. } => Some(Code::KMSInternalException),
        other => other.code(),
    }
}
