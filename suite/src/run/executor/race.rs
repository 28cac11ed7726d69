//! Requests under way at the same time (R), and an update whose answer nobody waits for.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use ucks_oracle::account::Store;
use ucks_oracle::answer::{Outcome, created_id};
use ucks_oracle::code::Code;
use ucks_oracle::companions::Companion;
use ucks_oracle::judge::Exercise;
use ucks_oracle::members::Member;
use ucks_oracle::race::{RACERS, Racer};
use ucks_oracle::rules::ids;
use ucks_oracle::wire::{Answer, Request};

use super::{CellOf, Executor, INTERNAL, StepResult, plain};
use crate::bind::IllFormed;
use crate::op::{Id, Op, Update, Value};
use crate::target::{CallFuture, TransportError};

/// The time that a request may be on its way after its sender hung up, with any settle time.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

/// A request of a race, bound.
struct RaceRequest {
    op: Op,
    request: Request,
    /// The store that a Create should make.
    store: Option<Store>,
    /// The id of the store that a companion operation names.
    id: String,
}

impl RaceRequest {
    /// The operation with its answer, for the model.
    fn racer(&self, outcome: &Outcome, answer: &Answer) -> Racer<'_> {
        let success = *outcome == Outcome::Success;
        let (operation, created) = match (&self.op, &self.store) {
            (Op::Create { .. }, Some(store)) => {
                (Companion::Create(Box::new(store.clone())), created_id(answer).filter(|_| success))
            }
            (Op::Connect { .. }, _) => (Companion::Connect(&self.id), None),
            (Op::Disconnect { .. }, _) => (Companion::Disconnect(&self.id), None),
            (Op::Delete { .. }, _) => (Companion::Delete(&self.id), None),
            _ => return Racer::Update(self.request.clone(), outcome.clone()),
        };
        Racer::Companion { operation, outcome: outcome.clone(), created }
    }
}

impl Executor<'_> {
    /// Sends requests at once, judges their answers together, and looks at every store.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn race(&mut self, op: &Op, result: &mut StepResult) -> Result<(), TransportError> {
        let bound = match self.bind_race(op) {
            Ok(bound) => bound,
            Err(why) => {
                result.skipped = Some(why);
                return Ok(());
            }
        };
        let Some(first) = bound.first() else { return Ok(()) };
        let requests: Vec<Request> = bound.iter().map(|one| one.request.clone()).collect();
        let Some(answers) = self.answers_to_race(&requests, result).await? else {
            return self.find_created(&bound).await;
        };
        let mut race = Vec::new();
        let mut certain = true;
        for (one, answer) in bound.iter().zip(&answers) {
            if let Op::Update(_) = one.op {
                let outcome = self.context.model.outcome(&one.request, answer);
                self.belief.remember();
                let crashed = matches!(outcome, Outcome::ServerFault { internal: false, .. });
                let crash = crashed.then(|| self.context.model.crash(&self.belief, &one.request, (&outcome).into()));
                self.forms(&one.request, answer, &outcome, crash.into_iter().collect(), result);
                race.push(one.racer(&outcome, answer));
            } else {
                let outcome = Outcome::read(answer);
                self.leaks(&one.request, answer, &outcome, result);
                certain &= is_verdict(&outcome);
                race.push(one.racer(&outcome, answer));
            }
        }
        self.keep_track(&race, &bound);
        if !certain {
            for id in self.stores() {
                self.belief.taint(&id);
            }
        }
        let named = if let Op::Update(_) = first.op { self.named(&first.request) } else { Some(first.id.clone()) };
        let cell = named.as_deref().and_then(|id| self.cell(id));
        let before = self.belief.clone();
        let divergence = self.context.model.race(&mut self.belief, &race);
        let admitted = divergence.is_none();
        result.divergences.extend(divergence.filter(|_| certain));
        let mut agreed = true;
        for id in self.stores().into_iter().chain(self.gone(&bound)) {
            if self.belief.account().store(&id).is_some_and(|store| store.state.passes()) {
                let found = result.divergences.len();
                self.settle_state(&id, result).await?;
                agreed &= result.divergences.len() == found;
            } else {
                agreed &= self.look(&id, result, true).await?;
            }
        }
        if admitted && agreed && certain {
            self.kept(&race, op.updates(), cell, result);
            self.decided_by_race(&before, &race, cell, result);
        }
        Ok(())
    }

    /// Binds the requests of a race against the same stores.
    fn bind_race(&mut self, op: &Op) -> Result<Vec<RaceRequest>, IllFormed> {
        let mut all = Vec::new();
        for op in op.racers().into_iter().take(RACERS) {
            let bound = self.binder.bind(&op, self.belief.account())?;
            self.secrets.extend(bound.secrets);
            let id = match &op {
                Op::Create { .. } | Op::Update(_) => String::new(),
                _ => op.store().and_then(|store| self.binder.id(store).ok()).unwrap_or_default().to_owned(),
            };
            all.push(RaceRequest { op, request: bound.request, store: bound.store, id });
        }
        for name in all.iter().filter_map(|one| one.store.as_ref()?.name.known()) {
            self.context.tracker.intend(name);
        }
        Ok(all)
    }

    /// Records which stores the race created and deleted, so that they can be removed.
    fn keep_track(&mut self, race: &[Racer<'_>], bound: &[RaceRequest]) {
        for (racer, one) in race.iter().zip(bound) {
            let Racer::Companion { operation, outcome, created } = racer else { continue };
            match (operation, created) {
                (Companion::Create(store), Some(id)) => {
                    let name = store.name.known().cloned().unwrap_or_default();
                    self.context.tracker.created(&name, id);
                    if let Op::Create { store: symbol, .. } = one.op {
                        self.binder.created(symbol, &Store { id: id.clone(), ..(**store).clone() });
                    }
                }
                (Companion::Create(store), None) if *outcome != Outcome::Success => {
                    self.context.tracker.refused(store.name.known().map_or("", String::as_str));
                }
                (Companion::Delete(id), _) if *outcome == Outcome::Success => self.context.tracker.deleted(id),
                _ => {}
            }
        }
    }

    /// Looks for the stores that a race created whose answers were lost, so that they are removed with the others.
    async fn find_created(&mut self, bound: &[RaceRequest]) -> Result<(), TransportError> {
        for one in bound {
            let (Op::Create { store: symbol, .. }, Some(store)) = (&one.op, &one.store) else { continue };
            let name = store.name.known().cloned().unwrap_or_default();
            let Some(id) = self.named_so(&name).await? else { continue };
            if self.stores().contains(&id) {
                continue;
            }
            self.context.tracker.created(&name, &id);
            self.binder.created(*symbol, &Store { id: id.clone(), ..store.clone() });
            let operation = Companion::Create(Box::new(store.clone()));
            self.context.model.companion(&mut self.belief, &operation, &Outcome::Success, Some(&id));
            self.belief.taint(&id);
        }
        Ok(())
    }

    /// The stores of the race that are believed to be deleted.
    fn gone(&self, bound: &[RaceRequest]) -> Vec<String> {
        let deleted = bound.iter().filter(|one| matches!(one.op, Op::Delete { .. })).map(|one| one.id.clone());
        deleted.filter(|id| self.belief.account().store(id).is_none()).collect()
    }

    /// The answers to requests sent at once; `None` where one of them was lost, after which nobody knows which of the
    /// racers were served: the stores are not judged any more. The race is then run again, to distinguish a service
    /// that closes connections now and then from one that a race brings down (W-15).
    async fn answers_to_race(
        &mut self,
        requests: &[Request],
        result: &mut StepResult,
    ) -> Result<Option<Vec<Answer>>, TransportError> {
        for attempt in 1..=INTERNAL {
            let mut answers = Vec::with_capacity(requests.len());
            let mut lost = None;
            for (request, answer) in requests.iter().zip(self.at_once(requests).await) {
                match answer {
                    Ok(answer) => answers.push(answer),
                    Err(error) => lost = Some((request, error)),
                }
            }
            let Some((request, error)) = lost else { return Ok((attempt == 1).then_some(answers)) };
            for id in self.stores() {
                self.belief.taint(&id);
            }
            if !error.is_interruption() || attempt == INTERNAL {
                self.lost(request, error, result).await?;
                break;
            }
            self.context.repeated("the connection was closed");
            self.context.target.pause(self.context.settle.max(ON_ITS_WAY)).await;
        }
        for id in self.stores() {
            self.look(&id, result, true).await?;
        }
        Ok(None)
    }

    /// Returns the sides of rules that a race without divergence decided.
    fn kept(&self, race: &[Racer<'_>], updates: &[Update], cell: CellOf, result: &mut StepResult) {
        let mut kept = |rule, member: Option<Member>| {
            result
                .exercised
                .push((Exercise { rule, member, aspect: ucks_oracle::aspect::Aspect::WHOLE, refusal: false }, cell));
        };
        kept(ids::R_03, None);
        // The updates are the first of the racers.
        let outcomes: Vec<&Outcome> = race.iter().map(Racer::outcome).collect();
        for (at, one) in updates.iter().enumerate() {
            for (other, outcome) in updates.iter().zip(&outcomes).skip(at + 1) {
                let both = **outcome == Outcome::Success && *outcomes[at] == Outcome::Success;
                if one.id != other.id
                    && let Some((member, _)) =
                        one.set.iter().find(|(m, v)| contested(*m, v) && other.set.contains(&(*m, v.clone())))
                {
                    kept(ids::R_01, Some(*member));
                }
                if one.id == other.id && matches!(one.id, Id::Of(_)) && both {
                    kept(ids::R_02, None);
                }
            }
        }
    }

    async fn at_once(&mut self, requests: &[Request]) -> Vec<Result<Answer, TransportError>> {
        let context = self.context;
        let answers = join(requests.iter().map(|r| Box::pin(context.send(r)) as CallFuture<'_>).collect()).await;
        self.changed = Some(context.now());
        if let Some(log) = &mut self.log {
            for (at, (request, answer)) in requests.iter().zip(&answers).enumerate() {
                log.exchange(request, answer);
                log.at_once(at > 0);
            }
        }
        answers
    }

    /// Sends an update and hangs up: the update must be applied as a whole or not at all.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn hang_up(&mut self, request: &Request, result: &mut StepResult) -> Result<(), TransportError> {
        // A sender that hangs up reads no answer, even if one was on its way already.
        let _ = self.send(request).await;
        self.all_or_nothing(request, result).await
    }

    /// After a lost answer: Describe decides whether the update was served, and half of it is a fault.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn all_or_nothing(
        &mut self,
        request: &Request,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        self.context.target.pause(self.context.settle.max(ON_ITS_WAY)).await;
        let named = self.named(request);
        let cell = named.as_deref().and_then(|id| self.cell(id));
        let before = named.as_deref().and_then(|id| self.belief.account().store(id)).cloned();
        let fields = before.map_or(0, |before| self.would_change(request, &before));
        self.context.model.step(&mut self.belief, request, &Outcome::unanswered());
        let Some(id) = named else { return Ok(()) };
        if self.look(&id, result, true).await? {
            // Half of an update shows if two of its members do.
            self.touch(result, (plain(ids::A_10), cell), || fields > 1);
        }
        // It may still take effect later.
        self.belief.taint(&id);
        Ok(())
    }
}

/// Returns true if the answer to a companion operation is about the store, and not about the caller or the moment.
fn is_verdict(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Success => true,
        Outcome::Refused { code, .. } => !code.is_some_and(|code: Code| code.is_no_verdict() || code.is_about_others()),
        _ => false,
    }
}

/// Returns true if two stores cannot both have the value.
fn contested(member: Member, value: &Value) -> bool {
    let unique = matches!(
        member,
        Member::NewCustomKeyStoreName | Member::XksProxyUriEndpoint | Member::XksProxyVpcEndpointServiceName
    );
    unique && matches!(value, Value::Fresh(_) | Value::Fixture(_) | Value::Text(_))
}

/// Awaits all, side by side.
async fn join(mut calls: Vec<CallFuture<'_>>) -> Vec<Result<Answer, TransportError>> {
    let mut answers: Vec<Option<Result<Answer, TransportError>>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (call, answer) in calls.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(received) = Pin::as_mut(call).poll(context) {
                *answer = Some(received);
            }
        }
        if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
